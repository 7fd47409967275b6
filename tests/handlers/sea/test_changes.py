"""Changes of a SEA's mode, driven by hand: what each asks, what its plan says, and what it makes of each answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from bot.app import CATALOG
from handlers import grammar
from handlers.command import Command, Result
from handlers.operation import Ending, Operation, Report
from handlers.plan import Plan
from handlers.sea.counters import Reset
from handlers.sea.failover import Failover, Return
from handlers.sea.mode import Mode
from handlers.sea.operations import CHANGES as OPERATIONS
from handlers.sea.share import Share
from handlers.sea.trunks import AddTrunks
from policies.words import Effect
from tests.handlers.test_vios import Answer, Machines
from tests.house import walk
from tests.house.bridges import SeaPair

ON = {"vios": "p72vio1", "sea": "ent4", "system": "p72"}
SHARE, FAILOVER, RETURN = Share(**ON), Failover(**ON), Return(**ON)
AUTO, SHARING, DISABLED = (Mode.model_validate({**ON, "to": to}) for to in ("auto", "sharing", "disabled"))
RESET = Reset(**ON)
ADD = AddTrunks(**ON, trunks="ent5,ent6")
Odd = Mapping[str, list[Answer] | Answer]
As = Callable[[SeaPair], object]


def driven(operation: Operation, odd: Odd | None = None, as_: As | None = None) -> tuple[Report, Machines]:
    """As the operation can be done, but for what `as_` makes of the pair, and for odd answers."""
    machines = Machines(operation, odd or {})
    assert isinstance(machines.pair, SeaPair)
    if as_ is not None:
        as_(machines.pair)
    report = machines.driven()
    for offer in report.offers:
        assert isinstance(grammar.read(CATALOG, "sea", offer.text), grammar.Asked), offer.text
    return report, machines


def sent(machines: Machines) -> list[str]:
    return [line.partition(" -p ")[2] for line in machines.sent]


class Deaf(Machines):
    """Once something was changed, the HMC lists no partitions any more."""

    def answer(self, command: Command) -> Result:
        result = super().answer(command)
        lists = command.argv[0] == "lssyscfg"
        return replace(result, exit_status=None, text="") if self.sent and lists else result


class Gruff(Machines):
    """Does what it is told, and says no."""

    def answer(self, command: Command) -> Result:
        result = super().answer(command)
        return replace(result, exit_status=1) if command.effect > Effect.READS else result


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────

CHDEV = "-c chdev -dev ent4 -attr ha_mode="
TRUNKS = "-c chdev -dev ent4 -attr virt_adapters="
ENDS = [
    (SHARE, [f"p72vio1 {CHDEV}sharing"], "they share: ent4 of p72vio1 bridges VLAN 2, 12, 13; ent4 of partner bridges"),
    (FAILOVER, [f"p72vio1 {CHDEV}standby"], "ent4 of partner carries everything; ent4 of p72vio1 is in standby"),
    (RETURN, [f"p72vio1 {CHDEV}auto"], "ent4 of p72vio1 is back in mode Auto: ent4 of p72vio1 carries"),
    (RETURN.model_copy(update={"to": "sharing"}), [f"p72vio1 {CHDEV}sharing"], "they share again: ent4 of p72vio1"),
    (AUTO, [f"partner {CHDEV}auto", f"p72vio1 {CHDEV}auto"], "both are in mode Auto: ent4 of partner carries"),
    (SHARING, [f"partner {CHDEV}sharing", f"p72vio1 {CHDEV}sharing"], "both are in mode Sharing, and they share: "),
    (DISABLED, [f"p72vio1 {CHDEV}disabled"], "ent4 of p72vio1 is in mode Disabled"),
    (
        ADD,
        [f"p72vio1 {TRUNKS}ent1,ent2,ent5,ent6"],
        "ent4 of p72vio1 has ent1, ent2, ent5, ent6; ent4 of partner still",
    ),
    (RESET, ["p72vio1 -c entstat -reset ent4"], "ent4 of p72vio1 counts anew: for 0 s now, for 30 days before"),
]
each = pytest.mark.parametrize(("operation", "lines", "said"), ENDS, ids=[one.text() for one, *_ in ENDS])


@each
def test_it_sends_what_it_says_and_ends_well(operation: Operation, lines: list[str], said: str) -> None:
    """The exact commands, smallest and fullest, in order; and the reads behind them decide that it is done."""
    report, machines = driven(operation)
    assert sent(machines) == lines
    assert (report.ending, report.headline[: len(said)]) == (Ending.SUCCEEDED, said)


@each
def test_the_plan_holds_what_it_sends(operation: Operation, lines: list[str], said: str) -> None:
    """Reads, then the plan with each change, who notices, its locks, and no counter among its facts."""
    _, machines = driven(operation)
    plan = machines.plan
    assert [command.argv[4:] for command in plan.commands] == [
        (n, "-c", c) for n, c in (x.split(" -c ") for x in lines)
    ]
    assert plan.affected == (() if operation is RESET else ("db01",))
    assert "partition p72vio1 on p72" in plan.locks
    assert ("SEA pair p72vio1+partner on p72, VLAN 1 on ETHERNET0" in plan.locks) is (operation is not DISABLED)
    told = {fact.name: fact.value for fact in plan.facts}
    assert told["p72vio1 state"] == "Running, RMC active, VIOS 4.1.0.10"
    assert "control channel VLAN 99" in told["ent4 of p72vio1"]
    assert plan.undo
    assert plan.stop


def test_the_order_of_two_has_a_look_between() -> None:
    """The primary is set, both are read, and only then the backup."""
    _, machines = driven(AUTO)
    told = ["PLAN" if isinstance(step, Plan) else " ".join(step.argv).partition(" -p ")[2] for step in machines.steps]
    first, second = (told.index(f"{name} {CHDEV}auto") for name in ("partner", "p72vio1"))
    assert told.index("PLAN") < first
    assert [line for line in told[first + 1 : second] if line] == [
        f"{name} -c {line}"
        for name in ("p72vio1", "partner")
        for line in ("lsmap -all -net -fmt ,", "entstat -all ent4")
    ]
    assert "partner first, then ent4 of p72vio1; in between ent4 of partner must carry" in machines.plan.moves


def test_a_failover_tells_what_carries_and_what_is_lost() -> None:
    """Its interlock is healthy with what was read; its undo, and its offer, is the return."""
    report, machines = driven(FAILOVER)
    (lock,) = machines.plan.interlocks
    assert (lock.takes_out, lock.partner, lock.healthy) == ("ent4 of p72vio1", "ent4 of partner", True)
    assert lock.seen == "partner is Running, RMC active; ent4 BACKUP bridging None, mode Auto, link up"
    assert [(each.what, each.before, each.after) for each in machines.plan.redundancy] == [
        ("SEA ent4 of p72vio1 and ent4 of partner", 2, 1)
    ]
    assert machines.plan.undo == "Return it: /sea return p72vio1 ent4 p72"
    assert [offer.text for offer in report.offers] == ["return p72vio1 ent4 p72"]


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


def both(**to: object) -> As:
    """Each SEA with these values."""

    def change(pair: SeaPair) -> None:
        for vios in pair.both:
            for name, value in to.items():
                setattr(pair.sea(vios), name, value)

    return change


def of(whose: str, **to: object) -> As:
    """One VIOS, or one SEA where it has no such value, changed."""

    def change(pair: SeaPair) -> None:
        vios = getattr(pair, whose)
        for name, value in to.items():
            setattr(vios if hasattr(vios, name) else vios.sea, name, value)

    return change


def swapped(pair: SeaPair) -> None:
    own, partner = pair.sea(pair.own), pair.sea(pair.partner)
    own.state, partner.state = partner.state, own.state


def sharing(pair: SeaPair) -> None:
    pair.agree(lead=pair.partner, share=True)


def alone(pair: SeaPair) -> None:
    pair.partner.sea, pair.partner.cards = None, ()


def less(whose: str, tags: tuple[int, ...] = (12,)) -> As:
    """One trunk with other VLANs."""

    def change(pair: SeaPair) -> None:
        getattr(pair, whose).change("ent2", tags=tags)

    return change


def same_priority(pair: SeaPair) -> None:
    pair.own.cards = pair.partner.cards


def taken(pair: SeaPair) -> None:
    pair.sea(pair.own).trunks = ("ent1", "ent2", "ent5")


def one_trunk(pair: SeaPair) -> None:
    for vios in pair.both:
        pair.sea(vios).trunks = ("ent1",)


REFUSED = [
    (SHARE, sharing, "they share already: ent4 of p72vio1 bridges", None),
    (SHARE, swapped, "ent4 of p72vio1 is the primary: sharing is restarted on the backup", "share partner ent4 p72"),
    (SHARE, of("own", mode="auto"), "ent4 of p72vio1 is in mode Auto", "mode p72vio1 ent4 p72 sharing"),
    (SHARE, both(state="PRIMARY"), "ent4 of p72vio1 is PRIMARY, ent4 of partner PRIMARY", None),
    (SHARE, both(state="LIMBO"), "ent4 of p72vio1 is LIMBO", None),
    (SHARE, of("own", level="VIOS 2.2.0.12"), "p72vio1 is at VIOS 2.2.0.12: sharing takes 2.2.1.0", None),
    (SHARE, of("partner", level=""), "partner doesn't tell its level: sharing takes 2.2.1.0", None),
    (SHARE, one_trunk, "ent4 of p72vio1 has 1 trunk, and sharing takes 2", None),
    (SHARE, less("own"), "doesn't", None),
    (SHARE, same_priority, "have the same priority, 1", None),
    (SHARE, alone, "ent4 of p72vio1 has no mate", None),
    (SHARE, of("partner", runs=False), "partner: it is Not Activated, RMC inactive", None),
    (SHARE, of("own", sea=None), "p72vio1 has no SEA ent4", None),
    (FAILOVER, swapped, "a failover is forced on the one that leads", "failover partner ent4 p72"),
    (FAILOVER, of("own", mode="standby", state="BACKUP"), "is in mode Standby already", "return p72vio1 ent4 p72"),
    (FAILOVER, both(state="LIMBO"), "ent4 of p72vio1 doesn't lead: ent4 LIMBO", None),
    (RETURN, of("own", mode="auto"), "is in mode Auto: there is nothing to return", None),
    (RETURN, of("partner", mode="standby"), "its mate tells of no mode", "return p72vio1 ent4 p72 to=auto"),
    (RETURN, alone, "say to=auto or to=sharing", "return p72vio1 ent4 p72 to=auto"),
    (Return(**ON, to="sharing"), of("partner", mode="auto"), "ent4 of partner is in mode Auto", None),
    (AUTO, both(mode="auto"), "both are in mode Auto already", None),
    (AUTO, of("own", mode="standby"), "ent4 of p72vio1 is in mode Standby: return it first", "return p72vio1 ent4 p72"),
    (AUTO, both(state="PRIMARY"), "ent4 of p72vio1 is PRIMARY, ent4 of partner is PRIMARY", None),
    (AUTO, of("partner", runs=False), "partner: it is Not Activated", None),
    (SHARING, both(mode="sharing"), "both are in mode Sharing and don't share", "share p72vio1 ent4 p72"),
    (SHARING, same_priority, "have the same priority", None),
    (SHARING, alone, "ent4 of p72vio1 has no mate to share with", None),
    (DISABLED, of("own", mode="disabled"), "ent4 of p72vio1 is in mode Disabled already", None),
    (ADD, taken, "ent5 of p72vio1 belongs to ent4 already", None),
    (ADD, lambda pair: pair.own.change("ent5", priority=None), "ent5 of p72vio1 is no trunk adapter", None),
    (ADD, lambda pair: pair.own.change("ent5", priority=3), "ent5 has the trunk priority 3, and those of ent4", None),
    (ADD, lambda pair: pair.own.change("ent5", pvid=10), "ent5 and slot 2 of p72vio1 are both on VLAN 10", None),
    (ADD, lambda pair: pair.own.change("ent5", tags=(34,)), "ent5 is on VLAN 3, 34 on ETHERNET0 (port VLAN 3)", None),
    (ADD, lambda pair: pair.own.change("ent5", pvid=9, tags=()), "partner has no trunk on VLAN 9", None),
    (ADD, lambda pair: pair.partner.change("ent5", priority=1), "have the same trunk priority, 1", None),
    (ADD, of("partner", runs=False), "partner: it is Not Activated", None),
    (AddTrunks(**ON, trunks="ent5,ent9"), of("own", runs=True), "p72vio1 has no virtual Ethernet adapter ent9", None),
    (AddTrunks(**ON, trunks="ent5,ent5"), of("own", runs=True), "one of the adapters is named twice", None),
    (AddTrunks(**ON, trunks="ent3"), of("own", runs=True), "ent3 of p72vio1 is no trunk adapter", None),
    (RESET, of("own", sea=None), "p72vio1 has no SEA ent4", None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "as_", "said", "offered"), REFUSED, ids=[f"{one.text()}: {said}" for one, _, said, _ in REFUSED]
)
def test_what_cant_be_done_isnt_planned(operation: Operation, as_: As, said: str, offered: str | None) -> None:
    """Each guard by itself: nothing is planned, nothing is sent, it says why, and offers what would do."""
    report, machines = driven(operation, as_=as_)
    assert report.ending is Ending.FAILED
    assert said in "\n".join((report.headline, *report.lines))
    assert report.headline.startswith("can't: ")
    assert [step for step in machines.steps if isinstance(step, Plan)] == []
    assert machines.sent == []
    assert (report.offers[0].text if report.offers else None) == offered


def test_a_pair_isnt_disabled() -> None:
    """Without failover both would bridge the same VLANs."""

    def with_mate(pair: SeaPair) -> None:
        fresh = SeaPair.of(AUTO, walk.recorded)
        pair.own, pair.partner = fresh.own, fresh.partner

    report, machines = driven(DISABLED, as_=with_mate)
    assert "are a pair: without failover both would bridge, which is a loop" in report.headline
    assert machines.sent == []


@pytest.mark.parametrize(
    ("as_", "odd", "seen"),
    [
        (of("partner", runs=False), {}, "partner: it is Not Activated, RMC inactive"),
        (alone, {}, "no other SEA that I could read bridges VLAN 10 on ETHERNET0; on it: db01"),
        (of("partner", mode="standby"), {}, "its mode is Standby, in which it isn't known to take over"),
        (of("partner", runs=True), {"partner -c entstat": (walk.recorded("entstat/link-down"), 0)}, "LIMBO"),
        (of("partner", runs=True), {"partner -c entstat": ("garbage\n", 0)}, "entstat of ent4 couldn't be read"),
        (of("partner", runs=True), {"partner -c lsmap": ("", None)}, "lsmap -net couldn't be read"),
    ],
)
def test_a_mate_that_isnt_shown_fit_keeps_it_from_a_failover(as_: As, odd: Odd, seen: str) -> None:
    """Off, not there, not one that takes over, out of link, or not readable: the interlock isn't healthy."""
    _, machines = driven(FAILOVER, odd, as_)
    assert not all(each.healthy for each in machines.plan.interlocks)
    assert any(seen in each.seen for each in machines.plan.interlocks)


