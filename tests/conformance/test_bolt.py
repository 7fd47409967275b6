"""Slack's own Bolt for JavaScript as the app, our server as Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.lab.workspace.client import People
from bot.lab.workspace.server import Workspace
from tests.conformance.node import Program, needs_node, running

pytestmark = needs_node
OPS = "power-ops"


@pytest.fixture
async def app(workspace: Workspace) -> AsyncIterator[Program]:
    """The app, connected."""
    tokens = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": workspace.app_token}
    async with running("bolt_app.mjs", SLACK_API_URL=workspace.api_url, **tokens) as app:
        await app.said("ready")
        yield app


async def said(people: People, text: str) -> dict[str, Any]:
    return await people.wait_for_message(OPS, lambda message: text in message["text"])


async def opened(people: People) -> dict[str, Any]:
    """The form, opened by command and button."""
    await people.slash("requester", OPS, "/probe", "one")
    message = await said(people, "posted one")
    assert (await people.click("requester", OPS, message["ts"], "probe.open"))["acked"]
    return await people.wait_for_view("requester")


async def test_a_command_is_heard_and_answered(app: Program, people: People) -> None:
    """Acknowledged, answered through its response URL, and by a post."""
    assert (await people.slash("requester", OPS, "/probe", "some words"))["acked"]
    await people.wait_for_ephemeral("requester", lambda whisper: whisper["text"] == "heard some words")
    await said(people, "posted some words")


async def test_an_acknowledgement_may_carry_the_answer(app: Program, people: People) -> None:
    """What stands in it is posted to the channel."""
    assert (await people.slash("requester", OPS, "/lpm", "help"))["response"]["text"] == "acknowledged help"
    await said(people, "acknowledged help")


async def test_a_button_replaces_its_message_and_opens_a_form(app: Program, people: People) -> None:
    """One click: the message is replaced through its response URL, the trigger opens the view."""
    view = await opened(people)
    assert (view["callback_id"], view["title"]["text"]) == ("probe.form", "Probe")
    assert (await said(people, "pressed 7"))["edited"]


async def test_a_form_is_sent_back_with_errors_and_then_accepted(app: Program, people: People) -> None:
    """Its errors stand at their input and it stays open; once they are mended it closes and the app goes on."""
    view = await opened(people)
    refused = await people.submit("requester", view["id"], {"typed": "bad"})
    assert refused["errors"] == {"name": "bad won't do"}
    assert (await people.inbox("requester"))["views"][-1]["errors"] == {"name": "bad won't do"}
    assert (await people.submit("requester", view["id"], {"typed": "good"}))["ok"]
    await said(people, "accepted good, kept")
    assert (await people.inbox("requester"))["views"] == []


async def test_views_are_stacked_changed_loaded_and_closed(app: Program, people: People) -> None:
    """Push, update with a hash, options from the app, and the word that it was closed."""
    view = await opened(people)
    await people.click_view("requester", view["id"], "probe.update")
    await people.wait_for(lambda: _title(people, "Changed"))
    offered = await people.options("requester", "loaded", "se", view_id=view["id"])
    assert [option["value"] for option in offered["options"]] == ["second"]
    await people.click_view("requester", view["id"], "probe.push")
    await people.wait_for(lambda: _title(people, "Further"))
    await people.close_view("requester", view["id"], clear=True)
    assert (await app.said("closed"))["cleared"] is True


async def _title(people: People, text: str) -> bool:
    views = (await people.inbox("requester"))["views"]
    return bool(views and views[-1]["title"]["text"] == text)


async def test_shortcuts_mentions_messages_and_the_home(app: Program, people: People) -> None:
    """What Bolt tells apart by type, callback and channel type reaches its listener."""
    posted = await people.post("lead", OPS, "HSCLA319 again")
    await people.shortcut("requester", "explain_codes", OPS, posted["ts"])
    await people.wait_for_ephemeral("requester", lambda whisper: whisper["text"] == "looked at HSCLA319 again")
    await people.shortcut("lead", "probe.global")
    assert (await people.wait_for_view("lead"))["callback_id"] == "probe.form"
    await people.post("requester", OPS, "@hscbot are you there")
    assert (await said(people, "mentioned by <@U0REQUESTER>"))["thread_ts"]
    await people.post("requester", "@hscbot", "hello")
    await people.wait_for_message("D0REQUESTER", lambda message: message["text"] == "hello to you in im")
    await people.open_home("approver")
    await people.wait_for(lambda: _home(people))


async def _home(people: People) -> Any:
    return (await people.inbox("approver"))["home"]


CHOICES: dict[str, tuple[Any, dict[str, Any]]] = {
    "e.button": (None, {"value": "pressed"}),
    "e.static": ("second", {"selected_option": "second"}),
    "e.external": ("third", {"selected_option": "third"}),
    "e.users": ("U0LEAD", {"selected_user": "U0LEAD"}),
    "e.conversations": ("C0RANDOM", {"selected_conversation": "C0RANDOM"}),
    "e.channels": ("C0RANDOM", {"selected_channel": "C0RANDOM"}),
    "e.overflow": ("first", {"selected_option": "first"}),
    "e.date": ("2026-07-01", {"selected_date": "2026-07-01"}),
    "e.time": ("12:30", {"selected_time": "12:30"}),
    "e.radio": ("first", {"selected_option": "first"}),
    "e.boxes": (["first", "third"], {"selected_options": ["first", "third"]}),
    "e.many": (["second"], {"selected_options": ["second"]}),
}


async def test_every_element_says_what_was_chosen(app: Program, people: People) -> None:
    """Each kind of element, by its own field."""
    await people.slash("requester", OPS, "/probe", "elements")
    message = await said(people, "elements")
    for action_id, (value, wanted) in CHOICES.items():
        assert (await people.click("requester", OPS, message["ts"], action_id, value))["acked"]
        action = (await app.said("chosen"))["action"]
        assert action["action_id"] == action_id
        assert {name: _value(action[name]) for name in wanted} == wanted


def _value(chosen: Any) -> Any:
    if isinstance(chosen, list):
        return [_value(each) for each in chosen]
    return chosen["value"] if isinstance(chosen, dict) else chosen


async def test_a_file_goes_up_in_slacks_own_three_steps(app: Program, people: People) -> None:
    """Its bytes arrive whole, in a message with the comment."""
    await people.slash("requester", OPS, "/upload")
    assert (await app.said("uploaded"))["ok"]
    message = await said(people, "the log")
    assert await people.file(message["files"][0]["id"]) == b"line 1\nline 2\n"


async def test_a_stream_grows_into_one_message(app: Program, people: People) -> None:
    """Started, appended to and stopped by Slack's own streamer."""
    await people.slash("requester", OPS, "/stream")
    assert (await said(people, "one two three"))["thread_ts"]


