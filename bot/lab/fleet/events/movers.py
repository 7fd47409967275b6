"""Mover service partitions under way: a migration breaks when the last one of either side is gone."""

from __future__ import annotations

from bot.lab.fleet.events.changing import change, notices, touched
from bot.lab.fleet.events.migrations import MigrationBroke
from bot.lab.fleet.model import Fleet, Migration


@notices
def _(fleet: Fleet, before: Fleet) -> Fleet:
    if not fleet.migrations or not touched(fleet, before):
        return fleet
    for migration in fleet.migrations.values():
        if migration.broke_at is None and _is_left_alone(fleet, migration):
            broke = MigrationBroke(source=migration.source, partition=migration.partition, at=fleet.now)
            fleet = change(broke, fleet)
    return fleet


def _is_left_alone(fleet: Fleet, migration: Migration) -> bool:
    """One side has lost all that it had. One without any, such as a partition's that isn't running, needs none."""
    for side in (migration.source, migration.destination):
        mine = [name for system, name in migration.movers if system == side]
        if mine and not any(_is_up(fleet, side, name) for name in mine):
            return True
    return False


def _is_up(fleet: Fleet, system: str, name: str) -> bool:
    found = fleet.systems[system].partition(name)
    return found is not None and found.is_up
