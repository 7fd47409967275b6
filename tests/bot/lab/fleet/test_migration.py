"""A migration from the first look to the last."""

from __future__ import annotations

import asyncio
import csv

from bot.console import Answer
from bot.lab.fleet.events import MigrationBroke
from tests.bot.lab.fleet.conftest import Clock, Opener, Terminal
from tests.bot.lab.fleet.eventually import eventually

MIGRATE = ("migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01")
GIB = 1024**3


async def look(terminal: Terminal) -> dict[str, str]:
    text = await terminal.says("lslparmigr", "-r", "lpar", "-m", "p72", "--filter", "lpar_names=db01")
    row = next(csv.reader([text.strip()]))
    return dict(pair.split("=", 1) for pair in row)


async def names(terminal: Terminal, system: str, host: str = "hmc-oslo") -> list[str]:
    return (await terminal.says("lssyscfg", "-r", "lpar", "-m", system, "-F", "name", host=host)).split()


async def begun(terminal: Terminal, *argv: str) -> asyncio.Task[tuple[Answer, str]]:
    """The migration, under way."""
    task = asyncio.create_task(terminal.run(*(argv or MIGRATE), deadline=12 * 3600))
    await eventually(lambda: bool(terminal.running.fleet.migrations))
    return task


async def test_goes_from_frame_to_frame_and_tells_how_far_it_is(terminal: Terminal, clock: Clock) -> None:
    """It starts, sends its memory, and is on the other frame, whose free memory is less by that."""
    free = ("lshwres", "-r", "mem", "-m", "p75", "--level", "sys", "-F", "curr_avail_sys_mem")
    before = int(await terminal.says(*free))
    assert await look(terminal) == {"name": "db01", "lpar_id": "3", "migration_state": "Not Migrating"}
    task = await begun(terminal)
    assert (await look(terminal))["migration_state"] == "Migration Starting"
    clock.now += 25
    row = await look(terminal)
    assert (row["migration_state"], row["dest_sys_name"]) == ("Migration In Progress", "p75")
    assert (row["bytes_transmitted"], row["bytes_remaining"]) == (str(4 * GIB), str(12 * GIB))
    assert "db01" in await names(terminal, "p72")
    clock.now += 75
    assert await task == (Answer(0), "")
    assert "db01" not in await names(terminal, "p72")
    assert "db01" in await names(terminal, "p75")
    assert int(await terminal.says(*free)) == before - 16384


async def test_survives_the_session_that_started_it(terminal: Terminal, clock: Clock) -> None:
    """The connection is lost on the way: the outcome is unknown to us, and the migration goes on."""
    task = await begun(terminal)
    clock.now += 50
    terminal.running.cut("hmc-oslo")
    answer, _ = await task
    assert answer.exit_status is None
    assert (await look(terminal))["migration_state"] == "Migration In Progress"
    clock.now += 50
    assert "db01" in await names(terminal, "p75")


async def test_can_be_stopped(terminal: Terminal, clock: Clock) -> None:
    """Stopped from another session, it ends with status 1 and the partition stays."""
    task = await begun(terminal)
    clock.now += 50
    assert await terminal.says("migrlpar", "-o", "s", "-m", "p72", "-p", "db01") == ""
    answer, _ = await task
    assert answer == Answer(1)
    assert "db01" in await names(terminal, "p72")
    assert (await look(terminal))["migration_state"] == "Not Migrating"
    answer, text = await terminal.run("migrlpar", "-o", "s", "-m", "p72", "-p", "db01")
    assert (answer, text.split()[0]) == (Answer(1), "HSCL05DF")


async def test_what_broke_has_to_be_recovered(terminal: Terminal, clock: Clock) -> None:
    """A broken migration stands until it is recovered, and can't be started anew before."""
    task = await begun(terminal)
    clock.now += 50
    terminal.running.happen(MigrationBroke(source="p72", partition="db01", at=clock.now))
    assert (await task)[0] == Answer(1)
    clock.now += 1000
    assert (await look(terminal))["migration_state"] == "Migration Failed"
    assert (await terminal.run(*MIGRATE))[0] == Answer(1)
    assert await terminal.says("migrlpar", "-o", "r", "-m", "p72", "-p", "db01") == ""
    assert (await look(terminal))["migration_state"] == "Not Migrating"


async def test_is_refused_twice_at_once(terminal: Terminal, clock: Clock) -> None:
    """A partition that migrates can neither be validated nor migrated nor shut down."""
    task = await begun(terminal)
    for argv in (MIGRATE, ("chsysstate", "-r", "lpar", "-m", "p72", "-n", "db01", "-o", "shutdown")):
        answer, text = await terminal.run(*argv)
        assert (answer, text.split()[0]) == (Answer(1), "HSCL05DF")
    clock.now += 100
    assert await task == (Answer(0), "")


async def test_reserves_its_place(terminal: Terminal, clock: Clock) -> None:
    """What a migration under way will need is not free for another one."""
    free = ("lshwres", "-r", "mem", "-m", "p75", "--level", "sys", "-F", "curr_avail_sys_mem")
    before = int(await terminal.says(*free))
    task = await begun(terminal)
    assert int(await terminal.says(*free)) == before - 16384
    clock.now += 100
    await task
    assert int(await terminal.says(*free)) == before - 16384


async def test_goes_to_the_other_hmc(terminal: Terminal, clock: Clock) -> None:
    """Across two HMCs it arrives on a frame that only the other one lists."""
    there = ("-t", "arizona", "--ip", "hmc-arizona", "-u", "hscroot")
    task = await begun(terminal, *MIGRATE[:5], *there, "-p", "db01")
    assert (await look(terminal))["remote_manager"] == "hmc-arizona"
    clock.now += 100
    assert await task == (Answer(0), "")
    assert "db01" in await names(terminal, "arizona", host="hmc-arizona")


async def test_a_failing_validation_moves_nothing(terminal: Terminal) -> None:
    """Asked to migrate, the HMC validates first, and prints the same."""
    answer, text = await terminal.run(*MIGRATE[:-1], "vscsi01")
    _, validated = await terminal.run("migrlpar", "-o", "v", *MIGRATE[3:-1], "vscsi01")
    assert (answer, text) == (Answer(1), validated)
    assert terminal.running.fleet.migrations == {}


async def test_an_answer_streams(opened: Opener) -> None:
    """With a delay the lines of a validation come one after the other."""
    async with opened(line_delay=0.01) as terminal:
        pieces: list[bytes] = []

        async def feed(piece: bytes) -> None:
            pieces.append(piece)

        argv = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p", "vscsi01")
        await terminal.console.run("hmc-oslo", argv, deadline=30, feed=feed)
    assert len(pieces) > 10
