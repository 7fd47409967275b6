"""A managed system by its HMC: one list of each kind for all its partitions, and what they come to for each of them.

A list that couldn't be read takes along what comes of it and no more; how that was last read stays as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from handlers import hmcout
from handlers.command import Command
from handlers.drift import adapters, storage
from handlers.drift.partition import (
    ALWAYS,
    ETHERNET,
    FC,
    MEMORY,
    PROCESSORS,
    PROFILE,
    RUNS,
    SCSI,
    SLOTS,
    Partition,
    attributes,
    value,
)  # fmt: skip
from handlers.drift.value import Value, keyed
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmc import consoles, standing
from handlers.hmcout import Unreadable

Row = dict[str, str]
Rows = Sequence[Row]
SYSTEM, FIRMWARE, CONSOLE, PARTITIONS = "system", "firmware", "console", "partitions"
OPERATING = "Operating"
DEADLINE = 120.0  # seconds; a list of a thousand partitions takes an HMC its time

_VIRTUAL = ("lshwres", "-r", "virtualio", "--level", "lpar", "--rsubtype")
# No attribute is asked for by name: which ones there are differs by level. `-m` and the system come behind.
_LISTS: Mapping[str, tuple[str, ...]] = {
    SYSTEM: ("lssyscfg", "-r", "sys"),
    FIRMWARE: ("lslic", "-t", "sys"),
    PARTITIONS: ("lssyscfg", "-r", "lpar"),
    PROFILE: ("lssyscfg", "-r", "prof"),
    MEMORY: ("lshwres", "-r", "mem", "--level", "lpar"),
    PROCESSORS: ("lshwres", "-r", "proc", "--level", "lpar"),
    ETHERNET: (*_VIRTUAL, "eth"),
    SCSI: (*_VIRTUAL, "scsi"),
    FC: (*_VIRTUAL, "fc"),
    SLOTS: ("lshwres", "-r", "io", "--rsubtype", "slot"),
}
LISTS = (*_LISTS, CONSOLE)
_STORAGE = (SCSI, FC)
_OF_EACH = frozenset({*ALWAYS, *RUNS, *_STORAGE})
_BY_PARTITION = frozenset({MEMORY, PROCESSORS, ETHERNET, SCSI, FC, SLOTS})
_MUST: Mapping[str, tuple[str, ...]] = {  # what no line of a list lacks
    SYSTEM: ("name", "state"),
    PARTITIONS: ("name", "lpar_id", "lpar_env", "state"),
    PROFILE: ("name", "lpar_name"),
    SLOTS: ("lpar_name", "drc_index"),
} | dict.fromkeys(_BY_PARTITION - {SLOTS}, ("lpar_name",))


def argv(name: str, system: str) -> tuple[str, ...]:
    """What the HMC of that managed system is asked for the list."""
    return ("lshmc", "-V") if name == CONSOLE else (*_LISTS[name], "-m", system)


def is_of_each(source: str) -> bool:
    """Whether it is told of each partition on its own."""
    return source in _OF_EACH


def lists_of(question: str) -> tuple[str, ...]:
    """The lists that a question's answer comes of, the one that it is known by last."""
    source, _, about = question.partition(":")
    if source not in _OF_EACH or not about:
        return (source,)
    own = (source,) if source in _LISTS and source != PROFILE else ()
    return (PARTITIONS, PROFILE, *own) if source != "lpar" else (PARTITIONS,)


