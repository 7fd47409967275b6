"""Values → Block Kit. Pure: no Slack, no clock.

Machine words stand in preformatted rich text, where nothing is markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.ledger.locks import Held
from bot.ledger.requests import Request
from handlers.command import Progress
from handlers.finding import Finding, ReturnCode, Section
from handlers.operation import Operation
from handlers.plan import PlanShown
from policies.problems import Problem
from policies.requests import State
from policies.verdicts import Allow, Ask, Deny
from policies.words import Person

Block: TypeAlias = dict[str, Any]
Message: TypeAlias = dict[str, Any]  # text, blocks

SECTION = 2_900  # characters; Slack takes 3,000
BLOCKS = 50  # of one message
MESSAGE = 11_000  # characters of one message's blocks
ANSWER = 8_000  # characters of one answer; a longer one is a file
BAR = 12  # cells
WORDS = 14  # lines of the machine's own words in a finding's card

PERSON = re.compile(r"\b[TE][A-Z0-9]{1,30}:([UW][A-Z0-9]{1,30})\b")

ICONS = {
    State.PLANNING: "⏳",
    State.WAITING: "✋",
    State.GRANTED: "⏳",
    State.RUNNING: "⏳",
    State.SUCCEEDED: "✅",
    State.FAILED: "⛔",
    State.UNKNOWN: "❓",
    State.DENIED: "⛔",
    State.EXPIRED: "⌛",
    State.WITHDRAWN: "↩️",
    State.STALE: "⛔",
}
MARKS = {Section.DETAIL: "   ↳", Section.WARNING: "⚠️"}
THUMBS = {"approve": "👍", "deny": "👎"}
SAID = {
    State.PLANNING: "checking",
    State.WAITING: "waiting for approval",
    State.GRANTED: "approved, about to run",
    State.RUNNING: "running",
    State.SUCCEEDED: "done",
    State.FAILED: "failed",
    State.UNKNOWN: "outcome unknown",
    State.DENIED: "denied",
    State.EXPIRED: "expired",
    State.WITHDRAWN: "withdrawn",
    State.STALE: "refused: it changed since it was approved",
}


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a card shows that isn't the request's own: who holds what it needs, whether its review is open."""

    held: Held | None = None
    review_open: bool = False


NOTHING = Beside()


def request_card(
    request: Request, operation: Operation, beside: Beside = NOTHING, *, progress: Progress | None = None
) -> Message:
    """The one message of a request, as it stands now."""
    headline = _headline(request, beside)
    asked = f"/{operation.command} {operation.text()}"
    blocks = [
        _section(f"{ICONS[request.state]} *{escape(headline)}*"),
        _context(f"`{code(asked)}`  ·  {person(request.requester)}  ·  #{request.id}"),
        *_beside_it(request, beside),
    ]
    if progress is not None:
        blocks.append(_section(f"{_bar(progress)}\n{escape(progress.state)}"))
    if request.report is not None:
        blocks += [_section("\n".join(escape(line) for line in request.report.lines))] if request.report.lines else []
        blocks += _reasons(request.report.findings)
        blocks += [_context("\n".join(_votes(request)))] if request.votes else []
    elif request.plan is not None:
        blocks += _plan(request.plan, request)
    blocks += _buttons(request, operation, beside)
    return {"text": f"#{request.id} {escape(asked)}: {escape(headline)}"[:SECTION], "blocks": blocks}


def _beside_it(request: Request, beside: Beside) -> list[Block]:
    """Why it was asked, when it is to run, what it waits for, and that its glass was broken."""
    told = []
    if request.asking.reason:
        told.append(f"Reason: {escape(request.asking.reason)}")
    if request.asking.ticket:
        told.append(f"Ticket: {escape(request.asking.ticket)}")
    if isinstance(request.verdict, Allow) and request.verdict.glass:
        told.append("🔨 glass broken" + (", review open" if beside.review_open else ", reviewed"))
    if beside.held is not None:
        told.append(f"⏳ {waiting_for(beside.held)}")
    return [_context("  ·  ".join(told))] if told else []


