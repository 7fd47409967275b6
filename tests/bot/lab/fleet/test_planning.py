"""What a person reads before a migration: movers, mappings, pools, how many can run; and what of it is refused."""

from __future__ import annotations

import asyncio

import pytest

from bot.console import Answer
from bot.lab.fleet.events import PartitionStopped
from tests.bot.lab.fleet.conftest import Clock, Terminal
from tests.bot.lab.fleet.eventually import eventually

PAIR = ("-m", "p72", "-t", "p75", "--filter")


def listing(kind: str, *argv: str) -> tuple[str, ...]:
    return ("lslparmigr", "-r", kind, *argv)


async def test_movers(terminal: Terminal) -> None:
    """Each mover of the source with those that can take it over; one that is down is none."""
    fields = ("-F", "source_msp_name,dest_msp_names,dest_msp_ids")
    asked = listing("msp", *PAIR, "lpar_names=app01", *fields)
    assert (await terminal.says(*asked)).splitlines() == [
        'p72vio1,"p75vio1,p75vio2","1,2"', 'p72vio2,"p75vio1,p75vio2","1,2"',
    ]  # fmt: skip
    terminal.running.happen(PartitionStopped(system="p75", partition="p75vio2"))
    assert (await terminal.says(*asked)).splitlines() == ["p72vio1,p75vio1,1", "p72vio2,p75vio1,1"]
    for name in ("p72vio1", "p72vio2"):
        terminal.running.happen(PartitionStopped(system="p72", partition=name))
    assert await terminal.says(*asked) == "No results were found.\n"


