"""A workspace to hold other people's programs against."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.lab.workspace.client import People
from bot.lab.workspace.server import Workspace, start


@pytest.fixture
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk heeds proxies for loopback too."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
async def workspace(direct: None) -> AsyncIterator[Workspace]:
    """Without commands named: it hands on any."""
    async with await start(port=0) as workspace:
        yield workspace


@pytest.fixture
async def people(workspace: Workspace) -> AsyncIterator[People]:
    async with People(workspace.url) as people:
        yield people
