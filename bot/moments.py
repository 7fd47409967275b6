"""What people mean by a time: a date, a date and time with or without a zone, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from policies.problems import AskProblem

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"(\d{1,6})([smhdw])(?: ago)?\Z")


class TimeUnclear(AskProblem):
    code = "time-unclear"
    sentence = "I can't read {given} as a time."
    why = (
        "I take 2026-03-01, 2026-03-01T03:00, 2026-03-01T03:00:00+01:00 (without a zone: UTC), and 2h or 3d:"
        " for ago, or from now on where something is to come."
    )
    remedy = "Write it in one of these ways."


def moment(given: str, now: datetime, *, whole_day: bool = False, ahead: bool = False) -> datetime:
    """In UTC. `whole_day`: a date alone means its end, so that the day is within. `ahead`: 2h is from now, not ago."""
    told = given.strip()
    try:
        if (ago := _AGO.match(told)) is not None:
            return now.astimezone(UTC) + timedelta(**{UNITS[ago[2]]: int(ago[1])}) * (1 if ahead else -1)
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", told):
            return datetime.combine(date.fromisoformat(told) + timedelta(days=whole_day), time(), UTC)
        read = datetime.fromisoformat(told)
        return read.replace(tzinfo=read.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise TimeUnclear(given=given) from None
