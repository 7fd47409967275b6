"""What happened: reference codes of partitions, serviceable events of the machines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from handlers import hmcout
from handlers.hmc.attributes import number, row, state, texts
from handlers.hmcout import Unreadable
from handlers.place import Place
from handlers.reading import FrameRead, HmcRead
from handlers.table import Column, Row

_SHOWN = ("lpar_name", "time_stamp", "refcode")
# How a moment is written follows the language of the HMC's user; that there are digits in it doesn't.
_MOMENT = re.compile(r"[^\r\n]*\d[^\r\n]*")
_CODE = re.compile(r"[0-9A-Z][0-9A-Za-z-]{0,31}( [^\r\n]{0,80})?", re.ASCII)


class ReferenceCodes(FrameRead):
    """List the last reference codes of a managed system's partitions, newest first: what each showed at its start."""

    verb: ClassVar[str] = "reference-codes"
    example: ClassVar[str] = "reference-codes p72"
    recorded: ClassVar[str] = "lsrefcode"
    columns: ClassVar[tuple[Column, ...]] = texts("partition", "time", "code")

    count: int = Field(default=1, ge=1, le=200, description="how many of each partition, 1 to 200")

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsrefcode", "-r", "lpar", "-m", place.system, "-n", str(self.count), "-F", ",".join(_SHOWN))

    def parse(self, text: str) -> Iterable[Row]:
        return [_shown(row) for row in hmcout.values(text, _SHOWN)]


def _shown(row: dict[str, str]) -> Row:
    """A partition that showed none has an empty code."""
    name, moment, code = (row[each] for each in _SHOWN)
    known = hmcout.given(code) is None or _CODE.fullmatch(code)
    if not name or not known or (hmcout.given(moment) is not None and not _MOMENT.fullmatch(moment)):
        raise Unreadable(f"it has a line that I don't know: {','.join(row.values())[:120]!r}")
    return (name, hmcout.given(moment), hmcout.given(code))


# What stands under each column, of either kind. Those of the documentation: no capture of an event is known, and those
# of the console are *unverified*.
_OF_HARDWARE = (
    "problem_num", "refcode", "status", "sys_name", "first_time", "last_time", "reporting_mtms", "", "text",
)  # fmt: skip
_OF_CONSOLE = ("", "", "", "", "time", "time", "", "userid", "text")


class ServiceEvents(HmcRead):
    """List the serviceable events of the hardware that each HMC knows, or with kind=console what was done at it."""

    verb: ClassVar[str] = "service-events"
    example: ClassVar[str] = "service-events"
    recorded: ClassVar[str] = "lssvcevents"
    columns: ClassVar[tuple[Column, ...]] = (
        number("problem"), *texts("code"), state("status"), *texts("system", "first", "last", "model", "user", "text"),
    )  # fmt: skip

    kind: Literal["hardware", "console"] = Field(
        default="hardware", description="hardware: of the machines; console: what users did at the HMC"
    )
    days: int = Field(default=7, ge=1, le=365, description="of so many days back, 1 to 365")
    status: Literal["open", "all"] = Field(
        default="open", description="of the hardware's, open: those that are; all: closed ones too"
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        told = super().clashes(given)
        if given.get("kind") == "console" and given.get("status") == "all":
            told.append("status= goes with the hardware's events: those of the console are neither open nor closed")
        return told

    def argv(self, place: Place) -> tuple[str, ...]:
        chosen = ("--filter", "status=open") if (self.kind, self.status) == ("hardware", "open") else ()
        return ("lssvcevents", "-t", self.kind, "-d", str(self.days), *chosen)

    def parse(self, text: str) -> Iterable[Row]:
        return [_event(found, self.columns) for found in hmcout.pairs(text)]


def _event(found: dict[str, str], columns: Sequence[Column]) -> Row:
    """Only those of the hardware have a number; what is neither, as no code and no time stands in it, is unreadable."""
    if "problem_num" in found:
        return row(found, columns, _OF_HARDWARE, known_by=("problem_num", "refcode", "status"))
    return row(found, columns, _OF_CONSOLE, known_by=("time", "text"))
