"""The whole bot between a person and the machines: an embedded workspace, real SSH, simulated HMCs."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from bot import app
from bot.lab.demo import Lab, direct, open_ledger
from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.running import RunningFleet, start_fleet
from bot.lab.workspace.client import People
from bot.lab.workspace.limits import Limits
from bot.lab.workspace.server import start as start_workspace
from bot.ledger import policies
from bot.ledger.requests import Request, unfinished
from bot.ledger.store import Ledger
from bot.login import Host
from bot.outbox import Pace
from bot.settings import AixHost, DriftSettings, MetricsSettings, Settings, WatchSettings
from policies.alerting import Alerting

Json = dict[str, Any]
OPS = "power-ops"
# A workspace without rate limits needs none of Slack's pace; the tests of Slack's faults keep both.
HURRY = Pace(posts_a_second=1_000.0, burst=1_000, edit_every=0.0)


class Clock:
    """The bot's clock, which a test can set forward or back; it runs on by itself."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Stage:
    """A lab, a bot on it that can be stopped and started, and people to play."""

    def __init__(self, lab: Lab, people: People, folder: Path, pace: Pace) -> None:
        self.lab, self.people, self.folder, self._pace = lab, people, folder, pace
        self.hosts: dict[str, Host] = dict(lab.fleet.hosts)
        self.aix: dict[str, AixHost] = dict(lab.aix)
        self.clock, self._begun = Clock(), False
        self.alerts: Alerting = lab.settings.alerts
        self.metrics = MetricsSettings()
        self.watch = WatchSettings(on=False)  # its reads would come between what a test lets happen
        self.drift = DriftSettings(on=False)
        self._running = AsyncExitStack()
        self.bot: app.Bot
        self.ledger: Ledger

    @property
    def fleet(self) -> RunningFleet:
        return self.lab.fleet

    @property
    def settings(self) -> Settings:
        return self.lab.settings.model_copy(
            update={
                "hosts": self.hosts,
                "aix": self.aix,
                "watch": self.watch,
                "alerts": self.alerts,
                "metrics": self.metrics,
                "drift": self.drift,
            }
        )

    async def start(self) -> None:
        self.ledger = await self._running.enter_async_context(self._opened())
        self.bot = await self._running.enter_async_context(app.running(self.settings, self.ledger, pace=self._pace))

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Ledger]:
        """At the first start with the demo's policy in force; then with whatever is."""
        if not self._begun:
            self._begun = True
            async with open_ledger(self.folder, self.clock.now) as ledger:
                yield ledger
        else:
            with closing(app.data_ledger(self.folder, self.clock.now).open(alone=True)) as ledger:
                yield ledger

    async def stop(self) -> None:
        await self._running.aclose()

    async def settled(self, seconds: float = 60.0) -> None:
        async with asyncio.timeout(seconds):
            await self.bot.settled()

    @property
    def tomorrow(self) -> datetime:
        """A day from the bot's now, to the minute."""
        return (self.clock.now() + timedelta(days=1)).replace(second=0, microsecond=0)

    async def later(self, **more: float) -> None:
        """So much later, and the bot has seen to what is due: `later(minutes=5)`."""
        self.clock.ahead += timedelta(**more)
        await self.swept()

    async def swept(self) -> None:
        """The bot has seen to what is due."""
        await self.bot.recovery.sweep()
        await self.bot.alerts.sweep()
        await self.settled()

    async def put_in_force(self, source: str) -> None:
        """A policy, loaded past its approvals."""
        await self.ledger.write(lambda tx: policies.load(tx, source, by="a test", vocabulary=app.VOCABULARY))

    # ── what people do ────────────────────────────────────────────────────────────────────────────────────────────

    async def type(self, text: str, *, who: str = "requester", where: str = OPS, command: str = "/lpm") -> Json:
        return await self.people.slash(who, where, command, text)

    async def ask(self, text: str, *, who: str = "requester", where: str = OPS) -> Json:
        """Type it and wait for its end; the newest card."""
        assert (await self.type(text, who=who, where=where))["acked"]
        await self.settled()
        return await self.card(where=where)

    async def refused(self, text: str, *, who: str = "requester", command: str = "/lpm") -> str:
        """Type what can't be done; all the words of the answer that its asker alone sees."""
        before = len((await self.people.inbox(who))["ephemeral"])
        assert (await self.type(text, who=who, command=command))["acked"]
        await self.settled()
        whispered = (await self.people.inbox(who))["ephemeral"][before:]
        assert len(whispered) == 1, "one answer, with everything in it"
        return words(whispered[0])

    async def click(self, action: str, *, who: str, where: str = OPS, card: Json | None = None) -> Json:
        message = card or await self.card(where=where)
        return await self.people.click(who, where, message["ts"], action)

    async def approve(self, *, who: str = "approver") -> Json:
        """Approve the newest card and wait for its end."""
        await self.click("vote.approve", who=who)
        await self.settled()
        return await self.card()

    async def deny(self, reason: str, *, who: str = "approver") -> Json:
        """Deny the newest card, with a reason, and wait for its end."""
        await self.click("vote.deny", who=who)
        await self.fill_in(reason, who=who)
        return await self.card()

    async def fill_in(self, text: str, *, who: str) -> Json:
        """Write that into the form that is open, send it, and wait for its end."""
        view = await self.people.wait_for_view(who)
        answer = await self.people.submit(who, view["id"], {"text": text})
        await self.settled()
        return answer

    async def home(self, who: str) -> Json:
        """Somebody's Home, as it is when they open it."""
        before = (await self.people.inbox(who))["home"] or {}
        await self.people.open_home(who)
        return await self.home_after(who, before)

    async def home_after(self, who: str, before: Json) -> Json:
        """Their Home, once it has been published anew."""

        async def anew() -> Json | None:
            home: Json | None = (await self.people.inbox(who))["home"]
            return home if home is not None and home["hash"] != before.get("hash") else None

        found: Json = await self.people.wait_for(anew, 20.0)
        return found

    # ── what they see ─────────────────────────────────────────────────────────────────────────────────────────────

    async def cards(self, where: str = OPS) -> list[Json]:
        """The messages that stand in the channel itself, oldest first."""
        return [m for m in await self.people.messages(where) if m.get("thread_ts") in (None, m["ts"])]

    async def card(self, where: str = OPS) -> Json:
        return (await self.cards(where))[-1]

    async def replies(self, where: str = OPS) -> list[Json]:
        """The thread of the newest card, without the card."""
        cards = await self.cards(where)
        thread = await self.people.thread(where, cards[-1]["ts"]) if cards else []
        return [m for m in thread if m["ts"] != cards[-1]["ts"]]

    async def whispers(self, who: str = "requester") -> list[str]:
        return [words(m) for m in (await self.people.inbox(who))["ephemeral"]]

    async def attached(self, where: str = OPS) -> list[bytes]:
        """The files of the newest card's thread, oldest first."""
        files = [file for m in await self.replies(where) for file in m.get("files", ())]
        return [await self.people.file(file["id"]) for file in files]

    async def card_says(self, wanted: str, where: str = OPS) -> Json:
        """The newest card, as soon as these words stand in it."""

        async def says() -> Json | None:
            cards = await self.cards(where)
            return cards[-1] if cards and wanted in words(cards[-1]) else None

        found: Json = await self.people.wait_for(says, 20.0)
        return found

    async def chat(self, who: str) -> list[Json]:
        """A person's own conversation with the bot, replies among its messages."""
        return [m for dm in (await self.people.inbox(who))["dms"] for m in await self.people.messages(dm["id"])]

    # ── what happened ─────────────────────────────────────────────────────────────────────────────────────────────

    def ran(self, *start: str, host: str | None = None) -> list[tuple[str, ...]]:
        """The commands that the machines ran, by their first words."""
        chosen = [each for each in self.fleet.ran if host in (None, each.host)]
        return [each.argv for each in chosen if each.argv[: len(start)] == start]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.ledger.read_now(lambda db: [tuple(row) for row in db.execute(sql).fetchall()])

    def audit(self, action: str) -> list[Json]:
        """The bodies of these audit rows, with their columns beside."""
        rows = self.rows("SELECT seq, person, action, request, host, body FROM audit ORDER BY seq")
        names = ("seq", "person", "action", "request", "host")
        return [{**json.loads(row[5]), **dict(zip(names, row[:5], strict=True))} for row in rows if row[2] == action]

    def unsaid(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT id, kind, state, fault FROM outbox WHERE state NOT IN ('sent', 'merged')")

    def unfinished(self) -> list[Request]:
        return self.ledger.read_now(unfinished)


async def on_the_machine(host: Host, *argv: str) -> bytes:
    """What the machine answers to somebody who logs in without the bot."""
    assert host.key_text is not None
    key = asyncssh.import_private_key(host.key_text.get_secret_value())
    async with asyncssh.connect(
        host.address, host.port, username=host.user, client_keys=[key], known_hosts=None, config=None, agent_path=None
    ) as conn:
        answer = await conn.run(shlex.join(argv), encoding=None)
    assert isinstance(answer.stdout, bytes)
    return answer.stdout


def words(message: Json) -> str:
    """Every word that a message shows, its text and what stands in its blocks."""
    return "\n".join([message["text"], *_texts(message.get("blocks") or ())])


def _texts(blocks: Iterable[Any]) -> Iterable[str]:
    for block in blocks:
        if isinstance(block, str):
            yield block
        elif isinstance(block, dict):
            yield from _texts(block[name] for name in ("text", "elements", "fields") if name in block)
        elif isinstance(block, list):
            yield from _texts(block)


def buttons(message: Json) -> dict[str, str]:
    """Each button's label and its action."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return {each["text"]["text"]: each["action_id"] for row in rows for each in row}


@pytest.fixture(autouse=True)
def _direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk heeds proxies for loopback too."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@asynccontextmanager
async def staged(
    folder: Path,
    *,
    limits: Limits | None = None,
    pace: Pace = HURRY,
    migration_seconds: float = 0.2,
    fleet: Fleet | None = None,
    machines: RunningFleet | None = None,
    commands: Iterable[Json] = (),
    aix: Sequence[str] = (),
) -> AsyncIterator[Stage]:
    """A stage whose bot isn't started yet. `aix`: partitions that it reaches by themselves too."""
    async with AsyncExitStack() as stack:
        # No commands named: the workspace then hands on any, as typed, also one that nobody has heard of.
        workspace = await start_workspace(0, limits=limits, commands=commands)
        stack.push_async_callback(workspace.close)
        machines = machines or await start_fleet(fleet or demo_fleet(), migration_seconds=migration_seconds)
        stack.push_async_callback(machines.close)
        people = await stack.enter_async_context(People(workspace.url))
        lab = Lab(workspace=workspace, fleet=machines, aix=await direct(machines, aix))
        stage = Stage(lab, people, folder, pace)
        stack.push_async_callback(stage.stop)
        yield stage
    assert not machines.errors, "the simulated machines themselves had no fault"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot at work, with nothing in its way."""
    async with staged(tmp_path / "data") as stage:
        await stage.start()
        yield stage


@pytest.fixture
async def idle(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage whose bot the test itself starts."""
    async with staged(tmp_path / "data") as stage:
        yield stage
