"""A request → what is told by direct message to those whose vote, or whose look, it takes. Pure."""

from __future__ import annotations

from bot import cards, kit, request_cards
from bot.kit import Message
from bot.ledger.requests import Request
from bot.request_cards import ICONS, NOTHING, SAID, Beside
from handlers.operation import Operation
from policies.requests import State


def voter_card(request: Request, operation: Operation, beside: Beside = NOTHING) -> Message:
    """For somebody whose approval is asked for; edited in place, and without buttons once it is decided."""
    waits = request.state is State.WAITING
    said = "your approval is asked for" if waits else _said(request)
    lines = [f"{ICONS[request.state]} *{kit.cut(kit.escape(said), request_cards.LINE)}*", _asked(request, operation)]
    if request.plan is not None:
        lines.append(f"*{kit.cut(kit.escape(request.plan.moves), request_cards.LINE)}*")
        lines += [kit.cut(line, request_cards.LINE) for line in request_cards.takes(request.plan)] if waits else []
    lines += _why(request)
    blocks = [kit.section("\n".join(lines))]
    if waits:
        blocks.append(kit.section(request_cards.approvals(request, beside)))
    told = request_cards.votes(request)
    blocks += [kit.context("\n".join(told))] if told else []
    blocks += [kit.actions(*request_cards.votable(request))] if waits else []
    return {"text": _text(request, operation, said), "blocks": blocks}


def skipped_card(request: Request, operation: Operation, beside: Beside = NOTHING) -> Message:
    """For somebody whose approval was gone past; edited in place, until the review is closed and after."""
    lines = ["🔨 *the glass was broken: it runs without approvals*", _asked(request, operation)]
    if request.plan is not None:
        lines.append(f"*{kit.cut(kit.escape(request.plan.moves), request_cards.LINE)}*")
    lines += [*_why(request), f"{ICONS[request.state]} {kit.escape(_said(request))}"]
    closed = beside.review is not None and not beside.review_open
    told = request_cards.reviewed(beside) if closed else "A review is open until somebody else closes it."
    blocks = [kit.section("\n".join(lines)), kit.context(told)]
    buttons = [*request_cards.votable(request), *request_cards.reviewable(request, beside)]
    blocks += [kit.actions(*buttons)] if buttons else []
    return {"text": _text(request, operation, "glass broken"), "blocks": blocks}


def reminder_card(request: Request, operation: Operation, member: str) -> Message:
    """For the thread below what its voter was asked by."""
    until = kit.moment(request.approve_by) if request.approve_by is not None else "soon"
    asked = kit.code(request_cards.asked(operation))
    said = f"#{request.id} `{asked}` still waits for your vote, until {until}. Then it expires."
    return cards.note_card(f"⏰ <@{member}> {said}")


def _said(request: Request) -> str:
    return request.report.headline if request.report is not None else SAID[request.state]


def _asked(request: Request, operation: Operation) -> str:
    where = f" in <#{request.channel}>" if request.channel else " at a terminal"
    who = f"{kit.person(request.requester)} asks{where}"
    return f"`{kit.code(request_cards.asked(operation))}`  ·  {who}  ·  #{request.id}"


def _why(request: Request) -> list[str]:
    told = [("Reason", request.asking.reason), ("Ticket", request.asking.ticket)]
    lines = [f"*{name}:* {kit.flat(value)}" for name, value in told if value]
    when = request_cards.runs_at(request)
    return [*lines, f"🗓️ {when}"] if when else lines


def _text(request: Request, operation: Operation, said: str) -> str:
    return kit.cut(f"#{request.id} {kit.escape(request_cards.asked(operation))}: {kit.escape(said)}")
