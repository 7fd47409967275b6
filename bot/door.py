"""The only door to a machine: a command is audited before it is sent, streamed while it runs, audited when answered.

A watch's reads go by a standing order: that is audited before the first of them, and what came of them in one row for
each while. Such an order covers a few reads to the letter, and nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

import structlog

from bot.console import Console
from bot.ledger.requests import Request
from bot.ledger.store import Ledger
from bot.own.itself import Itself
from bot.stream import Stream
from bot.teller import Teller
from handlers.command import ITSELF, RESULT_LIMIT, Command, Progress, Result
from policies.problems import HostProblem, Problem
from policies.words import Effect

log = structlog.get_logger()

# A watch is brisk at first; a migration of hours needs neither a row nor an edit every other second.
BRISK, SLOWER = 30, 8

Told: TypeAlias = Callable[[Progress], Awaitable[None]]


class NotInOrder(Problem):
    code = "not-in-order"
    sentence = "I stopped before a command that no standing order covers: {command}"
    why = "What a watch sends without being asked is a short list of reads, to the letter."
    remedy = "This is a fault in hscbot: report it with its log. Nothing of that command ran."


class Order(Protocol):
    """A standing order to read: durable in the audit before its first command, and told of each answer."""

    def covers(self, command: Command) -> bool: ...

    async def stands(self) -> None:
        """Back once the audit row is durable under which it reads."""
        ...

    def heard(self, command: Command, status: int | None, raw: bytes) -> None: ...

    def refused(self, command: Command, problem: HostProblem) -> None: ...


class Door:
    """Sends what it is given; whether it may is for the runner to say."""

    def __init__(self, ledger: Ledger, console: Console, teller: Teller, itself: Itself) -> None:
        self._ledger, self._console, self._teller, self._itself = ledger, console, teller, itself

    async def read(self, command: Command) -> Result:
        """A read of the bot's own, outside any request."""
        return await self.send(command, None)

    async def send(
        self,
        command: Command,
        request: Request | None,
        *,
        may: Callable[[], None] = lambda: None,
        progress: Told | None = None,
    ) -> Result:
        """Send one command, once. A HostProblem means that it never ran.

        `may` has the last word, right before the audit row and the sending, and raises a HostProblem to keep it from
        being sent; `progress` is told how far it is.
        """
        stream = Stream(self._ledger, self._teller, request, command)
        if command.host == ITSELF and request is not None:
            may()
            return await self._by_itself(command, request, stream)
        over = asyncio.Event()
        watching: list[asyncio.Task[None]] = []

        async def starting() -> None:
            may()
            await stream.sending()
            if command.meanwhile is not None:
                watching.append(asyncio.create_task(self._watch(command, request, over, progress)))

        began = time.monotonic()
        try:
            answer = await self._console.run(
                command.host,
                command.argv,
                deadline=command.deadline,
                feed=stream.feed,
                starting=starting,
                waiting=stream.waiting,
                spare=command.effect > Effect.READS,
            )
        except HostProblem as problem:
            await stream.not_sent(problem)
            raise
        finally:
            # Not cancelled: a read that is under way ends with its audit row.
            over.set()
            for fault in await asyncio.gather(*watching, return_exceptions=True):
                if fault is not None:
                    log.error("the watch over a command failed", host=command.host, exc_info=fault)
        return await stream.answered(answer.exit_status, lost=answer.lost, seconds=time.monotonic() - began)

    async def look(self, command: Command, order: Order) -> tuple[Result, bytes]:
        """One read of a watch, and its raw answer. A HostProblem means that it never ran."""
        if command.effect is not Effect.READS or command.meanwhile is not None or not order.covers(command):
            raise NotInOrder(command=" ".join(command.argv))
        pieces: list[bytes] = []
        size = 0

        async def feed(raw: bytes) -> None:
            nonlocal size
            if size <= RESULT_LIMIT:
                pieces.append(raw)
            size += len(raw)

        try:
            answer = await self._console.run(
                command.host, command.argv, deadline=command.deadline, feed=feed, starting=order.stands
            )
        except HostProblem as problem:
            order.refused(command, problem)
            raise
        raw = b"".join(pieces)
        order.heard(command, answer.exit_status, raw)
        return _result(command, answer.exit_status, raw, size), raw

    async def _by_itself(self, command: Command, request: Request, stream: Stream) -> Result:
        """No machine is spoken to; what is done is audited no less."""
        await stream.sending()
        began = time.monotonic()
        answer = await self._itself.carry_out(command.argv, request)
        await stream.feed(answer.text.encode())
        return await stream.answered(answer.status, lost=None, seconds=time.monotonic() - began)

    async def _watch(
        self, command: Command, request: Request | None, over: asyncio.Event, progress: Told | None
    ) -> None:
        """Repeat the read that tells how far a long command is, until that is over."""
        meanwhile, turn = command.meanwhile, 0
        while meanwhile is not None and not await _within(over, meanwhile.every * (1 if turn < BRISK else SLOWER)):
            turn += 1
            try:
                result = await self.send(meanwhile.command, request)
            except HostProblem as problem:
                log.info("no progress to tell", host=command.host, why=problem.said)
                continue
            read = meanwhile.command.progress
            how_far = read(result) if read is not None else None
            if progress is not None and how_far is not None and not over.is_set():
                await progress(how_far)


def _result(command: Command, status: int | None, raw: bytes, size: int) -> Result:
    try:
        text, malformed = raw.decode("utf-8"), False
    except UnicodeDecodeError:
        text, malformed = raw.decode("utf-8", errors="replace"), True
    return Result(command=command, exit_status=status, text=text[:RESULT_LIMIT], size=size, malformed=malformed)


async def _within(over: asyncio.Event, seconds: float) -> bool:
    """Whether the event came before the time was up."""
    try:
        async with asyncio.timeout(seconds):
            return await over.wait()
    except TimeoutError:
        return False
