"""Pictures: a pair of SEAs, states over time, numbers over time. Values go in, PNG and words come out.

Only the rooms below `draughtsman` import the drawing library, and they run in a process of their own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Picture:
    """`png`: its bytes. `alt`: everything it shows, in words. `name`: its file's."""

    png: bytes
    alt: str
    name: str
