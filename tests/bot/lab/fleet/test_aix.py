"""An AIX host's shell: devices, error log, network, files, and what tells of the host itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bot.lab.fleet.errorlog import Kind
from bot.lab.fleet.events import ClockSkewed, FileWritten, PartitionStarted, PartitionStopped
from bot.lab.fleet.events.changing import with_partition
from tests.bot.lab.fleet.keyboard import Keyboard

CAPTURES = Path(__file__).parents[5] / "shared" / "captures" / "aix"
DISK_ERR4 = Kind(identifier="49A83216", type="T", klass="H", description="DISK OPERATION ERROR")


@pytest.fixture
def keyboard() -> Keyboard:
    return Keyboard()


def captured(name: str) -> str:
    path = CAPTURES / name
    if not path.exists():
        pytest.skip("the captures of other people's machines aren't here")
    return path.read_text().replace("\xa0", " ")


def logged(keyboard: Keyboard, kind: Kind, resource: str, times: int = 1) -> None:
    for _ in range(times):
        keyboard.world.state = with_partition(
            keyboard.world.fleet, "p72", "db01", lambda host: host.logs(kind, resource, keyboard.now)
        )


# ── the device database ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_interface_is_listed_as_captured(keyboard: Keyboard) -> None:
    """An interface that nobody has configured has the captured attributes, values and columns."""
    keyboard.says("chdev -l en0 -a netaddr= -a netmask= -a state=down")
    assert keyboard.says("lsattr -El en0") == captured("lsattr_El_en.txt")


def test_adapters_are_listed_in_columns(keyboard: Keyboard) -> None:
    """Name, status, location and description, by name; one class, or one device."""
    assert keyboard.says("lsdev -Cc adapter").splitlines()[0].split(None, 3) == [
        "ent0", "Available", "C2-T1", "Virtual I/O Ethernet Adapter (l-lan)",
    ]  # fmt: skip
    assert keyboard.says("lsdev -Cl hdisk0 -F name:status") == "hdisk0 Available\n"
    assert keyboard.says("lsdev").splitlines()[0].startswith("en0    Available")
    assert keyboard.says("lsdev -Cc nonesuch") == ""


def test_chdev_changes_what_lsattr_shows(keyboard: Keyboard) -> None:
    """At once, or, with -P, for the next start: the database has it already, the device hasn't."""
    assert keyboard.says("chdev -l sys0 -a maxuproc=2048 -a fullcore=true") == "sys0 changed\n"
    assert keyboard.says("lsattr -El sys0 -a maxuproc").split()[:2] == ["maxuproc", "2048"]
    assert keyboard.says("chdev -l hdisk0 -a queue_depth=32 -P") == "hdisk0 changed\n"
    assert keyboard.says("lsattr -El hdisk0 -a queue_depth").split()[1] == "32"
    changed = keyboard.host("db01").aix.attribute("hdisk0", "queue_depth")
    assert changed is not None
    assert (changed.current, changed.stored) == ("3", "32")
    keyboard.happen(PartitionStopped(system="p72", partition="db01"))
    keyboard.happen(PartitionStarted(system="p72", partition="db01"))
    keyboard.now += 100
    changed = keyboard.host("db01").aix.attribute("hdisk0", "queue_depth")
    assert changed is not None
    assert changed.current == "32"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("lsattr -El ent9", "0514-519"),
        ("lsattr -El en0 -a nonesuch", "0514-528"),
        ("chdev -l ent9 -a a=b", "0514-519"),
        ("chdev -l en0 -a nonesuch=1", "0514-017"),
        ("chdev -l en0 -a arp=maybe", "0514-018"),
        ("chdev -l sys0 -a maxuproc=1", "0514-018"),
        ("chdev -l sys0 -a realmem=1", "0514-018"),
        ("chdev -l hdisk0 -a reserve_policy=single_path", "0514-062"),
        ("chdev -l en0", "Usage: chdev"),
        ("lsattr en0", "Usage: lsattr"),
    ],
)
def test_wrong_use_of_the_database_is_refused(line: str, code: str, keyboard: Keyboard) -> None:
    """In AIX's words, and nothing is changed."""
    before = keyboard.world.fleet
    assert code in keyboard.refused(line)
    assert keyboard.world.fleet is before


