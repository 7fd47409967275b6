"""What a VIOS maps to its clients: listed as captured, set by chdev, taken along by a migration."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bot.console import Answer
from bot.lab.fleet.model import Env, Fleet, Hmc, ManagedSystem, Partition, Vios, check
from bot.lab.fleet.storage import Disk, FcPort, Target, VfcHost, Vhost, VirtualFc
from tests.bot.lab.fleet.conftest import Clock, Terminal
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.lab.fleet.pair import Pair
from tests.bot.lab.fleet.test_vios import viosvrcmd

RECORDED = Path(__file__).parent / "recorded" / "vios" / "lsmap-all-npiv.txt"
SHARED = Path(__file__).parents[5] / "shared" / "captures" / "vios"
STORAGE = frozenset(f"50050763080B{number:04X}" for number in range(34))


def stage_of(*partitions: Partition, type_model: str, serial: str) -> Pair:
    frame = ManagedSystem(
        name="p72", type_model=type_model, serial=serial, mem=262144, proc_units=Decimal(16), partitions=partitions
    )
    return Pair(Fleet.of([Hmc(name="hmc", systems=("p72",))], [frame]))


def npiv(server: VfcHost, *clients: Partition) -> Pair:
    port = FcPort(name="fcs0", location="U78C0.001.DBJ0563-P2-C1-T1", wwpn="10000000C9A8B7C6", targets=STORAGE)
    vios = Partition(
        name="p72vio1", lpar_id=1, env=Env.VIOS, mem=4096, vios=Vios(fc_ports=(port,), vfchosts=(server,))
    )  # fmt: skip
    return stage_of(vios, *clients, type_model="9117-MMB", serial="100302P")


def test_npiv_mappings_are_listed_as_captured() -> None:
    """A client that is logged in, and one that is gone and never logged out, character for character."""
    adapter = VirtualFc(
        name="fcs1", slot=4, drc="U8233.E8B.100244P-V5-C4-T1", wwpns=("C0507601", "C0507602"), targets=STORAGE,
        server_id=1, server_slot=14,
    )  # fmt: skip
    client = Partition(name="upt0052", lpar_id=5, fc=(adapter,))
    here = npiv(VfcHost(name="vfchost3", slot=14, client_id=5, client_slot=4, port="fcs0"), client)
    gone = npiv(VfcHost(name="vfchost3", slot=13, port="fcs0", left_behind=True))
    printed = [each.says("p72vio1", "lsmap -all -npiv") for each in (here, gone)]
    assert "\n\n\n".join(printed) == RECORDED.read_text()
    assert here.says("p72vio1", "lsmap -all -npiv -fmt :") == (
        "vfchost3:U9117.MMB.100302P-V1-C14:5:upt0052:AIX:LOGGED_IN:fcs0:U78C0.001.DBJ0563-P2-C1-T1:35:a:fcs1:"
        "U8233.E8B.100244P-V5-C4-T1\n"
    )


def test_the_recorded_mapping_is_the_captured_one() -> None:
    """The copy that the tests hold is what was captured."""
    if not (SHARED / RECORDED.name).is_file():
        pytest.skip(f"no captures at {SHARED}")
    assert RECORDED.read_bytes() == (SHARED / RECORDED.name).read_bytes()


def test_scsi_mappings_are_listed_as_captured() -> None:
    """A VIOS with the adapters, targets and disks of a capture prints the capture, as far as it goes."""
    if not (SHARED / "lsmap_all_power8.txt").is_file():
        pytest.skip(f"no captures at {SHARED}")
    captured = (SHARED / "lsmap_all_power8.txt").read_text()
    found = re.findall(
        r"(vhost\d+) +\S+-C(\d+) +0x(\w+)\n\nVTD +(\S+)\n.*?(hdisk\d+)\nPhysloc +\S+-L(\w+?)0{0,12}\n",
        captured,
        re.DOTALL,
    )
    location, target = re.findall(r"(\S+-P1-C6-T1)-W(\w+)-L", captured)[0]
    port = FcPort(name="fcs0", location=location, wwpn="10000000C9A8B7C6", targets=frozenset({target}))
    disks = tuple(Disk(name=disk, lun=disk, number=int(number or "0", 16), size=1) for *_, disk, number in found)
    vhosts = tuple(
        Vhost(name=name, slot=int(slot), client_id=int(client, 16), targets=(Target(name=vtd, lun=1, backing=disk),))
        for name, slot, client, vtd, disk, _ in found
    )
    io = Vios(fc_ports=(port,), disks=disks, vhosts=vhosts)
    vios = Partition(name="p72vio1", lpar_id=1, env=Env.VIOS, mem=4096, vios=io)
    printed = stage_of(vios, type_model="8408-E8E", serial="78CB04W").says("p72vio1", "lsmap -all")
    assert len(found) == 4
    assert captured.startswith(printed)


def test_an_adapter_without_a_target_says_so() -> None:
    """Nobody's adapter has the client 0, and no target."""
    io = Vios(vhosts=(Vhost(name="vhost0", slot=11),))
    vios = Partition(name="p72vio1", lpar_id=1, env=Env.VIOS, mem=4096, vios=io)
    stage = stage_of(vios, type_model="9117-MMB", serial="100302P")
    out = stage.says("p72vio1", "lsmap -vadapter vhost0")
    assert out.splitlines()[2:] == [
        "vhost0          U9117.MMB.100302P-V1-C11                     0x00000000",
        "",
        "VTD                   NO VIRTUAL TARGET DEVICE FOUND",
    ]
    assert stage.says("p72vio1", "lsmap -all -fmt ,") == "vhost0,U9117.MMB.100302P-V1-C11,0x00000000\n"


