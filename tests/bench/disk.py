"""The limit of everything durable: one SQLite transaction of one row, synchronous FULL, on the same disk."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from contextlib import closing
from pathlib import Path

ROW = json.dumps({"text": "validate db01 p72 p75", "padding": "x" * 900})  # as long as a kept delivery


async def commits(folder: Path, *, count: int, every: float = 0.0) -> list[float]:
    """Seconds of each; `every`: one that often, in seconds, rather than one after the other."""
    return await asyncio.to_thread(_commits, folder / "limit.db", count, every)


def _commits(path: Path, count: int, every: float) -> list[float]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE IF NOT EXISTS inbox (key INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")
        start = time.perf_counter()
        return [_commit(db, start + number * every) for number in range(count)]


def _commit(db: sqlite3.Connection, due: float) -> float:
    time.sleep(max(0.0, due - time.perf_counter()))
    began = time.perf_counter()
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO inbox (body) VALUES (?)", [ROW])
    db.execute("COMMIT")
    return time.perf_counter() - began
