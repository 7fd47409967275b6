"""What really goes over the wire: payloads, responses, messages and views, taken from a running workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.lab.workspace.api.calls import METHODS
from bot.lab.workspace.client import People
from bot.lab.workspace.server import Workspace
from tests.bot.lab.workspace.test_messages import png

Json = dict[str, Any]
OPS, OPS_ID, RANDOM_ID = "power-ops", "C0POWEROPS", "C0RANDOM"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "said"}}
TEXT = {"type": "plain_text", "text": "Title"}
MODAL = {"type": "modal", "title": TEXT, "blocks": [SECTION], "submit": TEXT, "close": TEXT}
HOME = {"type": "home", "blocks": [SECTION]}
LATER = 4_000_000_000  # a second far ahead


@dataclass(frozen=True, kw_only=True)
class Capture:
    """`type`: the name that Slack's own TypeScript has for it; `value`: as it came."""

    name: str
    type: str
    value: Any


# ── payloads ──────────────────────────────────────────────────────────────────────────────────────────────────────

INTERACTIONS = {
    "block_actions": "bolt.BlockAction",
    "view_submission": "bolt.ViewSubmitAction",
    "view_closed": "bolt.ViewClosedAction",
    "message_action": "bolt.MessageShortcut",
    "shortcut": "bolt.GlobalShortcut",
    "block_suggestion": "bolt.BlockSuggestion",
}


def payload(envelope: Json) -> Capture:
    """The payload of an envelope, by its own type."""
    body = envelope["payload"]
    if envelope["type"] == "slash_commands":
        return Capture(name=f"slash {body['command']}", type="bolt.SlashCommand", value=body)
    if envelope["type"] == "events_api":
        event = body["event"]["type"]
        # A message without a subtype is typed as having one that is undefined: in JSON, no such field.
        kind = "Omit<types.GenericMessageEvent, 'subtype'>" if event == "message" else f"bolt.EventFromType<'{event}'>"
        return Capture(name=f"event {event}", type=f"bolt.EnvelopedEvent<{kind}>", value=body)
    what = body["actions"][0]["type"] if body["type"] == "block_actions" else body.get("action_id", "")
    where = body.get("container", {}).get("type", "")
    return Capture(name=f"{body['type']} {what} {where}".strip(), type=INTERACTIONS[body["type"]], value=body)


async def payloads(people: People) -> list[Capture]:
    """Everything that was delivered so far; of several alike the first."""
    found = [payload(envelope) for envelope in await people.deliveries()]
    return list({capture.name: capture for capture in reversed(found)}.values())


def blocks(name: str, messages: Iterable[Json]) -> list[Capture]:
    """The blocks of messages, as they are kept."""
    return [
        Capture(name=f"blocks {name} {number}", type="types.KnownBlock[]", value=message["blocks"])
        for number, message in enumerate(messages)
        if message.get("blocks")
    ]


# ── responses ─────────────────────────────────────────────────────────────────────────────────────────────────────


class Api:
    """A plain client of the Web API that keeps the first answer of each kind."""

    def __init__(self, workspace: Workspace, session: aiohttp.ClientSession) -> None:
        self._workspace, self._session = workspace, session
        self.kept: dict[str, Capture] = {}

    async def ask(self, method: str, **given: Any) -> Json:
        """Answers, whether yes or no."""
        known = METHODS[method]
        token = self._workspace.app_token if known.caller == "app" else self._workspace.bot_token
        body: Json = (
            {"json": given} if known.takes_json else {"data": {name: str(value) for name, value in given.items()}}
        )
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.post(self._workspace.api_url + method, headers=headers, **body) as response:
            answer: Json = await response.json()
        name = method if answer["ok"] else f"{method} refused: {answer['error']}"
        self.kept.setdefault(name, Capture(name=name, type=f"Wire<webApi.{response_type(method)}>", value=answer))
        return answer

    def apart(self, method: str, about: str) -> None:
        """Keep the answer of that method by itself, so that the next one is kept too."""
        name = f"{method} of {about}"
        self.kept[name] = replace(self.kept.pop(method), name=name)

    async def call(self, method: str, **given: Any) -> Json:
        """Answers, or raises where the answer says no."""
        answer = await self.ask(method, **given)
        assert answer["ok"], f"{method}: {answer}"
        return answer

    async def upload(self, content: bytes, *, name: str = "a.log", **more: Any) -> str:
        """The id of a file whose bytes are there."""
        given = await self.call("files.getUploadURLExternal", filename=name, length=len(content), **more)
        path = urlsplit(given["upload_url"]).path.lstrip("/")
        async with self._session.post(self._workspace.url + path, data=content) as response:
            assert response.status == 200
        return str(given["file_id"])


def response_type(method: str) -> str:
    """`chat.postMessage` → `ChatPostMessageResponse`."""
    return "".join(part[:1].upper() + part[1:] for part in method.split(".")) + "Response"


async def responses(workspace: Workspace, people: People) -> list[Capture]:
    """The good answer of every method there is, and some refusals."""
    async with aiohttp.ClientSession(trust_env=False) as session:
        api = Api(workspace, session)
        async for method, given in _calls(api, workspace, people):
            if method in METHODS:
                await api.call(method, **given)
        wrong = [{"type": "poster"}]
        await api.ask("blocks.validate", blocks=wrong)
        await api.ask("chat.postMessage", channel=OPS_ID, blocks=wrong)
        await api.ask("chat.update", channel=OPS_ID, ts="1.2", text="x")
        await api.ask("views.publish", user_id="U0LEAD", view={"type": "home"})
        uncalled = set(METHODS) - set(api.kept)
        assert not uncalled, f"methods that nothing here calls: {sorted(uncalled)}"
        return list(api.kept.values())


