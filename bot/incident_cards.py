"""An incident → the messages about it. Pure: no Slack, no clock.

What machines said stands as text in which nothing is markup; what a message can't hold is counted, with where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import kit
from bot.kit import Block, Message
from policies.alerting import Level
from policies.alerts import Remedy, Severity, Symptom
from policies.incidents import Did, Happened, Incident, Silence, State

MARKS = {Severity.NOTE: "ℹ️", Severity.WARNING: "⚠️", Severity.SERIOUS: "🟠", Severity.CRITICAL: "🔴"}
OVER = "✅"
SYMPTOMS, LINES, REMEDIES = 6, 20, 6  # of each on a card
SAID, WHERE, WHY = 400, 1_500, 600  # characters of a sentence, of the affected lines, of a person's reason
EVIDENCE, BLOCKS = 3, 24  # of a line in the thread, of one message there
LONGEST_VALUE = 2_000  # of a button; Slack takes no more
NOTED = {
    Did.CAME: "came up",
    Did.WENT: "is gone",
    Did.HAPPENED: "happened",
    Did.WORSENED: "became worse",
    Did.OPENED: "opened",
    Did.REOPENED: "it is back",
    Did.NOTED: "noted",
    Did.CLOSED: "closed",
    Did.TAKEN: "acknowledged",
    Did.SILENCED: "silenced",
    Did.UNSILENCED: "the silence is over",
    Did.CALLED: "nobody took it: somebody was called",
    Did.HELD: "seen, and held back",
    Did.PASSED: "over before it was said",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One of the timeline, for its thread."""

    did: Did
    said: str
    severity: Severity
    evidence: tuple[str, ...] = ()
    who: str = ""  # mrkdwn that is safe already


def name(incident: Incident) -> str:
    """`i12`, as people say it: `#12` is a request."""
    return f"i{incident.number}"


def mark(incident: Incident) -> str:
    return MARKS[incident.severity] if incident.is_active else OVER


# ── the card ──────────────────────────────────────────────────────────────────────────────────────────────────────


def incident_card(incident: Incident, silence: Silence | None = None) -> Message:
    """The one message of an incident, as it stands now."""
    title = f"{mark(incident)} *{name(incident)}  {kit.cut(kit.escape(incident.title), SAID)}*"
    blocks = [kit.section(f"{title}\n{_standing(incident)}")]
    if incident.happened:
        blocks.append(kit.section("\n".join(map(_happened, incident.happened))))
    blocks += [_symptom(each) for each in _worst_first(incident)[:SYMPTOMS]]
    if (more := len(incident.symptoms) - SYMPTOMS) > 0:
        blocks.append(kit.context(f"…and {more} more: `/incidents show {incident.number}` tells them all."))
    if incident.affected:
        blocks.append(kit.section(f"*Affected:*\n{_affected(incident)}"))
    if told := _people(incident, silence):
        blocks.append(kit.context("\n".join(told)))
    blocks += _buttons(incident, silence)
    return {"text": kit.cut(f"{mark(incident)} {name(incident)} {kit.escape(in_words(incident))}"), "blocks": blocks}


def in_words(incident: Incident) -> str:
    """What took place and what is wrong, in a line; plain text."""
    moved = [each.said for each in incident.happened if each.severity > Severity.NOTE][-1:]
    now = [each.said for each in _worst_first(incident)[:1]] if incident.is_active else ["over"]
    return ": ".join([incident.title, *filter(None, ["; ".join([*moved, *now])])])


def _standing(incident: Incident) -> str:
    """How bad, since when; of what is over, how long it lasted."""
    if incident.ended is not None:
        lasted = lasting(incident.ended - incident.since)
        noted = "it was over when it was seen" if incident.ended == incident.since else f"lasted {lasted}"
        return f"over, was {incident.worst.word}  ·  {noted}  ·  {kit.moment(incident.since)}"
    back = f"  ·  back for the {_nth(incident.returns)} time" if incident.returns else ""
    return f"{incident.severity.word}  ·  since {kit.moment(incident.since)}{back}"


