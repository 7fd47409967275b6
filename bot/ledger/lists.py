"""Lists of requests and of what is wrong, a page at a time: each costs what a page costs, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Generic, TypeVar

from sqlite_utils import Database

from bot.ledger import requests
from bot.ledger.requests import Request
from handlers.command import ITSELF
from policies.demands import Demand
from policies.requests import ENDED, State
from policies.verdicts import Ask
from policies.words import Person

T = TypeVar("T")
ROWS = 5  # of a page

_ENDED = ",".join(repr(state.value) for state in sorted(ENDED))
_UNDER_WAY = ",".join(repr(state.value) for state in State if state not in ENDED)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """`number` from 0; `more`: another one follows."""

    rows: tuple[T, ...]
    number: int
    more: bool


def page_of(rows: Sequence[T], number: int) -> Page[T]:
    """One page of all that there is; the last one, where it has become shorter since."""
    number = min(number, max(0, (len(rows) - 1) // ROWS))
    start = number * ROWS
    return Page(rows=tuple(rows[start : start + ROWS]), number=number, more=len(rows) > start + ROWS)


def mine(db: Database, person: Person, number: int) -> Page[Request]:
    """What somebody asked for, the newest first."""
    return _page(db, "workspace = ? AND member = ?", [person.workspace, person.member], number)


def for_vote(db: Database, person: Person, counts: Callable[[tuple[Demand, ...]], bool], number: int) -> Page[Request]:
    """What waits for somebody's vote, the most urgent first. `counts`: whether theirs would."""
    rows = db.execute(
        "SELECT id, verdict FROM request WHERE state = 'waiting' AND member <> ?"
        " AND NOT EXISTS (SELECT 1 FROM vote WHERE vote.request = request.id AND vote.member = ?)"
        " ORDER BY approve_by, id",
        [person.member, person.member],
    ).fetchall()
    chosen = page_of([row[0] for row in rows if counts(_demands(row[1]))], number)
    return Page(rows=tuple(requests.get(db, each) for each in chosen.rows), number=chosen.number, more=chosen.more)


def under_way(db: Database, number: int) -> Page[Request]:
    """What runs, or is about to, the oldest first."""
    return _page(db, "state IN ('planning', 'granted', 'running')", [], number, order="id")


def ended(db: Database, number: int) -> Page[Request]:
    """What is over, the newest first."""
    # With the plus it reads backwards from the newest, in place of sorting all that the state's index holds.
    return _page(db, f"+state IN ({_ENDED})", [], number)


def unknown_since(db: Database, reading: Collection[str], since: datetime) -> list[Request]:
    """Requests whose outcome nobody knows, the newest first; not those for what only reads."""
    marks = ", ".join("?" * len(reading))
    where = f"state = 'unknown' AND asked_at >= ? AND operation NOT IN ({marks})"
    return requests.select(db, where, [since.isoformat(), *reading], order="id DESC", limit=100)


def login_stops(db: Database) -> list[tuple[str, datetime, str]]:
    """The hosts that aren't logged in to: which, since when, why."""
    rows = db.execute("SELECT host, since, reason FROM login_stop ORDER BY since").fetchall()
    return [(row[0], datetime.fromisoformat(row[1]), row[2]) for row in rows]


def _page(db: Database, where: str, values: list[object], number: int, *, order: str = "id DESC") -> Page[Request]:
    found = requests.select(db, where, values, order=order, limit=ROWS + 1, offset=number * ROWS)
    if number and not found:
        return _page(db, where, values, 0, order=order)
    return Page(rows=tuple(found[:ROWS]), number=number, more=len(found) > ROWS)


@lru_cache(maxsize=512)
def _demands(verdict: str) -> tuple[Demand, ...]:
    """Many requests have the same verdict to the letter."""
    return Ask.model_validate_json(verdict).demands


@dataclass(frozen=True, kw_only=True)
class Changing:
    """A request that changes machines and runs, or ended lately. `at`: when it last was known to run."""

    request: Request
    names: tuple[str, ...]  # by which it is found: targets, and what its plan says is affected
    at: datetime


def changing(db: Database, now: datetime, since: datetime, *, words: Collection[str] = ()) -> list[Changing]:
    """What of our own doing may show on machines now. `words`: operations that count too, though they send nothing to
    a machine."""
    lately = "SELECT request FROM audit WHERE at >= ? AND action IN ('succeeded', 'failed', 'unknown')"
    found = requests.select(db, f"state = 'running' OR id IN ({lately})", [since.isoformat()])
    ended = "SELECT max(at) FROM audit WHERE request = ? AND action IN ('succeeded', 'failed', 'unknown', 'looked')"
    changing = []
    for each in found:
        is_sent = each.plan is not None and any(host != ITSELF for host, *_ in each.plan.commands)
        if not is_sent and each.operation not in words:
            continue
        at = db.execute(ended, [each.id]).fetchone()[0]
        changing.append(
            Changing(
                request=each,
                names=_asked_about(db, each.id),
                at=datetime.fromisoformat(at) if at and each.state in ENDED else now,
            )
        )
    return changing


@dataclass(frozen=True, kw_only=True)
class Run:
    """A request of one kind. `names`: as of a Changing; `began`, `ended`: None, where it hasn't."""

    request: Request
    names: tuple[str, ...]
    began: datetime | None
    ended: datetime | None


def runs(db: Database, operation: str, since: datetime) -> list[Run]:
    """Those of that operation that are under way, or succeeded since then."""
    lately = "SELECT request FROM audit WHERE at >= ? AND action = 'succeeded'"
    found = requests.select(
        db, f"operation = ? AND (state IN ({_UNDER_WAY}) OR id IN ({lately}))", [operation, since.isoformat()]
    )
    return [
        Run(
            request=each,
            names=_asked_about(db, each.id),
            began=_first(db, each.id, "running"),
            ended=_first(db, each.id, "succeeded"),
        )
        for each in found
    ]


def _asked_about(db: Database, request: int) -> tuple[str, ...]:
    query = (
        "SELECT DISTINCT t.name FROM audit AS a JOIN audit_target AS t ON t.seq = a.seq WHERE a.request = ?"
        " AND a.action = 'asked'"
    )
    return tuple(row[0] for row in db.execute(query, [request]).fetchall())


def _first(db: Database, request: int, action: str) -> datetime | None:
    at = db.execute("SELECT min(at) FROM audit WHERE request = ? AND action = ?", [request, action]).fetchone()[0]
    return datetime.fromisoformat(at) if at else None
