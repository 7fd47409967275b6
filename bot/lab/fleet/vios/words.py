"""The words of a VIOS command: options that begin with a dash, each with none, one or more values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.lab.fleet.aix.words import Refused as Refused
from bot.lab.fleet.aix.words import columns as columns


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


Options = Mapping[str, tuple[str, ...]]


def options(argv: Sequence[str], known: Mapping[str, tuple[int, int]], usage: str) -> Options:
    """The values of each option. `known` says how few and how many it takes; anything else is met with the usage."""
    found: dict[str, tuple[str, ...]] = {}
    flag = ""
    for word in argv[1:]:
        if word.startswith("-") and (not flag or word in known or len(found[flag]) >= known[flag][1]):
            flag = word
            if flag not in known or flag in found:
                raise Refused(usage, 2)
            found[flag] = ()
        elif not flag:
            raise Refused(usage, 2)
        else:
            found[flag] = (*found[flag], word)
    for flag, values in found.items():
        least, most = known[flag]
        if not least <= len(values) <= most:
            raise Refused(usage, 2)
    return found
