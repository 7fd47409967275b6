"""What a transaction may do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from sqlite_utils import Database

from bot.ledger.chain import FIRST, seal

Now: TypeAlias = Callable[[], datetime]
Db: TypeAlias = Database  # what a read is given


class Tx:
    """What a transaction may do. It lives in the writer's thread alone."""

    def __init__(self, db: Database, key: bytes, now: Now) -> None:
        self.db, self._key, self.now = db, key, now
        self.head: tuple[int, str] | None = None

    def audit(
        self,
        action: str,
        *,
        person: str,
        request: int | None = None,
        channel: str | None = None,
        host: str | None = None,
        **body: object,
    ) -> int:
        """Append one row to the chain; its seq."""
        last = self.db.execute("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        seq, prev = (last[0] + 1, last[1]) if last else (1, FIRST)
        row: dict[str, object] = {
            "seq": seq,
            "at": self.now().isoformat(),
            "person": person,
            "action": action,
            "request": request,
            "channel": channel,
            "host": host,
            "body": json.dumps(body, ensure_ascii=False, sort_keys=True),
        }
        row |= {"prev": prev, "mac": seal(self._key, row, prev)}
        self.insert("audit", row)
        self.head = (seq, str(row["mac"]))
        return seq

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """One row, by its columns; its rowid.

        sqlite-utils' own insert looks the schema up each time, at three times the cost.
        """
        columns = ", ".join(row)
        marks = ", ".join("?" * len(row))
        # Table and columns are names in our own code, never anybody's input.
        cursor = self.db.conn.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))  # noqa: S608
        return cursor.lastrowid or 0
