"""Races and odd moments at the gates of a request: two at once, a policy in between, a clock set back, a stop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from bot.ballot import Ballot, NoReview, NotReviewer
from bot.circumstances import Circumstances
from bot.ledger import locks, policies, requests, reviews, slack
from bot.ledger.problems import ClockWentBack
from bot.ledger.requests import Moved
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.starting import Outdated, Starting
from bot.teller import Teller
from handlers.operation import Ending, Report
from policies.case import Asking
from policies.requests import LIFE, NotApprover, SelfApproval, State, TooLate, Vote, VotedAlready, VoteProblem
from policies.verdicts import Deny
from policies.words import Person
from tests.bot.turning import (
    ANN,
    ASKER,
    BEN,
    CY,
    DEE,
    MINUTE,
    OTHER_ANN,
    OTHER_ASKER,
    OUT,
    PAIRS,
    START,
    TEAM,
    VOCABULARY,
    Terms,
    Turn,
    World,
)


class Stand:
    """The gates on a ledger, with a clock that goes by hand."""

    def __init__(self, folder: Path) -> None:
        self._now = START
        self.granted: list[int] = []
        self.folder = folder
        self.open()

    def open(self) -> None:
        self.ledger = Ledger(self.folder, self.clock).open()
        self.circumstances = Circumstances({})
        self.teller = Teller(self.ledger, {Turn.name(): Turn}, lambda: None)
        self.starting = Starting(self.ledger, self.circumstances, self.teller)
        self.ballot = Ballot(self.ledger, self.circumstances, self.teller, self.granted.append)

    def clock(self) -> datetime:
        return self._now

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, now: datetime) -> None:
        """Set back, somebody says that it is right."""
        back, self._now = now < self._now, now
        if back:
            self.ledger.write_now(lambda tx: tx.accept_clock(by="a test"))

    async def load(self, terms: Terms) -> None:
        await self.ledger.write(lambda tx: policies.load(tx, terms.text, by="a test", vocabulary=VOCABULARY))

    async def ask(self, what: Literal["one", "two", "both"] = "one", **asked: object) -> int:
        def accept(tx: Tx) -> int:
            operation, asking = Turn(what=what), Asking.model_validate({"reason": "because", **asked})
            verdict = policies.judged(tx.db, tx.now(), self.circumstances.case(operation, ASKER, asking))
            policy = policies.current(tx.db)
            assert not isinstance(verdict, Deny)
            assert policy is not None
            return requests.create(
                tx,
                operation=operation.name(),
                parameters=operation.model_dump_json(),
                asking=asking,
                targets=operation.targets(),
                requester=ASKER,
                channel="C0",
                verdict=verdict,
                policy_version=policy.version,
                state=State.PLANNING,
            ).id

        return await self.ledger.write(accept)

    async def vote(
        self, number: int, who: Person, key: str = "", *, choice: Literal["approve", "deny"] = "approve"
    ) -> None:
        envelope = Envelope(key=key or f"{number}:{who}", kind="action", body={})
        await self.ledger.write(lambda tx: slack.take_in(tx, envelope))
        await self.ballot.vote(
            envelope, number, Vote(person=who, choice=choice, reason="no" if choice == "deny" else "")
        )

    async def review(self, number: int, who: Person, key: str = "") -> None:
        envelope = Envelope(key=f"review:{who}{key}", kind="view", body={})
        await self.ledger.write(lambda tx: slack.take_in(tx, envelope))
        await self.ballot.review(envelope, number, who, "looked at")

    async def state(self, number: int) -> State:
        return (await self.ledger.read(lambda db: requests.get(db, number))).state

    async def start(self, number: int, what: Literal["one", "two", "both"] = "one") -> bool:
        return (
            await self.starting.started(number, World().plan(what), since=await self.ledger.read(locks.mark))
            is not None
        )


@pytest.fixture
async def stand(tmp_path: Path) -> AsyncIterator[Stand]:
    stand = Stand(tmp_path)
    await stand.load(Terms(needed=1))
    yield stand
    stand.ledger.close()


async def granted(stand: Stand, what: Literal["one", "two", "both"] = "one", *, when: str = "now") -> int:
    number = await stand.ask(what, when=when)
    await stand.starting.planned(number, World().plan(what))
    await stand.vote(number, BEN)
    assert await stand.state(number) is State.GRANTED
    return number


async def test_of_votes_that_come_at_once_one_is_the_last(stand: Stand) -> None:
    """Three people click in the same moment: one of them grants it, the others hear that it is decided."""
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    told = await asyncio.gather(*(stand.vote(number, who) for who in (BEN, ANN, CY)), return_exceptions=True)
    assert [type(each) for each in told if each is not None] == [TooLate, TooLate]
    assert stand.granted == [number]
    assert len((await stand.ledger.read(lambda db: requests.get(db, number))).votes) == 1


async def test_of_starts_that_come_at_once_one_runs(stand: Stand) -> None:
    """The same request started twice runs once; of two that need the same, one runs and the other waits its turn."""
    first, second = await granted(stand, "both"), await granted(stand)
    plan = World().plan("both")
    since = await stand.ledger.read(locks.mark)
    twice = await asyncio.gather(
        *(stand.starting.started(first, plan, since=since) for _ in range(2)), return_exceptions=True
    )
    assert [type(each) for each in twice].count(Moved) == 1
    assert await stand.state(first) is State.RUNNING
    assert not await stand.start(second)
    assert await stand.state(second) is State.GRANTED
    held = await stand.ledger.read(lambda db: locks.holder(db, PAIRS["one"], but=second))
    assert held is not None
    assert (held.request, held.who, held.since) == (first, ASKER, START)
    await stand.teller.ended(first, State.SUCCEEDED, Report(ending=Ending.SUCCEEDED, headline="done"))
    with pytest.raises(Outdated):
        await stand.starting.started(second, World().plan("one"), since=since)
    assert await stand.state(second) is State.GRANTED
    assert await stand.start(second)


async def test_a_lock_outlives_a_stop_and_not_its_request(stand: Stand) -> None:
    """Stopped while it ran, its locks stand after the start until it is told how it ended; unknown, until a look."""
    first, second = await granted(stand), await granted(stand)
    assert await stand.start(first)
    stand.ledger.close()
    stand.open()
    assert not await stand.start(second)
    await stand.teller.ended(first, State.UNKNOWN, Report(ending=Ending.UNKNOWN, headline="not heard"))
    assert not await stand.start(second)
    assert first in {each.id for each in await stand.ledger.read(requests.unfinished)}
    await stand.teller.looked(first, Report(ending=Ending.UNKNOWN, headline="seen"))
    assert first not in {each.id for each in await stand.ledger.read(requests.unfinished)}
    assert await stand.start(second)


async def test_a_request_remembers_the_version_that_judged_it(stand: Stand) -> None:
    """A policy that came between the asking and the plan judges the plan, and is the one that is remembered."""
    number = await stand.ask()
    await stand.load(Terms(needed=2))
    await stand.starting.planned(number, World().plan("one"))
    request = await stand.ledger.read(lambda db: requests.get(db, number))
    assert (request.policy_version, request.standing.needed) == (2, "2 from operator or lead")


async def test_a_policy_that_comes_after_the_approvals_makes_them_stale(stand: Stand) -> None:
    """However little it changes: what was approved was judged by another."""
    number = await granted(stand)
    await stand.load(Terms(needed=1))
    assert not await stand.start(number)
    assert await stand.state(number) is State.STALE


async def test_a_vote_while_it_is_planned_and_a_second_plan_change_nothing(stand: Stand) -> None:
    """Nobody votes on what isn't shown yet; and what waits for approvals is not planned into being granted."""
    number = await stand.ask()
    with pytest.raises(TooLate):
        await stand.vote(number, BEN)
    await stand.starting.planned(number, World().plan("one"))
    await stand.load(Terms(needed=0))
    with pytest.raises(Moved):
        await stand.starting.planned(number, World().plan("one"))
    assert await stand.state(number) is State.WAITING


