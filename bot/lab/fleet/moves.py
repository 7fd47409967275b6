"""A move that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from bot.lab.fleet.model import ManagedSystem, Partition


@dataclass(frozen=True, kw_only=True)
class Move:
    """A partition that shall move between two managed systems, with what was asked about how."""

    partition: Partition
    source: ManagedSystem
    destination: ManagedSystem
    remote: bool  # the destination is another HMC's
    mpio_if_possible: bool = False
    vlans_if_possible: bool = False
    redundant_movers: bool = False
    source_mover: str | None = None
    destination_mover: str | None = None
    language: str = "en"
    version: int = 10  # of the HMC that is asked

    def movers(self, system: ManagedSystem) -> tuple[Partition, ...]:
        """Those of one side that may be used: the one that was named, or all that are marked."""
        named = self.source_mover if system is self.source else self.destination_mover
        return tuple(each for each in system.movers() if named is None or each.name == named)
