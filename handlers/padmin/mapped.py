"""What a VIOS's server adapters are mapped to, as `lsmap -all` tells it with a delimiter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.hmcout import Unreadable
from policies.words import Frozen

SCSI = ("lsmap", "-all", "-fmt", ",")
NPIV = ("lsmap", "-all", "-npiv", "-fmt", ",")
LIBRARY = "/var/vio/VMLibrary/"  # where the media of the repository lie
NO_SCSI, NO_NPIV = 15, 63  # exit statuses: there is no adapter of that kind

_VHOST = re.compile(r"vhost\d{1,4}", re.ASCII)
_VFCHOST = re.compile(r"vfchost\d{1,4}", re.ASCII)
_CLIENT = re.compile(r"0x[0-9a-fA-F]{8}", re.ASCII)
_LUN = re.compile(r"0x[0-9a-fA-F]{16}", re.ASCII)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,31}", re.ASCII)
_HEAD, _EACH = 3, 6
_STATES = frozenset({"Available", "Defined", "Stopped"})


class Target(Frozen):
    """A virtual target device. `backing`: a disk, a backing device or a file; empty: a drive without a medium."""

    name: str
    vhost: str
    is_available: bool
    backing: str

    @property
    def is_drive(self) -> bool:
        """A virtual optical drive, with a medium of the repository in it or with none."""
        return not self.backing or self.backing.startswith(LIBRARY)


class Vhost(Frozen):
    """A server SCSI adapter. `client`: the id of the partition that is connected; 0: none is."""

    name: str
    client: int
    targets: tuple[Target, ...] = ()


class FibreHost(Frozen):
    """A server Fibre Channel adapter. `port`: that it is mapped to; empty: to none. `client`: an id; 0: not told."""

    name: str
    client: int
    port: str
    is_logged_in: bool


def vhosts(text: str) -> tuple[Vhost, ...]:
    """Of `SCSI`, or Unreadable."""
    found = tuple(_vhost(line.split(",")) for line in _lines(text))
    targets = [each.name for vhost in found for each in vhost.targets]
    _differ([*(each.name for each in found), *targets])
    return found


def fibre_hosts(text: str) -> tuple[FibreHost, ...]:
    """Of `NPIV`, or Unreadable."""
    found = tuple(_fibre_host(line.split(",")) for line in _lines(text))
    _differ([each.name for each in found])
    return found


def _differ(names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise Unreadable("two devices of one name")


def _lines(text: str) -> Iterator[str]:
    if not text.strip():
        raise Unreadable("the answer is empty")
    for line in text.splitlines():
        yield line.strip()


def _vhost(words: list[str]) -> Vhost:
    if len(words) < _HEAD or (len(words) - _HEAD) % _EACH:
        raise Unreadable(f"not an adapter and its targets: {','.join(words)[:120]!r}")
    name, place, client = words[:_HEAD]
    if not _VHOST.fullmatch(name) or not place or not _CLIENT.fullmatch(client):
        raise Unreadable(f"not a SCSI adapter: {','.join(words[:_HEAD])[:120]!r}")
    targets = tuple(_target(name, words[at : at + _EACH]) for at in range(_HEAD, len(words), _EACH))
    return Vhost(name=name, client=int(client, 16), targets=targets)


def _target(vhost: str, words: list[str]) -> Target:
    name, status, lun, backing = words[:4]
    if not _NAME.fullmatch(name) or status not in _STATES or not _LUN.fullmatch(lun):
        raise Unreadable(f"not a virtual target device: {','.join(words)[:120]!r}")
    return Target(name=name, vhost=vhost, is_available=status == "Available", backing=backing.strip())


def _fibre_host(words: list[str]) -> FibreHost:
    """name, physloc, clntid (decimal), clntname, clntos, status, fc, fcphysloc, ports, flags, and the client's end."""
    if len(words) != 12 or not _VFCHOST.fullmatch(words[0]) or not words[1]:
        raise Unreadable(f"not a Fibre Channel adapter: {','.join(words)[:120]!r}")
    client, status, port = words[2].strip(), words[5], words[6].strip()
    if status not in ("LOGGED_IN", "NOT_LOGGED_IN") or (client and not (client.isascii() and client.isdigit())):
        raise Unreadable(f"not a Fibre Channel adapter: {','.join(words)[:120]!r}")
    if port and not re.fullmatch(r"fcs\d{1,4}", port, re.ASCII):
        raise Unreadable(f"not a Fibre Channel port: {port[:60]!r}")
    return FibreHost(name=words[0], client=int(client or 0), port=port, is_logged_in=status == "LOGGED_IN")
