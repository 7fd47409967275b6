"""Times as people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.moments import TimeUnclear, moment

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01T03:00", "2026-03-01T03:00:00+00:00"),
        ("2026-03-01 03:00:05", "2026-03-01T03:00:05+00:00"),
        ("2026-03-01T03:00:00+01:00", "2026-03-01T02:00:00+00:00"),
        ("2026-03-01T03:00:00Z", "2026-03-01T03:00:00+00:00"),
        ("30s", "2026-03-10T11:59:30+00:00"),
        ("2h", "2026-03-10T10:00:00+00:00"),
        ("3d ago", "2026-03-07T12:00:00+00:00"),
        ("1w", "2026-03-03T12:00:00+00:00"),
    ],
)
def test_a_time_is_read(given: str, meant: str) -> None:
    """Dates, times with and without a zone, and how long ago, all in UTC."""
    assert moment(given, NOW).isoformat() == meant


def test_the_last_day_is_within() -> None:
    """A date alone as an end means the end of that day; a time means itself."""
    assert moment("2026-03-01", NOW, whole_day=True).isoformat() == "2026-03-02T00:00:00+00:00"
    assert moment("2026-03-01T03:00", NOW, whole_day=True).hour == 3


@pytest.mark.parametrize(
    "given", ["", "yesterday", "2026-02-30", "3", "2 h", "3y", "999999w", "9999-12-31T99:00", "-2h"]
)
def test_what_is_no_time_is_told(given: str) -> None:
    """What can't be read is refused with the ways that can, never guessed."""
    with pytest.raises(TimeUnclear, match="as a time"):
        moment(given, NOW)
