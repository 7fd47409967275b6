"""A partition before and after a migration that we ran, through the real door: told once, in its thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lab.fleet.events import PartitionStopped, Tuned
from bot.lab.fleet.operating import Setting
from bot.settings import DriftSettings
from handlers.drift.source import Kind
from tests.stories.conftest import Stage, staged, words

GO = "migrate db01 p72 p75"
TOLD = "db01 before and after"


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches the host that is to move, and has seen it once."""
    async with staged(tmp_path / "data", aix=("db01",)) as stage:
        stage.drift = DriftSettings(every=7 * 86_400, kinds=frozenset({Kind.AIX}))
        await stage.start()
        await stage.bot.drifting.round()
        yield stage


def tuned(stage: Stage, system: str, value: str) -> None:
    setting = Setting(command="no", name="tcp_sendspace", current=value, reboot=value)
    stage.fleet.happen(Tuned(system=system, partition="db01", settings=(setting,)))


async def compared(stage: Stage) -> list[str]:
    """What stands of it in the migration's thread, once the watch has looked."""
    await stage.bot.moves.notice()
    await stage.settled()
    return [text for each in await stage.replies() if TOLD in (text := words(each))]


async def test_a_partition_that_is_set_as_before_is_told_once_as_such(watched: Stage) -> None:
    """That nothing differs is told too; and once, however often it is looked and over a restart."""
    await watched.ask(GO)
    assert await compared(watched) == []
    await watched.approve()
    (text,) = await compared(watched)
    assert "nothing of " in text
    await watched.later(hours=1)
    assert len(await compared(watched)) == 1
    await watched.stop()
    await watched.start()
    assert len(await compared(watched)) == 1
    assert (await watched.type("history db01", command="/drift"))["acked"]
    await watched.settled()
    assert "#1: db01 before and after: nothing of" in (await watched.whispers())[-1]


async def test_what_was_set_before_it_is_not_blamed_on_it_and_what_is_another_after_it_is_told(watched: Stage) -> None:
    """It is read once more while the migration waits for its votes."""
    tuned(watched, "p72", "65536")
    await watched.ask(GO)
    assert await compared(watched) == []
    await watched.approve()
    tuned(watched, "p75", "131072")
    (text,) = await compared(watched)
    assert "1 of " in text
    assert "no/tcp_sendspace 65536 → 131072" in text


async def test_a_host_that_cant_be_asked_after_it_is_asked_again_and_told_as_such_in_the_end(watched: Stage) -> None:
    """Nobody is told that nothing differs where nobody has looked."""
    await watched.ask(GO)
    await watched.approve()
    watched.fleet.happen(PartitionStopped(system="p75", partition="db01"))
    assert await compared(watched) == []
    await watched.stop()
    await watched.start()
    await watched.later(hours=7)
    await watched.bot.moves.notice()
    await watched.settled()
    assert "db01 couldn't be asked since its migration" in words((await watched.replies())[-1])
