"""What a stop, a fault or an absence left: picked up, told, and never run behind anybody's back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot import app, settings
from bot.lab import demo
from bot.ledger import slack
from bot.ledger.slack import Envelope
from bot.socket_mode import SlackRefused
from tests.stories.conftest import Stage, staged, words
from tests.stories.test_secrets import write_config

DENIES = '\n[[rules]]\nname = "freeze"\noperations = ["lpm.migrate"]\nwho = ["operator"]\nverdict = "deny"\n'


@pytest.fixture
async def slow(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which a migration lasts longer than any test waits."""
    async with staged(tmp_path, migration_seconds=600) as stage:
        await stage.start()
        yield stage


def delivery(stage: Stage, text: str, *, key: str = "command:old") -> Envelope:
    body = {"command": "/lpm", "text": text, "team_id": "T0LAB", "user_id": "U0REQUESTER", "channel_id": "C0POWEROPS"}
    return Envelope(key=key, kind="command", body=body)


async def left_in_the_inbox(stage: Stage, envelope: Envelope, *, minutes_ago: float) -> None:
    """As after a crash: taken in, and never dealt with."""
    ledger = app.data_ledger(stage.folder).open()
    at = (ledger.now() - timedelta(minutes=minutes_ago)).isoformat()
    await ledger.write(lambda tx: slack.take_in(tx, envelope))
    await ledger.write(lambda tx: tx.db.execute("UPDATE inbox SET at = ?", [at]))
    ledger.close()


async def under_way(stage: Stage) -> None:
    """Approved, and sent: from here on it runs in the fleet by itself."""
    await stage.click("vote.approve", who="approver")
    await stage.people.wait_for_message("power-ops", lambda m: "Migration Starting" in words(m), 20.0)


async def test_what_was_asked_long_ago_is_not_run(idle: Stage) -> None:
    """A command that was kept before a long stop is told as such, and nothing is sent for it."""
    await left_in_the_inbox(idle, delivery(idle, "stop db01 p72"), minutes_ago=60 * 24)
    await idle.start()
    await idle.people.wait_for_ephemeral("requester", lambda m: "while I was down" in words(m))
    assert not idle.ran("lslparmigr")
    assert not idle.ran("migrlpar")


async def test_what_was_asked_just_now_is_dealt_with(idle: Stage) -> None:
    """A command that was kept right before a short stop runs after it, once."""
    await left_in_the_inbox(idle, delivery(idle, "status db01 p72"), minutes_ago=0.1)
    await idle.start()
    await idle.card_says("Not Migrating")
    await idle.settled()
    assert len(idle.ran("lslparmigr")) == 1


async def test_a_delivery_that_makes_no_sense_does_not_keep_the_others(idle: Stage) -> None:
    """One that can't even be answered is put away, and what stands behind it is dealt with."""
    nonsense = Envelope(
        key="action:odd", kind="action", body={"actions": [{"action_id": "vote.approve", "value": "1"}]}
    )
    ledger = app.data_ledger(idle.folder).open()
    await ledger.write(lambda tx: slack.take_in(tx, nonsense))
    await ledger.write(lambda tx: slack.take_in(tx, delivery(idle, "status db01 p72")))
    ledger.close()
    await idle.start()
    await idle.card_says("Not Migrating")
    await idle.settled()
    assert idle.rows("SELECT count(*) FROM inbox WHERE done = 0") == [(0,)]


async def test_a_look_outlasts_a_second_stop(slow: Stage) -> None:
    """Stopped again while it looks after an interrupted migration, the bot looks on until it knows where it is."""
    await slow.ask("migrate db01 p72 p75")
    await under_way(slow)
    for _ in range(2):
        await slow.stop()
        await slow.start()
        await slow.card_says("unknown: I was interrupted")
    assert not slow.audit("looked")
    await slow.type("stop db01 p72")
    card = await slow.people.wait_for_message("power-ops", lambda m: "Looked at" in words(m), 30.0)
    assert "db01 is on p72" in words(card)
    assert len(slow.ran("migrlpar", "-o", "m")) == 1


