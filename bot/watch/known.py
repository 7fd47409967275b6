"""What is watched for drift, and what the ledger has of each: how it was read, how it should be, what people said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from bot.ledger import drift, watches
from bot.ledger.drift import Baseline
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Thing
from bot.watch.order import StandingOrder
from handlers.drift import machine
from handlers.drift.comparing import Difference, Quiet, differences
from handlers.drift.looking import Answers
from handlers.drift.machine import KIND, Memory, Request
from handlers.drift.source import Kind
from handlers.drift.sources import SOURCES
from handlers.drift.subject import kind_of
from handlers.drift.value import packed
from handlers.place import Place
from handlers.sea.memory import Ours
from policies.alerts import Sighting


@dataclass(kw_only=True)
class Watched:
    """`name`: by which its readings are kept, and by which people name it."""

    name: str
    place: Place
    order: StandingOrder
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # one at a time works out what it comes to
    mark: str = ""  # of what people had said of it when it was last worked out

    @property
    def kind(self) -> Kind:
        return kind_of(self.place)

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((self.name, *self.place.names)))

    def ours(self, found: Sequence[Difference], lately: Iterable[Ours]) -> tuple[Request, ...]:
        """Those of the requests that changed something there, or whose work may show there: what a VIOS hands out goes
        with a partition that is moved."""
        own, beside = self._own(found), {self.place.system} if self.kind is Kind.VIOS else set[str]()
        return tuple(
            request_of(each).model_copy(update={"elsewhere": not own & set(each.places)})
            for each in lately
            if (own | beside) & set(each.places)
        )

    def _own(self, found: Sequence[Difference]) -> set[str]:
        """Of a managed system they are the partitions that differ: what is done to one shows there and nowhere else."""
        if self.kind is Kind.SYSTEM:
            return {machine.subject_of(each) for each in found}
        return set(filter(None, (self.name, self.place.name)))


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that the ledger has of one, as of one moment."""

    parts: Mapping[str, int]
    baseline: Baseline | None
    quiet: Quiet
    memory: Memory | None
    asked: frozenset[str] | None


def known(name: str, now: datetime, db: Db, site: tuple[str, ...], read: Answers | None) -> Known:
    """`site`: patterns of what never matters there; `read`: what it answered just now, if it was asked."""
    thing = watches.thing(db, machine.key_of(name))
    memory = Memory.model_validate_json(thing.memory) if thing is not None and thing.memory is not None else None
    quiet = drift.quiet(db, name, now).model_copy(update={"site": site})
    parts, before = drift.readings(db, name), memory.asked if memory is not None else None
    asked = before if read is None else read.asked(parts.keys() if before is None else before)
    # What nobody asks any more, such as of a device that is gone, is neither right nor wrong.
    parts = {question: text for question, text in parts.items() if asked is None or question in asked}
    return Known(parts=parts, baseline=drift.baseline(db, name), quiet=quiet, memory=memory, asked=asked)


def compared(
    name: str, now: datetime, db: Db, *, site: tuple[str, ...], read: Answers | None
) -> tuple[Known, tuple[Difference, ...]]:  # fmt: skip
    """What is known, and what of it differs. Only questions whose text isn't the baseline's are unpacked: what didn't
    change costs nothing."""
    had = known(name, now, db, site, read)
    base = had.baseline.parts if had.baseline is not None else {}
    odd = {each for each in base.keys() & had.parts.keys() if base[each] != had.parts[each]}
    should = drift.whole(db, {each: base[each] for each in odd})
    is_now = drift.whole(db, {each: had.parts[each] for each in odd})
    return had, differences(SOURCES, should, is_now, had.quiet, now)


def keep(watched: Watched, read: Answers, tx: Tx) -> None:
    """What was read, and what of it is seen for the first time."""
    name, found = watched.name, json.dumps({"kind": watched.kind.value})
    thing = Thing(key=machine.key_of(name), kind=KIND, host=name, system=watched.place.system, found=found)
    watches.found(tx, thing)
    parts = drift.keep(tx, name, {question: packed(reading) for question, reading in read.read.items()})
    drift.first_sight(tx, name, parts)


def kind_kept(thing: Thing | None) -> Kind:
    """What it was when it was last read; an older version watched hosts alone."""
    return Kind(json.loads(thing.found).get("kind", Kind.AIX)) if thing is not None else Kind.AIX


@dataclass(frozen=True, kw_only=True)
class Last:
    """What an earlier start left of one. `mark`: of what people had said of it when that was last worked out."""

    mark: str = ""
    read_at: datetime | None = None
    system: str = ""


NEVER = Last()


def last(db: Db) -> dict[str, Last]:
    """Of each that was ever looked at, by its name."""
    found: dict[str, Last] = {}
    for each in watches.things(db, KIND, with_memory=True):
        memory = Memory.model_validate_json(each.memory) if each.memory is not None else None
        mark, read_at = (memory.mark, memory.read_at) if memory is not None else ("", None)
        found[each.host] = Last(mark=mark, read_at=read_at, system=each.system)
    return found


def named(there: Mapping[str, Place], known: Collection[str]) -> dict[str, Place]:
    """A VIOS that was told apart by its frame once stays so, also while another one of its name isn't listed."""
    return {_long(place) if _long(place) in known else name: place for name, place in there.items()}


async def renamed(ledger: Ledger, there: Mapping[str, Place]) -> dict[str, Last]:
    """A second VIOS of one name takes nothing from the first: that goes on under the name that it has now. What is left
    of each then; empty where nothing was renamed."""
    known = {each.host: each.system for each in await ledger.read(partial(watches.things, kind=KIND))}
    old = {
        place.name: name
        for name, place in there.items()
        if name == _long(place) and name not in known and known.get(place.name) == place.system
    }
    for before, after in old.items():
        await ledger.write(partial(_rename, before, after))
    return await ledger.read(last) if old else {}


def _rename(before: str, after: str, tx: Tx) -> None:
    watches.renamed(tx, (machine.key_of(before), before), (machine.key_of(after), after))


def _long(place: Place) -> str:
    return f"{place.system}:{place.name}" if kind_of(place) is Kind.VIOS else ""


def unwatched(watched: Collection[str], db: Db) -> list[Thing]:
    """What was watched by an earlier start, or a while ago, and isn't among those."""
    return [each for each in watches.things(db, KIND) if each.gone_at is None and each.host not in watched]


def leave(left: Iterable[Thing], tx: Tx) -> None:
    for each in left:
        watches.gone(tx, each.key)


def shown(sighting: Sighting) -> dict[str, object]:
    """What people are told of it later, without working it out again."""
    return {
        "severity": int(sighting.severity) if sighting.symptoms else 0,
        "symptoms": [[each.severity.word, each.said] for each in sighting.symptoms],
    }


def request_of(ours: Ours) -> Request:
    return Request(number=ours.number, typed=ours.typed, places=ours.places, by=ours.by, sent=ours.sent, took=ours.took)


def forget(key: str, tx: Tx) -> None:
    watches.remember(tx, key, memory=None, shown={})
    watches.gone(tx, key)
