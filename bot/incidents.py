"""What is open and needs a person: one list, whoever finds it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import incident_cards
from bot.ledger import incidents, lists, reviews
from bot.ledger.tx import Db
from policies import incidents as life

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
    number: int | None = None  # of the incident, where it is one that has a life of its own
    takeable: bool = False  # nobody acknowledged it yet


def still_open(db: Db, now: datetime, reading: Collection[str]) -> list[Incident]:
    """What is wrong with machines first, the worst first; then hosts, reviews and outcomes.

    `reading`: the operations that only read.
    """
    return [*_incidents(db, now), *_stopped(db), *_reviews(db), *_unknown(db, now, reading)]


def _incidents(db: Db, now: datetime) -> list[Incident]:
    silences = incidents.silences(db)
    return [_one(each, silences.get(each.key), now) for each in incidents.still_open(db)]


def _one(found: life.Incident, silence: life.Silence | None, now: datetime) -> Incident:
    who = f" {found.taken.by} has it." if found.taken is not None else " Nobody has it yet."
    hush = f" Silenced until {silence.until:%Y-%m-%d %H:%M} UTC." if silence is not None and now < silence.until else ""
    return Incident(
        mark=incident_cards.mark(found),
        said=f"{incident_cards.name(found)}: {incident_cards.in_words(found)}",
        since=found.since,
        then=f"`/incidents show {found.number}` tells what to do.{who}{hush}",
        number=found.number,
        takeable=found.state is life.State.OPEN,
    )


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
