"""`lslparmigr -r lpar`: migrations in flight, a line for each partition."""

from __future__ import annotations

from bot.lab.fleet.commands.options import Spec, of
from bot.lab.fleet.commands.places import chosen, operating, system_of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-r", "-m"),
    choices={"-r": frozenset({"lpar"})},
)
# No capture of this command is known: the names are those that its documentation gives.
_ATTRIBUTES = (
    "name", "lpar_id", "migration_state", "migration_type", "dest_sys_name", "dest_lpar_id", "remote_manager",
    "bytes_transmitted", "bytes_remaining",
)  # fmt: skip


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    system = operating(system_of(seat, options["-m"]))
    rows = [_row(seat, system, each) for each in chosen(system, options)]
    await call.out(listed(seat, rows, options, _ATTRIBUTES))
    return 0


def _row(seat: Seat, system: ManagedSystem, partition: Partition) -> Row:
    row: dict[str, object] = {"name": partition.name, "lpar_id": partition.lpar_id}
    migration = seat.fleet.migrations.get((system.name, partition.name))
    if migration is None:
        return {**row, "migration_state": "Not Migrating"}
    now = seat.world.clock()
    sent = migration.transmitted(now)
    row |= {
        "migration_state": migration.state(now),
        "migration_type": "active" if partition.is_on else "inactive",
        "dest_sys_name": migration.destination,
        "dest_lpar_id": migration.arrival_id(seat.fleet.systems[migration.destination], partition.lpar_id),
    }
    if migration.destination_hmc != seat.host:
        row["remote_manager"] = migration.destination_hmc
    return {**row, "bytes_transmitted": sent, "bytes_remaining": migration.size - sent}
