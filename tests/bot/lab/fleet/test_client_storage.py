"""A client's disks and paths follow from what its VIOS map to it, and its error log tells when they change."""

from __future__ import annotations

import pytest

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.events import (
    FrameStopping,
    MigrationEnded,
    MigrationStarted,
    PartitionStarted,
    PartitionStopped,
    PartitionStopping,
    ZoningChanged,
)
from bot.lab.fleet.mishaps import begun_by, ended_by
from bot.lab.fleet.model import Migration
from tests.bot.lab.fleet.keyboard import Keyboard


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


def identifiers(keyboard: Keyboard, on: str, user: str = "root") -> list[str]:
    """Oldest first."""
    text = keyboard.says("errlog" if user == "padmin" else "errpt", on=on, user=user)
    return [line.split()[0] for line in text.splitlines()[:0:-1]]


def test_paths_go_by_both_vios(keyboard: Keyboard) -> None:
    """One for each VIOS by virtual SCSI; by NPIV one for each storage port of each fabric."""
    assert keyboard.says("lspath", on="app01") == "Enabled hdisk0 vscsi0\nEnabled hdisk0 vscsi1\n"
    assert keyboard.says("lspath -l hdisk0 -F status:parent:connection") == (
        "Enabled:fscsi0:50050768014016aa,0\nEnabled:fscsi0:50050768014016ab,0\n"
        "Enabled:fscsi1:50050768014026aa,0\nEnabled:fscsi1:50050768014026ab,0\n"
    )
    assert keyboard.says("lspath -s failed") == ""
    assert keyboard.says("lspath -p fscsi1 -H").splitlines()[0].split() == ["status", "name", "parent"]
    assert "0514-519" in keyboard.refused("lspath -l hdisk9")
    assert "Usage: lspath" in keyboard.refused("lspath hdisk0")


def test_adapters_and_disks_are_devices(keyboard: Keyboard) -> None:
    """They are listed where their slots are, and have attributes; what doesn't fit is refused."""
    assert keyboard.says("lsdev -Cc adapter", on="app01").splitlines()[-1].split(None, 3) == [
        "vscsi1", "Available", "C12-T1", "Virtual SCSI Client Adapter",
    ]  # fmt: skip
    assert keyboard.says("lsdev -Cc disk").splitlines()[0].split(None, 3) == [
        "hdisk0", "Available", "C21-T1-01", "MPIO Other FC SCSI Disk Drive",
    ]  # fmt: skip
    assert keyboard.says("lsdev -Cl fcs1 -F status:location").split() == ["Available", "C22-T1"]
    assert keyboard.says("lsattr -El fscsi0 -a fc_err_recov").split()[1] == "fast_fail"
    assert "0514-018" in keyboard.refused("chdev -l fscsi0 -a fc_err_recov=slowly -P")
    assert keyboard.says("chdev -l vscsi0 -a vscsi_err_recov=fast_fail -P", on="app01") == "vscsi0 changed\n"
    assert keyboard.says("lspv", on="app01").split()[2:] == ["rootvg", "active"]
    pvid = keyboard.says("lspv", on="app01").split()[1]
    assert keyboard.says("lsattr -El hdisk0 -a pvid", on="app01").split()[1] == pvid.ljust(32, "0")


@pytest.mark.parametrize(
    ("client", "lost", "found"),
    [
        ("app01", ["DE3B8540"], ["A6F5AE7C"]),
        ("db01", ["D712FEAE", "4B436A3D", *["DE3B8540"] * 4], ["A6F5AE7C"] * 4),
    ],
)
def test_a_vios_that_goes_takes_its_paths(client: str, lost: list[str], found: list[str], keyboard: Keyboard) -> None:
    """They fail when it does, say so in the client's log, and come back with it."""
    keyboard.happen(PartitionStopped(system="p72", partition="p72vio1"))
    states = [line.split()[0] for line in keyboard.says("lspath", on=client).splitlines()]
    assert states.count("Failed") == states.count("Enabled") == len(states) / 2
    assert identifiers(keyboard, client) == lost
    keyboard.happen(PartitionStarted(system="p72", partition="p72vio1"))
    keyboard.now += 200
    assert "Failed" not in keyboard.says("lspath", on=client)
    assert identifiers(keyboard, client) == [*lost, *found]


