"""The watch over drift: hosts, VIOS and managed systems read in rounds of their own, what is found compared with their
baselines, and told.

What was read is kept first, and what it comes to is worked out from what is kept: a kill in between loses nothing, as
the next look finds the same. What people accept or ignore is noticed within seconds, without asking the host again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

import structlog

from bot.inventory import Inventory
from bot.ledger import drift, incidents, watches
from bot.ledger.backup import KEY
from bot.ledger.key import mark, read_key
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Raw, Thing
from bot.settings import DriftSettings
from bot.watch import deadman, known
from bot.watch.asking import Asker, Tools
from bot.watch.known import NEVER, Last, Watched
from bot.watch.order import TOLD_EVERY, StandingOrder
from bot.watch.pulse import Pulse
from bot.watch.rounds import Rounds
from bot.watch.scribe import See
from handlers.command import Command
from handlers.drift import looking, machine
from handlers.drift.looking import Answers
from handlers.drift.machine import KIND, Look
from handlers.drift.source import Kind
from handlers.drift.sources import SOURCES, of_kind
from handlers.drift.subject import everything, kind_of
from handlers.heard import Unread
from handlers.operation import Named
from handlers.place import Place
from policies.problems import HostProblem

log = structlog.get_logger()

FIRST = 60.0  # seconds after a start in which no HMC is asked who is there
REASSIGN = 900.0  # seconds between two looks for who is there
NOTICE = 3.0  # seconds between two looks for what people said
PATIENCE = 2  # answers in a row that may be lost before a host is out for this look


class DriftWatch:
    """`inventory`: who is there; `see`: told of each that was looked at. `others`: over what there is another watch."""

    def __init__(
        self, settings: DriftSettings, inventory: Inventory, tools: Tools, see: See, *, others: Iterable[str] = ()
    ) -> None:
        self._others = frozenset(others)
        self._settings, self._inventory, self._tools, self._see = settings, inventory, tools, see
        self._seal = partial(mark, read_key(tools.ledger.folder / KEY))
        self._kinds = [kind for kind in settings.intervals if any(of_kind(kind))]
        self._watched: dict[str, Watched] = {}
        self._last: dict[str, Last] = {}  # what an earlier start left
        self._past: list[StandingOrder] = []  # of what isn't watched any more, or by another way
        every = settings.intervals
        self.rounds = {kind: Rounds(every=every[kind], floor=every[kind], dice=tools.dice) for kind in self._kinds}
        self.pulse = Pulse(tools)

    async def run(self) -> None:
        """Until it is cancelled; without anything to be watched it ends what is open, and is over."""
        self._last = self._last or await self._tools.ledger.read(known.last)
        self._take_on()
        await _again(self._let_go(), "what is open of what isn't watched any more couldn't be ended")
        if not self._kinds:
            return
        work = [self._working(kind) for kind in self._kinds for _ in range(self._settings.at_once)]
        beside = (self._assigning(), self._telling(), self._noticing(), self._watching_itself())
        tasks = [asyncio.create_task(each) for each in (*work, *beside)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for order in (*self._past, *(each.order for each in self._watched.values())):
                await order.tell()

    # ── who is watched ────────────────────────────────────────────────────────────────────────────────────────────

    async def _assigning(self) -> None:
        """Not at once: HMCs have enough to tell at a start, about what a stop left."""
        pause = FIRST
        while True:
            await asyncio.sleep(pause)
            await _again(self.assign(), "I couldn't tell whose settings to watch")
            pause = REASSIGN

    async def assign(self) -> None:
        """Hosts by the configuration, the others as their HMCs list them now; what couldn't be listed stays."""
        self._last = self._last or await self._tools.ledger.read(known.last)
        self._take_on()
        if any(kind is not Kind.AIX for kind in self._kinds):
            await self._inventory.ensure((), (Named("*", only_vios=True),))
            self._last = await known.renamed(self._tools.ledger, everything(self._inventory)) or self._last
            self._take_on()
        await self._let_go()

    def _take_on(self) -> None:
        every = known.named(everything(self._inventory), {*self._last, *self._watched})
        there = {name: at for name, at in every.items() if kind_of(at) in self._kinds}
        for name, place in there.items():
            new = self._new(name, place)
            before = self._watched.setdefault(name, new)
            before.place = place
            if before.order.host != new.order.host:  # another HMC manages it now
                self._past.append(before.order)
                before.order = new.order
        self._past += [each.order for name, each in self._watched.items() if name not in there]
        self._watched = {name: self._watched[name] for name in there}
        now = self._tools.ledger.now()
        ages = {name: (now - at).total_seconds() for name in there if (at := self._last.get(name, NEVER).read_at)}
        for kind, rounds in self.rounds.items():
            names = [each.name for each in self._watched.values() if each.kind is kind]
            rounds.set(names, self._tools.monotonic(), ages=ages)
        self.pulse.set({each.name: self._settings.intervals[each.kind] for each in self._watched.values()})

    def _new(self, name: str, place: Place) -> Watched:
        def is_covered(command: Command) -> bool:
            return looking.is_standing(command, self._watched[name].place, self._settings.chosen)

        order = StandingOrder(
            self._tools.ledger, place.host or place.hmc, kind=KIND, every=self._settings.intervals[kind_of(place)],
            is_covered=is_covered, about="" if place.host else name,
        )  # fmt: skip
        return Watched(name=name, place=place, order=order, mark=self._last.get(name, NEVER).mark)

    async def _let_go(self) -> None:
        """What is open of one that isn't watched any more would stay so for ever. Whether an HMC's is there still, only
        a whole list tells."""
        ledger = self._tools.ledger
        for each in await ledger.read(incidents.active):
            name = each.key.partition("/")[2]
            ours = each.key == machine.key_of(name) or (each.key == deadman.key_of(name) and name not in self._others)
            if name in self._watched or not ours:
                continue
            if self._is_left(await ledger.read(partial(watches.thing, key=machine.key_of(name)))):
                over = deadman.ended(each, name, ledger.now())
                await self._see([over], partial(known.forget, each.key) if each.kind == KIND else lambda tx: None)

        if left := [each for each in await ledger.read(partial(known.unwatched, self._watched)) if self._is_left(each)]:
            await ledger.write(partial(known.leave, left))

    def _is_left(self, thing: Thing | None) -> bool:
        """Whether one that isn't watched is left for good, and not only unlisted now."""
        kind = known.kind_kept(thing)
        return kind is Kind.AIX or kind not in self._kinds or self._inventory.is_read

    async def _telling(self) -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY)
            past, self._past = self._past, []
            for order in (*past, *(each.order for each in self._watched.values())):
                await _again(order.tell(), "what a watch did for a while couldn't be told", host=order.host)

    # ── rounds ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def round(self) -> None:
        """Each once, one after the other, whatever is due; a fault with one keeps no other from its turn."""
        await self.assign()
        for name in sorted(self._watched):
            await self._tried(name)
        await self.tell_of_itself()

    async def _working(self, kind: Kind) -> None:
        """One of the few that look, over and over."""
        rounds = self.rounds[kind]
        while True:
            name = rounds.take(self._tools.monotonic())
            if name is None:
                await asyncio.sleep(min(1.0, rounds.wait(self._tools.monotonic())))
                continue
            await self._tried(name)
            rounds.done(name, self._tools.monotonic())

    async def _tried(self, name: str) -> None:
        if name not in self._watched:  # it left since it was due
            return
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
            await _again(self.tell_of_itself(), "how the watch over drift stands couldn't be told")
            await asyncio.sleep(NOTICE)

    async def tell_of_itself(self) -> None:
        """That hosts aren't looked at in time, or that a look fails by a fault of our own."""
        if told := self.pulse.to_be_told():
            await self._see(told, lambda tx: None)

    def watched(self, name: str) -> Watched | None:
        return self._watched.get(name)

    # ── one host ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def look(self, name: str) -> bool:
        """Read it, keep what was read, and tell what it comes to; False: it couldn't be asked."""
        watched = self._watched[name]
        async with watched.lock:
            return await self._look(watched)

    async def _look(self, watched: Watched) -> bool:
        began = self._tools.ledger.now()
        asker, raws = Asker(self._tools, watched.order), list[Raw]()
        try:
            flow = looking.answers(watched.place, self._settings.chosen, self._seal)
            read = await asker.drive(flow, raws, patience=PATIENCE)
        except (HostProblem, Unread) as fault:
            await self._settle(watched, out=fault.said if isinstance(fault, HostProblem) else f"{fault}.")
            return False
        await self._tools.ledger.write(partial(known.keep, watched, read))
        await self._settle(watched, read=read, asker=asker, raws=raws, began=began)
        return True

    async def _settle(
        self, watched: Watched, *, read: Answers | None = None, out: str = "", asker: Asker | None = None,
        raws: Sequence[Raw] = (), began: datetime | None = None,
    ) -> None:  # fmt: skip
        """What stands in the ledger, worked out and told. Without `read` nothing was asked of the host just now."""
        name, ledger = watched.name, self._tools.ledger
        mark = await ledger.read(lambda db: drift.mark(db, name, ledger.now()))
        had, found = await ledger.read(
            partial(known.compared, name, ledger.now(), site=self._settings.chosen.patterns, read=read)
        )
        unread = read.unread if read is not None else had.memory.unread if had.memory is not None else {}
        look = Look(
            host=name, kind=watched.kind, places=watched.places, at=ledger.now(), differences=found, unread=unread,
            out=out if read is not None or had.memory is None else out or had.memory.out, read_at=began,
            asked=had.asked,
        )  # fmt: skip
        if machine.fresh(had.memory, found) and read is not None and had.memory is not None and asker is not None:
            since = had.memory.read_at or had.memory.at
            ours = watched.ours(found, await self._tools.ours.since(since))
            look = look.model_copy(update={"around": await self._around(asker, watched), "ours": ours})
        memory, sighting = machine.step(had.memory, look, SOURCES)
        text = memory.model_copy(update={"mark": mark}).model_dump_json()
        wanted = looking.worth_keeping(watched.place, machine.fresh(had.memory, found), self._settings.chosen)
        evidence = [each for each in raws if each.argv in wanted]

        def also(tx: Tx) -> None:
            watches.remember(tx, sighting.key, memory=text, shown=known.shown(sighting))
            for each in evidence:
                watches.evidence(tx, sighting.key, each)

        await self._see([sighting], also)
        watched.mark = mark

    async def _around(self, asker: Asker, watched: Watched) -> tuple[str, ...]:
        try:
            return await asker.drive(looking.around(watched.place), patience=PATIENCE)
        except HostProblem as problem:
            return (f"who was there couldn't be read: {problem.said}",)

    # ── what people say ───────────────────────────────────────────────────────────────────────────────────────────

    async def _noticing(self) -> None:
        """A baseline that somebody set, a word that was said or is over: what a host comes to then is told at once."""
        while True:
            await asyncio.sleep(NOTICE)
            await self.notice()

    async def notice(self) -> None:
        """Of every host, whatever is the matter with another; one that is being looked at is seen to by that look."""
        for name, watched in list(self._watched.items()):
            if watched.mark and not watched.lock.locked():
                await _again(self._notice(watched), "what people said couldn't be told", host=name)

    async def _notice(self, watched: Watched) -> None:
        ledger = self._tools.ledger
        async with watched.lock:
            mark: Callable[[Db], str] = partial(drift.mark, host=watched.name, now=ledger.now())
            if await ledger.read(mark) != watched.mark:
                await self._settle(watched)


async def _again(work: Awaitable[None], fault: str, **of: str) -> None:
    """What goes wrong by a fault of ours ends no task: it is tried again with the next turn."""
    try:
        await work
    except Exception:
        log.exception(f"{fault}; it is tried again", **of)
