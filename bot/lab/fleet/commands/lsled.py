"""`lsled` and `chled`: the system attention LED, the frame's and the virtual ones of partitions."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet.commands.options import Options, Refused, Spec, needed, of, unwanted
from bot.lab.fleet.commands.places import chosen, partition_of, still, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.events import ConfigurationChanged, HardwareChanged
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_KINDS = frozenset({"phys", "virtuallpar", "virtualsys"})
_LIST = Spec(
    valued=frozenset({"-m", "-r", "-t", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-m", "-r", "-t"),
    choices={"-r": frozenset({"sa"}), "-t": _KINDS},
)
_CHANGE = Spec(
    valued=frozenset({"-m", "-r", "-t", "-o", "-p", "--id"}),
    required=("-m", "-r", "-t", "-o"),
    choices={"-r": frozenset({"sa"}), "-t": _KINDS - {"phys"}, "-o": frozenset({"off", "on"})},
)


async def list_leds(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _LIST)
    system = system_of(seat, options["-m"])
    virtual = options["-t"] == "virtuallpar"
    if not virtual:
        unwanted(options, "--filter")
    rows = _of_partitions(system, options) if virtual else [{"state": _state(system.hardware.led)}]
    await call.out(listed(seat, rows, options, ("lpar_id", "lpar_name", "state") if virtual else ("state",)))
    return 0


def _of_partitions(system: ManagedSystem, options: Options) -> list[Row]:
    return [
        {"lpar_id": each.lpar_id, "lpar_name": each.name, "state": _state(each.config.led)}
        for each in chosen(system, options)
    ]


def _state(on: bool) -> str:
    return "on" if on else "off"


async def change(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _CHANGE)
    allowed(seat, Duty.SERVICE)
    system = system_of(seat, options["-m"])
    on = options["-o"] == "on"
    if options["-t"] == "virtualsys":
        unwanted(options, "-p", "--id")
        hardware = replace(system.hardware, led=on)
        seat.world.happen(HardwareChanged(system=system.name, hardware=hardware))
        return 0
    if on:
        raise Refused("invalid", flags="-o")  # those of partitions can only be put out
    needed(options, *(() if "--id" in options else ("-p",)))
    partition = still(seat, system, partition_of(system, options, by_name="-p", by_id="--id"))
    config = replace(partition.config, led=False)
    seat.world.happen(ConfigurationChanged(system=system.name, partition=partition.name, config=config))
    return 0
