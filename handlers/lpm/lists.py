"""What a migration would find: movers, VIOS for its adapters. No capture of either answer is known: the attributes are
those of the command's documentation, and all of them are shown by its own names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from pydantic import Field

from handlers import hmcout
from handlers.operation import HostName, Inventory, Name, Named, UserName
from handlers.place import Place
from handlers.reading import Read
from handlers.table import Cell, Column, Kind, Row


class _Planned(Read):
    """Asked for one partition and one destination."""

    command: ClassVar[str] = "lpm"
    noun: ClassVar[tuple[str, str]] = ("partition", "partitions")
    whence: ClassVar[tuple[Column, ...]] = (Column(name="partition"),)
    resource: ClassVar[str]
    deadline: ClassVar[float] = 5 * 60.0

    partition: Name = Field(description="the partition", json_schema_extra={"place": 0, "pick": "partition"})
    source: Name | None = Field(
        default=None,
        description="the managed system that it runs on, where its name is on several",
        json_schema_extra={"place": 1, "pick": "system", "skips": True},
    )
    destination: Name = Field(
        description="the managed system to move it to", json_schema_extra={"place": 2, "pick": "system"}
    )
    hmc: HostName | None = Field(default=None, description="the HMC of the destination, where it is another one")
    user: UserName | None = Field(default=None, description="the user on that HMC")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        lonely = given.get("user") is not None and given.get("hmc") is None
        return ["user= goes with hmc=, the HMC that this user is on"] if lonely else []

    def systems(self) -> tuple[str, ...]:
        here = () if self.source is None else (self.source,)
        return here if self.hmc else (*here, self.destination)

    def names(self) -> tuple[Named, ...]:
        return (Named(self.partition, self.source),)

    def targets(self) -> tuple[str, ...]:
        return (self.partition, *(() if self.source is None else (self.source,)), self.destination)

    def places(self, inventory: Inventory) -> tuple[Place, ...]:
        return (inventory.partition(self.partition, self.source),)

    def origin(self, place: Place) -> tuple[Cell, ...]:
        return (place.name,)

    def argv(self, place: Place) -> tuple[str, ...]:
        other = (("--ip", self.hmc), ("-u", self.user))
        given = [part for flag, value in other if value is not None for part in (flag, value)]
        words = ("lslparmigr", "-r", self.resource, "-m", place.system, "-t", self.destination, *given)
        return (*words, "--filter", f"lpar_names={place.name}")


class Movers(_Planned):
    """List the mover service partitions of the source, each with those of the destination that it can send to."""

    verb: ClassVar[str] = "msps"
    example: ClassVar[str] = "msps db01 p72 p75"
    recorded: ClassVar[str] = "lslparmigr-msp"
    resource: ClassVar[str] = "msp"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="source_msp"), Column(name="id", kind=Kind.NUMBER), Column(name="destination_msps"),
        Column(name="ids"),
    )  # fmt: skip

    def parse(self, text: str) -> Iterable[Row]:
        return [_mover(row) for row in hmcout.pairs(text)]


def _mover(row: dict[str, str]) -> Row:
    number = hmcout.number(row.get("source_msp_id"))
    if "source_msp_name" not in row or number is None or "dest_msp_names" not in row:
        raise hmcout.Unreadable(f"not a mover: {','.join(row)[:120]!r}")
    return (
        row["source_msp_name"], number, hmcout.given(row["dest_msp_names"]), hmcout.given(row.get("dest_msp_ids")),
    )  # fmt: skip


class Mappings(_Planned):
    """List which VIOS of the destination could serve each virtual adapter, and which the HMC would take by itself."""

    verb: ClassVar[str] = "mappings"
    example: ClassVar[str] = "mappings db01 p72 p75"
    recorded: ClassVar[str] = "lslparmigr-virtualio"
    resource: ClassVar[str] = "virtualio"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="kind"), Column(name="slot", kind=Kind.NUMBER), Column(name="vios"),
        Column(name="id", kind=Kind.NUMBER), Column(name="suggested"),
    )  # fmt: skip

    def parse(self, text: str) -> Iterable[Row]:
        return [mapping for row in hmcout.pairs(text) for mapping in _mappings(row)]


def _mappings(row: dict[str, str]) -> Iterable[Row]:
    """Each is slot/VIOS/its id; one that is suggested is possible too."""
    names = {
        (when, kind): f"{when}_virtual_{kind}_mappings" for kind in ("scsi", "fc") for when in ("possible", "suggested")
    }
    if not set(names.values()) & set(row):
        raise hmcout.Unreadable(f"no mappings: {','.join(row)[:120]!r}")
    for kind in ("scsi", "fc"):
        told = {when: _each(row.get(names[when, kind])) for when in ("possible", "suggested")}
        for slot, vios, number in dict.fromkeys((*told["possible"], *told["suggested"])):
            suggested = (slot, vios, number) in told["suggested"]
            yield (kind, slot, vios, number, "yes" if suggested else "no")


def _each(text: str | None) -> list[tuple[int, str | None, int | None]]:
    found = []
    for entry in (hmcout.given(text) or "").split(","):
        if not entry:
            continue
        slot, *rest = entry.split("/")
        if not slot.isascii() or not slot.isdigit() or len(rest) < 2:
            raise hmcout.Unreadable(f"not a mapping: {entry[:60]!r}")
        found.append((int(slot), hmcout.given(rest[0]), hmcout.number(rest[1])))
    return found
