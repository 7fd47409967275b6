"""What the watch knows of pairs of SEAs: how each stood at its last look, and what it went through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.ledger import watches
from bot.ledger.watches import Change, Round, Thing
from bot.moments import moment
from bot.own import pasts
from bot.own.answer import Answer, Asker, age, bad, clock, good, listed
from handlers.operation import MOST_PICTURES
from handlers.pictures import HistoryPicture
from handlers.sea.finding import Found
from handlers.sea.watching import History, Status, chosen_by
from handlers.table import Row
from policies.alerts import Severity
from policies.problems import AskProblem
from policies.words import counted

KIND = "sea"
LATE = 3  # intervals after which a look is too old to go by
MARKS = {Severity.NOTE: "ok", Severity.WARNING: "warning", Severity.SERIOUS: "SERIOUS", Severity.CRITICAL: "CRITICAL"}


class NoSuchPair(AskProblem):
    code = "no-such-pair"
    sentence = "I watch no SEA{sea} of {vios} on {system}."
    why = "There are: {there}."
    remedy = "`/sea status` lists what is watched; `/sea check` reads what is there now."


def status(asker: Asker, asked: Status) -> Answer:
    things = watches.things(asker.db, KIND, system=asked.system)
    rounds = watches.rounds(asker.db)
    if not things:
        where = f" on {asked.system}" if asked.system is not None else ""
        return bad([f"I watch no pair of SEAs{where}: none was found yet, or nothing is watched."])
    order = sorted(things, key=lambda each: (each.gone_at is not None, -_severity(each), each.key))
    sick = sum(_severity(each) > Severity.NOTE for each in things if each.gone_at is None)
    there = sum(each.gone_at is None for each in things)
    head = f"{counted(there, 'pair')} of SEAs watched, {sick or 'none'} of them with something wrong"
    rows = [_standing(each, rounds.get(each.host), asker.now) for each in order]
    return listed(asked, rows, head, [*_ages(rounds, {each.host for each in things}, asker.now)])


def _ages(rounds: Mapping[str, Round], hosts: set[str], now: datetime) -> Iterator[str]:
    """How old all this is, at most: each pair was looked at since the last whole round began."""
    for host in sorted(hosts):
        told = rounds.get(host)
        if told is None:
            yield f"{host}: NO WHOLE ROUND YET"
        else:
            old = f"each looked at within the last {age(max(now - told.began_at, timedelta(seconds=1)))}"
            yield f"{host}: {old}{'; THAT IS TOO OLD TO GO BY' if _is_late(told, now) else ''}"


def _is_late(told: Round, now: datetime) -> bool:
    return now - told.began_at > timedelta(seconds=LATE * told.every + told.every)


def _standing(thing: Thing, told: Round | None, now: datetime) -> Row:
    found = Found.model_validate_json(thing.found)
    if thing.gone_at is not None:
        return ("gone", found.title, None, f"gone since {clock(thing.gone_at)}")
    states = " | ".join(thing.shown.get("states", ())) or "not looked at yet"
    stale = told is None or _is_late(told, now)
    mark = "unknown" if stale or not thing.shown else MARKS[_severity(thing)]
    wrong = "; ".join(f"{severity}: {said}" for severity, said in _symptoms(thing.shown))
    return (mark, found.title, states, wrong or None)


def _symptoms(shown: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    return [(str(severity), str(said)) for severity, said in shown.get("symptoms", ())]


def _severity(thing: Thing) -> Severity:
    return Severity(thing.shown.get("severity", 0))


# ── history ───────────────────────────────────────────────────────────────────────────────────────────────────────


def history(asker: Asker, asked: History) -> Answer:
    things = watches.things(asker.db, KIND, system=asked.system)
    found = [Found.model_validate_json(each.found) for each in things]
    chosen = chosen_by(found, asked.vios, asked.sea)
    if not chosen:
        there = ", ".join(each.title for each in found) or "none"
        sea = f" {asked.sea}" if asked.sea is not None else ""
        raise NoSuchPair(sea=sea, vios=asked.vios, system=asked.system, there=there)
    since = moment(asked.since, asker.now)
    lines: list[str] = []
    pictures: list[HistoryPicture] = []
    for each in chosen:
        before = watches.states_before(asker.db, each.pair.key, since)
        changes = watches.changes(asker.db, [each.pair.key], since=since, limit=asked.limit + 1)
        lines += [each.title, *_past(before, changes, since, asked.limit), ""]
        start = since if len(changes) <= asked.limit else changes[-asked.limit].at
        known = before if start == since else None
        pictures += pasts.picture(each, known, changes[-asked.limit :], start, _seen(asker, each))
    return good(lines[:-1], pictures=pictures[:MOST_PICTURES])


def _seen(asker: Asker, found: Found) -> datetime:
    """Until when its states are known: now, unless the last look is too old to go by."""
    told = watches.rounds(asker.db).get(found.hmc)
    return asker.now if told is not None and not _is_late(told, asker.now) else told.ended_at if told else asker.now


def _past(before: Change | None, changes: Sequence[Change], since: datetime, limit: int) -> Iterator[str]:
    """By hscbot's own clock: two hosts' logs can't be ordered by what they stamp."""
    if before is not None:
        yield f"  {clock(since)}  it stood as {' | '.join(before.states)}"
    if len(changes) > limit:
        yield "  … earlier ones are left out: limit= takes up to 1000"
    for each in changes[-limit:]:
        yield from _changed(each)
    if not changes:
        yield "  nothing has changed since then" if before is not None else "  nothing is known of it from then"


def _changed(change: Change) -> Iterator[str]:
    word = {"began": f"{change_word(change)}: ", "happened": f"{change_word(change)}: ", "ended": "over: "}
    yield f"  {clock(change.at)}  {word.get(change.kind, '')}{change.said}"
    yield from (f"      {line}" for line in change.evidence)


def change_word(change: Change) -> str:
    return Severity(change.severity).word
