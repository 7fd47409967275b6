"""Rich text: sections, lists, quotes and preformatted text, and what may stand in each."""

from __future__ import annotations

from bot.lab.workspace.checks import Check, array, boolean, either, integer, shape, string, typed
from bot.lab.workspace.composition import TYPE

_MOST = 3000
_STYLE = shape(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_MENTION_STYLE = shape(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean)
)
_ID = string(255, least=1)

PARTS: dict[str, Check] = {
    "text": shape({**TYPE, "text": string(12_000, least=1), "style": _STYLE}, needs={"text"}),
    "emoji": shape(
        {**TYPE, "name": string(255, least=1), "unicode": string(255), "skin_tone": integer(1, 6), "style": _STYLE},
        needs={"name"},
    ),
    "link": shape(
        {**TYPE, "url": string(3000, least=1), "text": string(3000), "unsafe": boolean, "style": _STYLE}, needs={"url"}
    ),
    "user": shape({**TYPE, "user_id": _ID, "style": _MENTION_STYLE}, needs={"user_id"}),
    "channel": shape({**TYPE, "channel_id": _ID, "style": _MENTION_STYLE}, needs={"channel_id"}),
    "usergroup": shape({**TYPE, "usergroup_id": _ID, "style": _MENTION_STYLE}, needs={"usergroup_id"}),
    "team": shape({**TYPE, "team_id": _ID, "style": _STYLE}, needs={"team_id"}),
    "broadcast": shape({**TYPE, "range": either("here", "channel", "everyone"), "style": _STYLE}, needs={"range"}),
    "date": shape(
        {
            **TYPE,
            "timestamp": integer(0, 99_999_999_999),
            "format": string(255, least=1),
            "url": string(3000),
            "fallback": string(255),
            "style": _STYLE,
        },
        needs={"timestamp", "format"},
    ),
    "color": shape({**TYPE, "value": string(50, least=1), "style": _STYLE}, needs={"value"}),
}
_PARTS = array(typed(PARTS), most=_MOST, least=0)
_SECTION = shape({**TYPE, "elements": _PARTS}, needs={"elements"})
_BORDER = integer(0, 1)

SPANS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_list": shape(
        {
            **TYPE,
            "elements": array(typed({"rich_text_section": _SECTION}), most=_MOST),
            "style": either("bullet", "ordered"),
            "indent": integer(0, 8),
            "offset": integer(0, 1_000_000),
            "border": _BORDER,
        },
        needs={"elements", "style"},
    ),
    "rich_text_preformatted": shape(
        {
            **TYPE,
            "elements": array(typed(PARTS, only={"text", "link"}), most=_MOST),
            "border": _BORDER,
            "language": string(50),
        },
        needs={"elements"},
    ),
    "rich_text_quote": shape({**TYPE, "elements": _PARTS, "border": _BORDER}, needs={"elements"}),
}
RICH_TEXT = shape({**TYPE, "block_id": string(255), "elements": array(typed(SPANS), most=_MOST)}, needs={"elements"})
