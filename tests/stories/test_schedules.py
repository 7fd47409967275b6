"""When it may run: windows and freezes at the start itself, and one at a time on one partition."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.lab.fleet.events import MigrationCancelled, MigrationEnded
from tests.stories import law
from tests.stories.conftest import Stage, buttons, staged, words

GO = "migrate db01 p72 p75"
MIGRATED = ("migrlpar", "-o", "m")
AT_NIGHT = law.ONE + 'windows = ["night"]\n'


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[Stage]:
    """A migration lasts until the test ends it."""
    async with staged(tmp_path / "data", migration_seconds=3_600) as stage:
        await stage.start()
        yield stage


# ── windows and freezes ───────────────────────────────────────────────────────────────────────────────────────────


async def test_it_runs_at_the_start_of_the_next_window(stage: Stage) -> None:
    """Asked for the window and approved at noon it waits, tells when it runs, and runs once the window is open."""
    opens = stage.tomorrow
    await stage.put_in_force(law.PEOPLE + AT_NIGHT + law.window("night", opens, minutes=60))
    assert "may run in a change window alone" in await stage.refused(GO)
    card = await stage.ask(f"{GO} when=window")
    assert "🗓️ runs at <!date^" in words(card)
    card = await stage.approve(who="lead")
    assert f"approved, runs at {opens:%Y-%m-%d %H:%M} UTC" in words(card)
    assert "🗓️ runs at <!date^" in words((await stage.chat("lead"))[0])
    await stage.swept()
    await stage.later(hours=23)
    assert not stage.ran(*MIGRATED)
    await stage.later(hours=1, minutes=1)
    assert (await stage.card())["text"].endswith(": db01 is on p75 now, Running")
    assert len(stage.ran(*MIGRATED)) == 1


async def test_a_window_that_has_closed_again_lets_nothing_through(stage: Stage) -> None:
    """The bot was away while it was open: what comes after it is refused, although its approval still stands."""
    night = law.window("night", stage.tomorrow, minutes=10) + 'repeat = "FREQ=DAILY"\n'
    await stage.put_in_force(law.PEOPLE + AT_NIGHT + night)
    await stage.ask(f"{GO} when=window")
    await stage.approve(who="lead")
    await stage.later(days=1, minutes=20)
    card = await stage.card()
    assert "refused: lpm.migrate may run in a change window alone, and none is open." in words(card)
    assert "<@U0REQUESTER> refused: lpm.migrate may run" in (await stage.replies())[-1]["text"]
    assert not stage.ran(*MIGRATED)


async def test_a_freeze_that_begins_after_the_approval_holds(slow: Stage) -> None:
    """Approved before it and held up by another, it is not let through once the freeze is on."""
    begins = slow.clock.now() + timedelta(minutes=20)
    await slow.put_in_force(law.PEOPLE + law.ONE + law.freeze("year end", begins, minutes=600))
    await two_of_one_partition(slow)
    slow.clock.ahead += timedelta(minutes=21)
    slow.fleet.happen(MigrationCancelled(source="p72", partition="db01"))
    await slow.settled()
    card = await slow.card()
    assert "refused: lpm.migrate is frozen: year end." in words(card)
    assert "<@U0APPROVER> refused: lpm.migrate is frozen" in (await slow.replies())[-1]["text"]
    assert len(slow.ran(*MIGRATED)) == 1


# ── one at a time ─────────────────────────────────────────────────────────────────────────────────────────────────


async def two_of_one_partition(stage: Stage) -> None:
    """#1 runs, #2 is approved and waits for it."""
    first = await stage.ask(GO)
    second = await stage.ask(GO, who="approver")
    await stage.click("vote.approve", who="lead", card=first)
    await stage.people.wait_for_message("power-ops", lambda m: "Migration Starting" in words(m), 20.0)
    await stage.click("vote.approve", who="lead", card=second)
    await stage.card_says("approved, waiting for #1")


async def second_under_way(stage: Stage) -> None:
    async def sent() -> bool:
        return len(stage.ran(*MIGRATED)) == 2 and "Migration Starting" in words(await stage.card())

    await stage.people.wait_for(sent, 30.0)


async def test_the_second_of_one_partition_waits_and_says_for_whom(slow: Stage) -> None:
    """For which request, whose it is and since when, on the card and to its requester; it runs when that is over."""
    await slow.put_in_force(law.PEOPLE + law.ONE)
    await two_of_one_partition(slow)
    waits = "⏳ waiting for #1, <@U0REQUESTER>, since <!date^"
    assert waits in words(await slow.card())
    await slow.people.wait_for_message("power-ops", lambda m: waits in words(m) and "as soon as" in words(m), 20.0)
    assert list(buttons(await slow.card())) == ["Details", "Withdraw"]
    assert len(slow.ran(*MIGRATED)) == 1
    slow.fleet.happen(MigrationCancelled(source="p72", partition="db01"))
    await second_under_way(slow)
    slow.fleet.happen(MigrationEnded(source="p72", partition="db01"))
    await slow.settled()
    assert (await slow.card())["text"].endswith(": db01 is on p75 now, Running")


async def test_what_waits_for_another_outlasts_a_restart(slow: Stage) -> None:
    """Stopped and started while both are under way: the lock stands, and the second runs when the first is over."""
    await slow.put_in_force(law.PEOPLE + law.ONE)
    await two_of_one_partition(slow)
    await slow.stop()
    await slow.start()
    assert slow.rows("SELECT DISTINCT request FROM lock") == [(1,)]
    await slow.card_says("approved, waiting for #1")
    slow.fleet.happen(MigrationCancelled(source="p72", partition="db01"))
    await slow.people.wait_for_message("power-ops", lambda m: "I looked" in words(m), 30.0)
    await second_under_way(slow)
    slow.fleet.happen(MigrationEnded(source="p72", partition="db01"))
    await slow.settled()
    assert (await slow.card())["text"].endswith(": db01 is on p75 now, Running")
    assert len(slow.ran(*MIGRATED)) == 2


async def test_what_waited_too_long_for_another_expires_with_that_said(slow: Stage) -> None:
    """Its time to run is over before it had a turn: it never runs, and its requester hears for what it waited."""
    await slow.put_in_force(law.PEOPLE + law.ONE)
    await two_of_one_partition(slow)
    slow.clock.ahead += timedelta(minutes=31)
    await slow.bot.recovery.sweep()
    told = await slow.people.wait_for_message("power-ops", lambda m: "#2 expired" in words(m), 20.0)
    assert "<@U0APPROVER> #2 expired: its time to run is over; it was waiting for #1, <@U0REQUESTER>" in words(told)
    slow.fleet.happen(MigrationCancelled(source="p72", partition="db01"))
    await slow.settled()
    assert len(slow.ran(*MIGRATED)) == 1
