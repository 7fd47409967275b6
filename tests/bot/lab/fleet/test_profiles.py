"""Profiles, and partitions made of them: what runs differs from the profile until that is applied."""

from __future__ import annotations

import pytest

from bot.console import Answer
from tests.bot.lab.fleet.conftest import Clock, Terminal

MAKE = (
    "name=new01,profile_name=first,lpar_env=aixlinux,min_mem=1024,desired_mem=2048,max_mem=4096,proc_mode=shared,"
    "min_procs=1,desired_procs=2,max_procs=4,min_proc_units=0.1,desired_proc_units=0.4,max_proc_units=2"
)
ON_P72 = ("-m", "p72", "-i")


async def profile(terminal: Terminal, name: str, fields: str) -> str:
    argv = ("lssyscfg", "-r", "prof", "-m", "p72", "--filter", f"lpar_names={name}", "-F", fields)
    return await terminal.says(*argv)


async def running(terminal: Terminal, name: str) -> str:
    argv = ("lshwres", "-r", "mem", "-m", "p72", "--level", "lpar", "--filter", f"lpar_names={name}", "-F", "curr_mem")
    return (await terminal.says(*argv)).strip()


async def refused(terminal: Terminal, *argv: str) -> str:
    answer, text = await terminal.run(*argv)
    assert answer == Answer(1), text
    return text.split()[0]


async def test_a_changed_profile_is_felt_at_the_next_start_with_it(terminal: Terminal, clock: Clock) -> None:
    """Until then, and in a start without it, the partition has what it had."""
    await terminal.says("chsyscfg", "-r", "prof", *ON_P72, "name=default_profile,lpar_name=off01,desired_mem=12288")
    assert await profile(terminal, "off01", "desired_mem") == "12288\n"
    assert await running(terminal, "off01") == "8192"
    power = ("chsysstate", "-r", "lpar", "-m", "p72", "-n", "off01", "-o")
    await terminal.says(*power, "on")
    assert await running(terminal, "off01") == "8192"
    await terminal.says(*power, "shutdown", "--immed")
    await terminal.says(*power, "on", "-f", "default_profile")
    assert await running(terminal, "off01") == "12288"


async def test_what_runs_is_saved_as_a_profile(terminal: Terminal) -> None:
    """After a dynamic change, saved into the profile or into one more; over an old one only by force."""
    await terminal.says("chhwres", "-r", "mem", "-m", "p72", "-p", "db01", "-o", "a", "-q", "4096")
    save = ("mksyscfg", "-r", "prof", "-m", "p72", "-o", "save", "-p", "db01", "-n")
    await terminal.says(*save, "today")
    assert await profile(terminal, "db01", "name,desired_mem") == "default_profile,16384\ntoday,20480\n"
    assert await refused(terminal, *save, "default_profile") == "The"
    await terminal.says(*save, "default_profile", "--force")
    assert "default_profile,20480\n" in await profile(terminal, "db01", "name,desired_mem")
    await terminal.says("rmsyscfg", "-r", "prof", "-m", "p72", "-p", "db01", "-n", "today")
    assert await profile(terminal, "db01", "name") == "default_profile\n"
    assert (
        await refused(terminal, "rmsyscfg", "-r", "prof", "-m", "p72", "-p", "db01", "-n", "default_profile") == "The"
    )


async def test_adapters_of_a_profile(terminal: Terminal, clock: Clock) -> None:
    """A profile's virtual adapters are quoted within the pair, and are there after a start with it."""
    adapters = '"virtual_eth_adapters+=""7/1/10/20,21//0"""'
    await terminal.says("chsyscfg", "-r", "prof", *ON_P72, f"name=default_profile,lpar_name=off01,{adapters}")
    argv = ("lssyscfg", "-r", "prof", "-m", "p72", "--filter", "lpar_names=off01")
    text = await terminal.says(*argv)
    assert ',""7/1/10/20,21//0/ETHERNET0//all/none"""' in text
    await terminal.says("chsysstate", "-r", "lpar", "-m", "p72", "-n", "off01", "-o", "on", "-f", "default_profile")
    listed = ("lshwres", "-r", "virtualio", "--rsubtype", "eth", "-m", "p72", "--level", "lpar")
    assert await terminal.says(*listed, "--filter", "lpar_names=off01", "-F", "slot_num") == "2\n7\n"


async def test_a_partition_is_made_started_and_removed(terminal: Terminal, clock: Clock) -> None:
    """New, it takes the first free id, needs its profile at the first start, and goes only when it is off."""
    await terminal.says("mksyscfg", "-r", "lpar", *ON_P72, MAKE)
    argv = ("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=new01", "-F")
    assert await terminal.says(*argv, "lpar_id,state,default_profile") == "19,Not Activated,first\n"
    power = ("chsysstate", "-r", "lpar", "-m", "p72", "-n", "new01", "-o")
    assert await refused(terminal, *power, "on") == "HSCL3680"
    await terminal.says(*power, "on", "-f", "first")
    clock.now += 100
    assert await terminal.says(*argv, "state,rmc_state") == "Running,active\n"
    remove = ("rmsyscfg", "-r", "lpar", "-m", "p72", "-n", "new01")
    assert await refused(terminal, *remove) == "HSCL05EA"
    await terminal.says(*power, "shutdown", "--immed")
    await terminal.says(*remove)
    assert await refused(terminal, *argv, "state") == "HSCL8012"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (MAKE.replace("new01", "db01"), "HSCL05DE"),
        (MAKE.replace(",desired_mem=2048", ""), "HSCL0622"),
        (MAKE.replace("desired_mem=2048", "desired_mem=8192"), "HSCL0617"),
        (MAKE.replace("desired_proc_units=0.4", "desired_proc_units=0.05"), "HSCL0617"),
        (MAKE.replace("aixlinux", "windows"), "The"),
        (MAKE + ",bogus=1", "An"),
        (MAKE + ",lpar_id=3", "The"),
        (MAKE + ",virtual_eth_adapters=2/0/10//3/0", "The"),  # a trunk of no VIOS
        (MAKE + ",io_slots=21010010//1", "The"),  # there is no such slot
        ("name=new01", "HSCL0622"),
        ("", "The"),
    ],
)
async def test_refused_partitions(terminal: Terminal, given: str, code: str) -> None:
    """What doesn't hold together is refused, and nothing is made."""
    before = terminal.running.fleet
    assert await refused(terminal, "mksyscfg", "-r", "lpar", *ON_P72, given) == code
    assert terminal.running.fleet.systems == before.systems


async def test_a_partition_is_renamed_marked_and_given_another_profile(terminal: Terminal, clock: Clock) -> None:
    """What was due for it under the old name happens under the new one."""
    await terminal.says("chsysstate", "-r", "lpar", "-m", "p72", "-n", "off01", "-o", "on")
    await terminal.says("chsyscfg", "-r", "lpar", *ON_P72, "name=off01,new_name=on01")
    clock.now += 100
    argv = ("lssyscfg", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=on01", "-F", "state,rmc_state")
    assert await terminal.says(*argv) == "Running,active\n"
    await terminal.says("chsyscfg", "-r", "lpar", *ON_P72, "name=p72vio2,msp=0")
    assert [each.name for each in terminal.running.fleet.systems["p72"].movers()] == ["p72vio1"]
    assert await refused(terminal, "chsyscfg", "-r", "lpar", *ON_P72, "name=on01,new_name=db01") == "HSCL05DE"