async def test_disks_and_their_paths_are_listed(terminal: Terminal) -> None:
    """The disks with their groups, those that are free, the paths of one, and the attributes as a VIOS aligns them."""
    lines = (await terminal.says(*viosvrcmd("lspv"))).splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["NAME", "hdisk0", "hdisk1"]
    assert lines[1].split()[2:] == ["rootvg", "active"]
    free = await terminal.says(*viosvrcmd("lspv -free"))
    assert [line.split()[0] for line in free.splitlines()] == ["NAME", "hdisk14", "hdisk15", "hdisk16"]
    paths = (await terminal.says(*viosvrcmd("lspath -dev hdisk2"))).splitlines()
    assert paths[0].split() == ["status", "name", "parent", "connection"]
    assert "Enabled hdisk2 fscsi0 50050768014016aa,2000000000000" in paths
    text = await terminal.says(*viosvrcmd("lsdev -dev hdisk2 -attr"))
    assert "\nreserve_policy  no_reserve " in text
    assert text.splitlines()[9].endswith("Reserve Policy               True+")


async def test_the_hmc_lists_both_ends_of_a_mapping(terminal: Terminal) -> None:
    """A client's adapter names the partition and slot of its server, the server's those of the client."""
    argv = ("lshwres", "-r", "virtualio", "--level", "lpar", "-m", "p72", "--rsubtype")
    fields = ("-F", "slot_num,adapter_type,remote_lpar_name,remote_slot_num", "--filter")
    assert await terminal.says(*argv, "scsi", *fields, "lpar_names=web01") == (
        "11,client,p72vio1,14\n12,client,p72vio2,14\n"
    )
    assert (await terminal.says(*argv, "scsi", *fields, "lpar_names=p72vio1")).splitlines()[0] == "14,server,web01,11"
    assert await terminal.says(*argv, "fc", *fields, "lpar_names=db01") == (
        "21,client,p72vio1,53\n22,client,p72vio2,53\n"
    )
    text = await terminal.says(*argv, "fc", "--filter", "lpar_names=db01")
    assert re.search(r'^lpar_name=db01,.*,"wwpns=c05076\w{10},c05076\w{10}"$', text, re.MULTILINE)
    assert await terminal.says(*argv, "scsi", "--filter", "lpar_names=db01") == "No results were found.\n"


