"""Drift of managed systems through the real door: what their HMC lists, what an activation brings, and the way back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lab.fleet.events import PartitionStopped, RmcChanged, SystemStateChanged
from bot.ledger import drift, incidents, requests
from bot.ledger.proof import verify
from bot.settings import DriftSettings
from handlers.drift.managed import LISTS
from handlers.drift.source import Kind
from policies.incidents import Incident
from tests.stories.conftest import Stage, on_the_machine, staged, words

HMC = "hmc-oslo"
SAVE = ("mksyscfg", "-r", "prof", "-m", "p72", "-o", "save", "-p", "db01", "-n", "default_profile", "--force")
MORE = ("chhwres", "-r", "mem", "-m", "p72", "-o", "a", "-p", "db01", "-q", "4096")


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches managed systems alone, db01's profile written down; its own rounds come too late."""
    async with staged(tmp_path / "data") as stage:
        stage.drift = DriftSettings(kinds=frozenset({Kind.SYSTEM}), every_by_hmc=7 * 86_400)
        await typed(stage, *SAVE)
        await stage.start()
        await stage.bot.drifting.round()
        yield stage


async def typed(stage: Stage, *argv: str) -> None:
    """By somebody who logs in to the HMC and succeeds."""
    assert await on_the_machine(stage.hosts[HMC], *argv) == b""


async def looked(stage: Stage) -> None:
    await stage.later(hours=1)
    await stage.bot.drifting.round()
    await stage.later(seconds=61)


def active(stage: Stage) -> dict[str, Incident]:
    return {each.key: each for each in stage.ledger.read_now(incidents.active)}


def told(stage: Stage, host: str = "p72") -> list[tuple[str, str]]:
    return [(each.rule, each.said) for each in active(stage)[f"drift/{host}"].symptoms]


async def done(stage: Stage, text: str, command: str = "/drift") -> str:
    """Typed, agreed to by another person, and done; all that stands in its card."""
    assert (await stage.type(text, command=command))["acked"]
    await stage.settled()
    await stage.approve()
    await stage.settled()
    return words(await stage.card())


async def test_first_sight_is_a_baseline_and_a_look_costs_one_command_for_each_list(watched: Stage) -> None:
    """However many partitions there are; nobody is told anything, and power states change nothing."""
    lists = [each.argv for each in watched.fleet.ran if "p72" in each.argv and each.argv[0].startswith("ls")]
    # The inventory lists partitions by itself, with -F; a level belongs to an HMC and not to the system.
    assert len([each for each in lists if "-F" not in each]) == len(LISTS) - 1
    found = watched.ledger.read_now(lambda db: drift.baseline(db, "p72"))
    assert found is not None
    assert {"partitions", "system", "firmware", "console:hmc-oslo", "memory:db01", "fc:db01"} <= found.parts.keys()
    watched.fleet.happen(PartitionStopped(system="p72", partition="web01"))
    watched.fleet.happen(RmcChanged(system="p72", partition="app01", rmc_state="inactive"))
    await looked(watched)
    assert active(watched) == {}


async def test_what_is_added_and_not_saved_is_told_once_as_going_with_the_next_activation(watched: Stage) -> None:
    """It is one finding, however often it is read; a profile that is brought along leaves the change as such, and what
    somebody accepts is silent."""
    await typed(watched, *MORE)
    await looked(watched)
    said = "memory:db01/curr_mem 16384 → 20480, and will be 16384 after the next activation"
    assert told(watched) == [("drift-boot", said)]
    (incident,) = active(watched).values()
    events = len(watched.ledger.read_now(lambda db: incidents.events(db, incident.number)))
    for _ in range(2):
        await looked(watched)
    assert len(watched.ledger.read_now(lambda db: incidents.events(db, incident.number))) == events
    await typed(watched, *SAVE)
    await looked(watched)
    assert told(watched) == [("drift-changed", "memory:db01/curr_mem 16384 → 20480")]
    await done(watched, 'accept p72 memory:db01/curr_mem reason="it needs that much"')
    await watched.bot.drifting.notice()
    assert active(watched) == {}


async def test_revert_gives_back_by_the_operation_that_takes(watched: Stage) -> None:
    """The memory that was added is taken away again, with that operation's guards; and read again, as ever."""
    await typed(watched, *MORE)
    await looked(watched)
    card = await done(watched, "revert p72 memory:db01/curr_mem")
    assert "is set back to 16384" in card
    assert watched.ran("chhwres")[1:] == [("chhwres", "-r", "mem", "-m", "p72", "-o", "r", "-p", "db01", "-q", "4096")]
    await looked(watched)
    assert active(watched) == {}


