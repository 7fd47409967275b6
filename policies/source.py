"""A policy as it is written: TOML in, a policy or every fault with its line out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from policies.problems import Problem
from policies.rules import Policy
from policies.words import Frozen

LONGEST = 200_000  # characters
TABLES = ("rules", "windows", "freezes", "absences")  # those that are written as [[name]]


class Fault(Frozen):
    """One thing that is wrong with a policy. `line` from 1; None: it is about the whole, or can't be told."""

    line: int | None
    what: str
    mend: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}" if self.line is not None else self.what


class PolicyBroken(Problem):
    """`faults` holds every one of them; it is made by `broken`."""

    code = "policy-broken"
    sentence = "This policy can't be loaded: {fault}"
    why = "A policy is taken whole or not at all; the one in force stays in force."
    remedy = "{mend} `hscbot policy check FILE` names every fault with its line."
    faults: tuple[Fault, ...] = ()


def broken(faults: Sequence[Fault]) -> PolicyBroken:
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    problem = PolicyBroken(fault=f"{faults[0]}{more}", mend=faults[0].mend)
    problem.faults = tuple(faults)
    return problem


class Lines:
    """Where things stand in a policy's text."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def of(self, *path: str | int) -> int | None:
        """The line of `rules`, 2, `approvals`: of its key where that has a line of its own, else of its table."""
        table, rest = str(path[0]) if path else "", list(path[1:])
        if table in TABLES and rest and isinstance(rest[0], int):
            header = self._nth(rf"\s*\[\[\s*{table}\s*\]\]", int(rest.pop(0)))
        else:
            header = self._nth(rf"\s*\[\s*{re.escape(table)}\s*\]", 0)
        if header is None:
            return self._nth(rf"\s*{re.escape(table)}\s*=", 0, one=True)
        return self._key(header, str(rest[0])) or header if rest else header

    def _nth(self, pattern: str, number: int, *, one: bool = False) -> int | None:
        found = [line for line, text in enumerate(self._lines, 1) if re.match(pattern, text)]
        return found[number] if number < len(found) and (not one or len(found) == 1) else None

    def _key(self, header: int, key: str) -> int | None:
        """The line of a key below a table's header, before the next table."""
        for line, text in enumerate(self._lines[header:], header + 1):
            if re.match(r"\s*\[\[?\s*\w", text):
                return None
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", text):
                return line
        return None


@lru_cache(maxsize=32)
def parse_policy(text: str, version: int = 0) -> Policy:
    """A policy from its TOML, by its form alone; PolicyBroken holds every fault of it."""
    table = _table(text)
    lines = Lines(text)
    if "version" in table:
        mend = "Leave it away: a version is counted when it is loaded."
        fault = Fault(line=lines.of("version"), what="'version' is given by hscbot, not by the file", mend=mend)
        raise broken([fault])
    try:
        return Policy(version=version, **{"roles": {}, "rules": (), **table})
    except ValidationError as fault:
        errors = fault.errors(include_input=False, include_url=False, include_context=False)
        faults = [_formal(lines, each["loc"], each["msg"], each["type"]) for each in errors]
        raise broken(list(dict.fromkeys(faults))) from None


def _table(text: str) -> dict[str, Any]:
    if len(text) > LONGEST:
        mend = "Use user groups in place of long lists of people."
        raise broken([Fault(line=None, what=f"it has more than {LONGEST} characters", mend=mend)])
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(fault))
        what = re.sub(r" \(at .*\)", "", str(fault)) + (f", at column {place[2]}" if place else "")
        mend = "Mend the TOML there: strings in quotes, lists in [ ], one key on a line."
        line = int(place[1]) if place else max(1, len(text.splitlines()))
        raise broken([Fault(line=line, what=what, mend=mend)]) from None


def _formal(lines: Lines, loc: tuple[int | str, ...], message: str, kind: str) -> Fault:
    place = ".".join(str(part) for part in loc if part not in ("Person", "Group")) or "file"
    what = f"{place}: {message.removeprefix('Value error, ')}"
    mend = "`deploy/policy.seed.toml` shows the form."
    if kind == "extra_forbidden":
        what, mend = f"{place}: I know no key of that name here", f"Check its spelling; {mend}"
    elif kind == "missing":
        what, mend = f"{place} is missing", f"Add it; {mend}"
    return Fault(line=lines.of(*loc), what=what, mend=mend)
