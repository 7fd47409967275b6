"""The one composition root: every room is built and joined here, and started and stopped in order."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from bot.alerts import Alerts
from bot.anchors import Anchors
from bot.archive import Archiver
from bot.background import background
from bot.ballot import Ballot
from bot.circumstances import Circumstances
from bot.clerk import Clerk
from bot.clicks import Clicks
from bot.console import Console
from bot.delivery import Delivery
from bot.desk import Desk
from bot.door import Door
from bot.enclosures import Enclosures
from bot.filling import Filling
from bot.groups import Groups
from bot.home import Home
from bot.inventory import Inventory
from bot.ledger.hosts import LoginStops
from bot.ledger.store import Ledger
from bot.ledger.tx import Now, Tx
from bot.listeners import Listeners
from bot.outbox import Outbox, Pace
from bot.own.answer import World
from bot.own.drift import open_settings
from bot.own.itself import Itself
from bot.pasting import Pasting
from bot.pictures.draughtsman import Draughtsman
from bot.recovery import LeftOver, Recovery
from bot.runner import Runner
from bot.settings import Settings
from bot.silencing import Silencing
from bot.socket_mode import connected, slack_client, try_tokens
from bot.starting import Starting
from bot.teller import Teller
from bot.views import Views
from bot.watch.alike import AlikeWatch
from bot.watch.archive import ArchiveWatch
from bot.watch.asking import Tools
from bot.watch.drift import DriftWatch
from bot.watch.figures import Figures, heard
from bot.watch.moves import MoveWatch
from bot.watch.ours import OurRequests
from bot.watch.scribe import Scribe, See
from bot.watch.watch import Watch
from handlers import audit, incidents, policy, requests, vios
from handlers.aix import operations as aix
from handlers.drift import operations as drift
from handlers.hmc import operations as hmc
from handlers.lpm import operations as lpm
from handlers.operation import Operation
from handlers.sea import operations as sea
from policies.alerts import Sighting
from policies.faults import Vocabulary

log = structlog.get_logger()

CATALOG: dict[str, tuple[type[Operation], ...]] = {
    "lpm": lpm.OPERATIONS,
    "vios": vios.OPERATIONS,
    "hmc": hmc.OPERATIONS,
    "aix": aix.OPERATIONS,
    "sea": sea.OPERATIONS,
    "drift": drift.OPERATIONS,
    "policy": policy.OPERATIONS,
    "requests": requests.OPERATIONS,
    "incidents": incidents.OPERATIONS,
    "audit": audit.OPERATIONS,
}
OPERATIONS: dict[str, type[Operation]] = {each.name(): each for verbs in CATALOG.values() for each in verbs}
VOCABULARY = Vocabulary(operations={name: each.effect for name, each in OPERATIONS.items()})


SWEEP_EVERY = 5.0  # seconds
DISCOVER_EVERY = 60.0  # seconds between two looks for lists that are too old
FORGET_TURNS = 720  # about an hour


def utc_now() -> datetime:
    return datetime.now(UTC)


def world(
    folder: Path, circumstances: Circumstances, *, tags_known: bool = True, ignored: tuple[str, ...] = (),
    settings: Settings | None = None,
) -> World:  # fmt: skip
    """What hscbot's answers about itself are made from. `settings`: where all of them are known."""
    tags = circumstances.tags if tags_known else None
    vocabulary = Vocabulary(operations=VOCABULARY.operations, tags=tags)
    return World(
        folder=folder,
        catalog=CATALOG,
        vocabulary=vocabulary,
        circumstances=circumstances,
        ignored=settings.drift.chosen.patterns if settings is not None else ignored,
        reads=settings.reads if settings is not None else None,
    )


@dataclass(frozen=True, kw_only=True)
class Bot:
    """A running bot's rooms, for who has to wait on them."""

    ledger: Ledger
    desk: Desk
    groups: Groups
    inventory: Inventory
    runner: Runner
    outbox: Outbox
    listeners: Listeners
    recovery: Recovery
    alerts: Alerts
    watch: Watch
    drifting: DriftWatch
    archiving: ArchiveWatch
    alikes: AlikeWatch
    moves: MoveWatch
    door: Door

    async def settled(self) -> None:
        """Back when nothing is being dealt with, run or said."""
        await self.listeners.settled()
        await self.runner.settled()
        await self.outbox.emptied()


def told_nobody(ledger: Ledger) -> See:
    """What is seen is kept, and said to nobody."""

    async def see(sightings: Sequence[Sighting], also: Callable[[Tx], None]) -> None:
        await ledger.write(also)

    return see


def data_ledger(folder: Path, now: Now = utc_now) -> Ledger:
    """`now`: the clock of everything that is kept and judged."""
    return Ledger(folder, now)


