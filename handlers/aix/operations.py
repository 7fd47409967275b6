"""Everything below `/aix`."""

from __future__ import annotations

from handlers.aix.attributes import Attributes
from handlers.aix.devices import Adapters, Disks, Paths
from handlers.aix.disks import SetAttribute, SetDisks
from handlers.aix.interfaces import Attach, Detach, LargeSend
from handlers.aix.logs import ConfigLog, Errors
from handlers.aix.network import Interfaces, Statistics
from handlers.aix.session import Environment, Limits
from handlers.aix.software import FileSets, Level
from handlers.aix.tunables import Tunables
from handlers.aix.tuning import SetTunable
from handlers.aix.upkeep import ForgetHost, Scan
from handlers.operation import Operation

OPERATIONS: tuple[type[Operation], ...] = (
    Level,
    FileSets,
    Interfaces,
    Statistics,
    Adapters,
    Disks,
    Paths,
    Attributes,
    Errors,
    ConfigLog,
    Environment,
    Limits,
    Tunables,
    LargeSend,
    Detach,
    Attach,
    Scan,
    SetDisks,
    SetAttribute,
    SetTunable,
    ForgetHost,
)