def voter_card(request: Request, operation: Operation) -> Message:
    """What somebody whose vote is asked for is told by direct message; edited once it is decided."""
    asked = f"/{operation.command} {operation.text()}"
    moves = request.plan.moves if request.plan is not None else ""
    lines = [f"{ICONS[request.state]} *{escape(SAID[request.state])}*: `{code(asked)}`"]
    where = f"in <#{request.channel}>" if request.channel else "at a terminal"
    lines += [f"{person(request.requester)} asks {where}  ·  #{request.id}"]
    lines += [escape(moves)] if moves else []
    lines += [f"Reason: {escape(request.asking.reason)}"] if request.asking.reason else []
    if request.state is State.WAITING:
        lines.append(_approvals(request))
    elif request.report is not None:
        lines.append(escape(request.report.headline))
    blocks = [_section("\n".join(lines)), *_vote_buttons(request)]
    return {"text": f"#{request.id} {escape(asked)}: {SAID[request.state]}"[:SECTION], "blocks": blocks}


def reminder_card(request: Request, operation: Operation) -> Message:
    asked = f"/{operation.command} {operation.text()}"
    until = moment(request.approve_by) if request.approve_by is not None else "soon"
    return note_card(f"⏰ #{request.id} `{code(asked)}` still waits for a vote, until {until}. Then it expires.")


def skipped_card(request: Request, operation: Operation) -> Message:
    """For those whose approval was gone past."""
    where = f" in <#{request.channel}>" if request.channel else ""
    asked = f"/{operation.command} {operation.text()}"
    return note_card(
        f"🔨 {person(request.requester)} broke the glass{where}: `{code(asked)}` runs unapproved."
        f"\nReason: {escape(request.asking.reason)}\nA review of #{request.id} is open until somebody else closes it."
    )


def details(request: Request, operation: Operation) -> list[Block]:
    """All that an approver may want to know."""
    asking = request.asking
    blocks = [
        _section(f"`{code(f'/{operation.command} {operation.text()}')}`\n{_ours(_help(operation.__class__))}"),
        _section(f"Asked by {person(request.requester)} at {moment(request.asked_at)}, judged by policy version "
                 f"{request.policy_version}: {', '.join(map(escape, request.verdict.rules)) or 'no rule'}"),
    ]  # fmt: skip
    told = [("Reason", asking.reason), ("Ticket", asking.ticket)]
    blocks += [_section(f"*{name}:* {escape(value)}") for name, value in told if value]
    if isinstance(request.verdict, Ask):
        blocks.append(_section(_approvals(request)))
    plan = request.plan
    if plan is not None:
        blocks += [_raw(f"{host}: {_argv(argv)}") for host, *argv in plan.commands]
        blocks += [_section(line) for line in _effects(plan)]
        facts = "\n".join(f"{fact.name} = {fact.value}" for fact in plan.facts)
        blocks += [_section("*What it rests on:*"), *_raws(facts)] if facts else []
        checks = [f"{each.takes_out} goes; its partner {each.partner}: {each.seen}" for each in plan.interlocks]
        blocks += [_raw("\n".join(checks))] if checks else []
        blocks += [_context(f"Holds while it runs: {escape(', '.join(plan.locks))}")] if plan.locks else []
        blocks.append(_context(f"Digest: `{request.digest or 'none'}`"))
    return blocks


def _raws(text: str) -> list[Block]:
    """The machine's words in as many blocks as they take, none cut."""
    blocks: list[Block] = []
    page = ""
    for line in text.splitlines():
        if page and len(page) + len(line) + 1 > SECTION - 50:
            blocks, page = [*blocks, _raw(page)], ""
        page = f"{page}\n{line}" if page else line
    return [*blocks, _raw(page)] if page else blocks


def waiting_for(held: Held) -> str:
    """`waiting for #41, @who, since 03:12: it holds partition db01 on p72`; mrkdwn."""
    return f"waiting for #{held.request}, {person(held.who)}, since {moment(held.since)}: it holds {escape(held.name)}"


def person(who: Person) -> str:
    """A mention; who sits at a terminal has none."""
    return f"<@{who.member}>" if who.is_in_slack else escape(str(who))


def moment(at: datetime) -> str:
    """A time that each reader sees in their own zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{at:%Y-%m-%d %H:%M} UTC>"


def finding_card(finding: Finding) -> Message:
    """One finding, for the thread: the machine's own words, then ours."""
    title = _title(finding)
    blocks = [_section(title), _raw(_start(finding.text))]
    if not finding.known:
        blocks.append(_section("*Unknown.* I have no explanation for this, so these are the machine's words alone."))
    told = [
        ("What it means", [finding.meaning] if finding.meaning else []),
        ("Likely causes", finding.causes),
        ("What tells them apart", [finding.check] if finding.check else []),
        ("What to do", finding.fixes),
        ("Return codes", [_return(each) for each in finding.returns]),
    ]
    blocks += [_section(f"*{name}*\n{_listed(items)}") for name, items in told if items]
    if finding.source:
        seen = "" if finding.text_seen or not finding.known else "  ·  meaning only: the wording wasn't seen"
        blocks.append(_context(f"From: {escape(finding.source)}{seen}"))
    first = _first_line(finding.text)
    return {
        "text": escape(first if finding.code and finding.code in first else f"{_called(finding)}: {first}"),
        "blocks": blocks,
    }


