"""Virtual optical media: the repository, what is in it, and which drive of a client it is loaded into."""

from __future__ import annotations

import re
import zlib
from dataclasses import replace

from bot.lab.fleet import stores
from bot.lab.fleet.events import PoolsChanged, TargetChanged
from bot.lab.fleet.pools import Medium, Repository, rounded
from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import Target
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.lssp import pool_named
from bot.lab.fleet.vios.words import Refused, megabytes, options

_MKREP = "Usage: mkrep -sp ParentStoragePool -size Size\n"
_CHREP = "Usage: chrep -size Size\n"
_RMREP = "Usage: rmrep [-f]\n"
_MKVOPT = "Usage: mkvopt -name FileName {-size Size | -file SourceFile | -dev OpticalDevice} [-ro]\n"
_CHVOPT = "Usage: chvopt -name FileName -access {ro | rw}\n"
_RMVOPT = "Usage: rmvopt [-f] -name FileName\n"
_LOADOPT = "Usage: loadopt [-f] [-release] -disk MediaName -vtd VirtualTargetDevice\n"
_UNLOADOPT = "Usage: unloadopt [-release] -vtd VirtualTargetDevice\n"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,36}")
_OPTICAL = "File-backed Optical"
_DISC = 4483  # MB, of the disc in the drive
_NO_ROOM = "There is not enough space in the repository.\n"  # unverified, as are most wordings here


def repository_of(login: Login) -> Repository:
    found = login.vios.io.pools.repository
    if found is None:
        raise Refused("The DVD repository has not been created yet.\n", 1)
    return found


async def lsrep(login: Login, call: Call) -> int:
    options(call.argv, {}, "Usage: lsrep\n")
    io, repository = login.vios.io, repository_of(login)
    pool = repository.pool
    whole, free = stores.size(io, pool), stores.free(io, pool)
    text = (
        "Size(mb) Free(mb) Parent Pool         Parent Size      Parent Free\n"
        f"{repository.size:>8} {repository.free:>8} {pool:<15} {whole:>15} {free:>16}\n"
    )
    if repository.media:
        text += "\nName                                    File Size Optical         Access\n"
    for medium in sorted(repository.media, key=lambda each: each.name):
        drives = [each.name for each in io.targets if each.backing == medium.path] or ["None"]
        first, *others = drives
        text += f"{medium.name:<39} {medium.size:>9} {first:<15} {medium.access}\n"
        text += "".join(f"{'':<49} {each:<15}\n".rstrip() + "\n" for each in others)
    await call.out(text)
    return 0


async def mkrep(login: Login, call: Call) -> int:
    given = options(call.argv, {"-sp": (1, 1), "-size": (1, 1)}, _MKREP)
    if len(given) != 2:
        raise Refused(_MKREP, 2)
    io = login.vios.io
    if io.pools.repository is not None:
        raise Refused("The DVD repository already exists.\n", 1)  # unverified
    name = pool_named(io, given["-sp"][0])
    size = _fitting(login, name, given["-size"][0])
    _keep(login, Repository(pool=name, size=size))
    await call.out('Virtual Media Repository Created\nRepository created within "VMLibrary" logical volume\n')
    return 0


async def chrep(login: Login, call: Call) -> int:
    """Grows by so much; it never shrinks."""
    given = options(call.argv, {"-size": (1, 1)}, _CHREP)
    if "-size" not in given:
        raise Refused(_CHREP, 2)
    repository = repository_of(login)
    more = _fitting(login, repository.pool, given["-size"][0], repository.copies)
    _keep(login, replace(repository, size=repository.size + more))
    return 0


def _fitting(login: Login, pool: str, size: str, copies: int = 1) -> int:
    wanted, unit = megabytes(size), login.vios.io.pools.pool(pool)
    if wanted is None or unit is None:
        raise Refused(f'"{size}" is not a valid size.\n', 1)  # unverified
    if rounded(wanted, unit.alloc) * copies > stores.free(login.vios.io, pool):
        raise Refused(f'There is not enough space in storage pool "{pool}".\n', 1)  # unverified
    return rounded(wanted, unit.alloc)


async def rmrep(login: Login, call: Call) -> int:
    """-f takes the media along; what a client has loaded is never taken away."""
    given = options(call.argv, {"-f": (0, 0)}, _RMREP)
    repository = repository_of(login)
    if any(_drives(login, each) for each in repository.media):
        raise Refused("The repository contains media that is loaded: unload it first.\n", 1)  # unverified
    if repository.media and "-f" not in given:
        raise Refused("The repository is not empty. Specify the -f flag to force it to be removed.\n", 1)  # unverified
    _keep(login, None)
    await call.out("Virtual Media Repository deleted.\n")
    return 0


