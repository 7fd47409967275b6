"""Everything below `/vios` that is one command of padmin's."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin import changes, devices, levels, maps, media, paths, pools, storage

OPERATIONS: tuple[type[Operation], ...] = (
    levels.Level,
    *devices.OPERATIONS,
    *maps.OPERATIONS,
    *pools.OPERATIONS,
    *media.OPERATIONS,
    *paths.OPERATIONS,
    *storage.OPERATIONS,
    *changes.OPERATIONS,
)
