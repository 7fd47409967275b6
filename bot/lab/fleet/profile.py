"""Profiles: what a partition is started with, and the limits within which that may be changed while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.hardware import HeldSlot

LEAST_MEM = 256  # MB
LEAST_UNITS = Decimal("0.05")  # for each virtual processor


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    min_mem: int
    max_mem: int
    min_procs: int
    max_procs: int
    min_units: Decimal
    max_units: Decimal

    @classmethod
    def around(cls, mem: int, procs: int, units: Decimal) -> Limits:
        """What a planner gives who wasn't told otherwise: down to the least, up to the double."""
        return cls(
            min_mem=min(LEAST_MEM, mem),
            max_mem=2 * mem,
            min_procs=min(1, procs),
            max_procs=2 * procs,
            min_units=min(LEAST_UNITS, units),
            max_units=2 * units,
        )

    def hold(self, mem: int, procs: int, units: Decimal) -> bool:
        return (
            self.min_mem <= mem <= self.max_mem
            and self.min_procs <= procs <= self.max_procs
            and self.min_units <= units <= self.max_units
        )

    @property
    def in_order(self) -> bool:
        return (
            0 < self.min_mem <= self.max_mem
            and 0 < self.min_procs <= self.max_procs
            and 0 < self.min_units <= self.max_units
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """`mem`, `procs` and `proc_units` are what is desired. None leaves as it last ran; `settings` bear on nothing."""

    name: str
    mem: int  # MB
    procs: int
    proc_units: Decimal
    limits: Limits | None = None
    dedicated: bool = False
    sharing_mode: str = "uncap"
    uncap_weight: int = 128
    ethernet: tuple[VirtualEthernet, ...] | None = None
    slots: tuple[HeldSlot, ...] | None = None
    max_virtual_slots: int = 400
    boot_mode: str = "norm"
    auto_start: bool = False
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def bounds(self) -> Limits:
        return self.limits or Limits.around(self.mem, self.procs, self.proc_units)