async def test_a_reserve_policy_stands_in_the_way_of_a_migration(terminal: Terminal) -> None:
    """On one VIOS of the destination it costs a path, on both it fails the validation; taken back, it passes."""
    validate = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "web01")
    disks = {}
    for vios in ("p75vio1", "p75vio2"):
        lun = next(each.lun for each in io(terminal, "p72", "p72vio1").disks if each.name == "hdisk1")
        disks[vios] = next(each.name for each in io(terminal, "p75", vios).disks if each.lun == lun)
    for vios, first in (("p75vio1", "HSCLA340"), ("p75vio2", "HSCLA356")):
        change = f"chdev -dev {disks[vios]} -attr reserve_policy=single_path"
        assert await terminal.says(*viosvrcmd(change, vios, "p75")) == f"{disks[vios]} changed\n"
        answer, text = await terminal.run(*validate)
        assert (answer, first in text) == (Answer(1), True)
    for vios, disk in disks.items():
        await terminal.says(*viosvrcmd(f"chdev -dev {disk} -attr reserve_policy=no_reserve", vios, "p75"))
    assert (await terminal.run(*validate))[0] == Answer(0)


def io(terminal: Terminal, system: str, vios: str) -> Vios:
    found = terminal.running.fleet.systems[system].partition(vios)
    assert found is not None
    return found.io


@pytest.mark.parametrize(
    ("mishap", "partition", "code"), [("zoning-broken", "db01", "HSCLA319"), ("disk-reserved", "web01", "HSCLA356")]
)
async def test_storage_that_fails_stands_in_the_way(terminal: Terminal, mishap: str, partition: str, code: str) -> None:
    """Broken on both VIOS of the destination, no migration; put right, it passes."""
    validate = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", partition)
    before = await terminal.run(*validate)
    for vios in ("p75vio1", "p75vio2"):
        terminal.running.befall(mishap, "p75", vios)
    answer, text = await terminal.run(*validate)
    assert (answer, code in text) == (Answer(1), True)
    for vios in ("p75vio1", "p75vio2"):
        terminal.running.mend(mishap, "p75", vios)
    if mishap == "disk-reserved":
        assert await terminal.run(*validate) == before


@pytest.mark.parametrize(("name", "kind"), [("db01", "-npiv"), ("app01", "")])
async def test_a_migration_takes_the_mappings_along(terminal: Terminal, clock: Clock, name: str, kind: str) -> None:
    """They are gone from where it was, and stand on both VIOS of where it is, for the id that it has there."""
    listing = f"lsmap -all {kind} -fmt ,"
    before = await terminal.says(*viosvrcmd(listing))
    task = asyncio.create_task(terminal.run("migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", name))
    await eventually(lambda: bool(terminal.running.fleet.migrations))
    clock.now += 100
    assert await task == (Answer(0), "")
    check(terminal.running.fleet)
    arrived = terminal.running.fleet.systems["p75"].partition(name)
    assert arrived is not None
    assert [*(each.server_id for each in arrived.scsi), *(each.server_id for each in arrived.fc)] == [1, 2]
    assert len(await terminal.says(*viosvrcmd(listing))) < len(before)
    for vios in ("p75vio1", "p75vio2"):
        mapped = named(io(terminal, "p75", vios), arrived.lpar_id)
        assert len(mapped) == 1
        text = await terminal.says(*viosvrcmd(listing, vios, "p75"))
        assert mapped[0] in text
        assert f",{name},AIX,LOGGED_IN," in text or not kind


def named(vios: Vios, client: int) -> list[str]:
    """The server adapters of a client."""
    scsi = [each.name for each in vios.vhosts if each.client_id == client]
    return scsi + [each.name for each in vios.vfchosts if each.client_id == client]


def test_a_mapping_that_does_not_add_up_is_refused() -> None:
    """A target on no disk, a port that isn't there, one slot twice: no fleet can be so."""
    target = Target(name="vtscsi0", lun=1, backing="hdisk9")
    for wrong in (
        Vios(vhosts=(Vhost(name="vhost0", slot=11, targets=(target,)),)),
        Vios(vfchosts=(VfcHost(name="vfchost0", slot=11, port="fcs9"),)),
        Vios(vhosts=(Vhost(name="vhost0", slot=11), Vhost(name="vhost1", slot=11))),
    ):
        vios = Partition(name="p72vio1", lpar_id=1, env=Env.VIOS, mem=4096, vios=wrong)
        with pytest.raises(ValueError, match=r"there|slot"):
            stage_of(vios, type_model="9117-MMB", serial="100302P")
    right = Partition(name="p72vio1", lpar_id=1, env=Env.VIOS, mem=4096, vios=Vios())
    assert replace(right, vios=None).io == Vios()
