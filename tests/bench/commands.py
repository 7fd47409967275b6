"""Simple commands a second that a simulated HMC answers over established connections, beside a bare asyncssh server.

Server and clients share the machine's cores, so what a command takes of the server's CPU is told beside the pace: a
core that does nothing else answers as many a second as that goes into one.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from pathlib import Path

import asyncssh

from bot.console import command_line
from bot.login import Host, log_in
from tests.bench import serving
from tests.bench.children import helper
from tests.bench.figures import Bench, Figure

TITLE = "Commands that the simulated fleet answers"
CONNECTIONS = 4
TARGET = 2_000  # a second, on two cores
_ARGV = ("lssyscfg", "-r", "sys", "-F", "name")


async def run(bench: Bench) -> list[Figure]:
    count = 200 if bench.quick else 1_000  # for each connection
    paces = {}
    for name, words in (("fleet", ("fleet", "1")), ("bare", ("stamping", "1", "0"))):
        folder = bench.sub(f"commands-{name}")
        async with helper("world", words[0], str(folder), *words[1:]) as told:
            host = next(iter(serving.hosts(told).values()))
            paces[name] = await _paced(host, told["pid"], count)
    (pace, cpu, own), (bare_pace, bare_cpu, _) = paces["fleet"], paces["bare"]
    cores = os.cpu_count() or 1
    room = f"{cores / (cpu + own):.0f}/s; {1 / cpu:.0f}/s a core, no client" if cpu else "not measured: no /proc"
    return [
        Figure(
            what=f"`{' '.join(_ARGV)}` over {CONNECTIONS} connections, server and clients on {cores} cores",
            figure=f"{pace:.0f}/s; {_each(cpu)} of the server's CPU each, {own * 1000:.2f} ms of the clients'",
            beside=f"asyncssh's server with a line ready: {bare_pace:.0f}/s, {_each(bare_cpu)} each",
            target=f"{TARGET}/s",
            met=pace >= TARGET,
        ),
        Figure(
            what="what that CPU would allow with the cores to itself",
            figure=room,
        ),
    ]


def _each(cpu: float | None) -> str:
    return "unknown" if cpu is None else f"{cpu * 1000:.2f} ms"


async def _paced(host: Host, pid: int, count: int) -> tuple[float, float | None, float]:
    """Commands a second, and the CPU of each: the server's and ours, in seconds."""
    connections = [
        await log_in(host, connect_timeout=30, login_timeout=30, keepalive=15, keepalives_missed=3)
        for _ in range(CONNECTIONS)
    ]
    try:
        await _asked(connections, 10)
        began, own, there = time.perf_counter(), time.process_time(), _cpu(pid)
        await _asked(connections, count)
        took, asked = time.perf_counter() - began, count * CONNECTIONS
        after = _cpu(pid)
        cpu = None if there is None or after is None else (after - there) / asked
        return asked / took, cpu, (time.process_time() - own) / asked
    finally:
        for conn in connections:
            conn.close()
        await asyncio.gather(*(conn.wait_closed() for conn in connections))


async def _asked(connections: Sequence[asyncssh.SSHClientConnection], count: int) -> None:
    line = command_line("bench", _ARGV)

    async def one(conn: asyncssh.SSHClientConnection) -> None:
        for _ in range(count):
            await conn.run(line, check=True)

    await asyncio.gather(*(one(conn) for conn in connections))


def _cpu(pid: int) -> float | None:
    """Seconds of CPU that a process has had; None where there is no /proc."""
    path = Path(f"/proc/{pid}/stat")
    if not path.exists():
        return None
    parts = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
