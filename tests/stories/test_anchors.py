"""The audit's newest row, posted in a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot import app
from bot.anchors import Anchors
from bot.lab.demo import open_ledger
from bot.ledger.chain import noted
from bot.ledger.proof import verify
from bot.ledger.store import Ledger
from bot.settings import AuditSettings
from tests.stories.conftest import HURRY, Stage, words

ALERTS, ID = "power-alerts", "C0POWERALERTS"


@asynccontextmanager
async def anchoring(stage: Stage) -> AsyncIterator[tuple[Ledger, app.Bot]]:
    """A bot with an audit channel."""
    settings = stage.settings.model_copy(update={"audit": AuditSettings(channel=ID, every_minutes=60)})
    async with open_ledger(stage.folder) as ledger, app.running(settings, ledger, pace=HURRY) as bot:
        yield ledger, bot


async def posts(stage: Stage) -> list[str]:
    return [words(message) for message in await stage.people.messages(ALERTS)]


async def test_the_channel_hears_of_the_newest_row(idle: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """One post within the time, whatever happens and however often the bot starts; what it says fits the chain."""
    monkeypatch.setattr("bot.anchors.LOOK_EVERY", 0.01)
    for _ in range(2):
        async with anchoring(idle) as (_, bot):
            await idle.people.wait_for(lambda: posts(idle), 20)
            await idle.people.slash("requester", "power-ops", "/lpm", "validate db01 p72 p75")
            await bot.settled()
    (post,) = await posts(idle)
    ((seq, mac), *_) = noted([post])
    assert "The audit log has" in post
    assert verify(idle.folder, beside=[(seq, mac)]).row is None
    assert verify(idle.folder, beside=[(seq + 1, mac)]).row == seq + 1


async def test_it_hears_again_when_it_is_time_and_there_is_news(idle: Stage) -> None:
    """Before its time nothing is said; after it nothing without a new row; then the newest one."""
    clock = [datetime(2026, 3, 1, tzinfo=UTC)]
    ledger = Ledger(idle.folder, lambda: clock[0]).open()
    following = Anchors(ledger, AuditSettings(channel=ID, every_minutes=60), lambda: None)

    async def said_after(minutes: int, *, news: bool) -> int:
        clock[0] += timedelta(minutes=minutes)
        if news:
            await ledger.write(lambda tx: tx.audit("asked", person="x"))
        await following.look()
        return await ledger.read(lambda db: int(db.execute("SELECT count(*) FROM outbox").fetchone()[0]))

    assert await said_after(0, news=False) == 0
    assert await said_after(0, news=True) == 1
    assert await said_after(59, news=True) == 1
    assert await said_after(1, news=False) == 2
    assert await said_after(60, news=False) == 2
    assert await said_after(1, news=True) == 3
    ledger.close()
