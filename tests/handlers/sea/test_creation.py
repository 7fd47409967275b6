"""SEAs that come and go, driven by hand: guards, exact commands, and what is read afterwards."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.app import CATALOG
from handlers import grammar
from handlers.operation import Ending
from handlers.plan import Plan
from handlers.sea.creation import Create
from handlers.sea.removal import Remove
from policies.words import Effect
from tests.handlers.sea.test_changes import As, Deaf, Gruff, driven, of, sent
from tests.handlers.test_vios import Machines
from tests.house.bridges import Bridge, SeaPair

MADE: dict[str, Any] = {
    "vios": "p72vio1", "system": "p72", "port": "ent0", "trunks": "ent1,ent2", "default": "ent1", "defaultid": 1,
}  # fmt: skip
SINGLE, AUTO = Create(**MADE), Create(**MADE, mode="auto", control="ent3", netaddr="10.143.180.1")
SHARING = Create(**MADE, mode="sharing", control="ent3")
REMOVE = Remove(vios="p72vio1", sea="ent4", system="p72")
MKVDEV = "p72vio1 -c mkvdev -sea ent0 -vadapter ent1,ent2 -default ent1 -defaultid 1"


def mated(mode: str, control: str | None = "ent3") -> As:
    """The other VIOS has its SEA already."""

    def change(pair: SeaPair) -> None:
        pair.partner.sea = Bridge(mode=mode, control=control)
        pair.agree(lead=pair.partner, share=False)

    return change


def first(pair: SeaPair) -> None:
    """The first trunk of each has the port VLAN 1."""
    for vios in (pair.own, pair.partner):
        vios.change("ent1", pvid=1)


def nothing(pair: SeaPair) -> None:
    """As it is."""


# ── creating ──────────────────────────────────────────────────────────────────────────────────────────────────────

CREATED = [
    (SINGLE, nothing, "", "ent4 of p72vio1 is made: ent4 without failover, link up"),
    (AUTO, nothing, " -attr ha_mode=auto ctl_chan=ent3 netaddr=10.143.180.1", "ent4 of p72vio1 is made: ent4 PRIMARY"),
    (AUTO, mated("auto"), " -attr ha_mode=auto ctl_chan=ent3 netaddr=10.143.180.1", "ent4 of p72vio1 is made: "),
    (SHARING, mated("sharing"), " -attr ha_mode=sharing ctl_chan=ent3", "ent4 of p72vio1 is made: ent4 PRIMARY_SH"),
    (Create(**MADE, mode="auto"), mated("auto", None), " -attr ha_mode=auto", "ent4 of p72vio1 is made: ent4 PRIMARY"),
]


@pytest.mark.parametrize(("operation", "as_", "more", "said"), CREATED)
def test_a_sea_is_made_as_asked_for(operation: Create, as_: As, more: str, said: str) -> None:
    """Single, first of a pair, second of one that fails over or shares: one command, and what is read decides."""
    report, machines = driven(operation, as_=as_)
    assert sent(machines) == [MKVDEV + more]
    assert (report.ending, report.headline[: len(said)]) == (Ending.SUCCEEDED, said)
    assert [offer.text for offer in report.offers] == ["remove p72vio1 ent4 p72"]
    plan = machines.plan
    assert plan.affected == ("db01",)
    assert "SEA pair p72vio1+partner on p72, VLAN 1 on ETHERNET0" in plan.locks
    told = {fact.name: fact.value for fact in plan.facts}
    assert told["SEAs of p72vio1"] == "none"
    assert told["ent1 of p72vio1"] == "slot 2, VLAN 1, 10, 11 on ETHERNET0 (port VLAN 1), trunk priority 1"


NOT_CREATED = [
    (SINGLE, mated("auto"), "ent4 of partner bridges the same VLANs: without mode= that is a loop"),
    (AUTO, mated("disabled"), "ent4 of partner is in mode Disabled: both would bridge, which is a loop"),
    (AUTO, mated("sharing"), "ent4 of partner is in mode Sharing"),
    (AUTO, mated("standby"), "ent4 of partner is in mode Standby"),
    (AUTO, mated("auto", None), "the control channel of ent4 of partner is none, and this one's VLAN 99"),
    (Create(**MADE, mode="auto"), mated("auto"), "ent4 of partner is VLAN 99, and this one's none"),
    (Create(**MADE, mode="auto"), of("own", level="VIOS 2.2.2.1"), "finding its mate without control= takes 2.2.3.0"),
    (SHARING, of("own", level="VIOS 2.1.0.0"), "sharing takes 2.2.1.0"),
    (SHARING, lambda pair: pair.own.change("ent2", priority=3), "the trunks have more than one priority: 1, 3"),
    (AUTO, lambda pair: pair.own.change("ent3", priority=1), "ent3 is a trunk, and a control channel is none"),
    (AUTO, lambda pair: pair.own.change("ent3", pvid=10), "ent3 is on VLAN 10 on ETHERNET0, which the trunks bridge"),
    (AUTO, lambda pair: pair.own.change("ent3", pvid=98), "partner has no adapter on VLAN 98 on ETHERNET0"),
    (AUTO.model_copy(update={"control": "ent9"}), nothing, "p72vio1 has no virtual Ethernet adapter ent9"),
    (SINGLE.model_copy(update={"defaultid": 9}), first, "the port VLAN of ent1 is 1, and not 9"),
    (Create(**{**MADE, "trunks": "ent1,ent9"}), nothing, "p72vio1 has no virtual Ethernet adapter ent9"),
    (Create(**{**MADE, "trunks": "ent1,ent3"}), nothing, "ent3 of p72vio1 is no trunk adapter"),
    (SINGLE, lambda pair: setattr(pair.own, "sea", Bridge()), "ent1 of p72vio1 belongs to ent4 already"),
    (SINGLE, lambda pair: setattr(pair.own, "sea", Bridge(trunks=("ent5",))), "is the port of ent4 already"),
    (SINGLE, lambda pair: pair.own.change("ent5", pvid=10), "ent1 and slot 5 of p72vio1 are both on VLAN 10"),
    (SINGLE, lambda pair: pair.partner.change("ent1", priority=1), "have the same trunk priority, 1"),
    (SINGLE, lambda pair: pair.partner.change("ent1", tags=(10,)), "ent1 is on VLAN 1, 10, 11 on ETHERNET0"),
    (SINGLE, of("own", addressed="en0"), "ent0 of p72vio1 has the address 10.7.2.11, which a SEA on it would cut off"),
    (SINGLE, lambda pair: setattr(pair, "port", "Shared Ethernet Adapter"), "is no physical port: Shared Ethernet"),
    (SINGLE, of("own", runs=False), "p72vio1: it is Not Activated"),
    (SINGLE, of("partner", runs=False), "partner: it is Not Activated"),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "as_", "said"), NOT_CREATED)
def test_what_would_loop_or_isnt_there_isnt_planned(operation: Create, as_: As, said: str) -> None:
    """Each guard by itself: nothing is planned or sent, and it says why."""
    report, machines = driven(operation, as_=as_)
    assert report.ending is Ending.FAILED
    assert said in "\n".join((report.headline, *report.lines))
    assert [step for step in machines.steps if isinstance(step, Plan)] == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"default": "ent5"}, "ent5 is to be the default, and isn't one of the trunks"),
        ({"port": "ent1"}, "ent1 can't be a trunk and port= at once"),
        ({"mode": "auto", "control": "ent2"}, "ent2 can't be a trunk and control= at once"),
        ({"control": "ent3"}, "control= is for a SEA with mode="),
        ({"netaddr": "10.1.1.1"}, "netaddr= is for a SEA with mode="),
        ({"mode": "sharing", "trunks": "ent1"}, "sharing takes 2 trunks"),
        ({"netaddr": "10.1.1.256", "mode": "auto"}, "pattern"),
        ({"defaultid": 4095}, "4094"),
    ],
)
def test_what_doesnt_go_together_is_told_at_once(more: dict[str, Any], said: str) -> None:
    """Before anything is read."""
    with pytest.raises(ValidationError, match=said):
        Create(**{**MADE, **more})


def test_all_of_it_may_be_named() -> None:
    """The words of its places can be written as key=value as well."""
    text = "create p72vio1 p72 port=ent0 trunks=ent1,ent2 default=ent1 defaultid=1 mode=sharing control=ent3"
    assert grammar.read(CATALOG, "sea", text) == grammar.Asked(SHARING)


# ── removing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def sharing(pair: SeaPair) -> None:
    """They share, and the operation's leads."""
    for vios in pair.both:
        pair.sea(vios).mode = "sharing"
    pair.own.cards, pair.partner.cards = pair.partner.cards, pair.own.cards
    pair.agree(lead=pair.own, share=True)


