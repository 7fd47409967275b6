"""A client's storage adapter goes where its VIOS were asked: what is behind it, and what the client keeps."""

from __future__ import annotations

import pytest

from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.events import RmcChanged
from handlers.operation import Ending
from handlers.plan import NOBODY, Plan
from tests.handlers.hmc.test_running import drive
from tests.house.lab_frame import LabFrame


def planned(text: str, frame: LabFrame) -> Plan:
    report, plan, _ = drive(text, frame)
    assert plan is not None, report
    return plan


def typed(frame: LabFrame, vios: str, line: str) -> None:
    said, status = frame.typed(("viosvrcmd", "-m", "p72", "-p", vios, "-c", line))
    assert status == 0, said


@pytest.mark.parametrize(
    ("text", "what", "stays"),
    [
        ("remove-scsi web01 11", "web01_rvg of p72vio1, by which web01 has hdisk1", "web01_rvg of p72vio2"),
        ("remove-fc db01 21", "vfchost0 of p72vio1, by which db01 is logged in,", "vfchost0 of p72vio2"),
    ],
)
def test_what_the_client_keeps_is_read_from_both_vios(text: str, what: str, stays: str) -> None:
    """The way that goes, the way that stays, and how many there are then."""
    plan = planned(text, LabFrame())
    (lock,) = plan.interlocks
    assert (lock.takes_out, lock.partner, lock.healthy) == (what, "p72vio2", True)
    assert stays in lock.seen
    assert [(each.before, each.after) for each in plan.redundancy] == [(2, 1)]


@pytest.mark.parametrize(
    ("first", "text"), [("remove-scsi web01 11", "remove-scsi web01 12"), ("remove-fc db01 21", "remove-fc db01 22")]
)
def test_the_last_way_is_told_and_nothing_stands_in_for_it(first: str, text: str) -> None:
    """Unless it is said that the partition has given it up."""
    frame = LabFrame()
    assert drive(first, frame)[0].ending is Ending.SUCCEEDED
    kept = frame.world.fleet
    (lock,) = planned(text, LabFrame(fleet=kept)).interlocks
    assert (lock.partner, lock.healthy) == (NOBODY, False)
    assert "by no other way" in lock.seen
    assert "released=yes" in lock.seen
    assert planned(f"{text} released=yes", LabFrame(fleet=kept)).interlocks == ()


def test_an_adapter_with_nothing_behind_it_takes_no_way() -> None:
    """Its row names the other end; what isn't mapped there is nobody's way."""
    frame = LabFrame()
    typed(frame, "p72vio1", "rmvdev -vtd web01_rvg")
    plan = planned("remove-scsi web01 11", frame)
    assert plan.interlocks == ()
    assert {fact.name: fact.value for fact in plan.facts}["it is known what is behind it"].endswith("nothing is mapped")


@pytest.mark.parametrize("text", ["remove-scsi web01 11", "remove-fc db01 21"])
def test_where_its_vios_doesnt_answer_nobody_is_asked(text: str) -> None:
    """What is behind it can't be read then; whoever knows says so."""
    frame = LabFrame(fleet=demo_fleet())
    frame.world.happen(RmcChanged(system="p72", partition="p72vio1", rmc_state="inactive"))
    report, plan, _ = drive(text, frame)
    assert (plan, report.headline) == (None, "can't: it is known what is behind it")
    assert "p72vio1: " in "".join(report.lines)
    assert planned(f"{text} released=yes", frame).interlocks == ()


def test_where_the_other_vios_doesnt_answer_it_stands_in_for_nothing() -> None:
    """It may have the same disk; that isn't shown."""
    frame = LabFrame()
    frame.world.happen(RmcChanged(system="p72", partition="p72vio2", rmc_state="inactive"))
    for text in ("remove-scsi web01 11", "remove-fc db01 21"):
        (lock,) = planned(text, frame).interlocks
        assert not lock.healthy
        assert "p72vio2: it is Running, RMC inactive" in lock.seen


def test_a_server_adapter_in_use_is_pointed_to_what_takes_it_away() -> None:
    """By the operation of the VIOS, with its name."""
    report, _, _ = drive("remove-scsi p72vio1 14")
    assert "/vios unmap p72vio1 TARGET takes it away" in "".join(report.lines)


def test_no_undo_is_offered_that_would_be_refused() -> None:
    """A VIOS's Fibre Channel adapter is taken away by nobody here; a client's is, and a SCSI one."""
    assert planned("add-fc p72vio1 db01 31 slot=41", LabFrame()).undo == "no operation of mine takes it back"
    assert planned("add-fc db01 p72vio1 41 slot=31", LabFrame()).undo == "/hmc remove-fc db01 31"
    assert planned("add-scsi p72vio1 db01 30 slot=40", LabFrame()).undo == "/hmc remove-scsi p72vio1 40"
