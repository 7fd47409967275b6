"""Finding audit rows: by who, what it was about, which operation, and when. Flat in memory however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import product
from typing import Any, TypeAlias

from sqlite_utils import Database

COLUMNS = ("seq", "at", "person", "action", "request", "channel", "host", "body", "prev", "mac")
_COLUMNS = ", ".join(COLUMNS)
RECENT = 10_000  # rows that are looked through before anything is searched for
BATCH = 500  # rows fetched at once, where what matches was found by its numbers
NAMED = 20  # names of one refused command that it is found by
_LAST = "\U0010ffff"

# One condition and what it is filled with; alternatives of which any may hold.
Condition: TypeAlias = tuple[str, list[object]]
Alternatives: TypeAlias = list[Condition]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One audit row, as it was written."""

    seq: int
    at: str
    person: str
    action: str
    request: int | None
    channel: str | None
    host: str | None
    text: str  # the body's JSON
    prev: str
    mac: str

    @cached_property
    def body(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.text)
        return read

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def cells(self) -> dict[str, Any]:
        """Its columns by their names."""
        return dict(zip(COLUMNS, astuple(self), strict=True))


@dataclass(frozen=True, kw_only=True)
class Filter:
    """What is looked for; all that is given must hold. `until` itself is not within."""

    person: str | None = None  # workspace and member, or the member alone
    target: str | None = None  # a host, or a name that was asked for or is affected; with the rest of its request
    operation: str | None = None  # such as `lpm.migrate` or `lpm.*`; with the rest of its request
    action: str | None = None
    request: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int = 0  # seq
    limit: int | None = None


def find(db: Database, wanted: Filter, *, newest_first: bool = False) -> Iterator[Row]:
    """The rows, one by one, as they are asked for: oldest first, or newest first."""
    order = "DESC" if newest_first else "ASC"
    arms = [_joined(each) for each in product(*_conditions(db, wanted))]
    limit = -1 if wanted.limit is None else wanted.limit
    if len(arms) == 1:
        ((where, values),) = arms
        query = f"SELECT {_COLUMNS} FROM audit WHERE {where} ORDER BY seq {order} LIMIT ?"  # noqa: S608  # our own words
        yield from map(_row, db.execute(query, [*values, limit]))
    elif arms and newest_first and limit > 0:
        yield from _newest(db, arms, limit)
    elif arms:
        yield from _united(db, arms, order, limit)


def _newest(db: Database, arms: Alternatives, limit: int) -> Iterator[Row]:
    """What is frequent is among the latest rows, which are simply looked through; only what is rare is searched for."""
    bound = (db.execute("SELECT max(seq) FROM audit").fetchone()[0] or 0) - RECENT
    where, values = " OR ".join(f"({each})" for each, _ in arms), [one for _, filled in arms for one in filled]
    query = f"SELECT {_COLUMNS} FROM audit NOT INDEXED WHERE seq > ? AND ({where}) ORDER BY seq DESC LIMIT ?"  # noqa: S608
    recent = db.execute(query, [bound, *values, limit]).fetchall()
    yield from map(_row, recent)
    if len(recent) < limit and bound > 0:
        earlier = [(f"seq <= ? AND {each}", [bound, *filled]) for each, filled in arms]
        yield from _united(db, earlier, "DESC", limit - len(recent))


def _united(db: Database, arms: Alternatives, order: str, limit: int) -> Iterator[Row]:
    """What any of the arms finds, each row once: first their numbers, in order, then the rows by the batch."""
    each = " UNION ".join(f"SELECT seq FROM audit WHERE {where}" for where, _ in arms)  # noqa: S608
    found = db.execute(f"{each} ORDER BY seq {order} LIMIT ?", [*(one for _, values in arms for one in values), limit])
    while batch := [row[0] for row in found.fetchmany(BATCH)]:
        marks = ",".join("?" * len(batch))
        query = f"SELECT {_COLUMNS} FROM audit WHERE seq IN ({marks}) ORDER BY seq {order}"  # noqa: S608
        yield from map(_row, db.execute(query, batch))


def get(db: Database, seq: int) -> Row | None:
    row = db.execute(f"SELECT {_COLUMNS} FROM audit WHERE seq = ?", [seq]).fetchone()  # noqa: S608
    return _row(row) if row is not None else None


