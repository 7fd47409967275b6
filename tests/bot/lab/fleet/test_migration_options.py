"""What the options of a migration do: each shows in the answer, or in where the partition's adapters end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from bot.console import Answer
from bot.lab.fleet import demo_fleet
from bot.lab.fleet.events import PartitionStopped
from bot.lab.fleet.hardware import Hardware, Pool
from bot.lab.fleet.mappings import server_of
from bot.lab.fleet.model import Fleet, Partition
from bot.lab.fleet.storage import VfcHost
from tests.bot.lab.fleet.conftest import Clock, Opener, Terminal
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.lab.fleet.frames import with_hardware, with_hmc, with_lpar

TO = ("-m", "p72", "-t", "p75")
VALIDATE = ("migrlpar", "-o", "v", *TO)


async def moved(terminal: Terminal, clock: Clock, name: str, *argv: str) -> Partition:
    task = asyncio.create_task(terminal.run("migrlpar", "-o", "m", *TO, "-p", name, *argv, deadline=12 * 3600))
    await eventually(lambda: bool(terminal.running.fleet.migrations) or task.done())
    clock.now += 100
    assert await task == (Answer(0), "")
    found = terminal.running.fleet.systems["p75"].partition(name)
    assert found is not None
    return found


def served_by(fleet: Fleet, client: Partition) -> list[tuple[str, int, str | None]]:
    """VIOS, slot there, and Fibre Channel port, by adapter."""
    found = [server_of(fleet.systems["p75"], client, each) for each in client.storage]
    return [
        (each[0].name, each[1].slot, each[1].port if isinstance(each[1], VfcHost) else None)
        for each in found
        if each is not None
    ]


async def test_adapters_go_where_they_were_told(terminal: Terminal, clock: Clock) -> None:
    """To the VIOS, the slot and the port that the mappings name; without one over both VIOS, in turn."""
    mappings = "virtual_fc_mappings=21/p75vio2/2/150/fcs0,22/p75vio1/"
    client = await moved(terminal, clock, "db01", "-i", f'"{mappings}"')
    assert served_by(terminal.running.fleet, client)[0] == ("p75vio2", 150, "fcs0")
    assert served_by(terminal.running.fleet, client)[1][0] == "p75vio1"
    client = await moved(terminal, clock, "app01", "-i", '"virtual_scsi_mappings=11//2/160,12//1"')
    assert [each[0] for each in served_by(terminal.running.fleet, client)] == ["p75vio2", "p75vio1"]
    assert served_by(terminal.running.fleet, client)[0][1] == 160


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("db01", '"virtual_fc_mappings=21/p75vio1/1//fcs9"', "cannot host the virtual adapter in slot 21"),
        ("db01", '"virtual_fc_mappings=21/p75vio1/1//fcs1"', "cannot host the virtual adapter in slot 21"),
        ("mpio01", '"virtual_scsi_mappings=11/p75vio1/1"', "cannot host the virtual adapter in slot 11"),
        ("app01", '"virtual_scsi_mappings=11/p75vio1/1/10"', ""),
        ("app01", '"virtual_scsi_mappings=11/p75vio1/1/2"', "cannot host the virtual adapter in slot 11"),
        ("app01", '"virtual_scsi_mappings=11/p75vio1/1,12/p75vio1/1"', "cannot host the virtual adapter in slot 12"),
        ("app01", '"virtual_scsi_mappings=99/p75vio1/1"', "parameter value is invalid"),
        ("app01", '"virtual_scsi_mappings=11/nobody/"', "HSCL8012"),
        ("app01", '"virtual_scsi_mappings=11//77"', "HSCL8011"),
        ("app01", '"virtual_scsi_mappings=11/p75vio1/2"', "parameter value is invalid"),
        ("app01", '"virtual_scsi_mappings=11//"', "parameter value is invalid"),
        ("app01", '"virtual_scsi_mappings=11/p75vio1/1,11/p75vio2/2"', "parameter value is invalid"),
        ("app01", '"virtual_fc_mappings=11/p75vio1/1"', "parameter value is invalid"),
        ("app01", "dest_lpar_id=1", "parameter value is invalid"),
        ("app01", "source_msp_id=99", "HSCL8011"),
        ("app01", "shared_proc_pool_name=nowhere", "parameter value is invalid"),
        ("app01", "shared_proc_pool_id=7", "parameter value is invalid"),
        ("app01", "shared_proc_pool_name=DefaultPool,shared_proc_pool_id=0", "parameter value is invalid"),
        ("app01", "colour=blue", "invalid attribute"),
    ],
)
async def test_a_mapping_that_cannot_be(name: str, data: str, says: str, terminal: Terminal) -> None:
    """A VIOS that can't serve the adapter stands in the way; what isn't there is refused at once."""
    answer, text = await terminal.run(*VALIDATE, "-p", name, "-i", data)
    if not says:
        assert (answer, text) == (Answer(0), "")
    else:
        assert (answer, says in text) == (Answer(1), True), text


async def test_its_profile_and_its_id_there(terminal: Terminal, clock: Clock) -> None:
    """-n names the profile that it has on the destination, dest_lpar_id its id; another profile of its is kept."""
    assert await terminal.says("mksyscfg", "-r", "prof", "-m", "p72", "-o", "save", "-p", "db01", "-n", "small") == ""
    answer, text = await terminal.run(*VALIDATE, "-p", "db01", "-n", "small")
    assert (answer, "already exists" in text) == (Answer(1), True)
    await moved(terminal, clock, "db01", "-n", "db01_arrived", "-i", "dest_lpar_id=44")
    text = await terminal.says("lssyscfg", "-r", "lpar", "-m", "p75", "-F", "name,lpar_id,curr_profile")
    assert "db01,44,db01_arrived\n" in text
    names = await terminal.says(
        "lssyscfg", "-r", "prof", "-m", "p75", "--filter", "lpar_names=db01", "-F", "name,desired_mem"
    )
    assert set(names.split()) == {"default_profile,16384", "small,16384", "db01_arrived,16384"}


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        ((), "DefaultPool"),
        (("-i", "shared_proc_pool_id=3"), "payroll"),
        (("-i", "shared_proc_pool_name=payroll"), "payroll"),
    ],
)
async def test_the_pool_that_it_joins_there(asked: tuple[str, ...], then: str, opened: Opener, clock: Clock) -> None:
    """The one that is named, by its name or its id; without one that of its own name, or else the default one."""
    fleet = with_hardware(demo_fleet(), "p75", Hardware(pools=(Pool(id=3, name="payroll", most_units=Decimal(4)),)))
    async with opened(fleet) as terminal:
        assert (await moved(terminal, clock, "app01", *asked)).config.pool == then
        asked = ("lshwres", "-r", "proc", "-m", "p75", "--level", "lpar", "-F", "lpar_name,curr_shared_proc_pool_name")
        assert f"app01,{then}\n" in await terminal.says(*asked)


async def test_waits_as_long_as_it_was_told(opened: Opener) -> None:
    """A partition that needs ten minutes is ready for whoever waits ten, or for ever."""
    async with opened(with_lpar(demo_fleet(), "p72", "app01", ready_after=10)) as terminal:
        for wait, status in (("3", 1), ("9", 1), ("10", 0), ("0", 0)):
            answer, text = await terminal.run(*VALIDATE, "-p", "app01", "-w", wait)
            assert (answer, "HSCLA257" in text) == (Answer(status), bool(status)), wait
        answer, _ = await terminal.run(*VALIDATE, "-p", "app01", "-w", "soon")
        assert answer == Answer(1)


async def test_the_detail_level_is_passed_on(terminal: Terminal) -> None:
    """It stands in the commands that the partitions were given; without it that is 1, as captured."""
    for flags, level in ((), "1"), (("-d", "5"), "5"), (("-d", "0"), "0"):
        _, text = await terminal.run(*VALIDATE, "-p", "vscsi01", *flags)
        assert f"find_devices -t vscsi -C 0x3 -d {level}\n" in text
    answer, _ = await terminal.run(*VALIDATE, "-p", "vscsi01", "-d", "6")
    assert answer == Answer(1)


async def test_disks_are_looked_for_only_when_asked(opened: Opener) -> None:
    """A second WWPN without its disks is found by --npivval portdisk, and by no other validation."""
    fleet = demo_fleet()
    client = fleet.systems["p72"].partition("db01")
    assert client is not None
    first, second = client.fc
    fleet = with_lpar(fleet, "p72", "db01", fc=(first, replace(second, is_half_masked=True)))
    async with opened(fleet) as terminal:
        assert await terminal.says(*VALIDATE, "-p", "db01") == ""
        assert await terminal.says(*VALIDATE, "-p", "db01", "--npivval", "port") == ""
        answer, text = await terminal.run(*VALIDATE, "-p", "db01", "--npivval", "portdisk")
        assert (answer, second.wwpns[1].lower() in text) == (Answer(1), True)


async def test_affinity_is_kept_only_when_asked(opened: Opener, clock: Clock) -> None:
    """A lower score on the destination is refused with --affinity; without it the partition has it afterwards."""
    async with opened(with_hardware(demo_fleet(), "p75", Hardware(arriving_score=60))) as terminal:
        answer, text = await terminal.run(*VALIDATE, "-p", "app01", "--affinity")
        assert (answer, "would be 60" in text) == (Answer(1), True)
        await moved(terminal, clock, "app01")
        asked = ("lsmemopt", "-m", "p75", "-r", "lpar", "-o", "currscore", "-F", "lpar_name,curr_lpar_score")
        assert "app01,60\n" in await terminal.says(*asked)


async def test_redundant_vios(terminal: Terminal, clock: Clock) -> None:
    """1 needs two VIOS there, also where the paths may be fewer; 0 is content with one, and gets one."""
    answer, text = await terminal.run(*VALIDATE, "-p", "mpio01", "--mpio", "2", "--redundantvios", "1")
    assert (answer, "Redundant Virtual I/O Servers" in text) == (Answer(1), True)
    assert await terminal.says(*VALIDATE, "-p", "mpio01", "--mpio", "2", "--redundantvios", "2") == ""
    assert await terminal.says(*VALIDATE, "-p", "app01", "--redundantvios", "1") == ""
    client = await moved(terminal, clock, "db01", "--redundantvios", "0", "--mpio", "2")
    assert {each[0] for each in served_by(terminal.running.fleet, client)} == {"p75vio1"}


@pytest.mark.parametrize(("flags", "breaks"), [((), True), (("--redundantmsps", "2"), False)])
async def test_a_mover_that_is_lost(flags: tuple[str, ...], breaks: bool, terminal: Terminal, clock: Clock) -> None:
    """A migration by one mover on each side breaks when that is lost; one by redundant ones goes on."""
    argv = ("migrlpar", "-o", "m", *TO, "-p", "app01", *flags)
    task = asyncio.create_task(terminal.run(*argv, deadline=12 * 3600))
    await eventually(lambda: bool(terminal.running.fleet.migrations))
    clock.now += 50
    terminal.running.happen(PartitionStopped(system="p75", partition="p75vio1"))
    clock.now += 60
    answer, text = await task
    assert (answer, "has to be recovered" in text) == (Answer(int(breaks)), breaks)


@pytest.mark.parametrize(
    ("version", "flag", "known"),
    [
        (8, ("--affinity",), False), (9, ("--affinity",), True), (11, ("--affinity",), True),
        (7, ("--npivval", "port"), False), (8, ("--npivval", "port"), True), (8, ("--redundantmsps", "2"), True),
        (11, ("--protectdisks",), False),
    ],
)  # fmt: skip
async def test_levels_know_their_options(version: int, flag: tuple[str, ...], known: bool, opened: Opener) -> None:
    """What a level doesn't have it refuses, with the option named."""
    async with opened(with_hmc(demo_fleet(), "hmc-oslo", version=version, release=8)) as terminal:
        answer, text = await terminal.run(*VALIDATE, "-p", "app01", *flag)
    assert (answer, flag[0] in text) == (Answer(int(not known)), not known)
