"""One attribute of a VIOS's device: what it is set to, whether people may set it, and what it may be."""

from __future__ import annotations

import re

from handlers.heard import Reads, Unread, heard, understood
from handlers.hmcout import Unreadable
from handlers.padmin.printed import alone
from handlers.place import Place
from handlers.within import on_vios
from policies.words import Frozen

LONGEST = 1024  # characters of a line
_HEADING = re.compile(r"attribute\s+value\s+description\s+user_settable\s*")
_ROW = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]{0,63})\s.*\s(?P<settable>True|False)(?P<live>\+?)\s*")
_BOUNDS = re.compile(r"(?P<least>-?(?:0x)?[0-9a-fA-F]+)\.\.\.(?P<most>(?:0x)?[0-9a-fA-F]+)(?: \(\+(?P<step>\w+)\))?")
_CHOICE = re.compile(r"[!#-&(-~]{1,200}", re.ASCII)  # whatever can be printed, but for quotes
_NO_RANGE = "0514-521"  # the code of the AIX below: the attribute's values are nowhere listed


class Attribute(Frozen):
    """`settable`: by people; `live`: while the device is in use, where its level tells (`True+`)."""

    name: str
    settable: bool
    live: bool


class Limits(Frozen):
    """What an attribute may be: one of `choices`, or a number from `least` to `most`; neither: any text will do."""

    choices: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    step: int = 1

    def take(self, value: str) -> bool:
        if self.least is not None and self.most is not None:
            number = _number(value)
            return number is not None and self.least <= number <= self.most and (number - self.least) % self.step == 0
        return value in self.choices if self.choices else True

    def __str__(self) -> str:
        if self.least is not None:
            return f"{self.least} to {self.most}" + (f" in steps of {self.step}" if self.step != 1 else "")
        return ", ".join(self.choices) or "no list of its values is kept"


def value(text: str) -> str:
    """The one value of `lsdev -dev D -attr A`, which may be empty; or Unreadable."""
    return alone("value", text)


def listed(text: str) -> tuple[Attribute, ...]:
    """Of `lsdev -dev D -attr`, or Unreadable. Values and descriptions may hold blanks, so that neither is read here."""
    first, *lines = text.splitlines() or [""]
    if not _HEADING.fullmatch(first):
        raise Unreadable(f"it isn't a list of attributes: {first[:120]!r}")
    return tuple(map(_row, filter(str.strip, lines)))


def limits(text: str) -> Limits:
    """Of `lsdev -dev D -range A`: a line for each value, or the bounds of a number; or Unreadable."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    bounds = _BOUNDS.fullmatch(lines[0]) if len(lines) == 1 else None
    if bounds is not None:
        least, most, step = (_number(bounds[part] or "1") for part in ("least", "most", "step"))
        if least is None or most is None or not step:
            raise Unreadable(f"bounds that are no numbers: {lines[0][:120]!r}")
        return Limits(least=least, most=most, step=step)
    if not lines or not all(map(_CHOICE.fullmatch, lines)):
        raise Unreadable(f"it isn't a range: {text.strip()[:120]!r}")
    return Limits(choices=tuple(lines))


def range_of(place: Place, device: str, attribute: str) -> Reads[Limits]:
    """What it may be, or Unread. That no list of its values is kept is an answer too."""
    result = heard((yield on_vios(place, ("lsdev", "-dev", device, "-range", attribute))))
    if result.exit_status and not result.unsent and _NO_RANGE in result.text:
        return Limits()
    return understood(result, f"the range of {attribute}", limits)


def one_of(found: tuple[Attribute, ...], device: str, name: str) -> Attribute:
    """The one of that name, or Unread."""
    attribute = next((each for each in found if each.name == name), None)
    if attribute is None:
        known = ", ".join(each.name for each in found[:20])
        raise Unread(f"{device} has no attribute {name}; it has {known or 'none'}")
    return attribute


def _row(line: str) -> Attribute:
    found = _ROW.fullmatch(line) if len(line) <= LONGEST else None
    if found is None:
        raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
    return Attribute(name=found["name"], settable=found["settable"] == "True", live=bool(found["live"]))


def _number(text: str) -> int | None:
    try:
        return int(text, 0)
    except ValueError:
        return None
