"""The bot is killed for real while it writes evidence: nothing half has a name, nothing is lost or there twice.

Run as a program it lives a turn of the archive for every line on standard input, each in a process of its own.
"""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import os
import pickle
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot import app
from bot.lab.fleet.archive import ArchiveServer, start_archive
from bot.ledger.proof import verify
from bot.ledger.store import Group, Ledger
from bot.ledger.tx import Tx
from bot.settings import DriftSettings
from tests.stories.conftest import Stage, staged
from tests.stories.mortal import QUICK, Life, MortalLedger, made_by
from tests.stories.test_archive import archived, changed

ROOT = Path(__file__).parents[2]
OURS = ("Archiver", "_kept")  # whose commits a turn of the archive is made of


class CountingOurs(MortalLedger):
    """Only what a turn of the archive is made of counts: what else a start keeps comes in no certain order."""

    def _durable(self, tx: Tx, group: Group) -> list[tuple[object, BaseException | None]]:
        if any(made_by(change).startswith(OURS) for change, _ in group):
            return super()._durable(tx, group)
        return Ledger._durable(self, tx, group)


async def turn(life: Life) -> None:
    """The production composition, and one turn of the archive."""
    ledger = CountingOurs(life).open(alone=True)
    async with app.running(life.settings, ledger, pace=QUICK) as bot:
        await bot.archiving.round()
    ledger.close()


def main() -> None:
    for line in sys.stdin:
        life: Life = pickle.loads(base64.b64decode(line))  # from the test that started us
        child = os.fork()
        if not child:
            asyncio.run(turn(life))
            os._exit(0)
        print(json.dumps({"pid": child}), flush=True)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else status}), flush=True)


class Nursery:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def born(self, life: Life) -> int:
        """Its process."""
        assert self.process.stdin is not None
        self.process.stdin.write(base64.b64encode(pickle.dumps(life)) + b"\n")
        return int((await self._told())["pid"])

    async def died(self) -> int:
        """Of which signal; 0: it came to its end."""
        return int((await self._told())["signal"])

    async def _told(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(await self.process.stdout.readline())
        return told


@asynccontextmanager
async def nursed() -> AsyncIterator[Nursery]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", __name__, cwd=ROOT, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        yield Nursery(process)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ArchiveServer]:
    (tmp_path / "archive").mkdir()
    server = await start_archive(tmp_path / "archive", room=2_048)
    yield server
    await server.close()


@pytest.fixture
async def stage(tmp_path: Path, server: ArchiveServer) -> AsyncIterator[Stage]:
    """One host whose first snapshot is archived, and that has changed since; the bot is stopped."""
    async with staged(tmp_path / "data", aix=("db01",)) as stage:
        stage.drift = DriftSettings(every=7 * 86_400)
        stage.lab = dataclasses.replace(stage.lab, archive=server)
        await stage.start()
        await stage.bot.drifting.round()
        await stage.bot.archiving.round()
        await changed(stage, "131072")
        await stage.stop()
        stage.drift = DriftSettings(on=False)
        yield stage


def life_of(stage: Stage, folder: Path, notes: str, **more: Any) -> Life:
    return Life(settings=stage.settings, folder=folder, notes=folder.with_name(notes), **more)


async def test_a_kill_in_the_middle_of_a_file_leaves_none_that_looks_whole(stage: Stage, server: ArchiveServer) -> None:
    """Half of it stands under another name; the next start writes it whole, and nothing is left of the first."""
    await server.let("archive-stalls")
    before = server.files
    async with nursed() as nursery:
        process = await nursery.born(life_of(stage, stage.folder, "first"))
        await server.in_the_middle.wait()
        os.kill(process, signal.SIGKILL)
        assert await nursery.died() == signal.SIGKILL
        (half,) = set(server.files) - set(before)
        assert half.name.startswith(".")
        assert half.name.endswith(".part")
        assert half.stat().st_size == server.room
        await server.heal("archive-stalls")
        await nursery.born(life_of(stage, stage.folder, "second"))
        assert await nursery.died() == 0
    assert len(archived(server)) == len(server.files) == 2
    assert verify(stage.folder).row is None


async def test_a_kill_in_the_middle_and_another_change_leave_nothing_behind(
    stage: Stage, server: ArchiveServer
) -> None:
    """What was begun isn't how the host is any more: the half of it goes, and how it is now is written."""
    await server.let("archive-stalls")
    async with nursed() as nursery:
        process = await nursery.born(life_of(stage, stage.folder, "first"))
        await server.in_the_middle.wait()
        os.kill(process, signal.SIGKILL)
        await nursery.died()
    await server.heal("archive-stalls")
    stage.drift = DriftSettings(every=7 * 86_400)
    await stage.start()
    await changed(stage, "65536")
    await stage.bot.archiving.round()
    assert len(archived(server)) == len(server.files) == 2
    assert archived(server)[-1]["readings"]["no"]["tcp_sendspace"][0] == "65536"


async def test_what_was_whole_when_it_was_killed_is_a_link_of_the_chain(stage: Stage, server: ArchiveServer) -> None:
    """It has its name, and nobody wrote that down any more: the next file comes after it, and the audit has both."""
    async with nursed() as nursery:
        await nursery.born(life_of(stage, stage.folder, "first", kill="before", commit=2))
        assert await nursery.died() == signal.SIGKILL
    assert len(server.files) == 2
    stage.drift = DriftSettings(every=7 * 86_400)
    await stage.start()
    await changed(stage, "65536")
    await stage.bot.archiving.round()
    assert len(archived(server)) == len(server.files) == 3
    assert sorted(each["file"] for each in stage.audit("drift-archived")) == [path.name for path in server.files]


async def test_a_turn_survives_a_kill_at_every_step(stage: Stage, server: ArchiveServer, tmp_path: Path) -> None:
    """Right before and right after each durable step: the file is there once, and the audit has its digest."""
    kept = {path: path.read_bytes() for path in server.files}
    async with nursed() as nursery:
        whole = shutil.copytree(stage.folder, tmp_path / "whole")
        await nursery.born(life_of(stage, whole, "notes"))
        assert await nursery.died() == 0
        steps = (tmp_path / "notes").read_text(encoding="utf-8").splitlines()
        assert len(steps) >= 2
        for commit in range(1, len(steps) + 1):
            for kill in ("before", "after"):
                for path in set(server.files) - set(kept):
                    path.unlink()
                folder = shutil.copytree(stage.folder, tmp_path / f"{kill}-{commit}")
                await nursery.born(life_of(stage, folder, f"notes-{kill}-{commit}", kill=kill, commit=commit))
                assert await nursery.died() == signal.SIGKILL
                await nursery.born(life_of(stage, folder, f"again-{kill}-{commit}"))
                assert await nursery.died() == 0
                _, newest = archived(server)
                assert newest["readings"]["no"]["tcp_sendspace"][0] == "131072"
                assert len(server.files) == 2
                assert verify(folder).row is None


if __name__ == "__main__":
    main()