async def test_a_look_waits_for_an_hmc_that_is_down(slow: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started while the HMC is down, the bot doesn't say what it can't know, and looks when the HMC is back."""
    monkeypatch.setattr("bot.runner.LOOK_AGAIN", 0.1)
    await slow.ask("migrate db01 p72 p75")
    await under_way(slow)
    await slow.stop()
    await slow.fleet.refuse("hmc-oslo")
    await slow.start()
    await slow.card_says("unknown: I was interrupted")
    assert not slow.audit("looked")
    await slow.fleet.accept("hmc-oslo")
    await slow.people.wait_for_message(
        "power-ops", lambda m: "unknown" in m["text"] and "Migration Starting" in words(m), 20.0
    )


async def test_a_request_that_nobody_drives_is_picked_up(slow: Stage) -> None:
    """Work that died inside a living bot doesn't leave its request running for ever."""
    await slow.ask("migrate db01 p72 p75")
    await under_way(slow)
    await slow.bot.runner.close()
    for _ in range(2):
        await slow.bot.recovery.sweep()
    await slow.card_says("unknown: I was interrupted")
    assert len(slow.ran("migrlpar", "-o", "m")) == 1


async def forget(stage: Stage) -> None:
    """As if another version, which knew more operations, had taken the newest request."""
    change = "UPDATE request SET operation = 'lpm.beam' WHERE id = (SELECT max(id) FROM request)"
    await stage.ledger.write(lambda tx: tx.db.execute(change))


async def test_what_another_version_asked_for_is_ended_in_words(idle: Stage) -> None:
    """Approved although this version doesn't know it: it fails with the reason, and nothing is sent for it."""
    await idle.start()
    await idle.ask("migrate db01 p72 p75")
    await forget(idle)
    await idle.approve()
    await idle.card_says("doesn't know lpm.beam as it was asked for")
    assert idle.rows("SELECT state FROM request") == [("failed",)]
    assert not idle.ran("migrlpar", "-o", "m")


async def test_what_another_version_left_running_frees_what_it_held(slow: Stage) -> None:
    """Its outcome is unknown and nobody can look, which is told; its locks don't stand for ever."""
    await slow.ask("migrate db01 p72 p75")
    await under_way(slow)
    await slow.bot.runner.close()
    await forget(slow)
    for _ in range(2):
        await slow.swept()
    await slow.card_says("no way to look after lpm.beam")
    assert slow.rows("SELECT count(*) FROM lock") == [(0,)]


async def test_a_policy_loaded_while_the_fleet_is_read_counts(idle: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Judged when asked and again when kept: what was denied in between doesn't get through."""
    monkeypatch.setattr("bot.inventory.FRESH", timedelta(0))
    await idle.start()
    await idle.ask("status db01 p72")
    before = len(idle.ran("lssyscfg", "-r", "sys", host="hmc-arizona"))
    idle.fleet.fault("hmc-arizona", matching="lssyscfg -r sys", stall_after=0)
    await idle.type("migrate db01 p72 p75")
    while len(idle.ran("lssyscfg", "-r", "sys", host="hmc-arizona")) == before:  # noqa: ASYNC110  # the fleet's own list
        await asyncio.sleep(0.01)
    await idle.put_in_force(demo.demo_policy() + DENIES)
    idle.fleet.cut("hmc-arizona")
    await idle.people.wait_for_ephemeral("requester", lambda m: "You may not ask for lpm.migrate" in words(m))
    assert idle.rows("SELECT operation FROM request") == [("lpm.status",)]


async def test_a_policy_loaded_after_the_approval_makes_it_stale(idle: Stage) -> None:
    """What was approved under one policy doesn't run under another, whatever that one says."""
    await idle.start()
    await idle.ask("migrate db01 p72 p75")
    await idle.put_in_force(demo.demo_policy() + "\n# another\n")
    await idle.approve()
    await idle.card_says("refused: the plan is not the approved one")
    assert not idle.ran("migrlpar", "-o", "m")


async def test_a_wrong_app_token_is_told_at_the_start(idle: Stage, tmp_path: Path) -> None:
    """A start with a token that Slack refuses ends with its sentence, instead of trying for ever."""
    config, _ = write_config(idle, tmp_path)
    (tmp_path / "app").write_text("xapp-1-not-it", encoding="utf-8")
    ledger = app.data_ledger(tmp_path / "other").open()
    with pytest.raises(SlackRefused, match="invalid_auth"):
        async with app.running(settings.read(config, {}), ledger):
            pytest.fail("it started")
    ledger.close()


async def test_the_metadata_of_another_ledger_is_not_ours(idle: Stage) -> None:
    """Letter numbers begin anew in a new data folder; messages of an older one are never taken for its own."""
    await idle.start()
    await idle.ask("status db01 p72")
    await idle.settled()
    told = [m["metadata"]["event_payload"] for m in await idle.people.messages("power-ops") if m.get("metadata")]
    assert {each["of"] for each in told} == {idle.ledger.name}
    assert idle.ledger.name not in json.dumps((idle.folder / "audit.key").read_text())
