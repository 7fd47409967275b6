"""Everything below `/drift`: how hosts stand to their baselines, and what people make of a difference."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, StringConstraints

from handlers.command import ITSELF, Command
from handlers.drift.differing import differing
from handlers.drift.reverting import Revert
from handlers.drift.source import OPEN
from handlers.drift.subject import ALL, Called, CalledAlike, SubjectName
from handlers.heard import Reads, Unread
from handlers.names import NamePattern
from handlers.operation import Ending, Flow, Inventory, Named, Operation, Report, failed
from handlers.own import TIMES, Own, Tabled, Time, answered
from handlers.plan import Fact, Plan
from handlers.table import Column, Kind
from policies.words import Effect

# A whole name such as `no/tcp_sendspace`, or a pattern of such: `filesets/*`.
SettingPattern: TypeAlias = Annotated[
    str,
    StringConstraints(min_length=3, max_length=300, pattern=r"^[A-Za-z*?][A-Za-z0-9_.:/*?%+@# -]*[A-Za-z0-9_*?%+]$"),
]

ARCHIVING = 3_600.0  # seconds; a site's own bounds, of each step and each file, are in its settings


def _host() -> str:
    host: str = Field(
        description="the host, VIOS or managed system, or a group that should be alike",
        json_schema_extra={"place": 0, "pick": "alike"},
    )
    return host


class _Drift(Own):
    command: ClassVar[str] = "drift"


class Status(_Drift, Tabled):
    """Show how every host stands to its baseline, the worst first, and when it was last looked at."""

    verb: ClassVar[str] = "status"
    example: ClassVar[str] = "status"
    bare: ClassVar[bool] = True

    host: SubjectName | None = Field(
        default=None, description="the host; without it, all of them", json_schema_extra={"place": 0, "pick": "alike"}
    )

    @classmethod
    def heads(cls) -> tuple[Column, ...]:
        """`severity`: of the worst difference; `baseline`: its version, `of` and `by`: when and by whom."""
        return (
            Column(name="host"),
            Column(name="differences", kind=Kind.NUMBER),
            Column(name="severity", kind=Kind.STATE),
            Column(name="baseline", kind=Kind.NUMBER),
            Column(name="of"),
            Column(name="by"),
            Column(name="looked_at"),
            Column(name="unreadable"),
            Column(name="wrong"),
        )


class Diff(_Drift):
    """Show every difference of a host from its baseline: both values, what the setting does, and the way back."""

    verb: ClassVar[str] = "diff"
    example: ClassVar[str] = "diff db01"

    host: SubjectName = _host()
    setting: SettingPattern | None = Field(
        default=None,
        description="only those of this name or pattern",
        json_schema_extra={"place": 1, "example": "no/*", "pick": OPEN},
    )


class Explain(_Drift):
    """Tell what a setting does, its default, whether it is restricted, and when a change of it takes hold."""

    verb: ClassVar[str] = "explain"
    example: ClassVar[str] = "explain db01 no/tcp_sendspace"

    host: SubjectName = _host()
    setting: SettingPattern | None = Field(
        default=None,
        description="the setting, or a pattern of such; without it, all that differ",
        json_schema_extra={"place": 1, "example": "no/tcp_sendspace", "pick": OPEN},
    )


class ReportFleet(_Drift):
    """Hand out a report over all hosts as a file: baselines, what differs, who accepted what, what can't be read."""

    verb: ClassVar[str] = "report"
    example: ClassVar[str] = "report"

    host: NamePattern | None = Field(
        default=None,
        description="only hosts of this name or pattern",
        json_schema_extra={"place": 0, "pick": "watched", "example": "db*"},
    )
    as_: Literal["html", "csv"] = Field(
        default="html",
        alias="as",
        description="html: a page to read and print; csv: a sheet, a row for each difference",
    )

    def file(self) -> str:
        return f"drift-report.{self.as_}"


class History(_Drift):
    """Tell what a host's settings went through: baselines with who and why, what changed when, what was accepted."""

    verb: ClassVar[str] = "history"
    example: ClassVar[str] = "history db01"

    host: SubjectName = _host()
    limit: int = Field(default=60, ge=1, le=1_000, description="at most so many lines, the newest")
    since: Time | None = Field(default=None, description=f"from then on: {TIMES}", json_schema_extra={"example": "30d"})


class Compare(_Drift):
    """Hold two things that should be alike against each other, by what each was last read to be."""

    verb: ClassVar[str] = "compare"
    example: ClassVar[str] = "compare db01 db02"

    host: SubjectName = Field(description="the one", json_schema_extra={"place": 0, "pick": "watched"})
    other: SubjectName = Field(description="the other", json_schema_extra={"place": 1, "pick": "watched"})


