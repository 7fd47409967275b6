"""What the HMC keeps of a partition besides what runs in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.hardware import DEFAULT_POOL, HeldSlot
from bot.lab.fleet.profile import Limits

REFCODES_KEPT = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class RefCode:
    """A progress or error code that its firmware showed; `at` is the HMC's time."""

    at: float
    code: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """`limits` None: those of its profile. `is_known`: it has been started once; until then there is only a profile."""

    limits: Limits | None = None
    dedicated: bool = False
    sharing_mode: str = "uncap"
    uncap_weight: int = 128
    slots: tuple[HeldSlot, ...] = ()
    max_virtual_slots: int = 400
    is_known: bool = True
    boot_mode: str = "norm"
    refcodes: tuple[RefCode, ...] = ()  # oldest first
    affinity_score: int = 100
    pinned_mem: int | None = None  # MB, as lspartition tells it
    hostname: str = ""
    pool: str = DEFAULT_POOL
    led: bool = False
    keeps_profile: bool = False  # what is changed while it runs is changed in its profile as well

    def with_refcodes(self, at: float, *codes: str) -> Configuration:
        shown = tuple(RefCode(at=at, code=code) for code in codes)
        return replace(self, refcodes=(*self.refcodes, *shown)[-REFCODES_KEPT:])
