"""`hscbot lab …`, typed at a terminal beside a running demo."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import cli
from bot.console import Host
from bot.lab import demo
from bot.lab.fleet import demo_fleet, start_fleet
from bot.lab.fleet.archive import FAULTS
from bot.lab.fleet.troubles import TROUBLES
from bot.lab.remote import URL
from bot.terminal import lab as commands


async def typed(*words: str, given: str = "") -> Result:
    """In a thread of its own, as another process would be."""
    return await asyncio.to_thread(CliRunner().invoke, cli, ["lab", *words], given)


def test_the_list_needs_no_demo() -> None:
    """Every trouble by name, with what it befalls and how it is healed."""
    text = CliRunner().invoke(cli, ["lab", "faults"]).output
    assert all(f"  {name} " in text for name in (*TROUBLES, *FAULTS))
    assert all(text.splitlines().count(group) == 1 for group in {each.group for each in TROUBLES.values()})
    assert commands.HERE == URL


async def test_a_demo_is_broken_and_healed() -> None:
    """What is broken from the terminal is broken in the fleet, shown, and healed again."""
    async with demo.lab() as running:
        url = running.workspace.url
        assert "Nothing is broken." in (await typed("show", "--url", url)).output
        assert (await typed("break", "cable-pull", "p72vio1", "--url", url)).exit_code == 0
        vios = running.fleet.fleet.systems["p72"].partition("p72vio1")
        assert vios is not None
        assert not vios.io.ports[0].link_up
        text = (await typed("show", "--url", url)).output
        assert "Broken:\n  cable-pull  p72/p72vio1\n" in text
        assert "p72  Operating\n  p72vio1       Running\n" in text
        assert (await typed("heal", "cable-pull", "p72vio1", "--url", url)).exit_code == 0
        assert "Nothing is broken." in (await typed("show", "--url", url)).output


async def test_refusals_say_what_to_do() -> None:
    """An unknown name, a target that isn't there, no demo, one elsewhere: exit status 2, and the way on."""
    async with demo.lab() as running:
        url = running.workspace.url
        for words, says in (
            (("break", "nonesuch", "p72"), "`hscbot lab faults` lists them"),
            (("break", "cable-pull", "db01"), "there is no VIOS db01"),
            (("heal", "memory-short", "nowhere"), "there is no managed system nowhere"),
        ):
            found = await typed(*words, "--url", url)
            assert (found.exit_code, says in found.output.replace("\n", " ")) == (2, True), found.output
    for wrong, says in ((url, "No lab answers"), ("http://192.0.2.1:8010", "not the address of a lab on this machine")):
        found = await typed("show", "--url", wrong)
        assert (found.exit_code, says in found.output.replace("\n", " ")) == (2, True), found.output


def configured(host: Host, folder: Path) -> Path:
    """A folder with a configuration that reaches the host."""
    assert host.key_text is not None
    (folder / "key").touch(mode=0o600)
    (folder / "key").write_text(host.key_text.get_secret_value())
    facts = {"address": host.address, "port": host.port, "user": host.user, "host_key": host.host_key.strip()}
    table = "".join(f"{name} = {json.dumps(value)}\n" for name, value in {**facts, "key_file": "key"}.items())
    (folder / "bot").write_text("xoxb-1")
    (folder / "app").write_text("xapp-1")
    slack = '[slack]\nbot_token_file = "bot"\napp_token_file = "app"\n'
    (folder / "hscbot.toml").write_text(f"{slack}[hmc.hmc-oslo]\n{table}")
    return folder


def recording(folder: Path) -> list[str]:
    return [
        "record", "hmc-oslo", "lssyscfg -r sys", "--config", str(folder / "hscbot.toml"), "--data",
        str(folder / "data"), "--out", str(folder / "three"),
    ]  # fmt: skip


async def test_a_refused_login_is_not_tried_again(tmp_path: Path) -> None:
    """The stop is kept in the data folder: each further recording is refused before it knocks."""
    running = await start_fleet(demo_fleet())
    try:
        stranger = running.hosts["hmc-arizona"]
        host = running.hosts["hmc-oslo"].model_copy(update={"key_text": stranger.key_text})
        words = recording(configured(host, tmp_path))
        found = [await typed(*words, "--yes") for _ in range(4)]
        assert running.tries("hmc-oslo", host.user) == 1
    finally:
        await running.close()
    assert [each.exit_code for each in found] == [2] * 4
    assert "I don't log in to hmc-oslo since" in found[-1].output.replace("\n", " ")
    assert not (tmp_path / "three.raw").exists()


@pytest.mark.parametrize("answer", ["y\n", "n\n", None], ids=["yes", "no", "unasked"])
async def test_a_recording_is_shown_before_it_is_written(answer: str | None, tmp_path: Path) -> None:
    """The differences, then the question; --yes asks nothing."""
    running = await start_fleet(demo_fleet())
    try:
        words = recording(configured(running.hosts["hmc-oslo"], tmp_path))
        found = await typed(*words, *(["--yes"] if answer is None else []), given=answer or "")
        unknown = await typed("record", "nobody", *words[2:])
    finally:
        await running.close()
    assert "-name=p72,type_model=9105-42A,serial_num=78A0072" in found.output
    assert found.exit_code == (1 if answer == "n\n" else 0), found.output
    assert (tmp_path / "three.raw").exists() is (answer != "n\n")
    assert (unknown.exit_code, "nobody" in unknown.output) == (2, True)
