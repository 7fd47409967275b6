"""A VIOS pair at which a test types, and whose clock it turns."""

from __future__ import annotations

import asyncio
import calendar
import re
from dataclasses import dataclass, field
from decimal import Decimal

from bot.lab.fleet import building
from bot.lab.fleet.ethernet import HaMode, PhysicalEthernet, VirtualEthernet
from bot.lab.fleet.events import AdapterAdded, Event, PartitionStarted, PartitionStopping
from bot.lab.fleet.model import Env, Fleet, Hmc, ManagedSystem, Partition, Vios, check
from bot.lab.fleet.vios import shell
from bot.lab.fleet.vios.login import Login
from bot.lab.fleet.world import World

VIOS = ("p72vio1", "p72vio2")
TRUNKS = ((1, 10, 11), (2, 12, 13))
MACS = {1: "761FA39348", 2: "761FA4F6A6", 3: "761FA4F7B7"}
BEHIND = -(6 * 3600 + 56 * 60)  # seconds, of the first VIOS's clock


def vios(number: int, ha_mode: HaMode = HaMode.AUTO) -> Partition:
    name = f"p72vio{number}"
    adapters = building.trunks(name, TRUNKS, priority=number, base=MACS[number])
    made = building.bridging(adapters, "100302P", number, ha_mode)
    port = PhysicalEthernet(
        name="ent0", location="U78C0.001.DBJ0563-P1-C1-T1", mac=MACS[number] + "00",
        description="Logical Host Ethernet Port (lp-hea)",
    )  # fmt: skip
    return Partition(
        name=name, lpar_id=number, env=Env.VIOS, os_version="VIOS 2.2.1.0", mem=4096, proc_units=Decimal(1),
        ethernet=adapters, vios=Vios(level="2.2.1.0", ports=(port,), seas=made.seas),
        clock_offset=BEHIND if number == 1 else 0,
    )  # fmt: skip


def pair(ha_mode: HaMode = HaMode.AUTO) -> Fleet:
    frame = ManagedSystem(
        name="p72", type_model="9117-MMB", serial="100302P", mem=65536, proc_units=Decimal(16),
        partitions=(vios(1, ha_mode), vios(2, ha_mode)),
    )  # fmt: skip
    return Fleet.of([Hmc(name="hmc", systems=("p72",))], [frame])


@dataclass
class Pair:
    """`at` sets the clock; everything else is typed, or happens."""

    fleet: Fleet = field(default_factory=pair)
    now: float = float(calendar.timegm((2012, 1, 12, 12, 0, 0)))

    def __post_init__(self) -> None:
        self.world = World(state=self.fleet, clock=lambda: self.now, migration_seconds=1, line_delay=0)

    def at(self, day: int, hour: int, minute: int, second: int = 5) -> None:
        self.now = float(calendar.timegm((2012, 1, day, hour, minute, second)))

    def happen(self, event: Event) -> None:
        self.world.happen(event)

    def stop(self, name: str) -> None:
        self.happen(PartitionStopping(system="p72", partition=name))
        self.now += self.world.fleet.pace.shutdown

    def start(self, name: str) -> None:
        self.happen(PartitionStarted(system="p72", partition=name))
        self.now += self.world.fleet.pace.boot

    def typed(self, name: str, line: str) -> tuple[str, str, int]:
        """Both outputs and the status."""
        out: list[str] = []
        err: list[str] = []

        async def to_out(text: str) -> None:
            out.append(text)

        async def to_err(text: str) -> None:
            err.append(text)

        status = asyncio.run(shell(Login(self.world, "p72", name)).run(line, to_out, to_err))
        assert self.world.errors == []
        check(self.world.fleet)
        return "".join(out), "".join(err), status

    def says(self, name: str, line: str) -> str:
        out, err, status = self.typed(name, line)
        assert (err, status) == ("", 0), (out, err, status)
        return out

    def chdev(self, name: str, pairs: str) -> None:
        assert self.says(name, f"chdev -dev ent4 -attr {pairs}") == "ent4 changed\n"

    def sea(self, name: str) -> dict[str, object] | None:
        """What entstat tells of the SEA, or None where nobody answers."""
        partition = self.world.fleet.systems["p72"].partition(name)
        assert partition is not None
        if not partition.is_up:
            return None
        text = self.says(name, "entstat -all ent4").split("Real Adapter:")[0]
        pairs = dict(re.findall(r"^ *(\S[^:\n]*): (.*)$", text, re.MULTILINE))
        found: dict[str, object] = {
            "state": pairs["State"],
            "bridge_mode": pairs["Bridge Mode"],
            "ha_mode": pairs["High Availability Mode"],
            "priority": int(pairs["Priority"]),
            "limbo_packets": int(pairs["Limbo Packets"]),
            "became": (
                int(pairs["Number of Times Server became Primary"]),
                int(pairs["Number of Times Server became Backup"]),
            ),
        }
        if "VID shared" in pairs:
            found["vid_shared"] = [int(word) for word in pairs["VID shared"].split()]
        return found

    def states(self) -> tuple[str | None, str | None]:
        first, second = self.sea("p72vio1"), self.sea("p72vio2")
        return (str(first["state"]) if first else None, str(second["state"]) if second else None)

    def log(self, name: str) -> list[str]:
        """The SEA's lines of the error log, oldest first, each gap made one blank."""
        partition = self.world.fleet.systems["p72"].partition(name)
        assert partition is not None
        lines = [" ".join(each.line().split()) for each in partition.error_log if each.resource == "ent4"]
        if partition.is_up:
            shown = [" ".join(line.split()) for line in self.says(name, "errlog").splitlines()]
            assert [line for line in shown if " ent4 " in line] == lines[::-1]
        return lines


def add_trunks(stage: Pair) -> None:
    """DLPAR gives both VIOS two more trunks, and each SEA takes them while it works."""
    for number, name in enumerate(VIOS, 1):
        for device, slot, pvid, tagged in (("ent5", 5, 3, (33, 333)), ("ent6", 6, 4, (44,))):
            adapter = VirtualEthernet(
                name=device, slot=slot, mac=f"7600000000{slot:02X}", pvid=pvid, tagged=tagged, trunk_priority=number
            )
            stage.happen(AdapterAdded(system="p72", partition=name, adapter=adapter))
    for name in VIOS:
        stage.chdev(name, "virt_adapters=ent1,ent2,ent5,ent6")
