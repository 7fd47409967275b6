"""The part of bash's grammar that an HMC's shell takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.lab.fleet.cursor import SyntaxFault
from bot.lab.fleet.tree import Command, For, Group, Pipeline, Script, Simple, Step, Word
from bot.lab.fleet.wording import NAME, WordReader

MAX_DEPTH = 40
MAX_LENGTH = 128 * 1024
_REDIRECTION = re.compile(r"[0-9]*(&>>?|<<<|<<-?|<>|<&|>>|>&|>\||<|>)|&>")


def parse(text: str) -> Iterator[Script]:
    """The trees of a text, a line each. SyntaxFault comes when the faulty line is reached: those before it have run."""
    text = text.split("\0", 1)[0]
    if len(text) > MAX_LENGTH:
        raise SyntaxFault("Argument list too long")
    reader = _Reader(text)
    while reader.has_more():
        yield reader.line()


class _Reader(WordReader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.depth = 0

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
        found = NAME.match(self.text, self.at)
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

    def simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirections: list[tuple[str, Word]] = []
        while True:
            self.blank()
            if redirection := _REDIRECTION.match(self.text, self.at):
                self.at = redirection.end()
                self.blank()
                redirections.append((redirection.group(), self.needed_word()))
            elif not self.at_word():
                break
            elif not words and (name := self.assigned()):
                assignments.append((name, self.word()))
            else:
                words.append(self.word())
        if self.peek("(") or not (assignments or words or redirections):
            self.unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirections))

    def assigned(self) -> str | None:
        found = NAME.match(self.text, self.at)
        if found is None or not self.text.startswith("=", found.end()):
            return None
        self.at = found.end() + 1
        return found.group()
