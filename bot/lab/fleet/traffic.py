"""What has gone over an adapter: a steady flow since its VIOS started, another one for each address."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Traffic:
    packets: int
    bytes: int
    broadcasts: int

    @classmethod
    def of(cls, address: str, seconds: float) -> Traffic:
        flow = 20 + zlib.crc32(address.encode()) % 400  # packets a second
        packets = int(max(0.0, seconds) * flow)
        return cls(packets, packets * (200 + flow), packets // 250)


def elapsed(seconds: float) -> str:
    whole = int(max(0.0, seconds))
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} hours {minutes} minutes {left} seconds"


def heading(name: str, kind: str, address: str, uptime: float, *, dated: bool = True) -> str:
    shown = ":".join(address[n : n + 2] for n in range(0, len(address), 2)).lower()
    time = f"Elapsed Time: {elapsed(uptime)}\n" if dated else ""
    return f"ETHERNET STATISTICS ({name}) :\nDevice Type: {kind}\nHardware Address: {shown}\n{time}\n"


_NOTHING = (
    ("No Carrier Sense", "CRC Errors"),
    ("DMA Underrun", "DMA Overrun"),
    ("Lost CTS Errors", "Alignment Errors"),
    ("Max Collision Errors", "No Resource Errors"),
    ("Late Collision Errors", "Receive Collision Errors"),
    ("Deferred", "Packet Too Short Errors"),
    ("SQE Test", "Packet Too Long Errors"),
    ("Timeout Errors", "Packets Discarded by Adapter"),
    ("Single Collision Count", "Receiver Start Count"),
)


def statistics(traffic: Traffic, *, rate: int, flags: Sequence[str], short: int = 0) -> str:
    """Both columns and the general part. Of what goes wrong only packets that were lost for want of buffers count."""
    rows = [
        ("Transmit Statistics:", "Receive Statistics:"),
        ("--------------------", "-------------------"),
        _row("Packets", traffic.packets),
        _row("Bytes", traffic.bytes),
        (f"Interrupts: {0}", f"Interrupts: {traffic.packets // 2}"),
        ("Transmit Errors: 0", "Receive Errors: 0"),
        _row("Packets Dropped", 0),
        ("", "Bad Packets: 0"),
    ]
    counts = [_row("Broadcast Packets", traffic.broadcasts), _row("Multicast Packets", traffic.broadcasts // 2)]
    wrong = {"No Resource Errors": short}
    counts += [(f"{left}: 0", f"{right}: {wrong.get(right, 0)}") for left, right in _NOTHING]
    queues = "Max Packets on S/W Transmit Queue: 3\nS/W Transmit Queue Overflow: 0\n"
    queues += "Current S/W+H/W Transmit Queue Length: 0\n\n"
    tail = "Multiple Collision Count: 0\nCurrent HW Transmit Queue Length: 0\n\n"
    shown = " \n\t".join(flags)
    general = "General Statistics:\n-------------------\nNo mbuf Errors: 0\nAdapter Reset Count: 0\n"
    return f"{_rows(rows)}{queues}{_rows(counts)}{tail}{general}Adapter Data Rate: {rate}\nDriver Flags: {shown} \n"


def _row(name: str, count: int) -> tuple[str, str]:
    return f"{name}: {count}", f"{name}: {count}"


def _rows(rows: Sequence[tuple[str, str]]) -> str:
    return "".join(f"{left:<46}{right}".rstrip() + "\n" for left, right in rows)
