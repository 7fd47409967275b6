"""Looks at pairs, made of what recordings and the simulated fleet print; and what a step makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.lab.fleet.model import Partition, check
from bot.lab.fleet.vios import entstat as printing
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import World
from handlers import entstat
from handlers.entstat import Sea
from handlers.hmcout import Unreadable
from handlers.networks import Adapter
from handlers.sea.machine import step
from handlers.sea.memory import Calm, Memory, Ours
from handlers.sea.pair import Listener, Look, Pair, Side
from policies.alerts import Sighting
from tests.handlers.sea.misprints import Misprints
from tests.handlers.test_entstat import recorded

START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
PAIR = Pair(system="p72", vioses=("p72vio1", "p72vio2"), anchor=("ETHERNET0", 1))


def side(vios: str, case: str, *swaps: tuple[str, str], **known: Any) -> Side:
    """From a recording, with some of its text changed."""
    text = recorded(case)
    for was, becomes in swaps:
        assert was in text, f"{was!r} isn't in {case}"
        text = text.replace(was, becomes)
    return Side(vios=vios, sea="ent4", told=entstat.sea(text, "ent4"), raw=text, **known)


def untold(vios: str, *, answers: bool = False, why: str = "it is Not Activated, RMC none") -> Side:
    return Side(vios=vios, sea="ent4", answers=answers, why=why)


def look(*sides: Side, after: float = 0.0, reached: bool = True, clients: tuple[str, ...] = ()) -> Look:
    return Look(
        pair=PAIR.model_copy(update={"vioses": tuple(each.vios for each in sides)}),
        hmc="hmc1",
        at=START + timedelta(seconds=after),
        sides=sides,
        hmc_reached=reached,
        clients=clients,
    )


def auto() -> tuple[Side, Side]:
    return side("p72vio1", "auto-primary"), side("p72vio2", "auto-backup")


def sharing() -> tuple[Side, Side]:
    return side("p72vio1", "sharing-primary"), side("p72vio2", "sharing-backup")


@dataclass
class Watch:
    """Looks one after another; what is remembered goes through JSON each time, as over a restart."""

    calm: Calm = field(default_factory=Calm)
    memory: Memory | None = None
    seen: list[Sighting] = field(default_factory=list)

    def sees(self, at: Look, *ours: Ours) -> Sighting:
        memory = None if self.memory is None else Memory.model_validate_json(self.memory.model_dump_json())
        self.memory, sighting = step(memory, at, ours, self.calm)
        self.seen.append(sighting)
        return sighting

    def unsettled(self) -> bool:
        return self.memory is not None and self.memory.unsettled


def rules(sighting: Sighting) -> set[str]:
    return {each.rule for each in sighting.symptoms}


def happened(sighting: Sighting) -> list[str]:
    return [each.rule for each in sighting.happenings]


# ── of the simulated fleet ────────────────────────────────────────────────────────────────────────────────────────


def fleet_look(
    world: World,
    vioses: Iterable[str],
    garbled: Iterable[str] = (),
    reached: bool = True,
    *,
    misprints: Mapping[str, Misprints],
    others: tuple[Listener, ...] = (),
) -> Look:
    """As a watch would see it; `garbled`: whose answer comes cut off."""
    fleet = world.fleet
    check(fleet)
    system = fleet.systems["p72"]
    sides = tuple(
        _side(world, partition, cut=name in set(garbled), reached=reached, misprints=misprints[name])
        for name in vioses
        if (partition := system.partition(name)) is not None
    )
    return Look(
        pair=PAIR, hmc="hmc", at=datetime.fromtimestamp(fleet.now, UTC), sides=sides, hmc_reached=reached, others=others
    )


def _side(world: World, vios: Partition, *, cut: bool, reached: bool, misprints: Misprints) -> Side:
    trunks = tuple(
        Adapter(
            partition=vios.name, slot=each.slot, switch=each.vswitch, pvid=each.pvid, tagged=each.tagged, is_trunk=True
        )
        for each in vios.ethernet
        if each.is_trunk and any(each.name in sea.trunks for sea in vios.io.seas)
    )
    known: dict[str, Any] = {"vios": vios.name, "sea": "ent4", "level": vios.os_version, "trunks": trunks}
    if not reached:
        return Side(**known, answers=False, why="its HMC wasn't reached")
    if not vios.is_up or vios.rmc_state != "active":
        return Side(**known, answers=False, why=f"it is {vios.state}, RMC {vios.rmc_state}")
    text = misprints.printed(printed(world, vios.name))
    known |= {"settings": misprints.settings(vios, vios.io.seas[0])}
    text = text[: len(text) * 2 // 3] if cut else text
    try:
        told: Sea | None = entstat.sea(text, "ent4")
    except Unreadable as fault:
        return Side(**known, why=str(fault), raw=text)
    return Side(**known, told=told, raw=text)


def printed(world: World, vios: str) -> str:
    """What `entstat -all ent4` prints there."""
    login = Login(world, "p72", vios)
    sea = login.vios.io.sea("ent4")
    assert sea is not None
    return printing.of_sea(login, sea)
