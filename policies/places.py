"""Where each key and each value of a TOML text stands. tomllib says what is written, and not where."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from contextlib import suppress
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]  # such as `rules`, 2, `approvals`
DEEPEST = 12  # of tables and lists in one another; tomllib's time and stack grow with it, and a policy needs four

_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_SPACE = re.compile(r"[ \t]*+")
_KEY = re.compile(r"""[A-Za-z0-9_-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+'""")
_STRING = re.compile(
    r'''"""(?:\\.|[^\\"]|"(?!""))*+"{3,5}|\'\'\'(?:[^']|'(?!''))*+'{3,5}|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+\'''', re.DOTALL
)
_BARE = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*+|[^\s,\]}#]++")  # a date and its time may have a blank in between


class TooDeep(Exception):
    """More than DEEPEST tables or lists in one another, in this line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Lost(Exception):
    """Here it isn't TOML: that is tomllib's to tell."""


def places(text: str) -> dict[Place, int]:
    """The line, from 1, of each; up to where it isn't TOML any more."""
    scan = _Scan(text)
    with suppress(_Lost):
        scan.all()
    return scan.found


class _Scan:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        # Not splitlines: a line separator of Unicode in a comment ends no line of TOML.
        self._ends = [match.start() for match in re.finditer("\n", text)]
        self.found: dict[Place, int] = {}
        self._tables: Counter[Place] = Counter()  # of each [[name]], how many there were

    def all(self) -> None:
        here: Place = ()
        while self._skip(_BLANK):
            if self._text.startswith("[", self._at):
                here = self._header()
            else:
                self._pair(here)

    @property
    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1

    def _skip(self, what: re.Pattern[str]) -> bool:
        """Go past it; False: that is the end."""
        match = what.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at < len(self._text)

    def _take(self, what: re.Pattern[str]) -> str:
        match = what.match(self._text, self._at)
        if match is None:
            raise _Lost
        self._at = match.end()
        return match[0]

    def _takes(self, mark: str) -> bool:
        there = self._text.startswith(mark, self._at)
        self._at += len(mark) if there else 0
        return there

    def _note(self, place: Place) -> None:
        if len(place) > DEEPEST:
            raise TooDeep(self._line)
        self.found.setdefault(place, self._line)

    def _header(self) -> Place:
        several = self._takes("[[") or not self._takes("[")
        here: Place = ()
        keys = self._keys()
        for number, key in enumerate(keys, 1):
            here = (*here, key)
            self._note(here)
            if several and number == len(keys):
                self._tables[here] += 1
            if here in self._tables:
                here = (*here, self._tables[here] - 1)
                self._note(here)
        if not self._takes("]]" if several else "]"):
            raise _Lost
        return here

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while not keys or self._takes("."):
            self._skip(_SPACE)
            keys.append(_unquoted(self._take(_KEY)))
            self._skip(_SPACE)
            if len(keys) > DEEPEST:
                raise TooDeep(self._line)
        return keys

    def _pair(self, here: Place) -> None:
        begun, keys = self._line, self._keys()
        for key in keys:
            here = (*here, key)
            self.found.setdefault(here, begun)
        if not self._takes("="):
            raise _Lost
        self._skip(_SPACE)
        self._value(here)

    def _value(self, here: Place) -> None:
        self._note(here)
        if self._takes("["):
            self._within(here, "]")
        elif self._takes("{"):
            self._within(here, "}")
        elif self._text.startswith(('"', "'"), self._at):
            self._take(_STRING)
        else:
            self._take(_BARE)

    def _within(self, here: Place, end: str) -> None:
        """The values of a list, or the pairs of a table, up to its end."""
        number = 0
        while self._skip(_BLANK) and not self._takes(end):
            if number and not self._takes(","):
                raise _Lost
            self._skip(_BLANK)
            if self._takes(end):
                return
            if end == "]":
                self._value((*here, number))
            else:
                self._pair(here)
            number += 1


def _unquoted(key: str) -> str:
    if key[0] == "'":
        return key[1:-1]
    if key[0] != '"':
        return key
    try:
        return str(tomllib.loads(f"key = {key}")["key"])
    except ValueError:
        raise _Lost from None
