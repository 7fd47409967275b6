"""Power of partitions and frames, over the time that it takes."""

from __future__ import annotations

import asyncio

import pytest

from bot.console import Answer
from bot.lab.fleet import demo_fleet
from bot.lab.fleet.configuration import Configuration
from bot.lab.fleet.events import SnagsChanged
from bot.lab.fleet.model import Snag
from tests.bot.lab.fleet.conftest import Clock, Opener, Terminal
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.lab.fleet.frames import with_lpar

POWER = ("chsysstate", "-r", "lpar", "-m", "p72", "-n", "off01", "-o")
FRAME = ("chsysstate", "-r", "sys", "-m", "p72", "-o")


async def state(terminal: Terminal, name: str = "off01") -> str:
    chosen = ("--filter", f"lpar_names={name}", "-F", "state")
    return (await terminal.says("lssyscfg", "-r", "lpar", "-m", "p72", *chosen)).strip()


async def code(terminal: Terminal, *argv: str) -> str:
    """The first word of a refusal."""
    answer, text = await terminal.run(*argv)
    assert answer == Answer(1), text
    return text.split()[0]


async def test_a_start_over_time(terminal: Terminal, clock: Clock) -> None:
    """Starting, for some seconds running, then in Open Firmware until its operating system is up."""
    assert await terminal.says(*POWER, "on") == ""
    seen = [await state(terminal)]
    for seconds in (10, 10, 40):
        clock.now += seconds
        seen.append(await state(terminal))
    assert seen == ["Starting", "Running", "Open Firmware", "Running"]
    refcodes = ("lsrefcode", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=off01", "-n", "9", "-F", "refcode")
    assert await terminal.says(*refcodes) == "\nCA00E1DC\nC2001000\n"


async def test_a_start_to_the_menus_stays_in_firmware(terminal: Terminal, clock: Clock) -> None:
    """Booted to SMS there is no operating system to be asked to shut down."""
    await terminal.says(*POWER, "on", "-b", "sms")
    clock.now += 600
    assert await state(terminal) == "Open Firmware"
    assert await code(terminal, *POWER, "osshutdown") == "HSCL0DB4"
    await terminal.says(*POWER, "shutdown")
    assert await state(terminal) == "Not Activated"
    assert await code(terminal, *POWER, "shutdown") == "HSCL1558"


async def test_a_start_that_ends_in_error(terminal: Terminal, clock: Clock) -> None:
    """A start that was taken can fail later: the state, the codes and a serviceable event tell."""
    terminal.running.happen(SnagsChanged(system="p72", partition="off01", snags=frozenset({Snag.NO_START})))
    await terminal.says(*POWER, "on")
    clock.now += 20
    assert await state(terminal) == "Error"
    events = ("lssvcevents", "-t", "hardware", "-d", "1", "--filter", "status=open", "-F", "refcode,sys_name")
    assert await terminal.says(*events) == "B2001230,p72\n"
    await terminal.says(*POWER, "shutdown", "--immed")
    assert await state(terminal) == "Not Activated"
    assert await terminal.says(*events) == "No results were found.\n"


async def test_the_first_start_needs_a_profile(opened: Opener) -> None:
    """What was never started has no current configuration; after a start with a profile it has one."""
    fleet = with_lpar(demo_fleet(), "p72", "off01", config=Configuration(is_known=False))
    async with opened(fleet) as terminal:
        assert await code(terminal, *POWER, "on") == "HSCL3680"
        assert await code(terminal, *POWER, "on", "-f", "nonesuch") == "HSCL800F"
        await terminal.says(*POWER, "on", "-f", "default_profile")
        await terminal.says(*POWER, "shutdown", "--immed")
        await terminal.says(*POWER, "on")


async def test_a_restart_comes_back(terminal: Terminal, clock: Clock) -> None:
    """An orderly restart shuts down, and is up again after both have taken their time."""
    argv = ("chsysstate", "-r", "lpar", "-m", "p72", "-n", "db01", "-o", "osshutdown", "--restart")
    await terminal.says(*argv)
    assert await state(terminal, "db01") == "Shutting Down"
    clock.now += 20
    assert await state(terminal, "db01") == "Starting"
    clock.now += 60
    assert await state(terminal, "db01") == "Running"


async def test_a_frame_goes_off_and_comes_back(terminal: Terminal, clock: Clock) -> None:
    """Its partitions are off with it; on again, the VIOS start by themselves and the others don't."""
    systems = ("lssyscfg", "-r", "sys", "-m", "p72", "-F", "state")
    await terminal.says(*FRAME, "off")
    assert await terminal.says(*systems) == "Power Off In Progress\n"
    clock.now += 20
    assert await terminal.says(*systems) == "Power Off\n"
    assert await code(terminal, "lssyscfg", "-r", "lpar", "-m", "p72") == "HSCL0238"
    await terminal.says(*FRAME, "on")
    assert await terminal.says(*systems) == "Initializing\n"
    clock.now += 300
    assert await terminal.says(*systems) == "Operating\n"
    assert await state(terminal, "p72vio1") == "Starting"
    assert await state(terminal, "db01") == "Not Activated"


async def test_a_frame_in_standby(terminal: Terminal, clock: Clock) -> None:
    """In standby nothing runs; from there it becomes operating."""
    await terminal.says(*FRAME, "off")
    clock.now += 20
    await terminal.says(*FRAME, "onstandby")
    clock.now += 300
    assert await terminal.says("lssyscfg", "-r", "sys", "-m", "p72", "-F", "state") == "Standby\n"
    await terminal.says(*FRAME, "on")
    assert await state(terminal, "p72vio2") == "Starting"


@pytest.mark.parametrize("operation", ["on", "onstandby"])
async def test_a_frame_that_is_on_is_not_switched_on(terminal: Terminal, operation: str) -> None:
    """A frame in the wrong state is left as it is."""
    answer, _ = await terminal.run(*FRAME, operation)
    assert answer == Answer(1)
    assert terminal.running.fleet.systems["p72"].state == "Operating"


async def test_a_frame_is_not_switched_off_under_a_migration(terminal: Terminal, clock: Clock) -> None:
    """As long as a partition leaves it or comes to it, its power stays on."""
    argv = ("migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01")
    running = asyncio.create_task(terminal.run(*argv, deadline=3600))
    await eventually(lambda: bool(terminal.running.fleet.migrations))
    for system in ("p72", "p75"):
        answer, _ = await terminal.run("chsysstate", "-r", "sys", "-m", system, "-o", "off")
        assert answer == Answer(1)
    clock.now += 100
    assert await running == (Answer(0), "")
