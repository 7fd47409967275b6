"""What we do to machines ourselves wakes nobody; a system with two HMCs; figures for who asks; the watch by itself."""

from __future__ import annotations

import asyncio
import re
import socket
import urllib.request
from dataclasses import replace
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import cli
from bot.lab.fleet import model
from bot.lab.fleet.demo import demo_fleet
from bot.settings import MetricsSettings, WatchSettings
from policies.alerts import Severity
from tests.stories.conftest import staged, words

BY_HAND = WatchSettings(every=3600, floor=3600)


async def test_a_restart_of_ours_is_told_as_ours(tmp_path: Path) -> None:
    """A VIOS goes down and comes back by a request: what is seen of it names that request and weighs nothing."""
    slow = replace(demo_fleet(), pace=model.Pace(shutdown=1.5, boot=0.4, rmc=0.4))
    async with staged(tmp_path / "data", fleet=slow) as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        await stage.type("restart p72vio2 p72", command="/vios")
        await stage.settled()
        for who in ("approver", "lead"):
            await stage.click("vote.approve", who=who)
        await stage.people.wait_for_message("power-ops", lambda m: "p72vio2: Shutting Down" in words(m), 20.0)
        while not stage.rows("SELECT 1 FROM watch_change WHERE rule = 'vios-unreachable'"):
            await stage.bot.watch.round()
            await asyncio.sleep(0.1)
        await stage.settled()
        await stage.bot.watch.round()
        told = stage.rows("SELECT kind, rule, severity, said FROM watch_change WHERE kind <> 'state' AND said <> ''")
        down = [row for row in told if row[1] in ("vios-unreachable", "backup-gone")]
        assert {row[0] for row in down} == {"began", "ended"}, "seen to go, and to come back"
        assert {row[2] for row in down} == {int(Severity.NOTE)}
        assert all("#1" in row[3] for row in down if row[0] == "began")
        assert max(row[2] for row in told) <= Severity.NOTE, told


async def test_a_system_goes_on_to_be_watched_by_its_other_hmc(tmp_path: Path) -> None:
    """Two HMCs manage it, and the one that it was watched by goes down: the pair keeps its key and its memory."""
    fleet = demo_fleet()
    both = replace(
        fleet, hmcs={name: replace(each, systems=tuple(sorted(fleet.systems))) for name, each in fleet.hmcs.items()}
    )
    async with staged(tmp_path / "data", fleet=both) as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        before = stage.rows("SELECT key, host FROM watch_thing ORDER BY key")
        (first,) = {row[1] for row in before}
        await stage.fleet.refuse(first)
        stage.fleet.cut(first)
        await stage.bot.watch.round()
        await stage.bot.watch.round()
        after = stage.rows("SELECT key, host FROM watch_thing ORDER BY key")
        assert [row[0] for row in after] == [row[0] for row in before]
        assert first not in {row[1] for row in after}
        assert {row[0] for row in stage.rows("SELECT shown ->> '$.states[0]' FROM watch_thing")} == {
            "PRIMARY",
            "PRIMARY_SH",
        }


async def test_figures_are_there_where_the_settings_say(tmp_path: Path) -> None:
    """Prometheus finds rounds, reads by outcome and pairs by state; on no other address does anything listen."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with staged(tmp_path / "data") as stage:
        stage.watch = BY_HAND
        stage.metrics = MetricsSettings(listen=f"127.0.0.1:{port}")
        await stage.start()
        await stage.bot.watch.round()
        told = await asyncio.to_thread(_read, f"http://127.0.0.1:{port}/metrics")
    assert 'hscbot_watch_rounds_total{host="hmc-oslo"} 1.0' in told
    assert 'hscbot_watch_pairs{states="PRIMARY_SH+BACKUP_SH"} 1.0' in told
    assert re.search(r'hscbot_watch_reads_total\{host="hmc-oslo",outcome="answered"\} [1-9]', told)
    assert 'hscbot_watch_host_reached{host="hmc-oslo"} 1.0' in told


def _read(url: str) -> str:
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=10) as answer:
        return str(answer.read().decode())


async def test_the_terminal_tells_the_same(tmp_path: Path) -> None:
    """`hscbot sea status` and `history` read the ledger beside a bot that runs."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = BY_HAND
        await stage.start()
        await stage.bot.watch.round()
        data = ["--data", str(stage.folder)]
        status = await asyncio.to_thread(CliRunner().invoke, cli, ["sea", "status", "p72", *data])
        sheet = await asyncio.to_thread(
            CliRunner().invoke,
            cli,
            ["sea", "status", "--filter", "standing=ok,states~_SH", "--fields", "states", "--as", "csv", *data],
        )
        past = await asyncio.to_thread(CliRunner().invoke, cli, ["sea", "history", "p72vio1", "p72", *data])
    assert status.exit_code == 0, status.output
    assert "ok        SEA ent4 of p72vio1 and ent4 of p72vio2 on p72  PRIMARY_SH | BACKUP_SH  -" in status.output
    assert set(sheet.stdout.splitlines()) == {"states", "PRIMARY_SH | BACKUP_SH"}
    assert "p72vio1 PRIMARY_SH, p72vio2 BACKUP_SH" in past.output


async def test_by_itself_a_change_comes_to_the_channel(tmp_path: Path) -> None:
    """Nobody asks: the watch goes round, and what needs somebody at once stands in the channel."""
    async with staged(tmp_path / "data") as stage:
        stage.watch = WatchSettings(every=5, floor=1)
        await stage.start()
        async with asyncio.timeout(30):
            while len(stage.rows("SELECT 1 FROM watch_round")) < 2:  # noqa: ASYNC110 - it goes on by itself
                await asyncio.sleep(0.05)
        stage.fleet.befall("both-primary", "p72", "p72vio2")
        await stage.people.wait_for_message("power-alerts", lambda m: "p72vio1" in words(m), 20.0)