def head(db: Database) -> tuple[int, str] | None:
    """The newest row's number and mac."""
    row = db.execute("SELECT seq, mac FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return (row[0], row[1]) if row is not None else None


def of_request(db: Database, request: int) -> list[Row]:
    """All that happened to a request, oldest first; what later became of its answers too."""
    query = (
        f"SELECT {_COLUMNS} FROM audit WHERE seq IN (SELECT seq FROM audit WHERE request = ?"  # noqa: S608
        " UNION SELECT dropped FROM command WHERE request = ? AND dropped NOT NULL) ORDER BY seq"
    )
    return list(map(_row, db.execute(query, [request, request])))


def names_in(asked: str) -> list[str]:
    """The names in a command as typed, by which its refusal is found: its words but for command and verb."""
    words = [word.rpartition("=")[2].strip('"') for word in asked.split()[2:]]
    return [word for word in dict.fromkeys(words) if 0 < len(word) <= 64][:NAMED]


# ── conditions ────────────────────────────────────────────────────────────────────────────────────────────────────


def _conditions(db: Database, wanted: Filter) -> Iterator[Alternatives]:
    yield [("seq > ?", [wanted.after])]
    if wanted.person is not None:
        yield [("person = ?", [each]) for each in _people(db, wanted.person)]
    if wanted.target is not None:
        yield _about(wanted.target)
    if wanted.operation is not None:
        yield _operation(wanted.operation)
    if wanted.action is not None:
        yield [("action = ?", [wanted.action])]
    if wanted.request is not None:
        yield [("request = ?", [wanted.request])]
    if wanted.since is not None or wanted.until is not None:
        yield [_between(db, wanted.since, wanted.until)]


def _joined(conditions: Iterable[Condition]) -> Condition:
    held = list(conditions)
    return " AND ".join(f"({where})" for where, _ in held), [one for _, values in held for one in values]


def _people(db: Database, person: str) -> list[str]:
    """Who that is, of all who are in the audit: there are few, so that each is looked up and no row is read."""
    query = (
        "WITH RECURSIVE known (who) AS (SELECT min(person) FROM audit UNION ALL"
        " SELECT (SELECT min(person) FROM audit WHERE person > who) FROM known WHERE who NOT NULL)"
        " SELECT who FROM known WHERE who NOT NULL"
    )
    known = [row[0] for row in db.execute(query)]
    return [each for each in known if person in (each, each.partition(":")[2])]


def _about(target: str) -> Alternatives:
    named = "SELECT seq FROM audit_target WHERE name = ?"
    return [
        ("host = ?", [target]),
        (f"seq IN ({named})", [target]),
        (f"request IN (SELECT request FROM audit WHERE seq IN ({named}) AND request NOT NULL)", [target]),  # noqa: S608
    ]


def _operation(operation: str) -> Alternatives:
    start = operation.removesuffix("*")
    asked = "body ->> 'operation' = ?" if start == operation else "body ->> 'operation' BETWEEN ? AND ?"
    values: list[object] = [operation] if start == operation else [start, start + _LAST]
    rest = f"request IN (SELECT request FROM audit WHERE {asked} AND request NOT NULL)"  # noqa: S608
    return [(asked, values), (rest, values)]


def _between(db: Database, since: datetime | None, until: datetime | None) -> Condition:
    """By number, so that rows come in their order; a clock that was set may have put others between them."""
    first, last = (each.astimezone(UTC).isoformat() if each is not None else None for each in (since, until))
    where = "+at >= ? AND +at < ?"
    values: list[object] = [first or "", last or _LAST]
    low, high = db.execute("SELECT min(seq), max(seq) FROM audit WHERE at >= ? AND at < ?", values).fetchone()
    return f"seq BETWEEN ? AND ? AND {where}", [low, high, *values]


def _row(row: Any) -> Row:
    seq, at, person, action, request, channel, host, text, prev, mac = row
    return Row(
        seq=seq,
        at=at,
        person=person,
        action=action,
        request=request,
        channel=channel,
        host=host,
        text=text,
        prev=prev,
        mac=mac,
    )
