"""The catalogue of codes: what each means, as data, and how a message without a code is recognised."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from itertools import accumulate
from typing import Literal

from pydantic import Field, TypeAdapter, field_validator, model_validator

from handlers.finding import Finding, ReturnCode
from policies.words import Frozen


class Entry(Frozen):
    """What we know of one code. `match`, `lead`: see `squeezed`."""

    code: str = Field(min_length=1)
    seen: bool  # the machine's wording is known to us, not the meaning alone
    text: str = ""  # the stable part of that wording
    kind: Literal["error", "wrapper", "companion", "info"]
    meaning: str = Field(min_length=1)
    causes: tuple[str, ...]
    check: str
    fixes: tuple[str, ...] = Field(min_length=1)
    source: str = Field(min_length=1)
    rank: int = Field(ge=0, le=99)
    match: str = ""  # recognises a message that carries no code
    lead: str = ""  # recognises the words without a code that precede this message and belong to it
    spans: bool = False  # the message goes on over empty lines
    until: str = ""  # its last line, where it has one

    @field_validator("match", "lead", "until")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return pattern

    @model_validator(mode="after")
    def _complete(self) -> Entry:
        if self.seen != bool(self.text):
            raise ValueError(f"{self.code}: `text` is there exactly when its wording was seen")
        if self.kind != "info" and not (self.causes and self.check):
            raise ValueError(f"{self.code}: causes and a check are missing")
        return self

    @cached_property
    def last_line(self) -> re.Pattern[str] | None:
        return re.compile(self.until) if self.until else None

    @cached_property
    def template(self) -> dict[str, object]:
        """The part of a Finding that is the same for every message of this code."""
        said = self.model_dump(include={"meaning", "causes", "check", "fixes", "source", "rank", "kind"})
        return said | {"known": True, "text_seen": self.seen}


def squeezed(text: str) -> str:
    """The text without white space, so that it doesn't matter at which column the machine wrapped it."""
    return "".join(text.split())


class Catalogue(Mapping[str, Entry]):
    """The entries by code."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = dict(entries)
        self._matches = [(_bare(e.match), e) for e in self._entries.values() if e.match]
        self._any_match = re.compile("|".join(f"(?:{p.pattern})" for p, _ in self._matches) or "(?!)")
        self._leads = [(_bare(e.lead), e) for e in self._entries.values() if e.lead]

    def __getitem__(self, code: str) -> Entry:
        """By code; an unknown `PVME01050905-0875` is what its stem `PVME01050905` is."""
        return self._entries[code if code in self._entries else code.partition("-")[0]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def uncoded(self, text: str) -> Entry | None:
        """The entry of a message without a code: of the first one that the text holds."""
        return min(self._found(squeezed(text)), key=lambda found: found[0], default=(0, None))[1]

    def uncoded_lines(self, lines: list[str]) -> dict[int, Entry]:
        """Which lines a message without a code begins on."""
        bare = [squeezed(line) for line in lines]
        ends = list(accumulate(map(len, bare)))
        found = sorted(self._found("".join(bare)), key=lambda pair: pair[0])
        starts: dict[int, Entry] = {}
        for offset, entry in found:
            starts.setdefault(bisect_right(ends, offset), entry)
        return starts

    def led_by(self, text: str) -> str | None:
        """The code of the message that these words without a code lead up to."""
        bare = squeezed(text)
        return next((entry.code for pattern, entry in self._leads if pattern.match(bare)), None)

    def return_code(self, code: str) -> ReturnCode:
        entry = self.get(code)
        if entry is None:
            return ReturnCode(code=code, known=False, meaning="")
        return ReturnCode(code=code, known=True, meaning=entry.meaning, fixes=entry.fixes)

    def _found(self, bare: str) -> Iterator[tuple[int, Entry]]:
        if not self._any_match.search(bare):  # nearly always
            return
        for pattern, entry in self._matches:
            yield from ((match.start(), entry) for match in pattern.finditer(bare))


def _bare(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", ""))


def finding_of(entry: Entry | None, **told: object) -> Finding:
    """A finding explained by its entry; without one it is shown raw and called unknown."""
    return Finding.model_validate({**(entry.template if entry else {}), **told})


_TABLE = TypeAdapter(dict[str, dict[str, object]])


def parse(toml_text: str) -> Catalogue:
    """A catalogue from TOML, one table per code; raises ValueError for anything incomplete or unknown."""
    table = _TABLE.validate_python(tomllib.loads(toml_text))
    return Catalogue({code: _entry(code, fields) for code, fields in table.items()})


def _entry(code: str, fields: dict[str, object]) -> Entry:
    return Entry.model_validate({"code": code, **fields})


@cache
def catalogue() -> Catalogue:
    """What HMC, VIOS and their relatives say, packaged with the code."""
    return _packaged("codes.toml")


@cache
def errids() -> Catalogue:
    """The identifiers of an error log, packaged with the code."""
    return _packaged("errids.toml")


def _packaged(name: str) -> Catalogue:
    return parse(files("handlers").joinpath(name).read_text(encoding="utf-8"))
