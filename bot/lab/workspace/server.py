"""Starting and stopping a workspace: the one place where its parts are put together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from aiohttp import web

from bot.lab.workspace import reach
from bot.lab.workspace.control import Control
from bot.lab.workspace.envelopes import Patience
from bot.lab.workspace.event_feed import USUAL_EVENTS
from bot.lab.workspace.faults import Faults
from bot.lab.workspace.guard import Guard, add_headers
from bot.lab.workspace.lab import Lab, Tokens
from bot.lab.workspace.limits import Limits, Meter
from bot.lab.workspace.page import FleetSide, Page
from bot.lab.workspace.request_url import RequestUrl, checked
from bot.lab.workspace.response_hooks import ResponseHooks
from bot.lab.workspace.scheduled import Schedule
from bot.lab.workspace.sockets import Sockets
from bot.lab.workspace.state import State
from bot.lab.workspace.triggers import Triggers
from bot.lab.workspace.urls import ResponseUrls
from bot.lab.workspace.web_api import WebApi
from bot.lab.workspace.words import Clock, Json

MOST_BODY = 80 * 1024 * 1024
ALL_SCOPES = frozenset(
    {
        *("app_mentions:read", "chat:write", "commands", "reactions:write", "team:read", "usergroups:read"),
        *("channels:history", "channels:join", "channels:manage", "channels:read", "pins:read", "pins:write"),
        *("groups:history", "groups:read", "groups:write"),
        *("im:history", "im:read", "im:write", "mpim:history", "mpim:read", "mpim:write"),
        *("files:read", "files:write", "users:read", "users:read.email"),
    }
)


class Workspace:
    """A running workspace; `close()` frees the port."""

    def __init__(self, lab: Lab, page: Page, runner: web.AppRunner, port: int) -> None:
        self.lab = lab
        self.port = port
        self._page = page
        self._runner = runner

    @property
    def url(self) -> str:
        return self.lab.url

    @property
    def api_url(self) -> str:
        return f"{self.lab.url}api/"

    @property
    def bot_token(self) -> str:
        return self.lab.tokens.bot

    @property
    def app_token(self) -> str:
        return self.lab.tokens.app

    @property
    def signing_secret(self) -> str:
        """With which the app checks what is posted to its request URL."""
        return self.lab.tokens.signing

    @property
    def state(self) -> State:
        return self.lab.state

    @property
    def faults(self) -> Faults:
        return self.lab.faults

    @property
    def connections(self) -> int:
        """How many Socket Mode connections take deliveries now."""
        return self.lab.sockets.connections

    def show(self, fleet: FleetSide) -> None:
        """Fill the side panel of the page."""
        self._page.fleet = fleet
        self.fleet_changed()

    def fleet_changed(self) -> None:
        """Have the pages look at the fleet again."""
        self.state.tell({"type": "fleet"})

    async def close(self) -> None:
        await self._page.close()
        await self.lab.close()
        await self._runner.cleanup()

    async def __aenter__(self) -> Workspace:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


async def start(
    port: int = 0,
    *,
    host: str = reach.LOOPBACK,
    allow_remote: bool = False,
    warn: Callable[[str], object] = reach.to_stderr,
    commands: Iterable[Json] = (),
    limits: Limits | None = Limits(),  # noqa: B008 - frozen
    patience: Patience = Patience(),  # noqa: B008 - frozen
    scopes: Iterable[str] = ALL_SCOPES,
    events: Iterable[str] = USUAL_EVENTS,
    clock: Clock = time.time,
    request_url: str = "",
    signing_secret: str = "",
) -> Workspace:
    """Starts a workspace on 127.0.0.1.

    `host`: another address; one beyond the loopback raises NotLoopback without `allow_remote`, and with it `warn` is
    told why that is dangerous. `commands`: `[{"command", "description", "usage_hint", "should_escape"}]`, as in the
    manifest; none means that any command is sent, as typed. `limits`: None turns rate limits off. `scopes` are the bot
    token's, `events` the app's subscriptions. `request_url`: where the app takes signed HTTP; without one it connects
    by Socket Mode.
    """
    if danger := reach.check(host, allow_remote=allow_remote):
        warn(danger)
    lab = _assemble(list(commands), limits, patience, frozenset(scopes), frozenset(events), clock)
    lab.tokens.signing = signing_secret or lab.tokens.signing
    if request_url:
        url = checked(request_url, allow_remote=allow_remote)
        lab.request_url = RequestUrl(url, lab.tokens.signing, patience, lab.faults, clock)
    page, guard = Page(lab), Guard()
    app = web.Application(middlewares=[guard.middleware()], client_max_size=MOST_BODY)
    app.on_response_prepare.append(add_headers)
    app.router.add_get("/link/", lab.sockets.serve)
    for room in (WebApi(lab), ResponseHooks(lab), Control(lab), page):
        app.add_routes(room.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    bound = await _listen(runner, host, port)
    guard.allow(host, bound)
    lab.url = f"http://{reach.named(reach.from_here(host), bound)}/"
    return Workspace(lab, page, runner, bound)


def _assemble(
    commands: list[Json],
    limits: Limits | None,
    patience: Patience,
    scopes: frozenset[str],
    events: frozenset[str],
    clock: Clock,
) -> Lab:
    faults, state = Faults(), State(clock)
    return Lab(
        state=state,
        faults=faults,
        sockets=Sockets(patience, faults, clock),
        triggers=Triggers(clock),
        meter=Meter(limits, clock),
        response_urls=ResponseUrls(clock),
        schedule=Schedule(state),
        tokens=Tokens(),
        scopes=scopes,
        commands=commands,
        events=events,
    )


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
    except OSError:
        await runner.cleanup()
        raise
    return int(runner.addresses[0][1])
