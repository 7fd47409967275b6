"""Everything below `/vios` that changes who has which storage."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.padmin import backing, mapping, mirroring, npiv, optical, pooling, repository, root

OPERATIONS: tuple[type[Operation], ...] = (
    *mapping.OPERATIONS,
    *backing.OPERATIONS,
    *pooling.OPERATIONS,
    *repository.OPERATIONS,
    *optical.OPERATIONS,
    *npiv.OPERATIONS,
    *root.OPERATIONS,
    *mirroring.OPERATIONS,
)
