"""Slack itself, where a real token is in the environment: nothing is posted, blocks are only validated."""

from __future__ import annotations

import os

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace.blocks import check_blocks
from tests.conformance.registry import Json, extremes

VARIABLE = "HSCBOT_CONFORMANCE_TOKEN"
TOKEN = os.environ.get(VARIABLE, "")
pytestmark = pytest.mark.skipif(not TOKEN, reason=f"{VARIABLE} holds no token of a real workspace")
WRONG: dict[str, list[Json]] = {
    "an unknown block": [{"type": "poster"}],
    "an unknown field": [{"type": "divider", "colour": "red"}],
    "a section too long": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}],
    "a section of nothing": [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
    "51 blocks": [{"type": "divider"}] * 51,
}


def slack() -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN)


async def fault(blocks: list[Json]) -> str:
    """Slack's error; nothing where it takes them."""
    try:
        await slack().api_call("blocks.validate", json={"blocks": blocks})
    except SlackApiError as refusal:
        return str(refusal.response["error"])
    return ""


async def test_the_token_is_a_bots() -> None:
    """auth.test takes it and names a bot, by the names that our workspace uses."""
    answer = await slack().auth_test()
    assert all(answer.get(name) for name in ("url", "team", "user", "team_id", "user_id", "bot_id"))


async def test_slack_takes_our_cards() -> None:
    """The smallest, a middling and the largest of each kind."""
    refused = {name: told for name, card in extremes() if (told := await fault(card["blocks"]))}
    assert refused == {}


@pytest.mark.parametrize("what", WRONG)
async def test_slack_refuses_what_our_workspace_refuses(what: str) -> None:
    """What we call wrong is wrong."""
    assert check_blocks(WRONG[what])
    assert await fault(WRONG[what]) == "invalid_blocks"
