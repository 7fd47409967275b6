"""What is left of a watch that nobody keeps any more: said and closed in words, never left open, never called well."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.lab.fleet.events import AdapterRemoved, FrameLeft, SeaMade, SeaRemoved
from bot.settings import DriftSettings, WatchSettings
from bot.watch import deadman
from bot.watch.deadman import Standing
from tests.stories.conftest import Stage, staged, words

BY_HAND = WatchSettings(every=3600, floor=3600)
ALERTS = "power-alerts"
P75 = "sea/p75/p75vio1+p75vio2/ETHERNET0/1"


def state(stage: Stage, key: str) -> str:
    found = stage.rows(f"SELECT state FROM incident WHERE key = '{key}' ORDER BY id DESC LIMIT 1")
    return str(found[0][0])


async def said_of_it(stage: Stage) -> str:
    """All that was said under every message about what is wrong."""
    await stage.settled()
    threads = [await stage.people.thread(ALERTS, card["ts"]) for card in await stage.cards(ALERTS)]
    return "\n".join(words(each) for thread in threads for each in thread[1:])


async def until_closed(stage: Stage, *keys: str) -> None:
    while {"open"} & {state(stage, key) for key in keys}:  # noqa: ASYNC110 - it ends by itself
        await asyncio.sleep(0.05)


async def test_a_frame_that_is_retired_is_let_go_in_words(tmp_path: Path) -> None:
    """No HMC lists it: that is said of its pairs' watch; and after a week both that and what was wrong with them end,
    by what they end for."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        stage.fleet.befall("both-primary", "p75", "p75vio1")
        await stage.bot.watch.round()
        await stage.settled()
        assert state(stage, P75) == "open"
        stage.fleet.happen(FrameLeft(hmc="hmc-oslo", system="p75"))
        await stage.later(minutes=11)
        await stage.bot.watch.round()
        await stage.later(minutes=11)
        assert (state(stage, P75), state(stage, "watch/hmc-oslo")) == ("open", "open")
        await stage.later(days=8)
        await stage.bot.watch.round()
        await stage.settled()
        assert (state(stage, P75), state(stage, "watch/hmc-oslo")) == ("closed", "closed")
        said = await said_of_it(stage)
        assert "no HMC has listed p75 since" in said
        assert "as it should be" not in said
        assert "gone: both lead" not in said


def taken_apart(stage: Stage) -> list[SeaMade]:
    """Both SEAs of p75's pair go, by somebody else's hand; what would bring them back."""
    back = []
    for name in ("p75vio1", "p75vio2"):
        partition = stage.fleet.fleet.systems["p75"].partition(name)
        assert partition is not None
        (sea,) = partition.io.seas
        back.append(SeaMade(system="p75", partition=name, sea=sea))
        stage.fleet.happen(SeaRemoved(system="p75", partition=name, sea=sea.name))
    return back


async def searched(stage: Stage) -> None:
    """A start searches, and so does a look at what isn't there as it was; then what lasts has settled."""
    await stage.bot.watch.round()
    await stage.later(seconds=61)
    await stage.settled()


async def test_a_pair_that_is_gone_is_open_while_somebody_is_left_without_a_bridge(tmp_path: Path) -> None:
    """It is over by itself once the pair is back; a restart in between loses nothing."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        back = taken_apart(stage)
        await searched(stage)
        (card,) = [words(each) for each in await stage.cards(ALERTS)]
        assert "isn't there any more: neither side bridges what it did" in card
        assert "partitions on networks that nothing bridges: " in card
        assert state(stage, P75) == "open"
        await stage.stop()
        await stage.start()
        await searched(stage)
        assert state(stage, P75) == "open"
        await stage.stop()
        for event in back:
            stage.fleet.happen(event)
        await stage.start()
        await searched(stage)
        assert state(stage, P75) == "closed"
        assert len(await stage.cards(ALERTS)) == 1


async def test_a_pair_that_is_gone_is_over_once_nobody_is_left_without_a_bridge(tmp_path: Path) -> None:
    """The partitions went to other networks: nothing is left of it, and it isn't said to be well."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        taken_apart(stage)
        await searched(stage)
        assert state(stage, P75) == "open"
        await stage.stop()
        for partition in stage.fleet.fleet.systems["p75"].partitions:
            if partition.name not in ("p75vio1", "p75vio2"):
                for each in partition.ethernet:
                    stage.fleet.happen(AdapterRemoved(system="p75", partition=partition.name, adapter=each.name))
        await stage.start()
        await searched(stage)
        assert state(stage, P75) == "closed"
        said = await said_of_it(stage)
        assert "nobody is left on a network that it alone bridged" in said
        assert "as it should be" not in said


@pytest.mark.parametrize("others", [True, False])
async def test_an_hmc_that_left_the_settings_leaves_nothing_open(others: bool, tmp_path: Path) -> None:
    """What was wrong with its pairs, and with the watch over it, ends with that said; also where none is watched."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        stage.fleet.befall("both-primary", "p75", "p75vio1")
        await stage.bot.watch.round()
        late = deadman.sighting(standing("hmc-oslo"), stage.clock.now())
        await stage.bot.alerts.seen([late])
        await stage.settled()
        assert (state(stage, P75), state(stage, "watch/hmc-oslo")) == ("open", "open")
        await stage.stop()
        if others:
            del stage.hosts["hmc-oslo"]
        else:
            stage.watch = WatchSettings(on=False)
        await stage.start()
        await until_closed(stage, P75, "watch/hmc-oslo")
        assert state(stage, "watch/hmc-oslo") == "closed"
        said = await said_of_it(stage)
        assert "isn't watched any more: the settings don't ask for hmc-oslo" in said
        assert "nobody looks at hmc-oslo any more: the settings don't ask for it, or no HMC lists it" in said
        assert "as it should be" not in said


async def test_a_host_that_left_the_settings_leaves_nothing_open(tmp_path: Path) -> None:
    """That it hadn't been looked at for long, and what had drifted on it, both end with that said."""
    async with staged(tmp_path / "data", aix=("db01",)) as stage:
        stage.drift = DriftSettings(every=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.round()
        late = deadman.sighting(standing("db01"), stage.clock.now())
        await stage.bot.alerts.seen([late])
        await stage.settled()
        assert state(stage, "watch/db01") == "open"
        await stage.stop()
        stage.aix = {}
        await stage.start()
        await until_closed(stage, "watch/db01")
        said = await said_of_it(stage)
        assert "nobody looks at db01 any more: the settings don't ask for it, or no HMC lists it" in said
        assert "as it should be" not in said


def standing(host: str) -> Standing:
    """It hasn't been looked at for far too long."""
    return Standing(host=host, every=30.0, late_after=4, pairs=1, since_round=3_600.0)
