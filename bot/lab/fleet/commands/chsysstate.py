"""`chsysstate -r lpar`: start, stop and restart a partition. It answers at once; the partition takes its time."""

from __future__ import annotations

from bot.lab.fleet import answers
from bot.lab.fleet.commands.options import Options, Refused, Spec, operating, parse, partition_of, system_of
from bot.lab.fleet.events import PartitionStarted, PartitionStopped, PartitionStopping
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
        return await _start(seat, call, system, partition, options.get("-f"))
    if not partition.is_on:
        raise Refused("wrong-state")
    if options["-o"] == "osshutdown" and partition.rmc_state != "active":
        raise Refused("no-rmc-shutdown")
    _stop(seat, system, partition, options)
    return 0


def _stop(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    """Nothing waits for the operating system where there is none, or where it isn't asked."""
    at_once = "--immed" in options or not partition.is_up
    kind = PartitionStopped if at_once else PartitionStopping
    seat.world.happen(kind(system=system.name, partition=partition.name, restart="--restart" in options))


async def _start(seat: Seat, call: Call, system: ManagedSystem, partition: Partition, profile: str | None) -> int:
    if partition.is_on:
        raise Refused("already-on")
    wanted = partition if profile is None else partition.with_profile(profile)
    if wanted is None:
        raise Refused("invalid", flags="-f")
    free = seat.fleet.mem_free(system.name)
    if free < wanted.mem:
        text = answers.render("uncoded-memory", obtained=free, required=wanted.mem)
        await call.out(answers.Sections.of(text).errors)
        return 1
    if seat.fleet.proc_units_free(system.name) < wanted.proc_units:
        raise Refused("wrong-state")
    seat.world.happen(PartitionStarted(system=system.name, partition=partition.name, profile=profile))
    return 0
