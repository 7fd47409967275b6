"""From a fault of the lab to the message about it, its remedy on a button, and its end: by real SSH, judged as ever."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lab.fleet.ethernet import HaMode, SeaState
from bot.lab.fleet.events import PartitionStopped, SeaChanged
from bot.settings import WatchSettings
from tests.stories.conftest import Json, Stage, buttons, staged, words
from tests.stories.test_sea_changes import set_to, states

BY_HAND = WatchSettings(every=3600, floor=3600)
ALERTS = "power-alerts"


@pytest.fixture
async def pairs(tmp_path: Path) -> AsyncIterator[Stage]:
    """The demo's fleet, watched: the pair of p72 shares, that of p75 fails over."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = BY_HAND
        stage.alerts = stage.alerts.model_copy(update={"settle_seconds": 10})  # the machines' clocks aren't set forward
        await stage.start()
        await rounds(stage)
        yield stage


async def rounds(stage: Stage) -> None:
    """A round now, and another once what it saw has settled."""
    await stage.bot.watch.round()
    await stage.later(seconds=11)
    await stage.bot.watch.round()
    await stage.settled()


async def press(stage: Stage, label: str, *, who: str = "requester") -> Json:
    """The button of the newest incident's message, and the card of what that asks for."""
    card = await stage.card(ALERTS)
    await stage.click(buttons(card)[label], who=who, where=ALERTS, card=card)
    await stage.settled()
    return await stage.card(ALERTS)


async def test_sharing_that_was_lost_is_restarted_from_the_message_about_it(pairs: Stage) -> None:
    """The lab loses it; the message tells so, its button asks for the remedy, another agrees, and so it is over."""
    pairs.fleet.befall("sharing-lost", "p72", "p72vio1")
    await rounds(pairs)
    (card,) = await pairs.cards(ALERTS)
    assert "sharing was lost: ent4 of p72vio1 is PRIMARY and ent4 of p72vio2 is BACKUP" in words(card)
    assert "p72vio2: State: BACKUP" in words((await pairs.replies(ALERTS))[0])
    asked = await press(pairs, "Restart sharing")
    assert set_to(pairs) == [], "nobody agreed yet"
    assert "viosvrcmd -m p72 -p p72vio2 -c 'chdev -dev ent4 -attr ha_mode=sharing'" in words(asked)
    await pairs.click("vote.approve", who="approver", where=ALERTS, card=asked)
    await pairs.settled()
    assert states(pairs) == (SeaState.PRIMARY_SH, SeaState.BACKUP_SH)
    assert set_to(pairs) == [("p72vio2", "sharing")]
    await rounds(pairs)
    over = next(each for each in await pairs.cards(ALERTS) if each["ts"] == card["ts"])
    assert re.search(r"over, was warning  ·  lasted \d+ s", words(over))
    thread = [words(each) for each in await pairs.people.thread(ALERTS, card["ts"])]
    assert "it is as it should be again, after" in thread[-1] or any("as it should be again" in each for each in thread)
    assert not pairs.unsaid()


async def test_a_failover_that_was_forced_is_returned_from_the_message_about_it(pairs: Stage) -> None:
    """Somebody sets standby by hand, which no request explains: told, and its return is one button away."""
    pairs.fleet.happen(SeaChanged(system="p75", partition="p75vio1", sea="ent4", ha_mode=HaMode.STANDBY))
    assert states(pairs, "p75") == (SeaState.BACKUP, SeaState.PRIMARY)
    await rounds(pairs)
    card = await pairs.card(ALERTS)
    assert "ent4 of p75vio1 is set to Standby" in words(card)
    asked = await press(pairs, "Return the failover")
    await pairs.click("vote.approve", who="approver", where=ALERTS, card=asked)
    await pairs.settled()
    assert states(pairs, "p75") == (SeaState.PRIMARY, SeaState.BACKUP)
    await rounds(pairs)
    over = next(each for each in await pairs.cards(ALERTS) if each["ts"] == card["ts"])
    assert "over, was warning" in words(over)


