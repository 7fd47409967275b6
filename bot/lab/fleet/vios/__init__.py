"""A Virtual I/O Server's commands, by name: padmin's, and those that root has besides."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.lab.fleet import aix
from bot.lab.fleet.shell import Call, Shell
from bot.lab.fleet.vios import (
    about,
    addressing,
    backing,
    backups,
    bridging,
    chdev,
    entstat,
    errlog,
    household,
    ioslevel,
    lsattr,
    lsdev,
    lsmap,
    lspv,
    lssp,
    media,
    mirroring,
    mkvdev,
    paths,
    pooling,
    rmvdev,
    tcpip,
    vfcmap,
    viosecure,
    viostat,
)
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused

_Run = Callable[[Login, Call], Awaitable[int]]


def _as_aix(run: aix.Run) -> _Run:
    """What may be done on a VIOS as on any AIX."""
    return lambda login, call: run(aix.Login(login.world, login.name, "root" if login.is_root else login.user), call)


_OF_AIX = ("awk", "date", "diff", "hostname", "sdiff", "sed", "uname", "uptime", "who")  # padmin has these too
_PADMIN: Mapping[str, _Run] = {
    "backupios": backups.backupios,
    "bootlist": about.bootlist,
    "cfgdev": rmvdev.cfgdev,
    "cfglnagg": bridging.cfglnagg,
    "chdate": household.chdate,
    "chdev": chdev.run,
    "chpath": paths.chpath,
    "chrep": media.chrep,
    "chsp": pooling.chsp,
    "chtcpip": addressing.chtcpip,
    "chvopt": media.chvopt,
    "entstat": entstat.run,
    "errbr": errlog.browse,
    "errlog": errlog.run,
    "extendvg": pooling.extendvg,
    "fcstat": viostat.fcstat,
    "invscout": about.invscout,
    "ioslevel": ioslevel.run,
    "license": household.license_of,
    "loadopt": media.loadopt,
    "lsdev": lsdev.run,
    "lsfailedlogin": about.lsfailedlogin,
    "lsfware": about.lsfware,
    "lsgcl": about.lsgcl,
    "lslparinfo": about.lslparinfo,
    "lsmap": lsmap.run,
    "lsnports": vfcmap.lsnports,
    "lspath": paths.lspath,
    "lspv": lspv.run,
    "ls": backups.ls,
    "lsrep": media.lsrep,
    "lssp": lssp.run,
    "lssw": about.lssw,
    "lstcpip": tcpip.lstcpip,
    "lsuser": about.lsuser,
    "lsvg": mirroring.lsvg,
    "mirrorios": mirroring.mirrorios,
    "mkbdsp": backing.mkbdsp,
    "mkpath": paths.mkpath,
    "mkrep": media.mkrep,
    "mksp": pooling.mksp,
    "mktcpip": addressing.mktcpip,
    "mkvdev": mkvdev.run,
    "mkvopt": media.mkvopt,
    "motd": household.motd,
    "netstat": tcpip.netstat,
    "oem_platform_level": about.oem_platform_level,
    "optimizenet": tcpip.optimizenet,
    "restorevgstruct": backups.restorevgstruct,
    "rmbdsp": backing.rmbdsp,
    "rmdev": rmvdev.rmdev,
    "rmpath": paths.rmpath,
    "rmrep": media.rmrep,
    "rmsp": pooling.rmsp,
    "rmvdev": rmvdev.rmvdev,
    "rmvopt": media.rmvopt,
    "savevgstruct": backups.savevgstruct,
    "shutdown": household.shutdown,
    "unloadopt": media.unloadopt,
    "unmirrorios": mirroring.unmirrorios,
    "vfcmap": vfcmap.vfcmap,
    "viosbr": backups.viosbr,
    "viosecure": viosecure.run,
    "viostat": viostat.viostat,
    **dict.fromkeys(("cfgassist", "passwd", "topas"), household.at_terminal),
    **{name: _as_aix(aix.RUN[name]) for name in _OF_AIX},
}
_ROOT: Mapping[str, _Run] = {
    **{name: _as_aix(run) for name, run in aix.RUN.items() if name != "chdev"},
    "entstat": entstat.run_as_root,
    "lsattr": lsattr.run,
    "lsdev": lsdev.run_as_root,
}
COMMANDS = frozenset({*_PADMIN, *_ROOT})


def shell(login: Login) -> Shell:
    """The shell that a login to a VIOS gives, and that `viosvrcmd` passes a command to."""
    names = {*COMMANDS, "ioscli", "oem_setup_env", "tee"}
    return Shell(
        {name: partial(_run, name, login) for name in names},
        tell=login.tell,
        variables={"HOME": f"/home/{login.user}", "USER": login.user, "LOGNAME": login.user, "0": "rksh"},
        dialect=login,
    )


async def _run(name: str, login: Login, call: Call) -> int:
    """Refusals go to standard error; a fault of the simulator is never shown."""
    try:
        return await _found(name, login)(login, call)
    except Refused as refusal:
        await call.err(refusal.text)
        return refusal.status
    except ConnectionError:  # nobody listens any more
        raise
    except Exception as error:
        login.world.errors.append(error)
        await call.err("An internal error occurred.\n")
        return 1


def _found(name: str, login: Login) -> _Run:
    if name == "ioscli":
        return _ioscli
    if name == "oem_setup_env":
        return _oem_setup_env
    if name == "tee":
        return _tee
    found = (_ROOT if login.is_root else _PADMIN).get(name)
    if found is None:
        raise Refused(login.unknown(name), 127)
    return found


async def _ioscli(login: Login, call: Call) -> int:
    """Padmin's commands by way of root's: `ioscli lsmap -all`."""
    words = call.argv[1:]
    if not words or words[0] not in _PADMIN:
        raise Refused(f"Command is not recognized: {' '.join(words[:1])}\n", 1)  # unverified
    return await _PADMIN[words[0]](login, Call(words, call.given, call.out, call.err))


async def _oem_setup_env(login: Login, call: Call) -> int:
    """Root from here on, or, where something is piped into it, root for that."""
    if not call.given:
        login.is_root = True
        return 0
    return await shell(login.as_root()).run(call.given, call.out, call.err)


async def _tee(login: Login, call: Call) -> int:
    """The way round the missing `>`. Files are not simulated: it carries on, and keeps nothing."""
    await call.out(call.given)
    return 0