def test_a_vlan_that_the_mate_lacks_keeps_it_from_a_failover() -> None:
    """Somebody is on it, and nobody else bridges it."""

    _, machines = driven(FAILOVER, as_=lambda pair: pair.partner.change("ent1", tags=(11,)))
    seen = [each.seen for each in machines.plan.interlocks if not each.healthy]
    assert "no other SEA that I could read bridges VLAN 10 on ETHERNET0; on it: db01" in seen


# ── how it ends ───────────────────────────────────────────────────────────────────────────────────────────────────

SETTLING = [SHARE, FAILOVER, RETURN, AUTO, SHARING, DISABLED, ADD]
settling = pytest.mark.parametrize("operation", SETTLING, ids=[one.text() for one in SETTLING])


@settling
def test_success_that_isnt_seen_is_none(operation: Operation) -> None:
    """The VIOS says that it is changed, and it isn't: that is a failure, told as it stands."""
    report, _ = driven(operation, {"chdev": ("ent4 changed\n", 0)})
    assert report.ending is Ending.FAILED
    assert report.headline.startswith(("not as asked for after 3 minutes: ", "stopped after ent4 of partner: "))


@settling
def test_a_refusal_is_told_with_how_it_stands(operation: Operation) -> None:
    """An exit status other than 0, and nothing changed."""
    report, machines = driven(operation, {"chdev": ("HSCL2970 The IOServer command has failed\n", 1)})
    assert report.ending is Ending.FAILED
    assert any("ent4 of p72vio1: ent4 " in line for line in report.lines)
    assert len(machines.sent) == 1, "after a refusal nothing more is sent"


