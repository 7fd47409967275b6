"""Disks, backing devices and drives are given to clients and taken back: what is looked at first, and what decides."""

from __future__ import annotations

import pytest

from bot.lab.fleet.events import DiskChanged, RmcChanged
from bot.lab.fleet.storage import ReservePolicy
from handlers.operation import Ending
from policies.words import Effect
from tests.handlers.padmin.lab import Lab

SPARE = "hdisk14"  # of p75vio1; nobody uses it
MKVDEV = f"mkvdev -vdev {SPARE} -vadapter vhost0"


@pytest.fixture
def lab() -> Lab:
    return Lab()


def refusal(lab: Lab, text: str) -> str:
    """Nothing was planned, nothing sent."""
    walked = lab.ask(text)
    assert (walked.plan, walked.sent, walked.report.ending) == (None, [], Ending.FAILED), walked.told
    return walked.told


# ── given ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_disk_is_given(lab: Lab) -> None:
    """The exact command, whose it becomes, what it rests on and the way back; lsmap at the end decides."""
    given = lab.ask(f"map-disk p75vio1 {SPARE} vhost0 name=wd_c3_hd3")
    assert given.sent == [f"{MKVDEV} -dev wd_c3_hd3"]
    assert given.shown.affected == ("billing01",)
    assert given.shown.locks == ("partition p75vio1 on p75", "partition billing01 on p75")
    assert given.shown.undo == "/vios unmap p75vio1 wd_c3_hd3"
    assert given.facts["the reserve policy of hdisk14 fits"] == "no_reserve; billing01 has disks by p75vio2 too"
    assert given.facts["vhost0 is a server SCSI adapter of p75vio1"] == "it serves billing01"
    assert given.report.ending is Ending.SUCCEEDED, given.told
    assert "p75vio1 gives hdisk14 to billing01 by vhost0 as wd_c3_hd3" in given.report.headline


def test_it_is_sent_once_alone(lab: Lab) -> None:
    """What is so already is no failure, and is not sent again."""
    lab.ask(f"map-disk p75vio1 {SPARE} vhost0")
    again = lab.ask(f"map-disk p75vio1 {SPARE} vhost0")
    assert (again.sent, again.report.ending) == ([], Ending.SUCCEEDED)
    assert "it is so already" in again.told


def test_the_second_way_to_a_disk_is_given_too(lab: Lab) -> None:
    """That another VIOS gives the same LUN to the same partition is what a pair is for; to another one it is not."""
    lab.padmin("rmvdev -vdev hdisk1")
    own = lab.padmin("lsmap -all").count("hdisk1\n")
    assert own == 0
    assert lab.ask("map-disk p75vio1 hdisk1 vhost0").report.ending is Ending.SUCCEEDED
    lab.padmin("rmvdev -vdev hdisk1")
    told = refusal(lab, "map-disk p75vio1 hdisk1 vhost1")
    assert "no other VIOS gives hdisk1 to somebody else" in told
    assert "hdisk1 of p75vio2 is mapped to billing01" in told


def test_what_stands_in_the_way_of_a_mapping(lab: Lab) -> None:
    """No such disk or adapter, a name that is taken, a disk in a pool or in use: told with what was read."""
    assert "there are hdisk0" in refusal(lab, "map-disk p75vio1 hdisk99 vhost0")
    assert "there are vhost0, vhost1" in refusal(lab, f"map-disk p75vio1 {SPARE} vhost9")
    assert "rootvg" in refusal(lab, "map-disk p75vio1 hdisk0 vhost0")
    assert "billing01_rvg of billing01" in refusal(lab, "map-disk p75vio1 hdisk1 vhost1")
    assert "it is on vhost0, backed by hdisk1" in refusal(lab, f"map-disk p75vio1 {SPARE} vhost1 name=billing01_rvg")


def test_a_disk_that_one_vios_holds_fits_no_pair(lab: Lab) -> None:
    """A reserve would keep the other VIOS's way shut."""
    policy = ReservePolicy.SINGLE_PATH
    lab.happen(DiskChanged(system="p75", partition="p75vio1", disk=SPARE, reserve_policy=policy))
    told = refusal(lab, f"map-disk p75vio1 {SPARE} vhost0")
    assert "the reserve policy of hdisk14 fits: single_path; billing01 has disks by p75vio2 too" in told


def test_a_disk_without_a_mark_is_told_by_its_lun(lab: Lab) -> None:
    """Where there is no PVID to compare, the LUNs behind what the others use are asked for."""
    told = lab.ask(
        f"map-disk p75vio1 {SPARE} vhost0",
        fault=lambda line: ("hdisk14,none,None,\n", 0) if line == "lspv -fmt ," else None,
    )
    assert "lsdev -dev hdisk1 -attr unique_id" not in told.read, "its own lspv lists no other disk"
    assert f"lsdev -dev {SPARE} -attr unique_id" in told.read


