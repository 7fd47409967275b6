"""Tokens, keys, passwords and response URLs: in no table, message, log or repr, whatever goes well or wrong."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sqlite3
import sys
import zlib
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot import settings
from bot.lab.demo import demo_policy
from tests.stories.conftest import Json, Stage, staged, words

PROGRAM = Path(sys.executable).parent / "hscbot"
CHANNELS = ("power-ops", "power-alerts", "random")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage without a bot: the real program is started on it."""
    async with staged(tmp_path / "data") as stage:
        yield stage


def write_config(lab: Stage, folder: Path) -> tuple[Path, list[str]]:
    """A configuration as in production, secrets in files of their own; and those secrets."""
    oslo = lab.fleet.host("hmc-oslo")
    arizona = lab.fleet.host("hmc-arizona", by_password=True)
    assert oslo.key_text is not None
    assert arizona.password is not None
    secrets = {
        "bot": lab.lab.workspace.bot_token,
        "app": lab.lab.workspace.app_token,
        "oslo.key": oslo.key_text.get_secret_value(),
        "arizona.password": arizona.password.get_secret_value(),
    }
    for name, secret in secrets.items():
        (folder / name).write_text(secret, encoding="utf-8")
    config = folder / "hscbot.toml"
    config.write_text(
        f"""[slack]
bot_token_file = "bot"
app_token_file = "app"
api_url = "{lab.lab.workspace.api_url}"

[hmc.hmc-oslo]
address = "127.0.0.1"
port = {oslo.port}
user = "hscroot"
host_key = "{oslo.host_key.strip()}"
key_file = "oslo.key"

[hmc.hmc-arizona]
address = "127.0.0.1"
port = {arizona.port}
user = "hscroot"
host_key = "{arizona.host_key.strip()}"
password_file = "arizona.password"
""",
        encoding="utf-8",
    )
    (folder / "policy.toml").write_text(demo_policy(), encoding="utf-8")
    key_lines = [line for line in secrets.pop("oslo.key").splitlines() if line and not line.startswith("-")]
    return config, [*secrets.values(), *key_lines, lab.lab.workspace.lab.tokens.verification]


@asynccontextmanager
async def serving(config: Path, data: Path, log: Path) -> AsyncIterator[None]:
    """`hscbot serve`, with all that it prints in `log`."""
    load = await asyncio.create_subprocess_exec(
        PROGRAM, "policy", "load", config.parent / "policy.toml", "--data", data, stdout=DEVNULL
    )
    assert await load.wait() == 0
    with log.open("wb") as out:
        bot = await asyncio.create_subprocess_exec(
            PROGRAM, "serve", "--config", config, "--data", data, stdout=out, stderr=out
        )
    try:
        yield
    finally:
        bot.send_signal(signal.SIGTERM)
        assert await bot.wait() == 0


async def everything_that_can_happen(lab: Stage) -> None:
    """A whole migration, and failures of the machines, of the people and of Slack."""
    people, fleet = lab.people, lab.fleet
    await people.slash("requester", "power-ops", "/lpm", "migrate db01 p72 p75")
    await people.slash("requester", "power-alerts", "/lpm", "validate vscsi01 p72 p75")
    await people.slash("outsider", "power-ops", "/lpm", "validate db01 p72 p75")
    await people.slash("requester", "power-ops", "/nope", "at all")
    await lab.card_says("waiting for approval")
    await lab.click("vote.approve", who="requester")
    await people.fault(method="chat.postMessage", answer=500)
    await lab.click("vote.approve", who="approver")
    await lab.card_says("db01 is on p75 now")
    await lab.card_says("can't: 1 reason", "power-alerts")

    fleet.change_password("hmc-arizona", "hscroot", "another")
    fleet.cut("hmc-arizona")
    await people.slash("lead", "random", "/lpm", "validate desert01 arizona p75 hmc=hmc-oslo user=hscroot")
    await lab.card_says("hmc-arizona refused the login of hscroot", "random")
    fleet.fault("hmc-oslo", matching="migrlpar", raw="garbage", exit_status=1)
    await people.slash("lead", "power-alerts", "/lpm", "validate app01 p72 p75")
    await lab.card_says("can't: ", "power-alerts")
    await fleet.change_key("hmc-oslo")
    await people.slash("lead", "power-ops", "/lpm", "validate app01 p72 p75")
    await lab.card_says("showed a host key that isn't the pinned one")


async def test_no_secret_is_kept_said_or_logged(lab: Stage, tmp_path: Path) -> None:
    """After a migration and every kind of failure no secret stands in the data, in Slack, or in what was printed."""
    config, secrets = write_config(lab, tmp_path)
    log = tmp_path / "log"
    async with serving(config, lab.folder, log):
        await everything_that_can_happen(lab)
    secrets += re.findall(
        r"http://[^\"]*/(?:commands|actions|response)[^\"]*", json.dumps(await lab.people.deliveries())
    )
    secrets.append((lab.folder / "audit.key").read_text(encoding="ascii").strip())
    assert sum("http" in secret for secret in secrets) >= 8, "each delivery came with a response_url"

    kept = await asyncio.to_thread(_kept, lab.folder)
    said = await _said(lab)
    logged = log.read_text(encoding="utf-8")
    assert "db01 is on p75 now" in kept
    assert "db01 is on p75 now" in said
    assert "put off" in logged
    for secret in secrets:
        for place, text in (("kept", kept), ("said", said), ("logged", logged)):
            assert secret not in text, f"a secret is {place}"


