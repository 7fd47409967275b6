"""Everything below `/vios` that changes a VIOS itself: its devices and their settings, its clock, its upkeep."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin.clocks import SetClock, SetTimezone
from handlers.padmin.disk_setting import SetDisks
from handlers.padmin.setting import Set
from handlers.padmin.upkeep import AcceptLicense, ClearErrors, Scan, SetMotd

OPERATIONS: tuple[type[Operation], ...] = (
    Set,
    SetDisks,
    Scan,
    AcceptLicense,
    SetMotd,
    ClearErrors,
    SetClock,
    SetTimezone,
)
