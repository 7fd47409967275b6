"""What every host's watch shares, and how its flows are driven: reads alone, by the standing order of their host."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.door import Door
from bot.ledger.store import Ledger
from bot.ledger.watches import Raw
from bot.watch.figures import Figures
from bot.watch.order import StandingOrder
from bot.watch.ours import OurRequests
from bot.watch.scribe import Scribe
from handlers.command import Command, Result
from handlers.frames import Reads
from handlers.plan import Plan
from policies.problems import HostProblem

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Tools:
    """`monotonic`: seconds that only go forward. `dice` spreads looks; it keeps no secret."""

    ledger: Ledger
    door: Door
    scribe: Scribe
    ours: OurRequests
    figures: Figures
    monotonic: Callable[[], float] = time.monotonic
    dice: random.Random = field(default_factory=random.Random)


class Asker:
    def __init__(self, tools: Tools, order: StandingOrder) -> None:
        self._tools, self._order = tools, order

    async def drive(self, flow: Reads[T], raws: list[Raw] | None = None) -> T:
        """A flow that only reads, to its end; every answer goes to `raws`, as it came."""
        try:
            step = next(flow)
            while True:
                if isinstance(step, Plan):
                    raise TypeError("a watch plans nothing")
                step = flow.send(await self._ask(step, raws))
        except StopIteration as end:
            told: T = end.value
            return told
        finally:
            flow.close()

    async def _ask(self, command: Command, raws: list[Raw] | None) -> Result:
        host, figures = self._order.host, self._tools.figures
        try:
            result, raw = await self._tools.door.look(command, self._order)
        except HostProblem as problem:
            figures.read(host, problem.code)
            raise
        figures.read(host, {None: "lost", 0: "answered"}.get(result.exit_status, "failed"))
        if raws is not None:
            at = self._tools.ledger.now()
            raws.append(Raw(host=host, argv=command.argv, at=at, exit_status=result.exit_status, raw=raw))
        return result
