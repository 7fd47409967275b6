"""The incidents' answers, and what people do with one: each in a transaction of its own, with what it says in Slack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot import incident_letters
from bot.incident_cards import NOTED, lasting
from bot.ledger import incidents
from bot.ledger.incidents import Event, Wanted
from bot.ledger.tx import Db, Tx
from bot.moments import moment
from bot.own.answer import Answer, Asker, clock, good, listed
from handlers.incidents import Ack, Change, Close, Listing, Show, Silence, Unsilence
from handlers.table import Row
from policies import incidents as life
from policies.incidents import Did, Incident, State
from policies.problems import AskProblem
from policies.words import Person

LONGEST = timedelta(days=90)
SHORTEST_REASON = 3  # characters


class NoSuchIncident(AskProblem):
    code = "no-such-incident"
    sentence = "There is no incident i{number}."
    why = "The last one is i{last}; what ended more than a year ago is let go of."
    remedy = "`/incidents list` lists what is wrong now, `/incidents list all=yes` what was, too."


class ReasonMissing(AskProblem):
    code = "incident-reason-needed"
    sentence = "{verb} needs a reason."
    why = "Whoever wonders why nobody was called reads it, tonight or in a year."
    remedy = 'Add reason="..." with a few words.'


class UntilUnfit(AskProblem):
    code = "until-unfit"
    sentence = "{given} is no time to be silent until."
    why = "It has to lie ahead, by at most 90 days: a silence that nobody remembers hides what is wrong."
    remedy = "Give a time such as 4h or 2d."


class NotSilenced(AskProblem):
    code = "not-silenced"
    sentence = "Incident i{number} isn't silenced."
    why = "Nobody silenced it, or its time is over."
    remedy = "`/incidents show {number}` tells who did what, and when."


# ── telling ───────────────────────────────────────────────────────────────────────────────────────────────────────


def listing(asker: Asker, asked: Listing) -> Answer:
    wanted = Wanted(
        state=State(asked.state) if asked.state is not None else None,
        active=not asked.all and asked.state is None,
        kind=asked.kind,
        place=asked.place,
        limit=asked.limit,
    )
    found = incidents.listed(asker.db, wanted)
    count = f"{len(found)} incident{'s' * (len(found) != 1)}, the {'worst' if wanted.active else 'newest'} first"
    none = "Nothing is known to be wrong." if wanted.active else "There are no such incidents."
    silences = incidents.silences(asker.db)
    more = [f"These are the first {asked.limit}; limit= takes more."] if len(found) == asked.limit else []
    return listed(asked, [_row(asker, each, silences) for each in found], count if found else none, more)


def _row(asker: Asker, incident: Incident, silences: life.Silences) -> Row:
    lasts = lasting((incident.ended or asker.now) - incident.since)
    silence = silences.get(incident.key)
    beside = [f"{incident.taken.by} has it"] if incident.taken is not None else []
    beside += [f"silenced until {clock(silence.until)}"] if silence is not None and asker.now < silence.until else []
    beside += [f"told by {incident.under}"] if incident.under else []
    what = "; ".join([incident.title, *beside])
    standing = (incident.severity.word, incident.state.value)
    return (f"i{incident.number}", *standing, clock(incident.since), lasts, what)


def show(asker: Asker, asked: Show) -> Answer:
    incident = _get(asker.db, asked.number)
    return good([*_head(asker, incident), *_now(incident), "", *_story(asker.db, incident)])


def _head(asker: Asker, incident: Incident) -> Iterator[str]:
    yield f"i{incident.number} {incident.state.value}, {incident.severity.word}: {incident.title}"
    yield f"At {', '.join(incident.places) or 'no place'}; watched by /{incident.kind}; its key is {incident.key}"
    ended = incident.ended
    if ended is not None:
        yield f"From {clock(incident.since)} to {clock(ended)}: {lasting(ended - incident.since)}"
    else:
        yield f"Since {clock(incident.since)}: {lasting(asker.now - incident.since)}"
    if incident.returns:
        yield f"It came back so often: {incident.returns}"
    if incident.under:
        yield f"Nothing is said of it while another one speaks for it: {incident.under}"
    if incident.taken is not None:
        yield f"Acknowledged by {incident.taken.by} at {clock(incident.taken.at)}: {incident.taken.why or 'no words'}"
    silence = incidents.silences(asker.db).get(incident.key)
    if silence is not None and asker.now < silence.until:
        yield f"Silenced until {clock(silence.until)} by {silence.by}: {silence.reason}"


def _now(incident: Incident) -> Iterator[str]:
    for symptom in incident.symptoms:
        about = f" ({symptom.about})" if symptom.about else ""
        yield f"{symptom.severity.word}: {symptom.said}{about}"
        yield f"  -> {symptom.then}"
        yield from (f"  /{each.command} {each.text}  {each.label}" for each in symptom.remedies)
    if incident.affected:
        yield "Affected:"
        yield from (f"  {line}" for line in incident.affected)
    if incident.members:
        yield f"It speaks for {len(incident.members)}:"
        yield from (f"  {key}" for key in incident.members)


def _story(db: Db, incident: Incident) -> Iterator[str]:
    yield "What happened:"
    for event in incidents.events(db, incident.number):
        yield f"  {clock(event.at)}  {_event(event)}"
        for each in event.evidence:
            yield from (f"      {line}" for line in each.splitlines())


def _event(event: Event) -> str:
    """One line of the timeline."""
    known = {did.value: what for did, what in NOTED.items()}
    what = known.get(event.did, event.did)  # of another version: as it is
    who = f"{event.who} " if event.who else ""
    return f"{who}{what}{f': {event.said}' if event.said else ''}"


# ── doing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def changed(tx: Tx, asked: Change, person: Person, reason: str) -> Answer:
    """Do it; a Problem where it can't be done."""
    before = _get(tx.db, asked.number)
    if isinstance(asked, Silence):
        return _silenced(tx, before, asked, person, reason)
    if isinstance(asked, Unsilence):
        return _unsilenced(tx, before, person, reason)
    if isinstance(asked, Close):
        needs_reason(reason, "Closing an incident by hand")
        return _step(tx, before, *life.close(before, person, tx.now(), reason))
    assert isinstance(asked, Ack), "there are no others"
    return _step(tx, before, *life.take(before, person, tx.now(), reason))


