"""What a rule is, and what one finds: each rule is one entry, with its severity, what to do, and what disproves it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from handlers import seas
from handlers.operation import typed
from handlers.sea.view import Told, View
from policies.alerts import Remedy, Severity, Symptom


@dataclass(frozen=True, kw_only=True)
class Found:
    """`severity` None: the rule's. `cause`: what is out, where that is all that is wrong."""

    said: str
    about: str = ""
    evidence: tuple[str, ...] = ()
    severity: Severity | None = None
    remedies: tuple[Remedy, ...] = ()
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule(ABC):
    id: str
    severity: Severity
    then: str
    at_once: bool = False

    def symptoms(self, view: View) -> Iterator[Symptom]:
        for each in self.found(view):
            yield Symptom(
                rule=self.id,
                about=each.about,
                severity=self.severity if each.severity is None else each.severity,
                said=each.said,
                evidence=each.evidence,
                then=self.then,
                remedies=each.remedies or (check(view),),
                at_once=self.at_once,
                cause=each.cause,
            )

    @abstractmethod
    def found(self, view: View) -> Iterable[Found]: ...

    @abstractmethod
    def holds(self, view: View, about: str) -> bool:
        """Whether this look can't disprove what an earlier one saw."""


@dataclass(frozen=True, kw_only=True)
class OfLook(Rule):
    """Of what could be reached and read; every look decides it, but one to which it is `blind`."""

    find: Callable[[View], Iterable[Found]]
    blind: Callable[[View], bool] = lambda view: False

    def found(self, view: View) -> Iterable[Found]:
        return self.find(view)

    def holds(self, view: View, about: str) -> bool:
        return self.blind(view)


@dataclass(frozen=True, kw_only=True)
class OfSide(Rule):
    """Of one side by itself; `about` begins with its VIOS. `mated`: only of one that has a mate, or that has none."""

    find: Callable[[View, Told], Iterable[Found]]
    mated: bool | None = None

    def found(self, view: View) -> Iterable[Found]:
        if self.mated is not None and self.mated != view.mated():
            return ()
        return (found for each in view.told for found in self.find(view, each))

    def holds(self, view: View, about: str) -> bool:
        vios = about.partition(" ")[0]
        return any(side.vios == vios for side in view.untold())


@dataclass(frozen=True, kw_only=True)
class OfPair(Rule):
    """Of both sides beside each other, the one that leads first. `disproved`: by what one side alone tells."""

    find: Callable[[View, Told, Told], Iterable[Found]]
    disproved: Callable[[Told], bool] = lambda told: False

    def found(self, view: View) -> Iterable[Found]:
        return () if view.pair is None else self.find(view, *view.pair)

    def holds(self, view: View, about: str) -> bool:
        return view.mated() and view.pair is None and not any(map(self.disproved, view.told))


def remedy(label: str, *words: str) -> Remedy:
    """As it would be typed."""
    return Remedy(label=label, command="sea", text=" ".join(map(typed, words)))


def share(view: View, backup: Told) -> Remedy:
    return remedy("Restart sharing", "share", backup.vios, backup.sea.name, view.system)


def fail_over(view: View, told: Told) -> tuple[Remedy, ...]:
    """Where it leads, and its mate is shown fit to carry alone: else it would help nobody."""
    mate = view.mate(told.vios)
    if not told.leads or told.mode == "Standby" or mate is None or mate.told is None or seas.unfit(mate.told):
        return ()
    return (remedy(f"Fail over to {mate.vios}", "failover", told.vios, told.sea.name, view.system),)


def check(view: View) -> Remedy:
    return remedy("Check again", "check", view.system)
