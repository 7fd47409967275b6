"""`hscbot check`: everything that a start needs is tried once, and a table says what to mend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import app
from bot.console import Console
from bot.door import Door
from bot.hosts import ARCHIVE, Archive
from bot.ledger import policies
from bot.ledger.store import Ledger
from bot.refusals import word_of
from bot.settings import Settings
from bot.sftp import Depot
from bot.socket_mode import slack_client
from handlers import hmcout
from handlers.command import Command
from policies.problems import Problem

NEEDED = (
    "chat:write",
    "commands",
    "channels:history",
    "channels:join",
    "files:write",
    "groups:history",
    "im:history",
    "im:write",
    "usergroups:read",
)


# What the user may see there, and what to mend where it may not.
ON_HMC = (
    ("level", ("lshmc", "-V"), "give the user a task role of hmcviewer or more"),
    ("frames", ("lssyscfg", "-r", "sys", "-F", "name"), "give the user's resource role the managed systems"),
    ("role", ("lshmcusr", "-F", "name,taskrole"), "see the README: the least role that may migrate"),
)
ON_AIX = (
    ("system", ("uname", "-s"), "[aix.NAME] is for AIX alone; an HMC has [hmc.NAME]"),
    ("level", ("oslevel", "-s"), "let the user run oslevel"),
    ("user", ("id",), "what changes a host takes root; a plain user is enough for reads"),
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was tried."""

    what: str
    well: bool
    found: str
    mend: str = ""


async def run(settings: Settings, data: Path, only: list[str], terminal: Terminal) -> int:
    """Try it all; 0 when a bot would work, 1 when something is to be mended."""
    rows: list[Row] = []
    ledger = app.data_ledger(data).open()
    try:
        if not only:
            rows += [row async for row in _slack(settings)]
            rows.append(await _policy(ledger))
        async with app.reading(settings, ledger) as (console, door):
            for host in only or settings.reachable:
                rows += [row async for row in _host(console, door, settings, host)]
    finally:
        ledger.close()
    if not settings.hosts:
        rows.append(Row(what="HMCs", well=False, found="none configured", mend="add [hmc.NAME] to hscbot.toml"))
    terminal.print(_table(rows))
    return 0 if all(row.well for row in rows) else 1


async def _slack(settings: Settings) -> AsyncIterator[Row]:
    client = slack_client(settings)
    try:
        told = await client.auth_test()
    except SlackApiError as refusal:
        word = word_of(refusal)
        yield Row(what="bot token", well=False, found=word, mend="reinstall the app and copy its Bot User OAuth Token")
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        yield Row(what="Slack", well=False, found=type(fault).__name__, mend="let this machine reach slack.com:443")
        return
    else:
        yield Row(what="bot token", well=True, found=f"{told['user']} in {told['team']} ({told['team_id']})")
        yield _scopes(dict(told.headers))
    yield await _app_token(client, settings)


def _scopes(headers: dict[str, str]) -> Row:
    told = next((value for name, value in headers.items() if name.lower() == "x-oauth-scopes"), "")
    given = {scope.strip() for scope in told.split(",")}
    missing = [scope for scope in NEEDED if scope not in given]
    if missing:
        mend = "add them under OAuth & Permissions (deploy/slack-manifest.json has them all), then reinstall the app"
        return Row(what="scopes", well=False, found=f"missing: {', '.join(missing)}", mend=mend)
    more = sorted(given - set(NEEDED) - {""})
    return Row(what="scopes", well=True, found="all there" + (f"; not needed: {', '.join(more)}" if more else ""))


async def _app_token(client: AsyncWebClient, settings: Settings) -> Row:
    try:
        await client.apps_connections_open(app_token=settings.slack.app_token.get_secret_value())
    except SlackApiError as refusal:
        mend = "make an app-level token with connections:write, and switch Socket Mode on"
        return Row(what="app token", well=False, found=word_of(refusal), mend=mend)
    except (aiohttp.ClientError, TimeoutError, OSError) as fault:
        return Row(
            what="app token", well=False, found=type(fault).__name__, mend="let this machine reach slack.com:443"
        )
    return Row(what="app token", well=True, found="Socket Mode opens")


