"""A workspace, a Bolt app on its production path, and people to play."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest_asyncio
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import Patience, People, Workspace, start

QUICK = Patience(ack=0.3, queue=5.0, retries=(0.0, 0.05), grace=0.5)


class Clock:
    """The wall clock, and how far it was put forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest_asyncio.fixture
async def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def workspace(clock: Clock) -> AsyncIterator[Workspace]:
    async with await start(limits=None, patience=QUICK, clock=clock) as running:
        yield running


@pytest_asyncio.fixture
async def people(workspace: Workspace) -> AsyncIterator[People]:
    async with People(workspace.url) as client:
        yield client


@pytest_asyncio.fixture
async def web(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url)


@pytest_asyncio.fixture
async def app(web: AsyncWebClient) -> AsyncApp:
    return AsyncApp(client=web)


Connect = Callable[[], Awaitable[AsyncSocketModeHandler]]


@pytest_asyncio.fixture
async def connect(workspace: Workspace, app: AsyncApp) -> AsyncIterator[Connect]:
    """Opens one more Socket Mode connection of the app."""
    handlers: list[Any] = []

    async def open_one() -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=0.3)
        handlers.append(handler)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        return handler

    yield open_one
    for handler in handlers:
        await handler.close_async()
