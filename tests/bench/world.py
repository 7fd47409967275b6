"""A helper process: the lab, the lab with the bot in it, a fleet of many HMCs, or one host that stamps its lines.

    world lab FOLDER [FRAMES] | demo FOLDER | fleet FOLDER HMCS | frames FOLDER FRAMES | stamping FOLDER LINES GAP

Private keys go to files in FOLDER, readable by us alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import asyncssh

from bot import app
from bot.lab import demo
from bot.lab.fleet import Fleet, start_fleet
from bot.lab.fleet.generator import fleet_of
from bot.lab.fleet.model import Hmc, ManagedSystem, Partition
from bot.login import Host
from tests.bench import quiet
from tests.bench.captured import VSCSI
from tests.bench.children import ROOT, Told, ready, until_told


@asynccontextmanager
async def lab(folder: Path, frames: int = 0) -> AsyncIterator[Told]:
    """The embedded workspace and the demo's fleet, or one of so many frames, in one process without the bot."""
    machines = fleet_of(frames=frames, seed=1) if frames else None
    async with demo.lab(machines, migration_seconds=1, line_delay=0) as running:
        yield _found(running, folder)


@asynccontextmanager
async def with_bot(folder: Path) -> AsyncIterator[Told]:
    """Everything in one process, as `hscbot demo` has it."""
    async with (
        demo.lab(migration_seconds=1, line_delay=0) as running,
        demo.open_ledger(folder / "data") as ledger,
        app.running(running.settings, ledger),
    ):
        yield _found(running, folder)


@asynccontextmanager
async def fleet(folder: Path, size: int) -> AsyncIterator[Told]:
    running = await start_fleet(_many(size))
    try:
        yield {"hosts": _hosts(running.hosts, folder)}
    finally:
        await running.close()


@asynccontextmanager
async def frames(folder: Path, size: int) -> AsyncIterator[Told]:
    """So many frames, each with its pair of VIOS, on as many HMCs as they need."""
    running = await start_fleet(fleet_of(frames=size, seed=1))
    try:
        yield {"hosts": _hosts(running.hosts, folder)}
    finally:
        await running.close()


@asynccontextmanager
async def stamping(folder: Path, lines: int, gap: float) -> AsyncIterator[Told]:
    """A host whose validations print captured lines, each with the time at which it was written."""
    key, login = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    texts = VSCSI.read_text(encoding="utf-8").split("\n")

    async def answer(process: asyncssh.SSHServerProcess[bytes]) -> None:
        if "migrlpar" not in str(process.command):
            process.stdout.write(b"p72\np75\n")
            process.exit(0)
            return
        for number in range(lines):
            process.stdout.write(f"{texts[number % len(texts)]} stamp={time.monotonic_ns()}\n".encode())
            await asyncio.sleep(gap)
        process.exit(1)

    server = await asyncssh.listen(
        "127.0.0.1",
        0,
        server_host_keys=[key],
        authorized_client_keys=asyncssh.import_authorized_keys(login.export_public_key().decode()),
        process_factory=answer,
        encoding=None,
    )
    (_written(folder / "stamping.key")).write_bytes(login.export_private_key())
    host = {
        "name": "stamping",
        "address": "127.0.0.1",
        "port": server.get_port(),
        "user": "hscroot",
        "host_key": key.export_public_key().decode().strip(),
        "key_file": str(folder / "stamping.key"),
    }
    async with server:
        yield {"hosts": [host]}


def _found(running: demo.Lab, folder: Path) -> Told:
    workspace = running.workspace
    return {
        "url": workspace.url,
        "api_url": workspace.api_url,
        "bot_token": workspace.bot_token,
        "app_token": workspace.app_token,
        "hosts": _hosts(running.fleet.hosts, folder),
    }


def _hosts(hosts: Mapping[str, Host], folder: Path) -> list[Told]:
    return [_host(host, folder) for host in hosts.values()]


def _host(host: Host, folder: Path) -> Told:
    assert host.key_text is not None
    path = _written(folder / f"{host.name}.key")
    path.write_text(host.key_text.get_secret_value(), encoding="ascii")
    told: Told = host.model_dump(include={"name", "address", "port", "user"})
    return told | {"host_key": host.host_key.strip(), "key_file": str(path)}


def _written(path: Path) -> Path:
    """An empty file for a secret."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    return path


def _many(size: int) -> Fleet:
    names = [f"{number:03}" for number in range(size)]
    return Fleet.of(
        hmcs=tuple(Hmc(name=f"hmc{name}", systems=(f"p{name}",)) for name in names),
        systems=tuple(_system(f"p{name}") for name in names),
    )


def _system(name: str) -> ManagedSystem:
    partitions = tuple(Partition(name=f"{name}db{number}", lpar_id=number) for number in range(1, 9))
    return ManagedSystem(
        name=name,
        type_model="9105-42A",
        serial=f"78A0{name[1:]}",
        mem=256 * 1024,
        proc_units=Decimal(16),
        partitions=partitions,
    )


async def main(kind: str, folder: Path, *words: str) -> None:
    if kind == "fleet":
        world = fleet(folder, int(words[0]))
    elif kind == "frames":
        world = frames(folder, int(words[0]))
    elif kind == "stamping":
        world = stamping(folder, int(words[0]), float(words[1]))
    elif kind == "lab":
        world = lab(folder, *map(int, words))
    else:
        world = with_bot(folder)
    async with world as told:
        ready(told | {"pid": os.getpid()})
        await until_told()


if __name__ == "__main__":
    os.chdir(ROOT)
    quiet.down()
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:]))
