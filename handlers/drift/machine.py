"""One look at a host → what is to be told of it, and what is to be remembered. Pure."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import AwareDatetime, PositiveInt

from handlers.drift.comparing import Did, Difference
from handlers.drift.source import Kind, Source
from handlers.drift.value import Value
from policies.alerts import Happening, Remedy, Severity, Sighting, Symptom
from policies.words import Frozen

KIND = "drift"
MANY = 12  # differences of one question; more are one symptom
LISTED = 5  # of those, named in it
CHANGED_LINES = 40  # of a file's difference
WORD = 120  # characters of a value in evidence


class Request(Frozen):
    """One of ours that ran on that host since the last look."""

    number: PositiveInt
    typed: str


class Noted(Frozen):
    """A difference when it was first seen, and what went on around it then."""

    said: str
    since: AwareDatetime
    around: tuple[str, ...] = ()
    request: Request | None = None


class Memory(Frozen):
    """`unread`: why a question couldn't be read at the last look. `asked`: what that look asked; None: all of it."""

    version: Literal[1] = 1
    at: AwareDatetime
    noted: Mapping[str, Noted] = {}
    unread: Mapping[str, str] = {}
    asked: frozenset[str] | None = None

    def still_asks(self, question: str) -> bool:
        return self.asked is None or question in self.asked


class Look(Frozen):
    """`differences`: of the newest readings there are, however old, of what is `asked`. `out`: why the host couldn't be
    asked at all.

    `around`: who was there, and `ours`: what we did there since the last look; both count for what is new.
    """

    host: str
    kind: Kind = Kind.AIX
    places: tuple[str, ...]
    at: AwareDatetime
    differences: tuple[Difference, ...]
    unread: Mapping[str, str] = {}
    asked: frozenset[str] | None = None
    out: str = ""
    around: tuple[str, ...] = ()
    ours: tuple[Request, ...] = ()

    @property
    def key(self) -> str:
        return key_of(self.host)

    @property
    def title(self) -> str:
        return f"drift of {self.host}"

    def then(self, difference: Difference, source: Source) -> str:
        """What to do about it."""
        about, key = difference.question.partition(":")[2], difference.key
        back = source.back(about, key, difference.before, difference.after)
        way = (
            f"`/drift revert {self.host} {difference.name}` sets it back"
            if back.argv
            else f"There is no way back: {back.why_not}"
        )
        what = source.explained.get(key)
        return f"{f'{key}: {what}. ' if what else ''}{way}; `/drift accept` says that it is right."

    def shown(self, difference: Difference, source: Source) -> tuple[str, ...]:
        """Both sides of it, line by line."""
        return tuple(beside(difference, source))


def fresh(memory: Memory | None, differences: Sequence[Difference]) -> list[Difference]:
    """Those that weren't there at the last look, or otherwise."""
    noted = memory.noted if memory is not None else {}
    return [each for each in differences if each.name not in noted or noted[each.name].said != each.said]


def step(memory: Memory | None, look: Look, sources: Mapping[str, Source]) -> tuple[Memory, Sighting]:
    noted = {each.name: _noted(memory, look, each) for each in look.differences}
    moved = [
        each for each in fresh(memory, look.differences) if memory is not None and each.name in memory.noted
    ]  # fmt: skip
    sighting = Sighting(
        key=look.key,
        kind=KIND,
        title=look.title,
        places=look.places,
        at=look.at,
        symptoms=(*_lasting(look, noted, sources), *_unread(look)),
        happenings=tuple(_again(look, each, noted[each.name], sources) for each in moved),
        affected=(),
    )
    after = Memory(
        at=look.at,
        noted=noted,
        unread=dict(look.unread) if not look.out else (memory.unread if memory else {}),
        asked=look.asked,
    )
    return after, sighting


def key_of(host: str) -> str:
    return f"drift/{host}"


def _noted(memory: Memory | None, look: Look, difference: Difference) -> Noted:
    before = memory.noted.get(difference.name) if memory is not None else None
    if before is not None and before.said == difference.said:
        return before
    # Two of ours in between explain nothing: it would be a guess which.
    request = look.ours[0] if len(look.ours) == 1 else None
    around = (*look.around, *(f"ours in between: #{each.number}, {each.typed}" for each in look.ours))
    return Noted(said=difference.said, since=look.at, around=around, request=request)


def _again(look: Look, difference: Difference, noted: Noted, sources: Mapping[str, Source]) -> Happening:
    source = sources[difference.question.partition(":")[0]]
    return Happening(
        rule="drift-again",
        about=difference.name,
        severity=difference.severity,
        said=f"it changed once more: {difference.said}",
        evidence=look.shown(difference, source),
        request=noted.request.number if noted.request is not None else None,
    )


