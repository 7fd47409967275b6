"""What the changes of a SEA's ha_mode share."""

from __future__ import annotations

from handlers.command import Command
from handlers.operation import Offer
from handlers.sea.changing import Changing, offered, sent
from handlers.sea.standing import End, Standing

KEPT = "It holds now and after a restart of the VIOS."
CANT_STOP = "it can't be called back once it is sent"
LEADING = {"Auto": "auto", "Sharing": "sharing"}  # the modes in which a SEA takes over, and how they are set


def set_mode(of: Changing, found: Standing, end: End, mode: str) -> Command:
    return sent(type(of), found.frame, end.vios, "chdev", "-dev", end.at.name, "-attr", f"ha_mode={mode}")


def no_mate(found: Standing) -> list[str]:
    """Why it isn't one of two that are both seen."""
    if found.unread:
        return list(found.unread)
    if not found.mates:
        return [f"{found.own} has no mate: no other VIOS has a SEA on its networks"]
    if found.mate is None:
        return [f"{found.own} has more than one mate: {', '.join(map(str, found.mates))}"]
    return []


def ranked(found: Standing) -> tuple[End, ...]:
    """The one that leads, then its mate, if it has one."""
    return tuple(sorted(found.ends, key=lambda end: not end.leads))


def on(end: End, label: str, verb: str, system: str, *more: str) -> Offer:
    """That operation on that SEA."""
    return offered(label, verb, end.vios.name, end.at.name, system, *more)
