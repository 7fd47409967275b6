"""The life of an incident: its states, every move between them, and what people make of it. Pure.

One incident per key. What is wrong is held back until it has lasted for a while; what comes back soon is the same
incident again. Quiet moves are kept and shown when somebody looks; loud ones are said.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime

from policies.alerts import Severity, Symptom
from policies.problems import Problem
from policies.words import Frozen, Person


class State(StrEnum):
    HELD = "held"  # something is wrong, and nothing is said of it yet
    OPEN = "open"  # said, and nobody's yet
    TAKEN = "taken"  # somebody acknowledged it
    CLOSED = "closed"
    PASSED = "passed"  # over before anything was said: history alone


# The whole life: from where, to where, and what it takes. The ledger makes no move that doesn't stand here.
LIFE: Mapping[State, Mapping[State, str]] = {
    State.HELD: {
        State.OPEN: "it lasted for the settling time, came back again and again, or can't wait; and none speaks for it",
        State.PASSED: "what was wrong is gone before anything was said",
        State.CLOSED: "the same, where it has a message already; or somebody closes it",
    },
    State.OPEN: {
        State.TAKEN: "somebody acknowledges it",
        State.CLOSED: "what was wrong is gone, or somebody closes it",
    },
    State.TAKEN: {
        State.OPEN: "it is worse than what was acknowledged",
        State.CLOSED: "what was wrong is gone, or somebody closes it",
    },
    State.CLOSED: {State.HELD: "it comes back within the reopening time"},
    State.PASSED: {State.HELD: "it comes back within the reopening time"},
}
BEGINS = frozenset({State.HELD, State.CLOSED, State.PASSED})  # the last two: it is over when it is first seen
ACTIVE = frozenset({State.HELD, State.OPEN, State.TAKEN})
MOST_HAPPENED = 3  # that an incident carries with it; its timeline has them all
RETURNS = 3  # so often it may come back and go before it settles; then it doesn't settle


class IncidentProblem(Problem):
    """What somebody wants to do with an incident doesn't fit how it stands."""


class IncidentOver(IncidentProblem):
    code = "incident-over"
    sentence = "Incident i{number} is {state}."
    why = "What is over, or was never said, needs nobody."
    remedy = "`/incidents show {number}` tells its whole story."


class TakenAlready(IncidentProblem):
    code = "taken-already"
    sentence = "Incident i{number} is acknowledged already, by {who}."
    why = "One person has it; that is what an acknowledgement says."
    remedy = "Talk to them, or write into its thread."


class Did(StrEnum):
    HELD = "held"
    PASSED = "passed"
    OPENED = "opened"
    REOPENED = "reopened"
    NOTED = "noted"  # opened and closed at once
    CAME = "came"
    WENT = "went"
    HAPPENED = "happened"
    WORSENED = "worsened"
    CLOSED = "closed"
    TAKEN = "taken"
    SILENCED = "silenced"
    UNSILENCED = "unsilenced"
    CALLED = "called"  # the next level of escalation


class Move(Frozen):
    """One line of its timeline. `loud`: it is said in the thread as well."""

    did: Did
    said: str
    severity: Severity = Severity.NOTE
    evidence: tuple[str, ...] = ()
    loud: bool = True
    level: int | None = None  # of the escalation
    who: Person | None = None


class Silence(Frozen):
    """Nothing is said of a key until then, but for what can't wait."""

    key: str
    until: AwareDatetime
    by: Person
    reason: str
    at: AwareDatetime


class Taken(Frozen):
    """Who acknowledged it, and how bad it was then."""

    by: Person
    at: AwareDatetime
    why: str = ""
    severity: Severity


class Happened(Frozen):
    """What took place, and when that was seen."""

    at: AwareDatetime
    said: str
    severity: Severity


