"""What a transaction may do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from sqlite_utils import Database

from bot.ledger.chain import FIRST, seal
from bot.ledger.problems import ClockWentBack

Db: TypeAlias = Database
Now: TypeAlias = Callable[[], datetime]
BACK = timedelta(seconds=60)  # that a clock may be set back unremarked
# By the index on the time. Rows before an accepted clock don't count: they may be of a time that never was.
_NEWEST = (
    "SELECT at FROM audit WHERE +seq >= (SELECT coalesce(max(seq), 0) FROM audit WHERE action = 'clock-accepted')"
    " ORDER BY at DESC LIMIT 1"
)


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
        targets: Iterable[str] = (),
        **body: object,
    ) -> int:
        """Append one row to the chain; its seq. `targets`: the names by which it is to be found."""
        last = self.head or self.db.execute("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
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
        for name in {each for each in targets if each}:
            self.insert("audit_target", {"name": name, "seq": seq})
        return seq

    def check_clock(self) -> None:
        """ClockWentBack where deadlines can't be judged: now is well before the newest row. For before what counts."""
        newest = self.db.execute(_NEWEST).fetchone()
        if newest is not None and self.now() < datetime.fromisoformat(newest[0]) - BACK:
            raise ClockWentBack(now=self.now().isoformat(timespec="seconds"), newest=newest[0])

    def accept_clock(self, *, by: str) -> str:
        """Somebody says that the clock is right, whatever the rows before say; the newest time among them."""
        newest = str(self.db.execute("SELECT max(at) FROM audit").fetchone()[0])
        self.audit("clock-accepted", person=by, newest=newest)
        return newest

    def insert(self, table: str, row: Mapping[str, object]) -> int:
        """One row, by its columns; its rowid.

        sqlite-utils' own insert looks the schema up each time, at three times the cost.
        """
        columns = ", ".join(row)
        marks = ", ".join("?" * len(row))
        # Table and columns are names in our own code, never anybody's input.
        cursor = self.db.conn.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(row.values()))  # noqa: S608
        return cursor.lastrowid or 0
