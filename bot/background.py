"""Work that goes on beside the rest of the bot, and that it doesn't go on without."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import structlog

log = structlog.get_logger()


@asynccontextmanager
async def background(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Work that goes on beside the block, and ends with it. Where one of it fails, the block is ended with that fault:
    a bot that is half there would look well, and one that ended is begun anew by whoever runs it."""
    owner, faults = asyncio.current_task(), list[BaseException]()
    assert owner is not None, "entered by a task, as everything here is"

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.critical("work in the background failed; the bot ends", exc_info=fault)
            faults.append(fault)
            if len(faults) == 1:
                owner.cancel()

    tasks = [asyncio.create_task(each) for each in work]
    for task in tasks:
        task.add_done_callback(ended)
    try:
        yield
    except asyncio.CancelledError:
        if faults and owner.uncancel() == 0:
            raise faults[0] from None
        raise
    finally:
        for task in tasks:
            task.remove_done_callback(ended)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
