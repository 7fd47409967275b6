"""Backup and restore: whole and verified, or not there; nothing is overwritten and nothing deleted."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ledger.backup import BackupBroken, BackupUnwritable, DataThere, Restored, back_up, restore
from bot.ledger.problems import AuditCut, LedgerMissing, LedgerNewer, LedgerTaken
from bot.ledger.proof import verify
from bot.ledger.store import Ledger
from tests.bot.released import data_of
from tests.bot.test_cli import hscbot, said
from tests.house.tree import ROOT


def now() -> datetime:
    return datetime(2027, 1, 1, tzinfo=UTC)


def put_back(source: Path, folder: Path, *, key: Path | None = None, replace: bool = False) -> Restored:
    return restore(source, folder, now=now, by="test", key=key, replace=replace)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of this version: what 0.1.0 left, upgraded, one row more."""
    folder = data_of("0.1.0", tmp_path / "data")
    ledger = Ledger(folder, now).open()
    ledger.write_now(lambda tx: tx.audit("asked", person="T1:U1"))
    ledger.close()
    return folder


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    back_up(data, tmp_path / "backup", now=now)
    return tmp_path / "backup"


def rows(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "hscbot.db")) as db:
        return db.execute("SELECT * FROM audit ORDER BY seq").fetchall()


def test_a_backup_is_whole_private_and_verified(data: Path, backup: Path) -> None:
    """Database, key and anchor, for their owner alone; every row is there and the chain holds to its last."""
    assert sorted(path.name for path in backup.iterdir()) == ["audit.anchor", "audit.key", "hscbot.db"]
    assert not any(path.stat().st_mode & 0o077 for path in (backup, *backup.iterdir()))
    assert rows(backup) == rows(data)
    assert verify(backup).row is None
    with closing(sqlite3.connect(backup / "hscbot.db")) as db:
        db.execute("DROP TRIGGER audit_never_deleted")
        db.execute("DELETE FROM audit WHERE seq = 37")
        db.commit()
    assert verify(backup).row == 37


def test_a_backup_takes_no_other_place(data: Path, tmp_path: Path) -> None:
    """A folder with something in it, a file, one that was interrupted: refused, and left alone."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("mine", encoding="utf-8")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "cut.part").mkdir()
    for name in ("full", "file", "cut"):
        with pytest.raises(BackupUnwritable):
            back_up(data, tmp_path / name, now=now)
    assert (tmp_path / "full" / "mine").exists()
    (tmp_path / "empty").mkdir()
    back_up(data, tmp_path / "empty", now=now)
    with pytest.raises(LedgerMissing):
        back_up(tmp_path / "nowhere", tmp_path / "other", now=now)


def test_what_does_not_hold_is_not_backed_up_as_if_it_did(data: Path, tmp_path: Path) -> None:
    """A changed row fails the backup, and nothing is left that could be taken for one."""
    with closing(sqlite3.connect(data / "hscbot.db")) as db:
        db.execute("DROP TRIGGER audit_never_updated")
        db.execute("UPDATE audit SET person = 'x' WHERE seq = 5")
        db.commit()
    with pytest.raises(BackupBroken, match="row 5"):
        back_up(data, tmp_path / "backup", now=now)
    assert not list(tmp_path.glob("backup*"))


def test_a_backup_without_its_key_needs_it_to_come_back(data: Path, tmp_path: Path) -> None:
    """Others may hold it: it can be restored with the key that was kept elsewhere, and not without."""
    backup = tmp_path / "backup"
    back_up(data, backup, now=now, with_key=False)
    assert not (backup / "audit.key").exists()
    with pytest.raises(BackupBroken, match=r"audit\.key is missing"):
        put_back(backup, tmp_path / "restored")
    (tmp_path / "wrong").write_text("00" * 32, encoding="ascii")
    with pytest.raises(BackupBroken, match="row 1"):
        put_back(backup, tmp_path / "restored", key=tmp_path / "wrong")
    put_back(backup, tmp_path / "restored", key=data / "audit.key")
    assert verify(tmp_path / "restored").row is None


def test_a_restore_brings_everything_back(data: Path, backup: Path, tmp_path: Path) -> None:
    """Into a new folder: all rows, then one that tells of it; private; a bot starts on it."""
    restored = tmp_path / "new" / "restored"
    done = put_back(backup, restored)
    assert (done.rows, done.aside, done.closed) == (38, None, ())
    assert rows(restored)[:37] == rows(data)
    assert rows(restored)[37][3] == "restored"
    assert sorted(path.name for path in restored.iterdir()) == ["audit.anchor", "audit.key", "hscbot.db"]
    assert not any(path.stat().st_mode & 0o077 for path in (restored, *restored.iterdir()))
    Ledger(restored, now).open(alone=True).close()


def test_data_is_replaced_only_when_told_and_never_deleted(data: Path, backup: Path) -> None:
    """Without --replace it is refused; with it what was there stands in a folder of its own, and still verifies."""
    ledger = Ledger(data, now).open()
    ledger.write_now(lambda tx: tx.audit("asked", person="after the backup"))
    ledger.close()
    before = rows(data)
    with pytest.raises(DataThere):
        put_back(backup, data)
    assert rows(data) == before
    done = put_back(backup, data, replace=True)
    assert done.aside is not None
    assert rows(done.aside) == before
    assert verify(done.aside).row is None
    assert len(rows(data)) == 38
    assert verify(data).row is None


def test_no_restore_under_a_running_bot(data: Path, backup: Path) -> None:
    """Where a bot works on the folder nothing is touched."""
    ledger = Ledger(data, now).open(alone=True)
    with pytest.raises(LedgerTaken):
        put_back(backup, data, replace=True)
    ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    ledger.close()
    assert verify(data).row is None
    put_back(backup, data, replace=True)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (lambda backup: (backup / "hscbot.db").unlink(), "hscbot.db is missing"),
        (lambda backup: (backup / "audit.anchor").unlink(), "audit.anchor is missing"),
        (lambda backup: (backup / "audit.anchor").write_bytes(b""), "the anchor is missing"),
        (lambda backup: os.truncate(backup / "hscbot.db", 20_000), "malformed"),
        (lambda backup: (backup / "hscbot.db").write_bytes(b""), "no such table"),
        (lambda backup: shutil.rmtree(backup), "hscbot.db is missing"),
    ],
    ids=["no database", "no anchor", "empty anchor", "cut database", "empty database", "nothing"],
)
def test_what_is_no_whole_backup_is_not_restored(data: Path, backup: Path, broken: object, fault: str) -> None:
    """What an interrupted or damaged backup left is refused, and the data stay as they are."""
    before = rows(data)
    broken(backup)  # type: ignore[operator]
    with pytest.raises(BackupBroken, match=fault):
        put_back(backup, data, replace=True)
    assert rows(data) == before
    assert sorted(path.name for path in data.iterdir()) == ["audit.anchor", "audit.key", "hscbot.db"]


def test_a_backup_of_a_newer_version_is_not_restored(backup: Path, tmp_path: Path) -> None:
    """An older program would misread it."""
    with closing(sqlite3.connect(backup / "hscbot.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerNewer):
        put_back(backup, tmp_path / "restored")


def test_a_backup_of_the_first_release_is_restored(tmp_path: Path) -> None:
    """A folder that 0.1.0 left comes back, brought up to date."""
    put_back(data_of("0.1.0", tmp_path / "old"), tmp_path / "restored")
    assert len(rows(tmp_path / "restored")) == 37
    assert verify(tmp_path / "restored").row is None


MORTAL = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from bot.ledger import backup
source, folder, step = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
count = 0
def guard(event, args):
    global count
    if event in ("os.rename", "os.link", "os.mkdir", "os.rmdir"):
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(guard)
now = lambda: datetime(2027, 1, 1, tzinfo=UTC)
if sys.argv[4] == "restore":
    backup.restore(source, folder, now=now, by="test", replace=True)
else:
    backup.back_up(source, folder, now=now)
"""


