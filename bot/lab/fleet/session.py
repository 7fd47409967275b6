"""One command on a connection: asyncssh's own process objects do more than such a short one needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TypeAlias

import asyncssh

Work: TypeAlias = Callable[["Session"], Coroutine[None, None, int]]


class Session(asyncssh.SSHServerSession[bytes]):
    """`work` gives the exit status; it is cancelled when nobody is there any more. `ended` hears of its end."""

    def __init__(self, work: Work, *, began: Callable[[Session], object], ended: Callable[[Session], object]) -> None:
        self.command: str | None = None  # None: somebody wants to type
        self.task: asyncio.Task[None] | None = None
        self._work = work
        self._began = began
        self._ended = ended
        self._channel: asyncssh.SSHServerChannel[bytes] | None = None
        self._room = asyncio.Event()
        self._room.set()

    @property
    def channel(self) -> asyncssh.SSHServerChannel[bytes]:
        assert self._channel is not None
        return self._channel

    @property
    def connection(self) -> asyncssh.SSHServerConnection:
        found: asyncssh.SSHServerConnection = self.channel.get_extra_info("connection")
        return found

    @property
    def user(self) -> str:
        return str(self.channel.get_extra_info("username"))

    async def write(self, data: bytes, *, error: bool = False) -> None:
        """Waits while the other side takes nothing; ConnectionError once it is gone."""
        await self._room.wait()
        self.channel.write(data, asyncssh.EXTENDED_DATA_STDERR if error else None)

    async def _run(self) -> None:
        try:
            self.channel.exit(await self._work(self))
        finally:
            self._ended(self)

    # ── what asyncssh calls ──────────────────────────────────────────────────────────────────────────────────────────

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self._channel = chan

    def exec_requested(self, command: str) -> bool:
        self.command = command
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        self._began(self)
        self.task = asyncio.get_running_loop().create_task(self._run())

    def eof_received(self) -> bool:
        return True  # there is an answer to come

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def connection_lost(self, exc: Exception | None) -> None:
        if self.task is not None:
            self.task.cancel()
