"""Messages that are to be posted later: kept until they are due, then posted."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from bot.lab.workspace.messages import Message
from bot.lab.workspace.state import State
from bot.lab.workspace.views import new_id
from bot.lab.workspace.words import BOT_USER

TICK = 0.1
"""The clock may be put forward: how soon that is noticed, in seconds of the real one."""


@dataclass(frozen=True, kw_only=True)
class Scheduled:
    id: str
    post_at: int
    created: int
    message: Message


class Schedule:
    def __init__(self, state: State) -> None:
        self._state = state
        self._waiting: dict[str, Scheduled] = {}
        self._task: asyncio.Task[None] | None = None

    def add(self, message: Message, post_at: int) -> Scheduled:
        one = Scheduled(id=new_id("Q0"), post_at=post_at, created=int(self._state.clock()), message=message)
        self._waiting[one.id] = one
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
        return one

    def get(self, id: str) -> Scheduled | None:
        return self._waiting.get(id)

    def remove(self, one: Scheduled) -> None:
        del self._waiting[one.id]

    def of(self, channel: str = "") -> list[Scheduled]:
        """What waits, soonest first; of every conversation where none is named."""
        waiting = [one for one in self._waiting.values() if channel in ("", one.message.channel)]
        return sorted(waiting, key=lambda one: (one.post_at, one.id))

    async def _run(self) -> None:
        while waiting := self.of():
            left = waiting[0].post_at - self._state.clock()
            if left > 0:
                await asyncio.sleep(min(left, TICK))
                continue
            self.remove(waiting[0])
            self._post(waiting[0].message)

    def _post(self, message: Message) -> None:
        """As Slack has it: not where the bot has gone from, not into a thread that is gone, and not with metadata."""
        channel = self._state.channels[message.channel]
        in_thread = not message.thread_ts or channel.timeline.get(message.thread_ts) is not None
        if BOT_USER in channel.members and in_thread and message.metadata is None:
            self._state.post(replace(message, ts=self._state.next_ts()))

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
