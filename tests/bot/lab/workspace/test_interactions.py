"""What a person does with elements, views and messages, as the bot hears of it and answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.lab.workspace import People, Workspace, start
from bot.lab.workspace.elements import ELEMENTS, IN_ACTIONS, INTERACTIVE
from tests.bot.lab.workspace.cards import actions, button, field, modal, plain, section
from tests.bot.lab.workspace.conftest import QUICK, Connect

Json = dict[str, Any]
OPS = "C0POWEROPS"
OPTIONS = [{"text": plain("p9"), "value": "p9"}, {"text": plain("p10"), "value": "p10"}]
P10 = {"text": plain("p10"), "value": "p10"}
FEEDBACK = {"text": plain("good"), "value": "good"}
RICH = {"type": "rich_text", "elements": []}
ACTED: dict[str, tuple[Json, Any, Json]] = {
    "button": ({"text": plain("Go"), "value": "7"}, None, {"value": "7"}),
    "overflow": ({"options": OPTIONS}, "p10", {"selected_option": P10}),
    "static_select": ({"options": OPTIONS}, "p10", {"selected_option": P10}),
    "external_select": ({}, {"text": plain("p10"), "value": "p10"}, {"selected_option": P10}),
    "users_select": ({}, "U0LEAD", {"selected_user": "U0LEAD"}),
    "conversations_select": ({}, OPS, {"selected_conversation": OPS}),
    "channels_select": ({}, OPS, {"selected_channel": OPS}),
    "multi_static_select": ({"options": OPTIONS}, ["p10"], {"selected_options": [P10]}),
    "multi_external_select": ({}, [P10], {"selected_options": [P10]}),
    "multi_users_select": ({}, ["U0LEAD"], {"selected_users": ["U0LEAD"]}),
    "multi_conversations_select": ({}, [OPS], {"selected_conversations": [OPS]}),
    "multi_channels_select": ({}, [OPS], {"selected_channels": [OPS]}),
    "datepicker": ({}, "2030-01-31", {"selected_date": "2030-01-31"}),
    "timepicker": ({}, "23:45", {"selected_time": "23:45"}),
    "datetimepicker": ({}, 1900000000, {"selected_date_time": 1900000000}),
    "checkboxes": ({"options": OPTIONS}, ["p10"], {"selected_options": [P10]}),
    "radio_buttons": ({"options": OPTIONS}, "p10", {"selected_option": P10}),
    "plain_text_input": ({}, "aix01", {"value": "aix01"}),
    "email_text_input": ({}, "a@example.com", {"value": "a@example.com"}),
    "url_text_input": ({}, "https://example.com", {"value": "https://example.com"}),
    "number_input": ({"is_decimal_allowed": False}, "7", {"value": "7"}),
    "rich_text_input": ({}, RICH, {"rich_text_value": RICH}),
    "icon_button": ({"icon": "trash", "text": plain("Delete"), "value": "7"}, None, {"value": "7"}),
    "feedback_buttons": ({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, "good", {"value": "good"}),
    "workflow_button": ({"text": plain("Run"), "workflow": {}}, None, {}),
}
"""Of each element: its fields, what a person gives it, and what the bot reads of that."""


def test_every_element_is_listed() -> None:
    """No element that a person can act on is left out below; a file can't be chosen in the lab."""
    assert set(ACTED) == INTERACTIVE - {"file_input"}
    assert set(ELEMENTS) >= set(ACTED)


@pytest.mark.parametrize("kind", sorted(ACTED))
async def test_element(kind: str, app: AsyncApp, web: AsyncWebClient, people: People, connect: Connect) -> None:
    """What a person gives an element reaches the bot in that element's own field."""
    fields, given, read = ACTED[kind]
    element = {"type": kind, "action_id": "it", **fields}
    heard: asyncio.Queue[Json] = asyncio.Queue()

    @app.action("it")
    async def acted(ack: Any, body: Json) -> None:
        await ack()
        heard.put_nowait(body)

    await connect()
    if kind in IN_ACTIONS | {"icon_button", "feedback_buttons"}:
        block = {"type": "actions" if kind in IN_ACTIONS else "context_actions", "elements": [element]}
        posted = await web.chat_postMessage(channel=OPS, text="x", blocks=[block])
        assert (await people.click("lead", "power-ops", posted["ts"], "it", given))["acked"]
    else:
        await web.views_publish(
            user_id="U0LEAD", view={"type": "home", "blocks": [field("f", element, dispatch_action=True)]}
        )
        home = (await people.inbox("lead"))["home"]
        assert (await people.click_view("lead", home["id"], "it", given))["acked"]
    (action,) = (await asyncio.wait_for(heard.get(), 10))["actions"]
    assert action["type"] == kind
    assert {name: action.get(name) for name in read} == read