def explained_card(findings: Sequence[Finding]) -> Message:
    """Several findings in one message: as many whole ones as Slack takes, and how many more there are."""
    if not findings:
        return note_card("I found no message of an HMC or VIOS in that.")
    blocks: list[Block] = []
    shown = 0
    for finding in findings:
        more = finding_card(finding)["blocks"]
        if len(blocks) + len(more) >= BLOCKS or _size([*blocks, *more]) > MESSAGE:
            break
        blocks, shown = [*blocks, *more], shown + 1
    if shown < len(findings):
        blocks.append(_context(f"…and {len(findings) - shown} more: `hscbot explain` shows them all"))
    return {"text": f"{len(findings)} explained", "blocks": blocks}


def _size(blocks: Sequence[Block]) -> int:
    """Characters, as Slack counts them at the least."""
    return sum(len(json.dumps(block, ensure_ascii=False)) for block in blocks)


def _return(each: ReturnCode) -> str:
    return f"{_layer(each)}: {each.meaning if each.known else 'a return code that I have no explanation for'}"


def log_card(text: str) -> Message:
    """Lines of an answer, as they came."""
    return {"text": escape(_first_line(text)), "blocks": [_raw(text)]}


def note_card(text: str) -> Message:
    """A line of ours; mrkdwn that is safe already."""
    return {"text": text, "blocks": [_section(text)]}


def answer_card(asked: str, text: str, exact: bool) -> Message | None:
    """What hscbot tells of itself, whole; None: it is more than a message takes. `exact`: no id becomes a mention."""
    lines = _printable(text.rstrip("\n")).splitlines() or ["(nothing)"]
    if len(text) > ANSWER or any(len(line) > SECTION - 50 for line in lines):
        return None
    blocks = _raws("\n".join(lines)) if exact else [_with_people("\n".join(lines))]
    return {"text": escape(f"{asked}: {lines[0]}")[:SECTION], "blocks": [_section(f"`{code(asked)}`"), *blocks]}


def _with_people(text: str) -> Block:
    """Text in which nothing is markup, and each exact id of a person is shown as their name."""
    elements: list[Block] = []
    for at, part in enumerate(PERSON.split(text)):
        if part:
            elements.append({"type": "user", "user_id": part} if at % 2 else {"type": "text", "text": part})
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def problems_card(asked: str, problems: Sequence[Problem | Deny]) -> Message:
    """Every fault at once: what happened, why, what to do next."""
    blocks = [_section(f"⛔ `{code(asked)}`")]
    for problem in problems[:15]:
        said, why, then = _told(problem)
        blocks.append(_section(f"*{said}*\n{why}\n→ {then}"))
    if len(problems) > 15:
        blocks.append(_section(f"…and {len(problems) - 15} more."))
    return {"text": escape(problems[0].said), "blocks": blocks}


def help_card(command: str, operations: Iterable[type[Operation]], only: type[Operation] | None) -> Message:
    """What a command does; or, of one verb, what each parameter means."""
    if only is None:
        lines = [f"`/{command} {each.example}`\n{_ours(_help(each))}" for each in operations]
        text = "\n".join(lines) + f"\n\n`/{command} help VERB` lists a verb's options."
        return {"text": f"Help for /{command}", "blocks": [_section(text)]}
    options = [f"`{key}`  {_ours(info.description or '')}" for key, info in only.model_fields.items()]
    told = "\n".join(options) or "It takes no options."
    blocks = [_section(f"`/{command} {only.example}`\n{_ours(_help(only))}"), _section(told)]
    return {"text": f"Help for /{command} {only.verb}", "blocks": blocks}


def escape(text: str) -> str:
    """Text in which nothing is markup, a mention or a link."""
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("`", "ˋ"), ("*", "∗"), ("~", "∼")):
        text = text.replace(plain, safe)
    return _printable(text)


