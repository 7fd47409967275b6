"""What is said in Slack of an incident, in the same transaction as the step that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot import incident_cards, kit, pair_pictures
from bot.enclosures import pictured
from bot.incident_cards import Line
from bot.ledger import incidents, slack
from bot.ledger.slack import Letter
from bot.ledger.tx import Tx
from policies.alerting import Level
from policies.alerts import Severity
from policies.incidents import Did, Incident, Move, Moves, Silence

PICTURED = frozenset({Did.OPENED, Did.REOPENED, Did.NOTED, Did.CLOSED})
MOST_PICTURES = 3  # of one round: what is said next waits until they are drawn
SPOKEN = frozenset(Did) - {Did.HELD, Did.PASSED, Did.OPENED, Did.NOTED, Did.CALLED}


def step(
    tx: Tx,
    before: Incident | None,
    after: Incident,
    moves: Moves,
    *,
    silence: Silence | None,
    levels: Sequence[Level] = (),
) -> Incident:
    """Keep it, and say it. `silence`: of its key, as of now; `levels`: of the escalation, which moves count through."""
    kept = incidents.step(tx, before, after, moves)
    if kept.said and kept.channel:
        _card(tx, before, kept, moves, silence)
        _thread(tx, kept, moves)
    for move in moves:
        if move.did is Did.CALLED and move.level is not None and move.level < len(levels):
            _call(tx, kept, levels[move.level], tx.now())
    return kept


def _card(tx: Tx, before: Incident | None, kept: Incident, moves: Moves, silence: Silence | None) -> None:
    first = before is None or before.number != kept.number or not before.said
    if not first and not moves and before is not None and _looks(before) == _looks(kept):
        return
    letter = Letter(
        kind="post" if first else "update",
        channel=kept.channel,
        key=kept.message,
        thread=kept.thread or None,
        body=incident_cards.incident_card(kept, silence if silence and tx.now() < silence.until else None),
    )
    slack.say(tx, letter)


def _looks(incident: Incident) -> tuple[object, ...]:
    """What a card is edited for. Sentences that count up with every look are not among it."""
    return incident.state, incident.severity, incident.marks, incident.title, incident.affected, incident.members


def _thread(tx: Tx, kept: Incident, moves: Moves) -> None:
    if lines := list(_lines(tx, kept, moves)):
        body = incident_cards.thread_card(kept, lines)
        slack.say(tx, Letter(kind="post", channel=kept.channel, thread=kept.thread or kept.message, body=body))


def _lines(tx: Tx, kept: Incident, moves: Moves) -> Iterator[Line]:
    if any(move.did in (Did.OPENED, Did.REOPENED) for move in moves):
        yield from (_line(move, kept) for move in moves if move.did is Did.REOPENED)
        yield from _so_far(tx, kept)
        return
    yield from (_line(move, kept) for move in moves if move.loud and move.did in SPOKEN)
    for move in moves:
        if move.did is Did.CALLED:
            yield Line(did=move.did, said=move.said, severity=move.severity)


def _so_far(tx: Tx, kept: Incident) -> Iterator[Line]:
    """What was kept to ourselves until it was said: what took place, and what is wrong."""
    for event in incidents.events(tx.db, kept.number, since=kept.since):
        if event.did == Did.HAPPENED.value and not event.loud:
            yield Line(did=Did.HAPPENED, said=event.said, severity=event.severity, evidence=event.evidence)
    for each in kept.symptoms:
        yield Line(did=Did.CAME, said=each.said, severity=each.severity, evidence=each.evidence)


def _line(move: Move, kept: Incident) -> Line:
    if move.did is Did.CLOSED and move.who is None:
        return incident_cards.recovery_line(kept, move.said)
    who = kit.person(move.who) if move.who is not None else ""
    return Line(did=move.did, said=move.said, severity=move.severity, evidence=move.evidence, who=who)


def _call(tx: Tx, kept: Incident, level: Level, now: datetime) -> None:
    """A group is mentioned where the incident stands; a channel and a person are told where they are."""
    body = incident_cards.call_card(kept, level, now)
    elsewhere = level.channel or level.person
    if channel := elsewhere or kept.channel:
        thread = None if elsewhere else kept.thread or kept.message
        slack.say(tx, Letter(kind="post", channel=channel, thread=thread, body=body))


def pictures(tx: Tx, kept: Sequence[tuple[Incident, Moves]], *, zone: str) -> None:
    """How each pair is as its incident opens, as the worst comes, and as it is over; of many at once only the first.

    `zone`: in which their times are told.
    """
    drawn = 0
    for incident, moves in kept:
        said = [move.did for move in moves if move.loud and _is_pictured(move)]
        if not said or not (incident.said and incident.channel) or drawn >= MOST_PICTURES:
            continue
        if (values := pair_pictures.of(tx.db, incident.key)) is not None:
            drawn += 1
            name = f"hscbot-{incident_cards.name(incident)}-{said[0]}-{tx.now():%Y%m%d-%H%M%S}.png"
            thread = incident.thread or incident.message
            slack.say(tx, pictured(values.in_zone(zone), name=name, channel=incident.channel, thread=thread))


def _is_pictured(move: Move) -> bool:
    return move.did in PICTURED or (move.did is Did.CAME and move.severity is Severity.CRITICAL)
