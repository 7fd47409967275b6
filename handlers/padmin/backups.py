"""What is kept on a VIOS of its own configuration: structures of volume groups, and backups of `viosbr`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers.padmin.printed import lines, matched
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row


class SavedStructures(ViosRead):
    """List the volume groups of a VIOS whose structure is saved, and when that was."""

    verb: ClassVar[str] = "saved-structures"
    example: ClassVar[str] = "saved-structures p72vio1"
    recorded: ClassVar[str] = "restorevgstruct"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="group"),
        Column(name="saved"),
        Column(name="size", kind=Kind.SIZE, unit="B"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("restorevgstruct", "-ls")

    def parse(self, text: str) -> Iterable[Row]:
        """Nothing is printed where none is saved."""
        found = [matched(_FILE, line) for line in lines(text) if not _TOTAL.fullmatch(line)]
        return [(each["group"], each["saved"], int(each["size"])) for each in found]


_TOTAL = re.compile(r"total \d{1,12}", re.ASCII)
_FILE = re.compile(
    r"-[rwx-]{9}[+.]? +\d{1,4} +\S{1,32} +\S{1,32} +(?P<size>\d{1,15}) +"
    r"(?P<saved>[A-Z][a-z]{2} [ \d]?\d +(?:\d\d:\d\d|\d{4})) +(?P<group>[\w.-]{1,64})\.data",
    re.ASCII,
)


class Backups(ViosRead):
    """List the backups of its virtual devices that a VIOS keeps."""

    verb: ClassVar[str] = "backups"
    example: ClassVar[str] = "backups *"
    recorded: ClassVar[str] = "viosbr-list"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="file"),)

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("viosbr", "-view", "-list")

    def parse(self, text: str) -> Iterable[Row]:
        """Nothing is printed where there is none."""
        return [(matched(_BACKUP, line)[0],) for line in lines(text)]


_BACKUP = re.compile(r"[\w.-]{1,200}\.tar\.gz", re.ASCII)

OPERATIONS: tuple[type[ViosRead], ...] = (SavedStructures, Backups)
