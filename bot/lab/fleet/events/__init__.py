"""What can happen to the fleet. `apply` is pure: the same events give the same fleet."""

from __future__ import annotations

from bot.lab.fleet.events import movers as movers
from bot.lab.fleet.events import outages as outages
from bot.lab.fleet.events import syncing as syncing
from bot.lab.fleet.events.bridges import AggregatesChanged, SeaMade, SeaRemoved
from bot.lab.fleet.events.cabling import ClientAdded, ServerAdded, StorageAdapterRemoved
from bot.lab.fleet.events.changing import apply
from bot.lab.fleet.events.failing import HmcStarted, HmcStopped, InventoryAged, InventoryRead, MemoryFailed
from bot.lab.fleet.events.flood import PathsLost
from bot.lab.fleet.events.frames import FrameLeft, FrameStarted, FrameStarting, FrameStopped, FrameStopping
from bot.lab.fleet.events.hosts import (
    ClockSkewed,
    ErrorLogWrapped,
    KeysExchanged,
    RmcChanged,
    SnagsChanged,
    SystemStateChanged,
)
from bot.lab.fleet.events.migrations import MigrationBroke, MigrationCancelled, MigrationEnded, MigrationStarted
from bot.lab.fleet.events.network import (
    AdapterAdded,
    AdapterChanged,
    AdapterRemoved,
    ControlChannelCut,
    LinkChanged,
    SeaChanged,
    SharingLost,
)
from bot.lab.fleet.events.power import (
    PartitionBooted,
    PartitionStarted,
    PartitionStateChanged,
    PartitionStopped,
    PartitionStopping,
)
from bot.lab.fleet.events.resources import (
    ConfigurationChanged,
    ConsoleChanged,
    HardwareChanged,
    KeysRemoved,
    PartitionChanged,
    PartitionMade,
    PartitionRemoved,
    ProfileRemoved,
    ProfileSaved,
    ResourcesChanged,
)
from bot.lab.fleet.events.serving import (
    DevicesDeleted,
    DevicesFound,
    PoolsChanged,
    PortMapped,
    TargetChanged,
    TargetMade,
    TargetsRemoved,
    UpkeepChanged,
)
from bot.lab.fleet.events.storage import DeviceSet, DiskChanged, ZoningChanged
from bot.lab.fleet.events.timing import Scheduled, begun, replayed, settle
from bot.lab.fleet.events.tuning import AttributesSet, Configured, ErrorLogCleared, FileWritten, Tuned
from bot.lab.fleet.happening import Due, Event

__all__ = [
    "AdapterAdded", "AdapterChanged", "AdapterRemoved", "AggregatesChanged", "AttributesSet", "ClientAdded",
    "ClockSkewed", "ConfigurationChanged", "Configured", "ConsoleChanged", "ControlChannelCut", "DeviceSet",
    "DevicesDeleted", "DevicesFound", "DiskChanged", "Due", "ErrorLogCleared", "ErrorLogWrapped", "Event",
    "FileWritten", "FrameLeft", "FrameStarted", "FrameStarting", "FrameStopped", "FrameStopping", "HardwareChanged",
    "HmcStarted", "HmcStopped", "InventoryAged", "InventoryRead", "KeysExchanged", "KeysRemoved", "LinkChanged",
    "MemoryFailed", "MigrationBroke", "MigrationCancelled", "MigrationEnded", "MigrationStarted", "PartitionBooted",
    "PartitionChanged", "PartitionMade", "PartitionRemoved", "PartitionStarted", "PartitionStateChanged",
    "PartitionStopped", "PartitionStopping", "PathsLost", "PoolsChanged", "PortMapped", "ProfileRemoved",
    "ProfileSaved", "ResourcesChanged", "RmcChanged", "Scheduled", "SeaChanged", "SeaMade", "SeaRemoved",
    "ServerAdded", "SharingLost", "SnagsChanged", "StorageAdapterRemoved", "SystemStateChanged", "TargetChanged",
    "TargetMade", "TargetsRemoved", "Tuned", "UpkeepChanged", "ZoningChanged", "apply", "begun", "replayed", "settle",
]  # fmt: skip
