"""Composition objects: texts, options, confirmations, filters."""

from __future__ import annotations

from bot.lab.workspace.checks import (
    Check,
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

TYPE: dict[str, Check] = {"type": string(100)}


def plain(most: int) -> Check:
    fields = {**TYPE, "text": string(most, least=1), "emoji": boolean}
    return typed({"plain_text": shape(fields, needs={"text"})})


def mrkdwn(most: int) -> Check:
    fields = {**TYPE, "text": string(most, least=1), "verbatim": boolean}
    return typed({"mrkdwn": shape(fields, needs={"text"})})


def text(most: int) -> Check:
    return typed({"plain_text": plain(most), "mrkdwn": mrkdwn(most)})


CONFIRM = shape(
    {
        "title": plain(100),
        "text": text(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": either("primary", "danger"),
    },
    needs={"title", "text", "confirm", "deny"},
)


def option(label: Check) -> Check:
    fields = {"text": label, "value": string(150, least=1), "description": text(75), "url": url()}
    return shape(fields, needs={"text", "value"})


SELECT_OPTION = option(plain(75))
RICH_OPTION = option(text(75))
OPTIONS = array(SELECT_OPTION, most=100)
OPTION_GROUPS = array(shape({"label": plain(75), "options": OPTIONS}, needs={"label", "options"}), most=100)

FILTER = shape(
    {
        "include": array(either("im", "mpim", "private", "public"), most=4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    one_of=("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

DISPATCH = shape(
    {"trigger_actions_on": array(either("on_enter_pressed", "on_character_entered"), most=2)},
    needs={"trigger_actions_on"},
)
SLACK_FILE = both(shape({"id": string(255, least=1), "url": url()}, one_of=("id", "url")), at_most_one("id", "url"))
SMALL_NUMBER = integer(1, 10)