async def _policy(ledger: Ledger) -> Row:
    policy = await ledger.read(policies.current)
    if policy is None:
        return Row(what="policy", well=False, found="none: all is denied", mend="hscbot policy load policy.toml")
    people = {person for members in policy.roles.values() for person in members}
    if not people:
        mend = "put people into [roles], then hscbot policy load policy.toml"
        return Row(what="policy", well=False, found=f"version {policy.version}, but nobody has a role", mend=mend)
    return Row(what="policy", well=True, found=f"version {policy.version}, {len(people)} people")


async def _host(console: Console, door: Door, settings: Settings, name: str) -> AsyncIterator[Row]:
    """One login, in spite of an earlier stop, which it lifts when it gets in; then what the user may see."""
    try:
        await console.open(name, force=True)
    except Problem as problem:
        yield Row(what=f"{name}: login", well=False, found=problem.said, mend=problem.next_step)
        return
    host = settings.reachable[name]
    yield Row(what=f"{name}: login", well=True, found=f"{host.user}@{host.address}, key as pinned")
    if isinstance(host, Archive):
        yield await _archive(console, host)
        return
    for what, argv, mend in ON_AIX if name in settings.aix else ON_HMC:
        yield await _read(door, name, what, argv, mend, host.user)


async def _archive(console: Console, archive: Archive) -> Row:
    """A file is written there, read back and taken away."""
    try:
        async with console.files(ARCHIVE, within=archive.stall) as client:
            depot = Depot(client=client, archive=ARCHIVE, stall=archive.stall, deadline=archive.deadline)
            await depot.try_out(archive.folder)
    except Problem as problem:
        return Row(what=f"{ARCHIVE}: folder", well=False, found=problem.said, mend=problem.next_step)
    return Row(what=f"{ARCHIVE}: folder", well=True, found=f"{archive.folder}: written, read back and taken away")


async def _read(door: Door, host: str, what: str, argv: tuple[str, ...], mend: str, user: str) -> Row:
    label = f"{host}: {what}"
    try:
        result = await door.read(Command(host=host, argv=argv))
    except Problem as problem:
        return Row(what=label, well=False, found=problem.said, mend=problem.next_step)
    if result.exit_status != 0:
        found = _first(result.text) or f"exit status {result.exit_status}"
        return Row(what=label, well=what == "role", found=found, mend=mend)
    if what == "system" and result.text.strip() != "AIX":
        return Row(what=label, well=False, found=_first(result.text) or "nothing", mend=mend)
    return Row(what=label, well=True, found=_told(what, result.text, user))


def _told(what: str, text: str, user: str) -> str:
    if what == "level":
        lines = [line.strip(' "') for line in text.splitlines() if "Version:" in line or "Release:" in line]
        return ", ".join(lines) or _first(text)
    rows = text.strip().splitlines()
    if what == "role":
        return next((row for row in rows if row.partition(",")[0] == user), f"{len(rows)} users listed")
    return "none" if text.strip() == hmcout.NO_RESULTS else ", ".join(rows[:10]) + (" …" if len(rows) > 10 else "")


def _first(text: str) -> str:
    return next((line.strip()[:200] for line in text.splitlines() if line.strip()), "")


def _table(rows: list[Row]) -> Table:
    table = Table("", "what", "found", "to mend", expand=False)
    for row in rows:
        mark = Text("ok", "green") if row.well else Text("mend", "bold red")
        table.add_row(mark, Text(row.what), Text(_printable(row.found)), Text(_printable("" if row.well else row.mend)))
    return table


def _printable(text: str) -> str:
    return "".join(ch if ch.isprintable() else "�" for ch in text)
