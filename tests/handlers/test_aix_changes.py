"""Changes of hosts, driven against the simulated hosts' own shells: guards, commands, and what is read at the end."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from itertools import repeat
from typing import Any

import pytest

from bot.app import CATALOG
from handlers import grammar
from handlers.aix import disks
from handlers.aix.attributes import Attribute
from handlers.aix.upkeep import found_lines
from handlers.command import Command, Result
from handlers.operation import Ending, Operation, Report
from handlers.plan import Plan
from policies.words import Effect
from tests.house import tree
from tests.house.fleetbook import Fleetbook


def asked(text: str) -> Operation:
    read = grammar.read(CATALOG, "aix", text)
    assert isinstance(read, grammar.Asked), read
    return read.operation


def done(fleet: Fleetbook, text: str) -> tuple[list[str], Report]:
    """What changed something, and how it ended."""
    sent, report = fleet.driven(asked(text))
    return [" ".join(each.argv) for each in sent if each.effect > Effect.READS], report


def planned(fleet: Fleetbook, text: str) -> Plan:
    flow = asked(text).flow(fleet)
    step: Any = next(flow)
    while not isinstance(step, Plan):
        step = flow.send(
            tuple(map(fleet.answered, step.commands)) if hasattr(step, "commands") else fleet.answered(step)
        )
    return step


@pytest.fixture
def fleet() -> Fleetbook:
    return Fleetbook()


# ── interfaces ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_large_sends_now_and_for_good_are_told_apart(fleet: Fleetbook) -> None:
    """Now is ifconfig alone and leaves the device database; both is chdev; what is so already sends nothing."""
    sent, report = done(fleet, "largesend web01 en0 at=now")
    assert (sent, report.ending) == (["ifconfig en0 largesend"], Ending.SUCCEEDED)
    assert report.lines == ("It holds at once, and until the next restart alone.",)
    assert "mtu_bypass    off" in fleet.types("web01", "lsattr -El en0")[0]
    assert [offer.text for offer in report.offers] == ["largesend web01 en0 to=off at=now"]
    sent, report = done(fleet, "largesend web01 en0")
    assert (sent, report.ending) == (["chdev -l en0 -a mtu_bypass=on"], Ending.SUCCEEDED)
    assert report.lines == ("It holds at once, and after a restart.",)
    assert done(fleet, "largesend web01 en0")[0] == []
    sent, report = done(fleet, "largesend web01 en0 to=off")
    assert (sent, report.ending) == (["chdev -l en0 -a mtu_bypass=off"], Ending.SUCCEEDED)


def test_an_interface_that_isnt_there_is_refused(fleet: Fleetbook) -> None:
    """Before anybody is asked."""
    sent, report = done(fleet, "largesend web01 en7 at=now")
    assert (sent, report.ending) == ([], Ending.FAILED)
    assert "0514-519" in report.headline


SECOND = "chhwres -r virtualio --rsubtype eth -m p72 -o a -p web01 -s 9 -a port_vlan_id=11"
ADDRESS = "chdev -l en1 -a netaddr=10.9.9.9 -a netmask=255.255.255.0 -a state=up"


def test_the_way_in_is_never_taken_out(fleet: Fleetbook) -> None:
    """The interface by which hscbot or the HMC comes in is refused; another goes, and comes back with its address."""
    sent, report = done(fleet, "detach web01 en0")
    assert (sent, report.ending) == ([], Ending.FAILED)
    assert report.headline == "can't: hscbot doesn't come in over en0"
    assert report.lines == (
        "hscbot doesn't come in over en0: by 10.7.2.14",
        "the HMC doesn't come in over en0: by 10.7.2.14",
    )
    assert fleet.types("hmc-oslo", SECOND)[1] == fleet.types("web01", ADDRESS)[1] == 0
    plan = planned(fleet, "detach web01 en1")
    assert plan.commands[0].effect is Effect.DISRUPTS
    assert plan.affected == ("web01",)
    assert "10.9.9.9" in plan.moves
    assert plan.undo == "/aix attach web01 en1"
    assert set(plan.locks) == {"host web01", "partition web01 on p72"}
    sent, report = done(fleet, "detach web01 en1")
    assert (sent, report.ending) == (["ifconfig en1 detach"], Ending.SUCCEEDED)
    assert [offer.text for offer in report.offers] == ["attach web01 en1"]
    sent, report = done(fleet, "attach web01 en1")
    assert (sent, report.ending) == (["chdev -l en1 -a state=up"], Ending.SUCCEEDED)
    assert done(fleet, "attach web01 en1")[0] == []


def _driven(
    flow: Generator[Any, Any, Report], answers: Mapping[str, Iterator[tuple[str, int]]]
) -> tuple[list[str], Report]:
    """With these answers, each in its turn, by how their command begins."""
    sent: list[str] = []
    try:
        step = next(flow)
        while True:
            if isinstance(step, Plan):
                step = next(flow)
                continue
            assert isinstance(step, Command)
            line = " ".join(step.argv)
            sent.append(line)
            text, status = next(next(each for start, each in answers.items() if line.startswith(start)))
            step = flow.send(Result(command=step, exit_status=status, text=text, size=len(text)))
    except StopIteration as end:
        return sent, end.value


IFCONFIG = "en1: flags=1e084863,480<UP,RUNNING>\n\tinet 10.9.9.9 netmask 0xffffff00\n"


@pytest.mark.parametrize(
    ("login", "rmc", "why"),
    [
        (("", 1), "10.7.2.14\n", "hscbot doesn't come in over en1: the host doesn't tell by SSH_CONNECTION"),
        (("10.9.9.9\n", 0), "10.7.2.14\n", "hscbot doesn't come in over en1: the host doesn't tell by SSH_CONNECTION"),
        (("10.0.0.1 4000 10.9.9.9 22\n", 0), "10.7.2.14\n", "hscbot doesn't come in over en1: by 10.9.9.9"),
        (("10.0.0.1 4000 10.7.2.14 22\n", 0), "10.9.9.9\n", "the HMC doesn't come in over en1: by 10.9.9.9"),
    ],
)
def test_a_way_in_that_cant_be_told_is_no_way_that_can_be_taken(
    fleet: Fleetbook, login: tuple[str, int], rmc: str, why: str
) -> None:
    """Not knowing is no proof; and of the environment the one variable alone is read."""
    said = {"ifconfig": (IFCONFIG, 0), "printenv SSH_CONNECTION": login, "lssyscfg": (rmc, 0)}
    sent, report = _driven(asked("detach web01 en1").flow(fleet), {start: repeat(each) for start, each in said.items()})
    assert why in report.lines
    assert not any("detach" in line or line == "env" for line in sent)


# ── devices ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_scan_tells_what_came() -> None:
    """Only what is new and usable; a scan that didn't end well, or after which something is gone, is a failure."""
    old = "hdisk0 Available 00-00 Virtual SCSI Disk Drive\nhdisk1 Defined 00-01 Virtual SCSI Disk Drive\n"
    new = old.replace("Defined", "Available") + "hdisk2 Available Virtual SCSI Disk Drive\nhdisk3 Defined x\n"
    for text, status, ending, told in (
        (new, 0, Ending.SUCCEEDED, "web01: verified: new: hdisk1, hdisk2"),
        (old, 0, Ending.SUCCEEDED, "web01: verified: nothing new was found"),
        (new, 1, Ending.FAILED, "refused: it didn't end well"),
        ("hdisk1 Defined\n", 0, Ending.FAILED, "it exited well, and yet: hdisk0 was Available and is gone"),
    ):
        answers = {"lsdev": iter(((old, 0), (text, 0))), "cfgmgr": iter((("", status),))}
        sent, report = _driven(asked("scan web01").flow(Fleetbook()), answers)
        assert (report.ending, report.headline) == (ending, told)
        assert sent.count("cfgmgr") == 1


