"""Slack's words for people and places in a command that is handed over escaped, as somebody typed them."""

from __future__ import annotations

import html
import re

# <@U1|name>, <#C1|name>, <http://host|host>, <mailto:a@b|a@b>, <!here>, <!subteam^S1|@group>
_MARK = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def plain(text: str) -> str:
    """People stay, as `<@U1>`: that is their exact id. All else is what it was before Slack knew it."""
    return html.unescape(_MARK.sub(_typed, text))


def _typed(mark: re.Match[str]) -> str:
    kind, what, label = mark.groups()
    if kind == "@":
        return f"<@{what}>"
    if kind == "#":
        return f"#{label or what}"
    if kind == "!":
        return label or f"@{what}"
    return label or what
