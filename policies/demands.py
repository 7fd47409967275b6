"""Approvals that are asked for: how many, from which roles; whether people meet them, and by what arithmetic not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from policies.words import Frozen, Person

Holders: TypeAlias = Callable[[str], frozenset[Person]]  # who holds a role at this moment


class Demand(Frozen):
    """`needed` different people who hold one of the roles `of`, among them so many of each role of `of_which`."""

    needed: int
    of: tuple[str, ...]
    of_which: tuple[tuple[str, int], ...] = ()

    @property
    def said(self) -> str:
        """`2 from lead or operator, of which 1 from network`"""
        which = ", ".join(f"{number} from {role}" for role, number in self.of_which)
        return f"{self.needed} from {' or '.join(self.of)}" + (f", of which {which}" if which else "")

    def among(self, people: Iterable[Person], holders: Holders) -> frozenset[Person]:
        """Those of them whose approval counts."""
        return frozenset().union(*(holders(role) for role in self.of)) & frozenset(people)

    def progress(self, people: Iterable[Person], holders: Holders) -> str:
        """`1 of 2 from lead or operator, of which 0 of 1 from network`"""
        counted = self.among(people, holders)
        which = ", ".join(
            f"{min(number, len(counted & holders(role)))} of {number} from {role}" for role, number in self.of_which
        )
        so_far = f"{min(self.needed, len(counted))} of {self.needed} from {' or '.join(self.of)}"
        return so_far + (f", of which {which}" if which else "")

    def is_met(self, people: Iterable[Person], holders: Holders) -> bool:
        counted = self.among(people, holders)
        return heads(counted) >= self.needed and all(
            heads(counted & holders(role)) >= number for role, number in self.of_which
        )

    def is_implied_by(self, other: Demand) -> bool:
        """Whether whoever meets the other meets this one as well."""
        asked = dict(other.of_which)
        return (
            set(other.of) <= set(self.of)
            and other.needed >= self.needed
            and all(asked.get(role, 0) >= number for role, number in self.of_which)
        )


def heads(people: Iterable[Person]) -> int:
    """How many different people they are: on a grid of workspaces one can come from two of them."""
    return len({person.member for person in people})


def strictest(demands: Iterable[Demand]) -> tuple[Demand, ...]:
    """All of them, less those that another one implies."""
    kept: list[Demand] = []
    for demand in demands:
        if not any(demand.is_implied_by(other) for other in kept):
            kept = [*(other for other in kept if not other.is_implied_by(demand)), demand]
    return tuple(kept)


def are_met(demands: Sequence[Demand], people: Iterable[Person], holders: Holders) -> bool:
    who = frozenset(people)
    return all(demand.is_met(who, holders) for demand in demands)


def able(demands: Sequence[Demand], requester: Person, holders: Holders) -> frozenset[Person]:
    """Who could give an approval that counts: never who asks, by whichever workspace they come.

    Votes are cast in Slack alone, so who sits at the machine has none.
    """
    holding = _in_slack((role for demand in demands for role in demand.of), holders)
    return frozenset(person for person in holding if person.member != requester.member)


def _in_slack(roles: Iterable[str], holders: Holders) -> frozenset[Person]:
    holding = frozenset[Person]().union(*(holders(role) for role in set(roles)))
    return frozenset(person for person in holding if person.is_in_slack)


def shortfall(demands: Sequence[Demand], requester: Person, holders: Holders) -> str | None:
    """Why nobody could ever meet these for this requester, with the arithmetic; None: they can be met."""
    others = able(demands, requester, holders)
    for demand in demands:
        if told := _lacking(demand, requester, others, holders):
            return told
    return None


def _lacking(demand: Demand, requester: Person, others: frozenset[Person], holders: Holders) -> str | None:
    everyone = frozenset[Person]().union(*(holders(role) for role in demand.of))
    counted = demand.among(others, holders)
    if heads(counted) < demand.needed:
        return _sum(demand.needed, " or ".join(demand.of), everyone, requester, counted)
    for role, number in demand.of_which:
        if heads(counted & holders(role)) < number:
            both = f"{role} among {' or '.join(demand.of)}"
            return _sum(number, both, everyone & holders(role), requester, counted & holders(role))
    return None


def _sum(needed: int, roles: str, everyone: frozenset[Person], requester: Person, left: frozenset[Person]) -> str:
    """`2 from lead are needed; lead has 2 people now (T1:U2, T1:U3); less T1:U2, who asks, that is 1`"""
    names = f" ({', '.join(sorted(map(str, everyone))[:10])})" if everyone else ""
    gone = [f"{requester}, who asks"] if any(each.member == requester.member for each in everyone) else []
    gone += [
        f"{each}, who can't vote at a terminal" for each in sorted(everyone - left, key=str) if _sits(each, requester)
    ]
    less = f"; less {' and '.join(gone)}, that is {heads(left)}" if gone else ""
    noun = "person" if heads(everyone) == 1 else "people"
    verb = "is" if needed == 1 else "are"
    return f"{needed} from {roles} {verb} needed; {roles} has {heads(everyone)} {noun} now{names}{less}"


def _sits(person: Person, requester: Person) -> bool:
    return not person.is_in_slack and person.member != requester.member
