"""The report on drift, and the plot beside it, through the real door: from Slack and from the terminal."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path

from typer.testing import CliRunner

from bot.cli import cli
from tests.stories.conftest import Stage
from tests.stories.test_drift import done, looked, tuned, watched

__all__ = ["watched"]


async def files(stage: Stage) -> dict[str, bytes]:
    """What the requester was sent, by name."""
    sent = [file for message in await stage.chat("requester") for file in message.get("files", ())]
    return {file["name"]: await stage.people.file(file["id"]) for file in sent}


async def drifted(stage: Stage) -> None:
    """One value of db01 is accepted for a while, and another one differs on both hosts."""
    tuned(stage, "db01", "tcp_recvspace", "65536", "65536")
    for host in ("app01", "db01"):
        tuned(stage, host, "tcp_sendspace", "131072", "131072")
    await looked(stage)
    await done(stage, 'accept db01 no/tcp_recvspace until=7d reason="a test of buffers"')


async def test_the_report_is_a_page_and_a_sheet_by_direct_message(watched: Stage) -> None:
    """Both are files; who accepted what until when, and what both hosts have alike, stand in them; no host is asked."""
    await drifted(watched)
    sent = len(watched.fleet.ran)
    for text in ("report", "report as=csv db*"):
        assert (await watched.type(text, command="/drift"))["acked"]
        await watched.settled()
    found = await files(watched)
    (page,) = [text.decode() for name, text in found.items() if name.endswith(".html")]
    assert "2 hosts: no/tcp_sendspace" in page
    assert "accepted until" in page
    assert "a test of buffers" in page
    (sheet,) = [text.decode() for name, text in found.items() if name.endswith(".csv")]
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    assert {(row["host"], row["setting"], row["is_now"], row["word"]) for row in rows} == {
        ("db01", "no/tcp_recvspace", "65536", "accepted"), ("db01", "no/tcp_sendspace", "131072", ""),
    }  # fmt: skip
    pictures = [name for name, text in found.items() if text.startswith(b"\x89PNG")]
    assert len(pictures) == 2
    assert len(watched.fleet.ran) == sent


async def test_the_plot_has_words_that_tell_the_same(watched: Stage) -> None:
    """The history's picture is described by what the answer's text says too: how many were open, and when most."""
    await drifted(watched)
    assert (await watched.type("history db01", command="/drift"))["acked"]
    await watched.settled()
    told = (await watched.whispers())[-1]
    assert "Open differences of db01, from " in told
    assert "warning: " in told
    assert "warning: highest 2; 0 from " in told
    sent = [file for message in await watched.chat("requester") for file in message.get("files", ())]
    (picture,) = [file for file in sent if "series" in file["name"]]
    assert "warning: highest 2; 0 from " in picture["alt_txt"]


async def test_the_terminal_writes_the_same_files(watched: Stage, tmp_path: Path) -> None:
    """Into a new file, never over an old one; a pattern that means no host says so."""
    await drifted(watched)
    to, data = tmp_path / "report.html", ["--data", str(watched.folder)]

    async def run(*words: str) -> tuple[int, str]:
        ran = await asyncio.to_thread(CliRunner().invoke, cli, ["drift", *words, *data])
        return ran.exit_code, ran.output

    assert await run("report", "--out", str(to)) == (0, "")
    assert "2 hosts: no/tcp_sendspace" in to.read_text()
    assert (await run("report", "--out", str(to)))[0] == 2
    status, sheet = await run("report", "app*", "--as", "csv")
    assert status == 0
    assert sheet.splitlines()[1].startswith("app01,drifting,1,")
    assert await run("report", "nosuch*") == (1, (await run("report", "nosuch*"))[1])
    assert "no/tcp_sendspace" in (await run("explain", "db01"))[1]
