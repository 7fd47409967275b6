"""The fleet as an HMC's inventory has it: for a while, partitions can be missing there that exist."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet.model import Fleet


def seen(fleet: Fleet, hmc: str) -> Fleet:
    unseen = fleet.hmcs[hmc].unseen
    if not unseen:
        return fleet
    systems = dict(fleet.systems)
    for name in {system for system, _ in unseen} & set(systems):
        frame = systems[name]
        left = tuple(each for each in frame.partitions if (name, each.name) not in unseen)
        systems[name] = replace(frame, partitions=left)
    return replace(fleet, systems=systems)