@settling
def test_an_outcome_that_wasnt_heard_is_unknown(operation: Operation) -> None:
    """Nothing is sent after it."""
    report, machines = driven(operation, {"chdev": ("", None)})
    assert (report.ending, len(machines.sent)) == (Ending.UNKNOWN, 1)
    assert report.headline == "unknown: the connection was lost while it was asked"


@settling
def test_reads_that_fail_afterwards_leave_it_unknown(operation: Operation) -> None:
    """What can't be seen is neither success nor failure."""
    report = Deaf(operation).driven()
    assert report.ending is Ending.UNKNOWN
    assert "couldn't be read" in report.headline


def test_it_stops_between_the_two_where_it_isnt_as_expected() -> None:
    """The primary took its mode, and the backup leads as well: nothing is sent to it, and both ways out are offered."""
    report, machines = driven(AUTO, as_=lambda pair: setattr(pair, "spoilt", of("own", state="PRIMARY")))
    assert report.ending is Ending.FAILED
    assert report.headline == "stopped after ent4 of partner: ent4 of p72vio1 is PRIMARY"
    assert "Nothing was sent to p72vio1." in report.lines
    assert sent(machines) == [f"partner {CHDEV}auto"]
    assert [offer.text for offer in report.offers] == ["mode p72vio1 ent4 p72 sharing", "mode p72vio1 ent4 p72 auto"]


