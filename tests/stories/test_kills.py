"""The bot is killed for real at every step of a migration and started again."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pickle
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeAlias

import pytest

from bot import app
from bot.lab import demo
from bot.lab.tour import shown
from bot.lab.workspace.client import People
from bot.ledger import policies, proof
from tests.stories.mortal import Life

Kill: TypeAlias = Literal["before", "after", "never"]
CHANNEL = "power-ops"
VOTERS = ("approver", "lead")
OVER = ("is on p75 now", "interrupted", "unknown", "can't", "hscbot itself failed", "refused")
ROOT = Path(__file__).parents[2]


class Nursery:
    """Starts bots, one after the other, from one process that has imported everything."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def start(self, life: Life) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(base64.b64encode(pickle.dumps(life)) + b"\n")
        await self._told()  # it is born

    async def ended(self) -> int:
        """The signal that the bot died of; 0: it stopped by itself."""
        return int((await self._told())["signal"])

    async def _told(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(await self._process.stdout.readline())
        return told


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.stories.mortal",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Nursery(process)
    finally:
        # The whole family: a bot that was just born has not told its pid yet.
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


class Story:
    """A person asks for a migration, another approves it, and the bot dies once on the way."""

    def __init__(self, lab: demo.Lab, people: People, bots: Nursery, life: Life, *, again: int = 0) -> None:
        self.lab, self.people, self.bots, self.life = lab, people, bots, life
        self.died, self._again = 0, again  # `again`: the commit after which the second life ends as well

    async def play(self) -> None:
        await self.bots.start(self.life)
        keeper = asyncio.create_task(self._keep_alive())
        try:
            # Across a kill Slack may show that nothing answered; the delivery comes again with the next connection.
            asked = asyncio.create_task(self.people.slash("requester", CHANNEL, "/lpm", "migrate db01 p72 p75"))
            card = await self._card("waiting for approval", *OVER)
            await asked
            if "waiting for approval" in shown(card):
                await self.people.click("approver", CHANNEL, card["ts"], "vote.approve")
                await self._card(*OVER)
            await self._quiet()
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep_alive(self) -> None:
        """Start it again after its death, as systemd would; stop at an orderly end."""
        self.died = await self.bots.ended()
        if self.died and self._again:
            await self.bots.start(replace(self.life, kill="after", commit=self._again))
            await self.bots.ended()
        if self.died:
            await self.bots.start(replace(self.life, kill="never"))
            await self.bots.ended()

    async def _card(self, *ends: str) -> Any:
        async def look() -> Any:
            messages = await self.people.messages(CHANNEL)
            top = [message for message in messages if message.get("thread_ts") in (None, message["ts"])]
            return next((message for message in top if any(end in shown(message) for end in ends)), None)

        return await self.people.wait_for(look, 30)

    async def _quiet(self) -> None:
        """Until the bot has dealt with everything and said everything."""
        while self._open() or self._dying():  # noqa: ASYNC110  # another process writes the files
            await asyncio.sleep(0.02)

    def _dying(self) -> bool:
        """Its step was reached, its death not heard of yet: behind the last step nothing else is to wait for."""
        if self.life.kill == "never" or self.died:
            return False
        return len(self.life.notes.read_text(encoding="utf-8").splitlines()) >= self.life.commit

    def _open(self) -> int:
        with closing(sqlite3.connect(f"file:{self.life.folder}/hscbot.db?mode=ro", uri=True)) as db:
            return sum(
                db.execute(query).fetchone()[0]
                for query in (
                    "SELECT count(*) FROM inbox WHERE done = 0",
                    "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')",
                    "SELECT count(*) FROM request WHERE state IN ('planning', 'granted', 'running')",
                    "SELECT count(*) FROM request WHERE state = 'unknown' AND id NOT IN"
                    " (SELECT request FROM audit WHERE action = 'looked')",
                )
            )


async def _chat(story: Story, who: str) -> list[Any]:
    """What stands in somebody's own conversation with the bot."""
    dms = (await story.people.inbox(who))["dms"]
    return [message for dm in dms for message in await story.people.messages(dm["id"])]


async def play(folder: Path, kill: Kill = "never", commit: int = 0, *, again: int = 0) -> list[str]:
    """One story on a lab of its own, held to its promises; what each commit was made of."""
    data, notes = folder / "data", folder / "notes"
    ledger = app.data_ledger(data).open()
    await ledger.write(lambda tx: policies.load(tx, demo.demo_policy(), by="test", vocabulary=app.VOCABULARY))
    ledger.close()
    async with demo.lab(migration_seconds=0.3, line_delay=0) as lab, People(lab.workspace.url) as people:
        life = Life(settings=lab.settings, folder=data, notes=notes, kill=kill, commit=commit)
        async with nursery() as bots:
            story = Story(lab, people, bots, life, again=again)
            await story.play()
            await _hold(story)
    steps = notes.read_text(encoding="utf-8").splitlines()
    # How many letters share a message varies, so the last steps of one run may not be there in the next.
    assert story.died or kill == "never" or len(steps) < commit, "the bot lived through its kill"
    return steps


async def _hold(story: Story) -> None:
    """What must be true after any story: nothing twice, nothing lost, nothing unsaid, and the audit whole."""
    ran = [each.argv for each in story.lab.fleet.ran]
    migrations = sum(argv[:3] == ("migrlpar", "-o", "m") for argv in ran)
    with closing(sqlite3.connect(story.life.folder / "hscbot.db")) as db:
        requests = db.execute("SELECT id, state FROM request").fetchall()
        planned = db.execute("SELECT 1 FROM audit WHERE action = 'waiting'").fetchall()
        announced = db.execute(
            "SELECT count(*) FROM audit WHERE action = 'sending' AND body ->> 'effect' = 'changes'"
        ).fetchone()[0]
        unsaid = db.execute("SELECT kind, fault FROM outbox WHERE state = 'failed'").fetchall()
    messages = await story.people.messages(CHANNEL)
    cards = [shown(message) for message in messages if message.get("thread_ts") in (None, message["ts"])]
    assert len(requests) == 1, "the command was taken once"
    assert len(cards) == 1, "it has one message"
    assert migrations <= announced <= 1, "sent at most once, and never without its audit row"
    assert not unsaid
    state = requests[0][1]
    assert state in ("succeeded", "failed", "unknown")
    assert (state == "failed") <= (migrations == 0), "nothing that was sent is called failed"
    if state == "unknown":
        where = "is on p75 now" if migrations else "is on p72"
        assert where in cards[0], "it looked where the partition is"
    for said in (messages, *[await _chat(story, voter) for voter in VOTERS]):
        letters = [m["metadata"]["event_payload"]["letter"] for m in said if m.get("metadata")]
        assert len(letters) == len(set(letters)), "nothing was said twice"
    asked = [len(await _chat(story, voter)) for voter in VOTERS]
    assert asked == [len(planned)] * len(VOTERS), "each voter is asked once, if anybody is"
    checked = proof.verify(story.life.folder)
    assert checked.row is None, checked.fault


@pytest.mark.timeout(900)
async def test_a_migration_survives_a_kill_at_every_step(tmp_path: Path) -> None:
    """Killed right before and right after each durable step: applied once or visibly failed, nothing sent twice."""
    steps = await play(tmp_path / "whole")
    places: list[tuple[Kill, int]] = [(kill, n) for n in range(1, len(steps) + 1) for kill in ("before", "after")]
    two_at_once = asyncio.Semaphore(2)

    async def story(kill: Kill, commit: int) -> str:
        async with two_at_once:
            try:
                await play(tmp_path / f"{kill}-{commit}", kill, commit)
            except (AssertionError, TimeoutError) as fault:
                return f"killed {kill} commit {commit} ({steps[commit - 1]}): {fault!r}"
        return ""

    failures = await asyncio.gather(*(story(kill, commit) for kill, commit in places))
    assert not any(failures), "\n".join(filter(None, failures))
    assert len(places) > 60


@pytest.mark.timeout(300)
async def test_a_migration_survives_a_second_kill_while_it_recovers(tmp_path: Path) -> None:
    """Killed while it ran, and again at each first step of the next start: sent once, looked after at last."""
    steps = await play(tmp_path / "whole")
    started = next(number for number, step in enumerate(steps, 1) if "Starting.started" in step)
    sending = [number for number, step in enumerate(steps, 1) if "Stream.sending" in step and number > started][2]
    for again in range(1, 13):
        await play(tmp_path / f"again-{again}", "after", sending, again=again)
