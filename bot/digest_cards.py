"""What a day came to, in one message. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import kit
from bot.incident_cards import lasting, mark, name
from bot.kit import Block, Message
from policies.incidents import Incident, Silence

LINES = 10  # of each list


@dataclass(frozen=True, kw_only=True)
class Day:
    """What a digest is made of; of one channel, since the one before."""

    since: datetime
    opened: Sequence[Incident]
    closed: Sequence[Incident]
    passed: int  # over before anything was said
    still_open: Sequence[Incident]
    silences: Sequence[tuple[Incident | None, Silence]]


def digest_card(day: Day, now: datetime) -> Message:
    """One message a day: what opened, what closed, what is open longest, what is silenced."""
    head = (
        f"📰 Since {kit.moment(day.since)}: {len(day.opened)} opened, {len(day.closed)} closed"
        f", {len(day.still_open)} open now, {len(day.silences)} silenced; {day.passed} passed before anything was said."
    )
    blocks = [kit.section(head)]
    longest = sorted(day.still_open, key=lambda each: each.since)
    blocks += _listing("Open longest", [_open_line(each, now) for each in longest])
    blocks += _listing("Opened", [_line_of(each) for each in day.opened])
    blocks += _listing("Closed", [f"{_line_of(each)} ({_lasted(each)})" for each in day.closed])
    blocks += _listing("Silenced", [_silence_line(each, silence) for each, silence in day.silences])
    return {"text": head, "blocks": blocks}


def _listing(title: str, lines: Sequence[str]) -> list[Block]:
    if not lines:
        return []
    more = len(lines) - LINES
    told = [*lines[:LINES], *([f"…and {more} more: `/incidents list`"] if more > 0 else [])]
    return [kit.section(kit.cut(f"*{title}*\n" + "\n".join(told)))]


def _line_of(incident: Incident) -> str:
    return f"{mark(incident)} {name(incident)} {kit.cut(kit.escape(incident.title), 200)}"


def _open_line(incident: Incident, now: datetime) -> str:
    who = f", {kit.person(incident.taken.by)} has it" if incident.taken is not None else ", nobody has it"
    return f"{_line_of(incident)}: {lasting(now - incident.since)}{who}"


def _lasted(incident: Incident) -> str:
    return lasting(incident.ended - incident.since) if incident.ended is not None else "open again"


def _silence_line(incident: Incident | None, silence: Silence) -> str:
    what = _line_of(incident) if incident is not None else kit.escape(kit.short(silence.key))
    return f"{what}, until {kit.moment(silence.until)}: {kit.cut(kit.flat(silence.reason), 200)}"
