"""What a migration of ours does to how a host is set, and its partition by the HMCs of both managed systems: read once
more before it, again after it, and told in its thread, as one.

A look takes place as soon as the migration waits for its votes, so that what was set in the hour since the last round
isn't blamed on it. What is told is told once: that it was stands in the ledger with what was said.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot import kit
from bot.inventory import Inventory
from bot.ledger import drift, lists, watches
from bot.ledger.lists import Run
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Change
from bot.own.drift_stand import Stand
from bot.settings import DriftSettings
from bot.teller import Teller
from bot.watch import crossing
from bot.watch.asking import Tools
from bot.watch.crossing import Crossing, Crossings
from bot.watch.drift import NOTICE, DriftWatch
from handlers.drift import machine, moved
from handlers.drift.comparing import Readings
from handlers.drift.looking import Answers
from handlers.drift.source import Kind
from handlers.drift.sources import SOURCES
from handlers.drift.subject import everything, kind_of
from handlers.drift.value import Reading
from policies.alerts import Severity
from policies.requests import State

log = structlog.get_logger()

OPERATION = "lpm.migrate"
COMPARED = "moved"  # the kind of change by which it stands that it was told
AGAIN = 60.0  # seconds after which a host that couldn't be asked is asked once more
PATIENCE = timedelta(hours=6)  # for a host that can't be asked after it


class MoveWatch:
    """`drifting`: reads the hosts; `teller`: says it."""

    def __init__(
        self, settings: DriftSettings, inventory: Inventory, drifting: DriftWatch, teller: Teller, tools: Tools
    ) -> None:
        self._kinds = frozenset(settings.kinds if settings.on else ()) & {Kind.AIX, Kind.SYSTEM}
        self._crossings = Crossings(settings, inventory, drifting, tools)
        self._inventory, self._drifting, self._teller, self._tools = inventory, drifting, teller, tools
        self._read: set[tuple[int, str]] = set()  # before it, since the start
        self._told: set[tuple[int, str]] = set()  # known to stand in the ledger
        self._due: dict[tuple[int, str], float] = {}

    async def run(self) -> None:
        """Until it is cancelled; without hosts that are watched it is over at once."""
        while self._kinds:
            try:
                await self.notice()
            except Exception:
                log.exception("which migrations hosts went through couldn't be told; it is tried again")
            await asyncio.sleep(NOTICE)

    async def notice(self) -> None:
        """Of every migration of who is watched, whatever is the matter with another."""
        ledger = self._tools.ledger
        found = await ledger.read(partial(lists.runs, operation=OPERATION, since=ledger.now() - 2 * PATIENCE))
        every = everything(self._inventory) if Kind.AIX in self._kinds else {}
        hosts = {name: at for name, at in every.items() if kind_of(at) is Kind.AIX}
        for run in found:
            for name in sorted(name for name, at in hosts.items() if at.name in run.names) or [""]:
                try:
                    await self._tell(run, name)
                except Exception:
                    log.exception("who was migrated couldn't be compared; it is tried again", host=name)

    async def _tell(self, run: Run, host: str) -> None:
        """`host`: empty for a partition that only HMCs know."""
        key, now = (run.request.id, host), self._tools.monotonic()
        if key in self._told or now < self._due.get(key, now):
            return
        between = await self._crossings.of(run) if Kind.SYSTEM in self._kinds else None
        if not host and between is None:
            return
        if run.request.state in (State.WAITING, State.GRANTED) and key not in self._read:
            self._read.add(key)
            if host:
                await self._drifting.look(host)
            if between is not None:
                await self._crossings.before(run, between)
        if run.request.state is not State.SUCCEEDED or run.began is None or run.ended is None:
            return
        thing = machine.key_of(host or (between.here if between is not None else ""))
        if await self._tools.ledger.read(partial(_is_told, run, thing)):
            self._told.add(key)
            return
        self._due[key] = now + AGAIN
        listed = await self._crossings.after(between, run.ended) if between is not None else None
        could = not host or await self._drifting.look(host)
        is_whole = could and (listed is not None or between is None or not between.there)
        if not is_whole and self._tools.ledger.now() - run.ended < PATIENCE:
            return
        macs = self._crossings.macs(run)
        sides = partial(_sides, host, between, run.began, could, listed, macs, self._tools.ledger.now())
        words = (await self._tools.ledger.read(sides)).words()
        await self._tools.ledger.write(partial(self._said, run, thing, words))
        self._teller.wake()

    def _said(self, run: Run, thing: str, words: tuple[str, ...], tx: Tx) -> None:
        if _is_told(run, thing, tx.db):
            return
        change = Change(
            key=thing, at=tx.now(), kind=COMPARED, severity=int(Severity.NOTE), rule=_mark(run),
            said=f"{_mark(run)}: {words[0]}", evidence=words[1:],
        )  # fmt: skip
        watches.changed(tx, change)
        first, *others = (kit.ours(each) if not number else kit.escape(each) for number, each in enumerate(words))
        self._teller.note(tx, run.request, kit.cut("\n".join((f"*{first}*", *others))))


@dataclass(kw_only=True)
class _Sides:
    """`blind`: what nothing could be compared of, in a sentence each."""

    called: str
    at: datetime
    before: dict[str, Reading] = field(default_factory=dict)
    after: dict[str, Reading] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)

    def add(self, before: Readings, after: Readings, unread: Iterable[str]) -> None:
        self.before |= before
        self.after |= after
        self.unread += unread

    def words(self) -> tuple[str, ...]:
        if not self.before:
            return tuple(self.blind)
        return (*moved.told(self.called, self.before, self.after, self.unread, SOURCES, self.at), *self.blind)


def _sides(
    host: str, between: Crossing | None, began: datetime, could: bool, listed: Answers | None,
    macs: Mapping[int, str] | None, now: datetime, db: Db,
) -> _Sides:  # fmt: skip
    found = _Sides(called=host or (between.partition if between is not None else ""), at=now)
    if host:
        _host(found, host, began, could, db)
    if between is not None:
        was: Readings = crossing.kept(db, between, began)
        name = f"{between.partition} by its HMC"
        if not was:
            found.blind.append(f"{name} was never read before its migration: nothing tells whether it is set as it was")
        elif listed is None:
            found.blind.append(
                f"{name} couldn't be read since its migration: nothing tells whether it is set as it was"
            )
        else:
            after: Readings = {each: told for each, told in listed.read.items() if moved.is_of(each, between.partition)}
            since = listed.lists.addresses.get(between.partition) if listed.lists is not None else None
            if macs is not None and since is not None:
                was, after = (moved.addressed(a, between.partition, b) for a, b in ((was, macs), (after, since)))
            found.add(was, after, moved.unread_of(listed.unread, between.partition))
    return found


def _host(found: _Sides, name: str, began: datetime, could: bool, db: Db) -> None:
    was = drift.readings(db, name, at=began)
    if not was:
        found.blind.append(f"{name} was never read before its migration: nothing tells whether it is set as it was")
    elif not could:
        found.blind.append(f"{name} couldn't be asked since its migration: nothing tells whether it is set as it was")
    else:
        stand = Stand(db, name, found.at)
        thing = watches.thing(db, machine.key_of(name))
        memory = machine.Memory.model_validate_json(thing.memory) if thing is not None and thing.memory else None
        unread = memory.unread if memory is not None else {}
        found.add(drift.whole(db, was), drift.whole(db, stand.parts), unread)


def _mark(run: Run) -> str:
    return f"#{run.request.id}"


def _is_told(run: Run, thing: str, db: Db) -> bool:
    found = watches.changes(db, [thing], since=run.began, limit=200)
    return any(each.kind == COMPARED and each.rule == _mark(run) for each in found)
