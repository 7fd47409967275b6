"""The bot on the embedded lab, in one process: only the addresses, the tokens and the keys differ from production."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot import app
from bot.hosts import Archive
from bot.lab.fleet.archive import FOLDER, ArchiveServer, start_archive
from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.running import RunningFleet, start_fleet
from bot.lab.panel import Panel
from bot.lab.remote import URL
from bot.lab.workspace import NotLoopback
from bot.lab.workspace.server import Workspace
from bot.lab.workspace.server import start as start_workspace
from bot.lab.workspace.words import TEAM
from bot.ledger import policies
from bot.ledger.store import Ledger
from bot.ledger.tx import Now
from bot.settings import AixHost, DriftSettings, Settings, SlackSettings, WatchSettings
from policies.alerting import Alerting
from policies.problems import Problem

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
AIX = ("web01", "db01", "app01", "desert01")  # that are reached by themselves too
ALERTS = "C0POWERALERTS"  # the lab's channel for what the fleet reports by itself
# What the seed leaves to each administrator; in the lab anybody may see how it looks.
GLASS = """
[break_glass]
operations = ["lpm.*", "vios.*"]
who = ["operator", "lead"]
reviewers = ["lead"]
"""
TRY = (
    "/lpm validate db01 p72 p75",
    "/lpm validate vscsi01 p72 p75",
    "/lpm migrate db01 p72 p75",
    "/vios health p72",
    "/sea status",
    "/sea show p72vio1 p72",
    "/drift status",
    "/policy explain lpm.migrate db01 p72 p75 as @approver",
    "/requests",
)
BREAK = (
    "hscbot lab break cable-pull p75vio1",
    "hscbot lab break sharing-lost p72vio1",
    "hscbot lab break tunable-changed db01",
)


class BeyondLoopback(Problem):
    code = "beyond-loopback"
    sentence = "{host} is not on this machine alone, so I don't listen there."
    why = "Nobody logs in to the demo's workspace: whoever reaches it can play any person, approvers too."
    remedy = "Leave --host away; or, on a network that you trust, add --allow-remote."


class PortTaken(Problem):
    code = "port-taken"
    sentence = "I can't listen on {host} port {port}: it is taken, or not this machine's."
    why = "The workspace's page needs it. Perhaps another demo still runs."
    remedy = "Stop the other program, or give another port: hscbot demo --port N"


@dataclass(frozen=True, kw_only=True)
class Lab:
    """A workspace and a fleet that run, and the settings by which a bot finds them."""

    workspace: Workspace
    fleet: RunningFleet
    aix: Mapping[str, AixHost] = field(default_factory=dict)
    archive: ArchiveServer | None = None

    @property
    def settings(self) -> Settings:
        slack = SlackSettings(
            bot_token=SecretStr(self.workspace.bot_token),
            app_token=SecretStr(self.workspace.app_token),
            api_url=self.workspace.api_url,
        )
        archive = None if self.archive is None else Archive.model_validate(dict(self.archive.host) | {"folder": FOLDER})
        return Settings(
            slack=slack,
            hosts=dict(self.fleet.hosts),
            aix=dict(self.aix),
            archive=archive,
            alerts=Alerting(channel=ALERTS),
        )


@asynccontextmanager
async def lab(
    machines: Fleet | None = None,
    *,
    port: int = 0,
    host: str = "127.0.0.1",
    remote: bool = False,
    migration_seconds: float = 30.0,
    line_delay: float = 0.05,
) -> AsyncIterator[Lab]:
    """The lab, until the block ends, of the demo's fleet or another one.

    `remote`: the workspace, and only that, may be reached from other machines.
    """
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        # slack_sdk heeds them for loopback too, whatever NO_PROXY says.
        for spelled in (name, name.upper()):
            os.environ.pop(spelled, None)
    async with AsyncExitStack() as stack:
        try:
            manifest = _manifest()
            workspace = await start_workspace(
                port,
                host=host,
                allow_remote=remote,
                commands=manifest["features"]["slash_commands"],
                scopes=manifest["oauth_config"]["scopes"]["bot"],
                events=manifest["settings"]["event_subscriptions"]["bot_events"],
            )
        except NotLoopback as fault:
            raise BeyondLoopback(host=host) from fault
        except OSError as fault:
            raise PortTaken(port=port, host=host) from fault
        stack.push_async_callback(workspace.close)
        fleet = await start_fleet(machines or demo_fleet(), migration_seconds=migration_seconds, line_delay=line_delay)
        stack.push_async_callback(fleet.close)
        kept = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hscbot-archive-")))
        archive = await start_archive(kept)
        stack.push_async_callback(archive.close)
        panel = Panel(fleet, archive)
        workspace.show(panel)
        watching = asyncio.create_task(panel.watch(workspace.fleet_changed))
        stack.callback(watching.cancel)
        told = {} if machines else await direct(fleet)
        yield Lab(workspace=workspace, fleet=fleet, aix=told, archive=archive)


async def direct(fleet: RunningFleet, names: Sequence[str] = AIX) -> dict[str, AixHost]:
    """These partitions, as hosts that are logged in to without an HMC."""
    return {name: AixHost.model_validate(dict(await fleet.reach(name))) for name in names}


@asynccontextmanager
async def open_ledger(folder: Path, now: Now = app.utc_now) -> AsyncIterator[Ledger]:
    """The data folder, with the seed policy and the lab's people in force."""
    ledger = app.data_ledger(folder, now).open(alone=True)
    try:
        source = demo_policy()
        await ledger.write(lambda tx: policies.load_own(tx, source, by="hscbot demo", vocabulary=app.VOCABULARY))
        yield ledger
    finally:
        ledger.close()


