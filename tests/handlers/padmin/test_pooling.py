"""Storage pools and rootvg: a disk is taken where nobody has it, and nothing that is in use is given up."""

from __future__ import annotations

import pytest

from bot.lab.fleet.events import RmcChanged
from handlers.operation import Ending
from policies.words import Effect
from tests.handlers.padmin.lab import Lab

FIRST, SECOND = "hdisk14", "hdisk15"  # of p75vio1; nobody uses them


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.fixture
def pooled(lab: Lab) -> Lab:
    lab.padmin(f"mksp client_boot {FIRST}")
    return lab


def refusal(lab: Lab, text: str) -> str:
    """Nothing was planned, nothing sent."""
    walked = lab.ask(text)
    assert (walked.plan, walked.sent, walked.report.ending) == (None, [], Ending.FAILED), walked.told
    return walked.told


def test_a_pool_is_made_grown_shrunk_and_gone_with_its_last_disk(lab: Lab) -> None:
    """Each step by its own operation, each undone by the one before."""
    made = lab.ask(f"make-pool p75vio1 client_boot {FIRST}")
    assert made.sent == [f"mksp client_boot {FIRST}"]
    assert made.report.ending is Ending.SUCCEEDED, made.told
    assert made.shown.undo == "/vios remove-pool p75vio1 client_boot"
    grown = lab.ask(f"grow-pool p75vio1 client_boot {SECOND},hdisk16")
    assert grown.sent == [f"chsp -add -sp client_boot {SECOND} hdisk16"]
    shrunk = lab.ask(f"shrink-pool p75vio1 client_boot {SECOND},hdisk16")
    assert shrunk.sent == [f"chsp -rm -sp client_boot {SECOND} hdisk16"]
    assert shrunk.shown.undo == f"/vios grow-pool p75vio1 client_boot {SECOND},hdisk16"
    last = lab.ask(f"shrink-pool p75vio1 client_boot {FIRST}")
    assert "the pool goes with its last disk" in last.shown.moves
    assert last.shown.undo == f"/vios make-pool p75vio1 client_boot {FIRST}"
    assert last.shown.commands[0].effect is Effect.DESTROYS
    assert last.report.ending is Ending.SUCCEEDED, last.told
    assert "client_boot" not in lab.padmin("lssp")


def test_what_was_in_a_pool_before_stays_when_its_growth_is_undone(pooled: Lab) -> None:
    """Only the disks that were added are told as such, and come out again."""
    grown = pooled.ask(f"grow-pool p75vio1 client_boot {FIRST},{SECOND}")
    assert grown.sent == [f"chsp -add -sp client_boot {SECOND}"]
    assert f"adds {SECOND} to the storage pool" in grown.shown.moves
    assert grown.shown.undo == f"/vios shrink-pool p75vio1 client_boot {SECOND}"


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("make-pool p75vio1 fresh hdisk0", "rootvg"),
        ("make-pool p75vio1 fresh hdisk1", "billing01_rvg of billing01"),
        ("make-pool p75vio1 fresh hdisk99", "there are hdisk0"),
        ("make-pool p75vio1 rootvg hdisk15", "there are rootvg, client_boot"),
        ("grow-pool p75vio1 client_boot hdisk2", "archive01_rvg of archive01"),
        ("grow-pool p75vio1 nopool hdisk15", "there are rootvg, client_boot"),
        ("shrink-pool p75vio1 client_boot hdisk15", "it stands on hdisk14"),
        ("shrink-pool p75vio1 rootvg hdisk0", "it isn't the VIOS's own rootvg"),
        ("remove-pool p75vio1 rootvg", "it isn't the VIOS's own rootvg"),
        ("remove-pool p75vio1 nopool", "there are rootvg, client_boot"),
        ("default-pool p75vio1 nopool", "there are rootvg, client_boot"),
        ("extend-rootvg p75vio1 hdisk14", "client_boot"),
    ],
)
def test_what_is_in_use_or_isnt_there_is_left_alone(pooled: Lab, text: str, seen: str) -> None:
    """Nobody is asked; what was read says why."""
    assert seen in refusal(pooled, text)


def test_a_disk_that_another_vios_gives_away_joins_no_pool(lab: Lab) -> None:
    """It is free here; by the other VIOS a running partition lives on it."""
    lab.padmin("rmvdev -vdev hdisk1")
    assert "hdisk1 of p75vio2 is mapped to billing01" in refusal(lab, "make-pool p75vio1 fresh hdisk1")
    lab.happen(RmcChanged(system="p75", partition="p75vio2", rmc_state="inactive"))
    assert "p75vio2: it is Running, RMC inactive" in refusal(lab, f"make-pool p75vio1 fresh {FIRST}")


def test_a_pool_that_holds_something_stays(pooled: Lab) -> None:
    """A backing device that a client has is named; a disk that the others can't do without stays in."""
    pooled.padmin("mkbdsp -sp client_boot 1G -bd lv_c1_boot -vadapter vhost0")
    assert "lv_c1_boot of billing01" in refusal(pooled, "remove-pool p75vio1 client_boot")
    assert "1024 MB are in use" in refusal(pooled, f"shrink-pool p75vio1 client_boot {FIRST}")


def test_the_default_pool_goes_over_and_back(pooled: Lab) -> None:
    """Read before and after; the way back is the pool that it was."""
    changed = pooled.ask("default-pool p75vio1 client_boot")
    assert changed.sent == ["chsp -default client_boot"]
    assert changed.shown.undo == "/vios default-pool p75vio1 rootvg"
    assert changed.report.ending is Ending.SUCCEEDED, changed.told
    assert pooled.ask("default-pool p75vio1 client_boot").sent == []


def test_a_pool_is_removed_when_empty(pooled: Lab) -> None:
    """Its disks are told, for who wants it again."""
    gone = pooled.ask("remove-pool p75vio1 client_boot")
    assert gone.sent == ["rmsp client_boot"]
    assert gone.facts["its disks"] == FIRST
    assert gone.shown.undo == f"/vios make-pool p75vio1 client_boot {FIRST}"
    assert gone.report.ending is Ending.SUCCEEDED, gone.told


def test_rootvg_gets_a_second_disk(lab: Lab) -> None:
    """Told by the disks that it stands on, and not by the exit status."""
    grown = lab.ask(f"extend-rootvg p75vio1 {FIRST}")
    assert grown.sent == [f"extendvg rootvg {FIRST}"]
    assert grown.report.ending is Ending.SUCCEEDED, grown.told
    lied = lab.ask(
        f"extend-rootvg p75vio1 {SECOND}", fault=lambda line: ("", 0) if line.startswith("extendvg") else None
    )
    assert lied.report.headline == f"it exited well, and yet: {SECOND} isn't in rootvg"
