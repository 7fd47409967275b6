"""Typed names: what a parameter may be. None of them can hold anything that a shell acts on.

The names of partitions, systems, hosts and users are in `handlers.operation`.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import StringConstraints

# A partition's or system's name, or a pattern of them: `*` any characters, `?` one.
NamePattern: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_*?](?:[A-Za-z0-9_.@+:#*? -]*[A-Za-z0-9_.@+:#*?-])?$"
    ),
]

# ── devices of a VIOS or an AIX ───────────────────────────────────────────────────────────────────────────────────

# Any device: AIX takes 15 characters in its name. Virtual target devices are named by people.
DeviceName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=15, pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$")
]
DiskName: TypeAlias = Annotated[str, StringConstraints(max_length=15, pattern=r"^hdisk(?:power)?\d{1,5}$")]
EthernetName: TypeAlias = Annotated[str, StringConstraints(max_length=8, pattern=r"^ent\d{1,4}$")]
InterfaceName: TypeAlias = Annotated[str, StringConstraints(max_length=8, pattern=r"^(?:en|et)\d{1,4}$")]
FibreName: TypeAlias = Annotated[str, StringConstraints(max_length=8, pattern=r"^fcs\d{1,4}$")]
ScsiHostName: TypeAlias = Annotated[str, StringConstraints(max_length=10, pattern=r"^vhost\d{1,4}$")]
FibreHostName: TypeAlias = Annotated[str, StringConstraints(max_length=12, pattern=r"^vfchost\d{1,4}$")]

_WAYS_IN = ("en", "et", "inet", "lo")  # the kinds of devices that a machine is reached by


def is_way_in(device: str) -> bool:
    """Whether it is an interface, or what holds a machine's name and routes."""
    return device.rstrip("0123456789") in _WAYS_IN


# A physical slot, as firmware knows it.
DrcIndex: TypeAlias = Annotated[str, StringConstraints(max_length=8, pattern=r"^[0-9A-Fa-f]{8}$")]

# ── attributes and their values ───────────────────────────────────────────────────────────────────────────────────

AttributeName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")
]
# Writing or clearing a disk's identifier makes it another disk to its volume group: no setting like others.
IDENTITY = ("pv", "pvid")
# Never a word that a command would take for a flag.
AttributeValue: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_.:/+][A-Za-z0-9_.:/+,-]*$")
]
TunableName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_]*%?$")
]
LogicalName: TypeAlias = Annotated[  # of volume groups, logical volumes, storage pools, backing devices, files
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
]
VolumeName: TypeAlias = Annotated[  # of what is made anew: AIX takes 15 characters of volume groups and logical volumes
    str, StringConstraints(min_length=1, max_length=15, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
]
DiskNames: TypeAlias = Annotated[  # one, or several with commas between
    str, StringConstraints(max_length=400, pattern=r"^hdisk(?:power)?\d{1,5}(?:,hdisk(?:power)?\d{1,5})*$")
]
StorageSize: TypeAlias = Annotated[str, StringConstraints(max_length=9, pattern=r"^[1-9]\d{0,7}[MmGg]$")]

# ── virtual optical media ─────────────────────────────────────────────────────────────────────────────────────────

MediaName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=37, pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]*$")
]
DriveName: TypeAlias = Annotated[str, StringConstraints(max_length=8, pattern=r"^cd\d{1,3}$")]
# An absolute path, without a way back up in it.
FilePath: TypeAlias = Annotated[
    str, StringConstraints(max_length=255, pattern=r"^(?:/[A-Za-z0-9_+@%=:,-][A-Za-z0-9_.+@%=:,-]*)+$")
]
