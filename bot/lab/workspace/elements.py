"""Block elements: what may stand in actions, accessories and inputs, and with which fields."""

from __future__ import annotations

from collections.abc import Mapping

from bot.lab.workspace.checks import (
    Check,
    anything,
    array,
    at_most_one,
    boolean,
    both,
    either,
    integer,
    shape,
    string,
    typed,
    url,
)
from bot.lab.workspace.composition import (
    CONFIRM,
    DISPATCH,
    FILTER,
    OPTION_GROUPS,
    OPTIONS,
    RICH_OPTION,
    SELECT_OPTION,
    SLACK_FILE,
    SMALL_NUMBER,
    TYPE,
    plain,
)

ACTION: dict[str, Check] = {**TYPE, "action_id": string(255, least=1)}
MENU: dict[str, Check] = {**ACTION, "placeholder": plain(150), "confirm": CONFIRM, "focus_on_load": boolean}
DATE = string(10, pattern=r"\d{4}-\d\d-\d\d")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")


def _select(own: Mapping[str, Check], initial: str, one: Check) -> Check:
    return shape({**MENU, **own, initial: one})


def _multi(own: Mapping[str, Check], initial: str, one: Check) -> Check:
    return shape({**MENU, **own, initial: array(one, most=100), "max_selected_items": integer(1, 100)})


def _static(fields: Check) -> Check:
    def check(value: object, at: str, found: list[str]) -> None:
        fields(value, at, found)
        if isinstance(value, dict) and not (value.get("options") or value.get("option_groups")):
            found.append(f"missing required field: options [json-pointer:{at}]")

    return both(check, at_most_one("options", "option_groups"))


_CHOICES: dict[str, Check] = {"options": OPTIONS, "option_groups": OPTION_GROUPS}
_QUERY: dict[str, Check] = {"min_query_length": integer(0, 1000)}
_NOTHING: dict[str, Check] = {}
_RESPONDABLE: dict[str, Check] = {"response_url_enabled": boolean}
_CONVERSATION: dict[str, Check] = {"default_to_current_conversation": boolean, "filter": FILTER}
_ID = string(255, least=1)

BUTTON = shape(
    {
        **ACTION,
        "text": plain(75),
        "url": url(),
        "value": string(2000),
        "style": either("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
    needs={"text"},
)
IMAGE = both(
    shape(
        {**TYPE, "image_url": url(), "slack_file": SLACK_FILE, "alt_text": string(2000, least=1)},
        needs={"alt_text"},
        one_of=("image_url", "slack_file"),
    ),
    at_most_one("image_url", "slack_file"),
)
_OVERFLOW = shape({**ACTION, "options": array(SELECT_OPTION, most=5), "confirm": CONFIRM}, needs={"options"})
_TEXT_FIELDS: dict[str, Check] = {
    **ACTION,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH,
}
_FEEDBACK = shape(
    {"text": plain(75), "value": string(2000), "accessibility_label": string(75)}, needs={"text", "value"}
)

ELEMENTS: dict[str, Check] = {
    "button": BUTTON,
    "image": IMAGE,
    "overflow": _OVERFLOW,
    "static_select": _static(_select(_CHOICES, "initial_option", SELECT_OPTION)),
    "external_select": _select(_QUERY, "initial_option", SELECT_OPTION),
    "users_select": _select(_NOTHING, "initial_user", _ID),
    "conversations_select": _select({**_CONVERSATION, **_RESPONDABLE}, "initial_conversation", _ID),
    "channels_select": _select(_RESPONDABLE, "initial_channel", _ID),
    "multi_static_select": _static(_multi(_CHOICES, "initial_options", SELECT_OPTION)),
    "multi_external_select": _multi(_QUERY, "initial_options", SELECT_OPTION),
    "multi_users_select": _multi(_NOTHING, "initial_users", _ID),
    "multi_conversations_select": _multi(_CONVERSATION, "initial_conversations", _ID),
    "multi_channels_select": _multi(_NOTHING, "initial_channels", _ID),
    "datepicker": shape({**MENU, "initial_date": DATE}),
    "timepicker": shape({**MENU, "initial_time": TIME, "timezone": string(100)}),
    "datetimepicker": shape({**MENU, "initial_date_time": integer(1_000_000_000, 9_999_999_999)}),
    "checkboxes": shape(
        {
            **ACTION,
            "options": array(RICH_OPTION, most=10),
            "initial_options": array(RICH_OPTION, most=10),
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
        needs={"options"},
    ),
    "radio_buttons": shape(
        {
            **ACTION,
            "options": array(RICH_OPTION, most=10),
            "initial_option": RICH_OPTION,
            "confirm": CONFIRM,
            "focus_on_load": boolean,
        },
        needs={"options"},
    ),
    "plain_text_input": shape(
        {
            **_TEXT_FIELDS,
            "initial_value": string(3000),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        }
    ),
    "email_text_input": shape({**_TEXT_FIELDS, "initial_value": string(3000)}),
    "url_text_input": shape({**_TEXT_FIELDS, "initial_value": string(3000)}),
    "number_input": shape(
        {
            **_TEXT_FIELDS,
            "is_decimal_allowed": boolean,
            "initial_value": string(100),
            "min_value": string(100),
            "max_value": string(100),
        },
        needs={"is_decimal_allowed"},
    ),
    "rich_text_input": shape({**_TEXT_FIELDS, "initial_value": anything}),
    "file_input": shape({**ACTION, "filetypes": array(string(50), most=100), "max_files": SMALL_NUMBER}),
    "feedback_buttons": shape(
        {**ACTION, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        needs={"positive_button", "negative_button"},
    ),
    "icon_button": shape(
        {
            **ACTION,
            "icon": either("trash"),
            "text": plain(75),
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(_ID, most=100),
        },
        needs={"icon", "text"},
    ),
    "workflow_button": shape(
        {
            **ACTION,
            "text": plain(75),
            "workflow": anything,
            "style": either("primary", "danger"),
            "accessibility_label": string(75),
        },
        needs={"text", "workflow"},
    ),
}

_MULTI = {kind for kind in ELEMENTS if kind.startswith("multi_")}
_SELECTS = {kind.removeprefix("multi_") for kind in _MULTI}
_PICKERS = {"datepicker", "timepicker"}
_TEXT_INPUTS = {
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
}
_CHOOSERS = {"checkboxes", "radio_buttons"}

IN_ACTIONS = {"button", "overflow", "workflow_button", "datetimepicker"} | _SELECTS | _PICKERS | _CHOOSERS | _MULTI
IN_ACCESSORY = {"button", "overflow", "workflow_button", "image"} | _SELECTS | _PICKERS | _CHOOSERS | _MULTI
IN_INPUT = _TEXT_INPUTS | _SELECTS | _MULTI | _PICKERS | _CHOOSERS | {"datetimepicker"}
INTERACTIVE = (IN_ACTIONS | IN_INPUT | {"feedback_buttons", "icon_button"}) - {"image"}

actions_element = typed(ELEMENTS, only=IN_ACTIONS)
accessory = typed(ELEMENTS, only=IN_ACCESSORY)
input_element = typed(ELEMENTS, only=IN_INPUT)
