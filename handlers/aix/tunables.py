"""Tunables, as `no`, `vmo`, `schedo` and `ioo` list them for programs with `-F -x`.

Nine columns: name, current, default, at the next boot, least, most, unit, type, what it depends on; the last may be
missing. Restricted ones follow a line of their own. A value may be a list in braces, which may hold commas, a number in
quotes, `n/a`, or empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import AixRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen

Tuner: TypeAlias = Literal["no", "vmo", "schedo", "ioo"]
RESTRICTED = "##Restricted tunables"

NOW_AND_ON = frozenset("DC")  # dynamic; for connections that are made from then on
UPWARDS, MOUNTS, AT_BOOT, AT_BOSBOOT, NEVER = "I", "M", "R", "B", "S"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*%?", re.ASCII)
_CELL = re.compile(r'(?:\{[^{}\n]*\}|"[^"\n]*"|[^,{}"\n]*)')
_NUMBER = re.compile(r'"?(-?\d{1,20})"?', re.ASCII)
_TYPES = frozenset("DCIMRBSd")  # `d`: deprecated


class Tunable(Frozen):
    """Values as they are printed; `reboot`: what the next boot gives it."""

    name: str
    current: str
    default: str
    reboot: str
    least: str
    most: str
    unit: str
    type: str
    depends: tuple[str, ...] = ()
    restricted: bool = False

    @property
    def state(self) -> str:
        if self.current != self.reboot:
            return "until reboot"
        return "default" if self.current == self.default or not self.default else "set"


def tunables(text: str) -> tuple[Tunable, ...]:
    """In the command's own order, or Unreadable."""
    restricted, found = False, list[Tunable]()
    for line in filter(None, map(str.rstrip, text.splitlines())):
        if line == RESTRICTED and not restricted:
            restricted = True
        else:
            found.append(_tunable(line, restricted))
    if not found:
        raise Unreadable("no tunable is listed")
    if len({each.name for each in found}) != len(found):
        raise Unreadable("a tunable is listed twice")
    return tuple(found)


def number(value: str) -> int | None:
    """The whole number that a value is, or None."""
    found = _NUMBER.fullmatch(value)
    return int(found[1]) if found else None


def _tunable(line: str, restricted: bool) -> Tunable:
    cells = _cells(line)
    if len(cells) not in (8, 9) or not _NAME.fullmatch(cells[0]) or cells[7] not in _TYPES:
        raise Unreadable(f"it has a line that is no tunable: {line[:120]!r}")
    keys = ("name", "current", "default", "reboot", "least", "most", "unit", "type")
    depends = tuple(cells[8].split()) if len(cells) == 9 else ()
    return Tunable(**dict(zip(keys, cells, strict=False)), depends=depends, restricted=restricted)


def _cells(line: str) -> list[str]:
    """By commas, but not those within braces."""
    cells, at = list[str](), 0
    while True:
        found = _CELL.match(line, at)
        end = found.end() if found is not None else at
        if end < len(line) and line[end] != ",":
            raise Unreadable(f"it has a line that is no tunable: {line[:120]!r}")
        cells.append(line[at:end].strip())
        if end == len(line):
            return cells
        at = end + 1


class Tunables(AixRead):
    """List the tunables of a host: what holds now, by default and after the next boot, and the range of each."""

    verb: ClassVar[str] = "tunables"
    example: ClassVar[str] = "tunables web01 of=vmo"
    recorded: ClassVar[str] = "aix-tunables"
    columns: ClassVar[tuple[Column, ...]] = (
        *(Column(name=name) for name in ("name", "current", "default", "reboot", "least", "most", "unit", "type")),
        Column(name="state", kind=Kind.STATE),
        Column(name="restricted"),
    )

    of: Tuner = Field(default="no", description="of the network, virtual memory, the scheduler, or input and output")

    def argv(self, place: Place) -> tuple[str, ...]:
        return (self.of, "-F", "-x")

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (
                each.name, each.current, each.default or None, each.reboot, each.least, each.most, each.unit or None,
                each.type, each.state, "yes" if each.restricted else "no",
            )
            for each in tunables(text)
        ]  # fmt: skip