class Incident(Frozen):
    """`number` 0: it isn't kept yet."""

    number: int = 0
    key: str
    kind: str
    title: str
    places: tuple[str, ...]
    subject: str = ""
    state: State
    symptoms: tuple[Symptom, ...] = ()  # of now
    happened: tuple[Happened, ...] = ()  # since it began, or came back: the newest, oldest first
    affected: tuple[str, ...] = ()
    members: tuple[str, ...] = ()  # keys of what is folded into it
    worst: Severity  # since it began, or came back
    since: AwareDatetime  # when it began, or came back
    ended: AwareDatetime | None = None
    seen: AwareDatetime  # at the newest look that changed anything
    said: bool = False  # it has a message
    channel: str = ""  # in which it stands, or would
    thread: str = ""  # the key of the message in whose thread it stands; empty: in the channel itself
    under: str = ""  # the key of the incident that speaks for it
    taken: Taken | None = None
    call_from: AwareDatetime  # since when nobody takes it
    called: tuple[int, ...] = ()  # the levels of the escalation that were called since
    returns: int = 0

    @property
    def severity(self) -> Severity:
        """Of what is wrong now; of what is over, the worst that it was."""
        return max((each.severity for each in self.symptoms), default=self.worst)

    @property
    def marks(self) -> frozenset[tuple[str, str]]:
        return frozenset(each.mark for each in self.symptoms)

    @property
    def message(self) -> str:
        """The key of its message."""
        return f"incident:{self.number}"

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE

    @property
    def is_loud(self) -> bool:
        """Whether what becomes of it is said, if nothing silences it: it was said that it is open."""
        return self.state in (State.OPEN, State.TAKEN)


Moves = tuple[Move, ...]
Silences = Mapping[str, Silence]


def silenced_whole(silences: Silences, speaking: Mapping[str, Collection[str]], now: datetime) -> Silences:
    """With a silence for each that speaks only for what is silenced, until the first of those is over.

    `speaking`: of each that speaks for others, their keys.
    """
    more: dict[str, Silence] = {}
    for key, members in speaking.items():
        held = [silences[each] for each in members if each in silences and now < silences[each].until]
        if key not in silences and held and len(held) == len(members):
            more[key] = min(held, key=lambda each: each.until).model_copy(update={"key": key})
    return {**silences, **more}


def leads(before: State | None, after: State) -> bool:
    """Whether one step can take it there; what was held back may be said in the same step."""
    firsts = BEGINS if before is None else {before, *LIFE[before]}
    return after in firsts or (State.HELD in firsts and after in LIFE[State.HELD])


# ── people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def take(incident: Incident, who: Person, now: datetime, why: str = "") -> tuple[Incident, Moves]:
    """Somebody acknowledges it."""
    if incident.state is State.TAKEN and incident.taken is not None:
        raise TakenAlready(number=incident.number, who=incident.taken.by)
    if incident.state is not State.OPEN:
        raise IncidentOver(number=incident.number, state=incident.state.value)
    taken = Taken(by=who, at=now, why=why, severity=incident.severity)
    move = Move(did=Did.TAKEN, said=why, severity=incident.severity, who=who)
    return incident.model_copy(update={"state": State.TAKEN, "taken": taken}), (move,)


def close(incident: Incident, who: Person, now: datetime, why: str) -> tuple[Incident, Moves]:
    """Somebody says that it is over; what is still seen wrong opens it again."""
    if not incident.is_active:
        raise IncidentOver(number=incident.number, state=incident.state.value)
    ended = {"state": State.CLOSED, "symptoms": (), "affected": (), "members": (), "ended": now, "under": ""}
    move = Move(did=Did.CLOSED, said=why, who=who, loud=incident.is_loud)
    return incident.model_copy(update=ended), (move,)


def silenced(incident: Incident, silence: Silence) -> Move:
    return Move(
        did=Did.SILENCED,
        said=f"until {silence.until:%Y-%m-%d %H:%M} UTC: {silence.reason}",
        who=silence.by,
        loud=incident.is_loud,
    )


def unsilenced(incident: Incident, who: Person | None, now: datetime, why: str) -> tuple[Incident, Moves]:
    """It may be spoken of again; whoever is to take it has its time from now on, unless it was told all the while."""
    move = Move(did=Did.UNSILENCED, said=why, who=who, loud=incident.is_loud)
    if any(each.at_once for each in incident.symptoms):
        return incident, (move,)
    return incident.model_copy(update={"call_from": max(incident.call_from, now)}), (move,)
