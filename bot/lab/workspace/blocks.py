"""Block Kit as Slack takes it: which blocks, with which fields, how long, and unique by what.

`check_blocks` and `check_view` return Slack's sentences, each with its JSON pointer; an empty list means accepted.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.lab.workspace.checks import (
    Check,
    Found,
    anything,
    array,
    boolean,
    either,
    integer,
    say,
    shape,
    string,
    typed,
    url,
)
from bot.lab.workspace.composition import SLACK_FILE, TYPE, mrkdwn, plain, text
from bot.lab.workspace.elements import BUTTON, ELEMENTS, IMAGE, INTERACTIVE, accessory, actions_element, input_element
from bot.lab.workspace.rich_text import RICH_TEXT
from bot.lab.workspace.words import Json

MOST_IN_MESSAGE = 50
MOST_IN_VIEW = 100
MOST_TEXT = 12_000
"""Of all texts of a message together. Slack states it for markdown blocks, and says `msg_blocks_too_long` to others."""
MOST_VIEW_BYTES = 250_000

BLOCK: dict[str, Check] = {**TYPE, "block_id": string(255)}

_CELL = typed(
    {
        "raw_text": shape({**TYPE, "text": string(3000, least=1)}, needs={"text"}),
        "raw_number": shape({**TYPE, "value": anything, "text": string(3000, least=1)}, needs={"value"}),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = shape({"align": either("left", "center", "right"), "is_wrapped": boolean})
_TASK = shape(
    {
        **BLOCK,
        "task_id": string(255, least=1),
        "title": string(256, least=1),
        "status": either("pending", "in_progress", "complete", "error"),
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": array(anything, most=50),
    },
    needs={"task_id", "title", "status"},
)

BLOCKS: dict[str, Check] = {
    "section": shape(
        {**BLOCK, "text": text(3000), "fields": array(text(2000), most=10), "accessory": accessory, "expand": boolean},
        one_of=("text", "fields"),
    ),
    "header": shape({**BLOCK, "text": plain(150), "level": integer(1, 6)}, needs={"text"}),
    "divider": shape(BLOCK),
    "context": shape(
        {
            **BLOCK,
            "elements": array(typed({"image": IMAGE, "mrkdwn": mrkdwn(3000), "plain_text": plain(3000)}), most=10),
        },
        needs={"elements"},
    ),
    "actions": shape({**BLOCK, "elements": array(actions_element, most=25)}, needs={"elements"}),
    "input": shape(
        {
            **BLOCK,
            "label": plain(2000),
            "element": input_element,
            "hint": plain(2000),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        needs={"label", "element"},
    ),
    "image": shape(
        {
            **BLOCK,
            "image_url": url(),
            "slack_file": SLACK_FILE,
            "alt_text": string(2000, least=1),
            "title": plain(2000),
        },
        needs={"alt_text"},
        one_of=("image_url", "slack_file"),
    ),
    "rich_text": RICH_TEXT,
    "markdown": shape({**BLOCK, "text": string(12_000, least=1)}, needs={"text"}),
    "file": shape(
        {**BLOCK, "external_id": string(255, least=1), "source": either("remote")}, needs={"external_id", "source"}
    ),
    "table": shape(
        {
            **BLOCK,
            "rows": array(array(_CELL, most=20), most=100),
            "column_settings": array(_COLUMN, most=20, least=0),
        },
        needs={"rows"},
    ),
    "context_actions": shape(
        {**BLOCK, "elements": array(typed(ELEMENTS, only={"feedback_buttons", "icon_button"}), most=5)},
        needs={"elements"},
    ),
    "task_card": _TASK,
    "plan": shape({**BLOCK, "title": string(256, least=1), "tasks": array(_TASK, most=50)}, needs={"title"}),
    "alert": shape(
        {**BLOCK, "text": text(200), "level": either("default", "info", "warning", "error", "success")},
        needs={"text"},
    ),
    "card": shape(
        {
            **BLOCK,
            "hero_image": IMAGE,
            "icon": IMAGE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "actions": array(typed({"button": BUTTON}), most=3),
        },
        one_of=("hero_image", "title", "actions", "body"),
    ),
    "video": shape(
        {
            **BLOCK,
            "alt_text": string(2000, least=1),
            "title": plain(199),
            "video_url": url(),
            "thumbnail_url": url(),
            "title_url": url(),
            "description": plain(200),
            "author_name": string(49),
            "provider_name": string(100),
            "provider_icon_url": url(),
        },
        needs={"alt_text", "title", "video_url", "thumbnail_url"},
    ),
}

ON_MESSAGES = frozenset(BLOCKS)
ON_VIEWS = frozenset(BLOCKS) - {"file", "context_actions", "task_card", "plan", "table", "markdown"}

VIEW = shape(
    {
        "type": either("modal", "home"),
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "blocks": anything,
        "private_metadata": string(3000),
        "callback_id": string(255),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "external_id": string(255),
        "submit_disabled": boolean,
    },
    needs={"type", "blocks"},
)


def check_blocks(blocks: Any, *, at: str = "/blocks", view: bool = False) -> Found:
    found: Found = []
    kinds, most = (ON_VIEWS, MOST_IN_VIEW) if view else (ON_MESSAGES, MOST_IN_MESSAGE)
    array(typed(BLOCKS, only=kinds), most=most, least=0)(blocks, at, found)
    if not found:
        _check_unique(blocks, at, found)
        _check_tables(blocks, at, found)
    return found


def check_view(view: Any) -> Found:
    found: Found = []
    VIEW(view, "/view", found)
    if found:
        return found
    if view["type"] == "modal":
        _check_modal(view, found)
    elif view.get("submit"):
        say(found, "invalid additional property: submit", "/view")
    return found + check_blocks(view["blocks"], at="/view/blocks", view=True)


def _check_modal(view: Json, found: Found) -> None:
    if not view.get("title"):
        say(found, "missing required field: title", "/view")
    has_input = any(isinstance(block, dict) and block.get("type") == "input" for block in view["blocks"])
    if has_input and not view.get("submit"):
        say(found, "missing required field: submit", "/view")


def _check_unique(blocks: list[Json], at: str, found: Found) -> None:
    """Block ids are unique in a message, action ids within their block."""
    named = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for id in (id for id, times in named.items() if times > 1):
        say(found, f"`block_id` {id} already exists", at)
    for place, block in enumerate(blocks):
        used = Counter(element["action_id"] for element in interactive(block) if element.get("action_id"))
        for id in (id for id, times in used.items() if times > 1):
            say(found, f"`action_id` {id} already exists", f"{at}/{place}")


def _check_tables(blocks: list[Json], at: str, found: Found) -> None:
    if sum(block["type"] == "table" for block in blocks) > 1:
        say(found, "only_one_table_allowed", at)
    for place, block in enumerate(blocks):
        if block["type"] == "table" and len({len(row) for row in block["rows"]}) > 1:
            say(found, "all rows must have the same number of cells", f"{at}/{place}/rows")


def interactive(block: Json) -> Iterator[Json]:
    """The elements of a block that a person can act on."""
    held = [*block.get("elements", []), *block.get("actions", []), block.get("accessory"), block.get("element")]
    return (one for one in held if isinstance(one, dict) and one.get("type") in INTERACTIVE)


def text_length(value: Any) -> int:
    """The characters of every `text` below a value."""
    if isinstance(value, dict):
        return sum(len(v) if k == "text" and isinstance(v, str) else text_length(v) for k, v in value.items())
    return sum(map(text_length, value)) if isinstance(value, list) else 0


def view_size(view: Json) -> int:
    return len(json.dumps(view, separators=(",", ":")))
