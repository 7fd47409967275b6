"""Pictures as they are drawn: all labels there, inside, apart and legible, for any values whatever."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.pictures import palette
from bot.pictures.draughtsman import SIGNATURE
from bot.pictures.drawing import draw_history, draw_pair, draw_series, picture_of, sheet_of
from bot.pictures.sheet import SCALE, SMALL, TALLEST, WIDTH, Sheet
from handlers.pictures import Drawable, HistoryPicture, Mark, Reading, Series, SeriesPicture, Span
from handlers.sea.pair import Look
from handlers.sea.pictures import PairPicture
from tests.bot.looks import BEFORE, NOON, largest, look, looks, names, told

AA = 4.5
# Units that the boxes of two labels may share before it can be seen: a box is as tall as the font's tallest letters.
ACROSS, DOWN = 0.35, 1.35
DRAWN = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def spans(lane: str, *states: str, each: float = 2.0) -> tuple[Span, ...]:
    """One after the other, so many hours each; an empty one is a gap."""
    starts = [NOON + timedelta(hours=each * n) for n in range(len(states) + 1)]
    return tuple(
        Span(lane=lane, since=start, until=end, state=state)
        for start, end, state in zip(starts, starts[1:], states, strict=False)
        if state
    )


def readings(*values: float | None) -> tuple[Reading, ...]:
    return tuple(Reading(at=NOON + timedelta(minutes=5 * n), value=value) for n, value in enumerate(values))


LANES = ("ent4 of p72vio1", "ent4 of p72vio2")
HISTORY = HistoryPicture(
    title="SEA pair of p72",
    lanes=LANES,
    spans=(
        *spans(LANES[0], "PRIMARY", "", "BACKUP", "PRIMARY"),
        *spans(LANES[1], "BACKUP", "PRIMARY", "LIMBO", "BACKUP"),
    ),
    marks=(Mark(at=NOON + timedelta(hours=2), said="failover to p72vio2"),),
    since=NOON,
    until=NOON + timedelta(hours=8),
    zone="Europe/Vienna",
)
SERIES = SeriesPicture(
    title="p72vio1, ent4",
    zone="America/New_York",
    series=(
        Series(name="received", unit="packets/s", readings=readings(1, 5, None, None, 3, 9, 2)),
        Series(name="limbo packets", readings=()),
    ),
)
CASES: dict[str, Drawable] = {
    "sharing": PairPicture(look=look(told("sharing-primary"), told("sharing-backup"))),
    "failed over": PairPicture(
        look=look(told("auto-backup"), told("auto-primary")),
        before=look(told("auto-primary"), told("auto-backup"), at=BEFORE),
    ),
    "one unreachable": PairPicture(look=look(told("sharing-alone"), "it is Not Activated, RMC none")),
    "one unreadable": PairPicture(look=look(told("sharing-alone"), "cut off " * 60, answers=True)),
    "no HMC": PairPicture(look=look("hmc1 can't be reached", "hmc1 can't be reached", hmc_reached=False)),
    "both primary": PairPicture(look=look(told("auto-primary"), told("auto-primary"))),
    "link down": PairPicture(look=look(told("auto-primary"), told("link-down"))),
    "alone": PairPicture(look=look(told("no-failover"))),
    "largest": PairPicture(look=largest()),
    "history": HISTORY,
    "empty history": HISTORY.model_copy(update={"spans": (), "marks": ()}),
    "series": SERIES,
    "empty series": SeriesPicture(title="nothing at all"),
}


class Placed(NamedTuple):
    """A label's words and edges, in units."""

    said: str
    left: float
    top: float
    right: float
    bottom: float


def shown(sheet: Sheet) -> list[str]:
    return [label.artist.get_text() for label in sheet.labels]


def boxes(sheet: Sheet) -> list[Placed]:
    """Each label that shows something."""
    sheet.canvas.draw()
    renderer, found = sheet.canvas.get_renderer(), []
    for label in sheet.labels:
        if label.artist.get_text().strip():
            box = label.artist.get_window_extent(renderer)
            top, bottom = sheet.height - box.y1 / SCALE, sheet.height - box.y0 / SCALE
            found.append(Placed(label.artist.get_text(), box.x0 / SCALE, top, box.x1 / SCALE, bottom))
    return found


