"""Everything below `/vios` that is one command of padmin's."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin import devices, errors, hardware, itself, levels, maps, media, paths, pools, settings, software

OPERATIONS: tuple[type[Operation], ...] = (
    levels.Level,
    *itself.OPERATIONS,
    *software.OPERATIONS,
    *errors.OPERATIONS,
    *devices.OPERATIONS,
    *settings.OPERATIONS,
    *hardware.OPERATIONS,
    *maps.OPERATIONS,
    *pools.OPERATIONS,
    *media.OPERATIONS,
    *paths.OPERATIONS,
)
