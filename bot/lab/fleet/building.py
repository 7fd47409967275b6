"""How a VIOS pair and its clients are cabled: the devices, slots and addresses that every frame here has alike."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from bot.lab.fleet.ethernet import HaMode, PhysicalEthernet, Sea, VirtualEthernet
from bot.lab.fleet.partition import Vios

FIRST_SLOT = 2
CONTROL_VLAN = 99

Vlans = Sequence[int]  # the PVID, then the tagged ones


def mac(owner: str, slot: int, base: str = "") -> str:
    """An address as the HMC writes it; `base` is all but its last byte."""
    return f"{base or f'76{zlib.crc32(owner.encode()):08X}'}{slot:02X}"


def trunks(owner: str, vlans: Sequence[Vlans], *, priority: int, base: str = "") -> tuple[VirtualEthernet, ...]:
    """One trunk adapter for each group of VLANs, from ent1 on, and after them the control channel's adapter."""
    groups = [*vlans, (CONTROL_VLAN,)]
    return tuple(
        VirtualEthernet(
            name=f"ent{number}",
            slot=FIRST_SLOT + number - 1,
            mac=mac(owner, FIRST_SLOT + number - 1, base),
            pvid=group[0],
            tagged=tuple(group[1:]),
            trunk_priority=priority if number < len(groups) else None,
        )
        for number, group in enumerate(groups, 1)
    )


def bridging(adapters: Sequence[VirtualEthernet], serial: str, number: int, ha_mode: HaMode) -> Vios:
    """A VIOS that bridges those adapters to its one port; `number` says which VIOS of the pair it is."""
    location = f"U78D9.001.{serial}-P1-C{number}-T1"
    port = PhysicalEthernet(name="ent0", location=location, mac=mac(location, 0))
    sea = Sea(
        name=f"ent{len(adapters) + 1}",
        real_adapter=port.name,
        trunks=tuple(each.name for each in adapters if each.is_trunk),
        pvid_adapter=adapters[0].name,
        pvid=adapters[0].pvid,
        control_channel=next(each.name for each in adapters if not each.is_trunk),
        ha_mode=ha_mode,
    )
    return Vios(ports=(port,), seas=(sea,))


def client(owner: str, vlan: int) -> tuple[VirtualEthernet, ...]:
    return (VirtualEthernet(name="ent0", slot=FIRST_SLOT, mac=mac(owner, FIRST_SLOT), pvid=vlan),)
