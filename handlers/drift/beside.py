"""A difference side by side: as it should be and as it is."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from handlers.drift.comparing import Did, Difference
from handlers.drift.source import Source
from handlers.drift.value import Value

CHANGED_LINES = 40  # of a file's difference
WORD = 120  # characters of a value


def beside(difference: Difference, source: Source) -> Iterator[str]:
    """As it should be and as it is, value by value, and of a file what changed in it."""
    yield f"should be: {told(difference.before)}"
    yield f"is:        {told(difference.after)}"
    if difference.did is Did.BOOT and difference.after is not None:
        yield f"next start: {difference.after.boot}"
    yield from unified(difference)


def unified(difference: Difference) -> Iterator[str]:
    """Of a text, what changed in it; of what isn't kept as text, nothing."""
    before, after = (each.text if each is not None else None for each in (difference.before, difference.after))
    if before is not None and after is not None:
        name = difference.question.partition(":")[2]
        changed = difflib.unified_diff(
            before.splitlines(), after.splitlines(), f"{name} as it should be", f"{name} as it is", lineterm="", n=2
        )
        lines = list(changed)
        yield from (line[:200] for line in lines[:CHANGED_LINES])
        if len(lines) > CHANGED_LINES:
            yield f"… {len(lines) - CHANGED_LINES} more lines"


def told(value: Value | None) -> str:
    if value is None:
        return "(not there)"
    told = value.now if len(value.now) <= WORD else f"{value.now[: WORD - 1]}…"
    default = f" (default {value.default})" if value.default is not None and value.default != value.now else ""
    return f"{told or '(nothing)'}{default}"
