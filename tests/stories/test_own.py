"""What hscbot is asked about itself: answered to the asker alone, judged and audited like everything else."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from bot.lab.demo import DEPLOY, demo_policy
from tests.stories.conftest import OPS, Json, Stage, staged, words

MANIFEST: Json = json.loads((DEPLOY / "slack-manifest.json").read_text(encoding="utf-8"))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot at work in a workspace that has its manifest, so that people are handed over as mentions."""
    async with staged(tmp_path / "data", commands=MANIFEST["features"]["slash_commands"]) as stage:
        await stage.start()
        yield stage


async def told(stage: Stage, command: str, text: str, *, who: str = "requester") -> Json:
    """The one answer, which its asker alone sees; nothing stands in the channel because of it."""
    before, cards = len((await stage.people.inbox(who))["ephemeral"]), len(await stage.cards())
    assert (await stage.type(text, who=who, command=command))["acked"]
    await stage.settled()
    whispered = (await stage.people.inbox(who))["ephemeral"][before:]
    assert len(whispered) == 1
    assert len(await stage.cards()) == cards
    found: Json = whispered[0]
    return found


async def file_of(stage: Stage, who: str) -> bytes:
    """The newest file in somebody's own conversation with the bot."""
    files = [file for message in await stage.chat(who) for file in message.get("files", ())]
    return await stage.people.file(files[-1]["id"])


def people_in(message: Json) -> list[str]:
    """Everybody whom a message shows by name, in order."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if value.get("type") == "user":
                found.append(value["user_id"])
            for each in value.values():
                walk(each)
        elif isinstance(value, list):
            for each in value:
                walk(each)

    walk(message["blocks"])
    return found


# ── explaining ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_would_happen_is_told_of_anybody(stage: Stage) -> None:
    """`as @them` tells the verdict for them, each rule with why it doesn't match, and who could approve right now."""
    answer = await told(stage, "/policy", "explain lpm.migrate db01 p72 p75 as @lead")
    said = words(answer)
    assert "It would wait for approval: 1 from operator or lead" in said
    assert "doesn't match: it is for lpm.stop" in said
    assert "matches. 'changes take one other person'" in said
    assert people_in(answer)[0] == "U0LEAD"
    assert people_in(answer)[1:3] == ["U0APPROVER", "U0REQUESTER"], "the asker is not among them"
    refused = words(await told(stage, "/policy", "explain lpm.migrate db01 p72 p75 as @outsider"))
    assert "It would be refused: You may not ask for lpm.migrate here." in refused
    assert "whose roles now are: none" in refused


@pytest.mark.parametrize(("who", "command"), [("requester", "migrate"), ("outsider", "migrate"), ("lead", "stop")])
async def test_what_is_explained_is_what_happens(stage: Stage, who: str, command: str) -> None:
    """The verdict that was explained for somebody is the one that they then get."""
    to = "p72 p75" if command == "migrate" else "p72"
    said = words(await told(stage, "/policy", f"explain lpm.{command} db01 {to} as @{who}"))
    if "It would be refused" in said:
        assert "You may not ask for" in await stage.refused(f"{command} db01 {to}", who=who)
        return
    await stage.ask(f"{command} db01 {to}", who=who)
    waits = "waiting for approval" in (await stage.card())["text"]
    assert waits == ("It would wait for approval" in said)


async def test_what_cannot_be_explained_says_why(stage: Stage) -> None:
    """Words that make no operation, and somebody whom nobody knows, are told as such."""
    said = words(await told(stage, "/policy", "explain lpm.migrate db01"))
    assert "/lpm migrate needs destination" in said
    assert "There is no" not in said
    assert "I don't know who" in await stage.refused("explain lpm.stop db01 p72 as @nobody", command="/policy")


async def test_only_commands_that_ask_for_it_get_marks(stage: Stage) -> None:
    """The workspace hands a command over escaped where its manifest says so, and as typed everywhere else."""
    await told(stage, "/policy", "explain lpm.stop db01 p72 as @lead")
    await stage.type("stop a&b @lead")
    await stage.settled()
    typed = [each["payload"]["text"] for each in await stage.people.deliveries() if "text" in each.get("payload", {})]
    assert typed == ["explain lpm.stop db01 p72 as <@U0LEAD|lead>", "stop a&b @lead"]


# ── policies ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_policy_is_shown_compared_and_handed_out(stage: Stage) -> None:
    """Roles and rules in words; what differs between versions; a version byte for byte, as a file to the asker."""
    await stage.put_in_force(demo_policy().replace("minutes_to_approve = 60", "minutes_to_approve = 45", 1))
    assert "'the audit is for leads': allow; audit.*" in words(await told(stage, "/policy", "show"))
    assert "policy version 1" in words(await told(stage, "/policy", "show version=1"))
    assert "2 versions" in words(await told(stage, "/policy", "history"))
    differs = words(await told(stage, "/policy", "diff 1 2"))
    assert "minutes_to_approve 60 → 45" in differs
    assert "+minutes_to_approve = 45" in differs
    assert "direct messages" in words(await told(stage, "/policy", "export 1"))
    assert await file_of(stage, "requester") == demo_policy().encode()
    assert "There is no policy version 9" in await stage.refused("show version=9", command="/policy")


