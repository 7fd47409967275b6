"""Drift of VIOS through the real door: read through their HMC, what changed told once, and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lab.fleet.events import DiskChanged, PartitionStopped, PortMapped, RmcChanged, SeaChanged, TargetsRemoved
from bot.lab.fleet.storage import ReservePolicy
from bot.ledger import drift, incidents
from bot.ledger.proof import verify
from bot.settings import DriftSettings
from handlers.drift.source import Kind
from policies.alerts import Severity
from policies.incidents import Incident
from tests.stories.conftest import Stage, staged, words

VIOS = "p72vio1"


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches VIOS alone, and has seen one of them once; its own rounds come too late to be in the way."""
    async with staged(tmp_path / "data") as stage:
        stage.drift = DriftSettings(kinds=frozenset({Kind.VIOS}), every_by_hmc=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.assign()
        await stage.bot.drifting.look(VIOS)
        yield stage


async def looked(stage: Stage, name: str = VIOS) -> None:
    """An hour later it was looked at, and what was found had the time to settle."""
    await stage.later(hours=1)
    await stage.bot.drifting.look(name)
    await stage.later(seconds=61)


def active(stage: Stage) -> dict[str, Incident]:
    found = {each.key: each for each in stage.ledger.read_now(incidents.active)}
    return {key: each for key, each in found.items() if each.kind == "drift"}


async def done(stage: Stage, text: str) -> str:
    """Typed, agreed to by another person, and done; all that stands in its card."""
    assert (await stage.type(text, command="/drift"))["acked"]
    await stage.settled()
    await stage.approve()
    await stage.settled()
    return words(await stage.card())


def sent(stage: Stage, verb: str) -> list[str]:
    lines = [each.argv[-1] for each in stage.fleet.ran if each.argv[0] == "viosvrcmd"]
    return [line for line in lines if line.startswith(verb)]


async def test_first_sight_of_a_vios_is_proposed_and_nobody_is_told(watched: Stage) -> None:
    """Every question has an answer; the audit tells of which VIOS it reads; what was read again is no news."""
    found = watched.ledger.read_now(lambda db: drift.baseline(db, VIOS))
    assert found is not None
    assert found.proposed
    assert {
        "ioslevel", "vios-devices", "vscsi", "npiv", "bridges", "optimizenet", "firewall", "routes",
        "vios-attributes:ent4", "vios-attributes:hdisk1", "vios-attributes:fscsi0",
    } <= found.parts.keys()  # fmt: skip
    await looked(watched)
    assert active(watched) == {}
    assert found == watched.ledger.read_now(lambda db: drift.baseline(db, VIOS))
    query = "SELECT body ->> 'about', host FROM audit WHERE action = 'watch-begun'"
    assert watched.ledger.read_now(lambda db: [tuple(row) for row in db.execute(query)]) == [(VIOS, "hmc-oslo")]
    assert verify(watched.folder).row is None


async def test_a_mapping_that_vanished_is_serious_and_told_once(watched: Stage) -> None:
    """With the operation that maps it again, as no one command may; further looks say nothing more."""
    watched.fleet.happen(TargetsRemoved(system="p72", partition=VIOS, targets=frozenset({"web01_rvg"})))
    await looked(watched)
    (incident,) = active(watched).values()
    (symptom,) = incident.symptoms
    assert symptom.said == "vscsi/web01_rvg is gone, was hdisk1 by slot C14, LUN 0x8100000000000000"
    assert symptom.severity is Severity.SERIOUS
    assert "`/vios map-disk` with hdisk1, vhost0 and name=web01_rvg hands it out again" in symptom.then
    events = len(watched.ledger.read_now(lambda db: incidents.events(db, incident.number)))
    await looked(watched)
    assert len(watched.ledger.read_now(lambda db: incidents.events(db, incident.number))) == events
    assert (await watched.type(f"revert {VIOS} vscsi/web01_rvg", command="/drift"))["acked"]
    await watched.settled()
    assert "has no way back" in words(await watched.card())
    assert sent(watched, "mkvdev") == []


async def test_a_client_that_goes_down_is_no_drift_and_a_port_that_moved_is(watched: Stage) -> None:
    """Who is logged in comes and goes; which port an adapter leads to doesn't by itself."""
    watched.fleet.happen(PartitionStopped(system="p72", partition="db01"))
    await looked(watched)
    assert active(watched) == {}
    watched.fleet.happen(PortMapped(system="p72", partition=VIOS, vfchost="vfchost0", port="fcs1"))
    await looked(watched)
    (incident,) = active(watched).values()
    (symptom,) = incident.symptoms
    assert symptom.said == "npiv/C53 fcs0 → fcs1"
    assert "`/vios map-npiv` with vfchost0 and fcs0" in symptom.then


async def test_an_attribute_is_set_back_as_padmin_and_the_incident_ends(watched: Stage) -> None:
    """The command is derived from the difference, agreed to, sent once through the HMC, and read again."""
    watched.fleet.happen(
        DiskChanged(system="p72", partition=VIOS, disk="hdisk1", reserve_policy=ReservePolicy.SINGLE_PATH)
    )
    watched.fleet.happen(SeaChanged(system="p72", partition=VIOS, sea="ent4", settings=(("largesend", "0"),)))
    await looked(watched)
    (incident,) = active(watched).values()
    told = {each.about: each for each in incident.symptoms}
    assert told.keys() == {"vios-attributes:hdisk1/reserve_policy", "vios-attributes:ent4/largesend"}
    assert "two VIOS serve one disk" in told["vios-attributes:hdisk1/reserve_policy"].then
    card = await done(watched, f"revert {VIOS} vios-attributes:hdisk1/reserve_policy")
    assert "set back to no_reserve" in card
    assert "set back to 1" in await done(watched, f"revert {VIOS} vios-attributes:ent4/largesend")
    assert sent(watched, "chdev") == [
        "chdev -dev hdisk1 -attr reserve_policy=no_reserve -perm", "chdev -dev ent4 -attr largesend=1",
    ]  # fmt: skip
    await looked(watched)
    assert active(watched) == {}


async def test_what_a_sea_bridges_is_left_to_the_operations_on_seas(watched: Stage) -> None:
    """One `chdev` on one of a pair can be an outage: the mode is set on both, in order."""
    watched.fleet.happen(SeaChanged(system="p72", partition=VIOS, sea="ent4", control_channel=""))
    await looked(watched)
    (incident,) = active(watched).values()
    (symptom,) = (each for each in incident.symptoms if each.about == "vios-attributes:ent4/ctl_chan")
    assert symptom.severity is Severity.SERIOUS
    assert "There is no way back: it decides what the SEA bridges" in symptom.then


async def test_a_vios_that_cant_be_reached_over_rmc_is_out_and_keeps_its_baseline(watched: Stage) -> None:
    """One symptom and not sixty; what was wrong with it before still is."""
    watched.fleet.happen(TargetsRemoved(system="p72", partition=VIOS, targets=frozenset({"web01_rvg"})))
    await looked(watched)
    watched.fleet.happen(RmcChanged(system="p72", partition=VIOS, rmc_state="inactive"))
    await looked(watched)
    (incident,) = active(watched).values()
    assert [each.rule for each in incident.symptoms] == ["drift-gone", "host-unreachable"]
    assert "p72vio1 can't be asked: " in incident.symptoms[1].said
    found = watched.ledger.read_now(lambda db: drift.baseline(db, VIOS))
    assert found is not None
    assert found.version == 1


async def test_a_difference_of_a_vios_is_accepted_by_its_name(watched: Stage) -> None:
    """As of any other host; what isn't watched is told with what is."""
    watched.fleet.happen(TargetsRemoved(system="p72", partition=VIOS, targets=frozenset({"web01_rvg"})))
    await looked(watched)
    await done(watched, f'accept {VIOS} vscsi/web01_rvg reason="web01 has it by NPIV now"')
    await watched.bot.drifting.notice()
    assert active(watched) == {}
    told = await watched.refused("revert p72vio9 vscsi/web01_rvg", command="/drift")
    assert "I know nothing called p72vio9" in told
    assert "Did you mean 'p72vio" in told


async def test_what_we_unmapped_ourselves_is_explained_by_the_request(watched: Stage) -> None:
    """Nobody is woken by what two people agreed to."""
    await watched.bot.drifting.look("p75vio2")
    assert (await watched.type("unmap p75vio2 billing01_rvg", command="/vios"))["acked"]
    await watched.settled()
    await watched.approve()
    await watched.approve(who="lead")
    await watched.settled()
    assert sent(watched, "rmvdev") == ["rmvdev -vtd billing01_rvg"]
    await looked(watched, "p75vio2")
    (symptom,) = active(watched)["drift/p75vio2"].symptoms
    assert symptom.severity is Severity.NOTE
    assert "explained by #1, /vios unmap p75vio2 billing01_rvg" in symptom.said


async def test_after_a_restart_what_is_open_of_a_vios_stays_until_it_isnt_watched(watched: Stage) -> None:
    """At the start nobody knows yet which VIOS there are: that ends nothing; the configuration does."""
    watched.fleet.happen(TargetsRemoved(system="p72", partition=VIOS, targets=frozenset({"web01_rvg"})))
    await looked(watched)
    await watched.stop()
    await watched.start()
    await looked_again(watched)
    assert active(watched).keys() == {f"drift/{VIOS}"}
    await watched.stop()
    watched.drift = DriftSettings(kinds=frozenset({Kind.AIX}))
    await watched.start()
    await watched.bot.drifting.assign()
    assert active(watched) == {}


async def test_what_is_accepted_after_a_restart_is_noticed_without_another_look(watched: Stage) -> None:
    """A VIOS is read once a day: nobody waits for that, whenever hscbot was started anew in between."""
    watched.fleet.happen(TargetsRemoved(system="p72", partition=VIOS, targets=frozenset({"web01_rvg"})))
    await looked(watched)
    await watched.stop()
    await watched.start()
    await watched.bot.drifting.assign()
    reads = len(watched.fleet.ran)
    await watched.bot.drifting.notice()
    assert active(watched).keys() == {f"drift/{VIOS}"}
    await done(watched, f'accept {VIOS} vscsi/web01_rvg reason="web01 has it by NPIV now"')
    await watched.bot.drifting.notice()
    assert active(watched) == {}
    assert [each for each in watched.fleet.ran[reads:] if each.argv[0] == "viosvrcmd"] == []


async def test_what_went_with_a_partition_that_we_migrated_is_explained_on_every_vios(watched: Stage) -> None:
    """What each handed out, or does now, to that client; to another one nothing is explained by it."""
    each_vios = (VIOS, "p72vio2", "p75vio1", "p75vio2")
    for name in each_vios[1:]:
        await watched.bot.drifting.look(name)
    await watched.type("migrate db01 p72 p75", command="/lpm")
    await watched.settled()
    await watched.approve()
    watched.fleet.happen(PortMapped(system="p72", partition=VIOS, vfchost="vfchost1", port="fcs1"))
    for name in each_vios:
        await looked(watched, name)
    told = {name: active(watched)[f"drift/{name}"].symptoms for name in each_vios}
    other = next(each for each in told[VIOS] if each.about == "npiv/C61")
    assert other.severity is Severity.SERIOUS
    assert other.said.startswith("npiv/C61 fcs0 → fcs1; meanwhile ran #1, /lpm migrate db01 p72 p75")
    moved = [each for some in told.values() for each in some if each is not other]
    assert {each.about for each in moved} == {"npiv/C53", "npiv/C100"}
    assert all(each.severity is Severity.NOTE and ", explained by #1" in each.said for each in moved)


async def looked_again(stage: Stage) -> None:
    await stage.bot.drifting.assign()
    await looked(stage)