async def test_options(app: AsyncApp, web: AsyncWebClient, people: People, connect: Connect) -> None:
    """An external select asks the bot as somebody types, in messages and in views, and offers what it says."""

    @app.options("frame")
    async def frames(ack: Any, payload: Json) -> None:
        await ack(options=[one for one in OPTIONS if str(one["value"]).startswith(payload["value"])])

    select = {"type": "external_select", "action_id": "frame", "min_query_length": 0}
    await connect()
    posted = await web.chat_postMessage(channel=OPS, text="x", blocks=[section("x", accessory=select)])
    offered = await people.options("lead", "frame", "p1", channel=OPS, ts=posted["ts"])
    assert [one["value"] for one in offered["options"]] == ["p10"]
    await web.views_publish(user_id="U0LEAD", view={"type": "home", "blocks": [actions(select)]})
    home = (await people.inbox("lead"))["home"]["id"]
    assert [one["value"] for one in (await people.options("lead", "frame", "", view_id=home))["options"]] == [
        "p9",
        "p10",
    ]


def opens(app: AsyncApp, view: Callable[[], Json]) -> None:
    """`/form` opens this view."""

    @app.command("/form")
    async def form(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view())


async def opened(people: People) -> Json:
    await people.slash("requester", "power-ops", "/form")
    return await people.wait_for_view("requester")


async def test_response_actions(app: AsyncApp, people: People, connect: Connect) -> None:
    """A submission's answer can point out errors, change the view, push another and clear them all."""
    answers: list[Json] = [
        {"response_action": "errors", "errors": {"frame": "No such frame"}},
        {"response_action": "update", "view": modal(title=plain("Updated"))},
        {"response_action": "push", "view": modal(title=plain("Pushed"))},
        {"response_action": "clear"},
    ]
    opens(app, modal)

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**answers.pop(0))

    await connect()
    await opened(people)
    seen: list[tuple[list[str], list[Json]]] = []
    for _ in range(4):
        top = (await people.inbox("requester"))["views"][-1]
        await people.submit("requester", top["id"], {"frame_text": "p10"})
        views = (await people.inbox("requester"))["views"]
        seen.append(([view["title"]["text"] for view in views], [view["errors"] for view in views]))
    assert seen == [
        (["A form"], [{"frame": "No such frame"}]),
        (["Updated"], [{}]),
        (["Updated", "Pushed"], [{}, {}]),
        ([], []),
    ]


WRONG_ANSWERS: list[tuple[Json, str]] = [
    ({"response_action": "errors", "errors": {"nosuch": "x"}}, "invalid_response_errors"),
    ({"response_action": "update"}, "invalid_response_view"),
    ({"response_action": "update", "view": modal(title=plain("x" * 25))}, "invalid_arguments"),
    ({"response_action": "dance"}, "invalid_response_action"),
]


@pytest.mark.parametrize(("answer", "error"), WRONG_ANSWERS)
async def test_wrong_response_action(answer: Json, error: str, app: AsyncApp, people: People, connect: Connect) -> None:
    """An answer that Slack can't use leaves the view as it was, with a word of trouble to the person."""
    opens(app, modal)

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(**answer)

    await connect()
    view = await opened(people)
    assert (await people.submit("requester", view["id"], {"frame_text": "p10"}))["error"] == error
    (still,) = (await people.inbox("requester"))["views"]
    assert (still["hash"], still["errors"]) == (view["hash"], {"": "We had some trouble connecting. Try again?"})


async def test_push_limit(app: AsyncApp, people: People, connect: Connect) -> None:
    """Also a submission's answer pushes no fourth view."""
    opens(app, modal)

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(response_action="push", view=modal())

    await connect()
    await opened(people)
    ended = []
    for _ in range(3):
        top = (await people.inbox("requester"))["views"][-1]
        ended.append((await people.submit("requester", top["id"], {"frame_text": "p10"})).get("error"))
    assert ended == [None, None, "push_limit_reached"]
    assert len((await people.inbox("requester"))["views"]) == 3


@pytest.mark.parametrize("clear", [False, True])
async def test_closing(clear: bool, app: AsyncApp, people: People, connect: Connect) -> None:
    """The bot hears of each closed view that asked to be told of, and whether the whole stack was cleared."""
    heard: asyncio.Queue[Json] = asyncio.Queue()
    opens(app, lambda: modal(notify_on_close=True))

    @app.view("form")
    async def submitted(ack: Any) -> None:
        await ack(response_action="push", view=modal(title=plain("Quiet"), callback_id="quiet"))

    @app.view_closed("form")
    async def closed(ack: Any, body: Json) -> None:
        await ack()
        heard.put_nowait(body)

    await connect()
    first = await opened(people)
    await people.submit("requester", first["id"], {"frame_text": "p10"})
    top = (await people.inbox("requester"))["views"][-1]
    await people.close_view("requester", top["id"], clear=clear)
    if not clear:
        await people.close_view("requester", first["id"])
    body = await asyncio.wait_for(heard.get(), 10)
    assert (body["type"], body["view"]["id"], body["is_cleared"]) == ("view_closed", first["id"], clear)
    assert heard.empty()
    assert (await people.inbox("requester"))["views"] == []


