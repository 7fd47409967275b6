"""`lsmap` without more: server SCSI adapters, and the virtual target devices on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from bot.lab.fleet.storage import Target, Vhost
from bot.lab.fleet.vios.devices import disk_location, location
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.mapped import Kind, Mapped

_ADAPTER = ("svsa", "physloc", "clientid")
_TARGET = ("vtd", "status", "lun", "backing", "bdphysloc", "mirrored")
_FIELDS = (*_ADAPTER, *_TARGET)
_LABELS = dict(zip(_TARGET, ("VTD", "Status", "LUN", "Backing device", "Physloc", "Mirrored"), strict=True))
_TITLES = {"svsa": ("SVSA", 15), "physloc": ("Physloc", 44), "clientid": ("Client Partition ID", 18)}


@dataclass(frozen=True)
class Row:
    adapter: dict[str, str]
    targets: list[dict[str, str]] = field(default_factory=list)


# What -type calls the kinds of targets.
TYPES = {
    "disk": "Disk",
    "lv": "Logical Volume",
    "optical": "Optical Media",
    "file_opt": "File-backed Optical",
    "file_disk": "File-backed Disk",
    "tape": "Tape",
}


def of_types(found: list[Mapped], types: Sequence[str]) -> list[Mapped]:
    kinds = frozenset(TYPES[each] for each in types)
    return [left for each in found if (left := each.only(kinds)) is not None]


def _mapped(login: Login) -> list[Mapped]:
    return [_of(login, each) for each in login.vios.io.vhosts]


def _of(login: Login, vhost: Vhost) -> Mapped:
    row = _row(login, vhost)

    def only(kinds: frozenset[str]) -> Mapped | None:
        left = tuple(each for each in vhost.targets if each.kind in kinds)
        return _of(login, replace(vhost, targets=left)) if left else None

    return Mapped(name=vhost.name, line=partial(_line, row), block=partial(_block, row), only=only)


def _row(login: Login, vhost: Vhost) -> Row:
    adapter = {
        "svsa": vhost.name,
        "physloc": location(login.system, login.vios, vhost.slot),
        "clientid": f"0x{vhost.client_id or 0:08x}",
    }
    return Row(adapter, [_target(login, each) for each in vhost.targets])


def _target(login: Login, target: Target) -> dict[str, str]:
    disk = login.vios.io.disk(target.backing)
    return {
        "vtd": target.name,
        "status": "Available" if target.is_available else "Defined",
        "lun": f"0x{0x80 + target.lun:02x}00000000000000",
        "backing": target.backing,
        "bdphysloc": disk_location(login.vios, disk) if disk else "",
        "mirrored": "false" if disk else "N/A",
    }


def _line(row: Row, fields: Sequence[str], delimiter: str) -> str:
    """The adapter, and after it each of its targets."""
    values = [row.adapter[each] for each in fields if each in _ADAPTER]
    values += [target[each] for target in row.targets for each in fields if each in _TARGET]
    return delimiter.join(values)


def _block(row: Row, fields: Sequence[str]) -> str:
    head = [each for each in _ADAPTER if each in fields]
    labels = {each: label for each, label in _LABELS.items() if each in fields}
    parts = []
    if head:
        title = " ".join(f"{_TITLES[each][0]:<{_TITLES[each][1]}}" for each in head).rstrip()
        rule = " ".join("-" * _TITLES[each][1] for each in head)
        values = " ".join(f"{row.adapter[each]:<{_TITLES[each][1]}}" for each in head).rstrip()
        parts.append(f"{title}\n{rule}\n{values}\n")
    if labels:
        parts += [_of_target(target, labels) for target in row.targets]
    if labels and not row.targets:
        parts.append(f"{'VTD':<21} NO VIRTUAL TARGET DEVICE FOUND\n")
    return "\n".join(parts)


def _of_target(target: dict[str, str], labels: dict[str, str]) -> str:
    return "".join(f"{label:<21} {target[each]}".rstrip() + "\n" for each, label in labels.items())


SCSI = Kind(
    fields=_FIELDS,
    what="Server Virtual SCSI Adapter (SVSA)",
    none=15,  # E_NOTSVSA_S: not a server virtual SCSI adapter, or there is none
    between="\n",
    mapped=_mapped,
)
