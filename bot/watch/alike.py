"""The watch over things that should be alike. It asks no machine: what the watch over drift has read is held against
each other as soon as something of it, or of what people say, is another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.inventory import Inventory
from bot.ledger import drift, incidents, watches
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Thing
from bot.own.drift_stand import GROUP, NothingKnown, Stand, members, quiet_of, told_by
from bot.settings import DriftSettings
from bot.watch.asking import Tools
from bot.watch.drift import NOTICE
from bot.watch.known import forget, request_of
from bot.watch.scribe import See
from handlers.drift import alike, group
from handlers.drift.alike import Group
from handlers.drift.group import GroupLook
from handlers.drift.machine import KIND, Memory, Request, key_of
from handlers.drift.operations import Accept, Baseline
from handlers.drift.sources import SOURCES, of_kind
from handlers.drift.subject import everything, kind_of, pair_name
from handlers.drift.value import Value, packed
from policies.alerts import Sighting

log = structlog.get_logger()

TAKEN_OVER = (Accept.name(), Baseline.name())  # by these what a member should be becomes another
WHOLE_EVERY = 300.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Compared:
    """All that the ledger has of a group, as of one moment. `first`: what of it is seen for the first time, or since
    its members are others."""

    memory: Memory | None
    now: Mapping[str, Mapping[str, Value]]
    first: Mapping[str, Mapping[str, Value]]
    why: str
    look: GroupLook


class AlikeWatch:
    """`declared`: those of the configuration; `inventory`: which VIOS are a pair, and where each of them all is."""

    def __init__(
        self, settings: DriftSettings, declared: Mapping[str, Group], inventory: Inventory, tools: Tools, see: See
    ) -> None:
        self._settings, self._declared, self._inventory = settings, dict(declared), inventory
        self._tools, self._see = tools, see
        self._pulse: object = None  # of everything, when all groups were last seen to
        self._marks: dict[str, str] = {}  # of all that counted when a group was last worked out

    def groups(self) -> dict[str, Group]:
        """Those that there are now, of what is watched."""
        if not self._settings.on:
            return {}
        there = everything(self._inventory)
        kinds = {kind for kind in self._settings.kinds if any(of_kind(kind))}
        return {
            name: self._group(name, members)
            for name, members in self._inventory.alike().items()
            if all(each in there and kind_of(there[each]) in kinds for each in members)
        }

    @property
    def _knows_pairs(self) -> bool:
        return self._inventory.is_read and self._inventory.bridging is not None

    def _group(self, name: str, members: tuple[str, ...]) -> Group:
        own = self._declared.get(name, Group(name=name, members=members))
        return own.model_copy(update={"may_differ": (*own.may_differ, *self._settings.may_differ)})

    async def run(self) -> None:
        """Until it is cancelled."""
        whole_at = self._tools.monotonic()
        while True:
            now = self._tools.monotonic()
            is_due = now - whole_at >= WHOLE_EVERY
            await self._tried(self.notice(whole=is_due), "all of them")
            whole_at = now if is_due else whole_at
            await asyncio.sleep(NOTICE)

    async def notice(self, *, whole: bool = False) -> None:
        """Of every group, whatever is the matter with another; where nothing moved at all, that costs one look.
        `whole`: all the same, as what a host isn't asked any more moves nothing."""
        there, ledger = self.groups(), self._tools.ledger
        pulse = (await ledger.read(partial(drift.pulse, now=ledger.now())), there, self._knows_pairs)
        if pulse == self._pulse and not whole:
            return
        done = [await self._tried(self._notice(there[name]), name) for name in sorted(there)]
        done.append(await self._tried(self._let_go(there), "those that are none any more"))
        self._pulse = pulse if all(done) else None

    async def _tried(self, work: Coroutine[Any, Any, None], about: str) -> bool:
        try:
            await work
        except Exception:
            log.exception("a group of hosts couldn't be compared; it is tried again", group=about)
            return False
        return True

    async def _let_go(self, there: Mapping[str, Group]) -> None:
        """What is open of a group that is none any more would stay so for ever. Which VIOS are a pair still, only whole
        lists tell, and the watch over SEAs once it has begun."""
        ledger = self._tools.ledger
        for each in await ledger.read(partial(watches.things, kind=GROUP)):
            of = Group.model_validate_json(each.found)
            is_a_pair = of.name == pair_name(of.members)
            if each.gone_at is not None or of.name in there or (is_a_pair and not self._knows_pairs):
                continue
            last = await ledger.read(partial(incidents.last_of, key=each.key))
            title, places = (last.title, last.places) if last is not None else (each.host, (each.host,))
            over = Sighting(key=each.key, kind=KIND, title=title, places=places, at=ledger.now())
            await self._see([over], partial(forget, each.key))
            self._marks.pop(each.host, None)

    async def _notice(self, of: Group) -> None:
        ledger = self._tools.ledger
        mark = await ledger.read(partial(_mark, of, ledger.now()))
        if self._marks.get(of.name) == mark:
            return
        try:
            compared = await ledger.read(partial(self._compared, of, ledger.now()))
        except NothingKnown:  # one of them was never read
            await ledger.write(partial(_found, of))
        else:
            await self._tell(of, compared)
        self._marks[of.name] = mark

    def _compared(self, of: Group, now: datetime, db: Db) -> Compared:
        key = group.key_of(of.name)
        stands, thing, baseline = members(db, of, now), watches.thing(db, key), drift.baseline(db, key)
        memory = Memory.model_validate_json(thing.memory) if thing is not None and thing.memory is not None else None
        spread = _spread(db, of, stands)
        was = drift.whole(db, baseline.parts) if baseline is not None else {}
        others = thing is not None and Group.model_validate_json(thing.found).members != of.members
        first = {
            each: reading for each, reading in spread.items() if each not in was or (others and was[each] != reading)
        }
        base = was | {each: alike.first_sight(was.get(each, {}), reading) for each, reading in first.items()}
        told = told_by(stands, now)
        quiet = quiet_of(db, of, now, self._settings.chosen.patterns)
        look = GroupLook(
            host=of.name,
            members=of.members,
            places=self._places(of),
            at=now,
            differences=alike.news(SOURCES, base, spread, told, quiet, now),
            proposed=alike.standing(SOURCES, base, spread, told, quiet, now),
        )
        return Compared(
            memory=memory,
            now=spread,
            first={each: base[each] for each in first},
            why=f"its members are {', '.join(of.members)} now" if others else "first sight",
            look=look,
        )

    async def _tell(self, of: Group, compared: Compared) -> None:
        memory, look = compared.memory, compared.look
        if memory is not None and look.differences:
            look = look.model_copy(update={"ours": await self._ours(of, memory.at)})
        after, sighting = group.step(memory, look, SOURCES)
        shown = {
            "severity": int(sighting.severity) if sighting.symptoms else 0,
            "symptoms": [[each.severity.word, each.said] for each in sighting.symptoms],
        }

        def also(tx: Tx) -> None:
            _found(of, tx)
            drift.keep(tx, sighting.key, {each: packed(reading) for each, reading in compared.now.items()})
            if compared.first:
                parts = {each: drift.text_of(tx, packed(reading)) for each, reading in compared.first.items()}
                before = drift.baseline(tx.db, sighting.key)
                known = before.parts if before is not None else {}
                drift.propose(tx, sighting.key, {**known, **parts}, why=compared.why)
            watches.remember(tx, sighting.key, memory=after.model_dump_json(), shown=shown)

        await self._see([sighting], also)

    def _places(self, of: Group) -> tuple[str, ...]:
        """By these it is routed and found: its own name, and where each member is."""
        there = everything(self._inventory)
        names = (place for each in of.members if each in there for place in (each, *there[each].names))
        return tuple(dict.fromkeys((of.name, *names)))

    async def _ours(self, of: Group, since: datetime) -> tuple[Request, ...]:
        """Requests that changed one of them, or what one of them should be; not those about all of them."""
        lately = await self._tools.ours.since(since, words=TAKEN_OVER)
        some = (each for each in lately if {*of.members} & {*each.places} and of.name not in each.places)
        return tuple(request_of(each) for each in some)


