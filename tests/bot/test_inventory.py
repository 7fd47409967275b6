"""What is known of the fleet: read when needed, no more than needed, and never more sure than it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bot.inventory import FRESH, LONG, Inventory
from handlers.command import Command, Result
from handlers.operation import Named
from handlers.place import (
    NameOnTwoFrames,
    NoHostMatches,
    NothingMatches,
    PartitionUnread,
    Place,
    UnknownHost,
    UnknownPartition,
)
from policies.problems import HostUnreachable

START = datetime(2026, 3, 1, 3, 12, tzinfo=UTC)
Fleet = dict[str, dict[str, list[str]]]  # HMC → managed system → names of partitions; a VIOS's has "vio" in it


class Hmcs:
    """HMCs that answer as real ones do, and a clock; `away`: those that can't be reached, and systems with no list."""

    def __init__(self, fleet: Fleet) -> None:
        self.fleet, self.asked, self.away = fleet, list[str](), set[str]()
        self.now = START

    async def ask(self, command: Command) -> Result:
        argv = command.argv
        system = argv[argv.index("-m") + 1] if "-m" in argv else ""
        self.asked.append(system or command.host)
        if command.host in self.away:
            raise HostUnreachable(host=command.host, address="10.0.0.1", port=22, reason="No route")
        if system in self.away:
            return Result(command=command, exit_status=1, text="HSCL0238 The managed system is not Operating.\n")
        if not system:
            return Result(
                command=command, exit_status=0, text="".join(f"{each}\n" for each in self.fleet[command.host])
            )
        rows = [
            f"{name},{n},{'vioserver' if 'vio' in name else 'aixlinux'},Running\n"
            for n, name in enumerate(self.fleet[command.host][system], 1)
        ]
        return Result(command=command, exit_status=0, text="".join(rows) or "No results were found.\n")

    def inventory(self, *hosts: Place) -> Inventory:
        return Inventory({hmc: hmc for hmc in self.fleet}, self.ask, lambda: self.now, hosts)

    def since(self, before: int) -> list[str]:
        return self.asked[before:]


def two() -> Hmcs:
    return Hmcs({
        "oslo": {"p72": ["p72vio1", "p72vio2", "db01", "app01"], "p75": ["p75vio1", "db01"]},
        "arizona": {"arizona": ["azvio1", "desert01"]},
    })  # fmt: skip


async def faults(inventory: Inventory, *named: Named, systems: tuple[str, ...] = ()) -> list[str]:
    return [problem.code for problem in await inventory.ensure(systems, named)]


async def test_a_name_that_is_one_needs_no_frame() -> None:
    """Where it is alone of its name; on two frames it asks which, and with its frame it is clear."""
    inventory = two().inventory()
    assert await faults(inventory, Named("desert01"), Named("azvio1", only_vios=True)) == []
    place = inventory.partition("desert01")
    assert (place.hmc, place.system, place.id, place.state) == ("arizona", "arizona", 2, "Running")
    assert await faults(inventory, Named("db01")) == [NameOnTwoFrames.code]
    with pytest.raises(NameOnTwoFrames, match="db01 is on p72 and p75"):
        inventory.partition("db01")
    assert await faults(inventory, Named("db01", "p75"), systems=("p75",)) == []
    assert inventory.partition("db01", "p75").system == "p75"


async def test_a_frame_behind_two_hmcs_is_one() -> None:
    """Its partitions are no two of each name."""
    hmcs = Hmcs({"a": {"p72": ["db01", "p72vio1"]}, "b": {"p72": ["db01", "p72vio1"]}})
    inventory = hmcs.inventory()
    assert await faults(inventory, Named("db01"), Named("*", only_vios=True)) == []
    assert [each.name for each in inventory.vioses("*")] == ["p72vio1"]
    assert inventory.frames("*") == inventory.frames("p7?")


async def test_what_is_no_vios_is_no_vios() -> None:
    """A client by that name, and nothing by that pattern, are told with what there is and how old that is."""
    inventory = two().inventory()
    assert await faults(inventory, Named("app01", only_vios=True)) == [UnknownPartition.code]
    assert await faults(inventory, Named("db*", only_vios=True)) == [NothingMatches.code]
    with pytest.raises(UnknownPartition) as told:
        inventory.vios("p72vio3")
    assert "Did you mean 'p72vio" in told.value.said
    assert "Listed as of 03:12 UTC, just now" in told.value.because


async def test_no_more_is_read_than_is_needed() -> None:
    """One frame for a name on it, which after ten minutes is read again, alone; a pattern's lists last an hour."""
    hmcs = two()
    inventory = hmcs.inventory()
    await faults(inventory, Named("db01", "p72"), systems=("p72",))
    assert sorted(hmcs.asked) == ["arizona", "oslo", "p72"]
    before = len(hmcs.asked)
    await faults(inventory, Named("desert01"))
    assert sorted(hmcs.since(before)) == ["arizona", "p75"]
    before, hmcs.now = len(hmcs.asked), hmcs.now + FRESH + timedelta(seconds=1)
    await faults(inventory, Named("desert01"))
    assert sorted(hmcs.since(before)) == ["arizona", "arizona", "oslo"], "the HMCs' systems, and its frame"
    before = len(hmcs.asked)
    await faults(inventory, Named("*", only_vios=True))
    assert hmcs.since(before) == []
    assert inventory.age(inventory.vioses("p72*")) == "as of 03:12 UTC, 10 min ago"
    hmcs.now += LONG
    await faults(inventory, Named("*", only_vios=True))
    assert {"p72", "p75", "arizona"} <= set(hmcs.since(before))


