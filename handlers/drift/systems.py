"""Every source of managed systems, declared: what of their lists never matters, how much the rest does, and why.

What these lists come to is worked out in `managed`, for one list tells of many partitions and one setting comes of two.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from handlers.drift import explanations, managed, partition, ways
from handlers.drift.source import Inverse, Kind, Noise, Source, Weight, no_way
from handlers.drift.value import Reading
from handlers.hmcout import Unreadable
from policies.alerts import Severity

_STATE = "it is how the partition stands now, not how it is set"
_RMC = "it is whether its operating system answers now, not how it is set"
_CLOCK = "it is a clock"
_UNDERWAY = "it is where the running value is on its way to, and is there within minutes"

_SYSTEM_NOISE = (
    Noise("state", "it is how the system stands now, not how it is set"),
    Noise("sys_time", _CLOCK),
    Noise("ipaddr*", "the HMC gives its service processors their addresses"),
    Noise("op_panel_value", "it is what its operator panel shows now"),
    Noise("*uptime*", _CLOCK),
    Noise("*refcode*", "reference codes come and go with every start"),
    Noise("curr_sys_keylock", "it is a key that somebody turns at the machine"),
    Noise("meter_sample_*", "it is when it was last measured"),
)
_LPAR_NOISE = (
    *(Noise(name, _STATE) for name in ("state", "resource_config", "lpar_keylock", "remote_restart_status")),
    *(Noise(name, _RMC) for name in ("rmc_*", "dlpar_*_capable", "lpar_comm_ipaddr")),
    Noise("os_version", "it isn't told while the partition is off; a host's own level is watched on the host"),
    Noise("*uptime*", _CLOCK),
    Noise("*refcode*", "reference codes come and go with every start"),
    Noise("*_timestamp", _CLOCK),
    Noise("migr_storage_*", "it is how far the HMC's own notes on its storage are"),
    Noise("suspend_capable", "firmware and VIOS reckon it from what the partition has just now"),
    Noise("logical_serial_num", "it is reckoned from the system's serial number and the partition's id"),
    Noise("last_activated_profile", "it is told as curr_profile while the partition runs"),
)
_RESOURCE_NOISE = (
    *(Noise(f"{how}_*", _UNDERWAY) for how in ("pend", "run")),
    Noise("*mem_region*", "the firmware places memory by itself"),
)
_PROFILE_NOISE = (
    Noise("name", "it is the partition's default_profile, which is watched as such"),
    Noise("auto_start", "it is the partition's own auto_start, which is watched as such"),
)


# Told by attributes whose names the levels of HMC and firmware decide; of the others each key is a thing.
_BY_LEVEL = frozenset(
    {
        managed.SYSTEM, managed.FIRMWARE, managed.CONSOLE, partition.LPAR, partition.ACTIVATION, partition.PROFILE,
        partition.MEMORY, partition.PROCESSORS,
    }
)  # fmt: skip


def _comes_of_lists(text: str) -> Reading:
    raise Unreadable("it comes of the lists of a whole managed system, and of none alone")


def _source(
    name: str,
    title: str,
    *,
    weight: Severity = Severity.WARNING,
    weights: Mapping[str, Severity] | None = None,
    noise: tuple[Noise, ...] = (),
    back: Inverse = no_way,
    explained: Mapping[str, str] | None = None,
) -> Source:
    return Source(
        name=name,
        title=title,
        kinds=frozenset({Kind.SYSTEM}),
        argv=partial(_words, name),
        parse=_comes_of_lists,
        noise=noise,
        weights=tuple(Weight(pattern, severity) for pattern, severity in (weights or {}).items()),
        weight=weight,
        back=back,
        explained=explained or {},
        of_each=managed.is_of_each(name),
        is_by_level=name in _BY_LEVEL,
        next_start="the next activation" if managed.is_of_each(name) else "the next start",
        deadline=managed.DEADLINE,
    )


def _words(name: str, about: str) -> tuple[str, ...]:
    """Of the list by which it is known, for a system without a name."""
    return managed.argv(managed.lists_of(f"{name}:{about}" if about else name)[-1], "")


ALL: tuple[Source, ...] = (
    _source(
        managed.SYSTEM, "attributes of a managed system", noise=_SYSTEM_NOISE, explained=explanations.SYSTEM,
        weights={"*mobility_capable": Severity.SERIOUS, "power_off_policy": Severity.SERIOUS},
    ),
    _source(managed.FIRMWARE, "firmware of a managed system", weight=Severity.SERIOUS, explained=explanations.FIRMWARE),
    _source(managed.CONSOLE, "level of an HMC", weight=Severity.SERIOUS),
    _source(managed.PARTITIONS, "partitions of a managed system", weight=Severity.SERIOUS),
    _source(
        partition.LPAR, "attributes of a partition", noise=_LPAR_NOISE, back=ways.attribute,
        explained=explanations.LPAR,
        weights={
            "auto_start": Severity.SERIOUS, "msp": Severity.SERIOUS, "migration_disabled": Severity.SERIOUS,
            "lpar_id": Severity.SERIOUS, "allow_perf_collection": Severity.NOTE,
        },
    ),
    _source(
        partition.ACTIVATION, "how a partition was activated", back=ways.profile, explained=explanations.LPAR,
        weights={"curr_profile": Severity.SERIOUS},
    ),
    _source(partition.PROFILE, "default profile of a partition", noise=_PROFILE_NOISE, weights={
        "profiles": Severity.NOTE,
    }),
    _source(
        partition.MEMORY, "memory of a partition", noise=_RESOURCE_NOISE, back=ways.memory,
        explained=explanations.MEMORY,
    ),
    _source(
        partition.PROCESSORS, "processors of a partition", noise=_RESOURCE_NOISE, back=ways.processors,
        explained=explanations.PROCESSORS,
    ),
    _source(
        partition.ETHERNET, "virtual Ethernet adapters of a partition", back=ways.adapter, weight=Severity.SERIOUS
    ),
    _source(partition.SCSI, "virtual SCSI adapters of a partition", back=ways.adapter, weight=Severity.SERIOUS),
    _source(partition.FC, "virtual Fibre Channel adapters of a partition", back=ways.adapter, weight=Severity.SERIOUS),
    _source(partition.SLOTS, "physical slots of a partition", back=ways.slot, weight=Severity.SERIOUS),
)  # fmt: skip
