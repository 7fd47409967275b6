"""`lshwres`: the memory, processors, slots and virtual adapters of a frame and of its partitions."""

from __future__ import annotations

from collections.abc import Callable

from bot.lab.fleet.commands import adapters, memory, processors, slots, sriov
from bot.lab.fleet.commands.options import Options, Spec, of
from bot.lab.fleet.commands.places import operating, system_of
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_List = Callable[[Seat, ManagedSystem, Options], str]
_LISTS: dict[str, _List] = {
    "mem": memory.listed_mem,
    "mempool": memory.listed_pools,
    "proc": processors.listed_proc,
    "procpool": processors.listed_pools,
    "io": slots.listed_slots,
    "sriov": sriov.listed_ports,
    "virtualio": adapters.listed_adapters,
}
_SPEC = Spec(
    valued=frozenset({"-r", "-m", "--rsubtype", "--level", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-r", "-m"),
    choices={"-r": frozenset(_LISTS), "--level": frozenset({"sys", "lpar", "pool", "slot"})},
)


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    system = operating(system_of(seat, options["-m"]))
    await call.out(_LISTS[options["-r"]](seat, system, options))
    return 0
