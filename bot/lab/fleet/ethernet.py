"""Networks as values: physical ports, virtual Ethernet adapters, and the Shared Ethernet Adapters that join them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class HaMode(StrEnum):
    DISABLED = "disabled"
    AUTO = "auto"
    STANDBY = "standby"
    SHARING = "sharing"


class SeaState(StrEnum):
    """As entstat prints it. LIMBO: the physical network is out of reach. ALONE: no failover, nothing is printed."""

    PRIMARY = "PRIMARY"
    BACKUP = "BACKUP"
    PRIMARY_SH = "PRIMARY_SH"
    BACKUP_SH = "BACKUP_SH"
    LIMBO = "LIMBO"
    INIT = "INIT"
    ALONE = "ALONE"

    @property
    def role(self) -> str | None:
        """What the error log and the counters go by: sharing or not makes no difference there."""
        return {"PRIMARY": "primary", "BACKUP": "backup"}.get(self.value.removesuffix("_SH"))

    @property
    def shares(self) -> bool:
        return self in {SeaState.PRIMARY_SH, SeaState.BACKUP_SH}


@dataclass(frozen=True, kw_only=True)
class PhysicalEthernet:
    name: str
    location: str
    mac: str
    description: str = "4-Port Gigabit Ethernet PCI-Express Adapter (e414571614102004)"
    link_up: bool = True
    speed: int = 1000  # Mbit/s


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """Several ports as one adapter, and one that stands by; `settings` bear on nothing in the model."""

    name: str
    ports: tuple[str, ...]
    backup: str | None = None
    settings: tuple[tuple[str, str], ...] = ()

    @property
    def members(self) -> tuple[str, ...]:
        return self.ports if self.backup is None else (*self.ports, self.backup)

    def over(self, ports: Sequence[PhysicalEthernet]) -> PhysicalEthernet:
        """As the one port that it looks like from above: it has a link while any of its ports has one."""
        members = [each for each in ports if each.name in self.members]
        return PhysicalEthernet(
            name=self.name,
            location="",
            mac=next((each.mac for each in members if each.name == self.ports[0]), ""),
            description="EtherChannel / IEEE 802.3ad Link Aggregation",
            link_up=any(each.link_up for each in members),
            speed=sum(each.speed for each in members if each.link_up and each.name in self.ports),
        )


@dataclass(frozen=True, kw_only=True)
class VirtualEthernet:
    """`name` is the device that its partition sees; a trunk adapter has a trunk priority, and no other has."""

    name: str
    slot: int
    mac: str
    pvid: int
    tagged: tuple[int, ...] = ()
    vswitch: str = "ETHERNET0"
    trunk_priority: int | None = None
    is_required: bool = False

    @property
    def is_trunk(self) -> bool:
        return self.trunk_priority is not None

    @property
    def vlans(self) -> tuple[int, ...]:
        return (self.pvid, *self.tagged)


@dataclass(frozen=True, kw_only=True)
class SeaStatus:
    """What the SEA came to since its VIOS started. `share` names the trunks that it bridges while it shares."""

    state: SeaState = SeaState.INIT
    share: tuple[str, ...] = ()
    became_primary: int = 0
    became_backup: int = 0
    mate_in_limbo: bool = False
    limbo_packets: int = 0  # one for each time that the mate went there
    asks: bool = True  # a request for load sharing is due: at the start, after chdev, and when it becomes the backup


@dataclass(frozen=True, kw_only=True)
class Sea:
    """`status` is None while its VIOS is down; `settings` are attributes that bear on nothing in the model."""

    name: str
    real_adapter: str
    trunks: tuple[str, ...]
    pvid_adapter: str
    pvid: int
    control_channel: str | None = None
    ha_mode: HaMode = HaMode.AUTO
    settings: tuple[tuple[str, str], ...] = ()
    status: SeaStatus | None = None

    @property
    def bridged(self) -> tuple[str, ...]:
        """The trunks that it bridges now."""
        if self.status is None:
            return ()
        if self.status.state.shares:
            return self.status.share
        return self.trunks if self.status.state in {SeaState.PRIMARY, SeaState.ALONE} else ()

    @property
    def bridge_mode(self) -> str:
        if not self.bridged:
            return "None"
        return "Partial" if self.status is not None and self.status.state.shares else "All"
