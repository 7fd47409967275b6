"""What people decide on a request: votes, withdrawals, reviews; and what time decides: reminders and expiry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import kit, request_cards
from bot.circumstances import Circumstances
from bot.ledger import locks, policies, requests, reviews, slack
from bot.ledger.requests import Moved, Request
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.request_cards import Beside
from bot.teller import Teller
from policies.requests import State, TooLate, Vote, VoteProblem, cast, is_over, withdraw
from policies.verdicts import Deny
from policies.words import Person

log = structlog.get_logger()

REMIND_AT_MOST = timedelta(minutes=15)  # before the deadline; of a short one, a quarter of its time


class NotReviewer(VoteProblem):
    code = "not-reviewer"
    sentence = "You can't close the review of request {request}."
    why = "It takes one of the roles {roles}, and somebody else than who broke the glass."
    remedy = "Ask a member of those roles to look at it."


class NoReview(VoteProblem):
    code = "no-review"
    sentence = "Request {request} has no open review."
    why = "Its glass was never broken, or somebody closed the review before."
    remedy = "`/requests show {request}` tells its whole story."


class Ballot:
    """`start` goes on with a request that was granted."""

    def __init__(
        self, ledger: Ledger, circumstances: Circumstances, teller: Teller, start: Callable[[int], None]
    ) -> None:
        self._ledger, self._circumstances, self._teller, self._start = ledger, circumstances, teller, start

    async def vote(self, envelope: Envelope, number: int, vote: Vote) -> None:
        def change(tx: Tx) -> bool:
            if not slack.handled(tx, envelope.key):
                return False
            return self._voted(tx, number, vote)

        granted = await self._ledger.write(change)
        self._teller.wake()
        if granted:
            self._start(number)

    async def may_vote(self, number: int, vote: Vote) -> Request:
        """The request, for a form about it; raises what the vote itself would."""

        def look(db: Db) -> Request:
            request = request_of(db, number)
            cast(request.standing, vote, policies.current(db), policies.moment(db, self._ledger.now()))
            return request

        return await self._ledger.read(look)

    async def shown(self, number: int) -> tuple[Request, Beside]:
        """The request as it stands now, and what stands beside it."""

        def look(db: Db) -> tuple[Request, Beside]:
            request = request_of(db, number)
            moment = policies.moment(db, self._ledger.now())
            return request, self._teller.beside(db, request, policies.current(db), moment)

        return await self._ledger.read(look)

    def _voted(self, tx: Tx, number: int, vote: Vote) -> bool:
        """Count it; True: that was the last one that it took."""
        tx.check_clock()
        request = request_of(tx.db, number)
        after = cast(request.standing, vote, policies.current(tx.db), policies.moment(tx.db, tx.now()))
        requests.voted(tx, number, vote)
        if after is State.GRANTED:
            requests.grant(tx, number, person=str(vote.person), starts=self._opens(tx, request))
        elif after is State.DENIED:
            requests.move(tx, number, after, person=str(vote.person), reason=vote.reason)
            self.closed(tx, number, f"denied by <@{vote.person.member}>: {kit.escape(vote.reason)}".rstrip(": "))
            return False
        self._teller.card(tx, requests.get(tx.db, number))
        return after is State.GRANTED

    def _opens(self, tx: Tx, request: Request) -> datetime | None:
        """When the window opens that it was asked for, reckoned from now."""
        operation = self._teller.operation(request)
        radius = request.plan.radius if request.plan is not None else None
        case = self._circumstances.case(operation, request.requester, request.asking, radius)
        verdict = policies.judged(tx.db, tx.now(), case)
        return None if isinstance(verdict, Deny) else verdict.starts

    async def withdraw(self, envelope: Envelope, number: int, person: Person) -> None:
        def change(tx: Tx) -> None:
            if slack.handled(tx, envelope.key):
                after = withdraw(request_of(tx.db, number).standing, person)
                requests.move(tx, number, after, person=str(person))
                self.closed(tx, number, f"withdrawn by {kit.person(person)}")

        await self._ledger.write(change)
        self._teller.wake()

    # ── reviews ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def may_review(self, number: int, person: Person) -> Request:
        """The request, for the form about its review; raises what closing the review itself would."""
        now = self._ledger.now()
        return await self._ledger.read(lambda db: _reviewable(db, now, number, person))

    async def review(self, envelope: Envelope, number: int, person: Person, note: str) -> None:
        def change(tx: Tx) -> None:
            if slack.handled(tx, envelope.key):
                request = _reviewable(tx.db, tx.now(), number, person)
                reviews.closed(tx, number, by=person, note=note)
                self._teller.card(tx, request)
                told = f"🔨 {kit.person(request.requester)} the review of #{number} was closed by {kit.person(person)}"
                self._teller.note(tx, request, f"{told}: {kit.flat(note)}")

        await self._ledger.write(change)
        self._teller.wake()

    # ── time ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def expire(self) -> None:
        """Close what waited longer than its policy allows."""
        late = await self._ledger.read(lambda db: requests.due(db, self._ledger.now()))
        for request in late:
            try:
                await self._ledger.write(partial(self._expired, number=request.id))
            except Moved:
                log.info("decided just in time", request=request.id)
        if late:
            self._teller.wake()

    def _expired(self, tx: Tx, *, number: int) -> None:
        request = requests.get(tx.db, number)
        if not is_over(request.standing, tx.now()):
            raise Moved(request.state.value)  # granted, or the clock set back, since it was looked for
        held = locks.holder(tx.db, request.plan.locks, but=number) if request.plan is not None else None
        requests.move(tx, number, State.EXPIRED, person="hscbot")
        if request.state is State.WAITING:
            why = "its approvals didn't come in time"
        elif held is not None:
            why = f"its time to run is over; it was {request_cards.waiting_for(held)}"
        else:
            why = "it didn't start in time"
        self.closed(tx, number, f"expired: {why}. Nothing ran.")

    async def remind(self) -> None:
        """Tell those whose vote is asked for, once, shortly before it is too late."""
        now = self._ledger.now()
        soon = [each for each in await self._ledger.read(requests.unreminded) if _is_soon(each, now)]
        for request in soon:
            await self._ledger.write(partial(self._reminded, number=request.id))
        if soon:
            self._teller.wake()

    def _reminded(self, tx: Tx, *, number: int) -> None:
        request = requests.get(tx.db, number)
        if request.state is State.WAITING and requests.reminded(tx, number):
            self._teller.remind(tx, request)

    def closed(self, tx: Tx, number: int, how: str) -> None:
        """It will not run: said on the card, and to who asked."""
        request = requests.get(tx.db, number)
        self._teller.card(tx, request)
        icon = request_cards.ICONS[request.state]
        self._teller.note(tx, request, f"{icon} {kit.person(request.requester)} #{number} {how}")


def _reviewable(db: Db, now: datetime, number: int, person: Person) -> Request:
    """The request whose review that person may close now."""
    request, review = request_of(db, number), reviews.get(db, number)
    if review is None or review.closed_at is not None:
        raise NoReview(request=number)
    policy = policies.current(db)
    roles = policy.break_glass.reviewers if policy is not None and policy.break_glass is not None else ()
    able = policy.people_in(roles, policies.moment(db, now)) if policy is not None else frozenset()
    if person not in able or person.member == request.requester.member:
        raise NotReviewer(request=number, roles=", ".join(roles) or "none: the policy names no reviewers now")
    return request


def request_of(db: Db, number: int) -> Request:
    try:
        return requests.get(db, number)
    except KeyError:
        raise TooLate(request=number, state="not one of mine") from None


def _is_soon(request: Request, now: datetime) -> bool:
    if request.approve_by is None:
        return False
    whole = request.approve_by - request.asked_at
    return request.approve_by - min(REMIND_AT_MOST, whole / 4) <= now <= request.approve_by
