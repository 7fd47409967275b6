"""A bot that can be killed at a chosen step: the production composition, on a ledger that dies round its N-th commit.

Run as a program it forks a bot for every line on standard input, so that a start costs no imports, and answers each
with a line: the commits made, each by what made it, or the signal that the bot died of.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import pickle
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot import app
from bot.ledger.store import Group, Ledger
from bot.ledger.tx import Tx
from bot.outbox import Pace
from bot.settings import Settings

QUICK = Pace(posts_a_second=1000.0, burst=1000, edit_every=0.02)


@dataclass(frozen=True)
class Life:
    """One run of the bot: until the kill, or until it is told to stop."""

    settings: Settings
    folder: Path
    notes: Path  # gets a line for each commit: what it was made of
    kill: Literal["before", "after", "never"] = "never"
    commit: int = 0


class MortalLedger(Ledger):
    """Dies by SIGKILL right before, or right after, its N-th commit is durable: nobody is told of it any more."""

    def __init__(self, life: Life) -> None:
        super().__init__(life.folder, app.utc_now)
        self._life = life
        self._count = 0

    def _durable(self, tx: Tx, group: Group) -> list[tuple[object, BaseException | None]]:
        self._count += 1
        with self._life.notes.open("a", encoding="utf-8") as notes:
            notes.write(" + ".join(sorted({made_by(change) for change, _ in group})) + "\n")
        self._die_if("before")
        results = super()._durable(tx, group)
        self._die_if("after")
        return results

    def _die_if(self, when: str) -> None:
        if (when, self._count) == (self._life.kill, self._life.commit):
            os.kill(os.getpid(), signal.SIGKILL)


def made_by(change: object) -> str:
    """The place in the code that a transaction comes from."""
    code = getattr(getattr(change, "func", change), "__code__")  # noqa: B009  # mypy knows no __code__ of an object
    return f"{code.co_qualname}:{code.co_firstlineno}"


async def live(life: Life) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    ledger = MortalLedger(life).open(alone=True)
    async with app.running(life.settings, ledger, pace=QUICK):
        await stop.wait()
    ledger.close()


def main() -> None:
    for line in sys.stdin:
        life: Life = pickle.loads(base64.b64decode(line))  # from the test that started us
        child = os.fork()
        if not child:
            asyncio.run(live(life))
            os._exit(0)
        print(json.dumps({"pid": child}), flush=True)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}), flush=True)


if __name__ == "__main__":
    main()
