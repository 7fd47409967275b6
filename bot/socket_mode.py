"""The line to Slack: both tokens tried, the socket opened, and its faults told in our words."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.refusals import word_of
from bot.settings import Settings
from policies.problems import Problem

CONNECT_WITHIN = 30.0  # seconds
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


def slack_client(settings: Settings) -> AsyncWebClient:
    """No retries of its own: the outbox knows what was said."""
    token = settings.slack.bot_token.get_secret_value()
    return AsyncWebClient(token=token, base_url=settings.slack.api_url, retry_handlers=[])


async def try_tokens(client: AsyncWebClient, settings: Settings) -> None:
    """Both are tried before the socket: of a wrong one the library itself would say nothing and retry for ever."""
    with _in_our_words():
        await client.auth_test()
        await client.apps_connections_open(app_token=settings.slack.app_token.get_secret_value())


@asynccontextmanager
async def connected(app: AsyncApp, settings: Settings) -> AsyncIterator[None]:
    """Deliveries come in until the block ends."""
    token = settings.slack.app_token.get_secret_value()
    handler = AsyncSocketModeHandler(app, token, logger=_discreet(), ping_interval=PING_EVERY)
    try:
        with _in_our_words():
            async with asyncio.timeout(CONNECT_WITHIN):
                await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt's is not annotated
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def _discreet() -> logging.Logger:
    """The library logs the address that it connects to, and the ticket in that address lets anybody in."""
    logger = logging.getLogger("hscbot.socket_mode")
    if _without_tickets not in logger.filters:
        logger.addFilter(_without_tickets)
    return logger


def _without_tickets(record: logging.LogRecord) -> bool:
    record.msg, record.args = re.sub(r"(wss?://[^\s'\"?]*\?)[^\s'\"]+", r"\1…", record.getMessage()), ()
    return True


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except SlackApiError as refusal:
        raise SlackRefused(word=word_of(refusal)) from None
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        raise SlackUnreachable(reason=type(fault).__name__) from None
