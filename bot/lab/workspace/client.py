"""Playing a person from any program: a small client of the workspace's people's side."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any

import aiohttp

from bot.lab.workspace.words import Json

LONG_POLL = 20.0


class Refused(Exception):
    """The workspace refused what was asked; `error` is its name for why."""

    def __init__(self, answer: Json) -> None:
        super().__init__(str(answer))
        self.error = str(answer.get("error"))
        self.answer = answer


class People:
    """`user` and `channel` are ids or names, with or without `@` and `#`; `@hscbot` is a person's chat with the bot."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> People:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    # ── acting ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> Json:
        """`command` may carry its text: `slash("requester", "power-ops", "/lpm status db01 p72")`."""
        name, _, rest = command.partition(" ")
        return await self._post("slash", user=user, channel=channel, command=name, text=text or rest)

    async def click(self, user: str, channel: str, ts: str, action_id: str, value: Any = None, **more: Any) -> Json:
        return await self._post("click", user=user, channel=channel, ts=ts, action_id=action_id, value=value, **more)

    async def click_view(self, user: str, view_id: str, action_id: str, value: Any = None, **more: Any) -> Json:
        return await self._post("click", user=user, view_id=view_id, action_id=action_id, value=value, **more)

    async def submit(self, user: str, view_id: str, values: Json | None = None) -> Json:
        """`values` maps action ids to values, or block ids to such maps."""
        return await self._post("submit", user=user, view_id=view_id, values=values or {})

    async def close_view(self, user: str, view_id: str, *, clear: bool = False) -> Json:
        return await self._post("close", user=user, view_id=view_id, clear=clear)

    async def shortcut(self, user: str, callback_id: str, channel: str = "", ts: str = "") -> Json:
        return await self._post("shortcut", user=user, callback_id=callback_id, channel=channel, ts=ts)

    async def options(self, user: str, action_id: str, value: str = "", **where: str) -> Json:
        return await self._post("options", user=user, action_id=action_id, value=value, **where)

    async def post(self, user: str, channel: str, text: str, thread_ts: str = "") -> Json:
        return await self._post("post", user=user, channel=channel, text=text, thread_ts=thread_ts)

    async def open_home(self, user: str, tab: str = "home") -> Json:
        return await self._post("home", user=user, tab=tab)

    # ── faults ─────────────────────────────────────────────────────────────────────────────────────────────────

    async def fault(self, **fault: Any) -> Json:
        """Such as `method="chat.postMessage", answer=429, times=2`, or `delivery="interactive", do="duplicate"`."""
        return await self._post("faults", **fault)

    async def clear_faults(self) -> Json:
        return await self._post("faults/clear")

    async def cut(self, *, half_open: bool = False) -> Json:
        return await self._post("cut", half_open=half_open)

    async def refresh(self) -> Json:
        return await self._post("refresh")

    # ── reading ────────────────────────────────────────────────────────────────────────────────────────────────

    async def messages(self, channel: str, *, limit: int = 1000, before: str = "") -> list[Json]:
        """Oldest first, replies among them, each with its edit `history` and `metadata`."""
        params = {"limit": str(limit), "before": before}
        answer = await self._get(f"channels/{channel.removeprefix('#')}/messages", params)
        return list(answer["messages"])

    async def thread(self, channel: str, ts: str) -> list[Json]:
        """A message and its replies."""
        return [m for m in await self.messages(channel, limit=10_000) if ts in (m["ts"], m.get("thread_ts"))]

    async def inbox(self, user: str) -> Json:
        """`ephemeral` (messages), `views` (open modals, topmost last), `home`, `dms`."""
        return await self._get(f"users/{user}/inbox")

    async def deliveries(self) -> list[Json]:
        """The last envelopes sent to the app."""
        return list((await self._get("deliveries"))["deliveries"])

    async def workspace(self) -> Json:
        return await self._get("workspace")

    async def file(self, id: str) -> bytes:
        async with self._opened().get(f"{self._url}/lab/files/{id}") as response:
            if response.status != 200:
                raise Refused(await response.json())
            return await response.read()

    # ── waiting ────────────────────────────────────────────────────────────────────────────────────────────────

    async def wait_for(self, predicate: Callable[[], Any], timeout: float = 10.0) -> Any:  # noqa: ASYNC109
        """The predicate's first true answer, asked again after each change in the workspace; else TimeoutError."""
        end = time.monotonic() + timeout
        revision = await self._revision(-1, 0)
        while True:
            answer = predicate()
            value = await answer if inspect.isawaitable(answer) else answer
            if value:
                return value
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"not true within {timeout} s")
            revision = await self._revision(revision, min(left, LONG_POLL))

    async def wait_for_message(
        self,
        channel: str,
        predicate: Callable[[Json], object],
        timeout: float = 10.0,  # noqa: ASYNC109
    ) -> Json:
        """The newest message of a channel (replies too) for which the predicate holds."""

        async def found() -> Json | None:
            return next((m for m in reversed(await self.messages(channel)) if predicate(m)), None)

        found_at_last: Json = await self.wait_for(found, timeout)
        return found_at_last

    async def wait_for_view(self, user: str, timeout: float = 10.0) -> Json:  # noqa: ASYNC109
        """The modal on top of a person's stack, as soon as there is one."""

        async def found() -> Json | None:
            views = (await self.inbox(user))["views"]
            return views[-1] if views else None

        found_at_last: Json = await self.wait_for(found, timeout)
        return found_at_last

    async def wait_for_ephemeral(
        self,
        user: str,
        predicate: Callable[[Json], object] = lambda _: True,
        timeout: float = 10.0,  # noqa: ASYNC109
    ) -> Json:
        async def found() -> Json | None:
            return next((m for m in reversed((await self.inbox(user))["ephemeral"]) if predicate(m)), None)

        found_at_last: Json = await self.wait_for(found, timeout)
        return found_at_last

    async def _revision(self, after: int, seconds: float) -> int:
        answer = await self._get("wait", {"after": str(after), "seconds": f"{seconds:.3f}"})
        return int(answer["revision"])

    # ── HTTP ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        return self._session

    async def _post(self, path: str, **body: Any) -> Json:
        async with self._opened().post(f"{self._url}/lab/{path}", json=body) as response:
            return await _answer(response)

    async def _get(self, path: str, params: dict[str, str] | None = None) -> Json:
        async with self._opened().get(f"{self._url}/lab/{path}", params=params) as response:
            return await _answer(response)


async def _answer(response: aiohttp.ClientResponse) -> Json:
    """The answer, also where it says that the bot did not respond; Refused where the person could not even try."""
    answer: Json = await response.json()
    if response.status != 200:
        raise Refused(answer)
    return answer