def test_what_was_refused_and_is_done_all_the_same_is_done() -> None:
    """An exit status of 1 is no failure where both are seen to share."""
    assert Gruff(SHARE).driven().ending is Ending.SUCCEEDED


def test_sharing_that_doesnt_come_back_offers_to_ask_for_it() -> None:
    """Returned, but both go on without sharing: the backup has to ask again."""

    def without(pair: SeaPair) -> None:
        for vios in pair.both:
            pair.sea(vios).state = pair.sea(vios).state.removesuffix("_SH")

    lost = RETURN.model_copy(update={"to": "sharing"})
    report, _ = driven(lost, as_=lambda pair: setattr(pair, "spoilt", without))
    assert report.ending is Ending.FAILED
    assert "they don't share" in report.headline
    assert [offer.text for offer in report.offers] == ["share partner ent4 p72"]


def test_a_reset_that_counts_on_is_none() -> None:
    """The time over which it counts decides."""
    report, _ = driven(RESET, {"-reset": ("", 0)})
    assert (report.ending, report.headline) == (Ending.FAILED, "not reset: ent4 of p72vio1 has counted for 30 days")
    report, _ = driven(RESET, {"-reset": ("HSCL2970 no\n", 1)})
    assert report.headline.startswith("the VIOS refused: ")
    assert report.findings


