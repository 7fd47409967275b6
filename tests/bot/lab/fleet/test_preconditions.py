"""Every precondition of a migration is checked against the model, and said so; each alone is enough to stop it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.console import Answer
from bot.lab.fleet import Fleet, demo_fleet
from bot.lab.fleet.configuration import Configuration
from bot.lab.fleet.hardware import Hardware, HeldSlot, LogicalPort, Power, Slot, SriovAdapter
from bot.lab.fleet.model import Partition
from bot.lab.fleet.storage import ReservePolicy
from tests.bot.lab.fleet.conftest import Opener
from tests.bot.lab.fleet.frames import with_frame, with_hardware, with_hmc, with_lpar

VALIDATE = ("migrlpar", "-o", "v", "-m", "p72", "-t", "p75", "-p")


def lpar(fleet: Fleet, system: str, name: str) -> Partition:
    found = fleet.systems[system].partition(name)
    assert found is not None
    return found


def physical(fleet: Fleet) -> Fleet:
    slot = Slot(drc_index="21010010", location="U78D9.001.78A0072-P1-C1")
    fleet = with_hardware(fleet, "p72", Hardware(slots=(slot,)))
    return with_lpar(fleet, "p72", "app01", config=Configuration(slots=(HeldSlot(drc_index="21010010"),)))


def logical_port(fleet: Fleet) -> Fleet:
    port = LogicalPort(id="27004002", phys_port=0, lpar_id=lpar(fleet, "p72", "app01").lpar_id)
    adapter = SriovAdapter(adapter_id=1, drc_index="21010020", location="-P1-C4", logical_ports=(port,))
    return with_hardware(fleet, "p72", Hardware(sriov=(adapter,)))


def unmarked(fleet: Fleet) -> Fleet:
    for name in ("p75vio1", "p75vio2"):
        fleet = with_lpar(fleet, "p75", name, msp=False)
    return fleet


def no_rmc_of_movers(fleet: Fleet) -> Fleet:
    for name in ("p72vio1", "p72vio2"):
        fleet = with_lpar(fleet, "p72", name, rmc_state="inactive")
    return fleet


def old_movers(fleet: Fleet) -> Fleet:
    for name in ("p75vio1", "p75vio2"):
        fleet = with_lpar(fleet, "p75", name, vios=replace(lpar(fleet, "p75", name).io, level="1.5.0.0"))
    return fleet


def not_bridged(fleet: Fleet) -> Fleet:
    """app01 is on VLAN 11; p75's SEAs stand without it."""
    for name in ("p75vio1", "p75vio2"):
        adapters = tuple(
            replace(each, tagged=tuple(vlan for vlan in each.tagged if vlan != 11))
            for each in lpar(fleet, "p75", name).ethernet
        )
        fleet = with_lpar(fleet, "p75", name, ethernet=adapters)
    return fleet


def reserved(fleet: Fleet) -> Fleet:
    for name in ("p75vio1", "p75vio2"):
        io = lpar(fleet, "p75", name).io
        disks = tuple(replace(each, reserve_policy=ReservePolicy.SINGLE_PATH) for each in io.disks)
        fleet = with_lpar(fleet, "p75", name, vios=replace(io, disks=disks))
    return fleet


def not_zoned(fleet: Fleet) -> Fleet:
    for name in ("p75vio1", "p75vio2"):
        io = lpar(fleet, "p75", name).io
        ports = tuple(replace(each, targets=frozenset()) for each in io.fc_ports)
        fleet = with_lpar(fleet, "p75", name, vios=replace(io, fc_ports=ports))
    return fleet


def one_port(fleet: Fleet) -> Fleet:
    """Both of db01's adapters by p72vio1, on one port."""
    first, second = lpar(fleet, "p72", "db01").fc
    io = lpar(fleet, "p72", "p72vio1").io
    server = next(each for each in io.vfchosts if each.slot == first.server_slot)
    twin = replace(server, name="vfchost9", slot=299, client_slot=second.slot)
    moved = replace(second, server_id=first.server_id, server_slot=299, targets=first.targets)
    fleet = with_lpar(fleet, "p72", "p72vio1", vios=replace(io, vfchosts=(*io.vfchosts, twin)))
    return with_lpar(fleet, "p72", "db01", fc=(first, moved))


def not_logged_in(fleet: Fleet) -> Fleet:
    """p72vio1's ports see none of what db01 needs."""
    io = lpar(fleet, "p72", "p72vio1").io
    ports = tuple(replace(each, targets=frozenset()) for each in io.fc_ports)
    return with_lpar(fleet, "p72", "p72vio1", vios=replace(io, fc_ports=ports))


