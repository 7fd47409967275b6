"""`mksyscfg`, `chsyscfg` and `rmsyscfg`: partitions and profiles are made, changed and removed."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet.commands import drafts
from bot.lab.fleet.commands.attributes import Settings, known, missing, settings
from bot.lab.fleet.commands.options import Options, Refused, Spec, needed, of, unwanted, whole
from bot.lab.fleet.commands.places import operating, partition_named, partition_of, still, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.configuration import Configuration
from bot.lab.fleet.events import PartitionMade, PartitionRemoved, ProfileRemoved, ProfileSaved
from bot.lab.fleet.model import Env, ManagedSystem, Partition, Vios
from bot.lab.fleet.partition import NOT_ACTIVATED
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_MAKE = Spec(
    valued=frozenset({"-r", "-m", "-i", "-o", "-p", "--id", "-n"}),
    bare=frozenset({"--force"}),
    required=("-r", "-m"),
    choices={"-r": frozenset({"lpar", "prof"}), "-o": frozenset({"save"})},
)
_REMOVE = Spec(
    valued=frozenset({"-r", "-m", "-n", "--id", "-p"}),
    required=("-r", "-m"),
    choices={"-r": frozenset({"lpar", "prof"})},
)
MOST_PARTITIONS = 1000


async def make(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _MAKE)
    allowed(seat, Duty.DESIGN)
    system = operating(system_of(seat, options["-m"]))
    if "-o" in options:
        _save(seat, system, options)
        return 0
    needed(options, "-i")
    unwanted(options, "-p", "--id", "-n", "--force")
    given = settings(options["-i"], "-i")
    if options["-r"] == "lpar":
        _make_partition(seat, system, given)
    else:
        _make_profile(seat, system, given)
    return 0


def _save(seat: Seat, system: ManagedSystem, options: Options) -> None:
    """What runs becomes a profile, in place of the one of that name only where that is forced."""
    unwanted(options, "-i")
    needed(options, "-n")
    if options["-r"] != "prof":
        raise Refused("invalid", flags="-r")
    partition = still(seat, system, partition_of(system, options, by_name="-p", by_id="--id"))
    name = drafts.name_of(options["-n"])
    before = partition.profile_named(name)
    if before is not None and "--force" not in options:
        raise Refused("profile-exists", name=name)
    saved = partition.as_profile(name)
    if before is not None:
        saved = replace(saved, auto_start=before.auto_start, boot_mode=before.boot_mode, settings=before.settings)
    seat.world.happen(ProfileSaved(system=system.name, partition=partition.name, profile=saved))


def _make_profile(seat: Seat, system: ManagedSystem, given: Settings) -> None:
    known(given, "name", "lpar_name", "lpar_id", *drafts.ATTRIBUTES)
    missing(given, "name")
    partition = still(seat, system, owner(system, given))
    if partition.profile_named(given["name"].value) is not None:
        raise Refused("profile-exists", name=given["name"].value)
    made = drafts.new_profile(system, partition, given["name"].value, given)
    seat.world.happen(ProfileSaved(system=system.name, partition=partition.name, profile=made))


def owner(system: ManagedSystem, given: Settings) -> Partition:
    """The partition of the profile that is spoken of."""
    if ("lpar_name" in given) == ("lpar_id" in given):
        raise Refused("missing-attributes", names="lpar_name")
    if "lpar_name" in given:
        return partition_named(system, given["lpar_name"].value)
    found = system.with_id(whole(given["lpar_id"].value, "-i"))
    if found is None:
        raise Refused("no-partition-id", name=given["lpar_id"].value)
    return found


def name_is_free(seat: Seat, system: ManagedSystem, name: str) -> str:
    arriving = {each.partition for each in seat.fleet.migrations.values() if each.destination == system.name}
    if name in arriving or system.partition(name) is not None:
        raise Refused("name-taken", name=name)
    return drafts.name_of(name)


def _make_partition(seat: Seat, system: ManagedSystem, given: Settings) -> None:
    known(given, "name", "lpar_id", "profile_name", "lpar_env", "lpar_proc_compat_mode", "msp", *drafts.ATTRIBUTES)
    missing(given, "name", "profile_name", "lpar_env")
    mode = given["lpar_proc_compat_mode"].value if "lpar_proc_compat_mode" in given else "default"
    if given["lpar_env"].value not in set(Env) or mode not in system.compat_modes:
        raise Refused("invalid", flags="-i")
    env = Env(given["lpar_env"].value)
    if len(system.partitions) >= MOST_PARTITIONS:
        raise Refused("frame-state")
    blank = Partition(
        name=name_is_free(seat, system, given["name"].value),
        lpar_id=_free_id(system, given),
        env=env,
        state=NOT_ACTIVATED,
        rmc_state="inactive",
        os_version="Unknown",
        profile=given["profile_name"].value,
        compat_mode=mode,
        msp=env is Env.VIOS and "msp" in given and given["msp"].value == "1",
        vios=Vios() if env is Env.VIOS else None,
        config=Configuration(is_known=False),
    )
    profile = drafts.new_profile(system, blank, blank.profile, given)
    drawn = replace(
        blank, profiles=(profile,), mem=profile.mem, procs=profile.procs, proc_units=profile.proc_units,
        config=replace(blank.config, dedicated=profile.dedicated, limits=profile.bounds),
    )  # fmt: skip
    seat.world.happen(PartitionMade(system=system.name, partition=drawn))


def _free_id(system: ManagedSystem, given: Settings) -> int:
    if "lpar_id" not in given:
        return system.free_id(1)
    wanted = whole(given["lpar_id"].value, "-i")
    if not 1 <= wanted <= MOST_PARTITIONS or system.with_id(wanted) is not None:
        raise Refused("invalid", flags="-i")
    return wanted


async def remove(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _REMOVE)
    allowed(seat, Duty.DESIGN)
    system = operating(system_of(seat, options["-m"]))
    if options["-r"] == "prof":
        _remove_profile(seat, system, options)
        return 0
    unwanted(options, "-p")
    partition = still(seat, system, partition_of(system, options, by_name="-n", by_id="--id"))
    if partition.is_on:
        raise Refused("already-on")
    seat.world.happen(PartitionRemoved(system=system.name, partition=partition.name))
    return 0


def _remove_profile(seat: Seat, system: ManagedSystem, options: Options) -> None:
    needed(options, "-n")
    partition = still(seat, system, partition_of(system, options, by_name="-p", by_id="--id"))
    if partition.profile_named(options["-n"]) is None:
        raise Refused("no-profile", name=options["-n"])
    if options["-n"] == partition.profile:
        raise Refused("profile-in-use", name=options["-n"])
    seat.world.happen(ProfileRemoved(system=system.name, partition=partition.name, profile=options["-n"]))
