"""Explained findings → messages. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot import cards, kit
from bot.kit import Block, Message
from handlers.finding import Finding, ReturnCode, Section

BLOCKS = 50  # of one message
MESSAGE = 11_000  # characters of one message's blocks
WORDS = 14  # lines of the machine's own words in a finding's card
MARKS = {Section.DETAIL: "   ↳", Section.WARNING: "⚠️"}


def finding_card(finding: Finding) -> Message:
    """One finding, for the thread: the machine's own words, then ours."""
    title = _title(finding)
    blocks = [kit.section(title), kit.raw(_start(finding.text))]
    if not finding.known:
        blocks.append(kit.section("*Unknown.* I have no explanation for this, so these are the machine's words alone."))
    told = [
        ("What it means", [finding.meaning] if finding.meaning else []),
        ("Likely causes", finding.causes),
        ("What tells them apart", [finding.check] if finding.check else []),
        ("What to do", finding.fixes),
        ("Return codes", [_return(each) for each in finding.returns]),
    ]
    blocks += [kit.section(f"*{name}*\n{kit.listed(items)}") for name, items in told if items]
    if finding.source:
        seen = "" if finding.text_seen or not finding.known else "  ·  meaning only: the wording wasn't seen"
        blocks.append(kit.context(f"From: {kit.escape(finding.source)}{seen}"))
    first = kit.first_line(finding.text)
    return {
        "text": kit.escape(first if finding.code and finding.code in first else f"{_called(finding)}: {first}"),
        "blocks": blocks,
    }


def explained_card(findings: Sequence[Finding]) -> Message:
    """Several findings in one message: as many whole ones as Slack takes, and how many more there are."""
    if not findings:
        return cards.note_card("I found no message of an HMC or VIOS in that.")
    blocks: list[Block] = []
    shown = 0
    for finding in findings:
        more = finding_card(finding)["blocks"]
        if len(blocks) + len(more) >= BLOCKS or kit.size([*blocks, *more]) > MESSAGE:
            break
        blocks, shown = [*blocks, *more], shown + 1
    if shown < len(findings):
        blocks.append(kit.context(f"…and {len(findings) - shown} more: `hscbot explain` shows them all"))
    return {"text": f"{len(findings)} explained", "blocks": blocks}


def reasons(findings: Sequence[Finding]) -> list[Block]:
    """The reasons in the order in which to mend them, each with what to do first; the thread holds them whole."""
    if not findings:
        return []
    lines, number = [], 0
    for finding in findings[:10]:
        number += finding.is_error
        mark = f"{number}." if finding.is_error else MARKS.get(finding.section or Section.ERROR, "•")
        lines.append(f"{mark} {_title(finding)}  {_gist(finding)}")
        if finding.is_error and finding.fixes:
            lines.append(f"      → {kit.escape(kit.short(finding.fixes[0]))}")
    if len(findings) > 10:
        lines.append(f"…and {len(findings) - 10} more in the thread")
    return [kit.section("\n".join(lines))]


def _return(each: ReturnCode) -> str:
    return f"{_layer(each)}: {each.meaning if each.known else 'a return code that I have no explanation for'}"


def _gist(finding: Finding) -> str:
    """What it comes to, in a line: of a detail block, what its return codes say."""
    if not finding.known:
        return kit.escape(kit.first_line(finding.text))
    if finding.returns:
        told = ", ".join(_layer(each) for each in finding.returns)
        deciding = next((each for each in finding.returns if not each.code.endswith("-0")), finding.returns[0])
        return kit.escape(kit.short(f"{told}: {deciding.meaning if deciding.known else finding.meaning}"))
    return kit.escape(kit.short(finding.meaning))


def _layer(each: ReturnCode) -> str:
    """`OS 85`"""
    layer, _, number = each.code.partition("RC-")
    return f"{layer} {number}"


def _title(finding: Finding) -> str:
    where = f"  ({finding.section.value})" if finding.section is not None else ""
    return f"*{kit.escape(_called(finding))}*{where}"


def _called(finding: Finding) -> str:
    """Its codes from the outermost in; our own keys for messages without a code are not for people."""
    codes = [code for code in finding.path if not code.startswith("HSC-NOCODE")]
    return " → ".join(codes) or ("message without a code" if finding.known else "unknown message")


def _start(text: str) -> str:
    """The first lines of a long message; the log has the others."""
    lines = text.rstrip().splitlines()
    more = len(lines) - WORDS
    return "\n".join(lines[:WORDS]) + f"\n… {more} more lines in the log" if more > 1 else text
