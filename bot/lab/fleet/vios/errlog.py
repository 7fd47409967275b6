"""`errlog` of padmin: the error log, briefly or whole, and what is cleared from it."""

from __future__ import annotations

from bot.lab.fleet import errorlog
from bot.lab.fleet.aix.errpt import whole
from bot.lab.fleet.events import ErrorLogCleared
from bot.lab.fleet.shell import Call
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, options

_USAGE = "Usage: errlog [[-ls] [-seq SequenceNumber] | -rm Days]\n"
_DAY = 24 * 3600


async def run(login: Login, call: Call) -> int:
    given = options(call.argv, {"-ls": (0, 0), "-seq": (1, 1), "-rm": (1, 1)}, _USAGE)
    if "-rm" in given:
        if len(given) > 1:
            raise Refused(_USAGE, 2)
        _clear(login, given["-rm"][0])
        return 0
    found = login.vios.error_log
    if "-seq" in given:
        found = tuple(each for each in found if str(each.sequence) == given["-seq"][0])
    if given:
        await call.out("".join(whole(login.as_aix, each) for each in reversed(found)))
    else:
        await call.out(errorlog.brief(found))
    return 0


async def browse(login: Login, call: Call) -> int:
    """`errbr`: the whole log; the menu that it has on a terminal is not simulated."""
    options(call.argv, {}, "Usage: errbr\n")
    await call.out("".join(whole(login.as_aix, each) for each in reversed(login.vios.error_log)))
    return 0


def _clear(login: Login, days: str) -> None:
    """What is older by its own clock goes; 0 clears everything."""
    if not (days.isascii() and days.isdigit() and len(days) < 6):
        raise Refused(_USAGE, 2)
    before = login.clock - int(days) * _DAY
    login.happen(ErrorLogCleared(system=login.system_name, partition=login.name, before=before))