async def play(
    folder: Path,
    *,
    port: int,
    host: str,
    remote: bool,
    migration_seconds: float,
    stop: asyncio.Event,
    say: Callable[[str], object],
) -> int:
    """The demo: until `stop`."""
    async with (
        lab(port=port, host=host, remote=remote, migration_seconds=migration_seconds) as running,
        open_ledger(folder) as ledger,
        app.running(_at_once(running.settings), ledger),
    ):
        say(f"hscbot plays on a lab of its own. Open  {running.workspace.url}")
        say("Act as requester, approver, lead or outsider there, and try in #power-ops:")
        for command in TRY:
            say(f"  {command}")
        say("Break something from another terminal (with .venv/bin/hscbot), and watch #power-alerts:")
        elsewhere = "" if running.workspace.url.rstrip("/") == URL else f" --url {running.workspace.url.rstrip('/')}"
        for line in BREAK:
            say(f"  {line}{elsewhere}")
        say("  hscbot lab faults  (lists them all)")
        say("Ctrl-C stops it.")
        await stop.wait()
        say("Stopping.")
    return 0


def _at_once(settings: Settings) -> Settings:
    """What is broken in a demo stands in its channel before its breaker looks away; a site's own are ten times that."""
    alerts = settings.alerts.model_copy(update={"settle_seconds": 4})
    archive = settings.archive and settings.archive.model_copy(update={"every": 60.0, "stall": 5.0})
    brisk = {
        "watch": WatchSettings(every=5, floor=2),
        "drift": DriftSettings(every=60, every_by_hmc=120),
        "archive": archive,
    }
    return settings.model_copy(update={**brisk, "alerts": alerts})


def demo_policy() -> str:
    """The shipped seed policy, with the lab's people in its roles, and glass to break."""
    people = {"viewer": [], "operator": ["U0REQUESTER", "U0APPROVER"], "lead": ["U0LEAD", "U0APPROVER"]}
    source = (DEPLOY / "policy.seed.toml").read_text(encoding="utf-8")
    for role, members in people.items():
        source = source.replace(f"{role} = []", f"{role} = {json.dumps([f'{TEAM}:{one}' for one in members])}", 1)
    return source + GLASS


def _manifest() -> dict[str, Any]:
    """What Slack is told of the app: the lab grants no scope and offers no command beyond it."""
    manifest: dict[str, Any] = json.loads((DEPLOY / "slack-manifest.json").read_text(encoding="utf-8"))
    return manifest
