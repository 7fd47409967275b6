"""Physical slots: `lshwres -r io --rsubtype slot`."""

from __future__ import annotations

from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.levels import one_of
from bot.lab.fleet.commands.options import Options, Refused, unwanted
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.hardware import Slot
from bot.lab.fleet.holdings import holder
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.world import Seat

_ATTRIBUTES = (
    "unit_phys_loc", "phys_loc", "drc_index", "lpar_name", "lpar_id", "slot_io_pool_id", "description", "drc_name",
)  # fmt: skip


def listed_slots(seat: Seat, system: ManagedSystem, options: Options) -> str:
    one_of(options, "--rsubtype", "slot")
    unwanted(options, "--level")
    wanted = filters(options.get("--filter", ""))
    if set(wanted) - {"lpar_names", "lpar_ids"}:
        raise Refused("invalid", flags="--filter")
    rows = [_row(system, each) for each in system.hardware.slots]
    for name, values in wanted.items():
        rows = [row for row in rows if str(row[name.removesuffix("s")]) in values]
    return listed(seat, rows, options, _ATTRIBUTES)


def _row(system: ManagedSystem, slot: Slot) -> Row:
    having = holder(system, slot.drc_index)
    unit, _, place = slot.location.partition("-")
    return {
        "unit_phys_loc": unit,
        "phys_loc": place,
        "drc_index": slot.drc_index,
        "lpar_name": having.name if having else "null",
        "lpar_id": having.lpar_id if having else "none",
        "slot_io_pool_id": "none",
        "description": slot.description,
        "drc_name": slot.location,
    }
