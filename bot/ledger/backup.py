"""A backup while the bot runs, and a way back: each whole and verified, or not there at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.ledger import audit, requests
from bot.ledger.anchor import Anchor
from bot.ledger.chain import Checked
from bot.ledger.problems import LedgerCorrupt, LedgerMissing, LedgerNewer, LedgerProblem
from bot.ledger.proof import verify
from bot.ledger.schema import VERSION
from bot.ledger.store import Ledger, alone_on, reading
from bot.ledger.tx import Now, Tx
from handlers.operation import Ending, Report
from policies.requests import LIFE, State

DATABASE, KEY, ANCHOR = "hscbot.db", "audit.key", "audit.anchor"
_OURS = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", KEY, ANCHOR)


class BackupUnwritable(LedgerProblem):
    code = "backup-unwritable"
    sentence = "I can't make a backup in {path}: {reason}."
    why = "A backup gets a folder of its own and takes no other's place. Nothing was changed."
    remedy = "Name a new folder on a disk with room for it; remove a `.part` that an interrupted backup left."


class BackupBroken(LedgerProblem):
    code = "backup-broken"
    sentence = "{path} is no whole backup: {fault}."
    why = "It isn't used, and what is in the data folder stays as it is."
    remedy = "Take another backup. `hscbot audit verify --data {path}` tells more; of a key kept elsewhere: --key."


class DataThere(LedgerProblem):
    code = "data-there"
    sentence = "{path} holds data already."
    why = "A restore takes nothing's place unasked."
    remedy = "Give another folder with --data; or --replace, which keeps what is there in a folder beside it."


@dataclass(frozen=True, kw_only=True)
class Restored:
    """`aside`: where what was there is now. What was open is closed: it may have gone on after the backup."""

    rows: int
    aside: Path | None
    closed: tuple[int, ...]


# ── there ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def back_up(folder: Path, to: Path, *, now: Now, with_key: bool = True) -> Checked:
    """A folder with one state of the data, verified; it gets its name once it is whole and durable."""
    if not (folder / DATABASE).exists():
        raise LedgerMissing(folder=folder)
    part = to.with_name(f"{to.name}.part")
    try:
        if to.exists() and any(to.iterdir()):
            raise BackupUnwritable(path=to, reason="it is there and not empty")
        to.parent.mkdir(parents=True, exist_ok=True)
        part.mkdir(mode=0o700)
    except OSError as fault:
        raise BackupUnwritable(path=part, reason=fault.strerror) from fault
    try:
        checked = _copied(folder, part, now, with_key=with_key)
        part.rename(to)
        _durable(to.parent)
    except (OSError, sqlite3.Error) as fault:
        shutil.rmtree(part, ignore_errors=True)
        raise BackupUnwritable(path=to, reason=fault) from fault
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return checked


def _copied(folder: Path, part: Path, now: Now, *, with_key: bool) -> Checked:
    # Read before the rows: what is anchored later needn't be among them.
    notes = (folder / ANCHOR).read_bytes() if (folder / ANCHOR).exists() else b""
    _private(part / DATABASE, b"")
    with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True, isolation_level=None)) as db:
        db.execute("VACUUM INTO ?", [str(part / DATABASE)])
    _durable(part / DATABASE)
    _private(part / ANCHOR, notes)
    if with_key:
        _private(part / KEY, (folder / KEY).read_bytes())
    checked = _whole(part, folder / KEY)
    with reading(part) as db:
        head = audit.head(db)
    if head is not None:
        Anchor(part / ANCHOR).note(*head, now().isoformat())
    _durable(part)
    return checked


def _whole(folder: Path, key: Path) -> Checked:
    """Every page and every audit row, or BackupBroken."""
    if missing := [name for name in (DATABASE, ANCHOR) if not (folder / name).exists()]:
        raise BackupBroken(path=folder, fault=f"{missing[0]} is missing")
    if not key.exists():
        raise BackupBroken(path=folder, fault="its audit.key is missing")
    try:
        with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            (told,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.Error as fault:
        raise BackupBroken(path=folder, fault=fault) from fault
    if version > VERSION:
        raise LedgerNewer(path=folder / DATABASE, found=version, known=VERSION)
    try:
        checked = verify(folder, key=key)
    except LedgerCorrupt as fault:
        raise BackupBroken(path=folder, fault=fault.facts["reason"]) from fault
    if told != "ok" or checked.row is not None:
        raise BackupBroken(path=folder, fault=checked.fault if checked.row is not None else told)
    return checked


# ── and back ──────────────────────────────────────────────────────────────────────────────────────────────────────


def restore(
    source: Path, folder: Path, *, now: Now, by: str, key: Path | None = None, replace: bool = False
) -> Restored:
    """Put a backup in place. At any instant the folder holds the old data, the new, or what no bot starts on."""
    _whole(source, key or source / KEY)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone_on(folder):
        there = [name for name in _OURS if (folder / name).exists()]
        if there and not replace:
            raise DataThere(path=folder)
        stamp = f"{now():%Y%m%dT%H%M%SZ}"
        fresh = _staged(source, folder / f"restoring-{stamp}", key or source / KEY)
        closed = _closed(fresh, source, now, by)
        _owned(fresh)
        aside = _set_aside(folder, there, folder / f"replaced-{stamp}") if there else None
        for name in (ANCHOR, KEY, DATABASE):  # without its database a folder with an anchor is refused at the start
            (fresh / name).replace(folder / name)
        fresh.rmdir()
        _durable(folder)
    return Restored(rows=_whole(folder, folder / KEY).rows, aside=aside, closed=closed)


def _staged(source: Path, fresh: Path, key: Path) -> Path:
    """Copies beside their place, durable and verified."""
    fresh.mkdir(mode=0o700)
    for path, name in ((source / DATABASE, DATABASE), (source / ANCHOR, ANCHOR), (key, KEY)):
        _private(fresh / name, b"")
        shutil.copyfile(path, fresh / name)
        _durable(fresh / name)
    _whole(fresh, fresh / KEY)
    return fresh


def _owned(fresh: Path) -> None:
    """Whom the folder belongs to, these do too, whoever restores."""
    owner = fresh.parent.stat()
    for path in (fresh, *fresh.iterdir()):
        if path.stat().st_uid != owner.st_uid:
            os.chown(path, owner.st_uid, owner.st_gid)


def _set_aside(folder: Path, there: list[str], aside: Path) -> Path:
    """The database moves; key and anchor are there twice until the new ones take their place."""
    aside.mkdir(mode=0o700)
    for name in (KEY, ANCHOR):
        if name in there:
            os.link(folder / name, aside / name)
    for name in there:
        if name not in (KEY, ANCHOR):
            with suppress(FileNotFoundError):  # who had it open has closed it, and with that the -wal was done with
                (folder / name).rename(aside / name)
    _durable(aside)
    return aside


def _closed(folder: Path, source: Path, now: Now, by: str) -> tuple[int, ...]:
    """What was under way may have gone on after the backup, unknown to it: nothing of that is run or said again."""
    ledger = Ledger(folder, now).open()
    try:
        return ledger.write_now(lambda tx: _close_all(tx, source, by))
    finally:
        ledger.close()


def _close_all(tx: Tx, source: Path, by: str) -> tuple[int, ...]:
    open_ones = [each for each in requests.unfinished(tx.db) if LIFE[each.state]]
    tx.audit("restored", person=by, source=str(source.resolve()), closed=[each.id for each in open_ones])
    for each in open_ones:
        if State.UNKNOWN in LIFE[each.state]:
            headline = "unknown: a backup was restored, and what happened after it was taken isn't known here"
            report = Report(
                ending=Ending.UNKNOWN, headline=headline, lines=("Look at the machines before you ask anew.",)
            )
            requests.ended(tx, each.id, State.UNKNOWN, report)
        elif State.EXPIRED in LIFE[each.state]:
            requests.move(tx, each.id, State.EXPIRED, person=by, reason="a backup was restored")
    tx.db.execute("UPDATE inbox SET done = 1, body = '{}' WHERE done = 0")
    # Looked for first, as after a crash: it may stand there.
    tx.db.execute("UPDATE outbox SET state = 'sending' WHERE state = 'queued'")
    return tuple(each.id for each in open_ones)


# ── files ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _private(path: Path, content: bytes) -> None:
    """A new file for its owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)


def _durable(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
