"""Things that should be alike, such as nodes of one cluster: what may differ between them, and what does.

A setting of one that isn't in the other differs too. What has to differ between two hosts is data, with a reason each.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias

from pydantic import AwareDatetime, Field

from handlers.drift.comparing import Did, Difference, Quiet, Readings, differences
from handlers.drift.source import Noise, Source, full
from handlers.drift.sources import SiteNoise
from handlers.drift.value import Reading, Value
from handlers.operation import HostName
from policies.words import Frozen, counted

_OWN = "each has its own"
_HARDWARE = "it tells of the hardware, which another frame has another of"
_FABRIC = "it is the port of the storage that this one was led to"
_SLOTS = "each VIOS has slots, ports and disk numbers of its own for what both hand out"
EXPECTED: tuple[Noise, ...] = (
    *(
        Noise(f"*attributes:{kind}[0-9]*/{name}", _OWN)
        for kind in ("en", "et")
        for name in ("netaddr", "netaddr6", "alias4", "alias6")
    ),
    Noise("*attributes:ent*/alt_addr", _OWN),
    *(Noise(f"*attributes:inet0/{name}", _OWN) for name in ("hostname", "gateway", "route", "rout6")),
    *(Noise(f"*attributes:hdisk*/{name}", _OWN) for name in ("pvid", "unique_id", "lun_id", "location")),
    *(Noise(f"*attributes:hdisk*/{name}", _FABRIC) for name in ("node_name", "ww_name", "scsi_id")),
    *(Noise(f"*attributes:f*/{name}", _OWN) for name in ("node_name", "port_name", "ww_name", "scsi_id")),
    *(Noise(f"*attributes:sys0/{name}", _HARDWARE) for name in ("systemid", "modelname", "fwversion")),
    Noise("*attributes:sys0/os_uuid", _OWN),
    Noise("env/HOST*", _OWN),
    Noise("routes/* lo*", "each has its own address looped back"),
)
# What both have to have, whatever it is set to: one that hasn't got it can't stand in for the other.
OTHERWISE: tuple[Noise, ...] = (
    Noise("routes/*|* e*", "the way to a network that it is in goes by its own address"),
    Noise("vscsi/*", _SLOTS),
    Noise("npiv/*", _SLOTS),
)
LONGEST = 80  # characters of one side's value where all of them stand in one line
PROPOSED = "proposed"  # the type of a baseline's value that nobody has owned yet

Spread: TypeAlias = Mapping[str, Mapping[str, Value]]
"""By question and key, of what isn't the same everywhere: `now` says who has what in one line, `text` in whole lines,
with what differs between two texts below."""


class Group(Frozen):
    """Hosts that should be alike. `may_differ`: what needn't be, beside what never is, by patterns of whole names."""

    name: str
    members: tuple[str, ...]
    may_differ: tuple[SiteNoise, ...] = ()

    @property
    def own_reasons(self) -> tuple[Noise, ...]:
        return tuple(Noise(each.name, each.reason) for each in self.may_differ)

    @property
    def reasons(self) -> tuple[Noise, ...]:
        return (*EXPECTED, *self.own_reasons)


class Declared(Frozen):
    """A group as a site declares it: by names of hosts or patterns of them, by a tag that they bear, or both."""

    name: HostName
    hosts: tuple[str, ...] = Field(default=(), max_length=1_000)
    tag: str = Field(default="", max_length=64)
    may_differ: tuple[SiteNoise, ...] = Field(default=(), max_length=1_000)

    def among(self, names: Mapping[str, Sequence[str]], tags: Mapping[str, Sequence[str]]) -> Group:
        """`names`: of each host, the names by which tags find it; `tags`: who bears each, by names or patterns."""
        bearing = tags.get(self.tag, ())
        members = (
            host
            for host, known in names.items()
            if any(fnmatchcase(host, each) for each in self.hosts)
            or any(fnmatchcase(name, each) for name in known for each in bearing)
        )
        return Group(name=self.name, members=tuple(sorted(members)), may_differ=self.may_differ)


def groups(
    declared: Sequence[Declared], names: Mapping[str, Sequence[str]], tags: Mapping[str, Sequence[str]]
) -> dict[str, Group]:
    """By name; ValueError says what is wrong with the first that is none."""
    found: dict[str, Group] = {}
    for each in declared:
        group, where = each.among(names, tags), f"drift.alike {each.name}"
        if each.name in found or each.name in names:
            raise ValueError(f"{where}: that name is {'a host' if each.name in names else 'another group'}'s already")
        if each.tag and each.tag not in tags:
            raise ValueError(f"{where}: there is no {each.tag} in [tags]")
        for pattern in each.hosts:
            if not any(fnmatchcase(host, pattern) for host in names):
                raise ValueError(f"{where}: no host that is read is called {pattern}")
        if len(group.members) < 2:
            raise ValueError(f"{where}: it has {counted(len(group.members), 'host')}, and it takes two to be alike")
        found[each.name] = group
    return found


def expected(name: str, reasons: Sequence[Noise] = EXPECTED) -> Noise | None:
    """Why that setting may differ between two; None: it shouldn't."""
    return next((each for each in reasons if fnmatchcase(name, each.pattern)), None)


def unlike(
    sources: Mapping[str, Source],
    one: Readings,
    other: Readings,
    at: AwareDatetime,
    reasons: Sequence[Noise] = EXPECTED,
) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """Every difference that isn't expected; and the questions that only one side has an answer to."""
    found = differences(sources, one, other, Quiet(), at)
    alone = sorted(one.keys() ^ other.keys())
    return tuple(each for each in found if not _may(each, reasons)), tuple(alone)