@dataclass(kw_only=True)
class Settings:
    """`unread`: why a question, or all that come of one list, gave nothing. `partitions` None: nobody could tell.
    `addresses`: MACs of virtual Ethernet adapters, by partition and slot: no settings, for an HMC makes them."""

    read: dict[str, dict[str, Value]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    partitions: frozenset[str] | None = None
    addresses: dict[str, dict[int, str]] = field(default_factory=dict)

    def asked(self, before: Collection[str]) -> frozenset[str]:
        """Every question of this look; and those as `before` of partitions that are there still, or may be."""
        still = {each for each in before if self._may_be_there(each)}
        return frozenset(self.read.keys() | self.unread.keys() | still)

    def _may_be_there(self, question: str) -> bool:
        source, _, about = question.partition(":")
        return source in _OF_EACH and (self.partitions is None or about in self.partitions)


# ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────────


def settings(hmc: str, system: str, wanted: Collection[str] = LISTS) -> Reads[Settings]:
    """As one command for each list tells it; of a system that is off nothing further is asked."""
    told: dict[str, Rows] = {}
    unread: dict[str, str] = {}
    for name in LISTS:
        if name not in wanted:
            continue
        command = Command(host=hmc, argv=argv(name, system), deadline=DEADLINE)
        result = heard((yield command))
        try:
            told[name] = understood(result, name, partial(parsed, name))
        except Unread as fault:
            unread[name] = str(fault)
        if name == SYSTEM and name in told and told[name][0]["state"] != OPERATING:
            unread[PARTITIONS] = f"{PARTITIONS} couldn't be read: {system} is {told[name][0]['state'] or 'in no state'}"
            break
    return come_to(hmc, system, told, unread)


def parsed(name: str, text: str) -> Rows:
    """The lines of that list, or Unreadable."""
    if not text.endswith("\n"):
        raise Unreadable("it is cut off" if text else "the answer is empty")
    if name == CONSOLE:
        return [_level(row) for row in hmcout.pairs(text)]
    rows = hmcout.pairs(text)
    for row in rows:
        for must in _MUST.get(name, ()):
            if must not in row:
                raise Unreadable(f"it has a line without {must}: {','.join(row)[:120]!r}")
    if name in (SYSTEM, FIRMWARE) and len(rows) != 1:
        raise Unreadable(f"{len(rows)} lines where there is one")
    return rows


def _level(row: Row) -> Row:
    names = [each.name for each in consoles.Levels.columns]
    cells = consoles.level(row)
    return {name: "" if cell is None else str(cell) for name, cell in zip(names, cells, strict=True)}


# ── what it comes to ──────────────────────────────────────────────────────────────────────────────────────────────


def come_to(hmc: str, system: str, told: Mapping[str, Rows], unread: Mapping[str, str]) -> Settings:
    found = Settings(unread=dict(unread))
    for name, question in ((SYSTEM, SYSTEM), (FIRMWARE, FIRMWARE), (CONSOLE, f"{CONSOLE}:{hmc}")):
        if name in told:
            _read(found, question, partial(_attributes, told[name]))
    if PARTITIONS in told:
        _read(found, PARTITIONS, partial(listed, told[PARTITIONS]))
    if PARTITIONS not in found.read:
        return found
    found.partitions = frozenset(row["name"] for row in told[PARTITIONS])
    partitions = _partitions(system, told)
    for each in partitions:
        _partition(found, each, told)
        if f"{ETHERNET}:{each.stands.name}" in found.read:
            found.addresses[each.stands.name] = adapters.addresses(each.rows.get(ETHERNET, ()))
    for kind in _STORAGE:
        if kind in told and PROFILE in told:
            held, unread_there = storage.told(kind, partitions)
            found.read |= {f"{kind}:{name}": reading for name, reading in held.items()}
            found.unread |= {f"{kind}:{name}": _unread(f"{kind}:{name}", why) for name, why in unread_there.items()}
    return found


def _partition(found: Settings, of: Partition, told: Mapping[str, Rows]) -> None:
    """Each question of its own; what comes of a list that couldn't be read, or wasn't asked for, isn't told of."""
    readers = {**ALWAYS, **RUNS} if of.runs else ALWAYS
    for name, reader in readers.items():
        question = f"{name}:{of.stands.name}"
        if all(each in told for each in lists_of(question)):
            _read(found, question, partial(reader, of))


def _partitions(system: str, told: Mapping[str, Rows]) -> list[Partition]:
    grouped = {name: _by_partition(told.get(name, ())) for name in (*_BY_PARTITION, PROFILE)}
    slots = {row["drc_index"]: row for row in told.get(SLOTS, ())}
    return [
        Partition(
            stands=standing.of_row(row, system),
            row=row,
            profiles={each["name"]: each for each in grouped[PROFILE].get(row["name"], ())},
            rows={name: grouped[name].get(row["name"], ()) for name in _BY_PARTITION},
            slots=slots,
        )
        for row in told[PARTITIONS]
    ]


def _by_partition(rows: Rows) -> Mapping[str, Rows]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["lpar_name"]].append(row)
    return found


def listed(rows: Rows) -> dict[str, Value]:
    """Every partition by its name, and what kind it is."""
    found: dict[str, Value] = {}
    for row in rows:
        keyed(found, key_of(row["name"]), Value(value(row["lpar_env"])))
    return found


def key_of(name: str) -> str:
    """A partition's name as a key: what a key may not hold is written by its number."""
    return "".join(each if each.isprintable() and each not in "/%" else f"%{ord(each):02X}" for each in name)


def _attributes(rows: Rows) -> dict[str, Value]:
    if len(rows) != 1:
        raise Unreadable(f"{len(rows)} lines where there is one")
    return attributes(rows[0])


def _read(found: Settings, question: str, made: Callable[[], dict[str, Value]]) -> None:
    try:
        found.read[question] = made()
    except Unreadable as fault:
        found.unread[question] = _unread(question, fault)


def _unread(question: str, why: object) -> str:
    return f"{question} couldn't be read: {why}"