def lasting(time: timedelta) -> str:
    """`2 d 3 h`, `1 h 5 min`, `42 s`: the two largest units."""
    seconds = max(0, int(time.total_seconds()))
    parts = [(seconds // 86_400, "d"), (seconds // 3_600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    first = next((at for at, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "0 s"


def _nth(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _worst_first(incident: Incident) -> list[Symptom]:
    return sorted(incident.symptoms, key=lambda each: -each.severity)


def _happened(told: Happened) -> str:
    return f"{MARKS[told.severity]} {kit.moment(told.at)}: {kit.cut(kit.escape(told.said), SAID)}"


def _symptom(symptom: Symptom) -> Block:
    about = f"{kit.escape(kit.short(symptom.about))}: " if symptom.about and symptom.about not in symptom.said else ""
    said = f"{MARKS[symptom.severity]} {about}{kit.cut(kit.escape(symptom.said), SAID)}"
    return kit.section(f"{said}\n→ {kit.cut(kit.advice(symptom.then), SAID)}" if symptom.then else said)


def _affected(incident: Incident) -> str:
    """As many whole lines as a part of a card holds; then how many more."""
    shown: list[str] = []
    for line in incident.affected[:LINES]:
        told = f"• {kit.cut(kit.escape(' '.join(line.split())), SAID)}"
        if sum(map(len, shown)) + len(told) > WHERE:
            break
        shown.append(told)
    more = len(incident.affected) - len(shown)
    return "\n".join([*shown, *([f"…and {more} more: `/incidents show {incident.number}`"] if more else [])])


def _people(incident: Incident, silence: Silence | None) -> list[str]:
    """Who has it, and who wants to hear nothing of it."""
    told = []
    if incident.taken is not None:
        why = f": {kit.cut(kit.flat(incident.taken.why), WHY)}" if incident.taken.why else ""
        told.append(f"🙋 {kit.person(incident.taken.by)} acknowledged it {kit.moment(incident.taken.at)}{why}")
    if silence is not None:
        until = f"until {kit.moment(silence.until)}"
        told.append(f"🔕 silenced {until} by {kit.person(silence.by)}: {kit.cut(kit.flat(silence.reason), WHY)}")
    if incident.state is State.HELD:
        told.append("⏳ seen again; it isn't said yet that it is open")
    return told


def _buttons(incident: Incident, silence: Silence | None) -> list[Block]:
    made = []
    number = str(incident.number)
    if incident.state is State.OPEN:
        made.append(first_step(incident.number, takeable=True))
    if silence is not None:
        made.append(kit.asks("End the silence", "offer.unsilence", "incidents", f"unsilence {number}"))
    elif incident.is_active:
        made.append(kit.button("Silence…", "incident.silence", number))
    if incident.subject:
        made.append(kit.asks("Show now", "offer.show", incident.kind, f"show {incident.subject}"))
        made.append(kit.asks("History", "offer.history", incident.kind, f"history {incident.subject}"))
    else:
        made.append(first_step(incident.number, takeable=False))
    made += [_remedy(at, each) for at, each in enumerate(remedies(incident)[:REMEDIES])]
    fitting = [each for each in made if len(each["value"]) <= LONGEST_VALUE]
    return [kit.actions(*fitting)] if fitting else []


def first_step(number: int, *, takeable: bool) -> Block:
    """One button for a list: take it, where nobody has; else read about it."""
    if takeable:
        return kit.asks("Acknowledge", "offer.ack", "incidents", f"ack {number}", style="primary")
    return kit.asks("History", "offer.history", "incidents", f"show {number}")


def remedies(incident: Incident) -> list[Remedy]:
    """Each once, those of the worst symptom first."""
    return list(dict.fromkeys(each for symptom in _worst_first(incident) for each in symptom.remedies))


def _remedy(at: int, remedy: Remedy) -> Block:
    return kit.asks(remedy.label, f"offer.remedy{at}", remedy.command, remedy.text)


# ── the thread ────────────────────────────────────────────────────────────────────────────────────────────────────


def thread_card(incident: Incident, lines: Sequence[Line]) -> Message:
    """What became of it in one step, with the evidence."""
    blocks: list[Block] = []
    for at, line in enumerate(lines):
        part = [kit.section(_told(line)), *_evidence(line, incident)]
        if len(blocks) + len(part) > BLOCKS or kit.size([*blocks, *part]) > 11_000:
            more = f"…and {len(lines) - at} more lines: `/incidents show {incident.number}` tells them all."
            blocks.append(kit.context(more))
            break
        blocks += part
    return {"text": kit.cut(_told(lines[0])), "blocks": blocks}


def _told(line: Line) -> str:
    said = kit.cut(kit.escape(line.said), SAID)
    who = f"{line.who} " if line.who else ""
    if line.did in (Did.TAKEN, Did.SILENCED, Did.UNSILENCED):
        sign = {Did.TAKEN: "🙋", Did.SILENCED: "🔕", Did.UNSILENCED: "🔔"}[line.did]
        return f"{sign} {who}{NOTED[line.did]}{f': {said}' if said else ''}"
    if line.did is Did.CLOSED:
        return f"{OVER} {who}{f'closed it: {said}' if who else said}"
    if line.did is Did.WENT:
        return f"{OVER} gone: {said}"
    if line.did in (Did.CAME, Did.HAPPENED):
        return f"{MARKS[line.severity]} {said}"
    return f"{MARKS[line.severity]} {NOTED[line.did]}: {said}"


def _evidence(line: Line, incident: Incident) -> list[Block]:
    whole = f"under /incidents show {incident.number}"
    shown = [kit.raw(_shortened(each), whole=whole) for each in line.evidence[:EVIDENCE]]
    if (more := len(line.evidence) - EVIDENCE) > 0:
        joined = "\n".join(line.evidence)
        return [kit.raw(_shortened(joined), whole=whole)] if more else shown
    return shown


def _shortened(text: str) -> str:
    """Evidence as one message's part holds it."""
    most = 2_400
    return text if len(text) <= most else f"{text[: most - 40]}\n… ({len(text)} characters in all)"


def recovery_line(incident: Incident, said: str) -> Line:
    """What its thread says at the end: `said`, and how long it lasted."""
    assert incident.ended is not None, "it is over"
    lasted = lasting(incident.ended - incident.since)
    return Line(did=Did.CLOSED, said=f"{said}, after {lasted}", severity=incident.worst)


# ── calls for somebody ────────────────────────────────────────────────────────────────────────────────────────────


def call_card(incident: Incident, level: Level, now: datetime) -> Message:
    """To another channel, a group, or a person: what is wrong, where it is discussed, and the way to take it."""
    waited = lasting(now - incident.call_from)
    whom = f"<!subteam^{level.group}> " if level.group else f"<@{level.person}> " if level.person else ""
    where = f" in <#{incident.channel}>" if incident.channel else ""
    said = kit.cut(kit.escape(in_words(incident)), SAID)
    text = f"📣 {whom}{mark(incident)} *{name(incident)}* {said}\nNobody took it for {waited}; it stands{where}."
    steps = [first_step(incident.number, takeable=takeable) for takeable in (True, False)]
    return {"text": text, "blocks": [kit.section(text), kit.actions(*steps)]}
