"""Faults that the simulated fleet has none of: put into what its VIOS print, each of them known by name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from bot.lab.fleet.ethernet import Sea
from bot.lab.fleet.model import Partition
from handlers.seattr import Settings


class Wrong(Enum):
    STUCK = auto()  # it says that it bridges nothing where it would say all, or some
    INACTIVE = auto()  # its first trunk isn't active
    ACTIVE = auto()  # its second trunk is
    DOWN = auto()  # its second trunk isn't operational
    DEAF = auto()  # its control channel isn't operational
    FEWER = auto()  # while it shares, the last of its VLANs isn't bridged
    MORE = auto()  # while it shares, one VLAN of its mate's is bridged too
    PVID = auto()  # its PVID is another than its adapter's
    RESET = auto()  # its adapter_reset is another than its mate's, unless that one's is wrong as well


@dataclass(frozen=True)
class Counter:
    """`happens`: that it rose is told once; otherwise it is wrong for a while. `least`: what counts as a rise."""

    label: str
    block: str  # the adapter in whose block it stands; empty: the SEA's own
    rule: str
    least: int = 100
    of_failover: bool = False
    happens: bool = False

    def about(self, vios: str) -> str:
        return vios if self.happens else f"{vios} {self.block or 'ent4'} {self.label}"


COUNTERS = (
    Counter("Thread queue overflow packets", "", "buffers-short"),
    Counter("No mbuf Errors", "ent0", "buffers-short"),
    Counter("Hypervisor Send Failures", "ent1", "buffers-short"),
    Counter("CRC Errors", "ent0", "errors-growing"),
    Counter("Recovery Packets", "", "recovery-growing", least=2, of_failover=True),
    Counter("Adapter Reset Count", "ent0", "adapter-reset", least=1, happens=True),
)


def shared(vlans: list[int], wrong: frozenset[Wrong]) -> list[int]:
    """What it says that it bridges while it shares, of what it does: `1 10 11`, or `2 12 13`."""
    there = vlans[:-1] if Wrong.FEWER in wrong else vlans
    return sorted({*there, 12 if 1 in there else 10}) if Wrong.MORE in wrong else there


@dataclass
class Misprints:
    """Of one VIOS."""

    wrong: set[Wrong] = field(default_factory=set)
    counts: dict[Counter, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))

    def printed(self, text: str) -> str:
        """That `entstat`, with what is wrong with it."""
        for counter, count in self.counts.items():
            text = _within(text, counter.block, f"{counter.label}: 0", f"{counter.label}: {count}")
        for wrong, block, was, becomes in (
            (Wrong.STUCK, "", "Bridge Mode: All", "Bridge Mode: None"),
            (Wrong.STUCK, "", "Bridge Mode: Partial", "Bridge Mode: None"),
            (Wrong.INACTIVE, "ent1", "Active: True", "Active: False"),
            (Wrong.ACTIVE, "ent2", "Active: False", "Active: True"),
            (Wrong.DOWN, "ent2", "LAN State: Operational", "LAN State: Not Operational"),
        ):
            text = _within(text, block, was, becomes) if wrong in self.wrong else text
        if Wrong.DEAF in self.wrong:
            before, control, after = text.partition("\nControl Adapter: ")
            text = before + control + after.replace("LAN State: Operational", "LAN State: Not Operational")
        return re.sub(r"(?<=VID shared: )[\d ]+(?=\n)", self._shared, text)

    def _shared(self, told: re.Match[str]) -> str:
        return " ".join(map(str, shared(list(map(int, told[0].split())), frozenset(self.wrong))))

    def settings(self, vios: Partition, sea: Sea) -> Settings:
        """What `lsdev -attr` tells of it."""
        other = next(each.pvid for each in vios.ethernet if each.is_trunk and each.name != sea.pvid_adapter)
        return Settings(
            ha_mode=sea.ha_mode.value,
            pvid=other if Wrong.PVID in self.wrong else sea.pvid,
            pvid_adapter=sea.pvid_adapter,
            real_adapter=sea.real_adapter,
            virt_adapters=sea.trunks,
            ctl_chan=sea.control_channel or "",
            adapter_reset="no" if Wrong.RESET in self.wrong else "yes",
        )


def _within(text: str, block: str, was: str, becomes: str) -> str:
    """Replaced in that adapter's block alone; the SEA's own ends where the first of them begins."""
    start = text.index(f" Adapter: {block}\n") if block else 0
    end = text.find(" Adapter: ent", start + 1)
    end = len(text) if end < 0 else end
    return text[:start] + text[start:end].replace(was, becomes) + text[end:]
