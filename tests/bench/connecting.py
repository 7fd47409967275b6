"""A helper process: opens a connection to every host of a list, and tells by how much its memory grew.

    connecting console|bare FILE

The first connection is not counted: it loads what the others share.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import asyncssh

from bot.console import Console
from bot.login import Host, log_in
from tests.bench import memory, quiet, serving
from tests.bench.children import ready


class NoStops:
    async def stopped(self, host: str) -> tuple[object, str] | None:
        return None

    async def stop(self, host: str, reason: str) -> None: ...

    async def lift(self, host: str) -> None: ...


async def main(way: str, hosts: Mapping[str, Host]) -> None:
    console = Console(hosts, NoStops())
    connections: list[asyncssh.SSHClientConnection] = []

    async def bare(name: str) -> None:
        login = log_in(hosts[name], connect_timeout=30, login_timeout=30, keepalive=15, keepalives_missed=3)
        connections.append(await login)

    ready({"grown": await _grown(list(hosts), console.open if way == "console" else bare)})
    await console.close()
    for conn in connections:
        conn.close()
    await asyncio.gather(*(conn.wait_closed() for conn in connections))


async def _grown(names: list[str], connect: Callable[[str], Awaitable[None]]) -> int | None:
    await connect(names[0])
    before = await _settled()
    for name in names[1:]:
        await connect(name)
    after = await _settled()
    return after - before if after is not None and before is not None else None


async def _settled() -> int | None:
    await asyncio.sleep(0.5)
    gc.collect()
    return memory.resident()


if __name__ == "__main__":
    quiet.down()
    listed = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    asyncio.run(main(sys.argv[1], serving.hosts(listed)))
