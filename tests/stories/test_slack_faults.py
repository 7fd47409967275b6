"""Slack is slow, says no, says nothing, or is gone: everything is said at last, in order, and once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace.limits import Limits
from bot.ledger import slack
from bot.ledger.slack import Letter
from bot.ledger.tx import Tx
from bot.outbox import Pace
from tests.stories.conftest import Json, Stage, staged, words


def letters(messages: list[Json]) -> list[int]:
    """Which letters of the bot's outbox stand in Slack, in the order in which people read them."""
    told = sorted((m for m in messages if m.get("metadata")), key=lambda m: str(m["ts"]))
    return [m["metadata"]["event_payload"]["letter"] for m in told]


async def said_in_order_and_once(stage: Stage, where: str = "power-ops") -> None:
    said = letters(await stage.people.messages(where))
    assert said
    assert said == sorted(set(said))
    sent = stage.rows(
        "SELECT id FROM outbox WHERE kind = 'post' AND state = 'sent' AND channel NOT LIKE 'U%' ORDER BY id"
    )
    posts = [row[0] for row in sent]  # those for one person alone stand elsewhere
    assert set(posts) <= set(said)
    files = [file["name"] for m in await stage.people.messages(where) for file in m.get("files", ())]
    assert len(files) == len(set(files))
    assert not stage.unsaid()


@pytest.fixture
async def paced(tmp_path: Path) -> AsyncIterator[Stage]:
    """Slack's own limits, and the pace that the bot keeps in production."""
    async with staged(tmp_path / "data", limits=Limits(), pace=Pace()) as stage:
        await stage.start()
        yield stage


async def test_slacks_limits_are_kept(paced: Stage) -> None:
    """At its production pace the bot tells a long answer without once being told to slow down."""
    card = await paced.ask("validate vscsi01 p72 p75")
    assert card["text"].endswith(": can't: 1 reason")
    await said_in_order_and_once(paced)
    assert paced.rows("SELECT count(*) FROM outbox WHERE fault IS NOT NULL") == [(0,)]


async def test_a_log_reads_as_it_came(paced: Stage) -> None:
    """However many pieces of an answer one edit adds, its lines stand in the thread as the machine said them."""
    await paced.ask("validate vscsi01 p72 p75")
    (log,) = await paced.attached()
    _, *came, _ = log.decode().strip().splitlines()  # between the command and how it ended
    logs = [m for m in await paced.replies() if "<v-scsi-host>" in words(m) and "What it means" not in words(m)]
    (shown,) = [block["elements"][0]["elements"][0]["text"] for m in logs for block in m["blocks"]]
    assert shown.splitlines() == came


async def test_what_is_new_is_not_held_up_by_what_is_added(paced: Stage) -> None:
    """A message that begins something goes before the notes that wait for other messages' threads, in their order."""

    def put(tx: Tx) -> list[int]:
        def post(key: str, thread: str | None = None) -> int:
            body = {"text": key}
            return slack.say(tx, Letter(kind="post", channel="C0POWEROPS", key=key, thread=thread, body=body))

        first = post("first")
        notes = [post(f"note {number}", "first") for number in range(5)]
        return [first, post("second"), *notes]

    wanted = await paced.ledger.write(put)
    paced.bot.outbox.wake()
    await paced.settled()
    assert letters(await paced.people.messages("power-ops")) == wanted


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("chat.postMessage", 429),
        ("chat.postMessage", 500),
        ("chat.postMessage", "nothing"),
        ("chat.postMessage", "internal_error"),
        ("chat.update", 429),
        ("chat.update", "nothing"),
        ("files.completeUploadExternal", 429),
        ("files.completeUploadExternal", "nothing"),
    ],
)
async def test_what_slack_cannot_take_now_is_said_later(stage: Stage, method: str, answer: int | str) -> None:
    """A call that Slack puts off, breaks off or doesn't answer is made again, and nothing overtakes it."""
    await stage.people.fault(method=method, answer=answer)
    card = await stage.ask("validate vscsi01 p72 p75")
    assert card["text"].endswith(": can't: 1 reason")
    assert len(await stage.attached()) == 1
    await said_in_order_and_once(stage)
    assert len(stage.ran("migrlpar")) == 1


@pytest.mark.parametrize("answer", [500, "nothing"])
@pytest.mark.parametrize("method", ["chat.postMessage", "files.completeUploadExternal"])
async def test_what_was_said_without_an_answer_is_not_said_twice(stage: Stage, method: str, answer: int | str) -> None:
    """When Slack took a message and only its answer was lost, the message stands there once."""
    await stage.people.fault(method=method, answer=answer, when="after")
    card = await stage.ask("validate vscsi01 p72 p75")
    assert card["text"].endswith(": can't: 1 reason")
    assert len(await stage.cards()) == 1
    await said_in_order_and_once(stage)


async def test_a_refusal_for_good_does_not_hold_up_the_rest(stage: Stage) -> None:
    """What Slack refuses for good is noted in the audit as not said; all that follows is said."""
    await stage.people.fault(method="chat.update", answer="invalid_blocks")
    await stage.ask("validate vscsi01 p72 p75")
    (unsaid,) = stage.unsaid()
    assert unsaid[1:] == ("update", "failed", "invalid_blocks")
    assert [row["letter"] for row in stage.audit("not-said")] == [unsaid[0]]
    assert "can't: 1 reason" in (await stage.replies())[-1]["text"]
    assert (await stage.ask("validate db01 p72 p75"))["text"].endswith(": can migrate")


