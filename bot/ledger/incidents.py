"""Incidents, their timelines and what silences them, as rows. A step and all that it says are one transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.ledger.tx import Tx
from policies.alerts import Severity
from policies.incidents import ACTIVE, Did, Incident, Move, Moves, Silence, State, leads

# What of a timeline stands in the audit as well.
AUDITED: Mapping[Did, str] = {
    Did.OPENED: "incident-opened",
    Did.REOPENED: "incident-reopened",
    Did.NOTED: "incident-noted",
    Did.WORSENED: "incident-worsened",
    Did.CLOSED: "incident-closed",
    Did.TAKEN: "incident-taken",
    Did.CALLED: "incident-called",
    Did.SILENCED: "incident-silenced",
    Did.UNSILENCED: "incident-unsilenced",
}
SHORT = 500  # characters of a sentence in the audit; the timeline has it whole
_ACTIVE = f"state IN ({', '.join(repr(state.value) for state in sorted(ACTIVE))})"


class Overtaken(Exception):
    """The incident is no longer in the state that the step starts from."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of a timeline, as it was kept."""

    at: datetime
    did: str
    severity: Severity
    said: str
    evidence: tuple[str, ...]
    loud: bool
    who: str | None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which incidents are looked for: all that is given must hold."""

    state: State | None = None
    active: bool = False
    kind: str | None = None
    place: str | None = None
    limit: int = 20


# ── steps ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def step(tx: Tx, before: Incident | None, after: Incident, moves: Moves) -> Incident:
    """Keep what became of it, if that is a step of its life from where it stands; Overtaken otherwise."""
    fresh = before is None or after.number == 0
    if not leads(None if fresh or before is None else before.state, after.state):
        raise Overtaken(f"{before.state.value if before is not None else 'nothing'} → {after.state.value}")
    kept = _inserted(tx, after) if fresh or before is None else _updated(tx, before, after)
    for move in moves:
        _event(tx, kept, move)
        if move.did in AUDITED:
            _audited(tx, kept, move)
    return kept


def _inserted(tx: Tx, incident: Incident) -> Incident:
    number = tx.insert("incident", _columns(incident))
    kept = incident.model_copy(update={"number": number})
    tx.db.execute("UPDATE incident SET body = ? WHERE id = ?", [kept.model_dump_json(), number])
    return kept


def _updated(tx: Tx, before: Incident, after: Incident) -> Incident:
    columns = _columns(after)
    marks = ", ".join(f"{name} = ?" for name in columns)
    query = f"UPDATE incident SET {marks} WHERE id = ? AND state = ?"  # noqa: S608  # names of our own columns
    changed = tx.db.execute(query, [*columns.values(), before.number, before.state.value])
    if changed.rowcount != 1:
        raise Overtaken(before.state.value)
    return after


def _columns(incident: Incident) -> dict[str, object]:
    return {
        "key": incident.key,
        "kind": incident.kind,
        "state": incident.state.value,
        "severity": int(incident.severity),
        "channel": incident.channel,
        "under": incident.under,
        "since": incident.since.isoformat(),
        "ended": incident.ended.isoformat() if incident.ended is not None else None,
        "body": incident.model_dump_json(),
    }


def _event(tx: Tx, incident: Incident, move: Move) -> None:
    row = {
        "incident": incident.number,
        "at": tx.now().isoformat(),
        "did": move.did.value,
        "severity": int(move.severity),
        "said": move.said,
        "evidence": json.dumps(move.evidence, ensure_ascii=False),
        "loud": int(move.loud),
        "who": str(move.who) if move.who is not None else None,
    }
    tx.insert("incident_event", row)


def _audited(tx: Tx, incident: Incident, move: Move) -> None:
    level: dict[str, Any] = {"level": move.level} if move.level is not None else {}
    tx.audit(
        AUDITED[move.did],
        person=str(move.who) if move.who is not None else "hscbot",
        channel=incident.channel or None,
        targets=incident.places,
        incident=incident.number,
        key=incident.key,
        title=incident.title[:SHORT],
        severity=incident.severity.word,
        said=move.said[:SHORT],
        **level,
    )


# ── silences ──────────────────────────────────────────────────────────────────────────────────────────────────────


def silence(tx: Tx, silence: Silence) -> None:
    """From now on; one that there is already gives way."""
    unsilence(tx, silence.key)
    row = {"key": silence.key, "until": silence.until.isoformat(), "body": silence.model_dump_json()}
    tx.insert("silence", row)


def unsilence(tx: Tx, key: str) -> bool:
    """False: it wasn't silenced."""
    changed = tx.db.execute("UPDATE silence SET ended = ? WHERE key = ? AND ended IS NULL", [tx.now().isoformat(), key])
    return bool(changed.rowcount)


def silences(db: Database) -> dict[str, Silence]:
    """By key; also those whose time is over and that nobody has ended yet."""
    rows = db.execute("SELECT body FROM silence WHERE ended IS NULL ORDER BY until").fetchall()
    found = [Silence.model_validate_json(row[0]) for row in rows]
    return {each.key: each for each in found}


