"""The watch over drift: hosts read in rounds of their own, what is found compared with their baselines, and told.

What was read is kept first, and what it comes to is worked out from what is kept: a kill in between loses nothing, as
the next look finds the same. What people accept or ignore is noticed within seconds, without asking the host again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from bot.ledger import drift, incidents, watches
from bot.ledger.backup import KEY
from bot.ledger.drift import Baseline
from bot.ledger.key import mark, read_key
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Raw, Thing
from bot.settings import AixHost, DriftSettings
from bot.watch import deadman
from bot.watch.asking import Asker, Tools
from bot.watch.order import StandingOrder
from bot.watch.pulse import Pulse
from bot.watch.rounds import Rounds
from bot.watch.scribe import See
from handlers.command import Command
from handlers.drift import looking, machine
from handlers.drift.comparing import Difference, Quiet, differences
from handlers.drift.looking import Answers
from handlers.drift.machine import KIND, Look, Memory, Request
from handlers.drift.source import Kind
from handlers.drift.sources import SOURCES
from handlers.drift.value import packed
from policies.problems import HostProblem

log = structlog.get_logger()

NOTICE = 3.0  # seconds between two looks for what people said
PATIENCE = 2  # answers in a row that may be lost before a host is out for this look


@dataclass(frozen=True, kw_only=True)
class Known:
    """All that the ledger has of one host, as of one moment."""

    parts: Mapping[str, int]
    baseline: Baseline | None
    quiet: Quiet
    memory: Memory | None
    asked: frozenset[str] | None


@dataclass(kw_only=True)
class Watched:
    host: AixHost
    order: StandingOrder
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)  # one at a time works out what it comes to
    mark: str = ""  # of what people had said of it when it was last worked out

    @property
    def places(self) -> tuple[str, ...]:
        place = self.host.place
        return tuple(dict.fromkeys(each for each in (self.host.name, place.name, place.system) if each))


class DriftWatch:
    """`see`: told of every host that was looked at. `others`: the hosts over which there is another watch."""

    def __init__(
        self, hosts: Mapping[str, AixHost], settings: DriftSettings, tools: Tools, see: See, others: Iterable[str] = ()
    ) -> None:
        self._others = frozenset(others)
        self._settings, self._tools, self._see = settings, tools, see
        self._seal = partial(mark, read_key(tools.ledger.folder / KEY))
        self._hosts = {name: self._watched(host) for name, host in hosts.items()} if settings.on else {}
        self.rounds = Rounds(every=settings.every, floor=settings.every, dice=tools.dice)
        self.pulse = Pulse(self._hosts, every=settings.every, tools=tools)

    def _watched(self, host: AixHost) -> Watched:
        def is_covered(command: Command) -> bool:
            return looking.is_standing(command, Kind.AIX, self._settings.chosen)

        order = StandingOrder(
            self._tools.ledger, host.name, kind=KIND, every=self._settings.every, is_covered=is_covered
        )
        return Watched(host=host, order=order)

    async def run(self) -> None:
        """Until it is cancelled."""
        try:
            await self._let_go()
        except Exception:
            log.exception("what is open of hosts that aren't watched any more couldn't be ended; the next start does")
        if not self._hosts:
            return
        self.rounds.set(self._hosts, self._tools.monotonic())
        work = [self._working() for _ in range(self._settings.at_once)]
        beside = [each.order.keep_telling() for each in self._hosts.values()]
        tasks = [asyncio.create_task(each) for each in (*work, *beside, self._noticing(), self._watching_itself())]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for each in self._hosts.values():
                await each.order.tell()

    async def _let_go(self) -> None:
        """What is open of a host that isn't watched any more, by the configuration, would stay so for ever."""
        ledger = self._tools.ledger
        for each in await ledger.read(incidents.active):
            host = each.key.partition("/")[2]
            if host in self._hosts:
                continue
            if each.key == machine.key_of(host):
                await self._see([deadman.ended(each, host, ledger.now())], partial(_forgotten, each.key))
            elif each.key == deadman.key_of(host) and host not in self._others:
                await self._see([deadman.ended(each, host, ledger.now())], lambda tx: None)

    async def round(self) -> None:
        """Every host once, one after the other, whatever is due; a fault with one keeps no other from its turn."""
        for name in sorted(self._hosts):
            await self._tried(name)
        await self.tell_of_itself()

    async def _working(self) -> None:
        """One of the few that look, over and over."""
        while True:
            name = self.rounds.take(self._tools.monotonic())
            if name is None:
                await asyncio.sleep(min(1.0, self.rounds.wait(self._tools.monotonic())))
                continue
            await self._tried(name)
            self.rounds.done(name, self._tools.monotonic())

    async def _tried(self, name: str) -> None:
        try:
            await self.look(name)
        except Exception as fault:
            self._tools.figures.failed(name)
            self.pulse.failed(name, fault)
            log.exception("a look at a host's settings failed", host=name)
        else:
            self.pulse.beat(name)

    async def _watching_itself(self) -> None:
        while True:
            try:
                await self.tell_of_itself()
            except Exception:
                log.exception("how the watch over drift stands couldn't be told; it is tried again")
            await asyncio.sleep(NOTICE)

    async def tell_of_itself(self) -> None:
        """That hosts aren't looked at in time, or that a look fails by a fault of our own."""
        if told := self.pulse.to_be_told():
            await self._see(told, lambda tx: None)

    # ── one host ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def look(self, name: str) -> None:
        """Read it, keep what was read, and tell what it comes to."""
        watched = self._hosts[name]
        async with watched.lock:
            await self._look(watched)

    async def _look(self, watched: Watched) -> None:
        name = watched.host.name
        asker, raws = Asker(self._tools, watched.order), list[Raw]()
        try:
            read = await asker.drive(
                looking.answers(name, Kind.AIX, self._settings.chosen, self._seal), raws, patience=PATIENCE
            )
        except HostProblem as problem:
            await self._settle(watched, out=problem.said)
            return
        await self._tools.ledger.write(partial(_kept, watched, read))
        await self._settle(watched, read=read, asker=asker, raws=raws)

    async def _settle(
        self, watched: Watched, *, read: Answers | None = None, out: str = "", asker: Asker | None = None,
        raws: Sequence[Raw] = (),
    ) -> None:  # fmt: skip
        """What stands in the ledger, worked out and told. Without `read` nothing was asked of the host just now."""
        name, ledger = watched.host.name, self._tools.ledger
        mark = await ledger.read(lambda db: drift.mark(db, name, ledger.now()))
        known, found = await ledger.read(partial(self._found, name, ledger.now(), read))
        unread = read.unread if read is not None else known.memory.unread if known.memory is not None else {}
        look = Look(
            host=name, places=watched.places, at=ledger.now(), differences=found, unread=unread, out=out,
            asked=known.asked,
        )  # fmt: skip
        if machine.fresh(known.memory, found) and read is not None and known.memory is not None and asker is not None:
            look = look.model_copy(
                update={"around": await self._around(asker, name), "ours": await self._ours(watched, known.memory.at)}
            )
        memory, sighting = machine.step(known.memory, look, SOURCES)
        shown = {
            "severity": int(sighting.severity) if sighting.symptoms else 0,
            "symptoms": [[each.severity.word, each.said] for each in sighting.symptoms],
        }
        wanted = looking.worth_keeping(machine.fresh(known.memory, found), self._settings.chosen)
        evidence = [each for each in raws if each.argv in wanted]

        def also(tx: Tx) -> None:
            watches.remember(tx, sighting.key, memory=memory.model_dump_json(), shown=shown)
            for each in evidence:
                watches.evidence(tx, sighting.key, each)

        await self._see([sighting], also)
        watched.mark = mark

    def _found(
        self, name: str, now: datetime, read: Answers | None, db: Db
    ) -> tuple[Known, tuple[Difference, ...]]:  # fmt: skip
        """Only questions whose text isn't the baseline's are unpacked: what didn't change costs nothing."""
        known = _known(name, now, db, self._settings.chosen.patterns, read)
        base = known.baseline.parts if known.baseline is not None else {}
        odd = {each for each in base.keys() & known.parts.keys() if base[each] != known.parts[each]}
        should = drift.whole(db, {each: base[each] for each in odd})
        is_now = drift.whole(db, {each: known.parts[each] for each in odd})
        return known, differences(SOURCES, should, is_now, known.quiet, now)

    async def _around(self, asker: Asker, name: str) -> tuple[str, ...]:
        try:
            return await asker.drive(looking.around(name), patience=PATIENCE)
        except HostProblem as problem:
            return (f"who was there couldn't be read: {problem.said}",)

    async def _ours(self, watched: Watched, since: datetime) -> tuple[Request, ...]:
        """Requests that changed something there; one on its whole frame isn't known to have."""
        own = {watched.host.name, watched.host.place.name}
        lately = await self._tools.ours.since(since)
        return tuple(Request(number=each.number, typed=each.typed) for each in lately if own & set(each.places))

    # ── what people say ───────────────────────────────────────────────────────────────────────────────────────────

    async def _noticing(self) -> None:
        """A baseline that somebody set, a word that was said or is over: what a host comes to then is told at once."""
        while True:
            await asyncio.sleep(NOTICE)
            await self.notice()

    async def notice(self) -> None:
        """Of every host, whatever is the matter with another; one that is being looked at is seen to by that look."""
        for name, watched in self._hosts.items():
            if watched.mark and not watched.lock.locked():
                try:
                    await self._notice(watched)
                except Exception:
                    log.exception("what people said of a host couldn't be told; it is tried again", host=name)

    async def _notice(self, watched: Watched) -> None:
        ledger = self._tools.ledger
        async with watched.lock:
            mark: Callable[[Db], str] = partial(_mark, watched.host.name, ledger.now())
            if await ledger.read(mark) != watched.mark:
                await self._settle(watched)