async def test_no_secret_is_in_a_repr(lab: Stage, tmp_path: Path) -> None:
    """Neither the settings nor a host show a secret, however they are printed."""
    config, secrets = write_config(lab, tmp_path)
    read = settings.read(config, {})
    shown = [*map(repr, (read, read.slack, *read.hosts.values())), str(read), f"{read!r}", str(read.model_dump())]
    shown += [read.model_dump_json(), *map(repr, lab.hosts.values()), repr(lab.lab.workspace.lab.tokens)]
    for secret in secrets:
        assert not [text for text in shown if secret in text]


@pytest.mark.parametrize(
    ("line", "broken", "named"),
    [
        ('bot_token_file = "bot"', 'bot_token_file = "app"', ["bot_token"]),
        ('bot_token_file = "bot"', 'bot_token = "{bot}"', ["bot_token", "doesn't belong in the file"]),
        ('key_file = "oslo.key"', 'key_file = "oslo.key"\npassword_file = "bot"', ["hmc-oslo", "exactly one of"]),
        ('key_file = "oslo.key"', "key_file = 'oslo.key'\nhost_key = '''{key}'''", ["hmc-oslo", "host_key"]),
        ('key_file = "oslo.key"', 'key_file = "oslo.key"\ncolour = "{bot}"', ["hmc-oslo", "colour"]),
        ('password_file = "arizona.password"', 'password = "{bot}"', ["hmc-arizona", "doesn't belong in the file"]),
    ],
    ids=["the other token", "a token", "two credentials", "a private host key", "a secret elsewhere", "a password"],
)
async def test_a_broken_configuration_is_told_without_its_secrets(
    lab: Stage, tmp_path: Path, line: str, broken: str, named: list[str]
) -> None:
    """Who mistakes one file or line for another is told where, and the secret that stood there is not repeated."""
    config, secrets = write_config(lab, tmp_path)
    broken = broken.replace("{bot}", (tmp_path / "bot").read_text()).replace(
        "{key}", (tmp_path / "oslo.key").read_text()
    )
    text = config.read_text(encoding="utf-8")
    if "host_key" in broken:
        text = re.sub("host_key = .*", "", text, count=1)
    config.write_text(text.replace(line, broken, 1), encoding="utf-8")
    program = await asyncio.create_subprocess_exec(
        PROGRAM, "serve", "--config", config, "--data", lab.folder, stdout=PIPE, stderr=STDOUT
    )
    printed = "".join((await program.communicate())[0].decode().split())  # a terminal wraps where it likes
    assert program.returncode == 2
    assert all("".join(each.split()) in printed for each in named)
    assert not [secret for secret in secrets if secret in printed]


async def test_what_people_type_by_mistake_is_not_kept_either(stage: Stage) -> None:
    """Tokens and keys in a reason, a veto, a refused command or a pasted policy: gone before anything is written."""
    tokens = [f"xoxb-{n}-planted{n}secret" for n in range(3)] + ["xapp-1-planted3secret"]
    await stage.ask(f'migrate db01 p72 p75 reason="with {tokens[0]} in it"')
    await stage.type(f"nonsense {tokens[1]}")
    await stage.click("vote.deny", who="approver")
    await stage.settled()
    (view,) = (await stage.people.inbox("approver"))["views"]
    await stage.people.submit("approver", view["id"], {"text": f"no: {tokens[2]}"})
    await stage.settled()
    await stage.type("check", command="/policy", who="lead")
    await stage.settled()
    (view,) = (await stage.people.inbox("lead"))["views"]
    key = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{tokens[3]}\n-----END OPENSSH PRIVATE KEY-----"
    await stage.people.submit("lead", view["id"], {"source": f"# {key}\n[roles]\n"})
    await stage.settled()
    assert "denied by" in (await stage.replies())[-1]["text"]
    everywhere = await asyncio.to_thread(_kept, stage.folder) + await _said(stage)
    assert "(taken out: a secret)" in everywhere
    assert [token for token in tokens if token in everywhere] == []


def _kept(folder: Path) -> str:
    """Every file of the data folder but the key itself, and every row of every table, compressed answers opened."""
    files = [path.read_bytes() for path in folder.iterdir() if path.name != "audit.key"]
    db = sqlite3.connect(folder / "hscbot.db")
    tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    cells = [cell for table in tables for row in db.execute(f"SELECT * FROM {table}") for cell in row]
    db.close()
    opened = [zlib.decompress(cell) if isinstance(cell, bytes) else str(cell).encode() for cell in cells]
    return b"\n".join([*files, *opened]).decode("utf-8", "replace")


async def _said(lab: Stage) -> str:
    """All that stands in the workspace: messages and their edits, what one person alone sees, and files."""
    messages: list[Json] = [m for channel in CHANNELS for m in await lab.people.messages(channel)]
    for who in ("requester", "approver", "lead", "outsider"):
        messages += [*(await lab.people.inbox(who))["ephemeral"], *await lab.chat(who)]
    files = [await lab.people.file(file["id"]) for m in messages for file in m.get("files", ())]
    seen = [json.dumps(messages, ensure_ascii=False), *map(words, messages)]
    return "\n".join([*seen, *(file.decode("utf-8", "replace") for file in files)])