def test_it_isnt_done_while_the_other_vios_cant_be_asked(lab: Lab) -> None:
    """What it gives to whom isn't known then."""
    lab.happen(RmcChanged(system="p75", partition="p75vio2", rmc_state="inactive"))
    assert "p75vio2: it is Running, RMC inactive" in refusal(lab, f"map-disk p75vio1 {SPARE} vhost0")


def test_exiting_well_is_not_the_end(lab: Lab) -> None:
    """mkvdev that says Available and did nothing is a failure; a lost connection is unknown, and a look tells."""
    ask = f"map-disk p75vio1 {SPARE} vhost0"
    lied = lab.ask(ask, fault=lambda line: ("vtscsi0 Available\n", 0) if line == MKVDEV else None)
    assert lied.report.headline == "it exited well, and yet: hdisk14 isn't mapped to vhost0"
    lost = lab.ask(ask, fault=lambda line: ("", None) if line == MKVDEV else None)
    assert lost.report.ending is Ending.UNKNOWN
    assert "not as wanted" in lab.ask(ask, look=True).told
    lab.padmin(MKVDEV)
    looked = lab.ask(ask, look=True)
    assert looked.sent == []
    assert "it is as wanted" in looked.told


@pytest.mark.parametrize("line", ["lsmap -all", "lspv -fmt ,", f"lsdev -dev {SPARE} -attr unique_id"])
@pytest.mark.parametrize("answer", [("", 0), ("garbage\n", 0), ("HSCL2970 no\n", 1), ("", None)])
def test_nothing_is_changed_by_what_cant_be_read(lab: Lab, line: str, answer: tuple[str, int | None]) -> None:
    """Empty, garbage, refused or cut off: it can't be told, so nobody is asked."""
    walked = lab.ask(f"map-disk p75vio1 {SPARE} vhost0", fault=lambda each: answer if each == line else None)
    if line.startswith("lsdev") and answer == ("", 0):
        assert walked.report.ending is Ending.FAILED
    assert (walked.plan, walked.sent, walked.report.ending) == (None, [], Ending.FAILED), walked.told


# ── taken back ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_way_goes_while_another_is_left(lab: Lab) -> None:
    """The partition that notices, the ways before and after, and the VIOS that stands in, read from both."""
    taken = lab.ask("unmap p75vio1 billing01_rvg")
    plan = taken.shown
    assert (plan.commands[0].effect, plan.affected) == (Effect.DISRUPTS, ("billing01",))
    assert [(each.what, each.before, each.after) for each in plan.redundancy] == [
        ("ways of billing01 to hdisk1 of p75vio1", 2, 1)
    ]
    assert [(each.partner, each.healthy, each.seen) for each in plan.interlocks] == [
        ("p75vio2", True, "billing01 has the same disk by billing01_rvg of p75vio2")
    ]
    assert taken.sent == ["rmvdev -vtd billing01_rvg"]
    assert taken.report.ending is Ending.SUCCEEDED, taken.told
    assert taken.report.offers[0].text == "map-disk p75vio1 hdisk1 vhost0 name=billing01_rvg"


def test_the_last_way_of_a_running_partition_is_named(lab: Lab) -> None:
    """Nothing stands in for it; only where it is said that the partition has given it up the plan goes without."""
    lab.padmin("rmvdev -vdev hdisk1", on="p75vio2")
    plan = lab.ask("unmap p75vio1 billing01_rvg", fault=_nothing_sent).shown
    (interlock,) = plan.interlocks
    assert (interlock.partner, interlock.healthy) == ("none", False)
    assert "billing01 is Running and has it by no other way" in interlock.seen
    assert ("ways that billing01 keeps to hdisk1", "none: the last") in [(each.name, each.value) for each in plan.facts]
    plan = lab.ask("unmap-disk p75vio1 hdisk1 released=yes").shown
    assert (plan.interlocks, plan.affected) == ((), ("billing01",))
    assert [(each.before, each.after) for each in plan.redundancy] == [(1, 0)]


def _nothing_sent(line: str) -> tuple[str, int] | None:
    return ("no\n", 1) if line.startswith("rmvdev") else None


def test_a_vios_that_cant_be_asked_stands_in_for_nothing(lab: Lab) -> None:
    """Its ways aren't known, so they don't count."""
    lab.happen(RmcChanged(system="p75", partition="p75vio2", rmc_state="inactive"))
    (interlock,) = lab.ask("unmap p75vio1 billing01_rvg", fault=_nothing_sent).shown.interlocks
    assert not interlock.healthy
    assert "p75vio2: it is Running, RMC inactive" in interlock.seen


