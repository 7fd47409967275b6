"""A managed system as a value: what is installed, and the partitions that share it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.lab.fleet.hardware import Hardware
from bot.lab.fleet.partition import Partition

_USUAL = Hardware()


@dataclass(frozen=True, kw_only=True)
class ManagedSystem:
    """A frame. What is free is what is installed, less what its partitions and its hypervisor hold."""

    name: str
    type_model: str
    serial: str
    state: str = "Operating"
    ipaddr: str = "10.0.0.1"
    mem: int  # MB, installed
    hypervisor_mem: int = 4096
    deconfigured_mem: int = 0  # MB of it, which failed
    proc_units: Decimal
    compat_modes: tuple[str, ...] = ("default", "POWER8", "POWER9_base", "POWER9")
    capabilities: frozenset[str] = frozenset({"AME_capability"})
    shared_memory_pool: bool = False
    hardware: Hardware = _USUAL
    partitions: tuple[Partition, ...] = ()
    cut_channels: frozenset[tuple[str, int]] = frozenset()  # control VLANs, by switch, over which nothing is heard

    @property
    def type_model_serial(self) -> str:
        return f"{self.type_model}*{self.serial}"

    @property
    def location(self) -> str:
        """What the location codes of its virtual adapters begin with."""
        return f"U{self.type_model.replace('-', '.')}.{self.serial}"

    @property
    def mem_free(self) -> int:
        held = sum(each.mem for each in self.partitions if each.is_on)
        return self.mem - self.deconfigured_mem - self.hypervisor_mem - held

    @property
    def proc_units_free(self) -> Decimal:
        return self.proc_units - sum((each.proc_units for each in self.partitions if each.is_on), Decimal())

    def partition(self, name: str) -> Partition | None:
        return next((each for each in self.partitions if each.name == name), None)

    def with_id(self, lpar_id: int) -> Partition | None:
        return next((each for each in self.partitions if each.lpar_id == lpar_id), None)

    def with_partition(self, partition: Partition) -> ManagedSystem:
        """With that one in the place of the one of its name."""
        partitions = tuple(partition if each.name == partition.name else each for each in self.partitions)
        return replace(self, partitions=partitions)

    def movers(self) -> tuple[Partition, ...]:
        return tuple(each for each in self.partitions if each.msp)

    def free_id(self, wanted: int) -> int:
        taken = {each.lpar_id for each in self.partitions}
        return wanted if wanted not in taken else next(n for n in range(1, len(taken) + 2) if n not in taken)
