"""A backup under a bot at work, and another life from it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import app
from bot.lab.fleet.events import MigrationEnded
from bot.ledger.backup import back_up, restore
from bot.ledger.proof import verify
from tests.stories.conftest import Stage, staged, words


@pytest.fixture
async def endless(tmp_path: Path) -> AsyncIterator[Stage]:
    """Migrations that don't end by themselves."""
    async with staged(tmp_path / "data", migration_seconds=600.0) as stage:
        await stage.start()
        yield stage


async def test_a_backup_of_a_working_bot_comes_back(endless: Stage, tmp_path: Path) -> None:
    """Taken while a migration runs and another waits: everything is there, the chain holds, and what was under way is
    closed, for it may have gone on; nothing of it runs again."""
    await endless.ask("validate vscsi01 p72 p75")
    await endless.ask("migrate app01 p72 p75")
    await endless.type("migrate db01 p72 p75")
    await endless.card_says("migrate db01")
    await endless.card_says("waiting for approval")
    await endless.click("vote.approve", who="approver")
    await endless.card_says("░")
    working = asyncio.create_task(keep_asking(endless))
    made = [await asyncio.to_thread(back_up, endless.folder, tmp_path / f"{n}", now=app.utc_now) for n in range(3)]
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    assert made[0].rows <= made[1].rows <= made[2].rows
    before = endless.rows("SELECT id, operation, parameters, member FROM request WHERE id <= 3 ORDER BY id")
    answers = endless.rows("SELECT bytes FROM output WHERE sending IN (SELECT sending FROM command WHERE request = 1)")
    policies = endless.rows("SELECT source FROM policy")
    await endless.stop()

    restored = tmp_path / "restored"
    done = restore(tmp_path / "2", restored, now=app.utc_now, by="terminal:test")
    assert set(done.closed) >= {2, 3}
    endless.folder = restored
    sent = len(endless.ran("migrlpar", "-o", "m"))
    await endless.start()
    assert endless.rows("SELECT id, operation, parameters, member FROM request WHERE id <= 3 ORDER BY id") == before
    assert answers == endless.rows(
        "SELECT bytes FROM output WHERE sending IN (SELECT sending FROM command WHERE request = 1)"
    )
    assert endless.rows("SELECT source FROM policy") == policies
    states = dict(endless.rows("SELECT id, state FROM request WHERE id <= 3"))
    assert states == {1: "failed", 2: "expired", 3: "unknown"}
    assert [row["person"] for row in endless.audit("restored")] == ["terminal:test"]
    endless.fleet.happen(MigrationEnded(source="p72", partition="db01"))
    card = await endless.ask("validate ams01 p72 p75")
    assert "can't: 1 reason" in words(card)
    assert len(endless.ran("migrlpar", "-o", "m")) == sent == 1
    await endless.stop()
    assert verify(restored).row is None


async def keep_asking(stage: Stage) -> None:
    while True:
        await stage.type("status db01 p72")
        await asyncio.sleep(0.02)
