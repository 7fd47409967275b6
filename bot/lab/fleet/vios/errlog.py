"""`errlog` of padmin: the error log, briefly."""

from __future__ import annotations

from bot.lab.fleet import errorlog
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import options

_USAGE = "Usage: errlog [-ls | -rm Days]\n"


async def run(login: Login, call: Call) -> int:
    options(call.argv, {}, _USAGE)
    await call.out(errorlog.brief(login.vios.error_log))
    return 0
