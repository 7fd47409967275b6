"""A partition before and after a migration that we ran, through the real door: told once, in its thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.lab.fleet.events import (
    AdapterAdded,
    AdapterRemoved,
    PartitionRemoved,
    PartitionStopped,
    ResourcesChanged,
    Tuned,
)
from bot.lab.fleet.operating import Setting
from bot.settings import DriftSettings
from handlers.drift.managed import argv
from handlers.drift.moved import LISTS
from handlers.drift.source import Kind
from tests.stories.conftest import Stage, on_the_machine, staged, words

GO = "migrate db01 p72 p75"
TOLD = "db01 before and after"


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches the host that is to move, and has seen it once."""
    async with staged(tmp_path / "data", aix=("db01",)) as stage:
        stage.drift = DriftSettings(every=7 * 86_400, kinds=frozenset({Kind.AIX}))
        await stage.start()
        await stage.bot.drifting.round()
        yield stage


def tuned(stage: Stage, system: str, value: str) -> None:
    setting = Setting(command="no", name="tcp_sendspace", current=value, reboot=value)
    stage.fleet.happen(Tuned(system=system, partition="db01", settings=(setting,)))


async def compared(stage: Stage) -> list[str]:
    """What stands of it in the migration's thread, once the watch has looked."""
    await stage.bot.moves.notice()
    await stage.settled()
    return [text for each in await stage.replies() if TOLD in (text := words(each))]


async def test_a_partition_that_is_set_as_before_is_told_once_as_such(watched: Stage) -> None:
    """That nothing differs is told too; and once, however often it is looked and over a restart."""
    await watched.ask(GO)
    assert await compared(watched) == []
    await watched.approve()
    (text,) = await compared(watched)
    assert "nothing of " in text
    await watched.later(hours=1)
    assert len(await compared(watched)) == 1
    await watched.stop()
    await watched.start()
    assert len(await compared(watched)) == 1
    assert (await watched.type("history db01", command="/drift"))["acked"]
    await watched.settled()
    assert "#1: db01 before and after: nothing of" in (await watched.whispers())[-1]


async def test_what_was_set_before_it_is_not_blamed_on_it_and_what_is_another_after_it_is_told(watched: Stage) -> None:
    """It is read once more while the migration waits for its votes."""
    tuned(watched, "p72", "65536")
    await watched.ask(GO)
    assert await compared(watched) == []
    await watched.approve()
    tuned(watched, "p75", "131072")
    (text,) = await compared(watched)
    assert "1 of " in text
    assert "no/tcp_sendspace 65536 → 131072" in text


async def test_a_host_that_cant_be_asked_after_it_is_asked_again_and_told_as_such_in_the_end(watched: Stage) -> None:
    """Nobody is told that nothing differs where nobody has looked."""
    await watched.ask(GO)
    await watched.approve()
    watched.fleet.happen(PartitionStopped(system="p75", partition="db01"))
    assert await compared(watched) == []
    await watched.stop()
    await watched.start()
    await watched.later(hours=7)
    await watched.bot.moves.notice()
    await watched.settled()
    assert "db01 couldn't be asked since its migration" in words((await watched.replies())[-1])


