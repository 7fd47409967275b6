"""A source of settings: what is asked, what the answer means, what of it never matters, and how to go back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache

from handlers.drift.value import Reading, Seal, Value
from handlers.operation import Operation
from policies.alerts import Severity

OPEN = "open-setting"  # a form's list of the settings that differ, of the host that stands in it


class Kind(StrEnum):
    """What kind of thing is asked."""

    AIX = "aix"
    VIOS = "vios"
    SYSTEM = "system"  # a managed system, and the partitions on it, by its HMC


@dataclass(frozen=True)
class Noise:
    """Settings that never matter, by a pattern of their keys; and why."""

    pattern: str
    reason: str


@dataclass(frozen=True)
class Weight:
    """How much a difference matters, by a pattern of its key; the first that fits counts."""

    pattern: str
    severity: Severity


@dataclass(frozen=True, kw_only=True)
class Back:
    """The way back of one setting: the words that set it, an operation that does, or why there is neither."""

    argv: tuple[tuple[str, ...], ...] = ()
    operation: Operation | None = None
    why_not: str = ""
    takes_hold: str = ""  # when, in a sentence; empty: at once
    overwrites: str = ""  # the profile that is written as a whole

    @property
    def is_there(self) -> bool:
        return bool(self.argv) or self.operation is not None


Inverse = Callable[[str, str, Value | None, Value | None], Back]  # about what, key, as it should be, as it is


def no_way(about: str, key: str, wanted: Value | None, now: Value | None) -> Back:
    return Back(why_not="I know of no one command that sets it: it has to be set by hand, or accepted")


@dataclass(frozen=True, kw_only=True)
class Listed:
    """What a source is asked of, one by one: the `names` in a reading of the source `by`. `fits`: whether it would be
    asked of that name, were it there."""

    by: str
    names: Callable[[Reading], Iterable[str]]
    fits: Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class Source:
    """`of_each`: whether it is asked of each device, file or user on its own; `listed`: where another source's answer
    says which there are. `explained`: what a setting does, a line each, where that is known. `sealing`: of answers that
    may hold secrets and are kept nowhere as they came, how they are read: what may not be kept is sealed. Without a
    seal `parse` tells less of the same. `is_by_level`: which settings there are is a level's or a driver's to say: one
    more or one less comes with another of those, and is no more than a note."""

    name: str
    title: str
    kinds: frozenset[Kind]
    argv: Callable[[str], tuple[str, ...]]
    parse: Callable[[str], Reading]
    sealing: Callable[[str, Seal], Reading] | None = None
    noise: tuple[Noise, ...] = ()
    weights: tuple[Weight, ...] = ()
    weight: Severity = Severity.WARNING
    gone: Severity | None = None  # of what isn't there any more, where that weighs otherwise than a change
    empty: frozenset[int] = frozenset()  # exit statuses by which it says that there is nothing
    back: Inverse = no_way
    explained: Mapping[str, str] = field(default_factory=dict)
    of_each: bool = False
    is_by_level: bool = False
    listed: Listed | None = None
    next_start: str = "the next start"  # when `boot` of a value comes
    deadline: float = 60.0  # seconds

    @property
    def is_sealed(self) -> bool:
        return self.sealing is not None

    def reader(self, seal: Seal) -> Callable[[str], Reading]:
        sealing = self.sealing
        return self.parse if sealing is None else lambda text: sealing(text, seal)

    def severity(self, key: str) -> Severity:
        return next((each.severity for each in self.weights if fnmatchcase(key, each.pattern)), self.weight)

    def noisy(self, key: str) -> Noise | None:
        return _noisy(self.noise, key)

    def quiet(self, reading: Reading, more: tuple[Noise, ...] = ()) -> dict[str, Value]:
        """What is left of a reading once everything that never matters is out of it."""
        rules = (*self.noise, *more)
        return {key: value for key, value in reading.items() if _noisy(rules, key) is None}


@lru_cache(maxsize=65_536)
def _noisy(rules: tuple[Noise, ...], key: str) -> Noise | None:
    return next((each for each in rules if fnmatchcase(key, each.pattern)), None)


@dataclass(frozen=True)
class Question:
    """A source as one host is asked it: `about` names the device, file or user, where it is asked of each."""

    source: Source
    about: str = ""

    @property
    def name(self) -> str:
        """By which its readings are kept, for ever: `no`, `attributes:sys0`, `file:/etc/hosts`."""
        return f"{self.source.name}:{self.about}" if self.about else self.source.name

    @property
    def argv(self) -> tuple[str, ...]:
        return self.source.argv(self.about)


def full(question: str, key: str) -> str:
    """A setting's whole name, as it is shown and typed: `no/tcp_sendspace`."""
    return f"{question}/{key}"


def parted(name: str) -> tuple[str, str]:
    """The question and the key of a whole name. A key has no slash in it; a question can have."""
    question, _, key = name.rpartition("/")
    return question, key
