"""`lslparmigr`: migrations in flight, and what a migration that is planned would find.

No capture of this command is known: the names are those that its documentation gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.lab.fleet import mappings
from bot.lab.fleet.commands.options import Options, Refused, Spec, needed, of, unwanted
from bot.lab.fleet.commands.places import chosen, operating, remote_system, system_of
from bot.lab.fleet.commands.tables import Row, listed
from bot.lab.fleet.hardware import DEFAULT_POOL
from bot.lab.fleet.model import ManagedSystem, Partition
from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import VirtualFc, VirtualScsi
from bot.lab.fleet.world import Seat


@dataclass(frozen=True, kw_only=True)
class _Ask:
    seat: Seat
    options: Options

    @property
    def source(self) -> ManagedSystem:
        needed(self.options, "-m")
        return operating(system_of(self.seat, self.options["-m"]))

    def pair(self) -> tuple[ManagedSystem, ManagedSystem, Partition]:
        """Both frames, and the one partition that is asked about."""
        needed(self.options, "-t", "--filter")
        source = self.source
        found = chosen(source, self.options)
        if len(found) != 1:
            raise Refused("invalid", flags="--filter")
        return source, remote_system(self.seat, self.options), found[0]


def _partitions(ask: _Ask) -> list[Row]:
    unwanted(ask.options, "-t", "--ip", "-u")
    source = ask.source
    return [_row(ask.seat, source, each) for each in chosen(source, ask.options)]


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
    for name, side in (("source_msp_name", migration.source), ("dest_msp_name", migration.destination)):
        if movers := sorted(mover for frame, mover in migration.movers if frame == side):
            row[name] = ",".join(movers)
    if migration.destination_hmc != seat.host:
        row["remote_manager"] = migration.destination_hmc
    return {**row, "bytes_transmitted": sent, "bytes_remaining": migration.size - sent}


def _movers(ask: _Ask) -> list[Row]:
    """Each mover of the source with those that it can send to."""
    source, destination, _ = ask.pair()
    able = [each for each in destination.movers() if each.is_up and each.rmc_state == "active"]
    return [
        {
            "source_msp_name": each.name,
            "source_msp_id": each.lpar_id,
            "dest_msp_names": ",".join(one.name for one in able) or "none",
            "dest_msp_ids": ",".join(str(one.lpar_id) for one in able) or "none",
        }
        for each in source.movers()
        if each.is_up and each.rmc_state == "active"
    ]


def _adapters(ask: _Ask) -> list[Row]:
    """Which VIOS could serve each adapter, and which would if nothing else is asked for."""
    source, destination, partition = ask.pair()
    move = mappings.Move(source, destination, partition, destination.free_id(partition.lpar_id))
    move.done()
    row: dict[str, object] = {}
    kinds: tuple[tuple[str, tuple[VirtualScsi | VirtualFc, ...], tuple[VirtualScsi | VirtualFc, ...]], ...] = (
        ("scsi", partition.scsi, move.client.scsi), ("fc", partition.fc, move.client.fc),
    )  # fmt: skip
    for kind, own, then in kinds:
        possible = [
            f"{each.slot}/{vios.name}/{vios.lpar_id}"
            for each in own
            for vios in mappings.able_vios(source, destination, partition, each)
        ]
        served = [(each.slot, destination.with_id(each.server_id)) for each in then if each.server_id is not None]
        suggested = [f"{slot}/{vios.name}/{vios.lpar_id}" for slot, vios in served if vios is not None]
        row[f"possible_virtual_{kind}_mappings"] = ",".join(possible) or "none"
        row[f"suggested_virtual_{kind}_mappings"] = ",".join(suggested) or "none"
    return [row]


def _pools(ask: _Ask) -> list[Row]:
    """Those with enough left for the partition: the default pool has what the frame has."""
    _, destination, partition = ask.pair()
    fits = ask.seat.fleet.proc_units_free(destination.name) >= partition.proc_units
    pools = [(0, DEFAULT_POOL), *((each.id, each.name) for each in destination.hardware.pools)] if fits else []
    return [{"shared_proc_pool_ids": ",".join(str(number) for number, _ in pools) or "none",
             "shared_proc_pool_names": ",".join(name for _, name in pools) or "none"}]  # fmt: skip


def _systems(ask: _Ask) -> list[Row]:
    unwanted(ask.options, "-t", "--ip", "-u", "--filter")
    source = ask.source
    under_way = [each for each in ask.seat.fleet.migrations.values() if source.name in {each.source, each.destination}]
    active = sum(bool(each.movers) for each in under_way)
    row: dict[str, object] = {}
    for kind, count in (("inactive", len(under_way) - active), ("active", active)):
        row[f"{kind}_lpar_mobility_capable"] = int(source.hardware.is_mobile)
        row[f"num_{kind}_migrations_supported"] = source.hardware.most_migrations
        row[f"num_{kind}_migrations_in_progress"] = count
    return [row]


def _manager(ask: _Ask) -> list[Row]:
    unwanted(ask.options, "-m", "-t", "--ip", "-u", "--filter")
    return [{"remote_lpar_mobility_capable": 1}]


_LISTS: Mapping[str, tuple[Callable[[_Ask], list[Row]], tuple[str, ...]]] = {
    "lpar": (_partitions, (
        "name", "lpar_id", "migration_state", "migration_type", "dest_sys_name", "dest_lpar_id", "source_msp_name",
        "dest_msp_name", "remote_manager", "bytes_transmitted", "bytes_remaining",
    )),
    "manager": (_manager, ("remote_lpar_mobility_capable",)),
    "msp": (_movers, ("source_msp_name", "source_msp_id", "dest_msp_names", "dest_msp_ids")),
    "procpool": (_pools, ("shared_proc_pool_ids", "shared_proc_pool_names")),
    "sys": (_systems, ()),
    "virtualio": (_adapters, ()),
}  # fmt: skip
_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-t", "--ip", "-u", "-F", "--filter"}),
    bare=frozenset({"--header"}),
    required=("-r",),
    choices={"-r": frozenset(_LISTS)},
)


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    rows, attributes = _LISTS[options["-r"]]
    await call.out(listed(seat, rows(_Ask(seat=seat, options=options)), options, attributes))
    return 0
