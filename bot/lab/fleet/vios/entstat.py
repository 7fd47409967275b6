"""`entstat`: statistics of an adapter; of a Shared Ethernet Adapter those of all that belong to it as well."""

from __future__ import annotations

from dataclasses import replace

from bot.lab.fleet.ethernet import PhysicalEthernet, Sea, SeaState, SeaStatus, VirtualEthernet
from bot.lab.fleet.events import UpkeepChanged
from bot.lab.fleet.shell import Call
from bot.lab.fleet.traffic import Traffic, heading, statistics
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, sorted_out

_USAGE = "Usage: entstat [-all] [-reset] Adapter\n"
_ROOT_USAGE = "Usage: entstat [-drt] Device\n"
_RULE = "-" * 62
_THREADS = 7


async def run(login: Login, call: Call) -> int:
    given, words = sorted_out(call.argv, {"-all": (0, 0), "-reset": (0, 0)}, _USAGE)
    if len(words) != 1:
        raise Refused(_USAGE, 2)
    await _print(login, call, words[0], whole="-all" in given)
    if "-reset" in given:  # that it prints before it resets is unverified
        _reset(login, words[0])
    return 0


async def run_as_root(login: Login, call: Call) -> int:
    given, words = sorted_out(call.argv, {"-d": (0, 0), "-r": (0, 0)}, _ROOT_USAGE)
    if len(words) != 1:
        raise Refused(_ROOT_USAGE, 2)
    await _print(login, call, words[0], whole="-d" in given)
    if "-r" in given:
        _reset(login, words[0])
    return 0


async def _print(login: Login, call: Call, name: str, *, whole: bool) -> None:
    vios = login.vios
    sea, virtual, port = vios.io.sea(name), vios.adapter(name), vios.io.port(name)
    if name in vios.io.upkeep.deleted:
        sea = virtual = port = None
    if sea is not None:
        text = of_sea(login, sea) if whole else _sea_itself(login, sea)
    elif virtual is not None:
        text = _virtual(login, virtual) if whole else _virtual_itself(login, virtual)
    elif port is not None:
        text = _port(login, port) if whole else _port_itself(login, port)
    else:
        raise Refused(f"entstat: 0909-003 Unable to connect to device {name}, errno = 19\n", 1)
    await call.out(text)


def every(login: Login) -> str:
    """`netstat -cdlistats`: of each adapter that has a driver of its own, all that it has."""
    vios = login.vios
    parts = [of_sea(login, each) for each in vios.io.seas]
    parts += [_port(login, each) for each in vios.io.ports] + [_virtual(login, each) for each in vios.ethernet]
    return "\n".join(f"{'-' * 61}\n{each}" for each in parts)


def _reset(login: Login, name: str) -> None:
    """Of a SEA, the counts of all that belong to it; how often it changed its role is kept (unverified)."""
    upkeep, sea = login.vios.io.upkeep, login.vios.io.sea(name)
    names = [name] if sea is None else [name, sea.real_adapter, *sea.trunks, sea.control_channel or ""]
    counted = dict(upkeep.counted) | {each: login.now for each in names if each}
    changed = replace(upkeep, counted=tuple(counted.items()))
    login.happen(UpkeepChanged(system=login.system_name, partition=login.name, upkeep=changed))


# ── a Shared Ethernet Adapter ────────────────────────────────────────────────────────────────────────────────────


def of_sea(login: Login, sea: Sea) -> str:
    vios = login.vios
    real = vios.io.port(sea.real_adapter)
    members = [("Real", _port(login, real))] if real is not None else []
    members += [("Virtual", _virtual(login, each)) for each in vios.ethernet if each.name in sea.trunks]
    members += [("Control", _virtual(login, each)) for each in vios.ethernet if each.name == sea.control_channel]
    names = [sea.real_adapter, *(each.name for each in vios.ethernet if each.name in sea.trunks)]
    names += [sea.control_channel] if sea.control_channel else []
    blocks = [f"{_RULE}\n{kind} Adapter: {name}\n\n{text}" for (kind, text), name in zip(members, names, strict=True)]
    return _sea_itself(login, sea) + _members(login, sea) + "\n".join(blocks)


