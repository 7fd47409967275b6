"""Everything below `/vios` that is one command of padmin's."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin import (
    backups,
    changes,
    counters,
    devices,
    errors,
    fibre,
    hardware,
    itself,
    levels,
    maps,
    media,
    network,
    paths,
    pools,
    rates,
    routes,
    security,
    settings,
    software,
    statistics,
    storage,
)

OPERATIONS: tuple[type[Operation], ...] = (
    levels.Level,
    *itself.OPERATIONS,
    *software.OPERATIONS,
    *errors.OPERATIONS,
    *devices.OPERATIONS,
    *settings.OPERATIONS,
    *hardware.OPERATIONS,
    *network.OPERATIONS,
    *routes.OPERATIONS,
    *counters.OPERATIONS,
    *maps.OPERATIONS,
    *pools.OPERATIONS,
    *media.OPERATIONS,
    *paths.OPERATIONS,
    *statistics.OPERATIONS,
    *fibre.OPERATIONS,
    *rates.OPERATIONS,
    *security.OPERATIONS,
    *backups.OPERATIONS,
    *storage.OPERATIONS,
    *changes.OPERATIONS,
)
