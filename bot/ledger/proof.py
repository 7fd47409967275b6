"""Proof that the audit is as it was written: checked without writing, also while a bot runs on the folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from itertools import chain
from pathlib import Path

from bot.ledger.anchor import Anchor
from bot.ledger.audit import Row
from bot.ledger.chain import FIRST, SEALED, Checked, check, gathered, seal
from bot.ledger.key import read_key
from bot.ledger.problems import LedgerCorrupt

_ROWS = f"SELECT {', '.join(SEALED)}, prev, mac FROM audit ORDER BY seq"  # noqa: S608  # our own words


def verify(folder: Path, *, beside: Iterable[tuple[int, str]] = (), key: Path | None = None) -> Checked:
    """Check a folder's chain against its key and its anchor, and the kept policies against the chain.

    `beside`: row numbers and macs that were noted elsewhere. `key`: where the key is, if it isn't in the folder.
    """
    database, key = folder / "hscbot.db", key or folder / "audit.key"
    if not database.exists() or not key.exists():
        raise LedgerCorrupt(path=database, reason="there is no database with its audit.key in this folder")
    # Read before the rows: what is anchored later needn't be among them.
    anchors = gathered(chain(Anchor(folder / "audit.anchor").read(), beside))
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)) as conn:
            conn.execute("BEGIN")  # one state of it, however long it takes
            checked = check(conn.execute(_ROWS), read_key(key), anchors)
            return checked if checked.row is not None else _policies(conn, checked)
    except sqlite3.Error as fault:
        raise LedgerCorrupt(path=database, reason=fault) from fault


def _policies(conn: sqlite3.Connection, checked: Checked) -> Checked:
    """Each policy must be kept as it was audited when it was loaded; the rows have been checked before."""
    query = "SELECT body ->> 'version', seq, body ->> 'source' FROM audit WHERE action = 'policy-loaded'"
    loaded = {version: (seq, source) for version, seq, source in conn.execute(query)}
    kept = dict(conn.execute("SELECT version, source FROM policy"))
    for version, (seq, source) in sorted(loaded.items()):
        if kept.get(version) != source:
            how = "isn't kept any more" if version not in kept else "was changed: its source isn't the audited one"
            return Checked(seq - 1, seq, f"policy version {version} of row {seq} {how}")
    if never := sorted(kept.keys() - loaded.keys()):
        return Checked(checked.rows, checked.rows + 1, f"no row tells that policy version {never[0]} was loaded")
    return checked


def holds(folder: Path, row: Row, before: Row | None) -> bool | None:
    """Whether a row is chained to the one before it, as the key says; None: the key isn't there."""
    path = folder / "audit.key"
    if not path.exists():
        return None
    prev = before.mac if before is not None else FIRST
    return row.prev == prev and row.mac == seal(read_key(path), row.cells(), prev)
