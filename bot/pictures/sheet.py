"""A sheet to draw on: one unit is one pixel of Slack's small preview, so that a size here is a size on a phone.

Origin top left, y downwards. Text is never markup, is cut to the width it is given, and is kept with the ink it stands
in, so that tests can ask where everything is.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.lines import Line2D
from matplotlib.patches import FancyBboxPatch, Rectangle
from matplotlib.text import Text
from PIL import Image

from bot.pictures import palette
from bot.pictures.palette import Ink

WIDTH = 360.0  # units
TALLEST = 360.0  # a taller one would be shrunk to this in the preview
SCALE = 3  # pixels a unit
SMALL = 10.0  # the least size of text
COLOURS = 64  # of the file
LONGEST = 400  # characters of a label that are looked at
FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
LACKING = "▯"  # stands for a letter that the font lacks, or whose script it can't set

Align = Literal["left", "center", "right"]
Stroke = Literal["-", "--", ":"]


@dataclass(frozen=True, kw_only=True)
class Label:
    """Words on the sheet. `whole`: as they were given; the artist shows what fitted."""

    artist: Text
    whole: str
    ink: Ink


@cache
def font(*, bold: bool = False) -> FontProperties:
    """By its file, so that the fonts of the machine make no difference."""
    return FontProperties(fname=str(FONTS / f"DejaVuSans{'-Bold' if bold else ''}.ttf"))


@cache
def _letters() -> frozenset[int]:
    return frozenset(FT2Font(str(FONTS / "DejaVuSans.ttf")).get_charmap())


def printable(text: str) -> str:
    """On one line, with nothing that the font can't show as it should be read."""
    return "".join(_shown(ch) for ch in " ".join(text.split()))


def _shown(ch: str) -> str:
    if not ch.isprintable():
        return "�"
    from_right = unicodedata.bidirectional(ch) in ("R", "AL")
    return LACKING if from_right or ord(ch) not in _letters() else ch


@cache
def _ruler() -> RendererAgg:
    return RendererAgg(1, 1, 72 * SCALE)


@lru_cache(maxsize=4_096)
def width_of(text: str, size: float = SMALL, *, bold: bool = False) -> float:
    """Units that it takes."""
    prop = font(bold=bold).copy()
    prop.set_size(size)
    return float(_ruler().get_text_width_height_descent(printable(text), prop, False)[0]) / SCALE


def fitted(text: str, most: float, size: float = SMALL, *, bold: bool = False) -> str:
    """As much of it as fits, then `…`."""
    text = printable(text[:LONGEST])
    if width_of(text, size, bold=bold) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        fits = width_of(text[:middle].rstrip() + "…", size, bold=bold) <= most
        low, high = (middle, high) if fits else (low, middle - 1)
    return text[:low].rstrip() + "…"


def wrapped(text: str, most: float, lines: int) -> list[str]:
    """In lines of that width; the last one cut where there are more."""
    rows: list[str] = []
    left = printable(text[:LONGEST]).split(" ")
    while left and len(rows) < lines - 1:
        count = 1
        while count < len(left) and width_of(" ".join(left[: count + 1])) <= most:
            count += 1
        rows.append(fitted(" ".join(left[:count]), most))
        left = left[count:]
    return [*rows, fitted(" ".join(left), most)] if left else rows


class Sheet:
    def __init__(self, height: float) -> None:
        self.height = height
        self.labels: list[Label] = []
        self._painted = 0
        self.figure = Figure(figsize=(WIDTH / 72, height / 72), dpi=72 * SCALE, facecolor=palette.CARD)
        self.canvas = FigureCanvasAgg(self.figure)
        self.paper = self.axes(0, 0, WIDTH, height)
        self.paper.set_axis_off()
        self.paper.set_xlim(0, WIDTH)
        self.paper.set_ylim(height, 0)
        self.box(1, 1, WIDTH - 2, height - 2, "none", edge=palette.BORDER, width_=1.5, round_=5)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """A plot's own axes, in units of the sheet."""
        place = (x / WIDTH, 1 - (y + height) / self.height, width / WIDTH, height / self.height)
        return self.figure.add_axes(place)

    # ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def write(
        self,
        x: float,
        y: float,
        text: str,
        ink: Ink,
        *,
        most: float,
        size: float = SMALL,
        bold: bool = False,
        align: Align = "left",
    ) -> float:
        """With its middle at this height; the units it takes."""
        shown = fitted(text, most, size, bold=bold)
        prop = font(bold=bold).copy()
        prop.set_size(size)
        artist = self.paper.text(
            x,
            y,
            shown,
            fontproperties=prop,
            color=ink.fore,
            ha=align,
            va="center_baseline",
            parse_math=False,
            zorder=self._next(),
        )
        self.labels.append(Label(artist=artist, whole=text, ink=ink))
        return width_of(shown, size, bold=bold)

    def _next(self) -> int:
        """What is drawn later lies over what was drawn before."""
        self._painted += 1
        return self._painted

    # ── shapes ────────────────────────────────────────────────────────────────────────────────────────────────────

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        ground: str,
        *,
        edge: str = palette.BORDER,
        width_: float = 1.0,
        style: str = "solid",
        hatch: str = "",
        round_: float = 3.0,
    ) -> None:
        patch = FancyBboxPatch(
            (x, y),
            width,
            height,
            boxstyle=f"round,pad=0,rounding_size={round_}",
            facecolor=ground,
            edgecolor=edge,
            linewidth=width_,
            linestyle=style,
            zorder=self._next(),
        )
        self.paper.add_patch(patch)
        if hatch:
            self.hatch(x, y, width, height, hatch)

    def hatch(
        self, x: float, y: float, width: float, height: float, pattern: str, *, colour: str = palette.BORDER
    ) -> None:
        """A faint pattern."""
        self.paper.add_patch(
            Rectangle(
                (x, y),
                width,
                height,
                fill=False,
                hatch=pattern,
                edgecolor=colour,
                linewidth=0,
                alpha=0.35,
                zorder=self._next(),
            )
        )

    def line(
        self, points: Iterable[tuple[float, float]], colour: str, *, width: float = 1.5, style: Stroke = "-"
    ) -> None:
        xs, ys = zip(*points, strict=True)
        line = Line2D(
            xs, ys, color=colour, linewidth=width, linestyle=style, solid_capstyle="butt", zorder=self._next()
        )
        self.paper.add_line(line)

    def arrow(self, x: float, y: float, to: float, colour: str) -> None:
        """A head that points sideways, its tip at `to`."""
        self.paper.fill([to, x, x], [y, y - 4, y + 4], color=colour, linewidth=0, zorder=self._next())

    def tip(self, x: float, y: float, to: float, colour: str) -> None:
        """A head that points up or down."""
        self.paper.fill([x, x - 4, x + 4], [to, y, y], color=colour, linewidth=0, zorder=self._next())

    # ── the file ──────────────────────────────────────────────────────────────────────────────────────────────────

    def png(self) -> bytes:
        self.canvas.draw()
        pixels = Image.frombuffer("RGBA", self.canvas.get_width_height(), self.canvas.buffer_rgba())
        few = pixels.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        out = io.BytesIO()
        few.save(out, "PNG", optimize=True)
        return out.getvalue()
