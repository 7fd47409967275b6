"""The programs that a newcomer and an operator start: demo, tour, check."""

from __future__ import annotations

import asyncio
import io
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console as Terminal

from bot import app, check
from bot.lab import demo, tour
from bot.lab.workspace.client import People
from bot.settings import AixHost, Settings
from tests.stories.conftest import Stage

HSCBOT = Path(sys.executable).with_name("hscbot")


async def test_the_demo_tells_where_it_is_plays_and_stops() -> None:
    """It prints its address and a few commands, answers the first of them, and ends with 0 on Ctrl-C."""
    program = await asyncio.create_subprocess_exec(HSCBOT, "demo", "--port", "0", stdout=PIPE, stderr=STDOUT)
    assert program.stdout is not None
    try:
        printed = [(await program.stdout.readline()).decode().strip() for _ in range(3 + len(demo.TRY))]
        url = next(word for word in printed[0].split() if word.startswith("http://127.0.0.1:"))
        assert [line for line in printed if line.startswith("/")] == list(demo.TRY)
        async with aiohttp.ClientSession() as session, session.get(url) as page:
            assert page.status == 200
        async with People(url) as people:
            assert (await people.slash("requester", "power-ops", demo.TRY[0]))["acked"]
            await people.wait_for_message("power-ops", lambda m: m["text"].endswith(": can migrate"), 30)
    finally:
        program.send_signal(signal.SIGINT)
    assert await program.wait() == 0


async def test_a_port_that_is_taken_is_named(stage: Stage) -> None:
    """The demo on a port that somebody listens on ends with 2 and its sentence."""
    port = str(stage.lab.workspace.port)
    program = await asyncio.create_subprocess_exec(HSCBOT, "demo", "--port", port, stdout=PIPE, stderr=STDOUT)
    said = (await program.communicate())[0].decode()
    assert program.returncode == 2
    assert f"port {port}: it is taken" in " ".join(said.split())


async def test_the_tour_keeps_its_promises() -> None:
    """`hscbot tour` plays the main job to its end and exits with 0."""
    program = await asyncio.create_subprocess_exec(HSCBOT, "tour", stdout=PIPE, stderr=STDOUT)
    said = (await program.communicate())[0].decode()
    assert program.returncode == 0, said
    assert "the migration was sent once" in said


async def test_the_tour_notices_a_broken_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the channel doesn't show what it should, the tour stops there and says what it saw."""
    monkeypatch.setattr(tour, "PATIENCE", 3.0)
    async with (
        demo.lab(line_delay=0) as lab,
        demo.open_ledger(tmp_path) as ledger,
        app.running(lab.settings, ledger) as bot,
        People(lab.workspace.url) as people,
    ):
        lab.fleet.fault("hmc-oslo", matching="migrlpar -o v", raw=b"", exit_status=0)
        with pytest.raises(tour.NotAsPromised, match="a message didn't come") as told:
            await tour.Tour(people, lab, bot, Terminal(file=io.StringIO())).walk()
        assert "can migrate" in told.value.because


async def checked(settings: Settings, folder: Path, *only: str) -> tuple[int, str]:
    paper = io.StringIO()
    status = await check.run(settings, folder, list(only), Terminal(file=paper, width=300))
    return status, paper.getvalue()


async def test_check_finds_all_well(idle: Stage) -> None:
    """Tokens, scopes, policy, host keys, logins, levels, frames, roles: each has its row, and none is to be mended."""
    async with demo.open_ledger(idle.folder):
        pass
    status, table = await checked(idle.settings, idle.folder)
    assert status == 0, table
    wanted = (
        "bot token",
        "scopes",
        "app token",
        "policy",
        *(f"hmc-oslo: {what}" for what in ("login", "level", "role")),
    )
    assert all(what in table for what in wanted)
    assert "p72, p75" in table
    assert "hscroot,hmcsuperadmin" in table
    assert "│ mend" not in table


async def test_check_tries_hosts_beside_hmcs(idle: Stage) -> None:
    """An AIX that is logged in to by itself: its login, system, level and user; what is no AIX is to be mended."""
    idle.aix = dict(await demo.direct(idle.fleet, ("web01",)))
    status, table = await checked(idle.settings, idle.folder, "web01")
    assert status == 0, table
    for words in ("web01: login", "root@127.0.0.1, key as pinned", "AIX", "7300-", "uid=0(root)"):
        assert words in table
    hmc = idle.hosts.pop("hmc-oslo").model_copy(update={"name": "oslo"})
    idle.aix = {"oslo": AixHost.model_validate(dict(hmc))}
    status, table = await checked(idle.settings, idle.folder, "oslo")
    assert (status, "[aix.NAME] is for AIX alone" in table) == (1, True), table


async def test_check_says_what_to_mend(idle: Stage) -> None:
    """No policy, another host key, a host that is down, a name that isn't configured: each with its remedy."""
    await idle.fleet.change_key("hmc-oslo")
    await idle.fleet.refuse("hmc-arizona")
    status, table = await checked(idle.settings, idle.folder)
    assert status == 1
    for words in ("none: all is denied", "isn't the pinned one", "I can't reach hmc-arizona", "hscbot policy load"):
        assert words in table
    status, table = await checked(idle.settings, idle.folder, "nowhere")
    assert status == 1
    assert "I have no host called nowhere" in table


async def test_check_tries_a_refused_login_once_and_lifts_the_stop(idle: Stage) -> None:
    """A wrong credential is tried once by each check; when it is mended, check lets the bot log in again."""
    wrong = idle.fleet.host("hmc-oslo", by_password=True)
    idle.hosts["hmc-oslo"] = wrong
    idle.fleet.change_password("hmc-oslo", "hscroot", "another")
    before = idle.fleet.tries("hmc-oslo", "hscroot")
    status, table = await checked(idle.settings, idle.folder, "hmc-oslo")
    assert (status, idle.fleet.tries("hmc-oslo", "hscroot") - before) == (1, 1)
    assert "refused the login" in table
    idle.hosts["hmc-oslo"] = idle.fleet.host("hmc-oslo")
    assert (await checked(idle.settings, idle.folder, "hmc-oslo"))[0] == 0
    await idle.start()
    assert (await idle.ask("validate db01 p72 p75"))["text"].endswith(": can migrate")
