"""From values to a picture: which room draws what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.pictures import Picture, history, pair, series
from bot.pictures.sheet import Sheet
from handlers.pictures import Drawable, HistoryPicture, Series, SeriesPicture, Span
from handlers.sea.pair import Look
from handlers.sea.pictures import PairPicture


def sheet_of(values: Drawable) -> Sheet:
    if isinstance(values, PairPicture):
        return pair.draw(values)
    if isinstance(values, HistoryPicture):
        return history.draw(values)
    if isinstance(values, SeriesPicture):
        return series.draw(values)
    raise TypeError(f"nobody draws a {type(values).__name__}")


def picture_of(values: Drawable) -> Picture:
    return Picture(png=sheet_of(values).png(), alt=values.alt, name=f"{values.stem}.png")


def draw_pair(look: Look, before: Look | None = None, *, zone: str = "UTC") -> Picture:
    return picture_of(PairPicture(look=look, before=before, zone=zone))


def draw_history(title: str, spans: Sequence[Span], since: datetime, until: datetime, *, zone: str = "UTC") -> Picture:
    """A lane for each that the spans name, in order."""
    lanes = tuple(dict.fromkeys(each.lane for each in spans)) or (title,)
    values = HistoryPicture(title=title, lanes=lanes, spans=tuple(spans), since=since, until=until, zone=zone)
    return picture_of(values)


def draw_series(title: str, shown: Sequence[Series], *, zone: str = "UTC") -> Picture:
    return picture_of(SeriesPicture(title=title, series=tuple(shown), zone=zone))
