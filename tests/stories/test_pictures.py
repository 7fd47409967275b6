"""Pictures on their whole way: asked for, drawn, in the thread once, with words for who can't see them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.app import OPERATIONS
from bot.enclosures import LONGEST_ALT
from bot.ledger import requests, watches
from bot.ledger.tx import Tx
from bot.ledger.watches import Change, Thing
from bot.pictures.draughtsman import SIGNATURE
from bot.settings import WatchSettings
from bot.teller import Teller
from handlers.pictures import Drawable, SeriesPicture
from handlers.sea.pictures import PairPicture
from tests.bot.looks import PAIR, largest
from tests.bot.test_pasts import FOUND
from tests.stories.conftest import Json, Stage, staged, words

ASKED = "show p72vio1 p72"
HOSTILE = SeriesPicture(title="<!channel> *db01* `$x^2$` & more")


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with staged(tmp_path / "data") as stage:
        await stage.start()
        yield stage


async def asked(stage: Stage) -> None:
    await stage.type(ASKED, command="/sea")
    await stage.settled()


async def shown(stage: Stage) -> list[Json]:
    """The messages of the newest card's thread that hold a picture, oldest first."""
    return [m for m in await stage.replies() if any(f["mimetype"] == "image/png" for f in m.get("files", ()))]


async def show(stage: Stage, *pictures: Drawable) -> None:
    """More pictures in the thread of what was asked last, by the way by which every report's go."""
    number = stage.rows("SELECT max(id) FROM request")[0][0]
    teller = Teller(stage.ledger, OPERATIONS, stage.bot.outbox.wake)
    await stage.ledger.write(lambda tx: teller.show(tx, requests.get(tx.db, number), pictures))
    teller.wake()
    await stage.settled()


async def test_a_pair_is_shown_in_words_and_as_a_picture(stage: Stage) -> None:
    """`/sea show` answers in words, and its thread holds a PNG whose description tells what was just read."""
    await asked(stage)
    assert "p72vio1 | p72vio2" in words(await stage.card())
    (message,) = await shown(stage)
    (file,) = message["files"]
    assert re.fullmatch(r"hscbot-\d+-pair-1\.png", file["name"])
    assert (file["original_w"], file["thumb_360_w"]) == (1080, 360), "nothing is lost in the preview"
    assert "Managed system p72: ent4 of p72vio1 and ent4 of p72vio2, as read at 20" in file["alt_txt"]
    assert "2000-01-01" not in file["alt_txt"], "the time is that of the answer"
    assert "ent4 is PRIMARY" in file["alt_txt"]
    assert (await stage.people.file(file["id"])).startswith(SIGNATURE)
    assert not stage.unsaid()
    assert stage.rows("SELECT body FROM outbox WHERE kind = 'file' AND body <> '{}'") == [], "it isn't kept twice"


