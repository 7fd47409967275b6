"""What differs, as an approval of it stands for it: were it otherwise by then, nothing of it would be taken over."""

from __future__ import annotations

import json

from pydantic import NonNegativeInt, ValidationError

from handlers.command import ITSELF, Command
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmcout import Unreadable
from handlers.plan import Fact
from policies.words import Frozen

MOST = 20  # differences that are facts of their own; of all there is a digest


class Differs(Frozen):
    """`baseline`: its version, where that is what an approval is about. `some`: names, and what is said of each.
    `sha256`: over every value that would be taken over."""

    baseline: NonNegativeInt | None = None
    count: NonNegativeInt
    some: tuple[tuple[str, str], ...]
    sha256: str


def differing(verb: str, host: str, **given: str) -> Reads[tuple[Fact, ...]]:
    """By hscbot's own ledger; Unread where it says that there is nothing to be taken over."""
    argv = ("drift", "differing", f"verb={verb}", f"host={host}", *(f"{name}={told}" for name, told in given.items()))
    result = heard((yield Command(host=ITSELF, argv=argv)))
    if result.exit_status not in (0, None):
        raise Unread(" ".join(result.text.split())[:300])
    return understood(result, "what differs", _facts)


def _facts(text: str) -> tuple[Fact, ...]:
    try:
        told = Differs.model_validate(json.loads(text))
    except (ValueError, ValidationError):
        raise Unreadable("that is no list of differences") from None
    some = [Fact(name=name, value=said) for name, said in told.some]
    base = [Fact(name="baseline", value=str(told.baseline))] if told.baseline is not None else []
    return (*base, *some, Fact(name="all that differs", value=f"{told.count}, SHA-256 {told.sha256}"))
