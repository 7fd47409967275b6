"""What an HMC has besides its users and its frames: its level's fixes, other connections, keys and files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Connection:
    """To something that isn't one of its managed systems: an address where nobody answers, or a power frame."""

    resource_type: str = "sys"
    mtms: str = "unavailable"
    sp: str = "unavailable"  # of a power frame: the side
    sp_location: str | None = "unavailable"
    ipaddr: str
    alt_ipaddr: str | None = "unavailable"
    state: str = "No Connection"
    error: str | None = "Connecting 0000-0000-00000000"


@dataclass(frozen=True, kw_only=True, slots=True)
class Console:
    """`keys` are the lines of the users' authorized_keys2, each with its user; `plans` are system plans."""

    build: str = "2408210051"
    fixes: tuple[str, ...] = ()
    connections: tuple[Connection, ...] = ()
    keys: frozenset[tuple[str, str]] = frozenset()
    plans: tuple[str, ...] = ()
    ipaddr: str = "10.0.0.10"
