"""How hosts are set, and how they should be: readings kept once and dated, baselines with who and why, people's words.

A text is a packed reading. The same text of many hosts is kept once; a reading that didn't change adds nothing.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from bot.ledger.tx import Tx
from handlers.drift import group
from handlers.drift.comparing import Accepted, Ignored, Quiet
from handlers.drift.value import Value, unpacked
from policies.words import Person

KEPT = timedelta(days=400)  # of readings that were followed by another, and of words that are over
MOST_VERSIONS = 1_000  # of one host's baseline; the oldest go first


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """`parts`: the text of each question. `proposed`: nobody has said yet that it is right."""

    host: str
    version: int
    at: datetime
    by: str
    why: str
    proposed: bool
    parts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Word:
    """What somebody said of one setting of one host, or of a pattern of them."""

    host: str
    kind: str  # `accepted`, `ignored`
    name: str
    value: Value | None
    until: datetime
    at: datetime
    by: str
    why: str


# ── readings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def keep(tx: Tx, host: str, texts: Mapping[str, str]) -> dict[str, int]:
    """Packed readings by question, as of now: each one's text. A question that isn't named stays as it was."""
    before = readings(tx.db, host)
    found: dict[str, int] = {}
    for question, text in texts.items():
        found[question] = number = text_of(tx, text)
        if before.get(question) != number:
            row: dict[str, object] = {"host": host, "question": question, "since": tx.now().isoformat()}
            tx.insert("drift_reading", row | {"text": number})
    return found


def text_of(tx: Tx, text: str) -> int:
    """Its number; kept first, where it is new."""
    raw = text.encode()
    sha256 = hashlib.sha256(raw).digest()
    row = tx.db.execute("SELECT id FROM drift_text WHERE sha256 = ?", [sha256]).fetchone()
    return row[0] if row is not None else tx.insert("drift_text", {"sha256": sha256, "body": zlib.compress(raw, 6)})


def readings(db: Database, host: str, *, at: datetime | None = None) -> dict[str, int]:
    """The text of each question, as it was last read by then; without a time, whatever the clock says, last of all."""
    query = (
        "SELECT question, text, max(id) FROM drift_reading WHERE host = ? AND (? IS NULL OR since <= ?)"
        " GROUP BY question"
    )
    moment = at.isoformat() if at is not None else None
    return {question: text for question, text, _ in db.execute(query, [host, moment, moment]).fetchall()}


def dated(db: Database, host: str, *, limit: int) -> list[tuple[datetime, str, int]]:
    """When which question was read otherwise than before; the newest, oldest of them first."""
    query = "SELECT since, question, text FROM drift_reading WHERE host = ? ORDER BY id DESC LIMIT ?"
    return [
        (_at(since), question, text) for since, question, text in reversed(db.execute(query, [host, limit]).fetchall())
    ]


def dated_since(db: Database, host: str, since: datetime) -> list[tuple[datetime, str, int]]:
    """The same, all that came after that time."""
    query = "SELECT since, question, text FROM drift_reading WHERE host = ? AND since > ? ORDER BY id"
    found = db.execute(query, [host, since.isoformat()]).fetchall()
    return [(_at(at), question, text) for at, question, text in found]


def texts(db: Database, numbers: Iterable[int]) -> dict[int, dict[str, Value]]:
    """The readings of those numbers."""
    wanted = sorted(set(numbers))
    found: dict[int, dict[str, Value]] = {}
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        marks = ", ".join("?" * len(some))
        query = f"SELECT id, body FROM drift_text WHERE id IN ({marks})"  # noqa: S608  # question marks alone
        found |= {
            number: unpacked(zlib.decompress(body).decode()) for number, body in db.execute(query, some).fetchall()
        }
    return found


def whole(db: Database, parts: Mapping[str, int]) -> dict[str, dict[str, Value]]:
    """Readings by question."""
    there = texts(db, parts.values())
    return {question: there[number] for question, number in parts.items()}


def hosts(db: Database) -> list[str]:
    """Those that were read, without the groups of them."""
    query = "SELECT DISTINCT host FROM drift_baseline ORDER BY host"
    return [host for (host,) in db.execute(query).fetchall() if not host.startswith(group.PREFIX)]


def newest(db: Database, host: str) -> int:
    """Another number as soon as anything of it was read otherwise than before."""
    found = db.execute("SELECT coalesce(max(id), 0) FROM drift_reading WHERE host = ?", [host]).fetchone()
    return int(found[0])


# ── baselines ─────────────────────────────────────────────────────────────────────────────────────────────────────


def baseline(db: Database, host: str, version: int | None = None) -> Baseline | None:
    """The one that holds, or the one of that version."""
    query = (
        "SELECT version, at, by, why, proposed FROM drift_baseline WHERE host = ? AND (? IS NULL OR version = ?)"
        " ORDER BY version DESC LIMIT 1"
    )
    row = db.execute(query, [host, version, version]).fetchone()
    return None if row is None else _baseline(db, host, row)


def baselines(db: Database, host: str, *, limit: int) -> list[Baseline]:
    """The newest, oldest of them first."""
    query = "SELECT version, at, by, why, proposed FROM drift_baseline WHERE host = ? ORDER BY version DESC LIMIT ?"
    return [_baseline(db, host, row) for row in reversed(db.execute(query, [host, limit]).fetchall())]


def baselines_since(db: Database, host: str, since: datetime) -> list[Baseline]:
    """Each that held at that time or later, oldest first."""
    query = (
        "SELECT version, at, by, why, proposed FROM drift_baseline WHERE host = :host AND version >= coalesce("
        "(SELECT max(version) FROM drift_baseline WHERE host = :host AND at <= :since), 0) ORDER BY version"
    )
    found = db.execute(query, {"host": host, "since": since.isoformat()}).fetchall()
    return [_baseline(db, host, row) for row in found]


def first_sight(tx: Tx, host: str, parts: Mapping[str, int]) -> None:
    """What is seen for the first time is proposed: what the baseline has no part of yet joins it, and nothing in it is
    ever overwritten by what is read."""
    before = baseline(tx.db, host)
    known = before.parts if before is not None else {}
    if fresh := {question: text for question, text in parts.items() if question not in known}:
        why = f"first sight of {_named(fresh)}"
        proposed = before is None or before.proposed
        _write(tx, host, before, {**known, **fresh}, by="hscbot", why=why, proposed=proposed)


def propose(tx: Tx, host: str, parts: Mapping[str, int], *, why: str) -> None:
    """What we think of how it should be, until somebody says so."""
    _write(tx, host, baseline(tx.db, host), parts, by="hscbot", why=why, proposed=True)


def set_baseline(tx: Tx, host: str, parts: Mapping[str, int], *, by: Person, why: str) -> int:
    """Somebody says how it should be; the version."""
    return _write(tx, host, baseline(tx.db, host), parts, by=str(by), why=why, proposed=False)


def _write(
    tx: Tx, host: str, before: Baseline | None, parts: Mapping[str, int], *, by: str, why: str, proposed: bool
) -> int:
    version = before.version + 1 if before is not None else 1
    row: dict[str, object] = {"host": host, "version": version, "at": tx.now().isoformat(), "by": by, "why": why}
    tx.insert("drift_baseline", row | {"proposed": int(proposed)})
    for question, text in parts.items():
        tx.insert("drift_part", {"host": host, "version": version, "question": question, "text": text})
    facts: dict[str, Any] = {"version": version, "why": why, "proposed": proposed, "sha256": sealed(tx.db, parts)}
    tx.audit("drift-baseline", person=by, host=host, targets=[host], **facts)
    return version


def sealed(db: Database, parts: Mapping[str, int]) -> str:
    """A digest over all of it, so that the audit tells whether it is still what was taken."""
    seal = hashlib.sha256()
    for question in sorted(parts):
        (sha256,) = db.execute("SELECT sha256 FROM drift_text WHERE id = ?", [parts[question]]).fetchone()
        seal.update(f"{question}\0{sha256.hex()}\n".encode())
    return seal.hexdigest()


def _named(questions: Iterable[str]) -> str:
    names = sorted(questions)
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    return f"{', '.join(names[:4])}{more}"


# ── people's words ────────────────────────────────────────────────────────────────────────────────────────────────


def say(tx: Tx, word: Word) -> None:
    value = None if word.value is None else json.dumps(list(word.value), ensure_ascii=False)
    row: dict[str, object] = {"host": word.host, "kind": word.kind, "name": word.name, "value": value}
    row |= {"until": word.until.isoformat(), "at": tx.now().isoformat(), "by": word.by, "why": word.why}
    tx.insert("drift_word", row)
    facts: dict[str, Any] = {"name": word.name, "until": word.until.isoformat(), "why": word.why}
    tx.audit(f"drift-{word.kind}", person=word.by, host=word.host, targets=[word.host], **facts)


def words(db: Database, host: str, now: datetime) -> list[Word]:
    """Those that hold then or later; of a time that is past, also what is over by now."""
    query = (
        "SELECT host, kind, name, value, until, at, by, why FROM drift_word WHERE host = ? AND until > ? ORDER BY id"
    )
    return [_word(row) for row in db.execute(query, [host, now.isoformat()]).fetchall()]


def quiet(db: Database, host: str, now: datetime) -> Quiet:
    return quieted(words(db, host, now))


def quieted(said: Iterable[Word]) -> Quiet:
    """What those words keep from being told."""
    said = tuple(said)
    return Quiet(
        ignored=tuple(Ignored(name=each.name, until=each.until) for each in said if each.kind == "ignored"),
        accepted=tuple(
            Accepted(name=each.name, value=each.value, until=each.until) for each in said if each.kind == "accepted"
        ),
    )


def mark(db: Database, host: str, now: datetime) -> str:
    """Another one as soon as people set the baseline, say a word, or a word is over."""
    query = (
        "SELECT (SELECT coalesce(max(version), 0) FROM drift_baseline WHERE host = ?),"
        " (SELECT group_concat(id) FROM (SELECT id FROM drift_word WHERE host = ? AND until > ? ORDER BY id))"
    )
    version, said = db.execute(query, [host, host, now.isoformat()]).fetchone()
    return f"{version}:{said or ''}"


def pulse(db: Database, now: datetime) -> str:
    """Another one as soon as anything of any host was read otherwise, or people said anything, or a word is over."""
    query = (
        "SELECT (SELECT max(id) FROM drift_reading), (SELECT count(*) FROM drift_baseline),"
        " (SELECT max(id) FROM drift_word), (SELECT count(*) FROM drift_word WHERE until > ?)"
    )
    return ":".join(str(each) for each in db.execute(query, [now.isoformat()]).fetchone())


def forget(tx: Tx) -> None:
    """Let go of what is long past: never of the baseline that holds, nor of how a host was last read."""
    before = (tx.now() - KEPT).isoformat()
    tx.db.execute(
        "DELETE FROM drift_reading WHERE EXISTS (SELECT 1 FROM drift_reading AS later WHERE later.host ="
        " drift_reading.host AND later.question = drift_reading.question AND later.id > drift_reading.id"
        " AND later.since < ?)",
        [before],
    )
    old = "SELECT max(version) - ? FROM drift_baseline AS newest WHERE newest.host = {}.host"
    for table in ("drift_part", "drift_baseline"):
        query = f"DELETE FROM {table} WHERE version <= ({old.format(table)})"  # noqa: S608  # our own names
        tx.db.execute(query, [MOST_VERSIONS])
    tx.db.execute("DELETE FROM drift_word WHERE until < ?", [before])
    tx.db.execute(
        "DELETE FROM drift_text WHERE id NOT IN (SELECT text FROM drift_reading UNION SELECT text FROM drift_part)"
    )


def _baseline(db: Database, host: str, row: Sequence[Any]) -> Baseline:
    version, at, by, why, proposed = row
    query = "SELECT question, text FROM drift_part WHERE host = ? AND version = ?"
    parts = dict(db.execute(query, [host, version]).fetchall())
    return Baseline(host=host, version=version, at=_at(at), by=by, why=why, proposed=bool(proposed), parts=parts)


def _word(row: Sequence[Any]) -> Word:
    host, kind, name, value, until, at, by, why = row
    told = None if value is None else Value(*json.loads(value))
    return Word(host=host, kind=kind, name=name, value=told, until=_at(until), at=_at(at), by=by, why=why)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
