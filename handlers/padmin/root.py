"""The VIOS's own rootvg: the disks that it stands on."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from handlers.names import DiskNames
from handlers.operation import Operation
from handlers.padmin.grouping import Joining, Pooled
from handlers.padmin.stock import ROOT


class ExtendRootvg(Joining):
    """Add disks that nobody uses to the VIOS's own rootvg. What is on them is lost."""

    verb: ClassVar[str] = "extend-rootvg"
    example: ClassVar[str] = "extend-rootvg p72vio1 hdisk1"

    disks: DiskNames = Field(
        description="the disk, or several: `hdisk1,hdisk2`",
        json_schema_extra={"place": 1, "example": "hdisk1", "other": "hdisk7"},
    )

    @property
    def group(self) -> str:
        return ROOT

    def doing(self, before: Pooled) -> tuple[tuple[str, ...], ...]:
        missing = [name for name in self.each if name not in before.members]
        return (("extendvg", ROOT, *missing),) if missing else ()

    def moves(self, before: Pooled) -> str:
        return f"{self.vios} adds {self.said} to its own rootvg"


OPERATIONS: tuple[type[Operation], ...] = (ExtendRootvg,)
