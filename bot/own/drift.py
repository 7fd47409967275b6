"""What is known of hosts' settings: how each stands to its baseline, what differs and why it matters, what was."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from bot.ledger import drift, watches
from bot.ledger.drift import Baseline, Word
from bot.ledger.tx import Db
from bot.ledger.watches import Thing
from bot.moments import moment
from bot.own import drift_pasts
from bot.own.answer import Answer, Asker, age, bad, clock, good
from bot.own.drift_pasts import Pasts
from handlers.drift import alike, beside, machine
from handlers.drift.comparing import Difference, Quiet, differences
from handlers.drift.explaining import explained, way_back
from handlers.drift.operations import Compare, Diff, Explain, History, Status
from handlers.drift.source import Kind, Source, full, parted
from handlers.drift.sources import SOURCES
from handlers.pictures import SeriesPicture
from policies.alerts import Severity
from policies.problems import AskProblem
from policies.words import counted

KIND = "drift"
CALLED = {Kind.AIX: "AIX hosts", Kind.VIOS: "VIOS", Kind.SYSTEM: "managed systems"}
MOST_LINES = 2_000  # of one answer


class NothingKnown(AskProblem):
    code = "drift-unknown"
    sentence = "I have never read how {host} is set."
    why = "I have read: {there}."
    remedy = "Hosts of `[aix.NAME]`, VIOS and managed systems are read within a round, as far as `[drift] kinds` says."


class NoSuchSetting(AskProblem):
    code = "drift-no-setting"
    sentence = "{host} has no setting called {setting}, neither now nor in its baseline."
    why = "A setting is named as `/drift diff` names it, such as no/tcp_sendspace."
    remedy = "`/drift diff {host}` lists what differs."


class Stand:
    """One host, as the ledger has it. `should` and `is_now`: only questions whose text differs. `quiet`: what isn't to
    be told; None: what people said that holds."""

    def __init__(
        self, db: Db, host: str, now: datetime, *, whole: bool = False, quiet: Quiet | None = None
    ) -> None:  # fmt: skip
        found = drift.baseline(db, host)
        if found is None:
            there = ", ".join(drift.hosts(db)) or "no host yet"
            raise NothingKnown(host=host, there=there)
        self.host, self.baseline = host, found
        thing = watches.thing(db, machine.key_of(host))
        memory = thing.memory if thing is not None else None
        asked = machine.Memory.model_validate_json(memory) if memory is not None and not whole else None
        parts = drift.readings(db, host)
        self.parts = {each: text for each, text in parts.items() if asked is None or asked.still_asks(each)}
        both = found.parts.keys() & self.parts.keys()
        odd = both if whole else {each for each in both if found.parts[each] != self.parts[each]}
        self.should = drift.whole(db, {each: found.parts[each] for each in odd})
        self.is_now = drift.whole(db, {each: self.parts[each] for each in odd})
        quiet = drift.quiet(db, host, now) if quiet is None else quiet
        self.differences = differences(SOURCES, self.should, self.is_now, quiet, now)

    def chosen(self, pattern: str | None) -> list[Difference]:
        return [each for each in self.differences if pattern is None or fnmatchcase(each.name, pattern)]


def source_of(difference: Difference) -> Source:
    return SOURCES[difference.question.partition(":")[0]]


# ── how all stand ─────────────────────────────────────────────────────────────────────────────────────────────────


def status(asker: Asker, asked: Status) -> Answer:
    there = [each for each in drift.hosts(asker.db) if asked.host in (None, each)]
    if not there:
        return bad([f"I have not read yet how {asked.host or 'any host'} is set.", *_first_looks(asker, set(Kind))])
    things = {each.host: each for each in watches.things(asker.db, KIND, with_memory=True)}
    stands = [Stand(asker.db, host, asker.now) for host in there]
    order = sorted(stands, key=lambda each: (-_worst(each), -len(each.differences), each.host))
    drifted = sum(bool(each.differences) for each in stands)
    head = f"{counted(len(there), 'host')}, {drifted or 'none'} of them drifted"
    lines = [line for each in order for line in _standing(asker.db, each, things.get(each.host))]
    plot = drift_pasts.fleet(Pasts(asker.db), there, asker.now)
    seen = {Kind(json.loads(each.found).get("kind", Kind.AIX)) for each in things.values()}
    unseen = _first_looks(asker, set(Kind) - seen) if asked.host is None and asker.world.reads else []
    return good([head, *unseen, *_plotted(plot), "", *lines], pictures=_pictures(plot))


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


def _standing(db: Db, stand: Stand, thing: Thing | None) -> Iterator[str]:
    own = stand.baseline
    owned = "proposed, nobody has said that it is right" if own.proposed else f"by {own.by}"
    found = stand.differences
    what = f"{counted(len(found), 'difference')}, {Severity(_worst(stand)).word}" if found else "as it should be"
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
    stand = Stand(asker.db, asked.host, asker.now)
    found = stand.chosen(asked.setting)
    which = f" of {asked.setting}" if asked.setting is not None else ""
    head = f"{asked.host}: {counted(len(found), 'difference')}{which} from baseline {stand.baseline.version}"
    lines = [line for each in found for line in _told(each)]
    more = [f"… {len(lines) - MOST_LINES} more lines: name a setting, or a pattern"] if len(lines) > MOST_LINES else []
    return good([head, *lines[:MOST_LINES], *more])


def _told(difference: Difference) -> Iterator[str]:
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
        stand = Stand(asker.db, asked.host, asker.now)
        names = [each.name for each in stand.differences]
        if not names:
            return good([f"{asked.host}: nothing differs; name a setting, such as no/tcp_sendspace"])
    stand = Stand(asker.db, asked.host, asker.now, whole=True)
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
    yield from (f"    {line}" for line in explained(SOURCES[kind], key, is_now or should))
    yield f"    should be {beside.told(should)}"
    yield f"    is {beside.told(is_now)}"
    if is_now is not None and is_now.waits:
        yield f"    will be {is_now.boot} after the next start"
    if should != is_now:
        yield f"    way back: {way_back(SOURCES[kind].back(about, key, should, is_now))}"


def history(asker: Asker, asked: History) -> Answer:
    stand = Stand(asker.db, asked.host, asker.now)
    rows: list[tuple[datetime, str]] = []
    rows += [(each.at, _version(each)) for each in drift.baselines(asker.db, asked.host, limit=asked.limit)]
    rows += [(each.at, _word(each)) for each in drift.words(asker.db, asked.host, asker.now)]
    first = stand.baseline.at if stand.baseline.version == 1 else None
    rows += [
        (at, f"{question} was read otherwise than before")
        for at, question, _ in drift.dated(asker.db, asked.host, limit=asked.limit)
        if first is None or at > first
    ]
    rows.sort(key=lambda row: row[0])
    since = moment(asked.since, asker.now) if asked.since is not None else None
    told = [f"  {clock(at)}  {said}" for at, said in rows if since is None or at >= since]
    plot = drift_pasts.of_host(Pasts(asker.db), asked.host, asker.now, since)
    return good([asked.host, *_plotted(plot), *told[-asked.limit :]], pictures=_pictures(plot))


def _version(baseline: Baseline) -> str:
    proposed = ", proposed" if baseline.proposed else ""
    return f"baseline {baseline.version}{proposed} by {baseline.by}: {baseline.why}"


def _word(word: Word) -> str:
    return f"{word.kind} until {clock(word.until)} by {word.by}: {word.name}: {word.why}"


def compare(asker: Asker, asked: Compare) -> Answer:
    one, other = (Stand(asker.db, host, asker.now) for host in (asked.host, asked.other))
    readings = [drift.whole(asker.db, each.parts) for each in (one, other)]
    found, alone = alike.unlike(SOURCES, readings[0], readings[1], asker.now)
    head = f"{counted(len(found), 'difference')} between {asked.host} (left) and {asked.other} (right)"
    lines = [f"  {each.said}" for each in found]
    only = [f"  {each}: only {asked.host if each in readings[0] else asked.other} has told of it" for each in alone]
    return good([head, *lines[:MOST_LINES], *only])


def open_settings(db: Db, host: str | None) -> list[str]:
    """The names of those that were told of last, of that host or of all."""
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