def faults(sheet: Sheet) -> list[str]:
    """What can't be read as it should be."""
    placed = boxes(sheet)
    found = [
        f"{each.said!r} hangs over the edge"
        for each in placed
        if each.left < 0 or each.top < 0 or each.right > WIDTH or each.bottom > sheet.height
    ]
    for one, other in combinations(placed, 2):
        across = min(one.right, other.right) - max(one.left, other.left)
        down = min(one.bottom, other.bottom) - max(one.top, other.top)
        if across > ACROSS and down > DOWN:
            found.append(f"{one.said!r} lies over {other.said!r}")
    for label in sheet.labels:
        if palette.contrast(label.ink.fore, label.ink.ground) < AA:
            found.append(f"{label.whole!r} is too faint")
        if float(label.artist.get_fontsize()) < SMALL:
            found.append(f"{label.whole!r} is too small")
    return found


@pytest.mark.parametrize("case", CASES)
def test_a_picture_can_be_read_in_a_preview(case: str) -> None:
    """Every label is inside, apart from the others, large enough and of enough contrast; the file is small."""
    sheet = sheet_of(CASES[case])
    assert faults(sheet) == []
    assert sheet.height <= TALLEST, "a taller one would be shrunk"
    png = sheet.png()
    assert png.startswith(SIGNATURE)
    assert len(png) < 100_000
    with Image.open(io.BytesIO(png)) as image:
        assert image.size == (int(WIDTH * SCALE), int(sheet.height * SCALE))
        assert image.mode == "P", "opaque: whatever is behind it doesn't matter"
        assert "transparency" not in image.info


@pytest.mark.parametrize("case", ["failed over", "history", "series"])
def test_the_same_values_give_the_same_picture(case: str) -> None:
    """Nothing of the moment, the machine's fonts or chance is in it."""
    assert picture_of(CASES[case]) == picture_of(CASES[case])


def test_a_pair_is_drawn_whole() -> None:
    """Both VIOS, states, modes, priorities, links, trunks, the control channel, and who bridges what, in letters."""
    said = shown(sheet_of(CASES["sharing"]))
    for wanted in (
        "Managed system p72: SEA pair", "as read 2026-11-25 12:00:00 UTC by hmc1", "p72vio1", "p72vio2", "PRIMARY_SH",
        "BACKUP_SH", "SEA ent4 bridges Partial", "mode Sharing, priority 1", "mode Sharing, priority 2", "ent0 link up",
        "ent1 PVID 1, VLAN 10, 11", "ent2 PVID 2, VLAN 12, 13", "on", "off", "Control channel on VLAN 99",
        "VLAN 1, 10, 11", "ETHERNET0: by p72vio1", "VLAN 2, 12, 13", "ETHERNET0: by p72vio2", "bridges", "stands by",
        "2 partitions on them: app01, db01",
    ):  # fmt: skip
        assert wanted in said, wanted


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        ("failed over", ["◆ PRIMARY → BACKUP", "◆ VLAN 1, 2, 10–13 on ETHERNET0: p72vio1 → p72vio2"]),
        ("one unreachable", ["NOT REACHED", "it is Not Activated, RMC none", "not read", "its trunks by the HMC:"]),
        ("one unreadable", ["UNREADABLE", "not read"]),
        ("no HMC", ["NO HMC", "ETHERNET0: not known"]),
        ("both primary", ["ETHERNET0: BOTH bridge: loop risk"]),
        ("link down", ["ent0 link down", "LIMBO"]),
        ("alone", ["no mate:", "NO FAILOVER", "ETHERNET0: by p72vio1"]),
        ("largest", ["+14 trunks: 7 on, 0 broken", "Not all fits here: the description has it"]),
        ("history", ["PRIMARY", "LIMBO", "not read", "1: 15:00:00 failover to p72vio2", LANES[0]]),
        ("history", ["2026-11-25 13:00:00 CET to 21:00:00"]),
        ("empty history", ["not read"]),
        ("series", ["received, packets/s", "highest 9 at 07:25:00", "nothing was read"]),
        ("empty series", ["nothing was read"]),
    ],
)  # fmt: skip
def test_what_matters_stands_in_letters(case: str, wanted: Sequence[str]) -> None:
    """Trouble, changes, gaps and what is left out are words, not colours."""
    said = " ".join(shown(sheet_of(CASES[case])))
    assert [each for each in wanted if each not in said] == []


def test_nothing_is_folded_unsaid() -> None:
    """Where a label is cut or counted, the picture says that its description has it all; and so it has."""
    values = CASES["largest"]
    sheet = sheet_of(values)
    assert any("(+" in each for each in shown(sheet))
    for trunk in range(16):
        assert f"ent{10 + trunk} on ETHERNET{trunk % 3}, PVID {100 + trunk}, VLAN" in values.alt
    assert "Not all fits here: the description has it" not in shown(sheet_of(CASES["sharing"]))


