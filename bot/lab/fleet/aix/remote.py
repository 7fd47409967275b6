"""`ssh` and `ssh-keygen`: whom a host knows. Nobody gets further from here: no session of another host is opened."""

from __future__ import annotations

import base64
import hashlib

from bot.lab.fleet.aix.files import read, writable, write
from bot.lab.fleet.aix.login import Login, place
from bot.lab.fleet.aix.words import Refused, getopt
from bot.lab.fleet.shell import Call

KNOWN = ".ssh/known_hosts"  # in the user's home
_SSH = "usage: ssh [-l login_name] [-o option] [-p port] destination [command]\n"
_KEYGEN = "usage: ssh-keygen -F hostname [-f known_hosts_file]\n       ssh-keygen -R hostname [-f known_hosts_file]\n"


async def ssh(login: Login, call: Call) -> int:
    """A host that isn't known is refused, or, where that is asked for, known from then on; there is nobody to ask."""
    flags, rest = getopt(call.argv, "l:o:p:", _SSH, status=255)
    if not rest:
        raise Refused(_SSH, 255)
    user, at, host = rest[0].rpartition("@")
    user = user if at else flags.get("l", (login.user,))[-1]
    fleet = login.world.fleet
    if host not in fleet.hmcs and place(fleet, host) is None:
        raise Refused(
            f"ssh: Could not resolve hostname {host[:60]}: Hostname and service name not provided or found\n", 255
        )
    if not any(line.split()[:1] == [host] for line in _lines(login, KNOWN)):
        options = {each.replace(" ", "=").lower() for each in flags.get("o", ())}
        if not options & {"stricthostkeychecking=no", "stricthostkeychecking=accept-new"}:
            raise Refused("Host key verification failed.\n", 255)
        if writable(login, KNOWN):
            shown = base64.b64encode(hashlib.sha256(host.encode()).digest()).decode()
            write(login, KNOWN, f"{host} ssh-ed25519 {shown}\n", append=True)
        await call.err(f"Warning: Permanently added '{host}' (ED25519) to the list of known hosts.\n")
    raise Refused(f"{user}@{host}: Permission denied (publickey,password).\n", 255)


async def keygen(login: Login, call: Call) -> int:
    """Finds a host, or forgets it and keeps what the file was beside it."""
    flags, rest = getopt(call.argv, "F:R:f:", _KEYGEN)
    if rest or ("R" in flags) == ("F" in flags):
        raise Refused(_KEYGEN, 1)
    host, path = flags.get("R", flags.get("F", ("",)))[-1], flags.get("f", (KNOWN,))[-1]
    try:
        lines = read(login, "ssh", path).splitlines()
    except Refused:
        raise Refused(f"Cannot stat {path}: No such file or directory\n", 255) from None
    found = [number for number, line in enumerate(lines, 1) if host in line.split()[:1]]
    if "F" in flags:
        for number in found:
            await call.out(f"# Host {host} found: line {number} \n{lines[number - 1]}\n")
        return int(not found)
    if not found:
        await call.err(f"Host {host[:60]} not found in {path}\n")
        return 255
    if not (writable(login, path) and writable(login, f"{path}.old")):
        raise Refused(f"{path}: The file access permissions do not allow the specified action.\n", 255)
    write(login, f"{path}.old", "".join(f"{line}\n" for line in lines), append=False)
    kept = "".join(f"{line}\n" for number, line in enumerate(lines, 1) if number not in found)
    write(login, path, kept, append=False)
    told = "".join(f"# Host {host} found: line {number}\n" for number in found)
    await call.out(f"{told}{path} updated.\nOriginal contents retained as {path}.old\n")
    return 0


def _lines(login: Login, path: str) -> list[str]:
    try:
        return read(login, "ssh", path).splitlines()
    except Refused:
        return []
