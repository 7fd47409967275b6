"""Everything below `/vios` that is one command of padmin's."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin import mapping
from handlers.padmin.levels import Level

OPERATIONS: tuple[type[Operation], ...] = (Level, *mapping.OPERATIONS)
