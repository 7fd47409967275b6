"""`chsysstate`: power on and off, of frames and of partitions. It answers at once; the machine takes its time."""

from __future__ import annotations

from bot.lab.fleet import answers, holdings
from bot.lab.fleet import partition as states
from bot.lab.fleet.commands.options import Options, Refused, Spec, of, unwanted
from bot.lab.fleet.commands.places import operating, partition_of, still, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.events import (
    FrameStarted,
    FrameStarting,
    FrameStopping,
    PartitionStarted,
    PartitionStopped,
    PartitionStopping,
)
from bot.lab.fleet.events.frames import OPERATING, POWER_OFF, STANDBY
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_OF_FRAMES = frozenset({"on", "onstandby", "off"})
_OF_PARTITIONS = frozenset({"on", "shutdown", "osshutdown"})
_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-o", "-n", "--id", "-f", "-b"}),
    bare=frozenset({"--immed", "--restart"}),
    required=("-r", "-m", "-o"),
    choices={
        "-r": frozenset({"lpar", "sys"}),
        "-o": _OF_FRAMES | _OF_PARTITIONS,
        "-b": frozenset({"norm", "sms", "of", "dd", "ds"}),
    },
)


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    if options["-o"] not in (_OF_FRAMES if options["-r"] == "sys" else _OF_PARTITIONS):
        raise Refused("invalid", flags="-o")
    if options["-r"] == "sys":
        return _frame(seat, options)
    allowed(seat, Duty.DAILY)
    system = operating(system_of(seat, options["-m"]))
    partition = still(seat, system, partition_of(system, options, by_name="-n", by_id="--id"))
    if options["-o"] == "on":
        return await _start(seat, call, system, partition, options)
    _stop(seat, system, partition, options)
    return 0


def _stop(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    """Nothing waits for the operating system where there is none, or where it isn't asked."""
    unwanted(options, "-f", "-b")
    if not partition.is_on:
        raise Refused("already-off")
    if partition.state == states.SHUTTING_DOWN and "--immed" not in options:
        raise Refused("wrong-state")
    asks = options["-o"] == "osshutdown"
    if asks and (partition.rmc_state != "active" or not partition.is_up):
        raise Refused("no-rmc-shutdown")
    orderly = asks or (partition.is_up and "--immed" not in options)
    restart = "--restart" in options
    if orderly:
        seat.world.happen(
            PartitionStopping(system=system.name, partition=partition.name, restart=restart, by_power=not asks)
        )
    else:
        seat.world.happen(PartitionStopped(system=system.name, partition=partition.name, restart=restart))


async def _start(seat: Seat, call: Call, system: ManagedSystem, partition: Partition, options: Options) -> int:
    unwanted(options, "--immed", "--restart")
    if partition.is_on:
        raise Refused("already-on")
    profile = options.get("-f")
    if profile is None and not partition.config.is_known:
        raise Refused("no-configuration", id=partition.lpar_id)
    wanted = partition if profile is None else partition.with_profile(profile)
    if wanted is None:
        raise Refused("no-profile", name=profile)
    free = seat.fleet.mem_free(system.name)
    if free < wanted.mem:
        text = answers.render("uncoded-memory", obtained=free, required=wanted.mem)
        await call.out(answers.Sections.of(text).errors)
        return 1
    if seat.fleet.proc_units_free(system.name) < wanted.proc_units:
        raise Refused("no-processors")
    if holdings.in_use(system, wanted):
        raise Refused("slot-in-use")
    boot = options.get("-b")
    seat.world.happen(PartitionStarted(system=system.name, partition=partition.name, profile=profile, boot_mode=boot))
    return 0


def _frame(seat: Seat, options: Options) -> int:
    allowed(seat, Duty.SERVICE)
    unwanted(options, "-n", "--id", "-f", "-b")
    system = system_of(seat, options["-m"])
    if options["-o"] == "off":
        _frame_off(seat, system, restart="--restart" in options)
    else:
        from_states = {POWER_OFF, STANDBY} if options["-o"] == "on" else {POWER_OFF}
        unwanted(options, "--immed", "--restart")
        if system.state not in from_states:
            raise Refused("frame-state")
        to = OPERATING if options["-o"] == "on" else STANDBY
        kind = FrameStarted if system.state == STANDBY else FrameStarting
        seat.world.happen(kind(system=system.name, to=to))
    return 0


def _frame_off(seat: Seat, system: ManagedSystem, *, restart: bool) -> None:
    moving = (name for each in seat.fleet.migrations.values() for name in (each.source, each.destination))
    if system.state not in {OPERATING, STANDBY} or system.name in moving:
        raise Refused("frame-state")
    seat.world.happen(FrameStopping(system=system.name, restart=restart))
