"""The watch over drift as such: what it does with a host that hangs, and that it says so when it stands still."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr

from bot.door import Door
from bot.inventory import Inventory
from bot.ledger import drift, watches
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.ledger.watches import Thing
from bot.settings import AixHost, DriftSettings
from bot.watch.asking import Tools
from bot.watch.drift import DriftWatch
from bot.watch.figures import Figures
from bot.watch.order import StandingOrder
from bot.watch.ours import OurRequests
from bot.watch.scribe import Scribe
from handlers.command import Command, Result
from handlers.drift.source import Kind
from handlers.drift.value import Value, packed
from policies.alerts import Sighting
from policies.problems import HostUnreachable
from tests.bot.lab.fleet.eventually import eventually

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
PINNED = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrVoTYF2O7oyl97yh4r9xyCx8rNrOHaDoQ0kHWVVLdE"
HOST = AixHost(name="db01", address="127.0.0.1", user="root", password=SecretStr("x"), host_key=PINNED)


class Hanging:
    """A door behind which every command runs into its deadline. What isn't in the order is refused, as by the real."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    async def look(self, command: Command, order: StandingOrder) -> tuple[Result, bytes]:
        assert order.covers(command)
        await order.stands()
        self.asked.append(command.argv)
        return Result(command=command, exit_status=None), b""


class World:
    def __init__(self, ledger: Ledger) -> None:
        self.now, self.told, self.door = 0.0, list[Sighting](), Hanging()
        self.tools = Tools(
            ledger=ledger, door=cast(Door, self.door), scribe=Scribe(ledger, self.see), ours=OurRequests(ledger, {}),
            figures=Figures(), monotonic=lambda: self.now,
        )  # fmt: skip
        inventory = Inventory({}, unasked, lambda: NOW, [HOST.place])
        self.watch = DriftWatch(DriftSettings(every=60), inventory, self.tools, self.see)
        self.ledger = ledger

    async def see(self, sightings: Sequence[Sighting], also: Callable[[Tx], None]) -> None:
        await self.ledger.write(also)
        self.told += sightings

    def rules(self, key: str) -> list[list[str]]:
        return [[symptom.rule for symptom in each.symptoms] for each in self.told if each.key == key]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with closing(Ledger(tmp_path, lambda: NOW).open()) as ledger:
        yield World(ledger)


async def test_a_host_whose_commands_hang_is_out_for_this_look(world: World) -> None:
    """Two lost answers in a row are enough: it is told as out of reach, and its slot is free for the others."""
    await world.watch.round()
    assert len(world.door.asked) == 2
    assert world.rules("drift/db01") == [["host-unreachable"]]


async def test_a_watch_that_stands_still_says_so_until_it_gets_round(world: World) -> None:
    """Three intervals without a look, or a look that fails by a fault of our own, is told; and once that it is over."""
    await world.watch.assign()
    await world.watch.tell_of_itself()
    world.now = 3 * 60.0
    await world.watch.tell_of_itself()
    assert world.rules("watch/db01") == [[]]
    world.now += 1
    await world.watch.tell_of_itself()
    await world.watch.tell_of_itself()
    assert world.rules("watch/db01") == [[], ["no-round"]]
    await world.watch.round()
    assert world.rules("watch/db01") == [[], ["no-round"], []]
    world.door.look = broken  # type: ignore[method-assign]
    await world.watch.round()
    assert world.rules("watch/db01")[3:] == [["watch-died"]]


async def test_it_watches_itself_while_it_runs(world: World) -> None:
    """The switch is part of the watch, and not of its rounds: it says so while nothing is due."""
    running = asyncio.create_task(world.watch.run())
    await eventually(lambda: bool(world.rules("watch/db01")))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert world.rules("watch/db01") == [[]]


async def test_who_is_watched_is_as_the_hmcs_list_it_and_nobody_goes_for_an_hmc_that_is_silent(world: World) -> None:
    """A VIOS is taken on once it is listed, stays while its HMC can't be asked, and goes when it is listed no more."""
    hmc = Hmc()
    inventory = Inventory({"hmc1": "10.0.0.1"}, hmc.ask, lambda: hmc.now, [])
    watch = DriftWatch(DriftSettings(kinds=frozenset({Kind.VIOS})), inventory, world.tools, world.see)
    await watch.assign()
    await watch.tell_of_itself()
    assert world.rules("watch/vio1") == [[]]
    hmc.now += timedelta(hours=2)
    hmc.is_away = True
    await watch.assign()
    await watch.round()
    assert world.rules("drift/vio1") == [["host-unreachable"]]
    hmc.now += timedelta(hours=2)
    hmc.is_away, hmc.vioses = False, ["vio2"]
    await watch.round()
    assert world.rules("drift/vio1") == [["host-unreachable"]]
    assert world.rules("watch/vio1") == [[], []]
    assert world.rules("drift/vio2") == [["host-unreachable"]]
    world.now += 3 * 86_400 + 1
    await watch.tell_of_itself()
    assert world.rules("watch/vio2") == [[], ["no-round"]]


async def test_a_second_vios_of_one_name_takes_nothing_from_the_first(world: World) -> None:
    """What was kept of the first goes on under its whole name, which stays, also while the other isn't listed."""
    hmc = Hmc()
    inventory = Inventory({"hmc1": "10.0.0.1"}, hmc.ask, lambda: hmc.now, [])
    watch = DriftWatch(DriftSettings(kinds=frozenset({Kind.VIOS})), inventory, world.tools, world.see)
    await watch.assign()
    await world.ledger.write(partial(seen, "vio1"))
    hmc.now += timedelta(hours=2)
    hmc.systems = ["p72", "p75"]
    await watch.assign()
    first = world.ledger.read_now(lambda db: drift.baseline(db, "p72:vio1"))
    assert first is not None
    assert world.ledger.read_now(lambda db: [drift.baseline(db, each) for each in ("vio1", "p75:vio1")]) == [None] * 2
    assert world.ledger.read_now(lambda db: [each.host for each in watches.things(db, "drift")]) == ["p72:vio1"]
    again = DriftWatch(DriftSettings(kinds=frozenset({Kind.VIOS})), inventory, world.tools, world.see)
    hmc.now += timedelta(hours=2)
    hmc.systems = ["p72"]
    await again.round()
    assert world.rules("drift/p72:vio1") == [["host-unreachable"]]
    assert world.rules("drift/vio1") == []


def seen(name: str, tx: Tx) -> None:
    found = json.dumps({"kind": "vios"})
    watches.found(tx, Thing(key=f"drift/{name}", kind="drift", host=name, system="p72", found=found))
    drift.first_sight(tx, name, drift.keep(tx, name, {"ioslevel": packed({"level": Value("4.1.0.10")})}))


class Hmc:
    """One that lists a managed system and the VIOS on it, or can't be reached."""

    def __init__(self) -> None:
        self.now, self.is_away, self.vioses, self.systems = NOW, False, ["vio1"], ["p72"]

    async def ask(self, command: Command) -> Result:
        if self.is_away:
            raise HostUnreachable(host="hmc1", address="10.0.0.1", port=22, reason="No route")
        rows = [f"{name},{n},vioserver,Running\n" for n, name in enumerate(self.vioses, 1)]
        text = "".join(rows) if "lpar" in command.argv else "".join(f"{each}\n" for each in self.systems)
        return Result(command=command, exit_status=0, text=text, size=len(text))


async def unasked(command: Command) -> Result:
    raise AssertionError("no HMC is there to be asked")


async def broken(command: Command, order: StandingOrder) -> tuple[Result, bytes]:
    raise RuntimeError("a fault of our own")
