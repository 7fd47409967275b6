"""An HMC's restricted shell: expands and runs as bash does, and tells of every command before it runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.lab.fleet.cursor import SyntaxFault
from bot.lab.fleet.filters import FILTERS
from bot.lab.fleet.redirecting import Files, Redirected, Write
from bot.lab.fleet.syntax import parse
from bot.lab.fleet.tree import Command, For, Group, Pipeline, Script, Simple, Substitution, Variable, Word


@dataclass(frozen=True)
class Call:
    """One command that runs: its words, what is piped into it, and where its outputs go."""

    argv: tuple[str, ...]
    given: str
    out: Write
    err: Write


Program: TypeAlias = Callable[[Call], Awaitable[int]]

MAX_COMMANDS = 2_000  # of one line; a loop over more is ended
MAX_TEXT = 1 << 20  # characters that an expansion may grow to


MAX_NESTING = 40  # substitutions within substitutions


class TooMuch(Exception):
    """A line that would take more than a host has; what bash says then."""


class _Exit(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class Dialect(Protocol):
    """What a restricted shell says in place of running something."""

    @property
    def program(self) -> str: ...

    def program_of(self, word: str) -> str | None:
        """The program that a command's first word means; None where it may not be so called."""

    def unknown(self, name: str) -> str: ...

    def path(self, name: str) -> str: ...

    def redirect(self, target: str) -> str: ...


class Bash:
    """An HMC's."""

    program = "bash"

    def program_of(self, word: str) -> str | None:
        return None if "/" in word else word

    def unknown(self, name: str) -> str:
        return f"bash: {name}: command not found\n"

    def path(self, name: str) -> str:
        return f"bash: {name}: restricted: cannot specify `/' in command names\n"

    def redirect(self, target: str) -> str:
        return f"bash: {target}: restricted: cannot redirect output\n"


