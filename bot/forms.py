"""Values → Slack's forms, and a form that was sent → values. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from bot import cards, kit, request_cards
from bot.kit import Block
from bot.ledger.requests import Request
from bot.request_cards import NOTHING, Beside
from handlers.operation import Operation
from handlers.own import Own
from handlers.plan import PlanShown
from policies.case import Asking
from policies.incidents import Incident
from policies.verdicts import Ask
from policies.words import Effect

View: TypeAlias = dict[str, Any]
SHORTEST, LONGEST = 3, 500  # characters of a reason
BLOCKS = 90  # of a form; Slack takes 100
BYTES = 200_000  # of a form; Slack takes 250,000
FIELD = "text"
SOURCE = "source"
PASTED = 3_000  # characters; what Slack's field takes
SILENCE = "incidents.silence"
FOR_HOW_LONG = {"1h": "1 hour", "4h": "4 hours", "12h": "12 hours", "1d": "1 day", "3d": "3 days", "7d": "7 days"}
FEW_WORDS = "Write a few words: blanks alone say nothing."
ASKING = ("vote.deny", "review.close")  # the forms that ask for words


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What came with a form: which form, about which request, and the one text in it."""

    kind: str
    request: int
    text: str


def policy(operation: type[Own], channel: str) -> View:
    """A policy's text; for loading it, why, too."""
    told = f"At most {PASTED} characters; a longer one: `hscbot policy {operation.verb} FILE` on my machine."
    blocks = [
        *cards.note_card(told)["blocks"],
        _input(SOURCE, "The policy, as TOML", most=PASTED, multiline=True),
    ]
    if operation.effect > Effect.READS:
        blocks += [
            _input("reason", "Reason", most=LONGEST, needed=False),
            _input("ticket", "Ticket", most=60, needed=False),
        ]
    return {
        "type": "modal",
        "callback_id": operation.name(),
        "private_metadata": json.dumps({"channel": channel}),
        "title": _plain(f"/{operation.command} {operation.verb}"),
        "submit": _plain(operation.verb.capitalize()),
        "close": _plain("Cancel"),
        "blocks": blocks,
    }


def read_policy(view: dict[str, Any]) -> tuple[str, Asking]:
    """The text that was given, and what was said beside it."""
    values = {action: field for block in view["state"]["values"].values() for action, field in block.items()}
    given = {name: str((values.get(name) or {}).get("value") or "") for name in (SOURCE, "reason", "ticket")}
    return given.pop(SOURCE), Asking.model_validate(given)


def _input(name: str, label: str, *, most: int, multiline: bool = False, needed: bool = True) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": name, "multiline": multiline, "max_length": most}
    return {"type": "input", "block_id": name, "label": _plain(label), "element": element, "optional": not needed}


def deny(request: Request, operation: Operation, channel: str) -> View:
    label = "Why must it not run? All who see the request read it."
    return _asking(request, operation, channel, kind="vote.deny", title="Deny", button="Deny", label=label)


def review(request: Request, operation: Operation, channel: str) -> View:
    label = "What did you find?"
    return _asking(request, operation, channel, kind="review.close", title="Review", button="Close it", label=label)


def silence(incident: Incident, channel: str) -> View:
    """For how long nothing is to be said of it, and why."""
    options = [{"text": _plain(label), "value": value} for value, label in FOR_HOW_LONG.items()]
    menu = {"type": "static_select", "action_id": "for", "options": options, "initial_option": options[1]}
    picker = {"type": "datetimepicker", "action_id": "until"}
    return {
        "type": "modal",
        "callback_id": SILENCE,
        "private_metadata": json.dumps({"incident": incident.number, "channel": channel}),
        "title": _plain(f"Silence i{incident.number}"),
        "submit": _plain("Silence"),
        "close": _plain("Cancel"),
        "blocks": [
            kit.section(f"*{kit.cut(kit.escape(incident.title), 500)}*\nWhat can't wait is told all the same."),
            {"type": "input", "block_id": "for", "label": _plain("For"), "element": menu},
            {"type": "input", "block_id": "until", "label": _plain("Or until"), "element": picker, "optional": True},
            _input("reason", "Why? All who see it read it.", most=LONGEST),
        ],
    }


def read_silence(view: dict[str, Any]) -> tuple[int, str, str]:
    """The incident's number, until when as a command takes it, and why. A time that is picked goes before how long."""
    values = {action: field for block in view["state"]["values"].values() for action, field in block.items()}
    picked = (values.get("until") or {}).get("selected_date_time")
    chosen = ((values.get("for") or {}).get("selected_option") or {}).get("value")
    until = f"{datetime.fromtimestamp(int(picked), UTC):%Y-%m-%dT%H:%M:%SZ}" if picked else str(chosen)
    number = int(json.loads(view["private_metadata"])["incident"])
    return number, until, str((values.get("reason") or {}).get("value") or "").strip()[:LONGEST]


# ── details ───────────────────────────────────────────────────────────────────────────────────────────────────────


def details(request: Request, operation: Operation, beside: Beside = NOTHING) -> View:
    """The whole plan: what would run, what it rests on, who judged it how."""
    parts = [*_asked(request, operation), *_judged(request, beside)]
    if request.plan is not None:
        parts += _planned(request.plan)
        parts.append(kit.context(f"Digest that an approval stands for: `{request.digest or 'none'}`"))
    title = _plain(f"Request #{request.id}")
    return {"type": "modal", "title": title, "close": _plain("Close"), "blocks": _fitting(parts, request.id)}


