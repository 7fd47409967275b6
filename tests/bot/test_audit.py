"""Finding audit rows: what is asked for and nothing else, in order, each once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ledger.audit import Filter, Row, find, get, names_in, of_request
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx

START = datetime(2026, 3, 1, tzinfo=UTC)
PEOPLE = ("T1:U1", "T1:U2", "T2:U1", "hscbot")
NAMES = ("db01", "app01", "p72", "p75")
OPERATIONS = ("lpm.validate", "lpm.migrate", "vios.reboot")
ROWS = 1_500
RECENT = 40  # so that most is found beyond them


class Clock:
    """A minute later each time; now and then it is set back."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at


def write(tx: Tx, chance: random.Random, clock: Clock) -> None:
    for number in range(ROWS):
        if number % 400 == 399:
            clock.at -= timedelta(hours=3)
        request = chance.choice([None, *range(1, 40)])
        body: dict[str, Any] = {}
        if number % 10 == 0 and request is not None:
            body = {"operation": chance.choice(OPERATIONS), "targets": chance.sample(NAMES, 2)}
        tx.audit(
            "asked" if body else chance.choice(["sending", "answered", "voted"]),
            person=chance.choice(PEOPLE),
            request=request,
            host=chance.choice([None, "hmc1", "p72"]),
            **body,
        )


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.ledger.audit.RECENT", RECENT)
        yield from filled(tmp_path_factory.mktemp("audit"))


def filled(folder: Path) -> Iterator[Ledger]:
    clock = Clock()
    ledger = Ledger(folder, clock).open()
    ledger.write_now(lambda tx: write(tx, random.Random(1), clock))
    yield ledger
    ledger.close()


def all_rows(ledger: Ledger) -> list[Row]:
    return ledger.read_now(lambda db: [*find(db, Filter())])


def targets(ledger: Ledger) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for name, seq in ledger.read_now(lambda db: db.execute("SELECT name, seq FROM audit_target").fetchall()):
        found.setdefault(seq, set()).add(name)
    return found


def slowly(ledger: Ledger, wanted: Filter) -> list[int]:
    """What should be found, by looking at every row."""
    rows, named = all_rows(ledger), targets(ledger)
    about = {row.request for row in rows if wanted.target in named.get(row.seq, ())} - {None}

    def operated(row: Row) -> bool:
        name, pattern = row.body.get("operation", ""), wanted.operation or ""
        return bool(name == pattern or (pattern.endswith("*") and name and name.startswith(pattern[:-1])))

    asked = {row.request for row in rows if operated(row)} - {None}

    def fits(row: Row) -> bool:
        return (
            row.seq > wanted.after
            and wanted.person in (None, row.person, row.person.partition(":")[2])
            and wanted.action in (None, row.action)
            and wanted.request in (None, row.request)
            and (
                wanted.target is None
                or wanted.target == row.host
                or wanted.target in named.get(row.seq, ())
                or row.request in about
            )
            and (wanted.operation is None or operated(row) or row.request in asked)
            and (wanted.since is None or row.time >= wanted.since)
            and (wanted.until is None or row.time < wanted.until)
        )

    return [row.seq for row in rows if fits(row)]


def maybe(*values: object) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, None, *values])


TIMES = st.one_of(st.none(), st.integers(0, ROWS).map(lambda n: START + timedelta(minutes=n, seconds=30)))


@settings(max_examples=120, deadline=None)
@given(
    person=maybe(*PEOPLE, "U1", "U9"),
    target=maybe(*NAMES, "hmc1", "nowhere"),
    operation=maybe(*OPERATIONS, "lpm.*", "*", "nothing.*"),
    action=maybe("asked", "voted", "nope"),
    request=maybe(1, 7, 999),
    since=TIMES,
    until=TIMES,
    after=st.sampled_from([0, 0, 0, 700]),
    limit=st.sampled_from([None, None, 3]),
    newest_first=st.booleans(),
)
def test_what_is_found_is_what_a_slow_look_finds(ledger: Ledger, *, newest_first: bool, **wanted: Any) -> None:
    """Any filters together find the same rows as looking at each one, in order, each once, at most the limit."""
    given_filter = Filter(**wanted)
    found = ledger.read_now(lambda db: [row.seq for row in find(db, given_filter, newest_first=newest_first)])
    expected = slowly(ledger, given_filter)[:: -1 if newest_first else 1]
    assert found == expected[: wanted["limit"]]


def test_a_row_is_as_it_was_written(ledger: Ledger) -> None:
    """A row by its number has every column; one that isn't there is None."""
    row = ledger.read_now(lambda db: get(db, 1))
    assert row is not None
    assert (row.seq, row.at, row.prev) == (1, "2026-03-01T00:01:00+00:00", "0" * 64)
    assert ledger.read_now(lambda db: get(db, ROWS + 1)) is None


def test_a_requests_rows_are_all_of_them(ledger: Ledger) -> None:
    """All rows of one request, oldest first."""
    rows = ledger.read_now(lambda db: of_request(db, 7))
    assert [row.seq for row in rows] == slowly(ledger, Filter(request=7))
    assert len(rows) > 10


@pytest.mark.parametrize(
    "wanted",
    [
        Filter(person="T1:U1"),
        Filter(request=3),
        Filter(action="asked"),
        Filter(target="db01"),
        Filter(operation="lpm.migrate"),
        Filter(operation="lpm.*"),
        Filter(since=START + timedelta(minutes=5), until=START + timedelta(minutes=9)),
    ],
    ids=["person", "request", "action", "target", "operation", "operations", "time"],
)
def test_nothing_is_looked_at_in_vain(ledger: Ledger, wanted: Filter) -> None:
    """No filter reads the whole table: each has its index."""
    statements: list[str] = []

    def look(db: Any) -> list[str]:
        db.conn.set_trace_callback(statements.append)
        list(find(db, wanted))
        db.conn.set_trace_callback(None)
        return [
            row[3] for each in statements if "FROM audit" in each for row in db.execute(f"EXPLAIN QUERY PLAN {each}")
        ]

    steps = ledger.read_now(look)
    assert steps
    assert [step for step in steps if step == "SCAN audit"] == []


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("/lpm migrate db01 p72 p75", ["db01", "p72", "p75"]),
        ("/lpm migrate db01 p72 arizona hmc=hmc-arizona", ["db01", "p72", "arizona", "hmc-arizona"]),
        ('/lpm status "db01" p72', ["db01", "p72"]),
        ("/lpm", []),
        ("approve #12", []),
        ("/lpm validate " + "x" * 65 + " p72", ["p72"]),
    ],
)
def test_a_refused_command_is_found_by_its_names(asked: str, names: list[str]) -> None:
    """The words of a command but for itself and its verb, each once, none that is too long for a name."""
    assert names_in(asked) == names
