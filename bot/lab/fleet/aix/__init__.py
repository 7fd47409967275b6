"""An AIX's commands, by name, as far as they tell of a host's state or change it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.lab.fleet.aix import database, errpt, files, filesets, network, remote, session, storage, text, tuning
from bot.lab.fleet.aix.login import Login as Login
from bot.lab.fleet.aix.login import place as place
from bot.lab.fleet.aix.tunables import COMMANDS
from bot.lab.fleet.aix.words import Refused, getopt
from bot.lab.fleet.shell import Call, Program, Shell

Run = Callable[[Login, Call], Awaitable[int]]

_SHELLS = 100  # that one line may start


async def _sh(login: Login, call: Call) -> int:
    """Runs what is piped into it; `-x` tells each line before it runs it."""
    usage = "Usage: sh [-x] [-c Command]\n"
    flags, rest = getopt(call.argv, "xc:", usage, status=2)
    if rest:
        raise Refused(f"{call.argv[0]}: {rest[0]}: 0403-016 Cannot find or open the file.\n", 1)
    login.shells += 1
    if login.shells > _SHELLS:
        raise Refused("ksh: 0403-031 The fork function failed. Too many processes already exist.\n", 1)
    made, status = shell(login), 0
    for line in (flags["c"][-1] if "c" in flags else call.given).splitlines():
        if "x" in flags and line.strip():
            await call.err(f"+ {' '.join(line.split())}\n")
        status = await made.run(line, call.out, call.err)
    return status


async def _entstat(login: Login, call: Call) -> int:
    """As root's on a VIOS, which is an AIX: that is why it can't be imported above."""
    from bot.lab.fleet.vios import entstat
    from bot.lab.fleet.vios.login import Login as Seated

    return await entstat.run_as_root(Seated(login.world, login.system.name, login.name, is_root=True), call)


RUN: Mapping[str, Run] = {
    "alog": storage.alog,
    "awk": text.awk,
    "cat": files.cat,
    "cfgmgr": storage.cfgmgr,
    "chdev": database.chdev,
    "cksum": files.cksum,
    "csum": files.csum,
    "date": session.date,
    "diff": text.diff,
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
    "printenv": session.printenv,
    "sdiff": text.sdiff,
    "sed": text.sed,
    "ssh": remote.ssh,
    "ssh-keygen": remote.keygen,
    "ulimit": session.ulimit,
    "uname": session.uname,
    "uptime": session.uptime,
    "who": session.who,
    **{command: partial(tuning.run, command) for command in COMMANDS},
}

_CLIENTS: Mapping[str, Run] = {
    "lspath": storage.lspath,
    "lspv": storage.lspv,
    "sh": _sh,
    "entstat": _entstat,
}  # a VIOS has its own
NAMES = frozenset({*RUN, *_CLIENTS})


def shell(login: Login) -> Shell:
    return Shell(programs(login), tell=login.tell, variables=_variables(login), dialect=login, files=files.Files(login))


def programs(login: Login) -> Mapping[str, Program]:
    return {name: partial(_guarded, run, login) for name, run in {**RUN, **_CLIENTS}.items()}


def _variables(login: Login) -> Mapping[str, str]:
    return {"HOME": login.home, "USER": login.user, "LOGNAME": login.user, "0": "ksh"}


async def _guarded(run: Run, login: Login, call: Call) -> int:
    """Refusals go to standard error; a fault of the simulator is never shown."""
    try:
        return await run(login, call)
    except Refused as refusal:
        await call.err(refusal.text)
        return refusal.status
    except ConnectionError:  # nobody listens any more, or the host is gone
        raise
    except Exception as error:
        login.world.errors.append(error)
        await call.err("An internal error occurred.\n")
        return 1
