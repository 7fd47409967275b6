"""SEA pairs do what the load-sharing techdoc tells, step by step, and are silent where it is silent."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.events import ControlChannelCut, LinkChanged, SharingLost
from bot.lab.fleet.model import Fleet
from tests.bot.lab.fleet.pair import VIOS, Pair, add_trunks, pair

RECORDED = Path(__file__).parent / "recorded" / "load-sharing.json"
SHARED = Path(__file__).parents[5] / "shared" / "captures" / "sea" / "load-sharing.json"


def both(stage: Pair, mode: str) -> None:
    for name in VIOS:
        stage.chdev(name, f"ha_mode={mode}")


def stop_first(stage: Pair) -> None:
    stage.at(12, 17, 31)
    stage.stop("p72vio1")


def start_first(stage: Pair) -> None:
    stage.at(12, 17, 47)
    stage.start("p72vio1")


def stop_second(stage: Pair) -> None:
    stage.at(12, 17, 55)
    stage.stop("p72vio2")


def start_second(stage: Pair) -> None:
    stage.at(12, 18, 0)
    stage.start("p72vio2")


STEPS: list[tuple[str, Callable[[Pair], None]]] = [
    ("both up", lambda stage: both(stage, "sharing")),
    ("primary VIOS shut down", stop_first),
    ("primary VIOS powered on", start_first),
    ("backup VIOS shut down", stop_second),
    ("backup VIOS powered on", start_second),
    ("trunks ent5 and ent6", add_trunks),
    ("ha_mode set to auto", lambda stage: both(stage, "auto")),
    ("ha_mode set to sharing again on the primary", lambda stage: stage.chdev("p72vio1", "ha_mode=sharing")),
    ("then on the backup", lambda stage: stage.chdev("p72vio2", "ha_mode=sharing")),
]


def test_the_techdocs_timeline() -> None:
    """Every step of the timeline gives the same states, bridge modes, VLANs, priorities and error-log lines."""
    told = json.loads(RECORDED.read_text())["steps"]
    assert [step["event"].startswith(words) for step, (words, _) in zip(told, STEPS, strict=True)] == [True] * 9
    stage = Pair()
    logged = dict.fromkeys(VIOS, 0)
    for step, (_, do) in zip(told, STEPS, strict=True):
        do(stage)
        for name in VIOS:
            if name in step:
                _compare(stage, name, step[name], logged[name], step["event"])
            logged[name] = len(stage.log(name))


def _compare(stage: Pair, name: str, told: dict[str, Any] | None, logged: int, event: str) -> None:
    """What isn't told of an error log is that nothing was written."""
    found = stage.sea(name)
    if told is None or found is None:
        assert found is told, event
        return
    wanted = {key: value for key, value in told.items() if key != "errpt"}
    assert {key: found.get(key) for key in wanted} == wanted, event
    assert ("vid_shared" in found) is ("vid_shared" in told), event
    assert stage.log(name)[logged:] == told.get("errpt", []), event


def test_the_recorded_timeline_is_the_captured_one() -> None:
    """The copy that the tests hold differs from the captured timeline in nothing but how it names its source."""
    if not SHARED.is_file():
        pytest.skip(f"no captures at {SHARED.parent}")
    captured, recorded = json.loads(SHARED.read_text()), json.loads(RECORDED.read_text())
    assert {**captured, "source": ""} == {**recorded, "source": ""}


def test_the_same_with_four_trunks() -> None:
    """With two trunks more, the loss of the primary and its return give the states and the lines of that day."""
    stage = Pair(pair(HaMode.SHARING))
    add_trunks(stage)
    stage.at(13, 11, 56)
    stage.stop("p72vio1")
    assert stage.states() == (None, "PRIMARY")
    stage.at(13, 12, 0)
    stage.start("p72vio1")
    first, second = (stage.sea(name) for name in VIOS)
    assert first is not None
    assert second is not None
    assert (first["state"], first["vid_shared"]) == ("PRIMARY_SH", [3, 4, 33, 44, 333])
    assert (second["state"], second["vid_shared"]) == ("BACKUP_SH", [1, 2, 10, 11, 12, 13])
    assert stage.log("p72vio1") == ["E136EAFA 0113050512 I H ent4 BECOME PRIMARY"]
    assert stage.log("p72vio2") == [
        "E136EAFA 0113115612 I H ent4 BECOME PRIMARY",
        "40D97644 0113120112 I H ent4 BECOME BACKUP",
    ]


@pytest.mark.parametrize(
    ("level", "states"), [("2.2.0.13", "BACKUP"), ("2.2.1.0", "BACKUP_SH"), ("4.1.0.10", "BACKUP_SH")]
)
def test_sharing_needs_a_level_that_knows_it(level: str, states: str) -> None:
    """Below VIOS 2.2.1.0 ha_mode sharing is failover."""
    assert Pair(changed(pair(HaMode.SHARING), level=level)).states()[1] == states


@pytest.mark.parametrize(("level", "state"), [("2.2.1.0", "PRIMARY"), ("2.2.3.0", "BACKUP")])
def test_newer_levels_find_each_other_without_a_control_channel(level: str, state: str) -> None:
    """Without a control channel the old ones both lead; the new ones agree."""
    assert Pair(changed(pair(), level=level, channel=False)).states()[1] == state


def changed(fleet: Fleet, *, level: str, channel: bool = True) -> Fleet:
    """The pair at another level of the VIOS software, with or without its control channel."""
    frame = fleet.systems["p72"]
    for each in frame.partitions:
        seas = each.io.seas if channel else tuple(replace(sea, control_channel=None) for sea in each.io.seas)
        frame = frame.with_partition(replace(each, vios=replace(each.io, level=level, seas=seas)))
    return replace(fleet, systems={"p72": frame})


