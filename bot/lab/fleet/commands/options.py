"""Command-line options as the HMC takes and refuses them."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.lab.fleet.messages import message
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.world import Seat


class Refused(Exception):
    """What the HMC answers in place of doing it."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts

    def text(self, language: str = "en") -> str:
        return message(self.key, language, **self.facts)


@dataclass(frozen=True)
class Spec:
    """`choices` limits the values of an option; `-F` alone may stand without its value."""

    valued: frozenset[str]
    bare: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    choices: Mapping[str, frozenset[str]] = field(default_factory=dict)


Options = dict[str, str]


def parse(words: Sequence[str], spec: Spec) -> Options:
    """The options by flag, or Refused with every flag at fault."""
    found: Options = {}
    wrong: list[str] = []
    rest = list(words)
    while rest:
        flag = rest.pop(0)
        if flag in found or flag not in spec.valued | spec.bare:
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


def number(options: Options, flag: str) -> int:
    text = options[flag]
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Refused("invalid", flags=flag)
    return int(text)


def filters(text: str) -> dict[str, list[str]]:
    """`"lpar_names=a,b","lpar_ids=1"`, with or without its inner quotes, as names with their values."""
    found: dict[str, list[str]] = {}
    values: list[str] | None = None
    for piece in next(csv.reader([text]), []):
        for part in piece.split(","):
            name, equals, value = part.partition("=")
            if equals:
                values = found.setdefault(name, [])
                values.append(value)
            elif values is None:
                raise Refused("invalid", flags="--filter")
            else:
                values.append(part)
    return found


def system_of(seat: Seat, name: str) -> ManagedSystem:
    """A managed system by its name or its type, model and serial number."""
    for each in managed(seat):
        if name in {each.name, each.type_model_serial}:
            return each
    raise Refused("no-system", name=name)


def managed(seat: Seat) -> list[ManagedSystem]:
    fleet: Fleet = seat.fleet
    return [fleet.systems[name] for name in seat.hmc.systems]


def operating(system: ManagedSystem) -> ManagedSystem:
    if system.state != "Operating":
        raise Refused("not-operating")
    return system


def partition_of(system: ManagedSystem, options: Options, *, by_name: str, by_id: str) -> Partition:
    if (by_name in options) == (by_id in options):
        raise Refused("invalid", flags=f"{by_name},{by_id}")
    if by_name in options:
        found, key, wanted = system.partition(options[by_name]), "no-partition", options[by_name]
    else:
        found, key, wanted = system.with_id(number(options, by_id)), "no-partition-id", options[by_id]
    if found is None:
        raise Refused(key, name=wanted)
    return found


def chosen(system: ManagedSystem, options: Options) -> tuple[Partition, ...]:
    """The partitions that `--filter` leaves; a name that isn't there is refused, not an empty list."""
    if "--filter" not in options:
        return system.partitions
    left = system.partitions
    for name, values in filters(options["--filter"]).items():
        if name == "lpar_names":
            for value in values:
                if system.partition(value) is None:
                    raise Refused("no-partition", name=value)
            left = tuple(each for each in left if each.name in values)
        elif name == "lpar_ids":
            left = tuple(each for each in left if str(each.lpar_id) in values)
        else:
            raise Refused("invalid", flags="--filter")
    return left
