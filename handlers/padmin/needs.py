"""What must hold before storage of a VIOS is given to somebody: guards, each with what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from handlers.changing import Guard
from handlers.frames import Lpar
from handlers.padmin.pools import Backing, Pool
from handlers.padmin.sides import Scene, Side
from handlers.padmin.stock import Disk

SHARED = ("no_reserve", "PR_shared")  # the reserve policies by which two VIOS can have a disk at once


def listed(names: Iterable[str]) -> str:
    """Some names in a sentence."""
    found = list(names)
    more = f" and {len(found) - 12} more" if len(found) > 12 else ""
    return (", ".join(found[:12]) or "none") + more


def adapter(scene: Scene, name: str) -> Guard:
    """It is there, and it is known whose it is."""
    what, found = f"{name} is a server SCSI adapter of {scene.place.name}", scene.own.vhost(name)
    if found is None:
        return Guard(name=what, holds=False, seen=f"there are {listed(each.name for each in scene.own.vhosts)}")
    if found.client and scene.lpar(found.client) is None:
        seen = f"it serves partition {found.client}, which {scene.place.hmc} doesn't list"
        return Guard(name=what, holds=False, seen=seen)
    return Guard(name=what, holds=True, seen=f"it serves {scene.called(found.client)}")


def client(scene: Scene, name: str) -> Lpar | None:
    """The partition that the adapter serves."""
    found = scene.own.vhost(name)
    return scene.lpar(found.client) if found is not None else None


def free_name(own: Side, name: str | None) -> tuple[Guard, ...]:
    """No target is called so yet; nothing to ask where the VIOS shall find a name."""
    if name is None:
        return ()
    found = own.target(name)
    seen = "there is none" if found is None else f"it is on {found.vhost}, backed by {found.backing or 'nothing'}"
    return (Guard(name=f"{name} is no target yet", holds=found is None, seen=seen),)


def disk(own: Side, name: str) -> Guard:
    found = own.disk(name)
    seen = f"there are {listed(each.name for each in own.disks)}" if found is None else _marked(found)
    return Guard(name=f"{name} is a disk of {own.name}", holds=found is not None, seen=seen)


def _marked(found: Disk) -> str:
    return f"PVID {found.pvid}" if found.pvid else "without a PVID"


def unused(scene: Scene, name: str, *, but: int = 0) -> tuple[Guard, ...]:
    """The disk is there and whole, and nobody has it: no volume group, no client, and by another VIOS nobody but the
    partition of that id."""
    found = scene.own.disk(name)
    there = disk(scene.own, name)
    if found is None:
        return (there,)
    mapped = [f"{each.name} of {scene.called(scene.own.client(each))}" for each in scene.own.on(name)]
    others = [*scene.elsewhere(found, but), *scene.silent]
    seen = "; ".join(others) or f"looked at {listed(each.name for each in scene.others)}"
    return (
        there,
        Guard(name=f"{name} is in no volume group", holds=not found.group, seen=found.group or "it is in none"),
        Guard(name=f"{name} is mapped to nobody", holds=not mapped, seen=", ".join(mapped) or "to nobody"),
        Guard(name=f"no other VIOS gives {name} to somebody else", holds=not others, seen=seen),
    )


def reserve(scene: Scene, name: str, policy: str, to: Lpar | None) -> Guard:
    """A disk of a partition that another VIOS serves too is held by neither."""
    too = scene.serves_too(to) if to is not None else ()
    seen = f"{policy or 'not told'}; {to.name} has disks by {', '.join(too)} too" if to is not None and too else policy
    what = f"the reserve policy of {name} fits"
    return Guard(name=what, holds=not too or policy in SHARED, seen=seen or "not told")


def pool(pools: tuple[Pool, ...], name: str) -> tuple[Guard, Pool | None]:
    found = next((each for each in pools if each.name == name), None)
    seen = (
        f"there are {listed(each.name for each in pools)}" if found is None else f"{found.free} of {found.size} MB free"
    )
    return Guard(name=f"{name} is a storage pool", holds=found is not None, seen=seen), found


def room(found: Pool, wanted: int) -> Guard:
    return Guard(
        name=f"{found.name} has {wanted} MB free", holds=found.free >= wanted, seen=f"{found.free} MB are free"
    )


def backing(cut: Mapping[str, tuple[Backing, ...]], name: str) -> Guard:
    found = next(((pool, each) for pool, devices in cut.items() for each in devices if each.name == name), None)
    seen = f"there are {listed(sorted({each.name for devices in cut.values() for each in devices}))}"
    if found is not None:
        seen = f"in {found[0]}, {found[1].size} MB"
    return Guard(name=f"{name} is a backing device", holds=found is not None, seen=seen)
