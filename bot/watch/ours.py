"""What we do to machines ourselves: what a watch sees of it needn't wake anybody as if nobody knew why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from pydantic import ValidationError

from bot.ledger import lists
from bot.ledger.lists import Changing
from bot.ledger.store import Ledger
from handlers.drift.operations import Accept, Baseline
from handlers.operation import Operation
from handlers.sea.memory import Calm, Ours
from policies.requests import State

FRESH = 1.0  # seconds for which what was read is good enough while all is well


class OurRequests:
    """`operations`: those that this version knows, by name."""

    def __init__(self, ledger: Ledger, operations: Mapping[str, type[Operation]]) -> None:
        self._ledger, self._operations = ledger, operations
        self._read_at: datetime | None = None  # by the clock that requests are told by
        self._found: tuple[Ours, ...] = ()

    async def lately(self, *, fresh: bool = False) -> tuple[Ours, ...]:
        """Those that run, or ended not long ago. `fresh`: as of now, for there is something to be explained."""
        at = self._ledger.now()
        if fresh or self._read_at is None or abs((at - self._read_at).total_seconds()) >= FRESH:
            self._read_at = at
            since = at - timedelta(seconds=Calm().lately)
            found = await self._ledger.read(lambda db: lists.changing(db, at, since))
            self._found = tuple(map(self._told, found))
        return self._found

    async def since(self, moment: datetime, *, words: Collection[str] = ()) -> tuple[Ours, ...]:
        """Those that run, or ended since then. `words`: operations that count too, though no machine is touched."""
        at = self._ledger.now()
        found = await self._ledger.read(lambda db: lists.changing(db, at, moment, words=words))
        return tuple(map(self._told, found))

    def _told(self, each: Changing) -> Ours:
        operation = self._operations.get(each.request.operation)
        typed, systems, took = each.request.operation, tuple[str, ...](), ""
        if operation is not None:
            try:
                read = operation.model_validate_json(each.request.parameters)
                typed, systems = f"/{read.command} {read.text()}", (*read.targets(), *read.systems())
                took = _took(read)
            except ValidationError:  # that version knew other parameters of it
                systems = ()
        places = tuple(dict.fromkeys((*each.names, *systems)))
        plan = each.request.plan
        sent = tuple(" ".join(argv) for _, *argv in plan.commands) if plan is not None else ()
        return Ours(
            number=each.request.id,
            typed=typed,
            places=places,
            at=each.at,
            runs=each.request.state is State.RUNNING,
            by=str(each.request.requester),
            sent=sent,
            took=took,
        )


def _took(read: Operation) -> str:
    return read.setting if isinstance(read, Accept) else "*" if isinstance(read, Baseline) else ""
