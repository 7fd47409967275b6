"""Everything that can go wrong by name goes wrong as it is called, and can be put right again."""

from __future__ import annotations

import pytest

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.mishaps import FLAP_SECONDS, FLAPS, MISHAPS, begun_by, ended_by
from bot.lab.fleet.model import check
from tests.bot.lab.fleet.conftest import Opener
from tests.bot.lab.fleet.pair import VIOS, Pair, pair


def goes_wrong(stage: Pair, name: str, vios: str) -> None:
    for event in begun_by(name, stage.world.fleet, "p72", vios):
        stage.happen(event)


def is_put_right(stage: Pair, name: str, vios: str) -> None:
    for event in ended_by(name, stage.world.fleet, "p72", vios):
        stage.happen(event)
    stage.now += 200


@pytest.mark.parametrize(
    ("name", "vios", "failover", "sharing"),
    [
        ("vios-crash", "p72vio1", (None, "PRIMARY"), (None, "PRIMARY")),
        ("vios-crash", "p72vio2", ("PRIMARY", None), ("PRIMARY", None)),
        ("cable-pull", "p72vio1", ("LIMBO", "PRIMARY"), ("LIMBO", "PRIMARY")),
        ("cable-pull", "p72vio2", ("PRIMARY", "LIMBO"), ("PRIMARY", "LIMBO")),
        ("both-primary", "p72vio1", ("PRIMARY", "PRIMARY"), ("PRIMARY", "PRIMARY")),
        ("neither-primary", "p72vio1", ("LIMBO", "LIMBO"), ("LIMBO", "LIMBO")),
        ("flapping", "p72vio1", ("LIMBO", "PRIMARY"), ("LIMBO", "PRIMARY")),
        ("equal-priority", "p72vio2", ("PRIMARY", "BACKUP"), ("PRIMARY", "BACKUP")),
        ("vlan-mismatch", "p72vio2", ("PRIMARY", "BACKUP"), ("PRIMARY", "BACKUP")),
    ],
)
def test_a_mishap_shows_in_the_states_of_the_pair(
    name: str, vios: str, failover: tuple[str | None, str | None], sharing: tuple[str | None, str | None]
) -> None:
    """In failover and in sharing mode it does what its name says, and put right, the failover pair is as before."""
    for mode, wanted in ((HaMode.AUTO, failover), (HaMode.SHARING, sharing)):
        stage = Pair(pair(mode))
        before = stage.states()
        goes_wrong(stage, name, vios)
        assert stage.states() == wanted, mode
        is_put_right(stage, name, vios)
        if mode is HaMode.AUTO:
            assert stage.states() == before


def test_lost_sharing_is_asked_for_again() -> None:
    """It shows only in the states, and ends as the techdoc says: by the backup."""
    stage = Pair(pair(HaMode.SHARING))
    goes_wrong(stage, "sharing-lost", "p72vio1")
    assert stage.states() == ("PRIMARY", "BACKUP")
    is_put_right(stage, "sharing-lost", "p72vio1")
    assert stage.states() == ("PRIMARY_SH", "BACKUP_SH")
    with pytest.raises(ValueError, match="doesn't share"):
        goes_wrong(Pair(), "sharing-lost", "p72vio1")


def test_a_flap_between_two_looks_shows_in_the_counters() -> None:
    """The states are as before, and what happened meanwhile stands in the counters and in both logs."""
    stage = Pair()
    goes_wrong(stage, "flapping", "p72vio1")
    stage.now += FLAP_SECONDS * 2 * FLAPS
    assert stage.states() == ("PRIMARY", "BACKUP")
    assert stage.sea("p72vio1")["became"] == (1 + FLAPS, 0)  # type: ignore[index]
    assert stage.sea("p72vio2")["became"] == (FLAPS, 1 + FLAPS)  # type: ignore[index]
    assert len(stage.log("p72vio2")) == 2 * FLAPS


def test_a_skewed_clock_dates_only_what_comes_after() -> None:
    """What was logged keeps its date; what comes is seven hours ahead."""
    stage = Pair()
    stage.at(12, 13, 0)
    goes_wrong(stage, "cable-pull", "p72vio1")
    goes_wrong(stage, "clock-skew", "p72vio2")
    is_put_right(stage, "cable-pull", "p72vio1")
    assert [line.split()[1] for line in stage.log("p72vio2")] == ["0112130012", "0112200012"]


def test_a_wrapped_log_is_silent() -> None:
    """What stood there is gone, and an empty log prints nothing."""
    stage = Pair()
    goes_wrong(stage, "cable-pull", "p72vio1")
    assert stage.log("p72vio2") != []
    goes_wrong(stage, "error-log-wrapped", "p72vio2")
    assert stage.says("p72vio2", "errlog") == ""


def test_a_log_holds_no_more_than_it_has_room_for() -> None:
    """A pair that fails over for ever takes no more memory for it."""
    stage = Pair()
    for _ in range(300):
        goes_wrong(stage, "cable-pull", "p72vio1")
        is_put_right(stage, "cable-pull", "p72vio1")
    assert len(stage.log("p72vio2")) == 500
    assert stage.sea("p72vio2")["became"] == (300, 301)  # type: ignore[index]


@pytest.mark.parametrize("name", MISHAPS)
async def test_every_mishap_can_befall_the_running_demo(name: str, opened: Opener) -> None:
    """By its name, at a running fleet, which adds up at every moment of it."""
    async with opened(demo_fleet()) as terminal:
        check(terminal.running.befall(name, "p72", "p72vio1"))
        check(terminal.running.mend(name, "p72", "p72vio1"))
        with pytest.raises(ValueError, match="there is no partition"):
            terminal.running.befall(name, "p72", "nobody")
    assert MISHAPS[name].sentence


def test_what_has_no_sea_cannot_lose_it() -> None:
    """A client has no SEA, and says so."""
    with pytest.raises(ValueError, match="has no Shared Ethernet Adapter"):
        begun_by("cable-pull", demo_fleet(), "p72", "db01")
    assert set(VIOS) == {"p72vio1", "p72vio2"}
