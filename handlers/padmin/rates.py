"""How fast the counters of a port grow: read a few times, as a table and a small plot.

The time between two readings is the port's own, as its counters tell it. A counter that went back has wrapped or was
reset: how fast it grew meanwhile is not known, and never guessed.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import ClassVar, TypeAlias

from pydantic import Field

from handlers.heard import Reads, Unread, heard, understood
from handlers.hmcout import Unreadable
from handlers.listing import Listing
from handlers.names import EthernetName, FibreName
from handlers.operation import Ending, Flow, Inventory, Name, Named
from handlers.padmin.counters import counters, elapsed
from handlers.padmin.fibre import port
from handlers.pictures import Drawable, Reading, Series, SeriesPicture
from handlers.place import Place
from handlers.table import Column, Kind, Row
from handlers.within import on_vios
from policies.words import Frozen

Key: TypeAlias = tuple[str, str, str]  # the adapter, what of it counts, and the counter
LONGEST = 600  # seconds that all readings may take together
MOST_DRAWN = 4
DIGITS = 2
_BEGUN = datetime(1970, 1, 1, tzinfo=UTC)  # of readings of which only the time between them is known
_SINCE = "Seconds Since Last Reset"
_TRAFFIC = "FC SCSI Traffic Statistics"


class Sample(Frozen):
    """`seconds`: for how long each adapter has counted."""

    counts: dict[Key, int]
    seconds: dict[str, int]


def growth(before: Sample, after: Sample, *, least: int = 1) -> dict[Key, float | None]:
    """How much a second; None: the counter went back, or by its own clock less than `least` seconds have passed."""
    return {key: _grown(key, before, after, least) for key in after.counts if key in before.counts}


def _grown(key: Key, before: Sample, after: Sample, least: int) -> float | None:
    took = after.seconds[key[0]] - before.seconds[key[0]]
    more = after.counts[key] - before.counts[key]
    return more / took if took >= least and more >= 0 else None


class _Rates(Listing):
    command: ClassVar[str] = "vios"
    drawn: ClassVar[
        tuple[tuple[str, str, str], ...]
    ]  # what of a port, which counter, and its unit: the first that are there

    vios: Name = Field(description="the VIOS", json_schema_extra={"place": 0, "pick": "vios"})
    system: Name | None = Field(
        default=None, description="its managed system, where that isn't clear", json_schema_extra={"pick": "system"}
    )
    every: int = Field(default=5, ge=1, le=60, description="seconds between two readings")
    readings: int = Field(default=4, ge=2, le=60, description="how many")
    still: bool = Field(default=False, description="counters that didn't move too")

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        return (
            Column(name="reading", kind=Kind.NUMBER),
            Column(name="adapter"),
            Column(name="part"),
            Column(name="counter"),
            Column(name="per_second", kind=Kind.NUMBER),
        )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        every, readings = given.get("every"), given.get("readings")
        if isinstance(every, int) and isinstance(readings, int) and every * readings > LONGEST:
            return [f"{readings} readings every {every} s take {every * readings} s, and {LONGEST} are waited for"]
        return []

    def systems(self) -> tuple[str, ...]:
        return () if self.system is None else (self.system,)

    def names(self) -> tuple[Named, ...]:
        return (Named(self.vios, self.system, only_vios=True),)

    def targets(self) -> tuple[str, ...]:
        return (self.vios, *self.systems())

    @property
    @abstractmethod
    def device(self) -> str:
        """The port."""

    @abstractmethod
    def argv(self) -> tuple[str, ...]:
        """What is asked each time."""

    @abstractmethod
    def sample(self, text: str) -> Sample:
        """Of one answer, or Unreadable."""

    def flow(self, inventory: Inventory) -> Flow:
        place = inventory.vios(self.vios, self.system)
        samples: list[Sample | None] = []
        missing: list[str] = []
        for number in range(self.readings):
            try:
                samples.append((yield from self._taken(place, after=self.every if number else 0)))
            except Unread as fault:
                samples.append(None)
                missing.append(f"reading {number + 1}: {fault}")
        grown = [*self._grown(samples)]
        whole = [each for each in samples if each is not None]
        if len(whole) < 2:
            return self.answer([], f"{place.called}: {len(whole)} of {self.readings} readings: no rate can be told",
                               missing=tuple(missing), ending=Ending.FAILED)  # fmt: skip
        moving = {key for rates in grown for key, rate in rates.items() if rate != 0}
        keys = [key for key in dict.fromkeys(key for rates in grown for key in rates) if self.still or key in moving]
        rows: list[Row] = [
            (number, *key, None if rates[key] is None else round(rates[key] or 0.0, DIGITS))
            for number, rates in reversed([*enumerate(grown, 2)])  # how it is now comes first
            for key in keys
            if key in rates
        ]
        report = self.answer(
            rows,
            f"{place.called}: {self.device}: {len(whole)} readings, every {self.every} s",
            tuple(self._said(grown, keys)),
            missing=tuple(missing),
            ending=Ending.FAILED if missing else Ending.SUCCEEDED,
        )
        return report.model_copy(update={"pictures": self.pictures(grown, place.called)})

    def _taken(self, place: Place, *, after: int) -> Reads[Sample]:
        return understood(heard((yield on_vios(place, self.argv(), after=float(after)))), "it", self.sample)

    def _grown(self, samples: Sequence[Sample | None]) -> Iterator[dict[Key, float | None]]:
        """Between each reading and the one before; nothing where either couldn't be read."""
        for before, after in pairwise(samples):
            yield (
                growth(before, after, least=max(1, self.every - 1)) if before is not None and after is not None else {}
            )

    def _said(self, grown: Sequence[dict[Key, float | None]], keys: Sequence[Key]) -> Iterator[str]:
        back = sorted({" ".join(key[1:]) for rates in grown for key, rate in rates.items() if rate is None})
        if back:
            yield f"Went back, so it wrapped or was reset, and no rate is told: {', '.join(back[:8])}" + (
                f" and {len(back) - 8} more" if len(back) > 8 else ""
            )
        hidden = len({key for rates in grown for key in rates}) - len(keys)
        if hidden:
            yield f"{hidden} counters that didn't move are left out: still=yes shows them."

    def pictures(self, grown: Sequence[dict[Key, float | None]], called: str) -> tuple[Drawable, ...]:
        """Of the port itself; from two rates on."""
        if len(grown) < 2:
            return ()
        there = {key for rates in grown for key in rates}
        chosen = [each for each in self.drawn if (self.device, *each[:2]) in there][:MOST_DRAWN]
        series = tuple(
            Series(
                name=f"{part} {counter}",
                unit=unit,
                readings=tuple(
                    Reading(
                        at=_BEGUN + timedelta(seconds=self.every * number),
                        value=rates.get((self.device, part, counter)),
                    )
                    for number, rates in enumerate(grown)
                ),
            )
            for part, counter, unit in chosen
        )
        title = f"What went through {self.device} of {called}"
        return (SeriesPicture(title=title, series=series, undated=True),) if series else ()

    def _plotted(self, grown: Sequence[dict[Key, float | None]], key: Key) -> tuple[Reading, ...]:
        """Where no rate is known there is a gap."""
        return tuple(
            Reading(at=_BEGUN + timedelta(seconds=self.every * number), value=rates.get(key))
            for number, rates in enumerate(grown)
        )


