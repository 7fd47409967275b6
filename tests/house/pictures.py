"""The pictures of docs/pictures.md, made from recordings. `python -m tests.house.pictures` draws them anew."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta

from bot.pictures.drawing import sheet_of
from handlers.pictures import Drawable, HistoryPicture, Mark, Reading, Series, SeriesPicture, Span
from handlers.sea.pictures import PairPicture
from tests.bot.looks import BEFORE, NOON, largest, look, told
from tests.house import tree

COMMAND = "python -m tests.house.pictures"
FOLDER = tree.ROOT / "docs" / "pictures"
PAGE = tree.ROOT / "docs" / "pictures.md"
ZONE = "Europe/Vienna"
LANES = ("ent4 of p72vio1", "ent4 of p72vio2")


def _shared() -> PairPicture:
    return PairPicture(look=look(told("sharing-primary"), told("sharing-backup")), zone=ZONE)


def _unreached() -> PairPicture:
    return PairPicture(look=look(told("sharing-alone"), "it is Not Activated, RMC none"), zone=ZONE)


def _failover() -> PairPicture:
    before = look(told("auto-primary"), told("auto-backup"), at=BEFORE)
    return PairPicture(look=look(told("auto-backup"), told("auto-primary")), before=before, zone=ZONE)


def _history() -> HistoryPicture:
    def span(lane: str, since: float, until: float, state: str) -> Span:
        start, end = (NOON + timedelta(hours=hours) for hours in (since, until))
        return Span(lane=lane, since=start, until=end, state=state)

    one, other = LANES
    spans = (
        span(one, 0, 8, "PRIMARY"), span(one, 8, 8.2, "LIMBO"), span(one, 9.5, 14, "BACKUP"),
        span(one, 14, 24, "PRIMARY_SH"), span(other, 0, 8, "BACKUP"), span(other, 8, 14, "PRIMARY"),
        span(other, 14, 24, "BACKUP_SH"),
    )  # fmt: skip
    marks = ((8, "failover to p72vio2"), (9.5, "p72vio1 is back"), (14, "sharing restarted by request 12"))
    return HistoryPicture(
        title="SEA pair of p72",
        lanes=LANES,
        spans=spans,
        marks=tuple(Mark(at=NOON + timedelta(hours=hours), said=said) for hours, said in marks),
        since=NOON,
        until=NOON + timedelta(hours=24),
        zone=ZONE,
    )


def _series() -> SeriesPicture:
    def readings(value: Callable[[int], float | None]) -> tuple[Reading, ...]:
        return tuple(Reading(at=NOON + timedelta(minutes=10 * n), value=value(n)) for n in range(144))

    received = readings(lambda n: None if 60 < n < 75 else 4_000 + 3_500 * math.sin(n / 9) ** 2)
    lost = readings(lambda n: 3.2 * (n % 7) if n > 100 else 0.0)
    return SeriesPicture(
        title="p72vio1: ent4",
        series=(
            Series(name="received", unit="packets/s", readings=received),
            Series(name="no buffer", unit="packets/s", readings=lost),
            Series(name="limbo packets"),
        ),
        zone=ZONE,
    )


def _drift() -> SeriesPicture:
    counts = {"serious": ((0, 0), (9, 1), (20, 0)), "warning": ((0, 0), (5, 3), (9, 8), (20, 2), (27, 0))}

    def readings(steps: tuple[tuple[int, int], ...]) -> tuple[Reading, ...]:
        shown = (*steps, (30, steps[-1][1]))
        return tuple(Reading(at=NOON + timedelta(days=day), value=float(value)) for day, value in shown)

    series = tuple(Series(name=name, holds=True, readings=readings(steps)) for name, steps in counts.items())
    return SeriesPicture(title="Open differences of 14 hosts", series=series, zone=ZONE)


PICTURES: dict[str, tuple[str, Drawable]] = {
    "pair": ("A pair that shares the load", _shared()),
    "pair-failover": ("What changed since the look before", _failover()),
    "pair-unreached": ("One side out of reach", _unreached()),
    "pair-largest": ("Sixteen trunks with twenty tags each", PairPicture(look=largest(), zone=ZONE)),
    "history": ("States over time", _history()),
    "series": ("Numbers over time", _series()),
    "drift": ("How much differed from the baselines over time", _drift()),
}


def page() -> str:
    parts = [
        "# Pictures",
        f"<!-- Made from the code by `{COMMAND}`: change the code, then run that. -->",
        "As they stand in Slack, at the size of its small preview. Each has a description, which tells everything that "
        "it shows; it is what stands below each.",
    ]
    for name, (title, values) in PICTURES.items():
        parts += [f"## {title}", f'<img src="pictures/{name}.png" width="360" alt="{title}">', _quoted(values.alt)]
    return "\n\n".join(parts) + "\n"


def _quoted(words: str) -> str:
    return "> " + words.replace("<", "&lt;")


def write() -> None:
    for name, (_, values) in PICTURES.items():
        (FOLDER / f"{name}.png").write_bytes(sheet_of(values).png())
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    write()
