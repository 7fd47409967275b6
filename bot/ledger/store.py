"""The file and its one writer: transactions are grouped, begun immediate, and durable before anybody is told."""

from __future__ import annotations

import asyncio
import fcntl
import hmac
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

import structlog
from sqlite_utils import Database

from bot.ledger.anchor import Anchor
from bot.ledger.key import make_key, read_key
from bot.ledger.problems import (
    AuditCut,
    AuditUnguarded,
    KeyMissing,
    LedgerFull,
    LedgerMissing,
    LedgerNewer,
    LedgerOlder,
    LedgerTaken,
    in_our_words,
    translated,
)
from bot.ledger.schema import AUDIT_TRIGGERS, STEPS, VERSION, words_of
from bot.ledger.tx import Now, Tx

log = structlog.get_logger()
T = TypeVar("T")
BUSY_MS = 10_000
GROUP = 256  # at most so many transactions share one commit
ANCHOR_EVERY = 1.0  # seconds between notes of the anchor while rows come in


Group: TypeAlias = list[tuple[Callable[[Tx], object], Future[object]]]


class Ledger:
    """One data folder: `hscbot.db`, `audit.key`, `audit.anchor`."""

    def __init__(self, folder: Path, now: Now) -> None:
        self.folder, self.now = folder, now
        self.path = folder / "hscbot.db"
        self.anchor = Anchor(folder / "audit.anchor")
        self._queue: queue.SimpleQueue[tuple[Callable[[Tx], object], Future[object]] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._read_lock = threading.Lock()
        self._held = ExitStack()  # connections and the folder's lock

    # ── opening ───────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, *, alone: bool = False) -> Ledger:
        """Make or bring up to date, check the guards, start the writer. `alone`: refuse a second bot on this folder."""
        with ExitStack() as held:
            try:
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                if alone:
                    held.enter_context(alone_on(self.folder))
                self._prepare(held)
            except sqlite3.Error as fault:
                raise translated(fault, str(self.path)) from fault
            except OSError as fault:
                raise LedgerFull(path=self.path, reason=fault.strerror or fault) from fault
            self._held = held.pop_all()
        self._thread = threading.Thread(target=self._write_on, name="ledger", daemon=True)
        self._thread.start()
        return self

    def _prepare(self, held: ExitStack) -> None:
        """All that can go wrong; what `held` holds by then is let go of."""
        self._db = self._connect(held)
        self._bring_up_to_date()
        self._key = self._read_key()
        self._check_anchor()
        self._reader = self._connect_to_read()
        held.callback(self._stop_reading)

    def _stop_reading(self) -> None:
        with self._read_lock:  # a read whose caller was cancelled goes on in its thread
            self._reader.close()

    def _connect(self, held: ExitStack) -> Database:
        if not self.path.exists():
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        if not os.access(self.path, os.W_OK, effective_ids=True):
            raise LedgerFull(path=self.path, reason="it is read-only")
        conn = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=BUSY_MS / 1000)
        held.callback(conn.close)
        for pragma in (
            f"busy_timeout = {BUSY_MS}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            # Without it INSERT OR REPLACE deletes rows past the trigger that forbids it.
            "recursive_triggers = ON",
        ):
            conn.execute(f"PRAGMA {pragma}")
        return Database(conn)

    def _bring_up_to_date(self) -> None:
        found = self._db.execute("PRAGMA user_version").fetchone()[0]
        if found > VERSION:
            raise LedgerNewer(path=self.path, found=found, known=VERSION)
        if found < VERSION:
            self._db.conn.execute("BEGIN IMMEDIATE")
            found = self._db.execute("PRAGMA user_version").fetchone()[0]
            for step in STEPS[found:]:
                step(self._db)
            self._db.execute(f"PRAGMA user_version = {VERSION}")
            self._db.conn.execute("COMMIT")
        self._check_guards()

    def _check_guards(self) -> None:
        """By their words: one of the same name that forbids nothing is as good as none."""
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
        there = {name: words_of(sql) for name, sql in self._db.execute(query).fetchall()}
        if missing := [name for name, sql in AUDIT_TRIGGERS.items() if there.get(name) != words_of(sql)]:
            raise AuditUnguarded(path=self.path, missing=", ".join(sorted(missing)))

    def _read_key(self) -> bytes:
        path = self.folder / "audit.key"
        if not path.exists():
            if self._db.execute("SELECT 1 FROM audit LIMIT 1").fetchone():
                raise KeyMissing(path=self.path, key=path)
            make_key(path)
        return read_key(path)

    def _check_anchor(self) -> None:
        """A bot that went on behind a cut tail would hide the cut."""
        if (last := self.anchor.last()) is not None:
            row = self._db.execute("SELECT mac FROM audit WHERE seq = ?", [last[0]]).fetchone()
            if row is None or row[0] != last[1]:
                raise AuditCut(path=self.path, seq=last[0])

    def _connect_to_read(self) -> Database:
        conn = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, check_same_thread=False, timeout=BUSY_MS / 1000)
        conn.row_factory = sqlite3.Row
        return Database(conn)

    # ── use ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def write(self, change: Callable[[Tx], T]) -> T:
        """Do `change` in a transaction; back when it is durable. What it raises undoes it alone and comes out here."""
        # Shielded: a caller that is cancelled must not leave the writer with a future that it can't answer.
        return await asyncio.shield(asyncio.wrap_future(self._asked(change)))

    def write_now(self, change: Callable[[Tx], T]) -> T:
        """The same for code that is not async."""
        return self._asked(change).result()

    def _asked(self, change: Callable[[Tx], T]) -> Future[T]:
        future: Future[T] = Future()
        self._queue.put((change, future))  # type: ignore[arg-type]  # a queue of futures of any type
        return future

    @property
    def name(self) -> str:
        """Tells this ledger from any other, without telling its key."""
        return hmac.new(self._key, b"name", "sha256").hexdigest()[:12]

    async def read(self, ask: Callable[[Database], T]) -> T:
        return await asyncio.to_thread(self.read_now, ask)

    def read_now(self, ask: Callable[[Database], T]) -> T:
        with self._read_lock:
            try:
                return ask(self._reader)
            except sqlite3.Error as fault:
                raise translated(fault, str(self.path)) from fault

    def close(self) -> None:
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
            self._thread = None
        self._held.close()

    # ── the writer's thread ───────────────────────────────────────────────────────────────────────────────────────

    def _write_on(self) -> None:
        head: tuple[int, str] | None = None
        noted = 0.0
        while True:
            group = self._next_group(ANCHOR_EVERY if head else None)
            done = self._commit([item for item in group if item is not None])
            head = done or head
            monotonic = time.monotonic()
            if head and (not group or None in group or monotonic - noted >= ANCHOR_EVERY):
                head, noted = self._noted(head), monotonic
            if None in group:
                return

    def _noted(self, head: tuple[int, str]) -> tuple[int, str] | None:
        """Note the head outside the database; what couldn't be noted is tried again."""
        try:
            self.anchor.note(*head, self.now().isoformat())
        except OSError:
            log.exception("can't write the anchor", path=str(self.anchor.path))
            return head
        return None

    def _next_group(self, wait: float | None) -> list[tuple[Callable[[Tx], object], Future[object]] | None]:
        """What waits to be written, at most GROUP of it; None among it: to stop after that."""
        group: list[tuple[Callable[[Tx], object], Future[object]] | None] = []
        try:
            group.append(self._queue.get(timeout=wait))
            while len(group) < GROUP:
                group.append(self._queue.get_nowait())
        except queue.Empty:
            return group
        return group

    def _commit(self, group: Group) -> tuple[int, str] | None:
        """Make a group durable, then tell everybody in it; the chain's new head."""
        if not group:
            return None
        tx = Tx(self._db, self._key, self.now)
        try:
            results = self._durable(tx, group)
        except Exception as fault:
            self._roll_back()
            told = in_our_words(fault, str(self.path))
            for _, future in group:
                future.set_exception(told)
            return None
        for (_, future), (value, raised) in zip(group, results, strict=True):
            future.set_exception(raised) if raised is not None else future.set_result(value)
        return tx.head

    def _durable(self, tx: Tx, group: Group) -> list[tuple[object, BaseException | None]]:
        """Run a group in one transaction, each in a savepoint of its own."""
        self._db.conn.execute("BEGIN IMMEDIATE")
        results = [self._one(tx, change) for change, _ in group]
        self._db.conn.execute("COMMIT")
        return results

    def _one(self, tx: Tx, change: Callable[[Tx], object]) -> tuple[object, BaseException | None]:
        head = tx.head
        self._db.conn.execute("SAVEPOINT one")
        try:
            value = change(tx)
        except sqlite3.OperationalError:
            raise
        except Exception as fault:  # whatever it is belongs to the caller, not to the others in the group
            self._db.conn.execute("ROLLBACK TO one")
            self._db.conn.execute("RELEASE one")
            tx.head = head
            return None, in_our_words(fault, str(self.path))
        self._db.conn.execute("RELEASE one")
        return value, None

    def _roll_back(self) -> None:
        if self._db.conn.in_transaction:
            self._db.conn.execute("ROLLBACK")


@contextmanager
def alone_on(folder: Path) -> Iterator[None]:
    """No bot, and nobody else who wants to be alone, works on the folder until the block ends."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as fault:
        os.close(handle)
        raise LedgerTaken(path=folder) from fault
    try:
        yield
    finally:
        os.close(handle)


@contextmanager
def reading(folder: Path) -> Iterator[Database]:
    """A folder's database for who only reads: without the key, without bringing it up to date, while a bot runs."""
    path = folder / "hscbot.db"
    if not path.exists():
        raise LedgerMissing(folder=folder)
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=BUSY_MS / 1000)) as conn:
            found = conn.execute("PRAGMA user_version").fetchone()[0]
            if found > VERSION:
                raise LedgerNewer(path=path, found=found, known=VERSION)
            if found < VERSION:
                raise LedgerOlder(path=path, found=found, known=VERSION)
            yield Database(conn)
    except sqlite3.Error as fault:
        raise translated(fault, str(path)) from fault
