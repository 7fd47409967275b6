"""One simulated machine on the loopback: logins, sessions, and the shell behind them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncssh

from bot.lab.fleet import algorithms
from bot.lab.fleet.doorkeeper import Account, Doorkeeper
from bot.lab.fleet.faults import Fault
from bot.lab.fleet.machines import Machine, Way
from bot.lab.fleet.session import Session
from bot.lab.fleet.world import World

_SPARE = 4  # connections beyond the session limit that are refused politely; the next ones are reset


class Server:
    """Answers from the world for one machine."""

    def __init__(self, world: World, machine: Machine) -> None:
        self.machine = machine
        self.key = algorithms.new_key(old=machine.old_ssh)
        self.door = Doorkeeper([self._account(name) for name in machine.users], world.clock)
        self.faults: list[Fault] = []
        self.sessions = 0
        self.connections: dict[asyncssh.SSHServerConnection, object] = {}  # with the life that each was made in
        self.deaf: set[asyncssh.SSHServerConnection] = set()
        self.port = 0
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._running: set[Session] = set()

    async def listen(self) -> None:
        if self._acceptor is None:
            self._acceptor = await asyncssh.create_server(
                lambda: _Door(self),
                "127.0.0.1",
                self.port,
                server_host_keys=[algorithms.shown(self.key, old=self.machine.old_ssh)],
                encoding=None,
                allow_scp=False,
                login_timeout=30,
                gss_host=None,
                agent_forwarding=False,
                **algorithms.offered(old=self.machine.old_ssh),
            )
            self.port = self._acceptor.get_port()

    async def refuse(self) -> None:
        """Nobody at the port any more, and whoever was in is cut off."""
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
            self._acceptor = None
        self.cut()

    def cut_from_former_lives(self) -> None:
        """Whoever came in before the machine went down is out, also where it is back already."""
        if self.connections:
            now = self.machine.life()
            for conn in [each for each, life in self.connections.items() if life != now]:
                conn.abort()

    def cut(self) -> None:
        for conn in list(self.connections):
            conn.abort()

    def deafen(self) -> int:
        """Every connection stays open, and nothing is heard or said on it any more; how many there were."""
        for conn in self.connections.keys() - self.deaf:
            if conn._transport is not None:  # asyncssh has no other way to stop listening on a whole connection
                conn._transport.pause_reading()
        self.deaf |= self.connections.keys()
        return len(self.deaf)

    async def change_key(self) -> None:
        """As if reinstalled: another host key from the next connection on."""
        await self.refuse()
        self.key = algorithms.new_key(old=self.machine.old_ssh)
        await self.listen()

    async def close(self) -> None:
        await self.refuse()
        tasks = [each.task for each in self._running if each.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _account(self, name: str) -> Account:
        ways = self.machine.ways(name)
        key = algorithms.new_key(old=self.machine.old_ssh)
        return Account(name, key=key, by_password=Way.PASSWORD in ways, by_key=Way.KEY in ways)

    def session(self) -> Session | bool:
        if self.sessions >= self.machine.sessions:
            return False
        return Session(self._answer, began=self._began, ended=self._ended)

    def _began(self, session: Session) -> None:
        self.sessions += 1
        self._running.add(session)

    def _ended(self, session: Session) -> None:
        self.sessions -= 1
        self._running.discard(session)

    async def _answer(self, session: Session) -> int:
        line = session.command
        if line is None:
            await session.write(b"Interactive sessions are not simulated.\n")
            return 1
        fault = self._next_fault(line)
        wire = _Wire(self, session, fault)
        if fault is not None and fault.raw is not None:
            for piece in fault.raw():
                await wire.send(piece)
            return fault.exit_status
        status = await self.machine.shell(session.user).run(line, wire.out, wire.err)
        await wire.ends()
        return status

    def _next_fault(self, line: str) -> Fault | None:
        for fault in self.faults:
            if fault.matching in line:
                self.faults.remove(fault)
                return fault
        return None


class _Door(asyncssh.SSHServer):
    def __init__(self, server: Server) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._conn = conn
        self._user = ""
        machine = self._server.machine
        life = self._server.connections[conn] = machine.life()
        if len(self._server.connections) > machine.sessions + _SPARE or life is None:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.pop(self._conn, None)
        self._server.deaf.discard(self._conn)

    def begin_auth(self, username: str) -> bool:
        self._user = username
        self._tell()
        return True

    def password_auth_supported(self) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return self._admits(username, password)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._admits(username, key)

    def session_requested(self) -> Session | bool:
        if not self._server.machine.is_up():
            self._conn.abort()
            return False
        return self._server.session()

    def _admits(self, username: str, shown: str | asyncssh.SSHKey) -> bool:
        admitted = self._server.door.admits(username, shown)
        if not admitted:
            self._tell()
        return admitted

    def _tell(self) -> None:
        if words := self._server.door.says(self._user):
            self._conn.send_auth_banner(words)


class _Wire:
    """Carries an answer, as far as the fault lets it."""

    def __init__(self, server: Server, session: Session, fault: Fault | None) -> None:
        self._server = server
        self._session = session
        self._fault = fault or Fault()
        self._sent = 0

    async def out(self, text: str) -> None:
        await self.send(text.encode("utf-8", "surrogateescape"))

    async def err(self, text: str) -> None:
        await self.send(text.encode("utf-8", "surrogateescape"), error=True)

    async def send(self, data: bytes, *, error: bool = False) -> None:
        limits = [each for each in (self._fault.cut_after, self._fault.stall_after) if each is not None]
        room = min(limits, default=None)
        if room is not None:
            data = data[: max(0, room - self._sent)]
        for piece in self._pieces(data):
            await self._heard()
            await self._session.write(piece, error=error)
            self._sent += len(piece)
            if self._fault.pace is not None:
                await asyncio.sleep(len(piece) / self._fault.pace)
        await self._heard()
        if room is not None and self._sent >= room:
            await self._stop()

    async def ends(self) -> None:
        """An answer without a byte is met by a fault all the same: its status isn't heard."""
        await self.send(b"")

    def _pieces(self, data: bytes) -> Iterator[bytes]:
        """All at once, or, where it is slow, what goes over in a twentieth of a second."""
        size = len(data) if self._fault.pace is None else max(1, int(self._fault.pace / 20))
        for start in range(0, len(data), max(1, size)):
            yield data[start : start + size]

    async def _heard(self) -> None:
        """Never comes back where nobody hears it."""
        if self._server.deaf and self._session.connection in self._server.deaf:
            await asyncio.Event().wait()

    async def _stop(self) -> None:
        if self._fault.cut_after is not None:
            self._session.connection.abort()
        await asyncio.Event().wait()
