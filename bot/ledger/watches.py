"""What a watch remembers of each thing that it looks at, what that has been through, and when each round was over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot.ledger import outputs
from bot.ledger.tx import Tx

MOST_CHANGES = 2_000  # of one thing; the oldest go first
KEPT = timedelta(days=400)  # of changes, and of things that are gone


@dataclass(frozen=True, kw_only=True)
class Thing:
    """`found`, `memory`: JSON of whoever watches it. `shown`: what was last seen, for people."""

    key: str
    kind: str
    host: str
    system: str
    found: str
    memory: str | None = None
    shown: Mapping[str, Any] = field(default_factory=dict)
    gone_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """Something that a thing has been through. `states`: of each of its sides from then on."""

    key: str
    at: datetime
    kind: str  # `state`, `began`, `ended`, `happened`, `clock`, `gone`
    severity: int
    said: str
    rule: str = ""  # of what began, ended or happened
    states: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Round:
    """The last whole one of a host: every thing was looked at between these two. `every`: seconds that it may take."""

    host: str
    began_at: datetime
    ended_at: datetime
    things: int
    every: float


@dataclass(frozen=True, kw_only=True)
class Raw:
    """One answer that led to a change."""

    host: str
    argv: tuple[str, ...]
    at: datetime
    exit_status: int | None
    raw: bytes


# ── writing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def found(tx: Tx, thing: Thing) -> None:
    """A thing that is there: new, or found again. What is remembered of it stays."""
    tx.db.execute(
        "INSERT INTO watch_thing (key, kind, host, system, found) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key)"
        " DO UPDATE SET host = excluded.host, found = excluded.found, gone_at = NULL",
        [thing.key, thing.kind, thing.host, thing.system, thing.found],
    )


def renamed(tx: Tx, before: tuple[str, str], after: tuple[str, str]) -> None:
    """A thing, by key and host, and what was kept of its settings, go by others now; nothing may be kept there yet."""
    tx.db.execute("UPDATE watch_thing SET key = ?, host = ? WHERE key = ?", [*after, before[0]])
    tx.db.execute("PRAGMA defer_foreign_keys = ON")
    for table in ("drift_reading", "drift_baseline", "drift_part", "drift_word"):
        tx.db.execute(f"UPDATE {table} SET host = ? WHERE host = ?", [after[1], before[1]])  # noqa: S608  # our own names
    tx.audit("drift-renamed", person="hscbot", host=after[1], targets=[before[1], after[1]], before=before[1])


def remember(tx: Tx, key: str, *, memory: str | None, shown: Mapping[str, Any]) -> None:
    told = json.dumps(shown, ensure_ascii=False)
    tx.db.execute("UPDATE watch_thing SET memory = ?, shown = ? WHERE key = ?", [memory, told, key])


def gone(tx: Tx, key: str) -> None:
    tx.db.execute("UPDATE watch_thing SET gone_at = ? WHERE key = ? AND gone_at IS NULL", [tx.now().isoformat(), key])


def changed(tx: Tx, change: Change) -> None:
    row: dict[str, object] = {"key": change.key, "at": change.at.isoformat(), "kind": change.kind, "rule": change.rule}
    row |= {"severity": change.severity, "said": change.said}
    row |= {"states": json.dumps(change.states), "evidence": json.dumps(change.evidence)}
    tx.insert("watch_change", row)


def round_over(tx: Tx, told: Round) -> None:
    tx.db.execute(
        "INSERT OR REPLACE INTO watch_round VALUES (?, ?, ?, ?, ?)",
        [told.host, told.began_at.isoformat(), told.ended_at.isoformat(), told.things, told.every],
    )


def evidence(tx: Tx, key: str, told: Raw) -> None:
    """An answer that led to a change, kept as any command's is; the audit says that it was read on a standing order."""
    facts = {"argv": told.argv, "effect": "reads", "read_at": told.at.isoformat(), "thing": key}
    sending = tx.audit("watched", person="hscbot", host=told.host, **facts)  # type: ignore[arg-type]  # of several types
    outputs.announced(tx, sending, request=None, number=0, shown=False)
    if told.raw:
        outputs.keep(tx, sending, told.raw)
    lost = None if told.exit_status is not None else "its end was not heard"
    row = tx.audit(
        "answered",
        person="hscbot",
        host=told.host,
        command=0,
        sending=sending,
        exit_status=told.exit_status,
        lost=lost,
        bytes=len(told.raw),
        sha256=hashlib.sha256(told.raw).hexdigest(),
    )
    outputs.ended(tx, sending, row)