def test_colours_keep_their_contrast() -> None:
    """Every ink stands on its ground with 4.5 to 1; the card's border is seen on white and on black."""
    inks = {name: value for name, value in vars(palette).items() if isinstance(value, palette.Ink)}
    assert len(inks) > 10
    assert {name: each for name, each in inks.items() if palette.contrast(each.fore, each.ground) < AA} == {}
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert min(palette.contrast(palette.BORDER, page) for page in ("#FFFFFF", "#1A1D21")) >= 3
    assert min(palette.contrast(line, palette.CARD) for line in palette.LINES) >= AA


def test_states_differ_without_colour() -> None:
    """No two known states share both their pattern and their letters, nor does an unknown one share theirs."""
    signs = [(palette.of_state(each).hatch, palette.LETTERS[each]) for each in palette.STATES]
    assert len(set(signs)) == len(signs)
    assert palette.of_state("LIMBO").hatch not in {palette.of_state(each).hatch for each in palette.STATES}


# ── whatever is told ──────────────────────────────────────────────────────────────────────────────────────────────


@DRAWN
@given(looks, st.none() | looks)
def test_any_look_can_be_drawn(now: Look, before: Look | None) -> None:
    """Empty, huge or hostile: it is a picture in which all can be read, and no name in it is markup."""
    sheet = sheet_of(PairPicture(look=now, before=before))
    assert faults(sheet) == []
    assert sheet.png().startswith(SIGNATURE)
    assert not any(label.artist.get_parse_math() for label in sheet.labels)
    assert all(ch.isprintable() for text in shown(sheet) for ch in text)


moments = st.integers(0, 86_400).map(lambda seconds: NOON + timedelta(seconds=seconds))


@DRAWN
@given(st.data())
def test_any_history_can_be_drawn(data: st.DataObject) -> None:
    """Spans of any number and length, over each other or none; marks at one moment; any state."""
    lanes = data.draw(st.lists(names, min_size=1, max_size=4, unique=True))
    ends = st.tuples(moments, moments).map(sorted)
    made = [
        Span(lane=data.draw(st.sampled_from(lanes)), since=since, until=until, state=data.draw(names))
        for since, until in data.draw(st.lists(ends, max_size=30))
    ]
    marks = [Mark(at=at, said=said) for at, said in data.draw(st.lists(st.tuples(moments, names), max_size=12))]
    since, until = data.draw(ends.filter(lambda each: each[0] < each[1]))
    values = HistoryPicture(
        title=data.draw(names), lanes=tuple(lanes), spans=tuple(made), marks=tuple(marks), since=since, until=until
    )
    sheet = sheet_of(values)
    assert faults(sheet) == []
    assert values.alt
    assert all(ch.isprintable() for ch in values.alt)


numbers = st.none() | st.floats(-1e30, 1e30)


readings_ = st.lists(st.builds(Reading, at=moments, value=numbers), max_size=40).map(tuple)


@DRAWN
@given(st.lists(st.builds(Series, name=names, unit=names, readings=readings_), max_size=4))
def test_any_numbers_can_be_drawn(series: list[Series]) -> None:
    """None, one, equal, negative or enormous ones, with gaps anywhere."""
    sheet = sheet_of(SeriesPicture(title="numbers", series=tuple(series)))
    assert faults(sheet) == []
    assert sheet.png().startswith(SIGNATURE)


# ── the three ways in ─────────────────────────────────────────────────────────────────────────────────────────────


def test_each_kind_has_its_way_in() -> None:
    """A pair, a history and series come back as PNG, words and a file's name."""
    since: datetime = NOON
    made = (
        draw_pair(look(told("sharing-primary"), told("sharing-backup"))),
        draw_history("SEA pair of p72", HISTORY.spans, since, since + timedelta(hours=8)),
        draw_series("p72vio1", SERIES.series),
    )
    assert [each.name for each in made] == ["pair.png", "history.png", "series.png"]
    assert all(each.png.startswith(SIGNATURE) and each.alt for each in made)


def test_the_bot_itself_loads_no_drawing_library() -> None:
    """Who never has a picture drawn pays nothing for it."""
    asked = "import sys, bot.app; print([each for each in ('matplotlib', 'PIL') if each in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
