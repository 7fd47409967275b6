"""One measured thing, and how series of times become one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`beside`: the peer or the limit that the same run measured. `met`: None where there is no target."""

    what: str
    figure: str
    beside: str = ""
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What a section is given: a private folder on the disk in question, and whether to be brief."""

    folder: Path
    quick: bool

    def sub(self, name: str) -> Path:
        made = self.folder / name
        made.mkdir(mode=0o700)
        return made


def share(times: Sequence[float], part: float) -> float:
    """The time that this part of all is not above."""
    return sorted(times)[math.ceil(len(times) * part) - 1]


def spread(seconds: Sequence[float]) -> str:
    """Such as `p50 2.1, p99 8.0, max 11 ms`."""
    parts = (("p50", share(seconds, 0.5)), ("p99", share(seconds, 0.99)), ("max", max(seconds)))
    return ", ".join(f"{name} {told * 1000:.3g}" for name, told in parts) + " ms"
