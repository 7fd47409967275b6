"""What a VIOS tells: what of it counts, what of it is noise, and the way back where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.command import Command, Result
from handlers.drift import looking
from handlers.drift.comparing import Did, Quiet, differences
from handlers.drift.looking import Answers
from handlers.drift.source import Back
from handlers.drift.sources import SOURCES, Chosen
from handlers.drift.value import Value, unmarked
from handlers.heard import Unread
from handlers.place import VIOS, Place
from policies.alerts import Severity
from tests.handlers.drift.test_comparing import AT

RECORDED = Path(__file__).resolve().parents[2] / "recorded" / "drift"
PLACE = Place(hmc="hmc1", system="p72", name="p72vio1", id=1, env=VIOS)
SETTABLE = "settable"


def quiet(source: str, case: str) -> dict[str, Value]:
    return SOURCES[source].quiet(SOURCES[source].parse((RECORDED / source / f"{case}.raw").read_text()))


def back(source: str, about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    return SOURCES[source].back(about, key, wanted, now)


def answered(answers: dict[str, tuple[int, str]]) -> Answers:
    """Each command answered by the first that its line begins with; anything else with an empty refusal."""
    flow = looking.answers(PLACE, Chosen(), unmarked)
    try:
        command = next(flow)
        while True:
            assert isinstance(command, Command)
            line = command.argv[-1]
            status, text = next((told for start, told in answers.items() if line.startswith(start)), (1, "x\nrc=1\n"))
            command = flow.send(Result(command=command, exit_status=status, text=text, size=len(text)))
    except StopIteration as end:
        found: Answers = end.value
        return found


def test_of_a_mapping_only_what_is_set_counts() -> None:
    """Neither who is logged in, nor whose partition is connected, nor which medium lies in a drive."""
    assert quiet("vscsi", "optical") == {
        "web01_rvg": Value("hdisk1 by slot C14, LUN 0x8100000000000000", type="vhost0"),
        "shiva_dvd": Value("a drive by slot C14, LUN 0x8200000000000000", type="vhost0"),
    }
    assert quiet("npiv", "not-logged-in") == {
        "C14": Value("fcs0", type="vfchost3 upt0052"), "C13": Value("fcs0", type="vfchost3"),
    }  # fmt: skip


def test_adapters_that_are_numbered_anew_are_the_same() -> None:
    """`vhost3` becomes `vhost0` when devices are found anew; the slot is the one that it was."""
    before = {"vscsi": {"web01_rvg": Value("hdisk1 by slot C14", type="vhost0")}}
    after = {"vscsi": {"web01_rvg": Value("hdisk1 by slot C14", type="vhost3")}}
    assert differences(SOURCES, before, after, Quiet(), AT) == ()


def test_a_mapping_that_vanished_weighs_more_than_one_that_came() -> None:
    """The one is an outage that may be, the other is somebody's work."""
    one = {"vscsi": {"web01_rvg": Value("hdisk1 by slot C14", type="vhost0")}}
    (gone,) = differences(SOURCES, one, {"vscsi": {}}, Quiet(), AT)
    (came,) = differences(SOURCES, {"vscsi": {}}, one, Quiet(), AT)
    assert [(each.did, each.severity) for each in (gone, came)] == [
        (Did.GONE, Severity.SERIOUS), (Did.APPEARED, Severity.WARNING),
    ]  # fmt: skip


def test_targets_and_server_adapters_are_told_with_their_mapping_alone() -> None:
    """A disk more is a device more; what is handed out isn't told twice."""
    there = quiet("vios-devices", "p72vio1")
    assert {"hdisk1", "ent4", "fscsi0"} <= there.keys()
    assert not any("rvg" in name or name.startswith(("vhost", "vfchost")) for name in there)


@pytest.mark.parametrize(
    ("source", "about", "key", "wanted", "now", "words"),
    [
        ("vios-attributes", "ent4", "largesend", "1", "0", ("chdev", "-dev", "ent4", "-attr", "largesend=1")),
        ("vios-attributes", "hdisk1", "queue_depth", "20", "8",
         ("chdev", "-dev", "hdisk1", "-attr", "queue_depth=20", "-perm")),
        ("vios-attributes", "ent0", "large_send", "yes", "no",
         ("chdev", "-dev", "ent0", "-attr", "large_send=yes", "-perm")),
        ("vios-attributes", "en4", "mtu", "1500", "9000", ("chdev", "-dev", "en4", "-attr", "mtu=1500")),
    ],
)  # fmt: skip
def test_an_attribute_is_set_back_as_padmin(
    source: str, about: str, key: str, wanted: str, now: str, words: tuple[str, ...]
) -> None:
    """A SEA takes its own at once; what clients lean on takes it for the next start."""
    way = back(source, about, key, Value(wanted, type=SETTABLE), Value(now, type=SETTABLE))
    assert way.argv == (words,)
    assert bool(way.takes_hold) is ("-perm" in words)


@pytest.mark.parametrize("key", ["ha_mode", "ctl_chan", "virt_adapters", "pvid", "pvid_adapter", "real_adapter"])
def test_what_a_sea_bridges_has_no_one_command(key: str) -> None:
    """Set on one of a pair alone it can be an outage."""
    way = back("vios-attributes", "ent4", key, Value("x", type=SETTABLE), Value("y", type=SETTABLE))
    assert way.argv == ()
    assert "`/sea " in way.why_not


