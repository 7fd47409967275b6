"""The console against real SSH servers on the loopback."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncssh
import pytest

from bot.console import Answer, Console, Host, command_line
from policies.problems import (
    AccountLocked,
    CommandUnsendable,
    CredentialUnusable,
    HostKeyWrong,
    HostUnknown,
    HostUnreachable,
    LoginRefused,
    LoginStopped,
    SessionRefused,
)
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.stops import Stops

Process = asyncssh.SSHServerProcess[bytes]
PASSWORD = "correct horse"
LOCK_WORDS = "The account is locked due to 3 failed logins.\n(5 minutes left to unlock)\n"


@dataclass
class Machine:
    """A real SSH server that counts what reaches it."""

    password: str = PASSWORD
    banner: str = ""
    hangs_up: bool = False
    sessions_allowed: int = 10
    connections: int = 0
    logins: int = 0
    sessions: int = 0
    ran: list[str] = field(default_factory=list)
    open_connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)
    act: Callable[[Process], Awaitable[None]] | None = None
    port: int = 0
    key: asyncssh.SSHKey = field(default_factory=lambda: asyncssh.generate_private_key("ssh-ed25519"))

    async def handle(self, process: Process) -> None:
        self.ran.append(process.command or "")
        self.sessions += 1
        try:
            await self._answer(process)
        except OSError:
            return  # the client went away first; raised, it would cost the whole connection
        finally:
            self.sessions -= 1

    async def _answer(self, process: Process) -> None:
        if self.act is not None:
            await self.act(process)
        else:
            process.stdout.write(b"done\n")
            process.exit(0)

    def host(self, **changes: object) -> Host:
        fields = {
            "name": "hmc",
            "address": "127.0.0.1",
            "port": self.port,
            "user": "hscroot",
            "host_key": self.key.export_public_key().decode(),
            "password": PASSWORD,
        }
        return Host.model_validate({**fields, **changes})

    @contextlib.asynccontextmanager
    async def console(self, stops: Stops | None = None, **patience: Any) -> AsyncIterator[Console]:
        console = Console({"hmc": self.host()}, stops or Stops(), **patience)
        try:
            yield console
        finally:
            await console.close()


class Door(asyncssh.SSHServer):
    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.conn = conn
        self.machine.connections += 1
        self.machine.open_connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        if self.machine.banner:
            self.conn.send_auth_banner(self.machine.banner)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self.machine.logins += 1
        if self.machine.hangs_up:
            self.conn.abort()
        return password == self.machine.password

    def session_requested(self) -> bool | asyncssh.SSHServerProcess[bytes]:
        if self.machine.sessions >= self.machine.sessions_allowed:
            return False
        return asyncssh.SSHServerProcess(self.machine.handle, None, 3, False)


@pytest.fixture
async def machine() -> AsyncIterator[Machine]:
    machine = Machine()
    server = await asyncssh.create_server(
        lambda: Door(machine), "127.0.0.1", 0, server_host_keys=[machine.key], encoding=None
    )
    machine.port = server.get_port()
    yield machine
    server.close()
    for conn in machine.open_connections:
        conn.abort()
    await server.wait_closed()


async def run(console: Console, *argv: str, deadline: float = 20) -> tuple[Answer, bytes]:
    pieces: list[bytes] = []

    async def feed(piece: bytes) -> None:
        pieces.append(piece)

    answer = await console.run("hmc", argv or ("lshmc", "-V"), deadline=deadline, feed=feed)
    return answer, b"".join(pieces)


async def forever(process: Process) -> None:
    process.stdout.write(b"begun\n")
    await process.wait_closed()


async def test_answers_and_shares_one_connection(machine: Machine) -> None:
    """Twenty commands at once share one login and each gets its own answer."""
    async with machine.console() as console:
        answers = await asyncio.gather(*(run(console, "echo", str(n)) for n in range(20)))
    assert answers == [(Answer(0), b"done\n")] * 20
    assert (machine.connections, machine.logins) == (1, 1)


async def test_both_outputs_and_the_status_come_back(machine: Machine) -> None:
    """Standard output, standard error and the exit status of a refusal all arrive."""

    async def refuse(process: Process) -> None:
        process.stdout.write(b"HSCL8012 not found\n")
        process.stderr.write(b"and more\n")
        process.exit(1)

    machine.act = refuse
    async with machine.console() as console:
        answer, text = await run(console)
    assert answer == Answer(1)
    assert sorted(text.splitlines()) == [b"HSCL8012 not found", b"and more"]


async def test_starting_comes_between_connection_and_command(machine: Machine) -> None:
    """`starting` is awaited once, when the connection is had and nothing was sent yet."""
    seen: list[tuple[int, int]] = []

    async def starting() -> None:
        seen.append((machine.logins, len(machine.ran)))

    async def feed(piece: bytes) -> None: ...

    async with machine.console() as console:
        await console.run("hmc", ["lshmc"], deadline=20, feed=feed, starting=starting)
    assert seen == [(1, 0)]


async def test_wrong_host_key_is_never_logged_in_to(machine: Machine) -> None:
    """A host with another key gets no credential, and neither does one whose key changed its type."""
    for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256"):
        other = asyncssh.generate_private_key(kind).export_public_key().decode()
        console = Console({"hmc": machine.host(host_key=other)}, Stops())
        with pytest.raises(HostKeyWrong):
            await run(console)
        await console.close()
    assert machine.logins == 0
    assert machine.ran == []


async def test_unreachable_port_and_unknown_host(machine: Machine) -> None:
    """Nobody at the port, and a name that is not configured, are told apart."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    console = Console({"hmc": machine.host(port=port)}, Stops())
    with pytest.raises(HostUnreachable):
        await run(console)
    with pytest.raises(HostUnknown):
        await console.open("nowhere")
    await console.close()


