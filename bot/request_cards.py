"""A request → the messages about it. Pure: no Slack, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot import finding_cards, kit, tables
from bot.kit import Block, Message
from bot.ledger.locks import Held
from bot.ledger.requests import Request
from bot.ledger.reviews import Review
from handlers.command import Progress
from handlers.operation import Operation, Report
from handlers.plan import PlanShown
from policies.requests import State
from policies.verdicts import Allow, Ask

NAMES = 12  # of affected partitions on a card
# Characters on a card, which holds 12,000 in all; Details has what is cut here.
LINE, EFFECTS, APPROVALS, VOTES = 400, 2_400, 1_200, 1_500

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
VOTED = {"approve": "approved", "deny": "denied"}
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
NOT_STARTED = (State.PLANNING, State.WAITING, State.GRANTED)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a card shows that isn't the request's own: who holds what it needs, its review, how far its approvals are.

    `progress`: of each demand, by the roles of now, such as `1 of 2 from lead or operator`.
    """

    held: Held | None = None
    review: Review | None = None
    progress: tuple[str, ...] = ()

    @property
    def review_open(self) -> bool:
        return self.review is not None and self.review.closed_at is None


NOTHING = Beside()


def request_card(
    request: Request,
    operation: Operation,
    beside: Beside = NOTHING,
    *,
    progress: Progress | None = None,
    so_far: Report | None = None,
) -> Message:
    """The one message of a request, as it stands now. `so_far`: what is there of its report, while that is coming."""
    report = request.report or so_far
    said = so_far.headline if so_far is not None and request.report is None else headline(request, beside)
    blocks = [
        kit.section(f"{ICONS[request.state]} *{kit.cut(kit.escape(said), LINE)}*"),
        kit.context(f"`{kit.code(asked(operation))}`  ·  {kit.person(request.requester)}  ·  #{request.id}"),
        *_beside_it(request, beside),
    ]
    if progress is not None:
        blocks.append(kit.section(f"{_bar(progress)}\n{kit.escape(progress.state)}"))
    if report is not None:
        blocks += tables.blocks(report.table, report.as_file) if report.table is not None else []
        lines = "\n".join(kit.escape(line) for line in report.lines)
        blocks += [kit.section(lines)] if lines else []
        blocks += finding_cards.reasons(report.findings)
    elif request.plan is not None:
        blocks += _plan(request.plan, request)
    if request.state is State.WAITING:
        blocks.append(kit.section(kit.cut(approvals(request, beside), APPROVALS)))
    blocks += [kit.context(kit.cut("\n".join(votes(request)), VOTES))] if request.votes else []
    blocks += _buttons(request, operation, beside)
    return {"text": kit.cut(f"#{request.id} {kit.escape(asked(operation))}: {kit.escape(said)}"), "blocks": blocks}


def asked(operation: Operation) -> str:
    """As it would be typed."""
    return f"/{operation.command} {operation.text()}"


def _beside_it(request: Request, beside: Beside) -> list[Block]:
    """Why it was asked, when it is to run, what it waits for, and that its glass was broken."""
    told = []
    if request.asking.reason:
        told.append(f"Reason: {kit.flat(request.asking.reason)}")
    if request.asking.ticket:
        told.append(f"Ticket: {kit.flat(request.asking.ticket)}")
    if when := runs_at(request):
        told.append(f"🗓️ {when}")
    if is_glass(request):
        told.append(reviewed(beside))
    if beside.held is not None:
        told.append(f"⏳ {waiting_for(beside.held)}")
    return [kit.context("\n".join(told))] if told else []


def is_glass(request: Request) -> bool:
    return isinstance(request.verdict, Allow) and request.verdict.glass


def runs_at(request: Request) -> str:
    """`runs at 22:00`, in the reader's own zone; empty where it isn't scheduled, or has started."""
    starts = request.not_before or request.verdict.starts
    if starts is None or request.state not in NOT_STARTED:
        return ""
    once = "" if request.state is State.GRANTED else ", once it is approved" if isinstance(request.verdict, Ask) else ""
    until = f", at the latest {kit.moment(request.run_by)}" if request.run_by is not None else ""
    return f"runs at {kit.moment(starts)}{once}{until}"


def reviewed(beside: Beside) -> str:
    """What became of the review of broken glass."""
    review = beside.review
    if review is None:
        return "🔨 breaks the glass: no approvals are asked for"
    if review.closed_at is None:
        return "🔨 glass broken, review open"
    note = f": {kit.flat(review.note)}" if review.note else ""
    by = kit.person(review.closer) if review.closer is not None else "somebody"
    return f"🔨 glass broken, review closed by {by} at {kit.moment(review.closed_at)}{note}"


def waiting_for(held: Held) -> str:
    """`waiting for #41, @who, since 03:12: it holds partition db01 on p72`; mrkdwn."""
    who = f"#{held.request}, {kit.person(held.who)}"
    return f"waiting for {who}, since {kit.moment(held.since)}: it holds {kit.escape(kit.short(held.name))}"