def test_counters_tell_of_what_happened_between_two_looks() -> None:
    """Each change of role is counted, a start begins the count anew, and sharing or not makes no difference."""
    stage = Pair(pair(HaMode.SHARING))
    assert [stage.sea(name)["became"] for name in VIOS] == [(1, 0), (0, 1)]  # type: ignore[index]
    stage.stop("p72vio1")
    stage.start("p72vio1")
    assert [stage.sea(name)["became"] for name in VIOS] == [(1, 0), (1, 2)]  # type: ignore[index]
    both(stage, "auto")
    assert [stage.sea(name)["became"] for name in VIOS] == [(1, 0), (1, 2)]  # type: ignore[index]


def test_standby_forces_a_failover() -> None:
    """The primary set to standby hands over at once, and takes back when it is set to auto."""
    stage = Pair()
    assert stage.states() == ("PRIMARY", "BACKUP")
    stage.chdev("p72vio1", "ha_mode=standby")
    assert stage.states() == ("BACKUP", "PRIMARY")
    stage.chdev("p72vio1", "ha_mode=auto")
    assert stage.states() == ("PRIMARY", "BACKUP")
    assert [line.split()[0] for line in stage.log("p72vio2")] == ["E136EAFA", "40D97644"]


def test_nobody_leads_where_both_stand_by() -> None:
    """Standby never leads by itself: with both in it nothing is bridged."""
    stage = Pair()
    both(stage, "standby")
    assert stage.states() == ("BACKUP", "BACKUP")
    assert [stage.sea(name)["bridge_mode"] for name in VIOS] == ["None", "None"]  # type: ignore[index]


def test_without_failover_there_is_nothing_to_tell() -> None:
    """A SEA with ha_mode disabled bridges, and its statistics have no part on failover."""
    stage = Pair()
    stage.chdev("p72vio2", "ha_mode=disabled")
    text = stage.says("p72vio2", "entstat -all ent4")
    assert "High Availability Statistics" not in text
    assert "  Priority: 2  Active: True\n" in text
    assert stage.sea("p72vio1")["state"] == "PRIMARY"  # type: ignore[index]


def test_sharing_needs_the_primary_to_be_set_first() -> None:
    """Set on the backup first, the request is denied, and sharing doesn't start until the backup asks again."""
    stage = Pair()
    stage.chdev("p72vio2", "ha_mode=sharing")
    stage.chdev("p72vio1", "ha_mode=sharing")
    assert stage.states() == ("PRIMARY", "BACKUP")
    stage.chdev("p72vio1", "ha_mode=sharing")
    assert stage.states() == ("PRIMARY", "BACKUP")
    stage.chdev("p72vio2", "ha_mode=sharing")
    assert stage.states() == ("PRIMARY_SH", "BACKUP_SH")


def test_sharing_that_is_lost_comes_back_by_a_chdev_on_the_backup() -> None:
    """Both stay in ha_mode sharing and don't share, nothing is logged, and the backup restarts it."""
    stage = Pair(pair(HaMode.SHARING))
    before = [stage.log(name) for name in VIOS]
    stage.happen(SharingLost(system="p72", partition="p72vio1", sea="ent4"))
    assert stage.states() == ("PRIMARY", "BACKUP")
    assert stage.sea("p72vio2")["ha_mode"] == "Sharing"  # type: ignore[index]
    stage.now += 86400
    assert stage.states() == ("PRIMARY", "BACKUP")
    stage.chdev("p72vio1", "ha_mode=sharing")
    assert stage.states() == ("PRIMARY", "BACKUP")
    stage.chdev("p72vio2", "ha_mode=sharing")
    assert stage.states() == ("PRIMARY_SH", "BACKUP_SH")
    assert [stage.log(name) for name in VIOS] == before


def test_a_pulled_cable_moves_the_bridge() -> None:
    """The SEA without a link goes into limbo and bridges nothing; plugged in again, everything is as before."""
    stage = Pair(pair(HaMode.SHARING))
    stage.happen(LinkChanged(system="p72", partition="p72vio1", port="ent0", up=False))
    assert stage.states() == ("LIMBO", "PRIMARY")
    assert stage.sea("p72vio1")["bridge_mode"] == "None"  # type: ignore[index]
    assert stage.sea("p72vio2")["limbo_packets"] == 1  # type: ignore[index]
    assert "Link Status: Down" in stage.says("p72vio1", "entstat -all ent0")
    stage.happen(LinkChanged(system="p72", partition="p72vio1", port="ent0", up=True))
    assert stage.states() == ("PRIMARY_SH", "BACKUP_SH")


def test_without_a_control_channel_both_lead() -> None:
    """Neither hears the other, so both bridge everything; heard again, one steps back."""
    stage = Pair()
    stage.happen(ControlChannelCut(system="p72", vswitch="ETHERNET0", vlan=99))
    assert stage.states() == ("PRIMARY", "PRIMARY")
    stage.happen(ControlChannelCut(system="p72", vswitch="ETHERNET0", vlan=99, cut=False))
    assert stage.states() == ("PRIMARY", "BACKUP")


def test_trunks_are_active_where_they_are_bridged() -> None:
    """Each trunk adapter's own statistics tell its priority and whether it is active, like the SEA's."""
    stage = Pair(pair(HaMode.SHARING))
    assert "  Priority: 1  Active: True\n" in stage.says("p72vio1", "entstat -all ent1")
    assert "  Priority: 1  Active: False\n" in stage.says("p72vio1", "entstat -all ent2")
    assert "  Priority: 2  Active: True\n" in stage.says("p72vio2", "entstat -all ent2")
    assert "Trunk Adapter: False\n" in stage.says("p72vio1", "entstat -all ent3")
