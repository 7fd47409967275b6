"""Storage as values: a VIOS's disks and Fibre Channel ports, what it maps to whom, and the clients' ends of it.

A LUN has one name in the whole fleet: whoever has a disk of that name has the LUN in reach. What a Fibre Channel port
is zoned to are the storage ports, `targets`, that can be reached through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReservePolicy(StrEnum):
    NO_RESERVE = "no_reserve"
    SINGLE_PATH = "single_path"
    PR_EXCLUSIVE = "PR_exclusive"
    PR_SHARED = "PR_shared"


@dataclass(frozen=True, kw_only=True, slots=True)
class FcPort:
    """How many virtual adapters it can carry is not modelled."""

    name: str
    location: str
    wwpn: str
    targets: frozenset[str] = frozenset()
    is_npiv: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Disk:
    """`reserved`: somebody else holds a SCSI reserve on it. `group` is the volume group that it belongs to."""

    name: str
    lun: str
    number: int = 0  # by which the storage shows the LUN to this host
    size: int  # MB
    pvid: str = ""
    reserve_policy: ReservePolicy = ReservePolicy.NO_RESERVE
    reserved: bool = False
    group: str | None = None
    description: str = "MPIO Other FC SCSI Disk Drive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A virtual target device: `backing` is a disk, a logical volume or a file of the VIOS."""

    name: str
    lun: int  # its number on the adapter, from 1
    backing: str
    kind: str = "Disk"  # Disk, Logical Volume, File-backed Optical, …
    is_available: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Vhost:
    """A server SCSI adapter; without a client it serves any partition."""

    name: str
    slot: int
    client_id: int | None = None
    client_slot: int | None = None
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VfcHost:
    """A server Fibre Channel adapter. `left_behind`: its client logged in once, and is gone without logging out."""

    name: str
    slot: int
    client_id: int | None = None
    client_slot: int | None = None
    port: str | None = None
    left_behind: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualScsi:
    """A client's SCSI adapter; without a server nothing is behind it. `is_tied`: it takes no server but that one."""

    name: str
    slot: int
    server_id: int | None = None
    server_slot: int | None = None
    is_tied: bool = False
    is_required: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class VirtualFc:
    """A client's. `targets`: what its WWPNs are zoned to; `drc`: its location code where it was made.

    `is_half_masked`: the storage shows its disks to the first WWPN alone, and not to the one that a migration uses.
    """

    name: str
    slot: int
    drc: str
    wwpns: tuple[str, str]
    targets: frozenset[str]
    server_id: int | None = None
    server_slot: int | None = None
    is_half_masked: bool = False