def code(text: str) -> str:
    """Text for between backticks."""
    flat = _printable(" ".join(text.split()))
    short = flat if len(flat) <= 300 else flat[:299] + "…"
    return short.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "ˋ") or " "


def _printable(text: str) -> str:
    return "".join(ch if ch.isprintable() or ch in "\n\t" else "�" for ch in text)


def bar(share: float) -> str:
    """`▓▓▓▓░░░░ 52 %`."""
    full = min(BAR, max(0, int(share * BAR)))
    return f"{'▓' * full}{'░' * (BAR - full)} {share:.0%}"


def _told(problem: Problem | Deny) -> Iterable[str]:
    """A refusal's three sentences: our own words keep their backticks, what was filled in is nothing but text."""
    if isinstance(problem, Deny):
        return (_ours(part) for part in (problem.said, problem.because, problem.next_step))
    facts = {name: escape(fact) for name, fact in problem.facts.items()}
    return (_ours(part).format_map(facts) for part in (problem.sentence, problem.why, problem.remedy))


def _headline(request: Request, beside: Beside) -> str:
    if request.report is not None:
        return request.report.headline
    if request.state is State.GRANTED and beside.held is not None:
        return f"approved, waiting for #{beside.held.request}"
    if request.state is State.GRANTED and request.not_before is not None:
        return f"approved, to run at {request.not_before:%Y-%m-%d %H:%M} UTC"
    if request.state is State.RUNNING and request.plan is not None:
        return f"{SAID[request.state]}: {request.plan.moves}"
    return SAID[request.state]


def _plan(plan: PlanShown, request: Request) -> list[Block]:
    # While it runs the headline says so already.
    blocks = [_section(f"*{escape(plan.moves)}*")] if request.state is not State.RUNNING else []
    blocks += [_raw(f"{host}: {_argv(argv)}") for host, *argv in plan.commands]
    lines = _effects(plan)
    if request.state is State.WAITING:
        lines.append(_approvals(request))
    told = [*lines, *_votes(request)]
    return [*blocks, _section("\n".join(told))] if told else blocks


def _effects(plan: PlanShown) -> list[str]:
    warnings = [finding for finding in plan.findings if finding.section is not None]
    warned = ", ".join(dict.fromkeys(found.code or "unknown text" for found in warnings))
    carried = "; ".join(f"{each.what}: {each.before} now, {each.after} while it lasts" for each in plan.redundancy)
    lines = [
        f"*Affected:* {escape(', '.join(plan.affected))}",
        f"*Redundancy:* {escape(carried)}",
        f"*Validation:* {escape(_fact(plan, 'validation'))}" + (f" ({escape(warned)})" if warned else ""),
        f"*To stop it:* {escape(plan.stop)}",
        f"*To undo it:* {escape(plan.undo)}",
    ]
    return [line for line in lines if not line.endswith(":* ")]


def _approvals(request: Request) -> str:
    asked = request.verdict if isinstance(request.verdict, Ask) else None
    given = sum(vote.choice == "approve" for vote in request.votes)
    needed = asked.said if asked is not None else "nobody"
    until = f", until {moment(request.approve_by)}" if request.approve_by is not None else ""
    return f"*Approvals:* {given} so far, needs {escape(needed)}{until}"


def _votes(request: Request) -> list[str]:
    said = {"approve": "approved", "deny": "denied"}
    return [
        f"{THUMBS[vote.choice]} {person(vote.person)} {said[vote.choice]}"
        + (f": {escape(vote.reason)}" if vote.reason else "")
        for vote in request.votes
    ]


def _fact(plan: PlanShown, name: str) -> str:
    return next((fact.value for fact in plan.facts if fact.name == name), "")


def _reasons(findings: Sequence[Finding]) -> list[Block]:
    """The reasons in the order in which to mend them, each with what to do first; the thread holds them whole."""
    if not findings:
        return []
    lines, number = [], 0
    for finding in findings[:10]:
        number += finding.is_error
        mark = f"{number}." if finding.is_error else MARKS.get(finding.section or Section.ERROR, "•")
        lines.append(f"{mark} {_title(finding)}  {_gist(finding)}")
        if finding.is_error and finding.fixes:
            lines.append(f"      → {escape(_short(finding.fixes[0]))}")
    if len(findings) > 10:
        lines.append(f"…and {len(findings) - 10} more in the thread")
    return [_section("\n".join(lines))]


