"""What plots over time share: a time axis in the picture's own zone, whose few labels never touch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date

from bot.pictures import palette
from bot.pictures.sheet import SMALL, WIDTH, Sheet, width_of

TICKS = 5


def number(at: datetime) -> float:
    """Where it stands on a time axis."""
    return float(date2num(at))


def ticks(axes: Axes, since: datetime, until: datetime, zone: str) -> list[tuple[float, str]]:
    """Round moments with their labels, as few as fit."""
    tz = ZoneInfo(zone)
    locator = AutoDateLocator(tz=tz, minticks=3, maxticks=TICKS)
    found = [at for at in map(float, locator.tick_values(since, until)) if number(since) <= at <= number(until)]
    moments = [num2date(at, tz=tz) for at in found]
    return list(zip(found, _labels(moments), strict=True))


def _labels(moments: list[datetime]) -> list[str]:
    """The date where a new day begins, or where all of them are whole days; else the time."""
    days = all(each.hour == each.minute == each.second == 0 for each in moments)
    if days and len(moments) > 1:
        return [f"{each:%b %d}" for each in moments]
    seconds = any(each.second or each.microsecond for each in moments)
    clock = "%H:%M:%S" if seconds else "%H:%M"
    return [f"{each:%b %d}" if each.hour == each.minute == each.second == 0 else f"{each:{clock}}" for each in moments]


def time_axis(
    sheet: Sheet, axes: Axes, span: tuple[datetime, datetime], zone: str, *, place: tuple[float, float], y: float | None
) -> None:
    """Grid lines in the axes, and their labels at height `y`, if any. `place`: the axes' left edge and width."""
    since, until = span
    axes.set_xlim(number(since), number(until))
    axes.set_xticks([])
    taken = 0.0
    left, width = place
    for at, said in ticks(axes, since, until, zone):
        axes.axvline(at, color=palette.BORDER, linewidth=0.5, alpha=0.6, zorder=0)
        x = left + width * (at - number(since)) / (number(until) - number(since))
        half = width_of(said) / 2
        x = min(max(x, left + half), WIDTH - 6 - half)
        if y is not None and x - half >= taken:
            sheet.write(x, y, said, palette.SOFT, most=80, size=SMALL, align="center")
            taken = x + half + 4


def bare(axes: Axes) -> None:
    """Without what the library writes and draws of its own."""
    axes.set_xticks([])
    axes.set_yticks([])
    axes.patch.set_visible(False)
    axes.set_zorder(-1)  # words lie over it
    for spine in axes.spines.values():
        spine.set_color(palette.BORDER)
        spine.set_linewidth(0.8)


def heading(sheet: Sheet, title: str, lines: Iterable[str]) -> None:
    sheet.write(8, 15, title, palette.PLAIN, most=WIDTH - 16, size=13, bold=True)
    for at, line in enumerate(lines):
        sheet.write(8, 30 + at * 13, line, palette.SOFT, most=WIDTH - 16)
