"""What was said to a machine and what it answered can be shown, whole, long after."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

from bot import app
from bot.ledger import audit, outputs
from bot.ledger.audit import Filter
from bot.ledger.proof import verify
from bot.ledger.retention import Pruned, prune
from bot.ledger.story import story
from tests.stories.conftest import Stage, on_the_machine


async def test_every_answer_is_kept_as_it_came(stage: Stage) -> None:
    """Of each command, shown in Slack or not, asked for or the bot's own read, the raw answer has its audited hash."""
    await stage.ask("validate vscsi01 p72 p75")
    await stage.ask("migrate db01 p72 p75")
    await stage.approve()
    sent = {row["seq"]: row for row in stage.audit("sending")}
    answered = {row["sending"]: row for row in stage.audit("answered")}
    assert set(sent) == set(answered)
    assert {row["request"] for row in sent.values()} == {None, 1, 2}
    for sending, row in answered.items():
        raw = b"".join(stage.ledger.read_now(lambda db, s=sending: list(outputs.pieces(db, s))))  # type: ignore[misc]
        assert (len(raw), hashlib.sha256(raw).hexdigest()) == (row["bytes"], row["sha256"])
        if row["request"] == 1:
            assert raw == await on_the_machine(stage.hosts[row["host"]], *sent[sending]["argv"])
    assert sum(row["bytes"] > 0 for row in answered.values()) >= 5


async def test_what_did_not_leave_is_marked_so(stage: Stage) -> None:
    """A command that found nobody has its end in the audit, and nothing else in the log."""
    await stage.ask("validate db01 p72 p75")
    await stage.fleet.refuse("hmc-oslo")
    await stage.ask("validate app01 p72 p75")
    assert [row["code"] for row in stage.audit("not-sent")] == ["host-unreachable"]
    assert not [row for row in stage.audit("sending") if row["request"] == 2]


async def test_old_answers_leave_under_a_running_bot(stage: Stage, tmp_path: Path) -> None:
    """While the bot works another program exports and drops; the bot's next answer is kept, and all verifies."""
    await stage.ask("validate vscsi01 p72 p75")
    answers = stage.rows("SELECT count(DISTINCT sending) FROM output")[0][0]
    await stage.type("validate npiv01 p72 p75")
    done = await asyncio.to_thread(dropped, stage, tmp_path / "old.jsonl")
    await stage.settled()
    assert done.dropped >= answers
    assert "can't: 1 reason" in (await stage.ask("validate ams01 p72 p75"))["text"]
    assert len(await stage.attached()) == 1
    rows = stage.rows("SELECT count(*) FROM command WHERE dropped NOT NULL")
    assert rows == [(done.dropped,)]
    await stage.stop()
    assert verify(stage.folder).row is None


def dropped(stage: Stage, path: Path) -> Pruned:
    ledger = app.data_ledger(stage.folder).open()
    try:
        return prune(ledger, app.utc_now(), path, by="test")
    finally:
        ledger.close()


async def test_a_request_is_told_as_a_timeline(stage: Stage) -> None:
    """From the asking to the end: who did what when, each command with its answer, in the order in which it was."""
    await stage.ask("migrate db01 p72 p75")
    await stage.approve()
    told = story(stage.ledger.read_now(lambda db: audit.of_request(db, 1)))
    steps = [(each.who, each.what) for each in told if not each.what.startswith(("sends", "hmc-oslo"))]
    assert steps == [
        ("T0LAB:U0REQUESTER", "asked for lpm.migrate"),
        ("hscbot", "waits for approval"),
        ("T0LAB:U0APPROVER", "approved"),
        ("T0LAB:U0APPROVER", "may run"),
        ("hscbot", "holds"),
        ("hscbot", "begins"),
        ("hscbot", "it succeeded"),
        ("hscbot", "lets go of"),
    ]
    assert "partition=db01" in told[0].detail
    sent = [(number, each) for number, each in enumerate(told) if "migrlpar -o m" in each.detail]
    ((number, command),) = sent
    assert command.what == "sends to hmc-oslo"
    assert command.detail == "migrlpar -o m -m p72 -t p75 -p db01; changes"
    assert told[number + 1].what == "hmc-oslo answered: exit status 0"
    assert told[-2].detail.startswith("db01 is on p75 now, Running")
    assert [each.at for each in told] == sorted(each.at for each in told)


async def test_what_was_asked_is_found_by_its_names(stage: Stage) -> None:
    """A partition's name finds its requests from end to end, and the refusals that named it; nobody else's."""
    await stage.ask("validate vscsi01 p72 p75")
    await stage.ask("validate db01 p72 p75")
    await stage.refused("migrate vscsi01 p72 p75", who="outsider")
    found = stage.ledger.read_now(lambda db: [*audit.find(db, Filter(target="vscsi01"))])
    assert {row.request for row in found} == {1, None}
    assert [row.action for row in found] == ["asked", "running", "sending", "answered", "failed", "refused"]
    everything = stage.ledger.read_now(lambda db: [*audit.find(db, Filter(target="p75"))])
    assert {row.request for row in everything} == {1, 2, None}
