"""What it takes to give something of a VIOS to the partition behind one of its server SCSI adapters."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import DeviceName, ScsiHostName
from handlers.padmin import needs, sides
from handlers.padmin.pools import Backing, Pool
from handlers.padmin.sides import Scene
from handlers.padmin.stock import Target
from handlers.place import Place


@dataclass(frozen=True, kw_only=True)
class Given:
    """What may be given, and to whom. `policy`: the disk's reserve policy; `cut`: the
    backing devices by their pools."""

    scene: Scene
    policy: str = ""
    pools: tuple[Pool, ...] = ()
    cut: dict[str, tuple[Backing, ...]] = field(default_factory=dict)


class Mapping(Change[Given]):
    """Gives one thing to the partition behind an adapter."""

    adapter: ScsiHostName = Field(
        description="the server SCSI adapter", json_schema_extra={"place": 2, "example": "vhost2", "other": "vhost3"}
    )
    called: DeviceName | None = Field(
        default=None,
        alias="name",
        description="what the virtual target device shall be called; else the VIOS finds a name",
        json_schema_extra={"example": "wd_c3_hd3"},
    )

    @property
    @abstractmethod
    def thing(self) -> str:
        """What is given, in words."""

    @abstractmethod
    def fits(self, target: Target) -> bool:
        """Whether the target stands on it."""

    def left(self, after: Given) -> list[str]:
        there = [each for each in after.scene.own.targets if each.vhost == self.adapter and self.fits(each)]
        named = [each for each in there if self.called in (None, each.name)]
        if not named:
            called = f" as {self.called}" if self.called is not None else ""
            return [f"{self.thing} isn't mapped to {self.adapter}{called}"]
        return [] if any(each.is_available for each in named) else [f"{named[0].name} is there, but isn't Available"]

    def look_after(self, place: Place) -> Reads[Given]:
        return Given(scene=(yield from sides.scene(place)))

    def guards(self, before: Given) -> tuple[Guard, ...]:
        return tuple(self.needed(before)) if self.left(before) else ()

    def needed(self, before: Given) -> Iterator[Guard]:
        yield needs.adapter(before.scene, self.adapter)
        yield from needs.free_name(before.scene.own, self.called)

    def moves(self, before: Given) -> str:
        client = needs.client(before.scene, self.adapter)
        whom = f"{client.name} by {self.adapter}" if client is not None else f"whoever connects to {self.adapter}"
        return f"{self.vios} gives {self.thing} to {whom}{f' as {self.called}' if self.called is not None else ''}"

    def affected(self, before: Given) -> tuple[str, ...]:
        client = needs.client(before.scene, self.adapter)
        return (client.name,) if client is not None and not client.is_off else ()
