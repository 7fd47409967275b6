"""`migrlpar`: validate, migrate, stop and recover."""

from __future__ import annotations

import asyncio

from bot.lab.fleet import validation
from bot.lab.fleet.answers import joined, render
from bot.lab.fleet.commands import choices
from bot.lab.fleet.commands.drafts import name_of
from bot.lab.fleet.commands.options import Options, Refused, Spec, needed, number, of
from bot.lab.fleet.commands.places import operating, partition_of, remote_system, system_of, trusted
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.events import MigrationCancelled, MigrationStarted
from bot.lab.fleet.messages import message
from bot.lab.fleet.model import Env, ManagedSystem, Migration, Partition, Snag
from bot.lab.fleet.moves import USUAL_WAIT, Move
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_CHOICES = {
    "-o": frozenset("vmsr"),
    "--redundantvios": frozenset("012"),
    "--redundantpgvios": frozenset("012"),
    "--mpio": frozenset("12"),
    "--vlanbridge": frozenset("12"),
    "--npivval": frozenset({"port", "portdisk"}),
    "--redundantmsps": frozenset("012"),
    "-d": frozenset("012345"),
}
_SPEC = Spec(
    valued=frozenset({*_CHOICES, "-m", "-t", "-p", "--id", "-n", "--ip", "-u", "-i", "-w"}),
    bare=frozenset({"--affinity", "--force", "-v"}),
    required=("-o", "-m"),
    choices=_CHOICES,
    since={"--npivval": 8, "--redundantmsps": 8, "--affinity": 9},
)


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    if options["-o"] != "v":
        allowed(seat, Duty.DAILY)
    source = operating(system_of(seat, options["-m"]))
    partition = partition_of(source, options, by_name="-p", by_id="--id")
    if options["-o"] in "sr":
        return _call_off(seat, source, partition, recover=options["-o"] == "r")
    needed(options, "-t")
    if "-n" in options:
        _profile_is_free(partition, name_of(options["-n"], "-n"))
    return await _move(seat, call, options, source, partition)


def _call_off(seat: Seat, source: ManagedSystem, partition: Partition, *, recover: bool) -> int:
    migration = seat.fleet.migrations.get((source.name, partition.name))
    if migration is None or (migration.broke_at is not None) is not recover:
        raise Refused("wrong-state")
    seat.world.happen(MigrationCancelled(source=source.name, partition=partition.name))
    return 0


async def _move(seat: Seat, call: Call, options: Options, source: ManagedSystem, partition: Partition) -> int:
    if (source.name, partition.name) in seat.fleet.migrations or partition.env is Env.VIOS:
        raise Refused("wrong-state")  # for a VIOS the code is unverified
    if answer := _no_keys(seat, options, partition):
        await _slowly(seat, call, answer)
        return 1
    there, destination = options.get("--ip", seat.host), remote_system(seat, options)
    _name_is_free(seat, destination, partition)
    move = _asked(seat, options, partition, source, destination, there)
    found = _capability(move) or validation.errors(seat.fleet, move)
    warned = validation.warnings(move)
    if found or options["-o"] == "v":
        await _slowly(seat, call, _detailed(joined(found + warned), options))
        return int(bool(found))
    _begin(seat, move, there)
    await _slowly(seat, call, joined(warned))
    return await _over(seat, call, move)


def _profile_is_free(partition: Partition, name: str) -> None:
    """The one that it runs with may be replaced, and no other."""
    if name != partition.profile and partition.profile_named(name) is not None:
        raise Refused("profile-exists", name=name)


