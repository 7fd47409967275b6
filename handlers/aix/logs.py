"""The logs of a host: its error log, and what configured its devices when."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers import errlog
from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import AixRead
from handlers.table import Column, Row

# `CS` a program starts, `C0` to `C4` what cfgmgr says, `M0` to `M4` what a method says; the rest differs by level, and
# no capture of it was found.
_ENTRY = re.compile(r"(?P<kind>[A-Z][A-Z0-9]) +(?P<text>\S.*)", re.ASCII)


def config_log(text: str) -> tuple[tuple[str, str], ...]:
    """Kind and text of each entry of `alog -t cfg -o`, or Unreadable; a line that is indented goes on with the one
    before. A log in which nothing stands yet prints nothing."""
    found: list[tuple[str, str]] = []
    for line in filter(str.strip, text.splitlines()):
        entry = _ENTRY.fullmatch(line.rstrip())
        if entry is not None:
            found.append((entry["kind"], entry["text"]))
        elif found and line[0].isspace():
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        else:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
    return tuple(found)


class Errors(AixRead):
    """Show the error log of a host, newest first. It can wrap or be off: that nothing stands in it is no health."""

    verb: ClassVar[str] = "errors"
    example: ClassVar[str] = "errors web01 filter=type=P"
    recorded: ClassVar[str] = "aix-errpt"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="time"),  # by the host's own clock
        Column(name="identifier"),
        Column(name="type"),
        Column(name="class"),
        Column(name="resource"),
        Column(name="description"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("errpt",)

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (f"{each.stamp:%Y-%m-%d %H:%M}", each.identifier, each.type, each.klass, each.resource, each.description)
            for each in errlog.entries(text)
        ]


class ConfigLog(AixRead):
    """Show what configured the devices of a host, oldest first."""

    verb: ClassVar[str] = "config-log"
    example: ClassVar[str] = "config-log web01"
    recorded: ClassVar[str] = "aix-alog-cfg"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="kind"), Column(name="entry"))

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("alog", "-t", "cfg", "-o")

    def parse(self, text: str) -> Iterable[Row]:
        return config_log(text)