def alone(pair: SeaPair) -> None:
    pair.partner.sea, pair.partner.cards = None, ()
    pair.agree(lead=pair.own, share=False)


@pytest.mark.parametrize("as_", [nothing, sharing, of("own", mode="standby")], ids=["backup", "sharing", "standby"])
def test_a_sea_goes_while_its_mate_carries(as_: As) -> None:
    """Of a failover pair the backup, of one that shares the primary: its mate is seen to carry all."""
    report, machines = driven(REMOVE, as_=as_)
    assert sent(machines) == ["p72vio1 -c rmdev -dev ent4"]
    assert (report.ending, report.headline) == (
        Ending.SUCCEEDED, "ent4 of p72vio1 is removed; ent4 of partner carries everything",
    )  # fmt: skip
    assert all(each.healthy for each in machines.plan.interlocks)
    assert [(each.before, each.after) for each in machines.plan.redundancy] == [(2, 1)]
    if as_ is nothing:
        again = "create p72vio1 p72 ent0 ent1,ent2 ent1 1 mode=auto control=ent3"
        assert machines.plan.undo == f"Create it again: /sea {again}"
        assert [offer.text for offer in report.offers] == [again]


def leads(pair: SeaPair) -> None:
    pair.agree(lead=pair.own, share=False)


