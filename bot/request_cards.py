"""A request → the messages about it, and its details. Pure: no Slack, no clock."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot import cards, finding_cards, kit
from bot.kit import Block, Message
from bot.ledger.locks import Held
from bot.ledger.requests import Request
from handlers.command import Progress
from handlers.operation import Operation
from handlers.plan import PlanShown
from policies.requests import State
from policies.verdicts import Allow, Ask

ICONS = {
    State.PLANNING: "⏳",
    State.WAITING: "✋",
    State.GRANTED: "⏳",
    State.RUNNING: "⏳",
    State.SUCCEEDED: "✅",
    State.FAILED: "⛔",
    State.UNKNOWN: "❓",
    State.DENIED: "⛔",
    State.EXPIRED: "⌛",
    State.WITHDRAWN: "↩️",
    State.STALE: "⛔",
}
THUMBS = {"approve": "👍", "deny": "👎"}
SAID = {
    State.PLANNING: "checking",
    State.WAITING: "waiting for approval",
    State.GRANTED: "approved, about to run",
    State.RUNNING: "running",
    State.SUCCEEDED: "done",
    State.FAILED: "failed",
    State.UNKNOWN: "outcome unknown",
    State.DENIED: "denied",
    State.EXPIRED: "expired",
    State.WITHDRAWN: "withdrawn",
    State.STALE: "refused: it changed since it was approved",
}


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a card shows that isn't the request's own: who holds what it needs, whether its review is open."""

    held: Held | None = None
    review_open: bool = False


NOTHING = Beside()


def request_card(
    request: Request, operation: Operation, beside: Beside = NOTHING, *, progress: Progress | None = None
) -> Message:
    """The one message of a request, as it stands now."""
    headline = _headline(request, beside)
    asked = f"/{operation.command} {operation.text()}"
    blocks = [
        kit.section(f"{ICONS[request.state]} *{kit.escape(headline)}*"),
        kit.context(f"`{kit.code(asked)}`  ·  {kit.person(request.requester)}  ·  #{request.id}"),
        *_beside_it(request, beside),
    ]
    if progress is not None:
        blocks.append(kit.section(f"{_bar(progress)}\n{kit.escape(progress.state)}"))
    if request.report is not None:
        blocks += (
            [kit.section("\n".join(kit.escape(line) for line in request.report.lines))] if request.report.lines else []
        )
        blocks += finding_cards.reasons(request.report.findings)
        blocks += [kit.context("\n".join(_votes(request)))] if request.votes else []
    elif request.plan is not None:
        blocks += _plan(request.plan, request)
    blocks += _buttons(request, operation, beside)
    return {"text": f"#{request.id} {kit.escape(asked)}: {kit.escape(headline)}"[: kit.SECTION], "blocks": blocks}


def _beside_it(request: Request, beside: Beside) -> list[Block]:
    """Why it was asked, when it is to run, what it waits for, and that its glass was broken."""
    told = []
    if request.asking.reason:
        told.append(f"Reason: {kit.escape(request.asking.reason)}")
    if request.asking.ticket:
        told.append(f"Ticket: {kit.escape(request.asking.ticket)}")
    if isinstance(request.verdict, Allow) and request.verdict.glass:
        told.append("🔨 glass broken" + (", review open" if beside.review_open else ", reviewed"))
    if beside.held is not None:
        told.append(f"⏳ {waiting_for(beside.held)}")
    return [kit.context("  ·  ".join(told))] if told else []