async def test_what_was_granted_in_the_last_instant_is_not_expired_behind_it(stand: Stand) -> None:
    """Seen as overdue, then granted as the clock was set back: the sweep looks again before it closes anything."""
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    stand.now += 31 * MINUTE
    late = await stand.ledger.read(lambda db: requests.due(db, stand.now))
    assert [each.id for each in late] == [number]
    stand.now -= 2 * MINUTE
    await stand.vote(number, BEN)
    with pytest.raises(Moved):
        await stand.ledger.write(lambda tx: stand.ballot._expired(tx, number=number))
    assert await stand.state(number) is State.GRANTED


@pytest.mark.parametrize(("late", "counts"), [(timedelta(0), True), (timedelta(microseconds=1), False)])
async def test_the_two_deadlines_are_kept_to_the_instant(stand: Stand, late: timedelta, counts: bool) -> None:
    """In the instant of it a vote counts, and a start; after it neither does, swept or not."""
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    stand.now = START + 30 * MINUTE + late
    if counts:
        await stand.vote(number, BEN)
    else:
        with pytest.raises(TooLate, match="past its time to be approved"):
            await stand.vote(number, BEN)
    stand.now = START
    if not counts:
        await stand.vote(number, BEN, key="in time")
    granted_at = START + 30 * MINUTE if counts else START
    stand.now = granted_at + 20 * MINUTE + late
    assert await stand.start(number) == counts
    assert await stand.state(number) is (State.RUNNING if counts else State.EXPIRED)


