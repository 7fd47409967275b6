"""What HMCs manage: frames, partitions and their profiles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from handlers import hmcout
from handlers.hmc.attributes import Attributed, number, size, texts
from handlers.operation import Inventory, Name, Named
from handlers.place import Place
from handlers.reading import FrameRead, HmcRead, Read
from handlers.table import Cell, Column, Kind, Row

_FRAME = ("name", "state", "type_model", "serial_num", "ipaddr")
_PARTITION = ("name", "lpar_id", "lpar_env", "state", "rmc_state", "os_version", "curr_profile")


class Frames(HmcRead):
    """List the managed systems of every HMC: state, model, serial number and address."""

    verb: ClassVar[str] = "frames"
    example: ClassVar[str] = "frames"
    recorded: ClassVar[str] = "lssyscfg-sys"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="name"),
        Column(name="state", kind=Kind.STATE),
        Column(name="model"),
        Column(name="serial"),
        Column(name="address"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssyscfg", "-r", "sys", "-F", ",".join(_FRAME))

    def parse(self, text: str) -> Iterable[Row]:
        return [tuple(map(hmcout.given, row.values())) for row in hmcout.values(text, _FRAME)]


class Partitions(FrameRead):
    """List the partitions of a managed system, or of several: id, kind, state, RMC, operating system and profile."""

    verb: ClassVar[str] = "partitions"
    example: ClassVar[str] = "partitions p72"
    recorded: ClassVar[str] = "lssyscfg-lpar"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="name"),
        Column(name="id", kind=Kind.NUMBER),
        Column(name="env"),
        Column(name="state", kind=Kind.STATE),
        Column(name="rmc", kind=Kind.STATE),
        Column(name="os"),
        Column(name="profile"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssyscfg", "-r", "lpar", "-m", place.system, "-F", ",".join(_PARTITION))

    def parse(self, text: str) -> Iterable[Row]:
        return [_partition(row) for row in hmcout.values(text, _PARTITION)]


def _partition(row: dict[str, str]) -> Row:
    number = hmcout.number(row["lpar_id"])
    if number is None:
        raise hmcout.Unreadable(f"{row['lpar_id'][:60]!r} is no partition's id")
    given = {name: hmcout.given(value) for name, value in row.items()}
    return tuple(number if name == "lpar_id" else given[name] for name in _PARTITION)


class Profiles(Attributed, FrameRead):
    """List the profiles of a managed system's partitions: memory, processors and how each starts."""

    verb: ClassVar[str] = "profiles"
    example: ClassVar[str] = "profiles p72"
    recorded: ClassVar[str] = "lssyscfg-prof"
    columns: ClassVar[tuple[Column, ...]] = (
        *texts("partition", "profile", "env"), size("min_mem"), size("mem"), size("max_mem"), *texts("mode"),
        number("min_procs"), number("procs"), number("max_procs"), number("min_units"), number("units"),
        number("max_units"), *texts("sharing", "boot"), number("auto_start"),
    )  # fmt: skip
    attributes: ClassVar[tuple[str, ...]] = (
        "lpar_name", "name", "lpar_env", "min_mem", "desired_mem", "max_mem", "proc_mode", "min_procs",
        "desired_procs", "max_procs", "min_proc_units", "desired_proc_units", "max_proc_units", "sharing_mode",
        "boot_mode", "auto_start",
    )  # fmt: skip
    known_by: ClassVar[tuple[str, ...]] = ("lpar_name", "name")

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssyscfg", "-r", "prof", "-m", place.system)


class Detail(Read):
    """Show everything that its HMC tells of one partition, each attribute by the HMC's own name for it."""

    command: ClassVar[str] = "hmc"
    verb: ClassVar[str] = "partition"
    example: ClassVar[str] = "partition db01"
    recorded: ClassVar[str] = "lssyscfg-lpar-all"
    whence: ClassVar[tuple[Column, ...]] = texts("partition", "system")
    columns: ClassVar[tuple[Column, ...]] = texts("attribute", "value")
    noun: ClassVar[tuple[str, str]] = ("partition", "partitions")

    partition: Name = Field(description="the partition", json_schema_extra={"place": 0, "pick": "partition"})
    system: Name | None = Field(
        default=None, description="its managed system, where that isn't clear", json_schema_extra={"pick": "system"}
    )

    def systems(self) -> tuple[str, ...]:
        return () if self.system is None else (self.system,)

    def names(self) -> tuple[Named, ...]:
        return (Named(self.partition, self.system),)

    def targets(self) -> tuple[str, ...]:
        return (self.partition, *self.systems())

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        return (inventory.partition(self.partition, self.system),)

    def origin(self, place: Place) -> tuple[Cell, ...]:
        return (place.name, place.system)

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lssyscfg", "-r", "lpar", "-m", place.system, "--filter", f"lpar_names={place.name}")

    def parse(self, text: str) -> Iterable[Row]:
        found = hmcout.pairs(text)
        if len(found) > 1:
            raise hmcout.Unreadable(f"{len(found)} partitions where one was asked for")
        return [(name, hmcout.given(value)) for row in found for name, value in row.items()]
