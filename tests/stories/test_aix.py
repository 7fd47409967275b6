"""Hosts that are logged in to by themselves: what they tell, through the real door."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.conftest import Json, Stage, staged, words

HOSTS = ("web01", "db01", "app01")


@pytest.fixture
async def hosts(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        await stage.start()
        yield stage


async def ask(stage: Stage, text: str, *, who: str = "requester") -> Json:
    assert (await stage.type(text, who=who, command="/aix"))["acked"]
    await stage.settled()
    return await stage.card()


async def test_several_hosts_answer_in_one_table(hosts: Stage) -> None:
    """Each by its own login, without an HMC; who doesn't answer is named, and the others' rows are there."""
    await hosts.fleet.refuse("app01")
    hosts.fleet.cut("app01")
    card = await ask(hosts, "level *")
    told = words(card)
    assert "2 of 3 hosts answered" in told
    assert told.count("7300-02-01-2346") == 2
    assert "I can't reach app01" in told
    assert sorted(each.host for each in hosts.fleet.ran if each.argv == ("oslevel", "-s")) == ["db01", "web01"]


async def test_a_mistyped_host_is_told_at_once(hosts: Stage) -> None:
    """To its asker alone, with the name that was meant; nothing is sent."""
    told = await hosts.refused("interfaces wbe01", command="/aix")
    assert "I know no host called wbe01" in told
    assert "Did you mean 'web01'" in told
    assert hosts.ran("ifconfig") == []


async def test_what_cant_be_read_is_no_answer(hosts: Stage) -> None:
    """A line that nobody knows is said to be one, and is no empty table."""
    hosts.fleet.fault("web01", matching="lsdev", raw=b"lsdev: 0514-516 Device configuration database lock timed out.\n")
    told = words(await ask(hosts, "disks web01"))
    assert "web01: no answer that can be read" in told
    assert "0514-516" in told
