"""The audit chain: each row's mac covers the row and the mac before it, with a key that lies outside the database."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FIRST = "0" * 64
COLUMNS = ("seq", "at", "person", "action", "request", "channel", "host", "body")


def seal(key: bytes, row: Mapping[str, object], prev: str) -> str:
    """HMAC-SHA-256 (hex) of a row, chained to the one before."""
    told = json.dumps([prev, *(row[name] for name in COLUMNS)], ensure_ascii=False, separators=(",", ":"))
    return hmac.new(key, told.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Checked:
    """What a check of the chain found. `row` is the first that fails, None where all hold."""

    rows: int
    row: int | None = None
    fault: str = ""


def check(rows: Iterator[sqlite3.Row], key: bytes, anchors: Mapping[int, str], *, anchored: bool) -> Checked:
    """Walk the chain from its first row. `anchors`: seq → mac, as noted outside the database."""
    prev, seq = FIRST, 0
    for row in rows:
        seq += 1
        if row["seq"] != seq:
            return Checked(seq - 1, seq, f"row {seq} is missing: the next one there is {row['seq']}")
        if row["prev"] != prev or not hmac.compare_digest(row["mac"], seal(key, dict(row), prev)):
            return Checked(seq - 1, seq, f"row {seq} was changed, or was not written with this key")
        if anchors.get(seq, row["mac"]) != row["mac"]:
            return Checked(seq - 1, seq, f"row {seq} is not the one that was anchored: another database?")
        prev = row["mac"]
    last = max(anchors, default=0)
    if last > seq:
        return Checked(seq, seq + 1, f"rows {seq + 1} to {last} are missing: they were anchored, so the tail was cut")
    if seq and not anchored:
        return Checked(seq, seq, "the anchor is missing: a cut tail could not be told")
    return Checked(seq)


class Anchor:
    """A file beside the database, only ever appended to, that notes how far the chain was."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, seq: int, mac: str, at: str) -> None:
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"{seq} {mac} {at}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> dict[int, str]:
        """seq → mac; a last line that a crash cut short is left out."""
        if not self.path.exists():
            return {}
        found: dict[int, str] = {}
        for line in self.path.read_text(encoding="ascii", errors="replace").splitlines():
            parts = line.split()
            if len(parts) == 3 and parts[0].isdigit() and len(parts[1]) == 64:
                found.setdefault(int(parts[0]), parts[1])  # what was noted first holds
        return found