def killed(source: Path, folder: Path, step: int, what: str) -> bool:
    """Whether it died at that step of its way through the file system."""
    words = [sys.executable, "-c", MORTAL, str(source), str(folder), str(step), what]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert ran.returncode in (0, -signal.SIGKILL), ran.stderr
    return ran.returncode != 0


def test_a_restore_that_is_killed_leaves_the_old_the_new_or_what_no_bot_starts_on(
    data: Path, backup: Path, tmp_path: Path
) -> None:
    """At each step: nothing is lost, no bot goes on as if nothing was, and the restore can be done again."""
    ledger = Ledger(data, now).open()
    ledger.write_now(lambda tx: tx.audit("asked", person="after the backup"))
    ledger.close()
    old = rows(data)
    for step in range(1, 30):
        folder = tmp_path / f"at-{step}"
        shutil.copytree(data, folder)
        died = killed(backup, folder, step, "restore")
        try:
            Ledger(folder, now).open(alone=True).close()
            found = rows(folder)
            assert found == old or found[37][3] == "restored"
        except AuditCut:
            found = []
        kept = [rows(path.parent) for path in folder.glob("replaced-*/hscbot.db")]
        assert old in (found, *kept)
        if not died:
            break
        done = restore(backup, folder, now=lambda: datetime(2027, 1, 2, tzinfo=UTC), by="test", replace=True)
        assert done.rows == 38
    assert step > 6


def test_a_backup_that_is_killed_is_none(data: Path, tmp_path: Path) -> None:
    """Until it is whole nothing has its name."""
    for step in range(1, 10):
        if not killed(data, tmp_path / f"at-{step}", step, "back up"):
            break
        assert not (tmp_path / f"at-{step}").exists()
    assert step > 2
    assert verify(tmp_path / f"at-{step}").row is None


def test_the_commands_tell_what_they_did(data: Path, tmp_path: Path) -> None:
    """Exit status 0 and what holds; 2 and a sentence."""
    made = hscbot("backup", tmp_path / "backup", "--data", data)
    assert (made.returncode, "whole backup: 37 audit rows" in said(made)) == (0, True)
    again = hscbot("backup", tmp_path / "backup", "--data", data)
    assert (again.returncode, "not empty" in said(again)) == (2, True)
    there = hscbot("restore", tmp_path / "backup", "--data", data)
    assert (there.returncode, "holds data already" in said(there)) == (2, True)
    done = hscbot("restore", tmp_path / "backup", "--data", data, "--replace")
    assert (done.returncode, "holds the backup now: 38 audit rows" in said(done)) == (0, True)
    assert "What was there is in" in said(done)
    assert hscbot("audit", "verify", "--data", data).returncode == 0
