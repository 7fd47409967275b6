"""SSH as it is on such machines, seen by clients that aren't the bot's: plain asyncssh, and OpenSSH's."""

from __future__ import annotations

import asyncio
import shutil
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from bot.console import Answer, Console, Host
from bot.lab.fleet import Fleet, RunningFleet, demo_fleet
from policies.problems import AccountLocked, HostUnreachable, LoginRefused
from tests.bot.lab.fleet.conftest import Clock, Opener, Terminal
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.stops import Stops

HMC = "hmc-oslo"
OPENSSH = pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no OpenSSH client")


def plain(host: Host, **options: Any) -> asyncssh.misc._ACMWrapper[asyncssh.SSHClientConnection]:
    """A connection of asyncssh's own, with nothing of the machine that the test runs on."""
    given: dict[str, Any] = {
        "port": host.port, "username": host.user, "config": None, "agent_path": None, "client_keys": None,
        "known_hosts": ([asyncssh.import_public_key(host.host_key)], [], []),
    }  # fmt: skip
    if host.key_text is not None:
        given["client_keys"] = [asyncssh.import_private_key(host.key_text.get_secret_value())]
    if host.password is not None:
        given["password"] = host.password.get_secret_value()
    return asyncssh.connect(host.address, **{**given, **options})


async def openssh(
    host: Host, folder: Path, line: str, *options: str, keys: list[str] | None = None
) -> tuple[str, str, int]:
    """OpenSSH's client with the pinned key, and the one credential, or those given."""
    known = folder / "known_hosts"
    known.write_text(f"[127.0.0.1]:{host.port} {host.host_key}")
    words = ["-F", "none", "-p", str(host.port), "-o", f"UserKnownHostsFile={known}", "-o", "IdentitiesOnly=yes"]
    words += ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "IdentityAgent=none", *options]
    own = [host.key_text.get_secret_value()] if host.key_text else []
    for number, text in enumerate(own if keys is None else keys):
        file = folder / f"key{number}"
        file.touch(mode=0o600)
        file.write_text(text)
        words += ["-i", str(file)]
    process = await asyncio.create_subprocess_exec(
        "ssh", *words, f"{host.user}@127.0.0.1", line, stdout=PIPE, stderr=PIPE, stdin=DEVNULL
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return out.decode(), err.decode(), process.returncode


def with_hmc(fleet: Fleet, **changes: Any) -> Fleet:
    return replace(fleet, hmcs={**fleet.hmcs, HMC: replace(fleet.hmcs[HMC], **changes)})


def strangers(count: int) -> list[asyncssh.SSHKey]:
    return [asyncssh.generate_private_key("ssh-ed25519") for _ in range(count)]


# ── logins ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_each_offered_key_counts(terminal: Terminal, clock: Clock) -> None:
    """One connection that offers three strange keys locks the account, for whoever comes with the right one too."""
    running = terminal.running
    with pytest.raises(asyncssh.PermissionDenied):
        await plain(running.host(HMC), client_keys=strangers(3))
    with pytest.raises(asyncssh.PermissionDenied):
        await plain(running.host(HMC))
    clock.now += 301
    async with plain(running.host(HMC)) as conn:
        assert (await conn.run("lshmc -V")).exit_status == 0


async def test_the_lock_is_one_users_alone(terminal: Terminal) -> None:
    """Another user of the same HMC gets in meanwhile."""
    running = terminal.running
    with pytest.raises(asyncssh.PermissionDenied):
        await plain(running.host(HMC), client_keys=strangers(3))
    async with plain(running.host(HMC, user="hscviewer")) as conn:
        assert (await conn.run("lshmc -V")).exit_status == 0


@OPENSSH
async def test_openssh_locks_an_account_too(terminal: Terminal, tmp_path: Path) -> None:
    """With three strange identities; the right one is told of the lock and of its minutes."""
    host = terminal.running.host(HMC)
    keys = [key.export_private_key().decode() for key in strangers(3)]
    assert (await openssh(host, tmp_path, "lshmc -V", keys=keys))[2] == 255
    _, err, status = await openssh(host, tmp_path, "lshmc -V")
    assert status == 255
    assert "The account is locked due to 3 failed logins." in err
    assert "(5 minutes left to unlock)" in err


@pytest.mark.parametrize("by_password", [False, True], ids=["key", "password"])
@pytest.mark.parametrize(("user", "refused"), [("hscroot", False), ("hscviewer", True)])
async def test_users_have_roles_however_they_log_in(
    terminal: Terminal, user: str, by_password: bool, refused: bool
) -> None:
    """By key and by password alike: a viewer may look, and is refused with HSCL350B where something would change."""
    async with plain(terminal.running.host(HMC, user=user, by_password=by_password)) as conn:
        assert (await conn.run("lssyscfg -r sys -F name")).exit_status == 0
        answer = await conn.run("chsysstate -m p72 -r lpar -o shutdown --immed -n web01")
    assert (answer.exit_status, "HSCL350B" in str(answer.stdout)) == (int(refused), refused)


async def test_a_host_takes_what_it_takes(terminal: Terminal) -> None:
    """An AIX's root gets in by key and never by password; its other user by either."""
    running = terminal.running
    root = await running.reach("db01")
    async with plain(root) as conn:
        assert (await conn.run("oslevel -s")).stdout == "7300-02-01-2346\n"
    with pytest.raises(asyncssh.PermissionDenied):
        await plain(await running.reach("db01", by_password=True))
    async with plain(await running.reach("db01", user="monitor", by_password=True)) as conn:
        answer = await conn.run("vmo -o maxfree=2048")
    assert (answer.exit_status, answer.stdout) == (1, "")


async def test_the_console_reaches_an_aix(terminal: Terminal) -> None:
    """With status and both outputs, wherever a migration has taken it."""
    running = terminal.running
    console = Console({"db01": await running.reach("db01")}, Stops())
    pieces: list[bytes] = []

    async def feed(piece: bytes) -> None:
        pieces.append(piece)

    try:
        assert await console.run("db01", ["no", "-o", "nonesuch"], deadline=10, feed=feed) == Answer(1)
        assert b"".join(pieces) == b"no: invalid tunable name nonesuch\n"
        running.befall("rmc-down", "p72", "db01")
        assert await console.run("db01", ["errpt"], deadline=10, feed=feed) == Answer(0)
    finally:
        await console.close()
    with pytest.raises(KeyError):
        await running.reach("nobody")


# ── old machines ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_an_old_hmc_offers_old_algorithms_alone(opened: Opener) -> None:
    """Marked as such, the bot gets in; unmarked, it says what may be lacking; what was agreed on is old indeed."""
    async with opened(with_hmc(demo_fleet(), old_ssh=True)) as terminal:
        assert (await terminal.says("lssyscfg", "-r", "sys", "-F", "name")).startswith("p72\n")
        host = terminal.running.host(HMC)
        assert host.legacy
        console = Console({HMC: host.model_copy(update={"legacy": False})}, Stops())
        with pytest.raises(HostUnreachable) as caught:
            await console.open(HMC)
        assert "legacy = true" in caught.value.because
        await console.close()
        old = {"kex_algs": "+diffie-hellman-group14-sha1", "mac_algs": "+hmac-sha1", "signature_algs": "+ssh-rsa"}
        async with plain(host, encryption_algs="+aes128-cbc", **old) as conn:
            assert conn.get_extra_info("send_cipher") == "aes128-cbc"
            assert conn.get_extra_info("send_mac") == "hmac-sha1"


@OPENSSH
async def test_openssh_needs_to_be_told_as_well(opened: Opener, tmp_path: Path) -> None:
    """A client of today refuses an old HMC, and gets in with the old algorithms named."""
    async with opened(with_hmc(demo_fleet(), old_ssh=True)) as terminal:
        host = terminal.running.host(HMC)
        _, err, status = await openssh(host, tmp_path, "lshmc -V")
        assert (status, "no matching" in err) == (255, True)
        old = ["KexAlgorithms=+diffie-hellman-group14-sha1", "HostKeyAlgorithms=+ssh-rsa", "Ciphers=+aes128-cbc"]
        old += ["PubkeyAcceptedAlgorithms=+ssh-rsa", "MACs=+hmac-sha1"]
        options = [word for each in old for word in ("-o", each)]
        out, err, status = await openssh(host, tmp_path, "lssyscfg -r sys -F name", *options)
        assert (out.splitlines()[:1], status) == (["p72"], 0), err


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_connections_beyond_the_limit_are_reset(opened: Opener) -> None:
    """As many as there are sessions and a few more get in; the next are reset, and those within aren't disturbed."""
    async with opened(with_hmc(demo_fleet(), sessions=3)) as terminal, AsyncExitStack() as stack:
        host = terminal.running.host(HMC)
        within = [await stack.enter_async_context(plain(host)) for _ in range(3 + 4)]
        for _ in range(3):
            with pytest.raises((OSError, asyncssh.ConnectionLost, asyncssh.DisconnectError)):
                await plain(host)
        assert [(await conn.run("lshmc -V")).exit_status for conn in within] == [0] * len(within)
        within[0].close()
        await within[0].wait_closed()
        async with plain(host) as conn:
            assert (await conn.run("lshmc -V")).exit_status == 0


# ── what may become of a connection ──────────────────────────────────────────────────────────────────────────────────


async def test_a_slow_answer_is_whole(terminal: Terminal) -> None:
    """It takes as long as its pace says, and nothing of it is lost."""
    argv = ("lssyscfg", "-r", "lpar", "-m", "p72", "-F", "name,state")
    whole = await terminal.says(*argv)
    terminal.running.fault(HMC, matching="lssyscfg", pace=len(whole) / 0.5)
    began = time.monotonic()
    assert await terminal.says(*argv) == whole
    assert time.monotonic() - began > 0.4


@pytest.fixture
async def impatient(terminal: Terminal) -> AsyncIterator[Console]:
    """A console that notices within seconds that nobody answers."""
    console = Console(terminal.running.hosts, Stops(), connect_timeout=10, keepalive=0.3, keepalives_missed=2)
    yield console
    await console.close()


async def test_a_half_open_connection_is_noticed(terminal: Terminal, impatient: Console) -> None:
    """What was under way is unknown, never a success, and the next command goes over a new connection."""
    running = terminal.running

    async def feed(piece: bytes) -> None: ...

    running.fault(HMC, matching="lshmc", stall_after=0)
    asked = asyncio.create_task(impatient.run(HMC, ["lshmc", "-V"], deadline=60, feed=feed))
    await eventually(lambda: running.sessions(HMC) == 1)
    assert running.deafen(HMC) == 1
    assert (await asked).exit_status is None
    assert await impatient.run(HMC, ["lshmc", "-V"], deadline=30, feed=feed) == Answer(0)


async def test_a_running_answer_stops_where_nobody_hears(terminal: Terminal, impatient: Console) -> None:
    """An answer that is being written when the connection goes deaf ends as unknown, too."""
    running = terminal.running
    pieces: list[bytes] = []

    async def feed(piece: bytes) -> None:
        pieces.append(piece)

    running.fault(HMC, matching="lssyscfg", pace=200)
    argv = ["lssyscfg", "-r", "lpar", "-m", "p72"]
    asked = asyncio.create_task(impatient.run(HMC, argv, deadline=60, feed=feed))
    await eventually(lambda: pieces != [])
    running.deafen(HMC)
    assert (await asked).exit_status is None


@OPENSSH
async def test_openssh_notices_a_changed_host_key(terminal: Terminal, tmp_path: Path) -> None:
    """It refuses the reinstalled machine, as the bot does."""
    host = terminal.running.host(HMC)
    assert (await openssh(host, tmp_path, "lshmc -V"))[2] == 0
    await terminal.running.change_key(HMC)
    _, err, status = await openssh(host, tmp_path, "lshmc -V")
    assert (status, "HOST IDENTIFICATION HAS CHANGED" in err) == (255, True)


async def refused(running: RunningFleet, host: Host) -> None:
    console = Console({HMC: host}, Stops())
    try:
        with pytest.raises((LoginRefused, AccountLocked)):
            await console.open(HMC)
    finally:
        await console.close()


async def test_the_clock_of_the_lock_starts_again(terminal: Terminal, clock: Clock) -> None:
    """A retry a second before the end makes it five minutes more."""
    running = terminal.running
    with pytest.raises(asyncssh.PermissionDenied):
        await plain(running.host(HMC), client_keys=strangers(3))
    for _ in range(3):
        clock.now += 299
        await refused(running, running.host(HMC))
    clock.now += 301
    async with plain(running.host(HMC)) as conn:
        assert (await conn.run("lshmc -V")).exit_status == 0
