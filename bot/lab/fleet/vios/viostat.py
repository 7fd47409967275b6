"""`viostat` and `fcstat`: what goes through a VIOS, a steady flow for each device."""

from __future__ import annotations

import zlib

from bot.lab.fleet.shell import Call
from bot.lab.fleet.storage import FcPort
from bot.lab.fleet.traffic import Traffic
from bot.lab.fleet.vios.devices import FC_PORT, device, number
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.vios.words import Refused, sorted_out

_VIOSTAT = "Usage: viostat [-sys | -adapter | -tty | -disk] [-path] [PhysicalVolume ...] [Interval [Count]]\n"
_FCSTAT = "Usage: fcstat [-e | -d | -client] Adapter\n"
_MOST = 60  # reports of one command


async def viostat(login: Login, call: Call) -> int:
    """Without a count it would go on for ever: here it ends after its first report, and with one waits for nothing."""
    flags = dict.fromkeys(("-sys", "-adapter", "-tty", "-disk", "-path"), (0, 0))
    given, words = sorted_out(call.argv, flags, _VIOSTAT)
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    disks = [word for word in words if word not in numbers]
    if len(numbers) > 2 or len({"-sys", "-adapter", "-tty", "-disk"} & set(given)) > 1 or words != (*disks, *numbers):
        raise Refused(_VIOSTAT, 2)
    if any(not 0 < len(word) < 7 or int(word) < 1 for word in numbers):
        raise Refused(_VIOSTAT, 2)
    if strange := [each for each in disks if login.vios.io.disk(each) is None]:
        raise Refused(f"viostat: 0551-157 Device {strange[0][:20]} is not valid.\n", 1)  # unverified
    count = min(_MOST, int(numbers[1])) if len(numbers) == 2 else 1
    await call.out(_configuration(login))
    for _ in range(count):
        await call.out(_report(login, "-sys" in given, "-adapter" in given, disks))
    return 0


def _configuration(login: Login) -> str:
    vios, io = login.vios, login.vios.io
    paths = len(io.disks) * sum(len(each.targets) for each in io.fc_ports)
    return (
        f"\nSystem configuration: lcpu={vios.procs * 4} drives={len(io.disks)} ent={vios.proc_units:.2f} "
        f"paths={paths} vdisks={len(io.targets)}\n"
    )


def _report(login: Login, system: bool, adapters: bool, disks: list[str]) -> str:
    head = (
        "\ntty:      tin         tout    avg-cpu: % user % sys % idle % iowait physc % entc\n"
        "          0.0          1.2                0.4   0.9   98.6      0.1   0.0    2.1\n"
    )
    if system:
        whole = sum(_flow(each.name) for each in login.vios.io.disks)
        read, written = int(whole * login.uptime), int(whole * login.uptime / 2)
        rows = f"{whole / 10:>23.1f} {whole / 8:>8.1f} {read:>12} {written:>9}\n"
        return f"{head}\nSystem: {login.name}\n{'Kbps':>23} {'tps':>8} {'Kb_read':>12} {'Kb_wrtn':>9}\n{rows}"
    if not adapters:
        return head + _disks(login, disks)
    text = head
    for port in login.vios.io.fc_ports:
        flow = _flow(port.name)
        text += f"\nAdapter:                   Kbps      tps    Kb_read   Kb_wrtn\n{f'fscsi{number(port.name)}':<22}"
        text += f"{flow:>9.1f} {flow / 8:>8.1f} {int(flow * login.uptime):>10} {int(flow * login.uptime / 2):>9}\n"
        text += _disks(login, disks)
    for vhost in login.vios.io.vhosts:
        flow = sum(_flow(each.name) for each in vhost.targets)
        text += f"\nVadapter:                  Kbps      tps     bkread    bkwrtn\n{vhost.name:<22}"
        text += f"{flow:>9.1f} {flow / 8:>8.1f} {flow / 16:>10.1f} {flow / 16:>9.1f}\n"
    return text


def _flow(name: str) -> float:
    """Kilobytes a second."""
    return float(zlib.crc32(name.encode()) % 400)


