"""Partitions and profiles as `-i` describes them: each attribute of a profile, and what must hold of them together."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.lab.fleet.commands.attributes import Settings, missing
from bot.lab.fleet.commands.dlpar import DEDICATED_MODES, SHARED_MODES
from bot.lab.fleet.commands.dlpar_ethernet import made, trunks_differ, vlans_of
from bot.lab.fleet.commands.options import Refused, units, whole
from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.hardware import HeldSlot
from bot.lab.fleet.model import ManagedSystem, Partition, Profile
from bot.lab.fleet.profile import LEAST_UNITS, Limits

MOST_SLOTS = 32767
BOOT_MODES = frozenset({"norm", "sms", "of", "dd", "ds"})
NAME = re.compile(r"[^\s()<>*$&?|\[\]'\"`,=/\\:;]{1,31}")
_MEMORY = ("min_mem", "desired_mem", "max_mem")
_PROCS = ("min_procs", "desired_procs", "max_procs")
_UNITS = ("min_proc_units", "desired_proc_units", "max_proc_units")
ATTRIBUTES = (
    *_MEMORY, *_PROCS, *_UNITS, "proc_mode", "sharing_mode", "uncap_weight", "max_virtual_slots", "boot_mode",
    "auto_start", "io_slots", "virtual_eth_adapters",
)  # fmt: skip


def name_of(text: str, flag: str = "-i") -> str:
    if not NAME.fullmatch(text):
        raise Refused("invalid", flags=flag)
    return text


def new_profile(system: ManagedSystem, partition: Partition, name: str, given: Settings) -> Profile:
    """A profile with nothing to go by: the triplets must be there."""
    dedicated = _mode(given, default=False)
    missing(given, *_MEMORY, *_PROCS, *(() if dedicated else _UNITS))
    base = Profile(
        name=name_of(name),
        mem=1,
        procs=1,
        proc_units=Decimal(1),
        dedicated=dedicated,
        sharing_mode="keep_idle_procs" if dedicated else "uncap",
        ethernet=(),
        slots=(),
    )
    return changed(system, partition, base, given)


def changed(system: ManagedSystem, partition: Partition, base: Profile, given: Settings) -> Profile:
    """The profile with what is given; Refused where it can't be so."""
    for name, setting in given.items():
        if setting.operator and name not in {"io_slots", "virtual_eth_adapters"}:
            raise Refused("invalid", flags="-i")
    dedicated = _mode(given, default=base.dedicated)
    after = replace(base, dedicated=dedicated, **_amounts(base, given, dedicated=dedicated))
    after = replace(
        after, **{field: read(given[name].value) for name, (field, read) in _PLAIN.items() if name in given}
    )
    if dedicated is not base.dedicated and "sharing_mode" not in given:
        after = replace(after, sharing_mode="keep_idle_procs" if dedicated else "uncap")
    if "io_slots" in given:
        after = replace(after, slots=_slots(system, partition, base, given))
    if "virtual_eth_adapters" in given:
        after = replace(after, ethernet=_adapters(system, partition, base, given))
    _holds_together(system, after)
    return after


def _mode(given: Settings, *, default: bool) -> bool:
    if "proc_mode" not in given:
        return default
    if given["proc_mode"].value not in {"ded", "shared"}:
        raise Refused("invalid", flags="-i")
    return given["proc_mode"].value == "ded"


def _amounts(base: Profile, given: Settings, *, dedicated: bool) -> dict[str, Any]:
    bounds = base.bounds
    memory = [
        _whole(given, name, at) for name, at in zip(_MEMORY, (bounds.min_mem, base.mem, bounds.max_mem), strict=True)
    ]
    procs = [
        _whole(given, name, at)
        for name, at in zip(_PROCS, (bounds.min_procs, base.procs, bounds.max_procs), strict=True)
    ]
    if dedicated:
        if any(name in given for name in _UNITS):
            raise Refused("invalid", flags="-i")
        shares = [Decimal(each) for each in procs]
    else:
        known = (bounds.min_units, base.proc_units, bounds.max_units)
        shares = [
            units(given[name].value, "-i") if name in given else at for name, at in zip(_UNITS, known, strict=True)
        ]
    limits = Limits(
        min_mem=memory[0], max_mem=memory[2], min_procs=procs[0], max_procs=procs[2], min_units=shares[0],
        max_units=shares[2],
    )  # fmt: skip
    return {"mem": memory[1], "procs": procs[1], "proc_units": shares[1], "limits": limits}


def _whole(given: Settings, name: str, default: int) -> int:
    return whole(given[name].value, "-i") if name in given else default


