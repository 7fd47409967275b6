"""One command for one host, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from handlers.finding import Finding
from policies.words import Effect, Frozen

ITSELF = "hscbot"  # the host of commands that hscbot carries out by itself; no machine of that name is spoken to


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
    confidential: bool = False  # its answer may hold secrets: it is read, and kept nowhere


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
    unsent: str = ""  # why it was never sent; empty: it was


Results: TypeAlias = tuple[Result, ...]

RESULT_LIMIT = 1_000_000
