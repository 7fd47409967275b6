"""What HMCs manage: frames and partitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from handlers import hmcout
from handlers.place import Place
from handlers.reading import FrameRead, HmcRead
from handlers.table import Column, Kind, Row

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
