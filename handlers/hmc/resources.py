"""What a managed system has and what its partitions hold: memory, processors, physical slots."""

from __future__ import annotations

from typing import ClassVar

from handlers.hmc.attributes import Attributed, number, size, texts
from handlers.place import Place
from handlers.reading import FrameRead
from handlers.table import Column


class _Held(Attributed, FrameRead):
    """A list of `lshwres`."""

    of: ClassVar[tuple[str, ...]]  # the words behind `lshwres -r`

    def argv(self, place: Place) -> tuple[str, ...]:
        kind, *rest = self.of
        return ("lshwres", "-r", kind, "-m", place.system, *rest)


class Memory(_Held):
    """Show the memory of each partition: what it has, may shrink and grow to, and gets at its next start."""

    verb: ClassVar[str] = "memory"
    example: ClassVar[str] = "memory p72"
    recorded: ClassVar[str] = "lshwres-mem"
    of: ClassVar[tuple[str, ...]] = ("mem", "--level", "lpar")
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("partition"), number("id"), *texts("mode"), size("min"), size("now"), size("max"), size("pending"),
        size("running"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "lpar_name", "lpar_id", "mem_mode", "curr_min_mem", "curr_mem", "curr_max_mem", "pend_mem", "run_mem",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("lpar_name", "curr_mem")


class SystemMemory(_Held):
    """Show the memory of a managed system: installed, usable, free, and the size of a piece that can be given out."""

    verb: ClassVar[str] = "system-memory"
    example: ClassVar[str] = "system-memory *"
    recorded: ClassVar[str] = "lshwres-mem-sys"
    of: ClassVar[tuple[str, ...]] = ("mem", "--level", "sys")
    columns: ClassVar[tuple[Column, ...]] = (
        size("installed"), size("configurable"), size("free"), size("pending_free"), size("failed"), size("firmware"),
        size("region"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "installed_sys_mem", "configurable_sys_mem", "curr_avail_sys_mem", "pend_avail_sys_mem", "deconfig_sys_mem",
        "sys_firmware_mem", "mem_region_size",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("configurable_sys_mem", "curr_avail_sys_mem")


class Processors(_Held):
    """Show the processors of each partition: dedicated or shared, units, virtual processors, limits and weight."""

    verb: ClassVar[str] = "processors"
    example: ClassVar[str] = "processors p72"
    recorded: ClassVar[str] = "lshwres-proc"
    of: ClassVar[tuple[str, ...]] = ("proc", "--level", "lpar")
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("partition"), number("id"), *texts("mode", "pool"), number("min_units"), number("units"),
        number("max_units"), number("min"), number("procs"), number("max"), *texts("sharing"), number("weight"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "lpar_name", "lpar_id", "curr_proc_mode", "curr_shared_proc_pool_name", "curr_min_proc_units",
        "curr_proc_units", "curr_max_proc_units", "curr_min_procs", "curr_procs", "curr_max_procs",
        "curr_sharing_mode", "curr_uncap_weight",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("lpar_name", "curr_procs")


class SystemProcessors(_Held):
    """Show the processors of a managed system: installed, usable, free, and the least for a virtual one."""

    verb: ClassVar[str] = "system-processors"
    example: ClassVar[str] = "system-processors *"
    recorded: ClassVar[str] = "lshwres-proc-sys"
    of: ClassVar[tuple[str, ...]] = ("proc", "--level", "sys")
    columns: ClassVar[tuple[Column, ...]] = (
        number("installed"), number("configurable"), number("free"), number("pending_free"), number("failed"),
        number("least_each"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "installed_sys_proc_units", "configurable_sys_proc_units", "curr_avail_sys_proc_units",
        "pend_avail_sys_proc_units", "deconfig_sys_proc_units", "min_proc_units_per_virtual_proc",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("configurable_sys_proc_units", "curr_avail_sys_proc_units")


class Slots(_Held):
    """List the physical slots of a managed system: what is in each, and which partition holds it."""

    verb: ClassVar[str] = "slots"
    example: ClassVar[str] = "slots p72"
    recorded: ClassVar[str] = "lshwres-io"
    of: ClassVar[tuple[str, ...]] = ("io", "--rsubtype", "slot")
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("slot", "drc_index", "description", "partition"), number("id"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = ("drc_name", "drc_index", "description", "lpar_name", "lpar_id")
    known_by: ClassVar[tuple[str, ...]] = ("drc_name", "drc_index")