def test_trunks_on_both_sides_have_them_share_again() -> None:
    """The first side offers the second with its own adapters; after that both share out all of them."""
    report, machines = driven(ADD)
    (offer,) = report.offers
    assert (offer.label, offer.text) == ("Add them on partner", "add-trunks partner ent4 p72 ent5,ent6")
    read = grammar.read(CATALOG, "sea", offer.text)
    assert isinstance(read, grammar.Asked)
    second = Machines(read.operation, {})
    pair = second.pair = machines.pair
    assert isinstance(pair, SeaPair)
    pair.own, pair.partner = pair.partner, pair.own
    assert second.driven().headline == "ent4 of partner has ent1, ent2, ent5, ent6"
    assert {pair.sea(vios).state for vios in pair.both} == {"PRIMARY_SH", "BACKUP_SH"}
    assert "By hand: chdev -dev ent4 -attr virt_adapters=ent1,ent2" in second.plan.undo


def test_trunks_keep_their_order_as_the_device_has_it() -> None:
    """What is there is set again as it was read, and the new ones stand behind it."""
    _, machines = driven(ADD, {"virt_adapters": [("value\n\nent2,ent1\n", 0)]})
    assert sent(machines) == [f"p72vio1 {TRUNKS}ent2,ent1,ent5,ent6"]
    report, machines = driven(ADD, {"virt_adapters": [("value\n\nent2;reboot\n", 0)]})
    assert "virt_adapters of ent4 of p72vio1 couldn't be read: it doesn't list adapters" in report.headline
    assert machines.sent == []


# ── looking after an interruption ─────────────────────────────────────────────────────────────────────────────────

LOOKS = [*SETTLING, RESET]


@pytest.mark.parametrize("operation", LOOKS, ids=[one.text() for one in LOOKS])
def test_look_tells_where_it_stands_and_sends_nothing(operation: Operation) -> None:
    """Before it is done it isn't as asked for, afterwards it is; a person decides either way."""
    machines = Machines(operation, {})
    before = machines.driven(look=True)
    assert before.ending is Ending.UNKNOWN
    assert machines.sent == []
    machines.driven()
    after = machines.driven(look=True)
    assert after.ending is Ending.UNKNOWN
    if operation is RESET:
        assert (before.headline, after.headline) == (
            "ent4 of p72vio1 has counted for 30 days", "ent4 of p72vio1 has counted for 0 s",
        )  # fmt: skip
    else:
        assert before.headline.startswith("it is not as asked for: ")
        assert after.headline == "it is as asked for"


def test_every_wait_is_bounded() -> None:
    """Where it never comes to rest, the looks become rarer and end after three minutes."""
    _, machines = driven(SHARE, {"chdev": ("", 0)})
    waits = [step.after for step in machines.steps if isinstance(step, Command)]
    assert sum(waits) <= 180
    assert sorted(set(waits)) == [0.0, 1.0, 2.0, 4.0, 8.0, 15.0]


def test_each_operation_is_listed() -> None:
    """What is tried here is all that can be asked for."""
    assert {type(operation) for operation, *_ in ENDS} <= set(OPERATIONS)
