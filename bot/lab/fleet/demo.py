"""The demo's fleet: names that a person can follow, and one partition for each captured failure."""

from __future__ import annotations

from decimal import Decimal

from bot.lab.fleet import building
from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.model import Env, Fleet, Hmc, ManagedSystem, Partition, Role, Snag, User

_TWO_TRUNKS = ((1, 10, 11), (2, 12, 13))
_ONE_TRUNK = ((1, 10, 11, 12, 13),)
_CLIENT_VLANS = (10, 11, 12, 13)
_NPIV = ("db01", "npiv01", "mpionpiv01")
_STORAGE_PORTS = {"npiv01": "50050768014036AA", "mpionpiv01": "50050768014036AB"}  # not in every frame's zones
_MACS = {"p72vio1": "761FA39348", "p72vio2": "761FA4F6A6"}
_CLOCKS = {"p72vio1": -(6 * 3600 + 56 * 60), "p75vio2": 41.0}  # seconds; two VIOS of a pair can be hours apart

_USERS = (
    User(name="hscroot"),
    User(name="hscpe", role=Role.PE),
    User(name="hscviewer", role=Role.VIEWER),
    User(name="hscpolska", language="pl"),
)


def demo_fleet() -> Fleet:
    """p72 and p75 stand in Oslo, arizona in Arizona; everything starts on p72, and db01 can go to p75.

    The VIOS pair of p72 shares the load, the other two fail over.
    """
    trust = frozenset({("hmc-arizona", "hscroot")})
    back = frozenset({("hmc-oslo", "hscroot")})
    return Fleet.of(
        hmcs=(
            Hmc(name="hmc-oslo", systems=("p72", "p75"), users=_USERS, trusts=trust),
            Hmc(name="hmc-arizona", version=9, service_pack=943, systems=("arizona",), users=_USERS, trusts=back),
        ),
        systems=(_p72(), _p75(), _arizona()),
    )


def _p72() -> ManagedSystem:
    frame = ManagedSystem(
        name="p72",
        type_model="9105-42A",
        serial="78A0072",
        ipaddr="10.7.2.1",
        mem=1024 * 1024,
        proc_units=Decimal(48),
        compat_modes=("default", "POWER8", "POWER9_base", "POWER9", "POWER10"),
        shared_memory_pool=True,
        partitions=(*_vios_pair("p72", "78A0072", "10.7.2", HaMode.SHARING), *_clients()),
    )
    frame = building.with_slots(frame, "p72vio1", free="21010030", held="21010031")
    seen = ("billing01", "archive01", "desert01")
    frame = building.with_storage(frame, npiv=_NPIV, visible=dict.fromkeys(("p72vio1", "p72vio2"), seen))
    for client, target in _STORAGE_PORTS.items():
        frame = building.zoned(frame, target, client=client, vios=("p72vio1", "p72vio2"))
    return frame


def _p75() -> ManagedSystem:
    """Its VIOS have disks and ports to spare."""
    frame = ManagedSystem(
        name="p75",
        type_model="9009-42A",
        serial="78A0075",
        ipaddr="10.7.5.1",
        mem=256 * 1024,
        proc_units=Decimal(24),
        partitions=(
            *_vios_pair("p75", "78A0075", "10.7.5", HaMode.AUTO),
            _client("billing01", 3, mem=65536, proc_units="4.0", address="10.7.5.13"),
            _client("archive01", 4, state="Not Activated", rmc_state="inactive"),
        ),
    )
    seen = [each.name for each in _clients() if each.name not in {"vscsi01", *_NPIV}]
    elsewhere = {"p75vio1": [each for each in seen if each != "mpio01"], "p75vio2": seen}
    frame = building.with_spares(building.with_storage(frame, visible=elsewhere), disks=4, ports=2)
    return building.zoned(frame, _STORAGE_PORTS["mpionpiv01"], vios=("p75vio1",))


def _arizona() -> ManagedSystem:
    frame = ManagedSystem(
        name="arizona",
        type_model="8231-E2B",
        serial="06A0001",
        ipaddr="10.9.1.1",
        mem=256 * 1024,
        proc_units=Decimal(16),
        compat_modes=("default", "POWER8", "POWER9_base", "POWER9"),
        capabilities=frozenset(),
        partitions=(
            *_vios_pair("arizona", "06A0001", "10.9.1", HaMode.AUTO, _ONE_TRUNK),
            _client("desert01", 3, mem=16384, address="10.9.1.13"),
        ),
    )
    seen = [each.name for each in _clients() if each.name not in _NPIV]
    return building.with_storage(frame, visible=dict.fromkeys(("arizonavio1", "arizonavio2"), seen))


def _vios_pair(
    system: str, serial: str, network: str, ha_mode: HaMode, vlans: tuple[tuple[int, ...], ...] = _TWO_TRUNKS
) -> tuple[Partition, ...]:
    return tuple(_vios(f"{system}vio{number}", number, serial, network, ha_mode, vlans) for number in (1, 2))


def _vios(
    name: str, number: int, serial: str, network: str, ha_mode: HaMode, vlans: tuple[tuple[int, ...], ...]
) -> Partition:
    adapters = building.trunks(name, vlans, priority=number, base=_MACS.get(name, ""))
    return Partition(
        name=name,
        lpar_id=number,
        env=Env.VIOS,
        rmc_ipaddr=f"{network}.{10 + number}",
        os_version="VIOS 4.1.0.10",
        msp=True,
        proc_units=Decimal("1.0"),
        ethernet=adapters,
        vios=building.bridging(adapters, serial, number, ha_mode),
        clock_offset=_CLOCKS.get(name, 0.0),
    )


def _client(
    name: str,
    lpar_id: int,
    *snags: Snag,
    mem: int = 8192,
    proc_units: str = "0.5",
    address: str = "",
    state: str = "Running",
    rmc_state: str = "active",
    compat_mode: str = "POWER9",
    memory_expansion: bool = False,
    shared_memory: bool = False,
) -> Partition:
    return Partition(
        name=name,
        lpar_id=lpar_id,
        mem=mem,
        proc_units=Decimal(proc_units),
        rmc_ipaddr=address or f"10.7.2.{lpar_id + 10}",
        state=state,
        rmc_state=rmc_state,
        compat_mode=compat_mode,
        memory_expansion=memory_expansion,
        shared_memory=shared_memory,
        snags=frozenset(snags),
        ethernet=building.client(name, _CLIENT_VLANS[lpar_id % len(_CLIENT_VLANS)]),
    )


def _clients() -> tuple[Partition, ...]:
    """Those that pass, then one for each captured failure on the way to p75; keys01 and ame01 fail to arizona.

    p75 doesn't see vscsi01's disk, and isn't zoned for npiv01; mpio01 and mpionpiv01 have one VIOS there, not two.
    """
    return (
        _client("db01", 3, mem=16384, proc_units="2.0"),
        _client("web01", 4, Snag.RMC_WARNING),
        _client("app01", 5),
        _client("keys01", 6, Snag.NO_KEYS),
        _client("ame01", 7, memory_expansion=True),
        _client("cpumode01", 8, compat_mode="POWER10"),
        _client("rmc01", 9, Snag.RMC_HANGS),
        _client("ams01", 10, shared_memory=True),
        _client("npiv01", 11),
        _client("mpio01", 12),
        _client("mpionpiv01", 13),
        _client("vscsi01", 14),
        _client("mem01", 15, mem=262144),
        _client("cpu01", 16, proc_units="24.0"),
        _client("normc01", 17, rmc_state="inactive"),
        _client("off01", 18, state="Not Activated", rmc_state="inactive"),
    )
