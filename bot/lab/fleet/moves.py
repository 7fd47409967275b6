"""A move that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.lab.fleet.mappings import Choice
from bot.lab.fleet.model import Hmc, ManagedSystem, Partition

USUAL_WAIT = 3  # minutes; unverified


@dataclass(frozen=True, kw_only=True)
class Move:
    """A partition that shall move between two managed systems, with what was asked about how."""

    partition: Partition
    source: ManagedSystem
    destination: ManagedSystem
    consoles: tuple[Hmc, ...]  # that of the source, and that of the destination
    choices: tuple[Choice, ...] = ()
    destination_id: int | None = None
    pool: str | None = None  # of shared processors, on the destination
    profile: str | None = None  # its name on the destination
    wait: int = USUAL_WAIT  # minutes for each command that the partition's system is asked to run; 0: for ever
    needs_redundant_vios: bool = False
    spread: bool = True
    by_disk: bool = False  # the disks behind its virtual Fibre Channel adapters are looked for, too
    keeps_affinity: bool = False
    mpio_if_possible: bool = False
    vlans_if_possible: bool = False
    redundant_movers: bool = False
    uses_all_movers: bool = False
    source_mover: str | None = None
    destination_mover: str | None = None
    language: str = "en"

    @property
    def version(self) -> int:
        """Of the HMC that is asked."""
        return self.consoles[0].version

    @property
    def remote(self) -> bool:
        """The destination is another HMC's."""
        return self.consoles[0].name != self.consoles[-1].name

    def movers(self, system: ManagedSystem) -> tuple[Partition, ...]:
        """Those of one side that may be used: the one that was named, or all that are marked."""
        named = self.source_mover if system is self.source else self.destination_mover
        return tuple(each for each in system.movers() if named is None or each.name == named)
