"""What a site wants of its alerts: where they stand, how long they wait, who is called when nobody takes one. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Self, TypeAlias

from pydantic import Field, StringConstraints, field_validator, model_validator

from policies.alerts import Severity
from policies.recurrences import known_zone
from policies.words import Frozen

ChannelId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[CG][A-Z0-9]{1,30}$")]
GroupId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]{1,30}$")]
MemberId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{1,30}$")]
Pattern: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=100)]


def _severity(given: object) -> object:
    """By its word, as a person writes it."""
    if isinstance(given, str):
        words = {each.word: each for each in Severity}
        if given not in words:
            raise ValueError(f"it is one of {', '.join(words)}")
        return words[given]
    return given


class Level(Frozen):
    """Who is called when nobody took an incident for so long. Exactly one of `channel`, `group` and `person`."""

    after_minutes: int = Field(ge=1, le=10_080)
    channel: ChannelId | None = None  # another one, where it is told
    group: GroupId | None = None  # mentioned in the incident's own thread
    person: MemberId | None = None  # by direct message
    severity: Severity = Severity.WARNING  # the least that it is for

    _by_word = field_validator("severity", mode="before")(_severity)

    @model_validator(mode="after")
    def _one_is_called(self) -> Self:
        if sum(each is not None for each in (self.channel, self.group, self.person)) != 1:
            raise ValueError("exactly one of channel, group and person is called")
        return self

    @property
    def after(self) -> timedelta:
        return timedelta(minutes=self.after_minutes)


class Route(Frozen):
    """Which channel is told. All that is given must fit; of tags and places, one each is enough."""

    channel: ChannelId
    kinds: tuple[Pattern, ...] = ()  # `sea`, `drift`
    tags: tuple[Pattern, ...] = ()  # `env:prod`
    places: tuple[Pattern, ...] = ()  # names, or patterns, of HMCs, managed systems and partitions

    def fits(self, kind: str, places: Iterable[str], tags: Iterable[str]) -> bool:
        return (
            (not self.kinds or kind in self.kinds)
            and (not self.tags or any(fnmatchcase(tag, each) for tag in tags for each in self.tags))
            and (not self.places or any(fnmatchcase(place, each) for place in places for each in self.places))
        )


class Alerting(Frozen):
    """The settings of `[alerts]`."""

    channel: ChannelId | None = None  # where no route fits
    routes: tuple[Route, ...] = Field(default=(), max_length=100)  # the first that fits
    settle_seconds: int = Field(default=60, ge=0, le=3_600)  # how long what lasts has to before it is said
    reopen_minutes: int = Field(default=30, ge=0, le=1_440)  # in which it is the same incident that comes back
    notes_from: Severity = Severity.WARNING  # what is over and left nothing behind is said from here on
    escalation: tuple[Level, ...] = Field(default=(), max_length=10)
    storm: int = Field(default=10, ge=1, le=1_000)  # more that open within `storm_seconds` are told together
    storm_seconds: int = Field(default=60, ge=1, le=3_600)
    storm_minutes: int = Field(default=5, ge=1, le=120)  # without another one, and it has passed
    digest_hour: int | None = Field(default=None, ge=0, le=23)  # none: no digest
    zone: str = "UTC"

    _by_word = field_validator("notes_from", mode="before")(_severity)

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, given: str) -> str:
        return known_zone(given)

    @model_validator(mode="after")
    def _levels_in_order(self) -> Self:
        minutes = [each.after_minutes for each in self.escalation]
        if minutes != sorted(minutes):
            raise ValueError("escalation goes from the shortest wait to the longest")
        return self

    @property
    def settle(self) -> timedelta:
        return timedelta(seconds=self.settle_seconds)

    @property
    def reopens_within(self) -> timedelta:
        return timedelta(minutes=self.reopen_minutes)

    @property
    def storm_within(self) -> timedelta:
        return timedelta(seconds=self.storm_seconds)

    @property
    def storm_passes(self) -> timedelta:
        return timedelta(minutes=self.storm_minutes)

    def channel_of(self, kind: str, places: Iterable[str], tags: Iterable[str]) -> str:
        """Where it is said; empty: nowhere is named."""
        here, known = tuple(places), tuple(tags)
        found = next((each.channel for each in self.routes if each.fits(kind, here, known)), self.channel)
        return found or ""

    @property
    def channels(self) -> tuple[str, ...]:
        """Every channel in which an incident can stand."""
        return tuple(dict.fromkeys(each for each in (self.channel, *(one.channel for one in self.routes)) if each))
