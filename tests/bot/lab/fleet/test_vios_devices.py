"""padmin makes virtual devices, takes them away, and has the database forget devices and find them again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.lab.fleet.events import PartitionStarted, PartitionStopping
from tests.bot.lab.fleet.keyboard import Keyboard

CAPTURES = Path(__file__).parents[5] / "shared" / "captures" / "vios"
SPARE = "hdisk14"  # of p75vio1


class Padmin(Keyboard):
    """At p75vio1, whose disks and ports aren't all in use."""

    def line(self, line: str) -> str:
        return self.says(line, on="p75vio1", user="padmin")

    def no(self, line: str) -> str:
        """The refusal; nothing has changed."""
        before = self.world.fleet
        text = self.refused(line, on="p75vio1", user="padmin")
        assert self.world.fleet == before
        return text

    def rows(self, line: str) -> list[list[str]]:
        return [row.split() for row in self.line(line).splitlines()]


@pytest.fixture
def padmin() -> Padmin:
    return Padmin()


def test_the_stage_is_set(padmin: Padmin) -> None:
    """The disk that these tests use is free, and is mapped to nobody."""
    assert SPARE in [row[0] for row in padmin.rows("lspv -free")]


def test_a_disk_is_mapped_and_unmapped(padmin: Padmin) -> None:
    """The target is seen by lsmap and lsdev, the disk is free no more; taken away by either name, it is free again."""
    assert padmin.line(f"mkvdev -vdev {SPARE} -vadapter vhost0 -dev wd_c3_hd3") == "wd_c3_hd3 Available\n"
    assert padmin.line("lsmap -vadapter vhost0 -field vtd backing -fmt :").endswith(f":wd_c3_hd3:{SPARE}\n")
    assert ["wd_c3_hd3", "Available"] in [row[:2] for row in padmin.rows("lsdev -virtual -type disk")]
    assert SPARE not in [row[0] for row in padmin.rows("lspv -free")]
    assert padmin.line("lsdev -dev wd_c3_hd3 -attr aix_tdev") == f"value\n\n{SPARE}\n"
    assert padmin.line("rmvdev -vtd wd_c3_hd3") == "wd_c3_hd3 deleted\n"
    assert padmin.line(f"mkvdev -vdev {SPARE} -vadapter vhost0") == "vtscsi0 Available\n"
    assert padmin.line(f"rmvdev -vdev {SPARE}") == "vtscsi0 deleted\n"
    assert SPARE in [row[0] for row in padmin.rows("lspv -free")]


def test_a_target_takes_the_first_free_number(padmin: Padmin) -> None:
    """Of the adapter's logical units, the one that a target left is the next one's."""
    padmin.line(f"mkvdev -vdev {SPARE} -vadapter vhost0 -dev first")
    padmin.line("mkvdev -fbo -vadapter vhost0")
    padmin.line("rmvdev -vtd first")
    padmin.line(f"mkvdev -vdev {SPARE} -vadapter vhost0 -dev second")
    assert padmin.line("lsdev -dev second -attr LogicalUnitAddr") == "value\n\n0x8200000000000000\n"


def test_a_backing_device_in_use_is_refused_as_captured(padmin: Padmin) -> None:
    """Only -f has it used twice."""
    padmin.line(f"mkvdev -vdev {SPARE} -vadapter vhost0")
    refused = padmin.no(f"mkvdev -vdev {SPARE} -vadapter vhost0")
    assert refused == (
        f'"{SPARE}" is already being used as a backing device.  Specify the -f flag\n'
        "to force this device to be used anyway.\n"
    )
    if (CAPTURES / "mkvdev_backing_in_use.txt").is_file():
        assert refused.replace(SPARE, "hdisk7") == (CAPTURES / "mkvdev_backing_in_use.txt").read_text()
    assert padmin.line(f"mkvdev -f -vdev {SPARE} -vadapter vhost0") == "vtscsi1 Available\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("mkvdev", "Usage: mkvdev"),
        ("mkvdev -vdev hdisk14", "Usage: mkvdev"),
        ("mkvdev -vdev hdisk14 -fbo -vadapter vhost0", "Usage: mkvdev"),
        ("mkvdev -vdev hdisk14 -vadapter vhost9", '"vhost9" is not a Server Virtual SCSI'),
        ("mkvdev -vdev hdisk99 -vadapter vhost0", '"hdisk99" is not a valid device'),
        ("mkvdev -vdev hdisk0 -vadapter vhost0", '"hdisk0" belongs to the storage pool rootvg'),
        ("mkvdev -vdev hdisk14 -vadapter vhost0 -dev a_name_far_too_long", "The name"),
        ("mkvdev -vdev hdisk14 -vadapter vhost0 -dev ent0", 'The name "ent0" is already in use'),
        ("mkvdev -vdev hdisk14 -vadapter vhost0 -dev '$(reboot)'", "The name"),
        ("rmvdev", "Usage: rmvdev"),
        ("rmvdev -vtd nobody", '"nobody" is not a virtual target device'),
        ("rmvdev -vdev hdisk14", '"hdisk14" is not a backing device'),
        ("rmdev -dev nobody", "Some error messages may contain"),
        ("rmdev -dev ent0", "Some error messages may contain"),
        ("rmdev -dev vhost0", "Some error messages may contain"),
        ("rmdev -dev hdisk0", "Some error messages may contain"),
        ("cfgdev -dev nobody", "Some error messages may contain"),
        ("lsdev -dev ent0 -range nothing", "Some error messages may contain"),
        ("lsdev -dev ent0 -parent -child", "Usage: lsdev"),
        ("chdev -dev ent0 -attr jumbo_frames=yes", "Some error messages may contain"),
    ],
)
def test_wrong_use_is_refused_and_changes_nothing(padmin: Padmin, line: str, says: str) -> None:
    """On standard error, with a status, and the fleet as it was."""
    assert padmin.no(line).startswith(says)


