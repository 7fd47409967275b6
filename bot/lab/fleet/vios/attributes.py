"""The attributes of a VIOS's devices, as `lsdev -attr` lists them and `chdev` sets them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.lab.fleet.ethernet import Aggregate, HaMode, PhysicalEthernet, Sea, VirtualEthernet
from bot.lab.fleet.partition import Partition
from bot.lab.fleet.storage import Disk, ReservePolicy, Target
from bot.lab.fleet.vios.devices import device

YES_NO = ("yes", "no")
_SWITCH = ("0", "1")
_ON_OFF = ("true", "false")


@dataclass(frozen=True)
class Attribute:
    """`live`: it can be set while the device is in use; `choices`: values, or one range, or none where any will do."""

    name: str
    value: str
    description: str
    settable: bool = True
    live: bool = False
    choices: tuple[str, ...] = ()

    @property
    def row(self) -> tuple[str, str, str, str]:
        return self.name, self.value, self.description, f"{self.settable}{'+' if self.live else ''}"

    def takes(self, value: str) -> bool:
        if not self.settable:
            return value == self.value
        if len(self.choices) == 1:
            least, _, most = self.choices[0].partition(" ")[0].partition("...")
            return value.isascii() and value.isdigit() and len(value) < 10 and int(least) <= int(value) <= int(most)
        return value in self.choices if self.choices else value.isprintable()


def attributes(vios: Partition, name: str) -> list[Attribute] | None:
    """The attributes of a device, by name; None where there is no such device.

    What is set for the next start counts.
    """
    if device(vios, name) is None:
        return None
    stored = {attribute: value for owner, attribute, value in vios.io.upkeep.stored if owner == name}
    found = [
        replace(each, value=vios.io.settings.get((name, each.name), each.value)) for each in _by_default(vios, name)
    ]
    return sorted(
        (replace(each, value=stored.get(each.name, each.value)) for each in found), key=lambda each: each.name
    )


def _by_default(vios: Partition, name: str) -> list[Attribute]:
    io = vios.io
    if (sea := io.sea(name)) is not None:
        return _of_sea(sea)
    if (adapter := vios.adapter(name)) is not None:
        return _of_virtual(adapter)
    if (aggregate := io.aggregate(name)) is not None:
        return _of_aggregate(aggregate)
    if (port := io.port(name)) is not None:
        return _of_port(port)
    if (disk := io.disk(name)) is not None:
        return _of_disk(disk)
    if (target := io.target(name)) is not None:
        return _of_target(target)
    if io.fc_port(name) is not None:
        return _FC_PORT
    return _SYSTEM if name == "sys0" else _FC_PROTOCOL if name.startswith("fscsi") else []


_SEA_SETTINGS = (
    Attribute("accounting", "disabled", "Enable per-client accounting of network statistics",
              choices=("enabled", "disabled")),
    Attribute("gvrp", "no", "Enable GARP VLAN Registration Protocol (GVRP)", choices=YES_NO),
    Attribute("jumbo_frames", "no", "Enable Gigabit Ethernet Jumbo Frames", choices=YES_NO),
    Attribute("large_receive", "no", "Enable receive TCP segment aggregation", choices=YES_NO),
    Attribute("largesend", "1", "Enable Hardware Transmit TCP Resegmentation", choices=_SWITCH),
    Attribute("netaddr", "0", "Address to ping"),
    Attribute("thread", "1", "Thread mode enabled (1) or disabled (0)", choices=_SWITCH),
)  # fmt: skip


def _of_sea(sea: Sea) -> list[Attribute]:
    set_to = dict(sea.settings)
    modelled = [
        Attribute("ctl_chan", sea.control_channel or "", "Control Channel adapter for SEA failover"),
        Attribute("ha_mode", sea.ha_mode, "High Availability Mode", choices=tuple(HaMode)),
        Attribute("pvid", str(sea.pvid), "PVID to use for the SEA device", choices=("1...4094 (+1)",)),
        Attribute("pvid_adapter", sea.pvid_adapter, "Default virtual adapter to use for non-VLAN-tagged packets"),
        Attribute("real_adapter", sea.real_adapter, "Physical adapter associated with the SEA"),
        Attribute(
            "virt_adapters", ",".join(sea.trunks), "List of virtual adapters associated with the SEA (comma separated)"
        ),
    ]
    return [*(replace(each, value=set_to.get(each.name, each.value)) for each in _SEA_SETTINGS), *modelled]


SEA_ATTRIBUTES = frozenset(
    {*(each.name for each in _SEA_SETTINGS), "ctl_chan", "ha_mode", "pvid", "pvid_adapter", "real_adapter",
     "virt_adapters"}
)  # fmt: skip
AGGREGATE_SETTINGS = (
    Attribute("auto_recovery", "yes", "Enable automatic recovery after failover", choices=YES_NO),
    Attribute("hash_mode", "default", "Determines how outgoing adapter is chosen",
              choices=("default", "dst_port", "src_port", "src_dst_port")),
    Attribute("interval", "long", "Determines interval value for IEEE 802.3ad mode", choices=("long", "short")),
    Attribute("mode", "standard", "EtherChannel mode of operation",
              choices=("standard", "round_robin", "8023ad", "netif_backup")),
    Attribute("netaddr", "0", "Address to ping"),
    Attribute("noloss_failover", "yes", "Enable lossless failover after ping failure", choices=YES_NO),
    Attribute("num_retries", "3", "Times to retry ping before failing", choices=("2...100 (+1)",)),
    Attribute("retry_time", "1", "Wait time (in seconds) between pings", choices=("1...100 (+1)",)),
    Attribute("use_jumbo_frame", "no", "Enable Gigabit Ethernet Jumbo Frames", choices=YES_NO),
)  # fmt: skip


def _of_aggregate(aggregate: Aggregate) -> list[Attribute]:
    set_to = dict(aggregate.settings)
    return [
        *(replace(each, value=set_to.get(each.name, each.value)) for each in AGGREGATE_SETTINGS),
        Attribute("adapter_names", ",".join(aggregate.ports), "EtherChannel Adapters", settable=False),
        Attribute(
            "backup_adapter", aggregate.backup or "NONE", "Adapter used when whole channel fails", settable=False
        ),
    ]


def _of_virtual(adapter: VirtualEthernet) -> list[Attribute]:
    return [
        Attribute("alt_addr", "0x000000000000", "Alternate Ethernet Address"),
        Attribute("chksum_offload", "yes", "Enable Checksum Offload for IPv4 packets", choices=YES_NO),
        Attribute("max_buf_huge", "64", "Maximum Huge Buffers", choices=("24...128 (+1)",)),
        Attribute("min_buf_huge", "24", "Minimum Huge Buffers", choices=("24...127 (+1)",)),
        Attribute("use_alt_addr", "no", "Enable Alternate Ethernet Address", choices=YES_NO),
    ]


_SPEEDS = ("10_Half_Duplex", "10_Full_Duplex", "100_Half_Duplex", "100_Full_Duplex", "Auto_Negotiation")


def _of_port(port: PhysicalEthernet) -> list[Attribute]:
    return [
        Attribute("alt_addr", "0x000000000000", "Alternate ethernet address"),
        Attribute("jumbo_frames", "no", "Transmit jumbo frames", choices=YES_NO),
        Attribute("large_send", "yes", "Enable hardware TX TCP resegmentation", choices=YES_NO),
        Attribute("media_speed", "Auto_Negotiation", "Requested media speed", choices=_SPEEDS),
    ]


def _of_disk(disk: Disk) -> list[Attribute]:
    algorithms, modes = ("fail_over", "round_robin", "shortest_queue"), ("enabled", "failed", "nonactive")
    return [
        Attribute("PCM", "PCM/friend/fcpother", "Path Control Module", settable=False),
        Attribute("PR_key_value", "none", "Persistant Reserve Key Value", live=True),
        Attribute("algorithm", "fail_over", "Algorithm", live=True, choices=algorithms),
        Attribute("hcheck_interval", "60", "Health Check Interval", live=True, choices=("0...3600 (+1)",)),
        Attribute("hcheck_mode", "nonactive", "Health Check Mode", live=True, choices=modes),
        Attribute("pvid", f"{disk.pvid:0<32}" if disk.pvid else "none", "Physical volume identifier", settable=False),
        Attribute("queue_depth", "20", "Queue DEPTH", choices=("1...256 (+1)",)),
        Attribute("reserve_policy", disk.reserve_policy, "Reserve Policy", live=True, choices=tuple(ReservePolicy)),
        Attribute("rw_timeout", "30", "READ/WRITE time out value", choices=("30...180 (+1)",)),
        Attribute("unique_id", disk.lun, "Unique device identifier", settable=False),
    ]


def _of_target(target: Target) -> list[Attribute]:
    return [
        Attribute(
            "LogicalUnitAddr", f"0x{0x80 + target.lun:02x}00000000000000", "Logical Unit Address", settable=False
        ),
        Attribute("aix_tdev", target.backing, "Target Device Name", settable=False),
    ]


_FC_PORT = [
    Attribute("lg_term_dma", "0x800000", "Long term DMA"),
    Attribute("max_xfer_size", "0x100000", "Maximum Transfer Size"),
    Attribute(
        "num_cmd_elems", "1024", "Maximum number of COMMANDS to queue to the adapter", choices=("20...4096 (+1)",)
    ),
]
_FC_PROTOCOL = [
    Attribute("attach", "switch", "How this adapter is CONNECTED", settable=False),
    Attribute("dyntrk", "yes", "Dynamic Tracking of FC Devices", live=True, choices=YES_NO),
    Attribute("fc_err_recov", "fast_fail", "FC Fabric Event Error RECOVERY Policy", live=True,
              choices=("delayed_fail", "fast_fail")),
    Attribute("sw_fc_class", "3", "FC Class for Fabric", choices=("2", "3")),
]  # fmt: skip
_SYSTEM = [
    Attribute("autorestart", "true", "Automatically REBOOT OS after a crash", choices=_ON_OFF),
    Attribute("cpuguard", "enable", "CPU Guard", choices=("enable", "disable")),
    Attribute("fullcore", "false", "Enable full CORE dump", choices=_ON_OFF),
    Attribute("iostat", "false", "Continuously maintain DISK I/O history", choices=_ON_OFF),
    Attribute("maxpout", "8193", "HIGH water mark for pending write I/Os per file", choices=("0...32767 (+1)",)),
    Attribute("maxuproc", "2048", "Maximum number of PROCESSES allowed per user", choices=("40...16384 (+1)",)),
    Attribute("minpout", "4096", "LOW water mark for pending write I/Os per file", choices=("0...32767 (+1)",)),
    Attribute("ncargs", "256", "ARG/ENV list size in 4K byte blocks", choices=("256...1024 (+1)",)),
]
