"""The error log of a VIOS: in brief, whole, or counted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from pydantic import Field

from handlers import errlog
from handlers.hmcout import Unreadable
from handlers.padmin.printed import LONGEST, matched, strange
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class Whole(Frozen):
    """One entry with all that is told of it. `details`: title, then the lines below it."""

    label: str
    identifier: str
    sequence: int
    stamp: datetime  # by the host's own clock
    type: str  # P, T, I or U, as in brief
    klass: str
    resource: str
    description: str
    details: tuple[tuple[str, tuple[str, ...]], ...] = ()


_RULE = re.compile(r"-{60,}")
_HEAD = re.compile(r"(?P<name>LABEL|IDENTIFIER): +(?P<value>\S+)")
_FACT = re.compile(
    r"(?P<name>Date/Time|Sequence Number|Machine Id|Node Id|Class|Type|WPAR|Resource Name|Resource Class|"
    r"Resource Type|Location|VPD|Number of Duplicates|Time of First Duplicate|Time of Last Duplicate): *(?P<value>.*)",
    re.IGNORECASE,
)
_VPD = re.compile(r" {4,12}[A-Z][\w ./&()-]{1,40}\.{2,}.*", re.ASCII)
_TITLE = re.compile(
    r"\s*(?P<title>Description|Probable Causes|User Causes|Install Causes|Failure Causes|Recommended Actions|"
    r"Detail Data|Symptom Data|Diagnostic Analysis|Duplicates)\s*"
)
_FREE = frozenset({"Detail Data", "Symptom Data", "Diagnostic Analysis"})  # a blank line doesn't end these
_LETTERS = {"PERM": "P", "PEND": "P", "PERF": "P", "TEMP": "T", "INFO": "I", "UNKN": "U"}
_STAMP = re.compile(r"[A-Z][a-z]{2} (?P<day>[A-Z][a-z]{2} [ \d]?\d \d\d:\d\d:\d\d) \S{1,40} (?P<year>\d{4})", re.ASCII)


def entries(text: str) -> tuple[Whole, ...]:
    """Of `errlog -ls`, newest first, or Unreadable. A log that holds nothing prints nothing at all."""
    if not text.strip():
        return ()
    first, *lines = text.split("\n")
    if not text.endswith("\n") or not _RULE.fullmatch(first.strip()):
        raise Unreadable(f"it isn't an error log, or it is cut off: {first[:120]!r}")
    blocks: list[list[str]] = [[]]
    for line in lines:
        if len(line) > LONGEST or not line.replace("\t", " ").isprintable():
            raise strange(line)
        if _RULE.fullmatch(line.strip()):
            blocks.append([])
        else:
            blocks[-1].append(line.rstrip())
    return tuple(map(_whole, blocks))


def _whole(block: list[str]) -> Whole:
    facts: dict[str, str] = {}
    details: list[tuple[str, list[str]]] = []
    begun = ended = False
    for line in block:
        if title := _TITLE.fullmatch(line):
            details.append((title["title"], []))
            begun, ended = True, False
        elif not line:
            ended = begun and details[-1][0] not in _FREE
        elif begun and not ended:
            details[-1][1].append(line.strip())
        elif begun or not (_VPD.fullmatch(line) and facts):
            found = matched(_FACT if facts.keys() >= {"label", "identifier"} else _HEAD, line)
            facts[found["name"].casefold()] = found["value"].strip()
    return _entry(facts, details)


def _entry(facts: dict[str, str], details: list[tuple[str, list[str]]]) -> Whole:
    try:
        stamp = matched(_STAMP, facts["date/time"])
        return Whole(
            label=facts["label"],
            identifier=facts["identifier"],
            sequence=int(facts["sequence number"]),
            stamp=datetime.strptime(f"{stamp['day']} {stamp['year']}", "%b %d %H:%M:%S %Y"),  # noqa: DTZ007
            type=_LETTERS[facts["type"]],
            klass=facts["class"],
            resource=facts["resource name"],
            description=" ".join(line for title, lines in details if title == "Description" for line in lines),
            details=tuple((title, tuple(lines)) for title, lines in details if title != "Description"),
        )
    except KeyError as missing:
        raise Unreadable(f"an entry doesn't tell its {missing.args[0]}: cut off?") from missing
    except ValueError as fault:
        raise Unreadable(f"an entry has a number or a date that is none: {fault}") from fault


_ENTRY = (
    Column(name="identifier"),
    Column(name="type", kind=Kind.STATE),
    Column(name="class"),
    Column(name="resource"),
    Column(name="description"),
)


class Errors(ViosRead):
    """Show the error log of a VIOS by its own clock, newest first; detail=yes tells causes and what to do."""

    verb: ClassVar[str] = "errors"
    example: ClassVar[str] = "errors p72vio1"
    recorded: ClassVar[str] = "errlog-list"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="time"),
        *_ENTRY,
        Column(name="label"),
        Column(name="sequence", kind=Kind.NUMBER),
        Column(name="details"),
    )

    detail: bool = Field(default=False, description="all that is told of each")

    def usual(self) -> str | None:
        return None if self.detail else "vios,time,identifier,type,class,resource,description"

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("errlog", *(("-ls",) if self.detail else ()))

    def parse(self, text: str) -> Iterable[Row]:
        if text.startswith("-"):
            return [_detailed(each) for each in entries(text)]
        return [
            (_at(each.stamp), each.identifier, each.type, each.klass, each.resource, each.description, None, None, None)
            for each in errlog.entries(text)
        ]


def _detailed(each: Whole) -> Row:
    told = " · ".join(f"{title}: {' / '.join(lines)}" for title, lines in each.details)
    own = (_at(each.stamp), each.identifier, each.type, each.klass, each.resource, each.description)
    return (*own, each.label, each.sequence, told or None)


def _at(stamp: datetime) -> str:
    return stamp.isoformat(sep=" ")


class ErrorCounts(ViosRead):
    """Count the entries of a VIOS's error log: how often each error of each device stands in it, and since when."""

    verb: ClassVar[str] = "error-counts"
    example: ClassVar[str] = "error-counts p72vio1"
    recorded: ClassVar[str] = "errbr"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="count", kind=Kind.NUMBER),
        *_ENTRY,
        Column(name="first"),
        Column(name="last"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("errbr",)

    def parse(self, text: str) -> Iterable[Row]:
        found: dict[tuple[str, str], list[Whole]] = {}
        for each in entries(text):
            found.setdefault((each.identifier, each.resource), []).append(each)
        return [_counted(same) for same in sorted(found.values(), key=len, reverse=True)]


def _counted(same: list[Whole]) -> Row:
    one, stamps = same[0], sorted(each.stamp for each in same)
    own = (len(same), one.identifier, one.type, one.klass, one.resource, one.description)
    return (*own, _at(stamps[0]), _at(stamps[-1]))


OPERATIONS: tuple[type[ViosRead], ...] = (Errors, ErrorCounts)
