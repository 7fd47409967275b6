"""Everything below `/vios` that changes a VIOS itself: its devices and their settings, its network, its upkeep."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin import addressing, aggregates, archives
from handlers.padmin.clocks import SetClock, SetTimezone
from handlers.padmin.counting import ResetEntstat
from handlers.padmin.disk_setting import SetDisks
from handlers.padmin.firewalls import SetFirewall, SetSecurity
from handlers.padmin.path_changes import MakePath, RemovePath, SetPath
from handlers.padmin.setting import Set
from handlers.padmin.tuning import SetTunable
from handlers.padmin.upkeep import AcceptLicense, ClearErrors, Scan, SetMotd

OPERATIONS: tuple[type[Operation], ...] = (
    Set,
    SetDisks,
    SetPath,
    MakePath,
    RemovePath,
    Scan,
    AcceptLicense,
    SetMotd,
    ClearErrors,
    SetClock,
    SetTimezone,
    *addressing.OPERATIONS,
    SetFirewall,
    SetSecurity,
    *aggregates.OPERATIONS,
    ResetEntstat,
    *archives.OPERATIONS,
    SetTunable,
)
