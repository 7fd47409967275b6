"""What is open and needs a person: one list, whoever finds it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ledger import lists, reviews
from bot.ledger.tx import Db

UNKNOWN_FOR = timedelta(days=7)  # an unknown outcome is listed; its request stays unknown for ever


@dataclass(frozen=True, kw_only=True)
class Incident:
    """`said` and `then` are plain text: what is wrong, and what to do. `request`: which one it is about, if any."""

    mark: str
    said: str
    since: datetime
    then: str
    request: int | None = None
    review: bool = False  # of broken glass


def still_open(db: Db, now: datetime, reading: Collection[str]) -> list[Incident]:
    """Hosts first, then reviews, then outcomes. `reading`: the operations that only read."""
    return [*_stopped(db), *_reviews(db), *_unknown(db, now, reading)]


def _stopped(db: Db) -> list[Incident]:
    then = "Mend the credential, then run hscbot check with the host's name: it tries once and lifts the stop."
    return [
        Incident(mark="🔐", said=f"I don't log in to {host}: {reason}", since=since, then=then)
        for host, since, reason in lists.login_stops(db)
    ]


def _reviews(db: Db) -> list[Incident]:
    then = "Somebody else than who broke it looks at it and closes the review with a note."
    return [
        Incident(
            mark="🔨",
            said=f"#{each.request}: the glass was broken, and its review is open",
            since=each.opened_at,
            then=then,
            request=each.request,
            review=True,
        )
        for each in reviews.still_open(db)
    ]


def _unknown(db: Db, now: datetime, reading: Collection[str]) -> list[Incident]:
    then = "Look at the machine before anybody asks for it again; its message tells what I found."
    return [
        Incident(
            mark="❓",
            said=f"#{each.id}: {each.report.headline if each.report is not None else 'outcome unknown'}",
            since=each.asked_at,
            then=then,
            request=each.id,
        )
        for each in lists.unknown_since(db, reading, now - UNKNOWN_FOR)
    ]
