"""Resources come and go while partitions run, within their limits, and only where their systems can be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.console import Answer
from bot.lab.fleet import demo_fleet
from bot.lab.fleet.events import RmcChanged
from bot.lab.fleet.hardware import Hardware, HeldSlot, Slot
from tests.bot.lab.fleet.conftest import Opener, Terminal
from tests.bot.lab.fleet.frames import with_hardware, with_lpar

MEM = ("chhwres", "-r", "mem", "-m", "p72", "-p", "db01", "-o")
PROC = ("chhwres", "-r", "proc", "-m", "p72", "-p", "db01", "-o")
ETH = ("chhwres", "-r", "virtualio", "--rsubtype", "eth", "-m", "p72", "-o")
SLOTS = ("chhwres", "-r", "io", "--rsubtype", "slot", "-m", "p72", "-l", "21010010", "-o")
DB01 = ("--filter", "lpar_names=db01")


async def held(terminal: Terminal, resource: str, fields: str, name: str = "db01") -> str:
    argv = ("lshwres", "-r", resource, "-m", "p72", "--level", "lpar", "--filter", f"lpar_names={name}", "-F", fields)
    return (await terminal.says(*argv)).strip()


async def free(terminal: Terminal) -> int:
    argv = ("lshwres", "-r", "mem", "-m", "p72", "--level", "sys", "-F", "curr_avail_sys_mem")
    return int(await terminal.says(*argv))


async def test_memory_comes_and_goes(terminal: Terminal) -> None:
    """What one gains the frame loses; the profile stays as it was."""
    before = await free(terminal)
    assert await terminal.says(*MEM, "a", "-q", "4096") == ""
    assert (await held(terminal, "mem", "curr_mem,run_mem"), await free(terminal)) == ("20480,20480", before - 4096)
    await terminal.says(*MEM, "r", "-q", "8192")
    assert (await held(terminal, "mem", "curr_mem"), await free(terminal)) == ("12288", before + 4096)
    profile = ("lssyscfg", "-r", "prof", "-m", "p72", *DB01, "-F", "min_mem,desired_mem,max_mem")
    assert await terminal.says(*profile) == "256,16384,32768\n"


async def test_memory_moves(terminal: Terminal) -> None:
    """From one to another; what is free stays free."""
    before = await free(terminal)
    await terminal.says(*MEM, "m", "-t", "app01", "-q", "1024")
    assert await held(terminal, "mem", "curr_mem") == "15360"
    assert await held(terminal, "mem", "curr_mem", "app01") == "9216"
    assert await free(terminal) == before


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        ((*MEM, "a", "-q", "32768"), "HSCL0617"),
        ((*MEM, "r", "-q", "16384"), "HSCL0617"),
        ((*MEM, "a", "-q", "100"), "The"),
        ((*PROC, "a", "--procunits", "9"), "HSCL0617"),
        ((*PROC, "r", "--procunits", "1.95"), "HSCL0617"),
        ((*PROC, "a", "--procunits", "NaN"), "The"),
    ],
)
async def test_limits(terminal: Terminal, argv: tuple[str, ...], code: str) -> None:
    """Beyond its limits, or in pieces that there aren't, nothing is given or taken."""
    before = terminal.running.fleet
    answer, text = await terminal.run(*argv)
    assert (answer, text.split()[0]) == (Answer(1), code)
    assert terminal.running.fleet.systems == before.systems


async def test_processors(terminal: Terminal) -> None:
    """Units and virtual processors, together or each for itself, and how the rest is shared."""
    await terminal.says(*PROC, "a", "--procunits", "0.5", "--procs", "1")
    assert await held(terminal, "proc", "curr_proc_units,curr_procs") == "2.5,3"
    await terminal.says(*PROC, "r", "--procunits", "1.0")
    assert await held(terminal, "proc", "curr_proc_units,run_proc_units") == "1.5,1.5"
    await terminal.says(*PROC, "s", "-a", "sharing_mode=cap")
    assert await held(terminal, "proc", "curr_sharing_mode") == "cap"


async def test_the_system_must_be_reachable(terminal: Terminal) -> None:
    """What runs is changed over RMC; what doesn't run is changed without it."""
    terminal.running.happen(RmcChanged(system="p72", partition="db01", rmc_state="inactive"))
    for argv, code in (((*MEM, "a", "-q", "256"), "HSCL294C"), ((*ETH, "r", "-p", "db01", "-s", "2"), "HSCL2957")):
        answer, text = await terminal.run(*argv)
        assert (answer, text.split()[0]) == (Answer(1), code)
    await terminal.says("chhwres", "-r", "mem", "-m", "p72", "-p", "off01", "-o", "a", "-q", "256")
    assert await held(terminal, "mem", "curr_mem,run_mem", "off01") == "8448,0"