def _sea_itself(login: Login, sea: Sea) -> str:
    port = login.vios.io.port(sea.real_adapter)
    address = port.mac if port else ""
    since = login.counted(sea.name)
    traffic = Traffic.of(address, since)
    return heading(sea.name, "Shared Ethernet Adapter", address, since) + statistics(
        traffic, rate=0, flags=("Up Broadcast Running", "Simplex 64BitSupport ChecksumOffload", "LargeSend DataRateSet")
    )


def _members(login: Login, sea: Sea) -> str:
    """From the real and the virtual side to the failover; a SEA without failover has no such part."""
    vios = login.vios
    trunks = [each for each in vios.ethernet if each.name in sea.trunks]
    vlans = "".join(f"    {each.name}: {' '.join(map(str, each.vlans))}\n" for each in trunks)
    head = (
        f"\n\n{_RULE}\nStatistics for adapters in the Shared Ethernet Adapter {sea.name}\n{_RULE}\n"
        f"Number of adapters: {len(trunks) + 1}\n"
        "SEA Flags: 00000013\n    < THREAD >\n    < LARGESEND >\n    < LARGE_RECEIVE >\n"
        f"VLAN Ids :\n{vlans}"
    )
    status = sea.status
    ha = "" if status is None or status.state is SeaState.ALONE else _failover(login, sea, status)
    return head + _bridged(login, sea) + _threads(login) + ha


def _bridged(login: Login, sea: Sea) -> str:
    since = login.counted(sea.name)
    real = Traffic.of(f"{sea.name}{sea.real_adapter}", since).packets
    virtual = Traffic.of(f"{sea.name}{sea.trunks[0]}", since).packets
    sides = "".join(
        f"{side} Side Statistics:\n"
        f"    Packets received: {count}\n    Packets bridged: {count - count // 50}\n"
        f"    Packets consumed: {count // 50}\n"
        f"    Packets fragmented: 0\n    Packets transmitted: {other}\n    Packets dropped: 0\n"
        "    Packets filtered(VlanId): 0\n" + extra
        for side, count, other, extra in (
            ("Real", real, virtual, f"    Packets filtered(Reserved address): {int(since // 30)}\n"),
            ("Virtual", virtual, real, ""),
        )
    )
    return sides + (
        "Other Statistics:\n    Output packets generated: 0\n    Output packets dropped: 0\n"
        "    Device output failures: 0\n    Memory allocation failures: 0\n    ICMP error packets sent: 0\n"
        "    Non IP packets larger than MTU: 0\n    Thread queue overflow packets: 0\n"
    )


def _threads(login: Login) -> str:
    return "\n\n\tSEA THREADS INFORMATION\n" + "".join(
        f"\n\tThread .............. #{number}\n"
        "    SEA Default Queue #8 \n    Queue full dropped packets: 0\n    Queue packets queued: 0\n"
        f"    Queue average packets queued: 1\n"
        f"    Queue packets count: {Traffic.of(f'thread{number}', login.uptime).packets}\n"
        "    Queue max packets queued: 5\n"
        for number in range(_THREADS)
    )


def _failover(login: Login, sea: Sea, status: SeaStatus) -> str:
    control = login.vios.adapter(sea.control_channel) if sea.control_channel else None
    heard = int(login.uptime)
    pvid = f"    Control Channel PVID: {control.pvid}\n" if control else ""
    shared = f"    VID shared: {' '.join(map(str, _vids(login, sea)))}\n" if status.state.shares else ""
    return (
        f"High Availability Statistics:\n{pvid}    Control Packets in: {heard}\n    Control Packets out: {heard}\n"
        "Type of Packets Received:\n"
        f"    Keep-Alive Packets: {heard if status.state.role == 'backup' or status.state.shares else 0}\n"
        f"    Recovery Packets: 0\n    Notify Packets: {status.became_backup}\n"
        f"    Limbo Packets: {status.limbo_packets}\n"
        f"    State: {status.state}\n    Bridge Mode: {sea.bridge_mode}\n{shared}"
        f"    Number of Times Server became Backup: {status.became_backup}\n"
        f"    Number of Times Server became Primary: {status.became_primary}\n"
        f"    High Availability Mode: {sea.ha_mode.capitalize()}\n    Priority: {_priority(login, sea)}\n"
    )


