"""Attributes of a VIOS's devices: the events that setting them comes to, and what was stored for the next start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.lab.fleet import checks
from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.events.changing import change, frame_of, with_partition
from bot.lab.fleet.events.network import SeaChanged
from bot.lab.fleet.events.storage import DeviceSet, DiskChanged
from bot.lab.fleet.happening import Event
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import ReservePolicy

_OF_SEA = frozenset({"ctl_chan", "ha_mode", "pvid", "pvid_adapter", "real_adapter", "virt_adapters"})


def setting(system: str, vios: Partition, device: str, wanted: Mapping[str, str]) -> list[Event]:
    """Raises ValueError for a mode, a policy or a PVID that isn't one."""
    if vios.io.sea(device) is not None:
        return [_of_sea(system, vios.name, device, wanted)]
    events: list[Event] = []
    others = tuple((name, value) for name, value in wanted.items() if name != "reserve_policy")
    if others:
        events.append(DeviceSet(system=system, partition=vios.name, device=device, settings=others))
    if "reserve_policy" in wanted:
        policy = ReservePolicy(wanted["reserve_policy"])
        events.append(DiskChanged(system=system, partition=vios.name, disk=device, reserve_policy=policy))
    return events


def _of_sea(system: str, vios: str, sea: str, wanted: Mapping[str, str]) -> Event:
    mode, trunks, pvid = wanted.get("ha_mode"), wanted.get("virt_adapters"), wanted.get("pvid")
    return SeaChanged(
        system=system,
        partition=vios,
        sea=sea,
        ha_mode=HaMode(mode) if mode is not None else None,
        trunks=tuple(trunks.split(",")) if trunks is not None else None,
        real_adapter=wanted.get("real_adapter"),
        control_channel=wanted.get("ctl_chan"),
        pvid_adapter=wanted.get("pvid_adapter"),
        pvid=int(pvid) if pvid is not None else None,
        settings=tuple((name, value) for name, value in wanted.items() if name not in _OF_SEA),
    )


def restored(fleet: Fleet, system: str, partition: str) -> Fleet:
    """A VIOS has started: what was stored for that holds from now on, and what no longer fits is dropped."""
    vios = frame_of(fleet, system).partition(partition)
    if vios is None or vios.vios is None or not vios.vios.upkeep.stored:
        return fleet
    wanted: dict[str, dict[str, str]] = {}
    for device, name, value in vios.vios.upkeep.stored:
        wanted.setdefault(device, {})[name] = value
    done = replace(vios.vios, upkeep=replace(vios.vios.upkeep, stored=()))
    fleet = with_partition(fleet, system, partition, lambda each: replace(each, vios=done))
    for device, values in wanted.items():
        try:
            after = fleet
            for event in setting(system, vios, device, values):
                after = change(event, after)
            checks.frame(frame_of(after, system))
        except ValueError:
            continue
        fleet = after
    return fleet
