"""The mirror of rootvg: asked for where it can be, believed once every copy and the boot list are read."""

from __future__ import annotations

import pytest

from handlers.command import Command, Progress, Result
from handlers.operation import Ending
from handlers.padmin.mirroring import how_far
from tests.handlers.padmin.lab import Lab
from tests.house import tree

DISK = "hdisk14"  # of p75vio1; nobody uses it
MIRROR = f"mirror-rootvg p75vio1 {DISK}"
RECORDED = tree.ROOT / "tests" / "recorded" / "lsvg-lv"


@pytest.fixture
def lab() -> Lab:
    found = Lab()
    found.padmin(f"extendvg rootvg {DISK}")
    return found


def test_rootvg_is_mirrored_and_its_mirror_taken_away(lab: Lab) -> None:
    """The VIOS stays up; either way the copies and the boot list that are read afterwards decide."""
    made = lab.ask(MIRROR)
    assert made.sent == [f"mirrorios -defer {DISK}", f"bootlist -mode normal hdisk0 {DISK}"]
    assert made.report.ending is Ending.SUCCEEDED, made.told
    assert "the boot list is hdisk0, hdisk14" in made.told
    assert made.facts[f"{DISK} is large enough"].startswith("153 partitions of 128 MB are mirrored, 512 of 512")
    assert made.shown.undo == f"/vios unmirror-rootvg p75vio1 {DISK}"
    assert lab.host("p75vio1").state == "Running"
    assert lab.ask(MIRROR).sent == []
    gone = lab.ask(f"unmirror-rootvg p75vio1 {DISK}")
    assert gone.sent == ["bootlist -mode normal hdisk0", f"unmirrorios {DISK}"]
    assert gone.report.ending is Ending.SUCCEEDED, gone.told
    assert [(each.before, each.after) for each in gone.shown.redundancy] == [(2, 1)]
    assert gone.shown.undo == f"/vios {MIRROR}"
    assert lab.padmin("bootlist -mode normal -ls") == "hdisk0 blv=hd5 pathid=0\n"


def test_either_copy_may_be_the_one_that_goes(lab: Lab) -> None:
    """A disk that fails is taken out of rootvg once its copy is gone from it; the other one has everything."""
    lab.ask(MIRROR)
    gone = lab.ask("unmirror-rootvg p75vio1 hdisk0")
    assert gone.sent == [f"bootlist -mode normal {DISK}", "unmirrorios hdisk0"]
    assert gone.report.ending is Ending.SUCCEEDED, gone.told
    lab.padmin("chsp -rm -sp rootvg hdisk0")
    assert lab.padmin("bootlist -mode normal -ls") == f"{DISK} blv=hd5 pathid=0\n"


def test_a_mirror_that_is_there_lacks_the_boot_list_alone(lab: Lab) -> None:
    """What was done isn't done again."""
    lab.padmin(f"mirrorios -defer {DISK}")
    lab.padmin("bootlist -mode normal hdisk0")
    found = lab.ask(MIRROR)
    assert found.sent == [f"bootlist -mode normal hdisk0 {DISK}"]
    assert found.report.ending is Ending.SUCCEEDED, found.told


@pytest.mark.parametrize(
    ("text", "before", "seen"),
    [
        ("mirror-rootvg p75vio1 hdisk15", "", "/vios extend-rootvg p75vio1 hdisk15 adds it first"),
        ("mirror-rootvg p75vio1 hdisk0", "", "nothing is on hdisk0 yet"),
        (MIRROR, "mkbdsp -sp rootvg 45G -bd large", "hdisk14 is large enough: 513 partitions of 128 MB"),
        (
            "mirror-rootvg p75vio1 hdisk15",
            f"extendvg rootvg hdisk15; mirrorios -defer {DISK}",
            "a copy of rootvg is on hdisk15",
        ),
        (f"unmirror-rootvg p75vio1 {DISK}", f"mirrorios -defer {DISK}; bootlist -mode normal {DISK}", "another disk"),
        ("unmirror-rootvg p75vio1 hdisk15", f"mirrorios -defer {DISK}", "hdisk15 is a disk of rootvg"),
    ],
)
def test_where_it_cant_be_nobody_is_asked(lab: Lab, text: str, before: str, seen: str) -> None:
    """What was read says why, and what to do first."""
    for line in filter(None, before.split("; ")):
        lab.padmin(line)
    found = lab.ask(text)
    assert (found.sent, found.report.ending) == ([], Ending.FAILED), found.told
    assert seen in found.told


LISTED = "bootlist -mode normal -ls"
KEPT = "PV_NAME PV STATE TOTAL PPs FREE PPs FREE DISTRIBUTION\nhdisk0 {} 512 300 10..20..30..40..50\n"


@pytest.mark.parametrize(
    ("line", "said", "seen"),
    [
        (LISTED, f"{DISK} blv=hd5 pathid=0\nhdisk9 blv=hd5 pathid=0\n", "another disk of rootvg to boot"),
        (LISTED, f"hdisk0 blv=hd5\n{DISK} blv=hd5\nent0 bserver=10.0.0.1\n", "ent0 has bserver=10.0.0.1"),
        ("lsvg -pv rootvg", f"rootvg:\n{KEPT.format('missing')}{DISK} active 512 300 1..2..3..4..5\n",
         "hdisk0 is missing"),
        ("lsvg -pv rootvg", f"rootvg:\n{KEPT.format('active')}{DISK} active 512 512 1..2..3..4..5\n",
         "a copy of rootvg is on"),
    ],
)  # fmt: skip
def test_no_copy_goes_that_nothing_stands_in_for(lab: Lab, line: str, said: str, seen: str) -> None:
    """Neither another rootvg's disk nor one that is missing keeps it, and nothing of the boot list is lost."""
    lab.ask(MIRROR)
    found = lab.ask(f"unmirror-rootvg p75vio1 {DISK}", fault=lambda asked: (said, 0) if asked == line else None)
    assert (found.sent, found.report.ending) == ([], Ending.FAILED), found.told
    assert seen in found.told


def stale(line: str) -> tuple[str, int] | None:
    return ((RECORDED / "stale.raw").read_text(encoding="utf-8"), 0) if line == "lsvg -lv rootvg" else None


def test_stale_partitions_are_no_copy(lab: Lab) -> None:
    """However well the command has ended; and while there are some, no copy is made or taken."""
    asked: list[str] = []

    def later(line: str) -> tuple[str, int] | None:
        asked.append(line)
        return stale(line) if "mirrorios" in " ".join(asked) else None

    made = lab.ask(MIRROR, fault=later)
    assert made.report.ending is Ending.FAILED
    assert "it exited well, and yet: hd2 has stale partitions" in made.told
    for text in (MIRROR, f"unmirror-rootvg p75vio1 {DISK}"):
        assert lab.ask(text, fault=stale).plan is None


def test_while_it_runs_the_copies_in_step_are_counted(lab: Lab) -> None:
    """In the machine's own partitions; an answer that can't be read tells nothing."""
    made = lab.ask(MIRROR)
    meanwhile = made.shown.commands[0].meanwhile
    assert meanwhile is not None
    assert meanwhile.command.argv[-1] == "lsvg -lv rootvg"
    told = meanwhile.command.progress
    assert told is not None
    answer = Result(command=meanwhile.command, exit_status=0, text=(RECORDED / "stale.raw").read_text())
    state = "11 of 12 logical volumes have two copies in step"
    assert told(answer) == Progress(state=state, done=105 * 128 * 2**20, left=48 * 128 * 2**20)
    assert how_far(Result(command=Command(host="h", argv=("x",)), exit_status=1, text="no"), 128) is None