# ── what lasts ────────────────────────────────────────────────────────────────────────────────────────────────────


def _lasting(look: Look, noted: Mapping[str, Noted], sources: Mapping[str, Source]) -> Iterator[Symptom]:
    by_question: dict[str, list[Difference]] = defaultdict(list)
    for each in look.differences:
        by_question[each.question].append(each)
    for question, some in by_question.items():
        source = sources[question.partition(":")[0]]
        if len(some) > MANY:
            yield _many(look.host, question, some, noted)
        else:
            yield from (_one(look, each, noted[each.name], source) for each in some)


def _one(look: Look, difference: Difference, noted: Noted, source: Source) -> Symptom:
    own = noted.request
    explained = f", explained by #{own.number}, {own.typed}" if own is not None else ""
    return Symptom(
        rule=f"drift-{difference.did.value}",
        about=difference.name,
        severity=Severity.NOTE if own is not None else difference.severity,
        said=f"{difference.said}{explained}",
        evidence=(*look.shown(difference, source), *noted.around),
        then=look.then(difference, source),
        remedies=_remedies(look.host, difference.name),
        cause=f"same:{difference.said[:200]}" if own is None else "",
        request=own.number if own is not None else None,
    )


def _many(host: str, question: str, some: Sequence[Difference], noted: Mapping[str, Noted]) -> Symptom:
    """Too many to be read one by one: a level that changed changes hundreds."""
    first = "; ".join(each.said for each in some[:LISTED])
    around = max((noted[each.name] for each in some), key=lambda each: each.since).around
    return Symptom(
        rule="drift-many",
        about=question,
        severity=max(each.severity for each in some),
        said=f"{question}: {len(some)} differences, such as {first}",
        evidence=(*(each.said for each in some[:CHANGED_LINES]), *around),
        then=f"`/drift diff {host}` has them all. If that is how it should be, accept them with a reason.",
        remedies=_remedies(host, f"{question}/*"),
    )


def _remedies(host: str, name: str) -> tuple[Remedy, ...]:
    typed = f'"{name}"' if " " in name else name
    return (
        Remedy(label="Show", command=KIND, text=f"diff {host}"),
        Remedy(label="Accept", command=KIND, text=f"accept {host} {typed}"),
    )


_TRY: Mapping[Kind, str] = {
    Kind.AIX: "`hscbot check {}` tries it",
    Kind.VIOS: "`/vios health` tells how {} and its RMC stand",
    Kind.SYSTEM: "`hscbot check` tries the HMC of {}",
}


def _unread(look: Look) -> Iterator[Symptom]:
    if look.out:
        yield Symptom(
            rule="host-unreachable",
            about=look.host,
            severity=Severity.WARNING,
            said=f"{look.host} can't be asked: {look.out} What it was last read to be still counts",
            then=f"{_TRY[look.kind].format(look.host)}; until it answers nobody knows whether it drifts.",
            cause=f"{look.kind.value}:{look.host}",
        )
        return
    for question, why in sorted(look.unread.items()):
        yield Symptom(
            rule="unreadable",
            about=question,
            severity=Severity.WARNING,
            said=f"{why}; its baseline stays, and what it was last read to be still counts",
            then="Ask it by hand on that host. What doesn't apply there can be left out in [drift] of hscbot.toml.",
        )


# ── side by side ──────────────────────────────────────────────────────────────────────────────────────────────────


def beside(difference: Difference, source: Source) -> Iterator[str]:
    """As it should be and as it is, value by value, and of a file what changed in it."""
    yield f"should be: {_told(difference.before)}"
    yield f"is:        {_told(difference.after)}"
    if difference.did is Did.BOOT and difference.after is not None:
        yield f"next start: {difference.after.boot}"
    before, after = (each.text if each is not None else None for each in (difference.before, difference.after))
    if before is not None and after is not None:
        name = difference.question.partition(":")[2]
        changed = difflib.unified_diff(
            before.splitlines(), after.splitlines(), f"{name} as it should be", f"{name} as it is", lineterm="", n=2
        )
        lines = list(changed)
        yield from (line[:200] for line in lines[:CHANGED_LINES])
        if len(lines) > CHANGED_LINES:
            yield f"… {len(lines) - CHANGED_LINES} more lines"


def _told(value: Value | None) -> str:
    if value is None:
        return "(not there)"
    told = value.now if len(value.now) <= WORD else f"{value.now[: WORD - 1]}…"
    default = f" (default {value.default})" if value.default is not None and value.default != value.now else ""
    return f"{told or '(nothing)'}{default}"
