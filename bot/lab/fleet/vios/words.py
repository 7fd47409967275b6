"""The words of a VIOS command: options that begin with a dash, each with none, one or more values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.lab.fleet.aix.words import Refused as Refused
from bot.lab.fleet.aix.words import columns as columns
from bot.lab.fleet.shell import Call

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,14}")
_SIZE = re.compile(r"(\d{1,9})([MmGg])")
BUSY = "0514-062 Cannot perform the requested function because the\n\tspecified device is busy."


def method_error(text: str, status: int = 1) -> Refused:
    """A complaint of the AIX below, under the heading that the VIOS puts over it."""
    heading = "Some error messages may contain invalid information\nfor the Virtual I/O Server environment.\n\n"
    return Refused(f"{heading}{text}\n", status)


def no_device(name: str) -> Refused:
    return method_error(
        "lsattr: 0514-519 The following device was not found in the customized\n"
        f"\tdevice configuration database:\n\t{name}"
    )


def no_attribute(name: str) -> Refused:
    return method_error(
        f'lsattr: 0514-528 The "{name}" attribute does not exist in the predefined\n\tdevice configuration database.'
    )


def device_name(name: str, taken: Sequence[str]) -> str:
    """A name for a new device. The wordings are unverified."""
    if not _NAME.fullmatch(name):
        raise Refused(f'The name "{name}" is not valid for a device.\n', 1)
    if name in taken:
        raise Refused(f'The name "{name}" is already in use.\n', 1)
    return name


def megabytes(text: str) -> int | None:
    """A size such as 20G or 512m; None where it is none, or nothing."""
    found = _SIZE.fullmatch(text)
    if found is None or not int(found[1]):
        return None
    return int(found[1]) * (1024 if found[2] in "Gg" else 1)


Options = Mapping[str, tuple[str, ...]]


def options(argv: Sequence[str], known: Mapping[str, tuple[int, int]], usage: str) -> Options:
    """The values of each option. `known` says how few and how many it takes; anything else is met with the usage."""
    found, rest = sorted_out(argv, known, usage)
    if rest:
        raise Refused(usage, 2)
    return found


def sorted_out(
    argv: Sequence[str], known: Mapping[str, tuple[int, int]], usage: str
) -> tuple[Options, tuple[str, ...]]:
    """The same, and the words that belong to no option, wherever they stand."""
    found: dict[str, tuple[str, ...]] = {}
    rest: list[str] = []
    flag = ""
    for word in argv[1:]:
        full = not flag or len(found[flag]) >= known[flag][1]
        if word.startswith("-") and (full or word in known):
            flag = word
            if flag not in known or flag in found:
                raise Refused(usage, 2)
            found[flag] = ()
        elif full:
            rest.append(word)
        else:
            found[flag] = (*found[flag], word)
    if any(not known[each][0] <= len(values) for each, values in found.items()):
        raise Refused(usage, 2)
    return found, tuple(rest)


async def confirmed(call: Call, question: str) -> bool:
    """Asks, and reads the answer where one is piped in; over viosvrcmd none is, and that is a no."""
    await call.out(question)
    return call.given.strip().lower() in {"y", "yes"}
