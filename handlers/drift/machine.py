"""One look at a host → what is to be told of it, and what is to be remembered. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import AwareDatetime, PositiveInt

from handlers.drift.beside import CHANGED_LINES, beside
from handlers.drift.comparing import Difference
from handlers.drift.serving import client_of
from handlers.drift.source import Back, Kind, Source
from handlers.operation import typed
from policies.alerts import Happening, Remedy, Severity, Sighting, Symptom
from policies.words import Frozen

KIND = "drift"
MANY = 12  # differences of one question; more are one symptom
LISTED = 5  # of those, named in it
_WORD = re.compile(r"[A-Za-z0-9_.%]+")  # of a command: `tcp_sendspace` of `tcp_sendspace=131072`


class Request(Frozen):
    """One of ours that ran on that host since it was last read; `elsewhere`: on the frame of that VIOS, and not there.
    `by`: who asked for it; `sent`: its commands, a line each; not kept. `took`: a pattern of the settings that a
    baseline took over by it."""

    number: PositiveInt
    typed: str
    places: tuple[str, ...] = ()
    by: str = ""
    sent: tuple[str, ...] = ()
    elsewhere: bool = False
    took: str = ""

    @property
    def said(self) -> str:
        return f"#{self.number}, {self.typed}{f', asked for by {self.by}' if self.by else ''}"

    def names(self, difference: Difference, kind: Kind) -> bool:
        """Whether what it sent speaks of just that setting, of just that device; of a managed system's settings, of the
        partition that it is about: an HMC's commands name what they do to one, not what comes of it; and elsewhere, of
        the client that a mapping is for, such as one that was migrated."""
        if self.elsewhere:
            client = client_of(difference.after or difference.before)
            return client != "" and any(f" {client} " in f" {each} " for each in self.sent)
        if self.took:
            return fnmatchcase(difference.name, self.took)
        about = difference.question.partition(":")[2]
        wanted = {subject_of(difference)} if kind is Kind.SYSTEM else {difference.key, *([about] if about else [])}
        return any(wanted <= {*_WORD.findall(each), *each.split()} for each in self.sent)


class Noted(Frozen):
    """A difference when it was first seen, and what went on around it then. `beside`: the request ran meanwhile, and
    nothing shows that it did that."""

    said: str
    since: AwareDatetime
    around: tuple[str, ...] = ()
    request: Request | None = None
    beside: bool = False

    @property
    def explained(self) -> Request | None:
        return self.request if not self.beside else None


class Memory(Frozen):
    """`unread`: why a question couldn't be read at the last look. `asked`: what that look asked; None: all of it.

    `at`: when it was last worked out; `read_at`: when it was last begun to be read. `out`: why it couldn't be asked.
    `mark`: of what people had said of it by then.
    """

    version: Literal[1] = 1
    at: AwareDatetime
    read_at: AwareDatetime | None = None
    out: str = ""
    noted: Mapping[str, Noted] = {}
    unread: Mapping[str, str] = {}
    asked: frozenset[str] | None = None
    mark: str = ""

    def still_asks(self, question: str) -> bool:
        return self.asked is None or question in self.asked


class Look(Frozen):
    """`differences`: of the newest readings there are, however old, of what is `asked`. `out`: why the host couldn't be
    asked at all. `read_at`: when reading it was begun; None: it wasn't read for this look.

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
    read_at: AwareDatetime | None = None
    around: tuple[str, ...] = ()
    ours: tuple[Request, ...] = ()

    @property
    def key(self) -> str:
        return key_of(self.host)

    @property
    def title(self) -> str:
        return f"drift of {self.host}"

    def back(self, difference: Difference, source: Source) -> Back:
        """The way back of it, or why there is none."""
        about = difference.question.partition(":")[2]
        return source.back(about, difference.key, difference.before, difference.after)

    def then(self, difference: Difference, source: Source) -> str:
        """What to do about it."""
        key, back = difference.key, self.back(difference, source)
        way = (
            f"`/drift revert {self.host} {difference.name}` sets it back"
            if back.is_there
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
        read_at=look.read_at or (memory.read_at if memory else None),
        out=look.out,
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
    ours = _ours(look, difference)
    named = [each for each in ours if each.names(difference, look.kind)]
    # Two of ours explain nothing: it would be a guess which. And one that speaks of something else excuses nothing.
    likely = named or [each for each in ours if not each.elsewhere] or ours
    request = likely[0].model_copy(update={"sent": ()}) if len(likely) == 1 else None
    around = (*look.around, *(f"ours in between: {each.said}" for each in ours))
    return Noted(said=difference.said, since=look.at, around=around, request=request, beside=not named)


def _ours(look: Look, difference: Difference) -> tuple[Request, ...]:
    """What we did there; of a managed system only what was done to the partition that it is about."""
    if look.kind is not Kind.SYSTEM:
        return look.ours
    return tuple(each for each in look.ours if subject_of(difference) in each.places)


def subject_of(difference: Difference) -> str:
    """The partition that it is about, of a managed system's."""
    return difference.question.partition(":")[2] or difference.key


def _again(look: Look, difference: Difference, noted: Noted, sources: Mapping[str, Source]) -> Happening:
    source = sources[difference.question.partition(":")[0]]
    return Happening(
        rule="drift-again",
        about=difference.name,
        severity=difference.severity,
        said=f"it changed once more: {difference.said}",
        evidence=look.shown(difference, source),
        request=noted.explained.number if noted.explained is not None else None,
    )


# ── what lasts ────────────────────────────────────────────────────────────────────────────────────────────────────


def _lasting(look: Look, noted: Mapping[str, Noted], sources: Mapping[str, Source]) -> Iterator[Symptom]:
    by_question: dict[str, list[Difference]] = defaultdict(list)
    for each in look.differences:
        by_question[each.question].append(each)
    remedies = tuple(_remedies(look, sources))
    for question, some in by_question.items():
        source = sources[question.partition(":")[0]]
        if len(some) > MANY:
            yield _many(look.host, question, some, noted, remedies)
        else:
            yield from (_one(look, each, noted[each.name], source, remedies) for each in some)


def _one(look: Look, difference: Difference, noted: Noted, source: Source, remedies: tuple[Remedy, ...]) -> Symptom:
    own, ran = noted.explained, noted.request
    explained = f", explained by {own.said}" if own is not None else f"; meanwhile ran {ran.said}" if ran else ""
    return Symptom(
        rule=f"drift-{difference.did.value}",
        about=difference.name,
        severity=Severity.NOTE if own is not None else difference.severity,
        said=f"{difference.said}{explained}",
        evidence=(*look.shown(difference, source), *noted.around),
        then=look.then(difference, source),
        remedies=remedies,
        cause=f"same:{difference.said[:200]}" if own is None else "",
        request=own.number if own is not None else None,
    )


def _many(
    host: str, question: str, some: Sequence[Difference], noted: Mapping[str, Noted], remedies: tuple[Remedy, ...]
) -> Symptom:  # fmt: skip
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
        remedies=remedies,
    )


def _remedies(look: Look, sources: Mapping[str, Source]) -> Iterator[Remedy]:
    """Of the one setting that differs; of several a form asks which. What needs a reason asks for it in any case."""
    only = look.differences[0].name if len(look.differences) == 1 else ""
    which = f"{look.host} {typed(only)}" if only else look.host
    steps = [("Show difference", f"diff {which}"), ("Explain", f"explain {which}")]
    steps += [("Accept…", f"accept {which}"), ("Ignore…", f"ignore {which}")]
    if any(look.back(each, sources[each.question.partition(":")[0]]).argv for each in look.differences):
        steps.append(("Revert" if only else "Revert…", f"revert {which}"))
    steps.append(("Drift history", f"history {look.host}"))
    return (Remedy(label=label, command=KIND, text=text) for label, text in steps)


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
