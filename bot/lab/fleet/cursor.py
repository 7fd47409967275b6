"""A place in a text that bash reads, and how bash complains there."""

from __future__ import annotations

import re
from typing import NoReturn


class SyntaxFault(Exception):
    """Bash would refuse the whole line; `args[0]` is what it says."""


_RESERVED = re.compile(
    r"(for|do|done|in|if|then|else|elif|fi|while|until|case|esac|function|select|\{|\}|!)(?=[\s;&|()<>]|$)"
)
_TOKEN = re.compile(r"\n|&&|\|\||;;|[;&|()<>]|[^\s;&|()<>]+")


class Cursor:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

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
        found = _TOKEN.match(self.text, self.at)
        token = found.group() if found else self.text[self.at]
        raise SyntaxFault(f"syntax error near unexpected token `{'newline' if token == chr(10) else token}'")

    def end_of_file(self, closing: str) -> NoReturn:
        raise SyntaxFault(f"unexpected EOF while looking for matching `{closing}'")
