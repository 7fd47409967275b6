"""Numbers over time: a panel each on one time axis, its highest point named, gaps left open, nothing said in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from matplotlib.axes import Axes

from bot.pictures import palette, plots
from bot.pictures.sheet import WIDTH, Sheet
from handlers.pictures import Series, SeriesPicture, number

LEFT, ACROSS, TOP = 50.0, WIDTH - 58.0, 42.0
NAME = 16.0
NOTHING = "nothing was read"
ROOM = {0: 40.0, 1: 120.0, 2: 90.0, 3: 62.0, 4: 44.0}  # of a panel, by how many there are


def draw(picture: SeriesPicture) -> Sheet:
    high = ROOM[len(picture.series)]
    panel = NAME + high + 6
    bottom = TOP + max(1, len(picture.series)) * panel
    sheet = Sheet(bottom + 20)
    window = picture.window
    if window is None:
        plots.heading(sheet, picture.title, ["no time: nothing was read"])
    else:
        start, end = window
        span = f"{picture.moment(start)} to {picture.clock(end, start)}"
        plots.heading(sheet, picture.title, [span])
    for at, one in enumerate(picture.series):
        _panel(sheet, picture, one, at, TOP + at * panel, high)
    if not picture.series:
        sheet.write(WIDTH / 2, TOP + 25, NOTHING, palette.SOFT, most=ACROSS, size=12, align="center")
    return sheet


def _panel(sheet: Sheet, picture: SeriesPicture, one: Series, at: int, y: float, high: float) -> None:
    named = f"{one.name}, {one.unit}" if one.unit else one.name
    peak = one.highest
    told = (
        f"highest {number(peak[1])} at {picture.clock(peak[0], picture.window[0])}" if peak and picture.window else ""
    )
    taken = sheet.write(WIDTH - 8, y + 8, told, palette.SOFT, most=190, align="right") + 6 if told else 0.0
    sheet.write(8, y + 8, named, palette.PLAIN, most=WIDTH - 16 - taken, size=11, bold=True)
    axes = sheet.axes(LEFT, y + NAME, ACROSS, high)
    plots.bare(axes)
    under = y + NAME + high + 9 if at == len(picture.series) - 1 else None
    if picture.window is not None:
        plots.time_axis(sheet, axes, _window(picture.window), picture.zone, place=(LEFT, ACROSS), y=under)
    if peak is None:
        sheet.box(LEFT + ACROSS / 2 - 60, y + NAME + high / 2 - 8, 120, 16, palette.CARD, edge=palette.CARD)
        sheet.write(LEFT + ACROSS / 2, y + NAME + high / 2, NOTHING, palette.SOFT, most=ACROSS, size=11, align="center")
        return
    _curve(axes, one, palette.LINES[at % len(palette.LINES)])
    axes.plot([plots.number(peak[0])], [peak[1]], color=palette.PLAIN.fore, marker="v", markersize=5, linestyle="")
    low, top = _limits(one)
    axes.set_ylim(low, top)
    for value in {max(0.0, peak[1]), min(0.0, *(value for _, value in one.known))}:
        height = y + NAME + high * (1 - (value - low) / (top - low))
        sheet.write(
            LEFT - 4, min(height, y + NAME + high - 4), number(value), palette.SOFT, most=LEFT - 8, align="right"
        )


def _curve(axes: Axes, one: Series, colour: str) -> None:
    """A line for each run of readings; one that stands alone is a dot."""
    for piece in _pieces(one):
        moments, values = zip(*((plots.number(when), value) for when, value in piece), strict=True)
        marker = "o" if len(piece) == 1 else ""
        steps = "steps-post" if one.holds else "default"
        axes.plot(moments, values, color=colour, linewidth=1.6, marker=marker, markersize=3, drawstyle=steps)


def _limits(one: Series) -> tuple[float, float]:
    """From zero, where nothing is below it; with some air above."""
    values = [value for _, value in one.known]
    low, high = min(0.0, *values), max(0.0, *values)
    air = (high - low or 1.0) * 0.12
    return (low - air if low < 0 else 0.0), high + air


def _pieces(one: Series) -> Iterator[list[tuple[datetime, float]]]:
    """Runs of readings without a gap in them."""
    run: list[tuple[datetime, float]] = []
    for each in one.ordered:
        if each.value is None:
            if run:
                yield run
            run = []
        else:
            run.append((each.at, each.value))
    if run:
        yield run


def _window(shown: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    """One moment alone gets some time around it."""
    start, end = shown
    return (start, end) if start < end else (start - timedelta(minutes=1), end + timedelta(minutes=1))
