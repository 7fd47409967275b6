"""A machine that goes down takes its sessions with it, at that instant; one that moves keeps them."""

from __future__ import annotations

import asyncio

import asyncssh
import pytest

from bot.console import Console
from bot.lab.fleet.events import (
    Event,
    HmcStarted,
    HmcStopped,
    MigrationEnded,
    MigrationStarted,
    PartitionStarted,
    PartitionStopped,
    PartitionStopping,
    Scheduled,
)
from bot.lab.fleet.model import Migration
from tests.bot.lab.fleet.conftest import Clock, Terminal
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.stops import Stops


async def connected(terminal: Terminal, name: str) -> asyncssh.SSHClientConnection:
    running = terminal.running
    host = running.host(name) if name in running.hosts else await running.reach(name)
    assert host.key_text is not None
    key = asyncssh.import_private_key(host.key_text.get_secret_value())
    return await asyncssh.connect(
        host.address, host.port, username=host.user, client_keys=[key], known_hosts=None, config=None, agent_path=None
    )


async def lost(conn: asyncssh.SSHClientConnection) -> bool:
    """Without a word from this side."""
    try:
        await asyncio.wait_for(conn.wait_closed(), 3)
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "events"),
    [
        ("p72vio1", [PartitionStopped(system="p72", partition="p72vio1")]),
        ("p72vio1", [PartitionStopped(system="p72", partition="p72vio1", restart=True)]),
        ("db01", [PartitionStopped(system="p72", partition="db01")]),
        ("hmc-oslo", [HmcStopped(hmc="hmc-oslo")]),
        ("hmc-oslo", [HmcStopped(hmc="hmc-oslo"), HmcStarted(hmc="hmc-oslo")]),
    ],
)
async def test_sessions_end_with_their_machine(name: str, events: list[Event], terminal: Terminal) -> None:
    """An idle connection is gone as soon as the machine is, and nobody had to try it."""
    conn = await connected(terminal, name)
    for event in events:
        terminal.running.happen(event)
    assert await lost(conn)


async def test_what_time_brings_is_seen_when_it_comes(terminal: Terminal, clock: Clock) -> None:
    """What is due later throws nobody out before; then everybody, also while nobody asks; a restart lets in again."""
    conn = await connected(terminal, "web01")
    stopping = PartitionStopping(system="p72", partition="web01", restart=True)
    terminal.running.happen(Scheduled(seconds=30, event=stopping))
    clock.now += 29
    assert (await conn.run("uptime")).exit_status == 0
    clock.now += 2
    assert await lost(conn)
    clock.now += 200
    again = await connected(terminal, "web01")
    assert (await again.run("uptime")).exit_status == 0
    again.abort()


async def test_a_restart_between_two_looks_is_noticed(terminal: Terminal, clock: Clock) -> None:
    """Also where it is up again before anybody looks: it is another life."""
    conn = await connected(terminal, "p75vio1")
    for event in (PartitionStopped, PartitionStarted):
        terminal.running.happen(event(system="p75", partition="p75vio1"))
    clock.now += 500
    assert await lost(conn)


async def test_a_command_under_way_is_cut(terminal: Terminal) -> None:
    """Its answer stops, and its outcome isn't known."""
    host = await terminal.running.reach("p72vio1")
    terminal.running.fault("p72vio1", matching="lsdev", pace=20)
    console = Console({"p72vio1": host}, Stops())
    pieces: list[bytes] = []

    async def keep(piece: bytes) -> None:
        pieces.append(piece)

    task = asyncio.create_task(console.run("p72vio1", ("lsdev",), deadline=60, feed=keep))
    await eventually(lambda: bool(pieces))
    terminal.running.happen(PartitionStopped(system="p72", partition="p72vio1"))
    answer = await asyncio.wait_for(task, 5)
    await console.close()
    assert answer.exit_status is None
    assert b"vsa0" not in b"".join(pieces)  # which the list ends with


async def test_a_migration_is_not_noticed(terminal: Terminal, clock: Clock) -> None:
    """The partition runs on, on another frame, and so do its sessions."""
    conn = await connected(terminal, "app01")
    terminal.running.happen(
        MigrationStarted(
            migration=Migration(
                partition="app01", source="p72", destination="p75", destination_hmc="hmc-oslo", started=clock.now,
                seconds=40, size=1,
            )
        )
    )  # fmt: skip
    terminal.running.happen(MigrationEnded(source="p72", partition="app01"))
    assert (await conn.run("hostname")).stdout == "app01\n"
    conn.abort()


async def test_others_stay(terminal: Terminal) -> None:
    """What runs on is left alone."""
    conn = await connected(terminal, "p72vio2")
    terminal.running.happen(PartitionStopped(system="p72", partition="p72vio1"))
    assert (await conn.run("ioslevel")).stdout == "4.1.0.10\n"
    conn.abort()
