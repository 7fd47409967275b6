"""Retention: what is dropped was exported and compared before, and the audit still verifies."""

from __future__ import annotations

import gzip
import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.ledger import outputs, retention
from bot.ledger.audit import of_request
from bot.ledger.proof import verify
from bot.ledger.retention import DroppedMeanwhile, ExportBroken, ExportUnwritable, Pruned, raw_of
from bot.ledger.store import Ledger
from bot.ledger.story import story
from tests.bot.released import data_of, logs_of
from tests.bot.test_cli import hscbot, said
from tests.house.tree import ROOT

SOON = datetime(2027, 1, 1, tzinfo=UTC)


def opened(folder: Path) -> Ledger:
    return Ledger(folder, lambda: SOON).open()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A released folder: two kept answers, of rows 8 and 34."""
    folder = data_of("0.1.0", tmp_path / "data")
    opened(folder).close()
    return folder


def prune(folder: Path, path: Path, before: datetime = SOON) -> Pruned:
    ledger = opened(folder)
    try:
        return retention.prune(ledger, before, path, by="terminal:test")
    finally:
        ledger.close()


def kept(folder: Path) -> dict[int, bytes]:
    """What the database has of each answer."""
    with closing(sqlite3.connect(folder / "hscbot.db")) as db:
        rows = db.execute("SELECT sending, bytes FROM output ORDER BY id").fetchall()
    found: dict[int, bytes] = {}
    for sending, piece in rows:
        found[sending] = found.get(sending, b"") + zlib.decompress(piece)
    return found


def exported(path: Path) -> dict[int, bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        lines: list[dict[str, Any]] = [json.loads(line) for line in file]
    return {line["seq"]: raw_of(line) for line in lines}


@pytest.mark.parametrize("name", ["old.jsonl", "old.jsonl.gz"])
def test_old_answers_leave_for_a_file(data: Path, tmp_path: Path, name: str) -> None:
    """The file has each answer byte for byte, the database none; its hash stands in the audit, which verifies."""
    before, path = kept(data), tmp_path / name
    done = prune(data, path)
    assert set(before) == {8, 34}
    assert exported(path) == before
    assert path.stat().st_mode & 0o077 == 0
    assert (kept(data), done.dropped, done.other) == ({}, 2, ())
    with closing(sqlite3.connect(data / "hscbot.db")) as db:
        row = db.execute("SELECT person, body FROM audit WHERE action = 'outputs-dropped'").fetchone()
    told = json.loads(row[1])
    assert row[0] == "terminal:test"
    assert told["sha256"] == done.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (told["count"], told["before"], told["file"]) == (2, SOON.isoformat(), str(path))
    checked = verify(data)
    assert (checked.rows, checked.row) == (37, None)


def test_a_request_tells_what_became_of_its_answers(data: Path, tmp_path: Path) -> None:
    """Its story has the dropping, with the file and its hash; its log says so in place of the answer."""
    done = prune(data, tmp_path / "old.jsonl")
    ledger = opened(data)
    last = story(ledger.read_now(lambda db: of_request(db, 1)))[-1]
    log = b"".join(ledger.read_now(lambda db: list(outputs.log(db, 1)))).decode()
    ledger.close()
    assert last.what == "dropped answers that were exported"
    assert done.sha256 in last.detail
    assert str(tmp_path / "old.jsonl") in last.detail
    assert log.splitlines()[1].startswith("# its answer was dropped on 2027-01-01")
    assert log.endswith("# exit status 1\n\n")
    assert len(log) < len(logs_of("0.1.0")[1])


def test_only_what_is_old_leaves(data: Path, tmp_path: Path) -> None:
    """What was sent at that time or later stays, and where nothing is old no file is left."""
    cut = datetime(2026, 11, 25, 18, 38, 54, 800_000, tzinfo=UTC)
    assert prune(data, tmp_path / "some", cut).dropped == 1
    assert set(exported(tmp_path / "some")) == {8}
    assert set(kept(data)) == {34}
    assert prune(data, tmp_path / "none", cut).dropped == 0
    assert not (tmp_path / "none").exists()


def test_an_answer_without_an_end_stays(data: Path, tmp_path: Path) -> None:
    """What was sent and never heard of, or still runs, has no audited hash: it is not dropped."""
    with closing(sqlite3.connect(data / "hscbot.db")) as db:
        db.execute("UPDATE command SET ended = NULL WHERE sending = 34")
        db.commit()
    prune(data, tmp_path / "old")
    assert set(kept(data)) == {34}


def test_an_answer_that_was_changed_stays(data: Path, tmp_path: Path) -> None:
    """One that hasn't its audited hash any more is named, and neither exported nor dropped."""
    with closing(sqlite3.connect(data / "hscbot.db")) as db:
        (piece,) = db.execute("SELECT min(id) FROM output WHERE sending = 8").fetchone()
        db.execute("UPDATE output SET bytes = ? WHERE id = ?", [zlib.compress(b"all is well"), piece])
        db.commit()
    done = prune(data, tmp_path / "old")
    assert (done.dropped, done.other) == (1, (8,))
    assert set(exported(tmp_path / "old")) == {34}
    assert set(kept(data)) == {8}