async def test_virtual_ethernet(terminal: Terminal) -> None:
    """An adapter is added in a free slot, changed, listed, and removed."""
    given = 'port_vlan_id=20,ieee_virtual_eth=1,is_trunk=1,trunk_priority=3,"addl_vlan_ids=30,31"'
    await terminal.says(*ETH, "a", "-p", "p72vio1", "-s", "9", "-a", given)
    listed = ("lshwres", "-r", "virtualio", "--rsubtype", "eth", "-m", "p72", "--level", "lpar")
    row = ("--filter", "lpar_names=p72vio1,slots=9", "-F", "port_vlan_id,addl_vlan_ids,trunk_priority")
    assert await terminal.says(*listed, *row) == '20,"30,31",3\n'
    await terminal.says(*ETH, "s", "-p", "p72vio1", "-s", "9", "-a", "addl_vlan_ids+=32")
    assert await terminal.says(*listed, *row) == '20,"30,31,32",3\n'
    await terminal.says(*ETH, "r", "-p", "p72vio1", "-s", "9")
    assert await terminal.says(*listed, *row) == "No results were found.\n"


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (("r", "-p", "p72vio1", "-s", "2"), "HSCL294D"),  # a SEA stands on it
        (("a", "-p", "p72vio1", "-a", "port_vlan_id=10,is_trunk=1,trunk_priority=2"), "A"),  # the mate has that
        (("a", "-p", "db01", "-a", "port_vlan_id=10,is_trunk=1,trunk_priority=3"), "The"),  # no VIOS
        (("a", "-p", "db01", "-s", "2", "-a", "port_vlan_id=10"), "The"),  # taken
        (("a", "-p", "db01", "-a", "port_vlan_id=5000"), "The"),
        (("a", "-p", "db01", "-a", "addl_vlan_ids=10"), "HSCL0622"),
        (("a", "-p", "db01", "-a", "port_vlan_id=1,bogus=1"), "An"),
    ],
)
async def test_refused_adapters(terminal: Terminal, argv: tuple[str, ...], code: str) -> None:
    """What can't be is refused, and nothing has changed."""
    before = terminal.running.fleet
    answer, text = await terminal.run(*ETH, *argv)
    assert (answer, text.split()[0]) == (Answer(1), code)
    assert terminal.running.fleet.systems == before.systems


async def test_physical_slots(opened: Opener) -> None:
    """A slot is one partition's at a time, and is listed with it."""
    slot = Slot(drc_index="21010010", location="U78D9.001.78A0072-P1-C1")
    async with opened(with_hardware(demo_fleet(), "p72", Hardware(slots=(slot,)))) as terminal:
        await terminal.says(*SLOTS, "a", "-p", "db01")
        answer, _ = await terminal.run(*SLOTS, "a", "-p", "app01")
        assert answer == Answer(1)
        await terminal.says(*SLOTS, "m", "-p", "db01", "-t", "app01")
        listed = ("lshwres", "-r", "io", "--rsubtype", "slot", "-m", "p72", "-F", "drc_name,lpar_name")
        assert await terminal.says(*listed) == "U78D9.001.78A0072-P1-C1,app01\n"


@pytest.mark.parametrize(("place", "kept"), [("P1-C1", True), ("P1-C5", True), ("P1-C9", False)])
async def test_what_a_vios_uses_it_keeps(place: str, kept: bool, opened: Opener) -> None:
    """Its port to the network and those to its clients' disks; an adapter in which it has nothing goes, and is gone."""
    fleet = demo_fleet()
    slot = Slot(drc_index="21010010", location=f"U78D9.001.78A0072-{place}")
    found = fleet.systems["p72"].partition("p72vio1")
    assert found is not None
    config = replace(found.config, slots=(HeldSlot(drc_index="21010010"),))
    fleet = with_lpar(with_hardware(fleet, "p72", Hardware(slots=(slot,))), "p72", "p72vio1", config=config)
    async with opened(fleet) as terminal:
        listed = ("viosvrcmd", "-m", "p72", "-p", "p72vio1", "-c", "lsdev -slots")
        assert slot.location in await terminal.says(*listed)
        answer, text = await terminal.run(*SLOTS, "r", "-p", "p72vio1")
        assert (answer, "HSCL2929" in text) == (Answer(int(kept)), kept)
        assert (slot.location in await terminal.says(*listed)) is kept


async def test_virtual_storage(terminal: Terminal) -> None:
    """A server's adapter, then its client's; a server's that still backs something is held."""
    scsi = ("chhwres", "-r", "virtualio", "--rsubtype", "scsi", "-m", "p72", "-o")
    server = "adapter_type=server,remote_lpar_name=db01,remote_slot_num=9"
    await terminal.says(*scsi, "a", "-p", "p72vio1", "-s", "90", "-a", server)
    client = "adapter_type=client,remote_lpar_name=p72vio1,remote_slot_num=90"
    await terminal.says(*scsi, "a", "-p", "db01", "-s", "9", "-a", client)
    listed = ("lshwres", "-r", "virtualio", "--rsubtype", "scsi", "-m", "p72", "--level", "lpar", *DB01)
    assert "slot_num=9,state=1,is_required=0,adapter_type=client,remote_lpar_id=1," in await terminal.says(*listed)
    await terminal.says(*scsi, "r", "-p", "p72vio1", "-s", "90")
    assert "remote_lpar_id=none" in await terminal.says(*listed)
    backing = terminal.running.fleet.systems["p72"].partitions[0].io.vhosts[0].slot
    answer, text = await terminal.run(*scsi, "r", "-p", "p72vio1", "-s", str(backing))
    assert (answer, text.split()[0]) == (Answer(1), "HSCL294D")
