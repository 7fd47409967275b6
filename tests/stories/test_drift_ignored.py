"""What never matters at a site, by `[drift] ignore`: told by nobody, wherever somebody asks how hosts stand."""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.ledger import drift
from bot.settings import DriftSettings
from handlers.drift.sources import SiteNoise
from tests.stories.conftest import Stage, staged
from tests.stories.test_drift import HOSTS, HOSTS_ALONE, active, done, looked, tuned
from tests.stories.test_drift_report import files

NOISE = SiteNoise(name="no/tcp_send*", reason="tuned by hand here")
CONFIG = '[drift]\nignore = [{ name = "no/tcp_send*", reason = "tuned by hand here" }]\n'


@pytest.fixture
async def drifted(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot of a site that ignores a buffer since it has a baseline, and so reads it no more; another setting was
    changed on a host."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = DriftSettings(kinds=HOSTS_ALONE, every=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.round()
        await stage.stop()
        stage.drift = stage.drift.model_copy(update={"ignore": (NOISE,)})
        await stage.start()
        tuned(stage, "db01", "ipforwarding", "1", "1")
        await looked(stage)
        yield stage


async def told(stage: Stage, text: str) -> str:
    assert (await stage.type(text, command="/drift"))["acked"]
    await stage.settled()
    return (await stage.whispers())[-1]


@pytest.mark.parametrize("text", ["status", "diff db01", "explain db01", "history db01"])
async def test_what_the_site_ignores_is_told_by_nobody(drifted: Stage, text: str) -> None:
    """No answer counts it, as the watch counts it nowhere."""
    assert [each.about for each in active(drifted)["drift/db01"].symptoms] == ["no/ipforwarding"]
    answer = await told(drifted, text)
    assert "tcp_sendspace" not in answer
    assert "warning" not in answer


async def test_the_report_leaves_out_what_the_site_ignores(drifted: Stage) -> None:
    """The sheet has a row for the other one alone."""
    await told(drifted, "report as=csv")
    (sheet,) = [text.decode() for name, text in (await files(drifted)).items() if name.endswith(".csv")]
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert [row["setting"] for row in rows if row["setting"]] == ["no/ipforwarding"]


async def test_a_pattern_accepts_nothing_that_the_site_ignores(drifted: Stage) -> None:
    """The baseline takes over what the answers showed, and keeps the rest as it was."""
    await done(drifted, 'accept db01 no/* reason="agreed"')
    own = drifted.ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert own is not None
    (taken,) = drifted.ledger.read_now(lambda db: drift.whole(db, {"no": own.parts["no"]})).values()
    assert (taken["ipforwarding"].now, taken["tcp_sendspace"].now) == ("1", "16384")


async def test_the_terminal_ignores_it_by_the_configuration(drifted: Stage, tmp_path: Path) -> None:
    """With the file at hand the same is left out; without it, nobody knows what the site ignores."""
    file = tmp_path / "hscbot.toml"
    file.write_text(CONFIG, encoding="utf-8")

    async def diff(*more: str) -> str:
        typed = ["drift", "diff", "db01", "--data", str(drifted.folder), *more]
        ran = await asyncio.to_thread(CliRunner().invoke, cli, typed)
        assert ran.exit_code == 0, ran.output
        return ran.output

    assert "1 difference" in await diff("--config", str(file))
    assert "2 differences" in await diff()
