"""What a delivery says, read from Slack's own forms."""

from __future__ import annotations

from typing import Any

import pytest

from bot.envelopes import words_of

RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "saw HSC"},
                {"type": "text", "text": "L0DB4", "style": {"bold": True}},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"text": "a &lt;b&gt; &amp;amp;"}, "a <b> &amp;"),
        ({"text": "", "blocks": [RICH]}, "saw HSCL0DB4"),
        ({"text": "x", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}]}, "x"),
        ({"text": "", "attachments": [{"fallback": "f", "fields": [{"title": "t", "value": "v"}]}]}, "f\nt\nv"),
        (None, ""),
        ({"text": None, "blocks": 3}, ""),
    ],
)  # fmt: skip
def test_all_that_a_message_says_is_read(message: Any, said: str) -> None:
    """Text, blocks and attachments, each once and as its writer meant it; a word in two styles stays one word."""
    assert words_of(message) == said
