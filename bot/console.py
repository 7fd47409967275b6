"""The SSH console: one shared connection per host, commands sent at most once, every outcome told or called unknown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias

import asyncssh

from bot.exchange import Answer as Answer
from bot.exchange import Feed, NoSession, NotSent, ask
from bot.login import Host as Host
from bot.login import log_in, unreachable
from bot.sftp import opening
from policies.problems import (
    AccountLocked,
    CommandUnsendable,
    HostUnknown,
    LoginRefused,
    LoginStopped,
    SessionRefused,
)

Starting: TypeAlias = Callable[[], Awaitable[None]]

LONG = 600.0  # seconds; commands with a longer deadline leave one slot of each host free, for progress and for a stop


class Stops(Protocol):
    """Hosts that must not be logged in to; durable, so that a restart is not another failed login."""

    async def stopped(self, host: str) -> tuple[object, str] | None:
        """Since when and why, or None."""
        ...

    async def stop(self, host: str, reason: str) -> None: ...

    async def lift(self, host: str) -> None: ...


class Console:
    """Runs commands on the configured hosts. Every Problem that it raises means that nothing ran."""

    def __init__(
        self,
        hosts: Mapping[str, Host],
        stops: Stops,
        *,
        connect_timeout: float = 15,
        login_timeout: float = 30,
        keepalive: float = 15,
        keepalives_missed: int = 3,
    ) -> None:
        asyncssh.set_log_level(logging.WARNING)  # at INFO it logs every command line
        self._lanes = {name: _Lane(host) for name, host in hosts.items()}
        self._stops = stops
        self._connect_timeout = connect_timeout
        self._login_timeout = login_timeout
        self._keepalive = keepalive
        self._keepalives_missed = keepalives_missed

    async def run(
        self,
        host: str,
        argv: Sequence[str],
        *,
        deadline: float,
        feed: Feed,
        starting: Starting | None = None,
        waiting: Starting | None = None,
        spare: bool = False,
    ) -> Answer:
        """Sends one command, once.

        `feed` gets the raw bytes of both outputs in the order of their arrival, and is awaited before more is read;
        `starting` is awaited once, right before the command is sent, and what it raises keeps it from being sent;
        `waiting` is awaited when no session is free for it yet. `deadline` is in seconds from the sending. `spare`:
        never tell the command to end, also when nobody waits for it any more.
        """
        lane = self._lane(host)
        line = command_line(host, argv)
        if waiting is not None and lane.full(long=deadline > LONG):
            await waiting()
        async with lane.slot(long=deadline > LONG):
            link = await self._link(lane)
            if starting is not None:
                await starting()
            try:
                return await link.ask(line, deadline, feed, spare)
            except NotSent:  # the shared connection had died unnoticed
                link = await self._link(lane)
            try:
                return await link.ask(line, deadline, feed, spare)
            except NotSent as error:
                raise unreachable(lane.host, f"The connection is lost again and again: {error}") from None

    async def open(self, host: str, *, force: bool = False) -> None:
        """Connects only. With `force` it logs in afresh in spite of a stop, and lifts the stop when it gets in."""
        lane = self._lane(host)
        if not force:
            await self._link(lane)
            return
        async with lane.forcing:
            while lane.attempt is not None and not lane.attempt.done():
                await asyncio.wait([lane.attempt])
            lane.drop()
            await self._attempt(lane, force=True)

    @contextlib.asynccontextmanager
    async def files(self, host: str, *, within: float = 30.0) -> AsyncIterator[asyncssh.SFTPClient]:
        """SFTP on a host, which is then left: nothing of it is needed again for a long time. `within`: seconds."""
        lane = self._lane(host)
        async with lane.slot(long=True):
            link = await self._link(lane)
            try:
                async with link.files(within) as client:
                    yield client
            finally:
                lane.drop()

    async def close(self) -> None:
        for lane in self._lanes.values():
            await lane.close()

    def _lane(self, host: str) -> _Lane:
        try:
            return self._lanes[host]
        except KeyError:
            raise HostUnknown(host=host) from None

    async def _link(self, lane: _Lane) -> _Link:
        if lane.link is not None and lane.link.usable:
            return lane.link
        return await self._attempt(lane, force=False)

    async def _attempt(self, lane: _Lane, *, force: bool) -> _Link:
        """All who want a connection now share one login: three refused ones lock an account."""
        if lane.attempt is None or lane.attempt.done():
            lane.attempt = asyncio.create_task(self._log_in(lane, force=force))
            lane.attempt.add_done_callback(lambda task: task.cancelled() or task.exception())
        return await asyncio.shield(lane.attempt)

    async def _log_in(self, lane: _Lane, *, force: bool) -> _Link:
        name = lane.host.name
        if not force:
            await self._check_stop(lane)
        try:
            conn = await log_in(
                lane.host,
                connect_timeout=self._connect_timeout,
                login_timeout=self._login_timeout,
                keepalive=self._keepalive,
                keepalives_missed=self._keepalives_missed,
            )
        except (LoginRefused, AccountLocked) as problem:
            lane.unkept_stop = problem.said
            await self._stops.stop(name, problem.said)
            lane.unkept_stop = None
            raise
        lane.drop()
        lane.link = _Link(lane.host, conn)
        if force:
            lane.unkept_stop = None
            await self._stops.lift(name)
        return lane.link

    async def _check_stop(self, lane: _Lane) -> None:
        stopped = await self._stops.stopped(lane.host.name)
        if stopped is None and lane.unkept_stop is not None:
            stopped = ("this start", lane.unkept_stop)
        if stopped is not None:
            raise LoginStopped(host=lane.host.name, since=stopped[0], reason=stopped[1])


def command_line(host: str, argv: Sequence[str]) -> str:
    """The words, quoted once for the shell of the host."""
    if not argv or not argv[0]:
        raise CommandUnsendable(host=host, reason="it is empty")
    for word in argv:
        if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", word):
            raise CommandUnsendable(host=host, reason="a word of it holds a control character")
    first, *rest = argv
    quoted = f"'{first}'" if first in _RESERVED or _ASSIGNS.match(first) else shlex.quote(first)
    return " ".join([quoted, *map(shlex.quote, rest)])


# A first word that the shell would take for its own unless it is quoted; shlex leaves these bare.
_RESERVED = frozenset({
    "if", "then", "elif", "else", "fi", "for", "in", "while", "until", "do", "done", "case", "esac", "select",
    "function", "time", "coproc",
})  # fmt: skip
_ASSIGNS = re.compile(r"[\w@%+:,./-]*=[\w@%+=:,./-]*\Z", re.ASCII)


class _Link:
    """A live connection. A retired one takes no new command and closes after its last."""

    def __init__(self, host: Host, conn: asyncssh.SSHClientConnection) -> None:
        self._host = host
        self._conn = conn
        self._running = 0
        self._retired = False

    @property
    def usable(self) -> bool:
        return not self._retired and not self._conn.is_closed()

    async def ask(self, line: str, deadline: float, feed: Feed, spare: bool) -> Answer:
        with self._in_use():
            try:
                return await ask(self._conn, line, deadline=deadline, feed=feed, spare=spare)
            except NotSent:
                self._retired = True
                raise
            except NoSession as error:
                raise SessionRefused(host=self._host.name, reason=str(error)) from None

    @contextlib.asynccontextmanager
    async def files(self, within: float) -> AsyncIterator[asyncssh.SFTPClient]:
        with self._in_use():
            with opening(self._host.name):
                async with asyncio.timeout(within):
                    client = await self._conn.start_sftp_client()
            try:
                yield client
            finally:
                client.exit()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if self._retired:
                self.retire()

    def retire(self) -> None:
        self._retired = True
        if not self._running:
            self._conn.close()

    async def close(self) -> None:
        self._conn.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self._conn.wait_closed()
        self._conn.abort()


class _Lane:
    """What is shared by all commands of one host."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.link: _Link | None = None
        self.attempt: asyncio.Task[_Link] | None = None
        self.unkept_stop: str | None = None  # of a refused login that couldn't be written down
        self.forcing = asyncio.Lock()
        self._slots = asyncio.Semaphore(host.at_once)
        self._long_slots = asyncio.Semaphore(max(1, host.at_once - 1))

    def full(self, *, long: bool) -> bool:
        """Whether a command would have to wait for its turn."""
        return self._slots.locked() or (long and self._long_slots.locked())

    @contextlib.asynccontextmanager
    async def slot(self, *, long: bool) -> AsyncIterator[None]:
        async with self._long_slots if long else contextlib.nullcontext(), self._slots:
            yield

    def drop(self) -> None:
        if self.link is not None:
            self.link.retire()
        self.link = None

    async def close(self) -> None:
        if self.attempt is not None:
            self.attempt.cancel()
            await asyncio.wait([self.attempt])
        if self.link is not None:
            await self.link.close()
            self.link = None
