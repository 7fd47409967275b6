"""`lsmemopt`: affinity scores, as they are and as an optimisation would make them."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Options, Refused, Spec, of, unwanted
from bot.lab.fleet.commands.places import chosen, operating, partition_named, system_of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import ManagedSystem
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-m", "-r", "-o", "-p", "-x", "--filter", "-F"}),
    bare=frozenset({"--header"}),
    required=("-m",),
    choices={"-r": frozenset({"sys", "lpar"}), "-o": frozenset({"currscore", "calcscore"})},
)
BEST = 100


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    system = operating(system_of(seat, options["-m"]))
    if "-o" not in options:
        unwanted(options, "-r", "-p", "-x", "--filter")
        await call.out(listed(seat, [], options, ("lpar_name",)))  # no optimisation is under way, ever
        return 0
    rows = _of_system(system, options) if options.get("-r", "sys") == "sys" else _of_partitions(system, options)
    await call.out(listed(seat, rows, options, () if rows else _PARTITION_ATTRIBUTES))
    return 0


_PARTITION_ATTRIBUTES = ("lpar_name", "lpar_id", "curr_lpar_score")


def _of_system(system: ManagedSystem, options: Options) -> list[Row]:
    """The frame's score is that of its memory: each partition's counts by its size."""
    unwanted(options, "--filter")
    running = [each for each in system.partitions if each.is_on]
    held = sum(each.mem for each in running)
    score = sum(each.mem * each.config.affinity_score for each in running) // held if held else BEST
    if options["-o"] == "currscore":
        unwanted(options, "-p", "-x")
        return [{"curr_sys_score": score}]
    protected = {partition_named(system, name).name for name in options.get("-x", "").split(",") if name}
    kept = sum(each.mem * (each.config.affinity_score if each.name in protected else BEST) for each in running)
    return [
        {
            "curr_sys_score": score,
            "predicted_sys_score": kept // held if held else BEST,
            "requested_lpar_ids": _ids(system, options, "-p"),
            "protected_lpar_ids": _ids(system, options, "-x"),
        }
    ]


def _ids(system: ManagedSystem, options: Options, flag: str) -> str:
    named = [partition_named(system, name) for name in options.get(flag, "").split(",") if name]
    return ",".join(str(each.lpar_id) for each in named) or "none"


def _of_partitions(system: ManagedSystem, options: Options) -> list[Row]:
    unwanted(options, "-p", "-x")
    if options["-o"] != "currscore":
        raise Refused("invalid", flags="-o")
    return [
        {
            "lpar_name": each.name,
            "lpar_id": each.lpar_id,
            "curr_lpar_score": each.config.affinity_score if each.is_on else "none",
        }
        for each in chosen(system, options)
    ]
