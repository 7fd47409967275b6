"""What was said to a machine and what it answered can be shown, whole, long after."""

from __future__ import annotations

import hashlib

from bot.ledger import outputs
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
