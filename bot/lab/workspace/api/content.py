"""What a message may say: text, blocks, attachments and metadata, refused as Slack refuses them."""

from __future__ import annotations

import json
from typing import Any

from bot.lab.workspace.blocks import MOST_TEXT, check_blocks, text_length
from bot.lab.workspace.params import Params
from bot.lab.workspace.words import Json, Refusal

MOST_POSTED = 40_000
MOST_UPDATED = 4_000
MOST_METADATA = 16_000


def read_content(params: Params, *, most_text: int = MOST_POSTED, cut: bool = False) -> Json:
    """The fields of a message that were given; a message needs text, blocks, attachments or markdown.

    `cut`: too long a text is cut off instead of refused.
    """
    content: Json = {}
    if "text" in params:
        content["text"] = params.text("text")
    if "blocks" in params:
        content["blocks"] = read_blocks(params)
    if "attachments" in params:
        content["attachments"] = _attachments(params)
    if "markdown_text" in params:
        content |= _markdown(params, content)
    if not any(content.get(name) for name in ("text", "blocks", "attachments")):
        raise Refusal("no_text")
    if len(content.get("text", "")) > most_text:
        if not cut:
            raise Refusal("msg_too_long")
        content["text"] = content["text"][:most_text]
    if "metadata" in params:
        content["metadata"] = read_metadata(params)
    return content


def read_blocks(params: Params) -> list[Json]:
    blocks = params.json("blocks", "invalid_blocks_format")
    if not isinstance(blocks, list):
        raise Refusal("invalid_blocks_format")
    refuse_blocks(blocks)
    return blocks


def refuse_blocks(blocks: list[Any], *, error: str = "invalid_blocks") -> None:
    """Raises Slack's refusal of a message's blocks, if they earn one."""
    found = check_blocks(blocks)
    if found:
        messages = [f"[ERROR] {one}" for one in found]
        raise Refusal(error, errors=found, response_metadata={"messages": messages})
    if text_length(blocks) > MOST_TEXT:
        raise Refusal("msg_blocks_too_long")


def _attachments(params: Params) -> list[Json]:
    attachments = params.json("attachments", "invalid_attachments")
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        raise Refusal("invalid_attachments")
    if len(attachments) > 100:
        raise Refusal("too_many_attachments")
    for attachment in attachments:
        refuse_blocks(attachment.get("blocks", []))
    return attachments


def _markdown(params: Params, content: Json) -> Json:
    if "text" in content or "blocks" in content:
        raise Refusal("markdown_text_conflict")
    text = params.text("markdown_text")
    if len(text) > MOST_TEXT:
        raise Refusal("msg_too_long")
    return {"text": text, "blocks": [{"type": "markdown", "text": text}] if text else []}


def read_metadata(params: Params) -> Json | None:
    """`{event_type, event_payload}` with a flat-enough payload; an empty object clears it."""
    metadata = params.json("metadata", "invalid_metadata_format")
    if metadata == {}:
        return None
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_type"), str) or not metadata["event_type"]:
        raise Refusal("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_schema")
    if len(json.dumps(metadata, separators=(",", ":"))) > MOST_METADATA:
        raise Refusal("metadata_too_large")
    return metadata
