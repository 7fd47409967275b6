"""When a SEA is fit to carry alone, and when two of them agree."""

from __future__ import annotations

import pytest

from handlers import entstat, seas
from handlers.entstat import Sea
from tests.handlers.test_entstat import recorded


def sea(case: str, **own: object) -> Sea:
    """A recorded one; with values of its failover changed."""
    found = entstat.sea(recorded(case), "ent4")
    assert found.failover is not None
    return found.model_copy(update={"failover": found.failover.model_copy(update=own)})


FIT = ["auto-primary", "auto-backup", "sharing-primary", "sharing-backup", "sharing-alone"]


@pytest.mark.parametrize("case", FIT)
def test_in_the_state_that_its_mode_demands_it_is_fit(case: str) -> None:
    """Either side of a failover pair and of a sharing pair, and one that carries everything already."""
    assert seas.unfit(sea(case)) == []
    assert seas.carries(sea(case)) is (case in ("auto-primary", "sharing-alone"))


@pytest.mark.parametrize(
    ("case", "own", "why"),
    [
        ("auto-backup", {"state": "LIMBO"}, "its state is LIMBO"),
        ("auto-backup", {"state": "INIT"}, "its state is INIT"),
        ("auto-backup", {"state": "PRIMARY_SH"}, "its state is PRIMARY_SH and it bridges None"),
        ("auto-primary", {"bridge_mode": "None"}, "its state is PRIMARY and it bridges None"),
        ("auto-backup", {"mode": "Standby"}, "its mode is Standby, in which it isn't known to take over"),
        ("auto-backup", {"mode": "Sharing"}, "its mode is Sharing and its state BACKUP"),
        ("sharing-backup", {"mode": "Auto"}, "its mode is Auto and its state BACKUP_SH"),
        ("sharing-backup", {"control_pvid": 98}, "the adapter of its control channel is not shown"),
        ("sharing-backup", {"control_pvid": None}, "the adapter of its control channel is not shown"),
    ],
)
def test_in_any_other_it_is_not(case: str, own: dict[str, object], why: str) -> None:
    """A state that doesn't take over, or doesn't go with its mode or with what it bridges, is told as it is."""
    assert seas.unfit(sea(case, **own)) == [why]


def test_what_it_stands_on_has_to_work() -> None:
    """Its port, its trunks, its control channel; one without failover is never fit."""
    whole = sea("sharing-backup")
    assert whole.control is not None
    dead = whole.control.model_copy(update={"operational": False})
    trunks = (whole.trunks[0].model_copy(update={"operational": False}), whole.trunks[1])
    assert seas.unfit(whole.model_copy(update={"control": dead})) == ["its control channel is not operational"]
    assert seas.unfit(whole.model_copy(update={"trunks": trunks})) == ["its trunk ent1 is not operational"]
    assert seas.unfit(whole.model_copy(update={"link_up": False})) == ["the link of its port ent0 is down"]
    assert seas.unfit(entstat.sea(recorded("no-failover"), "ent4"))[0] == "it has no failover"
    without = sea("sharing-backup", control_pvid=None).model_copy(update={"control": None})
    assert seas.unfit(without) == [], "newer levels find each other without a control channel"


@pytest.mark.parametrize(
    ("own", "mate", "agree"),
    [
        ("auto-backup", "auto-primary", True),
        ("auto-primary", "auto-backup", True),
        ("sharing-primary", "sharing-backup", True),
        ("auto-primary", "link-down", True),
        ("auto-primary", "auto-primary", False),
        ("auto-backup", "auto-backup", False),
        ("auto-backup", "link-down", False),
        ("sharing-alone", "sharing-primary", False),
    ],
)
def test_two_agree_when_one_takes_over_from_the_other(own: str, mate: str, agree: bool) -> None:
    """One leads and one waits, or both share; one that carries all may have a mate in trouble, and no rival."""
    assert (seas.apart(sea(own), sea(mate)) == []) is agree


def test_other_control_channels_are_no_pair() -> None:
    """Two that don't listen on one channel don't know of each other."""
    assert seas.apart(sea("auto-backup", control_pvid=98), sea("auto-primary")) == [
        "their control channels differ: 98 and 99"
    ]


def test_settled_is_what_both_modes_demand() -> None:
    """After a restart sharing has to be back: failover alone isn't it."""
    assert seas.unsettled(sea("sharing-primary"), sea("sharing-backup")) == []
    assert seas.unsettled(sea("auto-primary"), sea("auto-backup")) == []
    lost = seas.unsettled(sea("auto-primary", mode="Sharing"), sea("auto-backup", mode="Sharing"))
    assert "ent4: its mode is Sharing and its state PRIMARY" in lost
