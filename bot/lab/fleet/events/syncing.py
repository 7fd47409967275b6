"""Profiles that follow what runs: a partition that keeps its profile has every change in it at once."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet.events.changing import notices, touched, with_system
from bot.lab.fleet.model import Fleet, Partition


@notices
def _(fleet: Fleet, before: Fleet) -> Fleet:
    for system, old in touched(fleet, before):
        kept = {each.name: each for each in old.partitions}
        changed = [each for each in system.partitions if each.config.keeps_profile and kept.get(each.name) is not each]
        for partition in changed:
            system = system.with_partition(_kept(partition))
        if changed:
            fleet = with_system(fleet, system)
    return fleet


def _kept(partition: Partition) -> Partition:
    before = partition.profile_named(partition.profile)
    if before is None or not partition.is_on:
        return partition
    runs = replace(
        partition.as_profile(partition.profile), limits=partition.limits, auto_start=before.auto_start,
        boot_mode=before.boot_mode, settings=before.settings,
    )  # fmt: skip
    others = tuple(each for each in partition.profiles if each.name != runs.name)
    return replace(partition, profiles=(*others, runs))