def silences_over(db: Database, now: datetime) -> list[Silence]:
    """Those whose time is over and that nobody has ended yet."""
    return [each for each in silences(db).values() if each.until <= now]


# ── finding ───────────────────────────────────────────────────────────────────────────────────────────────────────


def newest(db: Database, keys: Collection[str], since: datetime) -> dict[str, Incident]:
    """Of each key the last incident, if it is active or ended after that time."""
    last_ones = "SELECT max(id) FROM incident WHERE key IN (SELECT value FROM json_each(?)) GROUP BY key"
    query = f"id IN ({last_ones}) AND ({_ACTIVE} OR ended >= ?)"
    return {each.key: each for each in _select(db, query, [json.dumps(list(keys)), since.isoformat()])}


def last_of(db: Database, key: str) -> Incident | None:
    """A key's last incident, however long it is over."""
    found = _select(db, "key = ?", [key], order="id DESC", limit=1)
    return found[0] if found else None


def any_active(db: Database) -> bool:
    return db.execute(f"SELECT 1 FROM incident WHERE {_ACTIVE} LIMIT 1").fetchone() is not None  # noqa: S608


def active(db: Database) -> list[Incident]:
    """All that aren't over, the oldest first."""
    return _select(db, _ACTIVE, [])


def held_under(db: Database, key: str) -> list[Incident]:
    return _select(db, f"{_ACTIVE} AND under = ?", [key])


def passed_under(db: Database, key: str, since: datetime) -> list[Incident]:
    """What was over when it was seen, from then on, and that one speaks for."""
    return _select(db, "ended >= ? AND state = 'passed' AND under = ?", [since.isoformat(), key])


def get(db: Database, number: int) -> Incident:
    found = _select(db, "id = ?", [number])
    if not found:
        raise KeyError(number)
    return found[0]


def last(db: Database) -> int:
    """The highest number that there is; 0: none."""
    return int(db.execute("SELECT coalesce(max(id), 0) FROM incident").fetchone()[0])


def listed(db: Database, wanted: Wanted) -> list[Incident]:
    """The worst first among those that aren't over; else the newest first."""
    conditions: list[tuple[str, list[object]]] = [("1", [])]
    if wanted.state is not None:
        conditions.append(("state = ?", [wanted.state.value]))
    if wanted.active:
        conditions.append((_ACTIVE, []))
    if wanted.kind is not None:
        conditions.append(("kind = ?", [wanted.kind]))
    if wanted.place is not None:
        conditions.append(("EXISTS (SELECT 1 FROM json_each(body, '$.places') WHERE value = ?)", [wanted.place]))
    where = " AND ".join(f"({condition})" for condition, _ in conditions)
    order = "severity DESC, since, id" if wanted.active else "id DESC"
    return _select(db, where, [value for _, values in conditions for value in values], order=order, limit=wanted.limit)


def still_open(db: Database) -> list[Incident]:
    """What was said and isn't over, the worst first, and of those the oldest."""
    return _select(db, "state IN ('open', 'taken')", [], order="severity DESC, since, id")


def ended_since(db: Database, since: datetime) -> list[Incident]:
    return _select(db, "ended >= ?", [since.isoformat()])


def opened_since(db: Database, since: datetime) -> list[Incident]:
    """Those that were said, or said again, from then on."""
    query = "id IN (SELECT incident FROM incident_event WHERE at >= ? AND did IN ('opened', 'reopened', 'noted'))"
    return _select(db, query, [since.isoformat()])


def events(db: Database, number: int, *, since: datetime | None = None, limit: int = -1) -> list[Event]:
    """Its timeline, in order; of a long one with a `limit`, the newest."""
    query = (
        "SELECT at, did, severity, said, evidence, loud, who FROM incident_event"
        " WHERE incident = ? AND at >= ? ORDER BY id DESC LIMIT ?"
    )
    rows = db.execute(query, [number, since.isoformat() if since is not None else "", limit]).fetchall()
    return [
        Event(
            at=datetime.fromisoformat(row[0]),
            did=row[1],
            severity=Severity(row[2]),
            said=row[3],
            evidence=tuple(json.loads(row[4])),
            loud=bool(row[5]),
            who=row[6],
        )
        for row in reversed(rows)
    ]


def forget(tx: Tx, before: datetime) -> None:
    """Let go of what ended long ago; the audit has when each was opened, taken and closed."""
    old = "SELECT id FROM incident WHERE ended < ?"
    tx.db.execute(f"DELETE FROM incident_event WHERE incident IN ({old})", [before.isoformat()])  # noqa: S608  # our own words
    tx.db.execute("DELETE FROM incident WHERE ended < ?", [before.isoformat()])
    tx.db.execute("DELETE FROM silence WHERE ended < ?", [before.isoformat()])


def _select(
    db: Database, where: str, values: Iterable[object], *, order: str = "id", limit: int = -1
) -> list[Incident]:
    """`where` and `order` are our own words."""
    query = f"SELECT body FROM incident WHERE {where} ORDER BY {order} LIMIT {limit:d}"  # noqa: S608
    return [Incident.model_validate_json(row[0]) for row in db.execute(query, list(values)).fetchall()]
