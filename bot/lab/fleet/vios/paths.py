"""`lspath`, `chpath`, `mkpath` and `rmpath`: the paths to a VIOS's disks.

There is one for each storage port that a Fibre Channel port is zoned to.
"""

from __future__ import annotations

from collections.abc import Iterator

from bot.lab.fleet.events import UpkeepChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.upkeep import Path
from bot.lab.fleet.vios.devices import device, number
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Options, Refused, columns, method_error, no_device, options

_LSPATH = (
    "Usage: lspath [-dev DeviceName] [-pdev Parent] [-status Status] [-conn Connection]\n"
    "              [-field FieldName ...] [-fmt Delimiter]\n"
)
_CHPATH = "Usage: chpath -oper {en | dis} -dev DeviceName [-pdev Parent] [-conn Connection]\n"
_MKPATH = "Usage: mkpath -dev DeviceName [-pdev Parent] [-conn Connection] [-def]\n"
_RMPATH = "Usage: rmpath -dev DeviceName [-pdev Parent] [-conn Connection] [-rm]\n"
_FIELDS = ("status", "name", "parent", "connection")
_ONE = {"-dev": (1, 1), "-pdev": (1, 1), "-conn": (1, 1)}


def _all(login: Login) -> Iterator[Path]:
    """Every path that there can be. One that was removed has no status."""
    io = login.vios.io
    changed = {each.key: each for each in io.upkeep.paths}
    for disk in io.disks:
        for port in io.fc_ports:
            for target in sorted(port.targets):
                parent, connection = f"fscsi{number(port.name)}", f"{target.lower()},{disk.number:x}000000000000"
                usual = Path(disk=disk.name, parent=parent, connection=connection, status="Enabled")
                yield changed.get(usual.key, usual)


def _chosen(login: Login, given: Options) -> list[Path]:
    wanted = {"disk": given.get("-dev"), "parent": given.get("-pdev"), "connection": given.get("-conn")}
    return [
        each
        for each in _all(login)
        if all(values is None or getattr(each, field) == values[0] for field, values in wanted.items())
    ]


async def lspath(login: Login, call: Call) -> int:
    given = options(call.argv, {**_ONE, "-status": (1, 1), "-field": (1, 4), "-fmt": (1, 1)}, _LSPATH)
    fields = given.get("-field", _FIELDS)
    if set(fields) - set(_FIELDS):
        raise Refused(_LSPATH, 2)
    if "-dev" in given and login.vios.io.disk(given["-dev"][0]) is None:
        raise no_device(given["-dev"][0])
    found = [each for each in _chosen(login, given) if each.status]
    if "-status" in given:
        found = [each for each in found if each.status.lower() == given["-status"][0].lower()]
    known = [dict(zip(_FIELDS, (each.status, each.disk, each.parent, each.connection), strict=True)) for each in found]
    rows = [tuple(each[field] for field in fields) for each in known]
    if "-fmt" in given:
        await call.out("".join(f"{given['-fmt'][0].join(row)}\n" for row in rows))
        return 0
    widths = [max(len(row[n]) for row in (fields, *rows)) for n in range(len(fields) - 1)]
    first, _, rest = columns([fields, *rows], widths).partition("\n")
    await call.out(f"{first}\n\n{rest}" if rows else "")
    return 0


async def chpath(login: Login, call: Call) -> int:
    given = options(call.argv, {**_ONE, "-oper": (1, 1)}, _CHPATH)
    how = {"en": "Enabled", "enable": "Enabled", "dis": "Disabled", "disable": "Disabled"}
    status = how.get(given.get("-oper", ("",))[0])
    if status is None or "-dev" not in given:
        raise Refused(_CHPATH, 2)
    found = [each for each in _named(login, given, "chpath") if each.status in {"Enabled", "Disabled"}]
    _set(login, found, status, "chpath")
    await call.out("paths Changed\n")
    return 0


async def mkpath(login: Login, call: Call) -> int:
    """-def leaves it defined only."""
    given = options(call.argv, {**_ONE, "-def": (0, 0)}, _MKPATH)
    if "-dev" not in given:
        raise Refused(_MKPATH, 2)
    found = [each for each in _named(login, given, "mkpath") if each.status in {"", "Defined"}]
    _set(login, found, "Defined" if "-def" in given else "Enabled", "mkpath")
    await call.out(f"paths {'Defined' if '-def' in given else 'Available'}\n")
    return 0


async def rmpath(login: Login, call: Call) -> int:
    """Leaves it defined, or with -rm takes its definition away as well."""
    given = options(call.argv, {**_ONE, "-rm": (0, 0)}, _RMPATH)
    if "-dev" not in given:
        raise Refused(_RMPATH, 2)
    found = [each for each in _named(login, given, "rmpath") if each.status]
    _set(login, found, "" if "-rm" in given else "Defined", "rmpath")
    await call.out(f"paths {'Deleted' if '-rm' in given else 'Defined'}\n")
    return 0


def _named(login: Login, given: Options, command: str) -> list[Path]:
    if login.vios.io.disk(given["-dev"][0]) is None or device(login.vios, given["-dev"][0]) is None:
        raise no_device(given["-dev"][0])
    return _chosen(login, given)


def _set(login: Login, found: list[Path], status: str, command: str) -> None:
    """None at all is refused, and so is what takes the last path from a disk that somebody uses (both unverified)."""
    if not found:
        raise method_error(f"{command}: 0514-246 No paths matched the selection criteria.")
    io = login.vios.io
    disk = io.disk(found[0].disk)
    held = disk is not None and (disk.group is not None or io.uses(disk.name) is not None)
    left = [
        each for each in _all(login) if each.disk == found[0].disk and each.status == "Enabled" and each not in found
    ]
    if status != "Enabled" and held and not left:
        raise method_error(f"{command}: 0514-062 Cannot perform the requested function because the\n"
                           "\tspecified device is busy.")  # fmt: skip
    upkeep = io.upkeep
    for each in found:
        upkeep = upkeep.with_path(Path(disk=each.disk, parent=each.parent, connection=each.connection, status=status))
    login.happen(UpkeepChanged(system=login.system_name, partition=login.name, upkeep=upkeep))
