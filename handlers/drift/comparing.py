"""What lies between how a host should be and how it is. Pure; the same for one host over time and for two hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase

from pydantic import AwareDatetime

from handlers.drift.source import Source, full
from handlers.drift.value import Reading, Value
from policies.alerts import Severity
from policies.words import Frozen

LONGEST_SPREAD = 400  # characters of who has what


class Did(StrEnum):
    CHANGED = "changed"
    APPEARED = "appeared"
    GONE = "gone"
    BOOT = "boot"  # what it is and what it becomes at the next start part ways
    DEFAULT = "default"  # what it is out of the box is something else: another level
    UNLIKE = "unlike"  # things that should be alike aren't; `after` says which of them has what


class Difference(Frozen):
    """One setting's. `before` None: it wasn't there; `after` None: it isn't any more."""

    did: Did
    question: str
    key: str
    before: Value | None
    after: Value | None
    severity: Severity
    next_start: str = "the next start"  # when `boot` of a value comes

    @property
    def name(self) -> str:
        return full(self.question, self.key)

    @property
    def said(self) -> str:
        """`no/tcp_sendspace 262144 → 131072`: the same on each host that it happened to."""
        before, after = self.before, self.after
        if self.did is Did.UNLIKE and after is not None:
            return f"{self.name}: {_word(after.now, LONGEST_SPREAD)}"
        if after is None or before is None:
            return (
                f"{self.name} is gone, was {_shown(before)}"
                if after is None
                else f"{self.name} is new: {_shown(after)}{self._later(after)}"
            )
        if self.did is Did.DEFAULT:
            return f"{self.name}: the default is {_word(after.default)} now, and was {_word(before.default)}"
        if self.did is Did.CHANGED and before.now == after.now and before.text == after.text:
            return (
                f"{self.name} is {_shown(after)} and stays so; {_word(before.boot)} was to come with {self.next_start}"
            )
        if self.did is not Did.BOOT:
            return f"{self.name} {_shown(before)} → {_shown(after)}"
        moved = f" {_shown(before)} → {_shown(after)}" if before.now != after.now else f" is {_shown(after)}"
        return f"{self.name}{moved}{self._later(after)}"

    def _later(self, after: Value) -> str:
        return f", and will be {_word(after.boot)} after {self.next_start}" if self.did is Did.BOOT else ""


class Ignored(Frozen):
    """Somebody's word that a setting doesn't matter until then. `name` is a whole one, or a pattern of such."""

    name: str
    until: AwareDatetime

    def covers(self, name: str, at: AwareDatetime) -> bool:
        return at < self.until and fnmatchcase(name, self.name)


class Accepted(Frozen):
    """Somebody's word that exactly this may stand for a while beside the baseline."""

    name: str
    value: Value | None
    until: AwareDatetime


class Quiet(Frozen):
    """What is not to be told of one host."""

    site: tuple[str, ...] = ()  # patterns of whole names, by the configuration
    ignored: tuple[Ignored, ...] = ()
    accepted: tuple[Accepted, ...] = ()

    def covers(self, difference: Difference, at: AwareDatetime) -> bool:
        if any(fnmatchcase(difference.name, each) for each in self.site):
            return True
        return any(each.covers(difference.name, at) for each in self.ignored) or any(
            each.name == difference.name and _alike(each.value, difference.after) and at < each.until
            for each in self.accepted
        )


def _alike(one: Value | None, other: Value | None) -> bool:
    """Whatever their types: those make no difference."""
    plain = (each._replace(type=None) if each is not None else None for each in (one, other))
    return next(plain) == next(plain)


Readings = Mapping[str, Reading]  # by question


def compared(source: Source, question: str, baseline: Reading, now: Reading) -> Iterator[Difference]:
    """Every difference of one question's two readings, once, in the order of their keys."""
    if baseline == now:
        return
    odd = [key for key, value in now.items() if baseline.get(key) != value]
    odd += baseline.keys() - now.keys()
    for key in sorted(odd):
        before, after = baseline.get(key), now.get(key)
        did = _did(before, after)
        if did is not None and source.noisy(key) is None:
            severity = _severity(source, key, did, is_both=None not in (before, after))
            yield Difference(
                did=did, question=question, key=key, before=before, after=after, severity=severity,
                next_start=source.next_start,
            )  # fmt: skip


def _severity(source: Source, key: str, did: Did, *, is_both: bool) -> Severity:
    if did is Did.DEFAULT or (source.is_by_level and not is_both):
        return Severity.NOTE
    if did is Did.GONE and source.gone is not None:
        return source.gone
    return source.severity(key)


def _did(before: Value | None, after: Value | None) -> Did | None:
    """None: another type alone, which is its level's and not how it is set."""
    if after is None:
        return Did.GONE
    if before is None:
        return Did.BOOT if after.waits else Did.APPEARED
    if after.waits and (before.now, before.boot) != (after.now, after.boot):
        return Did.BOOT
    later = None not in (before.boot, after.boot) and before.boot != after.boot  # who tells none says nothing of it
    if later or (before.now, before.text) != (after.now, after.text):
        return Did.CHANGED
    return Did.DEFAULT if before.default != after.default else None


def differences(
    sources: Mapping[str, Source], baseline: Readings, now: Readings, quiet: Quiet, at: AwareDatetime
) -> tuple[Difference, ...]:
    """Of every question that both sides have. One that a side hasn't, such as of a device that is gone or that nobody
    has looked at yet, is told by the list that it stands in, once, and not by each of its settings."""
    return tuple(
        each
        for question in sorted(baseline.keys() & now.keys())
        for each in compared(sources[question.partition(":")[0]], question, baseline[question], now[question])
        if not quiet.covers(each, at)
    )


def _shown(value: Value | None) -> str:
    return _word(None if value is None else value.now)


def _word(text: str | None, longest: int = 120) -> str:
    """As it may stand in a sentence."""
    if text is None or text == "":
        return "nothing"
    # A number sign before a number would be read as one of our requests.
    told = re.sub(r"#(?=\d)", "# ", " ".join(text.split()))
    return told if len(told) <= longest else f"{told[: longest - 1]}…"
