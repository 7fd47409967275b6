"""Physical slots of partitions that run, driven against the simulated frame."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.events import RmcChanged
from bot.lab.fleet.hardware import HeldSlot, Slot
from bot.lab.fleet.model import Fleet, Partition
from handlers.operation import Ending
from tests.bot.lab.fleet.frames import with_frame, with_lpar
from tests.handlers.hmc.test_ends import planned
from tests.handlers.hmc.test_running import drive
from tests.house.lab_frame import LabFrame

FREE, HELD = "21010030", "21010031"
SERIAL = "78A0072"


def lpar(fleet: Fleet, name: str) -> Partition:
    found = fleet.systems["p72"].partition(name)
    assert found is not None
    return found


def holding(name: str, index: str, place: str, *, required: bool = False) -> LabFrame:
    """The demo's fleet, in which that partition has the slot at that place as well."""
    fleet = demo_fleet()
    hardware = fleet.systems["p72"].hardware
    slot = Slot(drc_index=index, location=f"U78D9.001.{SERIAL}-{place}")
    fleet = with_frame(fleet, "p72", hardware=replace(hardware, slots=(*hardware.slots, slot)))
    config = lpar(fleet, name).config
    slots = (*config.slots, HeldSlot(drc_index=index, is_required=required))
    return LabFrame(fleet=with_lpar(fleet, "p72", name, config=replace(config, slots=slots)))


def held(frame: LabFrame, name: str) -> list[str]:
    return [each.drc_index for each in lpar(frame.world.fleet, name).config.slots]


def test_a_slot_is_given_taken_and_moved() -> None:
    """Each is one command, believed when the HMC lists it so, and its undo is what brings it back."""
    frame = LabFrame()
    for text, having, undo in (
        (f"add-slot db01 {FREE}", {"db01": [FREE]}, f"/hmc remove-slot db01 {FREE}"),
        (f"move-slot db01 {FREE} to=web01", {"db01": [], "web01": [FREE]}, f"/hmc move-slot web01 {FREE} to=db01"),
        (f"remove-slot web01 {FREE}", {"web01": []}, f"/hmc add-slot web01 {FREE}"),
    ):
        report, plan, sent = drive(text, frame)
        assert report.ending is Ending.SUCCEEDED, report
        assert plan is not None
        assert plan.undo == undo
        assert {name: held(frame, name) for name in having} == having
        (change,) = (line for line in sent if line.startswith("chhwres"))
        assert f"-r io -m p72 --rsubtype slot -o {text[0]} " in change
        assert f"physical slot {FREE} on p72" in plan.locks


def test_what_is_saved_is_in_the_profile_too() -> None:
    """And is told as such; without it the next start has the slot again."""
    frame = LabFrame()
    report, _, _ = drive(f"remove-slot p72vio1 {HELD}", frame)
    assert "is lost when the partition is next started" in "".join(report.lines)
    report, plan, _ = drive(f"add-slot db01 {HELD} save=yes", frame)
    assert (report.ending, len(plan.commands if plan else ())) == (Ending.SUCCEEDED, 2)
    (profile,) = (each for each in lpar(frame.world.fleet, "db01").profiles if each.name == "default_profile")
    assert [each.drc_index for each in profile.slots or ()] == [HELD]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"add-slot db01 {HELD}", "slot 21010031 is held by p72vio1"),
        ("add-slot db01 21010099", "p72 has no such slot"),
        (f"remove-slot db01 {HELD}", "slot 21010031 is held by p72vio1"),
        (f"remove-slot db01 {FREE}", "slot 21010030 is held by nobody"),
        ("remove-slot db01 21010099", "p72 has no such slot"),
        (f"move-slot p72vio1 {HELD} to=off01", "off01 runs, and the HMC reaches"),
        (f"add-slot off01 {FREE}", "off01 runs, and the HMC reaches"),
    ],
)
def test_what_cannot_be_is_told_before_anybody_is_asked(text: str, why: str) -> None:
    """With what was read of it; nothing is sent."""
    report, plan, _ = drive(text)
    assert plan is None
    assert why in " ".join((report.headline, *report.lines))


