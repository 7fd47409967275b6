"""Waiting for what another task does, where nothing tells of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def eventually(true: Callable[[], bool]) -> None:
    """Raises TimeoutError where it never comes true; nothing is asserted about when."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110 - it is another's state, without an event
            await asyncio.sleep(0.01)