def test_a_partition_that_is_off_loses_nothing(lab: Lab) -> None:
    """archive01 isn't on: no interlock, nobody affected."""
    plan = lab.ask("unmap p75vio1 archive01_rvg").shown
    assert (plan.interlocks, plan.affected, plan.redundancy) == ((), (), ())


def test_what_cant_be_unmapped(lab: Lab) -> None:
    """No such target, a disk that nobody has, keep=yes for a whole disk."""
    assert "there is none" in refusal(lab, "unmap p75vio1 nothing")
    assert "to nobody" in refusal(lab, f"unmap-disk p75vio1 {SPARE}")
    assert "is a backing device of a pool" in refusal(lab, "unmap p75vio1 billing01_rvg keep=yes")


# ── backing devices and drives ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pooled(lab: Lab) -> Lab:
    lab.padmin(f"mksp client_boot {SPARE}")
    return lab


def test_a_backing_device_is_cut_saved_mapped_again_and_removed(pooled: Lab) -> None:
    """Each step by its own operation, each undone by the next."""
    ask = pooled.ask("make-backing-device p75vio1 lv_c1_boot client_boot size=20G adapter=vhost1")
    assert ask.sent == ["mkbdsp -sp client_boot 20G -bd lv_c1_boot -vadapter vhost1"]
    assert ask.report.ending is Ending.SUCCEEDED, ask.told
    assert ask.shown.undo == "/vios remove-backing-device p75vio1 lv_c1_boot"
    saved = pooled.ask("unmap p75vio1 vtscsi0 keep=yes")
    assert saved.sent == ["rmbdsp -vtd vtscsi0 -savebd"]
    assert saved.report.offers[0].text == "map-backing-device p75vio1 lv_c1_boot vhost1 name=vtscsi0"
    again = pooled.ask("map-backing-device p75vio1 lv_c1_boot vhost0 name=ld_c1_boot")
    assert again.sent == ["mkbdsp -bd lv_c1_boot -vadapter vhost0 -tn ld_c1_boot"]
    gone = pooled.ask("remove-backing-device p75vio1 ld_c1_boot")
    assert gone.sent == ["rmbdsp -vtd ld_c1_boot"]
    assert (gone.shown.commands[0].effect, gone.shown.affected) == (Effect.DESTROYS, ("billing01",))
    assert not gone.shown.interlocks[0].healthy, "its only way was this one"
    assert "its data are gone" in gone.shown.moves
    assert gone.report.ending is Ending.SUCCEEDED, gone.told
    assert "no operation of mine takes it back" in gone.shown.undo


def test_an_unmapped_backing_device_is_removed_by_its_own_name(pooled: Lab) -> None:
    """With its pool named, so that no other is meant."""
    pooled.padmin("mkbdsp -sp client_boot 1G -bd lv_old")
    assert pooled.ask("remove-backing-device p75vio1 lv_old").sent == ["rmbdsp -sp client_boot -bd lv_old"]
    assert "there are none" in refusal(pooled, "remove-backing-device p75vio1 lv_old")


def test_a_disk_is_no_backing_device(lab: Lab) -> None:
    """A target on a whole disk is unmapped, never removed with its data."""
    assert "stands on one" in refusal(lab, "remove-backing-device p75vio1 billing01_rvg")


def test_what_stands_in_the_way_of_a_backing_device(pooled: Lab) -> None:
    """No such pool, no room, a name that is taken, a target's name without an adapter."""
    pooled.padmin("mkbdsp -sp client_boot 1G -bd lv_old -vadapter vhost1")
    make = "make-backing-device p75vio1"
    assert "there are rootvg, client_boot" in refusal(pooled, f"{make} lv_a nopool size=1G")
    assert "MB are free" in refusal(pooled, f"{make} lv_a client_boot size=900G")
    assert "there is one in client_boot" in refusal(pooled, f"{make} lv_old rootvg size=1G")
    assert "without adapter=" in refusal(pooled, f"{make} lv_a client_boot size=1G name=t1")
    assert "vtscsi0 on vhost1" in refusal(pooled, "map-backing-device p75vio1 lv_old vhost0")


def test_a_drive_is_given_and_taken(lab: Lab) -> None:
    """It is no way to data, so nothing has to stand in for it."""
    given = lab.ask("make-optical p75vio1 vhost0 name=shiva_dvd")
    assert given.sent == ["mkvdev -fbo -vadapter vhost0 -dev shiva_dvd"]
    assert given.report.ending is Ending.SUCCEEDED, given.told
    taken = lab.ask("unmap p75vio1 shiva_dvd")
    assert (taken.shown.interlocks, taken.shown.affected) == ((), ("billing01",))
    assert taken.report.offers[0].text == "make-optical p75vio1 vhost0 name=shiva_dvd"
