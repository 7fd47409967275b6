"""What a pair of SEAs went through as a picture: a lane for each side, and what happened marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.ledger.watches import Change
from handlers.pictures import HistoryPicture, Mark, Span
from handlers.sea.finding import Found

# Words that stand where a state would, and are none: nothing could be read.
UNREAD = frozenset({"unreadable", "unreachable", "not asked", "gone"})
MARKED = frozenset({"happened", "began"})
MOST_SPANS, MOST_MARKS = 2_000, 500  # of a picture


def picture(
    found: Found, before: Change | None, changes: Sequence[Change], since: datetime, until: datetime
) -> Iterator[HistoryPicture]:
    """None where no state is known. `until`: from then on nobody looked."""
    stood = [*([before] if before is not None else []), *(each for each in changes if each.states)]
    if not stood or since >= until:
        return
    lanes = tuple(f"{half.vios} {half.sea}".strip() for half in found.halves)
    spans = [span for at, lane in enumerate(lanes) for span in _lane(lane, at, stood, until)]
    marks = [Mark(at=each.at, said=each.said) for each in changes if each.kind in MARKED]
    yield HistoryPicture(
        title=f"{found.pair.system}: states of its SEA pair",
        lanes=lanes,
        spans=tuple(sorted(spans, key=lambda each: each.since)[-MOST_SPANS:]),
        marks=tuple(marks[-MOST_MARKS:]),
        since=since,
        until=until,
    )


def _lane(lane: str, at: int, stood: Sequence[Change], until: datetime) -> Iterator[Span]:
    """One span for as long as a state lasted, however often it was told."""
    current, start = "", until
    for each in stood:
        state = each.states[at] if at < len(each.states) else ""
        if state == current:
            continue
        if current and current not in UNREAD and start < each.at:
            yield Span(lane=lane, since=start, until=each.at, state=current)
        current, start = state, each.at
    if current and current not in UNREAD and start < until:
        yield Span(lane=lane, since=start, until=until, state=current)
