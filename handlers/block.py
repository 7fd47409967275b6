"""One message of an answer, as far as it has come: bounded, whatever is poured into it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from handlers.finding import TEXT_LIMIT, Section

CUT = "\n… (cut here: the machine's message goes on)"
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class Block:
    """One message as far as it has come."""

    section: Section | None
    code: str | None = None  # the first, outermost one
    spans: bool = False  # goes on over empty lines
    until: re.Pattern[str] | None = None
    lines: list[str] = field(default_factory=list)
    lead: int = 0  # how many of the lines came before the code
    size: int = 0
    cut: bool = False
    last: str = ""  # the last line that isn't empty
    filled: int = 0  # how many lines aren't empty
    gap: bool = False  # the last line was empty
    detailed: bool = False  # within VIOS_DETAILED_ERROR
    vios_rc: int | None = None

    def take(self, line: str) -> None:
        room = TEXT_LIMIT - len(CUT) - self.size
        if not self.cut:
            self.lines.append(line[:room])
            self.size += len(line) + 1
            self.cut = len(line) > room or self.size >= TEXT_LIMIT - len(CUT)
        words = line.strip()
        self.gap = not words
        self.last = words or self.last
        self.filled += bool(words)

    def drop_last(self) -> None:
        """Take back a line that turned out to be a heading."""
        while self.lines and not self.cut and not self.lines.pop().strip():
            pass
        self.filled -= 1

    def piece(self, start: int, end: int) -> str:
        text = "\n".join(self.lines[start:end]).strip()
        text = text + CUT if self.cut and end == len(self.lines) else text
        return _SURROGATE.sub("\ufffd", text)

    @property
    def is_lone_heading(self) -> bool:
        return self.code is None and self.filled == 1 and looks_like_heading(self.last)

    @property
    def ends_in_heading(self) -> bool:
        """Its last line belongs to what comes next; never the line that bears its own code."""
        if self.code is None or self.filled > 1:
            return looks_like_heading(self.last) and (not self.gap or self.is_lone_heading)
        return False


def looks_like_heading(words: str) -> bool:
    """A heading in a language that we don't read: short, with a colon, and no label such as `The return code is:`."""
    return len(words) <= 40 and words.endswith((":", "：")) and len(words.split()) <= 4 and not words.endswith("is:")