def _holds_together(system: ManagedSystem, profile: Profile) -> None:
    region = system.hardware.region_size
    bounds, modes = profile.bounds, DEDICATED_MODES if profile.dedicated else SHARED_MODES
    in_regions = not any(each % region for each in (bounds.min_mem, profile.mem, bounds.max_mem))
    if not (bounds.in_order and bounds.hold(profile.mem, profile.procs, profile.proc_units) and in_regions):
        raise Refused("limits")
    if not LEAST_UNITS * profile.procs <= profile.proc_units <= profile.procs:
        raise Refused("units-per-processor")
    if profile.sharing_mode not in modes or profile.uncap_weight > 255:
        raise Refused("invalid", flags="-i")
    if not 10 <= profile.max_virtual_slots <= MOST_SLOTS or profile.boot_mode not in BOOT_MODES:
        raise Refused("invalid", flags="-i")


def _yes(text: str) -> bool:
    if text not in {"0", "1"}:
        raise Refused("invalid", flags="-i")
    return text == "1"


_PLAIN: dict[str, tuple[str, Callable[[str], Any]]] = {
    "sharing_mode": ("sharing_mode", str),
    "uncap_weight": ("uncap_weight", lambda text: whole(text, "-i")),
    "max_virtual_slots": ("max_virtual_slots", lambda text: whole(text, "-i")),
    "boot_mode": ("boot_mode", str),
    "auto_start": ("auto_start", _yes),
}

# ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _pieces(text: str) -> list[str]:
    if text in {"", "none"}:
        return []
    try:
        return next(csv.reader([text]), [])
    except csv.Error:
        raise Refused("invalid", flags="-i") from None


def _slots(system: ManagedSystem, partition: Partition, base: Profile, given: Settings) -> tuple[HeldSlot, ...]:
    """drc index/pool/required"""
    asked = given["io_slots"]
    before = partition.config.slots if base.slots is None else base.slots
    found = []
    for piece in _pieces(asked.value):
        drc_index, _, rest = piece.lower().partition("/")
        if system.hardware.slot(drc_index) is None:
            raise Refused("invalid", flags="-i")
        found.append(HeldSlot(drc_index=drc_index, is_required=rest.rpartition("/")[2] == "1"))
    indexes = {each.drc_index for each in found}
    if len(indexes) != len(found):
        raise Refused("invalid", flags="-i")
    kept = tuple(each for each in before if each.drc_index not in indexes)
    return {"": tuple(found), "+": (*kept, *found), "-": kept}[asked.operator]


def _adapters(
    system: ManagedSystem, partition: Partition, base: Profile, given: Settings
) -> tuple[VirtualEthernet, ...]:
    asked = given["virtual_eth_adapters"]
    before = partition.ethernet if base.ethernet is None else base.ethernet
    found = [_adapter(partition, before, number, each) for number, each in enumerate(_pieces(asked.value))]
    slots = {each.slot for each in found}
    others = {*partition.slots} - {each.slot for each in partition.ethernet}
    if len(slots) != len(found) or slots & others:
        raise Refused("invalid", flags="-i")
    for each in found:
        trunks_differ(system, partition, each)
    kept = tuple(each for each in before if each.slot not in slots)
    return {"": tuple(found), "+": (*kept, *found), "-": kept}[asked.operator]


def _adapter(partition: Partition, before: tuple[VirtualEthernet, ...], number: int, text: str) -> VirtualEthernet:
    """slot/ieee/pvid/tagged/trunk priority/required(/switch(/mac/allowed/qos))"""
    parts = text.split("/")
    if len(parts) < 6 or len(parts) > 10:
        raise Refused("invalid", flags="-i")
    slot, ieee, pvid, tagged, priority, required = parts[:6]
    vswitch = parts[6] if len(parts) > 6 and parts[6] else "ETHERNET0"
    place = whole(slot, "-i")
    old = next((each for each in before if each.slot == place), None)
    if not 2 <= place < MOST_SLOTS or (tagged and not _yes(ieee)):
        raise Refused("invalid", flags="-i")
    return made(
        partition,
        old.name if old is not None else _fresh_name(partition, before, number),
        place,
        whole(pvid, "-i"),
        vlans_of(tagged),
        priority=whole(priority, "-i") if priority not in {"", "0"} else None,
        vswitch=vswitch,
        is_required=_yes(required),
    )


def _fresh_name(partition: Partition, before: tuple[VirtualEthernet, ...], number: int) -> str:
    """One that neither the partition nor the profile has; every adapter of one list gets another."""
    io = partition.io
    taken = {each.name for each in (*partition.ethernet, *before)}
    taken |= {each.name for each in io.ports} | {each.name for each in io.seas}
    free = [made for n in range(len(taken) + number + 1) if (made := f"ent{n}") not in taken]
    return free[number]
