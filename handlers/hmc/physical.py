"""A partition with the physical slots of its frame, and what its VIOS has in the one that it is to give up."""

from __future__ import annotations

from dataclasses import dataclass, field

from handlers import frames, hmcout
from handlers.changing import Guard
from handlers.heard import Reads, Unread
from handlers.hmc.standing import Standing, profiles, rows_of, standing
from handlers.interlocks import Survey, survey
from handlers.padmin.hardware import slots
from handlers.partitions import Which
from handlers.place import Place
from handlers.within import answered

Slot = dict[str, str]  # a line of `lshwres -r io`


@dataclass(frozen=True, kw_only=True)
class Contents:
    """`devices`: those that a VIOS has in the slot; `found`: who stands in for that VIOS, where it has any there.
    `untold`: why that couldn't be read."""

    devices: tuple[str, ...] = ()
    found: Survey | None = None
    untold: str = ""

    @property
    def known(self) -> Guard:
        seen = self.untold or ", ".join(self.devices) or "no device"
        return Guard(name="it is known what its VIOS has in it", holds=not self.untold, seen=seen)


@dataclass(frozen=True, kw_only=True)
class Holding:
    """`slots`: all of the frame, by DRC index in capitals; `other`: the partition that one is moved to."""

    standing: Standing
    slots: dict[str, Slot]
    profiles: dict[str, dict[str, str]]
    other: Standing | None = None
    contents: Contents = field(default_factory=Contents)

    def held(self) -> dict[str, Slot]:
        return {index: row for index, row in self.slots.items() if row.get("lpar_name") == self.standing.name}


def holding(place: Place, *, other: str | None = None) -> Reads[Holding]:
    """Or Unread."""
    found = yield from standing(place)
    argv = ("lshwres", "-r", "io", "--rsubtype", "slot", "-m", place.system)
    rows = yield from rows_of(place, argv, f"the physical slots of {place.system}")
    if any("drc_index" not in row or "lpar_name" not in row for row in rows):
        raise Unread(f"the physical slots of {place.system} couldn't be read: one without its index or its holder")
    taker = (yield from standing(place, name=other)) if other is not None else None
    kept = yield from profiles(place)
    by_index = {row["drc_index"].upper(): row for row in rows}
    return Holding(standing=found, slots=by_index, profiles=kept, other=taker)


def contents(place: Place, of: Standing, slot: Slot) -> Reads[Contents]:
    """Of a slot of a VIOS: whatever device it has there is taken for one in use, so that the VIOS is surveyed as if all
    of it went. A client's system isn't asked: it refuses by itself to let go of what it uses."""
    if not of.is_vios:
        return Contents()
    name = slot.get("drc_name", "")
    try:
        listed = yield from answered(place, ("lsdev", "-slots"), slots)
        devices = next((each.devices for each in listed if each.name == name), None)
        if devices is None:
            return Contents(untold=f"{of.name} lists no slot {name or 'without a name'}")
        return Contents(devices=devices, found=(yield from _survey(place)) if devices else None)
    except Unread as fault:
        return Contents(untold=f"{of.name}: {fault}")


def _survey(place: Place) -> Reads[Survey]:
    listed = yield from frames.lpars(place.hmc, place.system)
    target = frames.chosen(Which(place.name), listed)
    if target is None:
        raise Unread(f"the HMC lists no {place.name} on {place.system}")
    return (yield from survey((yield from frames.frame(place.hmc, place.system, listed)), target))


def in_profile(profile: dict[str, str] | None) -> dict[str, bool] | None:
    """The slots that it gives at a start, by index, and whether each is required; None: it doesn't tell them."""
    if profile is None or "io_slots" not in profile:
        return None
    entries = (hmcout.given(profile["io_slots"]) or "").split(",")
    parts = [entry.strip('"').split("/") for entry in entries if entry]
    if any(len(each) != 3 or each[2] not in ("0", "1") for each in parts):
        return None
    return {index.upper(): required == "1" for index, _, required in parts}
