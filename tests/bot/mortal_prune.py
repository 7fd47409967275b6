"""`python -m tests.bot.mortal_prune FOLDER FILE STEP`: an export that dies by SIGKILL at that step of its way."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.ledger import outputs, retention
from bot.ledger.store import Group, Ledger
from bot.ledger.tx import Tx

FOLDER, FILE, STEP = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
steps = itertools.count(1)


def step() -> None:
    if next(steps) == STEP:
        os.kill(os.getpid(), signal.SIGKILL)


class Mortal(Ledger):
    """Each read and each commit has a step before and behind it."""

    def read_now(self, ask: Callable[[Database], Any]) -> Any:
        step()
        found = super().read_now(ask)
        step()
        return found

    def _durable(self, tx: Tx, group: Group) -> list[tuple[object, BaseException | None]]:
        step()
        results = super()._durable(tx, group)
        step()
        return results


def pieces(db: Database, sending: int) -> Iterator[bytes]:
    step()
    yield from KEPT(db, sending)


KEPT = outputs.pieces


def main() -> None:
    outputs.pieces = pieces
    ledger = Mortal(FOLDER, lambda: datetime(2027, 1, 2, tzinfo=UTC)).open()
    retention.prune(ledger, datetime(2027, 1, 1, tzinfo=UTC), FILE, by="test")
    ledger.close()
    print(next(steps) - 1)


if __name__ == "__main__":
    main()
