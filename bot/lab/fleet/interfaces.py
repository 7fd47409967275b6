"""The adapters of a host that an interface stands on, and the interface that has its address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.lab.fleet.partition import Partition


@dataclass(frozen=True, kw_only=True, slots=True)
class Adapter:
    name: str
    mac: str
    description: str
    place: str = ""

    @property
    def interface(self) -> str:
        return self.name.replace("ent", "en")


def adapters(host: Partition) -> Iterator[Adapter]:
    """The virtual ones; of a VIOS the physical ones too, link aggregations and SEAs."""
    for adapter in host.ethernet:
        what, place = "Virtual I/O Ethernet Adapter (l-lan)", f"C{adapter.slot}-T1"
        yield Adapter(name=adapter.name, mac=adapter.mac, description=what, place=place)
    io = host.io
    for port in io.ports:
        yield Adapter(name=port.name, mac=port.mac, description=port.description)
    for aggregate in io.aggregates:
        over = aggregate.over(io.ports)
        yield Adapter(name=over.name, mac=over.mac, description=over.description)
    for sea in io.seas:
        real = io.port(sea.real_adapter)
        yield Adapter(name=sea.name, mac=real.mac if real else "", description="Shared Ethernet Adapter")


def primary(host: Partition) -> str:
    """A VIOS has its address on its first SEA, as failover wants it, and any other host on its first adapter."""
    first = [*(each.name for each in host.io.seas), *(each.name for each in host.ethernet)]
    return first[0].replace("ent", "en") if first else ""
