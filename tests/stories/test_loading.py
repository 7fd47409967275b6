"""Another policy: asked for at the terminal or in Slack, agreed to by others, put in force in one step."""

from __future__ import annotations

import asyncio
import os
import pwd
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot import app
from bot.lab import demo
from bot.lab.demo import demo_policy
from bot.lab.tour import shown
from bot.lab.workspace.client import People
from bot.ledger import policies, proof
from tests.stories.conftest import OPS, Json, Stage, words
from tests.stories.mortal import Life
from tests.stories.test_kills import CHANNEL, Kill, Story, nursery

LOGIN = f"terminal:{pwd.getpwuid(os.getuid()).pw_name}"
HSCBOT = Path(sys.executable).with_name("hscbot")
POLICY = demo_policy().replace('"T0LAB:U0LEAD"', f'"T0LAB:U0LEAD", "{LOGIN}"', 1)
CHANGED = POLICY.replace("minutes_to_approve = 60", "minutes_to_approve = 45", 1)
BROKEN = POLICY.replace('approvers = ["lead"]', 'approvers = ["leed"]', 1)


async def hscbot(stage: Stage, *given: str | Path) -> tuple[int, str]:
    """The command line beside the running bot: its exit status, and its words on one line."""
    argv = [str(HSCBOT), *map(str, given), "--data", str(stage.folder)]
    ran = await asyncio.create_subprocess_exec(
        *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env={"NO_COLOR": "1", "COLUMNS": "200"}
    )
    said, _ = await ran.communicate()
    return ran.returncode or 0, " ".join(said.decode().split())


async def swept(stage: Stage) -> None:
    """What nobody works on is picked up when it was seen so twice."""
    for _ in range(2):
        await stage.bot.recovery.sweep()
    await stage.settled()


def written(stage: Stage, source: str) -> Path:
    file = stage.folder.parent / "policy.toml"
    file.write_text(source, encoding="utf-8")
    return file


def in_force(stage: Stage) -> tuple[int, str]:
    version = stage.ledger.read_now(policies.version)
    return version.version, version.source


async def asked_at_the_terminal(stage: Stage, source: str = CHANGED, *more: str) -> str:
    await stage.put_in_force(POLICY)
    status, said = await hscbot(stage, "policy", "load", written(stage, source), *more)
    assert status == 0, said
    await swept(stage)
    return said


async def sent(stage: Stage, command: str, source: str, *, who: str, **more: str) -> None:
    """Type the command alone, and send the form that opens."""
    assert (await stage.type(command, who=who, command="/policy"))["acked"]
    view = await stage.people.wait_for_view(who)
    await stage.people.submit(who, view["id"], {"source": source, **more})
    await stage.settled()


# ── at the terminal ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_policy_asked_for_at_the_terminal_goes_all_the_way(stage: Stage) -> None:
    """It waits with what it changes, another lead agrees in Slack, and it is in force, as who asked and who agreed."""
    said = await asked_at_the_terminal(stage, CHANGED, "--channel", "C0POWEROPS")
    assert f"Asked as #1, by {LOGIN}: nothing is changed yet" in said
    assert "It needs 1 from lead, within 480 minutes" in said
    assert "approved by: T0LAB:U0APPROVER, T0LAB:U0LEAD" in said
    card = words(await stage.card())
    assert "waiting for approval" in card
    assert "takes the place of policy version 2: rule 'changes take one other person' changed" in card
    assert "minutes_to_approve 60 → 45" in card
    assert in_force(stage) == (2, POLICY)

    await stage.approve(who="lead")
    assert in_force(stage) == (3, CHANGED)
    assert "policy version 3 is in force" in (await stage.card())["text"]
    (*_, loaded) = stage.audit("policy-loaded")
    assert (loaded["person"], loaded["request"], loaded["version"]) == (LOGIN, 1, 3)
    status, story = await hscbot(stage, "requests", "show", "1")
    assert (status, "approved" in story, "put policy version 3 in force" in story) == (0, True, True)
    assert "1 succeeded" in (await hscbot(stage, "requests"))[1]
    assert not stage.unsaid()


async def test_without_a_channel_its_voters_are_told_and_decide(stage: Stage) -> None:
    """Nothing stands in any channel; those who may agree have it by direct message, with the buttons."""
    await asked_at_the_terminal(stage)
    assert not await stage.cards()
    (told,) = await stage.chat("lead")
    assert f"{LOGIN} asks at a terminal" in words(told)
    chat = (await stage.people.inbox("lead"))["dms"][0]["id"]
    await stage.people.click("lead", chat, told["ts"], "vote.approve")
    await stage.settled()
    assert in_force(stage) == (3, CHANGED)
    assert "policy version 3 is in force" in words((await stage.chat("approver"))[0])
    assert not stage.unsaid()