async def test_an_answer_is_audited(stage: Stage) -> None:
    """Who asked what from where, and the hash of what they were told; no request is made of it."""
    await told(stage, "/policy", "show")
    (row,) = stage.audit("told")
    assert (row["person"], row["operation"], row["argv"]) == ("T0LAB:U0REQUESTER", "policy.show", ["policy", "show"])
    assert row["exit_status"] == 0
    assert not stage.rows("SELECT 1 FROM request")


# ── requests ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_requests_are_listed_and_each_tells_its_story(stage: Stage) -> None:
    """`/requests` alone lists the newest; one tells who asked, who agreed, what was sent and how it ended."""
    assert "There are no such requests." in words(await told(stage, "/requests", ""))
    await stage.ask("validate db01 p72 p75", who="lead")
    await stage.ask("migrate db01 p72 p75")
    await stage.approve()
    listed = words(await told(stage, "/requests", ""))
    assert listed.index("/lpm migrate db01 p72 p75") < listed.index("/lpm validate db01 p72 p75")
    mine = words(await told(stage, "/requests", "list mine=yes target=db01"))
    assert ("migrate" in mine, "validate" in mine) == (True, False)
    hers = words(await told(stage, "/requests", "list who=@lead state=succeeded"))
    assert ("migrate" in hers, "validate" in hers) == (False, True)
    story = await told(stage, "/requests", "show 2")
    for part in ("approved", "sends to hmc-oslo", "migrlpar -o m -m p72", "It ended: db01 is on p75 now"):
        assert part in words(story)
    assert {"U0REQUESTER", "U0APPROVER"} <= set(people_in(story))
    assert "There is no request #9" in await stage.refused("show 9", command="/requests")


# ── as tables ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_listed_is_a_table_like_every_other(stage: Stage) -> None:
    """Which rows, which fields, in what order, and as a file: by the options of all reads, and refused like theirs."""
    await stage.ask("validate db01 p72 p75", who="lead")
    await stage.ask("migrate web01 p72 p75")
    found = await told(stage, "/requests", "list filter=what~validate fields=number,by")
    assert ("1 of 2 rows: what~validate" in words(found), people_in(found)) == (True, ["U0LEAD"])
    assert "web01" not in words(found)
    ordered = words(await told(stage, "/requests", "list sort=number"))
    assert ordered.index("/lpm validate") < ordered.index("/lpm migrate")
    assert "there is no field 'whom'" in await stage.refused("list filter=whom=x", command="/requests")
    note = words(await told(stage, "/audit", "tail filter=what~lpm fields=row,who sort=-row as=json", who="lead"))
    assert "direct messages: hscbot-audit-tail-" in note
    assert re.search(r"2 of \d+ rows: what", note), "how many were left out is said beside the file"
    raw = await file_of(stage, "lead")
    rows = json.loads(raw)["rows"]
    assert {tuple(row) for row in rows} == {("row", "who")}
    assert [row["row"] for row in rows] == sorted((row["row"] for row in rows), reverse=True)
    assert hashlib.sha256(raw).hexdigest() == stage.audit("told")[-1]["sha256"]
    await told(stage, "/policy", "history as=csv")
    (version,) = csv.DictReader(io.StringIO((await file_of(stage, "requester")).decode()))
    assert version["version"] == "1"


async def test_the_terminal_has_the_same_options(stage: Stage) -> None:
    """By its own command and by the operation's name; a sheet stands alone where a program reads it."""
    await stage.ask("validate db01 p72 p75", who="lead")
    await stage.ask("validate web01 p72 p75")
    data = ["--data", str(stage.folder)]

    async def typed(*given: str) -> tuple[int, str, str]:
        ran = await asyncio.to_thread(CliRunner().invoke, cli, [*given, *data])
        return ran.exit_code, ran.stdout, ran.stderr

    status, sheet, beside = await typed(
        "requests", "list", "--filter", "what~web01", "--fields", "number,what", "--as", "csv"
    )
    assert (status, sheet) == (0, "number,what\n2,/lpm validate web01 p72 p75\n")
    assert "1 of 2 rows: what~web01" in beside
    assert await typed("run", "requests.list", "filter=what~web01", "fields=number,what", "as=csv") == (
        0,
        sheet,
        beside,
    )
    status, _, why = await typed("requests", "list", "--sort", "whom")
    assert (status, "field 'whom'" in why) == (2, True)
    status, sheet, _ = await typed("incidents", "list", "--all", "--sort", "-severity", "--as", "json")
    assert (status, json.loads(sheet)["rows"]) == (0, [])


