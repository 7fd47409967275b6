"""files.*: an upload in three steps, and what is known of a file."""

from __future__ import annotations

import mimetypes
import secrets
from typing import Any

from bot.lab.workspace import images
from bot.lab.workspace.api.calls import Call, method
from bot.lab.workspace.api.chat import thread_root
from bot.lab.workspace.api.content import read_blocks
from bot.lab.workspace.messages import Message
from bot.lab.workspace.records import Channel, File
from bot.lab.workspace.views import new_id
from bot.lab.workspace.words import BOT_USER, Json, Refusal, invalid_arguments

MOST_BYTES = 64 * 1024 * 1024
PREVIEW_CHARS = 2000
MOST_ALT = 1000  # characters of a picture's description
# Slack keeps these sizes, and larger ones, beside a picture: each fits into a square of so many pixels, and none is
# enlarged.
THUMBS = (64, 80, 160, 360, 480)
SQUARE = frozenset({64, 80, 160})  # cut to the square; no measures are told of them


@method("files.getUploadURLExternal", "files:write", tier=4, takes_json=False)
def get_upload_url(call: Call) -> Json:
    length = call.params.number("length", 0)
    if "length" not in call.params:
        raise invalid_arguments("missing required field: length")
    if length <= 0:
        raise invalid_arguments("must be greater than 0 [json-pointer:/length]")
    if length > MOST_BYTES:
        raise Refusal("file_upload_size_restricted")
    name, alt = call.params.needed("filename"), call.params.text("alt_txt")
    if len(alt) > MOST_ALT:
        raise Refusal("alt_txt_too_large")
    file = File(id=new_id("F0"), name=name, length=length, ticket=secrets.token_urlsafe(24), title=name, alt=alt)
    call.state.add_file(file)
    return {"upload_url": f"{call.lab.url}upload/v1/{file.ticket}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write", tier=4)
def complete(call: Call) -> Json:
    files, titles = _uploaded(call), _titles(call)
    targets = [_target(call, id) for id in [call.params.text("channel_id"), *call.params.listed("channels")] if id]
    messages = [_message(call, channel) for channel in targets]
    for file in files:
        file.shared, file.title = True, titles[file.id] or file.name
        file.facts = describe(call, file, [channel.id for channel in targets])
    for message in messages:
        message.files = [file.facts for file in files]
        call.state.post(message)
    return {"files": [file.facts if targets else {"id": file.id, "title": file.title} for file in files]}


def _uploaded(call: Call) -> list[File]:
    given: Any = call.params.json("files", "invalid_arguments")
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) and one.get("id") for one in given):
        raise invalid_arguments("missing required field: files")
    files = []
    for one in given:
        file = call.state.files.get(str(one["id"]))
        if file is None or file.data is None or file.shared:
            raise Refusal("file_not_found", file=str(one["id"]))
        files.append(file)
    return files


def _titles(call: Call) -> dict[str, str]:
    return {str(one["id"]): str(one.get("title") or "") for one in call.params.json("files", "invalid_arguments")}


def _target(call: Call, id: str) -> Channel:
    """Slack wants an id here, and a member of it."""
    channel = call.state.channels.get(id)
    if channel is None or not channel.visible_to(BOT_USER):
        raise Refusal("channel_not_found")
    if BOT_USER not in channel.members:
        raise Refusal("not_in_channel")
    return channel


def _message(call: Call, channel: Channel) -> Message:
    """With which the files are shared: refused before any of them counts as shared, so that the app can try again."""
    comment = call.params.text("initial_comment")
    return Message(
        ts=call.state.next_ts(),
        channel=channel.id,
        user=BOT_USER,
        text=comment,
        blocks=read_blocks(call.params) if "blocks" in call.params and not comment else [],
        thread_ts=thread_root(call, channel),
    )


def describe(call: Call, file: File, channels: list[str]) -> Json:
    """The file object."""
    size = images.png_size(file.data or b"")
    # By its content: a file that only says that it is a picture is none.
    mimetype = "image/png" if size else _mimetype(file.name)
    extension = "png" if size else file.name.rpartition(".")[2].lower() if "." in file.name else "text"
    link = f"{call.lab.url}files-pri/{file.id}/{file.name}"
    facts: Json = {
        "id": file.id,
        "created": int(call.state.clock()),
        "timestamp": int(call.state.clock()),
        "name": file.name,
        "title": file.title,
        "mimetype": mimetype,
        "filetype": extension,
        "pretty_type": extension.upper(),
        "user": BOT_USER,
        "editable": False,
        "size": file.length,
        "mode": "hosted",
        "is_external": False,
        "is_public": True,
        "url_private": link,
        "url_private_download": link,
        "permalink": link,
        "channels": channels,
        "file_access": "visible",
    }
    return facts | _preview(file, mimetype) | (_picture(file, size, link) if size else {})


def _picture(file: File, size: tuple[int, int], link: str) -> Json:
    """How large it is, and its small versions: here each is the whole, which the page shows as small as told."""
    width, height = size
    facts: Json = {"original_w": width, "original_h": height}
    for edge in THUMBS:
        facts[f"thumb_{edge}"] = link
        if edge not in SQUARE:
            share = min(1.0, edge / max(width, height))
            facts |= {f"thumb_{edge}_w": max(1, round(width * share)), f"thumb_{edge}_h": max(1, round(height * share))}
        if edge >= max(width, height, 360):
            break
    return facts | ({"alt_txt": file.alt} if file.alt else {})


def _mimetype(name: str) -> str:
    if name.endswith((".log", ".raw")):
        return "text/plain"
    if name.endswith(".png"):
        return "application/octet-stream"
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _preview(file: File, mimetype: str) -> Json:
    if not (mimetype.startswith("text/") or mimetype == "application/json"):
        return {}
    text = (file.data or b"").decode("utf-8", "replace")
    return {
        "preview": text[:PREVIEW_CHARS],
        "preview_is_truncated": len(text) > PREVIEW_CHARS,
        "lines": text.count("\n"),
    }


@method("files.info", "files:read", tier=4, takes_json=False)
def info(call: Call) -> Json:
    file = call.state.files.get(call.params.needed("file"))
    if file is None or not file.shared:
        raise Refusal("file_not_found")
    return {"file": file.facts}
