"""`hscbot serve` in a process of its own, and the same bot in this one, on a lab that runs beside them."""

from __future__ import annotations

import json
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from bot import app
from bot.app import Bot
from bot.lab import demo
from bot.ledger import policies
from bot.ledger.store import Ledger
from bot.login import Host
from bot.settings import Settings, SlackSettings
from tests.bench.children import Told, started


def hosts(told: Told) -> dict[str, Host]:
    return {host["name"]: Host(**host) for host in told["hosts"]}


async def prepared(told: Told, folder: Path) -> Path:
    """A configuration, and a data folder with the policy in force; the path of the first."""
    async with demo.open_ledger(folder / "data"):
        pass
    lines = ["[slack]", f"api_url = {json.dumps(told['api_url'])}"]
    for host in told["hosts"]:
        lines += [f"[hmc.{host['name']}]", *(f"{key} = {json.dumps(host[key])}" for key in host if key != "name")]
    path = folder / "hscbot.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def serve(told: Told, config: Path) -> AbstractAsyncContextManager[Process]:
    """The production command, tokens by the environment."""
    tokens = {"HSCBOT_BOT_TOKEN": told["bot_token"], "HSCBOT_APP_TOKEN": told["app_token"]}
    script = Path(sys.executable).with_name("hscbot")
    words = ("serve", "--config", str(config), "--data", str(config.parent / "data"))
    return started(str(script), *words, env=os.environ | tokens, quiet=True)


@asynccontextmanager
async def here(told: Told, ledger: Ledger, *, fleet: Told | None = None) -> AsyncIterator[Bot]:
    """The bot in this process, its workspace (and its fleet, but for another one given) in another."""
    slack = SlackSettings(
        bot_token=SecretStr(told["bot_token"]), app_token=SecretStr(told["app_token"]), api_url=told["api_url"]
    )
    ledger.open(alone=True)
    try:
        source = demo.demo_policy()
        await ledger.write(lambda tx: policies.load_own(tx, source, by="bench", vocabulary=app.VOCABULARY))
        async with app.running(Settings(slack=slack, hosts=hosts(fleet or told)), ledger) as bot:
            yield bot
    finally:
        ledger.close()
