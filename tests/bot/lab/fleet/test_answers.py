"""What the simulated HMC prints for a captured situation is the capture, character for character."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.lab.fleet import Fleet, building
from bot.lab.fleet.model import Env, Hmc, ManagedSystem, Partition, Snag, Vios
from tests.bot.lab.fleet.conftest import Opener

RECORDED = Path(__file__).parent / "recorded"
SHARED = Path(__file__).parents[5] / "shared" / "captures" / "migrlpar"
NAMES = sorted(path.stem for path in RECORDED.glob("*.txt"))


Frames = tuple[ManagedSystem, ManagedSystem]


def vios(name: str, lpar_id: int) -> Partition:
    return Partition(
        name=name, lpar_id=lpar_id, env=Env.VIOS, msp=True, mem=1024, proc_units=Decimal("0.1"), vios=Vios()
    )


def stored(frames: Frames, situation: str, partition: str, source: tuple[str, str]) -> Frames:
    """The partition's disk, by NPIV or by virtual SCSI, and what the other side sees of it."""
    here, there = frames
    servers = [each.name for each in there.partitions]
    seen = {"hscla356-vscsi-rc85": (), "hscla340-mpio": servers[:1]}.get(situation, servers)
    by_npiv = (partition,) if situation in {"hscla319-npiv-rc69", "hscla340-npiv"} else ()
    here = building.with_storage(here, npiv=by_npiv)
    there = building.with_storage(there, visible={name: [partition] for name in seen})
    if by_npiv:
        here = building.zoned(here, "50050768014036AA", client=partition, vios=source)
    if situation == "hscla340-npiv":
        there = building.zoned(there, "50050768014036AA", vios=servers[:1])
    return here, there


def captured_fleet(situation: str) -> tuple[Fleet, list[str]]:
    """The fleet as it was named when the answer was captured, and the command that was asked."""
    source, destination, partition, remote = {
        "hscl3653-ssh-keys": ("trim", "arizona", "UPT0052", "hmc-arizona"),
        "hscla318-ame-capability": ("trim", "wilma", "UPT0052", "hmc-liken"),
        "hscla304-ams-pool": ("wilma", "visa", "upt0060", "destiny4"),
        "hscla224-processor-compatibility": ("dash", "arizona", "upt0053", "hmc-arizona"),
        "hscla356-vscsi-rc85": ("dash", "arizona", "upt0058", "hmc-arizona"),
        "uncoded-processor-pool": ("dash", "wilma", "upt0053", "defiant2"),
        "uncoded-memory": ("extra5", "dash", "upt0027", ""),
        "hscla257-rmc-1141": ("dash", "trim", "upt0053", ""),
        "hscla340-mpio": ("wilma", "visa", "upt0060", "destiny4"),
        "hscla340-npiv": ("wilma", "visa", "upt0060", "destiny4"),
        "hscla319-npiv-rc69": ("flrx", "dash", "upt0064", "destiny4"),
    }[situation]
    there = {
        "hscla356-vscsi-rc85": (vios("arizona", 1), vios("arizona2", 2)),
        "hscla319-npiv-rc69": (vios("dashv1", 1),),
    }.get(situation, (vios(f"{destination}v1", 1), vios(f"{destination}v2", 2)))
    found = frozenset({Snag.RMC_HANGS}) if situation == "hscla257-rmc-1141" else frozenset()
    moving = Partition(name=partition, lpar_id=9, mem=4608, snags=found)
    moving = replace(
        moving,
        compat_mode="POWER7" if situation == "hscla224-processor-compatibility" else "default",
        proc_units=Decimal(8) if situation == "uncoded-processor-pool" else Decimal(1),
        shared_memory=situation == "hscla304-ams-pool",
        memory_expansion=situation == "hscla318-ame-capability",
    )
    room = 2816 if situation == "uncoded-memory" else 65536
    frames = (
        ManagedSystem(
            name=source, type_model="8205-E6B", serial="1", mem=65536, proc_units=Decimal(16),
            partitions=(vios(f"{source}v1", 1), vios(f"{source}v2", 2), moving),
        ),
        ManagedSystem(
            name=destination, type_model="8205-E6B", serial="2", hypervisor_mem=0, mem=2048 + room,
            proc_units=Decimal(4), capabilities=frozenset(), compat_modes=("default", "POWER6"), partitions=there,
        ),
    )  # fmt: skip
    frames = stored(frames, situation, partition, (f"{source}v1", f"{source}v2"))
    trusts = frozenset() if situation == "hscl3653-ssh-keys" else frozenset({(remote, "hscroot")})
    here = Hmc(name="hmc", systems=(source,) if remote else (source, destination), trusts=trusts)
    hmcs = (here, Hmc(name=remote, systems=(destination,))) if remote else (here,)
    argv = ["migrlpar", "-o", "v", "-m", source, "-t", destination, "-p", partition]
    return Fleet.of(hmcs, frames), argv + (["--ip", remote, "-u", "hscroot"] if remote else [])


@pytest.mark.parametrize("situation", NAMES)
async def test_captured_situations_give_the_captures(situation: str, opened: Opener) -> None:
    """Asked as it was asked then, of a fleet with the names and numbers of then, it prints what was printed then."""
    fleet, argv = captured_fleet(situation)
    async with opened(fleet) as terminal:
        answer, raw = await terminal.run_raw(*argv, host="hmc")
    assert raw == (RECORDED / f"{situation}.txt").read_bytes()
    assert answer.exit_status == 1


@pytest.mark.parametrize("situation", NAMES)
def test_recorded_copies_are_the_captures(situation: str) -> None:
    """The copies that the tests hold are what was captured, typing errors and all."""
    if not SHARED.is_dir():
        pytest.skip(f"no captures at {SHARED}")
    assert (RECORDED / f"{situation}.txt").read_bytes() == (SHARED / f"{situation}.txt").read_bytes()


def test_no_capture_is_forgotten() -> None:
    """Every captured validation has its copy."""
    if not SHARED.is_dir():
        pytest.skip(f"no captures at {SHARED}")
    assert {path.stem for path in SHARED.glob("*.txt")} == set(NAMES)
