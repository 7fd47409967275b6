"""What is written is so: pages made from the code, and a README whose commands, targets and configuration exist."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from bot import settings
from bot.cli import cli
from bot.pictures.drawing import sheet_of
from tests.house import docs, pictures, tree

README = (tree.ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [path for path in tree.files() if path.suffix == ".md"]
ROOT: Any = typer.main.get_command(cli)


@pytest.mark.parametrize("path", docs.PAGES, ids=lambda path: path.name)
def test_a_generated_page_is_what_the_code_says(path: Path) -> None:
    """A page that differs from the code is written anew by one command."""
    same = path.exists() and path.read_text(encoding="utf-8") == docs.PAGES[path]()
    assert same, f"{tree.shown(path)} isn't what the code says: run {docs.COMMAND}"


def test_the_pictures_are_those_that_are_drawn() -> None:
    """The page tells what the code says, and each picture beside it is there, small, and of the size that is drawn."""
    assert pictures.PAGE.read_text(encoding="utf-8") == pictures.page(), f"run {pictures.COMMAND}"
    for name, (_, values) in pictures.PICTURES.items():
        kept = (pictures.FOLDER / f"{name}.png").read_bytes()
        assert len(kept) < 100_000
        drawn = Image.open(io.BytesIO(sheet_of(values).png()))
        assert Image.open(io.BytesIO(kept)).size == drawn.size, f"{name}.png is of another version: {pictures.COMMAND}"


# ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────────


def fenced(text: str, *languages: str) -> list[str]:
    return [body for language, body in re.findall(r"```(\w*)\n(.*?)```", text, re.DOTALL) if language in languages]


def commands(text: str) -> Iterator[list[str]]:
    """Each `hscbot …` in code: its words after the program's name."""
    spans = re.findall(r"(?<!`)`([^`\n]+)`(?!`)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    lines = [line for body in fenced(text, "sh", "console") for line in body.replace("\\\n", " ").splitlines()]
    for line in (*spans, *lines):
        for piece in re.split(r"[|;]|&&", line.partition(" #")[0]):
            words = piece.replace("$ ", "", 1).split()
            at = next(
                (n for n, word in enumerate(words[:-1]) if word == "hscbot" or word.endswith("/bin/hscbot")), None
            )
            if at is not None and (at == 0 or words[at].endswith("/hscbot")):
                yield shlex.split(" ".join(words[at + 1 :]))


def found(words: list[str]) -> Any:
    """The command that these words begin with."""
    command = ROOT
    for word in words:
        if not below(command) or word.startswith("-"):
            break
        assert word in below(command), f"there is no `hscbot {' '.join(words)}`"
        command = below(command)[word]
    return command


def below(command: Any) -> dict[str, Any]:
    """The commands of a group."""
    return getattr(command, "commands", {})


@pytest.mark.parametrize("page", PAGES, ids=tree.shown)
def test_the_commands_that_are_named_exist(page: Path) -> None:
    """Each `hscbot` command with its options is one that the program has."""
    for words in commands(page.read_text(encoding="utf-8")):
        command = found(words)
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word.partition("=")[0] for word in words if word.startswith("-")} <= options, words


def all_commands(command: Any, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    for name, each in below(command).items():
        yield from all_commands(each, *path, name)


@pytest.mark.parametrize("path", [*all_commands(ROOT)], ids=" ".join)
def test_every_command_has_help_and_a_place_in_the_readme(path: tuple[str, ...]) -> None:
    """`--help` works, says what it does, and the README tells of the command."""
    ran = CliRunner().invoke(cli, [*path, "--help"])
    assert ran.exit_code == 0
    assert found(list(path)).help
    assert " ".join(("hscbot", *path)) in README


def test_the_make_targets_that_are_named_exist() -> None:
    """Each `make` in a page is a target of the Makefile, and the README tells of each that isn't the maker's own."""
    makefile = (tree.ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)
    targets = set(phony.split())
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        code = " ".join((*re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text), *fenced(text, "sh")))
        assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets, page
    assert targets - {"lock", "clean"} <= set(re.findall(r"`?make ([a-z]+)", README))


def test_relative_links_lead_somewhere() -> None:
    """Pages and pictures that are linked are there."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
        for link in (link for link in links if "://" not in link):
            assert (page.parent / link).exists(), f"{tree.shown(page)}: {link}"


def test_the_map_names_every_room() -> None:
    """A new module of the three packages gets its place in the README."""
    told = set(re.findall(r"`(\w+)`", README))
    rooms = {path.stem for package in tree.PACKAGES for path in (tree.ROOT / package).iterdir()} - {
        "__init__",
        "__pycache__",
    }
    assert {room for room in rooms if room not in told and f"{room}.toml" not in README} == set()


# ── configuration ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_readmes_configuration_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown can be pasted; what is commented out in it can be switched on."""
    (block,) = fenced(README, "toml")
    given = tmp_path / "given"
    given.mkdir()
    (given / "bot_token").write_text("xoxb-1", encoding="utf-8")
    (given / "app_token").write_text("xapp-1", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(given))
    file = tmp_path / "hscbot.toml"
    for text in (block, re.sub(r"^# (?=\w+ = )", "", block, flags=re.MULTILINE)):
        file.write_text(text, encoding="utf-8")
        read = settings.read(file, {})
        assert list(read.hosts) == ["hmc1"]
        assert read.hosts["hmc1"].key_file == given / "hmc_key"
    assert read.hosts["hmc1"].legacy


def test_the_readme_explains_every_scope() -> None:
    """Each scope of the manifest has its reason in the table, and no other has."""
    manifest = (tree.ROOT / "deploy" / "slack-manifest.json").read_text(encoding="utf-8")
    wanted = set(re.findall(r'"([a-z]+:[a-z]+|commands)"(?=[,\]])', manifest))
    rows = re.findall(r"^ *\| ((?:`[a-z:]+`(?:, )?)+) \|", README, re.MULTILINE)
    assert {scope for row in rows for scope in re.findall(r"`([a-z:]+)`", row)} >= wanted
