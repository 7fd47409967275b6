"""What a flow hears: the result of a command, those of a batch, and what their text means, or why it means nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

from handlers import hmcout
from handlers.command import RESULT_LIMIT, Result, Results
from handlers.operation import Heard, Step

T = TypeVar("T")
Reads: TypeAlias = Generator[Step, Heard, T]


_SAID = 160  # characters of a refusal


class Unread(Exception):
    """A read gave nothing that can be relied on; `args[0]` says which and why."""


class Lost(Unread):
    """The same, as the connection went before the answer was over; nothing follows from it of who was asked about."""


def heard(result: Heard) -> Result:
    if not isinstance(result, Result):
        raise TypeError("a command is answered with its result")
    return result


def heard_all(results: Heard) -> Results:
    if not isinstance(results, tuple):
        raise TypeError("a batch is answered with the results of its commands")
    return results


def understood(result: Result, what: str, parse: Callable[[str], T]) -> T:
    """What the answer means, or Unread; an answer that isn't whole, or has a line that nobody knows, means nothing."""
    if result.unsent:
        raise Unread(f"{what} wasn't asked for: {result.unsent}")
    if result.exit_status is None:
        raise Lost(f"{what} couldn't be read: the connection was lost")
    if result.exit_status != 0:
        raise Unread(f"{what} couldn't be read: exit status {result.exit_status}, {_said(result)}")
    if result.malformed or result.size > RESULT_LIMIT:
        raise Unread(f"{what} couldn't be read: part of the answer is unreadable")
    try:
        return parse(result.text)
    except hmcout.Unreadable as fault:
        raise Unread(f"{what} couldn't be read: {fault}") from fault


def _said(result: Result) -> str:
    """The machine's own words, but of an answer that may hold secrets: a refusal can have some in front of it."""
    if result.command.confidential:
        return "and what else it says isn't shown, as it may hold secrets"
    return " ".join(_reason(result.text).split())[:_SAID] or "without a word"


def _reason(text: str) -> str:
    """A refusal without what an HMC and a VIOS put before every one; the request's log has it whole."""
    first, *rest = text.strip().split("\n") or [""]
    if not rest or not first.startswith(_PASSED_ON):
        return text
    return _PREFACE.sub("", "\n".join(rest), count=1)


_PASSED_ON = "HSCL2970"  # the command that was passed on to a VIOS failed there: its words follow, and its status
_PREFACE = re.compile(
    r"\A\s*Some error messages may contain invalid information\s+for the Virtual I/O Server environment\.\s*"
)
