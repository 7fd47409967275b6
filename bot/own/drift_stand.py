"""How a host, or a group of hosts that should be alike, stands to its baseline, as the ledger has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TypeAlias

from bot.ledger import drift, watches
from bot.ledger.tx import Db
from bot.ledger.watches import Thing
from handlers.drift import alike, group, machine
from handlers.drift.alike import Group
from handlers.drift.comparing import Difference, Quiet, compared, differences
from handlers.drift.sources import SOURCES
from handlers.drift.value import Value
from policies.problems import AskProblem

MOST_HELD = 200_000  # differences that are remembered, so that they needn't be found again
GROUP = "alike"  # the kind of thing that a group is
Site: TypeAlias = tuple[str, ...]  # patterns of whole names that never matter there


class NothingKnown(AskProblem):
    code = "drift-unknown"
    sentence = "I have never read how {host} is set."
    why = "I have read: {there}."
    remedy = "Hosts of `[aix.NAME]`, VIOS and managed systems are read within a round, as far as `[drift] kinds` says."


class NotComparedYet(AskProblem):
    code = "drift-not-compared"
    sentence = "I haven't held {host} against each other yet."
    why = "They are {members}, and each of them has to be read once first."
    remedy = "`/drift status` tells which of them was read."


class Compared:
    """Two texts are compared once, however many hosts and moments have them."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self._known: dict[tuple[str, int, int], tuple[Difference, ...]] = {}
        self._held = 0

    def between(self, question: str, should: int, now: int) -> tuple[Difference, ...]:
        """All that lies between those two texts, whatever people said of it."""
        key = (question, should, now)
        if (known := self._known.get(key)) is not None:
            return known
        there = drift.texts(self._db, (should, now))
        found = tuple(compared(SOURCES[question.partition(":")[0]], question, there[should], there[now]))
        if (held := self._held + 1 + len(found)) > MOST_HELD:
            self._known.clear()
            held = 1 + len(found)
        self._known[key], self._held = found, held
        return found


class Stand:
    """One host, as the ledger has it. `key`: by which it is kept. `proposed`: what of a group is unlike since the first
    look, and was never owned by anybody. `quiet`: what isn't to be told; None: what people said that holds, and what
    never matters at this `site`, by patterns. `compared`: by which what many hosts have is compared once."""

    def __init__(
        self, db: Db, host: str, now: datetime, *, site: Site = (), whole: bool = False, quiet: Quiet | None = None,
        compared: Compared | None = None,
    ) -> None:  # fmt: skip
        found = drift.baseline(db, host)
        if found is None:
            there = ", ".join(drift.hosts(db)) or "no host yet"
            raise NothingKnown(host=host, there=there)
        self.host, self.key, self.baseline = host, host, found
        self.proposed: tuple[Difference, ...] = ()
        thing = watches.thing(db, machine.key_of(host))
        memory = thing.memory if thing is not None else None
        asked = machine.Memory.model_validate_json(memory) if memory is not None and not whole else None
        parts = drift.readings(db, host)
        self.parts = {each: text for each, text in parts.items() if asked is None or asked.still_asks(each)}
        both = found.parts.keys() & self.parts.keys()
        odd = {each for each in both if found.parts[each] != self.parts[each]}
        self._db, self._questions = db, both if whole else odd
        quiet = drift.quiet(db, host, now).model_copy(update={"site": site}) if quiet is None else quiet
        compared = Compared(db) if compared is None else compared
        self.differences = tuple(
            difference
            for each in sorted(odd)
            for difference in compared.between(each, found.parts[each], self.parts[each])
            if not quiet.covers(difference, now)
        )

    @cached_property
    def should(self) -> dict[str, dict[str, Value]]:
        """Of the questions whose text differs, or of all where it is to be whole."""
        return drift.whole(self._db, {each: self.baseline.parts[each] for each in self._questions})

    @cached_property
    def is_now(self) -> dict[str, dict[str, Value]]:
        return drift.whole(self._db, {each: self.parts[each] for each in self._questions})

    def chosen(self, pattern: str | None) -> list[Difference]:
        found = (*self.differences, *self.proposed)
        return [each for each in found if pattern is None or fnmatchcase(each.name, pattern)]


class GroupStand(Stand):
    """A group, in the same words: its settings are those that aren't alike."""

    def __init__(self, db: Db, thing: Thing, now: datetime, *, site: Site = (), whole: bool = False) -> None:
        self.group = Group.model_validate_json(thing.found)
        self.host, self.key = self.group.name, thing.key
        found = drift.baseline(db, thing.key)
        if found is None:
            raise NotComparedYet(host=self.host, members=", ".join(self.group.members))
        self.baseline, self.parts = found, drift.readings(db, thing.key)
        both = found.parts.keys() & self.parts.keys()
        odd = {each for each in both if found.parts[each] != self.parts[each]}
        self._db, self._questions = db, both if whole else odd
        told = told_by(members(db, self.group, now), now)
        quiet = quiet_of(db, self.group, now, site)
        self.differences = alike.news(SOURCES, self.should, self.is_now, told, quiet, now)
        self.proposed = alike.standing(SOURCES, self.should, self.is_now, told, quiet, now)


def group_called(db: Db, name: str) -> Thing | None:
    thing = watches.thing(db, group.key_of(name))
    return thing if thing is not None and thing.gone_at is None else None


def stand_of(db: Db, name: str, now: datetime, *, site: Site = (), whole: bool = False) -> Stand:
    """The group of that name, or else the host."""
    if (thing := group_called(db, name)) is not None:
        return GroupStand(db, thing, now, site=site, whole=whole)
    return Stand(db, name, now, site=site, whole=whole)


def members(db: Db, of: Group, now: datetime) -> list[Stand]:
    return [Stand(db, each, now) for each in of.members]


def told_by(members: Sequence[Stand], now: datetime) -> frozenset[str]:
    """What differs on one of them from its own baseline, whether it is told, accepted for a while or ignored there."""
    found = (differences(SOURCES, each.should, each.is_now, Quiet(), now) for each in members)
    return frozenset(each.name for some in found for each in some)


def quiet_of(db: Db, of: Group, now: datetime, site: Site) -> Quiet:
    """What is ignored of the group, of one of its members, or of everything."""
    own = drift.quiet(db, group.key_of(of.name), now)
    more = (drift.quiet(db, each, now).ignored for each in of.members)
    return own.model_copy(update={"site": site, "ignored": (*own.ignored, *(word for some in more for word in some))})
