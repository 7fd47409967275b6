"""Reviews of broken glass: opened with the request, closed by somebody else, and open until then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from bot.ledger.tx import Tx
from policies.words import Person


@dataclass(frozen=True, kw_only=True)
class Review:
    request: int
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    note: str | None

    @property
    def closer(self) -> Person | None:
        workspace, _, member = (self.closed_by or "").partition(":")
        return Person(workspace=workspace, member=member) if member else None


def opened(tx: Tx, request: int, *, by: Person, reason: str, skipped: list[str]) -> None:
    tx.insert("review", {"request": request, "opened_at": tx.now().isoformat()})
    tx.audit("glass-broken", person=str(by), request=request, reason=reason, skipped=skipped)


def closed(tx: Tx, request: int, *, by: Person, note: str) -> bool:
    """False: it was closed before, or there is none."""
    changed = tx.db.execute(
        "UPDATE review SET closed_at = ?, closed_by = ?, note = ? WHERE request = ? AND closed_at IS NULL",
        [tx.now().isoformat(), str(by), note, request],
    )
    if changed.rowcount == 1:
        tx.audit("review-closed", person=str(by), request=request, note=note)
    return bool(changed.rowcount == 1)


def get(db: Database, request: int) -> Review | None:
    rows = _select(db, "request = ?", [request])
    return rows[0] if rows else None


def still_open(db: Database) -> list[Review]:
    """The oldest first."""
    return _select(db, "closed_at IS NULL", [])


def _select(db: Database, where: str, values: list[object]) -> list[Review]:
    query = f"SELECT request, opened_at, closed_at, closed_by, note FROM review WHERE {where} ORDER BY request"  # noqa: S608
    return [
        Review(
            request=row[0],
            opened_at=datetime.fromisoformat(row[1]),
            closed_at=datetime.fromisoformat(row[2]) if row[2] else None,
            closed_by=row[3],
            note=row[4],
        )
        for row in db.execute(query, values).fetchall()
    ]
