"""`ioslevel`: the level of the Virtual I/O Server."""

from __future__ import annotations

from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import options

_USAGE = "Usage: ioslevel\n"


async def run(login: Login, call: Call) -> int:
    options(call.argv, {}, _USAGE)
    await call.out(f"{login.vios.io.level}\n")
    return 0