# ── the error log ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_entry_has_the_captured_form(keyboard: Keyboard) -> None:
    """Label, identifier, date, number, host, class, type and resource stand where the capture has them."""
    logged(keyboard, DISK_ERR4, "hdisk0", 25)
    text = keyboard.says("errpt -a -l 25").splitlines()
    shape = captured("errpt_a_disk_err4.txt").splitlines()
    assert text[0] == "-" * 75
    assert [line[:17] for line in text[1:11]] == [line[:17] for line in shape[:6]] + [line[:17] for line in shape[6:10]]
    assert text[1:3] == shape[:2]
    assert text[5] == shape[4]
    assert text[8:11] == shape[7:10]


def test_the_log_is_chosen_from(keyboard: Keyboard) -> None:
    """By class, type, identifier, resource and time; a date that there can't be is refused."""
    logged(keyboard, DISK_ERR4, "hdisk0")
    keyboard.now += 3600
    logged(keyboard, DISK_ERR4, "hdisk1")
    for flags, count in (("", 2), ("-d S", 0), ("-d H", 2), ("-T TEMP", 2), ("-T PERM", 0), ("-j 49a83216", 2),
                         ("-N hdisk1", 1), ("-s 0414090016", 1), ("-e 0414090016", 1)):  # fmt: skip
        assert len(keyboard.says(f"errpt {flags}").splitlines()[1:]) == count, flags
    assert "not valid" in keyboard.refused("errpt -s 9999999999")
    assert "Usage: errpt" in keyboard.refused("errpt -T nonsense")


def test_the_log_is_cleared_by_its_own_clock(keyboard: Keyboard) -> None:
    """Older ones go, and the numbering goes on."""
    logged(keyboard, DISK_ERR4, "hdisk0")
    keyboard.now += 3 * 24 * 3600
    logged(keyboard, DISK_ERR4, "hdisk1")
    assert keyboard.says("errclear 2") == ""
    assert keyboard.says("errpt").split()[-4:] == ["hdisk1", "DISK", "OPERATION", "ERROR"]
    assert "Permission" in keyboard.refused("errclear 0", user="monitor")
    keyboard.says("errclear -d S 0")
    assert keyboard.says("errpt") != ""
    keyboard.says("errclear 0")
    assert keyboard.says("errpt") == ""
    logged(keyboard, DISK_ERR4, "hdisk2")
    assert "Sequence Number: 3\n" in keyboard.says("errpt -a")


def test_each_host_dates_by_its_own_clock(keyboard: Keyboard) -> None:
    """The offset of a host is seen in `date` and in its log, and in no other's."""
    keyboard.happen(ClockSkewed(system="p72", partition="db01", seconds=-7 * 3600))
    logged(keyboard, DISK_ERR4, "hdisk0")
    assert keyboard.says("date") == "Thu Apr 14 01:33:00 UTC 2016\n"
    assert keyboard.says("date", on="web01") == "Thu Apr 14 08:33:00 UTC 2016\n"
    assert keyboard.says("errpt").splitlines()[1].split()[1] == "0414013316"


# ── the network ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_interfaces_are_described_as_captured(keyboard: Keyboard) -> None:
    """Large send on: the flags' words, the lines and their indents are the capture's, blank lines and numbers aside."""
    keyboard.says("chdev -l en0 -a mtu_bypass=on")
    text = keyboard.says("ifconfig -a").splitlines()
    shape = [line for line in captured("ifconfig-a-largesend.txt").splitlines() if line]
    assert "CHECKSUM_OFFLOAD(ACTIVE),LARGESEND,CHAIN>" in text[0]
    assert [line[:12] for line in text[1:3]] == [shape[1][:12], shape[3][:12]]
    assert text[4:] == shape[5:]
    assert "LARGESEND" not in keyboard.says("ifconfig en0", on="web01")
    assert "No such device" in keyboard.refused("ifconfig en9")