class Shell:
    """Runs one command line. `tell` hears of every command that would run, known or not, wherever it stands.

    Without `files` nothing can be redirected.
    """

    def __init__(
        self,
        programs: Mapping[str, Program],
        *,
        tell: Callable[[tuple[str, ...]], None],
        variables: Mapping[str, str],
        dialect: Dialect | None = None,
        files: Files | None = None,
    ) -> None:
        self._files = files
        self._dialect = dialect or Bash()
        self._programs = programs
        self._tell = tell
        self._variables = dict(variables)
        self._status = 0
        self._count = 0
        self._nesting = 0
        self._substitutions = 0

    async def run(self, line: str, out: Write, err: Write) -> int:
        try:
            return await self._lines(line, out, err)
        except _Exit as leaving:
            return leaving.status
        except TooMuch as fault:
            await err(f"{self._dialect.program}: {fault}\n")
            return 254

    async def _lines(self, text: str, out: Write, err: Write) -> int:
        try:
            for script in parse(text):
                await self._script(script, "", out, err)
        except SyntaxFault as fault:
            await err(f"{self._dialect.program}: -c: line 1: {fault}\n")
            self._status = 2
        return self._status

    async def _script(self, script: Script, given: str, out: Write, err: Write) -> int:
        for step in script.steps:
            if (step.tie == "&&" and self._status != 0) or (step.tie == "||" and self._status == 0):
                continue
            self._status = await self._pipeline(step.pipeline, given, out, err)
        return self._status

    async def _pipeline(self, pipeline: Pipeline, given: str, out: Write, err: Write) -> int:
        for command in pipeline.commands[:-1]:
            caught = _Catch()
            await self._contained(command, given, caught.write, err)
            given = caught.text
        last = pipeline.commands[-1]
        if len(pipeline.commands) > 1:
            status = await self._contained(last, given, out, err)
        else:
            status = await self._command(last, given, out, err)
        return int(status == 0) if pipeline.negated else status

    async def _contained(self, command: Command, given: str, out: Write, err: Write) -> int:
        """A part of a pipe is a process of its own: it can end itself only."""
        before = dict(self._variables)
        try:
            return await self._command(command, given, out, err)
        except _Exit as leaving:
            return leaving.status
        finally:
            self._variables = before

    async def _command(self, command: Command, given: str, out: Write, err: Write) -> int:
        if isinstance(command, Group):
            return await self._script(command.script, given, out, err)
        if isinstance(command, For):
            return await self._loop(command, given, out, err)
        return await self._simple(command, given, out, err)

    async def _loop(self, loop: For, given: str, out: Write, err: Write) -> int:
        status = 0
        for value in await self._words(loop.words, err):
            self._counted()
            self._variables[loop.variable] = value
            status = await self._script(loop.body, given, out, err)
        return status

    async def _simple(self, command: Simple, given: str, out: Write, err: Write) -> int:
        self._counted()
        self._substitutions = 0
        argv = await self._words(command.words, err)
        assigned = [(name, await self._one(word, err)) for name, word in command.assignments]
        aims = [(operator, await self._one(word, err)) for operator, word in command.redirections]
        if aims and self._files is None:
            await err(self._dialect.redirect(aims[0][1]))
            return 1
        sent = Redirected(self._files, given, out, err) if self._files is not None else None
        if sent is not None and (wrong := sent.aim(aims)) is not None:
            await err(self._dialect.redirect(wrong))
            return 1
        if not argv:
            self._variables.update(assigned)
            status = self._status if self._substitutions else 0
        else:
            self._tell(tuple(argv))
            call = Call(tuple(argv), given, out, err)
            status = await self._program(call if sent is None else Call(call.argv, sent.given, sent.out, sent.err))
        if sent is not None and (full := sent.keep()) is not None:
            await err(self._dialect.redirect(full))
            return 1
        return status

    async def _program(self, call: Call) -> int:
        first, *words = call.argv
        name = self._dialect.program_of(first)
        if name is None:
            await call.err(self._dialect.path(first))
            return 1
        if name == "exit":
            raise _Exit(int(words[0]) & 0xFF if words and words[0].isascii() and words[0].isdigit() else self._status)
        if name in self._programs:
            return await self._programs[name](call)
        if name in FILTERS:
            text, error, status = FILTERS[name](words, call.given)
            await call.out(text)
            await call.err(error)
            return status
        await call.err(self._dialect.unknown(name))
        return 127

    def _counted(self) -> None:
        self._count += 1
        if self._count > MAX_COMMANDS:
            raise TooMuch("fork: retry: Resource temporarily unavailable")

    # ── expansion ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _words(self, words: tuple[Word, ...], err: Write) -> list[str]:
        return [field for word in words for field in await self._fields(word, err)]

    async def _one(self, word: Word, err: Write) -> str:
        """A word where bash doesn't split it."""
        return _bounded("".join([await self._value(part, err) for part in word]))

    async def _fields(self, word: Word, err: Write) -> list[str]:
        """A word after expansion: unquoted expansions are split at blanks, and nothing unquoted is no word."""
        done: list[str] = []
        current: str | None = None
        for part in word:
            value = await self._value(part, err)
            if part.quoted or not isinstance(part, Variable | Substitution):
                current = (current or "") + value
                continue
            pieces = value.split()
            if value[:1].isspace() and current is not None:
                done.append(current)
                current = None
            if pieces:
                done.extend([(current or "") + pieces[0], *pieces[1:]])
                current = None if value[-1:].isspace() else done.pop()
        if current is not None:
            done.append(current)
        _bounded("".join(done))
        return done

    async def _value(self, part: object, err: Write) -> str:
        if isinstance(part, Substitution):
            caught = _Catch()
            self._status = await self._substituted(part, caught.write, err)
            self._substitutions += 1
            return caught.text.rstrip("\n")
        if isinstance(part, Variable):
            return str(self._status) if part.name == "?" else self._variables.get(part.name, "")
        return str(getattr(part, "text", ""))

    async def _substituted(self, part: Substitution, out: Write, err: Write) -> int:
        before = dict(self._variables)
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise TooMuch("maximum nesting level exceeded")
        try:
            if isinstance(part.script, str):
                return await self._lines(part.script, out, err)
            return await self._script(part.script, "", out, err)
        except _Exit as leaving:
            return leaving.status
        finally:
            self._nesting -= 1
            self._variables = before


class _Catch:
    def __init__(self) -> None:
        self.text = ""

    async def write(self, text: str) -> None:
        self.text = _bounded(self.text + text)


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise TooMuch("xrealloc: cannot allocate memory")
    return text
