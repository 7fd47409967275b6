"""The messages that are about no request: notes, log lines, refusals, help. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot import kit
from bot.kit import Block, Message
from handlers.grammar import options_of
from handlers.operation import Operation
from policies.case import Asking
from policies.problems import Problem
from policies.verdicts import Deny
from policies.words import counted

ANSWER = 8_000  # characters of one answer; a longer one is a file
MOST_WAYS = 20  # buttons in a row
PERSON = re.compile(r"\b[TE][A-Z0-9]{1,30}:([UW][A-Z0-9]{1,30})\b")


def log_card(text: str) -> Message:
    """Lines of an answer, as they came."""
    return {"text": kit.escape(kit.first_line(text)), "blocks": [kit.raw(text)]}


def note_card(text: str) -> Message:
    """A line of ours; mrkdwn that is safe already."""
    return {"text": text, "blocks": [kit.section(text)]}


def words_card(heading: str, words: str) -> Message:
    """What a picture would have shown. `heading`: mrkdwn that is safe already; `words`: at most 10,000 characters."""
    told = {"type": "text", "text": kit.printable(words) or " "}
    said = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [told]}]}
    return {"text": heading, "blocks": [kit.section(heading), said]}


def answer_card(asked: str, text: str, exact: bool) -> Message | None:
    """What hscbot tells of itself, whole; None: it is more than a message takes. `exact`: no id becomes a mention."""
    lines = kit.printable(text.rstrip("\n")).splitlines() or ["(nothing)"]
    if len(text) > ANSWER or any(len(line) > kit.SECTION - 50 for line in lines):
        return None
    blocks = kit.raws("\n".join(lines)) if exact else [_with_people("\n".join(lines))]
    asked_in = kit.section(f"`{kit.code(asked)}`")
    return {"text": kit.escape(f"{asked}: {lines[0]}")[: kit.SECTION], "blocks": [asked_in, *blocks]}


def _with_people(text: str) -> Block:
    """Text in which nothing is markup, and each exact id of a person is shown as their name."""
    elements: list[Block] = []
    for at, part in enumerate(PERSON.split(text)):
        if part:
            elements.append({"type": "user", "user_id": part} if at % 2 else {"type": "text", "text": part})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def problems_card(asked: str, problems: Sequence[Problem | Deny], ways: Sequence[tuple[str, str, str]] = ()) -> Message:
    """Every fault at once: what happened, why, what to do next. `ways`: what may be asked instead, each as the words on
    its button, the command, and the text after it."""
    blocks = [kit.section(f"⛔ `{kit.code(asked)}`")]
    for problem in problems[:15]:
        said, why, then = _told(problem)
        blocks.append(kit.section(f"*{said}*\n{why}\n→ {then}"))
    if len(problems) > 15:
        blocks.append(kit.section(f"…and {len(problems) - 15} more."))
    if made := [kit.asks(label, f"offer.way{at}", *asks) for at, (label, *asks) in enumerate(ways[:MOST_WAYS])]:
        blocks.append(kit.actions(*made))
    return {"text": kit.escape(problems[0].said), "blocks": blocks}


def _told(problem: Problem | Deny) -> Iterable[str]:
    """A refusal's three sentences: our own words keep their backticks, what was filled in is nothing but text."""
    if isinstance(problem, Deny):
        return (kit.ours(part) for part in (problem.said, problem.because, problem.next_step))
    facts = {name: kit.escape(fact) for name, fact in problem.facts.items()}
    return (kit.ours(part).format_map(facts) for part in (problem.sentence, problem.why, problem.remedy))


def help_card(
    command: str, operations: Sequence[type[Operation]], only: type[Operation] | None, *, more: int = 0
) -> Message:
    """What a command does; or, of one verb, what each parameter means. `more`: verbs that aren't the asker's to use."""
    if only is None:
        lines = [f"`/{command} {each.example}`\n{kit.ours(help_of(each))}" for each in operations]
        hint = f"`/{command} help VERB` lists a verb's options; a verb alone opens a form." if operations else ""
        others = f"Not yours to use, by your roles: {counted(more, 'more verb')}." if more else ""
        told = kit.context("\n".join(filter(None, [hint, others])) or f"/{command} has no verbs.")
        return {"text": f"Help for /{command}", "blocks": [*kit.packed(lines), told]}
    options = [f"`{key}`  {kit.ours(meaning)}" for key, meaning in options_of(only).items()]
    beside = [f"`{key}=`  {kit.ours(info.description or '')}" for key, info in Asking.model_fields.items()]
    blocks = [
        kit.section(f"`/{command} {only.example}`\n{kit.ours(help_of(only))}"),
        *kit.packed(options or ["It takes no options."]),
        kit.context("With any command:\n" + "\n".join(beside)),
    ]
    return {"text": f"Help for /{command} {only.verb}", "blocks": blocks}


def help_of(operation: type[Operation]) -> str:
    return " ".join((operation.__doc__ or "").split())
