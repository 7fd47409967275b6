"""The watch over one HMC: finds its pairs, looks at each in time, and tells what it saw. A slow one delays itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.ledger import watches
from bot.ledger.tx import Tx
from bot.ledger.watches import Raw, Round, Thing
from bot.settings import HostWatchSettings
from bot.watch.asking import Asker, Tools
from bot.watch.order import StandingOrder
from bot.watch.pair import Watched, gone, is_news, looked, with_more
from bot.watch.rounds import Over, Rounds
from handlers.heard import Unread
from handlers.sea import looking
from handlers.sea.finding import Discovery, Found, discover
from handlers.sea.memory import Ours
from handlers.sea.pair import Side
from policies.problems import HostProblem

log = structlog.get_logger()

KIND = "sea"
AGAIN = 60.0  # seconds before a system that doesn't fit is searched once more


class HostWatch:
    """One HMC's. `systems`: the managed systems that are watched by way of it."""

    def __init__(self, host: str, settings: HostWatchSettings, tools: Tools) -> None:
        self.host, self.settings, self._tools = host, settings, tools
        self.systems: tuple[str, ...] = ()
        self.things: dict[str, Watched] = {}
        self.away: dict[str, Watched] = {}  # gone, with partitions left on networks that nothing bridges
        self.unread: dict[str, tuple[str, ...]] = {}  # system → what kept something from being found
        self.failed: dict[str, str] = {}  # pair → the fault of our own that its last look ended with
        self.order = StandingOrder(
            tools.ledger, host, kind=KIND, every=settings.every, is_covered=looking.is_standing
        )  # fmt: skip
        self._asker = Asker(tools, self.order)
        self.rounds = Rounds(every=settings.every, floor=settings.floor, dice=tools.dice)
        self.last_round = tools.monotonic()  # when one was over last, or it began
        self.last_over: Over | None = None
        self.out = ""  # why the HMC can't be asked now
        self._news = asyncio.Event()
        self._searched: dict[str, float] = {}
        self._searched_on: dict[str, datetime] = {}  # by the ledger's clock, as requests are
        self._searching: dict[str, asyncio.Lock] = {}
        self._out_at = float("-inf")

    # ── what there is ─────────────────────────────────────────────────────────────────────────────────────────────

    def assign(self, systems: Iterable[str], known: Iterable[Watched], away: Iterable[Watched]) -> None:
        """These systems are watched from here on, beginning with what is known of them."""
        self.systems = tuple(systems)
        there = [*known, *self.things.values()]
        self.things = {each.key: each for each in there if each.found.pair.system in self.systems}
        self.away = {each.key: each for each in away if each.found.pair.system in self.systems}
        for each in (*self.things.values(), *self.away.values()):
            if each.found.hmc != self.host:
                each.found = each.found.model_copy(update={"hmc": self.host})
                self._searched.pop(each.found.pair.system, None)
        self.unread = {name: told for name, told in self.unread.items() if name in self.systems}
        self._spread()

    def is_to_be_searched(self, system: str) -> bool:
        waits = AGAIN if self.unread.get(system) or self._away(system) else self.settings.search_every
        return self._was_searched_before(system, waits)

    async def search(self, system: str) -> bool:
        """Find the pairs of a system anew; False where its HMC gave nothing to go by."""
        async with self._searching.setdefault(system, asyncio.Lock()):
            known = [each.found for each in self.things.values() if each.found.pair.system == system]
            self._searched[system], self._searched_on[system] = self._tools.monotonic(), self._tools.ledger.now()
            try:
                found = await self._asker.drive(discover(self.host, system, known, self._away(system)))
            except (HostProblem, Unread) as fault:
                self.unread[system] = (fault.said if isinstance(fault, HostProblem) else str(fault),)
                return False
            self.unread[system] = found.unread
            await self._tools.ledger.write(lambda tx: self._kept(tx, found))
            self._take_over(found, await self._tools.ours.lately(fresh=True) if found.gone else ())
        for each in found.found:
            if (watched := self.things.get(each.pair.key)) is not None:
                await self._settings(watched)
        return True

    def _kept(self, tx: Tx, found: Discovery) -> None:
        for each in found.found:
            pair = each.pair
            thing = Thing(key=pair.key, kind=KIND, host=self.host, system=pair.system, found=each.model_dump_json())
            watches.found(tx, thing)

    def _away(self, system: str) -> list[Found]:
        return [each.found for each in self.away.values() if each.found.pair.system == system]

    def _take_over(self, found: Discovery, ours: tuple[Ours, ...]) -> None:
        for each in found.found:
            self.away.pop(each.pair.key, None)
            watched = self.things.setdefault(each.pair.key, Watched(found=each))
            watched.found = each
        for each in found.gone:
            left = self.things.pop(each.pair.key) if each.pair.key in self.things else self.away.get(each.pair.key)
            if left is not None:
                left.found = each
                self._tools.scribe.put(gone(left, self._tools.ledger.now(), ours))
                self.away.pop(left.key, None)
                if left.symptoms:
                    self.away[left.key] = left
        self._spread()

    def _spread(self) -> None:
        self.rounds.set(self.things, self._tools.monotonic())
        self._news.set()

    def all_unread(self) -> dict[str, tuple[str, ...]]:
        """By system: what kept something from being found, or being looked at by a fault of our own."""
        told = {name: list(faults) for name, faults in self.unread.items() if faults}
        for key, fault in sorted(self.failed.items()):
            if (watched := self.things.get(key)) is not None:
                said = f"a look at {watched.found.title} failed by a fault of my own: {fault}"
                told.setdefault(watched.found.pair.system, []).append(said)
        return {name: tuple(faults) for name, faults in told.items()}

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def work(self) -> None:
        """One of the few that look, over and over."""
        while True:
            now = self._tools.monotonic()
            key = self.rounds.take(now)
            if key is None:
                await self._wait(self.rounds.wait(now))
                continue
            soon = False
            try:
                soon = await self._look(key)
            except Exception as fault:
                self._tools.figures.failed(self.host)
                log.exception("a look failed", pair=key)
                self.failed[key] = type(fault).__name__
            over = self.rounds.done(key, self._tools.monotonic(), soon=soon)
            if over is not None and not self.out:
                await self._round_over(over)

    async def look_at_all(self) -> None:
        """Each thing once, one after the other, also where it isn't due."""
        began = self._tools.monotonic()
        for key in sorted(self.things):
            await self._look(key)
        if not self.out:
            ended = self._tools.monotonic()
            await self._round_over(Over(began=began, ended=ended, things=len(self.things), missed=0))

    async def _wait(self, seconds: float) -> None:
        self._news.clear()
        try:
            async with asyncio.timeout(min(seconds, self.settings.every)):
                await self._news.wait()
        except TimeoutError:
            return

    async def _look(self, key: str) -> bool:
        """Whether it is to be looked at again soon."""
        if (known := self.things.get(key)) is not None:
            await self._after_ours(known.found.pair.system)
        watched = self.things.get(key)
        if watched is None:
            return False
        raws: list[Raw] = []
        try:
            sides = await self._asker.drive(looking.sides(watched.found), raws)
            if await self._searched_for(watched, sides):
                if self.things.get(key) is not watched:
                    return False  # it is gone, which that told
                if looking.is_stale(sides):
                    raws.clear()
                    sides = await self._asker.drive(looking.sides(watched.found), raws)
        except HostProblem as problem:
            await self._out_of_reach(problem.said)
            return False
        if why := looking.lost(sides):
            await self._out_of_reach(why)
            return False
        if self.out:
            self.out = ""
            self.rounds.hurry(self._tools.monotonic())
        soon = await self._seen(watched, sides, raws)
        self.failed.pop(key, None)
        return soon

    async def _seen(self, watched: Watched, sides: tuple[Side, ...], raws: Sequence[Raw]) -> bool:
        found, read = watched.found, [*raws, *watched.raws]
        watched.raws = []
        sides = with_more(watched, sides)
        at = self._tools.ledger.now()
        look = found.look(at, sides)
        ours = await self._tools.ours.lately(fresh=is_news(watched, sides))
        seen = looked(watched, look, ours, monotonic=self._tools.monotonic())
        self._tools.scribe.put(replace(seen, raws=tuple(read)) if seen.changes else seen)
        if seen.changes or not watched.has_read_logs:
            await self._logs(watched, sides)
        return watched.soon > 0

    async def _out_of_reach(self, why: str) -> None:
        """Nobody behind that HMC is to be blamed, and nobody is asked until it answers again."""
        now = self._tools.monotonic()
        if self.out and now - self._out_at < 1.0:
            return
        self.out, self._out_at = why, now
        at = self._tools.ledger.now()
        for watched in list(self.things.values()):
            found, sides = watched.found, looking.unreached(watched.found, why)
            look = found.look(at, sides, hmc_reached=False)
            ours = await self._tools.ours.lately()
            self._tools.scribe.put(looked(watched, look, ours, monotonic=now))
        self.rounds.hurry(now)
        self.last_round = self._tools.monotonic()  # it isn't the watch that stands still

    async def _after_ours(self, system: str) -> None:
        """What a request of ours did there since it was searched may have made a SEA, moved it, or taken it apart."""
        since = self._searched_on.get(system)
        ours = await self._tools.ours.lately()
        if since is not None and any(system in each.places and not each.runs and each.at > since for each in ours):
            await self.search(system)

    async def _searched_for(self, watched: Watched, sides: Sequence[Side]) -> bool:
        """Whether its system was searched anew: for a misfit that is news, or is still there after a while."""
        system, misfit = watched.found.pair.system, looking.misfit(sides)
        if not misfit:
            watched.misfit = ""
            return False
        if misfit == watched.misfit and not self._was_searched_before(system, AGAIN):
            return False
        watched.misfit = misfit
        return await self.search(system)

    def _was_searched_before(self, system: str, seconds: float) -> bool:
        return self._tools.monotonic() - self._searched.get(system, float("-inf")) >= seconds

    async def _logs(self, watched: Watched, sides: Sequence[Side]) -> None:
        """The error log of each side that answers, for the next look: history, and how far its clock is off."""
        for side in sides:
            if side.told is None:
                continue
            try:
                watched.logs[side.vios] = await self._asker.drive(
                    looking.log_of(watched.found, side.vios), watched.raws
                )  # fmt: skip
            except (HostProblem, Unread) as fault:
                log.info("an error log couldn't be read", vios=side.vios, why=str(fault))

    async def _settings(self, watched: Watched) -> None:
        """What entstat doesn't tell, for the next look."""
        for half in watched.found.halves:
            if not half.sea:
                continue
            try:
                watched.settings[half.vios] = await self._asker.drive(looking.settings_of(watched.found, half))
            except (HostProblem, Unread) as fault:
                log.info("settings couldn't be read", vios=half.vios, sea=half.sea, why=str(fault))

    async def _round_over(self, over: Over) -> None:
        """Kept, so that a restart and the command line can tell."""
        self.last_round, self.last_over = self._tools.monotonic(), over
        now = self._tools.ledger.now()
        told = Round(
            host=self.host, began_at=now - timedelta(seconds=over.ended - over.began), ended_at=now, things=over.things,
            every=self.settings.every,
        )  # fmt: skip
        self._tools.figures.round_over(self.host, over, now)
        await self._tools.ledger.write(lambda tx: watches.round_over(tx, told))