def _may(each: Difference, reasons: Sequence[Noise]) -> bool:
    both = each.before is not None and each.after is not None
    return expected(each.name, reasons) is not None or (both and expected(each.name, OTHERWISE) is not None)


# ── many at once ──────────────────────────────────────────────────────────────────────────────────────────────────


def spread(members: Mapping[str, Readings], reasons: Sequence[Noise] = EXPECTED) -> dict[str, dict[str, Value]]:
    """Of each question that at least two of them have answered. What only one was asked, such as of a device that it
    alone has, is told by the list that it stands in."""
    questions = sorted({question for each in members.values() for question in each})
    found: dict[str, dict[str, Value]] = {}
    for question in questions:
        told = {name: each[question] for name, each in sorted(members.items()) if question in each}
        if len(told) > 1:
            found[question] = dict(_unlike(question, told, reasons))
    return found


def _unlike(
    question: str, told: Mapping[str, Mapping[str, Value]], reasons: Sequence[Noise]
) -> Iterator[tuple[str, Value]]:
    for key in sorted({key for each in told.values() for key in each}):
        sides: dict[tuple[str | None, ...], list[str]] = {}
        for name, reading in told.items():
            sides.setdefault(_state(reading.get(key)), []).append(name)
        name, all_have = full(question, key), () not in sides
        may = expected(name, reasons) is not None or (all_have and expected(name, OTHERWISE) is not None)
        if len(sides) > 1 and not may:
            yield key, _who_has_what(sides)


def _state(value: Value | None) -> tuple[str | None, ...]:
    """What two have to share to be alike. Another default or type alone is their level's, which is told itself."""
    return () if value is None else (value.now, value.boot if value.waits else None, value.text)


def _who_has_what(sides: Mapping[tuple[str | None, ...], Sequence[str]]) -> Value:
    """The side of most first, then by their names, so that the same is always said the same."""
    ordered = sorted(sides.items(), key=lambda each: -len(each[1]))
    rows = [(" and ".join(names), state) for state, names in ordered]
    short = "; ".join(f"{who} {_shown(state, LONGEST)}" for who, state in rows)
    lines = [f"{who}: {_shown(state)}" for who, state in rows]
    (first, should), *others = rows
    for who, state in others:
        lines += _changed(first, should, who, state)
    return Value(short, text="\n".join(lines))


def _shown(state: tuple[str | None, ...], longest: int = 10_000) -> str:
    if not state:
        return "(not there)"
    now, boot, _ = state
    told = " ".join((now or "(nothing)").split())
    told = told if len(told) <= longest else f"{told[: longest - 1]}…"
    return told if boot is None else f"{told} ({boot} after the next start)"


def _changed(one: str, before: tuple[str | None, ...], other: str, after: tuple[str | None, ...]) -> Iterator[str]:
    should, is_now = (state[2] if state else None for state in (before, after))
    if should is not None and is_now is not None:
        yield from unified(should, is_now, one, other)


def unified(one: str, other: str, left: str, right: str) -> Iterator[str]:
    """Two texts as `diff -u` shows them."""
    return difflib.unified_diff(one.splitlines(), other.splitlines(), left, right, lineterm="", n=2)


# ── against how they were ─────────────────────────────────────────────────────────────────────────────────────────────


def first_sight(baseline: Reading, reading: Reading) -> dict[str, Value]:
    """A baseline's part, with what isn't in it, or otherwise, as it stands there before anybody says that it may."""
    fresh = {
        key: value._replace(type=PROPOSED) for key, value in reading.items() if not _is_same(baseline.get(key), value)
    }
    return {**baseline, **fresh}


def owned(reading: Reading) -> dict[str, Value]:
    """As it stands there once somebody has."""
    return {key: value._replace(type=None) for key, value in reading.items()}


def news(
    sources: Mapping[str, Source], baseline: Spread, now: Spread, told: frozenset[str], quiet: Quiet, at: AwareDatetime
) -> tuple[Difference, ...]:
    """What is unlike, and not as the baseline has it. `told`: whole names that differ on a member from its own
    baseline: those are that member's to tell, once, until somebody has made up their mind about it."""
    found = (each for each in _all(sources, baseline, now) if not _is_same(each.before, each.after))
    return tuple(each for each in found if each.name not in told and not quiet.covers(each, at))


def standing(
    sources: Mapping[str, Source], baseline: Spread, now: Spread, told: frozenset[str], quiet: Quiet, at: AwareDatetime
) -> tuple[Difference, ...]:
    """What is unlike just as it was proposed, and nobody has said yet that it may be so."""
    found = (each for each in _all(sources, baseline, now) if _is_same(each.before, each.after))
    return tuple(
        each
        for each in found
        if each.before is not None
        and each.before.type == PROPOSED
        and each.name not in told
        and not quiet.covers(each, at)
    )


def _is_same(before: Value | None, now: Value | None) -> bool:
    """Whoever owns it."""
    return before is not None and now is not None and before._replace(type=now.type) == now


def _all(sources: Mapping[str, Source], baseline: Spread, now: Spread) -> Iterator[Difference]:
    for question in sorted(now):
        source = sources[question.partition(":")[0]]
        for key, value in sorted(now[question].items()):
            if source.noisy(key) is None:
                before = baseline.get(question, {}).get(key)
                yield Difference(
                    did=Did.UNLIKE,
                    question=question,
                    key=key,
                    before=before,
                    after=value,
                    severity=source.severity(key),
                )
