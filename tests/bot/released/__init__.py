"""Data folders as released versions left them, and what they then attached; an upgrade is held to them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent


def data_of(version: str, folder: Path) -> Path:
    """A data folder of that version, as its bot left it when it stopped."""
    folder.mkdir(mode=0o700)
    with closing(sqlite3.connect(folder / "hscbot.db")) as db:
        db.executescript((HERE / version / "hscbot.sql").read_text(encoding="utf-8"))
    for name in ("audit.key", "audit.anchor"):
        shutil.copy(HERE / version / name, folder / name)
    return folder


def logs_of(version: str) -> dict[int, bytes]:
    """Each request's log, as that version attached it."""
    return {int(path.stem.removeprefix("log-")): path.read_bytes() for path in (HERE / version).glob("log-*.txt")}