def _disks(login: Login, only: list[str]) -> str:
    text = "\nDisks:         % tm_act     Kbps      tps    Kb_read   Kb_wrtn\n"
    for disk in login.vios.io.disks:
        if not only or disk.name in only:
            flow, up = _flow(disk.name), login.uptime
            text += f"{disk.name:<16}{flow / 100:>7.1f} {flow:>8.1f} {flow / 8:>8.1f}"
            text += f" {int(flow * up * 0.6):>10} {int(flow * up * 0.4):>9}\n"
    return text


async def fcstat(login: Login, call: Call) -> int:
    given, words = sorted_out(call.argv, dict.fromkeys(("-e", "-d", "-client"), (0, 0)), _FCSTAT)
    if len(words) != 1 or len(given) > 1:
        raise Refused(_FCSTAT, 2)
    port = login.vios.io.fc_port(words[0])
    if port is None or device(login.vios, words[0]) is None:
        raise Refused(f"Error accessing ODM\nDevice not found:  {words[0][:32]}\n", 1)  # unverified
    await call.out(_clients(login, port) if "-client" in given else _fibre(login, port))
    return 0


def _fibre(login: Login, port: FcPort) -> str:
    """A port that is zoned to nothing has no link."""
    flow, up = Traffic.of(port.wwpn, login.uptime), bool(port.targets)
    node = f"20{port.wwpn[2:]}"
    return (
        f"\nFIBRE CHANNEL STATISTICS REPORT: {port.name}\n\nDevice Type: {FC_PORT}\n"
        f"Serial Number: Y050{zlib.crc32(port.location.encode()):08X}\nOption ROM Version: 00012000040025700007\n"
        f"ZA: 11.4.415.10\nWorld Wide Node Name: 0x{node}\nWorld Wide Port Name: 0x{port.wwpn}\n\n"
        "FC-4 TYPES:\n  Supported: 0x0000012000000000000000000000000000000000000000000000000000000000\n"
        "  Active:    0x0000010000000000000000000000000000000000000000000000000000000000\n\n"
        "Class of Service: 3\nPort Speed (supported): 16 GBIT\n"
        f"Port Speed (running):   {'16 GBIT' if up else 'UNKNOWN'}\n"
        f"Port FC ID: 0x{zlib.crc32(port.wwpn.encode()) & 0xFFFFFF:06x}\n"
        f"Port Type: {'Fabric' if up else 'Unknown'}\nAttention Type:   Link {'Up' if up else 'Down'}\n\n"
        f"Seconds Since Last Reset: {int(login.uptime)}\n\n"
        "        Transmit Statistics     Receive Statistics\n        -------------------     ------------------\n"
        f"Frames: {flow.packets:<23} {flow.packets * 2}\nWords:  {flow.bytes // 4:<23} {flow.bytes // 2}\n\n"
        "LIP Count: 0\nNOS Count: 0\nError Frames:  0\nDumped Frames: 0\nLink Failure Count: 0\n"
        "Loss of Sync Count: 0\nLoss of Signal: 0\nPrimitive Seq Protocol Error Count: 0\n"
        "Invalid Tx Word Count: 0\nInvalid CRC Count: 0\n"
    )


def _clients(login: Login, port: FcPort) -> str:
    """The port itself, and who goes through it."""
    rows = [f"{'hostname':<20} {'dev':<10} {'wwpn':<18} {'inreqs':>10} {'outreqs':>10}\n"]
    flow = Traffic.of(port.wwpn, login.uptime)
    rows.append(f"{login.name:<20} {port.name:<10} 0x{port.wwpn:<16} {flow.packets:>10} {flow.packets // 2:>10}\n")
    for server in login.vios.io.vfchosts:
        client = login.system.with_id(server.client_id) if server.client_id is not None else None
        found = next((each for each in client.fc if each.slot == server.client_slot), None) if client else None
        if server.port == port.name and client is not None and found is not None:
            one = Traffic.of(found.wwpns[0], login.uptime).packets
            rows.append(f"{client.name:<20} {found.name:<10} 0x{found.wwpns[0]:<16} {one:>10} {one // 2:>10}\n")
    return "".join(rows)