def _fitting(parts: Sequence[Block], number: int) -> list[Block]:
    """As many as Slack takes; if not all, that is said."""
    size = 0
    for at, part in enumerate(parts):
        size += len(json.dumps(part))
        if at >= BLOCKS or size > BYTES:
            more = f"⚠️ {len(parts) - at} more parts don't fit here: `/requests show {number}` tells them all."
            return [*parts[:at], kit.section(more)]
    return list(parts)


def _asked(request: Request, operation: Operation) -> list[Block]:
    where = f" in <#{request.channel}>" if request.channel else ""
    told = [
        f"`{kit.code(request_cards.asked(operation))}`",
        kit.ours(cards.help_of(type(operation))),
        f"{kit.person(request.requester)} asked{where} at {kit.moment(request.asked_at)}.",
    ]
    why = [("Reason", request.asking.reason), ("Ticket", request.asking.ticket)]
    told += [f"*{name}:* {kit.flat(value)}" for name, value in why if value]
    if when := request_cards.runs_at(request):
        told.append(f"🗓️ {when}")
    return [kit.section("\n".join(told))]


def _judged(request: Request, beside: Beside) -> list[Block]:
    rules = ", ".join(f"'{kit.escape(rule)}'" for rule in request.verdict.rules) or "none by name"
    minutes = f"It may run for {request.verdict.minutes_to_run} minutes once it is approved."
    told = [f"Judged by policy version {request.policy_version}. Rules: {rules}. {minutes}"]
    if isinstance(request.verdict, Ask):
        told = [*told, request_cards.approvals(request, beside), *request_cards.votes(request)]
    if request_cards.is_glass(request):
        told.append(request_cards.reviewed(beside))
    return [kit.section("\n".join(told))]


def _planned(plan: PlanShown) -> list[Block]:
    facts = "\n".join(f"{fact.name} = {fact.value}" for fact in plan.facts)
    partners = [
        f"{each.takes_out} goes; partner {each.partner} {'is healthy' if each.healthy else 'is NOT shown healthy'}"
        f": {each.seen}"
        for each in plan.interlocks
    ]
    redundancy = [f"{each.what}: {each.before} → {each.after} while it lasts" for each in plan.redundancy]
    told = [
        ("What would be sent, exactly", request_cards.commands(plan)),
        (f"Affected: {len(plan.affected)}", "\n".join(plan.affected)),
        ("Redundancy", "\n".join(redundancy)),
        ("What it rests on; read again before it runs", facts),
        ("Partners", "\n".join(partners)),
        ("Nothing else may work on, while it runs", "\n".join(plan.locks)),
    ]
    return [
        *_said("What happens", plan.moves),
        *(part for name, text in told if text for part in (_title(name), *kit.raws(text))),
        *_said("To stop it", plan.stop),
        *_said("To undo it", plan.undo),
    ]


def _title(name: str) -> Block:
    return kit.section(f"*{name}*")


def _said(name: str, text: str) -> list[Block]:
    """A sentence of ours; where names make it too long for that, in as many blocks as it takes."""
    line = f"*{name}:* {kit.escape(text)}"
    if not text:
        return []
    return [kit.section(line)] if len(line) <= kit.SECTION else [_title(name), *kit.raws(text)]


# ── forms that were sent ──────────────────────────────────────────────────────────────────────────────────────────


def read(view: dict[str, Any]) -> Sent:
    """A form of ours; KeyError or ValueError for any other."""
    about = json.loads(view["private_metadata"])
    return Sent(kind=str(view["callback_id"]), request=int(about["request"]), text=_text(view)[:LONGEST])


def faults(view: dict[str, Any]) -> dict[str, str]:
    """What its sender has to mend before it can be taken, by field."""
    if view.get("callback_id") == SILENCE:
        return {} if len(read_silence(view)[2]) >= SHORTEST else {"reason": FEW_WORDS}
    if view.get("callback_id") not in ASKING or len(_text(view)) >= SHORTEST:
        return {}
    return {FIELD: FEW_WORDS}


def channel_of(view: dict[str, Any]) -> str:
    """Where the click was that opened it; empty where it doesn't say."""
    try:
        return str(json.loads(view.get("private_metadata") or "{}").get("channel", ""))
    except (ValueError, AttributeError):
        return ""


def _text(view: dict[str, Any]) -> str:
    values = [field for block in view["state"]["values"].values() for field in block.values()]
    return str(values[0].get("value") or "").strip() if values else ""


def _asking(
    request: Request, operation: Operation, channel: str, *, kind: str, title: str, button: str, label: str
) -> View:
    asked = f"`{kit.code(request_cards.asked(operation))}`  ·  {kit.person(request.requester)}"
    moves = f"\n{kit.escape(request.plan.moves)}" if request.plan is not None else ""
    field = {
        "type": "plain_text_input",
        "action_id": FIELD,
        "multiline": True,
        "min_length": SHORTEST,
        "max_length": LONGEST,
        "focus_on_load": True,
    }
    return {
        "type": "modal",
        "callback_id": kind,
        "private_metadata": json.dumps({"request": request.id, "channel": channel}),
        "title": _plain(f"{title} #{request.id}"),
        "submit": _plain(button),
        "close": _plain("Cancel"),
        "blocks": [
            kit.section(f"{asked}{moves}"),
            {"type": "input", "block_id": FIELD, "label": {"type": "plain_text", "text": label}, "element": field},
        ],
    }


def _plain(text: str) -> Block:
    """Of a form's head and buttons: Slack takes 24 characters."""
    return {"type": "plain_text", "text": text[:24]}
