"""A policy as it is written: TOML in, a policy or every fault with its line out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from policies.places import DEEPEST, TooDeep, places
from policies.problems import Problem
from policies.rules import Policy
from policies.words import Frozen

LONGEST = 200_000  # characters
MOST = 100  # faults that are named at once


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
        self._places = places(text)

    def of(self, *path: str | int) -> int | None:
        """The line of `rules`, 2, `approvals`: of the key, else of the table that it would stand in."""
        around = (path[:length] for length in range(len(path), 0, -1))
        return next((self._places[each] for each in around if each in self._places), None)


@lru_cache(maxsize=32)
def parse_policy(text: str, version: int = 0) -> Policy:
    """A policy from its TOML, by its form alone; PolicyBroken holds every fault of it."""
    written = text.removeprefix("\ufeff")  # as some editors begin a file
    table, lines = _table(written)
    if "version" in table:
        mend = "Leave it away: a version is counted when it is loaded."
        fault = Fault(line=lines.of("version"), what="'version' is given by hscbot, not by the file", mend=mend)
        raise broken([fault])
    try:
        return Policy(version=version, **{"roles": {}, "rules": (), **table})
    except ValidationError as fault:
        errors = fault.errors(include_input=False, include_url=False, include_context=False)
        faults = [_formal(lines, each["loc"], each["msg"], each["type"]) for each in errors[:MOST]]
        raise broken(sorted(dict.fromkeys(faults), key=lambda each: each.line or 0)) from None


def _table(text: str) -> tuple[dict[str, Any], Lines]:
    if len(text) > LONGEST:
        mend = "Use user groups in place of long lists of people."
        raise broken([Fault(line=None, what=f"it has more than {LONGEST} characters", mend=mend)])
    try:
        lines = Lines(text)  # first: it bounds what tomllib is given
        return tomllib.loads(text), lines
    except TooDeep as fault:
        what = f"more than {DEEPEST} tables or lists stand in one another"
        raise broken([Fault(line=fault.line, what=what, mend="A policy needs three; take the others out.")]) from None
    except ValueError as fault:  # tomllib's own, and Python's on a number of too many digits
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(fault))
        what = re.sub(r" \(at .*\)", "", str(fault)) + (f", at column {place[2]}" if place else "")
        mend = "Mend the TOML there: strings in quotes, lists in [ ], one key on a line."
        line = int(place[1]) if place else None
        if line is None and "end of document" in str(fault):
            line = text.rstrip().count("\n") + 1
        raise broken([Fault(line=line, what=what, mend=mend)]) from None


def _formal(lines: Lines, loc: tuple[int | str, ...], message: str, kind: str) -> Fault:
    place = ".".join(str(part) for part in loc) or "file"
    what = f"{place}: {message.removeprefix('Value error, ')}"
    mend = "`deploy/policy.seed.toml` shows the form."
    if kind == "extra_forbidden":
        what, mend = f"{place}: I know no key of that name here", f"Check its spelling; {mend}"
    elif kind == "missing":
        what, mend = f"{place} is missing", f"Add it; {mend}"
    return Fault(line=lines.of(*loc), what=what, mend=mend)
