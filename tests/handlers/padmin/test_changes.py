"""Changes of a VIOS, driven against a simulated one: verified when they took, refused by guards, told when not."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping
from typing import Any

import pytest

from handlers.changing import Change
from handlers.command import Command, Result
from handlers.operation import Batch, Ending, Report
from handlers.padmin import aggregates, changes, upkeep
from handlers.padmin.addressing import SetGateway
from handlers.padmin.attributes import Attribute, Limits
from handlers.padmin.interfaces import Addresses
from handlers.padmin.setting import Standing, told
from handlers.padmin.uses import Use, use_of
from handlers.place import Place
from handlers.plan import Plan
from policies.words import Effect
from tests.house import walk
from tests.house.machine import HMC, Machine

BY_VERB = {each.verb: each for each in changes.OPERATIONS}
Lines = list[str]
ALLOW = "viosecure -firewall allow"


def drive(
    verb: str, *before: str, instead: Mapping[str, int] | None = None, **given: Any
) -> tuple[Report, Lines, bool]:
    """The report, the lines that the VIOS got, and whether there was a plan. `instead`: lines that aren't carried out,
    with the exit status that they have all the same."""
    operation = BY_VERB[verb].model_validate({"vios": "p75vio1", "system": "p75"} | given)
    machine = Machine(*before) if before else Machine.before(verb)
    flow, lines, planned = operation.flow(walk.OneHmc()), Lines(), False

    def answered(command: Command) -> Result:
        lines.append(command.argv[-1])
        status = (instead or {}).get(command.argv[-1])
        text, status = machine.answer(command.argv) if status is None else ("", status)
        return Result(command=command, exit_status=status, text=text, size=len(text))

    try:
        step = next(flow)
        while True:
            planned = planned or isinstance(step, Plan)
            if isinstance(step, Plan):
                step = next(flow)
            elif isinstance(step, Batch):
                step = flow.send(tuple(map(answered, step.commands)))
            else:
                step = flow.send(answered(step))
    except StopIteration as end:
        report: Report = end.value
        return report, lines, planned


@pytest.mark.parametrize("kind", changes.OPERATIONS, ids=lambda kind: kind.verb)
def test_each_is_verified_on_the_machine(kind: type[Change[Any]]) -> None:
    """Planned, sent, and read back: what the machine shows afterwards is what was wanted."""
    given = {name: walk.samples(kind)[name] for name in walk.positional(kind) if name != "vios"}
    report, _, planned = drive(kind.verb, **given)
    assert (report.ending, planned) == (Ending.SUCCEEDED, True), report.headline
    assert "verified" in report.headline


@pytest.mark.parametrize(
    ("verb", "before", "given", "told"),
    [
        ("set", (), {"device": "ent5", "attribute": "media_speed", "value": "warp"}, "warp is a value of media_speed"),
        ("set", (), {"device": "hdisk4", "attribute": "unique_id", "value": "1"}, "unique_id of hdisk4 can be set"),
        ("set", (), {"device": "hdisk1", "attribute": "queue_depth", "value": "32"}, "hdisk1 can take it now"),
        ("set", (), {"device": "hdisk1", "attribute": "reserve_policy", "value": "single_path"}, "nobody reaches"),
        ("set-path", ("rmpath -dev hdisk4 -pdev fscsi1",), {"disk": "hdisk4", "parent": "fscsi0", "to": "disabled"},
         "hdisk4 keeps an enabled path"),
        ("remove-path", ("rmpath -dev hdisk4 -pdev fscsi1",), {"disk": "hdisk4", "parent": "fscsi0"},
         "hdisk4 keeps an enabled path"),
        ("change-address", (), {"interface": "en4", "address": "10.7.5.99"}, "the HMC doesn't reach it by en4"),
        ("set-gateway", (), {"interface": "en4", "remove": "10.7.5.1"}, "no default route of before goes"),
        ("aggregate", (), {"ports": "ent0,ent5"}, "ent0 is a port that nothing uses"),
        ("set-firewall", (f"{ALLOW} -port rmc -address 10.9.9.9",), {"to": "on"}, "RMC (port 657) is let through"),
        ("set-firewall", (f"{ALLOW} -port rmc -timeout 60",), {"to": "on"}, "RMC (port 657) is let through"),
        ("set-firewall", (f"{ALLOW} -port rmc -interface en5",), {"to": "on"}, "RMC (port 657) is let through"),
        ("set-firewall", (f"{ALLOW} -port 443 -remote",), {"to": "on"}, "RMC (port 657) is let through"),
        ("reset-entstat", (), {"device": "ent4"}, "ent4 is no SEA"),
        ("backup", ("backupios -file /nim",), {"file": "/nim"}, "/nim/nim_resources.tar isn't there yet"),
        ("set-tunable", (), {"tunable": "arptab_nb", "value": "200"}, "arptab_nb can be set (holds=restart alone)"),
    ],
)  # fmt: skip
def test_a_guard_ends_it_before_anybody_is_asked(
    verb: str, before: tuple[str, ...], given: dict[str, Any], told: str
) -> None:
    """No plan and no change; what was read is told."""
    report, _, planned = drive(verb, *before, **given)
    assert (report.ending, planned) == (Ending.FAILED, False), report.headline
    assert report.headline.startswith(f"can't: {told}")


def test_rmc_for_everybody_and_for_good_lets_the_firewall_go_on() -> None:
    """Whatever else is let through for some time or for somebody alone."""
    report, lines, _ = drive("set-firewall", f"{ALLOW} -port rmc", f"{ALLOW} -port ssh -timeout 60", to="on")
    assert (report.ending, "viosecure -firewall on" in lines) == (Ending.SUCCEEDED, True), report.headline


def test_what_can_send_the_default_route_elsewhere_disrupts() -> None:
    """A gateway is set by set-tcpip as well as by set-gateway, and takes the same approvals."""
    assert BY_VERB["set-tcpip"].effect is BY_VERB["set-gateway"].effect is Effect.DISRUPTS


@pytest.mark.parametrize("client", [0, 65535, 99])
def test_a_reserve_waits_until_it_is_known_whose_the_disk_is(client: int) -> None:
    """An adapter that anybody may connect to, or whose client the HMC doesn't list, may serve one that another VIOS
    serves too; a disk is one by what `lspv` lists."""
    machine, place = Machine(), Place(hmc=HMC, system="p75", name="p75vio1")

    def answered(command: Command) -> Result:
        text, status = machine.answer(command.argv)
        text = re.sub(r"^(vhost\d+ +U\S+ +)0x[0-9a-f]{8}", rf"\g<1>0x{client:08x}", text, flags=re.MULTILINE)
        return Result(command=command, exit_status=status, text=text, size=len(text))

    use = heard_by(use_of(place, "hdisk1"), answered)
    assert use is not None
    assert (use.clients, use.is_open_to_others) == ((f"partition {client}",) if client == 99 else (), True)
    attribute = Attribute(name="reserve_policy", settable=True, live=True)
    standing = Standing(value="no_reserve", attribute=attribute, limits=Limits(), use=use)
    (*_, alone) = told("hdisk1", "reserve_policy", "single_path", standing, later=True)
    assert (alone.holds, "isn't known" in alone.seen) == (False, True)
    assert heard_by(use_of(place, "ent5"), answered) is None


def heard_by(reads: Generator[Any, Any, Use | None], answered: Callable[[Command], Result]) -> Use | None:
    """What comes of reads alone."""
    try:
        step = next(reads)
        while True:
            step = reads.send(answered(step))
    except StopIteration as end:
        found: Use | None = end.value
        return found


def test_what_exits_well_and_does_nothing_is_no_success() -> None:
    """A backup that isn't there, and a setting that didn't take."""
    report, _, _ = drive("backup", instead={"backupios -file /nim": 0}, file="/nim")
    assert (report.ending, report.headline) == (
        Ending.FAILED, "it exited well, and yet: /nim/nim_resources.tar isn't there"
    )  # fmt: skip
    line = "chdev -dev ent5 -attr jumbo_frames=yes"
    report, _, _ = drive("set", instead={line: 0}, device="ent5", attribute="jumbo_frames", value="yes")
    assert (report.ending, report.headline) == (
        Ending.FAILED, "it exited well, and yet: jumbo_frames of ent5 is no"
    )  # fmt: skip


def test_many_disks_have_a_result_each() -> None:
    """One refusal keeps the others from nothing, and is told by its disk."""
    refused = "chdev -dev hdisk15 -attr queue_depth=32"
    report, lines, _ = drive(
        "set-disks", instead={refused: 1}, attribute="queue_depth", value="32", filter="name~hdisk1,clients=-,group=-"
    )
    assert report.ending is Ending.FAILED
    assert report.headline == "refused: queue_depth of hdisk15 is 20"
    assert report.table is not None
    results = {row[0]: row[3] for row in report.table.rows}
    assert (results.pop("hdisk15"), set(results.values())) == ("not set", {"set"})
    assert sum(line.startswith("chdev") for line in lines) == len(results) + 1


def test_an_undo_says_what_was_there() -> None:
    """Also where a parameter is typed by another name than its field's."""
    undo = upkeep.SetMotd(vios="p75vio1", message="New").undo("Old")
    assert undo is not None
    assert undo.text() == "set-motd p75vio1 text=Old"


