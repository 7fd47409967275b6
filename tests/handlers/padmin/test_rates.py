"""Rates of counters: told by the port's own clock, drawn, and not told where a counter went back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import CATALOG
from bot.lab.fleet.events import UpkeepChanged
from handlers import grammar
from handlers.command import Command, Result
from handlers.operation import Ending, Operation, Report
from handlers.padmin.counters import elapsed
from handlers.padmin.rates import Sample, growth
from handlers.pictures import SeriesPicture
from handlers.table import Table
from tests.house import tree
from tests.house.fleetbook import Fleetbook

RECORDED = tree.ROOT / "tests" / "recorded"
KEY = ("ent0", "transmit", "Bytes")


def asked(text: str) -> Operation:
    read = grammar.read(CATALOG, "vios", text)
    assert isinstance(read, grammar.Asked), read
    return read.operation


def table(report: Report) -> Table:
    assert report.table is not None, report
    return report.table


@pytest.fixture
def fleet() -> Fleetbook:
    return Fleetbook()


class Odd(Fleetbook):
    """Something befalls the port before the third reading."""

    def answered(self, command: Command) -> Result:
        self.asked = getattr(self, "asked", 0) + 1
        return self.befallen(super().answered(command)) if self.asked == 3 else super().answered(command)

    def befallen(self, result: Result) -> Result:
        return result


def sample(count: int, seconds: int) -> Sample:
    return Sample(counts={KEY: count}, seconds={"ent0": seconds})


@pytest.mark.parametrize(
    ("text", "line", "drawn"),
    [
        ("ethernet-rates p72vio1 ent0", "entstat -all ent0",
         ["transmit Bytes", "receive Bytes", "transmit Packets", "receive Packets"]),
        ("fibre-rates p72vio1 fcs0", "fcstat fcs0",
         ["transmit Frames", "receive Frames", "transmit Words", "receive Words"]),
    ],
)  # fmt: skip
def test_a_port_is_read_a_few_times_and_its_rates_are_drawn(
    text: str, line: str, drawn: list[str], fleet: Fleetbook
) -> None:
    """One read after the other, with the time between them; the table has what the plot shows."""
    sent, report = fleet.driven(asked(f"{text} every=10 readings=4"))
    assert [(each.argv[-1], each.after) for each in sent] == [(line, 0.0), *[(line, 10.0)] * 3]
    assert report.ending is Ending.SUCCEEDED, report
    at = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
    (picture,) = (each.as_of(at) for each in report.pictures)
    assert isinstance(picture, SeriesPicture)
    assert [one.name for one in picture.series] == drawn
    assert picture.window == (at - timedelta(seconds=20), at)
    rows = {(row[0], f"{row[2]} {row[3]}"): row[4] for row in table(report).rows}
    assert rows[4, drawn[0]] == pytest.approx(picture.series[0].readings[-1].value, abs=0.01)
    assert all(isinstance(rate, float) and rate > 0 for rate in rows.values())


def test_what_doesnt_move_is_left_out_and_that_is_said(fleet: Fleetbook) -> None:
    """How many there are, and how to see them; what only tells a state is no counter."""
    _, short = fleet.driven(asked("ethernet-rates p72vio1 ent0 readings=2"))
    assert any("counters that didn't move are left out: still=yes shows them" in each for each in short.lines)
    _, whole = fleet.driven(asked("ethernet-rates p72vio1 ent0 readings=2 still=yes"))
    names = {row[3] for row in table(whole).rows}
    assert "CRC Errors" in names
    assert not [each for each in names if str(each).startswith(("Max ", "Current "))]
    assert len(table(whole).rows) > len(table(short).rows)
    assert short.pictures == ()  # one rate is no line


def test_counters_that_were_reset_meanwhile_tell_no_rate() -> None:
    """There is a gap in the plot and in the table, and a line that says why; the readings after it are told again."""

    class Reset(Odd):
        def befallen(self, result: Result) -> Result:
            at = self.vios("p72vio1")
            found = self.world.fleet.systems[at.system].partition(at.name)
            assert found is not None
            upkeep = replace(found.io.upkeep, counted=(("ent0", self.world.fleet.now),))
            self.world.happen(UpkeepChanged(system=at.system, partition=at.name, upkeep=upkeep))
            return super().answered(result.command)

    _, report = Reset().driven(asked("ethernet-rates p72vio1 ent0 every=10 readings=5"))
    assert any(each.startswith("Went back, so it wrapped or was reset") for each in report.lines)
    rates = {row[0]: row[4] for row in table(report).rows if row[2:4] == ("transmit", "Bytes")}
    assert rates[3] is None
    assert all(isinstance(rates[each], float) for each in (2, 4, 5))
    (picture,) = report.pictures
    assert isinstance(picture, SeriesPicture)
    assert picture.series[0].gaps == (picture.series[0].ordered[1].at,)


def test_a_reading_that_cant_be_read_is_a_gap_and_named() -> None:
    """The others are told; with fewer than two there is no rate, and that is no empty answer."""

    class Silent(Odd):
        def befallen(self, result: Result) -> Result:
            return replace(result, text="what is this?\n")

    _, report = Silent().driven(asked("fibre-rates p72vio1 fcs0 readings=5"))
    assert report.ending is Ending.FAILED
    assert [each.partition(":")[0] for each in table(report).missing] == ["reading 3"]
    assert {row[0] for row in table(report).rows} == {2, 5}
    _, report = Fleetbook().driven(asked("fibre-rates p72vio1 fcs9 readings=2"))
    assert (report.ending, len(table(report).missing)) == (Ending.FAILED, 2)
    assert "no rate can be told" in report.headline


@given(st.integers(0, 2**64), st.integers(0, 2**64), st.integers(0, 10**7), st.integers(0, 10**7))
def test_a_rate_is_never_below_nothing(one: int, other: int, since: int, until: int) -> None:
    """Whatever two readings say: more of it in more time, or no rate."""
    (rate,) = growth(sample(one, since), sample(other, until)).values()
    assert (rate is None) is (until <= since or other < one)
    assert rate is None or rate * (until - since) == pytest.approx(other - one)


def test_each_adapter_counts_since_its_own_time() -> None:
    """Those that tell none are left to whoever asks."""
    text = (RECORDED / "entstat-counters" / "sea.raw").read_text(encoding="utf-8")
    assert set(elapsed(text).values()) == {30 * 86_400}
    assert "ent4" in elapsed(text)
