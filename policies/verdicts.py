"""What judging comes to: allowed, asked of others, or denied; and the refusals that a denial can be."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

from pydantic import model_validator

from policies.demands import Demand
from policies.problems import Problem
from policies.words import Frozen, Person


class Denied(Problem):
    """The policy doesn't let it through."""


class NotAllowed(Denied):
    code = "not-allowed"
    sentence = "You may not ask for {operation} here."
    why = "{reason}"
    remedy = "Ask one of your leads to do it, or to give you a role that may: `/policy show` lists them."


class QuorumImpossible(Denied):
    code = "quorum-impossible"
    sentence = "{operation} can never get its approvals, as things are."
    why = "{arithmetic}"
    remedy = "Have somebody else ask, or have a policy loaded with more people in those roles."


class ReasonNeeded(Denied):
    code = "reason-needed"
    sentence = "{operation} needs a reason."
    why = "{who} asks for one."
    remedy = 'Ask again with reason="…": what for, in a few words. It is kept with the request.'


class TicketNeeded(Denied):
    code = "ticket-needed"
    sentence = "{operation} needs a ticket{given}."
    why = "The rule '{rule}' asks for one of the form {pattern}."
    remedy = "Ask again with ticket=, and the number of your change or incident."


class OutsideWindow(Denied):
    code = "outside-window"
    sentence = "{operation} may run in a change window alone, and none is open."
    why = "The rule '{rule}' keeps it to {windows}. The next time that it may run: {next}."
    remedy = "Ask again with when=window to have it run then, or ask when the window is open."


class InFreeze(Denied):
    code = "in-freeze"
    sentence = "{operation} is frozen: {freeze}."
    why = "Nothing of its kind runs until {until}. The next time that it may run: {next}."
    remedy = "Ask again with when=window to have it run then, or ask after the freeze."


class NeverOpen(Denied):
    code = "never-open"
    sentence = "There is no time in sight at which {operation} may run."
    why = "Within {days} days no window of {windows} opens outside a freeze."
    remedy = "Have a policy loaded whose windows come again."


class GlassNotYours(Denied):
    code = "glass-not-yours"
    sentence = "You may not break the glass for {operation}."
    why = "{reason}"
    remedy = "Ask for it without breakglass=yes, or ask who may: `/policy show` lists them."


class Allow(Frozen):
    """It may run without anybody's approval. `glass`: because the glass was broken; `skipped` would have been asked."""

    rules: tuple[str, ...]
    minutes_to_run: int
    starts: datetime | None = None  # not before, when a window was asked for
    glass: bool = False
    skipped: tuple[Person, ...] = ()


class Ask(Frozen):
    """It may run once all the demands are met by others."""

    rules: tuple[str, ...]
    demands: tuple[Demand, ...]
    minutes_to_approve: int
    minutes_to_run: int
    starts: datetime | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_it_was_kept(cls, value: Any) -> Any:
        """Requests of the first version had one number and one list of roles."""
        if isinstance(value, dict) and "approvals" in value:
            kept = {key: each for key, each in value.items() if key not in ("approvals", "approvers")}
            return {**kept, "demands": [{"needed": value["approvals"], "of": value["approvers"]}]}
        return value

    @property
    def roles(self) -> tuple[str, ...]:
        """Whose approval counts."""
        return tuple(sorted({role for demand in self.demands for role in demand.of}))

    @property
    def said(self) -> str:
        return "; ".join(demand.said for demand in self.demands)


class Deny(Frozen):
    rules: tuple[str, ...]
    code: str
    said: str
    because: str
    next_step: str

    @classmethod
    def of(cls, problem: Problem, rules: tuple[str, ...] = ()) -> Deny:
        return cls(
            rules=rules, code=problem.code, said=problem.said, because=problem.because, next_step=problem.next_step
        )


Verdict: TypeAlias = Allow | Ask | Deny
