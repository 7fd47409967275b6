"""TypeScript's compiler, with Slack's own types, over what really goes over the wire."""

from __future__ import annotations

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.lab.workspace.client import People
from bot.lab.workspace.server import Workspace
from tests.conformance.captures import OPS, Capture, Json, blocks, payloads, responses
from tests.conformance.differences import TYPED, Typed
from tests.conformance.node import HERE, MODULES, SURROUNDINGS, needs_node, running
from tests.conformance.registry import extremes
from tests.conformance.test_bolt import CHOICES
from tests.stories.conftest import staged

pytestmark = needs_node
MANIFEST = HERE.parents[1] / "deploy" / "slack-manifest.json"
# In Slack's response types words are enums, whose members no JSON can be, and what is null in a sample is left out.
PRELUDE = """\
import type * as types from "@slack/types";
import type * as webApi from "@slack/web-api";
import type * as bolt from "@slack/bolt";
type Wire<T> = T extends string ? (string extends T ? T : `${T}`)
  : T extends readonly (infer Item)[] ? Wire<Item>[]
  : T extends object ? { [Name in keyof T]: Wire<T[Name]> | null }
  : T;
"""
COMPILER = {
    "strict": True,
    "noEmit": True,
    "exactOptionalPropertyTypes": False,
    "module": "node20",
    "skipLibCheck": True,
    "target": "es2023",
    "types": [],
}
FAULT = re.compile(r"^(\w+)\.ts\((\d+),\d+\): error (TS\d+: .*)$")
Faults = dict[str, dict[int, str]]  # by file, by the number of the capture


def compiled(folder: Path, **files: Sequence[Capture]) -> Faults:
    """What the compiler has against each capture."""
    (folder / "node_modules").symlink_to(MODULES)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    names = [f"{name}.ts" for name in files]
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": COMPILER, "files": names}), encoding="utf-8")
    for name, captures in files.items():
        # One capture, one line: the line of a fault says whose it is.
        lines = [f"export const _{n}: {each.type} = {json.dumps(each.value)};\n" for n, each in enumerate(captures)]
        (folder / f"{name}.ts").write_text(PRELUDE + "".join(lines), encoding="utf-8")
    done = subprocess.run(
        ["node", str(MODULES / "typescript" / "bin" / "tsc"), "--pretty", "false", "--project", str(folder)],
        cwd=folder,
        env=SURROUNDINGS,
        capture_output=True,
        text=True,
        check=False,
    )
    return _faults(done.stdout, done.returncode)


def _faults(told: str, status: int) -> Faults:
    found: Faults = defaultdict(dict)
    file, number = "", 0
    for line in told.splitlines():
        if match := FAULT.match(line):
            file, number = match[1], int(match[2]) - 1 - PRELUDE.count("\n")
        assert file, told
        found[file][number] = f"{found[file].get(number, '')}{match[3] if match else line} "
    assert bool(found) == bool(status), told
    return found


# ── what goes over the wire ───────────────────────────────────────────────────────────────────────────────────────


async def of_a_tour(workspace: Workspace, people: People) -> list[Capture]:
    """Each kind of payload, by an app that asks for each; and what it posts and opens."""
    tokens = {"SLACK_BOT_TOKEN": workspace.bot_token, "SLACK_APP_TOKEN": workspace.app_token}
    async with running("bolt_app.mjs", SLACK_API_URL=workspace.api_url, **tokens) as app:
        await app.said("ready")
        await people.slash("requester", OPS, "/probe", "elements")
        every = await people.wait_for_message(OPS, lambda message: message["text"] == "elements")
        for action_id, (value, _) in CHOICES.items():
            await people.click("requester", OPS, every["ts"], action_id, value)
        await people.options("requester", "e.external", "s", channel=OPS, ts=every["ts"])
        await people.slash("requester", OPS, "/probe", "one")
        posted = await people.wait_for_message(OPS, lambda message: message["text"] == "posted one")
        await people.shortcut("requester", "explain_codes", OPS, every["ts"])
        await people.click("requester", OPS, posted["ts"], "probe.open")
        view = await people.wait_for_view("requester")
        await people.options("requester", "loaded", "s", view_id=view["id"])
        await people.click_view("requester", view["id"], "probe.push")
        await people.submit("requester", view["id"], {"typed": "bad", "loaded": "first"})
        views = (await people.inbox("requester"))["views"]
        await people.close_view("requester", view["id"], clear=True)
        await app.said("closed")
        await people.shortcut("lead", "probe.global")
        await people.post("lead", OPS, "@hscbot hello")
        await people.post("lead", "@hscbot", "hello")
        await people.open_home("lead")
        await people.wait_for(lambda: _home(people))
        await people.open_home("lead")
        home = await _home(people)
    shown = [{name: held for name, held in each.items() if name != "errors"} for each in [*views, home]]
    outputs = [Capture(name=f"view {n}", type="bolt.ViewOutput", value=view) for n, view in enumerate(shown)]
    return [*await payloads(people), *outputs, *blocks("of the app", await people.messages(OPS))]