def headline(request: Request, beside: Beside) -> str:
    """How it stands, in a line; plain text."""
    if request.report is not None:
        return request.report.headline
    if request.state is State.GRANTED and beside.held is not None:
        return f"approved, waiting for #{beside.held.request}"
    if request.state is State.GRANTED and request.not_before is not None:
        return f"approved, runs at {request.not_before:%Y-%m-%d %H:%M} UTC"
    if request.state is State.RUNNING and request.plan is not None:
        return f"{SAID[request.state]}: {request.plan.moves}"
    return SAID[request.state]


# ── the plan ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _plan(plan: PlanShown, request: Request) -> list[Block]:
    # While it runs the headline says so already.
    blocks = [kit.section(f"*{kit.cut(kit.escape(plan.moves), LINE)}*")] if request.state is not State.RUNNING else []
    blocks += [kit.raw(commands(plan), whole="under Details")] if plan.commands else []
    told = [kit.cut(line, LINE) for line in effects(plan)]
    return [*blocks, kit.section(kit.cut("\n".join(told), EFFECTS))] if told else blocks


def commands(plan: PlanShown) -> str:
    """What would be sent, each on a line behind its host."""
    return "\n".join(f"{host}: {kit.argv(argv)}" for host, *argv in plan.commands)


def effects(plan: PlanShown) -> list[str]:
    """What it takes along and how to get back, each in a line."""
    back = [f"*To stop it:* {kit.escape(plan.stop)}", f"*To undo it:* {kit.escape(plan.undo)}"]
    return [*takes(plan), *(line for line in back if not line.endswith(":* "))]


def takes(plan: PlanShown) -> list[str]:
    """What it takes along, each in a line."""
    warnings = [finding for finding in plan.findings if finding.section is not None]
    warned = ", ".join(dict.fromkeys(found.code or "unknown text" for found in warnings))
    carried = [f"*Redundancy:* {kit.escape(each.what)}: {each.before} → {each.after}" for each in plan.redundancy]
    lines = [
        f"*Affected:* {_few(plan.affected)}",
        *carried,
        f"*Validation:* {kit.escape(_fact(plan, 'validation'))}" + (f" ({kit.escape(warned)})" if warned else ""),
    ]
    return [line for line in lines if not line.endswith(":* ")]


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES} more: Details lists all {len(names)}" if len(names) > NAMES else ""
    return kit.escape(", ".join(names[:NAMES])) + more


def _fact(plan: PlanShown, name: str) -> str:
    return next((fact.value for fact in plan.facts if fact.name == name), "")


# ── votes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def approvals(request: Request, beside: Beside) -> str:
    """How far each demand is, and until when."""
    asked_for = request.verdict.demands if isinstance(request.verdict, Ask) else ()
    told = beside.progress or tuple(demand.said for demand in asked_for) or ("nobody's",)
    until = f", until {kit.moment(request.approve_by)}" if request.approve_by is not None else ""
    return f"*Approvals:* {'; and '.join(kit.escape(each) for each in told)}{until}"


def votes(request: Request) -> list[str]:
    return [
        f"{THUMBS[vote.choice]} {kit.person(vote.person)} {VOTED[vote.choice]}"
        + (f": {kit.flat(vote.reason)}" if vote.reason else "")
        for vote in request.votes
    ]


# ── buttons ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _buttons(request: Request, operation: Operation, beside: Beside) -> list[Block]:
    offers = request.report.offers if request.report is not None else ()
    made = [
        *votable(request),
        *withdrawable(request),
        *reviewable(request, beside),
        *(_offer(number, offer.label, operation, offer.text) for number, offer in enumerate(offers[:5])),
    ]
    return [kit.actions(*made)] if made else []


def _offer(number: int, label: str, operation: Operation, text: str) -> Block:
    return kit.asks(label, f"offer.{number}", operation.command, text, style="primary" if number else None)


def votable(request: Request) -> list[Block]:
    """Approve and Deny while that counts, and Details while there is something to come."""
    value = str(request.id)
    made = []
    if request.state is State.WAITING:
        made += [
            kit.button("Approve", "vote.approve", value, style="primary"),
            kit.button("Deny", "vote.deny", value, style="danger"),
        ]
    if request.digest is not None and request.state in (State.WAITING, State.GRANTED, State.RUNNING):
        made.append(kit.button("Details", "request.details", value))
    return made


def withdrawable(request: Request) -> list[Block]:
    """While it waits, and while it is granted and hasn't started. What was allowed at once has nothing to wait for."""
    waits = request.state is State.WAITING or (request.state is State.GRANTED and request.digest is not None)
    return [kit.button("Withdraw", "request.withdraw", str(request.id))] if waits else []


def reviewable(request: Request, beside: Beside) -> list[Block]:
    if not beside.review_open:
        return []
    return [kit.button("Close the review", "review.close", str(request.id), style="primary")]


def _bar(progress: Progress) -> str:
    if progress.share is None or progress.done is None or progress.left is None:
        return "in progress, without figures from the HMC"
    total = progress.done + progress.left
    return f"{kit.bar(progress.share)}  ·  {_gb(progress.done)} of {_gb(total)} GB"


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f}"
