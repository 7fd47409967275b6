"""When things may happen: wall clocks, their changes, recurrences, and the first moment that suits all."""

from __future__ import annotations

import calendar
import time
import tomllib
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.windows import Window, next_open

SATURDAY = """
name = "saturday night"
starts = 2026-01-03T22:00:00
ends = 2026-01-04T04:00:00
zone = "Europe/Oslo"
repeat = "FREQ=WEEKLY;BYDAY=SA"
"""


def window(toml: str) -> Window:
    return Window.model_validate({"name": "w", **tomllib.loads(toml)})


def at(text: str) -> datetime:
    """A moment; without an offset, of UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def fault(toml: str) -> str:
    with pytest.raises(ValidationError) as raised:
        window(toml)
    return " ".join(error["msg"] for error in raised.value.errors(include_input=False, include_url=False))


# ── one window ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_window_is_open_from_its_start_until_before_its_end() -> None:
    """The start belongs to the window, the end doesn't, and any offset of the asker means the same moment."""
    once = window("starts = 2026-05-01T22:00:00\nends = 2026-05-02T04:00:00\nzone = 'Europe/Oslo'")
    assert not once.open_at(at("2026-05-01T21:59:59+02:00"))
    assert once.open_at(at("2026-05-01T22:00:00+02:00"))
    assert once.open_at(at("2026-05-01T20:00:00"))
    assert once.closes_at(at("2026-05-01T21:00:00-03:00")) == at("2026-05-02T02:00:00")
    assert not once.open_at(at("2026-05-02T04:00:00+02:00"))
    assert once.closes_at(at("2026-05-02T04:00:00+02:00")) is None


def test_a_window_without_repeat_happens_once() -> None:
    """After its only start there is no next one."""
    once = window("starts = 2026-05-01T22:00:00\nminutes = 60")
    assert once.opens_after(at("1850-01-01T00:00:00")) == at("2026-05-01T22:00:00")
    assert once.opens_after(at("2026-05-01T21:59:59")) == at("2026-05-01T22:00:00")
    assert once.opens_after(at("2026-05-01T22:00:00")) is None
    assert not once.open_at(at("1850-01-01T00:00:00"))
    assert not once.open_at(at("2500-01-01T00:00:00"))


def test_exceptions_do_not_happen() -> None:
    """What `except` names is closed, and the next start is the one behind it; COUNT counts it all the same."""
    weekly = window(SATURDAY + "except = [2026-01-10T22:00:00]")
    assert not weekly.open_at(at("2026-01-10T23:00:00+01:00"))
    assert weekly.opens_after(at("2026-01-04T00:00:00")) == at("2026-01-17T22:00:00+01:00")
    counted = window(SATURDAY.replace("=SA", "=SA;COUNT=2") + "except = [2026-01-10T22:00:00]")
    assert counted.opens_after(at("2026-01-04T00:00:00")) is None


def test_of_overlapping_occurrences_the_last_end_counts() -> None:
    """A daily window of 30 hours is always open, and closes when the younger of its two occurrences does."""
    daily = window("starts = 2026-01-01T00:00:00\nends = 2026-01-02T06:00:00\nrepeat = 'FREQ=DAILY'")
    assert daily.closes_at(at("2026-01-01T03:00:00")) == at("2026-01-02T06:00:00")
    assert daily.closes_at(at("2026-01-02T03:00:00")) == at("2026-01-03T06:00:00")
    assert daily.closes_at(at("2026-01-02T07:00:00")) == at("2026-01-03T06:00:00")


def test_long_windows_reach_over_the_turn_of_the_year() -> None:
    """What began in December is open in January, and a year's length is looked back."""
    winter = window("starts = 2020-12-20T00:00:00\nends = 2021-01-05T00:00:00\nrepeat = 'FREQ=YEARLY'")
    assert winter.closes_at(at("2026-01-04T00:00:00")) == at("2026-01-05T00:00:00")
    year = window("starts = 2024-12-31T23:00:00\nends = 2026-01-01T23:00:00\nzone = 'America/New_York'")
    assert year.open_at(at("2026-01-02T03:59:59"))
    assert not year.open_at(at("2026-01-02T04:00:00"))


