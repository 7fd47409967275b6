"""The workspace is this machine's, unless somebody says otherwise and is told what that means."""

from __future__ import annotations

import aiohttp
import pytest

from bot.lab.workspace import NotLoopback, start


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
async def test_loopback_only(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An address that others could reach is refused without the flag, before anything listens."""
    with pytest.raises(NotLoopback, match="other machines"):
        await start(host=host)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
async def test_loopback_needs_no_flag(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What stays on this machine needs no flag and no warning."""
    async with await start(host=host) as workspace, aiohttp.ClientSession() as session:
        assert await status(session, workspace.url) == 200
    assert capsys.readouterr().err == ""


async def status(session: aiohttp.ClientSession, url: str, **headers: str) -> int:
    async with session.get(url, headers=headers) as response:
        return response.status


async def test_remote_is_loud(capsys: pytest.CaptureFixture[str]) -> None:
    """With the flag it listens beyond the loopback, says why that is dangerous, and still heeds no foreign name."""
    everywhere = "0.0.0.0"
    async with await start(host=everywhere, allow_remote=True) as workspace, aiohttp.ClientSession() as session:
        assert workspace.url == f"http://127.0.0.1:{workspace.port}/"
        assert await status(session, workspace.url, Host=f"192.0.2.7:{workspace.port}") == 200
        for foreign in (f"evil.example:{workspace.port}", "192.0.2.7:1", "192.0.2.7"):
            assert await status(session, workspace.url, Host=foreign) == 403
    warned = capsys.readouterr().err
    assert all(word in warned for word in ("WARNING", "0.0.0.0", "play any person", "encrypted"))


async def test_warning_goes_where_it_is_wanted() -> None:
    """Whoever starts it decides where the warning is shown."""
    told: list[str] = []
    async with await start(host="0.0.0.0", allow_remote=True, warn=told.append):
        assert len(told) == 1