async def _home(people: People) -> Json | None:
    home: Json | None = (await people.inbox("lead"))["home"]
    return home


async def of_the_bot(folder: Path) -> list[Capture]:
    """An approval from end to end, a validation that fails, and a refusal: what our bot is sent and what it posts."""
    async with staged(folder) as stage:
        await stage.start()
        await stage.ask("validate vscsi01 p72 p75")
        await stage.ask("migrate db01 p72 p75")
        await stage.approve()
        await stage.refused("migrate db01 mpio=9")
        await stage.people.shortcut("requester", "explain_codes", OPS, (await stage.card())["ts"])
        await stage.settled()
        said = [*await stage.people.messages(OPS), *(await stage.people.inbox("requester"))["ephemeral"]]
        return [*await payloads(stage.people), *blocks("of the bot", said)]


@pytest.fixture
async def captures(workspace: Workspace, people: People, tmp_path: Path) -> list[Capture]:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    return [
        *await of_a_tour(workspace, people),
        *await responses(workspace, people),
        *await of_the_bot(tmp_path / "bot"),
        *(Capture(name=name, type="types.KnownBlock[]", value=card["blocks"]) for name, card in extremes()),
        Capture(name="manifest", type="webApi.AppsManifestCreateArguments['manifest']", value=manifest),
    ]


# ── held against the types ────────────────────────────────────────────────────────────────────────────────────────


def as_typed(capture: Capture, differences: Sequence[Typed]) -> Capture:
    """The capture without these differences."""
    value = capture.value
    for difference in differences:
        value = difference.applied(value) if difference.type == capture.type else value
    return Capture(name=capture.name, type=capture.type, value=value)


def with_only(difference: Typed, captures: Sequence[Capture]) -> Capture | None:
    """The first capture in which this difference occurs, without any other."""
    others = [each for each in TYPED if each is not difference]
    for capture in captures:
        if capture.type == difference.type:
            left = as_typed(capture, others)
            if difference.applied(left.value) != left.value:
                return left
    return None


async def test_what_goes_over_the_wire_is_what_slacks_types_say(captures: list[Capture], tmp_path: Path) -> None:
    """Every payload, response, block, view and the manifest, but for the differences that are listed."""
    folder = tmp_path / "typed"
    folder.mkdir()
    alone = [with_only(difference, captures) for difference in TYPED]
    outlived = [each.at for each, capture in zip(TYPED, alone, strict=True) if capture is None]
    assert not outlived, f"listed, and nowhere any more: {outlived}"
    differing = [capture for capture in alone if capture is not None]
    faults = compiled(folder, clean=[as_typed(each, TYPED) for each in captures], differing=differing)
    unlisted = "\n".join(f"{captures[number].name}: {told}" for number, told in faults["clean"].items())
    assert not unlisted, unlisted
    needless = [each.at for number, each in enumerate(TYPED) if number not in faults["differing"]]
    assert not needless, f"listed, and the types take them: {needless}"


def test_the_compiler_would_notice(tmp_path: Path) -> None:
    """A field too many, one too few, a wrong word or a wrong kind is a fault."""
    wrong = [
        {"type": "section", "txt": {"type": "mrkdwn", "text": "x"}},
        {"type": "actions"},
        {"type": "section", "text": {"type": "markdown", "text": "x"}},
        {"type": "header", "text": "x"},
    ]
    captures = [Capture(name=str(block), type="types.KnownBlock[]", value=[block]) for block in wrong]
    assert sorted(compiled(tmp_path, wrong=captures)["wrong"]) == [0, 1, 2, 3]