def _asked(
    seat: Seat, options: Options, partition: Partition, source: ManagedSystem, destination: ManagedSystem, there: str
) -> Move:
    """The move with what the options say about how."""
    given = choices.given(options, source, destination, partition)
    return Move(
        partition=partition,
        source=source,
        destination=destination,
        consoles=(seat.hmc, seat.fleet.hmcs[there]),
        choices=given.choices,
        destination_id=given.destination_id,
        pool=given.pool,
        profile=options.get("-n"),
        wait=number(options, "-w") if "-w" in options else USUAL_WAIT,
        needs_redundant_vios=options.get("--redundantvios") == "1",
        spread=options.get("--redundantvios") != "0",
        by_disk=options.get("--npivval") == "portdisk",
        keeps_affinity="--affinity" in options,
        mpio_if_possible=options.get("--mpio") == "2" or "--force" in options,
        vlans_if_possible=options.get("--vlanbridge") == "2",
        redundant_movers=options.get("--redundantmsps") == "1",
        uses_all_movers=options.get("--redundantmsps") in {"1", "2"},
        source_mover=given.source_mover,
        destination_mover=given.destination_mover,
        language=seat.user.language,
    )


def _detailed(text: str, options: Options) -> str:
    """With the detail level that the partitions' commands were given; 1 is the captured one."""
    return text.replace(" -d 1\n", f" -d {options.get('-d', '1')}\n")


def _no_keys(seat: Seat, options: Options, partition: Partition) -> str:
    if "--ip" not in options:
        return ""
    known = trusted(seat, options) and Snag.NO_KEYS not in partition.snags
    return "" if known else render("hscl3653-ssh-keys", user=options.get("-u", seat.user.name))


def _name_is_free(seat: Seat, destination: ManagedSystem, partition: Partition) -> None:
    arriving = {each.partition for each in seat.fleet.migrations.values() if each.destination == destination.name}
    if partition.name in arriving or destination.partition(partition.name) is not None:
        raise Refused("name-taken", name=partition.name)


def _capability(move: Move) -> list[str]:
    """The other HMC is asked first, and what it refuses is all that is heard."""
    if not move.partition.memory_expansion or "AME_capability" in move.destination.capabilities:
        return []
    answer = render("hscla318-ame-capability", capability="AME_capability")
    return [answer if move.remote else "Errors:\n" + answer.partition("error: ")[2]]


def _begin(seat: Seat, move: Move, there: str) -> None:
    migration = Migration(
        partition=move.partition.name,
        source=move.source.name,
        destination=move.destination.name,
        destination_hmc=there,
        started=seat.world.clock(),
        seconds=seat.world.migration_seconds,
        size=move.partition.mem * 1024 * 1024,
        profile=move.profile,
        destination_id=move.destination_id,
        pool=move.pool,
        choices=move.choices,
        spread=move.spread,
        movers=_movers(move) if move.partition.is_on else frozenset(),
    )
    seat.world.happen(MigrationStarted(migration=migration))


def _movers(move: Move) -> frozenset[tuple[str, str]]:
    """One of each side, or, where that was asked for, all that can."""
    found: set[tuple[str, str]] = set()
    for system in (move.source, move.destination):
        able = [each for each in move.movers(system) if each.is_up and each.rmc_state == "active"]
        found |= {(system.name, each.name) for each in (able if move.uses_all_movers else able[:1])}
    return frozenset(found)


async def _over(seat: Seat, call: Call, move: Move) -> int:
    """Nothing here carries the migration on: it ends by the clock, whoever still listens."""
    key = (move.source.name, move.partition.name)
    begun = seat.world.state.migrations.get(key)
    after = await seat.world.until(lambda fleet: begun is None or fleet.migrations.get(key) is not begun)
    now = after.migrations.get(key)
    if now is not None and now.broke_at is not None:
        await call.out(message("broken", seat.user.language, name=move.partition.name))
        return 1
    if after.systems[move.source.name].partition(move.partition.name) is not None:
        await call.out(message("stopped", seat.user.language, name=move.partition.name))
        return 1
    return 0


async def _slowly(seat: Seat, call: Call, text: str) -> None:
    for line in text.splitlines(keepends=True):
        await call.out(line)
        if seat.world.line_delay:
            await asyncio.sleep(seat.world.line_delay)
