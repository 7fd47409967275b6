"""The way back: the command that makes a setting what its baseline says, derived from the difference, and verified."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers.command import ITSELF, Command
from handlers.drift import managed
from handlers.drift.looking import meant
from handlers.drift.source import OPEN, Back, Kind, Question, no_way, parted
from handlers.drift.sources import SOURCES
from handlers.drift.subject import Called, SubjectName, called, kind_of, sent
from handlers.drift.value import Value
from handlers.explain import Explainer
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmcout import Unreadable
from handlers.operation import Ending, Flow, Inventory, Named, Operation, Report, failed
from handlers.place import Place
from handlers.plan import Fact, Plan
from policies.words import Effect

SettingName: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=3, max_length=300, pattern=r"^[A-Za-z][A-Za-z0-9_.:/%+@# -]*/[A-Za-z0-9_.:%+@ -]+$"),
]
DEADLINE = 300.0  # seconds


class Revert(Operation):
    """Set one setting of a host back to what its baseline says, and read whether it is."""

    command: ClassVar[str] = "drift"
    verb: ClassVar[str] = "revert"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "revert db01 no/tcp_sendspace"

    host: SubjectName = Field(
        description="the host, VIOS or managed system", json_schema_extra={"place": 0, "pick": "watched"}
    )
    setting: SettingName = Field(
        description="the setting as `/drift diff` names it",
        json_schema_extra={"place": 1, "example": "no/tcp_sendspace", "other": "no/tcp_recvspace", "pick": OPEN},
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        setting = given.get("setting")
        if isinstance(setting, str) and parted(setting)[0].partition(":")[0] not in SOURCES:
            return [f"setting begins with one of {', '.join(SOURCES)}"]
        return []

    def systems(self) -> tuple[str, ...]:
        return ()

    def targets(self) -> tuple[str, ...]:
        """Of a partition as its managed system tells it, that partition too: rules are about either."""
        return (self.host, self._partition) if self._partition else (self.host,)

    @property
    def _partition(self) -> str:
        source, _, about = parted(self.setting)[0].partition(":")
        return about if managed.is_of_each(source) else ""

    def names(self) -> tuple[Named, ...]:
        return (Called(self.host, placed=True),)

    @property
    def _question(self) -> Question:
        name, _ = parted(self.setting)
        source, _, about = name.partition(":")
        return Question(SOURCES[source], about)

    @property
    def _key(self) -> str:
        return parted(self.setting)[1]

    def flow(self, inventory: Inventory) -> Flow:
        place = called(inventory, self.host)
        if self._question.source.back is no_way:
            # Before anything is read: the answer may hold secrets, and an answer of a request is kept.
            why_not = no_way(self._question.about, self._key, None, None).why_not
            return failed(f"can't: {self.setting} has no way back: {why_not}")
        try:
            wanted = yield from self._wanted()
            before = yield from self._now(place)
        except Unread as fault:
            return failed(f"can't: {fault}")
        if _is_alike(wanted, before):
            return Report(ending=Ending.SUCCEEDED, headline=f"{self.host}: it is so already; nothing was sent")
        back = self._question.source.back(self._question.about, self._key, wanted, before)
        if back.operation is not None:
            return (yield from self._by(back, place, wanted, inventory))
        if not back.argv:
            return failed(f"can't: {self.setting} has no way back: {back.why_not}")
        commands = tuple(
            sent(place, argv, effect=Effect.CHANGES, deadline=DEADLINE, reader=Explainer(), streamed=True)
            for argv in back.argv
        )
        yield self._plan(place, wanted, before, back, commands)
        for command in commands:
            result = heard((yield command))
            if result.exit_status != 0:
                break
        if result.exit_status is None:
            return Report(ending=Ending.UNKNOWN, headline="unknown: the connection was lost while it ran")
        return (yield from self._outcome(place, wanted, back, f"exit status {result.exit_status}"))

    def _by(self, back: Back, place: Place, wanted: Value | None, inventory: Inventory) -> Flow:
        """As somebody would ask for it who knew how, with all that it looks at before and after; then read as ever."""
        assert back.operation is not None, "the caller has looked"
        operation = back.operation.model_copy(update={"system": place.system})
        report = yield from operation.flow(inventory)
        if report.ending is not Ending.SUCCEEDED:
            return report
        return (yield from self._outcome(place, wanted, back, report.headline))

    def look(self, inventory: Inventory) -> Flow:
        place = called(inventory, self.host)
        try:
            wanted = yield from self._wanted()
            now = yield from self._now(place)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"I couldn't see how it stands: {fault}")
        stands = "as its baseline says" if _is_alike(wanted, now) else f"{_told(now)}, and should be {_told(wanted)}"
        return Report(ending=Ending.UNKNOWN, headline=f"{self.setting} of {self.host} is {stands}")

    def _wanted(self) -> Reads[Value | None]:
        """As the baseline has it; None: there it isn't."""
        argv = ("drift", "wanted", f"host={self.host}", f"setting={self.setting}")
        result = heard((yield Command(host=ITSELF, argv=argv)))
        if result.exit_status != 0:
            raise Unread(" ".join(result.text.split())[:300])
        return understood(result, "its baseline", _value)

    def _now(self, place: Place) -> Reads[Value | None]:
        question = self._question
        if kind_of(place) is Kind.SYSTEM:
            return (yield from self._listed(place, question.name))
        source = question.source
        command = sent(place, question.argv, deadline=source.deadline, confidential=source.is_sealed)
        reading = meant(question, heard((yield command)), source.parse)
        return reading.get(self._key)

    def _listed(self, place: Place, question: str) -> Reads[Value | None]:
        """By the lists that it comes of, for all partitions at once."""
        lists = managed.lists_of(question)
        found = yield from managed.settings(place.hmc, place.system, wanted=lists)
        if question not in found.read:
            why = next((found.unread[each] for each in (question, *lists) if each in found.unread), None)
            raise Unread(why or f"{question} isn't told now: {self._partition} is off, or isn't on {place.system}")
        return found.read[question].get(self._key)

    def _plan(
        self, place: Place, wanted: Value | None, before: Value | None, back: Back, commands: tuple[Command, ...]
    ) -> Plan:
        holds = f"; {back.takes_hold}" if back.takes_hold else ""
        return Plan(
            commands=commands,
            moves=f"{self.setting} of {self.host} from {_told(before)} back to {_told(wanted)}{holds}",
            affected=(self._partition or place.name or place.called,),
            facts=(
                Fact(name="as its baseline says", value=_told(wanted)),
                Fact(name="as read just now", value=_told(before)),
            ),
            undo=f"it was {_told(before)}: by hand, or by /drift accept before it is set back",
            stop="it can't be called back once it is sent",
            locks=self._locks(place),
        )

    def _locks(self, place: Place) -> tuple[str, ...]:
        return replace(place, name=self._partition).locks if self._partition else place.locks

    def _outcome(self, place: Place, wanted: Value | None, back: Back, told: str) -> Flow:
        try:
            after = yield from self._now(place)
        except Unread as fault:
            return Report(ending=Ending.UNKNOWN, headline=f"unknown: {told}, and {fault}")
        if not _as_far_as(wanted, after, waits=bool(back.takes_hold)):
            return failed(f"{self.setting} is {_told(after)}, and should be {_told(wanted)}", f"It ended with {told}.")
        lines = (f"Verified; {back.takes_hold}.",) if back.takes_hold else ("Verified: read again, it is so.",)
        return Report(
            ending=Ending.SUCCEEDED, headline=f"{self.host}: {self.setting} is set back to {_told(wanted)}", lines=lines
        )


def _is_alike(wanted: Value | None, now: Value | None) -> bool:
    if wanted is None or now is None:
        return wanted is now
    return (wanted.now, wanted.boot, wanted.text) == (now.now, now.boot, now.text)


def _as_far_as(wanted: Value | None, now: Value | None, *, waits: bool) -> bool:
    """Whether it is as wanted, as far as that can be before the next start."""
    if wanted is None or now is None:
        return wanted is now
    boot = wanted.boot if wanted.boot is not None else wanted.now
    return (waits and now.boot == boot) or _is_alike(wanted, now)


def _told(value: Value | None) -> str:
    if value is None:
        return "not there"
    later = f", at the next start {value.boot}" if value.waits else ""
    return f"{value.now or 'nothing'}{later}"


def _value(text: str) -> Value | None:
    """A setting as our own answer has it, or that the baseline has none."""
    try:
        told = json.loads(text)
        return None if told is None else Value(*told)
    except (ValueError, TypeError):
        raise Unreadable(f"that is no setting: {text[:80]!r}") from None
