"""Drift as rows: a reading kept once, a baseline that nobody overwrites but a person, words that end."""

from __future__ import annotations

import random
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.ledger import drift
from bot.ledger.drift import Word
from bot.ledger.proof import verify
from bot.ledger.schema import STEPS
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from handlers.drift.value import Value, packed
from policies.words import Person

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
LEA = Person(workspace="T1", member="LEA")
ONE, OTHER = packed({"a": Value("1")}), packed({"a": Value("2")})


class Clock:
    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        self.time += timedelta(milliseconds=1)
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    opened = Ledger(tmp_path, clock).open()
    yield opened
    opened.close()


def keeping(host: str, texts: Mapping[str, str]) -> Callable[[Tx], dict[str, int]]:
    return lambda tx: drift.keep(tx, host, texts)


def rows(ledger: Ledger, table: str) -> int:
    return int(ledger.read_now(lambda db: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))


async def test_what_didnt_change_adds_nothing_and_what_many_share_is_kept_once(ledger: Ledger) -> None:
    """A hundred hosts that are set alike are one text, and a hundred rounds of them no row more."""
    for _ in range(3):
        for number in range(100):
            await ledger.write(keeping(f"h{number}", {"no": ONE}))
    assert (rows(ledger, "drift_text"), rows(ledger, "drift_reading")) == (1, 100)


async def test_a_reading_is_dated_and_what_wasnt_read_stays(ledger: Ledger, clock: Clock) -> None:
    """How a host stood at any time can be told, and a question that gave no answer stands as it was."""
    await ledger.write(lambda tx: drift.keep(tx, "db01", {"no": ONE, "vmo": ONE}))
    then = clock.time
    await ledger.write(lambda tx: drift.keep(tx, "db01", {"no": OTHER}))
    now = ledger.read_now(lambda db: drift.whole(db, drift.readings(db, "db01")))
    assert now == {"no": {"a": Value("2")}, "vmo": {"a": Value("1")}}
    before = ledger.read_now(lambda db: drift.whole(db, drift.readings(db, "db01", at=then)))
    assert before == {"no": {"a": Value("1")}, "vmo": {"a": Value("1")}}
    assert [question for _, question, _ in ledger.read_now(lambda db: drift.dated(db, "db01", limit=9))] == [
        "no", "vmo", "no",
    ]  # fmt: skip


async def test_a_clock_that_was_set_back_hides_nothing(ledger: Ledger, clock: Clock) -> None:
    """What was read last holds, whatever the clock says; the same answer again is no further row."""
    await ledger.write(keeping("db01", {"no": ONE}))
    clock.time -= timedelta(days=2)
    for _ in range(3):
        await ledger.write(keeping("db01", {"no": OTHER}))
    assert ledger.read_now(lambda db: drift.whole(db, drift.readings(db, "db01"))) == {"no": {"a": Value("2")}}
    assert rows(ledger, "drift_reading") == 2
    told = ledger.read_now(lambda db: drift.dated(db, "db01", limit=9))
    assert told[0][0] > told[1][0], "the newest is last, under the time that the clock told"


def test_readings_of_an_older_file_stay_in_their_order(tmp_path: Path, clock: Clock) -> None:
    """What was last read by their time is last by its number too."""
    conn = sqlite3.connect(tmp_path / "hscbot.db", isolation_level=None)
    old = Database(conn)
    for each in STEPS[:6]:
        each(old)
    old.execute("PRAGMA user_version = 6")
    for number, text in enumerate((ONE, OTHER), 1):
        old.execute("INSERT INTO drift_text VALUES (?, ?, ?)", [number, bytes([number]), zlib.compress(text.encode())])
    for since, number in (("2026-03-02", 2), ("2026-03-01", 1)):
        old.execute("INSERT INTO drift_reading VALUES ('db01', 'no', ?, ?)", [since, number])
    conn.close()
    opened = Ledger(tmp_path, clock).open()
    assert opened.read_now(lambda db: drift.whole(db, drift.readings(db, "db01"))) == {"no": {"a": Value("2")}}
    opened.close()


async def test_first_sight_proposes_and_never_overwrites(ledger: Ledger) -> None:
    """What differs from the baseline leaves it as it was; what it has no part of yet joins it."""
    await ledger.write(lambda tx: drift.first_sight(tx, "db01", drift.keep(tx, "db01", {"no": ONE})))
    first = ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert first is not None
    assert (first.version, first.proposed, first.by, first.why) == (1, True, "hscbot", "first sight of no")
    await ledger.write(lambda tx: drift.first_sight(tx, "db01", drift.keep(tx, "db01", {"no": OTHER})))
    assert ledger.read_now(lambda db: drift.baseline(db, "db01")) == first
    await ledger.write(lambda tx: drift.first_sight(tx, "db01", drift.keep(tx, "db01", {"no": OTHER, "vmo": ONE})))
    second = ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert second is not None
    assert second.parts["no"] == first.parts["no"]
    assert second.why == "first sight of vmo"