async def test_mappings_are_those_that_a_migration_makes(terminal: Terminal, clock: Clock) -> None:
    """What is suggested is where the adapters end, and can be given back by -i."""
    fields = ("-F", "possible_virtual_fc_mappings")
    possible = await terminal.says(*listing("virtualio", *PAIR, "lpar_names=db01", *fields))
    assert possible == '"21/p75vio1/1,21/p75vio2/2,22/p75vio1/1,22/p75vio2/2"\n'
    fields = ("-F", "suggested_virtual_fc_mappings")
    suggested = (await terminal.says(*listing("virtualio", *PAIR, "lpar_names=db01", *fields))).strip().strip('"')
    assert suggested == "21/p75vio1/1,22/p75vio2/2"
    argv = ("migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01", "-i", f'"virtual_fc_mappings={suggested}"')
    task = asyncio.create_task(terminal.run(*argv, deadline=12 * 3600))
    await eventually(lambda: bool(terminal.running.fleet.migrations))
    text = await terminal.says("lslparmigr", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=db01")
    assert "source_msp_name=p72vio1,dest_msp_name=p75vio1" in text
    assert "num_active_migrations_in_progress=1" in await terminal.says(*listing("sys", "-m", "p72"))
    clock.now += 100
    assert (await task)[0] == Answer(0)
    text = await terminal.says(
        "lshwres", "-r", "virtualio", "--rsubtype", "fc", "--level", "lpar", "-m", "p75", "--filter",
        "lpar_names=db01", "-F", "slot_num,remote_lpar_name",
    )  # fmt: skip
    assert text.split() == ["21,p75vio1", "22,p75vio2"]


async def test_what_cannot_be_served_is_no_mapping(terminal: Terminal) -> None:
    """A disk that no VIOS there sees has none, and one that one VIOS sees has one."""
    for name, count in (("vscsi01", 0), ("mpio01", 2), ("app01", 4)):
        text = await terminal.says(
            *listing("virtualio", *PAIR, f"lpar_names={name}", "-F", "possible_virtual_scsi_mappings")
        )
        assert text.count("/p75vio") == count, name


async def test_pools_and_systems(terminal: Terminal) -> None:
    """A pool is there for whom it has room; how many migrations a frame can do; whether the HMC goes to others."""
    for name, pool in (("app01", "DefaultPool"), ("cpu01", "none")):
        text = await terminal.says(*listing("procpool", *PAIR, f"lpar_names={name}", "-F", "shared_proc_pool_names"))
        assert text == f"{pool}\n"
    assert "num_active_migrations_supported=16" in await terminal.says(*listing("sys", "-m", "p75"))
    assert await terminal.says(*listing("manager")) == "remote_lpar_mobility_capable=1\n"


async def test_another_hmc_is_asked_as_a_migration_asks_it(terminal: Terminal) -> None:
    """By the keys that were exchanged, and with its refusal told as its own."""
    there = ("-m", "p72", "-t", "arizona", "--ip", "hmc-arizona", "--filter", "lpar_names=app01")
    text = await terminal.says(*listing("msp", *there, "-u", "hscroot", "-F", "dest_msp_names"))
    assert text.splitlines()[0] == '"arizonavio1,arizonavio2"'
    answer, text = await terminal.run(*listing("msp", *there, "-u", "hscpe"))
    assert (answer, text.split()[0]) == (Answer(1), "HSCL3653")
    answer, text = await terminal.run(*listing("msp", *there[:3], "nowhere", *there[4:], "-u", "hscroot"))
    assert (answer, text.split()[0]) == (Answer(1), "HSCLA318")


@pytest.mark.parametrize(
    "argv",
    [
        listing("msp", "-m", "p72"), listing("msp", "-m", "p72", "-t", "p75"),
        listing("virtualio", "-m", "p72", "-t", "p72", "--filter", "lpar_names=app01"),
        listing("virtualio", *PAIR, "lpar_names=app01,db01"), listing("virtualio", *PAIR, "lpar_names=nobody"),
        listing("lpar", "-m", "p72", "-t", "p75"), listing("lpar"), listing("sys"), listing("weather"),
        listing("manager", "-m", "p72"), listing("msp", *PAIR, "lpar_names=app01", "-u", "hscroot"),
    ],
)  # fmt: skip
async def test_half_a_question_is_refused(argv: tuple[str, ...], terminal: Terminal) -> None:
    """With status 1, and never with half an answer."""
    answer, text = await terminal.run(*argv)
    assert (answer, bool(text)) == (Answer(1), True)
    assert "=" not in text.splitlines()[0]


async def test_adapters_that_every_partition_has_or_none(terminal: Terminal) -> None:
    """Two serial ones for each console; no virtual NIC anywhere."""
    asked = ("lshwres", "-r", "virtualio", "--level", "lpar", "-m", "p72", "--filter", "lpar_names=db01", "--rsubtype")
    text = await terminal.says(*asked, "serial")
    assert [line.split(",")[2] for line in text.splitlines()] == ["slot_num=0", "slot_num=1"]
    assert await terminal.says(*asked, "vnic") == "No results were found.\n"
    assert await terminal.says("lssyscfg", "-r", "sysprof", "-m", "p72") == "No results were found.\n"


async def test_a_profile_that_is_kept(terminal: Terminal) -> None:
    """With sync_curr_profile a DLPAR operation is in the profile at once; without it only in what runs."""
    profile = (
        "lssyscfg", "-r", "prof", "-m", "p72", "--filter", "lpar_names=web01", "-F", "name,desired_mem",
    )  # fmt: skip
    dlpar = ("chhwres", "-r", "mem", "-m", "p72", "-p", "web01", "-o", "a", "-q", "1024")
    await terminal.says(*dlpar)
    assert await terminal.says(*profile) == "default_profile,8192\n"
    await terminal.says("chsyscfg", "-r", "lpar", "-m", "p72", "-i", "name=web01,sync_curr_profile=1")
    assert await terminal.says(*profile) == "default_profile,9216\n"
    await terminal.says(*dlpar)
    assert await terminal.says(*profile) == "default_profile,10240\n"
    shown = ("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=web01", "-F", "sync_curr_profile")
    assert await terminal.says(*shown) == "1\n"
    await terminal.says("chsyscfg", "-r", "lpar", "-m", "p72", "-i", "name=web01,sync_curr_profile=0")
    await terminal.says(*dlpar)
    assert await terminal.says(*profile) == "default_profile,10240\n"
    answer, _ = await terminal.run("chsyscfg", "-r", "lpar", "-m", "p72", "-i", "name=web01,sync_curr_profile=yes")
    assert answer == Answer(1)
