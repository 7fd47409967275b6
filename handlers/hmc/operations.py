"""Everything below `/hmc`."""

from __future__ import annotations

from handlers.hmc.adapters import Ethernet, FibreChannel, Scsi, SystemEthernet
from handlers.hmc.consoles import Connections, ConsoleUsers, Firmware, Levels
from handlers.hmc.events import ReferenceCodes, ServiceEvents
from handlers.hmc.lists import Detail, Frames, Partitions, Profiles
from handlers.hmc.resources import Memory, Processors, Slots, SystemMemory, SystemProcessors
from handlers.operation import Operation

OPERATIONS: tuple[type[Operation], ...] = (
    Frames, Partitions, Detail, Profiles, Levels, Firmware, Connections, ConsoleUsers, ReferenceCodes, ServiceEvents,
    Memory, SystemMemory, Processors, SystemProcessors, Slots, Ethernet, SystemEthernet, Scsi, FibreChannel,
)  # fmt: skip
