"""SEAs built and taken apart through the real door, on a frame that has adapters and a port to spare."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.ethernet import PhysicalEthernet, SeaState, VirtualEthernet
from bot.lab.fleet.events import AdapterAdded, SeaChanged
from bot.lab.fleet.model import Fleet, Partition
from bot.settings import WatchSettings
from tests.stories.conftest import Json, Stage, buttons, staged, words
from tests.stories.test_sea_changes import approved, ask, states

SHARED = (SeaState.PRIMARY_SH, SeaState.BACKUP_SH)
WHY = 'reason="it is not needed any more"'


def spare(vios: Partition, priority: int) -> Partition:
    """Two trunks for the SEA that is there, and a port, two trunks and a control channel for another."""
    wanted = (
        (3, (33,), priority),
        (4, (44, 333), priority),
        (5, (55,), priority),
        (6, (66,), priority),
        (98, (), None),
    )
    more = tuple(
        VirtualEthernet(
            name=f"ent{number}",
            slot=number,
            mac=f"76AAAA{priority:02X}{number:04X}",
            pvid=pvid,
            tagged=tags,
            trunk_priority=rank,
        )
        for number, (pvid, tags, rank) in enumerate(wanted, 5)
    )
    port = PhysicalEthernet(name="ent10", location=f"U78D9.001.SPARE-P1-C{priority}-T1", mac=f"00AAAA{priority:06X}")
    return replace(vios, ethernet=(*vios.ethernet, *more), vios=replace(vios.io, ports=(*vios.io.ports, port)))


def fleet() -> Fleet:
    """The demo's, with that on both VIOS of p72."""
    found = demo_fleet()
    frame = found.systems["p72"]
    for priority, name in enumerate(("p72vio1", "p72vio2"), 1):
        partition = frame.partition(name)
        assert partition is not None
        frame = frame.with_partition(spare(partition, priority))
    return replace(found, systems={**found.systems, "p72": frame})


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path / "data", fleet=fleet()) as stage:
        await stage.start()
        yield stage


def sent(stage: Stage, verb: str) -> list[tuple[str, str]]:
    ran = [argv for argv in stage.ran("viosvrcmd") if argv[-1].startswith(verb)]
    return [(argv[4], argv[-1]) for argv in ran]


async def click(stage: Stage, card: Json, label: str, *who: str) -> Json:
    """A next step taken, and approved."""
    await stage.click(buttons(card)[label], who="requester", card=card)
    await stage.settled()
    return await approved(stage, *who)


async def test_trunks_are_added_on_one_side_and_then_on_the_other(site: Stage) -> None:
    """After the first the mate's are offered; after the second both share out what there is now."""
    await ask(site, "add-trunks p72vio1 ent4 p72 ent5,ent6")
    card = await approved(site)
    assert (
        "ent4 of p72vio1 has ent1, ent2, ent5, ent6; ent4 of p72vio2 still lacks VLAN 3, 4, 33, 44, 333" in card["text"]
    )
    card = await click(site, card, "Add them on p72vio2")
    line = "chdev -dev ent4 -attr virt_adapters=ent1,ent2,ent5,ent6"
    assert sent(site, "chdev") == [("p72vio1", line), ("p72vio2", line)]
    assert card["text"].endswith("ent4 of p72vio2 has ent1, ent2, ent5, ent6")
    assert states(site) == SHARED


async def test_a_pair_is_created_and_taken_apart_again(site: Stage) -> None:
    """The second joins the first and they share; the primary goes first, its mate carries, and then it goes too."""
    made = "p72 ent10 ent7,ent8 ent7 5 mode=sharing control=ent9"
    await ask(site, f"create p72vio1 {made}")
    card = await approved(site)
    assert "ent11 of p72vio1 is made: ent11 PRIMARY bridging All, mode Sharing, link up" in card["text"]
    await ask(site, f"create p72vio2 {made}")
    card = await approved(site)
    assert "ent11 of p72vio2 is made: ent11 BACKUP_SH bridging Partial, mode Sharing, link up" in card["text"]
    line = "mkvdev -sea ent10 -vadapter ent7,ent8 -default ent7 -defaultid 5 -attr ha_mode=sharing ctl_chan=ent9"
    assert sent(site, "mkvdev") == [("p72vio1", line), ("p72vio2", line)]

    card = await ask(site, f"remove p72vio2 ent11 p72 {WHY}")
    assert "of a pair that shares the primary goes first" in card["text"]
    await ask(site, f"remove p72vio1 ent11 p72 {WHY}")
    card = await approved(site, "approver", "lead")
    assert card["text"].endswith("ent11 of p72vio1 is removed; ent11 of p72vio2 carries everything")
    assert sent(site, "rmdev") == [("p72vio1", "rmdev -dev ent11")]
    assert "Create it again" in buttons(card)
    await ask(site, f"remove p72vio2 ent11 p72 {WHY}")
    card = await approved(site, "approver", "lead")
    assert card["text"].endswith("ent11 of p72vio2 is removed; nothing bridges in its place"), "nobody was on it"


