"""What people say while a host is being looked at: never lost, and what it ends is told once."""

from __future__ import annotations

import asyncio
import itertools
import random
import shlex
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from bot.door import Door
from bot.inventory import Inventory
from bot.lab.fleet.events import Tuned
from bot.lab.fleet.operating import Setting
from bot.ledger import drift, incidents
from bot.ledger.drift import Word
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.settings import DriftSettings
from bot.watch.asking import Tools
from bot.watch.drift import DriftWatch
from bot.watch.figures import Figures
from bot.watch.order import StandingOrder
from bot.watch.ours import OurRequests
from bot.watch.scribe import Scribe
from handlers.command import Command, Result
from policies.alerts import Sighting
from policies.words import Person
from tests.bot.lab.fleet.keyboard import Keyboard
from tests.bot.test_incidents import START, alerts
from tests.bot.test_watch_drift import HOST, unasked

LEA = Person(workspace="T1", member="LEA")
SEND, RECEIVE = "no/tcp_sendspace", "no/tcp_recvspace"


class Clock:
    """No two moments are the same."""

    def __init__(self) -> None:
        self._ticks = itertools.count(1)

    def now(self) -> datetime:
        return START + timedelta(milliseconds=next(self._ticks))


class Gate:
    """Whoever comes to a place where somebody waits for them stops there until they are let on."""

    def __init__(self) -> None:
        self._place: str | None = None
        self._there, self._on = asyncio.Event(), asyncio.Event()

    def shut(self, place: str) -> None:
        self._place = place

    async def reached(self) -> None:
        await self._there.wait()

    def open(self) -> None:
        self._on.set()

    async def passed(self, place: str) -> None:
        if place == self._place:
            self._place = None
            self._there.set()
            await self._on.wait()


class World:
    """A host at whose shell the watch types, with real alerts behind it."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger, self.clock, self.gate, self.keyboard = ledger, clock, Gate(), Keyboard()
        self._alerts = alerts(ledger)
        tools = Tools(
            ledger=ledger, door=cast(Door, self), scribe=Scribe(ledger, self.see), ours=OurRequests(ledger, {}),
            figures=Figures(),
        )  # fmt: skip
        inventory = Inventory({}, unasked, clock.now, [HOST.place])
        self.watch = DriftWatch(DriftSettings(), inventory, tools, self.see)

    async def look(self, command: Command, order: StandingOrder) -> tuple[Result, bytes]:
        assert order.covers(command)
        await order.stands()
        await self.gate.passed(command.argv[0])
        text, _, status = await asyncio.to_thread(self.keyboard.typed, shlex.join(command.argv))
        return Result(command=command, exit_status=status, text=text, size=len(text)), text.encode()

    async def see(self, sightings: Sequence[Sighting], also: Callable[[Tx], None]) -> None:
        if any(each.key == "drift/db01" for each in sightings):
            await self.gate.passed("telling")
        await self._alerts.seen(sightings, also)

    def tune(self, name: str, value: str) -> None:
        setting = Setting(command="no", name=name.partition("/")[2], current=value, reboot=value)
        self.keyboard.happen(Tuned(system="p72", partition="db01", settings=(setting,)))

    async def ignored(self, name: str) -> None:
        now = self.clock.now()
        word = Word(
            host="db01", kind="ignored", name=name, value=None, until=now + timedelta(days=1), at=now, by=str(LEA),
            why="a test of buffers",
        )  # fmt: skip
        await self.ledger.write(lambda tx: drift.say(tx, word))

    async def accepted(self) -> None:
        await self.ledger.write(
            lambda tx: drift.set_baseline(tx, "db01", drift.readings(tx.db, "db01"), by=LEA, why="as built")
        )

    def open(self) -> set[str]:
        found = self.ledger.read_now(incidents.active)
        return {symptom.about for each in found if each.key == "drift/db01" for symptom in each.symptoms}

    def told(self, did: str) -> Counter[str]:
        """How often that was told of each setting."""
        newest = self.ledger.read_now(incidents.last)
        events = [
            event
            for number in range(1, newest + 1)
            for event in self.ledger.read_now(lambda db, number=number: incidents.events(db, number))  # type: ignore[misc]
        ]
        return Counter(name for each in events if each.did == did for name in (SEND, RECEIVE) if name in each.said)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    clock = Clock()
    with closing(Ledger(tmp_path, clock.now).open()) as ledger:
        made = World(ledger, clock)
        await made.watch.assign()
        await made.watch.look("db01")
        made.tune(SEND, "131072")
        await made.watch.look("db01")
        assert made.open() == {SEND}
        made.tune(RECEIVE, "65536")
        yield made


@pytest.mark.parametrize("place", ["lsdev", "no", "lsattr", "who", "telling"])
async def test_a_word_that_is_said_while_a_look_runs_is_heard_once(world: World, place: str) -> None:
    """Before its first answer, amid it, and when what it came to is about to be told: those who look for words
    meanwhile wait for it, the word counts after it, and each beginning and each end is told once."""
    world.gate.shut(place)
    looking = asyncio.create_task(world.watch.look("db01"))
    await world.gate.reached()
    await world.ignored(SEND)
    await asyncio.gather(*(world.watch.notice() for _ in range(3)))
    world.gate.open()
    await looking
    await asyncio.gather(*(world.watch.notice() for _ in range(3)))
    assert world.open() == {RECEIVE}
    assert (world.told("came"), world.told("went")) == (Counter({SEND: 1, RECEIVE: 1}), Counter({SEND: 1}))


async def test_a_baseline_that_is_set_while_a_look_is_told_isnt_lost(world: World) -> None:
    """What it takes over is silent after it, though the look had worked out that it differs."""
    world.gate.shut("telling")
    looking = asyncio.create_task(world.watch.look("db01"))
    await world.gate.reached()
    await world.accepted()
    world.gate.open()
    await looking
    await world.watch.notice()
    assert world.open() == set()


async def test_a_look_waits_for_a_word_that_is_being_told(world: World) -> None:
    """The other way round: it begins while a word is told, and neither undoes what the other kept."""
    await world.ignored(SEND)
    world.gate.shut("telling")
    noticing = asyncio.create_task(world.watch.notice())
    await world.gate.reached()
    looking = asyncio.create_task(world.watch.look("db01"))
    world.gate.open()
    await asyncio.gather(noticing, looking)
    assert world.open() == {RECEIVE}
    assert (world.told("came"), world.told("went")) == (Counter({SEND: 1, RECEIVE: 1}), Counter({SEND: 1}))


@pytest.mark.parametrize("seed", range(6))
async def test_in_whatever_order_they_come_all_is_told_once(world: World, seed: int) -> None:
    """Looks, words and those who look for words, begun all at once in an order by chance."""
    work = [world.watch.look("db01"), world.ignored(SEND), world.watch.look("db01")]
    work += [world.watch.notice() for _ in range(4)]
    random.Random(seed).shuffle(work)
    await asyncio.gather(*work)
    await world.watch.notice()
    assert world.open() == {RECEIVE}
    assert (world.told("came"), world.told("went")) == (Counter({SEND: 1, RECEIVE: 1}), Counter({SEND: 1}))
