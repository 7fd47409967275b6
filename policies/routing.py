"""What a sighting, and time alone, make of an incident. Pure."""

from __future__ import annotations

from datetime import datetime

from policies.alerting import Alerting
from policies.alerts import Happening, Sighting, Symptom
from policies.incidents import MOST_HAPPENED, RETURNS, Did, Happened, Incident, Move, Moves, Silences, State


def route(
    incident: Incident | None,
    sighting: Sighting,
    settings: Alerting,
    now: datetime,
    silences: Silences,
    *,
    under: str = "",
) -> tuple[Incident | None, Moves]:
    """What a look at a thing makes of its newest incident, if it has one. `under`: what speaks for it meanwhile."""
    quiet = is_quiet(sighting.key, sighting.symptoms, silences, now, under)
    # What took place is over: there is nothing in it that could settle.
    told = any(each.severity >= settings.notes_from for each in sighting.happenings)
    recent = incident is not None and incident.ended is not None and now - incident.ended <= settings.reopens_within
    if incident is not None and incident.seen == sighting.at:
        return incident, ()  # the same look, told again
    if incident is None or not (incident.is_active or recent):
        after, moves = _begun(sighting, now, told=told and not quiet)
    elif incident.is_active:
        # What broke through a silence is told to its end.
        both = (*sighting.symptoms, *incident.symptoms)
        hushed = is_quiet(sighting.key, both, silences, now, under)
        after, moves = _goes_on(incident, sighting, now, quiet=hushed, told=told and not hushed)
    else:
        after, moves = _back(incident, sighting, now, quiet=quiet, told=told and not quiet)
    if after is None:
        return None, moves
    if sighting.happenings:
        after = _with(after, sighting.happenings, now)
    if after.is_active and after.under != under:
        after = after.model_copy(update={"under": under})
    after, more = _ripe(after, settings, now, quiet, told=told)
    return after, (*moves, *more)


def is_quiet(key: str, symptoms: tuple[Symptom, ...], silences: Silences, now: datetime, under: str) -> bool:
    """Whether nothing is said of it now: another one speaks for it, or it is silenced and can wait."""
    if under:
        return True
    silence = silences.get(key)
    return silence is not None and now < silence.until and not any(each.at_once for each in symptoms)


def tick(
    incident: Incident, settings: Alerting, now: datetime, silences: Silences, *, under_is_over: bool
) -> tuple[Incident, Moves]:
    """What time alone makes of it: held back for long enough, taken by nobody for too long."""
    after = incident
    if incident.under and under_is_over:
        after = incident.model_copy(update={"under": ""})
    quiet = is_quiet(after.key, after.symptoms, silences, now, after.under)
    after, moves = _ripe(after, settings, now, quiet)
    if after.state is State.OPEN and not quiet:
        after, called = _called(after, settings, now)
        moves = (*moves, *called)
    return after, moves


# ── a sighting ────────────────────────────────────────────────────────────────────────────────────────────────────


def _begun(sighting: Sighting, now: datetime, *, told: bool) -> tuple[Incident | None, Moves]:
    if not sighting.symptoms and not sighting.happenings:
        return None, ()
    incident = Incident(
        key=sighting.key,
        kind=sighting.kind,
        title=sighting.title,
        places=sighting.places,
        subject=sighting.subject,
        state=State.HELD,
        symptoms=sighting.symptoms,
        affected=sighting.affected,
        members=sighting.members,
        worst=sighting.severity,
        since=now,
        seen=sighting.at,
        call_from=now,
    )
    lines = (*_came(sighting.symptoms, loud=False), *_happened(sighting.happenings, loud=False))
    if sighting.symptoms:
        return incident, (Move(did=Did.HELD, said="seen for the first time", loud=False), *lines)
    if told:
        return _noted(incident.model_copy(update={"ended": now}), lines)
    return incident.model_copy(update={"state": State.PASSED, "ended": now}), lines


def _noted(incident: Incident, lines: Moves) -> tuple[Incident, Moves]:
    """Opened and closed in one: it is over by now, and is said all the same."""
    noted = Move(did=Did.NOTED, said="it is over already", severity=incident.worst)
    loud = tuple(each.model_copy(update={"loud": True}) for each in lines)
    return incident.model_copy(update={"state": State.CLOSED, "said": True}), (noted, *loud)


def _goes_on(
    incident: Incident, sighting: Sighting, now: datetime, *, quiet: bool, told: bool
) -> tuple[Incident, Moves]:
    loud = not quiet and incident.is_loud
    before, here = incident.marks, frozenset(each.mark for each in sighting.symptoms)
    came = tuple(each for each in sighting.symptoms if each.mark not in before)
    went = tuple(each for each in incident.symptoms if each.mark not in here and not sighting.over)
    moves = (
        *_came(came, loud=loud),
        *_happened(sighting.happenings, loud=loud or (told and incident.said and not sighting.symptoms)),
        *(Move(did=Did.WENT, said=each.said, severity=each.severity, loud=loud) for each in went),
    )
    if not sighting.symptoms:
        return _over(incident, sighting, now, loud, moves, told=told)
    worst = max(incident.worst, sighting.severity)
    fresh = {
        "title": sighting.title,
        "places": sighting.places,
        "subject": sighting.subject,
        "symptoms": sighting.symptoms,
        "affected": sighting.affected,
        "members": sighting.members,
        "worst": worst,
    }
    after = incident.model_copy(update=fresh)
    if after == incident and not moves:
        return incident, ()
    after = after.model_copy(update={"seen": sighting.at})
    if after.taken is not None and after.severity > after.taken.severity:
        return _worse(after, now, loud, moves)
    return after, moves


