"""The embedded workspace by itself: commands through one socket, paging in a long channel, memory over the run."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace.client import People
from bot.lab.workspace.limits import Limits
from bot.lab.workspace.members import Member
from bot.lab.workspace.messages import Message
from bot.lab.workspace.server import Workspace, start
from tests.bench import memory, quiet
from tests.bench.children import Told, helper, ready, until_told
from tests.bench.figures import Bench, Figure, share, spread

TITLE = "The embedded Slack workspace"
RATE = 200
PEOPLE = 50
ACK_WITHIN = 0.020  # seconds, at p99
MESSAGES = 100_000
PAGE = 200
PAGE_WITHIN = 0.050  # seconds, at p99
WARM_UP = 10_500  # commands, unpaced: all that the workspace keeps a bounded number of is then at its bound
FLAT = 4 * memory.MIB  # growth from there on
OPS = "C0POWEROPS"


@dataclass(frozen=True, kw_only=True)
class Load:
    acks: list[float]  # seconds
    lost: int
    resident: list[int]  # after the warm-up and after each quarter


async def run(bench: Bench) -> list[Figure]:
    seconds = 8 if bench.quick else 40
    async with helper("workspace", "load") as told:
        load = await _load(told, seconds)
        bare = await _bare(told["url"])
    async with helper("workspace", "long") as told:
        pages, deep = await _pages(told)
    return [
        _acks(load, seconds, bare),
        _memory(load, seconds),
        Figure(
            what=f"a page of {PAGE} in a channel of {MESSAGES:,} messages, by the cursor from the newest to the oldest",
            figure=spread(pages),
            beside=f"a page from the middle, by `latest`: {spread(deep)}",
            target="p99 < 50 ms",
            met=share(pages + deep, 0.99) < PAGE_WITHIN,
        ),
    ]


def _acks(load: Load, seconds: int, bare: Sequence[float]) -> Figure:
    lost = f"; {load.lost} NOT acked" if load.lost else ""
    return Figure(
        what=f"{RATE} commands a second from {PEOPLE} people for {seconds} s, acked through one socket by slack_sdk",
        figure=spread(load.acks) + lost,
        beside=f"one call that does nothing, after the load: {spread(bare)}",
        target="p99 < 20 ms",
        met=not load.lost and share(load.acks, 0.99) < ACK_WITHIN,
    )


def _memory(load: Load, seconds: int) -> Figure:
    told = " → ".join(memory.shown(size) for size in load.resident) or memory.shown(None)
    return Figure(
        what=f"its resident memory after {WARM_UP:,} commands, then after each quarter of {RATE * seconds:,}",
        figure=told,
        target="grows < 4 MiB",
        met=max(load.resident) - load.resident[0] < FLAT if load.resident else None,
    )


async def _load(told: Told, seconds: int) -> Load:
    async with acking(told), People(told["url"]) as people:
        await _warm_up(people)
        resident = [memory.resident(told["pid"])]
        answers = []
        for _ in range(4):
            answers += await _quarter(people, RATE * seconds // 4)
            resident.append(memory.resident(told["pid"]))
    acks = [answer["ack_ms"] / 1000 for answer in answers if answer["acked"]]
    known = [size for size in resident if size is not None]
    return Load(acks=acks, lost=len(answers) - len(acks), resident=known)


async def _warm_up(people: People) -> None:
    for _ in range(WARM_UP // PEOPLE):
        await asyncio.gather(*(people.slash(f"person{number}", OPS, "/power", "warm up") for number in range(PEOPLE)))


async def _quarter(people: People, count: int) -> list[Told]:
    """By the clock: a slow answer holds up no later command."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    async with asyncio.TaskGroup() as group:
        tasks = []
        for number in range(count):
            await asyncio.sleep(begin + number / RATE - loop.time())
            tasks.append(group.create_task(people.slash(f"person{number % PEOPLE}", OPS, "/power", "on")))
    return [task.result() for task in tasks]


@asynccontextmanager
async def acking(told: Told) -> AsyncIterator[None]:
    """Slack's own client on one connection, which acknowledges and says something to the person."""
    client: Any = SocketModeClient(
        app_token=told["app_token"], web_client=AsyncWebClient(token=told["bot_token"], base_url=told["api_url"])
    )

    async def answer(client: Any, request: Any) -> None:
        await client.send_socket_mode_response(
            SocketModeResponse(envelope_id=request.envelope_id, payload={"text": f"heard {request.payload['text']}"})
        )

    client.socket_mode_request_listeners.append(answer)
    await client.connect()
    try:
        yield
    finally:
        await client.close()


async def _bare(url: str) -> list[float]:
    async with aiohttp.ClientSession() as session:
        return [await _timed(session, f"{url}api/api.test", {}) for _ in range(200)]


async def _pages(told: Told) -> tuple[list[float], list[float]]:
    """Seconds of each page: by cursor through the whole channel, and from its middle."""
    web = AsyncWebClient(token=told["bot_token"], base_url=told["api_url"])
    web.session = aiohttp.ClientSession()
    pages, read, cursor = [], 0, ""
    async with web.session:
        while True:
            began = time.perf_counter()
            page = await web.conversations_history(channel=OPS, limit=PAGE, cursor=cursor)
            pages.append(time.perf_counter() - began)
            read += len(page["messages"])
            if not (cursor := (page.get("response_metadata") or {}).get("next_cursor", "")):
                break
        url, head = f"{told['api_url']}conversations.history", {"Authorization": f"Bearer {told['bot_token']}"}
        asked = {"channel": OPS, "limit": str(PAGE), "latest": told["middle"]}
        deep = [await _timed(web.session, url, asked, head) for _ in range(100)]
    if read != MESSAGES:
        raise RuntimeError(f"{read} messages came in pages, of {MESSAGES}")
    return pages, deep


async def _timed(
    session: aiohttp.ClientSession, url: str, asked: dict[str, str], head: dict[str, str] | None = None
) -> float:
    began = time.perf_counter()
    async with session.post(url, data=asked, headers=head) as response:
        if response.status != 200:
            raise RuntimeError(f"{url} answered {response.status}")
        await response.read()
    return time.perf_counter() - began


async def helped(what: str) -> None:
    """In a process of its own: a workspace for the load, or one with a long channel."""
    async with await start(limits=Limits() if what == "load" else None) as workspace:
        middle = _crowd(workspace) if what == "load" else _long(workspace)
        ready(
            {
                "url": workspace.url,
                "api_url": workspace.api_url,
                "bot_token": workspace.bot_token,
                "app_token": workspace.app_token,
                "pid": os.getpid(),
                "middle": middle,
            }
        )
        await until_told()


def _crowd(workspace: Workspace) -> str:
    for number in range(PEOPLE):
        member = Member(id=f"U0PERSON{number}", name=f"person{number}", real_name=f"Person {number}")
        workspace.state.members[member.id] = member
        workspace.state.channels[OPS].members.add(member.id)
    return ""


def _long(workspace: Workspace) -> str:
    """Fills the channel; the timestamp of its middle."""
    state = workspace.state
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Moved *db01* from p72 to p75."}}]
    stamps = []
    for number in range(MESSAGES):
        text = f"message {number}"
        stamps.append(
            state.post(Message(ts=state.next_ts(), channel=OPS, user="U0HSCBOT", text=text, blocks=blocks)).ts
        )
    return stamps[MESSAGES // 2]


if __name__ == "__main__":
    quiet.down()
    asyncio.run(helped(sys.argv[1]))