def test_a_first_day_that_the_rule_does_not_name_is_no_occurrence() -> None:
    """Saturdays from a Thursday on: the Thursday is closed."""
    weekly = window("starts = 2026-01-01T22:00:00\nminutes = 60\nrepeat = 'FREQ=WEEKLY;BYDAY=SA'")
    assert not weekly.open_at(at("2026-01-01T22:00:00"))
    assert weekly.opens_after(at("2025-12-01T00:00:00")) == at("2026-01-03T22:00:00")


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260110", "2026-01-10T22:00:00+01:00"),
        ("20260110T220000", "2026-01-10T22:00:00+01:00"),
        ("20260110T215959", "2026-01-03T22:00:00+01:00"),
        ("20260110T210000Z", "2026-01-10T22:00:00+01:00"),
        ("20260110T205959Z", "2026-01-03T22:00:00+01:00"),
    ],
)
def test_until_is_local_or_of_utc_and_a_day_is_whole(until: str, last: str) -> None:
    """The last occurrence begins at UNTIL at the latest; a day without a time counts whole, Z means UTC."""
    weekly = window(SATURDAY.replace("=SA", f"=SA;UNTIL={until}"))
    assert weekly.open_at(at(last))
    assert weekly.opens_after(at(last)) is None


def test_until_may_be_far_away() -> None:
    """The end of all days, which calendars write for 'for ever', is taken in every zone."""
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        toml = SATURDAY.replace("=SA", "=SA;UNTIL=99991231T235959Z").replace("Europe/Oslo", zone)
        assert window(toml).opens_after(at("2150-01-01T00:00:00")) is not None


# ── the nights on which the clocks change ─────────────────────────────────────────────────────────────────────────

# Oslo: 2026-03-29 02:00 +01:00 becomes 03:00 +02:00; 2026-10-25 03:00 +02:00 becomes 02:00 +01:00.
NIGHTS = [
    ("an end on the wall clock, in spring", "28T22:00", "29T04:00", 3, "28T22:00+01:00", "29T04:00+02:00"),
    ("an end on the wall clock, in autumn", "24T22:00", "25T04:00", 10, "24T22:00+02:00", "25T04:00+01:00"),
    ("a start that the clocks skip", "29T02:30", "29T05:00", 3, "29T03:30+02:00", "29T05:00+02:00"),
    ("an end that the clocks skip", "28T22:00", "29T02:30", 3, "28T22:00+01:00", "29T03:30+02:00"),
    ("a start that comes twice", "25T02:30", "25T04:00", 10, "25T02:30+02:00", "25T04:00+01:00"),
    ("an end that comes twice", "24T22:00", "25T02:30", 10, "24T22:00+02:00", "25T02:30+02:00"),
    ("an end on the jump", "28T22:00", "29T03:00", 3, "28T22:00+01:00", "29T03:00+02:00"),
]


@pytest.mark.parametrize(("starts", "ends", "month", "opens", "closes"), [row[1:] for row in NIGHTS],
                         ids=[row[0] for row in NIGHTS])  # fmt: skip
def test_the_nights_of_the_change(starts: str, ends: str, month: int, opens: str, closes: str) -> None:
    """Each occurrence follows the wall clock: skipped times count from before the jump, double ones are the first."""
    prefix = f"2026-{month:02}-"
    daily = window(
        f"starts = {prefix}{starts}:00\nends = {prefix}{ends}:00\nzone = 'Europe/Oslo'\nrepeat = 'FREQ=DAILY;COUNT=1'"
    )
    start, end = at(prefix + opens), at(prefix + closes)
    assert daily.opens_after(start - timedelta(days=30)) == start
    assert daily.open_at(start)
    assert not daily.open_at(start - timedelta(seconds=1))
    assert daily.closes_at(start) == daily.closes_at(end - timedelta(seconds=1)) == end
    assert not daily.open_at(end)