def _vids(login: Login, sea: Sea) -> list[int]:
    return sorted(vlan for each in login.vios.ethernet if each.name in sea.bridged for vlan in each.vlans)


def _priority(login: Login, sea: Sea) -> int:
    return min((each.trunk_priority or 0 for each in login.vios.ethernet if each.name in sea.trunks), default=0)


# ── a virtual or a physical adapter ──────────────────────────────────────────────────────────────────────────────


def _virtual_itself(login: Login, adapter: VirtualEthernet) -> str:
    since = login.counted(adapter.name)
    traffic = Traffic.of(adapter.mac, since)
    flags: tuple[str, ...] = ("Up Broadcast Running", "Simplex 64BitSupport ChecksumOffload", "DataRateSet")
    if adapter.is_trunk:
        flags = ("Up Broadcast Running", "Simplex Promiscuous AllMulticast", "64BitSupport ChecksumOffload DataRateSet")
    return heading(adapter.name, "Virtual I/O Ethernet Adapter (l-lan)", adapter.mac, since, dated=False) + statistics(
        traffic, rate=20000, flags=flags
    )


def _virtual(login: Login, adapter: VirtualEthernet) -> str:
    trunk = f"Trunk Adapter: {adapter.is_trunk}\n"
    if adapter.is_trunk:
        active = any(adapter.name in sea.bridged for sea in login.vios.io.seas)
        trunk += f"  Priority: {adapter.trunk_priority}  Active: {active}\n"
    title = "Virtual I/O Ethernet Adapter (l-lan) Specific Statistics:"
    return (
        f"{_virtual_itself(login, adapter)}\n{title}\n{'-' * len(title)}\nRQ Length: 4481\n{trunk}"
        "Filter MCast Mode: False\nFilters: 255\n  Enabled: 2  Queued: 0  Overflow: 0\n"
        "LAN State: Operational\n\nHypervisor Send Failures: 0\n  Receiver Failures: 0\n  Send Errors: 0\n"
        "Hypervisor Receive Failures: 0\n\nInvalid VLAN ID Packets: 0\n\n"
        f"ILLAN Attributes: 0000000000003{'103' if adapter.is_trunk else '002'} "
        f"[0000000000003{'103' if adapter.is_trunk else '002'}]\n\n"
        f"Port VLAN ID:{adapter.pvid:>6}\n{_tags(adapter)}\nSwitch ID: {adapter.vswitch}\n"
    )


def _tags(adapter: VirtualEthernet) -> str:
    """Nine to a line, and the other lines under the first."""
    title = "VLAN Tag IDs:"
    if not adapter.tagged:
        return f"{title}  None\n"
    rows = [adapter.tagged[n : n + 9] for n in range(0, len(adapter.tagged), 9)]
    lines = ["".join(f"{vlan:>6}" for vlan in row) for row in rows]
    return "".join(f"{title if n == 0 else ' ' * len(title)}{line}\n" for n, line in enumerate(lines))


def _port_itself(login: Login, port: PhysicalEthernet) -> str:
    flags = ("Up Broadcast Running", "Simplex Promiscuous 64BitSupport", "ChecksumOffload LargeSend DataRateSet")
    since = login.counted(port.name)
    text = heading(port.name, port.description, port.mac, since)
    short = login.vios.io.upkeep.lost_since(port.name, login.now - since)
    return text + statistics(Traffic.of(port.mac, since), rate=port.speed * 2, flags=flags, short=short)


def _port(login: Login, port: PhysicalEthernet) -> str:
    title = f"{port.description} Specific Statistics:"
    speed = f"{port.speed} Mbps Full Duplex" if port.link_up else "Unknown"
    return (
        f"{_port_itself(login, port)}\n{title}\n{'-' * len(title)}\n"
        f"Link Status: {'Up' if port.link_up else 'Down'}\n"
        f"Media Speed Selected: Autonegotiation\nMedia Speed Running: {speed}\n"
    )
