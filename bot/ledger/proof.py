"""Proof that the audit is as it was written: checked without writing, also while a bot runs on the folder."""

from __future__ import annotations

import hmac
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.ledger.audit import Row
from bot.ledger.chain import FIRST, Anchor, Checked, check, seal
from bot.ledger.key import read_key
from bot.ledger.problems import LedgerCorrupt


def verify(folder: Path) -> Checked:
    """Check a folder's chain against its key and its anchor."""
    database, key = folder / "hscbot.db", folder / "audit.key"
    if not database.exists() or not key.exists():
        raise LedgerCorrupt(path=database, reason="there is no database with its audit.key in this folder")
    anchors = Anchor(folder / "audit.anchor").read()
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as conn:
            conn.row_factory = sqlite3.Row
            rows = conn.execute("SELECT * FROM audit ORDER BY seq")
            return check(rows, read_key(key), anchors, anchored=bool(anchors))
    except sqlite3.Error as fault:
        raise LedgerCorrupt(path=database, reason=fault) from fault


def holds(folder: Path, row: Row, before: Row | None) -> bool | None:
    """Whether a row is chained to the one before it, as the key says; None: the key isn't there."""
    path = folder / "audit.key"
    if not path.exists():
        return None
    prev = before.mac if before is not None else FIRST
    return row.prev == prev and hmac.compare_digest(row.mac, seal(read_key(path), row.cells(), prev))
