"""The level of the software on a VIOS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.padmin.printed import some
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Row

# Four numbers, or five with an interim fix; what stands behind them at old levels (2.2.0.10-FP-24) is part of it.
_LEVEL = re.compile(r"\d{1,3}(?:\.\d{1,4}){2,4}(?:-[A-Za-z0-9.-]{1,40})?", re.ASCII)


class Level(ViosRead):
    """Show the level of a VIOS, or of several: `*` is all of them."""

    verb: ClassVar[str] = "level"
    example: ClassVar[str] = "level p72vio*"
    recorded: ClassVar[str] = "ioslevel"
    columns: ClassVar[tuple[Column, ...]] = (Column(name="level"),)

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("ioslevel",)

    def parse(self, text: str) -> Iterable[Row]:
        found = some(text)
        if len(found) != 1 or not _LEVEL.fullmatch(found[0]):
            raise Unreadable(f"not a level: {text.strip()[:120]!r}")
        return [(found[0],)]
