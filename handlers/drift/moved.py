"""A host before a migration and after it: what another managed system may change, and what is said of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import AwareDatetime

from handlers.drift import alike
from handlers.drift.comparing import Difference, Readings
from handlers.drift.source import Noise, Source

_HARDWARE = "it tells of the hardware, which another frame has another of"
_LOGIN = "the fabric gives it anew at each login, and a client that moves logs in anew"
MAY: tuple[Noise, ...] = (
    *(Noise(f"attributes:sys0/{name}", _HARDWARE) for name in ("systemid", "modelname", "fwversion")),
    Noise("attributes:fscsi*/scsi_id", _LOGIN),
    Noise("attributes:hdisk*/scsi_id", _LOGIN),
)
LISTED = 20  # differences that are named
CHANGED_LINES = 10  # of a text's difference


def told(
    host: str,
    before: Readings,
    after: Readings,
    unread: Sequence[str],
    sources: Mapping[str, Source],
    at: AwareDatetime,
) -> tuple[str, ...]:
    """Its sentences, the first of them whole by itself. `unread`: what couldn't be read afterwards."""
    shared = sorted(before.keys() & after.keys())
    found, _ = alike.unlike(sources, before, after, at, MAY)
    everything, _ = alike.unlike(sources, before, after, at, ())
    count = sum(len(after[each]) for each in shared)
    head = f"{host} before and after: {len(found) or 'nothing'} of {count} settings differs" + _more(everything, found)
    lines = [line for each in found[:LISTED] for line in _one(each)]
    if len(found) > LISTED:
        lines.append(f"… and {len(found) - LISTED} more: `/drift diff {host}`")
    if unread:
        lines.append(f"Not read since, so nobody knows: {', '.join(sorted(unread))}")
    return (head, *lines)


def _more(everything: Sequence[Difference], found: Sequence[Difference]) -> str:
    names = [each.name for each in everything if each not in found]
    return f", but for what comes with another managed system: {', '.join(names)}" if names else ""


def _one(difference: Difference) -> Iterator[str]:
    yield difference.said
    before, after = difference.before, difference.after
    if before is not None and after is not None and before.text is not None and after.text is not None:
        lines = list(alike.unified(before.text, after.text, "before", "after"))
        yield from (line[:200] for line in lines[:CHANGED_LINES])