def _gist(finding: Finding) -> str:
    """What it comes to, in a line: of a detail block, what its return codes say."""
    if not finding.known:
        return escape(_first_line(finding.text))
    if finding.returns:
        told = ", ".join(_layer(each) for each in finding.returns)
        deciding = next((each for each in finding.returns if not each.code.endswith("-0")), finding.returns[0])
        return escape(_short(f"{told}: {deciding.meaning if deciding.known else finding.meaning}"))
    return escape(_short(finding.meaning))


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"


def _layer(each: ReturnCode) -> str:
    """`OS 85`"""
    layer, _, number = each.code.partition("RC-")
    return f"{layer} {number}"


def _title(finding: Finding) -> str:
    where = f"  ({finding.section.value})" if finding.section is not None else ""
    return f"*{escape(_called(finding))}*{where}"


def _called(finding: Finding) -> str:
    """Its codes from the outermost in; our own keys for messages without a code are not for people."""
    codes = [code for code in finding.path if not code.startswith("HSC-NOCODE")]
    return " → ".join(codes) or ("message without a code" if finding.known else "unknown message")


def _buttons(request: Request, operation: Operation, beside: Beside) -> list[Block]:
    value = str(request.id)
    if request.state is State.WAITING:
        return [_actions(*_vote_buttons(request)[0]["elements"], _button("Withdraw", "request.withdraw", value))]
    made = [_button("Close the review", "review.close", value, style="primary")] if beside.review_open else []
    if request.state is State.GRANTED and request.report is None and (beside.held or request.not_before):
        made.append(_button("Withdraw", "request.withdraw", value))
    offers = request.report.offers if request.report is not None else ()
    made += [
        _button(
            offer.label,
            f"offer.{n}",
            json.dumps({"command": operation.command, "text": offer.text}),
            style="primary" if n else None,
        )
        for n, offer in enumerate(offers[:5])
    ]
    return [_actions(*made)] if made else []


def _vote_buttons(request: Request) -> list[Block]:
    """None once it is decided."""
    if request.state is not State.WAITING:
        return []
    value = str(request.id)
    return [
        _actions(
            _button("Approve", "vote.approve", value, style="primary"),
            _button("Deny", "vote.deny", value, style="danger"),
            _button("Details", "request.details", value),
        )
    ]


def _bar(progress: Progress) -> str:
    if progress.share is None or progress.done is None or progress.left is None:
        return "in progress, without figures from the HMC"
    total = progress.done + progress.left
    return f"{bar(progress.share)}  ·  {_gb(progress.done)} of {_gb(total)} GB"


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f}"


def _argv(argv: Sequence[str]) -> str:
    return " ".join(word if word and not set(word) & set(" \"'\\$`;&|<>()*?[]#~") else f"'{word}'" for word in argv)


def _listed(items: Sequence[str]) -> str:
    if len(items) == 1:
        return _ours(items[0])
    return "\n".join(f"• {_ours(item)}" for item in items)


def _ours(text: str) -> str:
    """Our own words: backticks stay, as code; nothing in them can mention or link."""
    return _printable(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))


def _help(operation: type[Operation]) -> str:
    return " ".join((operation.__doc__ or "").split())


def _start(text: str) -> str:
    """The first lines of a long message; the log has the others."""
    lines = text.rstrip().splitlines()
    more = len(lines) - WORDS
    return "\n".join(lines[:WORDS]) + f"\n… {more} more lines in the log" if more > 1 else text


def _first_line(text: str) -> str:
    line = next((line.strip() for line in text.splitlines() if line.strip()), "(empty)")
    return line if len(line) <= 150 else line[:149] + "…"


def _section(text: str) -> Block:
    short = text if len(text) <= SECTION else text[: SECTION - 1] + "…"
    return {"type": "section", "text": {"type": "mrkdwn", "text": short, "verbatim": True}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text[:SECTION], "verbatim": True}]}


def _raw(text: str) -> Block:
    """The machine's words, untouched by markup; what doesn't fit is in the attached file."""
    shown = _printable(text.rstrip("\n")) or "(nothing)"
    if len(shown) > SECTION:
        shown = shown[: SECTION - 40] + "\n… (whole in the attached file)"
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": shown}]}
    return {"type": "rich_text", "elements": [element]}


def _button(label: str, action: str, value: str, *, style: str | None = None) -> Block:
    made: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": label[:75]},
        "action_id": action,
        "value": value,
    }
    return made | ({"style": style} if style else {})


def _actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}
