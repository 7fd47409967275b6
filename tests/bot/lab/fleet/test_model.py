"""No sequence of commands and events brings the fleet into a state that it can't be in."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console import command_line
from bot.lab.fleet import demo_fleet, vios
from bot.lab.fleet.commands import programs
from bot.lab.fleet.events import MigrationEnded, MigrationStarted, PartitionStateChanged, apply
from bot.lab.fleet.model import Fleet, Hmc, Migration, User, check
from bot.lab.fleet.shell import Shell
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import Seat, World

COMMANDS = ["lssyscfg", "lshmc", "lshmcusr", "lshwres", "lslparmigr", "migrlpar", "chsysstate", "viosvrcmd"]
FLAGS = ["-r", "-m", "-t", "-p", "-n", "--id", "-o", "-F", "--header", "--filter", "--ip", "-u", "--mpio", "--level",
         "-V", "-v", "--force", "-w", "-d", "-i", "--affinity", "--immed", "--restart", "--rsubtype",
         "-c", "-f"]  # fmt: skip
VALUES = ["sys", "lpar", "mem", "proc", "virtualio", "eth", "p72vio1", "ioslevel", "lsdev -dev ent4",
          "p72", "p75", "arizona", "db01", "web01", "mem01", "off01", "3", "18", "m", "s",
          "r", "v", "on", "shutdown", "osshutdown", "name,lpar_id", "lpar_names=db01,web01",
          '"lpar_ids=1","lpar_ids=2"',
          "hmc-arizona", "hscroot", "", "=", ",", '"', "²", "é"]  # fmt: skip
line = st.tuples(
    st.sampled_from(COMMANDS), st.lists(st.sampled_from(FLAGS + VALUES) | st.text(max_size=5), max_size=10)
)
shaped = st.builds(
    lambda op, where, to, who: ("migrlpar", ["-o", op, "-m", where, "-t", to, "-p", who]),
    st.sampled_from("mmmsr"),
    st.sampled_from(["p72", "p75"]),
    st.sampled_from(["p72", "p75"]),
    st.sampled_from(["db01", "web01", "app01", "off01", "billing01", "archive01", "p72vio1"]),
) | st.builds(
    lambda op, where, who: ("chsysstate", ["-r", "lpar", "-m", where, "-o", op, "-n", who]),
    st.sampled_from(["on", "shutdown"]),
    st.sampled_from(["p72", "p75"]),
    st.sampled_from(["db01", "off01", "archive01", "p75vio1", "mem01"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(line, max_size=5))
def test_no_words_break_a_command(lines: list[tuple[str, list[str]]]) -> None:
    """Whatever its words, a command answers with status 0 or 1 and the simulator has no fault of its own."""
    world, statuses = asyncio.run(_ran([[name, *words] for name, words in lines]))
    assert set(statuses) <= {0, 1}
    assert world.errors == []
    check(world.fleet)


VIOS_WORDS = ["lsdev", "lspv", "lspath", "-free", "-size", "hdisk3", "vhost1", "vfchost0", "web01_rvg",
              "reserve_policy=single_path", "queue_depth=9", "lsmap", "entstat", "errlog", "chdev", "ioslevel",
              "ioscli", "oem_setup_env", "errpt", "lsattr", "tee", "-dev", "-attr", "-all", "-net", "-npiv", "-fmt",
              "-field", "-type", "-virtual", "-vadapter", "-d", "-El", "-a", "-C", "-Cc", "adapter", "ent0", "ent1",
              "ent4", "ent9", "ha_mode=standby", "ha_mode=auto", "ha_mode=", "virt_adapters=ent1",
              "virt_adapters=ent2,ent1", "virt_adapters=ent1,ent1", "thread=0", "=", ",", "name", "svea", "|", ";",
              "&&", "$(", ")", ">", "\n", ""]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.lists(st.sampled_from(VIOS_WORDS) | st.text(max_size=4), max_size=8), max_size=4))
def test_no_words_break_a_vios(lines: list[list[str]]) -> None:
    """Whatever is typed at a VIOS, padmin or root, it answers, has no fault of its own, and the fleet adds up."""
    world = asyncio.run(_typed([" ".join(words) for words in lines]))
    assert world.errors == []
    check(world.fleet)


async def _typed(lines: list[str]) -> World:
    world = World(state=demo_fleet(), clock=lambda: 1_000.0, migration_seconds=1, line_delay=0)
    login = Login(world, "p72", "p72vio1")

    async def swallow(text: str) -> None:
        assert "Traceback" not in text

    for line in lines:
        assert 0 <= await vios.shell(login).run(line, swallow, swallow) <= 255
    return world


@settings(max_examples=200, deadline=None)
@given(st.lists(shaped, min_size=1, max_size=12), st.floats(0, 20))
def test_no_sequence_breaks_the_fleet(lines: list[tuple[str, list[str]]], seconds: float) -> None:
    """Migrations and power in any order, at any moment of each other, leave a fleet that adds up, and lose nobody."""
    before = _everybody(demo_fleet())
    world, _ = asyncio.run(_ran([[name, *words] for name, words in lines], migration_seconds=seconds, at_once=True))
    assert world.errors == []
    check(world.fleet)
    assert _everybody(world.fleet) == before


def _everybody(fleet: Fleet) -> list[str]:
    return sorted(each.name for system in fleet.systems.values() for each in system.partitions)


async def _ran(
    lines: list[list[str]], *, migration_seconds: float = 0, at_once: bool = False
) -> tuple[World, list[int]]:
    """Runs the lines; with `at_once` each starts while those before it may still migrate."""
    now = [0.0]
    world = World(state=demo_fleet(), clock=lambda: now[0], migration_seconds=migration_seconds, line_delay=0)
    seat = Seat(world, "hmc-oslo", User(name="hscroot"))

    async def swallow(text: str) -> None:
        assert "Traceback" not in text

    async def one(argv: list[str]) -> int:
        shell = Shell(programs(seat), tell=lambda words: None, variables={})
        return await shell.run(_line(argv), swallow, swallow)

    if not at_once:
        return world, [await one(argv) for argv in lines]
    tasks = []
    for argv in lines:
        tasks.append(asyncio.create_task(one(argv)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        now[0] += 5
        check(world.fleet)
    now[0] += 1000
    return world, [await task for task in tasks]


def _line(argv: list[str]) -> str:
    """Quoted; control characters are not what is tried here."""
    return command_line("hmc", ["".join(ch for ch in word if ch.isprintable()) for word in argv])


def test_events_are_pure() -> None:
    """Applying an event leaves the fleet that it was applied to as it was."""
    fleet = demo_fleet()
    migration = Migration(
        partition="db01", source="p72", destination="p75", destination_hmc="hmc-oslo", started=0, seconds=1, size=1
    )
    moving = apply(MigrationStarted(migration=migration), fleet)
    moved = apply(MigrationEnded(source="p72", partition="db01"), moving)
    assert fleet == demo_fleet()
    assert moved.systems["p75"].partition("db01") is not None
    assert moved.systems["p72"].partition("db01") is None
    assert fleet.migrations == {}


def test_a_fleet_that_does_not_add_up_is_refused() -> None:
    """Unknown systems and what is more than installed are told at once."""
    with pytest.raises(ValueError, match="isn't in the fleet"):
        Fleet.of([Hmc(name="h", systems=("nowhere",))], [])
    world = World(state=demo_fleet(), clock=lambda: 0.0, migration_seconds=1, line_delay=0)
    with pytest.raises(ValueError, match="no partition"):
        world.happen(PartitionStateChanged(system="p72", partition="nobody", state="Running"))
