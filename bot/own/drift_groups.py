"""Things that should be alike: how each group of them stands, and two hosts side by side."""

from __future__ import annotations

from collections.abc import Iterator

from bot.ledger import drift, watches
from bot.ledger.tx import Db
from bot.own.answer import Answer, Asker, clock, good
from bot.own.drift_stand import GROUP, GroupStand, NotComparedYet, Stand
from handlers.drift import alike, machine
from handlers.drift.alike import Group
from handlers.drift.comparing import Difference
from handlers.drift.operations import Compare
from handlers.drift.sources import SOURCES
from policies.alerts import Severity
from policies.words import counted

MOST_LINES = 2_000  # of one answer


def groups(db: Db) -> list[Group]:
    things = watches.things(db, GROUP)
    return [Group.model_validate_json(each.found) for each in things if each.gone_at is None]


def standing(asker: Asker, about: str | None) -> list[str]:
    """How they stand: all, the one of that name, or those that such a host is in."""
    things = [each for each in watches.things(asker.db, GROUP) if each.gone_at is None]
    lines: list[str] = []
    for thing in things:
        members = Group.model_validate_json(thing.found).members
        if about in (None, thing.host, *members):
            lines.append(f"{thing.host}, alike should be {' and '.join(members)}:")
            try:
                lines += _stands(GroupStand(asker.db, thing, asker.now, site=asker.world.ignored))
            except NotComparedYet:
                lines.append("    not held against each other yet: each has to be read once first")
    return lines


def _stands(stand: GroupStand) -> Iterator[str]:
    worst = max((each.severity for each in stand.differences), default=Severity.NOTE)
    if stand.differences:
        yield f"    {counted(len(stand.differences), 'setting')} became unlike, {worst.word}:"
        yield from (f"    {each.severity.word}: {each.said}" for each in stand.differences[: machine.MANY])
    if stand.proposed:
        yield f"    {len(stand.proposed)} unlike since I first looked; nobody has said that they may be"
    if not stand.differences and not stand.proposed:
        yield "    alike, but for what may differ"
    by = "hscbot" if stand.baseline.proposed else stand.baseline.by
    yield f"    baseline {stand.baseline.version} of {clock(stand.baseline.at)}, by {by}"


def told(difference: Difference) -> Iterator[str]:
    """One setting that isn't alike: who has what, and what it does."""
    source = SOURCES[difference.question.partition(":")[0]]
    yield ""
    yield f"{difference.severity.word}: {difference.said}"
    after = difference.after
    yield from (f"    {line[:200]}" for line in ((after.text if after is not None else None) or "").splitlines())
    if (what := source.explained.get(difference.key)) is not None:
        yield f"    {difference.key}: {what}"


def compare(asker: Asker, asked: Compare) -> Answer:
    names = (asked.host, asked.other)
    one, other = (Stand(asker.db, host, asker.now) for host in names)
    left, right = (drift.whole(asker.db, each.parts) for each in (one, other))
    shared = [each for each in groups(asker.db) if set(names) <= set(each.members)]
    reasons = (*alike.EXPECTED, *(reason for each in shared for reason in each.own_reasons))
    found, alone = alike.unlike(SOURCES, left, right, asker.now, reasons)
    everything, _ = alike.unlike(SOURCES, left, right, asker.now, ())
    group = f", as {' and '.join(each.name for each in shared)} wants" if shared else ""
    head = f"{counted(len(found), 'difference')} between {asked.host} (left) and {asked.other} (right)"
    lines = [line for each in found for line in _side_by_side(each, *names)]
    only = [f"  {each}: only {asked.host if each in left else asked.other} has told of it" for each in alone]
    may = [f"  {len(everything) - len(found)} more differ, and may{group}"] if len(everything) > len(found) else []
    return good([head, *lines[:MOST_LINES], *only, *may])


def _side_by_side(difference: Difference, one: str, other: str) -> Iterator[str]:
    yield f"  {difference.said}"
    before, after = difference.before, difference.after
    if before is not None and after is not None and before.text is not None and after.text is not None:
        yield from (f"    {line[:200]}" for line in alike.unified(before.text, after.text, one, other))