def test_a_device_is_forgotten_until_it_is_looked_for(padmin: Padmin) -> None:
    """A disk and an adapter with its targets; cfgdev brings back what is there, without the targets."""
    assert padmin.line(f"rmdev -dev {SPARE}") == f"{SPARE} deleted\n"
    assert SPARE not in padmin.line("lspv")
    out = padmin.line("rmdev -dev vhost0 -recursive")
    assert out.endswith("vhost0 deleted\n")
    assert out.count("deleted") == 2
    assert padmin.typed("lsmap -vadapter vhost0", on="p75vio1", user="padmin")[2] == 15
    assert padmin.no(f"mkvdev -vdev {SPARE} -vadapter vhost0")
    assert padmin.line("cfgdev") == ""
    assert SPARE in padmin.line("lspv -free")
    assert "NO VIRTUAL TARGET DEVICE FOUND" in padmin.line("lsmap -vadapter vhost0")


def test_targets_are_told_apart_by_what_they_stand_on(padmin: Padmin) -> None:
    """-type leaves the targets of that kind, and an adapter without any is left out."""
    padmin.line("mkvdev -fbo -vadapter vhost1 -dev shiva_dvd")
    assert padmin.line("lsmap -all -type file_opt -field svsa vtd -fmt :") == "vhost1:shiva_dvd\n"
    assert "shiva_dvd" not in padmin.line("lsmap -all -type disk -field vtd backing")
    assert padmin.typed("lsmap -all -type lv", on="p75vio1", user="padmin")[2] == 15
    assert padmin.no("lsmap -all -net -type lv").startswith("Usage: lsmap")


def test_a_target_can_be_set_aside(padmin: Padmin) -> None:
    """Defined instead of deleted, until cfgdev."""
    name = padmin.line("lsmap -all -type disk -field vtd -fmt :").split()[0]
    assert padmin.line(f"rmdev -dev {name} -ucfg") == f"{name} Defined\n"
    assert padmin.rows(f"lsdev -dev {name} -field status")[-1] == ["Defined"]
    padmin.line("cfgdev")
    assert padmin.rows(f"lsdev -dev {name} -field status")[-1] == ["Available"]


def test_what_hangs_on_what_is_told(padmin: Padmin) -> None:
    """Parents and children, slots, product data and the values that an attribute takes."""
    assert padmin.line("lsdev -dev hdisk0 -parent") == "parent\n\nfscsi0\n"
    assert padmin.line("lsdev -dev fscsi0 -child -field name").split()[:2] == ["name", "hdisk0"]
    assert padmin.line("lsdev -dev ent0 -range media_speed").splitlines()[-1] == "Auto_Negotiation"
    assert padmin.line("lsdev -dev fcs0 -vpd | grep Network").strip().startswith("Network Address.............10000090")
    assert "U9009.42A.78A0075-V1-C2" in padmin.line("lsdev -slots")
    assert [row[0] for row in padmin.rows("lsdev -type sea")] == ["name", "ent4"]
    assert "reserve_policy" in padmin.line("lsdev -dev sys0 -attr; lsdev -dev hdisk3 -attr")
    loop = (
        "for D in $(lsdev -dev fscsi0 -child -field name | grep -v name); do lsdev -dev $D -attr reserve_policy; done"
    )
    assert set(padmin.line(loop).split()) == {"value", "no_reserve"}


def test_what_is_set_for_the_next_start_waits_for_it(padmin: Padmin) -> None:
    """-perm is listed at once, and holds once the VIOS has started; without it a port in use is busy."""
    assert "0514-062" in padmin.no("chdev -dev ent0 -attr jumbo_frames=yes")
    assert padmin.line("chdev -dev ent0 -attr jumbo_frames=yes -perm") == "ent0 changed\n"
    assert padmin.line("lsdev -dev ent0 -attr jumbo_frames") == "value\n\nyes\n"
    assert padmin.line("chdev -dev ent4 -attr ha_mode=standby -perm") == "ent4 changed\n"
    assert "    State: PRIMARY\n" in padmin.line("entstat -all ent4")
    padmin.happen(PartitionStopping(system="p75", partition="p75vio1"))
    padmin.now += 60
    padmin.happen(PartitionStarted(system="p75", partition="p75vio1"))
    padmin.now += 600
    text = padmin.line("entstat -all ent4")
    assert "    State: BACKUP\n" in text
    assert "High Availability Mode: Standby" in text
    assert padmin.host("p75vio1").io.upkeep.stored == ()
    assert padmin.line("lsdev -dev ent0 -attr jumbo_frames") == "value\n\nyes\n"


def test_a_reset_begins_the_counts_anew(padmin: Padmin) -> None:
    """Of that adapter alone."""
    assert "Elapsed Time: 30 days" in padmin.line("entstat ent0")
    padmin.line("entstat -reset ent0")
    padmin.now += 90
    text = padmin.line("entstat ent0")
    assert "Elapsed Time: 0 days 0 hours 1 minutes 30 seconds" in text
    assert "Elapsed Time: 30 days" in padmin.line("entstat ent4")
