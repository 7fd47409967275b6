"""Colours. A card of its own ground and border, so that light and dark surroundings don't matter. Pure.

Every fore stands on its ground with the contrast that WCAG AA asks of small text, 4.5 to 1; a test reckons it.
No colour says anything alone: words, line styles and hatches say the same.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Ink:
    """What is written, and on what; `hatch`: the pattern that says the same without colour."""

    fore: str
    ground: str
    hatch: str = ""


CARD = "#FFFFFF"
BORDER = "#6E7781"  # seen on white and on black alike
FRAME = "#EEF1F4"  # the managed system

PLAIN = Ink("#1B1F24", CARD)
SOFT = Ink("#4A525C", CARD)
IN_FRAME = Ink("#1B1F24", FRAME)
SOFT_IN_FRAME = Ink("#4A525C", FRAME)
OUTSIDE = Ink("#1B1F24", "#D6DCE3")
GOOD = Ink("#0B4F22", "#DDF4E4")
BAD = Ink("#FFFFFF", "#A40E26")
CHANGED = Ink("#5C3A00", "#FFE8B3")
UNREAD = Ink("#1B1F24", "#D9DEE4", "////")

PRIMARY = Ink("#FFFFFF", "#116329")
BACKUP = Ink("#FFFFFF", "#44505E")
PRIMARY_SH = Ink("#FFFFFF", "#0A5A75", "///")
BACKUP_SH = Ink("#FFFFFF", "#54449C", "\\\\\\")
ODD = Ink("#FFFFFF", "#7A4B00", "xxx")  # a state in which nothing is settled

STATES = {"PRIMARY": PRIMARY, "BACKUP": BACKUP, "PRIMARY_SH": PRIMARY_SH, "BACKUP_SH": BACKUP_SH}
LETTERS = {"PRIMARY": "P", "BACKUP": "B", "PRIMARY_SH": "PS", "BACKUP_SH": "BS"}
LINES = ("#0A5A75", "#8A2C02", "#54449C", "#116329")  # of plots, each on a panel of its own


def of_state(state: str) -> Ink:
    return STATES.get(state, ODD)


def contrast(one: str, other: str) -> float:
    """WCAG's, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