async def test_what_people_do_while_the_socket_is_cut(stage: Stage) -> None:
    """Each command and click while the connection comes and goes counts once, or who did it sees that it failed."""
    card = await stage.ask("migrate off01 p72 p75")
    partitions = ["db01", "web01", "app01", "mem01", "cpu01", "ams01"]
    doing = [asyncio.create_task(stage.click("vote.approve", who="approver", card=card))]
    for partition in partitions:
        await stage.people.cut()
        doing.append(asyncio.create_task(stage.type(f"status {partition} p72")))
    clicked, *typed = await asyncio.gather(*doing)
    await stage.settled()
    first, *told = [m["text"] for m in await stage.cards()]
    moved = len(stage.audit("voted"))
    assert moved == len(stage.ran("migrlpar", "-o", "m")) == ("off01 is on p75 now" in first)
    assert moved == 1 or not clicked["acked"]
    apologies = "\n".join(await stage.whispers())
    for partition, answer in zip(partitions, typed, strict=True):
        done = sum(f"/lpm status {partition} p72: {partition} on p72: Not Migrating" in text for text in told)
        assert done == 1 or (done == 0 and not answer["acked"] and "did not respond" in apologies)
        asked = [argv for argv in stage.ran("lslparmigr") if f"lpar_names={partition}" in argv]
        assert len(asked) == done
    assert len(told) == len(stage.audit("asked")) - 1
    await said_in_order_and_once(stage)


async def test_a_channel_that_the_bot_is_not_in(stage: Stage) -> None:
    """Asked in a public channel that it isn't a member of, the bot joins and answers there, the log attached."""
    card = await stage.ask("validate vscsi01 p72 p75", where="random")
    assert card["text"].endswith(": can't: 1 reason")
    assert len(await stage.attached("random")) == 1
    await said_in_order_and_once(stage, "random")


async def test_a_refusal_in_a_channel_that_the_bot_is_not_in(stage: Stage) -> None:
    """A typing error in a channel that the bot isn't a member of is told to its typist, there or in their own chat."""
    await stage.type("valdate db01", who="lead")
    await stage.people.slash("lead", "random", "/lpm", "valdate db01")
    await stage.settled()
    told = [*await stage.whispers("lead"), *(words(m) for m in await stage.chat("lead"))]
    assert sum("Did you mean 'validate'?" in each for each in told) == 2
    assert not stage.unsaid()


async def test_a_channel_that_cannot_be_joined(stage: Stage) -> None:
    """Where the bot can't join, all that it has to say goes to who asked, in one conversation, the log attached."""
    await stage.people.fault(method="conversations.join", answer="method_not_supported_for_channel_type", times=50)
    await stage.people.slash("requester", "random", "/lpm", "validate vscsi01 p72 p75")
    await stage.settled()
    assert not [m for m in await stage.people.messages("random") if m.get("metadata")]
    why, *chat = await stage.chat("requester")
    assert "`/invite @hscbot` there and ask again" in why["text"]
    card, *replies = chat
    assert card["text"].endswith(": can't: 1 reason")
    assert {m["thread_ts"] for m in replies} == {card["ts"]}
    assert sum("*What it means*" in words(m) for m in replies) == 3
    assert [file["name"] for m in replies for file in m.get("files", ())] == ["hscbot-1-failed.txt"]
    assert letters(chat) == sorted(set(letters(chat)))
    assert not stage.unsaid()


async def test_a_conversation_with_the_bot_alone(stage: Stage) -> None:
    """Asked in their own chat with the bot, a person is answered there."""
    assert (await stage.people.slash("requester", "@hscbot", "/lpm", "validate vscsi01 p72 p75"))["acked"]
    await stage.settled()
    card, *replies = await stage.chat("requester")
    assert card["text"].endswith(": can't: 1 reason")
    assert {m["thread_ts"] for m in replies} == {card["ts"]}
    assert not stage.unsaid()


@pytest.mark.parametrize("came", [0, 200], ids=["before any reply", "with replies"])
async def test_a_message_that_was_deleted(stage: Stage, came: int) -> None:
    """Somebody deletes the card while its command runs: its end is told all the same, and the bot works on."""
    stage.fleet.fault("hmc-oslo", matching="migrlpar", stall_after=came)
    await stage.type("validate npiv01 p72 p75")
    card = await stage.card_says(": running")
    if came:
        await stage.people.wait_for(stage.replies, 20.0)
    slack = AsyncWebClient(token=stage.lab.workspace.bot_token, base_url=stage.lab.workspace.api_url)
    await slack.chat_delete(channel="C0POWEROPS", ts=card["ts"])
    stage.fleet.cut("hmc-oslo")
    await stage.settled()
    told = [m["text"] for m in [*await stage.people.messages("power-ops"), *await stage.chat("requester")]]
    assert any("<@U0REQUESTER> unknown: the connection was lost" in text for text in told)
    assert [request.id for request in stage.unfinished()] == []
    assert not stage.unsaid()
    assert (await stage.ask("validate db01 p72 p75"))["text"].endswith(": can migrate")


async def test_a_bot_that_was_put_out_of_the_channel(stage: Stage) -> None:
    """Removed from the channel while a command runs, the bot comes back and goes on in the same thread."""
    stage.fleet.fault("hmc-oslo", matching="migrlpar", stall_after=200)
    await stage.type("validate npiv01 p72 p75")
    await stage.people.wait_for(stage.replies, 20.0)
    await stage.people.fault(method="chat.postMessage", answer="not_in_channel")
    stage.fleet.cut("hmc-oslo")
    await stage.settled()
    assert len(await stage.cards()) == 1
    assert "unknown: the connection was lost" in (await stage.replies())[-1]["text"]
    await said_in_order_and_once(stage)
