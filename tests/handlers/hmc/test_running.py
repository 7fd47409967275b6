"""What `/hmc` changes, on the simulated HMC: exact words, guards, and what is read afterwards."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.model import Fleet, Snag
from handlers import grammar
from handlers.command import Command
from handlers.hmc.operations import OPERATIONS
from handlers.operation import Ending, Inventory, Operation, Report
from handlers.place import Place
from handlers.plan import Plan
from policies.words import Effect
from tests.bot.lab.fleet.frames import with_frame, with_lpar
from tests.house import walk
from tests.house.lab_frame import OSLO, LabFrame

CHANGES = [each for each in OPERATIONS if each.effect > Effect.READS]


class Oslo(walk.OneHmc):
    """Everything is on p72, and each HMC is one of ours."""

    def hmc_of(self, *systems: str) -> str:
        return OSLO

    def hmc_named(self, name: str) -> str | None:
        return name

    def partition(self, name: str, system: str | None = None) -> Place:
        return Place(hmc=OSLO, system=system or "p72", name=name)


def read(text: str) -> Operation:
    asked = grammar.read({"hmc": OPERATIONS}, "hmc", text)
    assert isinstance(asked, grammar.Asked), asked
    return asked.operation


def drive(text: str, frame: LabFrame | None = None) -> tuple[Report, Plan | None, list[str]]:
    """The report, the plan, and what was sent behind it and isn't a read."""
    inventory: Inventory = Oslo()
    report, steps = (frame or LabFrame()).drive(read(text).flow(inventory))
    plan = next((step for step in steps if isinstance(step, Plan)), None)
    sent = [" ".join(step.argv) for step in steps if isinstance(step, Command) and step.effect > Effect.READS]
    return report, plan, sent


SAVE = "mksyscfg -r prof -m p72 -o save -p {} -n default_profile --force"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("add-memory db01 1024", ["chhwres -r mem -m p72 -o a -p db01 -q 1024"]),
        (
            "add-memory db01 1024 system=p72 save=yes wait=3",
            ["chhwres -r mem -m p72 -o a -p db01 -q 1024 -w 3", SAVE.format("db01")],
        ),
        ("remove-memory db01 1024", ["chhwres -r mem -m p72 -o r -p db01 -q 1024"]),
        ("move-memory db01 1024 to=web01", ["chhwres -r mem -m p72 -o m -p db01 -t web01 -q 1024"]),
        ("add-processors db01 procs=1", ["chhwres -r proc -m p72 -o a -p db01 --procs 1"]),
        (
            "add-processors db01 procs=1 units=0.5 save=yes",
            ["chhwres -r proc -m p72 -o a -p db01 --procs 1 --procunits 0.5", SAVE.format("db01")],
        ),
        ("remove-processors db01 units=0.5", ["chhwres -r proc -m p72 -o r -p db01 --procunits 0.5"]),
        (
            "move-processors db01 units=0.5 to=web01",
            ["chhwres -r proc -m p72 -o m -p db01 -t web01 --procunits 0.5"],
        ),
        (
            "add-ethernet db01 13",
            ["chhwres -r virtualio -m p72 --rsubtype eth -o a -p db01 -a ieee_virtual_eth=0,port_vlan_id=13"],
        ),
        (
            "add-ethernet p72vio1 5 save=yes wait=1 slot=40 tagged=20,21 switch=ETHERNET0 trunk=1",
            [
                "chhwres -r virtualio -m p72 --rsubtype eth -o a -p p72vio1 -s 40 -a ieee_virtual_eth=1,port_vlan_id=5,"
                '"addl_vlan_ids=20,21",is_trunk=1,trunk_priority=1,vswitch=ETHERNET0 -w 1',
                SAVE.format("p72vio1"),
            ],
        ),
        ("remove-ethernet db01 2", ["chhwres -r virtualio -m p72 --rsubtype eth -o r -p db01 -s 2"]),
        (
            "add-scsi p72vio1 db01 30 slot=40",
            [
                "chhwres -r virtualio -m p72 --rsubtype scsi -o a -p p72vio1 -s 40"
                " -a adapter_type=server,remote_lpar_name=db01,remote_slot_num=30"
            ],
        ),
        (
            "add-fc p72vio1 db01 31",
            [
                "chhwres -r virtualio -m p72 --rsubtype fc -o a -p p72vio1"
                " -a adapter_type=server,remote_lpar_name=db01,remote_slot_num=31"
            ],
        ),
        ("remove-scsi web01 11", ["chhwres -r virtualio -m p72 --rsubtype scsi -o r -p web01 -s 11"]),
        ("remove-fc db01 21", ["chhwres -r virtualio -m p72 --rsubtype fc -o r -p db01 -s 21"]),
        (
            "add-slot db01 21010030 save=yes wait=2",
            ["chhwres -r io -m p72 --rsubtype slot -o a -p db01 -l 21010030 -w 2", SAVE.format("db01")],
        ),
        ("remove-slot p72vio1 21010031", ["chhwres -r io -m p72 --rsubtype slot -o r -p p72vio1 -l 21010031"]),
        (
            "move-slot p72vio1 21010031 to=db01",
            ["chhwres -r io -m p72 --rsubtype slot -o m -p p72vio1 -t db01 -l 21010031"],
        ),
        ("sync-profile db01 on", ["chsyscfg -r lpar -m p72 -i name=db01,sync_curr_profile=1"]),
        ("save-profile db01 before", ["mksyscfg -r prof -m p72 -o save -p db01 -n before"]),
        ("backup-profiles p72 before", ["bkprofdata -m p72 -f before"]),
        ("sysplan p72 p72.sysplan", ["mksysplan -m p72 -f p72.sysplan"]),
        (
            "start off01 profile=default_profile",
            ["chsysstate -m p72 -r lpar -o on -n off01 -f default_profile"],
        ),
        ("shutdown db01", ["chsysstate -m p72 -r lpar -o osshutdown -n db01"]),
        ("shutdown db01 restart=yes", ["chsysstate -m p72 -r lpar -o osshutdown -n db01 --restart"]),
        (
            "shutdown db01 how=immediate restart=yes",
            ["chsysstate -m p72 -r lpar -o shutdown -n db01 --immed --restart"],
        ),
    ],
)
def test_it_is_planned_sent_once_and_verified(text: str, sent: list[str]) -> None:
    """The exact words, in the plan and after it; the fleet is then as was asked for, and that is what is reported."""
    report, plan, done = drive(text)
    assert report.ending is Ending.SUCCEEDED, report
    assert ": verified: " in report.headline
    assert plan is not None
    assert [" ".join(command.argv) for command in plan.commands] == done == sent
    assert plan.locks
    assert all(fact.value for fact in plan.facts)