# ── audit ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_audit_is_for_those_who_may_read_it(stage: Stage) -> None:
    """A lead is told; an operator is refused, which is audited too; nothing of it ever stands in a channel."""
    await stage.ask("validate db01 p72 p75")
    assert "sends to hmc-oslo" in words(await told(stage, "/audit", "tail", who="lead"))
    assert "rows, all as they were written" in words(await told(stage, "/audit", "verify", who="lead"))
    found = words(await told(stage, "/audit", "find person=@requester action=asked since=1h", who="lead"))
    assert "asked for lpm.validate" in found
    (seq,) = [row["seq"] for row in stage.audit("asked")]
    shown = words(await told(stage, "/audit", f"show {seq}", who="lead"))
    assert ("it holds: the row and the one before" in shown, '"operation": "lpm.validate"' in shown) == (True, True)
    for text in ("tail", "verify", "find", "export", "show 1"):
        assert "You may not ask for audit." in await stage.refused(text, command="/audit")
    assert len(stage.audit("refused")) == 5
    assert {m["text"] for m in await stage.cards()} == {(await stage.card())["text"]}


@pytest.mark.parametrize("form", ["csv", "json"])
async def test_the_audit_is_handed_out_as_a_file(stage: Stage, form: str) -> None:
    """Whole rows with their place in the chain, as a file that nobody else sees, and by the hash that was audited."""
    await stage.ask("validate db01 p72 p75")
    await told(stage, "/audit", f"export format={form} operation=lpm.*", who="lead")
    raw = await file_of(stage, "lead")
    (row,) = stage.audit("told")
    assert hashlib.sha256(raw).hexdigest() == row["sha256"]
    text = raw.decode()
    rows = list(csv.DictReader(io.StringIO(text))) if form == "csv" else [json.loads(x) for x in text.splitlines()]
    assert {each["action"] for each in rows} >= {"asked", "sending", "answered", "succeeded"}
    assert all(len(each["mac"]) == 64 for each in rows)
    assert not stage.rows("SELECT 1 FROM outbox WHERE kind = 'file' AND body <> '{}' AND thread IS NULL")


async def test_a_long_answer_is_a_file_and_nothing_is_cut(stage: Stage) -> None:
    """What doesn't fit into one message whole comes as a file by direct message, to the last row."""
    for _ in range(20):
        await stage.ask("validate db01 p72 p75")
    note = await told(stage, "/audit", "find limit=2000", who="lead")
    assert "direct messages" in words(note)
    rows = [*csv.DictReader(io.StringIO((await file_of(stage, "lead")).decode()))]
    (count,) = stage.rows("SELECT max(seq) FROM audit WHERE action <> 'told'")[0]
    assert [int(row["row"]) for row in rows] == [*range(1, count + 1)]


async def test_an_answer_that_asks_for_approvals_is_refused(stage: Stage) -> None:
    """What is told of hscbot is told at once to its asker or not at all: it is never put before others."""
    allow = 'who = ["lead"]\nverdict = "allow"\n'
    ask = 'who = ["lead"]\nverdict = "ask"\napprovals = 1\napprovers = ["lead"]\n'
    await stage.put_in_force(demo_policy().replace(allow, ask, 1))
    assert "audit.tail can't be answered" in await stage.refused("tail", who="lead", command="/audit")
    assert not stage.rows("SELECT 1 FROM request")


async def test_hostile_words_are_nothing_but_text(stage: Stage) -> None:
    """Mentions, links and markup in what others wrote reach the reader of the audit as the characters they are."""
    hostile = "validate <!channel> *bold* `x` <https://evil.example|click> p72"
    await stage.refused(hostile)
    answer = await told(stage, "/audit", "find action=refused", who="lead")
    assert "<!channel> *bold* `x` <https://evil.example|click> p72" in words(answer)
    for block in answer["blocks"]:
        if "<!channel>" in json.dumps(block):
            assert block["type"] == "rich_text", "where nothing is markup"


# ── codes in somebody's message ───────────────────────────────────────────────────────────────────────────────────


async def test_codes_in_any_message_are_explained(stage: Stage) -> None:
    """Somebody's chatter names codes of an HMC and of an error log: each is explained, to who asked alone."""
    posted = await stage.people.post("lead", OPS, "p72: HSCLA356 again, and errpt has E136EAFA. CAFEBABE is the build")
    await stage.people.shortcut("requester", "explain_codes", OPS, posted["ts"])
    await stage.settled()
    (told,) = (await stage.people.inbox("requester"))["ephemeral"]
    assert told["text"] == "2 explained"
    assert "HSCLA356" in words(told)
    assert "took over" in words(told)
