"""The one composition root: every room is built and joined here, and started and stopped in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.console import Console
from bot.desk import Desk, LeftOver
from bot.door import Door
from bot.inventory import Inventory
from bot.ledger.hosts import LoginStops
from bot.ledger.store import Ledger
from bot.listeners import Listeners
from bot.outbox import Outbox, Pace
from bot.runner import Runner
from bot.settings import Settings
from bot.teller import Teller
from handlers import lpm
from handlers.operation import Operation
from policies.problems import Problem

log = structlog.get_logger()

CATALOG: dict[str, tuple[type[Operation], ...]] = {"lpm": lpm.OPERATIONS}
OPERATIONS: dict[str, type[Operation]] = {each.name(): each for verbs in CATALOG.values() for each in verbs}
EXPIRE_EVERY = 5.0  # seconds
PING_EVERY = 2.0  # seconds; bolt's ten would leave commands unheard that long after a connection is lost


class SlackRefused(Problem):
    code = "slack-refused"
    sentence = "Slack didn't let me in: {word}."
    why = "A token is wrong, was revoked, or lacks a scope."
    remedy = "Run `hscbot check`: it tries both tokens and every scope and says what to mend."


class SlackUnreachable(Problem):
    code = "slack-unreachable"
    sentence = "I can't reach Slack: {reason}."
    why = "The network, a proxy or a firewall is in the way, or Slack is down."
    remedy = "Let this machine reach slack.com and wss-primary.slack.com on port 443, then start me again."


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Bot:
    """A running bot's rooms, for who has to wait on them."""

    ledger: Ledger
    desk: Desk
    runner: Runner
    outbox: Outbox
    listeners: Listeners

    async def settled(self) -> None:
        """Back when nothing is being dealt with, run or said."""
        await self.listeners.settled()
        await self.runner.settled()
        await self.outbox.emptied()


def data_ledger(folder: Path) -> Ledger:
    return Ledger(folder, utc_now)


@asynccontextmanager
async def running(settings: Settings, ledger: Ledger, *, pace: Pace | None = None) -> AsyncIterator[Bot]:
    """A bot on an open ledger, connected to Slack, until the block ends."""
    client = slack_client(settings)
    outbox = Outbox(ledger, client, pace=pace or Pace())
    teller = Teller(ledger, OPERATIONS, outbox.wake)
    console = Console(settings.hosts, LoginStops(ledger))

    door = Door(ledger, console, teller)
    inventory = Inventory({name: host.address for name, host in settings.hosts.items()}, door.read, utc_now)
    runner = Runner(ledger, door, teller, OPERATIONS, inventory)
    desk = Desk(ledger, CATALOG, inventory, runner, teller)
    listeners = Listeners(ledger, desk.handle)
    handler = await _connection(listeners, client, settings)
    # Read before the first delivery can come: what is live from then on is nobody's left-over.
    left = await desk.left_over()
    await _connect(handler)
    background = [asyncio.create_task(outbox.run()), asyncio.create_task(_keep_up(inventory, desk, left))]
    try:
        yield Bot(ledger=ledger, desk=desk, runner=runner, outbox=outbox, listeners=listeners)
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await runner.close()
        await console.close()


@asynccontextmanager
async def reading(settings: Settings, ledger: Ledger) -> AsyncIterator[tuple[Console, Door]]:
    """What it takes to read from machines, audited, without Slack."""
    console = Console(settings.hosts, LoginStops(ledger))
    try:
        yield console, Door(ledger, console, Teller(ledger, OPERATIONS, lambda: None))
    finally:
        await console.close()


async def _connection(listeners: Listeners, client: AsyncWebClient, settings: Settings) -> AsyncSocketModeHandler:
    """Socket Mode, not yet connected; the bot token is tried first, so that a wrong one is told at the start."""
    with _slack_problems():
        await client.auth_test()
    token = settings.slack.app_token.get_secret_value()
    return AsyncSocketModeHandler(listeners.app(client), token, ping_interval=PING_EVERY)


async def _connect(handler: AsyncSocketModeHandler) -> None:
    with _slack_problems():
        await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt's is not annotated


@contextmanager
def _slack_problems() -> Iterator[None]:
    try:
        yield
    except SlackApiError as refusal:
        raise SlackRefused(word=refusal.response.get("error")) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        raise SlackUnreachable(reason=type(fault).__name__) from None


def slack_client(settings: Settings) -> AsyncWebClient:
    """No retries of its own: the outbox knows what was said."""
    token = settings.slack.bot_token.get_secret_value()
    return AsyncWebClient(token=token, base_url=settings.slack.api_url, retry_handlers=[])


async def _keep_up(inventory: Inventory, desk: Desk, left: LeftOver) -> None:
    """Learn the fleet, pick up what a stop left, then close what is overdue, over and over."""
    try:
        await inventory.refresh()
        await desk.recover(left)
    except Exception:
        log.exception("can't pick up what the last stop left")
    while True:
        try:
            await desk.expire()
        except Exception:
            log.exception("can't close what is overdue")
        await asyncio.sleep(EXPIRE_EVERY)