@pytest.mark.parametrize(
    "text",
    [
        "add-memory db01 1024 save=yes",
        "move-memory db01 1024 to=web01",
        "add-processors db01 procs=1 units=0.5",
        "move-processors db01 units=0.5 to=web01",
        "add-ethernet db01 13 slot=40",
        "add-scsi p72vio1 db01 30 slot=40",
        "remove-scsi p72vio1 40",
        "remove-ethernet db01 2",
        "add-slot db01 21010030",
        "remove-slot p72vio1 21010031",
        "move-slot p72vio1 21010031 to=db01",
        "sync-profile db01 on",
        "start off01 profile=default_profile",
        "shutdown db01",
    ],
)
def test_its_undo_brings_back_what_was(text: str) -> None:
    """What the plan says undoes it is an operation, and leaves the partition with what it had."""
    frame = LabFrame()
    if text == "remove-scsi p72vio1 40":
        drive("add-scsi p72vio1 db01 30 slot=40", frame)
    before = _shape(frame)
    report, plan, _ = drive(text, frame)
    assert plan is not None
    assert _shape(frame) != before
    assert report.offers[0].text == plan.undo.removeprefix("/hmc ")
    assert drive(report.offers[0].text, frame)[0].ending is Ending.SUCCEEDED
    assert _shape(frame) == before


@pytest.mark.parametrize(
    "text",
    [
        "add-memory db01 1024",
        "remove-processors db01 units=0.5",
        "add-ethernet db01 13",
        "remove-ethernet db01 2",
        "add-fc p72vio1 db01 31",
    ],
)
def test_that_a_profile_is_written_over_is_told(text: str) -> None:
    """With save=yes alone: approvers know that the whole of it goes, and that no undo brings it back."""
    _, plan, _ = drive(f"{text} save=yes")
    assert plan is not None
    assert "written over the whole of its profile default_profile" in plan.moves
    assert "an undo brings back what is changed here, not what else the profile held" in plan.moves
    _, plan, _ = drive(text)
    assert plan is not None
    assert "profile" not in plan.moves.split(". ")[0]