@pytest.mark.parametrize(
    ("starts", "closes"),
    [("2026-03-28T22:00", "2026-03-29T05:00+02:00"), ("2026-10-24T22:00", "2026-10-25T03:00+01:00")],
)
def test_minutes_are_real_ones(starts: str, closes: str) -> None:
    """Six hours given in minutes are six hours, whatever the clocks do."""
    night = window(f"starts = {starts}:00\nminutes = 360\nzone = 'Europe/Oslo'")
    assert night.closes_at(at(closes) - timedelta(seconds=1)) == at(closes)


def test_a_window_for_which_the_clocks_leave_no_time_does_not_happen() -> None:
    """02:30 to 03:00 isn't there on the night of the jump; the nights around it are as ever."""
    toml = "starts = 2026-03-28T02:30:00\nends = 2026-03-28T03:00:00\nzone = 'Europe/Oslo'\nrepeat = 'FREQ=DAILY'"
    assert window(toml).opens_after(at("2026-03-28T02:30:00+01:00")) == at("2026-03-30T02:30:00+02:00")
    alone = toml.replace("-28", "-29").replace("'FREQ=DAILY'", "'FREQ=DAILY;COUNT=1'")
    assert "never occurs" in fault(alone)


def test_a_zone_may_skip_a_day() -> None:
    """Samoa had no 30 December 2011; a daily window goes on round it, in order."""
    daily = window("starts = 2011-12-28T22:00:00\nminutes = 60\nzone = 'Pacific/Apia'\nrepeat = 'FREQ=DAILY'")
    begun, moment = [], at("2011-12-28T00:00:00")
    while (following := daily.opens_after(moment)) and following < at("2012-01-02T00:00:00"):
        begun.append(moment := following)
    assert begun == [at(f"2011-12-{day}T08:00:00") for day in (29, 30, 31)] + [at("2012-01-01T08:00:00")]


# ── in words ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_window_says_itself_on_a_line() -> None:
    """Name, first occurrence, zone, rule and exceptions, shortly."""
    assert window(SATURDAY).said == "saturday night: 2026-01-03 22:00 to 04:00 Europe/Oslo, FREQ=WEEKLY;BYDAY=SA"
    days = ", ".join(f"2026-01-{day}T22:00:00" for day in (10, 17, 24, 31))
    assert window(f"{SATURDAY}except = [{days}]").said.endswith(
        "SA, except 2026-01-10 22:00, 2026-01-17 22:00, 2026-01-24 22:00 and 1 more"
    )
    assert window("starts = 2026-01-03T22:00:30\nminutes = 90").said == "w: 2026-01-03 22:00:30 for 90 minutes UTC"
    long = window("starts = 2026-12-18T12:00:00\nends = 2027-01-05T08:00:00")
    assert long.said == "w: 2026-12-18 12:00 to 2027-01-05 08:00 UTC"


def test_a_window_is_a_value() -> None:
    """Equal windows are one to a set, and what is written out can be read again, under both names of `except`."""
    first = window(SATURDAY + "except = [2026-01-10T22:00:00]")
    for by_alias in (True, False):
        again = Window.model_validate_json(first.model_dump_json(by_alias=by_alias))
        assert {first, again} == {first}
    with pytest.raises(ValidationError):
        first.name = "other"  # type: ignore[misc]


