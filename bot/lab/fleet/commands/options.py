"""Command-line options as the HMC takes and refuses them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from bot.lab.fleet.answers import render
from bot.lab.fleet.messages import message
from bot.lab.fleet.world import Seat


class Refused(Exception):
    """What the HMC answers in place of doing it."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts

    def text(self, language: str = "en") -> str:
        if self.key == "no-keys":
            return render("hscl3653-ssh-keys", **self.facts)
        return message(self.key, language, **self.facts)


@dataclass(frozen=True)
class Spec:
    """`choices` limits the values of an option; `-F` alone may stand without its value.

    `since` tells the first version that knows an option, where that isn't every one.
    """

    valued: frozenset[str]
    bare: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    since: Mapping[str, int] = field(default_factory=dict)

    def knows(self, flag: str, version: int) -> bool:
        return flag in self.valued | self.bare and self.since.get(flag, 0) <= version


Options = dict[str, str]
_EVERY = 99


def of(seat: Seat, argv: Sequence[str], spec: Spec) -> Options:
    """The options of a command that runs on that HMC, or Refused with every flag at fault."""
    return parse(argv[1:], spec, seat.hmc.version)


def parse(words: Sequence[str], spec: Spec, version: int = _EVERY) -> Options:
    found: Options = {}
    wrong: list[str] = []
    rest = list(words)
    while rest:
        flag = rest.pop(0)
        if flag in found or not spec.knows(flag, version):
            wrong.append(flag)
        elif flag in spec.bare:
            found[flag] = ""
        elif rest and not (flag == "-F" and rest[0].startswith("-")):
            found[flag] = rest.pop(0)
        elif flag == "-F":
            found[flag] = ""
        else:
            wrong.append(flag)
    wrong += [flag for flag, allowed in spec.choices.items() if flag in found and found[flag] not in allowed]
    wrong += [flag for flag in spec.required if flag not in found and flag not in wrong]
    if wrong:
        raise Refused("invalid", flags=",".join(dict.fromkeys(wrong)))
    return found


def needed(options: Options, *flags: str) -> None:
    missing = [flag for flag in flags if flag not in options]
    if missing:
        raise Refused("invalid", flags=",".join(missing))


def unwanted(options: Options, *flags: str) -> None:
    """Those that don't go with the others."""
    there = [flag for flag in flags if flag in options]
    if there:
        raise Refused("invalid", flags=",".join(there))


_NUMBER = re.compile(r"[0-9]{1,9}")
_UNITS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


def number(options: Options, flag: str) -> int:
    return whole(options[flag], flag)


def whole(text: str, flag: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Refused("invalid", flags=flag)
    return int(text)


def units(text: str, flag: str) -> Decimal:
    """Processing units: hundredths at the finest."""
    if not _UNITS.fullmatch(text):
        raise Refused("invalid", flags=flag)
    return Decimal(text)