def test_one_that_the_partition_must_have_stays() -> None:
    """As its profile marks it; one whose profile doesn't tell is taken for such."""
    frame = holding("web01", "21010050", "P1-C20", required=True)
    report, plan, _ = drive("remove-slot web01 21010050", frame)
    assert (plan, report.headline) == (None, "can't: it isn't one that the partition must have")
    untold = holding("web01", "21010050", "P1-C20")
    untold.said = lambda command: (
        ("name=default_profile,lpar_name=web01\n", 0) if command.argv[:3] == ("lssyscfg", "-r", "prof") else None
    )
    assert drive("remove-slot web01 21010050", untold)[1] is None


@pytest.mark.parametrize(("place", "device"), [("P1-C1", "ent0"), ("P1-C5", "fcs0, fcs1")])
def test_an_adapter_that_a_vios_has_goes_through_the_interlock(place: str, device: str) -> None:
    """Who stands in for that VIOS, what it serves, and what is left; what it uses it keeps, and that is explained."""
    frame = holding("p72vio1", "21010060", place)
    report, plan, _ = drive("remove-slot p72vio1 21010060", frame)
    assert plan is not None
    assert (
        {"p72vio2"}
        == {each.partner for each in plan.interlocks if each.healthy}
        == {each.partner for each in plan.interlocks}
    )
    assert all(each.after < each.before for each in plan.redundancy)
    assert "db01" in plan.affected
    assert {fact.name: fact.value for fact in plan.facts}["it is known what its VIOS has in it"] == device
    assert report.ending is Ending.FAILED
    assert "HSCL2929" in {finding.code for finding in report.findings}
    assert "21010060" in held(frame, "p72vio1")


def test_where_the_other_vios_is_away_nothing_stands_in() -> None:
    """The interlock isn't healthy then, so that the request is refused."""
    frame = holding("p72vio1", "21010060", "P1-C1")
    frame.world.happen(RmcChanged(system="p72", partition="p72vio2", rmc_state="inactive"))
    assert not all(each.healthy for each in planned("remove-slot p72vio1 21010060", frame).interlocks)


def test_an_empty_slot_of_a_vios_takes_nothing_away() -> None:
    """The VIOS itself has no device there."""
    plan = planned(f"move-slot p72vio1 {HELD} to=p72vio2", LabFrame())
    assert (plan.interlocks, plan.redundancy, plan.affected) == ((), (), ("p72vio1", "p72vio2"))


@pytest.mark.parametrize("answer", [("# Slot\n", 0), ("", 0), ("0516-404 lsdev: no\n", 1), ("", None)])
def test_what_a_vios_does_not_tell_is_not_empty(answer: tuple[str, int | None]) -> None:
    """Whatever can't be read of its slots, nobody is asked to approve."""
    frame = LabFrame()
    frame.said = lambda command: answer if command.argv[-1] == "lsdev -slots" else None
    report, plan, _ = drive(f"remove-slot p72vio1 {HELD}", frame)
    assert (plan, report.headline) == (None, "can't: it is known what its VIOS has in it")


def test_a_slot_that_the_vios_does_not_list_is_not_empty_either() -> None:
    """What the HMC calls by another name than the VIOS may hold anything."""
    frame = LabFrame()
    other = "# Slot                  Description      Device(s)\nU78D9.001.78A0072-P1-C1 Virtual I/O Slot ent0\n"
    frame.said = lambda command: (other, 0) if command.argv[-1] == "lsdev -slots" else None
    report, plan, _ = drive(f"remove-slot p72vio1 {HELD}", frame)
    assert plan is None
    assert "lists no slot U78D9.001.78A0072-P1-C11" in "".join(report.lines)
