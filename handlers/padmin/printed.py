"""What padmin's commands print, line by line. What isn't known by its form is refused, never left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.hmcout import Unreadable

LONGEST = 1000  # characters of a line
NUMBER = re.compile(r"-?\d{1,18}", re.ASCII)


def strange(line: str) -> Unreadable:
    return Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")


def lines(answer: str) -> list[str]:
    """The lines that aren't blank, or Unreadable where the last one is cut off."""
    if answer and not answer.endswith("\n"):
        raise Unreadable(f"it doesn't end with a line: {answer[-80:]!r}")
    found = [line.rstrip() for line in answer.split("\n") if line.strip()]
    for line in found:
        if len(line) > LONGEST or not line.replace("\t", " ").isprintable():
            raise strange(line)
    return found


def some(answer: str) -> list[str]:
    """The same, of a command that always prints something."""
    if not (found := lines(answer)):
        raise Unreadable("the answer is empty")
    return found


def matched(form: re.Pattern[str], line: str) -> re.Match[str]:
    found = form.fullmatch(line)
    if found is None:
        raise strange(line)
    return found


def under(heading: re.Pattern[str], found: Sequence[str]) -> Sequence[str]:
    """What stands below a heading, which comes first."""
    if not found:
        raise Unreadable("the answer is empty")
    matched(heading, found[0])
    return found[1:]


def alone(heading: str, answer: str) -> str:
    """The one value below a heading and a blank line; it may be empty."""
    found = re.fullmatch(rf"{heading} *\n *\n(?P<value>[^\n]*)\n", answer)
    if found is None or len(found["value"]) > LONGEST or not found["value"].isprintable():
        raise Unreadable(f"it isn't one value below '{heading}': {answer.strip()[:120]!r}")
    return found["value"].strip()


def told(word: str, *nothing: str) -> str | None:
    """A word, or None for each of those by which a command says that there is none."""
    return None if word in ("", *nothing) else word
