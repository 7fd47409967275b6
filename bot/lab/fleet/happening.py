"""What can happen, and when it is bound to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that can happen to the fleet; its kinds are in bot/lab/fleet/events."""


@dataclass(frozen=True, kw_only=True)
class OfPartition(Event):
    """What happens to one partition, wherever a migration takes it in the meantime."""

    system: str
    partition: str


@dataclass(frozen=True, kw_only=True)
class Due:
    at: float
    event: Event
