"""One attribute of one device of a VIOS, set to another value: `chdev`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from handlers.changing import Change, Guard, Lasts
from handlers.heard import Reads
from handlers.names import IDENTITY, AttributeName, AttributeValue, DeviceName, is_way_in
from handlers.padmin import attributes
from handlers.padmin.attributes import Attribute, Limits
from handlers.padmin.uses import Use, use_of
from handlers.place import Place
from policies.words import Effect, Frozen

RESERVES, TOGETHER = "reserve_policy", ("no_reserve", "PR_shared")  # the policies that let two VIOS at one disk
# What has an operation of its own, which looks at more before.
ELSEWHERE = {
    "ha_mode": "/sea mode",
    "virt_adapters": "/sea add-trunks",
    "real_adapter": "/sea",
    "ctl_chan": "/sea",
    "pvid_adapter": "/sea",
    "adapter_names": "/vios change-aggregation",
    "backup_adapter": "/vios change-aggregation",
}


class Standing(Frozen):
    """How one attribute of a device stands. `use`: of a disk."""

    value: str
    attribute: Attribute
    limits: Limits
    use: Use | None = None


def refusals(attribute: object) -> list[str]:
    """Why that attribute is not set by `chdev` alone."""
    if attribute in ELSEWHERE:
        return [f"{attribute} isn't set so: {ELSEWHERE[str(attribute)]} does it, and looks at what depends on it"]
    return [f"{attribute} isn't set by me: it says which disk it is"] if attribute in IDENTITY else []


def told(device: str, attribute: str, value: str, found: Standing, *, later: bool) -> tuple[Guard, ...]:
    """What must hold before it is set."""
    fixed = Guard(
        name=f"{attribute} of {device} can be set",
        holds=found.attribute.settable,
        seen=f"it is {found.value or 'empty'}, " + ("people may set it" if found.attribute.settable else "fixed"),
    )
    fits = Guard(
        name=f"{value} is a value of {attribute}", holds=found.limits.take(value), seen=f"its range: {found.limits}"
    )
    return (fixed, fits, *_of_disk(device, attribute, value, found, later=later))


def _of_disk(device: str, attribute: str, value: str, found: Standing, *, later: bool) -> tuple[Guard, ...]:
    """A disk that is open takes at once what its driver lets be set live alone; a reserve shuts others out."""
    if found.use is None:
        return ()
    at_once = Guard(
        name=f"{device} can take it now (perm=yes waits for the next restart)",
        holds=later or found.attribute.live or not found.use.is_open,
        seen=str(found.use),
    )
    if attribute != RESERVES or value in TOGETHER:
        return (at_once,)
    name = f"nobody reaches disks of {device}'s clients by another VIOS"
    return (at_once, Guard(name=name, holds=not (found.use.shared or found.use.is_open_to_others), seen=_by(found.use)))


def _by(use: Use) -> str:
    """Which VIOS serve the clients of a disk."""
    if use.shared:
        return f"served by another VIOS too: {', '.join(use.shared)}"
    if use.is_open_to_others:
        return f"{use}: it isn't known who may have it by another VIOS"
    return "served by this VIOS alone" if use.clients else "it is served to nobody"


class Set(Change[Standing]):
    """Set an attribute of a device, within its range. With perm=yes it is noted, and holds from the next restart on."""

    verb: ClassVar[str] = "set"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "set p75vio1 ent5 jumbo_frames yes"

    device: DeviceName = Field(
        description="the device", json_schema_extra={"place": 1, "example": "ent5", "other": "ent6"}
    )
    attribute: AttributeName = Field(
        description="its attribute", json_schema_extra={"place": 2, "example": "jumbo_frames", "other": "large_send"}
    )
    value: AttributeValue = Field(
        description="the value", json_schema_extra={"place": 3, "example": "yes", "other": "no"}
    )
    perm: bool = Field(default=False, description="note it alone: it holds from the next restart on")

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        device = str(given.get("device", ""))
        of_network = [f"{device} is what the VIOS is reached by: /vios change-address and /vios set-gateway set that"]
        return [*(of_network if is_way_in(device) else ()), *refusals(given.get("attribute"))]

    def look_at(self, place: Place) -> Reads[Standing]:
        words = ("lsdev", "-dev", self.device, "-attr")
        listed = yield from self.asked(place, words, attributes.listed)
        attribute = attributes.one_of(listed, self.device, self.attribute)
        value = yield from self.asked(place, (*words, self.attribute), attributes.value)
        limits = yield from attributes.range_of(place, self.device, self.attribute)
        use = yield from use_of(place, self.device)
        return Standing(value=value, attribute=attribute, limits=limits, use=use)

    def guards(self, before: Standing) -> tuple[Guard, ...]:
        return told(self.device, self.attribute, self.value, before, later=self.perm)

    def doing(self, before: Standing) -> tuple[tuple[str, ...], ...]:
        if before.value == self.value:
            return ()
        return (chdev(self.device, self.attribute, self.value, later=self.perm),)

    def left(self, after: Standing) -> list[str]:
        now = after.value or "empty"
        return [] if after.value == self.value else [f"{self.attribute} of {self.device} is {now}"]

    def moves(self, before: Standing) -> str:
        was = before.value or "empty"
        return f"{self.attribute} of {self.device} goes from {was} to {self.value}"

    def affected(self, before: Standing) -> tuple[str, ...]:
        return before.use.clients if before.use is not None else ()

    def undo(self, before: Standing) -> Set | None:
        """None where the value of before is one that can't be typed."""
        return self.but(value=before.value)

    def lasts(self) -> Lasts:
        return Lasts.ONCE_RESTARTED if self.perm else Lasts.NOW_AND_ON


def chdev(device: str, attribute: str, value: str, *, later: bool) -> tuple[str, ...]:
    return ("chdev", "-dev", device, "-attr", f"{attribute}={value}", *(("-perm",) if later else ()))
