"""What a migration of ours does to how a host is set: read once more before it, again after it, and told in its thread.

A look takes place as soon as the migration waits for its votes, so that what was set in the hour since the last round
isn't blamed on it. What is told is told once: that it was stands in the ledger with what was said.
"""

from __future__ import annotations

import asyncio
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
from bot.watch.asking import Tools
from bot.watch.drift import NOTICE, DriftWatch
from handlers.drift import machine, moved
from handlers.drift.source import Kind
from handlers.drift.sources import SOURCES
from handlers.drift.subject import everything, kind_of
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
        self._is_on = settings.on and Kind.AIX in settings.kinds
        self._inventory, self._drifting, self._teller, self._tools = inventory, drifting, teller, tools
        self._read: set[tuple[int, str]] = set()  # before it, since the start
        self._due: dict[tuple[int, str], float] = {}

    async def run(self) -> None:
        """Until it is cancelled; without hosts that are watched it is over at once."""
        while self._is_on:
            try:
                await self.notice()
            except Exception:
                log.exception("which migrations hosts went through couldn't be told; it is tried again")
            await asyncio.sleep(NOTICE)

    async def notice(self) -> None:
        """Of every migration of a host that is watched, whatever is the matter with another."""
        ledger = self._tools.ledger
        found = await ledger.read(partial(lists.runs, operation=OPERATION, since=ledger.now() - 2 * PATIENCE))
        hosts = {name: at for name, at in everything(self._inventory).items() if kind_of(at) is Kind.AIX}
        for run in found:
            for name in sorted(name for name, at in hosts.items() if at.name in run.names):
                try:
                    await self._tell(run, name)
                except Exception:
                    log.exception("a host couldn't be compared after its migration; it is tried again", host=name)

    async def _tell(self, run: Run, name: str) -> None:
        key, now = (run.request.id, name), self._tools.monotonic()
        if run.request.state in (State.WAITING, State.GRANTED) and key not in self._read:
            self._read.add(key)
            await self._drifting.look(name)
        if run.request.state is not State.SUCCEEDED or now < self._due.get(key, now):
            return
        if run.began is None or run.ended is None or await self._tools.ledger.read(partial(_is_told, run, name)):
            return
        self._due[key] = now + AGAIN
        could = await self._drifting.look(name)
        if not could and self._tools.ledger.now() - run.ended < PATIENCE:
            return
        words = await self._tools.ledger.read(partial(_words, name, run.began, could, self._tools.ledger.now()))
        await self._tools.ledger.write(partial(self._said, run, name, words))
        self._teller.wake()

    def _said(self, run: Run, name: str, words: tuple[str, ...], tx: Tx) -> None:
        if _is_told(run, name, tx.db):
            return
        change = Change(
            key=machine.key_of(name), at=tx.now(), kind=COMPARED, severity=int(Severity.NOTE), rule=_mark(run),
            said=f"{_mark(run)}: {words[0]}", evidence=words[1:],
        )  # fmt: skip
        watches.changed(tx, change)
        first, *others = (kit.ours(each) if not number else kit.escape(each) for number, each in enumerate(words))
        self._teller.note(tx, run.request, kit.cut("\n".join((f"*{first}*", *others))))


def _words(name: str, began: datetime, could: bool, now: datetime, db: Db) -> tuple[str, ...]:
    was = drift.readings(db, name, at=began)
    if not was:
        return (f"{name} was never read before its migration: nothing tells whether it is set as it was",)
    if not could:
        return (f"{name} couldn't be asked since its migration: nothing tells whether it is set as it was",)
    stand = Stand(db, name, now)
    thing = watches.thing(db, machine.key_of(name))
    memory = machine.Memory.model_validate_json(thing.memory) if thing is not None and thing.memory else None
    before, after = drift.whole(db, was), drift.whole(db, stand.parts)
    return moved.told(name, before, after, sorted(memory.unread) if memory is not None else (), SOURCES, now)


def _mark(run: Run) -> str:
    return f"#{run.request.id}"


def _is_told(run: Run, name: str, db: Db) -> bool:
    found = watches.changes(db, [machine.key_of(name)], since=run.began, limit=200)
    return any(each.kind == COMPARED and each.rule == _mark(run) for each in found)
