"""The part of bash's grammar that an HMC's shell takes, as a tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias


class SyntaxFault(Exception):
    """Bash would refuse the whole line; `args[0]` is what it says."""


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
    redirected: Word | None = None  # the first target; the shell refuses it


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


MAX_DEPTH = 40
MAX_LENGTH = 128 * 1024
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = re.compile(
    r"(for|do|done|in|if|then|else|elif|fi|while|until|case|esac|function|select|\{|\}|!)(?=[\s;&|()<>]|$)"
)
_REDIRECTION = re.compile(r"[0-9]*(&>>?|<<<|<<-?|<>|<&|>>|>&|>\||<|>)|&>")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


def parse(text: str) -> Iterator[Script]:
    """The trees of a text, a line each. SyntaxFault comes when the faulty line is reached: those before it have run."""
    text = text.split("\0", 1)[0]
    if len(text) > MAX_LENGTH:
        raise SyntaxFault("Argument list too long")
    reader = _Reader(text)
    while reader.has_more():
        yield reader.line()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    # ── lists ────────────────────────────────────────────────────────────────────────────────────────────────────

    def has_more(self) -> bool:
        self.blank(newlines=True)
        return self.at < len(self.text)

    def line(self) -> Script:
        script = self.script(whole=False)
        if self.at < len(self.text) and not self.take("\n"):
            self.unexpected()
        return script

    def script(self, *, whole: bool = True) -> Script:
        """Up to what encloses it, or, where not `whole`, up to the end of the line."""
        steps: list[Step] = []
        tie = ";"
        self.blank(newlines=whole)
        while not self.ends_script(whole):
            steps.append(Step(tie, self.pipeline()))
            tie = self.tie(whole)
            if tie in {"&&", "||"}:
                self.blank(newlines=True)
                if self.ends_script(whole):
                    self.unexpected()
        return Script(tuple(steps))

    def tie(self, whole: bool) -> str:
        self.blank()
        for operator in ("&&", "||"):
            if self.take(operator):
                return operator
        if self.peek(";;"):
            self.unexpected()
        if self.take(";") or self.take("&") or (whole and self.take("\n")):
            self.blank(newlines=whole)
        elif not self.ends_script(whole):
            self.unexpected()
        return ";"

    def ends_script(self, whole: bool) -> bool:
        if self.at >= len(self.text) or (not whole and self.peek("\n")):
            return True
        return self.peek(")") or self.reserved() in {"}", "done", "do"}

    def pipeline(self) -> Pipeline:
        negated = False
        while self.reserved() == "!":
            self.at += 1
            self.blank()
            negated = not negated
        commands = [self.command()]
        self.blank()
        while self.peek("|") and not self.peek("||"):
            self.at += 2 if self.peek("|&") else 1
            self.blank(newlines=True)
            commands.append(self.command())
            self.blank()
        return Pipeline(tuple(commands), negated)

    def command(self) -> Command:
        if self.take("("):
            return self.group(")")
        word = self.reserved()
        if word == "{":
            self.at += 1
            return self.group("}")
        if word == "for":
            return self.loop()
        if word and word != "in":
            self.unexpected()
        return self.simple()

    def group(self, end: str) -> Group:
        script = self.deeper()
        if not script.steps or not self.take(end):
            self.unexpected()
        return Group(script)

    def deeper(self) -> Script:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise SyntaxFault("maximum nesting level exceeded")
        script = self.script()
        self.depth -= 1
        return script

    def loop(self) -> For:
        self.at += 3
        self.blank()
        found = _NAME.match(self.text, self.at)
        if found is None:
            self.unexpected()
        self.at = found.end()
        self.blank(newlines=True)
        self.keyword("in")
        words = self.words()
        self.blank()
        if not (self.take(";") or self.take("\n")):
            self.unexpected()
        self.blank(newlines=True)
        self.keyword("do")
        body = self.deeper()
        if not body.steps:
            self.unexpected()
        self.keyword("done")
        return For(found.group(), words, body)

    def keyword(self, word: str) -> None:
        if self.reserved() != word:
            self.unexpected()
        self.at += len(word)

    # ── simple commands ──────────────────────────────────────────────────────────────────────────────────────────

    def simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirected: Word | None = None
        while True:
            self.blank()
            if redirection := _REDIRECTION.match(self.text, self.at):
                self.at = redirection.end()
                self.blank()
                redirected = redirected or self.needed_word()
            elif not self.at_word():
                break
            elif not words and (name := self.assigned()):
                assignments.append((name, self.word()))
            else:
                words.append(self.word())
        if self.peek("(") or not (assignments or words or redirected):
            self.unexpected()
        return Simple(tuple(assignments), tuple(words), redirected)

    def assigned(self) -> str | None:
        found = _NAME.match(self.text, self.at)
        if found is None or not self.text.startswith("=", found.end()):
            return None
        self.at = found.end() + 1
        return found.group()

    def words(self) -> tuple[Word, ...]:
        words = []
        self.blank()
        while self.at_word():
            words.append(self.word())
            self.blank()
        return tuple(words)

    def needed_word(self) -> Word:
        if not self.at_word():
            self.unexpected()
        return self.word()

    def at_word(self) -> bool:
        return self.at < len(self.text) and self.text[self.at] not in " \t\n;&|()<>"

    def word(self) -> Word:
        parts: list[Part] = []
        if self.peek("~") and (self.at + 1 == len(self.text) or self.text[self.at + 1] in "/ \t\n;&|()<>"):
            self.at += 1
            parts.append(Variable("HOME", quoted=True))
        while self.at_word():
            parts.extend(self.part())
        return tuple(parts)

    def part(self) -> list[Part]:
        here = self.text[self.at]
        self.at += 1
        if here == "'":
            return [Text(self.until("'"), quoted=True)]
        if here == '"':
            return self.double_quoted()
        if here == "\\":
            return self.escaped()
        if here == "`":
            return [self.backticks(quoted=False)]
        if here == "$":
            return self.dollar(quoted=False)
        return [Text(here, quoted=False)]

    def escaped(self) -> list[Part]:
        if self.at >= len(self.text):
            return [Text("\\", quoted=True)]
        here = self.text[self.at]
        self.at += 1
        return [] if here == "\n" else [Text(here, quoted=True)]

    def double_quoted(self) -> list[Part]:
        parts: list[Part] = [Text("", quoted=True)]
        while not self.take('"'):
            here = self.next('"')
            if here == "\\" and self.at < len(self.text) and self.text[self.at] in '$`"\\\n':
                parts.extend(self.escaped())
            elif here == "`":
                parts.append(self.backticks(quoted=True))
            elif here == "$":
                parts.extend(self.dollar(quoted=True))
            else:
                parts.append(Text(here, quoted=True))
        return parts

    def dollar(self, *, quoted: bool) -> list[Part]:
        if self.take("("):
            script = self.deeper()
            if self.at >= len(self.text):
                self.end_of_file(")")
            if not self.take(")"):
                self.unexpected()
            return [Substitution(script, quoted)]
        if self.take("{"):
            name = self.until("}")
            if not (_NAME.fullmatch(name) or re.fullmatch(r"[0-9]+|[?#$@*!-]", name)):
                raise SyntaxFault("${" + name + "}: bad substitution")
            return [Variable(name, quoted)]
        if not quoted and self.take("'"):
            return [Text(self.ansi_c(), quoted=True)]
        if not quoted and self.take('"'):
            return self.double_quoted()
        found = _NAME.match(self.text, self.at) or re.compile(r"[0-9?#$@*!-]").match(self.text, self.at)
        if found is None:
            return [Text("$", quoted)]
        self.at = found.end()
        return [Variable(found.group(), quoted)]

    def ansi_c(self) -> str:
        text = ""
        while not self.take("'"):
            here = self.next("'")
            if here != "\\":
                text += here
            elif found := re.compile(r"x([0-9a-fA-F]{1,2})|([0-7]{1,3})").match(self.text, self.at):
                self.at = found.end()
                text += chr(int(found[1], 16) if found[1] else int(found[2], 8) & 0xFF)
            else:
                escaped = self.next("'")
                text += _ESCAPES.get(escaped, escaped if escaped in "'\"\\?" else "\\" + escaped)
        return text.split("\0", 1)[0]

    def backticks(self, *, quoted: bool) -> Substitution:
        inner = ""
        while not self.take("`"):
            here = self.next("`")
            if here == "\\" and self.at < len(self.text) and self.text[self.at] in "$`\\" + ('"' if quoted else ""):
                here = self.next("`")
            inner += here
        return Substitution(inner, quoted)

    # ── characters ───────────────────────────────────────────────────────────────────────────────────────────────

    def peek(self, text: str) -> bool:
        return self.text.startswith(text, self.at)

    def take(self, text: str) -> bool:
        if self.peek(text):
            self.at += len(text)
            return True
        return False

    def next(self, closing: str) -> str:
        if self.at >= len(self.text):
            self.end_of_file(closing)
        self.at += 1
        return self.text[self.at - 1]

    def until(self, closing: str) -> str:
        end = self.text.find(closing, self.at)
        if end < 0:
            self.end_of_file(closing)
        found, self.at = self.text[self.at : end], end + 1
        return found

    def reserved(self) -> str:
        found = _RESERVED.match(self.text, self.at)
        return found.group(1) if found else ""

    def blank(self, *, newlines: bool = False) -> None:
        while self.at < len(self.text):
            here = self.text[self.at]
            if here in " \t" or (newlines and here == "\n"):
                self.at += 1
            elif self.peek("\\\n"):
                self.at += 2
            elif here == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def unexpected(self) -> NoReturn:
        if self.at >= len(self.text):
            raise SyntaxFault("syntax error: unexpected end of file")
        found = re.compile(r"\n|&&|\|\||;;|[;&|()<>]|[^\s;&|()<>]+").match(self.text, self.at)
        token = found.group() if found else self.text[self.at]
        raise SyntaxFault(f"syntax error near unexpected token `{'newline' if token == chr(10) else token}'")

    def end_of_file(self, closing: str) -> NoReturn:
        raise SyntaxFault(f"unexpected EOF while looking for matching `{closing}'")