async def test_a_picture_tells_its_times_in_the_zone_of_the_site(tmp_path: Path) -> None:
    """Asked for or beside an incident, by the zone of `[alerts]`; and each says in which."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = WatchSettings(every=3600, floor=3600)
        stage.alerts = stage.alerts.model_copy(update={"zone": "Asia/Kolkata", "settle_seconds": 0})
        await stage.start()
        await asked(stage)
        (message,) = await shown(stage)
        read = re.search(r"as read at (\S+ \S+ \S+) by way", message["files"][0]["alt_txt"])
        assert read is not None
        assert read[1].endswith(" IST")
        there = stage.clock.now().astimezone(ZoneInfo("Asia/Kolkata"))
        assert read[1][:13] in {f"{each:%Y-%m-%d %H}" for each in (there, there - timedelta(minutes=5))}
        await stage.bot.watch.round()
        stage.fleet.befall("both-primary", "p72", "p72vio1")
        await stage.bot.watch.round()
        await stage.settled()
        drawn = [file for reply in await stage.replies("power-alerts") for file in reply.get("files", ())]
        assert drawn
        assert all(" IST by way" in file["alt_txt"] for file in drawn)


@pytest.mark.parametrize("answer", ["nothing", 500, 429])
async def test_a_picture_is_sent_once(stage: Stage, answer: Any) -> None:
    """Slack that fails or falls silent at its last step gets it again, and shows it once."""
    await stage.people.fault(method="files.completeUploadExternal", answer=answer)
    await asked(stage)
    assert len(await shown(stage)) == 1
    assert not stage.unsaid()


async def test_a_stop_loses_no_picture(stage: Stage) -> None:
    """What a stop leaves in the outbox is drawn and sent by the next start."""
    await asked(stage)
    number = stage.rows("SELECT max(id) FROM request")[0][0]
    teller = Teller(stage.ledger, OPERATIONS, stage.bot.outbox.wake)
    await stage.ledger.write(lambda tx: teller.show(tx, requests.get(tx.db, number), [HOSTILE]))
    await stage.stop()
    await stage.start()
    await stage.settled()
    assert [m["files"][0]["name"] for m in await shown(stage)][-1] == f"hscbot-{number}-series-1.png"


async def test_a_long_description_stands_beside_its_picture(stage: Stage) -> None:
    """What Slack doesn't take as a description is said whole in the message that holds the picture."""
    values = PairPicture(look=largest())
    await asked(stage)
    await show(stage, values)
    message = (await shown(stage))[-1]
    assert len(message["files"][0]["alt_txt"]) == LONGEST_ALT
    assert message["files"][0]["alt_txt"].endswith("The rest stands in the message with this picture.")
    assert message["text"] == values.alt


async def test_hostile_names_are_words(stage: Stage) -> None:
    """Nothing in a picture's description mentions anybody or is markup."""
    await asked(stage)
    await stage.people.fault(method="files.getUploadURLExternal", answer="file_type_not_allowed")
    await show(stage, HOSTILE)
    told = (await stage.replies())[-1]
    assert HOSTILE.alt in words(told)
    assert "<!channel>" not in told["text"]
    assert told["blocks"][1]["type"] == "rich_text", "where nothing is markup"


async def test_what_slack_does_not_take_is_told_in_words(stage: Stage) -> None:
    """A workspace that forbids files gets every word of the picture in its place; the answer itself is there."""
    await stage.people.fault(method="files.getUploadURLExternal", answer="file_uploads_disabled", times=2)
    await asked(stage)
    assert await shown(stage) == []
    assert "p72vio1 | p72vio2" in words(await stage.card())
    told = words((await stage.replies())[-1])
    assert "wasn't taken by Slack (file_uploads_disabled)" in told
    assert "Managed system p72: ent4 of p72vio1" in told


async def test_what_cannot_be_drawn_is_told_in_words(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no process that draws can be started, the words are there; so is the answer."""
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    await asked(stage)
    assert await shown(stage) == []
    told = words((await stage.replies())[-1])
    assert "couldn't be drawn: the process that draws couldn't be started" in told
    assert "Managed system p72: ent4 of p72vio1" in told
    assert not stage.unsaid()


async def test_what_a_pair_went_through_is_a_picture_too(stage: Stage) -> None:
    """`/sea history` tells its asker alone in words; its plot is in their own conversation with the bot."""
    now = stage.ledger.now()

    def noted(tx: Tx) -> None:
        watches.found(tx, Thing(key=PAIR.key, kind="sea", host="hmc-oslo", system="p72", found=FOUND.model_dump_json()))
        for ago, *states in ((5, "PRIMARY", "BACKUP"), (2, "BACKUP", "PRIMARY")):
            at = now - timedelta(hours=ago)
            watches.changed(
                tx,
                Change(key=PAIR.key, at=at, kind="happened", severity=1, said=f"{ago} h ago", states=tuple(states)),
            )

    await stage.ledger.write(noted)
    await stage.type("history p72vio1 p72 since=6h", command="/sea")
    await stage.settled()
    assert "As a picture it is in our direct messages" in str((await stage.people.inbox("requester"))["ephemeral"])
    (file,) = [file for m in await stage.chat("requester") for file in m.get("files", ())]
    assert re.fullmatch(r"hscbot-history-1-\d+\.png", file["name"])
    assert "p72vio1 ent4: PRIMARY for 3 h, BACKUP for 2 h." in file["alt_txt"]
    assert "Marked: " in file["alt_txt"]
    assert not stage.unsaid()