async def test_a_name_mistyped_a_thousand_times_reads_the_fleet_once() -> None:
    """A typo is no way to keep every HMC busy."""
    hmcs = two()
    inventory = hmcs.inventory()
    for n in range(1_000):
        assert await faults(inventory, Named(f"db0{n + 2}")) == [UnknownPartition.code]
    assert sorted(hmcs.asked) == ["arizona", "arizona", "oslo", "p72", "p75"]


async def test_a_partition_that_moved_is_found_where_it_is() -> None:
    """Its old frame is read again before it is believed, and then the others."""
    hmcs = two()
    inventory = hmcs.inventory()
    await faults(inventory, Named("app01"))
    hmcs.fleet["oslo"]["p72"].remove("app01")
    hmcs.fleet["oslo"]["p75"].append("app01")
    hmcs.now += FRESH + timedelta(seconds=1)
    assert await faults(inventory, Named("app01")) == []
    assert inventory.partition("app01").system == "p75"


@pytest.mark.parametrize("away", ["arizona", "p75"])
async def test_what_couldnt_be_read_is_no_proof(away: str) -> None:
    """A name that isn't found while a frame has no list may be there; a pattern tells which weren't looked at."""
    hmcs = two()
    hmcs.away.add(away)
    inventory = hmcs.inventory()
    assert await faults(inventory, Named("nobody")) == [PartitionUnread.code]
    assert await faults(inventory, Named("p72vio1", only_vios=True)) == []
    assert [each.name for each in inventory.vioses("p72*")] == ["p72vio1", "p72vio2"]
    assert len(inventory.unread()) == 1
    assert away in inventory.unread()[0] or "HSCL0238" in inventory.unread()[0]
    hmcs.away.clear()
    hmcs.now += timedelta(minutes=11)
    assert await faults(inventory, Named("*", only_vios=True)) == []
    assert inventory.unread() == ()


async def test_a_large_fleet_is_looked_up_at_once() -> None:
    """A thousand frames, twenty thousand partitions: each frame is asked once, and then a name takes no time."""
    frames = {
        f"f{n:04d}": [f"f{n:04d}vio1", f"f{n:04d}vio2", *(f"lpar{n * 18 + m}" for m in range(18))] for n in range(1_000)
    }
    hmcs = Hmcs({f"hmc{h:02d}": dict(list(frames.items())[h * 50 : h * 50 + 50]) for h in range(20)})
    inventory = hmcs.inventory()
    await inventory.discover()
    assert len(hmcs.asked) == 20 + 1_000
    before = len(hmcs.asked)

    def timed(look: Callable[[], object]) -> float:
        began = time.perf_counter()
        look()
        return time.perf_counter() - began

    assert await faults(inventory, Named("lpar17999"), Named("f0999vio2", only_vios=True)) == []
    assert len(hmcs.asked) == before
    assert len(inventory.vioses("*")) == 2_000
    assert len(inventory.frames("*")) == 1_000
    for look in (
        lambda: inventory.partition("lpar17999"),
        lambda: inventory.vioses("f*vio1"),
        lambda: inventory.frames("*"),
    ):
        assert min(timed(look) for _ in range(3)) < 0.25


HOSTS = (Place(host="web", name="app01"), Place(host="db", name="db01", system="p75"), Place(host="far", name="x"))


async def test_a_host_that_is_reached_by_itself_needs_no_hmc() -> None:
    """Nothing is asked to know it, and an HMC that is away is no reason not to."""
    hmcs = two()
    hmcs.away = {"oslo", "arizona"}
    inventory = hmcs.inventory(*HOSTS)
    assert await faults(inventory, Named("web", direct=True), Named("*", direct=True)) == []
    assert hmcs.asked == []
    assert [place.host for place in inventory.hosts("*")] == ["db", "far", "web"]
    assert [place.host for place in inventory.hosts("?eb")] == ["web"]
    assert inventory.listed("host") == ("db", "far", "web")
    assert await faults(inventory, Named("wbe", direct=True)) == [UnknownHost.code]
    assert await faults(inventory, Named("q*", direct=True)) == [NoHostMatches.code]
    with pytest.raises(UnknownHost, match="Did you mean 'web'") as refused:
        inventory.host("wbe")
    assert "db, far, web" in refused.value.because


async def test_a_host_is_where_an_hmc_lists_its_partition() -> None:
    """A migration takes it along; where two frames list one of that name, the configuration says which."""
    hmcs = two()
    inventory = hmcs.inventory(*HOSTS)
    assert [place.system for place in inventory.hosts("*")] == ["p75", "", ""]
    await inventory.discover()
    assert [place.system for place in inventory.hosts("*")] == ["p75", "", "p72"]
    hmcs.fleet["oslo"]["p72"].remove("app01")
    hmcs.fleet["oslo"]["p75"].append("app01")
    hmcs.now += LONG
    await inventory.discover()
    assert await faults(inventory, Named("app01")) == []
    assert inventory.host("web").system == "p75"
