"""One partition as its HMC lists it: what holds whether it runs or not, and what it runs with beside its profile.

The profile that it was activated with is what comes with the next activation: it stands as `boot` of a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from handlers import hmcout
from handlers.drift import adapters
from handlers.drift.adapters import Row
from handlers.drift.value import Value, keyed, normal
from handlers.frames import RUNNING
from handlers.hmc.standing import Standing
from handlers.hmcout import Unreadable

LPAR, PROFILE, ACTIVATION = "lpar", "profile", "activation"
MEMORY, PROCESSORS, SLOTS = "memory", "processors", "slots"
ETHERNET, SCSI, FC = "ethernet", "scsi", "fc"
_ON = frozenset({RUNNING, "Open Firmware"})
_KNOWN_BY = frozenset({"name", "lpar_name", "lpar_id", "lpar_env"})
_FRACTION = re.compile(r"\d+\.\d+", re.ASCII)

# What runs, and what of the profile takes its place when it is activated.
PAIRS: Mapping[str, Mapping[str, str]] = {
    MEMORY: {
        "curr_min_mem": "min_mem", "curr_mem": "desired_mem", "curr_max_mem": "max_mem", "mem_mode": "mem_mode",
        "mem_expansion": "mem_expansion", "curr_hpt_ratio": "hpt_ratio", "curr_ppt_ratio": "ppt_ratio",
        "curr_min_num_huge_pages": "min_num_huge_pages", "curr_num_huge_pages": "desired_num_huge_pages",
        "curr_max_num_huge_pages": "max_num_huge_pages",
    },
    PROCESSORS: {
        "curr_proc_mode": "proc_mode", "curr_min_proc_units": "min_proc_units", "curr_proc_units": "desired_proc_units",
        "curr_max_proc_units": "max_proc_units", "curr_min_procs": "min_procs", "curr_procs": "desired_procs",
        "curr_max_procs": "max_procs", "curr_sharing_mode": "sharing_mode", "curr_uncap_weight": "uncap_weight",
        "curr_shared_proc_pool_name": "shared_proc_pool_name", "curr_shared_proc_pool_id": "shared_proc_pool_id",
    },
    ACTIVATION: {
        "boot_mode": "boot_mode", "desired_lpar_proc_compat_mode": "lpar_proc_compat_mode",
        "power_ctrl_lpar_ids": "power_ctrl_lpar_ids", "work_group_id": "work_group_id",
        "affinity_group_id": "affinity_group_id",
    },
}  # fmt: skip
_ACTIVATED = ("curr_profile", "curr_lpar_proc_compat_mode", *PAIRS[ACTIVATION])
_COMPARED = frozenset(name for each in PAIRS.values() for name in each.values()) | set(adapters.PROFILED.values())


@dataclass(frozen=True, kw_only=True)
class Partition:
    """`rows`: its own lines of every list. `slots`: all physical ones of its managed system, by their index."""

    stands: Standing
    row: Row
    profiles: Mapping[str, Row]
    rows: Mapping[str, Sequence[Row]]
    slots: Mapping[str, Row]

    @property
    def runs(self) -> bool:
        """One that is off runs with nothing, whatever the lists keep of it."""
        return self.stands.state in _ON

    @property
    def written(self) -> Row | None:
        """The profile that it was activated with; None where the HMC lists no such: what comes isn't known."""
        return self.profiles.get(self.stands.profile or "")


Reader = Callable[[Partition], dict[str, Value]]


def attributes(row: Row, without: frozenset[str] = frozenset()) -> dict[str, Value]:
    """Each by the HMC's own name. Of `curr_` and `pend_` of one name the latter comes with the next start."""
    found: dict[str, Value] = {}
    for name, told in row.items():
        if name in without or (name.startswith("pend_") and f"curr_{name.removeprefix('pend_')}" in row):
            continue
        later = row.get(f"pend_{name.removeprefix('curr_')}") if name.startswith("curr_") else None
        keyed(found, name, _beside(told, later))
    return found


def _lpar(of: Partition) -> dict[str, Value]:
    return attributes(of.row, frozenset({"name", *_ACTIVATED}))


