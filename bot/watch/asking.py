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
from handlers.heard import Reads
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


class HostSilent(HostProblem):
    code = "host-silent"
    sentence = "{host} takes what it is asked and doesn't answer it."
    why = "{lost} answers in a row were lost: a command there hangs, or the connection breaks each time."
    remedy = "Log in there and try `{command}`; it is asked again by itself."


class Asker:
    def __init__(self, tools: Tools, order: StandingOrder) -> None:
        self._tools, self._order = tools, order

    async def drive(self, flow: Reads[T], raws: list[Raw] | None = None, *, patience: int | None = None) -> T:
        """A flow that only reads, to its end; every answer goes to `raws`, as it came. After `patience` lost answers in
        a row HostSilent: a host that hangs would hold on to its session for as long as everything is asked."""
        lost = 0
        try:
            step = next(flow)
            while True:
                if not isinstance(step, Command):
                    raise TypeError("a watch plans nothing, and asks one thing at a time")
                result = await self._ask(step, raws)
                lost = lost + 1 if result.exit_status is None else 0
                if lost == patience:
                    raise HostSilent(host=self._order.about or self._order.host, lost=lost, command=" ".join(step.argv))
                step = flow.send(result)
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