async def test_silent_host_is_unreachable_in_time(machine: Machine) -> None:
    """A host that accepts and says nothing costs the login time-out, no more."""
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    console = Console({"hmc": machine.host(port=server.sockets[0].getsockname()[1])}, Stops(), login_timeout=0.2)
    with pytest.raises(HostUnreachable):
        await run(console)
    await console.close()
    server.close()


async def test_refused_login_is_tried_exactly_once(machine: Machine) -> None:
    """Whoever asks, however often, also after a restart: one refused login is one refused login."""
    machine.password, stops = "changed", Stops()
    for _ in range(2):
        async with machine.console(stops) as console:
            outcomes = await asyncio.gather(*(run(console) for _ in range(5)), return_exceptions=True)
            assert all(isinstance(each, LoginRefused | LoginStopped) for each in outcomes)
            with pytest.raises(LoginStopped):
                await run(console)
    assert (machine.connections, machine.logins) == (1, 1)


async def test_a_stop_that_cannot_be_kept_holds_all_the_same(machine: Machine) -> None:
    """When the store of stops fails, the refused login is still not tried again."""

    class Full(Stops):
        async def stop(self, host: str, reason: str) -> None:
            raise OSError("disk full")

    machine.password = "changed"
    async with machine.console(Full()) as console:
        with pytest.raises(OSError, match="disk full"):
            await run(console)
        with pytest.raises(LoginStopped):
            await run(console)
    assert machine.logins == 1


async def test_hanging_up_on_a_credential_is_a_refusal(machine: Machine) -> None:
    """A host that closes the connection when it is shown the credential has counted it."""
    machine.hangs_up, stops = True, Stops()
    async with machine.console(stops) as console:
        with pytest.raises(LoginRefused):
            await run(console)
    assert "hmc" in stops.kept