async def test_who_may_not_ask_at_the_terminal_is_told_who_they_are(stage: Stage) -> None:
    """A login without a role is refused, and nothing is asked of anybody."""
    status, said = await hscbot(stage, "policy", "load", written(stage, CHANGED))
    assert (status, "You may not ask for policy.load here" in said) == (2, True)
    assert f"You are {LOGIN} here." in said
    assert not stage.rows("SELECT 1 FROM request")
    assert in_force(stage)[0] == 1


async def test_the_same_policy_is_not_asked_for(stage: Stage) -> None:
    """What is in force to the letter already is said to be, and nothing is done."""
    await stage.put_in_force(POLICY)
    status, said = await hscbot(stage, "policy", "load", written(stage, POLICY))
    assert (status, "policy version 2 is in force" in said) == (0, True)
    assert not stage.rows("SELECT 1 FROM request")


async def test_a_broken_policy_never_gets_that_far(stage: Stage) -> None:
    """Every fault is told with its line, at the terminal and in Slack, and the old policy stays in force."""
    await stage.put_in_force(POLICY)
    line = BROKEN.splitlines().index('approvers = ["leed"]') + 1
    status, said = await hscbot(stage, "policy", "load", written(stage, BROKEN))
    assert (status, f"line {line}: rule" in said, "names the role 'leed'" in said) == (1, True, True)
    short = "[roles]\nlead = []\n[[rules]]\nname = 'x'\noperations = ['lpm.fly']\nwho = ['leed']\nverdict = 'allow'\n"
    await sent(stage, "load", short, who="lead")
    (told,) = await stage.whispers("lead")
    assert ("line 5" in told, "line 6" in told, "Did you mean 'lead'?" in told) == (True, True, True)
    assert not stage.rows("SELECT 1 FROM request UNION SELECT 1 FROM proposal")
    assert in_force(stage) == (2, POLICY)


async def test_one_that_nobody_could_replace_is_replaced_directly(stage: Stage) -> None:
    """A policy of 0.1.0 has no rule by which another could be asked for: it is replaced at once, audited as such."""
    rule = '[[rules]]\nname = "r"\noperations = ["lpm.stop"]\nwho = ["lead"]\nverdict = "allow"\n'
    old = f'[roles]\nlead = ["T0LAB:U0LEAD"]\n{rule}'
    row = ("2", old, "2026-01-01T00:00:00+00:00", "terminal:root")
    await stage.ledger.write(lambda tx: tx.db.execute("INSERT INTO policy VALUES (?, ?, ?, ?)", list(row)))
    status, said = await hscbot(stage, "policy", "load", written(stage, POLICY))
    assert (status, "policy version 3 is in force" in said) == (0, True)
    (*_, loaded) = stage.audit("policy-loaded")
    assert loaded["directly"] == "by version 2 nobody could ever ask for another"
    status, said = await hscbot(stage, "policy", "load", written(stage, CHANGED))
    assert "nothing is changed yet" in said, "and from then on it takes approvals"


# ── in Slack ──────────────────────────────────────────────────────────────────────────────────────────────────────

SHORT = """
[roles]
lead = ["T0LAB:U0LEAD", "T0LAB:U0APPROVER"]
[[rules]]
name = "all"
operations = ["*"]
who = ["lead"]
verdict = "ask"
approvals = 1
approvers = ["lead"]
"""


async def test_a_policy_is_pasted_into_a_form_in_slack(stage: Stage) -> None:
    """The form's text is checked, proposed and asked for; the asker can't agree, another lead can."""
    await sent(stage, "load", SHORT, who="lead", reason="fewer rules")
    card = await stage.card()
    assert ("waiting for approval" in words(card), "Reason: fewer rules" in words(card)) == (True, True)
    await stage.click("vote.approve", who="lead")
    await stage.click("vote.approve", who="requester")
    await stage.settled()
    assert "you can't approve it" in (await stage.whispers("lead"))[0]
    assert "You can't vote" in (await stage.whispers("requester"))[0]
    assert in_force(stage)[0] == 1
    await stage.approve(who="approver")
    assert in_force(stage) == (2, SHORT)


async def test_a_policy_that_is_denied_is_never_in_force(stage: Stage) -> None:
    """One veto by somebody who could have agreed ends it."""
    await sent(stage, "load", SHORT, who="lead")
    await stage.click("vote.deny", who="approver")
    view = await stage.people.wait_for_view("approver")
    await stage.people.submit("approver", view["id"], {"text": "too few rules"})
    await stage.settled()
    assert "denied" in (await stage.card())["text"]
    assert in_force(stage)[0] == 1


async def test_who_may_not_load_gets_no_form(stage: Stage) -> None:
    """They hear why before they write; who may only read is helped to check."""
    assert "You may not ask for policy.load" in await stage.refused("load", command="/policy")
    assert not (await stage.people.inbox("requester"))["views"]
    await sent(stage, "check", SHORT, who="requester")
    (_, told) = await stage.whispers("requester")
    assert "it can be loaded: 1 roles, 1 rules" in told
    assert f"/policy load {policies.fingerprint(SHORT)}" in told