@pytest.mark.parametrize(
    ("votes", "problem"),
    [
        ((ASKER,), SelfApproval),
        ((OTHER_ASKER,), SelfApproval),
        ((OUT,), NotApprover),
        ((ANN, ANN), VotedAlready),
        ((ANN, OTHER_ANN), VotedAlready),
        ((ANN, BEN), None),
    ],
)
async def test_votes_are_different_people_others_than_who_asks(
    stand: Stand, votes: tuple[Person, ...], problem: type[Exception] | None
) -> None:
    """By whichever workspace they come: not who asked, not twice, not without a role; and two others are enough."""
    await stand.load(Terms(needed=2))
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    told = [await outcome(stand, number, who, str(place)) for place, who in enumerate(votes)]
    assert told == [None] * (len(votes) - 1) + [problem]
    assert await stand.state(number) is (State.GRANTED if problem is None else State.WAITING)


async def outcome(stand: Stand, number: int, who: Person, key: str) -> type[Exception] | None:
    try:
        await stand.vote(number, who, key=key)
    except VoteProblem as problem:
        return type(problem)
    return None


@pytest.mark.parametrize("when", ["now", "window"])
@pytest.mark.parametrize(
    ("terms", "minute"),
    [
        (Terms(nightly=True), 300),  # the window closes
        (Terms(frozen=200), 200),
        (Terms(away=(ASKER, None)), 60),  # whoever asked holds no role any more
    ],
)
async def test_what_is_approved_starts_as_long_as_the_policy_lets_it_and_no_longer(
    stand: Stand, terms: Terms, minute: int, when: str
) -> None:
    """Bound at the start too, scheduled or not: a minute before the border it runs, at the border it is denied."""
    await stand.load(terms)
    for late, state in ((-1, State.RUNNING), (0, State.DENIED)):
        stand.now = START + (minute - 5) * MINUTE
        number = await granted(stand, when=when)
        stand.now = START + (minute + late) * MINUTE
        assert await stand.start(number) == (state is State.RUNNING)
        assert await stand.state(number) is state
        if state is State.RUNNING:
            await stand.teller.ended(number, State.SUCCEEDED, Report(ending=Ending.SUCCEEDED, headline="done"))


@pytest.mark.parametrize(("ahead", "state"), [(World(fact=1), State.STALE), (World(healthy=False), State.DENIED)])
async def test_what_the_machines_show_now_has_to_be_what_was_approved(stand: Stand, ahead: World, state: State) -> None:
    """Another fact, or a partner that isn't well any more: refused, and nothing runs."""
    number = await granted(stand)
    assert await stand.starting.started(number, ahead.plan("one"), since=await stand.ledger.read(locks.mark)) is None
    assert await stand.state(number) is state


