"""The devices of an AIX as its device database names them, with their attributes; all of it derived from the model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.lab.fleet.frame import ManagedSystem
from bot.lab.fleet.interfaces import adapters, primary
from bot.lab.fleet.partition import Partition


@dataclass(frozen=True, kw_only=True)
class Device:
    """`klass` is what `lsdev -c` asks for; `place` is the short location code, empty where it has none."""

    name: str
    klass: str
    description: str
    place: str = ""
    status: str = "Available"

    @property
    def order(self) -> tuple[str, int]:
        found = re.fullmatch(r"(.*?)(\d*)", self.name)
        return (found[1], int(found[2] or 0)) if found else (self.name, 0)


@dataclass(frozen=True)
class Attribute:
    name: str
    value: str
    description: str
    settable: bool = True


def devices(host: Partition) -> list[Device]:
    return sorted(_all(host), key=lambda each: each.order)


def device(host: Partition, name: str) -> Device | None:
    return next((each for each in _all(host) if each.name == name), None)


def _all(host: Partition) -> Iterator[Device]:
    for adapter in adapters(host):
        place = adapter.place
        yield Device(name=adapter.name, klass="adapter", description=adapter.description, place=place)
        number = adapter.name.removeprefix("ent")
        yield Device(name=f"en{number}", klass="if", description="Standard Ethernet Network Interface", place=place)
        yield Device(
            name=f"et{number}", klass="if", description="IEEE 802.3 Ethernet Network Interface", place=place,
            status="Defined",
        )  # fmt: skip
    for disk in host.aix.disks:
        yield Device(name=disk, klass="disk", description="Virtual SCSI Disk Drive")
    for pseudo in host.aix.power_path:
        yield Device(name=pseudo, klass="disk", description="PowerPath Device")
    for thread in range(0, 4 * host.procs, 4):
        yield Device(name=f"proc{thread}", klass="processor", description="Processor", place=f"00-{thread:02}")
    yield from _ALWAYS


_ALWAYS = (
    Device(name="inet0", klass="tcpip", description="Internet Network Extension"),
    Device(name="lo0", klass="if", description="Loopback Network Interface"),
    Device(name="mem0", klass="memory", description="Memory"),
    Device(name="sys0", klass="sys", description="System Object", place="00-00"),
    Device(name="vsa0", klass="adapter", description="LPAR Virtual Serial Adapter"),
)


def attributes(system: ManagedSystem, host: Partition, name: str) -> list[Attribute] | None:
    """What holds now, by name; None where there is no such device."""
    found = device(host, name)
    if found is None:
        return None
    made = [_now(host, name, each) for each in _installed(system, host, found)]
    return sorted(made, key=lambda each: each.name)


def _now(host: Partition, name: str, attribute: Attribute) -> Attribute:
    changed = host.aix.attribute(name, attribute.name)
    if changed is None:
        return attribute
    return Attribute(attribute.name, changed.stored, attribute.description, attribute.settable)


def _installed(system: ManagedSystem, host: Partition, device: Device) -> tuple[Attribute, ...]:
    if device.klass == "if":
        return _interface(host, device)
    if device.klass == "disk":
        return _DISK
    if device.klass == "processor":
        return _PROCESSOR
    if device.name == "sys0":
        return (*_SYSTEM, *_machine(system, host))
    if device.name == "mem0":
        return (
            Attribute("goodsize", str(host.mem), "Amount of usable physical memory in Mbytes", False),
            Attribute("size", str(host.mem), "Total amount of physical memory in Mbytes", False),
        )
    return {"ent": _ADAPTER, "inet": _INTERNET}.get(device.order[0], ())


def _interface(host: Partition, device: Device) -> tuple[Attribute, ...]:
    is_up = device.name == primary(host) and bool(host.rmc_ipaddr)
    set_to = {"netaddr": host.rmc_ipaddr, "netmask": "255.255.255.0", "state": "up"} if is_up else {}
    if device.name == "lo0":
        set_to = {"netaddr": "127.0.0.1", "netmask": "255.0.0.0", "state": "up", "mtu": "16896"}
    return tuple(Attribute(each.name, set_to.get(each.name, each.value), each.description) for each in _INTERFACE)


def _machine(system: ManagedSystem, host: Partition) -> tuple[Attribute, ...]:
    return (
        Attribute("modelname", f"IBM,{system.type_model}", "Machine name", False),
        Attribute("realmem", str(host.mem * 1024), "Amount of usable physical memory in Kbytes", False),
        Attribute("systemid", f"IBM,02{system.serial}", "Hardware system identifier", False),
    )


_INTERFACE = (
    Attribute("alias4", "", "IPv4 Alias including Subnet Mask"),
    Attribute("alias6", "", "IPv6 Alias including Prefix Length"),
    Attribute("arp", "on", "Address Resolution Protocol (ARP)"),
    Attribute("authority", "", "Authorized Users"),
    Attribute("broadcast", "", "Broadcast Address"),
    Attribute("monitor", "off", "Enable/Disable monitor attribute"),
    Attribute("mtu", "1500", "Maximum IP Packet Size for This Device"),
    Attribute("mtu_bypass", "off", "Enable/Disable largesend for virtual Ethernet"),
    Attribute("netaddr", "", "Internet Address"),
    Attribute("netaddr6", "", "IPv6 Internet Address"),
    Attribute("netmask", "", "Subnet Mask"),
    Attribute("prefixlen", "", "Prefix Length for IPv6 Internet Address"),
    Attribute("remmtu", "576", "Maximum IP Packet Size for REMOTE Networks"),
    Attribute("rfc1323", "", "Enable/Disable TCP RFC 1323 Window Scaling"),
    Attribute("security", "none", "Security Level"),
    Attribute("state", "down", "Current Interface Status"),
    Attribute("tcp_mssdflt", "", "Set TCP Maximum Segment Size"),
    Attribute("tcp_nodelay", "", "Enable/Disable TCP_NODELAY Option"),
    Attribute("tcp_recvspace", "", "Set Socket Buffer Space for Receiving"),
    Attribute("tcp_sendspace", "", "Set Socket Buffer Space for Sending"),
    Attribute("thread", "off", "Enable/Disable thread attribute"),
)
_ADAPTER = (
    Attribute("alt_addr", "0x000000000000", "Alternate Ethernet Address"),
    Attribute("chksum_offload", "yes", "Enable Checksum Offload for IPv4 packets"),
    Attribute("max_buf_huge", "64", "Maximum Huge Buffers"),
    Attribute("max_buf_large", "64", "Maximum Large Buffers"),
    Attribute("max_buf_medium", "256", "Maximum Medium Buffers"),
    Attribute("max_buf_small", "2048", "Maximum Small Buffers"),
    Attribute("max_buf_tiny", "2048", "Maximum Tiny Buffers"),
    Attribute("min_buf_huge", "24", "Minimum Huge Buffers"),
    Attribute("min_buf_large", "24", "Minimum Large Buffers"),
    Attribute("min_buf_medium", "128", "Minimum Medium Buffers"),
    Attribute("min_buf_small", "512", "Minimum Small Buffers"),
    Attribute("min_buf_tiny", "512", "Minimum Tiny Buffers"),
    Attribute("use_alt_addr", "no", "Enable Alternate Ethernet Address"),
)
_DISK = (
    Attribute("algorithm", "fail_over", "Algorithm"),
    Attribute("hcheck_cmd", "test_unit_rdy", "Health Check Command"),
    Attribute("hcheck_interval", "60", "Health Check Interval"),
    Attribute("hcheck_mode", "nonactive", "Health Check Mode"),
    Attribute("max_transfer", "0x40000", "Maximum TRANSFER Size"),
    Attribute("pvid", "none", "Physical volume identifier", False),
    Attribute("queue_depth", "3", "Queue DEPTH"),
    Attribute("reserve_policy", "no_reserve", "Reserve Policy"),
)
_PROCESSOR = (
    Attribute("frequency", "3800000000", "Processor Speed", False),
    Attribute("smt_enabled", "true", "Processor SMT enabled", False),
    Attribute("smt_threads", "4", "Processor SMT threads", False),
    Attribute("state", "enable", "Processor state", False),
    Attribute("type", "PowerPC_POWER9", "Processor type", False),
)
_SYSTEM = (
    Attribute("SW_dist_intr", "false", "Enable SW distribution of interrupts"),
    Attribute("autorestart", "true", "Automatically REBOOT OS after a crash"),
    Attribute("boottype", "disk", "N/A", False),
    Attribute("capacity_inc", "0.01", "Processor capacity increment", False),
    Attribute("conslogin", "enable", "System Console Login", False),
    Attribute("cpuguard", "enable", "CPU Guard"),
    Attribute("fullcore", "false", "Enable full CORE dump"),
    Attribute("iostat", "false", "Continuously maintain DISK I/O history"),
    Attribute("maxbuf", "20", "Maximum number of pages in block I/O BUFFER CACHE"),
    Attribute("maxpout", "8193", "HIGH water mark for pending write I/Os per file"),
    Attribute("maxuproc", "128", "Maximum number of PROCESSES allowed per user"),
    Attribute("minpout", "4096", "LOW water mark for pending write I/Os per file"),
    Attribute("ncargs", "256", "ARG/ENV list size in 4K byte blocks"),
    Attribute("pre430core", "false", "Use pre-430 style CORE dump"),
)
_INTERNET = (
    Attribute("authm", "65536", "Authentication Methods"),
    Attribute("bootup_option", "no", "Use BSD-style Network Configuration"),
    Attribute("gateway", "", "Gateway"),
    Attribute("hostname", "", "Host Name"),
    Attribute("rout6", "", "IPv6 Route"),
    Attribute("route", "", "Route"),
)