async def test_a_baseline_is_a_persons_and_its_versions_stay(ledger: Ledger) -> None:
    """Who, when and why are told of each, and the audit has a digest over what it was."""
    await ledger.write(lambda tx: drift.first_sight(tx, "db01", drift.keep(tx, "db01", {"no": ONE})))
    parts = await ledger.write(lambda tx: drift.keep(tx, "db01", {"no": OTHER}))
    assert await ledger.write(lambda tx: drift.set_baseline(tx, "db01", parts, by=LEA, why="tuned, CHG1")) == 2
    told = ledger.read_now(lambda db: drift.baselines(db, "db01", limit=9))
    assert [(each.by, each.why, each.proposed) for each in told] == [
        ("hscbot", "first sight of no", True), ("T1:LEA", "tuned, CHG1", False),
    ]  # fmt: skip
    before = ledger.read_now(lambda db: drift.baseline(db, "db01", 1))
    assert before is not None
    assert ledger.read_now(lambda db: drift.whole(db, before.parts)) == {"no": {"a": Value("1")}}
    assert rows(ledger, "audit WHERE action = 'drift-baseline'") == 2
    assert verify(ledger.folder).row is None


async def test_a_word_ends_by_itself(ledger: Ledger, clock: Clock) -> None:
    """What was accepted or ignored for a while holds to the minute, with who and why."""
    until = START + timedelta(hours=1)
    for kind, value in (("accepted", Value("2")), ("ignored", None)):
        word = Word(
            host="db01", kind=kind, name="no/a", value=value, until=until, at=START, by="T1:LEA", why="a test"
        )  # fmt: skip
        await ledger.write(partial(_said, word))
    quiet = ledger.read_now(lambda db: drift.quiet(db, "db01", clock.time))
    assert [each.name for each in quiet.ignored] == ["no/a"]
    assert [each.value for each in quiet.accepted] == [Value("2")]
    over = ledger.read_now(lambda db: drift.quiet(db, "db01", until))
    assert (over.ignored, over.accepted) == ((), ())
    assert ledger.read_now(lambda db: drift.words(db, "db02", clock.time)) == []


async def test_what_is_long_past_goes_and_what_holds_stays(ledger: Ledger, clock: Clock) -> None:
    """A year later the last reading and the baseline are there, and no text that nothing refers to."""
    await ledger.write(lambda tx: drift.first_sight(tx, "db01", drift.keep(tx, "db01", {"no": ONE})))
    for number in range(5):
        await ledger.write(keeping("db01", {"no": packed({"a": Value(str(number))})}))
    clock.time += drift.KEPT + timedelta(days=1)
    await ledger.write(drift.forget)
    assert ledger.read_now(lambda db: drift.whole(db, drift.readings(db, "db01"))) == {"no": {"a": Value("4")}}
    first = ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert first is not None
    assert ledger.read_now(lambda db: drift.whole(db, first.parts)) == {"no": {"a": Value("1")}}
    assert rows(ledger, "drift_text") == 2


async def test_a_host_that_changes_a_little_every_day_stays_small(ledger: Ledger) -> None:
    """1,500 values, of which three change a day: a month of it is less than what ten first sights would be."""
    dice = random.Random(7)
    readings = {f"q{part}": {f"k{number}": Value(str(dice.random())) for number in range(100)} for part in range(15)}
    await ledger.write(
        lambda tx: drift.keep(tx, "db01", {question: packed(each) for question, each in readings.items()})
    )
    first = _bytes(ledger)
    for _ in range(30):
        question = dice.choice(list(readings))
        for _ in range(3):
            readings[question][f"k{dice.randrange(100)}"] = Value(str(dice.random()))
        await ledger.write(keeping("db01", {name: packed(each) for name, each in readings.items()}))
    assert (_bytes(ledger) - first) / 30 < first / 10


def _said(word: Word, tx: Tx) -> None:
    drift.say(tx, word)


def _bytes(ledger: Ledger) -> int:
    return int(ledger.read_now(lambda db: db.execute("SELECT sum(length(body)) FROM drift_text").fetchone()[0]))