async def test_by_a_clock_that_was_set_back_nothing_is_decided(stand: Stand) -> None:
    """No vote counts and nothing starts, with a sentence that says why, until somebody says that the clock is right."""
    waiting, ready = await stand.ask(), await granted(stand)
    await stand.starting.planned(waiting, World().plan("one"))
    stand._now -= timedelta(minutes=5)
    with pytest.raises(ClockWentBack, match="newest audit row"):
        await stand.vote(waiting, BEN)
    with pytest.raises(ClockWentBack):
        await stand.starting.started(ready, World().plan("one"), since=await stand.ledger.read(locks.mark))
    assert [await stand.state(each) for each in (waiting, ready)] == [State.WAITING, State.GRANTED]
    await stand.ledger.write(lambda tx: tx.accept_clock(by="a test"))
    assert await stand.start(ready)


async def test_a_partner_that_is_not_shown_healthy_stops_it_at_the_plan(stand: Stand) -> None:
    """Before anybody is asked for approval."""
    number = await stand.ask()
    assert not await stand.starting.planned(number, World(healthy=False).plan("one"))
    assert await stand.state(number) is State.DENIED


async def test_an_approval_is_lost_with_its_role(stand: Stand) -> None:
    """A group's people are asked for again at the start: who left it since has approved nothing."""
    await stand.ledger.write(lambda tx: policies.group_read(tx, TEAM, ["DEE"]))
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    await stand.vote(number, DEE)
    await stand.ledger.write(lambda tx: policies.group_read(tx, TEAM, ["OUT"]))
    assert not await stand.start(number)
    assert await stand.state(number) is State.STALE


async def test_a_clock_set_back_starts_nothing_before_its_time(stand: Stand) -> None:
    """Its window had come, the machines were read, and the clock went back: it waits, and runs when it is time."""
    await stand.load(Terms(needed=0, nightly=True))
    number = await stand.ask(when="window")
    await stand.starting.planned(number, World().plan("one"))
    opens = (await stand.ledger.read(lambda db: requests.get(db, number))).not_before
    assert opens == START + timedelta(hours=3)
    stand.now = opens - timedelta(seconds=1)
    assert not await stand.start(number)
    assert await stand.state(number) is State.GRANTED
    stand.now = opens
    assert await stand.start(number)


async def test_a_group_that_was_read_before_the_clock_went_back_is_read_again(stand: Stand) -> None:
    """Nobody knows how old that is: it is asked for anew, and far ahead of the clock it has nobody."""
    await stand.ledger.write(lambda tx: policies.group_read(tx, TEAM, ["DEE"]))
    for back, known in ((timedelta(0), True), (timedelta(minutes=1), True), (timedelta(hours=1), False)):
        then = START - back
        moment = await stand.ledger.read(lambda db, then=then: policies.moment(db, then))  # type: ignore[misc]
        assert bool(moment.groups.get(str(TEAM))) == known
        since = then - timedelta(minutes=1)
        wanted = await stand.ledger.read(
            lambda db, since=since, then=then: policies.groups_not_read(db, [TEAM], since=since, now=then)  # type: ignore[misc]
        )
        assert wanted == ([] if not back else [TEAM])


async def test_who_asked_takes_it_back_from_either_workspace(stand: Stand) -> None:
    """On a grid a click can come from another workspace than the command did: it may not approve, but withdraw."""
    number = await stand.ask()
    envelope = Envelope(key="back", kind="action", body={})
    await stand.ledger.write(lambda tx: slack.take_in(tx, envelope))
    await stand.ballot.withdraw(envelope, number, OTHER_ASKER)
    assert await stand.state(number) is State.WITHDRAWN


async def test_a_click_that_is_delivered_twice_counts_once(stand: Stand) -> None:
    """The second delivery changes nothing, and nobody is told off for it."""
    await stand.load(Terms(needed=2))
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    for _ in range(2):
        await stand.vote(number, BEN, key="the same")
    assert len((await stand.ledger.read(lambda db: requests.get(db, number))).votes) == 1


