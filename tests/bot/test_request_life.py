"""The life of requests on a real ledger, driven at random, beside a model of it that knows none of the code.

Everything that people, time, Slack, the machines and a restart can do is done in any order. After each step the model
says what must have come of it, and the audit has to tell the same story.
"""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.ballot import Ballot
from bot.circumstances import Circumstances
from bot.ledger import locks, policies, requests, reviews, slack
from bot.ledger.proof import verify
from bot.ledger.requests import Moved, Request
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.starting import Starting
from bot.teller import Teller
from handlers.operation import Ending, Report
from policies.case import Asking
from policies.requests import LIFE, State, Vote, VoteProblem
from policies.source import PolicyBroken
from policies.verdicts import Deny
from policies.words import Person
from tests.bot.turning import (
    ANN,
    ASKER,
    BEN,
    CY,
    DEE,
    EVERYONE,
    MINUTE,
    NAMED,
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

T = TypeVar("T")
TO_APPROVE, TO_RUN, GLASS_TO_RUN, GROUP_LASTS = 30 * MINUTE, 20 * MINUTE, 15 * MINUTE, 15 * MINUTE
NUMBERS = st.integers(0, 7)
# In memory, where the system has such a place: what is tried here are thousands of commits, and not a disk.
IN_MEMORY = next((place for place in ("/dev/shm",) if os.access(place, os.W_OK)), None)
MOVES = frozenset(state.value for state in State)


@dataclass(kw_only=True)
class Known:
    """A request as the model has it."""

    id: int
    requester: Person
    what: str
    in_window: bool
    glass: bool
    state: State = State.PLANNING
    planned: tuple[World, int] | None = None  # and the policy's version
    needed: tuple[int, int] = (0, 0)  # approvals, of which leads, as asked for when it was planned
    approve_by: datetime | None = None
    not_before: datetime | None = None
    run_by: datetime | None = None
    votes: list[tuple[Person, str]] = field(default_factory=list)
    holds: bool = False  # its locks
    runs: int = 0
    reviewed: bool | None = None  # None: its glass is whole

    @property
    def approvers(self) -> set[Person]:
        return {who for who, choice in self.votes if choice == "approve"}


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._now, self.loop, self.letters = START, asyncio.Runner(), 0
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.terms, self.version, self.world = Terms(), 0, World()
        self.team: tuple[datetime, set[Person]] | None = None
        self.known: list[Known] = []
        self.open_ledger()
        self.last_vote: tuple[Envelope, int, Vote] | None = None

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, now: datetime) -> None:
        """Set back, somebody says that it is right: otherwise nothing is decided any more, which has its own test."""
        back, self._now = now < self._now, now
        if back:
            self.ledger.write_now(lambda tx: tx.accept_clock(by="a test"))

    def open_ledger(self) -> None:
        self.granted: list[int] = []  # told to go on
        self.ledger = Ledger(Path(self.folder.name), lambda: self.now).open()
        circumstances = Circumstances({})
        teller = Teller(self.ledger, {Turn.name(): Turn}, lambda: None)
        self.starting = Starting(self.ledger, circumstances, teller)
        self.ballot = Ballot(self.ledger, circumstances, teller, self.granted.append)
        self.circumstances, self.teller = circumstances, teller

    def teardown(self) -> None:
        self.ledger.close()
        assert verify(Path(self.folder.name)).row is None
        self.loop.close()
        self.folder.cleanup()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    # ── what the model knows ──────────────────────────────────────────────────────────────────────────────────────

    def holders(self, role: str) -> set[Person]:
        people = set(NAMED[role])
        if role == "lead" and self.team is not None and abs(self.now - self.team[0]) <= GROUP_LASTS:
            people |= self.team[1]
        away = self.terms.away
        if away is not None and START + 60 * MINUTE <= self.now < START + 240 * MINUTE:
            people |= {away[1]} if away[0] in people and away[1] is not None else set()
            people -= {away[0]}
        return people

    def met(self, needed: int, leads: int, people: set[Person]) -> bool:
        counted = people & (self.holders("operator") | self.holders("lead"))
        senior = {each.member for each in counted & self.holders("lead")}
        return len({each.member for each in counted}) >= needed and len(senior) >= leads

    def verdict(self, request: Known, *, due: bool) -> tuple[str, datetime | None]:
        """deny, allow or ask; and when it may start, if that is later."""
        requester = request.requester
        others = {each for each in EVERYONE if each.member != requester.member}
        if self.terms.denied or requester not in self.holders("operator"):
            return "deny", None
        if request.glass:
            return ("allow" if self.holders("lead") & others else "deny"), None
        if not self.terms.may_run(self.now) and (due or not request.in_window):
            return "deny", None
        if not self.met(self.terms.needed, self.terms.leads, others):
            return "deny", None
        starts = None if self.terms.may_run(self.now) else self.opens()
        return ("ask" if self.terms.needed else "allow"), starts

    def opens(self) -> datetime:
        at = self.now
        while not self.terms.may_run(at):
            at += MINUTE
        return at

    def held_by_others(self, request: Known) -> bool:
        names = set(PAIRS[request.what])
        return any(names & set(PAIRS[each.what]) for each in self.known if each.holds and each is not request)

    def grant(self, request: Known, starts: datetime | None) -> None:
        request.state, request.not_before = State.GRANTED, starts
        request.run_by = (starts or self.now) + (GLASS_TO_RUN if request.glass else TO_RUN)

    def end(self, request: Known, state: State) -> None:
        request.state = state
        if state is not State.UNKNOWN:
            request.holds = False

    def pick(self, number: int, *states: State) -> Known:
        """One in such a state, mostly, or else any that is under way, mostly."""
        alive = [each for each in self.known if LIFE[each.state] or each.holds]
        fitting = [each for each in alive if each.state in states]
        some = next((each for each in (fitting, alive) if each and number < 7), self.known)
        return some[number % len(some)]

    # ── what can happen ───────────────────────────────────────────────────────────────────────────────────────────

    @initialize()
    def first(self) -> None:
        self.load(Terms(needed=2, leads=1))
        self.read_group({DEE})

    @rule(
        terms=st.builds(
            Terms,
            needed=st.sampled_from([1, 0, 1, 2, 2, 3]),
            leads=st.sampled_from([0, 0, 1]),
            nightly=st.booleans(),
            frozen=st.sampled_from([None, None, 30, 200]),
            away=st.sampled_from([None, None, (CY, None), (CY, BEN), (ANN, OUT), (ASKER, CY)]),
            denied=st.sampled_from([False] * 7 + [True]),
        )
    )
    def load(self, terms: Terms) -> None:
        """A policy is loaded; one that can't be met by those there now is refused, and the old one stays."""
        try:
            self.run(self.ledger.write(lambda tx: policies.load(tx, terms.text, by="a test", vocabulary=VOCABULARY)))
        except PolicyBroken:
            return
        self.terms, self.version = terms, self.version + 1

    @rule(people=st.sets(st.sampled_from([DEE, BEN, OUT])))
    def read_group(self, people: set[Person]) -> None:
        """Slack tells who is in the group."""
        members = [each.member for each in people]
        self.run(self.ledger.write(lambda tx: policies.group_read(tx, TEAM, members)))
        self.team = (self.now, people)

    @precondition(lambda self: sum(bool(LIFE[each.state]) for each in self.known) < 4)
    @rule(
        who=st.sampled_from([ASKER, ASKER, ASKER, OTHER_ASKER, ANN, OUT]),
        what=st.sampled_from(["one", "one", "two", "both"]),
        in_window=st.booleans(),
        glass=st.sampled_from([False, False, False, False, True]),
    )
    def ask(self, who: Person, what: Literal["one", "two", "both"], in_window: bool, glass: bool) -> None:
        made = Known(id=0, requester=who, what=what, in_window=in_window, glass=glass)
        asking = Asking(reason="because", when="window" if in_window else "now", breakglass=glass)

        def accept(tx: Tx) -> int | None:
            operation = Turn(what=what)
            verdict = policies.judged(tx.db, tx.now(), self.circumstances.case(operation, who, asking))
            policy = policies.current(tx.db)
            if isinstance(verdict, Deny) or policy is None:
                return None
            return requests.create(
                tx,
                operation=operation.name(),
                parameters=operation.model_dump_json(),
                asking=asking,
                targets=operation.targets(),
                requester=who,
                channel="C0",
                verdict=verdict,
                policy_version=policy.version,
                state=State.PLANNING,
            ).id

        number = self.run(self.ledger.write(accept))
        assert (number is None) == (self.verdict(made, due=False)[0] == "deny")
        if number is not None:
            made.id = number
            self.known.append(made)

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS)
    def plan(self, number: int) -> None:
        """Its plan is there, once or once more."""
        self.plan_it(self.pick(number, State.PLANNING))

    def plan_it(self, request: Known) -> None:
        world = self.world
        try:
            at_once = self.run(self.starting.planned(request.id, world.plan(request.what)))
        except Moved:
            assert request.state is not State.PLANNING
            return
        assert request.state is State.PLANNING
        verdict, starts = self.verdict(request, due=False)
        if verdict == "deny" or not (world.healthy or request.glass):
            self.end(request, State.DENIED)
        else:
            request.planned = (world, self.version)
            if verdict == "ask":
                request.state, request.approve_by = State.WAITING, self.now + TO_APPROVE
                request.needed = (self.terms.needed, self.terms.leads)
            else:
                request.reviewed = False if request.glass else None
                self.grant(request, starts)
        assert at_once == (request.state is State.GRANTED)

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS, who=st.sampled_from(EVERYONE), veto=st.sampled_from([False] * 6 + [True]))
    def vote(self, number: int, who: Person, veto: bool) -> None:
        self.cast(self.pick(number, State.WAITING), who, veto=veto)

    def cast(self, request: Known, who: Person, *, veto: bool) -> None:
        self.letters += 1
        envelope = Envelope(key=f"click:{self.letters}", kind="action", body={})
        self.run(self.ledger.write(lambda tx: slack.take_in(tx, envelope)))
        vote = Vote(person=who, choice="deny" if veto else "approve", reason="no" if veto else "")
        self.last_vote = (envelope, request.id, vote)
        may = (
            request.state is State.WAITING
            and request.approve_by is not None
            and self.now <= request.approve_by
            and who.member != request.requester.member
            and who in self.holders("operator") | self.holders("lead")
            and who.member not in {earlier.member for earlier, _ in request.votes}
        )
        told = list(self.granted)
        try:
            self.run(self.ballot.vote(envelope, request.id, vote))
        except VoteProblem:
            assert not may
            return
        assert may
        request.votes.append((who, vote.choice))
        if veto:
            self.end(request, State.DENIED)
        elif self.met(*request.needed, request.approvers):
            self.grant(request, self.verdict(request, due=False)[1])
        assert self.granted == told + ([request.id] if request.state is State.GRANTED else [])

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS)
    def everybody_approves(self, number: int) -> None:
        """Those who may, one after the other, and those who may not among them."""
        request = self.pick(number, State.WAITING)
        for who in (ASKER, OTHER_ANN, ANN, BEN, CY, DEE):
            self.cast(request, who, veto=False)

    @precondition(lambda self: any(each.state in (State.PLANNING, State.WAITING) for each in self.known))
    @rule(to_the_end=st.booleans())
    def all_goes_well(self, to_the_end: bool) -> None:
        """As on most days: planned, approved and, as one step or after whatever comes between, started."""
        for request in [each for each in self.known if each.state in (State.PLANNING, State.WAITING)]:
            self.plan_it(request)
            if request.state is State.WAITING:
                for who in (OTHER_ANN, BEN, CY, DEE):
                    self.cast(request, who, veto=False)
            if to_the_end:
                self.start_it(request)

    @precondition(lambda self: self.last_vote)
    @rule()
    def the_same_click_comes_again(self) -> None:
        """Slack delivers once more what was dealt with: nothing comes of it, nor of one that was refused before."""
        assert self.last_vote is not None
        envelope, number, vote = self.last_vote
        done = self.run(self.ledger.read(lambda db: [each.key for each in slack.unhandled(db)]))
        if envelope.key not in done:
            told = list(self.granted)
            self.run(self.ballot.vote(envelope, number, vote))
            assert self.granted == told

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS, who=st.sampled_from([ASKER, ASKER, OTHER_ASKER, ANN, OUT]))
    def withdraw(self, number: int, who: Person) -> None:
        request, self.letters = self.pick(number), self.letters + 1
        envelope = Envelope(key=f"click:{self.letters}", kind="action", body={})
        self.run(self.ledger.write(lambda tx: slack.take_in(tx, envelope)))
        may = who.member == request.requester.member and request.state in (
            State.PLANNING,
            State.WAITING,
            State.GRANTED,
        )
        try:
            self.run(self.ballot.withdraw(envelope, request.id, who))
        except VoteProblem:
            assert not may
            return
        assert may
        self.end(request, State.WITHDRAWN)

    @rule(minutes=st.sampled_from([1, 1, 5, 5, 10, 10, 10, 20, 31, 60, 180, -1, -10, -120]))
    def time_passes(self, minutes: int) -> None:
        """Or is set back."""
        self.now += minutes * MINUTE

    @precondition(lambda self: any(each.state in (State.WAITING, State.GRANTED) for each in self.known))
    @rule(number=NUMBERS, ahead=st.sampled_from([0, 1, -1]), swept=st.booleans(), early=st.booleans())
    def time_comes(self, number: int, ahead: int, swept: bool, early: bool) -> None:
        """The very minute of a deadline, the one after it, or the one before; and somebody acts in it."""
        request = self.pick(number, State.WAITING, State.GRANTED)
        due = request.not_before if early and request.not_before is not None else request.run_by
        at = request.approve_by if request.state is State.WAITING else due
        self.now = at + ahead * MINUTE if at is not None else self.now
        if swept:
            self.sweep()
        if request.state is State.WAITING:
            for who in (OTHER_ANN, BEN, CY, DEE):
                self.cast(request, who, veto=False)
        else:
            self.start_it(request)

    @precondition(lambda self: any(each.state is State.GRANTED for each in self.known))
    @rule(border=st.sampled_from([30, 60, 90, 180, 200, 240, 260, 300]), ahead=st.sampled_from([0, 0, -1]))
    def a_border_is_passed(self, border: int, ahead: int) -> None:
        """A window opens or closes, a freeze or an absence begins or ends; and what is granted is to start."""
        self.now = START + (border + ahead) * MINUTE
        for request in [each for each in self.known if each.state is State.GRANTED]:
            self.start_it(request)

    @rule(fact=st.integers(0, 1), healthy=st.sampled_from([True, True, True, False]))
    def machines_change(self, fact: int, healthy: bool) -> None:
        self.world = World(fact=fact, healthy=healthy)

    @rule()
    def sweep(self) -> None:
        """What is overdue is closed; voters are reminded."""
        self.run(self.ballot.expire())
        self.run(self.ballot.remind())
        for request in self.known:
            by = {State.WAITING: request.approve_by, State.GRANTED: request.run_by}.get(request.state)
            if by is not None and self.now > by:
                self.end(request, State.EXPIRED)

    @precondition(lambda self: self.known)
    @rule(number=NUMBERS)
    def start(self, number: int) -> None:
        self.start_it(self.pick(number, State.GRANTED))

    def start_it(self, request: Known) -> None:
        """The one way to `running`: what must hold is reckoned here once more, from the model alone."""
        before, wanted = request.state, self.outcome_of_start(request)
        begins = wanted is State.RUNNING and before is State.GRANTED  # what runs already stays as it is
        try:
            since = self.run(self.ledger.read(locks.mark))
            started = self.run(self.starting.started(request.id, self.world.plan(request.what), since=since))
        except Moved:
            assert wanted is None
            return
        assert (started is not None) == begins
        if begins:
            request.state, request.holds, request.runs = State.RUNNING, True, request.runs + 1
        elif wanted is not None and wanted is not request.state:
            self.end(request, wanted)

    def outcome_of_start(self, request: Known) -> State | None:
        """None: it isn't to be started at all. Its state of now: its time hasn't come, or hasn't any more."""
        if request.not_before is not None and self.now < request.not_before:
            return request.state
        if request.state is not State.GRANTED:
            return None
        verdict, _ = self.verdict(request, due=True)
        # A partner that has fallen ill is what everybody should hear of, before anything else that changed.
        if not (self.world.healthy or (request.glass and verdict == "allow")):
            return State.DENIED
        if request.planned != (self.world, self.version):
            return State.STALE
        if request.run_by is not None and self.now > request.run_by:
            return State.EXPIRED
        if verdict == "deny":
            return State.DENIED
        if not self.met(*request.needed, request.approvers):
            return State.STALE
        return State.GRANTED if self.held_by_others(request) else State.RUNNING

    @precondition(lambda self: any(each.state is State.RUNNING for each in self.known) or len(self.known) > 5)
    @rule(number=NUMBERS, ending=st.sampled_from(list(Ending)))
    def finish(self, number: int, ending: Ending) -> None:
        """What runs comes to its end, mostly; what doesn't may be told to have one, too."""
        request = self.pick(number, State.RUNNING)
        state = State(ending.value)
        try:
            self.run(self.teller.ended(request.id, state, Report(ending=ending, headline="over")))
        except Moved:
            assert state not in LIFE[request.state]
            return
        assert state in LIFE[request.state]
        self.end(request, state)

    @precondition(lambda self: any(each.state is State.UNKNOWN and each.holds for each in self.known))
    @rule()
    def look(self) -> None:
        """Those whose outcome is unknown, and that hold something, are known to be looked after; a look frees it."""
        unfinished = self.run(self.ledger.read(requests.unfinished))
        for request in [each for each in self.known if each.state is State.UNKNOWN and each.holds]:
            assert request.id in {each.id for each in unfinished}
            self.run(self.teller.looked(request.id, Report(ending=Ending.UNKNOWN, headline="seen")))
            request.holds = False

    @precondition(lambda self: any(each.reviewed is False for each in self.known))
    @rule(who=st.sampled_from(EVERYONE))
    def review(self, who: Person) -> None:
        request = next(each for each in self.known if each.reviewed is False)
        self.letters += 1
        envelope = Envelope(key=f"form:{self.letters}", kind="view", body={})
        self.run(self.ledger.write(lambda tx: slack.take_in(tx, envelope)))
        may = who in self.holders("lead") and who.member != request.requester.member
        try:
            self.run(self.ballot.review(envelope, request.id, who, "seen"))
        except VoteProblem:
            assert not may
            return
        assert may
        request.reviewed = True

    @rule()
    def restart(self) -> None:
        self.ledger.close()
        self.open_ledger()

    # ── what always holds ─────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_ledger_is_as_the_model_says(self) -> None:
        """States, deadlines, votes, locks and reviews."""
        for known in self.known:
            request = self.ledger.read_now(lambda db, id=known.id: requests.get(db, id))  # type: ignore[misc]
            assert request.state is known.state
            assert [(vote.person, vote.choice) for vote in request.votes] == known.votes
            assert (request.approve_by, request.run_by) == (known.approve_by, known.run_by)
            assert request.not_before == known.not_before
            self.told_by_the_audit(request, known)
        held = self.ledger.read_now(lambda db: db.execute("SELECT name, request FROM lock").fetchall())
        wanted = {(name, each.id) for each in self.known if each.holds for name in PAIRS[each.what]}
        assert {(row[0], row[1]) for row in held} == wanted
        still_open = {each.request for each in self.ledger.read_now(reviews.still_open)}
        assert still_open == {each.id for each in self.known if each.reviewed is False}

    def told_by_the_audit(self, request: Request, known: Known) -> None:
        """Each move stands there, from where to where, as the life of a request has it; `running` once at most."""
        query = "SELECT action, person, body FROM audit WHERE request = ? ORDER BY seq"
        rows = self.ledger.read_now(lambda db: db.execute(query, [request.id]).fetchall())
        state, votes, runs, vetoed = State.PLANNING, [], 0, False
        for action, who, body in [(row[0], row[1], json.loads(row[2])) for row in rows]:
            if action == "voted":
                votes.append((who, body["choice"]))
                vetoed = vetoed or body["choice"] == "deny"
            if action in MOVES:
                assert body["came_from"] == state.value
                assert State(action) in LIFE[state]
                state = State(action)
                runs += state is State.RUNNING
        assert state is request.state
        assert votes == [(str(who), choice) for who, choice in known.votes]
        assert str(known.requester) not in {who for who, _ in votes}
        assert runs == known.runs <= 1
        assert not vetoed or state is State.DENIED

    @invariant()
    def nothing_runs_beside_another_on_the_same(self) -> None:
        """By the model: no two that hold locks have one in common."""
        names = [name for each in self.known if each.holds for name in PAIRS[each.what]]
        assert len(names) == len(set(names))


LENGTH = settings(
    max_examples=60, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)
TestLife = Life.TestCase
TestLife.settings = LENGTH