def test_what_cant_be_typed_is_no_undo() -> None:
    """A virtual switch whose name no parameter takes: the adapter goes all the same, and the plan says so."""
    frame = LabFrame()

    def elsewhere(command: Command) -> tuple[str, int] | None:
        text, status = frame.typed(command.argv)
        return text.replace("vswitch=ETHERNET0", "vswitch=ETHERNET0(Default)"), status

    frame.said = elsewhere
    report, plan, _ = drive("remove-ethernet db01 2", frame)
    assert plan is not None
    assert "ETHERNET0(Default)" in plan.moves
    assert (report.ending, plan.undo) == (Ending.SUCCEEDED, "no operation of mine takes it back")


def _shape(frame: LabFrame) -> object:
    """What the partitions have, less the names that their operating systems gave to devices."""
    return [
        (
            *(each.name, each.state, each.mem, each.procs, each.proc_units, sorted(each.slots)),
            *(each.config.keeps_profile, sorted(one.drc_index for one in each.config.slots)),
        )
        for each in frame.world.fleet.systems["p72"].partitions
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("add-memory db01 100", "memory is given in pieces of 256 MB"),
        ("add-memory db01 65536", "db01 stays within its limits of MB"),
        ("remove-memory db01 16384", "db01 stays within its limits of MB"),
        ("move-memory db01 1024 to=normc01", "normc01 runs, and the HMC reaches its operating system"),
        ("add-memory normc01 1024", "normc01 runs, and the HMC reaches its operating system"),
        ("add-memory off01 1024", "off01 runs, and the HMC reaches its operating system"),
        ("add-processors db01 procs=9", "db01 stays within its limits of processors"),
        ("remove-processors db01 procs=1", "each virtual processor of db01 has 0.05 to 1 units"),
        ("add-ethernet db01 13 slot=2", "slot 2 is free"),
        ("add-ethernet db01 13 trunk=1", "trunks are a VIOS's"),
        ("remove-ethernet db01 3", "db01 has a virtual Ethernet adapter in slot 3"),
        ("remove-ethernet p72vio1 2", "no SEA can be using it"),
        ("remove-ethernet p72vio1 4", "no SEA can be using it"),
        ("add-scsi db01 web01 30", "one end is a VIOS, the other is not"),
        ("remove-scsi p72vio1 14", "nothing is mapped to it"),
        ("remove-fc p72vio1 53", "nothing is mapped to it"),
        ("save-profile db01 default_profile", "db01 has no profile default_profile yet"),
        ("start db01", "db01 is off"),
        ("start off01 profile=nosuch", "off01 has the profile nosuch"),
        ("start p72vio1", "p72vio1 is no VIOS"),
        ("shutdown p72vio1", "p72vio1 is no VIOS"),
        ("shutdown off01", "off01 is on"),
        ("shutdown normc01", "its operating system can be asked over RMC"),
    ],
)
def test_what_doesnt_hold_is_told_before_anybody_is_asked(text: str, told: str) -> None:
    """The first guard that fails is the headline, and what was read stands below; there is no plan."""
    report, plan, sent = drive(text)
    assert (report.ending, report.headline) == (Ending.FAILED, f"can't: {told}")
    assert report.lines[0].startswith(f"{told}: ")
    assert (plan, sent) == (None, [])


def test_what_isnt_free_isnt_given() -> None:
    """Memory and processors alike; what is free is told when it isn't enough."""
    full = with_frame(demo_fleet(), "p72", mem=397 * 1024, proc_units=Decimal(35))
    report, plan, _ = drive("add-memory db01 2048", LabFrame(fleet=full))
    assert (report.headline, plan) == ("can't: p72 has 2048 MB free", None)
    assert report.lines == ("p72 has 2048 MB free: 1024 MB are free",)
    report, plan, _ = drive("add-processors db01 units=0.6 procs=1", LabFrame(fleet=full))
    assert (report.headline, plan) == ("can't: p72 has 0.6 processing units free", None)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_value_makes_two_commands(data: st.DataObject) -> None:
    """Whatever is typed for a parameter is refused, or is a word of the one command: each line that the HMC's shell
    gets is one command with the words that were meant (the simulated HMC counts them)."""
    operation = data.draw(st.sampled_from(OPERATIONS))
    example = read(operation.example)
    name = data.draw(st.sampled_from(sorted(operation.model_fields)))
    odd = data.draw(st.text(st.sampled_from("ab1 ;|&$`'\"\\\n><()*?{}[]#!~=,-"), max_size=12))
    try:
        asked = operation.model_validate({**example.model_dump(), name: odd})
    except ValidationError:
        return
    frame = LabFrame()
    frame.drive(asked.flow(Oslo()))
    assert all(all("\n" not in word for word in argv) for argv in frame.sent)


