"""The levels that a migration needs of HMC, firmware, VIOS and AIX, as its documentation lists them.

Which two firmware releases fit is a table of the vendor's that isn't known here: a frame's own `exchanges_with` tells.
"""

from __future__ import annotations

import re

from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Partition

LEAST_FIRMWARE = "01Ex320"
_AIX = re.compile(r"AIX \S+ (?P<build>\d{4}-\d{2}-\d{2})")
_OLD_RELEASE = re.compile(r"[A-Z]{2}(?P<number>\d{3})")  # such as EL350; the newer ones are called FW740 and so on
_POWER7 = frozenset({
    "8202", "8205", "8231", "8233", "8236", "8246", "8248", "8268", "8408", "8412", "9109", "9117", "9119", "9179",
})  # fmt: skip
_POWER7_MODELS = re.compile(r"(E4[BCD]|E6[BCD]|E2[BCD]|E8[BCD]|E[12]D|L[12][CDST]|RMD|MM[BCD]|FHB|MH[BCD]|EAD)")
_LEAST_AIX = {"53": "5300-07-01", "61": "6100-00-01"}
_LEAST_AIX_POWER7 = {"53": "5300-09-07", "61": "6100-02-08"}


def is_power7(system: ManagedSystem) -> bool:
    kind, _, model = system.type_model.partition("-")
    return kind in _POWER7 and _POWER7_MODELS.fullmatch(model) is not None


def least_console(system: ManagedSystem) -> tuple[int, int]:
    """Version and release of the HMC that manages it."""
    return (7, 7) if is_power7(system) else (7, 3)


def is_old(release: str) -> bool:
    found = _OLD_RELEASE.match(release)
    return found is not None and not release.startswith("FW") and int(found["number"]) < 320


def least_vios(system: ManagedSystem) -> tuple[int, ...]:
    return (2, 1, 2, 11) if is_power7(system) else (1, 5, 1, 1)


def build_of(partition: Partition) -> str:
    """Such as 7300-02-01; empty where it is no AIX, or isn't known."""
    found = _AIX.match(partition.os_version)
    return found["build"] if found else ""


def least_aix(build: str, destination: ManagedSystem) -> str:
    """What the partition runs must do for the machine that it goes to."""
    table = _LEAST_AIX_POWER7 if is_power7(destination) else _LEAST_AIX
    return table.get(build[:2], _LEAST_AIX["53"])
