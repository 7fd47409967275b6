"""What is known of hosts' settings: how each stands to its baseline, what differs and why it matters, what was."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.ledger import drift, watches
from bot.ledger.drift import Baseline, Word
from bot.ledger.tx import Db
from bot.ledger.watches import Thing
from bot.own import drift_groups
from bot.own.answer import Answer, Asker, bad, clock, good
from bot.own.drift_stand import Stand, stand_of
from handlers.drift import machine
from handlers.drift.comparing import Did, Difference
from handlers.drift.operations import Diff, History, Status
from handlers.drift.source import Source, parted
from handlers.drift.sources import SOURCES
from handlers.drift.value import Value
from policies.alerts import Severity
from policies.problems import AskProblem

KIND = "drift"
MOST_LINES = 2_000  # of one answer


class NoSuchSetting(AskProblem):
    code = "drift-no-setting"
    sentence = "{host} has no setting called {setting}, neither now nor in its baseline."
    why = "A setting is named as `/drift diff` names it, such as no/tcp_sendspace."
    remedy = "`/drift diff {host}` lists what differs."


def source_of(difference: Difference) -> Source:
    return SOURCES[difference.question.partition(":")[0]]


# ── how all stand ─────────────────────────────────────────────────────────────────────────────────────────────────


def status(asker: Asker, asked: Status) -> Answer:
    there = [each for each in drift.hosts(asker.db) if asked.host in (None, each)]
    groups = drift_groups.standing(asker, asked.host)
    if not there and not groups:
        return bad(
            [f"I have never read how {asked.host or 'any host'} is set: nothing is watched, or no round was over yet."]
        )
    things = {each.host: each for each in watches.things(asker.db, KIND, with_memory=True)}
    stands = [Stand(asker.db, host, asker.now) for host in there]
    order = sorted(stands, key=lambda each: (-_worst(each), -len(each.differences), each.host))
    drifted = sum(bool(each.differences) for each in stands)
    head = f"{len(there)} host(s), {drifted or 'none'} of them drifted"
    lines = [line for each in order for line in _standing(asker.db, each, things.get(each.host))]
    return good([head, "", *lines, *(["", *groups] if groups else [])])


def _worst(stand: Stand) -> int:
    return max((int(each.severity) for each in stand.differences), default=-1)


def _standing(db: Db, stand: Stand, thing: Thing | None) -> Iterator[str]:
    own = stand.baseline
    owned = "proposed, nobody has said that it is right" if own.proposed else f"by {own.by}"
    found = stand.differences
    what = f"{len(found)} difference(s), {Severity(_worst(stand)).word}" if found else "as it should be"
    yield f"{stand.host}: {what}; baseline {own.version} of {clock(own.at)}, {owned}"
    if thing is None or thing.memory is None:
        yield "    not looked at since its baseline"
        return
    memory = machine.Memory.model_validate_json(thing.memory)
    unread = f"; UNREADABLE: {', '.join(sorted(memory.unread))}" if memory.unread else ""
    yield f"    looked at {clock(memory.at)}{unread}"
    for severity, said in thing.shown.get("symptoms", ()):
        yield f"    {severity}: {said}"


# ── one host ──────────────────────────────────────────────────────────────────────────────────────────────────────


def diff(asker: Asker, asked: Diff) -> Answer:
    stand = stand_of(asker.db, asked.host, asker.now)
    found = stand.chosen(asked.setting)
    which = f" of {asked.setting}" if asked.setting is not None else ""
    head = f"{asked.host}: {len(found) or 'no'} difference(s){which} from baseline {stand.baseline.version}"
    lines = [line for each in found for line in _told(each)]
    more = [f"… {len(lines) - MOST_LINES} more lines: name a setting, or a pattern"] if len(lines) > MOST_LINES else []
    return good([head, *lines[:MOST_LINES], *more])


def _told(difference: Difference) -> Iterator[str]:
    if difference.did is Did.UNLIKE:
        yield from drift_groups.told(difference)
        return
    source = source_of(difference)
    yield ""
    yield f"{difference.severity.word}: {difference.said}"
    yield from (f"    {line}" for line in machine.beside(difference, source))
    if (what := source.explained.get(difference.key)) is not None:
        yield f"    {difference.key}: {what}"
    kind = (difference.after or difference.before or Value("")).type or ""
    if (told := TYPES.get(kind[:1])) is not None:
        yield f"    {told}{'; restricted: only as IBM says' if kind.endswith('!') else ''}"
    about = difference.question.partition(":")[2]
    back = source.back(about, difference.key, difference.before, difference.after)
    yield f"    way back: {'; '.join(' '.join(each) for each in back.argv) or f'none: {back.why_not}'}"


TYPES: Mapping[str, str] = {
    "D": "dynamic: a change holds at once",
    "C": "a change holds for connections made from then on",
    "M": "a change holds for file systems mounted from then on",
    "I": "it can only be raised while the system runs",
    "R": "a change holds from the next start on",
    "B": "a change holds from the next start on, after a bosboot",
    "S": "static: nobody can set it",
}


def history(asker: Asker, asked: History) -> Answer:
    stand = stand_of(asker.db, asked.host, asker.now)
    rows: list[tuple[datetime, str]] = []
    rows += [(each.at, _version(each)) for each in drift.baselines(asker.db, stand.key, limit=asked.limit)]
    rows += [(each.at, _word(each)) for each in drift.words(asker.db, stand.key, asker.now)]
    seen = watches.changes(asker.db, [machine.key_of(asked.host)], limit=asked.limit)
    rows += [(each.at, each.said) for each in seen]
    first = stand.baseline.at if stand.baseline.version == 1 else None
    rows += [
        (at, f"{question} was read otherwise than before")
        for at, question, _ in drift.dated(asker.db, stand.key, limit=asked.limit)
        if first is None or at > first
    ]
    rows.sort(key=lambda row: row[0])
    return good([asked.host, *(f"  {clock(at)}  {said}" for at, said in rows[-asked.limit :])])


def _version(baseline: Baseline) -> str:
    proposed = ", proposed" if baseline.proposed else ""
    return f"baseline {baseline.version}{proposed} by {baseline.by}: {baseline.why}"


def _word(word: Word) -> str:
    return f"{word.kind} until {clock(word.until)} by {word.by}: {word.name}: {word.why}"


def wanted(asker: Asker, given: Mapping[str, str]) -> Answer:
    """One setting as the baseline has it, as JSON; null where it hasn't. For the way back."""
    host, setting = given["host"], given["setting"]
    stand = Stand(asker.db, host, asker.now, whole=True)
    question, key = parted(setting)
    should, is_now = stand.should.get(question, {}).get(key), stand.is_now.get(question, {}).get(key)
    if should is None and is_now is None:
        raise NoSuchSetting(host=host, setting=setting)
    return Answer(status=0, text=json.dumps(None if should is None else list(should), ensure_ascii=False) + "\n")
