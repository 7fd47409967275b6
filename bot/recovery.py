"""What a stop left half done, and what nobody works on: picked up. Nothing that was sent to a machine is sent again."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from bot.ballot import Ballot
from bot.desk import Desk
from bot.ledger import drift, incidents, requests, slack, watches
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.runner import Runner
from bot.teller import Teller
from handlers.operation import Ending, Offer, Report
from policies.requests import State
from policies.words import Effect

log = structlog.get_logger()

KEPT = timedelta(days=30)  # deliveries and letters that are done with
KEPT_INCIDENTS = timedelta(days=400)  # of those that are over


@dataclass(frozen=True, kw_only=True)
class LeftOver:
    envelopes: list[Envelope]
    requests: list[requests.Request]


class Recovery:
    def __init__(self, ledger: Ledger, desk: Desk, ballot: Ballot, runner: Runner, teller: Teller) -> None:
        self._ledger, self._desk, self._ballot = ledger, desk, ballot
        self._runner, self._teller = runner, teller
        self._idle: set[int] = set()

    async def left_over(self) -> LeftOver:
        """What the last stop left: deliveries that were not dealt with, requests that were under way."""
        return LeftOver(
            envelopes=await self._ledger.read(slack.unhandled), requests=await self._ledger.read(requests.unfinished)
        )

    async def recover(self, left: LeftOver) -> None:
        """Pick it up, each by itself."""
        for envelope in left.envelopes:
            await _alone(self._desk.late(envelope))
        for request in left.requests:
            await _alone(self._pick_up(request))

    async def sweep(self) -> None:
        """Close what is overdue, and pick up what nobody works on: what is granted at once, for its time may have come;
        the rest once it was seen so twice, for work that just starts.

        What the command line put into the ledger meanwhile is said, too.
        """
        await _alone(self._ballot.expire())
        await _alone(self._ballot.remind())
        self._teller.wake()
        idle = {
            request.id: request
            for request in await self._ledger.read(requests.unfinished)
            if request.state is not State.WAITING and not self._runner.busy(request.id)
        }
        granted = {number for number, request in idle.items() if request.state is State.GRANTED}
        for number in sorted(granted | (idle.keys() & self._idle)):
            await _alone(self._pick_up(idle.pop(number)))
        self._idle = set(idle)

    async def pick_up_asked(self) -> None:
        """Begin with what was just asked for at a terminal, where somebody waits."""
        self._teller.wake()
        for number in await self._ledger.read(requests.asked_elsewhere):
            self._runner.start(number)

    async def forget(self) -> None:
        """Let go of what is long done with."""

        def change(tx: Tx) -> None:
            slack.forget(tx, tx.now() - KEPT)
            incidents.forget(tx, tx.now() - KEPT_INCIDENTS)
            watches.forget(tx)
            drift.forget(tx)

        await self._ledger.write(change)

    async def _pick_up(self, request: requests.Request) -> None:
        if self._runner.busy(request.id):
            return
        if request.state is State.GRANTED:
            self._runner.start(request.id)
        elif request.state is State.UNKNOWN:
            self._runner.look(request.id)
        elif request.state in (State.PLANNING, State.RUNNING):
            await self._interrupted(request)

    async def _interrupted(self, request: requests.Request) -> None:
        """Nothing is sent again: told as unknown where a change may be under way, and looked at."""
        changed = await self._ledger.read(lambda db: requests.change_sent(db, request.id))
        begun = await self._ledger.read(lambda db: requests.commands_sent(db, request.id))
        operation = self._teller.operation(request)
        if request.state is State.PLANNING and not begun:
            self._runner.start(request.id)  # nothing was sent for it yet, not even a read
            return
        if changed:
            report = Report(
                ending=Ending.UNKNOWN,
                headline="unknown: I was interrupted while it ran; I am looking at the machines",
            )
        else:
            asked_alone = operation.effect is Effect.READS  # its answer was on its way, and nobody heard it
            report = Report(
                ending=Ending.UNKNOWN if asked_alone else Ending.FAILED,
                headline="interrupted: I was stopped before it ended; nothing was changed",
                offers=(Offer(label="Ask again", text=operation.text()),),
            )
        await self._teller.ended(request.id, State(report.ending.value), report)
        if changed:
            self._runner.look(request.id)


async def _alone(work: Coroutine[Any, Any, None]) -> None:
    """One that fails doesn't keep the others from their turn."""
    try:
        await work
    except Exception:
        log.exception("couldn't see to what was left or is due")
