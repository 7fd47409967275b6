"""Everything below `/sea`: what looks at pairs, and what changes a SEA or a pair of them."""

from __future__ import annotations

from handlers.operation import Operation
from handlers.sea import watching
from handlers.sea.counters import Reset
from handlers.sea.creation import Create
from handlers.sea.failover import Failover, Return
from handlers.sea.mode import Mode
from handlers.sea.removal import Remove
from handlers.sea.share import Share
from handlers.sea.trunks import AddTrunks

CHANGES: tuple[type[Operation], ...] = (Share, Failover, Return, Mode, Create, AddTrunks, Remove, Reset)
OPERATIONS: tuple[type[Operation], ...] = (*watching.OPERATIONS, *CHANGES)
