"""The bot is killed for real at every step of an incident, while the watch goes on: one message, nothing lost."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pickle
import signal
import sqlite3
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import app
from bot.lab import demo
from bot.lab.tour import shown
from bot.lab.workspace.client import People
from bot.ledger import policies, proof
from bot.ledger.tx import Tx
from policies.alerting import Alerting, Level
from policies.alerts import Happening, Severity, Sighting, Symptom
from tests.stories.mortal import QUICK, Life, MortalLedger

ROOT = Path(__file__).parents[2]
CHANNEL, ELSEWHERE = "power-alerts", "power-ops"
LOST = Symptom(rule="lost", severity=Severity.WARNING, said="sharing is lost", evidence=("State: x",), then="look")
FLAP = Happening(rule="flap", severity=Severity.WARNING, said="it failed over and back")
SETTINGS = Alerting(
    channel="C0POWERALERTS", settle_seconds=0, escalation=(Level(after_minutes=1, channel="C0POWEROPS"),)
)


@dataclass(frozen=True)
class Look:
    """What the watch sees, in its order; the number of those that are kept stands in the ledger, as a watch keeps its
    own snapshots."""

    symptoms: tuple[Symptom, ...] = ()
    happenings: tuple[Happening, ...] = ()
    waits: bool = False  # before it, long enough for somebody to be called


LOOKS = (Look((LOST,)), Look((LOST,), (FLAP,)), Look((LOST,), waits=True), Look())


class Ahead:
    """A clock that jumps as the watch asks; across a restart it is where it was."""

    def __init__(self, folder: Path) -> None:
        self._file = folder.with_name("ahead")

    def now(self) -> Any:
        jumps = int(self._file.read_text()) if self._file.exists() else 0
        return app.utc_now() + timedelta(minutes=2 * jumps)

    def jump(self, to: int) -> None:
        """At one stroke: the ledger's thread asks for the time meanwhile."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(to))
        fresh.replace(self._file)


def _looked(tx: Tx, number: int) -> None:
    tx.db.execute("CREATE TABLE IF NOT EXISTS looked (number INTEGER PRIMARY KEY)")
    tx.db.execute("INSERT INTO looked VALUES (?)", [number])


def _next(db: Any) -> int:
    there = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'looked'").fetchone()
    return int(db.execute("SELECT coalesce(max(number), 0) FROM looked").fetchone()[0]) if there else 0


async def watch(life: Life) -> None:
    """The production composition with a watch of its own; it goes on where the last life left off."""
    clock = Ahead(life.folder)
    ledger = MortalLedger(life)
    ledger.now = clock.now
    ledger.open(alone=True)
    settings = life.settings.model_copy(update={"alerts": SETTINGS})
    async with app.running(settings, ledger, pace=QUICK) as bot:
        for number in range(await ledger.read(_next), len(LOOKS)):
            look = LOOKS[number]
            if look.waits:
                clock.jump(1)
                await bot.alerts.sweep()
            told = Sighting(
                key="sea/p72",
                kind="sea",
                title="the pair of p72",
                places=("hmc1", "p72"),
                at=ledger.now(),
                symptoms=look.symptoms,
                happenings=look.happenings,
            )
            await bot.alerts.seen([told], lambda tx, number=number: _looked(tx, number + 1))  # type: ignore[misc]
        await bot.settled()
    ledger.close()


def main() -> None:
    """A life for each line on standard input, each in a process of its own."""
    for line in sys.stdin:
        life: Life = pickle.loads(base64.b64decode(line))  # from the test that started us
        child = os.fork()
        if not child:
            asyncio.run(watch(life))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else status}), flush=True)


async def lived(nursery: asyncio.subprocess.Process, life: Life) -> int:
    """The signal that the bot died of; 0: it came to its end."""
    assert nursery.stdin is not None
    assert nursery.stdout is not None
    nursery.stdin.write(base64.b64encode(pickle.dumps(life)) + b"\n")
    return int(json.loads(await nursery.stdout.readline())["signal"])


async def play(nursery: asyncio.subprocess.Process, folder: Path, kill: Any, commit: int) -> list[str]:
    """One story on a lab of its own, held to its promises; what each commit of its first life was made of."""
    data, notes = folder / "data", folder / "notes"
    ledger = app.data_ledger(data).open()
    await ledger.write(lambda tx: policies.load(tx, demo.demo_policy(), by="test", vocabulary=app.VOCABULARY))
    ledger.close()
    async with demo.lab(line_delay=0) as lab, People(lab.workspace.url) as people:
        life = Life(settings=lab.settings, folder=data, notes=notes, kill=kill, commit=commit)
        died = await lived(nursery, life)
        steps = notes.read_text(encoding="utf-8").splitlines()
        assert died == (signal.SIGKILL if commit and commit <= len(steps) else 0)
        if died:
            assert await lived(nursery, Life(settings=lab.settings, folder=data, notes=folder / "again")) == 0
        await _hold(people, data)
    return steps


async def _hold(people: People, data: Path) -> None:
    """One message, closed; each line of its thread once; one call; and a whole audit."""
    messages = await people.messages(CHANNEL)
    top = [each for each in messages if each.get("thread_ts") in (None, each["ts"])]
    assert len(top) == 1, [shown(each) for each in top]
    assert "over, was warning" in shown(top[0])
    thread = [shown(each) for each in await people.thread(CHANNEL, top[0]["ts"]) if each["ts"] != top[0]["ts"]]
    for once in ("⚠️ sharing is lost", "it failed over and back", "it is as it should be again"):
        assert sum(once in each for each in thread) == 1, (once, thread)
    calls = [shown(each) for each in await people.messages(ELSEWHERE) if "📣" in shown(each)]
    assert len(calls) == 1
    with closing(sqlite3.connect(data / "hscbot.db")) as db:
        assert db.execute("SELECT id, state FROM incident").fetchall() == [(1, "closed")]
        assert db.execute("SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'merged')").fetchone() == (0,)
        audited = [row[0] for row in db.execute("SELECT action FROM audit WHERE action LIKE 'incident-%' ORDER BY seq")]
    assert audited == ["incident-opened", "incident-called", "incident-closed"]
    assert proof.verify(data).row is None


async def test_an_incident_survives_a_kill_at_every_step(tmp_path: Path) -> None:
    """Killed right before and right after each durable step: it loses nothing, doubles nothing, and is closed."""
    nursery = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        steps = await play(nursery, tmp_path / "whole", "never", 0)
        assert len(steps) > 8
        for commit in range(1, len(steps) + 1):
            for kill in ("before", "after"):
                await play(nursery, tmp_path / f"{kill}-{commit}", kill, commit)
    finally:
        os.killpg(nursery.pid, signal.SIGKILL)
        await nursery.wait()


if __name__ == "__main__":
    main()
