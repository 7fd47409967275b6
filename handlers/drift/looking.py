"""What a host is asked, by reads alone, and what it answered; and who was on it, once something is found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from handlers.command import Command
from handlers.drift.comparing import Difference
from handlers.drift.source import Kind, Question, full
from handlers.drift.sources import ATTRIBUTES, LIST, SOURCES, Chosen, questions
from handlers.drift.value import Reading, Seal, Value
from handlers.heard import Reads, Unread, heard, understood

WHO: tuple[tuple[str, ...], ...] = (("who",), ("last", "-20"))
SHOWN = 25  # lines of who was there


@dataclass(kw_only=True)
class Answers:
    """`read`: without noise. `unread`: why each other question gave nothing."""

    read: dict[str, dict[str, Value]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)

    def asked(self, before: Collection[str]) -> frozenset[str]:
        """Every question of this look; and those of devices as `before`, where nobody could tell which there are."""
        now = self.read.keys() | self.unread.keys()
        if LIST.name in self.unread:
            now |= {each for each in before if each.startswith(f"{ATTRIBUTES.name}:")}
        return frozenset(now)


def answers(host: str, kind: Kind, chosen: Chosen, seal: Seal) -> Reads[Answers]:
    """Everything, one after the other: the list of devices first, as it says which of them there are to ask about."""
    found = Answers()
    listed = Question(LIST)
    yield from _asked(host, listed, chosen, seal, found)
    there: Reading | None = found.read.get(listed.name)
    for question in questions(kind, chosen, there):
        if question.name != listed.name:
            yield from _asked(host, question, chosen, seal, found)
    return found


def _asked(host: str, question: Question, chosen: Chosen, seal: Seal, found: Answers) -> Reads[None]:
    source = question.source
    command = Command(host=host, argv=question.argv, deadline=source.deadline, confidential=source.is_sealed)
    result = heard((yield command))
    try:
        reading = understood(result, question.name, source.reader(seal))
    except Unread as fault:
        found.unread[question.name] = str(fault)
        return
    found.read[question.name] = {
        key: value
        for key, value in source.quiet(reading).items()
        if not any(fnmatchcase(full(question.name, key), each.name) for each in chosen.noise)
    }


def around(host: str) -> Reads[tuple[str, ...]]:
    """Who is on the host, and who was, as it prints that."""
    lines: list[str] = []
    for argv in WHO:
        result = heard((yield Command(host=host, argv=argv)))
        told = (
            result.text.splitlines() if result.exit_status == 0 else [f"couldn't be read: {result.text.strip()[:120]}"]
        )
        lines += [f"{' '.join(argv)}: {line.rstrip()[:200]}" for line in told if line.strip()][:SHOWN]
    return tuple(lines)


def worth_keeping(fresh: Sequence[Difference], chosen: Chosen) -> frozenset[tuple[str, ...]]:
    """The commands whose answers, as they came, prove what is new; never one that may hold a secret."""
    asked = (Question(SOURCES[name], about) for name, _, about in {each.question.partition(":") for each in fresh})
    closed = {each.argv for each in questions(Kind.AIX, chosen, None) if each.source.is_sealed}
    return frozenset(each.argv for each in asked if not each.source.is_sealed) - closed


def is_standing(command: Command, kind: Kind, chosen: Chosen) -> bool:
    """Whether it is one of the reads that a watch over drift sends, to the letter."""
    fixed = {each.argv for each in questions(kind, chosen, None)}
    if command.argv in fixed or command.argv in WHO:
        return True
    device: Mapping[str, Value] = {command.argv[-1]: Value("Available")}
    asked = {each.argv for each in questions(kind, chosen, device) if each.source is ATTRIBUTES}
    return command.argv in asked
