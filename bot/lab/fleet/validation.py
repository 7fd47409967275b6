"""What stands in a migration's way, as the HMC would find and print it."""

from __future__ import annotations

from collections.abc import Iterator

from bot.lab.fleet import mappings, obstacles
from bot.lab.fleet.answers import render
from bot.lab.fleet.messages import message
from bot.lab.fleet.model import Env, Fleet, ManagedSystem, Snag
from bot.lab.fleet.moves import Move

NEWER_WORDING = 9


def errors(fleet: Fleet, move: Move) -> list[str]:
    """An answer for each thing in the way, the captured one where there is one; none when the partition can go."""
    uncaptured = ("Errors:\n" + message(key, move.language, **facts) for key, facts in obstacles.found(fleet, move))
    found = [*uncaptured, *_from_model(fleet, move), *_from_storage(move), *_from_snags(move)]
    return list(dict.fromkeys(found))


def warnings(move: Move) -> list[str]:
    found = ["Warning:\n" + message(key, move.language, **facts) for key, facts in obstacles.noted(move)]
    if Snag.RMC_WARNING in move.partition.snags:
        found.append("Warning:\n" + _unreachable(move, _mover(move.destination)))
    return found


def _unreachable(move: Move, partition: str) -> str:
    """The older wording, and the newer one; which level it came with is unverified."""
    if move.version < NEWER_WORDING:
        return render("hscla246-rmc", partition=partition)
    return message("rmc-down", move.language, name=partition)


def _from_model(fleet: Fleet, move: Move) -> Iterator[str]:
    partition, destination = move.partition, move.destination
    if partition.compat_mode not in destination.compat_modes:
        yield render("hscla224-processor-compatibility")
    if partition.shared_memory and not destination.shared_memory_pool:
        yield render("hscla304-ams-pool", mover=_mover(destination))
    if not partition.is_on:
        return
    if partition.rmc_state != "active":
        yield "Errors:\n" + _unreachable(move, partition.name)
    for system in (move.source, destination):
        usable = move.movers(system)
        if usable and not any(each.is_on and each.rmc_state == "active" for each in usable):
            yield "Errors:\n" + _unreachable(move, usable[-1].name)
    free = fleet.mem_free(destination.name)
    if free < partition.mem:
        yield render("uncoded-memory", obtained=free, required=partition.mem)
    if fleet.proc_units_free(destination.name) < partition.proc_units:
        yield render("uncoded-processor-pool")


def _from_storage(move: Move) -> Iterator[str]:
    """What no VIOS there can serve, and what it can serve by fewer paths only."""
    vios = _virtual_io(move.destination)
    scsi, fc = (mappings.prospect(move.source, move.destination, move.partition, fc=each) for each in (False, True))
    if fc.missing:
        yield _no_ports(move, vios[0], fc.missing[0]) or render("hscla319-npiv-rc69", vios=vios[0])
    if scsi.missing:
        yield render("hscla356-vscsi-rc85", vios=vios[0], second_vios=vios[-1])
    yield from _half_masked(move)
    if not move.mpio_if_possible:
        for found, name in ((scsi, "hscla340-mpio"), (fc, "hscla340-npiv")):
            if not found.keeps_paths:
                yield render(name, mover=_mover(move.destination))


def _half_masked(move: Move) -> Iterator[str]:
    """Seen only where the disks are looked for: `--npivval portdisk`."""
    for adapter in move.partition.fc if move.by_disk else ():
        if adapter.is_half_masked:
            facts = {"slot": adapter.slot, "name": move.partition.name, "wwpn": adapter.wwpns[1].lower()}
            yield "Errors:\n" + message("half-masked", move.language, **facts)


def _no_ports(move: Move, vios: str, missing: str) -> str:
    """Where no VIOS there has a Fibre Channel port at all; only the block within is captured."""
    if any(each.io.fc_ports for each in move.destination.partitions):
        return ""
    adapter = next(each for each in move.partition.fc if each.name == missing)
    wwpns = " ".join(sorted(each.lower() for each in adapter.targets))
    return render("hscla319-npiv-rc83", vios=vios, adapter=adapter.slot, wwpns=wwpns)


def _from_snags(move: Move) -> Iterator[str]:
    partition = move.partition
    late = partition.is_up and move.wait and partition.ready_after > move.wait
    if late or Snag.RMC_HANGS in partition.snags:
        yield render("hscla257-rmc-1141", partition=move.partition.name)


def _virtual_io(system: ManagedSystem) -> tuple[str, ...]:
    found = tuple(each.name for each in system.partitions if each.env is Env.VIOS)
    return found or (system.name,)


def _mover(system: ManagedSystem) -> str:
    movers = system.movers()
    return movers[-1].name if movers else _virtual_io(system)[-1]
