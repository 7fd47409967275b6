"""Explains a recorded answer on the command line: for people, or as JSON."""

from __future__ import annotations

import codecs
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from handlers import spotting
from handlers.explain import LINE_LIMIT, explain
from handlers.finding import Finding
from policies.problems import AnswerUnreadable

CHUNK = 65_536
FINE, FOUND, UNREADABLE = 0, 1, 2


def explain_file(path: Path | None, *, as_json: bool, out: TextIO, err: TextIO) -> int:
    """Explains a file, or standard input without one; a file that can't be read is told on `err`."""
    if path is None or str(path) == "-":
        return explain_stream(sys.stdin.buffer, as_json=as_json, out=out)
    try:
        stream = path.open("rb")
        stream.peek(1)  # a directory opens on some systems and fails at the first byte
    except (OSError, ValueError) as error:
        problem = AnswerUnreadable(path=path, reason=getattr(error, "strerror", None) or error)
        err.write(f"{problem.said} {problem.because} {problem.next_step}\n")
        return UNREADABLE
    with stream:
        return explain_stream(stream, as_json=as_json, out=out)


def explain_stream(stream: BinaryIO, *, as_json: bool, out: TextIO) -> int:
    """Prints each finding as soon as it is complete. 0: nothing stands in the way; 1: at least one error was found."""
    told = chain.from_iterable(map(spotting.within, explain(lines(stream))))
    found = _watched(told, seen := set[bool]())
    if as_json:
        _print_json(found, out)
    else:
        _print_rows(found, out)
    return FOUND if True in seen else FINE


def lines(stream: BinaryIO) -> Iterator[str]:
    """The lines as they come, decoded; of a line only the first LINE_LIMIT characters, so that memory stays flat."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
    line = ""
    for chunk in _chunks(stream):
        head, *rest = decoder.decode(chunk).split("\n")
        if len(line) < LINE_LIMIT:
            line += head[:LINE_LIMIT]
        for piece in rest:
            yield line
            line = piece
    line += decoder.decode(b"", final=True)
    if line:
        yield line


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    read = getattr(stream, "read1", stream.read)  # what is there now, rather than waiting for a full chunk
    while chunk := read(CHUNK):
        yield chunk


def _watched(findings: Iterable[Finding], seen: set[bool]) -> Iterator[Finding]:
    for finding in findings:
        seen.add(finding.is_error)
        yield finding


# ── as JSON ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _print_json(findings: Iterable[Finding], out: TextIO) -> None:
    """A list, written item by item. ASCII only, so that no control character reaches a terminal."""
    before = "[\n"
    for finding in findings:
        out.write(before + json.dumps(finding.model_dump(mode="json")))
        out.flush()
        before = ",\n"
    out.write("[]\n" if before == "[\n" else "\n]\n")


# ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Row:
    """One paragraph of an explanation: how far in it stands, a label in bold or its own style, and the words."""

    indent: int = 2
    label: str = ""
    style: str = "bold"
    words: str = ""


def _print_rows(findings: Iterable[Finding], out: TextIO) -> None:
    write = _rich_writer(out) if out.isatty() else _plain_writer(out)
    any_found = False
    for finding in findings:
        any_found = True
        for row in _rows(finding):
            write(row)
        write(Row(indent=0))
        out.flush()
    if not any_found:
        write(Row(indent=0, words="Nothing to explain: there is no message in it."))


def _plain_writer(out: TextIO) -> Callable[[Row], object]:
    return lambda row: out.write(_encodable(f"{' ' * row.indent}{row.label}{row.words}".rstrip() + "\n", out))


def _rich_writer(out: TextIO) -> Callable[[Row], object]:
    """Machine text is never read as markup: it goes through Text."""
    console = Console(file=out, highlight=False, markup=False, emoji=False)

    def write(row: Row) -> None:
        text = Text.assemble((_encodable(row.label, out), row.style), _encodable(row.words, out))
        console.print(Padding(text, (0, 0, 0, row.indent)))

    return write


def _rows(finding: Finding) -> Iterator[Row]:
    yield _title(finding)
    for line in shown(finding.text).split("\n"):
        yield Row(label=f"| {line.rstrip()}", style="dim")
    if finding.known:
        yield from _explanation(finding)
    for code in finding.returns:
        if code.meaning not in finding.meaning:
            yield Row(label=f"{code.code}: ", words=code.meaning)
        elif not code.known:
            yield Row(label=f"{code.code}: ", words="unknown, I have no explanation for this return code")


def _title(finding: Finding) -> Row:
    words = f" (inside {' > '.join(finding.path[:-1])})" if len(finding.path) > 1 else ""
    words += f", {finding.section}" if finding.section else ""
    words += "" if finding.known else ", unknown: I have no explanation for it"
    style = "bold red" if finding.is_error else "bold yellow"
    return Row(indent=0, label=finding.code or "A message without a code", style=style, words=words)


def _explanation(finding: Finding) -> Iterator[Row]:
    yield Row(label="What it means: ", words=finding.meaning)
    yield from _listed("Likely causes", finding.causes)
    if finding.check:
        yield Row(label="Check: ", words=finding.check)
    yield from _listed("Mend", finding.fixes)
    wording = "" if finding.text_seen else " (the meaning alone: its wording isn't known to us)"
    yield Row(label="Source: ", words=finding.source + wording)


def _listed(label: str, points: tuple[str, ...]) -> Iterator[Row]:
    if len(points) == 1:
        yield Row(label=f"{label}: ", words=points[0])
    elif points:
        yield Row(label=f"{label}:")
        yield from (Row(indent=4, words=f"- {point}") for point in points)


def shown(text: str) -> str:
    """A machine's words as they may reach a terminal: line breaks stay, other control characters become visible."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(ch: str) -> str:
    if ch == "\n" or ch.isprintable():
        return ch
    return " " if ch == "\t" or unicodedata.category(ch) == "Zs" else "\ufffd"


def _encodable(text: str, out: TextIO) -> str:
    encoding = getattr(out, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding, "replace")