async def test_what_a_request_of_ours_builds_is_watched_from_the_next_look_on(tmp_path: Path) -> None:
    """It is searched for as soon as the request is over, not when the time for that comes; and so is what went."""
    query = "SELECT key FROM watch_thing WHERE system = 'p72' AND gone_at IS NULL ORDER BY key"
    async with staged(tmp_path / "data", fleet=fleet()) as stage:
        stage.watch = WatchSettings(every=3600, floor=3600)
        await stage.start()
        await stage.bot.watch.round()
        before = stage.rows(query)
        await ask(stage, "create p72vio1 p72 ent10 ent7,ent8 ent7 5 mode=auto control=ent9")
        await approved(stage)
        await stage.later(seconds=2)
        await stage.bot.watch.round()
        assert stage.rows(query) == [*before, ("sea/p72/p72vio1/ETHERNET0/5",)]
        await ask(stage, f"remove p72vio1 ent11 p72 {WHY}")
        await approved(stage, "approver", "lead")
        await stage.later(seconds=2)
        await stage.bot.watch.round()
        assert stage.rows(query) == before
        await stage.settled()
        told = stage.rows("SELECT said FROM watch_change WHERE kind = 'gone'")
        assert "explained by #2, /sea remove p72vio1 ent11 p72" in told[0][0]


async def test_a_third_on_a_control_channel_is_told_within_two_polls(tmp_path: Path) -> None:
    """Its own look finds its channel moved, whoever moved it, and the pair whose channel that is hears of it."""
    async with staged(tmp_path / "data", fleet=fleet()) as stage:
        stage.watch = WatchSettings(every=3600, floor=3600)
        await stage.start()
        await ask(stage, "create p72vio1 p72 ent10 ent7,ent8 ent7 5 mode=auto control=ent9")
        await approved(stage)
        await stage.bot.watch.round()
        again = VirtualEthernet(name="ent12", slot=12, mac="76AAAA99000C", pvid=99)
        stage.fleet.happen(AdapterAdded(system="p72", partition="p72vio1", adapter=again))
        stage.fleet.happen(SeaChanged(system="p72", partition="p72vio1", sea="ent11", control_channel="ent12"))
        for _ in range(2):
            await stage.later(seconds=30)
            await stage.bot.watch.round()
        told = stage.rows("SELECT key, said FROM watch_change WHERE rule = 'channel-crowded' AND kind = 'began'")
        assert "sea/p72/p72vio1+p72vio2/ETHERNET0/1" in [key for key, _ in told]
        assert any("ent11 of p72vio1 is on the control channel of this pair too" in said for _, said in told)


async def test_what_would_loop_is_refused(site: Stage) -> None:
    """A second SEA on the VLANs of another, without a mode."""
    await ask(site, "create p72vio1 p72 ent10 ent7 ent7 5 mode=auto control=ent9")
    await approved(site)
    card = await ask(site, "create p72vio2 p72 ent10 ent7 ent7 5")
    assert "ent11 of p72vio1 bridges the same VLANs: without mode= that is a loop" in card["text"]
    assert len(sent(site, "mkvdev")) == 1


async def test_a_sea_with_the_address_of_its_vios_stays(site: Stage) -> None:
    """The line to the VIOS itself would be gone with it."""
    card = await ask(site, f"remove p72vio1 ent4 p72 {WHY}")
    assert "can't: the interface of ent4 of p72vio1 has the address 10.7.2.11" in card["text"]
    assert sent(site, "rmdev") == []


async def test_statistics_are_reset_and_seen_to_begin_anew(site: Stage) -> None:
    """With a reason and two approvals; what they were is in the log."""
    await ask(site, f"reset p72vio1 ent4 p72 {WHY}")
    card = await approved(site, "approver", "lead")
    assert "ent4 of p72vio1 counts anew: for " in card["text"]
    assert "for 30 days before" in card["text"]
    assert sent(site, "entstat -reset") == [("p72vio1", "entstat -reset ent4")]
    assert any(b"Elapsed Time: 30 days" in file for file in await site.attached())


@pytest.mark.parametrize(
    ("text", "verb", "raw", "times", "found"),
    [
        ("create p72vio1 p72 ent10 ent7 ent7 5", "mkvdev", None, 1, "it is as asked for"),
        ("create p72vio1 p72 ent10 ent7 ent7 5", "mkvdev", b"", 0, "no SEA has these trunks"),
    ],
    ids=["it had arrived", "it had not"],
)
async def test_what_was_not_heard_is_looked_at(
    site: Stage, text: str, verb: str, raw: bytes | None, times: int, found: str
) -> None:
    """It is never sent again, and the card says whether the SEA is there."""
    await ask(site, text)
    site.fleet.fault("hmc-oslo", matching=verb, raw=raw, cut_after=0)
    card = await approved(site)
    assert found in words(card)
    assert len(sent(site, verb)) == times
