"""What is said in Slack of a request, at each of its steps; in the same transaction as the step itself."""

from __future__ import annotations

from collections.abc import Callable

from bot import cards, outbox
from bot.ledger import outputs, policies, requests, slack
from bot.ledger.requests import Request
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from handlers.finding import Finding
from handlers.operation import Operation, PlanShown, Progress, Report
from policies.requests import State
from policies.rules import Ask

MENTIONS = 10


class Teller:
    """`wake` is called after letters were put into the outbox."""

    def __init__(self, ledger: Ledger, operations: dict[str, type[Operation]], wake: Callable[[], None]) -> None:
        self._ledger, self._operations, self.wake = ledger, operations, wake

    def operation(self, request: Request) -> Operation:
        return self._operations[request.operation].model_validate_json(request.parameters)

    # ── inside a transaction ──────────────────────────────────────────────────────────────────────────────────────

    def card(self, tx: Tx, request: Request, *, first: bool = False, progress: Progress | None = None) -> None:
        """The request's own message, as it stands now."""
        message = cards.request_card(request, self.operation(request), progress=progress)
        outbox.queue(tx, request, message, kind="post" if first else "update")

    def log(self, tx: Tx, request: Request, text: str, *, key: str) -> None:
        """Add lines to a log message of the thread."""
        body = {"text": text}
        slack.say(tx, Letter(kind="log", channel=request.channel, thread=request.key, key=key, body=body))

    def finding(self, tx: Tx, request: Request, finding: Finding) -> None:
        self._reply(tx, request, cards.finding_card(finding))

    def note(self, tx: Tx, request: Request, text: str) -> None:
        """A line in the thread; `text` is mrkdwn that is safe already."""
        self._reply(tx, request, cards.note_card(text))

    def _reply(self, tx: Tx, request: Request, message: cards.Message) -> None:
        slack.say(
            tx,
            Letter(
                kind="post",
                channel=request.channel,
                thread=request.key,
                body=message,
                reader=request.requester.member,
            ),
        )

    def _attach(self, tx: Tx, request: Request) -> None:
        if outputs.has_log(tx.db, request.id):
            name = f"hscbot-{request.id}-{request.state.value}.txt"
            body = {"request": request.id, "name": name}
            reader = request.requester.member
            slack.say(tx, Letter(kind="file", channel=request.channel, thread=request.key, reader=reader, body=body))

    # ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def planned(self, number: int, plan: PlanShown, digest: str) -> bool:
        """The plan is there; True when it may run at once."""

        def change(tx: Tx) -> bool:
            request = requests.plan_ready(tx, number, plan, digest)
            self.card(tx, request)
            self._attach(tx, request)
            if isinstance(request.verdict, Ask):
                self.note(tx, request, self._who_may_approve(tx, request, request.verdict))
            return request.state is State.GRANTED

        granted = await self._ledger.write(change)
        self.wake()
        return granted

    async def ended(self, number: int, state: State, report: Report) -> None:
        """The request is over: the card, a line that its requester is told by, and the whole log."""

        def change(tx: Tx) -> None:
            request = requests.ended(tx, number, state, report)
            self.card(tx, request)
            self._attach(tx, request)
            told = f"{cards.ICONS[state]} <@{request.requester.member}> {cards.escape(report.headline)}"
            approved = [f"<@{vote.person.member}>" for vote in request.votes]
            self.note(tx, request, told + (f" (approved by {', '.join(approved)})" if approved else ""))

        await self._ledger.write(change)
        self.wake()

    async def looked(self, number: int, found: Report) -> None:
        """What a look at the machines found after an outcome that wasn't heard."""

        def change(tx: Tx) -> None:
            request = requests.looked(tx, number, found)
            self.card(tx, request)
            lines = "\n".join(cards.escape(line) for line in (found.headline, *found.lines))
            self.note(tx, request, f"<@{request.requester.member}> I looked: {lines}")

        await self._ledger.write(change)
        self.wake()

    async def progress(self, number: int, progress: Progress) -> None:
        def change(tx: Tx) -> None:
            self.card(tx, requests.get(tx.db, number), progress=progress)

        await self._ledger.write(change)
        self.wake()

    def _who_may_approve(self, tx: Tx, request: Request, asked: Ask) -> str:
        policy = policies.current(tx.db)
        able = policy.people_in(asked.approvers) - {request.requester} if policy is not None else frozenset()
        names = sorted(f"<@{person.member}>" for person in able)
        more = f" and {len(names) - MENTIONS} more" if len(names) > MENTIONS else ""
        return (
            f"✋ Needs {asked.approvals} approval(s) before it runs: {', '.join(names[:MENTIONS])}{more} may give one."
        )
