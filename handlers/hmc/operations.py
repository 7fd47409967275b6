"""Everything below `/hmc`."""

from __future__ import annotations

from handlers.hmc.lists import Frames, Partitions
from handlers.operation import Operation

OPERATIONS: tuple[type[Operation], ...] = (Frames, Partitions)