class EthernetRates(_Rates):
    """Show how fast an Ethernet adapter of a VIOS sends and receives, in a few readings, as a table and a plot.

    Of a SEA its port and trunks are told too.
    """

    verb: ClassVar[str] = "ethernet-rates"
    example: ClassVar[str] = "ethernet-rates p72vio1 ent0"
    drawn: ClassVar[tuple[tuple[str, str, str], ...]] = (
        ("transmit", "Bytes", "B/s"),
        ("receive", "Bytes", "B/s"),
        ("transmit", "Packets", "packets/s"),
        ("receive", "Packets", "packets/s"),
    )

    adapter: EthernetName = Field(
        description="the adapter", json_schema_extra={"place": 1, "example": "ent0", "other": "ent1"}
    )

    @property
    def device(self) -> str:
        return self.adapter

    def argv(self) -> tuple[str, ...]:
        return ("entstat", "-all", self.adapter)

    def sample(self, text: str) -> Sample:
        """What is sent and received; an adapter without a time of its own counts as long as the one asked for."""
        times = elapsed(text)
        if self.adapter not in times:
            raise Unreadable(f"it doesn't tell for how long {self.adapter} has counted")
        found = {
            (each.adapter, each.part, each.name): each.count
            for each in counters(text)
            if each.part in ("transmit", "receive") and not each.name.startswith(("Max ", "Current "))
        }
        return Sample(counts=found, seconds={key[0]: times.get(key[0], times[self.adapter]) for key in found})


class FibreRates(_Rates):
    """Show how fast a Fibre Channel port of a VIOS sends and receives, in a few readings, as a table and a plot."""

    verb: ClassVar[str] = "fibre-rates"
    example: ClassVar[str] = "fibre-rates p72vio1 fcs0"
    drawn: ClassVar[tuple[tuple[str, str, str], ...]] = (
        (_TRAFFIC, "Output Bytes", "B/s"),
        (_TRAFFIC, "Input Bytes", "B/s"),
        ("transmit", "Frames", "frames/s"),
        ("receive", "Frames", "frames/s"),
        ("transmit", "Words", "words/s"),
        ("receive", "Words", "words/s"),
    )

    port: FibreName = Field(description="the port", json_schema_extra={"place": 1, "example": "fcs0", "other": "fcs1"})

    @property
    def device(self) -> str:
        return self.port

    def argv(self) -> tuple[str, ...]:
        return ("fcstat", self.port)

    def sample(self, text: str) -> Sample:
        """What counts: frames, words, errors and requests, and nothing that is a number by another right."""
        told = port(text)
        since = next((each.value for each in told if each.name == _SINCE), "")
        if not since.isascii() or not since.isdecimal():
            raise Unreadable(f"it doesn't tell for how long {self.port} has counted")
        found = {
            (self.port, each.part, each.name): int(each.value)
            for each in told
            if each.value.isascii() and each.value.isdecimal() and _counts(each.part, each.name)
        }
        return Sample(counts=found, seconds={self.port: int(since)})


def _counts(part: str, name: str) -> bool:
    return part in ("transmit", "receive", _TRAFFIC) or name.endswith((" Count", " Frames", " of Signal"))


OPERATIONS: tuple[type[Listing], ...] = (EthernetRates, FibreRates)