def test_a_vios_is_pointed_to_its_own_way() -> None:
    """Where the interlock is."""
    assert "ask for /vios shutdown p72vio1 p72" in drive("shutdown p72vio1")[0].lines[0]


@pytest.mark.parametrize("operation", CHANGES, ids=lambda each: each.verb)
def test_exiting_well_is_not_the_end(operation: type[Operation]) -> None:
    """Exit 0 and nothing done is a failure, of each change that `/hmc` has."""
    frame = LabFrame(said=_nothing_done)
    report, _, sent = drive(operation.example, frame)
    assert sent
    assert report.ending is Ending.FAILED, report
    assert report.headline.startswith("it exited well, and yet: "), report


def _nothing_done(command: Command) -> tuple[str, int | None] | None:
    return ("", 0) if command.effect > Effect.READS else None


@pytest.mark.parametrize("operation", CHANGES, ids=lambda each: each.verb)
def test_a_lost_connection_is_unknown_and_looked_after(operation: type[Operation]) -> None:
    """Nothing is sent again; a look tells how it stands, by reads alone."""
    frame = LabFrame(said=lambda command: ("", None) if command.effect > Effect.READS else None)
    report, _, sent = drive(operation.example, frame)
    assert report.ending is Ending.UNKNOWN
    assert len(sent) == 1
    looked, steps = LabFrame().drive(read(operation.example).look(Oslo()))
    assert looked.ending is Ending.UNKNOWN
    assert "I couldn't see" not in looked.headline
    assert all(isinstance(step, Command) and step.effect is Effect.READS for step in steps)


@pytest.mark.parametrize("operation", CHANGES, ids=lambda each: each.verb)
def test_what_cant_be_read_is_not_begun(operation: type[Operation]) -> None:
    """An answer that nobody knows keeps it from being planned at all."""
    report, plan, sent = drive(operation.example, LabFrame(said=lambda command: ("what is this?\n", 0)))
    assert report.headline.startswith("can't: ")
    assert (plan, sent) == (None, [])


def test_what_the_operating_system_holds_is_told_with_its_code() -> None:
    """The HMC refuses, and what is read shows that nothing went."""
    report, _, _ = drive("remove-memory db01 1024", LabFrame(fleet=held()))
    assert report.headline == "refused: db01 has 16384 MB, not 15360"
    assert [finding.code for finding in report.findings] == ["HSCL2932"]


def held() -> Fleet:
    return with_lpar(demo_fleet(), "p72", "db01", snags=frozenset({Snag.MEMORY_HELD}))


def test_a_profile_that_wasnt_written_is_told_apart() -> None:
    """What runs is as wanted and the profile isn't: a failure that says which of both."""

    def said(command: Command) -> tuple[str, int | None] | None:
        return ("", 0) if command.argv[0] == "mksyscfg" else None

    frame = LabFrame(said=said)
    assert drive("add-memory db01 1024 save=yes", frame)[0].headline == (
        "it exited well, and yet: what runs is as wanted, but the profile default_profile isn't: "
        "it starts with 16384 MB, and 17408 run"
    )


def test_persistence_is_told_apart() -> None:
    """What runs alone, or the profile too; and that saving takes along all that runs."""
    _, plan, _ = drive("add-memory db01 1024")
    assert plan is not None
    assert "is lost when the partition is next started with its profile" in plan.moves
    _, plan, _ = drive("add-memory db01 1024 save=yes")
    assert plan is not None
    assert "then all that runs is written over the whole of its profile default_profile" in plan.moves


def test_a_partition_with_dedicated_processors_gets_whole_ones() -> None:
    """Units are none of its own."""
    fleet = demo_fleet()
    partition = fleet.systems["p72"].partition("db01")
    assert partition is not None
    fleet = with_lpar(
        fleet, "p72", "db01", config=replace(partition.config, dedicated=True, sharing_mode="keep_idle_procs")
    )
    report, _, _ = drive("add-processors db01 units=1", LabFrame(fleet=fleet))
    assert report.headline == "can't: db01 has processing units"
    assert drive("add-processors db01 procs=1", LabFrame(fleet=fleet))[0].ending is Ending.SUCCEEDED
