"""What a person does to an element: finding it, the action that Slack sends for it, and the state that it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.lab.workspace.blocks import interactive
from bot.lab.workspace.words import Json, Refusal

_ONE = {
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}
_MANY = {
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
}
_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_BUTTONS = {"button", "icon_button", "workflow_button"}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block."""
    return ((block, element) for block in blocks for element in interactive(block))


def find(blocks: list[Json], action_id: str, *, block_id: str = "", value: Any = None) -> tuple[Json, Json]:
    """The element with this action id; where several share it, the one whose block or button value was named."""
    found = [
        (block, element)
        for block, element in elements(blocks)
        if element.get("action_id") == action_id and block_id in ("", block["block_id"])
    ]
    if not found:
        raise Refusal("action_not_found", action_id=action_id)
    named = [(block, element) for block, element in found if value is not None and element.get("value") == value]
    return (named or found)[0]


def chosen(element: Json, value: Any) -> Json:
    """What an element holds once a person gave it `value`: the part of an action and of a view's state."""
    kind = element["type"]
    if kind in _ONE:
        return {_ONE[kind][0]: value if kind in ("datetimepicker", "rich_text_input") else _text(value)}
    if kind in _MANY:
        return {_MANY[kind][0]: list(value or [])}
    if kind in _OPTION:
        return {"selected_option": _option(element, value) if value not in (None, "") else None}
    if kind in _OPTIONS:
        return {"selected_options": [_option(element, one) for one in value or []]}
    return {"value": element.get("value", "") if value is None else str(value)}


def initial(element: Json, current: str = "") -> Json:
    """What an element holds before anybody touched it; `current` is the conversation that the person came from."""
    kind = element["type"]
    here = current if element.get("default_to_current_conversation") else ""
    if kind in _ONE:
        held, from_field = _ONE[kind]
        return {held: element.get(from_field, here or None)}
    if kind in _MANY:
        held, from_field = _MANY[kind]
        return {held: element.get(from_field, [here] if here else [])}
    if kind in _OPTION:
        return {"selected_option": element.get("initial_option")}
    if kind in _OPTIONS:
        return {"selected_options": element.get("initial_options", [])}
    return {}


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


def _option(element: Json, value: Any) -> Json:
    """The option with this value; options that were loaded from outside are taken as they come."""
    if isinstance(value, dict):
        return value
    groups = element.get("option_groups") or []
    options = [*element.get("options", []), *(one for group in groups for one in group["options"])]
    for option in options:
        if option["value"] == str(value):
            return {"text": option["text"], "value": option["value"]}
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}
    raise Refusal("option_not_found", value=str(value))


def action(block: Json, element: Json, value: Any, ts: str) -> Json:
    """One entry of `actions` in a block_actions payload."""
    base: Json = {"type": element["type"], "action_id": element.get("action_id", ""), "block_id": block["block_id"]}
    carried = ("text", "style", "url") if element["type"] in _BUTTONS else ("placeholder",)
    base |= {name: element[name] for name in carried if name in element}
    held = chosen(element, value)
    if element["type"] in _BUTTONS and "value" not in element and value is None:
        held = {}
    return base | held | {"action_ts": ts}


def state_of(blocks: list[Json], given: Json, current: str = "") -> Json:
    """`state.values` of a view or message: what was given, and the initial values of the rest.

    `given` maps action ids to values, or block ids to such maps.
    """
    values: Json = {}
    for block, element in elements(blocks):
        if element["type"] in _BUTTONS | {"overflow", "feedback_buttons"}:
            continue
        id, action_id = block["block_id"], element.get("action_id", "")
        within = given.get(id)
        source = within if isinstance(within, dict) and action_id in within else given
        held = chosen(element, source[action_id]) if action_id in source else initial(element, current)
        values.setdefault(id, {})[action_id] = {"type": element["type"], **held}
    return values


def respondable(blocks: list[Json], values: Json) -> Iterator[tuple[Json, str]]:
    """The inputs that ask for a response URL, as `{block_id, action_id}`, with the conversation that each holds."""
    for block in blocks:
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        named = {"block_id": block["block_id"], "action_id": element.get("action_id", "")}
        held = values.get(named["block_id"], {}).get(named["action_id"], {})
        if chosen_one := held.get("selected_conversation") or held.get("selected_channel"):
            yield named, chosen_one


def missing(blocks: list[Json], values: Json) -> Json:
    """The inputs that must be filled in and are not: Slack's own client holds the form back."""
    lacking: Json = {}
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        held = values.get(block["block_id"], {}).get(block["element"].get("action_id", ""), {})
        if not any(value for name, value in held.items() if name != "type"):
            lacking[block["block_id"]] = "Please complete this required field."
    return lacking


def unknown(blocks: list[Json], given: Json) -> list[str]:
    """The given names that no element or block of the view bears."""
    names = {element.get("action_id") for _, element in elements(blocks)} | {block["block_id"] for block in blocks}
    return [name for name in given if name not in names]
