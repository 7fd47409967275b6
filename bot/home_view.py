"""What somebody's Home shows: values → one view. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot import incident_cards, kit, request_cards
from bot.forms import View
from bot.incidents import Incident
from bot.kit import Block
from bot.ledger.lists import Page
from bot.ledger.requests import Request
from bot.request_cards import Beside
from policies.requests import State
from policies.words import Person

TITLES = {
    "votes": "Waiting for my vote",
    "incidents": "Open incidents",
    "running": "Running now",
    "mine": "My requests",
    "recent": "Recent",
}
NOTHING = {
    "votes": "Nothing waits for you.",
    "incidents": "Nothing is known to be wrong.",
    "running": "Nothing runs.",
    "mine": "You asked for nothing yet. `/lpm help` shows how.",
    "recent": "Nothing has ended yet.",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A request as a list shows it; `asked` as it was typed."""

    request: Request
    asked: str
    beside: Beside


@dataclass(frozen=True, kw_only=True)
class Front:
    """All that a Home is made of. A section that isn't there isn't for this person."""

    person: Person
    roles: tuple[str, ...]
    requests: Mapping[str, Page[Row]]
    incidents: Page[Incident] | None


def home(front: Front) -> View:
    blocks = [kit.section(_greeting(front))]
    for name in TITLES:
        if name == "incidents" and front.incidents is not None:
            told = [_incident(each) for each in front.incidents.rows]
            blocks += _section(name, told, front.incidents)
        elif name in front.requests:
            page = front.requests[name]
            blocks += _section(name, [_row(name, row) for row in page.rows], page)
    pages = {name: page.number for name, page in front.requests.items()}
    if front.incidents is not None:
        pages["incidents"] = front.incidents.number
    return {"type": "home", "private_metadata": json.dumps(pages), "blocks": blocks}


def pages_of(view: Mapping[str, Any]) -> dict[str, int]:
    """At which page each section of a published Home stands."""
    try:
        told = json.loads(view.get("private_metadata") or "{}")
        return {name: number for name in TITLES if isinstance(number := told.get(name), int) and number >= 0}
    except (ValueError, AttributeError):
        return {}


def _greeting(front: Front) -> str:
    if front.roles:
        return f"You are {kit.escape(', '.join(front.roles))} by the policy of now."
    return (
        "You hold no role by the policy of now, so you can ask for nothing and see what you asked for alone."
        " One of the leads can have you written into it."
    )


def _section(name: str, rows: list[list[Block]], page: Page[Any]) -> list[Block]:
    blocks = [kit.divider(), kit.header(TITLES[name]), *(block for row in rows for block in row)]
    if not rows:
        blocks.append(kit.context(NOTHING[name]))
    turns = []
    if page.number:
        turns.append(kit.button("‹ Back", f"home.page:{name}:back", str(page.number - 1)))
    if page.more:
        turns.append(kit.button("More ›", f"home.page:{name}:on", str(page.number + 1)))
    return [*blocks, kit.actions(*turns)] if turns else blocks


def _row(name: str, row: Row) -> list[Block]:
    request = row.request
    buttons = request_cards.votable(request) if name == "votes" else _look(request)
    if name == "mine":
        buttons += request_cards.withdrawable(request)
    block = kit.section("\n".join(_lines(name, row)))
    if len(buttons) == 1:
        return [{**block, "accessory": buttons[0]}]
    return [block, kit.actions(*buttons)] if buttons else [block]


def _look(request: Request) -> list[Block]:
    return [kit.button("Details", "request.details", str(request.id))] if request.digest is not None else []


def _lines(name: str, row: Row) -> list[str]:
    request, beside = row.request, row.beside
    said = request_cards.headline(request, beside)
    about = [f"`{kit.code(row.asked)}`"]
    about += [] if name == "mine" else [kit.person(request.requester)]
    about += [f"<#{request.channel}>"] if request.channel else []
    lines = [
        f"{request_cards.ICONS[request.state]} *#{request.id} {kit.escape(kit.short(said))}*",
        f"{'  ·  '.join(about)}  ·  {kit.moment(request.asked_at)}",
    ]
    if request.state is State.WAITING:
        lines += [kit.escape(kit.short(request.plan.moves))] if request.plan is not None and name == "votes" else []
        lines += [f"Reason: {kit.flat(request.asking.reason)}"] if request.asking.reason and name == "votes" else []
        lines.append(request_cards.approvals(request, beside))
    if when := request_cards.runs_at(request):
        lines.append(f"🗓️ {when}")
    if beside.held is not None:
        lines.append(f"⏳ {request_cards.waiting_for(beside.held)}")
    return lines


def _incident(incident: Incident) -> list[Block]:
    said = f"{incident.mark} *{kit.escape(kit.cut(incident.said, 1_000))}*\nsince {kit.moment(incident.since)}"
    block = kit.section(f"{said}. {kit.ours(incident.then)}")
    if incident.number is not None:
        return [{**block, "accessory": incident_cards.first_step(incident.number, takeable=incident.takeable)}]
    if not incident.review:
        return [block]
    return [{**block, "accessory": kit.button("Close the review", "review.close", str(incident.request))}]
