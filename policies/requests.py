"""The life of a request: its states, every move between them, and what a vote and a start take. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from policies.case import Moment
from policies.demands import Demand, are_met
from policies.problems import Problem
from policies.rules import Policy
from policies.verdicts import Ask, Deny, Verdict
from policies.words import Frozen, Person


class State(StrEnum):
    PLANNING = "planning"  # its reads run; nothing can change yet
    WAITING = "waiting"  # for approvals
    GRANTED = "granted"  # it may run: at once, when its window opens, or when what it needs is free
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"  # something was sent and its outcome was not heard
    DENIED = "denied"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    STALE = "stale"  # what was approved is no longer what would be done


# The whole life: from where, to where, and what it takes. The ledger makes no move that doesn't stand here.
LIFE: Mapping[State, Mapping[State, str]] = {
    State.PLANNING: {
        State.WAITING: "its plan is known, and the policy asks for approvals",
        State.GRANTED: "its plan is known, and the policy lets it run without approvals",
        State.DENIED: "its plan is known, and the policy denies it, or a partner isn't shown healthy",
        State.FAILED: "it can't be planned: the machines say no, or can't be reached",
        State.UNKNOWN: "an answer was on its way when the bot stopped",
        State.WITHDRAWN: "its requester takes it back",
    },
    State.WAITING: {
        State.GRANTED: "the last approval of its quorum, in time, by people who hold the roles now, none its requester",
        State.DENIED: "one veto, by somebody whose approval would count",
        State.EXPIRED: "its time to be approved is over",
        State.WITHDRAWN: "its requester takes it back",
    },
    State.GRANTED: {
        State.RUNNING: "the plan made anew has the approved digest, the policy of now still lets it run, the quorum "
        "still holds, its time has come and isn't over, and its locks are free and now its own",
        State.STALE: "the plan made anew is another one, or approvals have lost their weight",
        State.DENIED: "the policy of now doesn't let it run any more, or a partner isn't shown healthy any more",
        State.FAILED: "planned anew, the machines say no, or can't be reached",
        State.UNKNOWN: "a read's answer wasn't heard",
        State.EXPIRED: "its time to run is over",
        State.WITHDRAWN: "its requester takes it back",
    },
    State.RUNNING: {
        State.SUCCEEDED: "its report says so",
        State.FAILED: "its report says so",
        State.UNKNOWN: "something was sent, and its outcome wasn't heard",
    },
    State.SUCCEEDED: {},
    State.FAILED: {},
    State.UNKNOWN: {},
    State.DENIED: {},
    State.EXPIRED: {},
    State.WITHDRAWN: {},
    State.STALE: {},
}
ENDED = frozenset(state for state, onward in LIFE.items() if not onward)


class VoteProblem(Problem):
    """A click that does not count."""


class SelfApproval(VoteProblem):
    code = "self-approval"
    sentence = "You asked for request {request}, so you can't approve it."
    why = "Nobody approves what they asked for."
    remedy = "It takes {needed}, all of them others; you can withdraw it."


class NotApprover(VoteProblem):
    code = "not-approver"
    sentence = "You can't vote on request {request}."
    why = "It takes {needed}, by the roles of now; who is marked absent holds none.{unknown}"
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
    reason: str = ""


class Standing(Frozen):
    """A request as far as votes and its start are concerned."""

    request: int
    state: State
    requester: Person
    demands: tuple[Demand, ...] = ()
    approve_by: datetime | None = None
    not_before: datetime | None = None
    run_by: datetime | None = None
    votes: tuple[Vote, ...] = ()

    @property
    def needed(self) -> str:
        return "; ".join(demand.said for demand in self.demands) or "no approval"

    @property
    def approvers(self) -> frozenset[Person]:
        """Who approved, by their votes; never the requester, whatever the rows say."""
        given = (vote.person for vote in self.votes if vote.choice == "approve")
        return frozenset(person for person in given if person.member != self.requester.member)


def cast(standing: Standing, vote: Vote, policy: Policy | None, moment: Moment) -> State:
    """The state after this vote. Raises a VoteProblem when the vote does not count.

    The clicker, and who voted before, are judged by the policy of now: a role that was lost since the card was posted
    is lost for it too.
    """
    if standing.state is not State.WAITING:
        raise TooLate(request=standing.request, state=standing.state.value)
    if standing.approve_by is not None and moment.now > standing.approve_by:
        raise TooLate(request=standing.request, state="past its time to be approved")
    # By member alone: on a grid of workspaces one person's commands and clicks can come from two of them.
    if vote.person.member == standing.requester.member:
        raise SelfApproval(request=standing.request, needed=standing.needed)
    if policy is None or not _counts(standing, vote.person, policy, moment):
        unknown = policy.unknown(moment) if policy is not None else ""
        raise NotApprover(request=standing.request, needed=standing.needed, unknown=unknown)
    if any(earlier.person.member == vote.person.member for earlier in standing.votes):
        raise VotedAlready(request=standing.request)
    if vote.choice == "deny":
        return State.DENIED
    people = standing.approvers | {vote.person}
    return State.GRANTED if are_met(standing.demands, people, policy.holding(moment)) else State.WAITING


def _counts(standing: Standing, person: Person, policy: Policy, moment: Moment) -> bool:
    holders = policy.holding(moment)
    return any(demand.among([person], holders) for demand in standing.demands)


def withdraw(standing: Standing, person: Person) -> State:
    """The state after the requester takes it back, from whichever workspace of a grid."""
    if person.member != standing.requester.member:
        raise OnlyRequester(request=standing.request)
    if State.WITHDRAWN not in LIFE[standing.state]:
        raise TooLate(request=standing.request, state=standing.state.value)
    return State.WITHDRAWN


class Refusal(Frozen):
    """Why a granted request doesn't start, and how that ends it."""

    state: State
    said: str


def start(standing: Standing, verdict: Verdict, policy: Policy | None, moment: Moment) -> Refusal | None:
    """Whether a granted request may run now; None: it may. `verdict`: on its fresh plan, as of this moment."""
    if standing.run_by is not None and moment.now > standing.run_by:
        return Refusal(state=State.EXPIRED, said="its time to run was over")
    if isinstance(verdict, Deny) or policy is None:
        said = f"{verdict.said} {verdict.because}" if isinstance(verdict, Deny) else "no policy is in force"
        return Refusal(state=State.DENIED, said=said)
    demands = verdict.demands if isinstance(verdict, Ask) else ()
    # What was asked for when it was approved holds as well: a verdict that has become milder takes nothing back.
    owed = (*standing.demands, *demands)
    if not are_met(owed, standing.approvers, policy.holding(moment)):
        needed = "; ".join(dict.fromkeys(demand.said for demand in owed))
        said = f"its approvals don't make up {needed} any more.{policy.unknown(moment)}"
        return Refusal(state=State.STALE, said=said.removesuffix("."))
    return None


def is_due(standing: Standing, now: datetime) -> bool:
    """Whether its time has come."""
    return standing.not_before is None or now >= standing.not_before


def is_over(standing: Standing, now: datetime) -> bool:
    """Whether its time to be approved, or to be run, is over."""
    by = {State.WAITING: standing.approve_by, State.GRANTED: standing.run_by}.get(standing.state)
    return by is not None and now > by