class Change(_Drift):
    """What changes what a host should be, and no machine. Done at once where the policy lets it."""

    effect: ClassVar[Effect] = Effect.CHANGES
    reasoned: ClassVar[bool] = True
    undone: ClassVar[str]

    host: SubjectName = _host()

    def targets(self) -> tuple[str, ...]:
        return (self.host,)

    def names(self) -> tuple[Named, ...]:
        return (CalledAlike(self.host),)

    def moves(self) -> str:
        """What it comes to, in a sentence."""
        return type(self).__doc__ or ""

    def facts(self) -> Reads[tuple[Fact, ...]]:
        """What is said yes to: whoever agrees agrees to just that."""
        yield from ()
        return ()

    def flow(self, inventory: Inventory) -> Flow:
        go = Command(host=ITSELF, argv=self.argv(), effect=Effect.CHANGES)
        try:
            facts = yield from self.facts()
        except Unread as fault:
            return failed(f"can't: {fault}")
        yield Plan(
            commands=(go,),
            moves=f"{self.moves()}; no machine is touched",
            affected=(),
            facts=facts,
            undo=self.undone.format(host=self.host),
            stop="it is one step, done or not done",
        )
        return answered((yield go))

    def look(self, inventory: Inventory) -> Flow:
        """It is one step of the ledger: the host's history tells whether it was done."""
        return answered((yield Command(host=ITSELF, argv=History(host=self.host).argv())))


class Baseline(Change):
    """Say how a host should be: as it was last read, or as was proposed at first sight. It needs a `reason=`."""

    verb: ClassVar[str] = "baseline"
    example: ClassVar[str] = "baseline db01"
    undone: ClassVar[str] = "the versions before are kept: /drift history {host}"

    take: Literal["now", "proposed"] = Field(
        default="now", description="now: as it was last read; proposed: as it stands in the baseline, unseen until now"
    )

    def facts(self) -> Reads[tuple[Fact, ...]]:
        return (yield from differing(self.verb, self.host, take=self.take))

    def moves(self) -> str:
        taken = "as it was last read" if self.take == "now" else "as its baseline has it"
        return f"says that {self.host} should be {taken}"


class Accept(Change):
    """Say that a difference is right: it joins the baseline, or stands for a time beside it. It needs a `reason=`."""

    verb: ClassVar[str] = "accept"
    example: ClassVar[str] = "accept db01 no/tcp_sendspace"
    undone: ClassVar[str] = "the versions before are kept: /drift history {host}"

    setting: SettingPattern = Field(
        description="the setting as `/drift diff` names it, or a pattern of such",
        json_schema_extra={"place": 1, "example": "no/tcp_sendspace", "pick": OPEN},
    )
    until: Time | None = Field(
        default=None, description="only for so long, such as 7d, or until then", json_schema_extra={"example": "7d"}
    )

    def facts(self) -> Reads[tuple[Fact, ...]]:
        return (yield from differing(self.verb, self.host, setting=self.setting))

    def moves(self) -> str:
        until = f", until {self.until}" if self.until is not None else ""
        return f"says that {self.setting} of {self.host} is right as it was last read{until}"


class Ignore(Change):
    """Hear nothing of a setting of a host until a day, whatever it is set to. It needs a `reason=`."""

    verb: ClassVar[str] = "ignore"
    example: ClassVar[str] = "ignore db01 no/tcp_sendspace 30d"
    undone: ClassVar[str] = "it ends by itself"

    setting: SettingPattern = Field(
        description="the setting as `/drift diff` names it, or a pattern of such",
        json_schema_extra={"place": 1, "example": "no/tcp_sendspace", "pick": OPEN},
    )
    until: Time = Field(
        description="for how long, such as 30d, or until when", json_schema_extra={"place": 2, "example": "30d"}
    )

    def moves(self) -> str:
        return f"says nothing of {self.setting} of {self.host} until {self.until}"


class Archive(_Drift):
    """Push a host's snapshot to the archive by SFTP now, and prove that it is there; without a host, every host's."""

    verb: ClassVar[str] = "archive"
    example: ClassVar[str] = "archive db01"
    bare: ClassVar[bool] = True
    effect: ClassVar[Effect] = Effect.CHANGES

    host: SubjectName | None = Field(
        default=None, description="the host; without it, all of them", json_schema_extra={"place": 0, "pick": "watched"}
    )

    def targets(self) -> tuple[str, ...]:
        return (self.host,) if self.host is not None else ()

    def names(self) -> tuple[Named, ...]:
        return (Called(self.host or ALL),)

    def flow(self, inventory: Inventory) -> Flow:
        go = Command(host=ITSELF, argv=self.argv(), effect=Effect.CHANGES, deadline=ARCHIVING)
        of = self.host or "every host that was read"
        yield Plan(
            commands=(go,),
            moves=f"writes the snapshot of {of} to the archive, beside those that are there; no host is touched",
            affected=(),
            facts=(),
            undo="nothing has to be undone: a file more is there, and none was overwritten",
            stop="each file is there whole, or not under its name",
        )
        return answered((yield go))

    def look(self, inventory: Inventory) -> Flow:
        """Asking again finds what was written: nothing is written twice."""
        yield from ()
        return Report(
            ending=Ending.UNKNOWN,
            headline="how far it came isn't known; ask again: what is there is found, and nothing is written twice",
        )


CHANGES: tuple[type[Change], ...] = (Baseline, Accept, Ignore)
OPERATIONS: tuple[type[Operation], ...] = (
    Status,
    Diff,
    Explain,
    History,
    ReportFleet,
    Compare,
    *CHANGES,
    Revert,
    Archive,
)