def test_a_tunable_is_set_back_for_now_and_for_the_next_start_as_it_was() -> None:
    """Both where both were alike; each by itself where not; what only a start sets waits for one."""
    alike, now = Value("262144", "16384", "262144", "C"), Value("131072", "16384", "131072", "C")
    assert back("optimizenet", "", "tcp_sendspace", alike, now).argv == (
        ("optimizenet", "-set", "tcp_sendspace=262144", "-perm"),
    )
    parted = Value("262144", "16384", "16384", "C")
    assert back("optimizenet", "", "tcp_sendspace", parted, now).argv == (
        ("optimizenet", "-set", "tcp_sendspace=16384", "-reboot"), ("optimizenet", "-set", "tcp_sendspace=262144"),
    )  # fmt: skip
    late = back("optimizenet", "", "arptab_nb", Value("149", "149", "149", "R"), Value("149", "149", "300", "R"))
    assert late.argv == (("optimizenet", "-set", "arptab_nb=149", "-reboot"),)
    assert late.takes_hold
    assert back("optimizenet", "", "ports", Value("{1}", type="D"), Value("{}", type="D")).argv == ()


def test_of_a_mapping_the_operation_is_named_that_is_its_inverse() -> None:
    """None of them is sent: each looks first at what leans on it."""
    disk = Value("hdisk1 by slot C14, LUN 0x81", type="vhost0")
    told = {
        "gone": back("vscsi", "", "web01_rvg", disk, None),
        "came": back("vscsi", "", "web01_rvg", None, disk),
        "volume": back("vscsi", "", "web01_lv", Value("web01lv by slot C14", type="vhost0"), None),
        "port": back("npiv", "", "C53", Value("fcs0", type="vfchost0"), Value("fcs1", type="vfchost0")),
        "unmapped": back("npiv", "", "C53", Value("no port", type="vfchost0"), Value("fcs1", type="vfchost0")),
        "adapter": back("npiv", "", "C53", Value("fcs0", type="vfchost0"), None),
        "bridge": back("bridges", "", "ent2", Value("ent4 over ent0"), Value("not bridged")),
    }
    assert not any(each.argv for each in told.values())
    named = {
        "gone": "`/vios map-disk` with hdisk1, vhost0 and name=web01_rvg", "came": "`/vios unmap` takes web01_rvg away",
        "volume": "`/vios map-backing-device` with web01lv", "port": "`/vios map-npiv` with vfchost0 and fcs0",
        "unmapped": "`/vios unmap-npiv` with vfchost0", "adapter": "profile of the VIOS", "bridge": "`/sea show`",
    }  # fmt: skip
    assert {name for name in named if named[name] not in told[name].why_not} == set()


def test_a_vios_without_adapters_of_a_kind_is_read_as_such() -> None:
    """`lsmap` says so by its status; a refusal of another kind is unreadable."""
    devices = (RECORDED / "vios-devices" / "p72vio1.raw").read_text()
    found = answered({"lsdev": (0, devices), "lsmap -all -npiv": (1, "no adapters\nrc=63\n")})
    assert found.read["npiv"] == {}
    assert {"vscsi", "bridges"} <= found.unread.keys()


def test_what_the_hmc_refuses_is_the_whole_vios_and_what_the_vios_refuses_is_one_question() -> None:
    """Sixty questions that can't be passed on are one thing to tell."""
    with pytest.raises(Unread, match="HSCL"):
        answered({"lsdev": (1, "HSCL2957 Either there is currently no RMC connection\n")})
    refused = answered({"lsdev": (1, "HSCL2970 failed\nrc=2\n"), "ioslevel": (0, "4.1.0.10\n")})
    assert refused.read == {"ioslevel": {"level": Value("4.1.0.10")}}
    assert "vios-devices" in refused.unread
    assert refused.asked({"vios-attributes:hdisk1", "attributes:hdisk1"}) >= {"vios-attributes:hdisk1"}


def test_its_log_of_commands_is_shown_without_our_own_reads() -> None:
    """The newest of what was done there; thousands of reads would hide it."""
    reads = "".join(f"Apr 14 2016, 01:{n:02}:00 padmin    lsdev -dev hdisk{n} -attr\n" for n in range(60))
    log = f"Apr 14 2016, 01:00:00 padmin    rmvdev -vtd web01_rvg\n{reads}"
    flow = looking.around(PLACE)
    command = next(flow)
    assert isinstance(command, Command)
    with pytest.raises(StopIteration) as end:
        flow.send(Result(command=command, exit_status=0, text=log, size=len(log)))
    assert end.value.value == ("lsgcl: Apr 14 2016, 01:00:00 padmin    rmvdev -vtd web01_rvg",)


def test_a_password_in_its_log_of_commands_is_hidden() -> None:
    """What somebody typed there goes to a channel: never what lets people in."""
    log = "Apr 14 2016, 01:00:00 root      mkldap -host 10.0.0.1 -bind cn=admin -passwd s3cr3t -user all\n"
    flow = looking.around(PLACE)
    command = next(flow)
    assert isinstance(command, Command)
    with pytest.raises(StopIteration) as end:
        flow.send(Result(command=command, exit_status=0, text=log, size=len(log)))
    (told,) = end.value.value
    assert told.endswith("mkldap -host 10.0.0.1 -bind cn=admin -passwd hidden -user all")