@pytest.fixture
async def listed(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches managed systems and has no login on the partition that is to move."""
    async with staged(tmp_path / "data") as stage:
        stage.drift = DriftSettings(kinds=frozenset({Kind.SYSTEM}), every_by_hmc=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.assign()
        yield stage


async def test_a_partition_that_hmcs_alone_know_is_told_as_set_as_before(listed: Stage) -> None:
    """Each side is read by its few lists, once; who serves its adapters there, and its id, are no difference."""
    await listed.ask(GO)
    assert await compared(listed) == []
    await listed.approve()
    (text,) = await compared(listed)
    assert "nothing of " in text
    assert "but for what comes with another managed system" in text
    for system in ("p72", "p75"):
        asked = [each.argv for each in listed.fleet.ran if "-F" not in each.argv and system in each.argv]
        for name in LISTS:
            assert asked.count(argv(name, system)) == 1, (name, system)
    await listed.stop()
    await listed.start()
    assert len(await compared(listed)) == 1


async def test_what_of_a_partition_isnt_as_before_on_the_other_managed_system_is_told(listed: Stage) -> None:
    """Memory, and an adapter that is lost; whatever was set before it stands by what is read while it waits."""
    await listed.bot.drifting.round()
    listed.fleet.happen(ResourcesChanged(system="p72", partition="db01", mem=20_480))
    await listed.ask("migrate db01 p75")
    assert await compared(listed) == []
    await listed.approve()
    listed.fleet.happen(ResourcesChanged(system="p75", partition="db01", mem=8_192))
    (text,) = await compared(listed)
    assert "1 of " in text
    assert "memory:db01/curr_mem 20480 → 8192" in text


async def test_a_mac_address_that_isnt_what_it_was_is_told(listed: Stage) -> None:
    """An HMC makes another for an adapter that is made again; a slot and a VLAN alone wouldn't show it."""
    await listed.ask(GO)
    await compared(listed)
    await listed.approve()
    db01 = listed.fleet.fleet.systems["p75"].partition("db01")
    assert db01 is not None
    (adapter,) = db01.ethernet
    again = replace(adapter, mac="FA0000000001")
    listed.fleet.happen(AdapterRemoved(system="p75", partition="db01", adapter=adapter.name))
    listed.fleet.happen(AdapterAdded(system="p75", partition="db01", adapter=again))
    (text,) = await compared(listed)
    assert "1 of " in text
    assert ", MAC FA0000000001" in text


async def test_lists_that_cant_be_read_are_told_as_such(listed: Stage) -> None:
    """Nothing is taken for alike where the HMC told nothing of it."""
    await listed.ask(GO)
    await compared(listed)
    await listed.approve()
    listed.fleet.fault("hmc-oslo", matching="lshwres -r mem --level lpar -m p75", raw=b"HSCL1234 no\n", exit_status=1)
    (text,) = await compared(listed)
    assert "Not read since, so nobody knows: memory" in text


async def test_a_partition_that_nobody_lists_any_more_is_told_as_such_in_the_end(listed: Stage) -> None:
    """It is asked for again and again, and after hours nobody is told that it is as it was. It came by its id."""
    db01 = listed.fleet.fleet.systems["p72"].partition("db01")
    assert db01 is not None
    await listed.bot.drifting.round()
    await listed.ask(f"migrate id={db01.lpar_id} source=p72 destination=p75")
    assert await compared(listed) == []
    await listed.approve()
    listed.fleet.happen(PartitionStopped(system="p75", partition="db01"))
    listed.fleet.happen(PartitionRemoved(system="p75", partition="db01"))
    assert await compared(listed) == []
    await listed.stop()
    await listed.start()
    await listed.bot.drifting.assign()
    await listed.later(hours=7)
    await listed.bot.moves.notice()
    await listed.settled()
    assert "db01 by its HMC couldn't be read since its migration" in words((await listed.replies())[-1])


async def test_a_host_and_its_partition_are_one_message(tmp_path: Path) -> None:
    """What the host tells of itself and what HMCs tell of it stand together, an adapter that is lost among it."""
    async with staged(tmp_path / "data", aix=("db01",)) as stage:
        stage.drift = DriftSettings(kinds=frozenset({Kind.AIX, Kind.SYSTEM}), every=7 * 86_400, every_by_hmc=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.assign()
        await stage.ask(GO)
        assert await compared(stage) == []
        await stage.approve()
        tuned(stage, "p75", "131072")
        lost = ("-m", "p75", "-o", "r", "-p", "db01", "-s", "2")
        unplugged = ("chhwres", "-r", "virtualio", "--rsubtype", "eth", *lost)
        assert await on_the_machine(stage.hosts["hmc-oslo"], *unplugged) == b""
        (text,) = await compared(stage)
        assert "no/tcp_sendspace" in text
        assert "devices/ent0 is gone" in text
        assert "ethernet:db01/slot 2 is gone" in text