def test_each_disk_has_a_command_and_a_result_of_its_own(fleet: Fleetbook) -> None:
    """One that is refused is no reason not to set the others; all of it is told, disk by disk."""
    plan = planned(fleet, "set-disks db01 queue_depth 16 later=yes")
    assert [" ".join(each.argv) for each in plan.commands] == [
        f"chdev -l {disk} -a queue_depth=16 -P" for disk in ("hdisk0", "hdisk1")
    ]
    assert {fact.value for fact in plan.facts} == {"2 that are Available", "3"}
    assert plan.undo == "/aix set-disks db01 queue_depth 3 later=yes"
    sent, report = done(fleet, "set-disks db01 queue_depth 16 later=yes")
    assert (len(sent), report.ending) == (2, Ending.SUCCEEDED)
    assert report.table is not None
    assert report.table.rows == (("hdisk0", "3", "16", "set"), ("hdisk1", "3", "16", "set"))
    sent, report = done(fleet, "set-disks db01 queue_depth 8")
    assert (len(sent), report.ending) == (2, Ending.FAILED)
    assert report.table is not None
    assert [row[3] for row in report.table.rows] == ["not set", "not set"]
    assert report.headline == "refused: queue_depth of hdisk0 is 16"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("set-disks db01 fc_err_recov fast_fail", "can't: hdisk0 has fc_err_recov, and it may be set"),
        ("set-disks db01 unique_id none", "can't: hdisk0 has unique_id, and it may be set"),
        ("set-disks db01 queue_depth 16 filter=description~PowerPath", "can't: it chooses disks"),
        ("set-attribute db01 fcs9 dyntrk yes", "can't: lsattr of fcs9 couldn't be read"),
        ("set-disks db01 reserve_policy no_reserve", "db01: it is so already; nothing was sent"),
    ],
)
def test_what_cant_be_set_is_refused_before(fleet: Fleetbook, text: str, told: str) -> None:
    """An attribute that a device hasn't, or that nobody may set; no disk at all; what is so already."""
    sent, report = done(fleet, text)
    assert sent == []
    assert report.headline.startswith(told)


