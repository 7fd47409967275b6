"""`chsyscfg -r lpar|prof`: a profile's change is felt when the partition is started with it."""

from __future__ import annotations

from bot.lab.fleet.commands import drafts
from bot.lab.fleet.commands.attributes import Settings, known, missing, settings
from bot.lab.fleet.commands.mksyscfg import name_is_free, owner
from bot.lab.fleet.commands.options import Refused, Spec, of
from bot.lab.fleet.commands.places import operating, partition_named, still, system_of
from bot.lab.fleet.commands.rights import Duty, allowed
from bot.lab.fleet.events import PartitionChanged, ProfileSaved, ResourcesChanged
from bot.lab.fleet.model import Env, ManagedSystem
from bot.lab.fleet.shell import Call
from bot.lab.fleet.world import Seat

_SPEC = Spec(
    valued=frozenset({"-r", "-m", "-i"}),
    bare=frozenset({"--force"}),
    required=("-r", "-m", "-i"),
    choices={"-r": frozenset({"lpar", "prof"})},
)


async def run(seat: Seat, call: Call) -> int:
    options = of(seat, call.argv, _SPEC)
    allowed(seat, Duty.DESIGN)
    system = operating(system_of(seat, options["-m"]))
    given = settings(options["-i"], "-i")
    if options["-r"] == "lpar":
        _partition(seat, system, given)
    else:
        _profile(seat, system, given)
    return 0


def _profile(seat: Seat, system: ManagedSystem, given: Settings) -> None:
    known(given, "name", "lpar_name", "lpar_id", *drafts.ATTRIBUTES)
    missing(given, "name")
    partition = still(seat, system, owner(system, given))
    before = partition.profile_named(given["name"].value)
    if before is None:
        raise Refused("no-profile", name=given["name"].value)
    after = drafts.changed(system, partition, before, given)
    seat.world.happen(ProfileSaved(system=system.name, partition=partition.name, profile=after))


def _partition(seat: Seat, system: ManagedSystem, given: Settings) -> None:
    known(given, "name", "lpar_id", "new_name", "default_profile", "msp", "lpar_proc_compat_mode", "sync_curr_profile")
    if "name" in given:
        partition = still(seat, system, partition_named(system, given["name"].value))
    else:
        partition = still(seat, system, owner(system, given))
    new_name = given["new_name"].value if "new_name" in given else None
    profile = given["default_profile"].value if "default_profile" in given else None
    if profile is not None and partition.profile_named(profile) is None:
        raise Refused("no-profile", name=profile)
    if new_name is not None and new_name != partition.name:
        name_is_free(seat, system, new_name)
    mover = _mover(given, partition.env)
    keeps = _keeps(given)
    if "lpar_proc_compat_mode" in given:
        _mode(seat, system, partition.name, given["lpar_proc_compat_mode"].value, is_on=partition.is_on)
    seat.world.happen(
        PartitionChanged(
            system=system.name,
            partition=partition.name,
            new_name=new_name,
            default_profile=profile,
            msp=mover,
            keeps_profile=keeps,
        )
    )


def _mover(given: Settings, env: Env) -> bool | None:
    if "msp" not in given:
        return None
    if env is not Env.VIOS or given["msp"].value not in {"0", "1"}:
        raise Refused("invalid", flags="-i")
    return given["msp"].value == "1"


def _keeps(given: Settings) -> bool | None:
    """Its third value, 2, which an HMC itself sets while it waits for the next start, isn't modelled."""
    if "sync_curr_profile" not in given:
        return None
    if given["sync_curr_profile"].value not in {"0", "1"}:
        raise Refused("invalid", flags="-i")
    return given["sync_curr_profile"].value == "1"


def _mode(seat: Seat, system: ManagedSystem, name: str, mode: str, *, is_on: bool) -> None:
    if mode not in system.compat_modes:
        raise Refused("invalid", flags="-i")
    if is_on:
        raise Refused("already-on")
    seat.world.happen(ResourcesChanged(system=system.name, partition=name, compat_mode=mode))
