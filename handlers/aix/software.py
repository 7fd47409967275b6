"""What is installed on a host: its level, and the file sets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import AixRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen

_LEVEL = re.compile(
    r"\d{4}-\d{2}-\d{2}-\d{4}", re.ASCII
)  # version and release, technology level, service pack, its week
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,159}", re.ASCII)
STATES = {
    "A": "applied",
    "B": "broken",
    "C": "committed",
    "E": "locked by an interim fix",
    "O": "obsolete",
    "?": "inconsistent",
}
TYPES = {"F": "fileset", "P": "product", "C": "component", "T": "feature", "R": "RPM", "E": "interim fix", "": ""}
_FIELDS = 16  # at least: later levels add more at the end


class FileSet(Frozen):
    name: str
    level: str
    state: str  # a letter, as in STATES
    type: str  # a letter, as in TYPES
    description: str


def level(text: str) -> str:
    """Of `oslevel -s`, such as 7300-02-01-2346, or Unreadable."""
    words = text.split()
    if len(words) != 1 or not _LEVEL.fullmatch(words[0]):
        raise Unreadable(f"not a level: {text.strip()[:120]!r}")
    return words[0]


def file_sets(text: str) -> tuple[FileSet, ...]:
    """Of `lslpp -Lc`, or Unreadable. A heading that begins with # may come first."""
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and lines[0].startswith("#") and lines[0].count(":") >= _FIELDS - 1:
        lines = lines[1:]
    if not lines:
        raise Unreadable("no file set is listed")
    return tuple(map(_file_set, lines))


def _file_set(line: str) -> FileSet:
    fields = [field.strip() for field in line.split(":")]
    if (
        len(fields) < _FIELDS
        or not (_NAME.fullmatch(fields[0]) and _NAME.fullmatch(fields[1]))
        or fields[5] not in STATES
        or fields[6] not in TYPES
    ):
        raise Unreadable(f"it has a line that is no file set: {line[:120]!r}")
    return FileSet(name=fields[1], level=fields[2], state=fields[5], type=fields[6], description=fields[7])


class Level(AixRead):
    """Show the level of AIX on a host, or on several: `*` is all of them."""

    verb: ClassVar[str] = "level"
    example: ClassVar[str] = "level web*"
    recorded: ClassVar[str] = "aix-oslevel"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="level"),)

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("oslevel", "-s")

    def parse(self, text: str) -> Iterable[Row]:
        return [(level(text),)]


class FileSets(AixRead):
    """List the file sets on a host: level, state, type and what each is."""

    verb: ClassVar[str] = "filesets"
    example: ClassVar[str] = "filesets web01 filter=fileset~openssh"
    recorded: ClassVar[str] = "aix-lslpp"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="fileset"),
        Column(name="level"),
        Column(name="state", kind=Kind.STATE),
        Column(name="type"),
        Column(name="description"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lslpp", "-Lc")

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (each.name, each.level, STATES[each.state], TYPES[each.type] or None, each.description or None)
            for each in file_sets(text)
        ]
