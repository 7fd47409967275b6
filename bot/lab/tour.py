"""The main job, played in the terminal as a person would see it in the channel; every step is held to its promise."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console as Terminal
from rich.panel import Panel
from rich.text import Text

from bot import app
from bot.lab import demo
from bot.lab.workspace.client import People
from bot.ledger import proof
from policies.problems import Problem

CHANNEL = "power-ops"
PATIENCE = 60.0  # seconds for one step


class NotAsPromised(Problem):
    code = "tour-broken"
    sentence = "The tour stopped: {step}"
    why = "Expected {expected}; the channel shows: {seen}"
    remedy = "This is a fault of hscbot or of its lab: report it with the lines above."


@dataclass
class Tour:
    """One walk through the channel: what people do, what it then shows, and whether that is as promised."""

    people: People
    lab: demo.Lab
    bot: app.Bot
    terminal: Terminal

    async def walk(self) -> None:
        await self.validates_and_explains()
        await self.migrates_with_approval()
        await self.refuses_what_is_not_meant()

    async def validates_and_explains(self) -> None:
        self._step("A migration that would fail is explained, block by block")
        card = await self._ask("requester", "/lpm validate vscsi01 p72 p75", "can't: 1 reason")
        thread = await self._thread(card)
        self._show(card, *[reply for reply in thread if reply["ts"] != card["ts"]])
        said = "\n".join(shown(message) for message in thread)
        self._promise("the innermost code and its return code are explained", "OS 85" in said, said)
        files = [file["name"] for message in thread for file in message.get("files") or ()]
        self._promise("the whole log is attached", bool(files), said)

    async def migrates_with_approval(self) -> None:
        self._step("A partition moves, once somebody else agrees")
        plan = await self._ask("requester", "/lpm migrate db01 p72 p75", "waiting for approval")
        self._show(plan)
        self._promise("the exact command is shown", "migrlpar -o m -m p72 -t p75 -p db01" in shown(plan), shown(plan))
        await self._click("requester", plan, "vote.approve")
        await self._whispered("requester", "you can't approve it")
        await self._click("approver", plan, "vote.approve")
        moved = await self._card(plan["ts"], "db01 is on p75 now")
        self._show(moved)
        bars = [edit for edit in moved["history"] if "▓" in shown(edit) or "░" in shown(edit)]
        self._promise("a progress bar was shown meanwhile", bool(bars), "no edit with one")
        self._show(bars[-1])
        sent = [ran.argv for ran in self.lab.fleet.ran if ran.argv[:3] == ("migrlpar", "-o", "m")]
        self._promise("the migration was sent once", len(sent) == 1, str(sent))

    async def refuses_what_is_not_meant(self) -> None:
        self._step("What is not meant, or not allowed, runs nothing")
        before = len(self.lab.fleet.ran)
        await self._say("requester", "/lpm validate db01;reboot p72 p75 mpoi=2")
        await self._whispered("requester", "SEMICOLON")
        await self._say("outsider", "/lpm migrate db01 p75 p72")
        await self._whispered("outsider", "You may not ask")
        self._promise("nothing was sent", len(self.lab.fleet.ran) == before, str(self.lab.fleet.ran[before:]))

    # ── doing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _say(self, who: str, command: str) -> None:
        self.terminal.print(Text(f"{who}: {command}", "bold cyan"))
        await self.people.slash(who, CHANNEL, command)

    async def _ask(self, who: str, command: str, ends: str) -> Any:
        """Ask, and wait until the one message of the request says how it stands."""
        known = {message["ts"] for message in await self.people.messages(CHANNEL)}
        await self._say(who, command)
        return await self._until(lambda m: m["ts"] not in known and not _is_reply(m) and ends in shown(m), ends)

    async def _card(self, ts: str, ends: str) -> Any:
        return await self._until(lambda m: m["ts"] == ts and ends in shown(m), ends)

    async def _until(self, fits: Callable[[Any], bool], expected: str) -> Any:
        async def look() -> Any:
            return next((message for message in await self.people.messages(CHANNEL) if fits(message)), None)

        try:
            return await self.people.wait_for(look, PATIENCE)
        except TimeoutError:
            last = [shown(message) for message in await self.people.messages(CHANNEL)][-3:]
            raise NotAsPromised(
                step="a message didn't come", expected=expected, seen=" ".join(" / ".join(last).split())
            ) from None

    async def _thread(self, card: Any) -> list[Any]:
        await self.bot.settled()
        return await self.people.thread(CHANNEL, card["ts"])

    async def _click(self, who: str, card: Any, action: str) -> None:
        self.terminal.print(Text(f"{who}: clicks {action.partition('.')[2]}", "bold cyan"))
        await self.people.click(who, CHANNEL, card["ts"], action)

    async def _whispered(self, who: str, words: str) -> None:
        async def look() -> Any:
            inbox = await self.people.inbox(who)
            return next((message for message in inbox["ephemeral"] if words in shown(message)), None)

        try:
            message = await self.people.wait_for(look, PATIENCE)
        except TimeoutError:
            raise NotAsPromised(step=f"{who} wasn't told", expected=words, seen="nothing of it") from None
        self._show(message, title=f"only {who} sees")

    # ── showing ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _step(self, what: str) -> None:
        self.terminal.rule(Text(what, "bold"))

    def _promise(self, what: str, kept: bool, seen: str) -> None:
        if not kept:
            raise NotAsPromised(step=what, expected=what, seen=seen)
        self.terminal.print(Text(f"  ✓ {what}", "green"))

    def _show(self, *messages: Any, title: str = "") -> None:
        for message in messages:
            where = title or ("in the thread" if _is_reply(message) else f"#{CHANNEL}")
            self.terminal.print(Panel(Text(shown(message)), title=where, title_align="left"))


async def play(folder: Path, terminal: Terminal) -> int:
    """The tour on a lab and a data folder of its own; a broken promise is raised."""
    async with (
        demo.lab(migration_seconds=6.0, line_delay=0.02) as lab,
        demo.open_ledger(folder) as ledger,
        app.running(lab.settings, ledger) as bot,
        People(lab.workspace.url) as people,
    ):
        await Tour(people, lab, bot, terminal).walk()
        await bot.settled()
    checked = proof.verify(folder)
    if checked.row is not None:
        raise NotAsPromised(step="the audit log", expected="a whole chain", seen=checked.fault)
    terminal.print(Text(f"  ✓ {checked.rows} audit rows, chained and anchored", "green"))
    return 0


def _is_reply(message: Any) -> bool:
    return message.get("thread_ts") not in (None, message["ts"])


def shown(message: Any) -> str:
    """A message as text: what its blocks say, and the labels of its buttons."""
    lines = [line for block in message.get("blocks") or () for line in _lines(block)]
    lines += [f"[{file['name']}]" for file in message.get("files") or ()]
    return _plain("\n".join(lines) or message.get("text", ""))


def _lines(block: Any) -> list[str]:
    kind = block["type"]
    if kind == "rich_text":
        return ["".join(part.get("text", "") for part in each["elements"]) for each in block["elements"]]
    if kind == "actions":
        return ["  ".join(f"( {each['text']['text']} )" for each in block["elements"])]
    if kind == "context":
        return [each["text"] for each in block["elements"] if "text" in each]
    return [block["text"]["text"]] if "text" in block else [f"<{kind}>"]


def _plain(text: str) -> str:
    """Slack's markup as a terminal shows it."""
    text = re.sub(r"<!date\^\d+\^[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<@(\w+)>", r"@\1", text)
    text = re.sub(r"\*([^*\n]+)\*", r"\1", text)
    return text.replace("`", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
