"""Everything below `/hmc`."""

from __future__ import annotations

from handlers.hmc.activation import Shutdown, Start
from handlers.hmc.adapters import Ethernet, FibreChannel, Scsi, SystemEthernet
from handlers.hmc.consoles import Connections, ConsoleUsers, Firmware, Levels
from handlers.hmc.events import ReferenceCodes, ServiceEvents
from handlers.hmc.keeping import BackupProfiles, SaveProfile, SyncProfile, SystemPlan
from handlers.hmc.key_changes import RemoveKey
from handlers.hmc.keys import ExchangeKeys, TestKeys
from handlers.hmc.lists import Detail, Frames, Partitions, Profiles
from handlers.hmc.moving import (
    AddMemory,
    AddProcessors,
    MoveMemory,
    MoveProcessors,
    RemoveMemory,
    RemoveProcessors,
)
from handlers.hmc.resources import Memory, Processors, Slots, SystemMemory, SystemProcessors
from handlers.hmc.slots import AddSlot, MoveSlot, RemoveSlot
from handlers.hmc.storage import AddFibreChannel, AddScsi, RemoveFibreChannel, RemoveScsi
from handlers.hmc.vlans import AddEthernet, RemoveEthernet
from handlers.operation import Operation

OPERATIONS: tuple[type[Operation], ...] = (
    Frames, Partitions, Detail, Profiles, Levels, Firmware, Connections, ConsoleUsers, ReferenceCodes, ServiceEvents,
    Memory, SystemMemory, Processors, SystemProcessors, Slots, Ethernet, SystemEthernet, Scsi, FibreChannel,
    Start, Shutdown, AddMemory, RemoveMemory, MoveMemory, AddProcessors, RemoveProcessors, MoveProcessors,
    AddEthernet, RemoveEthernet, AddScsi, RemoveScsi, AddFibreChannel, RemoveFibreChannel,
    AddSlot, RemoveSlot, MoveSlot, SyncProfile, SaveProfile, BackupProfiles, SystemPlan, TestKeys, ExchangeKeys,
    RemoveKey,
)  # fmt: skip
