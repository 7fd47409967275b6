"""An AIX's commands, by name, as far as they tell of a host's state or change it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.lab.fleet.aix import database, errpt, files, filesets, network, session, tuning
from bot.lab.fleet.aix.login import Login as Login
from bot.lab.fleet.aix.login import place as place
from bot.lab.fleet.aix.tunables import COMMANDS
from bot.lab.fleet.aix.words import Refused
from bot.lab.fleet.shell import Call, Program, Shell

Run = Callable[[Login, Call], Awaitable[int]]

RUN: Mapping[str, Run] = {
    "cat": files.cat,
    "chdev": database.chdev,
    "cksum": files.cksum,
    "csum": files.csum,
    "date": session.date,
    "env": session.env,
    "errclear": errpt.errclear,
    "errpt": errpt.errpt,
    "hostname": session.hostname,
    "id": session.identity,
    "ifconfig": network.ifconfig,
    "last": session.last,
    "lsattr": database.lsattr,
    "lsdev": database.lsdev,
    "lslpp": filesets.run,
    "netstat": network.netstat,
    "oslevel": session.oslevel,
    "ulimit": session.ulimit,
    "uname": session.uname,
    "uptime": session.uptime,
    "who": session.who,
    **{command: partial(tuning.run, command) for command in COMMANDS},
}


def shell(login: Login) -> Shell:
    return Shell(programs(login), tell=login.tell, variables=_variables(login), dialect=login)


def programs(login: Login) -> Mapping[str, Program]:
    return {name: partial(_guarded, name, login) for name in RUN}


def _variables(login: Login) -> Mapping[str, str]:
    home = "/" if login.is_root else f"/home/{login.user}"
    return {"HOME": home, "USER": login.user, "LOGNAME": login.user, "0": "ksh"}


async def _guarded(name: str, login: Login, call: Call) -> int:
    """Refusals go to standard error; a fault of the simulator is never shown."""
    try:
        return await RUN[name](login, call)
    except Refused as refusal:
        await call.err(refusal.text)
        return refusal.status
    except ConnectionError:  # nobody listens any more, or the host is gone
        raise
    except Exception as error:
        login.world.errors.append(error)
        await call.err("An internal error occurred.\n")
        return 1
