"""The attributes of a device, as `lsattr -El` prints them: name, value, description, whether a user may set it.

The value can be empty and can hold blanks, so it is told by the column in which it stands on every line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import ClassVar

from pydantic import Field

from handlers.hmcout import Unreadable
from handlers.names import DeviceName
from handlers.place import Place
from handlers.reading import AixRead
from handlers.table import Column, Row
from policies.words import Frozen

# `True+`: AIX 7.2 and later also change it while the device is in use.
_LINE = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]{0,63})(?P<rest> .*) (?P<settable>True\+?|False)", re.ASCII)


class Attribute(Frozen):
    name: str
    value: str
    description: str
    settable: bool
    in_use: bool = False  # also while the device is in use


def attributes(text: str) -> tuple[Attribute, ...]:
    """In order of name, or Unreadable; a device without any has none."""
    lines = [_line(line) for line in text.splitlines()]
    if not lines:
        return ()
    at = max(len(each["name"]) for each in lines) + 1
    bodies = [f"{each['name']}{each['rest']}".rstrip() for each in lines]
    if any(not set(body[len(each["name"]) : at]) <= {" "} for body, each in zip(bodies, lines, strict=True)):
        raise Unreadable("its names don't stand in a column")
    second = _description_at(bodies, at)
    return tuple(
        Attribute(
            name=each["name"],
            value=body[at:second].strip(),
            description=body[second:].strip(),
            settable=each["settable"] != "False",
            in_use=each["settable"] == "True+",
        )
        for each, body in zip(lines, bodies, strict=True)
    )


def value(text: str, name: str) -> str:
    """Of the attribute of that name, or Unreadable where the device hasn't it."""
    found = next((each for each in attributes(text) if each.name == name), None)
    if found is None:
        raise Unreadable(f"the device has no attribute called {name}")
    return found.value


def _line(line: str) -> re.Match[str]:
    found = _LINE.fullmatch(line.rstrip())
    if found is None:
        raise Unreadable(f"it has a line that is no attribute: {line[:120]!r}")
    return found


def _description_at(bodies: Sequence[str], at: int) -> int:
    """The first column behind the values' own in which every line begins a word."""
    shortest = min(map(len, bodies))
    found = next(
        (n for n in range(at + 1, shortest) if all(body[n - 1] == " " and body[n] != " " for body in bodies)), None
    )
    if found is None:
        raise Unreadable("its descriptions don't stand in a column")
    return found


class Attributes(AixRead):
    """Show the attributes of a device, such as en0, hdisk1 or sys0."""

    verb: ClassVar[str] = "attributes"
    example: ClassVar[str] = "attributes web01 en0"
    recorded: ClassVar[str] = "aix-lsattr"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="attribute"),
        Column(name="value"),
        Column(name="description"),
        Column(name="settable"),
    )

    device: DeviceName = Field(description="the device", json_schema_extra={"place": 1})

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsattr", "-El", self.device)

    def parse(self, text: str) -> Iterable[Row]:
        return [
            (each.name, each.value or None, each.description or None, "yes" if each.settable else "no")
            for each in attributes(text)
        ]
