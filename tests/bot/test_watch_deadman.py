"""The dead man's switch: a watch that doesn't get round any more says so, and says so no more once it does."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import app
from bot.inventory import Inventory
from bot.lab.fleet.running import RunningFleet, start_fleet
from bot.ledger.tx import Tx
from bot.settings import Settings, SlackSettings, WatchSettings
from bot.watch import deadman, host, watch
from bot.watch.asking import Tools
from bot.watch.deadman import Standing
from bot.watch.figures import Figures
from bot.watch.ours import OurRequests
from bot.watch.scribe import Scribe
from bot.watch.watch import Watch
from policies.alerts import Sighting
from tests.bot.lab.fleet.eventually import eventually
from tests.bot.lab.fleet.pair import pair

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def standing(**how: object) -> Standing:
    well: dict[str, object] = {"host": "hmc", "every": 30.0, "late_after": 4, "pairs": 3, "since_round": 20.0}
    return Standing(**{**well, **how})  # type: ignore[arg-type]  # of several types


def rules(told: Sighting) -> list[str]:
    return [each.rule for each in told.symptoms]


@pytest.mark.parametrize(
    ("how", "wanted"),
    [
        ({}, []),
        ({"since_round": 120.0}, []),
        ({"since_round": 121.0}, ["no-round"]),
        ({"round_took": 61.0}, ["rounds-slow"]),
        ({"round_took": 59.0}, []),
        ({"round_took": 61.0, "out": "it is down"}, []),
        ({"died": "KeyError"}, ["watch-died"]),
        ({"unread": {"p72": ("the partitions of p72 couldn't be read",)}}, ["not-found"]),
        ({"unlisted": "hmc can't be reached"}, ["not-listed"]),
        ({"unassigned": {"p72": 2}}, ["nobody-watches"]),
    ],
)
def test_what_is_wrong_with_a_watch_is_told_and_nothing_else(how: dict[str, object], wanted: list[str]) -> None:
    """Each at its border; an HMC that is out is no fault of the watch's."""
    assert rules(deadman.sighting(standing(**how), NOW)) == wanted


def test_silence_is_said_to_mean_nothing() -> None:
    """It says since when, can't be held back, and isn't a new sentence with every second."""
    one, other = (deadman.sighting(standing(since_round=seconds), NOW).symptoms[0] for seconds in (300.0, 301.0))
    assert "since 02:55 UTC" in one.said
    assert one.at_once
    assert one.said.replace("02:55", "") == other.said.replace("02:54", "")


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """A watch over one HMC, whose clock is turned by hand, and all that it says of itself."""

    def __init__(self, machines: RunningFleet, over: Watch, clock: Clock, said: list[Sighting]) -> None:
        self.machines, self.watch, self.clock, self._said = machines, over, clock, said

    async def says(self, wanted: Callable[[Sighting], bool]) -> Sighting:
        """The newest word of the watch on itself, once it is so."""

        def own() -> list[Sighting]:
            return [each for each in self._said if each.kind == deadman.KIND]

        await eventually(lambda: bool(own()) and wanted(own()[-1]))
        return own()[-1]


@asynccontextmanager
async def staged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(watch, "TICK", 0.05)
    machines = await start_fleet(pair())
    ledger = app.data_ledger(folder).open(alone=True)
    clock, said = Clock(), list[Sighting]()

    async def see(sightings: Sequence[Sighting], also: Callable[[Tx], None]) -> None:
        said.extend(sightings)
        await ledger.write(also)

    slack = SlackSettings(bot_token=SecretStr("xoxb-none"), app_token=SecretStr("xapp-none"))
    settings = Settings(slack=slack, hosts=machines.hosts, watch=WatchSettings(every=10, floor=10))
    try:
        async with app.reading(settings, ledger) as (_, door):
            tools = Tools(
                ledger=ledger,
                door=door,
                scribe=Scribe(ledger, see),
                ours=OurRequests(ledger, app.OPERATIONS),
                figures=Figures(),
                monotonic=clock,
                dice=random.Random(1),
            )
            addresses = {name: host.address for name, host in machines.hosts.items()}
            over = Watch(machines.hosts, settings.watch, Inventory(addresses, door.read, app.utc_now), tools)
            task = asyncio.create_task(over.run())
            try:
                yield Stage(machines, over, clock, said)
            finally:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
    finally:
        ledger.close()
        await machines.close()
    assert machines.errors == []


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    async with staged(tmp_path, monkeypatch) as it:
        await it.says(lambda told: rules(told) == [])
        await eventually(lambda: it.watch.hosts["hmc"].things != {})
        yield it


async def test_a_watch_that_hangs_is_told_and_recovers_by_itself(stage: Stage) -> None:
    """An HMC that takes a command and never answers: no whole round, which is said; and over with the next one."""
    stage.machines.fault("hmc", matching="entstat", stall_after=0)
    stage.clock.now += 11.0
    await eventually(lambda: stage.machines.sessions("hmc") > 0)
    stage.clock.now += 45.0
    late = await stage.says(lambda told: "no-round" in rules(told))
    assert "silence means nothing" in late.symptoms[0].said
    stage.machines.cut("hmc")
    await stage.says(lambda told: rules(told) == [])


async def test_a_watch_that_died_is_begun_anew_and_told(stage: Stage) -> None:
    """Whatever ended its tasks: others take over, and a whole round ends the alert."""
    for task in stage.watch._tasks.values():
        task.cancel()
    assert "watch-died" in rules(await stage.says(lambda told: bool(told.symptoms)))
    stage.clock.now += 11.0
    await stage.says(lambda told: rules(told) == [])


async def test_a_look_that_fails_by_our_own_fault_is_told_until_one_succeeds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round that only failed counts as no look: it stands for that system until the next success."""

    def broken(*_: object, **__: object) -> None:
        raise KeyError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(host, "looked", broken)
        stage.clock.now += 11.0
        told = await stage.says(lambda told: rules(told) == ["not-found"])
        assert "failed by a fault of my own: KeyError" in told.symptoms[0].said
    stage.clock.now += 11.0
    await stage.says(lambda told: rules(told) == [])


async def test_a_search_that_fails_by_our_own_fault_is_told_until_one_succeeds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same of a search."""

    def broken(*_: object, **__: object) -> None:
        raise KeyError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(host, "discover", broken)
        stage.clock.now += 3_600.0
        await stage.watch.assign()
        await stage.says(lambda told: any("searching it failed by a fault of my own" in s.said for s in told.symptoms))
    stage.clock.now += 61.0
    await stage.watch.assign()
    await stage.says(lambda told: rules(told) == [])


async def test_a_process_that_stood_still_says_so(stage: Stage) -> None:
    """Once it goes on: for how long nothing was looked at."""
    stage.clock.now += 3_600.0
    told = await stage.says(lambda told: bool(told.happenings))
    assert [each.rule for each in told.happenings] == ["stalled"]
    assert "3600 s" in told.happenings[0].said
