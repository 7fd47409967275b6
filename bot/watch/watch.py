"""All hosts' watches: who watches which system, kept alive, and a switch that tells when they don't get round."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.inventory import Inventory
from bot.ledger import watches
from bot.settings import HostWatchSettings, WatchSettings
from bot.watch import deadman
from bot.watch.asking import Tools
from bot.watch.deadman import RETIRED, Standing
from bot.watch.host import KIND, HostWatch
from bot.watch.pair import Watched, let_go, remembered
from policies.alerts import Happening, Sighting
from policies.problems import Problem

log = structlog.get_logger()

TICK = 2.0  # seconds between two looks at the watches themselves
STALL = 20.0  # seconds that a tick may be late before the process is said to have stood still
SAY_EVERY = 15.0  # seconds, while something is wrong with a watch
REASSIGN = 60.0  # seconds, at most, between two askings who manages what
SOONER = 15.0  # the same, while an HMC didn't say what it manages


class Watch:
    """`hosts`: every HMC that may be asked."""

    def __init__(self, hosts: Iterable[str], settings: WatchSettings, inventory: Inventory, tools: Tools) -> None:
        self._tools, self._inventory = tools, inventory
        each: Mapping[str, HostWatchSettings] = {name: settings.of(name) for name in hosts}
        self.hosts = {name: HostWatch(name, told, tools) for name, told in each.items() if told.on}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._died: dict[str, tuple[float, str]] = {}  # when, and of what
        self._said: dict[str, tuple[float, Sighting]] = {}
        self._known: list[Watched] = []
        self._away: list[Watched] = []  # gone, and not over with that
        self._let_go: dict[str, list[str]] = {}  # HMC → what is to be said of systems of its that were let go
        self._has_begun = False
        self._assigning_now = asyncio.Lock()

    async def run(self) -> None:
        """Until it is cancelled."""
        if not self.hosts:
            await self._leave_all()
            return
        beside = [asyncio.create_task(each) for each in (self._tools.scribe.run(), self._assigning())]
        beside += [asyncio.create_task(each.order.keep_telling()) for each in self.hosts.values()]
        try:
            await asyncio.gather(self._ticking(), *beside)  # one that fails ends them all
        finally:
            await self._end([*beside, *self._tasks.values()])

    async def _leave_all(self) -> None:
        """No HMC is watched any more."""
        try:
            await self.assign()
            await self._tools.scribe.flush()
        except Exception:
            log.exception("what is open of pairs that aren't watched any more couldn't be ended; the next start does")

    async def _begin(self) -> None:
        """With what the last start left; what wasn't watched since is told."""
        ledger = self._tools.ledger
        things = await ledger.read(lambda db: watches.things(db, KIND, with_memory=True))
        rounds = await ledger.read(watches.rounds)
        self._known = [watched for thing in things if thing.gone_at is None for watched in _read(thing)]
        gone = (thing for thing in things if thing.gone_at is not None and thing.shown.get("symptoms"))
        self._away = [watched for thing in gone for watched in _read(thing)]
        self._has_begun = True
        now = ledger.now()
        for name, host in self.hosts.items():
            last = rounds.get(name)
            if last is not None and now - last.ended_at > timedelta(seconds=last.every * host.settings.late_after):
                self._say(host, (deadman.unwatched(last.ended_at, now),))

    async def _end(self, tasks: Iterable[asyncio.Task[None]]) -> None:
        """What was seen is kept, and what was read is told, before the ledger closes."""
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for host in self.hosts.values():
            for watched in host.things.values():
                self._tools.scribe.remember(watched)
        await self._tools.scribe.flush()
        for host in self.hosts.values():
            with suppress(Problem):  # a ledger that is full has been told of before
                await host.order.tell()

    async def round(self) -> None:
        """One whole round now, of everything, whatever is due; back when it is kept."""
        await self.assign()
        await asyncio.gather(*(host.look_at_all() for host in self.hosts.values()))
        self._look_at_ourselves(())
        if not await self._tools.scribe.flush():
            raise RuntimeError("what was seen couldn't be kept")

    # ── who watches what ──────────────────────────────────────────────────────────────────────────────────────────

    async def _assigning(self) -> None:
        """Over and over: each system by one HMC that can be asked, and its pairs found anew."""
        while True:
            try:
                await self.assign()
            except Exception:
                log.exception("I couldn't tell who watches what; it is tried again")
            most = SOONER if self._inventory.unread_hmcs() else REASSIGN
            await asyncio.sleep(min(most, *(each.settings.search_every for each in self.hosts.values())))

    async def assign(self) -> None:
        """Systems that are new, or whose HMC changed, are searched at once; the others when their time has come."""
        async with self._assigning_now:
            if self._inventory.unread_hmcs() or any(host.out for host in self.hosts.values()):
                await self._inventory.refresh()
            else:
                await self._inventory.ensure(())
            if not self._has_begun:
                await self._begin()
            known = [*self._known, *(each for host in self.hosts.values() for each in host.things.values())]
            away = [*self._away, *(each for host in self.hosts.values() for each in host.away.values())]
            for name, systems in self._shared_out([*known, *away]).items():
                self.hosts[name].assign(systems, known, away)
            self._away = [each for each in away if not any(each.key in host.away for host in self.hosts.values())]
            self._known = [each for each in known if not self._is_watched(each)]
            self._leave()
            self._tell_pairs()  # as they were known before: searching takes its time
            await asyncio.gather(*(self._search(host) for host in self.hosts.values()))
            self._tell_pairs()

    def _tell_pairs(self) -> None:
        """Which VIOS stand in for each other."""
        known = [*self._known, *(each for host in self.hosts.values() for each in host.things.values())]
        bridging: dict[str, set[tuple[str, ...]]] = {}
        for each in known:
            bridging.setdefault(each.found.pair.system, set()).add(each.found.pair.vioses)
        self._inventory.bridging = bridging

    def _shared_out(self, known: Iterable[Watched]) -> dict[str, list[str]]:
        """The systems of each host. Of one that couldn't be listed since the start, those of which pairs are known."""
        by_host: dict[str, list[str]] = {name: [] for name in self.hosts}
        listed, unread = self._inventory.managed(), self._inventory.unread_hmcs()
        for system in listed:
            by_host.get(self._inventory.hmc_of(system), []).append(system)
        before = {each.found.pair.system: each.found.hmc for each in known}
        for system, hmc in sorted(before.items()):
            if system not in listed and hmc in unread:
                by_host.get(hmc, []).append(system)
        return by_host

    def _leave(self) -> None:
        """What nobody will look at any more is told, and closed in words."""
        now, left = self._tools.ledger.now(), dict[tuple[str, str], str]()
        for each in [*self._known, *self._away]:
            if why := self._why_left(each, now):
                (self._known if each in self._known else self._away).remove(each)
                self._tools.scribe.put(let_go(each, now, why))
                left[each.found.hmc, each.found.pair.system] = why
        for (hmc, system), why in left.items():
            self._let_go.setdefault(hmc, []).append(f"{system} isn't watched any more: {why}")

    def _why_left(self, watched: Watched, now: datetime) -> str:
        """Why nobody looks at it now or later; empty: somebody may. An HMC that can't be asked may list it."""
        hmc, system, memory = watched.found.hmc, watched.found.pair.system, watched.memory
        if self.hosts.keys() & self._inventory.unread_hmcs().keys():
            return ""
        if hmc not in self.hosts:
            return f"the settings don't ask for {hmc}, and no HMC that is watched lists {system}"
        if system in self._inventory.managed() or memory is None or now - memory.at <= RETIRED:
            return ""
        return f"no HMC has listed {system} since {memory.at:%Y-%m-%d}, so it is taken to be retired"

    def _is_watched(self, watched: Watched) -> bool:
        return any(watched.key in host.things for host in self.hosts.values())

    async def _search(self, host: HostWatch) -> None:
        for system in host.systems:
            if host.is_to_be_searched(system):
                try:
                    await host.search(system)
                except Exception as fault:
                    log.exception("a system couldn't be searched; it is tried again", system=system)
                    host.unread[system] = (f"searching it failed by a fault of my own: {type(fault).__name__}",)

    # ── kept alive ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _ticking(self) -> None:
        while True:
            began = self._tools.monotonic()
            self._keep_alive()
            self._look_at_ourselves(())
            await asyncio.sleep(TICK)
            late = self._tools.monotonic() - began - TICK
            if late > STALL:
                self._look_at_ourselves((deadman.stalled(late),))

    def _keep_alive(self) -> None:
        for name, host in self.hosts.items():
            for number in range(host.settings.at_once):
                key = f"{name}/{number}"
                task = self._tasks.get(key)
                if task is not None and task.done():
                    fault = task.exception() if not task.cancelled() else None
                    log.error("a watch ended", host=name, exc_info=fault)
                    why = type(fault).__name__ if fault is not None else "it was ended"
                    self._died[name] = (self._tools.monotonic(), why)
                if task is None or task.done():
                    self._tasks[key] = asyncio.create_task(host.work())

    def _look_at_ourselves(self, happenings: tuple[Happening, ...]) -> None:
        for host in self.hosts.values():
            self._say(host, happenings)
            reached = not host.out
            self._tools.figures.stands(host.host, lag=host.rounds.lag, reached=reached)
        self._tools.figures.pairs(each.states for host in self.hosts.values() for each in host.things.values())

    def _say(self, host: HostWatch, happenings: tuple[Happening, ...]) -> None:
        """What is wrong with the watch, and once that it isn't any more."""
        left = self._let_go.pop(host.host, [])
        happenings = (*happenings, *map(deadman.let_go, left))
        told = deadman.sighting(self._standing(host), self._tools.ledger.now(), happenings, over="; ".join(left))
        now = self._tools.monotonic()
        said_at, before = self._said.get(host.host, (float("-inf"), None))
        is_news = before is None or told.happenings or _rules(told) != _rules(before)
        if is_news or (told.symptoms and now - said_at >= SAY_EVERY):
            self._tools.scribe.tell(told)
            self._said[host.host] = (now, told)

    def _standing(self, host: HostWatch) -> Standing:
        since = self._tools.monotonic() - host.last_round
        died_at, died = self._died.get(host.host, (0.0, ""))
        if host.last_round > died_at:
            died = ""
        # Where its pairs are told as out of reach, that says it already.
        unlisted = "" if host.out and host.things else self._inventory.unread_hmcs().get(host.host, "")
        managed = self._inventory.managed()
        nobodys = Counter(
            each.found.pair.system
            for each in self._known
            if each.found.hmc == host.host and each.found.pair.system not in managed
        )
        return Standing(
            host=host.host,
            every=host.settings.every,
            late_after=host.settings.late_after,
            pairs=len(host.things),
            since_round=since if host.things else 0.0,
            round_took=host.last_over.ended - host.last_over.began if host.last_over is not None else None,
            died=died,
            out=host.out,
            unlisted=unlisted,
            unread={} if host.out else host.all_unread(),
            unassigned=nobodys,
        )


def _rules(told: Sighting) -> set[tuple[str, str, str]]:
    return {(each.rule, each.about, each.said) for each in told.symptoms}


def _read(thing: watches.Thing) -> Iterator[Watched]:
    """What another version wrote, and this one can't read, is found and begun anew."""
    try:
        yield remembered(thing)
    except ValueError:
        log.warning("what was remembered can't be read; it is begun anew", pair=thing.key)
