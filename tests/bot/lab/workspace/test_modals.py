"""Views: triggers, stacks, submissions."""

from __future__ import annotations

import functools
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace import People, Workspace
from bot.lab.workspace.client import Refused
from tests.bot.lab.workspace.cards import actions, button, field, modal, plain, section
from tests.bot.lab.workspace.conftest import Clock, Connect


def trigger(workspace: Workspace, user: str = "U0REQUESTER") -> str:
    return workspace.lab.triggers.issue(user)


async def refused(web: AsyncWebClient, method: str, **arguments: Any) -> str:
    """The error with which a call is refused."""
    with pytest.raises(SlackApiError) as caught:
        await web.api_call(method, json=arguments)
    return str(caught.value.response["error"])


async def test_form(app: AsyncApp, people: People, connect: Connect) -> None:
    """A form opens, holds back an empty required field, shows the bot's errors, and closes when it is accepted."""
    taken: list[Any] = []

    @app.command("/power")
    async def power(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        options = [{"text": plain("p9"), "value": "p9"}, {"text": plain("p10"), "value": "p10"}]
        target = field("target", {"type": "static_select", "action_id": "system", "options": options})
        await client.views_open(trigger_id=body["trigger_id"], view=modal(field("partition"), target))

    @app.view("form")
    async def form(ack: Any, view: dict[str, Any]) -> None:
        values = view["state"]["values"]
        if values["partition"]["partition_text"]["value"] == "nosuch":
            await ack(response_action="errors", errors={"partition": "There is no such partition"})
            return
        taken.append((values["partition"]["partition_text"]["value"], values["target"]["system"]["selected_option"]))
        await ack()

    await connect()
    await people.slash("requester", "power-ops", "/power lpm migrate")
    view = await people.wait_for_view("requester")
    empty = await people.submit("requester", view["id"], {"partition_text": "aix01"})
    assert (empty["error"], set(empty["errors"])) == ("input_required", {"target"})
    wrong = await people.submit("requester", view["id"], {"partition_text": "nosuch", "system": "p10"})
    assert wrong["errors"] == {"partition": "There is no such partition"}
    right = await people.submit("requester", view["id"], {"partition_text": "aix01", "target": {"system": "p10"}})
    assert right["ok"]
    assert [(name, option["value"]) for name, option in taken] == [("aix01", "p10")]
    assert (await people.inbox("requester"))["views"] == []


async def test_trigger_ends(workspace: Workspace, web: AsyncWebClient, clock: Clock, people: People) -> None:
    """A trigger works once and for three seconds."""
    used = trigger(workspace)
    await web.views_open(trigger_id=used, view=modal())
    assert await refused(web, "views.open", trigger_id=used, view=modal()) == "exchanged_trigger_id"
    late = trigger(workspace)
    clock.ahead += 3.0
    assert await refused(web, "views.open", trigger_id=late, view=modal()) == "expired_trigger_id"
    fresh = trigger(workspace)
    await people.fault(triggers="expire", times=1)
    assert await refused(web, "views.open", trigger_id=fresh, view=modal()) == "expired_trigger_id"
    assert await refused(web, "views.open", trigger_id=trigger(workspace), view=modal()) == "expired_trigger_id"
    assert await refused(web, "views.open", trigger_id="1.2.3", view=modal()) == "invalid_trigger_id"


async def test_stack(
    app: AsyncApp, workspace: Workspace, web: AsyncWebClient, people: People, connect: Connect
) -> None:
    """Views stack three deep, and an update with an old hash is refused."""
    errors: list[str] = []

    @app.action("deeper")
    async def deeper(ack: Any, body: dict[str, Any], client: Any) -> None:
        await ack()
        try:
            await client.views_push(trigger_id=body["trigger_id"], view=modal(section("on"), actions(button("deeper"))))
        except SlackApiError as error:
            errors.append(error.response["error"])

    await connect()
    first = await web.views_open(
        trigger_id=trigger(workspace), view=modal(section("on"), actions(button("deeper")), notify_on_close=True)
    )
    for depth in (1, 2, 3):
        top = await people.wait_for(functools.partial(depth_of, people, depth))
        await people.click_view("requester", top["id"], "deeper")
    assert await people.wait_for(lambda: errors) == ["push_limit_reached"]
    assert await refused(web, "views.update", view_id=first["view"]["id"], view=modal(), hash="1.2") == "hash_conflict"
    assert len((await people.close_view("requester", top["id"], clear=True))["closed"]) == 3
    with pytest.raises(Refused, match="view_not_found"):
        await people.submit("requester", top["id"])


async def depth_of(people: People, depth: int) -> dict[str, Any] | None:
    views = (await people.inbox("requester"))["views"]
    return views[-1] if len(views) == depth else None


async def test_home(app: AsyncApp, people: People, connect: Connect) -> None:
    """Opening the Home tells the bot, and what it publishes is in that person's inbox only."""

    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section("Your requests")]})

    await connect()
    await people.open_home("lead")

    async def home() -> dict[str, Any] | None:
        return (await people.inbox("lead"))["home"]  # type: ignore[no-any-return]

    assert (await people.wait_for(home))["blocks"][0]["text"]["text"] == "Your requests"
    assert (await people.inbox("approver"))["home"] is None


async def test_bad_views(workspace: Workspace, web: AsyncWebClient) -> None:
    """A view that Slack would not take is refused before its trigger is spent."""
    spent = trigger(workspace)
    for view in (
        modal(title=plain("x" * 25)),
        modal(private_metadata="x" * 3001),
        {name: value for name, value in modal().items() if name != "submit"},
        modal(section("x" * 3001)),
        {"type": "home", "blocks": []},
    ):
        assert await refused(web, "views.open", trigger_id=spent, view=view) == "invalid_arguments"
    assert (await web.views_open(trigger_id=spent, view=modal()))["ok"]
