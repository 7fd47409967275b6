"""The devices of a VIOS as its device database names them, with their attributes; all of it derived from the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.lab.fleet.ethernet import PhysicalEthernet, Sea, VirtualEthernet
from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import Disk, Target

_HOST_PORT = "Logical Host Ethernet Port (lp-hea)"


@dataclass(frozen=True, kw_only=True)
class Device:
    """`kind` is what `lsdev -type` asks for; `rank` is the device's place in the list of virtual ones."""

    name: str
    description: str
    kind: str = "adapter"
    is_virtual: bool = False
    rank: int = 0
    status: str = "Available"

    @property
    def order(self) -> tuple[str, int, str]:
        """By name, the number in it as a number."""
        found = re.fullmatch(r"(.*?)(\d*)", self.name)
        return (found[1], int(found[2] or 0), self.name) if found else (self.name, 0, self.name)


def devices(vios: Partition) -> list[Device]:
    return sorted(_all(vios), key=lambda each: each.order)


def _all(vios: Partition) -> Iterator[Device]:
    for port in vios.io.ports:
        yield Device(name=port.name, description=port.description)
    if any(port.description == _HOST_PORT for port in vios.io.ports):
        yield Device(name="lhea0", description="Logical Host Ethernet Adapter (l-hea)")
    for adapter in vios.ethernet:
        yield Device(name=adapter.name, description="Virtual I/O Ethernet Adapter (l-lan)", is_virtual=True)
    for sea in vios.io.seas:
        yield Device(name=sea.name, description="Shared Ethernet Adapter", is_virtual=True, rank=2)
    yield from _storage(vios)
    yield Device(name="vasi0", description="Virtual Asynchronous Services Interface (VASI)", is_virtual=True)
    yield Device(name="vbsd0", description="Virtual Block Storage Device (VBSD)", is_virtual=True)
    yield Device(name="vsa0", description="LPAR Virtual Serial Adapter", is_virtual=True)


def _storage(vios: Partition) -> Iterator[Device]:
    for port in vios.io.fc_ports:
        yield Device(name=port.name, description="PCIe3 2-Port 16Gb FC Adapter (df1000e21410f103)")
        yield Device(
            name=f"fscsi{number(port.name)}", description="FC SCSI I/O Controller Protocol Device", kind="driver"
        )
    for disk in vios.io.disks:
        yield Device(name=disk.name, description=disk.description, kind="disk")
    for vfchost in vios.io.vfchosts:
        yield Device(name=vfchost.name, description="Virtual FC Server Adapter", is_virtual=True)
    for vhost in vios.io.vhosts:
        yield Device(name=vhost.name, description="Virtual SCSI Server Adapter", is_virtual=True)
        for each in vhost.targets:
            status = "Available" if each.is_available else "Defined"
            what = f"Virtual Target Device - {each.kind}"
            yield Device(name=each.name, description=what, kind="disk", is_virtual=True, rank=1, status=status)


def number(name: str) -> int:
    """The number that a device's name ends in."""
    found = re.search(r"\d+$", name)
    return int(found.group()) if found else 0


def disk_location(vios: Partition, disk: Disk) -> str:
    """By the first way that leads to it."""
    port = next((each for each in vios.io.fc_ports if each.targets), None)
    lun = f"L{disk.number:X}{'0' * 12}" if disk.number else "L0"
    return f"{port.location}-W{min(port.targets)}-{lun}" if port else ""


def location(system: ManagedSystem, vios: Partition, slot: int) -> str:
    """The location code of a virtual adapter."""
    return f"{system.location}-V{vios.lpar_id}-C{slot}"


@dataclass(frozen=True)
class Attribute:
    """`live`: it can be set while the device is in use."""

    name: str
    value: str
    description: str
    settable: bool = True
    live: bool = False

    @property
    def row(self) -> tuple[str, str, str, str]:
        return self.name, self.value, self.description, f"{self.settable}{'+' if self.live else ''}"


def attributes(vios: Partition, name: str) -> list[Attribute] | None:
    """The attributes of a device, by name; None where there is no such device."""
    if (sea := vios.io.sea(name)) is not None:
        return _of_sea(sea)
    if not any(each.name == name for each in devices(vios)):
        return None
    return [
        replace(each, value=vios.io.settings.get((name, each.name), each.value)) for each in _by_default(vios, name)
    ]


