"""The `-i` of `migrlpar`: movers, the VIOS of each virtual adapter, the partition's pool and id on the destination."""

from __future__ import annotations

import csv
from dataclasses import dataclass

from bot.lab.fleet.commands.attributes import Settings, known, settings
from bot.lab.fleet.commands.options import Options, Refused, whole
from bot.lab.fleet.commands.places import partition_named
from bot.lab.fleet.hardware import DEFAULT_POOL
from bot.lab.fleet.mappings import Choice
from bot.lab.fleet.model import ManagedSystem, Partition

_MAPPINGS = {"virtual_scsi_mappings": 4, "virtual_fc_mappings": 5}  # and how many parts each of them has at most
_MOVERS = ("source_msp_name", "source_msp_id", "dest_msp_name", "dest_msp_id")
_POOL = ("shared_proc_pool_name", "shared_proc_pool_id")


@dataclass(frozen=True, kw_only=True)
class Given:
    source_mover: str | None = None
    destination_mover: str | None = None
    destination_id: int | None = None
    pool: str | None = None
    choices: tuple[Choice, ...] = ()


def given(options: Options, source: ManagedSystem, destination: ManagedSystem, moving: Partition) -> Given:
    """Refused where something is named that isn't there."""
    found = settings(options["-i"], "-i") if "-i" in options else {}
    known(found, *_MOVERS, *_MAPPINGS, *_POOL, "dest_lpar_id")
    return Given(
        source_mover=_mover(source, found, "source_msp"),
        destination_mover=_mover(destination, found, "dest_msp"),
        destination_id=_free_id(destination, found),
        pool=_pool(destination, moving, found),
        choices=tuple(each for name in _MAPPINGS for each in _mapped(destination, moving, found, name)),
    )


def _mover(system: ManagedSystem, found: Settings, side: str) -> str | None:
    by_name, by_id = f"{side}_name", f"{side}_id"
    if by_name in found and by_id in found:
        raise Refused("invalid", flags="-i")
    if by_name in found:
        return partition_named(system, found[by_name].value).name
    return _with_id(system, found[by_id].value).name if by_id in found else None


def _free_id(system: ManagedSystem, found: Settings) -> int | None:
    if "dest_lpar_id" not in found:
        return None
    wanted = whole(found["dest_lpar_id"].value, "-i")
    if wanted == 0 or system.with_id(wanted) is not None:
        raise Refused("invalid", flags="-i")
    return wanted


def _pool(system: ManagedSystem, moving: Partition, found: Settings) -> str | None:
    """The name of the one that is named by that or by its id; a partition with processors of its own is in none."""
    asked = {name: found[name].value for name in _POOL if name in found}
    if not asked:
        return None
    pools = {DEFAULT_POOL: "0", **{each.name: str(each.id) for each in system.hardware.pools}}
    told = next((name for name, number in pools.items() if asked in ({_POOL[0]: name}, {_POOL[1]: number})), None)
    if told is None or moving.config.dedicated:
        raise Refused("invalid", flags="-i")
    return told


def _mapped(system: ManagedSystem, moving: Partition, found: Settings, name: str) -> list[Choice]:
    """slot/VIOS's name/VIOS's id(/its slot(/its Fibre Channel port)); of name and id one may be left out."""
    if name not in found:
        return []
    own = {each.slot for each in (moving.fc if name == "virtual_fc_mappings" else moving.scsi)}
    made = [_choice(system, each.split("/"), most=_MAPPINGS[name]) for each in next(csv.reader([found[name].value]))]
    slots = [each.slot for each in made]
    places = [(each.vios, each.server_slot) for each in made if each.server_slot is not None]
    if len(set(slots)) != len(slots) or set(slots) - own or len(set(places)) != len(places):
        raise Refused("invalid", flags="-i")
    return made


def _choice(system: ManagedSystem, parts: list[str], *, most: int) -> Choice:
    if not 3 <= len(parts) <= most or not (parts[1] or parts[2]):
        raise Refused("invalid", flags="-i")
    slot, name, number, server_slot, port = (*parts, "", "")[:5]
    vios = partition_named(system, name) if name else _with_id(system, number)
    if number and number != str(vios.lpar_id):
        raise Refused("invalid", flags="-i")
    return Choice(
        slot=whole(slot, "-i"),
        vios=vios.name,
        server_slot=whole(server_slot, "-i") if server_slot else None,
        port=port or None,
    )


def _with_id(system: ManagedSystem, text: str) -> Partition:
    found = system.with_id(whole(text, "-i"))
    if found is None:
        raise Refused("no-partition-id", name=text)
    return found