def _mark(name: str, now: datetime, db: Db) -> str:
    return drift.mark(db, name, now)


def _known(name: str, now: datetime, db: Db, site: tuple[str, ...], read: Answers | None) -> Known:
    thing = watches.thing(db, machine.key_of(name))
    memory = Memory.model_validate_json(thing.memory) if thing is not None and thing.memory is not None else None
    quiet = drift.quiet(db, name, now).model_copy(update={"site": site})
    parts, before = drift.readings(db, name), memory.asked if memory is not None else None
    asked = before if read is None else read.asked(parts.keys() if before is None else before)
    # What nobody asks any more, such as of a device that is gone, is neither right nor wrong.
    parts = {question: text for question, text in parts.items() if asked is None or question in asked}
    return Known(parts=parts, baseline=drift.baseline(db, name), quiet=quiet, memory=memory, asked=asked)


def _forgotten(key: str, tx: Tx) -> None:
    watches.remember(tx, key, memory=None, shown={})
    watches.gone(tx, key)


def _kept(watched: Watched, read: Answers, tx: Tx) -> None:
    """What was read, and what of it is seen for the first time."""
    name = watched.host.name
    place = watched.host.place
    thing = Thing(key=machine.key_of(name), kind=KIND, host=name, system=place.system, found="{}")
    watches.found(tx, thing)
    parts = drift.keep(tx, name, {question: packed(reading) for question, reading in read.read.items()})
    drift.first_sight(tx, name, parts)
