"""A simulated VIOS furnished for each operation on its storage, so that what administrators' notes do can be done."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import replace

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.machines import HmcMachine
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import Disk
from handlers.operation import Operation
from tests.bot.lab.fleet.keyboard import Keyboard

HMC, SYSTEM, VIOS = "hmc-oslo", "p72", "p72vio1"
FREE = ("hdisk1", "hdisk3", "hdisk7", "hdisk22", "hdisk23")  # disks that nobody uses
_POOL = ("mksp client_boot hdisk22",)
_SHELF = ("mksp clienthd hdisk22", "mkrep -sp clienthd -size 15G")
_DRIVE = (*_SHELF, "mkvopt -name fedora10iso -size 1G", "mkvdev -fbo -vadapter vhost4 -dev shiva_dvd")
# What padmin did before, by verb.
BEFORE: dict[str, tuple[str, ...]] = {
    "unmap": (
        *_POOL,
        "mkbdsp -sp client_boot 1G -bd lv_c1_boot -vadapter vhost1",
        "mkvdev -vdev hdisk3 -vadapter vhost2 -dev wd_c3_hd3",
    ),
    "unmap-disk": ("mkvdev -vdev hdisk3 -vadapter vhost2",),
    "map-backing-device": (*_POOL, "mkbdsp -sp client_boot 20G -bd lv_c1_boot"),
    "make-backing-device": _POOL,
    "remove-backing-device": (*_POOL, "mkbdsp -sp client_boot 20G -bd lv_c1_boot -vadapter vhost1 -tn ld_c1_boot"),
    "grow-pool": _POOL,
    "shrink-pool": _POOL,
    "remove-pool": _POOL,
    "default-pool": _POOL,
    "make-repository": _SHELF[:1],
    "grow-repository": _SHELF,
    "remove-repository": _SHELF,
    "make-media": _SHELF,
    "remove-media": (*_SHELF, "mkvopt -name AIX61TL3 -size 1G"),
    "load": _DRIVE,
    "unload": (*_DRIVE, "loadopt -vtd shiva_dvd -disk fedora10iso"),
}


def fleet() -> Fleet:
    """The demo's, with disks to spare on p72vio1; those that are in use are called something else there."""
    whole = demo_fleet()
    frame = whole.systems[SYSTEM]
    found = frame.partition(VIOS)
    assert found is not None
    return replace(whole, systems={**whole.systems, SYSTEM: frame.with_partition(_spared(found))})


def _spared(vios: Partition) -> Partition:
    io = vios.io
    disks = tuple(replace(each, name=_other(each.name)) for each in io.disks)
    vhosts = tuple(
        replace(vhost, targets=tuple(replace(each, backing=_other(each.backing)) for each in vhost.targets))
        for vhost in io.vhosts
    )
    spare = tuple(
        Disk(name=name, lun=f"60050768018100000000{number:012}", number=100 + number, size=65536)
        for number, name in enumerate(FREE)
    )
    return replace(vios, vios=replace(io, disks=(*disks, *spare), vhosts=vhosts))


def _other(disk: str) -> str:
    return disk if disk == "hdisk0" else f"hdisk1{disk.removeprefix('hdisk'):0>2}"


class Furnished(Keyboard):
    """The HMC that answers for it."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(fleet())
        self._called: str = getattr(operation, "vios", VIOS)
        for line in BEFORE.get(operation.verb, ()):
            self.says(line, on=VIOS, user="padmin")

    def answer(self, argv: tuple[str, ...]) -> tuple[str, int]:
        """By whatever name it is called."""
        said: list[str] = []

        async def keep(text: str) -> None:
            said.append(text)

        words = [VIOS if word == self._called else SYSTEM if word in ("FRAME", "SYSTEM") else word for word in argv]
        status = asyncio.run(HmcMachine(self.world, HMC).shell("hscroot").run(shlex.join(words), keep, keep))
        return "".join(said).replace(VIOS, self._called), status
