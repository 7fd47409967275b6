"""Anchors beyond the data folder: a file and syslog follow the audit, and what is broken stops nothing."""

from __future__ import annotations

import asyncio
import re
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.anchors import Anchors
from bot.ledger.chain import noted
from bot.ledger.proof import verify
from bot.ledger.store import Ledger
from bot.settings import AuditSettings


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "data", lambda: datetime(2026, 3, 1, tzinfo=UTC)).open()
    row(ledger)
    yield ledger
    ledger.close()


def row(ledger: Ledger) -> None:
    ledger.write_now(lambda tx: tx.audit("asked", person="x"))


def anchors(ledger: Ledger, **settings: Any) -> Anchors:
    return Anchors(ledger, AuditSettings(**settings), lambda: None)


async def test_a_file_elsewhere_follows_the_audit(ledger: Ledger, tmp_path: Path) -> None:
    """Each look notes the newest row once; with that file a cut is found that the folder's own anchor hides."""
    path = tmp_path / "elsewhere"
    following = anchors(ledger, file=path)
    for _ in range(2):
        await following.look()
        await following.look()
        row(ledger)
    await following.look()
    notes = list(noted(path.read_text(encoding="ascii").splitlines()))
    assert [seq for seq, _ in notes] == [1, 2, 3]
    assert path.stat().st_mode & 0o077 == 0
    ledger.close()
    with closing(sqlite3.connect(ledger.path)) as db:
        db.execute("DROP TRIGGER audit_never_deleted")
        db.execute("DELETE FROM audit WHERE seq = 3")
        db.commit()
    (ledger.folder / "audit.anchor").write_text(f"2 {notes[1][1]} then\n", encoding="ascii")
    assert verify(ledger.folder).row is None
    assert verify(ledger.folder, beside=notes).row == 3


async def test_a_file_that_cannot_be_written_is_tried_again(ledger: Ledger, tmp_path: Path) -> None:
    """A folder that isn't there is logged once, however often it is tried; once it is there the newest row is noted."""
    following = anchors(ledger, file=tmp_path / "disk" / "anchor")
    with capture_logs() as logged:
        for _ in range(3):
            await following.look()
        (tmp_path / "disk").mkdir()
        await following.look()
    assert [each["event"] for each in logged] == [
        "can't note the anchor; it is tried again",
        "the anchor is noted again",
    ]
    assert (tmp_path / "disk" / "anchor").read_text(encoding="ascii").startswith("1 ")


SAID = re.compile(r"<86>hscbot: audit anchor (\d+) ([0-9a-f]{64})\0?")


def heard(listening: socket.socket) -> tuple[str, str]:
    found = SAID.fullmatch(listening.recv(4_096).decode())
    assert found is not None
    return found[1], found[2]


async def test_a_local_syslog_is_told(ledger: Ledger, tmp_path: Path) -> None:
    """Over its socket, as authpriv.info; one that goes away and comes back is told the newest row then."""
    address = tmp_path / "log"
    following = anchors(ledger, syslog=str(address))
    with capture_logs() as logged:
        await following.look()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind(str(address))
            await following.look()
            assert heard(listening)[0] == "1"
        address.unlink()
        row(ledger)
        await following.look()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
            listening.bind(str(address))
            row(ledger)
            await following.look()
            seq, mac = heard(listening)
    assert [each["log_level"] for each in logged] == ["error", "info", "error", "info"]
    ledger.close()
    assert seq == "3"
    assert verify(ledger.folder, beside=[(3, mac)]).row is None


async def test_a_log_host_is_told(ledger: Ledger) -> None:
    """By UDP to its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(10)
        await anchors(ledger, syslog=f"127.0.0.1:{listening.getsockname()[1]}").look()
        assert heard(listening)[0] == "1"


async def test_a_ledger_that_cannot_be_read_ends_nothing(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the ledger fails it is looked again and again; then the row is noted."""
    monkeypatch.setattr("bot.anchors.LOOK_EVERY", 0.01)
    path = tmp_path / "elsewhere"
    read, failures = ledger.read, iter(range(3))

    async def fails(ask: Any) -> Any:
        if next(failures, None) is not None:
            raise sqlite3.OperationalError("disk I/O error")
        return await read(ask)

    monkeypatch.setattr(ledger, "read", fails)
    running = asyncio.create_task(anchors(ledger, file=path).run())
    async with asyncio.timeout(20):
        while not path.exists() or not path.stat().st_size:  # noqa: ASYNC110  # a file tells nobody
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_without_any_there_is_nothing_to_follow(ledger: Ledger) -> None:
    """A bot without such settings doesn't look at all."""
    await asyncio.wait_for(anchors(ledger).run(), 5)