ONCE = "starts = 2026-01-03T22:00:00\nminutes = 60\n"
FAULTS = [
    ("starts = 2026-01-03T22:00:00Z\nminutes = 1", "write the local time; the zone stands in `zone`"),
    ("starts = 2026-01-03T22:00:00\nends = 2026-01-04T04:00:00+01:00", "write the local time"),
    (ONCE + "except = [2026-01-03T22:00:00Z]", "write the local time"),
    ("starts = 2026-01-03T22:00:00.5\nminutes = 1", "not a whole second"),
    ("starts = 1969-12-31T22:00:00\nminutes = 1", "the years 1970 to 2199"),
    ("starts = 2200-01-01T00:00:00\nminutes = 1", "the years 1970 to 2199"),
    ("starts = 2026-01-03T22:00:00", "either `ends` or `minutes`"),
    (ONCE + "ends = 2026-01-04T04:00:00", "not both"),
    ("starts = 2026-01-03T22:00:00\nends = 2026-01-03T22:00:00", "ends after it starts"),
    ("starts = 2026-01-03T22:00:00\nends = 2026-01-03T21:00:00", "ends after it starts"),
    ("starts = 2026-01-03T22:00:00\nends = 2027-01-04T22:00:01", "within 366 days"),
    ("starts = 2026-01-03T22:00:00\nminutes = 0", "greater than or equal to 1"),
    ("starts = 2026-01-03T22:00:00\nminutes = 527041", "less than or equal to 527040"),
    (ONCE + "zone = 'Mars/Olympus'", "I know no time zone 'Mars/Olympus'"),
    (ONCE + "zone = 'Europe'", "I know no time zone 'Europe'"),
    (ONCE + "zone = ''", "I know no time zone ''"),
    (ONCE + "zone = '../Europe/Oslo'", "I know no time zone"),
    (ONCE + "zone = '/etc/localtime'", "I know no time zone"),
    (ONCE + "zone = 'right/UTC'", "I know no time zone"),
    (ONCE + "zone = 'zone.tab'", "I know no time zone"),
    (ONCE + 'zone = "UTC\\u0000"', "I know no time zone 'UTC\\x00'"),
    (ONCE + "except = [2026-01-04T22:00:00]", "`except` names 2026-01-04 22:00, when nothing would start"),
    (SATURDAY + "except = [2026-01-10T21:00:00]", "`except` names 2026-01-10 21:00, when nothing would start"),
    (ONCE + "except = [2026-01-03T22:00:00]", "never occurs"),
    ("starts = 2026-03-29T02:30:00\nends = 2026-03-29T03:00:00\nzone = 'Europe/Oslo'", "never occurs"),
    (ONCE + "colour = 'red'", "Extra inputs are not permitted"),
    (ONCE + "name = ''", "at least 1 character"),
    (ONCE + f"repeat = 'FREQ=DAILY;BYDAY={','.join(['MO'] * 70)}'", "at most 200 characters"),
]


@pytest.mark.parametrize(("toml", "said"), FAULTS)
def test_each_fault_is_told_in_words(toml: str, said: str) -> None:
    """A window that can't be is refused, with what is wrong."""
    assert said in fault(toml if "name" in toml else f"name = 'w'\n{toml}")


