"""The dead man's switch: what the watch has to say of itself, and above all that it doesn't watch any more. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from policies.alerts import Happening, Severity, Sighting, Symptom
from policies.incidents import Incident

KIND = "watch"
SLOW = 2.0  # intervals that a round may take before it is told
RETIRED = timedelta(days=7)  # for which no HMC lists a system that is let go then


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How the watch over one host stands. Times are seconds of a clock that only goes forward."""

    host: str
    every: float
    late_after: int
    pairs: int
    since_round: float
    round_took: float | None = None
    told_by: str = "`/sea status` tells how old each look is"
    died: str = ""  # why its task ended, until the next whole round
    out: str = ""  # why the host can't be asked
    unlisted: str = ""  # why it couldn't be asked what it manages
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unassigned: Mapping[str, int] = field(default_factory=dict)  # system → pairs known there that nobody looks at

    @property
    def is_late(self) -> bool:
        return self.since_round > self.late_after * self.every


def key_of(host: str) -> str:
    return f"{KIND}/{host}"


def sighting(standing: Standing, at: datetime, happenings: tuple[Happening, ...] = (), *, over: str = "") -> Sighting:
    """`over`: why something that was wrong isn't any more, where it isn't well."""
    return Sighting(
        key=key_of(standing.host),
        kind=KIND,
        title=f"the watch over {standing.host}",
        places=(standing.host, *{**standing.unread, **standing.unassigned}),
        at=at,
        symptoms=tuple(_symptoms(standing, at - timedelta(seconds=standing.since_round))),
        happenings=happenings,
        over=over,
    )


def _symptoms(standing: Standing, since: datetime) -> Iterator[Symptom]:
    if standing.is_late:
        yield Symptom(
            rule="no-round",
            severity=Severity.SERIOUS,
            said=f"{standing.host} hasn't been looked at as a whole since {since:%H:%M} UTC, and should be every"
            f" {standing.every:g} s. Until it is, silence means nothing",
            then=f"Look at the log of hscbot and at that host; {standing.told_by}.",
            at_once=True,
        )
    if standing.died:
        yield Symptom(
            rule="watch-died",
            severity=Severity.SERIOUS,
            said=f"the watch over {standing.host} ended by a fault of my own, and was begun anew: {standing.died}",
            then="The log of hscbot has the trace: report it.",
            at_once=True,
        )
    if standing.round_took is not None and standing.round_took > SLOW * standing.every and not standing.out:
        yield Symptom(
            rule="rounds-slow",
            severity=Severity.WARNING,
            said=f"a round of {standing.host} took {standing.round_took:.0f} s; it should take {standing.every:g} s",
            then=f"Give it more time or more at once: [watch.hmc.{standing.host}] every and at_once.",
        )
    if standing.unlisted:
        yield Symptom(
            rule="not-listed",
            severity=Severity.SERIOUS,
            said=f"what {standing.host} manages can't be listed; what is new there isn't watched: {standing.unlisted}",
            then="It is asked again by itself; `hscbot check` with its name tells more.",
        )
    for system, pairs in sorted(standing.unassigned.items()):
        yield Symptom(
            rule="nobody-watches",
            about=system,
            severity=Severity.WARNING,
            said=f"nobody looks at {system} ({pairs} known SEA pair{'' if pairs == 1 else 's'}): no HMC lists it",
            then="Look whether its HMC still manages it; it is watched again as soon as one lists it, and let go after "
            f"{RETIRED.days} days.",
        )
    for system, faults in sorted(standing.unread.items()):
        for number, fault in enumerate(faults):
            yield Symptom(
                rule="not-found",
                about=f"{system}/{number}",
                severity=Severity.WARNING,
                said=f"not every SEA of {system} is watched: {fault}",
                then="It is searched again by itself; `/sea check` with its name tells more.",
            )


def stalled(seconds: float) -> Happening:
    """The process itself stood still: nothing was looked at, and nobody could say so."""
    said = f"hscbot stood still for {seconds:.0f} s: nothing was looked at meanwhile"
    return Happening(rule="stalled", severity=Severity.SERIOUS, said=said)


def let_go(why: str) -> Happening:
    return Happening(rule="let-go", severity=Severity.WARNING, said=why)


def ended(incident: Incident, host: str, at: datetime) -> Sighting:
    """Said to be over, and not to be well."""
    over = (
        f"nobody looks at {host} any more: the settings don't ask for it, or no HMC lists it. What was open of it ends"
    )
    return Sighting(
        key=incident.key, kind=incident.kind, title=incident.title, places=incident.places, at=at, over=over
    )  # fmt: skip


def unwatched(last: datetime, now: datetime) -> Happening:
    """It wasn't running, or not getting through, before this start."""
    minutes = (now - last) / timedelta(minutes=1)
    said = f"nobody watched for {minutes:.0f} min, since {last:%Y-%m-%d %H:%M:%S} UTC: what was over by now wasn't seen"
    return Happening(rule="unwatched", severity=Severity.WARNING, said=said)
