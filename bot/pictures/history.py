"""States over time: a lane each, spans in their state's colour, hatch and letters, gaps left open, marks numbered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.pictures import palette, plots
from bot.pictures.palette import Ink
from bot.pictures.sheet import WIDTH, Sheet, width_of
from handlers.pictures import HistoryPicture, Mark, Span

LEFT, LANE, BAR, TOP, ROW = 8.0, 43.0, 20.0, 40.0, 13.5
ABOVE = 19.0  # of a bar, for its name and the tips of the marks
ACROSS = WIDTH - 2 * LEFT
MOST_STATES = 6
THINNEST = 1.2  # units, so that the shortest span is seen


def draw(picture: HistoryPicture) -> Sheet:
    marks = picture.shown_marks[-(5 if len(picture.lanes) < 3 else 3) :]
    legend, lines = _legend(picture), _lines(picture, marks)
    top = TOP + (15 if marks else 0)
    lanes = top + len(picture.lanes) * LANE
    sheet = Sheet(lanes + 24 + (len(legend) + len(lines)) * ROW + 6)
    span = f"{picture.moment(picture.since)} to {picture.clock(picture.until, picture.since)}"
    plots.heading(sheet, picture.title, [span])
    for at, lane in enumerate(picture.lanes):
        _lane(sheet, picture, lane, marks, top + at * LANE)
    _numbers(sheet, picture, marks)
    _axis(sheet, picture, lanes)
    for at, row in enumerate(legend):
        _legend_row(sheet, row, lanes + 30 + at * ROW)
    for at, line in enumerate(lines):
        sheet.write(LEFT, lanes + 30 + (len(legend) + at) * ROW, line, palette.PLAIN, most=ACROSS)
    return sheet


def _lines(picture: HistoryPicture, marks: Sequence[Mark]) -> list[str]:
    """What the numbers mean; of many, the newest."""
    before = len(picture.shown_marks) - len(marks)
    said = [f"{_number(picture, mark)}: {picture.clock(mark.at, picture.since)} {mark.said}" for mark in marks]
    return [*([f"{before} marks before these aren't shown"] if before else []), *said]


def _number(picture: HistoryPicture, mark: Mark) -> int:
    return picture.shown_marks.index(mark) + 1


def _x(picture: HistoryPicture, at: datetime) -> float:
    return LEFT + ACROSS * ((at - picture.since) / (picture.until - picture.since))


def _lane(sheet: Sheet, picture: HistoryPicture, lane: str, marks: Sequence[Mark], y: float) -> None:
    bar = y + ABOVE
    sheet.write(LEFT, y + 7, lane, palette.PLAIN, most=ACROSS, size=11, bold=True)
    sheet.box(LEFT, bar, ACROSS, BAR, palette.CARD, style="dashed", round_=0)
    for start, end in picture.gaps(lane):
        left, right = _x(picture, start), _x(picture, end)
        if right - left > width_of("not read") + 6:
            sheet.write((left + right) / 2, bar + BAR / 2, "not read", palette.SOFT, most=right - left, align="center")
    for span in picture.of(lane):
        _span(sheet, picture, span, bar)
    for mark in marks:
        sheet.tip(_x(picture, mark.at), bar - 5, bar, palette.PLAIN.fore)


def _span(sheet: Sheet, picture: HistoryPicture, span: Span, bar: float) -> None:
    ink, left = palette.of_state(span.state), _x(picture, span.since)
    width = max(THINNEST, _x(picture, span.until) - left)
    left = min(left, LEFT + ACROSS - width)
    sheet.box(left, bar, width, BAR, ink.ground, edge=ink.ground, width_=0, round_=0)
    for said in (span.state, letters(span.state)):
        taken = width_of(said, bold=True)
        if taken + 6 <= width:
            if ink.hatch and width > taken + 16:
                _hatched(sheet, ink, (left, bar, width), taken)
            sheet.write(left + width / 2, bar + BAR / 2, said, ink, most=width, bold=True, align="center")
            return


def _hatched(sheet: Sheet, ink: Ink, place: tuple[float, float, float], taken: float) -> None:
    """The pattern on both sides of the letters, which stand on plain ground."""
    left, bar, width = place
    side = (width - taken) / 2 - 3
    for x in (left, left + width - side):
        sheet.hatch(x, bar, side, BAR, ink.hatch, colour=ink.fore)


def letters(state: str) -> str:
    """A short name for where the state's own doesn't fit."""
    return palette.LETTERS.get(state, state[:2].upper())


def _axis(sheet: Sheet, picture: HistoryPicture, lanes: float) -> None:
    axes = sheet.axes(LEFT, lanes, ACROSS, 3)
    plots.bare(axes)
    axes.set_ylim(0, 1)
    span = (picture.since, picture.until)
    plots.time_axis(sheet, axes, span, picture.zone, place=(LEFT, ACROSS), y=lanes + 12)


def _numbers(sheet: Sheet, picture: HistoryPicture, marks: Sequence[Mark]) -> None:
    """Over the lanes, where each has room."""
    taken = 0.0
    for mark in marks:
        x, said = _x(picture, mark.at), str(_number(picture, mark))
        half = width_of(said, bold=True) / 2 + 3
        at = min(max(x, LEFT + half, taken + half), WIDTH - LEFT - half)
        if at - half >= taken:
            sheet.box(at - half, TOP + 1, 2 * half, 13, palette.CHANGED.ground, edge=palette.CHANGED.fore)
            sheet.write(at, TOP + 7.5, said, palette.CHANGED, most=2 * half, bold=True, align="center")
            taken = at + half + 1


def _legend(picture: HistoryPicture) -> list[list[str]]:
    """The states in rows, as many in each as fit; a gap's meaning with them, where there is one."""
    states = list(dict.fromkeys(each.state for lane in picture.lanes for each in picture.of(lane)))
    more = [f"and {len(states) - MOST_STATES} more"] if len(states) > MOST_STATES else []
    entries = [
        *states[:MOST_STATES],
        *more,
        *(["not read"] if any(picture.gaps(lane) for lane in picture.lanes) else []),
    ]
    rows: list[list[str]] = []
    room = 0.0
    for entry in entries:
        need = 26 + min(width_of(entry), 130) + 10
        if need > room:
            rows.append([])
            room = ACROSS
        rows[-1].append(entry)
        room -= need
    return rows


def _legend_row(sheet: Sheet, row: Sequence[str], y: float) -> None:
    x = LEFT
    for entry in row:
        if entry == "not read" or entry.startswith("and "):
            sheet.box(x, y - 5.5, 22, 11, palette.CARD, style="dashed", round_=0)
        else:
            ink = palette.of_state(entry)
            sheet.box(x, y - 5.5, 22, 11, ink.ground, edge=ink.ground, round_=0)
            sheet.write(x + 11, y, letters(entry), ink, most=22, bold=True, align="center")
        x += 26 + sheet.write(x + 26, y, entry, palette.PLAIN, most=130) + 10