def shares_as_backup(pair: SeaPair) -> None:
    for vios in pair.both:
        pair.sea(vios).mode = "sharing"
    pair.agree(lead=pair.partner, share=True)


ORDER = [
    (leads, "the backup, ent4 of partner, goes first", ["remove partner ent4 p72", "failover p72vio1 ent4 p72"]),
    (shares_as_backup, "of a pair that shares the primary goes first", ["remove partner ent4 p72"]),
    (of("own", addressed="en4"), "the interface of ent4 of p72vio1 has the address 10.7.2.11", []),
    (of("own", sea=None), "p72vio1 has no SEA ent4", []),
]


@pytest.mark.parametrize(("as_", "said", "offered"), ORDER, ids=["primary", "backup that shares", "address", "gone"])
def test_the_order_and_its_own_address_are_heeded(as_: As, said: str, offered: list[str]) -> None:
    """Nothing is planned, and what would do is offered."""
    report, machines = driven(REMOVE, as_=as_)
    assert said in report.headline
    assert [offer.text for offer in report.offers] == offered
    assert machines.sent == []


def test_the_last_bridge_of_somebody_isnt_healthy() -> None:
    """Who is on its networks is told; with nobody there it may go."""
    _, machines = driven(REMOVE, as_=alone)
    (lock,) = machines.plan.interlocks
    assert not lock.healthy
    assert lock.seen.endswith("; on it: db01")


# ── how they end ──────────────────────────────────────────────────────────────────────────────────────────────────

BOTH = pytest.mark.parametrize("operation", [AUTO, REMOVE], ids=["create", "remove"])


@BOTH
def test_what_is_read_decides(operation: Create | Remove) -> None:
    """Success that isn't seen is none, a refusal is told, and what wasn't heard or can't be read is unknown."""
    quiet, _ = driven(operation, {"mkvdev": ("", 0), "rmdev": ("", 0)})
    assert (quiet.ending, quiet.headline[:31]) == (Ending.FAILED, "not as asked for after 3 minutes"[:31])
    no, _ = driven(operation, {"mkvdev": ("HSCL2970 no\n", 1), "rmdev": ("HSCL2970 no\n", 1)})
    assert (no.ending, no.headline[:16]) == (Ending.FAILED, "the VIOS refused")
    assert no.findings
    lost, _ = driven(operation, {"mkvdev": ("", None), "rmdev": ("", None)})
    assert lost.ending is Ending.UNKNOWN
    assert Deaf(operation).driven().ending is Ending.UNKNOWN
    assert Gruff(operation).driven().ending is Ending.SUCCEEDED


@BOTH
def test_look_tells_where_it_stands(operation: Create | Remove) -> None:
    """It sends nothing, before and after."""
    machines = Machines(operation, {})
    before = machines.driven(look=True)
    machines.driven()
    after = machines.driven(look=True)
    assert (before.ending, after.ending) == (Ending.UNKNOWN, Ending.UNKNOWN)
    assert before.headline.startswith("it is not as asked for: ")
    assert after.headline == ("it is as asked for" if isinstance(operation, Create) else "p72vio1 has no SEA ent4")
    assert len([step for step in machines.steps if not isinstance(step, Plan) and step.effect > Effect.READS]) == 1
