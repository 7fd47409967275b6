"""A file outside the database, only ever appended to, that notes how far the chain was."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bot.ledger.chain import noted


class Anchor:
    """Beside the database, or where the bot's user can append but not rewrite."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, seq: int, mac: str, at: str) -> None:
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(handle).st_size
            torn = size and os.pread(handle, 1, size - 1) != b"\n"  # by a crash; it must not run into this one
            os.write(handle, ("\n" * bool(torn) + f"{seq} {mac} {at}\n").encode())
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> Iterator[tuple[int, str]]:
        """Row numbers and macs; a line that a crash cut short is left out."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as lines:
            yield from noted(lines)

    def last(self) -> tuple[int, str] | None:
        """The note of the highest row; of two, the one that was there first."""
        return max(self.read(), key=lambda note: note[0], default=None)
