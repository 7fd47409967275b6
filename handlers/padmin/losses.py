"""Who loses what when targets are taken away: the ways that are left, and whether one stands in for those that go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.changing import Guard
from handlers.frames import Lpar
from handlers.padmin.sides import Scene
from handlers.padmin.stock import Target
from handlers.plan import NOBODY, Fact, Interlock, Redundancy

NOT_LOOKED_AT = "whether the ways that are left work, which the client alone knows"


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What one partition loses of one backing device. `left`: the ways that it keeps, each as `target of VIOS`."""

    client: Lpar
    backing: str
    vios: str
    gone: tuple[Target, ...]
    left: tuple[str, ...]

    @property
    def names(self) -> str:
        return ", ".join(each.name for each in self.gone)

    @property
    def redundancy(self) -> Redundancy:
        what = f"ways of {self.client.name} to {self.backing} of {self.vios}"
        return Redundancy(what=what, before=len(self.gone) + len(self.left), after=len(self.left))

    def interlock(self, silent: tuple[str, ...]) -> Interlock:
        takes_out = f"{self.names} of {self.vios}, by which {self.client.name} has {self.backing}"
        if self.left:
            partner = self.left[0].partition(" of ")[2]
            seen = f"{self.client.name} has the same disk by {', '.join(self.left)}"
            return Interlock(takes_out=takes_out, partner=partner, healthy=True, seen=seen)
        none = f"{self.client.name} is {self.client.state} and has it by no other way"
        seen = "; ".join((none, *silent, f"released=yes says that {self.client.name} has given it up"))
        return Interlock(takes_out=takes_out, partner=NOBODY, healthy=False, seen=seen)


def losses(scene: Scene, gone: tuple[Target, ...]) -> tuple[Loss, ...]:
    """Of the partitions that are on; an optical drive is no way to anybody's data."""
    return tuple(_losses(scene, gone))


def _losses(scene: Scene, gone: tuple[Target, ...]) -> Iterator[Loss]:
    keys = dict.fromkeys((scene.own.client(each), each.backing) for each in gone if not each.is_drive)
    for number, backing in keys:
        client = scene.lpar(number)
        if client is None or client.is_off:
            continue
        mine = [each for each in scene.own.on(backing) if scene.own.client(each) == number]
        left = [f"{each.name} of {scene.place.name}" for each in mine if each not in gone and each.is_available]
        if (disk := scene.own.disk(backing)) is not None:
            left += scene.ways(disk, number)
        yield Loss(
            client=client,
            backing=backing,
            vios=scene.place.name,
            gone=tuple(each for each in mine if each in gone),
            left=tuple(left),
        )


def clients(scene: Scene, gone: tuple[Target, ...]) -> tuple[str, ...]:
    """The partitions that are on and have one of these targets, a drive too."""
    found = (scene.client(each) for each in gone)
    return tuple(sorted({each.name for each in found if each is not None and not each.is_off}))


def owners(scene: Scene, gone: tuple[Target, ...]) -> tuple[Guard, ...]:
    """Whose each of them is."""
    return tuple(_owner(scene, each) for each in gone)


def _owner(scene: Scene, target: Target) -> Guard:
    number, found = scene.own.client(target), scene.client(target)
    name = f"it is known who has {target.name}"
    if found is not None:
        return Guard(name=name, holds=True, seen=f"{found.name} (id {found.id}), {found.state}, by {target.vhost}")
    seen = f"partition {number}, which {scene.place.hmc} doesn't list" if number else f"no partition, by {target.vhost}"
    return Guard(name=name, holds=not number, seen=seen)


def facts(scene: Scene, gone: tuple[Target, ...]) -> tuple[Fact, ...]:
    """Who keeps which way, and who loses the last one."""
    found = losses(scene, gone)
    told = [
        Fact(
            name=f"ways that {each.client.name} keeps to {each.backing}", value=", ".join(each.left) or "none: the last"
        )
        for each in found
    ]
    return (*told, *((Fact(name="not looked at", value=NOT_LOOKED_AT),) if found else ()))
