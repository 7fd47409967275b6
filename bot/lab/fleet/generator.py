"""Fleets of any size, each from a number of frames and a seed: the same two give the same fleet."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

from bot.lab.fleet import building
from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.model import Env, Fleet, Hmc, ManagedSystem, Partition

MOST_FRAMES = 1_000
CLIENTS = 20  # on each frame, next to its two VIOS
FRAMES_PER_HMC = 40
_MODELS = (
    ("9105-42A", ("default", "POWER8", "POWER9_base", "POWER9", "POWER10")),
    ("9009-42A", ("default", "POWER8", "POWER9_base", "POWER9")),
    ("8408-E8E", ("default", "POWER7", "POWER8")),
)
_LEVELS = ((8, 870, 2), (9, 951, 2), (10, 1060, 3), (11, 1110, 1))  # version, service pack, release
_MEMORY = (4096, 8192, 16384, 32768)
_UNITS = (Decimal("0.2"), Decimal("0.5"), Decimal("1.0"), Decimal("2.0"))
_NPIV = 0.25  # of the clients
_OF_VIOS = Decimal("1.5")
_VLANS = tuple(range(100, 116))
_GROUPS = ((_VLANS[0], *_VLANS[1:8]), (_VLANS[8], *_VLANS[9:]))


def fleet_of(*, frames: int, seed: int) -> Fleet:
    """Raises ValueError for more frames than there may be. Every tenth frame is on two HMCs."""
    if not 1 <= frames <= MOST_FRAMES:
        raise ValueError(f"a fleet has 1 to {MOST_FRAMES} frames, not {frames}")
    dice = random.Random(seed)  # noqa: S311 - it makes up machines, not secrets
    systems = _with_storage([_frame(number, dice) for number in range(1, frames + 1)], dice)
    return Fleet.of(_hmcs([each.name for each in systems], dice), systems)


def _hmcs(names: list[str], dice: random.Random) -> Iterator[Hmc]:
    groups = [names[n : n + FRAMES_PER_HMC] for n in range(0, len(names), FRAMES_PER_HMC)]
    for number, group in enumerate(groups, 1):
        version, service_pack, release = dice.choice(_LEVELS)
        shared = groups[number % len(groups)][9::10] if len(groups) > 1 else []
        yield Hmc(
            name=f"hmc{number:02}",
            version=version,
            release=release,
            service_pack=service_pack,
            systems=(*group, *shared),
        )


def _frame(number: int, dice: random.Random) -> ManagedSystem:
    name, serial = f"frame{number:04}", f"78{number:05X}"
    type_model, modes = dice.choice(_MODELS)
    ha_mode = dice.choice((HaMode.SHARING, HaMode.AUTO))
    return ManagedSystem(
        name=name,
        type_model=type_model,
        serial=serial,
        ipaddr=f"10.{100 + number // 250}.{number % 250}.1",
        mem=1024 * 1024,
        proc_units=Decimal(64),
        compat_modes=modes,
        partitions=(
            *(_vios(name, each, serial, ha_mode, dice) for each in (1, 2)),
            *(_client(name, lpar_id, modes[-1], dice) for lpar_id in range(3, 3 + CLIENTS)),
        ),
    )


def _with_storage(systems: list[ManagedSystem], dice: random.Random) -> list[ManagedSystem]:
    """Two frames next to each other see each other's LUNs, so that partitions can move between them."""
    made = []
    for n, system in enumerate(systems):
        partner = systems[n ^ 1] if n ^ 1 < len(systems) else None
        seen = [each.name for each in partner.partitions if each.env is not Env.VIOS] if partner else []
        npiv = frozenset(each.name for each in system.partitions if each.env is not Env.VIOS and dice.random() < _NPIV)
        visible = {each.name: seen for each in system.partitions if each.env is Env.VIOS}
        made.append(building.with_storage(system, npiv=npiv, visible=visible))
    return made


def _vios(frame: str, number: int, serial: str, ha_mode: HaMode, dice: random.Random) -> Partition:
    name = f"{frame}vio{number}"
    adapters = building.trunks(name, _GROUPS, priority=number)
    return Partition(
        name=name,
        lpar_id=number,
        env=Env.VIOS,
        os_version="VIOS 4.1.0.10",
        msp=True,
        proc_units=_OF_VIOS,
        ethernet=adapters,
        vios=building.bridging(adapters, serial, number, ha_mode),
        clock_offset=float(dice.choice((0, 0, 0, 3, -12, 41, -25_000))),
    )


def _client(frame: str, lpar_id: int, mode: str, dice: random.Random) -> Partition:
    name = f"{frame}lp{lpar_id:02}"
    is_on = dice.random() < 0.95
    return Partition(
        name=name,
        lpar_id=lpar_id,
        state="Running" if is_on else "Not Activated",
        rmc_state="active" if is_on else "inactive",
        mem=dice.choice(_MEMORY),
        proc_units=dice.choice(_UNITS),
        compat_mode=mode,
        ethernet=building.client(name, dice.choice(_VLANS)),
    )