async def test_a_check_and_a_look_are_one_click_away(pairs: Stage) -> None:
    """`Check again` and `Show now` read both sides afresh and need nobody else."""
    pairs.fleet.befall("both-primary", "p75", "p75vio1")
    await rounds(pairs)
    card = await pairs.card(ALERTS)
    assert "both lead" in words(card)
    read = len(pairs.ran("viosvrcmd"))
    shown = words(await press(pairs, "Check again"))
    assert "not every rule holds" in shown
    assert "critical: both lead" in shown
    await pairs.click(buttons(card)["Show now"], who="requester", where=ALERTS, card=card)
    await pairs.settled()
    assert "state: PRIMARY | PRIMARY" in words(await pairs.card(ALERTS))
    assert len(pairs.ran("viosvrcmd")) >= read + 4


async def test_both_vios_of_a_frame_are_one_incident(pairs: Stage) -> None:
    """Whatever pairs they carry: one message names the frame, and each pair's own waits under it."""
    for number in (1, 2):
        pairs.fleet.happen(PartitionStopped(system="p72", partition=f"p72vio{number}"))
    await rounds(pairs)
    (card,) = await pairs.cards(ALERTS)
    assert "both VIOS of p72 are out" in words(card)
    assert pairs.rows("SELECT count(*) FROM incident WHERE under LIKE 'out/frame%'") == [(1,)]


async def test_an_hmc_that_is_out_is_one_incident_for_all_behind_it(pairs: Stage) -> None:
    """Of every pair behind it nothing is known, and one message says so; its return ends that."""
    hosts = {row[0] for row in pairs.rows("SELECT host FROM watch_thing")}
    for host in hosts:
        await pairs.fleet.refuse(host)
        pairs.fleet.cut(host)
    await rounds(pairs)
    cards = [words(each) for each in await pairs.cards(ALERTS)]
    assert len(cards) == len(hosts), cards
    for host in hosts:
        await pairs.fleet.accept(host)
    await rounds(pairs)
    assert all("over, was" in words(each) for each in await pairs.cards(ALERTS))


# ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────────


def described(thread: list[Json]) -> list[str]:
    """What the pictures of a thread show, in words, oldest first."""
    return [file["alt_txt"] for each in thread for file in each.get("files", ()) if file["mimetype"] == "image/png"]


async def test_an_incident_is_shown_as_it_opens_and_as_it_ends(pairs: Stage) -> None:
    """Its thread has the pair with what changed since all was well, and at the end how it stands; words come first."""
    pairs.fleet.befall("cable-pull", "p75", "p75vio1")
    await rounds(pairs)
    thread = await pairs.replies(ALERTS)
    (opened,) = described(thread)
    assert "ent4 of p75vio1 and ent4 of p75vio2" in opened
    assert re.search(r"Changed since 20\d\d-\S+ \S+ UTC: .*p75vio1 PRIMARY → LIMBO", opened)
    assert "p75vio2 BACKUP → PRIMARY" in opened
    assert "p75vio1 ent0 link up → ent0 link down" in opened
    assert "files" not in thread[0], "the text was there before"
    pairs.fleet.mend("cable-pull", "p75", "p75vio1")
    await rounds(pairs)
    ended = described(await pairs.replies(ALERTS))[-1]
    assert "ent4 is PRIMARY" in ended
    assert "LIMBO" not in ended
    assert "link up. " in ended
    assert not pairs.unsaid()


async def test_what_slack_does_not_take_costs_no_word_of_an_incident(pairs: Stage) -> None:
    """Where files are forbidden the thread has the picture's words, and the message stands as ever."""
    await pairs.people.fault(method="files.getUploadURLExternal", answer="file_uploads_disabled", times=4)
    pairs.fleet.befall("cable-pull", "p75", "p75vio1")
    await rounds(pairs)
    assert "the physical link of ent0 behind ent4 of p75vio1 is down" in words(await pairs.card(ALERTS))
    told = [words(each) for each in await pairs.replies(ALERTS)]
    assert "the physical link of ent0 behind ent4 of p75vio1 is down" in "".join(told[:-1])
    assert "wasn't taken by Slack" in told[-1]
    assert "p75vio1 PRIMARY → LIMBO" in told[-1]


async def test_show_tells_what_changed(pairs: Stage) -> None:
    """`/sea show` draws the pair as just read beside how the watch saw it before anything was wrong."""
    pairs.fleet.befall("cable-pull", "p75", "p75vio1")
    await pairs.bot.watch.round()
    await pairs.type("show p75vio1 p75", command="/sea")
    await pairs.settled()
    (shown,) = described(await pairs.replies())
    assert "p75vio1 PRIMARY → LIMBO" in shown