def _by_default(vios: Partition, name: str) -> list[Attribute]:
    if (adapter := vios.adapter(name)) is not None:
        return _of_virtual(adapter)
    if (port := vios.io.port(name)) is not None:
        return _of_port(port)
    if (disk := vios.io.disk(name)) is not None:
        return _of_disk(disk)
    target = next((each for vhost in vios.io.vhosts for each in vhost.targets if each.name == name), None)
    return _of_target(target) if target is not None else []


_SEA_SETTINGS = {
    "accounting": ("disabled", "Enable per-client accounting of network statistics"),
    "adapter_reset": ("yes", "Reset real adapter on HA takeover"),  # which is the default is unverified
    "gvrp": ("no", "Enable GARP VLAN Registration Protocol (GVRP)"),
    "jumbo_frames": ("no", "Enable Gigabit Ethernet Jumbo Frames"),
    "large_receive": ("no", "Enable receive TCP segment aggregation"),
    "largesend": ("1", "Enable Hardware Transmit TCP Resegmentation"),
    "netaddr": ("0", "Address to ping"),
    "thread": ("1", "Thread mode enabled (1) or disabled (0)"),
}


def _of_sea(sea: Sea) -> list[Attribute]:
    set_to = dict(sea.settings)
    settings = [Attribute(name, set_to.get(name, value), what) for name, (value, what) in _SEA_SETTINGS.items()]
    modelled = [
        Attribute("ctl_chan", sea.control_channel or "", "Control Channel adapter for SEA failover"),
        Attribute("ha_mode", sea.ha_mode, "High Availability Mode"),
        Attribute("pvid", str(sea.pvid), "PVID to use for the SEA device"),
        Attribute("pvid_adapter", sea.pvid_adapter, "Default virtual adapter to use for non-VLAN-tagged packets"),
        Attribute("real_adapter", sea.real_adapter, "Physical adapter associated with the SEA"),
        Attribute(
            "virt_adapters", ",".join(sea.trunks), "List of virtual adapters associated with the SEA (comma separated)"
        ),
    ]
    return sorted(settings + modelled, key=lambda each: each.name)


def _of_virtual(adapter: VirtualEthernet) -> list[Attribute]:
    return [
        Attribute("alt_addr", "0x000000000000", "Alternate Ethernet Address"),
        Attribute("chksum_offload", "yes", "Enable Checksum Offload for IPv4 packets"),
        Attribute("max_buf_huge", "64", "Maximum Huge Buffers"),
        Attribute("min_buf_huge", "24", "Minimum Huge Buffers"),
        Attribute("use_alt_addr", "no", "Enable Alternate Ethernet Address"),
    ]


def _of_port(port: PhysicalEthernet) -> list[Attribute]:
    return [
        Attribute("alt_addr", "0x000000000000", "Alternate ethernet address"),
        Attribute("jumbo_frames", "no", "Transmit jumbo frames"),
        Attribute("large_send", "yes", "Enable hardware TX TCP resegmentation"),
        Attribute("media_speed", "Auto_Negotiation", "Requested media speed"),
    ]


def _of_disk(disk: Disk) -> list[Attribute]:
    return [
        Attribute("PCM", "PCM/friend/fcpother", "Path Control Module", settable=False),
        Attribute("PR_key_value", "none", "Persistant Reserve Key Value", live=True),
        Attribute("algorithm", "fail_over", "Algorithm", live=True),
        Attribute("hcheck_interval", "60", "Health Check Interval", live=True),
        Attribute("hcheck_mode", "nonactive", "Health Check Mode", live=True),
        Attribute("pvid", f"{disk.pvid:0<32}" if disk.pvid else "none", "Physical volume identifier", settable=False),
        Attribute("queue_depth", "20", "Queue DEPTH"),
        Attribute("reserve_policy", disk.reserve_policy, "Reserve Policy", live=True),
        Attribute("rw_timeout", "30", "READ/WRITE time out value"),
        Attribute("unique_id", disk.lun, "Unique device identifier", settable=False),
    ]


def _of_target(target: Target) -> list[Attribute]:
    return [
        Attribute(
            "LogicalUnitAddr", f"0x{0x80 + target.lun:02x}00000000000000", "Logical Unit Address", settable=False
        ),
        Attribute("aix_tdev", target.backing, "Target Device Name", settable=False),
    ]
