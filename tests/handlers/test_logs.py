"""What a VIOS logs and how it is set: read whole or not at all, and two clocks never compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import errlog, seattr
from handlers.errlog import Entry
from handlers.hmcout import Unreadable
from handlers.sea import clocks
from tests.handlers.test_entstat import TREE

RECORDED = TREE / "tests" / "recorded"
CAPTURED = TREE.parent / "shared" / "captures" / "aix" / "errpt_client_lpm.txt"
HEADER = "IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n"
LOG = (RECORDED / "errlog" / "after-restart-p72vio2.raw").read_text(encoding="utf-8")
SETTINGS = (RECORDED / "lsdev" / "sea-p72vio1.raw").read_text(encoding="utf-8")
NOW = datetime(2012, 1, 12, 12, 5, tzinfo=UTC)


@pytest.mark.parametrize("path", sorted((RECORDED / "errlog").glob("*.raw")), ids=lambda path: path.stem)
def test_a_recorded_log_means_what_it_should(path: Path) -> None:
    """Newest first, each line with its id, stamp, type, class, resource and description."""
    found = [each.model_dump(mode="json") for each in errlog.entries(path.read_text(encoding="utf-8"))]
    assert found == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted((RECORDED / "lsdev").glob("*.raw")), ids=lambda path: path.stem)
def test_recorded_settings_mean_what_they_should(path: Path) -> None:
    """By their columns: a value can be empty."""
    found = seattr.settings(path.read_text(encoding="utf-8")).model_dump(mode="json")
    assert found == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_a_captured_log_is_read() -> None:
    """What a real host printed during a migration, under a heading."""
    if not CAPTURED.exists():
        print(f"the capture {CAPTURED.name} beside this repository is not there")
        pytest.skip("the capture beside this repository is not there")
    found = errlog.entries(HEADER + CAPTURED.read_text(encoding="utf-8"))
    assert (len(found), found[0].resource, found[-1].identifier) == (20, "pmig", "08917DC6")
    assert found[0].stamp == datetime(2016, 4, 14, 8, 34)  # noqa: DTZ001 - as the host's clock showed


@pytest.mark.parametrize(
    "text",
    [
        LOG.removeprefix(HEADER), LOG[:-1], LOG.replace("40D97644 ", "40D97644x"),
        LOG.replace("0112120112", "1332120112"),
        LOG.replace(" I H ", " X H "), f"{LOG}HSCL2970 The IOServer command has failed\n",
    ],
)  # fmt: skip
def test_a_log_that_isnt_one_is_refused(text: str) -> None:
    """No heading, cut off, an id, a date or a type that is none, a stranger at the end."""
    with pytest.raises(Unreadable):
        errlog.entries(text)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("attribute ", "Attribute "), ("pvid          1 ", "pvid          x "), ("ent1,ent2", "ent1,hdisk"),
        ("ha_mode       sharing", "ha_mode       perhaps"), ("adapter_reset yes", "adapter_reset may"),
        ("pvid_adapter  ent1      Default", "pvid          ent1      Default"), (" True\n", "\n"),
    ],
)  # fmt: skip
def test_settings_that_are_none_are_refused(was: str, becomes: str) -> None:
    """Another heading, a value of another kind, a name twice, a line without its end."""
    assert was in SETTINGS
    with pytest.raises(Unreadable):
        seattr.settings(SETTINGS.replace(was, becomes, 1))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(SETTINGS) - 1), st.sampled_from([seattr.settings, errlog.entries]))
def test_what_is_cut_off_is_refused(at: int, read: Callable[[str], object]) -> None:
    """Only the whole says something: settings lack a name where they are cut, a log its line's end."""
    whole = SETTINGS if read is seattr.settings else LOG
    cut = whole[: at % len(whole)]
    if read is errlog.entries and (not cut or cut.endswith("\n")):
        return  # a log may end after any of its lines
    with pytest.raises(Unreadable):
        read(cut)


# ── clocks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def log(*stamps: tuple[int, int], resource: str = "ent4") -> tuple[Entry, ...]:
    """Newest first, as printed: hour and minute of each."""
    lines = [f"E136EAFA   0112{hour:02}{minute:02}12 I H {resource:<14} BECOME PRIMARY\n" for hour, minute in stamps]
    return errlog.entries(HEADER + "".join(lines))


def test_what_is_new_is_what_stands_above_the_mark() -> None:
    """Oldest first; the same line twice is two entries; nothing new is nothing, and no sign of health."""
    before = clocks.mark(log((12, 1), (12, 0)), NOW)
    later = NOW + timedelta(seconds=30)
    new = clocks.news("vio1", log((12, 5), (12, 1), (12, 1), (12, 0)), before, later)
    assert [each.stamp.minute for each in new.entries] == [1, 5]
    assert (new.whole, new.since) == (True, NOW)
    assert clocks.news("vio1", log((12, 1), (12, 0)), before, later).entries == ()


def test_a_log_that_wrapped_says_so() -> None:
    """Where the mark is gone, entries may be missing; so it is where it was cleared, and at the first reading."""
    before = clocks.mark(log((12, 1), (12, 0)), NOW)
    wrapped = clocks.news("vio1", log((12, 9), (12, 8)), before, NOW)
    assert ([each.stamp.minute for each in wrapped.entries], wrapped.whole) == ([8, 9], False)
    assert clocks.news("vio1", (), before, NOW).whole is False
    assert clocks.news("vio1", log((12, 1)), None, NOW).whole is False
    assert clocks.news("vio1", log((12, 1)), clocks.mark((), NOW), NOW).whole is True


def test_two_hosts_are_ordered_by_our_reading() -> None:
    """A stamp of seven hours ago, read later, comes later."""
    early = clocks.news("vio2", log((17, 48)), clocks.mark((), NOW), NOW)
    late = clocks.news("vio1", log((10, 53), (10, 52)), clocks.mark((), NOW), NOW + timedelta(seconds=30))
    assert [(vios, each.stamp.hour, each.stamp.minute) for vios, each in clocks.ordered([late, early])] == [
        ("vio2", 17, 48), ("vio1", 10, 52), ("vio1", 10, 53),
    ]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.integers(-90000, 90000), st.integers(0, 600), st.integers(0, 600))
def test_a_clock_is_measured_within_its_bounds(ahead: int, waited: int, since: int) -> None:
    """Whatever it is ahead by lies between the bounds, and a clock that is right is never called wrong."""
    read = NOW + timedelta(seconds=waited + since)
    written = NOW + timedelta(seconds=since)
    stamp = (written + timedelta(seconds=ahead)).replace(second=0, microsecond=0, tzinfo=None)
    line = f"E136EAFA   {stamp:%m%d%H%M%y} I H ent4           BECOME PRIMARY\n"
    found = clocks.skew(clocks.news("vio1", errlog.entries(HEADER + line), clocks.mark((), NOW), read))
    assert found is not None
    assert found.least <= ahead <= found.most
    assert abs(found.ahead) <= abs(ahead)


def test_what_may_be_missing_measures_nothing() -> None:
    """Neither a first reading, nor a log that wrapped, nor one without news."""
    unknown: Sequence[clocks.News] = (
        clocks.news("vio1", log((12, 1)), None, NOW),
        clocks.news("vio1", log((12, 9)), clocks.mark(log((12, 1)), NOW), NOW),
        clocks.news("vio1", log((12, 1)), clocks.mark(log((12, 1)), NOW), NOW),
    )
    assert [clocks.skew(each) for each in unknown] == [None, None, None]