def _silenced(tx: Tx, before: Incident, asked: Silence, person: Person, reason: str) -> Answer:
    needs_reason(reason, "A silence")
    now = tx.now()
    until = ends(asked.until, now)
    silence = life.Silence(key=before.key, until=until, by=person, reason=reason, at=now)
    incidents.silence(tx, silence)
    return _step(tx, before, before, (life.silenced(before, silence),))


def _unsilenced(tx: Tx, before: Incident, person: Person, reason: str) -> Answer:
    if not incidents.unsilence(tx, before.key):
        raise NotSilenced(number=before.number)
    return _step(tx, before, *life.unsilenced(before, person, tx.now(), reason or "ended before its time"))


def ends(given: str, now: datetime) -> datetime:
    """When a silence that somebody asks for ends, or UntilUnfit."""
    until = moment(given, now, ahead=True)
    if not now < until <= now + LONGEST:
        raise UntilUnfit(given=given)
    return until


def _step(tx: Tx, before: Incident, after: Incident, moves: life.Moves) -> Answer:
    silence = incidents.silences(tx.db).get(before.key)
    kept = incident_letters.step(tx, before, after, moves, silence=silence)
    said = {Did.TAKEN: "is yours", Did.CLOSED: "is closed", Did.UNSILENCED: "is spoken of again"}
    told = said.get(moves[0].did) or f"is silenced until {clock(silence.until) if silence is not None else 'now'}"
    urgent = any(each.at_once for each in kept.symptoms) and moves[0].did is Did.SILENCED
    return good([f"i{kept.number} {told}", *(["What can't wait is told all the same."] if urgent else [])])


def needs_reason(reason: str, verb: str) -> None:
    """ReasonMissing where it is none."""
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonMissing(verb=verb)


def _get(db: Db, number: int) -> Incident:
    try:
        return incidents.get(db, number)
    except KeyError:
        raise NoSuchIncident(number=number, last=incidents.last(db)) from None
