"""Rules of recurrence as people write them, RFC 5545's RRULE; dateutil works out their dates, on the local calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr

FIRST_YEAR, LAST_YEAR = 1970, 2199
END = datetime.fromisoformat(f"{LAST_YEAR}-12-31T23:59:59")
# dateutil looks for a next date until the year 9999: ten seconds for every 30 February. The calendar is the same every
# 400 years, days of the week too; asked that much later, it is through 20 times as soon.
AHEAD = 7600


def dates(repeat: str, starts: datetime, zone: str) -> Iterator[datetime]:
    """The local times at which occurrences begin, soonest first; at most one a day, none after LAST_YEAR."""
    given = {"WKST": "MO", **parts(repeat)}  # without it, dateutil asks the process's calendar
    last = _last(given.pop("UNTIL", None), zone)
    rule = ";".join(f"{name}={value}" for name, value in given.items())
    found = rrulestr(rule, dtstart=starts.replace(year=starts.year + AHEAD))
    with suppress(ValueError, OverflowError):  # the week that reaches into the year 10000
        for each in found:
            local = each.replace(year=each.year - AHEAD)
            if local > last:
                return
            yield local


def _last(until: str | None, zone: str) -> datetime:
    """The last local time at which an occurrence may begin."""
    if until is None:
        return END
    last = min(END, _until(until))
    if until.endswith("Z"):
        last = min(END, last.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None))
    return last


def _until(value: str) -> datetime:
    """A day without a time is the whole day."""
    day, _, clock = value.removesuffix("Z").partition("T")
    return datetime.fromisoformat(f"{day}T{clock or '235959'}")


# ── the rule as it is written ─────────────────────────────────────────────────────────────────────────────────────

WRITTEN = re.compile(r"[A-Za-z0-9=;,+-]*")
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
DAY = "(MO|TU|WE|TH|FR|SA|SU)"
SHAPES = {
    "FREQ": (re.compile("|".join(FREQUENCIES)), f"one of {', '.join(FREQUENCIES)}"),
    "UNTIL": (
        re.compile(r"(19[7-9]|[2-9]\d\d)\d{5}(T([01]\d|2[0-3])[0-5]\d[0-5]\dZ?)?"),
        f"a day or a time since {FIRST_YEAR}, such as 20261231 or 20261231T220000",
    ),
    "WKST": (re.compile(DAY), "a day such as MO"),
    "BYDAY": (
        re.compile(rf"([+-]?([1-9]|[1-4]\d|5[0-3]))?{DAY}"),
        "days such as MO,WE or, by month or year, 2SA or -1SU",
    ),
}
# How high the numbers of a part go, and whether they may count from the end.
NUMBERS = {
    "INTERVAL": (1000, False),
    "COUNT": (99_999, False),
    "BYMONTH": (12, False),
    "BYMONTHDAY": (31, True),
    "BYYEARDAY": (366, True),
    "BYWEEKNO": (53, True),
    "BYSETPOS": (366, True),
}
LISTS = frozenset(name for name in (*NUMBERS, *SHAPES) if name.startswith("BY"))
# RFC 5545, 3.3.10: with other frequencies these have no meaning.
GOES_WITH = {
    "BYYEARDAY": ("YEARLY",),
    "BYWEEKNO": ("YEARLY",),
    "BYMONTHDAY": ("DAILY", "MONTHLY", "YEARLY"),
}


def parts(repeat: str) -> dict[str, str]:
    """The rule by its parts, or a ValueError in words."""
    if not WRITTEN.fullmatch(repeat):
        raise ValueError(
            "`repeat` is the value of one rule, such as FREQ=WEEKLY;BYDAY=SA, without RRULE:, DTSTART or EXDATE"
        )
    found: dict[str, str] = {}
    for part in repeat.upper().split(";"):
        name, _, value = part.partition("=")
        if name in found:
            raise ValueError(f"`repeat` has {name} twice")
        for each in value.split(",") if name in LISTS else (value,):
            _check(name, each)
        found[name] = value
    _check_together(found)
    return found


def _check(name: str, value: str) -> None:
    if name in SHAPES:
        shape, wanted = SHAPES[name]
        right = shape.fullmatch(value) is not None
    elif name in NUMBERS:
        most, signed = NUMBERS[name]
        right = re.fullmatch(r"[+-]?\d{1,5}" if signed else r"\d{1,5}", value) is not None
        right = right and 1 <= abs(int(value)) <= most
        wanted = f"whole numbers from 1 to {most}{', or below zero to count from the end' if signed else ''}"
    elif name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        raise ValueError(f"`repeat` has {name}: the time of day stands in `starts`; write a window for each")
    else:
        raise ValueError(f"`repeat` has '{name}', which is no part of a rule; write it such as FREQ=WEEKLY;BYDAY=SA")
    if not right:
        raise ValueError(f"`repeat` has {name}={value}: {name} takes {wanted}")


def _check_together(given: dict[str, str]) -> None:
    frequency = given.get("FREQ")
    if frequency is None:
        raise ValueError(f"`repeat` has no FREQ: write FREQ= and one of {', '.join(FREQUENCIES)}")
    if "COUNT" in given and "UNTIL" in given:
        raise ValueError("`repeat` ends by COUNT or by UNTIL, not by both")
    for name, frequencies in GOES_WITH.items():
        if name in given and frequency not in frequencies:
            raise ValueError(f"`repeat` has {name}, which doesn't go with FREQ={frequency}")
    if frequency in ("DAILY", "WEEKLY") and re.search(r"\d", given.get("BYDAY", "")):
        raise ValueError("`repeat` counts days (such as 2SA), which goes with FREQ=MONTHLY or YEARLY alone")
    if (frequency == "MONTHLY" or "BYMONTH" in given) and re.search(r"\d\d|[6-9]", given.get("BYDAY", "")):
        raise ValueError("`repeat` counts past 5, and no month has a weekday more often")
    if "BYSETPOS" in given and not (LISTS - {"BYSETPOS"}) & given.keys():
        raise ValueError("`repeat` has BYSETPOS alone: it picks from what another BY part names")
    if "UNTIL" in given:
        try:
            _until(given["UNTIL"])
        except ValueError:
            raise ValueError(f"`repeat` has UNTIL={given['UNTIL']}, which is no day of the calendar") from None


def known_zone(name: str) -> str:
    """The name of a time zone, or ValueError."""
    with suppress(ZoneInfoNotFoundError, ValueError, OSError):
        # What is left out depends on the machine, or counts leap seconds.
        if name.partition("/")[0] not in ("localtime", "posix", "posixrules", "right"):
            ZoneInfo(name)
            return name
    raise ValueError(f"I know no time zone {name!r}; write one such as Europe/Oslo or UTC")