async def mkvopt(login: Login, call: Call) -> int:
    known = {"-name": (1, 1), "-size": (1, 1), "-file": (1, 1), "-dev": (1, 1), "-ro": (0, 0)}
    given = options(call.argv, known, _MKVOPT)
    sources = {"-size", "-file", "-dev"} & set(given)
    if "-name" not in given or len(sources) != 1 or (sources == {"-size"} and "-ro" in given):
        raise Refused(_MKVOPT, 2)
    repository, name = repository_of(login), given["-name"][0]
    if not _NAME.fullmatch(name):
        raise Refused(f'"{name}" is not a valid name.\n', 1)  # unverified
    if repository.medium(name) is not None:
        raise Refused(f'The media "{name}" already exists.\n', 1)  # unverified
    source = sources.pop()
    medium = Medium(name=name, size=_size(source, given[source][0]), read_only="-ro" in given)
    if medium.size > repository.free:
        raise Refused(_NO_ROOM, 1)
    _keep(login, replace(repository, media=(*repository.media, medium)))
    return 0


def _size(source: str, value: str) -> int:
    """Files are not simulated: whatever ends in .iso under an absolute path is there, each with a size of its own."""
    if source == "-size":
        wanted = megabytes(value)
        if wanted is None:
            raise Refused(f'"{value}" is not a valid size.\n', 1)  # unverified
        return wanted
    if source == "-dev":
        if value != "cd0":
            raise Refused(f'"{value}" is not a valid optical device.\n', 1)  # unverified
        return _DISC
    if not (value.startswith("/") and value.lower().endswith(".iso") and len(value) < 1024):
        raise Refused(f'The file "{value[:200]}" does not exist.\n', 1)  # unverified
    return 300 + zlib.crc32(value.encode()) % 4000


async def chvopt(login: Login, call: Call) -> int:
    given = options(call.argv, {"-name": (1, 1), "-access": (1, 1)}, _CHVOPT)
    if len(given) != 2 or given["-access"][0] not in {"ro", "rw"}:
        raise Refused(_CHVOPT, 2)
    medium = _medium(login, given["-name"][0])
    if _drives(login, medium):
        raise Refused(f'The media "{medium.name}" is loaded.\n', 1)  # unverified
    _swap(login, medium, replace(medium, read_only=given["-access"][0] == "ro"))
    return 0


async def rmvopt(login: Login, call: Call) -> int:
    """-f takes it out of the drives that it is loaded into."""
    given = options(call.argv, {"-f": (0, 0), "-name": (1, 1)}, _RMVOPT)
    if "-name" not in given:
        raise Refused(_RMVOPT, 2)
    medium = _medium(login, given["-name"][0])
    loaded = _drives(login, medium)
    if loaded and "-f" not in given:
        raise Refused(f'The media "{medium.name}" is loaded into "{loaded[0].name}".\n', 1)  # unverified
    for drive in loaded:
        _load(login, drive, "")
    _swap(login, medium, None)
    return 0


async def loadopt(login: Login, call: Call) -> int:
    """A medium that can be written goes into one drive only; what is in the drive is taken out first by -f only."""
    known = {"-f": (0, 0), "-release": (0, 0), "-disk": (1, 1), "-vtd": (1, 1)}
    given = options(call.argv, known, _LOADOPT)
    if not {"-disk", "-vtd"} <= set(given):
        raise Refused(_LOADOPT, 2)
    medium, drive = _medium(login, given["-disk"][0]), _drive(login, given["-vtd"][0])
    others = [each for each in _drives(login, medium) if each.name != drive.name]
    if others and not medium.read_only:
        raise Refused(f'The media "{medium.name}" is loaded into "{others[0].name}".\n', 1)  # unverified
    if drive.backing and drive.backing != medium.path and "-f" not in given:
        raise Refused(f'The device "{drive.name}" has media loaded.\n', 1)  # unverified
    _load(login, drive, medium.path)
    return 0


async def unloadopt(login: Login, call: Call) -> int:
    """-release takes it from a client that holds a reserve on it, which isn't modelled."""
    given = options(call.argv, {"-release": (0, 0), "-vtd": (1, 1)}, _UNLOADOPT)
    if "-vtd" not in given:
        raise Refused(_UNLOADOPT, 2)
    drive = _drive(login, given["-vtd"][0])
    if not drive.backing:
        raise Refused(f'The device "{drive.name}" has no media loaded.\n', 1)  # unverified
    _load(login, drive, "")
    return 0


def _medium(login: Login, name: str) -> Medium:
    found = repository_of(login).medium(name)
    if found is None:
        raise Refused(f'The media "{name}" does not exist.\n', 1)  # unverified
    return found


def _drive(login: Login, name: str) -> Target:
    found = login.vios.io.target(name)
    if found is None or found.kind != _OPTICAL:
        raise Refused(f'"{name}" is not a virtual optical device.\n', 1)  # unverified
    return found


def _drives(login: Login, medium: Medium) -> list[Target]:
    return [each for each in login.vios.io.targets if each.backing == medium.path]


def _load(login: Login, drive: Target, path: str) -> None:
    login.happen(TargetChanged(system=login.system_name, partition=login.name, target=drive.name, backing=path))


def _swap(login: Login, before: Medium, after: Medium | None) -> None:
    repository = repository_of(login)
    left = tuple(each for each in repository.media if each is not before)
    _keep(login, replace(repository, media=left if after is None else (*left, after)))


def _keep(login: Login, repository: Repository | None) -> None:
    pools = replace(login.vios.io.pools, repository=repository)
    login.happen(PoolsChanged(system=login.system_name, partition=login.name, pools=pools))