async def _calls(api: Api, workspace: Workspace, people: People) -> AsyncIterator[tuple[str, Json]]:
    """Each method's call, in an order in which each succeeds; one that the workspace lacks is passed over."""
    for method in ("auth.test", "api.test", "team.info", "bots.info", "apps.connections.open", "users.list"):
        yield method, {}
    yield "users.info", {"user": "U0LEAD"}
    yield "users.lookupByEmail", {"email": "lead@example.com"}
    yield "users.getPresence", {"user": "U0LEAD"}
    yield "users.profile.get", {"user": "U0LEAD"}
    yield "users.conversations", {}
    yield "usergroups.list", {"include_users": True}
    yield "usergroups.users.list", {"usergroup": "S0ADMINS"}
    async for call in _chat(api, people):
        yield call
    async for call in _conversations(api):
        yield call
    async for call in _files_and_views(api, workspace):
        yield call


async def _chat(api: Api, people: People) -> AsyncIterator[tuple[str, Json]]:
    asked = await people.post("lead", OPS, "a question")
    about = {"channel": OPS_ID, "metadata": {"event_type": "request", "event_payload": {"id": 7}}}
    posted = await api.call("chat.postMessage", text="one", blocks=[SECTION], **about)
    here = {"channel": OPS_ID, "ts": posted["ts"]}
    marked = {"channel": OPS_ID, "timestamp": posted["ts"]}
    yield "chat.postEphemeral", {"channel": OPS_ID, "user": "U0LEAD", "text": "psst"}
    yield "chat.getPermalink", {"channel": OPS_ID, "message_ts": posted["ts"]}
    yield "chat.meMessage", {"channel": OPS_ID, "text": "waves"}
    for method in ("reactions.add", "reactions.get", "reactions.remove"):
        yield method, {**marked, "name": "eyes"}
    for method in ("pins.add", "pins.list", "pins.remove"):
        yield method, marked
    yield "chat.update", {**here, "text": "two", "blocks": [SECTION]}
    await api.call("chat.postMessage", channel=OPS_ID, text="a reply", thread_ts=posted["ts"])
    yield "conversations.history", {"channel": OPS_ID, "limit": 2, "include_all_metadata": True}
    yield "conversations.replies", {**here, "limit": 1, "include_all_metadata": True}
    stream = {"channel": OPS_ID, "thread_ts": asked["ts"], "recipient_team_id": "T0LAB", "recipient_user_id": "U0LEAD"}
    started = await api.call("chat.startStream", markdown_text="a", **stream)
    yield "chat.appendStream", {"channel": OPS_ID, "ts": started["ts"], "markdown_text": "b"}
    yield "chat.stopStream", {"channel": OPS_ID, "ts": started["ts"], "markdown_text": "c"}
    if "chat.scheduleMessage" in METHODS:
        soon = posted["ts"].partition(".")[0]
        later = await api.call("chat.scheduleMessage", channel=OPS_ID, text="later", post_at=int(soon) + 3600)
        yield "chat.scheduledMessages.list", {"channel": OPS_ID}
        id = later["scheduled_message_id"]
        yield "chat.deleteScheduledMessage", {"channel": OPS_ID, "scheduled_message_id": id}
    yield "chat.delete", here


async def _conversations(api: Api) -> AsyncIterator[tuple[str, Json]]:
    yield "conversations.list", {"types": "public_channel,im", "limit": 2}
    yield "conversations.info", {"channel": OPS_ID}
    yield "conversations.members", {"channel": OPS_ID, "limit": 2}
    yield "conversations.join", {"channel": RANDOM_ID}
    yield "conversations.open", {"users": "U0LEAD", "return_im": True}
    if "conversations.create" not in METHODS:
        return
    made = (await api.call("conversations.create", name="change-board"))["channel"]["id"]
    yield "conversations.invite", {"channel": made, "users": "U0LEAD"}
    yield "conversations.kick", {"channel": made, "user": "U0LEAD"}
    yield "conversations.setTopic", {"channel": made, "topic": "changes"}
    yield "conversations.setPurpose", {"channel": made, "purpose": "changes"}
    yield "conversations.rename", {"channel": made, "name": "changes"}
    yield "conversations.leave", {"channel": made}
    yield "conversations.archive", {"channel": made}


async def _files_and_views(api: Api, workspace: Workspace) -> AsyncIterator[tuple[str, Json]]:
    picture = await api.upload(png(1080, 620), name="pair.png", alt_txt="a pair")
    shared = {"files": [{"id": picture, "title": "the pair"}], "channel_id": OPS_ID}
    await api.call("files.completeUploadExternal", **shared)
    await api.call("files.info", file=picture)
    for method in ("files.completeUploadExternal", "files.info"):
        api.apart(method, "a picture")
    file = await api.upload(b"line 1\nline 2\n")
    complete = {"files": [{"id": file, "title": "the log"}], "channel_id": OPS_ID, "initial_comment": "see"}
    await api.call("files.completeUploadExternal", **complete)
    for method in ("files.info", "files.list", "files.delete"):
        yield method, {"file": file} if method != "files.list" else {}
    lead = workspace.lab.state.members["U0LEAD"].id
    yield "views.publish", {"user_id": lead, "view": HOME}
    opened = await api.call("views.open", trigger_id=workspace.lab.triggers.issue(lead), view=MODAL)
    view = opened["view"]["id"]
    yield "views.push", {"trigger_id": workspace.lab.triggers.issue(lead, view), "view": MODAL}
    yield "views.update", {"view_id": view, "view": MODAL}
    yield "blocks.validate", {"blocks": [SECTION]}
