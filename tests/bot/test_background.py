"""Work beside the bot: it ends with the bot, and the bot with it where it fails."""

from __future__ import annotations

import asyncio

import pytest

from bot.background import background

TURNS = 10  # of the loop: more than an end takes to be noticed


async def for_ever(ended: list[str], began: asyncio.Event | None = None) -> None:
    try:
        if began is not None:
            began.set()
        await asyncio.Event().wait()
    finally:
        ended.append("for ever")


async def fails() -> None:
    await asyncio.sleep(0)
    raise KeyError("p72")


async def returns() -> None:
    return


async def test_what_fails_in_the_background_ends_the_bot_with_its_fault() -> None:
    """Whoever runs it sees a failure, and the rest of the work is ended as well."""
    ended: list[str] = []
    with pytest.raises(KeyError, match="p72"):
        async with asyncio.timeout(5), background(for_ever(ended), fails()):
            await asyncio.Event().wait()
    assert ended == ["for ever"]
    await asyncio.sleep(0)  # nothing of it is left that would end whoever goes on


async def test_what_is_done_ends_nothing() -> None:
    """A watch over no host has nothing to do, and is over at once."""
    ended: list[str] = []
    async with background(for_ever(ended), returns()):
        for _ in range(TURNS):
            await asyncio.sleep(0)
        assert ended == []
    assert ended == ["for ever"]


async def test_a_stop_from_outside_stays_a_stop() -> None:
    """Ctrl-C isn't taken for a fault of the work, nor the block's own fault for the work's."""
    ended: list[str] = []
    began = asyncio.Event()

    async def served() -> None:
        async with background(for_ever(ended, began)):
            await asyncio.Event().wait()

    task = asyncio.create_task(served())
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["for ever"]
    with pytest.raises(ValueError, match="own"):
        async with background(for_ever(ended)):
            raise ValueError("own")
    assert ended == ["for ever"]
