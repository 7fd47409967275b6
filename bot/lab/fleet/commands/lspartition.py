"""`lspartition -dlpar`: the partitions that RMC knows, two lines each."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.places import managed
from bot.lab.fleet.model import Env, ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(valued=frozenset(), bare=frozenset({"-dlpar", "-all"}))
_CAPABLE, _NOTHING = "0x2c5f", "0x0"


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    if len(options) != 1:
        raise Refused("invalid", flags="-dlpar")
    found = [(system, each) for system in managed(seat) for each in system.partitions if each.is_up]
    for number, (system, partition) in enumerate(found):
        await call.out(_two_lines(number, system, partition))
    return 0


def _two_lines(number: int, system: ManagedSystem, partition: Partition) -> str:
    config, active = partition.config, partition.rmc_state == "active"
    name, level, build = _system_of(partition)
    pinned = partition.mem // 4 if config.pinned_mem is None else config.pinned_mem
    return (
        f"<#{number}> Partition:<{partition.lpar_id}*{system.type_model_serial}, "
        f"{config.hostname or partition.name}, {partition.rmc_ipaddr}>\n"
        f"Active:<{int(active)}>, OS:<{name}, {level}, {build}>, DCaps:<{_CAPABLE if active else _NOTHING}>, "
        f"CmdCaps:<0x1b, 0x1b>, PinnedMem:<{pinned}>\n"
    )


def _system_of(partition: Partition) -> tuple[str, str, str]:
    """A VIOS tells of the AIX below it; which that is is unverified."""
    if partition.env is Env.VIOS:
        return "AIX", "7.3", "7300-02-01-2346"
    name, _, rest = partition.os_version.partition(" ")
    level, _, build = rest.partition(" ")
    return name, level, build