async def test_a_veto_ends_it(stand: Stand) -> None:
    """One is enough, with its reason, though approvals were given: nobody votes on it any more, and nothing starts."""
    await stand.load(Terms(needed=2))
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    await stand.vote(number, BEN)
    await stand.vote(number, CY, choice="deny")
    assert await stand.state(number) is State.DENIED
    with pytest.raises(TooLate):
        await stand.vote(number, ANN)
    with pytest.raises(Moved):
        await stand.start(number)
    votes = (await stand.ledger.read(lambda db: requests.get(db, number))).votes
    assert [(vote.person, vote.choice, vote.reason) for vote in votes] == [(BEN, "approve", ""), (CY, "deny", "no")]


async def test_broken_glass_is_reviewed_by_somebody_else(stand: Stand) -> None:
    """It runs past a partner that isn't well; its review is open until a reviewer, and nobody else, closes it."""
    number = await stand.ask(breakglass=True)
    sick = World(healthy=False).plan("one")
    assert await stand.starting.planned(number, sick)
    assert await stand.starting.started(number, sick, since=await stand.ledger.read(locks.mark)) is not None
    for who in (ASKER, OTHER_ASKER, OUT, BEN):
        with pytest.raises(NotReviewer):
            await stand.review(number, who)
    assert [each.request for each in await stand.ledger.read(reviews.still_open)] == [number]
    await stand.review(number, CY)
    assert await stand.ledger.read(reviews.still_open) == []
    with pytest.raises(NoReview):
        await stand.review(number, CY, key="again")


async def test_a_start_of_what_was_not_granted_touches_nothing(stand: Stand) -> None:
    """Though the policy would deny it by now: what waits for approvals waits on."""
    await stand.load(Terms(away=(ASKER, None)))
    number = await stand.ask()
    await stand.starting.planned(number, World().plan("one"))
    stand.now = START + 60 * MINUTE
    with pytest.raises(Moved):
        await stand.start(number)
    assert await stand.state(number) is State.WAITING


@pytest.mark.parametrize("before", list(State))
async def test_the_ledger_makes_no_move_that_is_not_in_the_life_of_a_request(stand: Stand, before: State) -> None:
    """From each state to each other: those that stand there are made and audited, the others leave no trace."""
    for after in State:
        number = await stand.ask()
        await stand.ledger.write(
            lambda tx, number=number: tx.db.execute("UPDATE request SET state = ? WHERE id = ?", [before.value, number])  # type: ignore[misc]
        )
        move = stand.ledger.write(lambda tx, number=number: requests.move(tx, number, after, person="a test"))  # type: ignore[misc] # noqa: B023
        if after in LIFE[before]:
            assert (await move).state is after
        else:
            with pytest.raises(Moved):
                await move
        query = "SELECT count(*) FROM audit WHERE request = ? AND action = ?"
        told = await stand.ledger.read(lambda db, number=number: db.execute(query, [number, after.value]).fetchone()[0])  # type: ignore[misc] # noqa: B023
        assert told == (after in LIFE[before])
        assert await stand.state(number) is (after if told else before)


# ── what this version doesn't know ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("change", ["operation = 'x.gone'", """parameters = '{"what": "none of these"}'"""])
async def test_what_waits_from_another_version_expires_and_keeps_nobody(stand: Stand, change: str) -> None:
    """It can't be carried out; it is withdrawn or closed in its time as any other, and so is what stands behind it."""
    first, second = await stand.ask(), await stand.ask()
    for number in (first, second):
        await stand.starting.planned(number, World().plan("one"))
    await stand.ledger.write(lambda tx: tx.db.execute(f"UPDATE request SET {change} WHERE id = ?", [first]))
    stand.now += 31 * MINUTE
    await stand.ballot.expire()
    assert [await stand.state(number) for number in (first, second)] == [State.EXPIRED, State.EXPIRED]
