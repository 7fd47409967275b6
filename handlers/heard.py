"""What a flow hears: the result of a command, those of a batch, and what their text means, or why it means nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TypeAlias, TypeVar

from handlers import hmcout
from handlers.command import RESULT_LIMIT, Result, Results
from handlers.operation import Heard, Step

T = TypeVar("T")
Reads: TypeAlias = Generator[Step, Heard, T]


class Unread(Exception):
    """A read gave nothing that can be relied on; `args[0]` says which and why."""


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
        raise Unread(f"{what} couldn't be read: the connection was lost")
    if result.exit_status != 0:
        said = " ".join(result.text.split())[:160]
        raise Unread(f"{what} couldn't be read: exit status {result.exit_status}, {said or 'without a word'}")
    if result.malformed or result.size > RESULT_LIMIT:
        raise Unread(f"{what} couldn't be read: part of the answer is unreadable")
    try:
        return parse(result.text)
    except hmcout.Unreadable as fault:
        raise Unread(f"{what} couldn't be read: {fault}") from fault