@pytest.mark.parametrize(
    "greeting", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 5000, b"SSH-2.0-x\r\n" + b"\0" * 999, b""]
)
async def test_what_is_not_ssh_is_unreachable(machine: Machine, greeting: bytes) -> None:
    """Whatever listens at the port, the answer is one of ours, and nothing was shown to it."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    stops = Stops()
    console = Console({"hmc": machine.host(port=server.sockets[0].getsockname()[1])}, stops)
    with pytest.raises(HostUnreachable):
        await run(console)
    assert stops.kept == {}
    await console.close()
    server.close()


async def test_check_lifts_the_stop(machine: Machine) -> None:
    """A forced login that succeeds lifts the stop; one that fails leaves it."""
    stops = Stops()
    await stops.stop("hmc", "refused")
    machine.password = "changed"
    async with machine.console(stops) as console:
        with pytest.raises(LoginRefused):
            await console.open("hmc", force=True)
        assert "hmc" in stops.kept
        machine.password = PASSWORD
        await console.open("hmc", force=True)
        assert stops.kept == {}
        assert (await run(console))[0] == Answer(0)


async def test_locked_account_is_told_in_the_hosts_words(machine: Machine) -> None:
    """The words of a lock-out reach the person, and stop further logins."""
    machine.password, machine.banner, stops = "changed", LOCK_WORDS, Stops()
    async with machine.console(stops) as console:
        with pytest.raises(AccountLocked) as caught:
            await run(console)
    assert "5 minutes left to unlock" in caught.value.said
    assert "hmc" in stops.kept


async def test_a_cut_answer_is_unknown(machine: Machine) -> None:
    """A connection cut in the middle of an answer keeps what came and is never a success."""

    async def cut(process: Process) -> None:
        process.stdout.write(b"half an ans")
        await process.stdout.drain()
        process.get_extra_info("connection").abort()

    machine.act = cut
    async with machine.console() as console:
        answer, text = await run(console)
        assert answer.exit_status is None
        assert answer.lost
        assert text == b"half an ans"
        machine.act = None
        assert (await run(console))[0] == Answer(0)
    assert len(machine.ran) == 2


async def test_lost_before_the_command_was_confirmed_is_unknown(machine: Machine) -> None:
    """A host that dies on the command's request is unknown, and the command is not sent again."""
    machine.password = PASSWORD

    async def die(process: Process) -> None:
        process.get_extra_info("connection").abort()

    machine.act = die
    async with machine.console() as console:
        answer, _ = await run(console)
    assert answer.exit_status is None
    assert len(machine.ran) == 1


async def test_a_stale_connection_is_replaced_before_sending(machine: Machine) -> None:
    """A connection that died between two commands is renewed, and each command is sent once."""
    async with machine.console() as console:
        await run(console, "first")
        machine.open_connections[0].abort()
        answer, _ = await run(console, "second")
    assert answer == Answer(0)
    assert machine.ran == ["first", "second"]
    assert machine.connections == 2


async def test_half_open_connection_is_noticed(machine: Machine) -> None:
    """A path that stops forwarding without a word ends in an unknown outcome by keepalive."""
    frozen = asyncio.Event()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if frozen.is_set():
                    await asyncio.Event().wait()
                writer.write(data)
            writer.close()

    tasks: list[asyncio.Task[None]] = []

    async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", machine.port)
        tasks.extend((asyncio.create_task(pump(reader, there[1])), asyncio.create_task(pump(there[0], writer))))

    async def freeze(process: Process) -> None:
        frozen.set()
        await process.wait_closed()

    proxy = await asyncio.start_server(forward, "127.0.0.1", 0)
    machine.act = freeze
    host = machine.host(port=proxy.sockets[0].getsockname()[1])
    console = Console({"hmc": host}, Stops(), keepalive=0.1, keepalives_missed=2)
    answer, _ = await run(console)
    assert answer.exit_status is None
    await console.close()
    proxy.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_deadline_ends_the_command(machine: Machine) -> None:
    """When the deadline passes the outcome is unknown and no session is left on the host."""
    machine.act = forever
    async with machine.console() as console:
        answer, text = await run(console, deadline=0.3)
        assert answer.exit_status is None
        assert "deadline" in (answer.lost or "")
        assert text == b"begun\n"
        await eventually(lambda: machine.sessions == 0)


@pytest.mark.parametrize("after_output", [True, False])
async def test_cancelled_runs_leave_no_session(machine: Machine, after_output: bool) -> None:
    """Fifty cancelled commands, cancelled at any stage, leave nothing running and the host usable."""
    machine.act = forever
    async with machine.console() as console:
        for number in range(50):
            begun = asyncio.Event()

            async def feed(piece: bytes, begun: asyncio.Event = begun) -> None:
                begun.set()

            task = asyncio.create_task(console.run("hmc", ["wait"], deadline=60, feed=feed))
            if after_output:
                await begun.wait()
            else:
                for _ in range(number):
                    await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        await eventually(lambda: machine.sessions == 0)
        machine.act = None
        assert (await run(console))[0] == Answer(0)
        assert machine.connections == 1


async def test_no_session_means_nothing_ran(machine: Machine) -> None:
    """A host that is out of sessions refuses, and says so before anything ran."""
    machine.sessions_allowed = 0
    async with machine.console() as console:
        with pytest.raises(SessionRefused):
            await run(console)
    assert machine.ran == []


