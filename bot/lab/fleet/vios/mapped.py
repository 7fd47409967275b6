"""What `lsmap` lists: a kind of server adapter, and each of them with the two ways to print it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.lab.fleet.vios.login import Login


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """`line` takes fields and a delimiter, `block` the fields; `only` leaves targets of those kinds, or is None."""

    name: str
    line: Callable[[Sequence[str], str], str]
    block: Callable[[Sequence[str]], str]
    only: Callable[[frozenset[str]], Mapped | None] = lambda kinds: None


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`none` is the exit status where there is no such adapter; `between` stands between two blocks."""

    fields: tuple[str, ...]
    what: str
    none: int
    between: str
    mapped: Callable[[Login], list[Mapped]]
