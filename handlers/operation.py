"""What an operation is: typed parameters, an effect, and a flow that cannot reach a machine itself."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar, Protocol, Self, TypeAlias

from pydantic import StringConstraints, model_validator

from handlers.finding import Finding
from policies.words import Effect, Frozen

# A parameter is a typed name, never free text. The characters are those that an HMC takes in a name, less all that a
# shell could act on; a name with blanks is written in double quotes.
Name: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_](?:[A-Za-z0-9_.@+:# -]*[A-Za-z0-9_.@+:#-])?$"
    ),
]
HostName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=253, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.:_-]*[A-Za-z0-9])?$")
]
UserName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=32, pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$")
]


class Reader(Protocol):
    """Fed each line of an answer as it arrives; gives back the findings that became complete with it."""

    def feed(self, line: str) -> Iterable[Finding]: ...

    def close(self) -> Iterable[Finding]:
        """The findings that only the end of the answer completes."""
        ...


class Progress(Frozen):
    """How far a long command is, in the machine's own numbers."""

    state: str  # the machine's word, such as `Migration In Progress`
    done: int | None = None  # bytes
    left: int | None = None  # bytes

    @property
    def share(self) -> float | None:
        """0.0 to 1.0, or None when the machine gave no numbers."""
        if self.done is None or self.left is None or self.done + self.left <= 0:
            return None
        return self.done / (self.done + self.left)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command for one host; quoted once, at the border."""

    host: str  # the HMC's name in the configuration
    argv: tuple[str, ...]
    effect: Effect = Effect.READS
    deadline: float = 60.0  # seconds
    reader: Reader | None = None
    meanwhile: Meanwhile | None = None
    progress: Callable[[Result], Progress | None] | None = None  # what its answer says of a migration under way
    after: float = 0.0  # seconds to wait before it is sent
    streamed: bool = False  # show its lines in the thread as they arrive


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """A read that is repeated while a long command runs."""

    command: Command
    every: float  # seconds


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a command ended.

    `exit_status` None: the connection was lost or the deadline passed, so the outcome is unknown.
    """

    command: Command
    exit_status: int | None
    text: str = ""  # standard output and error together, decoded, at most RESULT_LIMIT characters
    findings: tuple[Finding, ...] = ()  # what the command's reader found
    size: int = 0  # bytes of the whole answer
    malformed: bool = False  # some bytes were not UTF-8


RESULT_LIMIT = 1_000_000


class Fact(Frozen):
    """Something that a guard or an approver relied on, as read from a machine."""

    name: str
    value: str


class PlanShown(Frozen):
    """A plan as approvers see it and as it is kept. `commands`: the host, then its argv."""

    commands: tuple[tuple[str, ...], ...]
    moves: str  # one sentence: what moves or changes where
    affected: tuple[str, ...]  # partitions
    facts: tuple[Fact, ...]
    undo: str
    stop: str
    findings: tuple[Finding, ...] = ()

    def digest(self, *, operation: str, parameters: str, policy_version: int) -> str:
        """SHA-256 (hex) over all that an approval stands for."""
        body = {
            "operation": operation,
            "parameters": parameters,
            "commands": self.commands,
            "affected": self.affected,
            "facts": [[fact.name, fact.value] for fact in self.facts],
            "policy": policy_version,
        }
        return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What would be done, yielded by a flow before its first change; nothing but `commands` may change a machine."""

    commands: tuple[Command, ...]
    moves: str
    affected: tuple[str, ...]
    facts: tuple[Fact, ...]
    undo: str
    stop: str
    findings: tuple[Finding, ...] = ()

    @property
    def shown(self) -> PlanShown:
        return PlanShown(
            commands=tuple((command.host, *command.argv) for command in self.commands),
            moves=self.moves,
            affected=self.affected,
            facts=self.facts,
            undo=self.undo,
            stop=self.stop,
            findings=self.findings,
        )


class Ending(StrEnum):
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Offer(Frozen):
    """A next step that the report puts on a button: another operation, asked as if typed."""

    label: str
    text: str  # the slash text after the command word, such as `migrate db01 p72 p75`


class Report(Frozen):
    """How an operation ended."""

    ending: Ending
    headline: str  # what a tired person reads: "can't: 3 reasons"
    lines: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()  # in the order in which to mend them
    offers: tuple[Offer, ...] = ()


Step: TypeAlias = Command | Plan
Flow: TypeAlias = Generator[Step, Result | None, Report]


class Inventory(Protocol):
    """What is known of the fleet when words become an operation."""

    def hmc_of(self, *systems: str) -> str:
        """The HMC that manages all of these managed systems, or a Problem that says which names there are."""
        ...

    def hmc_named(self, name: str) -> str | None:
        """The configured HMC of that name or address, if it is one of ours."""
        ...


class Operation(Frozen, ABC):
    """Something that a person can ask for. Its fields are its parameters; its docstring is its help.

    Fields marked `Field(json_schema_extra={"place": n})` are given by position; the others as `key=value`.
    """

    command: ClassVar[str]  # the slash command without its slash
    verb: ClassVar[str]
    effect: ClassVar[Effect]
    example: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        return f"{cls.command}.{cls.verb}"

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        """What doesn't go together among the values given, each as a sentence; told along with every other fault."""
        return []

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if told := self.clashes(self.model_dump()):
            raise ValueError(told[0])
        return self

    @abstractmethod
    def systems(self) -> tuple[str, ...]:
        """The managed systems that must be ones of ours before anything is asked of them."""

    @abstractmethod
    def flow(self, inventory: Inventory) -> Flow:
        """How it is done. For an effect above reads, a Plan is yielded before the first change."""

    def look(self, inventory: Inventory) -> Flow:
        """Reads that tell where things stand when the outcome of a change wasn't heard."""
        yield from ()
        return Report(ending=Ending.UNKNOWN, headline=f"I have no way to look after {self.name()}: look by hand")

    def text(self) -> str:
        """The operation as a person would type it after the slash command."""
        given = [(key, info, getattr(self, key)) for key, info in type(self).model_fields.items()]
        positional = [_typed(value) for _, info, value in given if place_of(info) is not None and value is not None]
        named = [
            f"{key}={_typed(value)}" for key, info, value in given if place_of(info) is None and value != info.default
        ]
        return " ".join([self.verb, *positional, *named])


def place_of(info: object) -> int | None:
    """The position of a parameter that is given by position."""
    extra = getattr(info, "json_schema_extra", None)
    place = extra.get("place") if isinstance(extra, dict) else None
    return place if isinstance(place, int) else None


def _typed(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f'"{text}"' if " " in text else text