def forget(tx: Tx) -> None:
    """Let go of what is long past, and of more changes of one thing than anybody reads."""
    before = (tx.now() - KEPT).isoformat()
    tx.db.execute("DELETE FROM watch_change WHERE at < ?", [before])
    tx.db.execute("DELETE FROM watch_thing WHERE gone_at < ?", [before])
    many = "SELECT key FROM watch_change GROUP BY key HAVING count(*) > ?"
    for (key,) in tx.db.execute(many, [MOST_CHANGES]).fetchall():
        oldest = "SELECT id FROM watch_change WHERE key = ? ORDER BY id DESC LIMIT 1 OFFSET ?"
        (last,) = tx.db.execute(oldest, [key, MOST_CHANGES]).fetchone()
        tx.db.execute("DELETE FROM watch_change WHERE key = ? AND id <= ?", [key, last])


# ── reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

_THING = "SELECT key, kind, host, system, found, memory, shown, gone_at FROM watch_thing"
_SHOWN = "SELECT key, kind, host, system, found, NULL, shown, gone_at FROM watch_thing"


def things(db: Database, kind: str, *, system: str | None = None, with_memory: bool = False) -> list[Thing]:
    """By their keys; `memory` only where it is asked for."""
    query = f"{_THING if with_memory else _SHOWN} WHERE kind = ? AND (? IS NULL OR system = ?) ORDER BY key"
    return [_thing(row) for row in db.execute(query, [kind, system, system]).fetchall()]


def thing(db: Database, key: str) -> Thing | None:
    """With its memory."""
    row = db.execute(f"{_THING} WHERE key = ?", [key]).fetchone()
    return _thing(row) if row is not None else None


def rounds(db: Database) -> dict[str, Round]:
    rows = db.execute("SELECT host, began_at, ended_at, things, every FROM watch_round").fetchall()
    return {row[0]: _round(row) for row in rows}


def _round(row: Sequence[Any]) -> Round:
    host, began_at, ended_at, things, every = row
    return Round(host=host, began_at=_at(began_at), ended_at=_at(ended_at), things=things, every=every)


def changes(db: Database, keys: Sequence[str], *, since: datetime | None = None, limit: int) -> list[Change]:
    """The newest, oldest of them first."""
    marks = ", ".join("?" * len(keys))
    query = (
        f"SELECT key, at, kind, rule, severity, said, states, evidence FROM watch_change WHERE key IN ({marks})"  # noqa: S608
        " AND at >= ? ORDER BY id DESC LIMIT ?"
    )
    rows = db.execute(query, [*keys, since.isoformat() if since is not None else "", limit]).fetchall()
    return [_change(row) for row in reversed(rows)]


def states_before(db: Database, key: str, at: datetime) -> Change | None:
    """The last change of the thing before that time: how it stood then."""
    query = (
        "SELECT key, at, kind, rule, severity, said, states, evidence FROM watch_change WHERE key = ? AND at < ?"
        " ORDER BY id DESC LIMIT 1"
    )
    row = db.execute(query, [key, at.isoformat()]).fetchone()
    return _change(row) if row is not None else None


def _thing(row: Iterable[Any]) -> Thing:
    key, kind, host, system, found, memory, shown, gone_at = row
    return Thing(
        key=key, kind=kind, host=host, system=system, found=found, memory=memory,
        shown=json.loads(shown), gone_at=_at(gone_at) if gone_at else None,
    )  # fmt: skip


def _change(row: Iterable[Any]) -> Change:
    key, at, kind, rule, severity, said, states, evidence = row
    return Change(
        key=key,
        at=_at(at),
        kind=kind,
        rule=rule,
        severity=severity,
        said=said,
        states=tuple(json.loads(states)),
        evidence=tuple(json.loads(evidence)),
    )


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