async def test_long_commands_leave_room_for_a_stop(machine: Machine) -> None:
    """However many long commands wait, a short one still gets through."""
    machine.act = forever
    async with machine.console() as console:
        long = [asyncio.create_task(run(console, "migrlpar", deadline=12 * 3600)) for _ in range(6)]
        await eventually(lambda: machine.sessions == 2)
        machine.act = None
        assert (await run(console))[0] == Answer(0)
        assert machine.sessions == 2
        for task in long:
            task.cancel()
        await asyncio.gather(*long, return_exceptions=True)


async def test_a_megabyte_streams_in_order_at_the_readers_pace(machine: Machine) -> None:
    """Nothing is lost or reordered, and a reader that waits makes the host wait."""
    lines = b"".join(b"line %07d\n" % n for n in range(80_000))
    machine_wrote = 0

    async def pour(process: Process) -> None:
        nonlocal machine_wrote
        for start in range(0, len(lines), 4096):
            process.stdout.write(lines[start : start + 4096])
            await process.stdout.drain()
            machine_wrote = start
        process.exit(0)

    machine.act = pour
    got: list[bytes] = []
    gate = asyncio.Event()

    async def feed(piece: bytes) -> None:
        await gate.wait()
        got.append(piece)

    async with machine.console() as console:
        task = asyncio.create_task(console.run("hmc", ["pour"], deadline=60, feed=feed))
        before = -1
        while before != machine_wrote or machine_wrote == 0:
            before = machine_wrote
            await asyncio.sleep(0.2)
        assert machine_wrote < len(lines) * 0.9
        gate.set()
        assert await task == Answer(0)
    assert b"".join(got) == lines


@pytest.mark.parametrize("word", ["a\nb", "a\0b", "a\rb", "\x1b[2J", "a\x85b", "\ud800", "tab\there"])
async def test_control_characters_are_never_sent(machine: Machine, word: str) -> None:
    """A word with a control character is refused before anything is connected."""
    async with machine.console() as console:
        with pytest.raises(CommandUnsendable):
            await run(console, "lssyscfg", word)
    assert machine.connections == 0


async def test_a_key_that_cannot_be_read_is_not_a_login(machine: Machine, tmp_path: object) -> None:
    """A missing or broken key file is told without a connection and without a stop."""
    stops = Stops()
    for credential in ({"key_file": f"{tmp_path}/none"}, {"key_text": "garbage"}):
        console = Console({"hmc": machine.host(password=None, **credential)}, stops)
        with pytest.raises(CredentialUnusable) as caught:
            await run(console)
        assert "garbage" not in caught.value.said
        await console.close()
    assert (machine.connections, stops.kept) == (0, {})


def test_secrets_are_not_shown(machine_key: str) -> None:
    """Neither the representation nor a validation error of a host holds its credential."""
    fields = {"name": "h", "address": "h", "user": "u", "host_key": machine_key, "password": PASSWORD}
    assert PASSWORD not in repr(Host.model_validate(fields))
    with pytest.raises(ValueError) as caught:
        Host.model_validate({**fields, "key_text": "another secret", "port": -1})
    assert PASSWORD not in str(caught.value)
    assert "another secret" not in str(caught.value)


@pytest.fixture
def machine_key() -> str:
    return asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()


async def test_old_algorithms_only_where_allowed() -> None:
    """A host with old algorithms only is refused, unless `legacy` allows them for it by name."""
    machine = Machine(key=asyncssh.generate_private_key("ssh-rsa", key_size=2048))
    server = await asyncssh.create_server(
        lambda: Door(machine),
        "127.0.0.1",
        0,
        server_host_keys=[machine.key],
        encoding=None,
        kex_algs=["diffie-hellman-group14-sha1"],
        encryption_algs=["aes128-cbc"],
        mac_algs=["hmac-sha1"],
    )
    machine.port = server.get_port()
    for legacy in (False, True):
        console = Console({"hmc": machine.host(legacy=legacy)}, Stops())
        if legacy:
            assert (await run(console))[0] == Answer(0)
        else:
            with pytest.raises(HostUnreachable, match=r".*"):
                await run(console)
        await console.close()
    server.close()
    await server.wait_closed()


def test_words_are_quoted_once() -> None:
    """Blanks, quotes and metacharacters arrive as they are."""
    assert command_line("hmc", ["a", "b c", "$(x)", "'"]) == "a 'b c' '$(x)' ''\"'\"''"
