"""Fleets with something of a frame, a partition or an HMC made other than it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.lab.fleet.hardware import Hardware
from bot.lab.fleet.model import Fleet


def with_hardware(fleet: Fleet, system: str, hardware: Hardware) -> Fleet:
    return with_frame(fleet, system, hardware=hardware)


def with_frame(fleet: Fleet, system: str, /, **changes: Any) -> Fleet:
    return replace(fleet, systems={**fleet.systems, system: replace(fleet.systems[system], **changes)})


def with_lpar(fleet: Fleet, system: str, name: str, /, **changes: Any) -> Fleet:
    frame = fleet.systems[system]
    partition = frame.partition(name)
    assert partition is not None
    changed = replace(partition, **changes)
    return with_frame(
        fleet, system, partitions=tuple(changed if each is partition else each for each in frame.partitions)
    )


def with_hmc(fleet: Fleet, name: str, /, **changes: Any) -> Fleet:
    return replace(fleet, hmcs={**fleet.hmcs, name: replace(fleet.hmcs[name], **changes)})