def not_mapped(fleet: Fleet) -> Fleet:
    """p72vio1's adapter for db01 is on no port."""
    io = lpar(fleet, "p72", "p72vio1").io
    servers = tuple(replace(each, port=None) for each in io.vfchosts)
    return with_lpar(fleet, "p72", "p72vio1", vios=replace(io, vfchosts=servers))


def slot_of(**changes: Any) -> Callable[[Fleet], Fleet]:
    """app01's first virtual SCSI adapter made so."""

    def made(fleet: Fleet) -> Fleet:
        first, *rest = lpar(fleet, "p72", "app01").scsi
        return with_lpar(fleet, "p72", "app01", scsi=(replace(first, **changes), *rest))

    return made


def aix_5_to_power7(fleet: Fleet) -> Fleet:
    fleet = with_frame(fleet, "p75", type_model="8231-E2C")
    return with_lpar(fleet, "p72", "app01", os_version="AIX 5.3 5300-08-01")


def vios_2_1_1_on_power7(fleet: Fleet) -> Fleet:
    fleet = with_frame(fleet, "p75", type_model="8231-E2C")
    for name in ("p75vio1", "p75vio2"):
        fleet = with_lpar(fleet, "p75", name, vios=replace(lpar(fleet, "p75", name).io, level="2.1.1.10"))
    return fleet


@pytest.mark.parametrize(
    ("name", "broken", "says"),
    [
        ("app01", physical, "has physical I/O adapters"),
        ("app01", logical_port, "has physical I/O adapters"),
        ("app01", lambda f: with_hardware(f, "p75", Hardware(is_mobile=False)), "PowerVM Enterprise"),
        ("app01", lambda f: with_hardware(f, "p75", Hardware(power=Power.BATTERY)), "battery power"),
        ("app01", lambda f: with_hardware(f, "p75", Hardware(region_size=128)), "memory region size"),
        ("app01", lambda f: with_hardware(f, "p75", Hardware(most_migrations=0)), "which is the maximum"),
        ("app01", lambda f: with_lpar(f, "p72", "app01", state="Error"), "has crashed"),
        ("app01", lambda f: with_lpar(f, "p72", "app01", state="Open Firmware"), "Open Firmware state"),
        ("app01", lambda f: with_lpar(f, "p72", "app01", os_version="AIX 5.3 5300-06-01"), "5300-07-01 or later"),
        ("app01", lambda f: with_lpar(f, "p72", "app01", rmc_state="inactive"), "HSCLA246"),
        ("app01", lambda f: with_lpar(f, "p72", "app01", compat_mode="POWER10"), "HSCLA224"),
        ("app01", lambda f: with_lpar(f, "p72", "app01", shared_memory=True), "HSCLA304"),
        ("app01", slot_of(is_tied=True), "accepts one server adapter only"),
        ("app01", slot_of(is_required=True), "is required"),
        ("app01", lambda f: with_hardware(f, "p75", Hardware(firmware="01EL310_075")), "at level EL310"),
        ("app01", lambda f: with_hardware(f, "p72", Hardware(firmware="01EM310_075")), "01Ex320 or later"),
        ("app01", lambda f: with_hardware(f, "p75", Hardware(exchanges_with=frozenset({"FW950"}))), "not compatible"),
        ("app01", lambda f: with_hardware(f, "p72", Hardware(exchanges_with=frozenset({"FW950"}))), "not compatible"),
        ("app01", lambda f: with_hmc(f, "hmc-oslo", version=7, release=2), "at level V7R2. Level V7R3"),
        ("app01", aix_5_to_power7, "5300-09-07 or later"),
        ("app01", vios_2_1_1_on_power7, "2.1.1.10"),
        ("app01", lambda f: with_lpar(f, "p72", "app01", ready_after=4), "HSCLA257"),
        ("db01", not_mapped, "has no port logged in"),
        ("app01", unmarked, "mover service partition"),
        ("app01", old_movers, "1.5.0.0"),
        ("app01", no_rmc_of_movers, "partition p72vio2"),
        ("app01", not_bridged, "The VLANs 11 are not bridged"),
        ("app01", reserved, "virtual SCSI adapter cannot be hosted"),
        ("db01", not_zoned, "HSCLA319"),
        ("db01", one_port, "mapped to one port"),
        ("db01", not_logged_in, "has no port logged in"),
        ("app01", lambda f: with_frame(f, "p75", mem=f.systems["p75"].mem - 170 * 1024), "not enough memory"),
        ("app01", lambda f: with_frame(f, "p75", proc_units=Decimal("6.2")), "shared \nprocessor pool"),
    ],
)
async def test_each_is_checked(name: str, broken: object, says: str, opened: Opener) -> None:
    """The partition passes in the demo's fleet, and fails in one that lacks this alone."""
    assert callable(broken)
    async with opened(broken(demo_fleet())) as terminal:
        answer, text = await terminal.run(*VALIDATE, name)
        moved, _ = await terminal.run("migrlpar", "-o", "m", *VALIDATE[3:], name)
        assert (answer, moved) == (Answer(1), Answer(1))
        assert says in text
        assert terminal.running.fleet.migrations == {}


