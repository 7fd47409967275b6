"""`backupios`, `savevgstruct`, `restorevgstruct` and `viosbr`: what was saved, where, and when; nothing is restored."""

from __future__ import annotations

import re
import time

from bot.lab.fleet import stores
from bot.lab.fleet.events import UpkeepChanged
from bot.lab.fleet.pools import ROOT
from bot.lab.fleet.shell import Call
from bot.lab.fleet.upkeep import Backup
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, options, sorted_out

_BACKUPIOS = "Usage: backupios -file FileName [-mksysb] [-nomedialib] [-nosvg] [-accept]\n"
_SAVE = "Usage: savevgstruct VolumeGroupLabel\n"
_RESTORE = "Usage: restorevgstruct {-ls | -vg VolumeGroupLabel [DiskName ...]}\n"
_VIOSBR = "Usage: viosbr -backup -file FileName\n       viosbr -view {-file FileName | -list [Directory]}\n"
_LS = "Usage: ls -l File\n"
_SIZES = {"structure": 51200, "mksysb": 2_411_724_800, "nim": 2_463_119_360, "viosbr": 18_432}
_PATH = re.compile(r"/?[A-Za-z0-9._/-]{1,255}")
_HOME = "/home"
_STRUCTURES, _CONFIGURATIONS = f"{_HOME}/ios/vgbackups", f"{_HOME}/padmin/cfgbackups"
_DONE = "0512-038 savevg: Backup Completed Successfully.\n"


def _keep(login: Login, backup: Backup) -> None:
    upkeep = login.vios.io.upkeep.with_backup(backup)
    login.happen(UpkeepChanged(system=login.system_name, partition=login.name, upkeep=upkeep))


def _path(text: str) -> str:
    if not _PATH.fullmatch(text) or ".." in text.split("/"):
        raise Refused(f'"{text[:60]}" is not a valid file name.\n', 1)  # unverified
    return text


async def backupios(login: Login, call: Call) -> int:
    """A mksysb image is that file; without -mksysb a tar for NIM is put into that directory."""
    flags = dict.fromkeys(("-mksysb", "-nomedialib", "-nosvg", "-accept"), (0, 0))
    given = options(call.argv, {"-file": (1, 1), **flags}, _BACKUPIOS)
    if "-file" not in given or not given["-file"][0].startswith("/"):
        raise Refused(_BACKUPIOS, 2)
    path = _path(given["-file"][0])
    if "-mksysb" not in given:
        path = f"{path.rstrip('/')}/nim_resources.tar"
    count = 44000 + len(login.vios.io.disks)
    text = ""
    for name in () if "-nosvg" in given else stores.names(login.vios.io):
        text += _saved(name) if name != ROOT else ""
    text += (
        "Backup in progress.  This command can take a considerable amount of time\n"
        "to complete, please be patient...\n\n"
        f"Creating information file (/image.data) for {ROOT}.\n\nCreating list of files to back up.\n"
        f"Backing up {count} files\n{count} of {count} files (100%)\n0512-038 mksysb: Backup Completed Successfully.\n"
    )
    _keep(login, Backup(kind="mksysb" if "-mksysb" in given else "nim", path=path, at=login.clock, of=ROOT))
    await call.out(text)
    return 0


def _saved(group: str) -> str:
    return (
        f"\nCreating information file for volume group {group}.\n\nCreating list of files to back up.\n"
        f"Backing up 6 files\n\n6 of 6 files (100%)\n{_DONE}"
    )


async def ls(login: Login, call: Call) -> int:
    """`ls -l` of one file: backups are the only ones that are simulated."""
    given, words = sorted_out(call.argv, {"-l": (0, 0)}, _LS)
    if "-l" not in given or len(words) != 1:
        raise Refused(_LS, 2)
    found = next((each for each in login.vios.io.upkeep.backups if each.path == words[0]), None)
    if found is None:
        raise Refused(f"ls: 0653-341 The file {words[0][:255]} does not exist.\n", 2)
    await call.out(_line(found, found.path))
    return 0


def _line(backup: Backup, name: str) -> str:
    stamp = time.strftime("%b %d %H:%M", time.gmtime(backup.at))
    return f"-rw-r--r--   1 root     staff {_SIZES[backup.kind]:>13} {stamp} {name}\n"


async def savevgstruct(login: Login, call: Call) -> int:
    _, words = sorted_out(call.argv, {}, _SAVE)
    if len(words) != 1:
        raise Refused(_SAVE, 2)
    group = words[0]
    if group == ROOT:
        raise Refused("savevgstruct: rootvg is saved by backupios.\n", 1)  # unverified
    if group not in stores.names(login.vios.io):
        raise Refused(f"0516-306 savevg: Unable to find volume group {group[:32]} in the Device\n\t"
                      "Configuration Database.\n", 1)  # fmt: skip
    _keep(login, Backup(kind="structure", path=f"{_STRUCTURES}/{group}.data", at=login.clock, of=group))
    await call.out(_saved(group))
    return 0


async def restorevgstruct(login: Login, call: Call) -> int:
    """Lists; a structure that is there can't be restored over what is there."""
    given, words = sorted_out(call.argv, {"-ls": (0, 0), "-vg": (1, 1)}, _RESTORE)
    if len(given) != 1 or ("-ls" in given and words):
        raise Refused(_RESTORE, 2)
    found = [each for each in login.vios.io.upkeep.backups if each.kind == "structure"]
    if "-vg" in given:
        wanted = given["-vg"][0]
        if not any(each.of == wanted for each in found):
            raise Refused(f'There is no backup of "{wanted[:32]}".\n', 1)  # unverified
        raise Refused("restorevgstruct: restoring is not simulated.\n", 1)
    rows = [_line(each, f"{each.of}.data") for each in found]
    await call.out(f"total {len(rows) * 104}\n" + "".join(rows) if rows else "")
    return 0


async def viosbr(login: Login, call: Call) -> int:
    known = {"-backup": (0, 0), "-view": (0, 0), "-file": (1, 1), "-list": (0, 1), "-restore": (0, 0)}
    given = options(call.argv, known, _VIOSBR)
    kinds = {"-backup", "-view", "-restore"} & set(given)
    if len(kinds) != 1 or (("-file" in given) == ("-list" in given)) or ("-list" in given and "-view" not in given):
        raise Refused(_VIOSBR, 2)
    saved = [each for each in login.vios.io.upkeep.backups if each.kind == "viosbr"]
    if "-list" in given:
        where = (given["-list"] or (_CONFIGURATIONS,))[0].rstrip("/")
        names = [each.path.rpartition("/")[2] for each in saved if each.path.rpartition("/")[0] == where]
        await call.out("".join(f"{each}\n" for each in names))
        return 0
    path = _path(given["-file"][0])
    path = path if path.startswith("/") else f"{_CONFIGURATIONS}/{path}"
    path = path if path.endswith(".tar.gz") else f"{path}.tar.gz"
    if "-backup" in given:
        _keep(login, Backup(kind="viosbr", path=path, at=login.clock, of=login.name))
        await call.out(f"Backup of this node ({login.name}) successful\n")
        return 0
    found = next((each for each in saved if each.path == path), None)
    if found is None:
        raise Refused(f'The file "{path}" does not exist.\n', 1)  # unverified
    if "-restore" in given:
        raise Refused("viosbr: restoring is not simulated.\n", 1)
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(found.at))
    await call.out(f"Details in: {path}\n{'=' * 15}\nController: {login.name}\nBacked up: {stamp}\n")  # unverified
    return 0
