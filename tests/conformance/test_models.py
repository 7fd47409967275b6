"""Second opinions on every card that the bot can make: slack_sdk's own models, slackblocks, and our workspace."""

from __future__ import annotations

import inspect
import logging
from types import ModuleType
from typing import Any

import pytest
import slackblocks as sb
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot import cards, digest_cards, finding_cards, forms, home_view, incident_cards, request_cards, voter_cards
from bot.lab.workspace.api.content import MOST_POSTED, MOST_UPDATED
from bot.lab.workspace.blocks import MOST_TEXT, MOST_VIEW_BYTES, check_blocks, check_view, text_length, view_size
from tests.conformance.registry import CARDS, VIEWS, Made

Json = dict[str, Any]
DEFAULTS = (("verbatim", False), ("emoji", False))  # which slackblocks writes out
EDITED = {"request_card", "log_card", "voter_card", "skipped_card", "incident_card"}
EVERY = pytest.mark.parametrize("maker", CARDS)


def made(maker: str) -> Made:
    return CARDS[maker]()


def test_the_registry_is_whole() -> None:
    """Each function of the rooms of cards that makes a message stands in it, and each that makes a view."""
    rooms = (cards, digest_cards, finding_cards, incident_cards, request_cards, voter_cards)
    assert _makers("Message", *rooms) == set(CARDS)
    assert _makers("View", forms, home_view) == set(VIEWS)


def _makers(made: str, *rooms: ModuleType) -> set[str]:
    """The public functions of these rooms that make such a thing."""
    held = [each for room in rooms for each in vars(room).items()]
    public = {name: value for name, value in held if inspect.isfunction(value) and name[0] != "_"}
    return {name for name, maker in public.items() if made in maker.__annotations__.get("return", "").split(" | ")}


@pytest.mark.parametrize("maker", VIEWS)
def test_slack_sdk_and_our_workspace_take_every_view(maker: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whole: at most 100 blocks, nothing too long, and no larger than Slack takes a view."""
    caplog.set_level(logging.DEBUG, logger="slack_sdk")
    for name, view in VIEWS[maker]():
        assert check_view(view) == [], name
        assert view_size(view) <= MOST_VIEW_BYTES, name
        assert [block.to_dict() for block in Block.parse_all(view["blocks"])] == view["blocks"], name
        View(**view).validate_json()
        assert not caplog.records, (name, caplog.text)


@EVERY
def test_slack_sdk_takes_every_card_whole(maker: str, caplog: pytest.LogCaptureFixture) -> None:
    """Its models know each block and field, find nothing too long or wrong, and give back what they were given."""
    caplog.set_level(logging.DEBUG, logger="slack_sdk")
    for name, card in made(maker):
        parsed = Block.parse_all(card["blocks"])
        assert [block.to_dict() for block in parsed] == card["blocks"], name
        assert not caplog.records, (name, caplog.text)


@EVERY
def test_slackblocks_takes_every_card_whole(maker: str) -> None:
    """Its classes, built from the same content, find nothing too long or wrong, and render the same message."""
    for name, card in made(maker):
        message = sb.Message(channel="C0POWEROPS", text=card["text"], blocks=[_built(each) for each in card["blocks"]])
        rendered = message._resolve()
        assert rendered["text"] == card["text"], name
        assert [_unnamed(block) for block in rendered["blocks"]] == card["blocks"], name


@EVERY
def test_our_workspace_takes_every_card(maker: str) -> None:
    """At most 50 blocks, nothing too long, in all no more than a message holds; and what is edited, as an edit."""
    most = MOST_UPDATED if maker in EDITED else MOST_POSTED
    for name, card in made(maker):
        assert check_blocks(card["blocks"]) == [], name
        assert text_length(card["blocks"]) <= MOST_TEXT, name
        assert 0 < len(card["text"]) <= most, name


def test_the_second_opinions_are_opinions() -> None:
    """Each of the three refuses a section that is too long."""
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}
    assert check_blocks([block])
    with pytest.raises(Exception, match="3000"):
        Block.parse_all([block])[0].to_dict()
    with pytest.raises(Exception, match="3000"):
        _built(block)


# ── our blocks as slackblocks has them ────────────────────────────────────────────────────────────────────────────


def _built(block: Json) -> sb.Block:
    match block:
        case {"type": "section", "text": text}:
            return sb.SectionBlock(text=_text(text))
        case {"type": "context", "elements": elements}:
            return sb.ContextBlock(elements=[_text(each) for each in elements])
        case {"type": "actions", "elements": elements}:
            return sb.ActionsBlock(elements=[_button(each) for each in elements])
        case {"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": pieces}]}:
            return sb.RichTextBlock(sb.RichTextCodeBlock([sb.RichText(piece["text"]) for piece in pieces]))
        case {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": pieces}]}:
            return sb.RichTextBlock(sb.RichTextSection([_piece(piece) for piece in pieces]))
    raise AssertionError(f"a kind of block that the bot didn't make before: {block}")


def _piece(piece: Json) -> sb.RichTextElement:
    return sb.RichTextUser(piece["user_id"]) if piece["type"] == "user" else sb.RichText(piece["text"])


def _text(text: Json) -> sb.Text:
    return sb.Text(text["text"], type_=sb.TextType(text["type"]), verbatim=text.get("verbatim", False))


def _button(button: Json) -> sb.Button:
    given = {name: button[name] for name in ("action_id", "value", "style") if name in button}
    return sb.Button(text=_text(button["text"]), **given)


def _unnamed(block: Json) -> Json:
    """Without the id that it gives each block, and without defaults."""
    return {name: _plain(held) for name, held in block.items() if name != "block_id"}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {
            name: _plain(held)
            for name, held in value.items()
            if (name, held) not in (("verbatim", False), ("emoji", False))
        }
    return value
