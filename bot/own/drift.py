"""What is known of hosts' settings: how each stands to its baseline, what differs and why it matters, what was."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from bot.ledger import drift, watches
from bot.ledger.drift import Baseline, Word
from bot.ledger.tx import Db
from bot.ledger.watches import Thing
from bot.moments import moment
from bot.own import drift_groups, drift_pasts
from bot.own.answer import Answer, Asker, age, bad, clock, good, listed
from bot.own.drift_pasts import Pasts
from bot.own.drift_stand import GroupStand, Site, Stand, group_called, stand_of
from handlers.drift import beside, machine
from handlers.drift.comparing import Did, Difference
from handlers.drift.explaining import explained, way_back
from handlers.drift.operations import Diff, Explain, History, Status
from handlers.drift.source import Kind, Source, full, parted
from handlers.drift.sources import SOURCES
from handlers.pictures import SeriesPicture
from handlers.table import Row
from policies.alerts import Severity
from policies.problems import AskProblem
from policies.words import counted

KIND = "drift"
LEFT_NAMED = 12  # hosts that aren't watched any more, by name
CALLED = {Kind.AIX: "AIX hosts", Kind.VIOS: "VIOS", Kind.SYSTEM: "managed systems"}
MOST_LINES = 2_000  # of one answer


class NoSuchSetting(AskProblem):
    code = "drift-no-setting"
    sentence = "{host} has no setting called {setting}, neither now nor in its baseline."
    why = "A setting is named as `/drift diff` names it, such as no/tcp_sendspace."
    remedy = "`/drift diff {host}` lists what differs."


def source_of(difference: Difference) -> Source:
    return SOURCES[difference.question.partition(":")[0]]


def watched(db: Db) -> tuple[list[str], list[str]]:
    """Every host that was ever read and is watched still; and those that nobody looks at any more."""
    left = {each.host for each in watches.things(db, KIND) if each.gone_at is not None}
    there = drift.hosts(db)
    return [each for each in there if each not in left], [each for each in there if each in left]


# ── how all stand ─────────────────────────────────────────────────────────────────────────────────────────────────


def status(asker: Asker, asked: Status) -> Answer:
    there, left = watched(asker.db)
    if asked.host is not None:
        there, left = [each for each in (*there, *left) if each == asked.host], []
    groups = drift_groups.standing(asker, asked.host)
    if not there and not left and not groups:
        return bad([f"I have not read yet how {asked.host or 'any host'} is set.", *_first_looks(asker, set(Kind))])
    site = asker.world.ignored
    pasts, told = Pasts(asker.db, site), list[tuple[int, int, str, Row]]()
    seen = set[Kind]()
    for host in there:  # of each no more is held on to than what is said of it
        thing = watches.thing(asker.db, machine.key_of(host))
        seen |= {Kind(json.loads(thing.found).get("kind", Kind.AIX))} if thing is not None else set()
        stand = Stand(asker.db, host, asker.now, site=site, compared=pasts)
        told.append((-_worst(stand), -len(stand.differences), host, _standing(stand, thing)))
    drifted = sum(count < 0 for _, count, _, _ in told)
    head = f"{counted(len(there), 'host')}, {drifted or 'none'} of them drifted"
    rows = [row for *_, row in sorted(told, key=lambda each: each[:3])]
    plot = drift_pasts.fleet(pasts, there, asker.now)
    unseen = _first_looks(asker, set(Kind) - seen) if asked.host is None and asker.world.reads else []
    return listed(asked, rows, head, (*unseen, *not_watched(left), *_plotted(plot), *groups), pictures=_pictures(plot))


def not_watched(left: list[str]) -> list[str]:
    """What is left out, in words: nobody knows how it is set now."""
    more = f" and {len(left) - LEFT_NAMED} more" if len(left) > LEFT_NAMED else ""
    return [f"Not watched any more, and left out: {', '.join(left[:LEFT_NAMED])}{more}"] if left else []


def _first_looks(asker: Asker, kinds: Collection[Kind]) -> list[str]:
    """When those of which none was read are to be."""
    reads = asker.world.reads
    if reads is None:
        return ["→ Each is read once in the interval that `[drift]` of hscbot.toml says, the first time within one."]
    if not reads:
        return ["→ Nothing is watched: `[drift]` of hscbot.toml switches it on, and says what."]
    return [
        f"{CALLED[kind]}: none read yet; each is within {age(timedelta(seconds=reads[kind]))} of a start"
        for kind in Kind
        if kind in kinds and kind in reads
    ]


def _plotted(plot: SeriesPicture | None) -> tuple[str, ...]:
    return plot.sentences if plot is not None else ()


def _pictures(plot: SeriesPicture | None) -> tuple[SeriesPicture, ...]:
    return (plot,) if plot is not None else ()


def _worst(stand: Stand) -> int:
    return max((int(each.severity) for each in stand.differences), default=-1)


def _standing(stand: Stand, thing: Thing | None) -> Row:
    """Of a host that hasn't been looked at since its baseline nobody knows when, nor what can't be read."""
    own, found = stand.baseline, stand.differences
    severity = Severity(_worst(stand)).word if found else "as it should be"
    owned = "nobody yet: it is proposed" if own.proposed else own.by
    stands = (stand.host, len(found), severity, own.version, clock(own.at), owned)
    gone = f"NOT WATCHED any more, since {clock(thing.gone_at)}" if thing is not None and thing.gone_at else ""
    if thing is None or thing.memory is None:
        return (*stands, None, None, gone or "not looked at since its baseline")
    memory = machine.Memory.model_validate_json(thing.memory)
    wrong = "; ".join(
        filter(None, (gone, *(f"{severity}: {said}" for severity, said in thing.shown.get("symptoms", ()))))
    )
    return (*stands, clock(memory.read_at or memory.at), ", ".join(sorted(memory.unread)) or None, wrong or None)


# ── one host ──────────────────────────────────────────────────────────────────────────────────────────────────────


def diff(asker: Asker, asked: Diff) -> Answer:
    stand = stand_of(asker.db, asked.host, asker.now, site=asker.world.ignored)
    found = stand.chosen(asked.setting)
    which = f" of {asked.setting}" if asked.setting is not None else ""
    head = f"{asked.host}: {counted(len(found), 'difference')}{which} from baseline {stand.baseline.version}"
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
    yield from (f"    {line}" for line in beside.beside(difference, source))
    yield from (f"    {line}" for line in explained(source, difference.key, difference.after or difference.before))
    about = difference.question.partition(":")[2]
    back = source.back(about, difference.key, difference.before, difference.after)
    yield f"    way back: {way_back(back)}"


def explain(asker: Asker, asked: Explain) -> Answer:
    """What settings do, whether or not they differ."""
    if asked.setting is None:
        stand = stand_of(asker.db, asked.host, asker.now, site=asker.world.ignored)
        names = [each.name for each in stand.chosen(None)]
        if not names:
            return good([f"{asked.host}: nothing differs; name a setting, such as no/tcp_sendspace"])
    stand = stand_of(asker.db, asked.host, asker.now, site=asker.world.ignored, whole=True)
    if asked.setting is not None:
        pattern = asked.setting
        every = (full(each, key) for each, reading in stand.is_now.items() for key in reading)
        gone = (full(each, key) for each, reading in stand.should.items() for key in reading)
        names = sorted({each for each in (*every, *gone) if fnmatchcase(each, pattern)})
        if not names:
            raise NoSuchSetting(host=asked.host, setting=asked.setting)
    lines = [line for each in names for line in _explained(stand, each)]
    more = [f"… {len(lines) - MOST_LINES} more lines: name a setting"] if len(lines) > MOST_LINES else []
    return good([asked.host, *lines[:MOST_LINES], *more])


def _explained(stand: Stand, name: str) -> Iterator[str]:
    question, key = parted(name)
    kind, _, about = question.partition(":")
    should, is_now = stand.should.get(question, {}).get(key), stand.is_now.get(question, {}).get(key)
    yield ""
    yield name
    if isinstance(stand, GroupStand):
        yield from (f"    {line}" for line in explained(SOURCES[kind], key, None))
        yield f"    {is_now.now if is_now is not None else 'the same on each of them that has it'}"
        return
    yield from (f"    {line}" for line in explained(SOURCES[kind], key, is_now or should))
    yield f"    should be {beside.told(should)}"
    yield f"    is {beside.told(is_now)}"
    if is_now is not None and is_now.waits:
        yield f"    will be {is_now.boot} after the next start"
    if should != is_now:
        yield f"    way back: {way_back(SOURCES[kind].back(about, key, should, is_now))}"


def history(asker: Asker, asked: History) -> Answer:
    stand = stand_of(asker.db, asked.host, asker.now, site=asker.world.ignored)
    rows: list[tuple[datetime, str]] = []
    rows += [(each.at, _version(each)) for each in drift.baselines(asker.db, stand.key, limit=asked.limit)]
    ever = datetime.min.replace(tzinfo=UTC)
    rows += [(each.at, _word(each)) for each in drift.words(asker.db, stand.key, ever)]
    seen = watches.changes(asker.db, [machine.key_of(asked.host)], limit=asked.limit)
    rows += [(each.at, each.said) for each in seen]
    first = stand.baseline.at if stand.baseline.version == 1 else None
    rows += [
        (at, f"{question} was read otherwise than before")
        for at, question, _ in drift.dated(asker.db, stand.key, limit=asked.limit)
        if first is None or at > first
    ]
    rows.sort(key=lambda row: row[0])
    since = moment(asked.since, asker.now) if asked.since is not None else None
    told = [f"  {clock(at)}  {said}" for at, said in rows if since is None or at >= since]
    # A group's readings are what is unlike in it: what of that was open when, they alone don't tell.
    is_host = not isinstance(stand, GroupStand)
    plot = drift_pasts.of_host(Pasts(asker.db, asker.world.ignored), asked.host, asker.now, since) if is_host else None
    return good([asked.host, *_plotted(plot), *told[-asked.limit :]], pictures=_pictures(plot))


def _version(baseline: Baseline) -> str:
    proposed = ", proposed" if baseline.proposed else ""
    return f"baseline {baseline.version}{proposed} by {baseline.by}: {baseline.why}"


def _word(word: Word) -> str:
    return f"{word.kind} until {clock(word.until)} by {word.by}: {word.name}: {word.why}"


def open_settings(db: Db, host: str | None, now: datetime, *, site: Site = ()) -> list[str]:
    """The names of those that were told of last, of that host or of all; of a group those that aren't alike."""
    if host is not None and (thing := group_called(db, host)) is not None:
        known = drift.baseline(db, thing.key) is not None
        return sorted({each.name for each in GroupStand(db, thing, now, site=site).chosen(None)}) if known else []
    there = watches.things(db, KIND, with_memory=True)
    found = [each.memory for each in there if host in (None, each.host) and each.memory is not None]
    return sorted({name for memory in found for name in machine.Memory.model_validate_json(memory).noted})


def wanted(asker: Asker, given: Mapping[str, str]) -> Answer:
    """One setting as the baseline has it, as JSON; null where it hasn't. For the way back."""
    host, setting = given["host"], given["setting"]
    stand = Stand(asker.db, host, asker.now, whole=True)
    question, key = parted(setting)
    should, is_now = stand.should.get(question, {}).get(key), stand.is_now.get(question, {}).get(key)
    if should is None and is_now is None:
        raise NoSuchSetting(host=host, setting=setting)
    return Answer(status=0, text=json.dumps(None if should is None else list(should), ensure_ascii=False) + "\n")