def voter_card(request: Request, operation: Operation) -> Message:
    """What somebody whose vote is asked for is told by direct message; edited once it is decided."""
    asked = f"/{operation.command} {operation.text()}"
    moves = request.plan.moves if request.plan is not None else ""
    lines = [f"{ICONS[request.state]} *{kit.escape(SAID[request.state])}*: `{kit.code(asked)}`"]
    lines += [f"{kit.person(request.requester)} asks in <#{request.channel}>  ·  #{request.id}"]
    lines += [kit.escape(moves)] if moves else []
    lines += [f"Reason: {kit.escape(request.asking.reason)}"] if request.asking.reason else []
    if request.state is State.WAITING:
        lines.append(_approvals(request))
    elif request.report is not None:
        lines.append(kit.escape(request.report.headline))
    blocks = [kit.section("\n".join(lines)), *_vote_buttons(request)]
    return {"text": f"#{request.id} {kit.escape(asked)}: {SAID[request.state]}"[: kit.SECTION], "blocks": blocks}


def reminder_card(request: Request, operation: Operation) -> Message:
    asked = f"/{operation.command} {operation.text()}"
    until = kit.moment(request.approve_by) if request.approve_by is not None else "soon"
    return cards.note_card(
        f"⏰ #{request.id} `{kit.code(asked)}` still waits for a vote, until {until}. Then it expires."
    )


def skipped_card(request: Request, operation: Operation) -> Message:
    """For those whose approval was gone past."""
    asked = f"/{operation.command} {operation.text()}"
    who = f"{kit.person(request.requester)} broke the glass in <#{request.channel}>"
    review = f"A review of #{request.id} is open until somebody else closes it."
    return cards.note_card(
        f"🔨 {who}: `{kit.code(asked)}` runs unapproved.\nReason: {kit.escape(request.asking.reason)}\n{review}"
    )


def details(request: Request, operation: Operation) -> list[Block]:
    """All that an approver may want to know."""
    asking = request.asking
    asked = f"/{operation.command} {operation.text()}"
    rules = ", ".join(map(kit.escape, request.verdict.rules)) or "no rule"
    told_by = f"Asked by {kit.person(request.requester)} at {kit.moment(request.asked_at)}"
    blocks = [
        kit.section(f"`{kit.code(asked)}`\n{kit.ours(cards.help_of(operation.__class__))}"),
        kit.section(f"{told_by}, judged by policy version {request.policy_version}: {rules}"),
    ]
    told = [("Reason", asking.reason), ("Ticket", asking.ticket)]
    blocks += [kit.section(f"*{name}:* {kit.escape(value)}") for name, value in told if value]
    if isinstance(request.verdict, Ask):
        blocks.append(kit.section(_approvals(request)))
    plan = request.plan
    if plan is not None:
        blocks += [kit.raw(f"{host}: {kit.argv(argv)}") for host, *argv in plan.commands]
        blocks += [kit.section(line) for line in _effects(plan)]
        facts = "\n".join(f"{fact.name} = {fact.value}" for fact in plan.facts)
        blocks += [kit.section("*What it rests on:*"), *kit.raws(facts)] if facts else []
        checks = [f"{each.takes_out} goes; its partner {each.partner}: {each.seen}" for each in plan.interlocks]
        blocks += [kit.raw("\n".join(checks))] if checks else []
        blocks += [kit.context(f"Holds while it runs: {kit.escape(', '.join(plan.locks))}")] if plan.locks else []
        blocks.append(kit.context(f"Digest: `{request.digest or 'none'}`"))
    return blocks


def waiting_for(held: Held) -> str:
    """`waiting for #41, @who, since 03:12: it holds partition db01 on p72`; mrkdwn."""
    who = f"#{held.request}, {kit.person(held.who)}"
    return f"waiting for {who}, since {kit.moment(held.since)}: it holds {kit.escape(held.name)}"


def _headline(request: Request, beside: Beside) -> str:
    if request.report is not None:
        return request.report.headline
    if request.state is State.GRANTED and beside.held is not None:
        return f"approved, waiting for #{beside.held.request}"
    if request.state is State.GRANTED and request.not_before is not None:
        return f"approved, to run at {request.not_before:%Y-%m-%d %H:%M} UTC"
    if request.state is State.RUNNING and request.plan is not None:
        return f"{SAID[request.state]}: {request.plan.moves}"
    return SAID[request.state]


