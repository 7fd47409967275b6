"""The managed systems and partitions that a command line names."""

from __future__ import annotations

from bot.lab.fleet.commands.attributes import filters
from bot.lab.fleet.commands.options import Options, Refused, number, unwanted
from bot.lab.fleet.model import Fleet, ManagedSystem, Partition
from bot.lab.fleet.world import Seat


def system_of(seat: Seat, name: str) -> ManagedSystem:
    """A managed system by its name or its type, model and serial number."""
    for each in managed(seat):
        if name in {each.name, each.type_model_serial}:
            return each
    raise Refused("no-system", name=name)


def managed(seat: Seat) -> list[ManagedSystem]:
    fleet: Fleet = seat.fleet
    return [fleet.systems[name] for name in seat.hmc.systems]


def trusted(seat: Seat, options: Options) -> bool:
    """The other HMC lets this one in as the user that is asked for; Refused where it can't be reached."""
    user = options.get("-u", seat.user.name)
    there = seat.fleet.hmcs.get(options["--ip"])
    if there is not None and not there.is_up:
        raise Refused("no-host", name=there.name)
    return there is not None and (there.name, user) in seat.hmc.trusts


def remote_system(seat: Seat, options: Options) -> ManagedSystem:
    """`-t`, of this HMC or of the one that `--ip` names; what that one refuses comes as its answer."""
    if "--ip" not in options:
        unwanted(options, "-u")
        found = operating(system_of(seat, options["-t"]))
    elif not trusted(seat, options):
        raise Refused("no-keys", user=options.get("-u", seat.user.name))
    else:
        try:
            found = operating(system_of(Seat(seat.world, options["--ip"], seat.user), options["-t"]))
        except Refused as refusal:
            raise Refused("remote", error=refusal.text(seat.user.language).rstrip("\n")) from None
    if "-m" in options and found.name == system_of(seat, options["-m"]).name:
        raise Refused("invalid", flags="-t")
    return found


def operating(system: ManagedSystem) -> ManagedSystem:
    if system.state != "Operating":
        raise Refused("not-operating")
    return system


def partition_of(system: ManagedSystem, options: Options, *, by_name: str, by_id: str) -> Partition:
    if (by_name in options) == (by_id in options):
        raise Refused("invalid", flags=f"{by_name},{by_id}")
    if by_name in options:
        return partition_named(system, options[by_name])
    found = system.with_id(number(options, by_id))
    if found is None:
        raise Refused("no-partition-id", name=options[by_id])
    return found


def partition_named(system: ManagedSystem, name: str) -> Partition:
    found = system.partition(name)
    if found is None:
        raise Refused("no-partition", name=name)
    return found


def still(seat: Seat, system: ManagedSystem, partition: Partition) -> Partition:
    """Refused where it migrates: nothing else can be done with it then."""
    if (system.name, partition.name) in seat.fleet.migrations:
        raise Refused("wrong-state")
    return partition


def chosen(system: ManagedSystem, options: Options, *others: str) -> tuple[Partition, ...]:
    """The partitions that `--filter` leaves; a name that isn't there is refused, not an empty list.

    `others` are the filters that the caller sees to.
    """
    left = system.partitions
    for name, values in filters(options.get("--filter", "")).items():
        if name == "lpar_names":
            for value in values:
                partition_named(system, value)
            left = tuple(each for each in left if each.name in values)
        elif name == "lpar_ids":
            left = tuple(each for each in left if str(each.lpar_id) in values)
        elif name not in others:
            raise Refused("invalid", flags="--filter")
    return left
