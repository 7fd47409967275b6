"""A migration of ours, as the watch over the pairs that its memory goes through sees it."""

from __future__ import annotations

from pathlib import Path

from bot.settings import WatchSettings
from policies.alerts import Severity
from tests.stories.conftest import Stage, staged, words

BY_HAND = WatchSettings(every=3600, floor=3600)
ALERTS = "power-alerts"
OURS = "explained by #1, /lpm migrate db01 p72 p75"


def short(stage: Stage) -> list[tuple[int, str]]:
    """What the watch told of buffers as it began, oldest first."""
    rows = stage.rows(
        "SELECT severity, said FROM watch_change WHERE rule = 'buffers-short' AND kind = 'began' ORDER BY id"
    )
    return [(int(row[0]), str(row[1])) for row in rows]


async def test_buffers_that_a_migration_of_ours_used_up_are_told_as_its_doing(tmp_path: Path) -> None:
    """Packets that a port loses on either frame meanwhile are explained in the request's own thread, and alarm nobody;
    what is lost long after it is an alarm, though it is the same port."""
    async with staged(tmp_path / "data", migration_seconds=15.0) as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        await stage.ask("migrate db01 p72 p75")
        await stage.click("vote.approve", who="approver")
        await stage.card_says("▓")
        stage.fleet.befall("buffers-short", "p72", "p72vio1")
        stage.fleet.befall("buffers-short", "p75", "p75vio2")
        await stage.bot.watch.round()
        told = short(stage)
        assert [severity for severity, _ in told] == [int(Severity.NOTE)] * 2
        assert all(OURS in said for _, said in told)
        await stage.later(minutes=5)
        assert await stage.cards(ALERTS) == []
        (incident,) = [words(each) for each in await stage.replies() if "what #1 brings about" in words(each)]
        assert "ent0 No Resource Errors of p72vio1 rose by 500" in incident
        assert "ent0 No Resource Errors of p75vio2 rose by 500" in incident
        assert "note" in incident

        await stage.later(minutes=20)
        await stage.bot.watch.round()
        assert stage.rows("SELECT state FROM incident WHERE key = 'request/1'") == [("closed",)]
        stage.fleet.befall("buffers-short", "p72", "p72vio1")
        await stage.bot.watch.round()
        assert [severity for severity, _ in short(stage)][2:] == [int(Severity.WARNING)]
        assert "#1" not in short(stage)[2][1]
        await stage.later(minutes=5)
        (alarm,) = [words(each) for each in await stage.cards(ALERTS)]
        assert "No Resource Errors of p72vio1 rose by 500" in alarm
