"""A simulated VIOS furnished for each operation on its storage, so that what administrators' notes do can be done."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import Disk
from handlers.command import Command, Result
from handlers.operation import Operation
from tests.house.lab_frame import LabFrame

SYSTEM, VIOS = "p72", "p72vio1"
FREE = ("hdisk1", "hdisk3", "hdisk7", "hdisk22", "hdisk23")  # disks that nobody uses
_POOL = ("mksp client_boot hdisk22",)
_BOTH = (*_POOL, "mksp clienthd hdisk23")
_CUT = (*_POOL, "mkbdsp -sp client_boot 20G -bd lv_c1_boot", "mkbdsp -sp client_boot 1G -bd lv_c2_boot")
_SHELF = ("mksp clienthd hdisk22", "mkrep -sp clienthd -size 15G")
_MEDIA = tuple(f"mkvopt -name {name} -size 1G" for name in ("AIX61TL3", "fedora10iso", "other_iso"))
_DRIVES = tuple(f"mkvdev -fbo -vadapter vhost4 -dev {name}" for name in ("shiva_dvd", "other_dvd"))
# What padmin did before, by verb.
BEFORE: dict[str, tuple[str, ...]] = {
    "unmap": (*_CUT, "mkbdsp -bd lv_c1_boot -vadapter vhost1", "mkvdev -vdev hdisk3 -vadapter vhost2 -dev wd_c3_hd3"),
    "map-npiv": ("vfcmap -vadapter vfchost0 -fcp", "vfcmap -vadapter vfchost1 -fcp"),
    "unmap-disk": ("mkvdev -vdev hdisk3 -vadapter vhost2", "mkvdev -vdev hdisk7 -vadapter vhost2"),
    "map-backing-device": _CUT,
    "make-backing-device": _POOL,
    "remove-backing-device": (*_CUT, "mkbdsp -bd lv_c1_boot -vadapter vhost1 -tn ld_c1_boot"),
    "grow-pool": ("mksp client_boot hdisk22", "mksp clienthd hdisk1"),
    "shrink-pool": ("mksp client_boot hdisk22 hdisk7",),
    "remove-pool": _BOTH,
    "default-pool": _BOTH,
    "mirror-rootvg": ("extendvg rootvg hdisk1",),
    "unmirror-rootvg": ("extendvg rootvg hdisk1", "mirrorios -defer hdisk1", "bootlist -mode normal hdisk0 hdisk1"),
    "make-repository": _SHELF[:1],
    "grow-repository": _SHELF,
    "remove-repository": _SHELF,
    "make-media": _SHELF,
    "remove-media": (*_SHELF, *_MEDIA),
    "load": (*_SHELF, *_MEDIA, *_DRIVES),
    "unload": (
        *(*_SHELF, *_MEDIA, *_DRIVES),
        "loadopt -vtd shiva_dvd -disk fedora10iso",
        "loadopt -vtd other_dvd -disk other_iso",
    ),
}


def spared(whole: Fleet) -> Fleet:
    """The fleet with disks to spare on p72vio1; those that are in use are called something else there."""
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


class Furnished:
    """The HMC that answers for it, by whatever name the operation calls it."""

    def __init__(self, operation: Operation) -> None:
        self.frame = LabFrame(spared(demo_fleet()))
        self._called: str = getattr(operation, "vios", VIOS)
        for line in BEFORE.get(operation.verb, ()):
            said, status = self.frame.typed(("viosvrcmd", "-m", SYSTEM, "-p", VIOS, "-c", line))
            assert status == 0, said

    def result(self, command: Command) -> Result:
        words = [self._meant(word) for word in command.argv]
        found = self.frame.answer(replace(command, argv=tuple(words)))
        return replace(found, command=command, text=found.text.replace(VIOS, self._called))

    def _meant(self, word: str) -> str:
        return VIOS if word == self._called else SYSTEM if word in ("FRAME", "SYSTEM") else word
