"""What is said in Slack of a request, at each of its steps; in the same transaction as the step itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot import cards, finding_cards, kit, outbox, request_cards
from bot.ledger import locks, policies, requests, reviews, slack
from bot.ledger.locks import Held
from bot.ledger.requests import Request
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from handlers.command import Progress
from handlers.finding import Finding
from handlers.operation import Operation, Report
from policies.demands import able
from policies.requests import State
from policies.verdicts import Allow, Ask
from policies.words import Person

MENTIONS = 10
TOLD_AT_MOST = 100  # people who are asked for their vote, each by a direct message


class Teller:
    """`wake` is called after letters were put into the outbox."""

    def __init__(self, ledger: Ledger, operations: dict[str, type[Operation]], wake: Callable[[], None]) -> None:
        self._ledger, self._operations, self.wake = ledger, operations, wake

    def operation(self, request: Request) -> Operation:
        return self._operations[request.operation].model_validate_json(request.parameters)

    # ── inside a transaction ──────────────────────────────────────────────────────────────────────────────────────

    def card(self, tx: Tx, request: Request, *, first: bool = False, progress: Progress | None = None) -> None:
        """The request's own message, as it stands now; and what its voters were told of it."""
        beside = self._beside(tx, request)
        message = request_cards.request_card(request, self.operation(request), beside, progress=progress)
        outbox.queue(tx, request, message, kind="post" if first else "update")
        if progress is None and request.state is not State.PLANNING:
            for member in requests.told_to(tx.db, request.id):
                self._to_voter(tx, request, member, kind="update")

    def _beside(self, tx: Tx, request: Request) -> request_cards.Beside:
        names = request.plan.locks if request.plan is not None else ()
        review = reviews.get(tx.db, request.id)
        return request_cards.Beside(
            held=locks.holder(tx.db, names, but=request.id) if request.state is State.GRANTED and names else None,
            review_open=review is not None and review.closed_at is None,
        )

    def log(self, tx: Tx, request: Request, text: str, *, key: str) -> None:
        """Add lines to a log message of the thread."""
        body = {"text": text}
        slack.say(tx, Letter(kind="log", channel=request.channel, thread=request.key, key=key, body=body))

    def finding(self, tx: Tx, request: Request, finding: Finding) -> None:
        self._reply(tx, request, finding_cards.finding_card(finding))

    def note(self, tx: Tx, request: Request, text: str) -> None:
        """A line in the thread; `text` is mrkdwn that is safe already."""
        self._reply(tx, request, cards.note_card(text))

    def _reply(self, tx: Tx, request: Request, message: kit.Message) -> None:
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

    def attach(self, tx: Tx, request: Request) -> None:
        if requests.outputs(tx.db, request.id):
            name = f"hscbot-{request.id}-{request.state.value}.txt"
            body = {"request": request.id, "name": name}
            reader = request.requester.member
            slack.say(tx, Letter(kind="file", channel=request.channel, thread=request.key, reader=reader, body=body))

    # ── those whose vote is asked for ─────────────────────────────────────────────────────────────────────────────

    def ask_voters(self, tx: Tx, request: Request, asked: Ask) -> None:
        """Each of them by direct message, and all of them in the thread."""
        people = self._able(tx, request, asked)
        for person in people[:TOLD_AT_MOST]:
            requests.told(tx, request.id, person.member)
            self._to_voter(tx, request, person.member, kind="post")
        self.note(tx, request, f"✋ Needs {kit.escape(asked.said)} before it runs: {_named(people)} may approve it.")

    def remind(self, tx: Tx, request: Request) -> None:
        voted = {vote.person.member for vote in request.votes}
        for member in requests.told_to(tx.db, request.id):
            if member not in voted:
                message = request_cards.reminder_card(request, self.operation(request))
                slack.say(tx, Letter(kind="post", channel=member, thread=_dm(request, member), body=message))

    def _able(self, tx: Tx, request: Request, asked: Ask) -> list[Person]:
        policy = policies.current(tx.db)
        if policy is None:
            return []
        moment = policies.moment(tx.db, tx.now())
        people = able(asked.demands, request.requester, policy.holding(moment))
        return sorted((person for person in people if person.is_in_slack), key=str)

    def _to_voter(self, tx: Tx, request: Request, member: str, *, kind: str) -> None:
        message = request_cards.voter_card(request, self.operation(request))
        slack.say(tx, Letter(kind=kind, channel=member, key=_dm(request, member), body=message, reader=member))

    def _tell_skipped(self, tx: Tx, request: Request, verdict: Allow) -> None:
        message = request_cards.skipped_card(request, self.operation(request))
        people = [person for person in verdict.skipped if person.is_in_slack]
        for person in people[:TOLD_AT_MOST]:
            slack.say(tx, Letter(kind="post", channel=person.member, body=message, reader=person.member))
        told = "🔨 The glass was broken: this runs without approvals. A review is open until somebody else closes it."
        self.note(tx, request, f"{told} Skipped and told: {_named(people)}.")

    # ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def planned(self, tx: Tx, request: Request) -> None:
        """The plan is there: for those who have to agree, or on its way."""
        self.card(tx, request)
        self.attach(tx, request)
        verdict = request.verdict
        if isinstance(verdict, Ask):
            self.ask_voters(tx, request, verdict)
        elif verdict.glass:
            skipped = [str(person) for person in verdict.skipped]
            reviews.opened(tx, request.id, by=request.requester, reason=request.asking.reason, skipped=skipped)
            self._tell_skipped(tx, request, verdict)
            self.card(tx, request)

    def close(self, tx: Tx, number: int, state: State, report: Report) -> None:
        """The request is over: the card, a line that its requester is told by, and the whole log."""
        request = requests.ended(tx, number, state, report)
        self.card(tx, request)
        self.attach(tx, request)
        told = f"{request_cards.ICONS[state]} {kit.person(request.requester)} {kit.escape(report.headline)}"
        approved = [kit.person(vote.person) for vote in request.votes if vote.choice == "approve"]
        self.note(tx, request, told + (f" (approved by {', '.join(approved)})" if approved else ""))

    async def ended(self, number: int, state: State, report: Report) -> None:
        await self._ledger.write(lambda tx: self.close(tx, number, state, report))
        self.wake()

    async def waits(self, number: int, held: Held) -> None:
        """It may run, and something that it needs is in use."""

        def change(tx: Tx) -> None:
            request = requests.get(tx.db, number)
            self.card(tx, request)
            self.note(tx, request, f"⏳ {request_cards.waiting_for(held)}; it runs as soon as that is over")

        await self._ledger.write(change)
        self.wake()

    async def looked(self, number: int, found: Report) -> None:
        """What a look at the machines found after an outcome that wasn't heard."""

        def change(tx: Tx) -> None:
            request = requests.looked(tx, number, found)
            self.card(tx, request)
            lines = "\n".join(kit.escape(line) for line in (found.headline, *found.lines))
            self.note(tx, request, f"{kit.person(request.requester)} I looked: {lines}")

        await self._ledger.write(change)
        self.wake()

    async def progress(self, number: int, progress: Progress) -> None:
        def change(tx: Tx) -> None:
            self.card(tx, requests.get(tx.db, number), progress=progress)

        await self._ledger.write(change)
        self.wake()


def _dm(request: Request, member: str) -> str:
    """The key of the message by which somebody is asked for their vote."""
    return f"{request.key}:voter:{member}"


def _named(people: Iterable[Person]) -> str:
    names = [f"<@{person.member}>" for person in people]
    more = f" and {len(names) - MENTIONS} more" if len(names) > MENTIONS else ""
    return (", ".join(names[:MENTIONS]) or "nobody in Slack") + more
