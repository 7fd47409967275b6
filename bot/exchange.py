"""One command over one connection: sent once, read with backpressure, and always let go of."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

import asyncssh

Feed: TypeAlias = Callable[[bytes], Awaitable[None]]

_HELD = 256 * 1024  # bytes of one answer that may wait for its reader
_PIECE = 32 * 1024
_GRACE = 5.0  # seconds that a host has to confirm the end of a channel


@dataclass(frozen=True)
class Answer:
    """How a command ended. `exit_status` is None when the outcome is unknown; `lost` then says why."""

    exit_status: int | None
    lost: str | None = None


class NotSent(Exception):
    """The connection was gone before the command left: nothing ran, and it may be sent over another one."""


class NoSession(Exception):
    """The host refused the session or the command: nothing ran."""


class _Lost(Exception):
    """The connection went after the command had left."""


async def ask(
    conn: asyncssh.SSHClientConnection, line: str, *, deadline: float, feed: Feed, spare: bool = False
) -> Answer:
    """Sends `line` and feeds its output as it arrives. Raises NotSent or NoSession, or what `feed` raises.

    `spare`: when its end isn't waited for, the command is left running; otherwise it is told to end.
    """
    session = _Session()
    try:
        async with asyncio.timeout(deadline) as clock:
            await _send(conn, line, session)
            async for piece in session.pieces():
                await feed(piece)
        return session.answer()
    except _Lost as error:
        return Answer(None, str(error))
    except TimeoutError:
        if not clock.expired():
            raise
        if not session.sent:
            raise NoSession(f"It opened no session within {deadline:g} s") from None
        return Answer(None, f"the deadline of {deadline:g} s passed")
    finally:
        await session.let_go(spare=spare)


async def _send(conn: asyncssh.SSHClientConnection, line: str, session: _Session) -> None:
    opening = asyncio.ensure_future(
        conn.create_session(lambda: session, line, encoding=None, window=_HELD, max_pktsize=_PIECE, request_pty=False)
    )
    try:
        channel, _ = await asyncio.shield(opening)
        channel.write_eof()
    except asyncio.CancelledError:
        # An opening that is cancelled itself would leak its channel: let it finish, and the session close it.
        session.unwanted = True
        opening.add_done_callback(_end)
        raise
    except asyncssh.ChannelOpenError as error:
        gone = conn.is_closed() or error.reason == "SSH connection closed"
        if session.sent and (gone or session.ended):
            # Not refused in words: the channel or the connection went, and the command may have begun.
            raise _Lost("the session was lost while the command was being sent") from None
        raise (NotSent if gone else NoSession)(_told(error)) from None
    except (asyncssh.Error, OSError) as error:
        if not session.sent:
            raise NotSent(_told(error)) from None
        raise _Lost(f"the connection was lost: {_told(error)}") from None


def _told(error: Exception) -> str:
    """The reason, which may be the other side's words: one printable line, bounded."""
    words = error.reason if isinstance(error, asyncssh.Error) else str(error)
    return "".join(ch if ch.isprintable() else " " for ch in words)[:200] or type(error).__name__


def _end(opening: asyncio.Future[tuple[asyncssh.SSHClientChannel[bytes], asyncssh.SSHClientSession[bytes]]]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        _stop(opening.result()[0])


def _stop(channel: asyncssh.SSHClientChannel[bytes]) -> None:
    with contextlib.suppress(OSError):  # it has ended by itself
        channel.terminate()
    channel.close()


class _Session(asyncssh.SSHClientSession[bytes]):
    """Holds a bounded part of the answer; both outputs in the order of their arrival."""

    def __init__(self) -> None:
        self.sent = False
        self.unwanted = False
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._news = asyncio.Event()
        self.ended = False
        self._paused = False
        self._status: int | None = None
        self._lost: str | None = None

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:
        self._channel = chan
        if self.unwanted:
            chan.close()
            raise NotSent("nobody waits for it any more")
        self.sent = True  # the request leaves in this very step of the loop

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self._pieces.append(data)
        self._size += len(data)
        if self._size >= _HELD and not self._paused and self._channel is not None:
            self._paused = True
            self._channel.pause_reading()
        self._news.set()

    def eof_received(self) -> bool:
        return True  # the exit status comes after it

    def exit_status_received(self, status: int) -> None:
        self._status = status

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:
        self._lost = f"the command was ended by the signal {signal[:20]!a}"

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is not None:
            self._lost = f"the connection was lost: {_told(exc)}"
        self.ended = True
        self._news.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        while self._pieces or not self.ended:
            if not self._pieces:
                self._news.clear()
                await self._news.wait()
                continue
            piece = self._pieces.popleft()
            self._size -= len(piece)
            self._read_on()
            yield piece

    def _read_on(self) -> None:
        if self._paused and self._size < _HELD // 2 and self._channel is not None:
            self._paused = False
            self._channel.resume_reading()

    def answer(self) -> Answer:
        # A status that came before the connection went may stand for an answer of which the end is missing.
        if self._status is None or self._lost is not None:
            return Answer(None, self._lost or "the channel was closed without an exit status")
        return Answer(self._status)

    async def let_go(self, *, spare: bool) -> None:
        """Ends the command if it still runs, or turns away from it.

        One that can't be ended in time is left to the connection's end.
        """
        if self._channel is None or self.ended:
            return
        if spare:
            self._channel.close()
        else:
            _stop(self._channel)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GRACE):
                await self._channel.wait_closed()
