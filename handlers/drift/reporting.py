"""A report over hosts as values: how each stands, what differs and who said what of it, and what many have alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

from pydantic import AwareDatetime

from handlers.drift.comparing import Difference
from handlers.table import Cell, Column, Kind, Row, Table
from policies.alerts import Severity
from policies.words import Frozen


class Standing(StrEnum):
    """Worst first. One that drifts and can't be read is both; it is counted as what is worse to know nothing of."""

    UNREADABLE = "unreadable"  # in part, or not at all
    DRIFTING = "drifting"
    RIGHT = "right"


class Said(Frozen):
    """Somebody's word that covers a difference. `kind`: `accepted`, `ignored`."""

    kind: str
    by: str
    until: AwareDatetime
    why: str


class Differing(Frozen):
    """`back`: the commands that set it back; empty: `no_way` says why there are none. `said` None: it is open."""

    difference: Difference
    explained: tuple[str, ...]
    back: tuple[str, ...]
    no_way: str
    changed: tuple[str, ...]  # of a text, what changed in it, as unified lines
    said: Said | None = None


class HostReport(Frozen):
    """`read_at` None: not since that is kept. `out`: why it couldn't be asked at all at the last look."""

    host: str
    version: int
    at: AwareDatetime
    by: str
    why: str
    proposed: bool
    read_at: AwareDatetime | None
    out: str
    unread: Mapping[str, str]  # why, by question
    differing: tuple[Differing, ...]

    @property
    def open(self) -> tuple[Differing, ...]:
        return tuple(each for each in self.differing if each.said is None)

    @property
    def standing(self) -> Standing:
        if self.out or self.unread:
            return Standing.UNREADABLE
        return Standing.DRIFTING if self.open else Standing.RIGHT

    @property
    def severity(self) -> Severity | None:
        """Of the worst that is open."""
        return max((each.difference.severity for each in self.open), default=None)


class Folded(Frozen):
    """The same change on several hosts."""

    said: str
    severity: Severity
    hosts: tuple[str, ...]


class FleetReport(Frozen):
    """`plot`: who is left out, and how many differences were open over time, in words. `filter`: the hosts' pattern."""

    at: AwareDatetime
    filter: str
    hosts: tuple[HostReport, ...]
    plot: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[Standing, int]:
        found = Counter(each.standing for each in self.hosts)
        return {standing: found[standing] for standing in Standing}

    @property
    def worst_first(self) -> list[HostReport]:
        order = list(Standing)
        return sorted(
            self.hosts,
            key=lambda each: (
                -(each.severity if each.severity is not None else -1), order.index(each.standing), each.host,
            ),
        )  # fmt: skip

    @property
    def folded(self) -> list[Folded]:
        """What is open on more than one host, on the most first."""
        hosts: dict[tuple[str, Severity], list[str]] = defaultdict(list)
        for host in self.hosts:
            for each in host.open:
                hosts[each.difference.said, each.difference.severity].append(host.host)
        many = [Folded(said=said, severity=s, hosts=tuple(on)) for (said, s), on in hosts.items() if len(on) > 1]
        return sorted(many, key=lambda each: (-len(each.hosts), -each.severity, each.said))


# ── as a sheet ────────────────────────────────────────────────────────────────────────────────────────────────────

_COLUMNS = (
    *("host", "standing", "baseline", "baseline_at", "baseline_by", "baseline_why", "baseline_proposed", "read_at"),
    *("setting", "what", "severity", "should_be", "is_now", "default", "next_start", "explained", "way_back"),
    *("word", "word_by", "word_until", "word_why"),
)
COLUMNS = tuple(Column(name=name, kind=Kind.NUMBER if name == "baseline" else Kind.TEXT) for name in _COLUMNS)
_BARE: tuple[Cell, ...] = (None,) * (len(_COLUMNS) - 8)


def table(report: FleetReport) -> Table:
    """A row for each difference and each question that couldn't be read; one for a host that has neither."""
    return Table(columns=COLUMNS, rows=tuple(row for host in report.worst_first for row in _rows(host)))


def rows(hosts: Sequence[HostReport]) -> int:
    """How many the sheet has of them."""
    return sum(max(1, len(each.differing) + len(each.unread) + bool(each.out)) for each in hosts)


def _rows(host: HostReport) -> Iterator[Row]:
    start: tuple[Cell, ...] = (
        host.host, host.standing.value, host.version, host.at.isoformat(), host.by, host.why,
        "yes" if host.proposed else "no", host.read_at.isoformat() if host.read_at is not None else None,
    )  # fmt: skip
    unread = {**({"": host.out} if host.out else {}), **host.unread}
    for question, why in sorted(unread.items()):
        yield (*start, question or None, "unreadable", Severity.WARNING.word, None, None, None, None, why, *_BARE[8:])
    for each in host.differing:
        yield (*start, *_difference(each))
    if not unread and not host.differing:
        yield (*start, *_BARE)


def _difference(each: Differing) -> Iterator[Cell]:
    told, said = each.difference, each.said
    latest = told.after or told.before
    yield from (told.name, told.did.value, told.severity.word)
    yield from (
        told.before.now if told.before is not None else None,
        told.after.now if told.after is not None else None,
    )
    yield from (latest.default, latest.boot) if latest is not None else (None, None)
    yield " ".join(each.explained) or None
    yield "; ".join(each.back) or f"none: {each.no_way}"
    yield from (said.kind, said.by, said.until.isoformat(), said.why) if said is not None else (None,) * 4