@asynccontextmanager
async def running(settings: Settings, ledger: Ledger, *, pace: Pace | None = None) -> AsyncIterator[Bot]:
    """A bot on an open ledger, connected to Slack, until the block ends."""
    client = slack_client(settings)
    draughtsman = Draughtsman()
    outbox = Outbox(ledger, Delivery(ledger, client, Enclosures(ledger, draughtsman)), pace=pace or Pace())
    teller = Teller(ledger, OPERATIONS, outbox.wake, zone=settings.alerting.zone)
    console = Console(settings.reachable, LoginStops(ledger))
    views, groups = Views(client), Groups(ledger, client)

    circumstances = Circumstances(settings.tags, reach=lambda operation: operation.reach(inventory))
    archiver = Archiver(ledger, console, settings.archive)
    itself = Itself(ledger, world(ledger.folder, circumstances, settings=settings), archiver.asked)
    door = Door(ledger, console, teller, itself)
    inventory = Inventory(
        {name: host.address for name, host in settings.hosts.items()},
        door.read,
        ledger.now,
        [host.place for host in settings.aix.values()],
        {name: group.members for name, group in settings.groups.items()},
    )
    runner = Runner(ledger, door, Starting(ledger, circumstances, teller), teller, inventory)
    ballot = Ballot(ledger, circumstances, teller, runner.start)
    home = Home(ledger, groups, teller, views)
    clicks = Clicks(ledger, ballot, teller, views, home)
    clerk = Clerk(ledger, itself, circumstances, teller)
    pasting = Pasting(ledger, CATALOG, circumstances, clerk, views)
    site = settings.drift.chosen.patterns
    filling = Filling(ledger, CATALOG, views, inventory.listed, partial(open_settings, site=site))
    silencing = Silencing(ledger, circumstances, views)
    desk = Desk(
        ledger,
        CATALOG,
        inventory,
        circumstances,
        groups,
        clicks,
        runner,
        teller,
        clerk,
        pasting,
        filling,
        silencing,
        itself,
    )
    alerts = Alerts(ledger, settings.alerting, circumstances, outbox.wake)
    recovery = Recovery(ledger, desk, ballot, runner, teller)
    listeners = Listeners(ledger, desk.handle, home.opened, filling.faults, filling.offered)
    anchors = Anchors(ledger, settings.audit, outbox.wake)
    figures = Figures()
    tools = Tools(
        ledger=ledger,
        door=door,
        scribe=Scribe(ledger, alerts.seen),
        ours=OurRequests(ledger, OPERATIONS),
        figures=figures,
    )
    watch = Watch(settings.hosts, settings.watch, inventory, tools)
    drifting = DriftWatch(settings.drift, inventory, tools, alerts.seen, others=watch.hosts)
    archiving = ArchiveWatch(ledger, archiver, alerts.seen)
    alikes = AlikeWatch(settings.drift, settings.groups, inventory, tools, alerts.seen)
    moves = MoveWatch(settings.drift, inventory, drifting, teller, tools)
    await try_tokens(client, settings)
    # Read before the first delivery can come: what is live from then on is nobody's left-over.
    left = await recovery.left_over()
    bot = Bot(
        ledger=ledger,
        desk=desk,
        groups=groups,
        inventory=inventory,
        runner=runner,
        outbox=outbox,
        listeners=listeners,
        recovery=recovery,
        alerts=alerts,
        watch=watch,
        drifting=drifting,
        archiving=archiving,
        alikes=alikes,
        moves=moves,
        door=door,
    )
    try:
        async with (
            heard(figures, settings.metrics.listen),
            connected(listeners.app(client), settings),
            background(
                outbox.run(),
                _keep_up(inventory, groups, recovery, alerts, left),
                anchors.run(),
                watch.run(),
                drifting.run(),
                archiving.run(),
                alikes.run(),
                moves.run(),
                _discover(inventory),
            ),
        ):
            yield bot
    finally:
        await runner.close()
        await console.close()
        draughtsman.close()


@asynccontextmanager
async def reading(settings: Settings, ledger: Ledger) -> AsyncIterator[tuple[Console, Door]]:
    """What it takes to read from machines, audited, without Slack."""
    console = Console(settings.reachable, LoginStops(ledger))
    try:
        itself = Itself(ledger, world(ledger.folder, Circumstances(settings.tags), settings=settings))
        yield console, Door(ledger, console, Teller(ledger, OPERATIONS, lambda: None), itself)
    finally:
        await console.close()


async def _keep_up(inventory: Inventory, groups: Groups, recovery: Recovery, alerts: Alerts, left: LeftOver) -> None:
    """Learn the fleet, pick up what a stop left, then see to what is overdue or idle, over and over."""
    await _tried(inventory.refresh())
    await _tried(recovery.recover(left))
    for turn in itertools.count():
        await _tried(groups.refresh())
        await _tried(recovery.sweep())
        await _tried(alerts.sweep())
        if turn % FORGET_TURNS == 0:
            await _tried(recovery.forget())
        for _ in range(int(SWEEP_EVERY)):
            await asyncio.sleep(1.0)
            await _tried(recovery.pick_up_asked())


async def _discover(inventory: Inventory) -> None:
    """Know the fleet before somebody asks: by it names are completed and looked up. A start is for what a stop left."""
    while True:
        await asyncio.sleep(DISCOVER_EVERY)
        await _tried(inventory.discover())


async def _tried(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("housekeeping failed; it is tried again")
