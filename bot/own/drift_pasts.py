"""How many differences were open over time, by severity: worked out anew from dated readings, baselines and words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.ledger import drift, watches
from bot.ledger.drift import Baseline
from bot.ledger.tx import Db
from bot.own.drift_stand import Compared, Site
from handlers.drift import machine
from handlers.drift.comparing import Quiet
from handlers.pictures import Reading, Series, SeriesPicture
from policies.alerts import Severity

QUARTER = timedelta(days=91)
MOST_MOMENTS = 1_000  # of a picture; of more the highest of each stretch are shown
Counts = Mapping[Severity, int]
Steps = list[tuple[datetime, Counts]]  # from then on, until the next


class Pasts(Compared):
    """`site`: what never matters there."""

    def __init__(self, db: Db, site: Site = ()) -> None:
        super().__init__(db)
        self._site = site

    def of(self, host: str, since: datetime | None, now: datetime) -> Steps:
        """From its first baseline on, or from `since`. What isn't asked any more counts at no time."""
        start = since if since is not None else datetime.min.replace(tzinfo=now.tzinfo)
        baselines = drift.baselines_since(self._db, host, start)
        if not baselines:
            return []
        start = max(start, baselines[0].at)
        parts = drift.readings(self._db, host, at=start)
        read = drift.dated_since(self._db, host, start)
        words = drift.words(self._db, host, start)
        turns = {start, *(each.at for each in baselines), *(at for at, _, _ in read)}
        turns |= {at for each in words for at in (each.at, each.until)}
        asked = _asked(self._db, host)
        steps: Steps = []
        for turn in sorted(each for each in turns if start <= each <= now):
            while read and read[0][0] <= turn:
                _, question, text = read.pop(0)
                parts[question] = text
            base = [each for each in baselines if each.at <= turn][-1]
            said = drift.quieted(each for each in words if each.at <= turn < each.until)
            quiet = said.model_copy(update={"site": self._site})
            counts = self._open(base, parts, quiet, turn, asked)
            if not steps or steps[-1][1] != counts:
                steps.append((turn, counts))
        return steps

    def _open(
        self, base: Baseline, parts: Mapping[str, int], quiet: Quiet, at: datetime, asked: frozenset[str] | None
    ) -> Counts:
        found = (
            each
            for question, text in parts.items()
            if (asked is None or question in asked) and base.parts.get(question, text) != text
            for each in self.between(question, base.parts[question], text)
        )
        return Counter(each.severity for each in found if not quiet.covers(each, at))


def _asked(db: Db, host: str) -> frozenset[str] | None:
    thing = watches.thing(db, machine.key_of(host))
    if thing is None or thing.memory is None:
        return None
    return machine.Memory.model_validate_json(thing.memory).asked


def together(many: Iterable[Steps]) -> Steps:
    """The sum of several hosts' counts."""
    moves = sorted((move for steps in many for move in _moves(steps)), key=lambda move: move[0])
    total: Counter[Severity] = Counter()
    summed: Steps = []
    for at, severity, more in moves:
        total[severity] += more
        if summed and summed[-1][0] == at:
            summed.pop()
        summed.append((at, Counter(total)))
    return summed


def _moves(steps: Steps) -> Iterator[tuple[datetime, Severity, int]]:
    before: Counts = {}
    for at, counts in steps:
        yield from ((at, each, counts.get(each, 0) - before.get(each, 0)) for each in Severity)
        before = counts


def picture(title: str, steps: Steps, now: datetime) -> SeriesPicture | None:
    """A plot for each severity that ever was; None where nothing was open in all of that time."""
    ever = [each for each in reversed(Severity) if any(counts.get(each) for _, counts in steps)]
    if not ever:
        return None
    shown = [*_thinned(steps), (now, steps[-1][1])]
    series = tuple(
        Series(
            name=each.word,
            holds=True,
            readings=tuple(Reading(at=at, value=float(counts.get(each, 0))) for at, counts in shown),
        )
        for each in ever
    )
    return SeriesPicture(title=title, series=series)


def _thinned(steps: Sequence[tuple[datetime, Counts]]) -> Steps:
    """Of each stretch of too many moments the highest and the last."""
    size = -(-len(steps) * 2 // MOST_MOMENTS)
    if size <= 2:
        return list(steps)
    kept: Steps = []
    for start in range(0, len(steps), size):
        stretch = steps[start : start + size]
        highest = max(stretch[:-1], key=lambda step: sum(step[1].values()), default=stretch[-1])
        kept += [highest, stretch[-1]] if highest is not stretch[-1] else [highest]
    return kept


def of_host(pasts: Pasts, host: str, now: datetime, since: datetime | None = None) -> SeriesPicture | None:
    return picture(f"Open differences of {host}", pasts.of(host, since, now), now)


def fleet(pasts: Pasts, hosts: Sequence[str], now: datetime) -> SeriesPicture | None:
    """Of all of them together, over the last quarter of a year."""
    steps = together(pasts.of(host, now - QUARTER, now) for host in hosts)
    return picture(f"Open differences of {len(hosts)} host{'s' * (len(hosts) != 1)}", steps, now)
