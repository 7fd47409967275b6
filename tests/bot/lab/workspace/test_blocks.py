"""Block Kit is taken and refused as Slack does it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.lab.workspace.blocks import BLOCKS, check_blocks
from tests.bot.lab.workspace.cards import actions, button, field, plain, section

Json = dict[str, Any]
RICH: Json = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Moved ", "style": {"bold": True, "code": True}},
                {"type": "user", "user_id": "U0LEAD"},
                {"type": "channel", "channel_id": "C0POWEROPS"},
                {"type": "emoji", "name": "wave"},
                {"type": "link", "url": "https://example.com/doc", "text": "why"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
        },
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "HSCLA318"}]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
    ],
}
CONFIRM = {"title": plain("Sure?"), "text": plain("It moves"), "confirm": plain("Move"), "deny": plain("Stay")}
TAKEN: list[Json] = [
    section("x" * 3000, accessory=button("go", confirm=CONFIRM)),
    {"type": "section", "fields": [plain("x" * 2000), *([plain("x")] * 9)]},
    {"type": "header", "text": plain("x" * 150)},
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "by"}, plain("me")]},
    actions(*(button(f"a{number}") for number in range(25))),
    field("frame", hint=plain("which"), optional=True),
    {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"},
    {"type": "markdown", "text": "**bold**"},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
    RICH,
]
REFUSED: list[tuple[Any, str]] = [
    (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "section"}, "missing required field"),
    ({"type": "section", "fields": [plain("x" * 2001)]}, "/blocks/0/fields/0/text"),
    ({"type": "section", "fields": [plain("x")] * 11}, "no more than 10 items allowed"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters"),
    ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "unsupported type: mrkdwn"),
    ({"type": "divider", "colour": "red"}, "invalid additional property: colour"),
    ({"type": "marquee"}, "unsupported type: marquee [json-pointer:/blocks/0/type]"),
    ({"text": "x"}, "missing required field: type"),
    ("section", "must be an object"),
    ({"type": "context", "elements": []}, "no fewer than 1 items allowed"),
    (actions(*(button(f"a{number}") for number in range(26))), "no more than 25 items allowed"),
    (actions(button("go"), button("go")), "`action_id` go already exists"),
    (actions(button("x" * 256)), "must be less than 256 characters"),
    (actions(button("go", "x" * 2001)), "must be less than 2001 characters"),
    (actions(button("go", text=plain("x" * 76))), "must be less than 76 characters"),
    (actions(button("go", style="warning")), "must be one of primary, danger"),
    (actions({"type": "plain_text_input", "action_id": "a"}), "unsupported type: plain_text_input"),
    (actions({"type": "static_select", "action_id": "a"}), "missing required field: options"),
    (section("x", accessory=button("go", confirm={"title": plain("Sure?")})), "missing required field: text"),
    ({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "tex"}]}]}, "unsupported"),
    ({"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": []}]}, "missing required field: style"),
    ({"type": "markdown", "text": "x" * 12_001}, "must be less than 12001 characters"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}], []]}, "no fewer than 1 items allowed"),
]


@pytest.mark.parametrize("block", TAKEN, ids=lambda block: block["type"])
async def test_taken(web: AsyncWebClient, block: Json) -> None:
    """What Slack takes is taken, up to its last character."""
    assert (await web.chat_postMessage(channel="C0POWEROPS", text="x", blocks=[block]))["ok"]


@pytest.mark.parametrize(("block", "said"), REFUSED)
async def test_refused(web: AsyncWebClient, block: Any, said: str) -> None:
    """What Slack refuses is refused, with a sentence that names the place."""
    with pytest.raises(SlackApiError) as caught:
        await web.chat_postMessage(channel="C0POWEROPS", text="x", blocks=[block])
    assert caught.value.response["error"] == "invalid_blocks"
    assert any(said in message for message in caught.value.response["response_metadata"]["messages"])


async def test_too_many(web: AsyncWebClient) -> None:
    """Fifty blocks are a message, fifty-one are not; nor are texts of more than twelve thousand characters."""
    await web.chat_postMessage(channel="C0POWEROPS", text="x", blocks=[{"type": "divider"}] * 50)
    for blocks, error in (([{"type": "divider"}] * 51, "invalid_blocks"), ([section("x" * 2500)] * 5, "too_long")):
        with pytest.raises(SlackApiError, match=error):
            await web.chat_postMessage(channel="C0POWEROPS", text="x", blocks=blocks)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(sorted(BLOCKS)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "fields", "rows", "title"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_never_breaks(blocks: Any) -> None:
    """Whatever is sent as blocks, the answer is a list of sentences and never a crash."""
    assert all("json-pointer:/blocks" in said for said in check_blocks(blocks))
