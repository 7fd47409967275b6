"""What every message and form is built of: text that is safe, and Slack's blocks. Pure.

Machine words stand in preformatted rich text, where nothing is markup.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

from policies.words import Person

Block: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]  # text, blocks

SECTION = 2_900  # characters; Slack takes 3,000
BAR = 12  # cells


def escape(text: str) -> str:
    """Text in which nothing is markup, a mention or a link."""
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("`", "ˋ"), ("*", "∗"), ("~", "∼")):
        text = text.replace(plain, safe)
    return printable(text)


def advice(text: str) -> str:
    """What to do, in our words with a machine's names among them: what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(f"`{code(each)}`" if at % 2 else escape(each) for at, each in enumerate(parts))


def code(text: str) -> str:
    """Text for between backticks."""
    flat = printable(" ".join(text.split()))
    short = flat if len(flat) <= 300 else flat[:299] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "ˋ") or " "


def ours(text: str) -> str:
    """Our own words: backticks stay, as code; nothing in them can mention or link."""
    return printable(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def printable(text: str) -> str:
    odd = {ch for ch in set(text) - {"\n", "\t"} if not ch.isprintable()}  # a long text holds few different ones
    return text.translate(dict.fromkeys(map(ord, odd), "�")) if odd else text


def short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


def first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "(empty)")
    return line if len(line) <= 150 else line[:149] + "…"


def flat(text: str) -> str:
    """What a person wrote, on one line, and safe."""
    return escape(" ".join(text.split()))


def listed(items: Sequence[str]) -> str:
    if len(items) == 1:
        return ours(items[0])
    return "\n".join(f"• {ours(item)}" for item in items)


def argv(argv: Sequence[str]) -> str:
    return " ".join(word if word and not set(word) & set(" \"'\\$`;&|<>()*?[]#~") else f"'{word}'" for word in argv)


def person(who: Person) -> str:
    """A mention; who sits at a terminal has none."""
    return f"<@{who.member}>" if who.is_in_slack else escape(str(who))


def moment(at: datetime) -> str:
    """A time that each reader sees in their own zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def bar(share: float) -> str:
    """`▓▓▓▓░░░░ 52 %`."""
    full = min(BAR, max(0, int(share * BAR)))
    return f"{'▓' * full}{'░' * (BAR - full)} {share:.0%}"


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": cut(text), "verbatim": True}}


def context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": cut(text), "verbatim": True}]}


def header(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text[:150]}}


def divider() -> Block:
    return {"type": "divider"}


def cut(text: str, most: int = SECTION) -> str:
    """As much as fits, then `…`: never through the middle of a mention, a time or an escaped character."""
    if len(text) <= most:
        return text
    start = text[: most - 1]
    for opens, closes in ("<>", "&;"):
        at = start.rfind(opens)
        if at >= 0 and closes not in start[at:]:
            start = start[:at]
    return start + "…"


def raw(text: str, *, whole: str = "in the attached file") -> Block:
    """The machine's words, untouched by markup. `whole`: where what doesn't fit can be read."""
    shown = printable(text.rstrip("\n")) or "(nothing)"
    if len(shown) > SECTION:
        shown = f"{shown[: SECTION - 60]}\n… (whole {whole})"
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shown}]}
    return {"type": "rich_text", "elements": [element]}


def raws(text: str) -> list[Block]:
    """The machine's words in as many blocks as they take, none cut."""
    most = SECTION - 60
    pages: list[str] = []
    for line in printable(text.rstrip("\n")).split("\n"):
        for piece in [line[at : at + most] for at in range(0, len(line), most)] or [""]:
            if pages and len(pages[-1]) + 1 + len(piece) <= most:
                pages[-1] += f"\n{piece}"
            else:
                pages.append(piece)
    return [raw(page) for page in pages]


def packed(lines: Sequence[str]) -> list[Block]:
    """Lines of ours as sections, as many in each as fit."""
    pages: list[str] = []
    for line in lines:
        if pages and len(pages[-1]) + 1 + len(line) <= SECTION:
            pages[-1] += f"\n{line}"
        else:
            pages.append(line)
    return [section(page) for page in pages]


def button(label: str, action: str, value: str, *, style: str | None = None) -> Block:
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": label[:75]},
        "action_id": action,
        "value": value,
    }
    return made | ({"style": style} if style else {})


def asks(label: str, action: str, command: str, text: str, *, style: str | None = None) -> Block:
    """A button that asks as if its clicker had typed it."""
    return button(label, action, json.dumps({"command": command, "text": text}), style=style)


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def size(blocks: Sequence[Block]) -> int:
    """Characters, as Slack counts them at the least."""
    return sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks)
