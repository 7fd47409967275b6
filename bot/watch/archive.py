"""Evidence off the host by itself: what is new goes to the archive, and what keeps it from getting there is told.

It writes by a standing order of its own: the configuration names the archive, one audit row says that it began, and
each file has its own before and after it is written.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import structlog

from bot.archive import KIND, OUT, Archiver, Memory, Outcome, Turn, key_of, remember, remembered
from bot.hosts import ARCHIVE
from bot.ledger import drift, incidents, watches
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.sftp import ArchiveDamages, ArchiveDiffers
from bot.watch.order import StandingOrder
from bot.watch.scribe import See
from handlers.drift import machine
from policies.alerts import Severity, Sighting, Symptom
from policies.problems import AccountLocked, HostKeyWrong, LoginRefused, LoginStopped, Problem
from policies.words import counted

log = structlog.get_logger()

AFTER = 3  # failures in a row before one is told
SOON = 60.0  # seconds until the first retry; each later one waits twice as long, up to the interval
OFF = (LoginRefused, LoginStopped, AccountLocked)  # it isn't tried again before somebody did something
TAMPERED = (ArchiveDiffers, ArchiveDamages)  # of one file each, and about evidence itself
AT_ONCE = (HostKeyWrong, *OFF, *TAMPERED)


class ArchiveWatch:
    """`see`: told of what keeps a snapshot from the archive, and once that nothing does any more."""

    def __init__(self, ledger: Ledger, archiver: Archiver, see: See) -> None:
        self._ledger, self.archiver, self._see = ledger, archiver, see
        self._failures = 0

    async def run(self) -> None:
        """Until it is cancelled."""
        settings = self.archiver.settings
        if settings is None:
            await self._let_go()
            return
        order = StandingOrder(
            self._ledger, ARCHIVE, kind=KIND, every=settings.every, is_covered=lambda command: False
        )  # fmt: skip
        await asyncio.sleep(SOON)  # a start has enough to do
        while True:
            try:
                await order.stands()
                await self.round()
            except Exception:
                log.exception("pushing snapshots failed by a fault of my own; it is tried again")
                self._failures += 1
            await asyncio.sleep(self.wait)

    @property
    def wait(self) -> float:
        """Seconds until the next turn."""
        assert self.archiver.settings is not None, "without an archive nothing is waited for"
        every = self.archiver.settings.every
        return min(every, SOON * 2 ** min(self._failures - 1, 20)) if self._failures else every

    async def round(self) -> None:
        """Whatever is new, once; hosts that failed before come last, so that one keeps no other from its turn."""
        known = await self._ledger.read(_memories)
        hosts = await self._ledger.read(drift.hosts)
        hosts.sort(key=lambda host: known[host].failures if host in known else 0)
        turn = await self.archiver.push(hosts, by="hscbot")
        wrong = turn.out is not None or any(each.problem is not None for each in turn.outcomes)
        self._failures = self._failures + 1 if wrong else 0
        await self._tell(turn, known)

    async def _tell(self, turn: Turn, known: Mapping[str, Memory]) -> None:
        """Each of them with what is remembered of it, in one transaction."""
        troubles = dict(_troubles(turn))
        came = {each.host for each in turn.outcomes}
        sightings, memories = list[Sighting](), dict[str, Memory]()
        for about in sorted({*troubles, *(host for host, each in known.items() if each.failures or each.told)}):
            if about not in troubles and about not in came and about != ARCHIVE and turn.out is not None:
                continue  # it wasn't come to: what was wrong still is
            before, problems = known.get(about, Memory()), troubles.get(about, ())
            failures = before.failures + 1 if problems else 0
            is_told = before.told or failures >= AFTER or any(isinstance(each, AT_ONCE) for each, _ in problems)
            memories[about] = before.model_copy(update={"failures": failures, "told": bool(problems) and is_told})
            if is_told:
                sightings.append(self._sighting(about, problems, failures))
        if memories:
            await self._see(sightings, partial(_kept, memories))

    def _sighting(self, about: str, problems: Sequence[tuple[Problem, Sequence[str]]], failures: int) -> Sighting:
        settings = self.archiver.settings
        assert settings is not None
        mine = about == ARCHIVE
        hosts = tuple(dict.fromkeys(host for _, some in problems for host in some))
        return Sighting(
            key=key_of(about),
            kind=machine.KIND,
            title=f"the archive {settings.address}" if mine else f"the archived snapshots of {about}",
            places=(settings.address,) if mine else (about, settings.address),
            at=self._ledger.now(),
            symptoms=tuple(_symptom(problem, some, failures) for problem, some in problems),
            affected=tuple(f"{host}: its newest snapshot isn't in the archive" for host in hosts[:20]),
        )

    async def _let_go(self) -> None:
        """What is open of an archive that isn't configured any more would stay so for ever."""
        prefix = key_of("")
        for each in await self._ledger.read(incidents.active):
            if each.key.startswith(prefix):
                over = Sighting(
                    key=each.key, kind=each.kind, title=each.title, places=each.places, at=self._ledger.now()
                )  # fmt: skip
                about = each.key.removeprefix(prefix)
                await self._see([over], partial(_untold, about))


def _troubles(turn: Turn) -> Iterator[tuple[str, list[tuple[Problem, list[str]]]]]:
    """By what it is about: the archive, where it is out or more than one host suffers the same; else the host."""
    same: dict[str, list[Outcome]] = defaultdict(list)
    mine: list[tuple[Problem, list[str]]] = [] if turn.out is None else [(turn.out, [])]
    for each in turn.outcomes:
        if each.problem is not None and not isinstance(each.problem, OUT):
            same[each.host if isinstance(each.problem, TAMPERED) else each.problem.code].append(each)
    for some in same.values():
        problem = some[0].problem
        assert problem is not None
        hosts = [each.host for each in some]
        if len(hosts) > 1:
            mine.append((problem, hosts))
        else:
            yield hosts[0], [(problem, hosts)]
    if mine:
        yield ARCHIVE, mine


def _symptom(problem: Problem, hosts: Sequence[str], failures: int) -> Symptom:
    urgent = isinstance(problem, AT_ONCE)
    more = f" The same goes for {counted(len(hosts) - 1, 'more host')}." if len(hosts) > 1 else ""
    tries = "" if urgent else f" It was tried {failures} times in a row."
    return Symptom(
        rule=LoginRefused.code if isinstance(problem, OFF) else problem.code,
        severity=Severity.SERIOUS if urgent else Severity.WARNING,
        said=f"{problem.said}{more}",
        evidence=(f"{problem.because}{tries}",),
        then=problem.next_step,
        at_once=urgent,
    )


def _memories(db: Db) -> dict[str, Memory]:
    things = watches.things(db, KIND, with_memory=True)
    return {each.host: Memory.model_validate_json(each.memory) for each in things if each.memory is not None}


def _kept(memories: Mapping[str, Memory], tx: Tx) -> None:
    """How often it failed; which files are there is the archiver's to say, and may have been said meanwhile."""
    for about, memory in memories.items():
        now = remembered(tx.db, about)
        remember(tx, about, now.model_copy(update={"failures": memory.failures, "told": memory.told}))


def _untold(about: str, tx: Tx) -> None:
    now = remembered(tx.db, about)
    remember(tx, about, now.model_copy(update={"failures": 0, "told": False}))