RULES = [
    ("", "'', which is no part of a rule"),
    ("DAILY", "'DAILY', which is no part of a rule"),
    ("FREQ=DAILY;", "'', which is no part of a rule"),
    ("INTERVAL=2", "has no FREQ"),
    ("FREQ=HOURLY", "FREQ=HOURLY: FREQ takes one of DAILY, WEEKLY, MONTHLY, YEARLY"),
    ("FREQ=", "FREQ takes one of"),
    ("FREQ=DAILY;FREQ=DAILY", "has FREQ twice"),
    ("RRULE:FREQ=DAILY", "without RRULE:, DTSTART or EXDATE"),
    ("FREQ=DAILY\nEXDATE:20260101T000000", "without RRULE:, DTSTART or EXDATE"),
    ("DTSTART:20260101T000000\nRRULE:FREQ=DAILY", "without RRULE:, DTSTART or EXDATE"),
    ("FREQ=DAILY;DTSTART=20260101T000000", "'DTSTART', which is no part of a rule"),
    ("FREQ=DAILY;COUNT=٣", "is the value of one rule"),
    ("FREQ=DAILY;INTERVAL=0", "INTERVAL takes whole numbers from 1 to 1000"),
    ("FREQ=DAILY;INTERVAL=-1", "INTERVAL takes whole numbers from 1 to 1000"),
    ("FREQ=DAILY;INTERVAL=1,2", "INTERVAL takes whole numbers"),
    ("FREQ=DAILY;COUNT=0", "COUNT takes whole numbers from 1"),
    ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "by COUNT or by UNTIL, not by both"),
    ("FREQ=DAILY;UNTIL=20270230", "UNTIL=20270230, which is no day of the calendar"),
    ("FREQ=DAILY;UNTIL=tomorrow", "UNTIL takes a day or a time"),
    ("FREQ=DAILY;UNTIL=00010101T000000Z", "UNTIL takes a day or a time since 1970"),
    ("FREQ=DAILY;UNTIL=20251231", "never occurs"),
    ("FREQ=WEEKLY;BYDAY=SAT", "BYDAY=SAT: BYDAY takes days such as MO"),
    ("FREQ=WEEKLY;BYDAY=", "BYDAY takes days such as MO"),
    ("FREQ=WEEKLY;BYDAY=2SA", "goes with FREQ=MONTHLY or YEARLY alone"),
    ("FREQ=MONTHLY;BYDAY=0SA", "BYDAY=0SA: BYDAY takes days"),
    ("FREQ=MONTHLY;BYDAY=53SA", "no month has a weekday more often"),
    ("FREQ=YEARLY;BYMONTH=12;BYDAY=-6SA", "no month has a weekday more often"),
    ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY, which doesn't go with FREQ=WEEKLY"),
    ("FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO, which doesn't go with FREQ=MONTHLY"),
    ("FREQ=MONTHLY;BYMONTHDAY=32", "from 1 to 31, or below zero to count from the end"),
    ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS alone"),
    ("FREQ=DAILY;BYHOUR=1,2,3", "the time of day stands in `starts`"),
    ("FREQ=YEARLY;BYEASTER=0", "'BYEASTER', which is no part of a rule"),
]


@pytest.mark.parametrize(("rule", "said"), RULES)
def test_each_bad_rule_is_told_in_words(rule: str, said: str) -> None:
    """A rule that isn't one, or isn't one of ours, is refused with how to write it."""
    assert said in fault(f"{ONCE}repeat = '''{rule}'''")


NEVER = [
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYWEEKNO=1;BYYEARDAY=200",
    "FREQ=YEARLY;BYDAY=53MO;BYMONTHDAY=1",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=9",
    "FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
    "FREQ=DAILY;INTERVAL=7;BYDAY=MO",
    "FREQ=DAILY;BYMONTH=1;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=32,33,34,366",
    "FREQ=DAILY;INTERVAL=1000;BYMONTHDAY=31;BYMONTH=2",
]


@pytest.mark.parametrize("rule", NEVER)
def test_a_rule_that_never_occurs_is_found_soon(rule: str) -> None:
    """No 30 February is looked for until the end of the calendar."""
    begun = time.process_time()
    assert "never occurs" in fault(f"starts = 1970-01-01T00:00:00\nminutes = 60\nrepeat = '{rule}'")
    assert time.process_time() - begun < 4  # the slowest takes half a second; without the bound, ten


def test_a_week_beyond_the_last_year_is_no_occurrence() -> None:
    """A rule whose search ends in the middle of the calendar's last week never occurs, and nothing falls over."""
    rule = "FREQ=WEEKLY;INTERVAL=209;BYMONTH=1;BYDAY=SU"
    assert "never occurs" in fault(f"starts = 2187-09-12T22:00:00\nminutes = 60\nrepeat = '{rule}'")