@pytest.mark.parametrize(
    ("given", "gateways", "undone"),
    [
        ({"add": "10.7.5.9"}, ("10.7.5.1",), "set-gateway p75vio1 en4 remove=10.7.5.9"),
        ({"add": "10.7.5.9", "remove": "10.7.5.1", "anyway": True}, ("10.7.5.1",),
         "set-gateway p75vio1 en4 add=10.7.5.1 remove=10.7.5.9"),
        ({"add": "10.7.5.9", "remove": "10.7.5.1"}, ("10.7.5.1", "10.7.5.9"), "set-gateway p75vio1 en4 add=10.7.5.1"),
        ({"add": "10.7.5.9"}, ("10.7.5.9",), None),
    ],
)  # fmt: skip
def test_a_route_of_before_stays_when_a_change_is_undone(
    given: dict[str, Any], gateways: tuple[str, ...], undone: str | None
) -> None:
    """And nobody has said for the undo that the HMC may lose its way."""
    before = Addresses(interfaces=(), gateways=gateways, hostname="p75vio1", reached="")
    undo = SetGateway.model_validate({"vios": "p75vio1", "interface": "en4"} | given).undo(before)
    assert (undo and undo.text()) == undone


@pytest.mark.parametrize(
    ("given", "undone"),
    [
        ({"add": "ent6"}, "change-aggregation p75vio1 ent7 remove=ent6"),
        ({"add": "ent6", "remove": "ent5"}, "change-aggregation p75vio1 ent7 add=ent5 remove=ent6"),
        ({"add": "ent1", "remove": "ent5"}, "change-aggregation p75vio1 ent7 add=ent5"),
        ({"add": "ent6", "remove": "ent8"}, "change-aggregation p75vio1 ent7 remove=ent6"),
        ({"remove": "ent2"}, "change-aggregation p75vio1 ent7 add=ent2 as_backup=yes"),
        ({"add": "ent6", "as_backup": True}, "change-aggregation p75vio1 ent7 remove=ent6"),
        ({"add": "ent1"}, None),
    ],
)
def test_a_port_of_before_stays_when_a_change_is_undone(given: dict[str, Any], undone: str | None) -> None:
    """What was in the aggregation already, or not in it, is none of the undo's; a backup comes back as one."""
    members = aggregates.Members(ports=("ent1", "ent5"), backup="ent2")
    before = aggregates.Links(devices=(), aggregations={"ent7": members}, seas={}, addressed=(), clients=())
    undo = aggregates.ChangeAggregation.model_validate({"vios": "p75vio1", "device": "ent7"} | given).undo(before)
    assert (undo and undo.text()) == undone
