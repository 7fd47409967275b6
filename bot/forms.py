"""Values → Slack's forms, and a form that was sent → values. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot import cards, kit, request_cards
from bot.ledger.requests import Request
from handlers.operation import Operation

View: TypeAlias = dict[str, Any]
LONGEST = 500  # characters of a reason
BLOCKS = 90  # of a form; Slack takes 100
FIELD = "text"


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came with a form: which form, about which request, and the one text in it."""

    kind: str
    request: int
    text: str


def deny(request: Request, operation: Operation, channel: str) -> View:
    return _asking(
        request, operation, channel, kind="vote.deny", title="Deny", button="Deny", label="Why must it not run?"
    )


def review(request: Request, operation: Operation, channel: str) -> View:
    return _asking(
        request, operation, channel, kind="review.close", title="Review", button="Close it", label="What did you find?"
    )


def details(request: Request, operation: Operation) -> View:
    """The whole plan: what would run, what it rests on, who judged it how."""
    blocks = request_cards.details(request, operation)
    if len(blocks) > BLOCKS:
        more = f"…and {len(blocks) - BLOCKS} more parts: `/requests show {request.id}` tells them all"
        blocks = [*blocks[:BLOCKS], *cards.note_card(more)["blocks"]]
    return {"type": "modal", "title": _plain(f"Request #{request.id}"), "close": _plain("Close"), "blocks": blocks}


def read(view: dict[str, Any]) -> Sent:
    """A form of ours; KeyError or ValueError for any other."""
    about = json.loads(view["private_metadata"])
    values = [field for block in view["state"]["values"].values() for field in block.values()]
    text = str(values[0].get("value") or "") if values else ""
    return Sent(kind=str(view["callback_id"]), request=int(about["request"]), text=text.strip()[:LONGEST])


def channel_of(view: dict[str, Any]) -> str:
    """Where the click was that opened it; empty where it doesn't say."""
    try:
        return str(json.loads(view.get("private_metadata") or "{}").get("channel", ""))
    except (ValueError, AttributeError):
        return ""


def _asking(
    request: Request, operation: Operation, channel: str, *, kind: str, title: str, button: str, label: str
) -> View:
    asked = f"`{kit.code(f'/{operation.command} {operation.text()}')}`  ·  {kit.person(request.requester)}"
    return {
        "type": "modal",
        "callback_id": kind,
        "private_metadata": json.dumps({"request": request.id, "channel": channel}),
        "title": _plain(f"{title} #{request.id}"),
        "submit": _plain(button),
        "close": _plain("Cancel"),
        "blocks": [
            *cards.note_card(asked)["blocks"],
            {
                "type": "input",
                "block_id": FIELD,
                "label": _plain(label),
                "element": {
                    "type": "plain_text_input",
                    "action_id": FIELD,
                    "multiline": True,
                    "min_length": 3,
                    "max_length": LONGEST,
                },
            },
        ],
    }


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:24]}
