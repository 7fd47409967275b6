"""What the ledger comes to when somebody asks how hosts stand, and what a day without a change adds to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.app import world
from bot.circumstances import Circumstances
from bot.ledger import drift, watches
from bot.ledger.drift import Word
from bot.ledger.store import Ledger
from bot.ledger.tx import Db, Tx
from bot.ledger.watches import Thing
from bot.own import drift as own
from bot.own import drift_report
from bot.own.answer import Asker
from handlers.drift import machine
from handlers.drift.operations import History, ReportFleet, Status
from handlers.drift.sources import of_kind
from handlers.drift.subject import kind_of
from handlers.drift.value import Value, packed
from handlers.place import VIOS, Place
from policies.words import Person
from tests.bot.lab.fleet.asking import answered
from tests.bot.lab.fleet.keyboard import Keyboard

LEA = Person(workspace="T1", member="LEA")
START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
PLACES = (
    Place(host="db01"),
    Place(hmc="hmc-oslo", system="p72", name="p72vio1", id=1, env=VIOS),
    Place(hmc="hmc-oslo", system="p72"),
)


class Clock:
    time = START

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with closing(Ledger(tmp_path, clock).open()) as opened:
        yield opened


def asker(ledger: Ledger, db: Db) -> Asker:
    return Asker(world=world(ledger.folder, Circumstances({})), db=db, now=ledger.now(), person=LEA)


def seen(host: str, value: str, tx: Tx) -> None:
    key = machine.key_of(host)
    watches.found(tx, Thing(key=key, kind="drift", host=host, system="", found=json.dumps({"kind": "aix"})))
    drift.first_sight(tx, host, drift.keep(tx, host, {"no": packed({"tcp_sendspace": Value(value)})}))


async def test_history_tells_of_words_that_are_over(ledger: Ledger, clock: Clock) -> None:
    """Who accepted or ignored what, and until when, is asked for after it came back to bite."""
    await ledger.write(partial(seen, "db01", "1"))
    for kind in ("accepted", "ignored"):
        word = Word(
            host="db01", kind=kind, name="no/tcp_sendspace", value=Value("2"), until=clock.time + timedelta(days=7),
            at=clock.time, by=str(LEA), why="a test of buffers",
        )  # fmt: skip
        await ledger.write(partial(drift.say, word=word))
    clock.time += timedelta(days=30)
    told = ledger.read_now(lambda db: own.history(asker(ledger, db), History(host="db01"))).text
    for kind in ("accepted", "ignored"):
        assert f"{kind} until 2026-03-08 03:00" in told


async def test_who_isnt_watched_any_more_is_neither_right_nor_counted(ledger: Ledger) -> None:
    """How it is set now nobody knows: it is left out and named, and told by its name as what it is."""
    for host in ("db01", "old01"):
        await ledger.write(partial(seen, host, "1"))
    await ledger.write(partial(watches.gone, key=machine.key_of("old01")))
    status = ledger.read_now(lambda db: own.status(asker(ledger, db), Status())).text
    assert status.startswith("1 host, none of them drifted\n")
    assert "Not watched any more, and left out: old01\n" in status
    assert "\nold01 " not in status
    page = ledger.read_now(lambda db: drift_report.report(asker(ledger, db), ReportFleet())).text
    assert "Not watched any more, and left out: old01" in page
    assert "<b>1</b>right" in page
    alone = ledger.read_now(lambda db: own.status(asker(ledger, db), Status(host="old01"))).text
    assert "\nold01 " in alone
    assert "NOT WATCHED any more" in alone
    await ledger.write(partial(seen, "old01", "1"))
    assert "2 hosts" in ledger.read_now(lambda db: own.status(asker(ledger, db), Status())).text


def first(host: str, texts: Mapping[str, str], tx: Tx) -> None:
    drift.first_sight(tx, host, drift.keep(tx, host, texts))


def kept(db: Db) -> list[int]:
    tables = ("drift_text", "drift_reading", "drift_baseline", "drift_part", "audit")
    return [db[each].count for each in tables]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: kind_of(place).value)
async def test_a_day_without_a_change_adds_nothing_of_any_source(ledger: Ledger, clock: Clock, place: Place) -> None:
    """Read 24 times while time goes on: what moves by itself isn't kept, of whatever kind of thing."""
    keyboard, rows, sources = Keyboard(), list[list[int]](), set[str]()
    for _ in range(24):
        found = await asyncio.to_thread(answered, keyboard, place)
        assert found.unread == {}
        sources = {question.partition(":")[0] for question in found.read}
        texts = {question: packed(reading) for question, reading in found.read.items()}
        await ledger.write(partial(first, place.called, texts))
        rows.append(ledger.read_now(kept))
        clock.time += timedelta(hours=1)
        keyboard.now += 3_600 + 61
    assert sources == {each.name for each in of_kind(kind_of(place))} - {"user"}
    assert rows == [rows[0]] * 24