def _spread(db: Db, of: Group, stands: Sequence[Stand]) -> dict[str, dict[str, Value]]:
    """Only questions whose text isn't everybody's are unpacked: what is alike costs nothing."""
    asked: dict[str, set[int]] = {}
    for stand in stands:
        for question, text in stand.parts.items():
            asked.setdefault(question, set()).add(text)
    odd = {question for question, texts in asked.items() if len(texts) > 1}
    readings = {
        stand.host: drift.whole(db, {each: text for each, text in stand.parts.items() if each in odd})
        for stand in stands
    }
    shared = {each for each in asked if sum(each in stand.parts for stand in stands) > 1}
    return {each: {} for each in sorted(shared - odd)} | alike.spread(readings, of.reasons)


def _mark(of: Group, now: datetime, db: Db) -> str:
    """Another one as soon as anything counts that didn't."""
    said = (drift.mark(db, each, now) for each in (group.key_of(of.name), *of.members))
    read = (str(drift.newest(db, each)) for each in of.members)
    asked = (_asked(db, each) for each in of.members)
    return "|".join((of.model_dump_json(), *said, *read, *asked))


def _asked(db: Db, host: str) -> str:
    thing = watches.thing(db, key_of(host))
    if thing is None or thing.memory is None:
        return ""
    return ",".join(sorted(Memory.model_validate_json(thing.memory).asked or ()))


def _found(of: Group, tx: Tx) -> None:
    key = group.key_of(of.name)
    watches.found(tx, Thing(key=key, kind=GROUP, host=of.name, system="", found=of.model_dump_json()))
