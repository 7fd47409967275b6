"""A command line of bash as a tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Text:
    text: str
    quoted: bool


@dataclass(frozen=True)
class Variable:
    name: str
    quoted: bool


@dataclass(frozen=True)
class Substitution:
    """`$( )` is read with its line; what stands in backticks is kept as text and read when it runs, as bash does."""

    script: Script | str
    quoted: bool


Part: TypeAlias = Text | Variable | Substitution
Word: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True)
class Simple:
    assignments: tuple[tuple[str, Word], ...]
    words: tuple[Word, ...]
    redirections: tuple[tuple[str, Word], ...] = ()  # the operator, such as 2>, and what follows it


@dataclass(frozen=True)
class Group:
    script: Script


@dataclass(frozen=True)
class For:
    variable: str
    words: tuple[Word, ...]
    body: Script


Command: TypeAlias = Simple | Group | For


@dataclass(frozen=True)
class Pipeline:
    commands: tuple[Command, ...]
    negated: bool = False


@dataclass(frozen=True)
class Step:
    """A pipeline and what ties it to the one before: `;`, `&&` or `||`."""

    tie: str
    pipeline: Pipeline


@dataclass(frozen=True)
class Script:
    steps: tuple[Step, ...] = field(default=())
