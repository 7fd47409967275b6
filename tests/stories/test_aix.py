"""Hosts that are logged in to by themselves: what they tell and what is changed there, through the real door."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.lab.demo import demo_policy
from bot.ledger import outputs
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


@pytest.mark.parametrize(
    "rest",
    [{"exit_status": 1}, {"exit_status": 127, "raw": b"DB_PASSWORD=hunter2: not found\n"},
     {"raw": b"PATH=/usr/bin\nDB_PASSWORD=a\nhunter2\n"}, {"raw": b"DB_PASSWORD=hunter2\xff\n"}],
)  # fmt: skip
async def test_what_may_be_a_secret_is_kept_nowhere_when_it_fails(hosts: Stage, rest: dict[str, Any]) -> None:
    """What is printed in front of a bad end, or in another form, is no less a secret."""
    hosts.fleet.fault("web01", matching="env", **{"raw": b"PATH=/usr/bin\nDB_PASSWORD=hunter2\n", **rest})
    card = await ask(hosts, "environment web01")
    assert "no answer that can be read" in words(card) or "couldn't be read" in words(card), words(card)
    said = [body for table in ("audit", "outbox", "request") for body in hosts.rows(f"SELECT * FROM {table}")]
    assert "hunter2" not in f"{said} {await hosts.people.messages('power-ops')}"


async def test_what_may_be_a_secret_is_kept_nowhere(hosts: Stage) -> None:
    """Of an environment only what is known to be no secret is shown; the answer stands in no row and in no log."""
    hosts.fleet.fault("web01", matching="env", raw=b"PATH=/usr/bin\nDB_PASSWORD=hunter2\n")
    card = await ask(hosts, "environment web01")
    assert "DB_PASSWORD" in words(card)
    assert "hidden" in words(card)
    kept = [zlib.decompress(raw) for (raw,) in hosts.rows("SELECT bytes FROM output")]
    said = [body for table in ("audit", "outbox", "request") for body in hosts.rows(f"SELECT * FROM {table}")]
    assert "hunter2" not in f"{kept} {said} {await hosts.people.messages('power-ops')}"
    ((seq,),) = hosts.rows("SELECT seq FROM audit WHERE action = 'answered' AND body ->> 'kept' IS NOT NULL")
    assert await hosts.ledger.read(lambda db: outputs.place(db, seq).endswith(outputs.CONFIDENTIAL))


# ── changes ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def approved(stage: Stage, *who: str) -> Json:
    for each in who:
        await stage.click("vote.approve", who=each)
    await stage.settled()
    return await stage.card()


async def test_a_change_is_asked_for_run_once_and_verified(hosts: Stage) -> None:
    """Its plan shows the command on that host; approved, it is sent once, and what is read afterwards is told."""
    card = words(await ask(hosts, "set-tunable web01 no tcp_keepidle 600"))
    assert "no -p -o tcp_keepidle=600" in card
    assert hosts.ran("no", "-p") == []
    told = words(await approved(hosts, "approver"))
    assert "web01: verified: tcp_keepidle goes from 14400 to 600" in told
    assert [each.host for each in hosts.fleet.ran if each.argv[:2] == ("no", "-p")] == ["web01"]
    assert [row["host"] for row in hosts.audit("sending") if row["argv"][:2] == ["no", "-p"]] == ["web01"]


async def test_the_interface_by_which_we_come_is_refused(hosts: Stage) -> None:
    """Nobody is asked to approve it, and nothing is sent."""
    told = words(await ask(hosts, "detach web01 en0"))
    assert "can't: hscbot doesn't come in over en0" in told
    assert hosts.ran("ifconfig", "en0") == []


async def test_exiting_well_is_not_the_end_on_a_host(hosts: Stage) -> None:
    """A command that says that all is well and changes nothing is a failure, in the host's own words."""
    await ask(hosts, "largesend web01 en0 at=now")
    hosts.fleet.fault("web01", matching="largesend", raw=b"", exit_status=0)
    told = words(await approved(hosts, "approver"))
    assert "it exited well, and yet: largesend of en0 is off now" in told


async def test_rules_for_a_frame_hold_for_its_hosts(hosts: Stage) -> None:
    """A deny for the managed system, or for the partition, keeps a change from the host that is on it."""
    rule = 'name = "p72 is frozen"\noperations = ["aix.*"]\ntargets = ["p72"]\nwho = ["*"]\nverdict = "deny"'
    await hosts.put_in_force(f"{demo_policy()}\n[[rules]]\n{rule}\n")
    told = "".join(await hosts.whispers()) + words(await ask_any(hosts, "scan web01"))
    assert "p72 is frozen" in told
    assert hosts.ran("cfgmgr") == []


async def ask_any(stage: Stage, text: str) -> Json:
    """Whatever answers it: a card, or what its asker alone sees."""
    before = len((await stage.people.inbox("requester"))["ephemeral"])
    assert (await stage.type(text, command="/aix"))["acked"]
    await stage.settled()
    whispered: list[Json] = (await stage.people.inbox("requester"))["ephemeral"][before:]
    return whispered[-1] if whispered else await stage.card()
