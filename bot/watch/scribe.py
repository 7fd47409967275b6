"""What looks came to, written down many at a time, and handed on to whoever tells people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog

from bot.ledger import watches
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.ledger.watches import Change, Raw
from bot.watch.pair import Seen, Watched
from policies.alerts import Sighting

log = structlog.get_logger()

TOGETHER = 0.25  # seconds that the first of many waits for others
MOST = 500  # at once
AGAIN = 5.0  # seconds after which it is tried again
HELD = 20_000  # that wait for it at most; the oldest are given up

See: TypeAlias = Callable[[Sequence[Sighting], Callable[[Tx], None]], Awaitable[None]]


class Scribe:
    """`see`: told of everything that is wrong, or was, or happened; what is remembered is kept in the same transaction,
    so that a kill neither loses nor doubles anything."""

    def __init__(self, ledger: Ledger, see: See) -> None:
        self._ledger, self._see = ledger, see
        self._entries: list[_Entry] = []
        self._news = asyncio.Event()
        self._writing = asyncio.Lock()

    def put(self, seen: Seen) -> None:
        if seen.tell or seen.keep:
            row = _Row.of(seen.watched, seen.changes, seen.raws, is_gone=seen.is_gone) if seen.keep else None
            self._add(_Entry(row=row, sighting=seen.sighting if seen.tell else None))

    def remember(self, watched: Watched) -> None:
        """As it is now, before a stop."""
        self._add(_Entry(row=_Row.of(watched)))

    @property
    def is_idle(self) -> bool:
        return not self._entries

    def tell(self, sighting: Sighting) -> None:
        """A sighting of the watch itself."""
        self._add(_Entry(sighting=sighting))

    def _add(self, entry: _Entry) -> None:
        self._entries.append(entry)
        self._news.set()

    async def run(self) -> None:
        while True:
            await self._news.wait()
            await asyncio.sleep(TOGETHER)
            if not await self.write():
                await asyncio.sleep(AGAIN)

    async def flush(self) -> bool:
        """Back once nothing waits; False where something couldn't be kept."""
        while kept := await self.write():
            if self.is_idle:
                break
        return kept

    async def write(self) -> bool:
        """All that is there by now, in order; whether it is kept. What fails is tried again with the next."""
        async with self._writing:
            self._news.clear()
            entries, self._entries = self._entries[:MOST], self._entries[MOST:]
            rows = [each.row for each in entries if each.row is not None]
            sightings = [each.sighting for each in entries if each.sighting is not None]
            try:
                if sightings:
                    await self._see(sightings, lambda tx: _keep(tx, rows))
                elif rows:
                    await self._ledger.write(lambda tx: _keep(tx, rows))
            except Exception:
                log.exception("what was seen couldn't be kept yet; it is tried again")
                self._entries = (entries + self._entries)[-HELD:]
                self._news.set()
                return False
            if not self.is_idle:
                self._news.set()
            return True


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A snapshot for the writer's thread, made in ours."""

    key: str
    memory: str | None
    shown: Mapping[str, object]
    changes: tuple[Change, ...]
    raws: tuple[Raw, ...]
    is_gone: bool

    @classmethod
    def of(
        cls, watched: Watched, changes: Sequence[Change] = (), raws: Sequence[Raw] = (), *, is_gone: bool = False
    ) -> _Row:
        memory = watched.memory.model_dump_json() if watched.memory is not None else None
        return cls(
            key=watched.key,
            memory=memory,
            shown=watched.shown,
            changes=tuple(changes),
            raws=tuple(raws),
            is_gone=is_gone,
        )


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """What one look came to: kept and told in one transaction, or not yet."""

    row: _Row | None = None
    sighting: Sighting | None = None


def _keep(tx: Tx, rows: Sequence[_Row]) -> None:
    for each in rows:
        watches.remember(tx, each.key, memory=each.memory, shown=each.shown)
        for change in each.changes:
            watches.changed(tx, change)
        for raw in each.raws:
            watches.evidence(tx, each.key, raw)
        if each.is_gone:
            watches.gone(tx, each.key)