def _profile(of: Partition) -> dict[str, Value]:
    """Its default one, but for what is held against what runs; and which others it has."""
    row = of.profiles.get(of.stands.default or "")
    if row is None:
        raise Unreadable(f"the HMC lists no profile {of.stands.default or 'that is its default one'} of it")
    found = {name: Value(value(told)) for name, told in row.items() if name not in _COMPARED | _KNOWN_BY}
    keyed(found, "profiles", Value(", ".join(sorted(of.profiles))))
    return found


def _activation(of: Partition) -> dict[str, Value]:
    """How it was last activated, and how its profile has it."""
    row = {name: told for name, told in of.row.items() if name in _ACTIVATED}
    return _paired(row, PAIRS[ACTIVATION], of)


def _amounts(kind: str, of: Partition) -> dict[str, Value]:
    """Memory or processors that it runs with, and within which limits."""
    rows = of.rows.get(kind, ())
    if len(rows) != 1:
        raise Unreadable(f"{len(rows)} lines where there is one for each partition")
    row = {name: told for name, told in rows[0].items() if name not in _KNOWN_BY}
    if not row.keys() & PAIRS[kind].keys():
        raise Unreadable("it tells nothing of what the partition has")
    return _paired(row, PAIRS[kind], of)


def _paired(row: Row, pairs: Mapping[str, str], of: Partition) -> dict[str, Value]:
    written, found = of.written or {}, dict[str, Value]()
    for name, told in row.items():
        later = written.get(pairs[name]) if name in pairs else None
        keyed(found, name, _beside(told, later, of.stands.profile))
    return found


def _ethernet(of: Partition) -> dict[str, Value]:
    """Its virtual Ethernet adapters by slot; empty where it, or its profile, has none there."""
    running = adapters.by_slot(of.rows.get(ETHERNET, ()))
    written, named = (of.written or {}).get(adapters.PROFILED[ETHERNET]), of.stands.profile
    now = {slot: adapters.ethernet_text(row) for slot, row in running.items()}
    later = adapters.ethernet_profiled(written, running)
    return {
        f"slot {slot}": Value(now.get(slot, ""), boot=None if written is None else later.get(slot, ""), type=named)
        for slot in sorted(now.keys() | later.keys())
    }


def _physical(of: Partition) -> dict[str, Value]:
    """Its physical slots by their index: what is in each, and where."""
    written, named = (of.written or {}).get(adapters.PROFILED[SLOTS]), of.stands.profile
    later, found = adapters.slots_profiled(written), dict[str, Value]()
    for row in of.rows.get(SLOTS, ()):
        there = _slot(row)
        boot = None if written is None else there if row["drc_index"] in later else ""
        keyed(found, row["drc_index"], Value(there, boot=boot, type=named))
    for index in sorted(later.keys() - found.keys()):
        there = _slot(of.slots[index]) if index in of.slots else "a slot that isn't listed"
        keyed(found, index, Value("", boot=there, type=named))
    return found


def _slot(row: Row) -> str:
    return f"{row.get('description') or 'something'} in {row.get('drc_name') or 'a slot without a name'}"


def _beside(now: str, later: str | None, named: str | None = None) -> Value:
    return Value(value(now), boot=None if later is None else value(later), type=None if later is None else named)


def value(text: str) -> str:
    """As it is compared: whatever means that there is none is empty, a list in one order, a number in one form."""
    told = hmcout.given(text) or ""
    if _FRACTION.fullmatch(told):
        told = told.rstrip("0").rstrip(".")
    if "," in told and '"' not in told:
        told = ",".join(sorted(told.split(",")))
    return normal(told)


ALWAYS: Mapping[str, Reader] = {LPAR: _lpar, PROFILE: _profile}
RUNS: Mapping[str, Reader] = {  # of those alone that run
    ACTIVATION: _activation,
    MEMORY: partial(_amounts, MEMORY),
    PROCESSORS: partial(_amounts, PROCESSORS),
    ETHERNET: _ethernet,
    SLOTS: _physical,
}
