"""Everything below `/lpm`."""

from __future__ import annotations

from handlers.lpm.following import Recover as Recover
from handlers.lpm.following import Status as Status
from handlers.lpm.following import Stop as Stop
from handlers.lpm.lists import Mappings, Movers
from handlers.lpm.moving import Migrate as Migrate
from handlers.lpm.moving import Validate as Validate
from handlers.operation import Operation

OPERATIONS: tuple[type[Operation], ...] = (Validate, Migrate, Status, Stop, Recover, Movers, Mappings)
