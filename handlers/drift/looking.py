"""What a host, VIOS or managed system is asked, by reads alone, and what it answered; and who was there, once
something is found."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from handlers.command import Command, Result
from handlers.drift import managed
from handlers.drift.comparing import Difference
from handlers.drift.managed import Settings
from handlers.drift.source import Kind, Question, full
from handlers.drift.sources import SOURCES, Chosen, fixed, of_each, of_kind
from handlers.drift.subject import kind_of, sent
from handlers.drift.value import Reading, Seal, Value
from handlers.heard import Reads, Unread, heard, understood
from handlers.place import Place
from handlers.within import status_there

WHO: Mapping[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.AIX: (("who",), ("last", "-20")),
    Kind.VIOS: (("lsgcl",),),
    Kind.SYSTEM: (),
}
SHOWN = 25  # lines of who was there
_OLDEST_FIRST = frozenset({("lsgcl",)})
# In a VIOS's log of commands stands each of ours as well, and a read explains nothing.
_A_READ = re.compile(r"\d \w+ +(?:ls\w+|ioslevel|entstat|errlog|netstat|optimizenet -list|viosecure -firewall view)\b")

# Among them stands what somebody typed: `mkldap … -passwd …`, `mkkrb5clnt … -p …`.
_SECRET = re.compile(r"""(?<=\s)(-\w*(?:pass|pw|secret|key)\w*|-[pP])\s+("[^"]*"|'[^']*'|\S+)""", re.IGNORECASE)


@dataclass(kw_only=True)
class Answers:
    """`read`: without noise. `unread`: why each other question gave nothing. `lists`: what a managed system's come to,
    as they were."""

    read: dict[str, dict[str, Value]] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
    lists: Settings | None = None

    def asked(self, before: Collection[str]) -> frozenset[str]:
        """Every question of this look; and those of devices as `before`, where nobody could tell which there are."""
        if self.lists is not None:
            return self.lists.asked(before)
        now = self.read.keys() | self.unread.keys()
        for source in SOURCES.values():
            if source.listed is not None and source.listed.by in self.unread:
                now |= {each for each in before if each.startswith(f"{source.name}:")}
        return frozenset(now)


def answers(place: Place, chosen: Chosen, seal: Seal) -> Reads[Answers]:
    """Everything, one after the other, lists first, as they say what else there is to ask about. Unread where the HMC
    doesn't get through to a VIOS at all."""
    found, kind = Answers(), kind_of(place)
    if kind is Kind.SYSTEM:
        return (yield from of_system(place, chosen))
    for question in fixed(kind, chosen):
        result = yield from _asked(place, question, chosen, seal, found)
        if kind is Kind.VIOS and not found.read and result.exit_status and status_there(result) is None:
            raise Unread(found.unread[question.name])
    for question in of_each(kind, found.read):
        yield from _asked(place, question, chosen, seal, found)
    return found


def _asked(place: Place, question: Question, chosen: Chosen, seal: Seal, found: Answers) -> Reads[Result]:
    source = question.source
    command = sent(place, question.argv, deadline=source.deadline, confidential=source.is_sealed)
    result = heard((yield command))
    try:
        reading = meant(question, result, source.reader(seal))
    except Unread as fault:
        found.unread[question.name] = str(fault)
        return result
    found.read[question.name] = _quiet(question, reading, chosen)
    return result


def of_system(place: Place, chosen: Chosen, wanted: Collection[str] = managed.LISTS) -> Reads[Answers]:
    """One list of each kind tells of all its partitions."""
    lists = yield from managed.settings(place.hmc, place.system, wanted)
    asked = {name: Question(SOURCES[name.partition(":")[0]], name.partition(":")[2]) for name in lists.read}
    read = {name: _quiet(asked[name], reading, chosen) for name, reading in lists.read.items()}
    return Answers(read=read, unread=lists.unread, lists=lists)


def _quiet(question: Question, reading: Reading, chosen: Chosen) -> dict[str, Value]:
    return {
        key: value
        for key, value in question.source.quiet(reading).items()
        if not any(fnmatchcase(full(question.name, key), each.name) for each in chosen.noise)
    }


def meant(question: Question, result: Result, parse: Callable[[str], Reading]) -> Reading:
    """What the answer means, or Unread; by some statuses a command says that there is nothing."""
    if status_there(result) in question.source.empty:
        return {}
    return understood(result, question.name, parse)


def around(place: Place) -> Reads[tuple[str, ...]]:
    """Who is there, and who was, or what was done there, as it prints that."""
    lines: list[str] = []
    for argv in WHO[kind_of(place)]:
        result = heard((yield sent(place, argv)))
        told = (
            result.text.splitlines() if result.exit_status == 0 else [f"couldn't be read: {result.text.strip()[:120]}"]
        )
        some = [
            _SECRET.sub(r"\1 hidden", line.rstrip())[:200] for line in told if line.strip() and not _A_READ.search(line)
        ]
        lines += [f"{' '.join(argv)}: {line}" for line in (some[-SHOWN:] if argv in _OLDEST_FIRST else some[:SHOWN])]
    return tuple(lines)


def worth_keeping(place: Place, fresh: Sequence[Difference], chosen: Chosen) -> frozenset[tuple[str, ...]]:
    """The commands whose answers, as they came, prove what is new; never one that may hold a secret."""
    if kind_of(place) is Kind.SYSTEM:
        return frozenset(managed.argv(name, place.system) for each in fresh for name in managed.lists_of(each.question))
    asked = (Question(SOURCES[name], about) for name, _, about in {each.question.partition(":") for each in fresh})
    closed = {each.argv for each in fixed(kind_of(place), chosen) if each.source.is_sealed}
    open_ones = {each.argv for each in asked if not each.source.is_sealed} - closed
    return frozenset(sent(place, argv).argv for argv in open_ones)


def is_standing(command: Command, place: Place, chosen: Chosen) -> bool:
    """Whether it is one of the reads that a watch over that one's drift sends, to the letter."""
    kind = kind_of(place)
    if kind is Kind.SYSTEM:
        return command.argv in {managed.argv(name, place.system) for name in managed.LISTS}
    known = {*(each.argv for each in fixed(kind, chosen)), *WHO[kind]}
    words = re.split(r"[ =]", " ".join(command.argv))
    for source in of_kind(kind):
        if source.listed is not None:
            known |= {source.argv(word) for word in words if source.listed.fits(word)}
    return any(
        command == sent(place, argv, deadline=command.deadline, confidential=command.confidential) for argv in known
    )
