"""The tunables of an AIX: what each of the four commands knows, and what it comes to on a host."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from bot.lab.fleet.partition import Partition

COMMANDS = ("no", "vmo", "schedo", "ioo")
_FRAMES = 256  # of 4 KB, in a MB
_PAGING_SPACE = 131072  # blocks of 4 KB


@dataclass(frozen=True, kw_only=True, slots=True)
class Tunable:
    """`type`: Dynamic, Static, Reboot, Bosboot, Mount, Incremental, Connect. A default that begins with `=` is worked
    out from the host's memory."""

    command: str
    name: str
    default: str
    least: str
    most: str
    unit: str
    type: str
    restricted: bool
    depends: str

    @property
    def is_derived(self) -> bool:
        return self.default.startswith("=")

    @property
    def is_number(self) -> bool:
        return self.least.lstrip("-").isdigit()


@dataclass(frozen=True, kw_only=True, slots=True)
class Value:
    current: str
    default: str
    reboot: str


@cache
def catalogue() -> Mapping[str, Mapping[str, Tunable]]:
    """By command and name, in the commands' own order; restricted ones come last."""
    text = resources.files(__package__).joinpath("tunables.csv").read_text(encoding="utf-8")
    found: dict[str, dict[str, Tunable]] = {command: {} for command in COMMANDS}
    for row in csv.DictReader(text.splitlines()):
        restricted = bool(row.pop("restricted"))
        found[row["command"]][row["name"]] = Tunable(restricted=restricted, **row)
    return found


def value(host: Partition, tunable: Tunable, now: float) -> Value:
    if tunable.is_derived:
        worked_out = str(_derived(host, tunable.name, now))
        if tunable.type == "S":
            return Value(current=worked_out, default="", reboot=worked_out)
        default = worked_out
    else:
        default = tunable.default
    setting = host.aix.setting(tunable.command, tunable.name)
    if setting is None:
        return Value(current=default, default=default, reboot=default)
    return Value(current=setting.current, default=default, reboot=setting.reboot)


def _derived(host: Partition, name: str, now: float) -> int:
    frames = host.mem * _FRAMES
    if name == "maxpin":
        return frames * int(value(host, catalogue()["vmo"]["maxpin%"], now).current) // 100
    return {
        "memory_frames": frames,
        "maxperm": frames * 87 // 100,
        "minperm": frames * 29 // 1000,
        "pinnable_frames": frames * 74 // 100 - int(now / 60) % 997,  # it is what is left of what moves all the time
        "numpsblks": _PAGING_SPACE,
        "npswarn": _PAGING_SPACE // 32,
        "npskill": _PAGING_SPACE // 128,
        "thewall": host.mem * 512,
    }[name]
