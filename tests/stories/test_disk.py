"""A database that can't be written: who asks hears why, nothing runs, nothing is lost, and then it goes on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from bot.ledger.problems import LedgerFull
from bot.ledger.proof import verify
from bot.ledger.tx import Tx
from tests.stories.conftest import Stage


@contextmanager
def full(stage: Stage) -> Iterator[None]:
    """A disk without room: the file can't grow by a page, and what it has is used up."""
    pages = stage.ledger.write_now(lambda tx: tx.db.execute("PRAGMA page_count").fetchone()[0])
    stage.ledger.write_now(lambda tx: tx.db.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    yield
    stage.ledger.write_now(lambda tx: tx.db.execute("PRAGMA max_page_count = 1000000").fetchone())


@contextmanager
def read_only(stage: Stage) -> Iterator[None]:
    """A file system that was remounted: SQLite refuses each write with the same code."""
    stage.ledger.write_now(lambda tx: tx.db.execute("PRAGMA query_only = ON"))
    yield
    stage.ledger._db.execute("PRAGMA query_only = OFF")  # no transaction begins before


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Another program in the middle of a write of its own."""
    with closing(sqlite3.connect(stage.ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


FAULTS = {"full": (full, "couldn't write"), "read-only": (read_only, "couldn't write"), "locked": (locked, "locked")}


async def told(stage: Stage, who: str, since: int, wanted: str) -> str:
    """What that person alone is shown, as soon as these words stand in it."""

    async def look() -> str | None:
        return next((text for text in (await stage.whispers(who))[since:] if wanted in text), None)

    found: str = await stage.people.wait_for(look, 30)
    return found


@pytest.mark.parametrize("fault", FAULTS)
async def test_who_types_or_clicks_hears_of_it(idle: Stage, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """A command and a vote while the database takes nothing: each is told so, neither runs; afterwards both work."""
    monkeypatch.setattr("bot.ledger.store.BUSY_MS", 50)
    broken, words = FAULTS[fault]
    await idle.start()
    await idle.ask("migrate db01 p72 p75")
    card = await idle.card()
    before = len(idle.ran())
    with broken(idle):
        if fault == "full":
            used_up(idle)
        assert (await idle.type("validate app01 p72 p75"))["acked"]
        await told(idle, "requester", 0, words)
        await idle.click("vote.approve", who="approver", card=card)
        await told(idle, "approver", 0, words)
        assert len(idle.ran()) == before
    await idle.settled()
    assert not idle.audit("voted")
    assert "waiting for approval" in (await idle.card())["text"]
    await idle.click("vote.approve", who="approver", card=card)
    await idle.card_says("db01 is on p75 now")
    assert (await idle.ask("validate app01 p72 p75"))["text"].endswith(": can migrate")
    await idle.stop()
    assert verify(idle.folder).row is None


def used_up(stage: Stage) -> None:
    """Fill what room the pages have left."""

    def fill(tx: Tx, size: int) -> None:
        row = "INSERT INTO inbox (key, kind, body, at, done) VALUES (hex(randomblob(?)), '', '{}', '', 1)"
        tx.db.execute(row, [size])

    def fill_all(size: int) -> None:
        for _ in range(10_000):
            stage.ledger.write_now(lambda tx: fill(tx, size))

    for size in (500, 50, 5):
        with pytest.raises(LedgerFull):
            fill_all(size)


async def test_a_lock_that_is_held_for_longer_than_slack_waits(idle: Stage) -> None:
    """Slack is answered in its three seconds all the same; once the lock is gone the command is dealt with, once."""
    await idle.start()
    await idle.ask("validate db01 p72 p75")
    with locked(idle):
        assert (await idle.type("validate app01 p72 p75"))["acked"]
        await told(idle, "requester", 0, "My database is busy")
    await idle.card_says("app01 p72 p75: can migrate")
    assert len(idle.audit("asked")) == 2
