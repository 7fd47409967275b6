"""`lshwres -r mem|proc --level sys|lpar`, and `-r virtualio --level lpar`."""

from __future__ import annotations

from collections.abc import Callable

from bot.lab.fleet.commands import virtualio
from bot.lab.fleet.commands.options import Options, Refused, Spec, chosen, operating, parse, system_of
from bot.lab.fleet.commands.tables import Row, table
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-m", "--rsubtype", "--level", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-r", "-m", "--level"),
    choices={
        "-r": frozenset({"mem", "proc", "virtualio"}),
        "--rsubtype": frozenset({"eth", "scsi", "fc"}),
        "--level": frozenset({"sys", "lpar"}),
    },
)


async def run(seat: Seat, call: Call) -> int:
    options = parse(call.argv[1:], _SPEC)
    system = operating(system_of(seat, options["-m"]))
    if (options["-r"] == "virtualio") != ("--rsubtype" in options):
        raise Refused("invalid", flags="--rsubtype")
    if options["-r"] == "virtualio":
        return await _virtual(seat, call, system, options)
    if options["--level"] == "sys":
        rows = [_OF_SYSTEM[options["-r"]](seat.fleet, system)]
    else:
        rows = [_OF_PARTITION[options["-r"]](each) for each in chosen(system, options)]
    attributes = tuple(rows[0]) if rows else ("lpar_name", "lpar_id")
    await call.out(table(rows, options, attributes=attributes, language=seat.user.language))
    return 0


async def _virtual(seat: Seat, call: Call, system: ManagedSystem, options: Options) -> int:
    if options["--level"] != "lpar":
        raise Refused("invalid", flags="--level")
    kind = options["--rsubtype"]
    rows = virtualio.rows(kind, system, chosen(system, options))
    await call.out(table(rows, options, attributes=virtualio.ATTRIBUTES[kind], language=seat.user.language))
    return 0


def _system_mem(fleet: Fleet, system: ManagedSystem) -> Row:
    return {
        "configurable_sys_mem": system.mem,
        "curr_avail_sys_mem": fleet.mem_free(system.name),
        "sys_firmware_mem": system.hypervisor_mem,
        "mem_region_size": 256,
    }


def _system_proc(fleet: Fleet, system: ManagedSystem) -> Row:
    return {
        "configurable_sys_proc_units": f"{system.proc_units:.1f}",
        "curr_avail_sys_proc_units": f"{fleet.proc_units_free(system.name):.2f}".removesuffix("0"),
        "min_proc_units_per_virtual_proc": "0.05",
    }


def _partition_mem(partition: Partition) -> Row:
    return {
        "lpar_name": partition.name,
        "lpar_id": partition.lpar_id,
        "mem_mode": "shared" if partition.shared_memory else "ded",
        "curr_mem": partition.mem,
        "run_mem": partition.mem if partition.is_on else 0,
        "mem_expansion": "1.5" if partition.memory_expansion else "0.0",
    }


def _partition_proc(partition: Partition) -> Row:
    return {
        "lpar_name": partition.name,
        "lpar_id": partition.lpar_id,
        "curr_proc_mode": "shared",
        "curr_proc_units": str(partition.proc_units),
        "curr_procs": partition.procs,
        "run_proc_units": str(partition.proc_units) if partition.is_on else "0.0",
    }


_OF_SYSTEM: dict[str, Callable[[Fleet, ManagedSystem], Row]] = {"mem": _system_mem, "proc": _system_proc}
_OF_PARTITION: dict[str, Callable[[Partition], Row]] = {"mem": _partition_mem, "proc": _partition_proc}
