"""Where the outputs of a command go: to the terminal, into a file, or nowhere."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeAlias

Write: TypeAlias = Callable[[str], Awaitable[None]]
NOWHERE = "/dev/null"
MOST = 1 << 20  # characters that are held before they are written
_OPERATOR = re.compile(r"(?P<number>[12]?)(?P<kind>>\|?|>>|>&)|(?P<input>0?<)|(?P<both>&>>?)")


class Files(Protocol):
    """The file system of a host that has one."""

    def read(self, path: str) -> str | None: ...

    def may_write(self, path: str) -> bool: ...

    def write(self, path: str, text: str, *, append: bool) -> bool:
        """False where there is no room for it."""
        ...


class _Sink:
    def __init__(self, path: str, *, append: bool) -> None:
        self.path = path
        self.append = append
        self.text = ""

    async def write(self, text: str) -> None:
        if self.path != NOWHERE and len(self.text) <= MOST:
            self.text += text


class Redirected:
    def __init__(self, files: Files, given: str, out: Write, err: Write) -> None:
        self.given = given
        self.out = out
        self.err = err
        self._files = files
        self._sinks: list[_Sink] = []

    def aim(self, aims: Sequence[tuple[str, str]]) -> str | None:
        """Each operator with its target, in order, as `2>&1` needs it; the first target that can't be, or None."""
        for operator, target in aims:
            found = _OPERATOR.fullmatch(operator)
            if found is None or not self._one(found, target):
                return target
        return None

    def keep(self) -> str | None:
        """Writes the files once the command is over; the first that there was no room for, or None."""
        for sink in self._sinks:
            if sink.path != NOWHERE and not self._files.write(sink.path, sink.text, append=sink.append):
                return sink.path
        return None

    def _one(self, found: re.Match[str], target: str) -> bool:
        if found["input"]:
            text = "" if target == NOWHERE else self._files.read(target)
            self.given = text or ""
            return text is not None
        if found["kind"] == ">&":
            return self._joined(found["number"] or "1", target)
        if target != NOWHERE and not self._files.may_write(target):
            return False
        sink = _Sink(target, append=">>" in found.group())
        self._sinks.append(sink)
        if found["both"] or found["number"] != "2":
            self.out = sink.write
        if found["both"] or found["number"] == "2":
            self.err = sink.write
        return True

    def _joined(self, number: str, target: str) -> bool:
        if target not in {"1", "2"}:
            return False
        to = self.out if target == "1" else self.err
        if number == "2":
            self.err = to
        else:
            self.out = to
        return True