async def test_pages_follow_each_other_to_the_end(app: Program, people: People) -> None:
    """Slack's own paginator meets each member once."""
    await people.slash("requester", OPS, "/list")
    assert sorted((await app.said("listed"))["names"]) == ["approver", "hscbot", "lead", "outsider", "requester"]


@pytest.mark.parametrize("end", ["cut", "refresh"])
async def test_after_its_connection_ended_it_is_back_and_hears_what_came_meanwhile(
    app: Program, people: People, workspace: Workspace, end: str
) -> None:
    """Cut without a word, or asked to make way: Bolt comes back by itself, and no command is lost."""
    assert (await (people.cut() if end == "cut" else people.refresh()))["connections"] == 1
    assert (await people.slash("requester", OPS, "/probe", "after"))["acked"]
    await said(people, "posted after")
    assert workspace.connections == 1


async def test_a_command_sent_twice_is_heard_twice(app: Program, people: People) -> None:
    """Bolt for JavaScript does not deduplicate either: whoever needs once has to see to it."""
    await people.fault(delivery="slash_commands", do="duplicate")
    await people.slash("requester", OPS, "/probe", "twice")

    async def both() -> bool:
        return [message["text"] for message in await people.messages(OPS)].count("posted twice") == 2

    assert await people.wait_for(both)