def test_bytes_that_are_no_text_come_back_as_they_were(data: Path, tmp_path: Path) -> None:
    """An answer that isn't UTF-8 is exported compressed, and is the same when it is read again."""
    raw = bytes(range(256)) * 3

    def answered(tx: Any) -> None:
        sending = tx.audit("sending", person="x", host="hmc1", argv=["lshmc"], request=None)
        outputs.announced(tx, sending, request=None, number=0, shown=False)
        outputs.keep(tx, sending, raw)
        told = {"sha256": hashlib.sha256(raw).hexdigest(), "exit_status": 0}
        outputs.ended(tx, sending, tx.audit("answered", person="hscbot", host="hmc1", **told))

    ledger = Ledger(data, lambda: datetime(2026, 12, 1, tzinfo=UTC)).open()
    ledger.write_now(answered)
    ledger.close()
    prune(data, tmp_path / "old")
    assert exported(tmp_path / "old")[37] == raw


def test_no_file_is_written_over(data: Path, tmp_path: Path) -> None:
    """A file that is there, a folder that isn't: a sentence, and nothing is dropped."""
    there = tmp_path / "there"
    there.write_text("an earlier export", encoding="utf-8")
    for path in (there, tmp_path / "nowhere" / "old"):
        with pytest.raises(ExportUnwritable):
            prune(data, path)
    assert there.read_text(encoding="utf-8") == "an earlier export"
    assert len(kept(data)) == 2


def test_an_export_that_reads_back_otherwise_drops_nothing(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that gives back other bytes than it took is found before anything is dropped."""
    durable = retention._durable

    def rotten(path: Path) -> None:
        durable(path)
        path.write_bytes(path.read_bytes().replace(b"HSCLA356", b"HSCLA357", 1))

    monkeypatch.setattr(retention, "_durable", rotten)
    with pytest.raises(ExportBroken, match="row 8 differs"):
        prune(data, tmp_path / "old")
    assert len(kept(data)) == 2
    assert not (tmp_path / "old").exists()


def test_two_at_once_drop_each_answer_once(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes second drops nothing and keeps its file; the first has dropped all."""
    compared = retention._compared

    def overtaken(*given: Any) -> str:
        monkeypatch.setattr(retention, "_compared", compared)
        prune(data, tmp_path / "first")
        return compared(*given)

    monkeypatch.setattr(retention, "_compared", overtaken)
    with pytest.raises(DroppedMeanwhile):
        prune(data, tmp_path / "second")
    assert exported(tmp_path / "first") == exported(tmp_path / "second")
    with closing(sqlite3.connect(data / "hscbot.db")) as db:
        assert db.execute("SELECT count(*) FROM audit WHERE action = 'outputs-dropped'").fetchone() == (1,)


def test_a_kill_at_any_step_loses_nothing(tmp_path: Path) -> None:
    """Killed at each step: every answer is in the database, or in a whole file whose hash the audit has; then it can
    be run again."""
    died = 0
    for step in range(1, 30):
        folder, path = data_of("0.1.0", tmp_path / f"{step}"), tmp_path / f"{step}.jsonl"
        opened(folder).close()
        whole = kept(folder)
        words = [sys.executable, "-m", "tests.bot.mortal_prune", str(folder), str(path), str(step)]
        ran = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=60, check=False)
        if ran.returncode == 0:
            break
        assert ran.returncode == -signal.SIGKILL, ran.stderr
        died += 1
        assert verify(folder).row is None
        with closing(sqlite3.connect(folder / "hscbot.db")) as db:
            rows = db.execute("SELECT body ->> 'sha256' FROM audit WHERE action = 'outputs-dropped'").fetchall()
        if rows:
            assert rows == [(hashlib.sha256(path.read_bytes()).hexdigest(),)]
            assert (exported(path), kept(folder)) == (whole, {})
        else:
            assert kept(folder) == whole
            assert prune(folder, tmp_path / f"{step}-again.jsonl").dropped == 2
        assert verify(folder).row is None
    assert died >= 8, "before and behind each read, each answer and the commit"


def test_the_command_tells_what_it_did(data: Path, tmp_path: Path) -> None:
    """Dropped: 0, with the file's hash. Nothing left: 1. A file that is there, no folder, an odd time: 2."""
    path = tmp_path / "old.jsonl.gz"
    ran = hscbot("audit", "prune", "--before", "2026-12-01", "--export", path, "--data", data)
    assert (ran.returncode, "2 answers are in" in said(ran)) == (0, True)
    assert hashlib.sha256(path.read_bytes()).hexdigest() in said(ran)
    again = hscbot("audit", "prune", "--before", "1d", "--export", tmp_path / "again", "--data", data)
    assert (again.returncode, "nothing to drop" in said(again)) == (1, True)
    for words in (
        ("--before", "1d", "--export", path, "--data", data),
        ("--before", "someday", "--export", tmp_path / "x", "--data", data),
        ("--before", "1d", "--export", tmp_path / "x", "--data", tmp_path / "nowhere"),
    ):
        ran = hscbot("audit", "prune", *words)
        assert (ran.returncode, b"Traceback" in ran.stderr) == (2, False)
    assert not (tmp_path / "nowhere").exists()
    shown = said(hscbot("audit", "show", "8", "--data", data))
    assert "dropped on" in shown
    assert "exported to" in shown
