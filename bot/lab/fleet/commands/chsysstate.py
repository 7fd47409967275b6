"""`chsysstate -r lpar`: start and stop a partition."""

from __future__ import annotations

from bot.lab.fleet import answers
from bot.lab.fleet.commands.options import Refused, Spec, operating, parse, partition_of, system_of
from bot.lab.fleet.events import PartitionStateChanged, RmcChanged
from bot.lab.fleet.model import ManagedSystem, Partition, Role
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-o", "-n", "--id", "-f", "-b"}),
    bare=frozenset({"--immed", "--restart"}),
    required=("-r", "-m", "-o"),
    choices={"-r": frozenset({"lpar"}), "-o": frozenset({"on", "shutdown", "osshutdown"})},
)


async def run(seat: Seat, call: Call) -> int:
    options = parse(call.argv[1:], _SPEC)
    if seat.user.role is Role.VIEWER:
        raise Refused("no-authority")
    system = operating(system_of(seat, options["-m"]))
    partition = partition_of(system, options, by_name="-n", by_id="--id")
    if (system.name, partition.name) in seat.fleet.migrations:
        raise Refused("wrong-state")
    if options["-o"] == "on":
        return await _start(seat, call, system, partition)
    if not partition.is_on:
        raise Refused("wrong-state")
    if options["-o"] == "osshutdown" and partition.rmc_state != "active":
        raise Refused("no-rmc-shutdown")
    if "--restart" not in options:
        _become(seat, system, partition, "Not Activated", "inactive")
    return 0


async def _start(seat: Seat, call: Call, system: ManagedSystem, partition: Partition) -> int:
    if partition.is_on:
        raise Refused("already-on")
    free = seat.fleet.mem_free(system.name)
    if free < partition.mem:
        text = answers.render("uncoded-memory", obtained=free, required=partition.mem)
        await call.out(answers.Sections.of(text).errors)
        return 1
    if seat.fleet.proc_units_free(system.name) < partition.proc_units:
        raise Refused("wrong-state")
    _become(seat, system, partition, "Running", "active")
    return 0


def _become(seat: Seat, system: ManagedSystem, partition: Partition, state: str, rmc_state: str) -> None:
    seat.world.happen(PartitionStateChanged(system=system.name, partition=partition.name, state=state))
    seat.world.happen(RmcChanged(system=system.name, partition=partition.name, rmc_state=rmc_state))
