"""The life of a request, driven at random: nothing is granted that the policy didn't grant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from policies.case import Moment
from policies.demands import Demand
from policies.requests import ENDED, LIFE, Standing, State, TooLate, Vote, VoteProblem, cast, withdraw
from policies.rules import Policy
from policies.words import Person

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
PEOPLE = [Person(workspace="T1", member=name) for name in ("ASKER", "ANN", "BEN", "CY", "OUT")]
WORKERS = st.sampled_from(PEOPLE)


class Life(RuleBasedStateMachine):
    """Votes, withdrawals, lost roles and time, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.able = set(PEOPLE[:4])
        self.standing = Standing(
            request=1,
            state=State.WAITING,
            requester=PEOPLE[0],
            demands=(Demand(needed=2, of=("lead",)),),
            approve_by=START + timedelta(minutes=60),
        )

    @property
    def policy(self) -> Policy:
        return Policy(roles={"lead": tuple(self.able)}, rules=())

    @rule(person=WORKERS, choice=st.sampled_from(["approve", "deny"]))
    def vote(self, person: Person, choice: Literal["approve", "deny"]) -> None:
        before = self.standing
        try:
            after = cast(before, Vote(person=person, choice=choice), self.policy, Moment(now=self.now))
        except VoteProblem:
            return
        assert before.state is State.WAITING
        assert person != before.requester
        assert person in self.able
        assert person not in {vote.person for vote in before.votes}
        assert before.approve_by is not None
        assert self.now <= before.approve_by
        votes = (*before.votes, Vote(person=person, choice=choice))
        self.standing = before.model_copy(update={"state": after, "votes": votes})

    @rule(person=WORKERS)
    def take_back(self, person: Person) -> None:
        try:
            self.standing = self.standing.model_copy(update={"state": withdraw(self.standing, person)})
        except VoteProblem:
            return
        assert person == self.standing.requester

    @rule(person=WORKERS)
    def lose_role(self, person: Person) -> None:
        self.able.discard(person)

    @rule(minutes=st.integers(-5, 30))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: self.standing.state is State.GRANTED)
    @rule()
    def granted_by_two_others(self) -> None:
        approvers = {vote.person for vote in self.standing.votes if vote.choice == "approve"}
        assert len(approvers) >= 2
        assert PEOPLE[0] not in approvers

    @invariant()
    def a_veto_is_the_end(self) -> None:
        if any(vote.choice == "deny" for vote in self.standing.votes):
            assert self.standing.state is State.DENIED


TestLife = Life.TestCase


def test_running_is_reached_from_granted_alone() -> None:
    """No state but granted leads to running, and nothing leaves an ended state."""
    assert {state for state, onward in LIFE.items() if State.RUNNING in onward} == {State.GRANTED}
    assert State.SUCCEEDED in ENDED
    assert State.UNKNOWN in ENDED
    assert set(LIFE) == set(State)


def test_a_late_click_is_told_how_it_ended() -> None:
    """A vote on a closed request changes nothing and says what became of it."""
    standing = Standing(
        request=7, state=State.EXPIRED, requester=PEOPLE[0], demands=(Demand(needed=1, of=("lead",)),), approve_by=START
    )
    with pytest.raises(TooLate, match="Request 7 is expired"):
        cast(
            standing,
            Vote(person=PEOPLE[1], choice="approve"),
            Policy(roles={"lead": (PEOPLE[1],)}, rules=()),
            Moment(now=START),
        )
