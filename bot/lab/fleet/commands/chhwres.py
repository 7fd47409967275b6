"""`chhwres`: adds, removes, moves and sets what partitions hold, while they run (dynamic LPAR) or don't."""

from __future__ import annotations

from bot.lab.fleet.commands import dlpar, dlpar_ethernet, dlpar_slots, dlpar_storage, sriov
from bot.lab.fleet.commands.attributes import settings
from bot.lab.fleet.commands.options import Options, Refused, Spec, needed, of, unwanted
from bot.lab.fleet.commands.places import operating, partition_of, still, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_VALUED = "-r -m -o -p --id -t --tid -q --procs --procunits -s -l --rsubtype -a -w -d"
_SPEC = Spec(
    valued=frozenset(_VALUED.split()),
    bare=frozenset({"--force"}),
    required=("-r", "-m", "-o"),
    choices={
        "-r": frozenset({"mem", "proc", "virtualio", "io", "sriov"}),
        "-o": frozenset("arms"),
        "--rsubtype": frozenset({"eth", "scsi", "fc", "slot", "logport"}),
        "-d": frozenset("012345"),
    },
)
_SUBTYPES = {"virtualio": ("eth", "scsi", "fc"), "io": ("slot",), "sriov": ("logport",)}


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    allowed(seat, Duty.DAILY)
    system = operating(system_of(seat, options["-m"]))
    partition = still(seat, system, partition_of(system, options, by_name="-p", by_id="--id"))
    if options.get("--rsubtype") not in _SUBTYPES.get(options["-r"], (None,)):
        raise Refused("invalid", flags="--rsubtype")
    if options["-r"] in {"mem", "proc"}:
        _held(seat, system, partition, options)
    elif options["-r"] == "virtualio":
        changed = dlpar_ethernet if options["--rsubtype"] == "eth" else dlpar_storage
        changed.change(seat, system, partition, options)
    elif options["-r"] == "io":
        dlpar_slots.change(seat, system, partition, options, _target(seat, system, options))
    else:
        _logical_port(seat, system, partition, options)
    return 0


def _held(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    unwanted(options, "-s", "-l")
    target = _target(seat, system, options)
    if options["-r"] == "mem":
        dlpar.memory(seat, system, partition, options, target)
    else:
        dlpar.processors(seat, system, partition, options, target)


def _target(seat: Seat, system: ManagedSystem, options: Options) -> Partition | None:
    """The partition that something is moved to."""
    if options["-o"] != "m":
        unwanted(options, "-t", "--tid")
        return None
    found = still(seat, system, partition_of(system, options, by_name="-t", by_id="--tid"))
    if found.name == options.get("-p") or str(found.lpar_id) == options.get("--id"):
        raise Refused("invalid", flags="-t" if "-t" in options else "--tid")
    return found


def _logical_port(seat: Seat, system: ManagedSystem, partition: Partition, options: Options) -> None:
    needed(options, "-a")
    unwanted(options, "-t", "--tid", "-q", "--procs", "--procunits", "-s", "-l")
    given = settings(options["-a"], "-a")
    if options["-o"] == "a":
        sriov.lend(seat, system, partition, given)
    elif options["-o"] == "r":
        sriov.take_back(seat, system, partition, given)
    else:
        raise Refused("invalid", flags="-o")
