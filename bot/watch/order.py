"""The standing order by which one host is read: audited when it begins, then in one row for each while.

Two thousand VIOS read every half a minute would be six million audit rows a day. What counts stands in the chain all
the same: that it reads, what, how often, what came of it, and a digest over every answer.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from handlers.command import Command
from policies.problems import HostProblem

log = structlog.get_logger()

TOLD_EVERY = 900.0  # seconds


class StandingOrder:
    """One host's. `is_covered`: whether a command is one of the reads that it is for; `about`: where those tell of one
    thing behind that host alone, which."""

    def __init__(
        self, ledger: Ledger, host: str, *, kind: str, every: float, is_covered: Callable[[Command], bool],
        about: str = "",
    ) -> None:  # fmt: skip
        self._ledger, self.host, self._kind, self._every = ledger, host, kind, every
        self.about = about
        self._is_covered = is_covered
        self._begun: asyncio.Task[int] | None = None
        self._untold: list[dict[str, Any]] = []
        self._empty(ledger.now())

    def covers(self, command: Command) -> bool:
        return command.host == self.host and self._is_covered(command)

    async def stands(self) -> None:
        """One row, whoever asks first; where it couldn't be kept, nothing is sent, and the next one tries again."""
        if self._begun is None or (self._begun.done() and (self._begun.cancelled() or self._begun.exception())):
            self._begun = asyncio.create_task(self._begin())
        await asyncio.shield(self._begun)

    def heard(self, command: Command, status: int | None, raw: bytes) -> None:
        """Each answer goes into the digest, in the order of their arrival: its words, its end, its own hash."""
        self._count["lost" if status is None else "answered" if status == 0 else "failed"] += 1
        self._bytes += len(raw)
        line = "\0".join((*command.argv, str(status), hashlib.sha256(raw).hexdigest()))
        self._digest.update(f"{line}\n".encode())

    def refused(self, command: Command, problem: HostProblem) -> None:
        self._count[f"not sent: {problem.code}"] += 1

    async def tell(self) -> None:
        """The row of the while that is over now; none where nothing was asked. What can't be kept is tried again."""
        if self._count:
            facts: dict[str, Any] = self._what | {"since": self._since.isoformat(), "bytes": self._bytes}
            self._untold.append(facts | {"reads": dict(self._count), "sha256": self._digest.hexdigest()})
        self._empty(self._ledger.now())
        while self._untold:
            await self._ledger.write(partial(self._told, self._untold[0]))
            self._untold.pop(0)

    def _told(self, facts: Mapping[str, Any], tx: Tx) -> None:
        tx.audit("watch-told", person="hscbot", host=self.host, **facts)

    async def keep_telling(self) -> None:
        while True:
            await asyncio.sleep(TOLD_EVERY)
            try:
                await self.tell()
            except Exception:
                log.exception("what a watch did for a while couldn't be told yet", host=self.host)

    @property
    def _what(self) -> dict[str, Any]:
        return {"kind": self._kind} | ({"about": self.about} if self.about else {})

    async def _begin(self) -> int:
        facts: dict[str, Any] = self._what | {"every": self._every, "told_every": TOLD_EVERY}
        return await self._ledger.write(lambda tx: tx.audit("watch-begun", person="hscbot", host=self.host, **facts))

    def _empty(self, since: datetime) -> None:
        self._count: Counter[str] = Counter()
        self._bytes, self._digest, self._since = 0, hashlib.sha256(), since