def _plan(plan: PlanShown, request: Request) -> list[Block]:
    # While it runs the headline says so already.
    blocks = [kit.section(f"*{kit.escape(plan.moves)}*")] if request.state is not State.RUNNING else []
    blocks += [kit.raw(f"{host}: {kit.argv(argv)}") for host, *argv in plan.commands]
    lines = _effects(plan)
    if request.state is State.WAITING:
        lines.append(_approvals(request))
    told = [*lines, *_votes(request)]
    return [*blocks, kit.section("\n".join(told))] if told else blocks


def _effects(plan: PlanShown) -> list[str]:
    warnings = [finding for finding in plan.findings if finding.section is not None]
    warned = ", ".join(dict.fromkeys(found.code or "unknown text" for found in warnings))
    carried = "; ".join(f"{each.what}: {each.before} now, {each.after} while it lasts" for each in plan.redundancy)
    lines = [
        f"*Affected:* {kit.escape(', '.join(plan.affected))}",
        f"*Redundancy:* {kit.escape(carried)}",
        f"*Validation:* {kit.escape(_fact(plan, 'validation'))}" + (f" ({kit.escape(warned)})" if warned else ""),
        f"*To stop it:* {kit.escape(plan.stop)}",
        f"*To undo it:* {kit.escape(plan.undo)}",
    ]
    return [line for line in lines if not line.endswith(":* ")]


def _approvals(request: Request) -> str:
    asked = request.verdict if isinstance(request.verdict, Ask) else None
    given = sum(vote.choice == "approve" for vote in request.votes)
    needed = asked.said if asked is not None else "nobody"
    until = f", until {kit.moment(request.approve_by)}" if request.approve_by is not None else ""
    return f"*Approvals:* {given} so far, needs {kit.escape(needed)}{until}"


def _votes(request: Request) -> list[str]:
    said = {"approve": "approved", "deny": "denied"}
    return [
        f"{THUMBS[vote.choice]} {kit.person(vote.person)} {said[vote.choice]}"
        + (f": {kit.escape(vote.reason)}" if vote.reason else "")
        for vote in request.votes
    ]


def _fact(plan: PlanShown, name: str) -> str:
    return next((fact.value for fact in plan.facts if fact.name == name), "")


def _buttons(request: Request, operation: Operation, beside: Beside) -> list[Block]:
    value = str(request.id)
    if request.state is State.WAITING:
        return [kit.actions(*_vote_buttons(request)[0]["elements"], kit.button("Withdraw", "request.withdraw", value))]
    made = [kit.button("Close the review", "review.close", value, style="primary")] if beside.review_open else []
    if request.state is State.GRANTED and request.report is None and (beside.held or request.not_before):
        made.append(kit.button("Withdraw", "request.withdraw", value))
    offers = request.report.offers if request.report is not None else ()
    made += [
        kit.button(
            offer.label,
            f"offer.{n}",
            json.dumps({"command": operation.command, "text": offer.text}),
            style="primary" if n else None,
        )
        for n, offer in enumerate(offers[:5])
    ]
    return [kit.actions(*made)] if made else []


def _vote_buttons(request: Request) -> list[Block]:
    """None once it is decided."""
    if request.state is not State.WAITING:
        return []
    value = str(request.id)
    return [
        kit.actions(
            kit.button("Approve", "vote.approve", value, style="primary"),
            kit.button("Deny", "vote.deny", value, style="danger"),
            kit.button("Details", "request.details", value),
        )
    ]


def _bar(progress: Progress) -> str:
    if progress.share is None or progress.done is None or progress.left is None:
        return "in progress, without figures from the HMC"
    total = progress.done + progress.left
    return f"{kit.bar(progress.share)}  ·  {_gb(progress.done)} of {_gb(total)} GB"


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f}"