def test_counters_have_the_captured_columns(keyboard: Keyboard) -> None:
    """The same headings, a line for the link and one for each address, loopback last; the counters grow."""
    text, shape = keyboard.says("netstat -i").splitlines(), captured("netstat-i.txt").splitlines()
    assert text[0].split() == shape[0].split()
    assert [line.split()[:3] for line in text[-3:]] == [line.split()[:3] for line in shape[-3:]]
    assert text[1].split()[:3] == ["en0", "1500", "link#2"]
    keyboard.now += 60
    assert keyboard.says("netstat -i") != "\n".join(text)
    assert keyboard.says("netstat -in").splitlines()[2].split()[2:4] == ["10.7.2", "10.7.2.13"]


# ── files and the host itself ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(shutil.which("cksum") is None, reason="there is no cksum to compare with")
def test_checksums_are_the_real_ones(keyboard: Keyboard, tmp_path: Path) -> None:
    """`cksum` and `csum` give what the same programs give elsewhere for the same text."""
    file = tmp_path / "motd"
    file.write_text(keyboard.says("cat /etc/motd"))
    wanted = subprocess.run(["cksum", file], capture_output=True, text=True, check=True).stdout.split()[:2]
    assert keyboard.says("cksum /etc/motd").split()[:2] == wanted
    sha = subprocess.run(["sha256sum", file], capture_output=True, text=True, check=True).stdout.split()[0]
    assert keyboard.says("csum -h SHA256 /etc/motd") == f"{sha}  /etc/motd\n"
    assert keyboard.says("echo abc | cksum") == "1112837078 4\n"


def test_a_written_file_is_read(keyboard: Keyboard) -> None:
    """By whoever reads it: `cat`, the environment, the limits; and None gives it its old text back."""
    limits = keyboard.says("cat /etc/security/limits")
    assert keyboard.says("ulimit -a").splitlines()[6] == "nofiles(descriptors) 2000"
    for text, wanted in ((limits.replace("2000", "-1"), "unlimited"), (None, "2000")):
        keyboard.happen(FileWritten(system="p72", partition="db01", path="/etc/security/limits", text=text))
        assert keyboard.says("ulimit -n") == f"{wanted}\n"
    keyboard.happen(FileWritten(system="p72", partition="db01", path="/etc/environment", text="TZ=CET\n# no\nA=b\n"))
    assert keyboard.says("env").splitlines()[-2:] == ["TZ=CET", "A=b"]
    assert keyboard.says("printenv TZ") == "CET\n"
    assert "0652-050" in keyboard.refused("cat /etc/security/limits", user="monitor")
    assert "0652-050" in keyboard.refused("cat /etc/nonesuch")


def test_the_host_tells_of_itself(keyboard: Keyboard) -> None:
    """Level, name, filesets, who is there, since when it is up."""
    assert keyboard.says("oslevel -s; oslevel -r; oslevel") == "7300-02-01-2346\n7300-02\n7.3.0.0\n"
    assert keyboard.says("hostname; uname -a").startswith("db01\nAIX db01 3 7 00")
    assert "  bos.rte                      7.3.2.1    C     F    Base Operating System Runtime" in keyboard.says(
        "lslpp -L"
    )
    assert keyboard.says("lslpp -Lc bos.rte").startswith("bos:bos.rte:7.3.2.1: : :C: :Base")
    assert keyboard.typed("lslpp -L nonesuch")[1:] == ("lslpp: Fileset nonesuch not installed.\n\n", 1)
    assert keyboard.says("uptime").startswith("  08:33AM   up 30 days,  0:00,")
    assert keyboard.says("who").split()[0] == keyboard.says("last").split()[0] == "root"


def test_programs_are_called_by_path_too(keyboard: Keyboard) -> None:
    """An AIX's shell isn't restricted; what isn't there is told as ksh tells it."""
    assert keyboard.says("/usr/sbin/no -o sack") == "sack = 1\n"
    assert keyboard.typed("/usr/sbin/nonesuch") == ("", "ksh: nonesuch:  not found.\n", 127)