def test_weeks_begin_on_monday_wherever_it_runs() -> None:
    """The process's idea of a week doesn't reach into a rule."""
    before = calendar.firstweekday()
    calendar.setfirstweekday(calendar.SUNDAY)
    try:
        weekly = window(f"{ONCE}repeat = 'FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU'")
        assert weekly.opens_after(at("2026-01-03T22:00:00")) == at("2026-01-04T22:00:00")
    finally:
        calendar.setfirstweekday(before)


@pytest.mark.parametrize(
    ("rule", "opens"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU", "2032-02-29"),
        ("FREQ=YEARLY;BYDAY=20MO", "2026-05-18"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "2027-01-03"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-30"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31"),
        ("freq=monthly;byday=2sa", "2026-01-10"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=SU,SA", "2026-01-11"),
        ("FREQ=DAILY;INTERVAL=1000;COUNT=2", "2028-09-29"),
    ],
)
def test_rules_mean_what_the_standard_says(rule: str, opens: str) -> None:
    """The first occurrence after 3 January 2026, a Saturday, for rules of each kind."""
    found = window(f"{ONCE}repeat = '{rule}'").opens_after(at("2026-01-03T22:00:00"))
    assert found == at(f"{opens}T22:00:00")


def test_a_local_time_is_no_moment() -> None:
    """`now` without an offset is refused, not guessed at."""
    with pytest.raises(ValueError, match="a moment has its offset"):
        window(SATURDAY).open_at(datetime.fromisoformat("2026-01-03T22:00:00"))


# ── odd input ─────────────────────────────────────────────────────────────────────────────────────────────────────

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
NUMBER = st.one_of(st.integers(-6, 6), st.integers(-400, 400)).map(str)
DAY = st.tuples(st.sampled_from(["", "", "1", "-1", "5", "-5", "6", "52", "53", "-53"]), st.sampled_from(DAYS)).map(
    "".join
)
ODD = st.one_of(NUMBER, st.text(max_size=4), st.sampled_from(["20261231", "99991231T235959Z", "20260101T000000", ""]))
VALUES = {"BYDAY": st.lists(DAY, min_size=1, max_size=4).map(",".join)} | {
    name: st.lists(NUMBER, min_size=1, max_size=4).map(",".join)
    for name in ("BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS", "INTERVAL", "COUNT")
}
NAMES = (*VALUES, "UNTIL", "WKST", "BYHOUR", "BYEASTER", "DTSTART")
FREQ = st.sampled_from(["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"])
PART = st.sampled_from(NAMES).flatmap(
    lambda name: st.one_of(VALUES.get(name, ODD), VALUES.get(name, ODD), ODD).map(lambda value: f"{name}={value}")
)
PARTS = st.lists(PART, max_size=3)
REPEATS = st.one_of(st.tuples(FREQ, PARTS).map(lambda each: ";".join((each[0], *each[1]))), st.text(max_size=60))
MOMENTS = st.integers(-60_000_000_000, 250_000_000_000).map(lambda each: at("1970-01-01") + timedelta(seconds=each))
ZONES = st.one_of(st.sampled_from(["UTC", "Europe/Oslo", "Pacific/Apia", "Europe", "."]), st.text(max_size=20))


@settings(deadline=None, max_examples=150)
@given(REPEATS, ZONES, st.datetimes(), st.integers(-5, 600_000), MOMENTS)
def test_odd_input_is_refused_or_answered(
    repeat: str, zone: str, starts: datetime, minutes: int, now: datetime
) -> None:
    """Whatever is written: a window that answers, or a fault in words."""
    for begin in (starts.replace(microsecond=0), datetime.fromisoformat("2026-01-03T22:00:00")):
        try:
            made = Window(name="w", starts=begin, minutes=minutes, zone=zone, repeat=repeat)
        except ValidationError:
            continue
        following = made.opens_after(now)
        assert following is None or (following > now and made.open_at(following))
        assert made.open_at(now) == (made.closes_at(now) is not None)


# ── against a list made by hand ───────────────────────────────────────────────────────────────────────────────────

FIRST = date(2026, 3, 20)


@st.composite
def simple(draw: st.DrawFn) -> tuple[Window, list[date]]:
    """A window of the weeks about the change of the clocks, with the days on which it begins, counted one by one."""
    zone = draw(st.sampled_from(["UTC", "Europe/Oslo", "America/New_York", "Australia/Lord_Howe"]))
    starts = datetime.combine(FIRST, draw(st.times()).replace(microsecond=0, second=0))
    every, named = draw(st.integers(1, 5)), draw(st.sets(st.sampled_from(range(7)), min_size=1))
    days = [FIRST + timedelta(days=n) for n in range(40)]
    match draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"])):
        case "DAILY":
            rule, begun = f"FREQ=DAILY;INTERVAL={every}", [day for day in days if (day - FIRST).days % every == 0]
        case "WEEKLY":
            rule = f"FREQ=WEEKLY;BYDAY={','.join(DAYS[n] for n in named)}"
            begun = [day for day in days if day.weekday() in named]
        case _:
            rule = f"FREQ=MONTHLY;BYMONTHDAY={','.join(str(n + 1) for n in named)},20"
            begun = [day for day in days if day.day - 1 in named or day.day == 20]
    left_out = draw(st.sets(st.sampled_from(begun), max_size=2)) if len(begun) > 3 else set()
    made = Window(
        name="w", starts=starts, ends=starts + timedelta(minutes=draw(st.integers(1, 4000))), zone=zone, repeat=rule,
        except_=tuple(datetime.combine(day, starts.time()) for day in left_out),
    )  # fmt: skip
    return made, [day for day in begun if day not in left_out]


def in_utc(local: datetime, zone: str) -> datetime:
    """The first moment at which the wall clock shows it, or, of a time that is skipped, what it was to be."""
    offsets = [(local.replace(tzinfo=UTC) + timedelta(days=n)).astimezone(ZoneInfo(zone)).utcoffset() for n in (-1, 1)]
    moments = [local.replace(tzinfo=UTC) - (offset or timedelta(0)) for offset in offsets]
    shown = [each for each in moments if each.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local]
    return min(shown) if shown else moments[0]


def spans(made: Window, days: list[date]) -> list[tuple[datetime, datetime]]:
    assert made.ends is not None
    starts = [datetime.combine(day, made.starts.time()) for day in days]
    return [(in_utc(each, made.zone), in_utc(each + (made.ends - made.starts), made.zone)) for each in starts]


@settings(deadline=None)
@given(simple(), st.lists(st.integers(0, 30 * 24 * 60), min_size=1, max_size=40))
def test_a_window_agrees_with_a_list_of_its_occurrences(made: tuple[Window, list[date]], minutes: list[int]) -> None:
    """Open, closing and opening again are what counting day by day says, also on and about each border."""
    one, days = made
    listed = [span for span in spans(one, days) if span[0] < span[1]]
    borders = [border for span in listed[:20] for border in span]
    moments = [datetime.combine(FIRST, one.starts.time(), UTC) + timedelta(minutes=each) for each in minutes]
    for now in (*moments, *borders, *(border - timedelta(seconds=1) for border in borders)):
        if now < at("2026-04-22T00:00:00"):
            ends = [end for start, end in listed if start <= now < end]
            assert one.open_at(now) == bool(ends)
            assert one.closes_at(now) == max(ends, default=None)
            following = min((start for start, _ in listed if start > now), default=None)
            assert one.opens_after(now) == following or following is None


# ── the first moment that suits all ───────────────────────────────────────────────────────────────────────────────


def suits(wanted: Sequence[Sequence[Window]], closed: Sequence[Window], moment: datetime) -> bool:
    return all(any(each.open_at(moment) for each in windows) for windows in wanted) and not any(
        each.open_at(moment) for each in closed
    )


def test_the_next_opening_waits_for_windows_and_for_the_end_of_freezes() -> None:
    """Now, if nothing is against it; else when the window opens; and a freeze inside it moves the moment to its end."""
    weekly = window(SATURDAY)
    now, opens = at("2026-01-05T12:00:00"), at("2026-01-10T22:00:00+01:00")
    assert next_open([], [], now) == now
    assert next_open([[weekly]], [], now) == opens
    assert next_open([[weekly]], [], opens + timedelta(hours=1)) == opens + timedelta(hours=1)
    short = window("starts = 2026-01-10T20:00:00\nends = 2026-01-11T01:00:00\nzone = 'Europe/Oslo'")
    assert next_open([[weekly]], [short], now) == at("2026-01-11T01:00:00+01:00")
    over = window("starts = 2026-01-10T20:00:00\nends = 2026-01-11T04:00:00\nzone = 'Europe/Oslo'")
    assert next_open([[weekly]], [over], now) == at("2026-01-17T22:00:00+01:00")
    assert next_open([], [over], at("2026-01-10T23:00:00+01:00")) == at("2026-01-11T04:00:00+01:00")


def test_each_demand_is_met_by_one_of_its_windows() -> None:
    """Two demands are met where they overlap; within a demand one window is enough."""
    weekly = window(SATURDAY)
    sunday = window("starts = 2026-01-04T03:00:00\nminutes = 600\nzone = 'Europe/Oslo'\nrepeat = 'FREQ=WEEKLY'")
    now = at("2026-01-05T12:00:00")
    assert next_open([[weekly], [sunday]], [], now) == at("2026-01-11T03:00:00+01:00")
    assert next_open([[sunday, weekly]], [], now) == at("2026-01-10T22:00:00+01:00")


def test_what_can_never_be_has_no_next_opening() -> None:
    """A demand that nobody meets, one that is over, two that never meet, a freeze without end, a time too far away."""
    weekly, now = window(SATURDAY), at("2026-01-05T12:00:00")
    noon = window("starts = 2026-01-01T12:00:00\nminutes = 60\nrepeat = 'FREQ=DAILY'")
    always = window("starts = 2026-01-01T00:00:00\nminutes = 1440\nrepeat = 'FREQ=DAILY'")
    assert next_open([[]], [], now) is None
    assert next_open([[window(ONCE)]], [], now) is None
    assert next_open([[weekly], [noon]], [], now) is None
    assert next_open([[weekly]], [always], now) is None
    assert next_open([[weekly]], [], now, within_days=5) is None
    opens = at("2026-01-10T22:00:00+01:00")
    assert next_open([[weekly]], [], now, within_days=6) == opens
    assert next_open([[weekly]], [], opens - timedelta(days=6), within_days=6) == opens
    assert next_open([[weekly]], [], opens - timedelta(days=6, seconds=1), within_days=6) is None


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(simple().map(lambda made: made[0]), min_size=1, max_size=2), max_size=2),
    st.lists(simple().map(lambda made: made[0]), max_size=2),
    st.integers(-24 * 60, 20 * 24 * 60),
)
def test_the_next_opening_is_the_first(wanted: list[list[Window]], closed: list[Window], minutes: int) -> None:
    """It is not before now, all suits then, and no earlier minute of the days before it would have done."""
    now = at("2026-03-20T00:00:00") + timedelta(minutes=minutes)
    found = next_open(wanted, closed, now, within_days=60)
    assert found is None or (found >= now and suits(wanted, closed, found))
    grid = (now + timedelta(minutes=each) for each in range(3 * 24 * 60))
    assert not [each for each in grid if (found is None or each < found) and suits(wanted, closed, each)]
