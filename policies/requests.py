"""The life of a request: its states, the moves between them, and what a vote does. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

from policies.problems import Problem
from policies.rules import Policy
from policies.words import Frozen, Person


class State(StrEnum):
    PLANNING = "planning"  # its reads run; nothing can change yet
    WAITING = "waiting"  # for approvals
    GRANTED = "granted"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"  # something was sent and its outcome was not heard
    DENIED = "denied"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    STALE = "stale"  # what was approved is no longer what would be done


# Every move there is. `running` is reached from `granted` alone, and nothing leaves a state that has ended.
MOVES: dict[State, frozenset[State]] = {
    State.PLANNING: frozenset({State.WAITING, State.GRANTED, State.FAILED, State.UNKNOWN, State.WITHDRAWN}),
    State.WAITING: frozenset({State.GRANTED, State.DENIED, State.EXPIRED, State.WITHDRAWN}),
    State.GRANTED: frozenset({State.RUNNING, State.EXPIRED, State.WITHDRAWN, State.FAILED}),
    State.RUNNING: frozenset({State.SUCCEEDED, State.FAILED, State.UNKNOWN, State.STALE}),
    State.SUCCEEDED: frozenset(),
    State.FAILED: frozenset(),
    State.UNKNOWN: frozenset(),
    State.DENIED: frozenset(),
    State.EXPIRED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.STALE: frozenset(),
}
ENDED = frozenset(state for state, onward in MOVES.items() if not onward)


class VoteProblem(Problem):
    """A click that does not count."""


class SelfApproval(VoteProblem):
    code = "self-approval"
    sentence = "You asked for request {request}, so you can't approve it."
    why = "Nobody approves what they asked for."
    remedy = "Somebody else with one of the roles {roles} has to; you can withdraw it."


class NotApprover(VoteProblem):
    code = "not-approver"
    sentence = "You can't vote on request {request}."
    why = "It takes one of the roles {roles} now, whatever held when it was posted."
    remedy = "Ask a member of those roles to look at it."


class VotedAlready(VoteProblem):
    code = "voted-already"
    sentence = "You voted on request {request} already."
    why = "One person, one vote."
    remedy = "Somebody else's vote is needed now."


class TooLate(VoteProblem):
    code = "too-late"
    sentence = "Request {request} is {state}; your click changes nothing."
    why = "It was decided, or ended, before your click arrived."
    remedy = "Look at the message for how it ended; ask anew if it is still needed."


class OnlyRequester(VoteProblem):
    code = "only-requester"
    sentence = "Only the one who asked can withdraw request {request}."
    why = "Withdrawing is for the person who asked."
    remedy = "If it must not run, deny it instead."


class Vote(Frozen):
    person: Person
    choice: Literal["approve", "deny"]


class Standing(Frozen):
    """A request as far as a vote is concerned."""

    request: int
    state: State
    requester: Person
    approvals: int  # how many are needed
    approvers: tuple[str, ...]  # roles
    approve_by: datetime | None
    votes: tuple[Vote, ...] = ()


def cast(standing: Standing, vote: Vote, policy: Policy | None, now: datetime) -> State:
    """The state after this vote. Raises a VoteProblem when the vote does not count.

    The clicker is judged by the policy of now, so a role that was lost since the card was posted is lost for it too.
    """
    roles = ", ".join(standing.approvers)
    if standing.state is not State.WAITING:
        raise TooLate(request=standing.request, state=standing.state.value)
    if standing.approve_by is not None and now > standing.approve_by:
        raise TooLate(request=standing.request, state="past its time to be approved")
    # By member alone: on a grid of workspaces one person's commands and clicks can come from two of them.
    if vote.person.member == standing.requester.member:
        raise SelfApproval(request=standing.request, roles=roles)
    if policy is None or policy.roles_of(vote.person).isdisjoint(standing.approvers):
        raise NotApprover(request=standing.request, roles=roles)
    if any(earlier.person == vote.person for earlier in standing.votes):
        raise VotedAlready(request=standing.request)
    if vote.choice == "deny":
        return State.DENIED
    return State.GRANTED if _given(standing.votes) + 1 >= standing.approvals else State.WAITING


def withdraw(standing: Standing, person: Person) -> State:
    """The state after the requester takes it back."""
    if person != standing.requester:
        raise OnlyRequester(request=standing.request)
    if State.WITHDRAWN not in MOVES[standing.state]:
        raise TooLate(request=standing.request, state=standing.state.value)
    return State.WITHDRAWN


def _given(votes: Sequence[Vote]) -> int:
    return sum(vote.choice == "approve" for vote in votes)
