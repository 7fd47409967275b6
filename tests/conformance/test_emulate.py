"""The same calls to our workspace and to npm's emulate, another imitation of Slack: `ok` and `error` compared."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.lab.workspace.client import People
from bot.lab.workspace.server import Workspace, start
from tests.conformance.calls import CALLS, SCOPES, UPLOADED, Call
from tests.conformance.differences import ANSWERED
from tests.conformance.node import needs_node, running

pytestmark = needs_node
Json = dict[str, Any]
TOKEN, LEADS_TOKEN, POOR_TOKEN = "xoxb-hscbot", "xoxp-lead", "xoxb-poor"
SEED = {
    "tokens": {},
    "slack": {
        "team": {"name": "power-lab", "domain": "power-lab"},
        "users": [{"name": "lead", "email": "lead@example.com"}, {"name": "requester"}],
        "channels": [{"name": "power-ops"}, {"name": "random"}],
        "oauth_apps": [
            {
                "client_id": "1.2",
                "client_secret": "s",
                "app_id": "A0HSCBOT",
                "name": "hscbot",
                "redirect_uris": [],
                "scopes": SCOPES,
                "bot_user_id": "U0HSCBOT",
                "bot_id": "B0HSCBOT",
            }
        ],
        "tokens": [
            {"token": TOKEN, "user_id": "U0HSCBOT", "app_id": "A0HSCBOT", "bot_id": "B0HSCBOT", "scopes": SCOPES},
            {"token": LEADS_TOKEN, "user": "lead", "scopes": SCOPES},
        ],
    },
}


@dataclass(kw_only=True)
class Side:
    """One of the two servers, with what its names stand for."""

    name: str
    url: str
    token: str
    session: aiohttp.ClientSession
    names: Json
    trigger: Callable[[str], Awaitable[str]]  # for a view, or for none

    async def ask(self, call: Call) -> Json:
        """Its answer; what is not Slack's JSON is told by its HTTP status."""
        given = await self._filled(call.given)
        headers = {"Authorization": f"Bearer {self.token}"} | call.headers
        how: Json = {"query": {"params": given}, "json": {"json": given}, "multipart": {"data": _multipart(given)}}.get(
            call.how, {"data": _flat(given)}
        )
        path = f"{self.url}api/{call.method}"
        async with self.session.request(call.verb, path, headers=headers, **how) as response:
            try:
                answer: Json = await response.json(content_type=None)
            except ValueError:
                return {"ok": False, "error": f"HTTP {response.status}"}
        if answer.get("ok"):
            self.names |= {name: _at(answer, at) for name, at in call.keep.items()}
        return answer

    async def _filled(self, value: Any) -> Any:
        """The value with this server's own for `$name`."""
        if isinstance(value, dict):
            return {name: await self._filled(held) for name, held in value.items()}
        if isinstance(value, list):
            return [await self._filled(each) for each in value]
        if not isinstance(value, str) or not value.startswith("$"):
            return value
        if value.startswith("$trigger"):
            self.names["used"] = await self.trigger(self.names.get(value.removeprefix("$trigger_on_"), ""))
            return self.names["used"]
        return self.names[value.removeprefix("$")]

    async def upload(self) -> None:
        """The bytes of the file that was announced last."""
        path = urlsplit(self.names["upload"]).path.lstrip("/")
        async with self.session.post(self.url + path, data=b"12345") as response:
            assert response.status == 200


def _at(answer: Json, path: str) -> Any:
    value: Any = answer
    for step in path.split("."):
        value = value[step]
    return value


def _flat(given: Json) -> dict[str, str]:
    """As a form has it: what is not text, as JSON."""
    return {name: held if isinstance(held, str) else json.dumps(held) for name, held in given.items()}


def _multipart(given: Json) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, held in _flat(given).items():
        form.add_field(name, held)
    return form


# ── the two ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trust_env=False) as session:
        yield session


@pytest.fixture
async def ours(session: aiohttp.ClientSession) -> AsyncIterator[Side]:
    async with await start(port=0, limits=None, scopes=SCOPES) as workspace, People(workspace.url) as people:
        asked = await people.post("lead", "power-ops", "a question")
        elsewhere = await people.post("lead", "random", "elsewhere")
        yield Side(
            name="ours",
            url=workspace.url,
            token=workspace.bot_token,
            session=session,
            names={
                "ops": "C0POWEROPS",
                "random": "C0RANDOM",
                "lead": "U0LEAD",
                "bot": "U0HSCBOT",
                "bot_id": "B0HSCBOT",
                "asked": asked["ts"],
                "elsewhere": elsewhere["ts"],
                "soon": _soon(),
            },
            trigger=lambda view: _triggered(workspace, view),
        )


def _soon() -> int:
    return int(time.time()) + 3600


async def _triggered(workspace: Workspace, view: str) -> str:
    return workspace.lab.triggers.issue("U0LEAD", view)


@pytest.fixture
async def theirs(session: aiohttp.ClientSession) -> AsyncIterator[Side]:
    async with running("emulate_server.mjs", SEED=json.dumps(SEED)) as emulate:
        url = f"http://127.0.0.1:{(await emulate.said('ready'))['port']}/"

        async def call(method: str, token: str = TOKEN, **given: Any) -> Json:
            async with session.post(f"{url}api/{method}", json=given, headers={"Authorization": token}) as response:
                answer: Json = await response.json()
            assert answer["ok"], answer
            return answer

        async def trigger(view: str) -> str:
            return str((await call("views.generateTriggerId", user_id=names["lead"], view_id=view))["trigger_id"])

        channels = {each["name"]: each["id"] for each in (await call("conversations.list"))["channels"]}
        users = {each["name"]: each["id"] for each in (await call("users.list"))["members"]}
        ops, random = channels["power-ops"], channels["random"]
        await call("conversations.join", channel=ops)
        names = {
            "ops": ops,
            "random": random,
            "lead": users["lead"],
            "bot": "U0HSCBOT",
            "bot_id": "B0HSCBOT",
            "soon": _soon(),
            "asked": (await call("chat.postMessage", LEADS_TOKEN, channel=ops, text="a question"))["ts"],
            "elsewhere": (await call("chat.postMessage", LEADS_TOKEN, channel=random, text="elsewhere"))["ts"],
        }
        yield Side(name="emulate", url=url, token=TOKEN, session=session, names=names, trigger=trigger)


async def test_both_answer_alike_but_for_what_is_listed(ours: Side, theirs: Side) -> None:
    """Call by call; a difference that is not listed, or is listed and no longer there, fails."""
    found = {}
    for name, call in CALLS.items():
        told = [_outcome(await side.ask(call)) for side in (ours, theirs)]
        if told[0] != told[1]:
            found[name] = tuple(told)
        if name == UPLOADED:
            await ours.upload()
            await theirs.upload()
    listed = {name: (each.ours, each.theirs) for name, each in ANSWERED.items()}
    assert found == listed


def _outcome(answer: Json) -> str:
    return "ok" if answer.get("ok") else str(answer.get("error"))