@pytest.mark.parametrize("text", ["set-disks db01 queue_depth 16", "set-attribute db01 hdisk0 queue_depth 16"])
def test_what_cant_be_typed_is_no_undo(text: str) -> None:
    """A value of before with a blank in it: it is no fault of the change, which says that nothing takes it back."""
    operation = asked(text)
    assert isinstance(operation, disks.AttributeChange)
    for value, undone in (("3 of 4", None), ("3", text.replace("16", "3"))):
        was = Attribute(name="queue_depth", value=value, description="", settable=True)
        undo = operation.undo((disks.Held(device="hdisk0", attribute=was),))
        assert (undo and undo.text()) == undone


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("set-attribute web01 en0 state detach", "/aix detach"),
        ("set-attribute web01 en1 netaddr 10.9.9.9 later=yes", "/aix detach"),
        ("set-attribute web01 et0 state down", "/aix detach"),
        ("set-attribute web01 inet0 hostname other", "what the host is reached by"),
        ("set-attribute web01 lo0 state down", "what the host is reached by"),
        ("set-attribute web01 hdisk1 pv clear", "it says which disk it is"),
        ("set-disks web01 pvid none", "it says which disk it is"),
    ],
)
def test_the_way_in_and_the_identity_are_no_attributes_like_others(text: str, told: str) -> None:
    """What would go past the guard of `detach`, or make a disk another one, is refused when it is typed."""
    read = grammar.read(CATALOG, "aix", text)
    assert isinstance(read, list)
    assert any(told in fault.said for fault in read)


def test_a_filter_is_checked_when_it_is_typed() -> None:
    """By the fields of the list of disks."""
    read = grammar.read(CATALOG, "aix", "set-disks db01 queue_depth 16 filter=size=5")
    assert isinstance(read, list)
    assert "filter" in read[0].said