async def test_a_profile_that_alone_is_otherwise_is_written_from_what_runs(watched: Stage) -> None:
    """Somebody edits the profile: what will come is told; the way back says that the whole profile is written."""
    changed = "name=default_profile,lpar_name=db01,desired_mem=8192"
    await typed(watched, "chsyscfg", "-r", "prof", "-m", "p72", "-i", changed)
    await looked(watched)
    said = "memory:db01/curr_mem is 16384, and will be 8192 after the next activation"
    assert told(watched) == [("drift-boot", said)]
    (symptom,) = active(watched)["drift/p72"].symptoms
    assert "memory in MB that it has" in symptom.then
    card = await done(watched, "revert p72 memory:db01/curr_mem")
    assert "its profile default_profile is all that db01 runs with then" in card
    assert watched.ran("mksyscfg")[1:] == [
        ("mksyscfg", "-r", "prof", "-o", "save", "-p", "db01", "-n", "default_profile", "--force", "-m", "p72")
    ]
    await looked(watched)
    assert active(watched) == {}
    assert verify(watched.folder).row is None


async def test_what_else_the_profile_holds_is_shown_and_is_what_was_agreed_to(watched: Stage) -> None:
    """It goes with it: who agrees sees it, and what somebody adds to the profile afterwards is left alone."""
    edit = ("chsyscfg", "-r", "prof", "-m", "p72", "-i")
    await typed(watched, *edit, "name=default_profile,lpar_name=db01,desired_mem=8192,desired_procs=3")
    await looked(watched)
    assert (await watched.type("revert p72 memory:db01/curr_mem", command="/drift"))["acked"]
    await watched.settled()
    plan = watched.ledger.read_now(lambda db: requests.get(db, 1)).plan
    assert plan is not None
    procs = [each.value for each in plan.facts if each.name == "default_profile has of processors:db01/curr_procs"]
    assert len(procs) == 1
    assert procs[0].startswith("3; ")
    await typed(watched, *edit, "name=default_profile,lpar_name=db01,desired_proc_units=1.5")
    await watched.approve()
    await watched.settled()
    assert "the plan is not the approved one any more" in words(await watched.card())
    assert watched.ran("mksyscfg")[1:] == []


async def test_an_attribute_goes_back_by_chsyscfg_and_an_adapter_by_hand(watched: Stage) -> None:
    """What no one command sets is told as such, and nothing is sent."""
    await typed(watched, "chsyscfg", "-r", "lpar", "-m", "p72", "-i", "name=p72vio1,msp=0")
    adapter = ("-p", "db01", "-s", "9", "-a", "port_vlan_id=10,ieee_virtual_eth=0")
    await typed(watched, "chhwres", "-r", "virtualio", "--rsubtype", "eth", "-m", "p72", "-o", "a", *adapter)
    await looked(watched)
    assert told(watched) == [
        (
            "drift-boot",
            "ethernet:db01/slot 9 is new: VLAN 10, on ETHERNET0, and will be nothing after the next activation",
        ),
        ("drift-changed", "lpar:p72vio1/msp 1 → 0"),
    ]
    assert "is set back to 1" in await done(watched, "revert p72 lpar:p72vio1/msp")
    sent = len(watched.ran("chhwres"))
    assert (await watched.type('revert p72 "ethernet:db01/slot 9"', command="/drift"))["acked"]
    await watched.settled()
    assert "has no way back" in words(await watched.card())
    assert len(watched.ran("chhwres")) == sent
    await looked(watched)
    assert [each for each, _ in told(watched)] == ["drift-boot"]


async def test_a_partition_that_we_migrated_is_one_finding_that_explains_itself(watched: Stage) -> None:
    """Of everything that left with it, and on the system where it is now."""
    await done(watched, "migrate db01 p72 p75", command="/lpm")
    await looked(watched)
    (gone,), (new,) = (active(watched)[f"drift/{system}"].symptoms for system in ("p72", "p75"))
    assert gone.said.startswith("partitions/db01 is gone, was aixlinux, explained by #1, /lpm migrate db01 p72 p75")
    assert new.said.startswith("partitions/db01 is new: aixlinux, explained by #1")


async def test_what_an_hmc_doesnt_list_keeps_its_baseline(watched: Stage) -> None:
    """A system that is unreadable in part is told in part; nothing of it is gone."""
    await typed(watched, *MORE)
    await looked(watched)
    before = watched.ledger.read_now(lambda db: drift.baseline(db, "p72"))
    watched.fleet.happen(SystemStateChanged(system="p72", state="Power Off"))
    await looked(watched)
    assert [rule for rule, _ in told(watched)] == ["drift-boot", "unreadable"]
    assert watched.ledger.read_now(lambda db: drift.baseline(db, "p72")) == before


async def test_what_runs_of_a_partition_that_is_off_isnt_set_back(watched: Stage) -> None:
    """It is told as such before anybody is asked; what it last ran with still counts as a difference."""
    await typed(watched, *MORE)
    await looked(watched)
    watched.fleet.happen(PartitionStopped(system="p72", partition="db01"))
    await looked(watched)
    assert [rule for rule, _ in told(watched)] == ["drift-boot"]
    assert (await watched.type("revert p72 memory:db01/curr_mem", command="/drift"))["acked"]
    await watched.settled()
    assert "memory:db01 isn't told now: db01 is off, or isn't on p72" in words(await watched.card())
    assert len(watched.ran("chhwres")) == 1