@pytest.mark.parametrize(
    "harmless",
    [
        lambda f: with_hardware(f, "p72", Hardware(power=Power.BATTERY)),
        lambda f: with_hardware(f, "p75", Hardware(firmware="01EL350_103")),
        lambda f: with_hardware(f, "p75", Hardware(exchanges_with=frozenset({"FW1050", "FW950"}))),
        lambda f: with_lpar(f, "p72", "app01", ready_after=3),
        lambda f: with_lpar(f, "p72", "app01", os_version="AIX 6.1 6100-00-01"),
        lambda f: with_lpar(f, "p72", "app01", os_version="Linux/Red Hat 4.18 8.6"),
    ],
)
async def test_what_is_just_enough_passes(harmless: Callable[[Fleet], Fleet], opened: Opener) -> None:
    """The least level of each thing, a source on battery, and other systems than AIX."""
    async with opened(harmless(demo_fleet())) as terminal:
        assert await terminal.says(*VALIDATE, "app01") == ""


async def test_the_other_hmc_must_be_there(opened: Opener) -> None:
    """One that is down can't be asked, whatever keys were exchanged; an old one is told by its level."""
    there = ("migrlpar", "-o", "v", "-m", "p72", "-t", "arizona", "--ip", "hmc-arizona", "-u", "hscroot", "-p", "app01")
    for change, says in (({"is_up": False}, "cannot be reached"), ({"version": 7, "release": 3}, "V7R3. Level V7R7")):
        async with opened(with_hmc(demo_fleet(), "hmc-arizona", **change)) as terminal:
            answer, text = await terminal.run(*there)
            assert (answer, says in text) == (Answer(1), True), text


@pytest.mark.parametrize("name", ["app01", "db01", "off01"])
async def test_what_lacks_nothing_passes(name: str, opened: Opener) -> None:
    """In the demo's fleet as it is they can go."""
    async with opened() as terminal:
        assert await terminal.says(*VALIDATE, name) == ""


async def test_a_vios_stays_where_it_is(opened: Opener) -> None:
    """A Virtual I/O Server is never migrated."""
    async with opened() as terminal:
        answer, _ = await terminal.run(*VALIDATE, "p72vio1")
    assert answer == Answer(1)


async def test_vlans_if_possible(opened: Opener) -> None:
    """With --vlanbridge 2 a missing VLAN is a warning."""
    async with opened(not_bridged(demo_fleet())) as terminal:
        text = await terminal.says(*VALIDATE, "app01", "--vlanbridge", "2")
    assert text.startswith("Warning:\nThe VLANs 11")


async def test_movers_by_name(opened: Opener) -> None:
    """The mover that is named is the one that is looked at, and it must be there."""
    fleet = with_lpar(demo_fleet(), "p75", "p75vio1", rmc_state="inactive")
    async with opened(fleet) as terminal:
        assert await terminal.says(*VALIDATE, "app01", "-i", "dest_msp_name=p75vio2") == ""
        answer, text = await terminal.run(*VALIDATE, "app01", "-i", "dest_msp_name=p75vio1")
        assert (answer, "partition p75vio1." in text) == (Answer(1), True)
        answer, text = await terminal.run(*VALIDATE, "app01", "-i", "source_msp_name=nobody")
        assert (answer, text.split()[0]) == (Answer(1), "HSCL8012")
        answer, text = await terminal.run(*VALIDATE, "app01", "--redundantmsps", "1")
        assert (answer, "only one that is active" in text) == (Answer(1), True)


async def test_force_goes_past_lost_redundancy_only(opened: Opener) -> None:
    """--force takes one VIOS where there were two, and nothing that is impossible."""
    async with opened() as terminal:
        assert await terminal.says(*VALIDATE, "mpio01", "--force") == ""
        answer, _ = await terminal.run(*VALIDATE, "vscsi01", "--force")
        assert answer == Answer(1)


async def test_the_older_level_has_the_older_words(opened: Opener) -> None:
    """HSCLA246 as V8 puts it, and the options that V8 doesn't know."""
    async with opened(with_hmc(demo_fleet(), "hmc-oslo", version=8, release=8)) as terminal:
        _, text = await terminal.run(*VALIDATE, "normc01")
        assert text.startswith("Errors:\nHSCLA246  The HMC cannot communicate migration commands")
        answer, text = await terminal.run(*VALIDATE, "app01", "--affinity")
        assert (answer, "--affinity" in text) == (Answer(1), True)
