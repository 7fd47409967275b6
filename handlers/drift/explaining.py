"""What a setting does, what it is out of the box, and when a change of it takes hold; or that nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from handlers.drift.source import Back, Source
from handlers.drift.value import Value

# The letters by which AIX says when a change of a tunable takes hold.
TYPES: Mapping[str, str] = {
    "D": "dynamic: a change holds at once",
    "C": "a change holds for connections made from then on",
    "M": "a change holds for file systems mounted from then on",
    "I": "it can only be raised while the system runs",
    "R": "it needs a reboot: a change holds from the next start on",
    "B": "it needs a bosboot and a reboot: a change holds from the next start on",
    "S": "static: nobody can set it",
    "settable": "it can be set",
    "fixed": "nobody can set it: it tells what the device is",
}
RESTRICTED = "!"  # at the end of a tunable's type


def explained(source: Source, key: str, value: Value | None) -> Iterator[str]:
    """Sentences. What isn't known is said to be, never guessed."""
    what = source.explained.get(key)
    yield f"{key}: {what}" if what is not None else f"{key}: what it does is not known to me"
    if value is None:
        return
    yield f"default {value.default or 'nothing'}" if value.default is not None else "its default is not told"
    kind = value.type or ""
    letter = kind.removesuffix(RESTRICTED)
    yield TYPES.get(letter, "when a change takes hold is not told")
    if kind.endswith(RESTRICTED):
        yield "restricted: to be set as IBM's support says, and not otherwise"
    elif len(letter) == 1:
        yield "not restricted"


def way_back(back: Back) -> str:
    """In a line: the commands, or why there are none."""
    holds = f" ({back.takes_hold})" if back.argv and back.takes_hold else ""
    typed = f"/{back.operation.command} {back.operation.text()}" if back.operation is not None else ""
    way = typed or "; ".join(map(" ".join, back.argv))
    return f"{way}{holds}" if way else f"none: {back.why_not}"