async def test_a_checked_policy_is_loaded_by_its_fingerprint(stage: Stage) -> None:
    """What was checked needn't be pasted again; what nobody proposed is refused to its asker alone."""
    await sent(stage, "check", SHORT, who="lead")
    await stage.type(f"load {policies.fingerprint(SHORT)}", who="lead", command="/policy")
    await stage.settled()
    await stage.approve(who="approver")
    assert in_force(stage) == (2, SHORT)
    assert "I know no policy" in await stage.refused(f"load {'0' * 64}", who="lead", command="/policy")
    again = f"load {policies.fingerprint(SHORT)}"
    assert "in force already" in await stage.refused(again, who="lead", command="/policy")


async def test_what_waited_under_the_old_policy_does_not_run(stage: Stage) -> None:
    """A request that was judged by the version before is stale at its start, and nothing is sent for it."""
    waiting: Json = await stage.ask("migrate db01 p72 p75")
    await sent(stage, "load", SHORT, who="lead")
    await stage.approve(who="approver")
    await stage.click("vote.approve", who="approver", card=waiting)
    await stage.settled()
    (state,) = stage.rows("SELECT state FROM request WHERE id = 1")[0]
    assert state in ("stale", "denied")
    assert not stage.ran("migrlpar", "-o", "m")


async def test_a_change_of_what_is_not_in_force_any_more_is_not_loaded(stage: Stage) -> None:
    """What was agreed to is a change from one version to another: behind a third, it is stale."""
    await sent(stage, "load", SHORT, who="lead")
    await stage.put_in_force(CHANGED)
    await stage.approve(who="approver")
    assert "refused" in (await stage.card())["text"]
    assert in_force(stage) == (2, CHANGED)


# ── killed in between ─────────────────────────────────────────────────────────────────────────────────────────────


class Loading(Story):
    """A lead asks for another policy, the other one agrees, and the bot dies once on the way."""

    over = ("in force", "interrupted", "unknown", "hscbot itself failed", "refused")

    async def play(self) -> None:
        await self.bots.start(self.life)
        keeper = asyncio.create_task(self._keep_alive())
        try:
            text = f"load {policies.fingerprint(SHORT)}"
            asked = asyncio.create_task(self.people.slash("lead", CHANNEL, "/policy", text))
            card = await self._card("waiting for approval", *self.over)
            await asked
            if "waiting for approval" in shown(card):
                await self.people.click("approver", CHANNEL, card["ts"], "vote.approve")
                await self._card(*self.over)
            await self._quiet()
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)


async def loaded(folder: Path, kill: Kill = "never", commit: int = 0) -> list[str]:
    """One story on a lab of its own: what each commit was made of, and what is in force at its end."""
    data, notes = folder / "data", folder / "notes"
    ledger = app.data_ledger(data).open()
    await ledger.write(lambda tx: policies.load(tx, demo_policy(), by="test", vocabulary=app.VOCABULARY))
    await ledger.write(lambda tx: policies.propose(tx, SHORT, by="test"))
    ledger.close()
    async with demo.lab(line_delay=0) as lab, People(lab.workspace.url) as people, nursery() as bots:
        life = Life(settings=lab.settings, folder=data, notes=notes, kill=kill, commit=commit)
        await Loading(lab, people, bots, life).play()
    with closing(sqlite3.connect(data / "hscbot.db")) as db:
        versions = [row[0] for row in db.execute("SELECT source FROM policy ORDER BY version")]
        (state,) = db.execute("SELECT state FROM request").fetchone()
    assert versions in ([demo_policy()], [demo_policy(), SHORT]), "the old or the new, and loaded once"
    assert (state == "succeeded") <= (len(versions) == 2)
    assert (state == "failed") <= (len(versions) == 1), "nothing that was loaded is called failed"
    assert proof.verify(data).row is None
    return notes.read_text(encoding="utf-8").splitlines()


@pytest.mark.timeout(600)
async def test_a_kill_leaves_the_old_policy_or_the_new(tmp_path: Path) -> None:
    """Killed right before and right after each step from its start on: one of the two is in force, never neither."""
    steps = await loaded(tmp_path / "whole")
    first = next(number for number, step in enumerate(steps, 1) if "Starting.started" in step)
    places: list[tuple[Kill, int]] = [(kill, n) for n in range(first, len(steps) + 1) for kill in ("before", "after")]
    two_at_once = asyncio.Semaphore(2)

    async def story(kill: Kill, commit: int) -> str:
        async with two_at_once:
            try:
                await loaded(tmp_path / f"{kill}-{commit}", kill, commit)
            except (AssertionError, TimeoutError) as fault:
                return f"killed {kill} commit {commit} ({steps[commit - 1]}): {fault!r}"
        return ""

    failures = await asyncio.gather(*(story(kill, commit) for kill, commit in places))
    assert not any(failures), "\n".join(filter(None, failures))
    assert any("Itself.carry_out" in step for step in steps)
    assert OPS == CHANNEL