def _worse(incident: Incident, now: datetime, loud: bool, moves: Moves) -> tuple[Incident, Moves]:
    """Whoever took it took something less: it is anybody's again."""
    assert incident.taken is not None, "asked of what somebody took"
    said = f"it is {incident.severity.word} now, and was {incident.taken.severity.word} when it was acknowledged"
    fresh = {"state": State.OPEN, "taken": None, "call_from": now, "called": ()}
    worsened = Move(did=Did.WORSENED, said=said, severity=incident.severity, loud=loud)
    return incident.model_copy(update=fresh), (*moves, worsened)


def _over(
    incident: Incident, sighting: Sighting, now: datetime, loud: bool, moves: Moves, *, told: bool
) -> tuple[Incident, Moves]:
    ended = {"symptoms": (), "affected": (), "members": (), "ended": now, "seen": sighting.at, "under": ""}
    if incident.state is State.HELD and told and not incident.said:
        worst = max(incident.worst, sighting.severity)
        return _noted(incident.model_copy(update=ended | {"worst": worst}), moves)
    if incident.state is State.HELD:
        state = State.CLOSED if incident.said else State.PASSED
        passed = Move(did=Did.PASSED, said=sighting.over or "it is gone before anything was said", loud=False)
        return incident.model_copy(update={"state": state, **ended}), (*moves, passed)
    closed = Move(did=Did.CLOSED, said=sighting.over or "it is as it should be again", loud=loud)
    return incident.model_copy(update={"state": State.CLOSED, **ended}), (*moves, closed)


def _back(
    incident: Incident, sighting: Sighting, now: datetime, *, quiet: bool, told: bool
) -> tuple[Incident | None, Moves]:
    """Of what is over not long ago."""
    if not sighting.symptoms and not sighting.happenings:
        return incident, ()
    if not sighting.symptoms and not incident.said:
        return _begun(sighting, now, told=told)
    loud = not quiet and incident.said and not sighting.symptoms
    lines = (*_came(sighting.symptoms, loud=False), *_happened(sighting.happenings, loud=loud))
    seen = {"seen": sighting.at, "title": sighting.title, "worst": max(incident.worst, sighting.severity)}
    if not sighting.symptoms:
        return incident.model_copy(update=seen), lines
    fresh = seen | {
        "places": sighting.places,
        "subject": sighting.subject,
        "symptoms": sighting.symptoms,
        "happened": (),
        "affected": sighting.affected,
        "members": sighting.members,
        "worst": sighting.severity,
        "since": now,
        "ended": None,
        "taken": None,
        "call_from": now,
        "called": (),
        "returns": incident.returns + 1,
    }
    held = Move(did=Did.HELD, said="it is back", loud=False)
    return incident.model_copy(update=fresh | {"state": State.HELD}), (held, *lines)


def _ripe(
    incident: Incident, settings: Alerting, now: datetime, quiet: bool, *, told: bool = False
) -> tuple[Incident, Moves]:
    """Said, where it has been held back for long enough. `told`: something took place at this look that is to be."""
    if incident.state is not State.HELD or quiet:
        return incident, ()
    urgent = told or any(each.at_once for each in incident.symptoms)
    if not urgent and now - incident.since < settings.settle and incident.returns < RETURNS:
        return incident, ()
    did = Did.REOPENED if incident.said else Did.OPENED
    opened = Move(did=did, said=incident.title, severity=incident.severity)
    fresh = {"state": State.OPEN, "said": True, "call_from": now, "called": ()}
    return incident.model_copy(update=fresh), (opened,)


def _called(incident: Incident, settings: Alerting, now: datetime) -> tuple[Incident, Moves]:
    due = [
        number
        for number, level in enumerate(settings.escalation)
        if number not in incident.called
        and incident.severity >= level.severity
        and now - incident.call_from >= level.after
    ]
    if not due:
        return incident, ()
    said = "nobody took it"
    moves = tuple(Move(did=Did.CALLED, said=said, severity=incident.severity, level=number) for number in due)
    return incident.model_copy(update={"called": (*incident.called, *due)}), moves


def _with(incident: Incident, happenings: tuple[Happening, ...], now: datetime) -> Incident:
    more = (Happened(at=now, said=each.said, severity=each.severity) for each in happenings)
    return incident.model_copy(update={"happened": (*incident.happened, *more)[-MOST_HAPPENED:]})


def _came(symptoms: tuple[Symptom, ...], *, loud: bool) -> Moves:
    return tuple(
        Move(did=Did.CAME, said=each.said, severity=each.severity, evidence=each.evidence, loud=loud)
        for each in symptoms
    )


def _happened(happenings: tuple[Happening, ...], *, loud: bool) -> Moves:
    return tuple(
        Move(did=Did.HAPPENED, said=each.said, severity=each.severity, evidence=each.evidence, loud=loud)
        for each in happenings
    )
