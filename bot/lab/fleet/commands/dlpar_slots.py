"""Physical slots of a partition."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet.commands.dlpar import reachable, stamp
from bot.lab.fleet.commands.options import Options, Refused, needed, unwanted
from bot.lab.fleet.events import ConfigurationChanged
from bot.lab.fleet.hardware import HeldSlot
from bot.lab.fleet.holdings import holder, is_busy
from bot.lab.fleet.model import ManagedSystem, Partition, Snag
from bot.lab.fleet.world import Seat


def change(seat: Seat, system: ManagedSystem, partition: Partition, options: Options, target: Partition | None) -> None:
    needed(options, "-l")
    unwanted(options, "-s", "-a", "-q", "--procs", "--procunits")
    drc_index = options["-l"].lower()
    if system.hardware.slot(drc_index) is None or options["-o"] == "s":
        raise Refused("invalid", flags="-o" if options["-o"] == "s" else "-l")
    if options["-o"] == "a":
        _add(seat, system, partition, drc_index, holder(system, drc_index))
        return
    _remove(seat, system, partition, drc_index, then=target)
    if target is not None:
        _add(seat, system, target, drc_index, None)


def _add(seat: Seat, system: ManagedSystem, partition: Partition, drc_index: str, having: Partition | None) -> None:
    reachable(partition)
    if having is not None and (having.is_on or having.name == partition.name):
        raise Refused("slot-in-use")
    slots = (*partition.config.slots, HeldSlot(drc_index=drc_index))
    _put(seat, system, partition, slots)


def _remove(seat: Seat, system: ManagedSystem, partition: Partition, drc_index: str, *, then: Partition | None) -> None:
    reachable(partition)
    if then is not None:
        reachable(then)
    held = next((each for each in partition.config.slots if each.drc_index == drc_index), None)
    if held is None or (then is not None and any(each.drc_index == drc_index for each in then.config.slots)):
        raise Refused("invalid", flags="-l")
    slot = system.hardware.slot(drc_index)
    busy = slot is not None and is_busy(partition, slot)
    if partition.is_on and (held.is_required or busy or Snag.SLOT_HELD in partition.snags):
        number = int(drc_index[-4:], 16)
        raise Refused("slot-held", stamp=stamp(seat, partition), drc=f"{0x20000000 + number:08x}", phb=number)
    _put(seat, system, partition, tuple(each for each in partition.config.slots if each is not held))


def _put(seat: Seat, system: ManagedSystem, partition: Partition, slots: tuple[HeldSlot, ...]) -> None:
    config = replace(partition.config, slots=slots)
    seat.world.happen(ConfigurationChanged(system=system.name, partition=partition.name, config=config))
