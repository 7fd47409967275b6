"""What is asked for at the terminal is what is asked for in Slack: judged, planned, carried out and told alike."""

from __future__ import annotations

import asyncio
import json
import os
import pwd
import sys
from typing import Any

from bot.ledger import requests
from bot.ledger.requests import Request
from tests.stories import law
from tests.stories.conftest import Stage, words

LOGIN = f"terminal:{pwd.getpwuid(os.getuid()).pw_name}"
ASKERS = law.PEOPLE.replace('["T0LAB:U0REQUESTER"', f'["{LOGIN}", "T0LAB:U0REQUESTER"')
READS = 'operations = ["lpm.*"]\neffects'
POLICY = (ASKERS + law.ONE).replace(READS, READS.replace('"lpm.*"', '"lpm.*", "vios.*", "hmc.*"'))
ASKS = 'verdict = "ask"\napprovals = 1\napprovers = ["lead"]\nminutes_to_approve = 60\n'


class Terminal:
    """`hscbot run` as a program of its own, beside the running bot."""

    def __init__(self, stage: Stage, *words: str) -> None:
        self._words, self._stage = words, stage

    async def begin(self) -> asyncio.subprocess.Process:
        code = "from bot.cli import main; main()"
        return await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, "run", *self._words, "--data", str(self._stage.folder),
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "COLUMNS": "400"},
        )  # fmt: skip


async def hscbot(stage: Stage, *words: str) -> tuple[int, str, str]:
    """Its exit status, and what it says on both outputs."""
    process = await Terminal(stage, *words).begin()
    said, happened = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode(), happened.decode()


def request(stage: Stage, number: int) -> Request:
    return stage.ledger.read_now(lambda db: requests.get(db, number))


async def test_the_same_words_give_the_same_plan(stage: Stage) -> None:
    """From Slack and from the terminal: the same parameters, the same digest, the same approvals, the same commands."""
    await stage.put_in_force(POLICY)
    await stage.ask("migrate db01 p72 p75")
    process = await Terminal(stage, "lpm.migrate", "db01", "p72", "p75").begin()
    chat = await stage.people.wait_for(lambda: _asked_twice(stage), 30.0)
    slack, terminal = request(stage, 1), request(stage, 2)
    assert slack.digest is not None
    assert (terminal.parameters, terminal.digest, terminal.plan) == (slack.parameters, slack.digest, slack.plan)
    assert terminal.verdict == slack.verdict
    assert str(terminal.requester) == LOGIN

    await stage.people.click("lead", "@hscbot", chat["ts"], "vote.approve")
    said, happened = await process.communicate()
    assert process.returncode == 0
    assert b"#2: db01 is on p75 now" in said
    assert b"In Slack it may be approved by: " in happened
    assert b"migrlpar -o m" in happened
    assert [row["person"] for row in stage.audit("asked")] == ["T0LAB:U0REQUESTER", LOGIN]


async def _asked_twice(stage: Stage) -> Any:
    found = [message for message in await stage.chat("lead") if f"{LOGIN} asks at a terminal" in words(message)]
    return found[-1] if found else None


async def test_a_read_is_told_whole_and_for_programs(stage: Stage) -> None:
    """The table with every row, as lines, as CSV or as one object; exit 0 where everybody answered, 1 where not."""
    await stage.put_in_force(POLICY)
    status, said, _ = await hscbot(stage, "vios.level", "p72vio*")
    assert status == 0
    assert [line.split() for line in said.splitlines()[1:4]] == [
        ["vios", "system", "level"],
        ["p72vio1", "p72", "4.1.0.10"],
        ["p72vio2", "p72", "4.1.0.10"],
    ]
    status, said, happened = await hscbot(stage, "vios.level", "p72vio*", "as=csv", "fields=vios,level")
    assert (status, said.splitlines()) == (0, ["vios,level", "p72vio1,4.1.0.10", "p72vio2,4.1.0.10"])
    assert "2 VIOS: 2 rows" in happened
    stage.fleet.befall("rmc-down", "p72", "p72vio2")
    status, said, _ = await hscbot(stage, "vios.level", "p72vio*", "--json")
    told = json.loads(said)
    assert (status, told["state"]) == (1, "failed")
    assert told["table"]["rows"] == [{"vios": "p72vio1", "system": "p72", "level": "4.1.0.10"}]
    assert len(told["table"]["missing"]) == 1


async def test_what_is_wrong_is_said_before_anything_is_asked(stage: Stage) -> None:
    """No such operation, faults in its words, and what the policy denies: exit 2, each with what to do."""
    await stage.put_in_force(POLICY)
    status, _, happened = await hscbot(stage, "lpm.valdate", "db01")
    assert status == 2
    assert "/lpm has no 'valdate'" in happened
    status, _, happened = await hscbot(stage, "vios.level", "filter=lvl=4", "sort=nothing")
    assert status == 2
    assert "there is no field 'lvl'" in happened
    assert "there is no field 'nothing'" in happened
    status, _, happened = await hscbot(stage, "vios.shutdown", "p72vio1", "p72")
    assert status == 2
    assert f"You are {LOGIN} here." in happened
    assert stage.rows("SELECT count(*) FROM request") == [(0,)]


async def test_a_name_that_is_none_ends_it(stage: Stage) -> None:
    """The bot knows the fleet, the terminal doesn't: it is told by the bot, and nothing was sent for it."""
    await stage.put_in_force(POLICY)
    status, said, _ = await hscbot(stage, "vios.level", "p72vio7")
    assert status == 1
    assert "I know no VIOS called p72vio7" in said
    assert stage.ran("viosvrcmd") == []


async def test_a_veto_is_told_with_its_reason(stage: Stage) -> None:
    """Who waits at the terminal hears that it doesn't run, and why; exit 2."""
    await stage.put_in_force(POLICY)
    process = await Terminal(stage, "lpm.migrate", "db01", "p72", "p75").begin()
    chat = await stage.people.wait_for(lambda: _asked_twice(stage), 30.0)
    await stage.people.click("lead", "@hscbot", chat["ts"], "vote.deny")
    await stage.fill_in("not tonight", who="lead")
    said, happened = await process.communicate()
    assert process.returncode == 2
    assert b"not tonight" in said + happened


async def test_without_a_running_bot_nothing_is_asked(stage: Stage) -> None:
    """It says so, and how to go on; no request is left lying for a later start."""
    await stage.put_in_force(POLICY)
    await stage.stop()
    status, _, happened = await hscbot(stage, "vios.level", "*")
    assert status == 2
    assert "No bot runs on" in happened
    await stage.start()
    assert stage.rows("SELECT count(*) FROM request") == [(0,)]


async def test_a_fault_in_between_is_unknown(stage: Stage) -> None:
    """A change whose end wasn't heard: exit 3, and never success."""
    await stage.put_in_force(POLICY.replace(ASKS, 'verdict = "allow"\n'))
    stage.fleet.fault("hmc-oslo", matching="migrlpar -o m", cut_after=0)
    status, said, _ = await hscbot(stage, "lpm.migrate", "db01", "p72", "p75", "--reason", 'he said "go"')
    assert status == 3
    assert "unknown" in said
    assert request(stage, 1).asking.reason == 'he said "go"'
