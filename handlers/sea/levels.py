"""From which VIOS level on a SEA can what. Pure."""

from __future__ import annotations

import re

SHARES_FROM = (2, 2, 1, 0)  # the first VIOS level that shares
FINDS_ITS_MATE_FROM = (2, 2, 3, 0)  # the first that finds its mate without a control channel; unverified but by use


def level(text: str) -> tuple[int, ...] | None:
    """Of `VIOS 4.1.0.10`, its numbers; None where it tells no level."""
    found = re.search(r"(?<![\w.])(\d{1,3}(?:\.\d{1,3}){1,4})(?![\w.])", text, re.ASCII)
    return tuple(map(int, found[1].split("."))) if found else None


def dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