async def test_response_urls_of_a_view(app: AsyncApp, people: People, connect: Connect) -> None:
    """A form asks where to answer, starts with where the person is, and hands out a URL for what they chose."""
    heard: asyncio.Queue[Json] = asyncio.Queue()
    select = {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
        "default_to_current_conversation": True,
    }
    opens(app, lambda: modal(field("place", select)))

    @app.view("form")
    async def submitted(ack: Any, body: Json) -> None:
        await ack()
        heard.put_nowait(body)

    await connect()
    for given, chosen in [({}, OPS), ({"where": "C0RANDOM"}, "C0RANDOM")]:
        await people.submit("requester", (await opened(people))["id"], given)
        body = await asyncio.wait_for(heard.get(), 10)
        (url,) = body["response_urls"]
        assert {name: url[name] for name in ("block_id", "action_id", "channel_id")} == {
            "block_id": "place",
            "action_id": "where",
            "channel_id": chosen,
        }
        await AsyncWebhookClient(url["response_url"]).send(text="here", response_type="in_channel")
        assert [m["text"] for m in await people.messages(chosen)] == ["here"]


async def test_shortcuts(app: AsyncApp, people: People, connect: Connect) -> None:
    """A global shortcut has a trigger and no message; one on a message can be answered by its response URL."""
    heard: asyncio.Queue[Json] = asyncio.Queue()

    @app.shortcut("explain")
    async def explain(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        if body["type"] == "message_action":
            await respond("HSCLA318 means …")
        heard.put_nowait(body)

    await connect()
    await people.shortcut("lead", "explain")
    alone = await asyncio.wait_for(heard.get(), 10)
    assert (alone["type"], "message" in alone, bool(alone["trigger_id"])) == ("shortcut", False, True)
    posted = await people.post("lead", "power-ops", "HSCLA318 again")
    await people.shortcut("lead", "explain", "power-ops", posted["ts"])
    on = await asyncio.wait_for(heard.get(), 10)
    assert (on["type"], on["message"]["ts"], on["channel"]["id"]) == ("message_action", posted["ts"], OPS)
    await people.wait_for_ephemeral("lead", lambda m: m["text"] == "HSCLA318 means …")


async def test_replace_and_delete_by_response_url(
    app: AsyncApp, web: AsyncWebClient, people: People, connect: Connect
) -> None:
    """A click's response URL replaces and deletes the message on which it was, also an ephemeral one."""

    @app.action("replace")
    async def replace(ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="replaced", blocks=[actions(button("remove"))], replace_original=True)

    @app.action("remove")
    async def remove(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    await connect()
    blocks = [actions(button("replace"))]
    posted = (await web.chat_postMessage(channel=OPS, text="x", blocks=blocks))["ts"]
    whisper = (await web.chat_postEphemeral(channel=OPS, user="U0LEAD", text="x", blocks=blocks))["message_ts"]
    for ts in (posted, whisper):
        await people.click("lead", "power-ops", ts, "replace")
    await people.wait_for_message("power-ops", lambda m: m["text"] == "replaced")
    await people.wait_for_ephemeral("lead", lambda m: m["text"] == "replaced")
    for ts in (posted, whisper):
        await people.click("lead", "power-ops", ts, "remove")

    async def nothing_left() -> bool:
        return not (await people.messages("power-ops")) and not (await people.inbox("lead"))["ephemeral"]

    assert await people.wait_for(nothing_left)


async def test_events() -> None:
    """A mention, a direct message and a word in a channel are events of their own kind, where the bot is."""
    heard: asyncio.Queue[Json] = asyncio.Queue()
    subscribed = ("app_mention", "message.im", "message.channels", "app_home_opened")
    async with await start(patience=QUICK, events=subscribed) as workspace, People(workspace.url) as people:
        app = AsyncApp(client=AsyncWebClient(token=workspace.bot_token, base_url=workspace.api_url))

        async def keep(event: Json) -> None:
            heard.put_nowait(event)

        for name in ("app_mention", "message", "app_home_opened"):
            app.event(name)(keep)
        async with connected(app, workspace):
            await people.post("lead", "random", "@hscbot unheard: it is not there")
            await people.post("lead", "@hscbot", "help")
            direct = await asyncio.wait_for(heard.get(), 10)
            await people.open_home("lead", "messages")
            home = await asyncio.wait_for(heard.get(), 10)
            await people.post("lead", "power-ops", "@hscbot help")
            both = [await asyncio.wait_for(heard.get(), 10) for _ in range(2)]
    assert (direct["type"], direct["channel_type"], direct["user"]) == ("message", "im", "U0LEAD")
    assert (home["type"], home["tab"], home["channel"]) == ("app_home_opened", "messages", direct["channel"])
    assert {(one["type"], one.get("channel_type"), one["text"]) for one in both} == {
        ("message", "channel", "<@U0HSCBOT> help"),
        ("app_mention", None, "<@U0HSCBOT> help"),
    }


@asynccontextmanager
async def connected(app: AsyncApp, workspace: Workspace) -> AsyncIterator[None]:
    """One Socket Mode connection, until the block ends."""
    handler: Any = AsyncSocketModeHandler(app, workspace.app_token, ping_interval=0.3)
    await handler.connect_async()
    try:
        yield
    finally:
        await handler.close_async()
