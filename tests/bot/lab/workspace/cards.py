"""Blocks and views that the tests send."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str, **more: Any) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(action_id: str, value: str = "1", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(action_id.title()), "value": value, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def field(block_id: str, element: Json | None = None, **more: Any) -> Json:
    element = element or {"type": "plain_text_input", "action_id": f"{block_id}_text"}
    return {"type": "input", "block_id": block_id, "label": plain(block_id), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    view = {"type": "modal", "callback_id": "form", "title": plain("A form"), "submit": plain("Send")}
    return {**view, "blocks": list(blocks) or [field("frame")], **more}
