"""A helper process: verifies one data folder, and tells what that took beside HMAC-SHA-256 alone over the same bytes.

auditing FOLDER
"""

from __future__ import annotations

import gc
import hmac
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from bot.ledger.chain import SEALED, told
from bot.ledger.key import read_key
from bot.ledger.proof import verify
from tests.bench import memory
from tests.bench.children import Told, ready

SAMPLE = 100_000  # rows whose bytes are held at once, for the limit


def verified(folder: Path) -> Told:
    gc.collect()
    memory.forget_peak()
    before, began, used = memory.resident(), time.perf_counter(), time.process_time()
    checked = verify(folder)
    seconds, cpu, most = time.perf_counter() - began, time.process_time() - used, memory.peak()
    if checked.row is not None:
        raise RuntimeError(checked.fault)
    grown = most - before if most is not None and before is not None else None
    return {"rows": checked.rows, "seconds": seconds, "cpu": cpu, "grown": grown, "limit": _limit(folder)}


def _limit(folder: Path) -> float:
    """Rows per second of CPU of HMAC-SHA-256 alone, in the cheapest way that Python has."""
    query = f"SELECT prev, {', '.join(SEALED)} FROM audit ORDER BY seq LIMIT {SAMPLE}"
    with closing(sqlite3.connect(f"file:{folder / 'hscbot.db'}?mode=ro", uri=True)) as db:
        sealed = [told(*row) for row in db.execute(query)]
    keyed = hmac.new(read_key(folder / "audit.key"), digestmod="sha256")
    used = time.process_time()
    for each in sealed:
        one = keyed.copy()
        one.update(each)
        one.hexdigest()
    return len(sealed) / (time.process_time() - used)


if __name__ == "__main__":
    ready(verified(Path(sys.argv[1])))
