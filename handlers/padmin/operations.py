"""Everything below `/vios` that is one command of padmin's."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin import changes, devices, levels, mapping, maps, media, paths, pools

OPERATIONS: tuple[type[Operation], ...] = (
    levels.Level,
    *devices.OPERATIONS,
    *maps.OPERATIONS,
    *pools.OPERATIONS,
    *media.OPERATIONS,
    *paths.OPERATIONS,
    *mapping.OPERATIONS,
    *changes.OPERATIONS,
)
