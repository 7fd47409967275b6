"""Logins, sessions and faults of a simulated HMC, seen through the console."""

from __future__ import annotations

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.console import Answer, Console, Host
from bot.lab.fleet import RunningFleet, demo_fleet
from bot.lab.fleet.faults import RAW
from policies.problems import AccountLocked, HostKeyWrong, HostProblem, HostUnreachable, LoginRefused, SessionRefused
from tests.bot.lab.fleet.conftest import Clock, Opener, Terminal
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.stops import Stops

HMC = "hmc-oslo"


async def log_in(host: Host) -> None:
    """One login by one console, as after a restart with the stop lifted."""
    console = Console({HMC: host}, Stops())
    try:
        await console.open(HMC)
    finally:
        await console.close()


def wrong(running: RunningFleet) -> Host:
    return running.host(HMC, by_password=True).model_copy(update={"password": SecretStr("not this one")})


async def test_three_failures_lock_and_each_try_restarts_the_clock(terminal: Terminal, clock: Clock) -> None:
    """After three failed logins even the right password is refused, for five minutes after the last try."""
    running = terminal.running
    right = running.host(HMC, by_password=True)
    for expected in (LoginRefused, LoginRefused, AccountLocked):
        with pytest.raises(expected):
            await log_in(wrong(running))
    clock.now += 240
    with pytest.raises(AccountLocked) as caught:
        await log_in(right)
    assert "The account is locked due to 3 failed logins. (1 minutes left to unlock)" in caught.value.said
    clock.now += 240
    with pytest.raises(AccountLocked):
        await log_in(right)
    clock.now += 300
    await log_in(right)


async def test_the_console_never_locks_an_account(terminal: Terminal) -> None:
    """With a wrong credential the console tries once, however often it is asked."""
    console = Console({HMC: wrong(terminal.running)}, Stops())
    for _ in range(10):
        with pytest.raises(HostProblem):
            await console.open(HMC)
    await console.close()
    assert terminal.running.tries(HMC, "hscroot") == 1


async def test_a_changed_host_key_is_noticed(terminal: Terminal) -> None:
    """A reinstalled HMC is not logged in to."""
    await terminal.says("lshmc", "-V")
    await terminal.running.change_key(HMC)
    tries = terminal.running.tries(HMC, "hscroot")
    with pytest.raises(HostKeyWrong):
        await terminal.run("lshmc", "-V")
    assert terminal.running.tries(HMC, "hscroot") == tries


async def test_an_hmc_goes_and_comes(terminal: Terminal) -> None:
    """While nobody listens it is unreachable; afterwards it answers again."""
    await terminal.running.refuse(HMC)
    with pytest.raises(HostUnreachable):
        await terminal.run("lshmc", "-V")
    await terminal.running.accept(HMC)
    await terminal.says("lshmc", "-V")


@pytest.mark.parametrize("after", [0, 1, 200])
async def test_a_cut_answer_is_unknown(terminal: Terminal, after: int) -> None:
    """The connection ends after so many bytes; those arrive, and no status does."""
    terminal.running.fault(HMC, matching="migrlpar", cut_after=after)
    argv = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "vscsi01")
    answer, raw = await terminal.run_raw(*argv)
    assert answer.exit_status is None
    assert len(raw) <= after
    assert (await terminal.run(*argv))[0] == Answer(1)


async def test_a_stalled_answer_meets_its_deadline(terminal: Terminal) -> None:
    """An answer that stops coming is unknown once the deadline passes, and its session ends."""
    terminal.running.fault(HMC, stall_after=5)
    answer, raw = await terminal.run_raw("lshmc", "-V", deadline=0.5)
    assert (answer.exit_status, len(raw)) == (None, 5)
    await terminal.says("lshmc", "-V")
    await eventually(lambda: terminal.running.sessions(HMC) == 0)


@pytest.mark.parametrize("kind", ["empty", "not-utf8", "cut-in-char", "garbage", "markup"])
async def test_raw_bytes_arrive_as_they_are(terminal: Terminal, kind: str) -> None:
    """Whatever bytes a machine sends, the console hands them on unchanged."""
    terminal.running.fault(HMC, raw=kind, exit_status=3)
    assert await terminal.run_raw("lshmc", "-V") == (Answer(3), b"".join(RAW[kind]()))
    assert terminal.running.ran == []


async def test_a_line_of_fifty_megabytes_streams(terminal: Terminal) -> None:
    """A line without end goes through in pieces that fit."""
    terminal.running.fault(HMC, raw="long-line")
    total = largest = 0

    async def feed(piece: bytes) -> None:
        nonlocal total, largest
        total += len(piece)
        largest = max(largest, len(piece))

    answer = await terminal.console.run(HMC, ["lshmc", "-V"], deadline=120, feed=feed)
    assert (answer, total) == (Answer(0), 800 * 65536)
    assert largest <= 256 * 1024


async def test_sessions_are_limited(opened: Opener) -> None:
    """Beyond its sessions an HMC refuses, and nothing ran."""
    fleet = demo_fleet()
    small = {name: type(hmc)(**{**hmc.__dict__, "sessions": 2}) for name, hmc in fleet.hmcs.items()}
    async with opened(type(fleet)(hmcs=small, systems=fleet.systems)) as terminal:
        running = terminal.running
        for _ in range(2):
            running.fault(HMC, stall_after=0)
        stalled = [asyncio.create_task(terminal.run("lshmc", "-V")) for _ in range(2)]
        await eventually(lambda: running.sessions(HMC) == 2)
        with pytest.raises(SessionRefused):
            await terminal.run("lshmc", "-V")
        for task in stalled:
            task.cancel()
        await asyncio.gather(*stalled, return_exceptions=True)


@pytest.mark.skipif(shutil.which("ssh") is None, reason="there is no OpenSSH client")
async def test_openssh_gets_in_too(terminal: Terminal, tmp_path: Path) -> None:
    """Another program's client logs in with the pinned key and gets answer, pipes and exit status."""
    host = terminal.running.hosts[HMC]
    key, known = tmp_path / "key", tmp_path / "known_hosts"
    key.touch(mode=0o600)
    key.write_text(host.key_text.get_secret_value() if host.key_text else "")
    known.write_text(f"[127.0.0.1]:{host.port} {host.host_key}")
    options = ["-F", "none", "-p", str(host.port), "-i", str(key), "-o", f"UserKnownHostsFile={known}"]
    options += ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes"]
    line = "lssyscfg -r sys -F name,state | grep p75; migrlpar -o v -m p72"
    process = await asyncio.create_subprocess_exec(
        "ssh", *options, f"{host.user}@127.0.0.1", line, stdout=PIPE, stderr=PIPE, stdin=DEVNULL
    )
    out, err = await process.communicate()
    assert out.decode().startswith("p75,Operating\nThe command entered is either missing"), err
    assert process.returncode == 1


async def test_a_storm_of_cancelled_commands_costs_nothing(terminal: Terminal) -> None:
    """Commands cancelled at any stage leave the one connection and no session."""
    await terminal.says("lshmc", "-V")
    for ticks in range(60):
        task = asyncio.create_task(terminal.run("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "vscsi01"))
        for _ in range(ticks):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await eventually(lambda: terminal.running.sessions(HMC) == 0)
    await terminal.says("lshmc", "-V")
    assert terminal.running.tries(HMC, "hscroot") == TRIES_OF_ONE_LOGIN


TRIES_OF_ONE_LOGIN = 2  # a key is offered, then signed with; an HMC counts each that it refuses