def test_without_the_last_path_writes_fail(keyboard: Keyboard) -> None:
    """With both VIOS gone the volume group's I/O fails, too."""
    for name in ("p72vio1", "p72vio2"):
        keyboard.happen(PartitionStopped(system="p72", partition=name))
    assert identifiers(keyboard, "app01") == ["DE3B8540", "DE3B8540", "E86653C3"]
    assert "Enabled" not in keyboard.says("lspath", on="app01")
    assert "LVM_IO_FAIL" in keyboard.says("errpt -a -j E86653C3", on="app01")


def test_zoning_breaks_what_goes_by_it(keyboard: Keyboard) -> None:
    """A VIOS without storage fails its clients' disks; half of an NPIV client's paths go with one fabric."""
    for event in begun_by("zoning-broken", keyboard.world.fleet, "p72", "p72vio1"):
        keyboard.happen(event)
    assert keyboard.says("lspath -s failed", on="app01") == "Failed hdisk0 vscsi0\n"
    assert len(keyboard.says("lspath -s failed").splitlines()) == 2
    for event in ended_by("zoning-broken", keyboard.world.fleet, "p72", "p72vio1"):
        keyboard.happen(event)
    assert keyboard.says("lspath -s failed", on="app01") == ""
    keyboard.happen(
        ZoningChanged(system="p72", partition="p72vio2", port="fcs1", targets=frozenset({"50050768014026AA"}))
    )
    assert keyboard.says("lspath -s failed -F name:connection").splitlines() == [
        "hdisk0:50050768014026ab,0", "hdisk1:50050768014026ab,1000000000000",
    ]  # fmt: skip


def test_paths_move_with_the_partition(keyboard: Keyboard) -> None:
    """After a migration they go by the other frame's VIOS: what becomes of the old ones is nothing to it."""
    keyboard.happen(
        MigrationStarted(
            migration=Migration(
                partition="app01", source="p72", destination="p75", destination_hmc="hmc-oslo",
                started=keyboard.now, seconds=40, size=1,
            )
        )
    )  # fmt: skip
    keyboard.happen(MigrationEnded(source="p72", partition="app01"))
    logged = identifiers(keyboard, "app01")
    keyboard.happen(PartitionStopped(system="p72", partition="p72vio1"))
    assert identifiers(keyboard, "app01") == logged
    keyboard.happen(PartitionStopped(system="p75", partition="p75vio2"))
    assert keyboard.says("lspath -s failed", on="app01") == "Failed hdisk0 vscsi1\n"
    assert identifiers(keyboard, "app01") == [*logged, "DE3B8540"]


def test_a_frame_that_is_switched_off_warns_everybody(keyboard: Keyboard) -> None:
    """Each AIX and each VIOS that ran has the power's event in its log, and nothing of paths; others have nothing."""
    keyboard.happen(FrameStopping(system="p72"))
    for name in ("app01", "p72vio1"):
        assert [each.kind.identifier for each in keyboard.host(name).error_log] == ["BE0A03E5"]
    assert keyboard.host("off01").error_log == ()


def test_an_orderly_end_by_the_hmc_is_told_as_lost_power(keyboard: Keyboard) -> None:
    """The HMC's own shutdown comes over as one; the operating system's doesn't."""
    for name, by_power in (("app01", True), ("web01", False)):
        keyboard.happen(PartitionStopping(system="p72", partition=name, by_power=by_power))
        assert [each.kind.identifier for each in keyboard.host(name).error_log][:1] == (
            ["BE0A03E5"] if by_power else ["192AC071"]
        )


def test_a_fleet_that_begins_has_nothing_logged() -> None:
    """What was so before the story isn't told as new."""
    keyboard = Keyboard(demo_fleet())
    assert keyboard.says("errpt", on="app01") == ""
