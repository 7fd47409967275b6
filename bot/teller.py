"""What is said in Slack of a request, at each of its steps; in the same transaction as the step itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import ValidationError

from bot import cards, finding_cards, kit, pair_pictures, request_cards, tables, voter_cards
from bot.enclosures import pictured
from bot.kit import Message
from bot.ledger import locks, outputs, policies, requests, reviews, slack
from bot.ledger.locks import Held
from bot.ledger.requests import Request
from bot.ledger.slack import Letter
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.request_cards import Beside
from handlers.command import Progress
from handlers.finding import Finding
from handlers.forgotten import forgotten
from handlers.operation import Operation, Report
from handlers.pictures import Drawable
from policies.case import Moment
from policies.demands import able
from policies.requests import State
from policies.rules import Policy
from policies.verdicts import Allow, Ask
from policies.words import Effect, Person

MENTIONS = 10
TOLD_AT_MOST = 100  # people who are asked for their vote, each by a direct message


class Teller:
    """`wake` is called after letters were put into the outbox."""

    def __init__(
        self, ledger: Ledger, operations: dict[str, type[Operation]], wake: Callable[[], None], zone: str = "UTC"
    ) -> None:
        self._zone = zone
        self._ledger, self._operations, self.wake = ledger, operations, wake

    def operation(self, request: Request) -> Operation:
        """As it was asked for; one that can't be carried out, where it is of a version that knew other operations."""
        try:
            return self._operations[request.operation].model_validate_json(request.parameters)
        except (KeyError, ValidationError):
            return forgotten(request.operation)

    @property
    def reading(self) -> tuple[str, ...]:
        """The operations that only read."""
        return tuple(name for name, each in self._operations.items() if each.effect is Effect.READS)

    def beside(self, db: Db, request: Request, policy: Policy | None, moment: Moment) -> Beside:
        """What stands beside a request on its cards, by the policy and the people of this moment."""
        names = request.plan.locks if request.plan is not None and request.state is State.GRANTED else ()
        demands = request.standing.demands if request.state is State.WAITING else ()
        holders = (policy or Policy(roles={}, rules=())).holding(moment)
        return Beside(
            held=locks.holder(db, names, but=request.id) if names else None,
            review=reviews.get(db, request.id) if request_cards.is_glass(request) else None,
            progress=tuple(demand.progress(request.standing.approvers, holders) for demand in demands),
        )

    # ── inside a transaction ──────────────────────────────────────────────────────────────────────────────────────

    def card(
        self,
        tx: Tx,
        request: Request,
        *,
        first: bool = False,
        progress: Progress | None = None,
        so_far: Report | None = None,
    ) -> None:
        """The request's own message, as it stands now; and what was told of it by direct message."""
        beside = self._beside(tx, request)
        if request.channel:
            operation = self.operation(request)
            message = request_cards.request_card(request, operation, beside, progress=progress, so_far=so_far)
            kind, to = "post" if first else "update", request.channel
            slack.say(tx, Letter(kind=kind, channel=to, key=request.key, body=message, reader=request.reader))
        if progress is None and so_far is None:
            for member in requests.told_to(tx.db, request.id):
                if not slack.given_up(tx.db, _dm(request, member)):
                    self._to_person(tx, request, member, beside, kind="update")

    def _beside(self, tx: Tx, request: Request) -> Beside:
        return self.beside(tx.db, request, policies.current(tx.db), policies.moment(tx.db, tx.now()))

    def log(self, tx: Tx, request: Request, text: str, *, key: str) -> None:
        """Add lines to a log message of the thread."""
        if request.channel:
            body = {"text": text}
            slack.say(tx, Letter(kind="log", channel=request.channel, thread=request.key, key=key, body=body))

    def finding(self, tx: Tx, request: Request, finding: Finding) -> None:
        self._reply(tx, request, finding_cards.finding_card(finding))

    def note(self, tx: Tx, request: Request, text: str) -> None:
        """A line in the thread; `text` is mrkdwn that is safe already."""
        self._reply(tx, request, cards.note_card(text))

    def _reply(self, tx: Tx, request: Request, message: Message) -> None:
        """In the thread of its message; what was asked at a terminal has none."""
        if request.channel:
            slack.say(
                tx,
                Letter(kind="post", channel=request.channel, thread=request.key, body=message, reader=request.reader),
            )

    def attach(self, tx: Tx, request: Request) -> None:
        """Its log, and its table where that is a file."""
        report, operation = request.report, self.operation(request)
        if request.channel and report is not None and report.table is not None:
            name = f"hscbot-{request.id}-{operation.command}-{operation.verb}"
            for file, text in tables.files(report.table, report.as_file, name):
                self._file(tx, request, {"name": file, "text": text})
        if request.channel and outputs.has_log(tx.db, request.id):
            name = f"hscbot-{request.id}-{request.state.value}.txt"
            self._file(tx, request, {"request": request.id, "name": name})

    def _file(self, tx: Tx, request: Request, body: dict[str, object]) -> None:
        slack.say(
            tx, Letter(kind="file", channel=request.channel, thread=request.key, reader=request.reader, body=body)
        )

    # ── by direct message ─────────────────────────────────────────────────────────────────────────────────────────

    def _ask_voters(self, tx: Tx, request: Request, asked: Ask) -> None:
        """Each of them by direct message, and all of them in the thread."""
        people = self._able(tx, request, asked)
        self._tell(tx, request, people)
        self.note(tx, request, f"✋ Needs {kit.escape(asked.said)} before it runs: {_named(people)} may approve it.")

    def remind(self, tx: Tx, request: Request) -> None:
        """Those who were asked, can still vote, and haven't."""
        voted = {vote.person.member for vote in request.votes}
        able_now = self._able(tx, request, request.verdict) if isinstance(request.verdict, Ask) else []
        asked = {person.member for person in able_now}.intersection(requests.told_to(tx.db, request.id))
        for member in sorted(asked - voted):
            if not slack.given_up(tx.db, _dm(request, member)):
                message = voter_cards.reminder_card(request, self.operation(request), member)
                slack.say(tx, Letter(kind="post", channel=member, thread=_dm(request, member), body=message))

    def _able(self, tx: Tx, request: Request, asked: Ask) -> list[Person]:
        policy = policies.current(tx.db)
        if policy is None:
            return []
        moment = policies.moment(tx.db, tx.now())
        people = able(asked.demands, request.requester, policy.holding(moment))
        return sorted((person for person in people if person.is_in_slack), key=str)

    def _tell(self, tx: Tx, request: Request, people: list[Person]) -> None:
        beside = self._beside(tx, request)
        for person in people[:TOLD_AT_MOST]:
            requests.told(tx, request.id, person.member)
            self._to_person(tx, request, person.member, beside, kind="post")

    def _to_person(self, tx: Tx, request: Request, member: str, beside: Beside, *, kind: str) -> None:
        make = voter_cards.skipped_card if request_cards.is_glass(request) else voter_cards.voter_card
        message = make(request, self.operation(request), beside)
        slack.say(tx, Letter(kind=kind, channel=member, key=_dm(request, member), body=message))

    def _tell_skipped(self, tx: Tx, request: Request, verdict: Allow) -> None:
        people = [person for person in verdict.skipped if person.is_in_slack]
        self._tell(tx, request, people)
        told = "🔨 The glass was broken: this runs without approvals. A review is open until somebody else closes it."
        self.note(tx, request, f"{told} Skipped and told: {_named(people)}.")

    # ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def planned(self, tx: Tx, request: Request) -> None:
        """The plan is there: for those who have to agree, or on its way."""
        verdict = request.verdict
        if isinstance(verdict, Allow) and verdict.glass:
            skipped = [str(person) for person in verdict.skipped]
            reviews.opened(tx, request.id, by=request.requester, reason=request.asking.reason, skipped=skipped)
        self.card(tx, request)
        self.attach(tx, request)
        if isinstance(verdict, Ask):
            self._ask_voters(tx, request, verdict)
        elif verdict.glass:
            self._tell_skipped(tx, request, verdict)

    def close(self, tx: Tx, number: int, state: State, report: Report) -> None:
        """The request is over: the card, a line that its requester is told by, and the whole log."""
        request = requests.ended(tx, number, state, report)
        self.card(tx, request)
        self.attach(tx, request)
        told = f"{request_cards.ICONS[state]} {kit.person(request.requester)} {kit.escape(report.headline)}"
        approved = [kit.person(vote.person) for vote in request.votes if vote.choice == "approve"]
        self.note(tx, request, told + (f" (approved by {', '.join(approved)})" if approved else ""))
        self.show(tx, request, report.pictures)

    def show(self, tx: Tx, request: Request, pictures: Sequence[Drawable]) -> None:
        """Pictures in its thread: kept as values, and drawn when they are sent."""
        for at, timeless in enumerate(pictures if request.channel else (), 1):
            values = pair_pictures.compared(tx.db, timeless.as_of(tx.now())).in_zone(self._zone)
            name = f"hscbot-{request.id}-{values.stem}-{at}.png"
            letter = pictured(values, name=name, channel=request.channel, thread=request.key, reader=request.reader)
            slack.say(tx, letter)

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
        await self._shown(number, progress=progress)

    async def so_far(self, number: int, report: Report) -> None:
        """What is there of an answer that is still coming."""
        await self._shown(number, so_far=report)

    async def _shown(self, number: int, *, progress: Progress | None = None, so_far: Report | None = None) -> None:
        def change(tx: Tx) -> None:
            self.card(tx, requests.get(tx.db, number), progress=progress, so_far=so_far)

        await self._ledger.write(change)
        self.wake()


def _dm(request: Request, member: str) -> str:
    """The key of the message by which somebody is asked for their vote."""
    return f"{request.key}:voter:{member}"


def _named(people: Iterable[Person]) -> str:
    names = [f"<@{person.member}>" for person in people]
    more = f" and {len(names) - MENTIONS} more" if len(names) > MENTIONS else ""
    return (", ".join(names[:MENTIONS]) or "nobody in Slack") + more
