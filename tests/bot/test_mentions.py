"""Slack's words for people: what the workspace escapes, the bot reads as it was typed."""

from __future__ import annotations

import pytest

from bot.lab.workspace.escaping import escaped
from bot.lab.workspace.members import Member
from bot.lab.workspace.records import Channel
from bot.mentions import plain

PEOPLE = [Member(id="U0LEAD", name="lead", real_name="Lead")]
PLACES = [Channel(id="C0OPS", name="power-ops", kind="public")]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("explain lpm.migrate as @lead", "explain lpm.migrate as <@U0LEAD|lead>"),
        ("who=@lead", "who=<@U0LEAD|lead>"),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("in #power-ops", "in <#C0OPS|power-ops>"),
        ("hmc=hmc1.example.com", "hmc=<http://hmc1.example.com|hmc1.example.com>"),
        ("see https://example.com/a?b=1", "see <https://example.com/a?b=1>"),
        ("ask a.b@example.com", "ask <mailto:a.b@example.com|a.b@example.com>"),
        ("a<b & c>d", "a&lt;b &amp; c&gt;d"),
        ("db01 p72 p75 lpm.migrate T0LAB:U0LEAD", "db01 p72 p75 lpm.migrate T0LAB:U0LEAD"),
    ],
)
def test_what_was_typed_comes_back(typed: str, sent: str) -> None:
    """The workspace marks what Slack marks; the bot has it as typed again, but a person by their exact id."""
    assert escaped(typed, PEOPLE, PLACES) == sent
    assert plain(sent) == typed.replace("@lead", "<@U0LEAD>")


def test_marks_of_broadcasts_and_groups_are_words() -> None:
    """What mentions more than one person is told as words, and means nobody."""
    assert plain("<!here> <!subteam^S0ADMINS|@admins> <!subteam^S1>") == "@here @admins @subteam^S1"
