"""Words as bash reads them: quotes, escapes and expansions."""

from __future__ import annotations

import re
from abc import abstractmethod

from bot.lab.fleet.cursor import Cursor, SyntaxFault
from bot.lab.fleet.tree import Part, Script, Substitution, Text, Variable, Word

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SPECIAL = re.compile(r"[0-9?#$@*!-]")
_CODE = re.compile(r"x([0-9a-fA-F]{1,2})|([0-7]{1,3})")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


class WordReader(Cursor):
    @abstractmethod
    def deeper(self) -> Script:
        """The script that stands within brackets from here on."""

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
            if not (NAME.fullmatch(name) or re.fullmatch(r"[0-9]+|[?#$@*!-]", name)):
                raise SyntaxFault("${" + name + "}: bad substitution")
            return [Variable(name, quoted)]
        if not quoted and self.take("'"):
            return [Text(self.ansi_c(), quoted=True)]
        if not quoted and self.take('"'):
            return self.double_quoted()
        found = NAME.match(self.text, self.at) or _SPECIAL.match(self.text, self.at)
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
            elif found := _CODE.match(self.text, self.at):
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