# ── tunables ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_tunable_is_set_now_at_the_next_boot_or_both(fleet: Fleetbook) -> None:
    """Each by its own command, each verified by what it says of now and of the next boot, each with its own undo."""
    sent, report = done(fleet, "set-tunable web01 no tcp_keepidle 600 at=now")
    assert (sent, report.ending) == (["no -o tcp_keepidle=600"], Ending.SUCCEEDED)
    assert report.lines == ("It holds at once, and until the next restart alone.",)
    assert [offer.text for offer in report.offers] == ["set-tunable web01 no tcp_keepidle 14400 at=now"]
    sent, report = done(fleet, "set-tunable web01 no tcp_keepidle 700 at=boot")
    assert (sent, report.ending) == (["no -r -o tcp_keepidle=700"], Ending.SUCCEEDED)
    assert report.lines == ("It is noted, and holds from the next restart on.",)
    assert "600 now and 14400 at the next boot" in report.headline
    sent, report = done(fleet, "set-tunable web01 no tcp_keepidle 800")
    assert (sent, report.ending, report.offers) == (["no -p -o tcp_keepidle=800"], Ending.SUCCEEDED, ())
    assert done(fleet, "set-tunable web01 no tcp_keepidle 800")[0] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("no tcp_keepidle 0", "0 is in the range of tcp_keepidle"),
        ("no arptab_nb 200", "arptab_nb can be set now and at the next boot"),
        ("no psebufcalls 30 at=now", ""),
        ("no delayackports 5", "5 is in the range of delayackports"),
        ("vmo memory_frames 5 at=boot", "5 is in the range of memory_frames"),
        ("ioo aio_active 1 at=boot", "aio_active can be set at the next boot"),
        ("no nosuch 5", "no -F couldn't be read: no knows no tunable called nosuch"),
    ],
)
def test_range_and_type_are_what_the_host_says(fleet: Fleetbook, text: str, told: str) -> None:
    """Out of range, static, only at a boot, no number, unknown: refused before anybody is asked."""
    sent, report = done(fleet, f"set-tunable web01 {text}")
    assert (sent == []) is bool(told), report.headline
    if told:
        assert report.headline.startswith(f"can't: {told}")


def test_what_only_grows_isnt_lowered(fleet: Fleetbook) -> None:
    """Until the next boot; and no undo is offered that the host would refuse."""
    sent, report = done(fleet, "set-tunable web01 no psebufcalls 30 at=now")
    assert (report.ending, report.offers) == (Ending.SUCCEEDED, ())
    sent, report = done(fleet, "set-tunable web01 no psebufcalls 25 at=now")
    assert sent == []
    assert "type I: until the next boot it can only grow, and is 30" in report.lines[0]


# ── known hosts ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_host_is_forgotten_once(fleet: Fleetbook) -> None:
    """Found before, not found after; whom nobody knows is nothing to forget."""
    assert fleet.types("web01", "echo hmc2 ssh-ed25519 AAAA >> .ssh/known_hosts")[1] == 0
    sent, report = done(fleet, "forget-host web01 hmc2")
    assert (sent, report.ending) == (["ssh-keygen -R hmc2"], Ending.SUCCEEDED)
    answers = {
        "ssh-keygen -F": repeat(("# Host hmc2 found: line 4\nhmc2 ssh-ed25519 AAAA\n", 0)),
        "ssh-keygen -R": repeat(("", 0)),
    }
    sent, report = _driven(asked("forget-host web01 hmc2").flow(fleet), answers)
    assert report.headline == "it exited well, and yet: hmc2 is still known, on line 4"
    sent, report = _driven(asked("forget-host web01 hmc2").flow(fleet), {"ssh-keygen -F": repeat(("", 1))})
    assert sent == ["ssh-keygen -F hmc2"]
    assert "it is so already" in report.headline


def test_where_a_host_is_known_is_read_as_recorded() -> None:
    """The numbers of its lines, a certificate authority's too."""
    for path in (tree.ROOT / "tests" / "recorded" / "aix-keygen").glob("*.raw"):
        lines = found_lines(path.read_text(encoding="utf-8"))
        assert list(lines) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
