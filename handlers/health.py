"""How the VIOS of a frame stand: each by itself, each pair of SEAs side by side, and who may be taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from pydantic import Field

from handlers import frames
from handlers.entstat import Sea
from handlers.frames import Reads, SeaAt, Unread
from handlers.interlocks import NOT_LOOKED_AT, Pair, Survey, surveys
from handlers.operation import Ending, Flow, Inventory, Name, Operation, Report
from policies.words import Effect


class Health(Operation):
    """Show how the VIOS of a managed system stand, or of all: state, RMC, level, each SEA beside its mate, and whether
    each is fit to carry alone."""

    command: ClassVar[str] = "vios"
    verb: ClassVar[str] = "health"
    effect: ClassVar[Effect] = Effect.READS
    example: ClassVar[str] = "health p72"

    system: Name | None = Field(
        default=None,
        description="the managed system; without it, all of them",
        json_schema_extra={"place": 0, "pick": "system"},
    )

    def systems(self) -> tuple[str, ...]:
        return () if self.system is None else (self.system,)

    def flow(self, inventory: Inventory) -> Flow:
        chosen = self.systems() or inventory.managed()
        told: list[_Told] = []
        for system in chosen:
            told += [(yield from _looked_at(inventory.hmc_of(system), system))]
        sick = [each for each in told if each.faults]
        lines = [line for each in told for line in (each.whole if self.system is not None else each.short)]
        return Report(
            ending=Ending.FAILED if sick else Ending.SUCCEEDED,
            headline=_headline(told),
            lines=(*lines, f"Not looked at: {NOT_LOOKED_AT}."),
        )


class _Told:
    """What a frame comes to. `unread`: nothing could be told of it."""

    def __init__(self, system: str, found: list[Survey], unread: str = "") -> None:
        self.system, self.found = system, found
        self.faults = [unread] if unread else [line for each in found for line in _must_stay(each)]

    @property
    def short(self) -> list[str]:
        return [f"{self.system}: {fault}" for fault in self.faults] or [f"{self.system}: {self.verdict}"]

    @property
    def whole(self) -> list[str]:
        own = [f"{each.target.name}: {each.target}, {each.target.level}" for each in self.found]
        pairs = dict.fromkeys(line for each in self.found[:-1] for line in sea_lines(each))
        return [*own, *pairs, *(self.faults or [self.verdict])]

    @property
    def verdict(self) -> str:
        return "each may be taken out: its partner is fit to carry alone" if self.found else "it has no VIOS"


def _headline(told: list[_Told]) -> str:
    if not told:
        return "no HMC of mine lists a managed system"
    sick = [each.system for each in told if each.faults]
    if sick:
        return f"not every VIOS may be taken out: {', '.join(sick)}"
    return f"{', '.join(each.system for each in told)}: every VIOS has a partner that is fit to carry alone"


def _looked_at(hmc: str, system: str) -> Reads[_Told]:
    try:
        listed = yield from frames.lpars(hmc, system)
        frame = yield from frames.frame(hmc, system, listed)
    except Unread as fault:
        return _Told(system, [], unread=str(fault))
    return _Told(system, (yield from surveys(frame)))


def _must_stay(found: Survey) -> Iterator[str]:
    """One line for each reason that keeps the VIOS from being taken out; what is out already needs none."""
    if found.target.is_off:
        yield f"{found.target.name} is {found.target}"
        return
    for each in found.interlocks:
        if not each.healthy:
            yield f"{found.target.name} must stay: {each.seen}"


def sea_lines(found: Survey) -> Iterator[str]:
    """Each pair of SEAs side by side, and those that have no mate now."""
    for partner in found.partners:
        for pair in found.pairs(partner.name):
            yield _beside(pair)
        if why := found.bridged[partner.name].why:
            yield f"{partner.name}: {why}"


def _beside(pair: Pair) -> str:
    if pair.own is None:
        return f"SEA {pair.mate}: {_words(pair.mate)}"
    return f"SEA {pair.own} | {pair.mate}: {_words(pair.own)} | {_words(pair.mate)}"


def _words(each: SeaAt) -> str:
    return _of(each.told) if each.told is not None else each.why


def _of(sea: Sea) -> str:
    link = {None: "link not told", True: "link up", False: "link down"}[sea.link_up]
    own = sea.failover
    return f"no failover, {link}" if own is None else f"{own.state} bridging {own.bridge_mode}, {link}"
