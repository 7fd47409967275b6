"""What is built into a frame, and what its firmware tells of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

DEFAULT_POOL = "DefaultPool"


class Power(StrEnum):
    """Where the frame gets it from."""

    MAINS = "mains"
    BATTERY = "battery"


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A physical one, with the adapter in it."""

    drc_index: str  # eight hexadecimal digits
    location: str
    description: str = "PCIe3 4-port 10GbE Adapter"


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldSlot:
    """A physical slot as a partition has it."""

    drc_index: str
    is_required: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LogicalPort:
    """One of an SR-IOV adapter's, lent to a partition. `capacity` is a share of its physical port, in percent."""

    id: str  # eight hexadecimal digits
    phys_port: int
    lpar_id: int
    capacity: Decimal = Decimal("2.0")


@dataclass(frozen=True, kw_only=True, slots=True)
class SriovAdapter:
    """One that is in shared mode."""

    adapter_id: int
    drc_index: str
    location: str
    phys_ports: int = 2
    most_logical_ports: int = 120
    logical_ports: tuple[LogicalPort, ...] = ()

    def used(self, phys_port: int) -> Decimal:
        return sum((each.capacity for each in self.logical_ports if each.phys_port == phys_port), Decimal())


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """A shared processor pool. Pool 0, the default one, is always there and has no limit."""

    id: int
    name: str
    most_units: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Hardware:
    """`memory_sharing`: its firmware knows shared memory pools, which the latest no longer does.

    `exchanges_with`: the firmware releases from which and to which partitions can move; None: all there are here.
    `arriving_score`: the affinity score that its firmware predicts for a partition that comes.
    """

    firmware: str = "FW1050.20 (162)"
    exchanges_with: frozenset[str] | None = None
    arriving_score: int = 100
    region_size: int = 256  # MB; memory comes in pieces of it
    power: Power = Power.MAINS
    is_mobile: bool = True  # PowerVM Enterprise Edition
    most_migrations: int = 16
    memory_sharing: bool = True
    sp_location: str = "unavailable"
    slots: tuple[Slot, ...] = ()
    sriov: tuple[SriovAdapter, ...] = ()
    pools: tuple[Pool, ...] = field(default=())
    backups: frozenset[str] = frozenset()  # of its profile data, on its HMC
    led: bool = False  # the system attention LED

    @property
    def release(self) -> str:
        """Such as FW1050 or EL350."""
        return re.split(r"[._ ]", self.firmware, maxsplit=1)[0].removeprefix("01")

    def slot(self, drc_index: str) -> Slot | None:
        return next((each for each in self.slots if each.drc_index == drc_index), None)
