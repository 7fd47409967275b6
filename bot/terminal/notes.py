"""Anchors that were kept elsewhere, as somebody hands them over: files, and what was copied from a post or a log."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from policies.problems import AskProblem


class NotesMissing(AskProblem):
    code = "no-anchor-there"
    sentence = "There is no anchor in {place}."
    why = "{reason}. A check against nothing would pass for nothing."
    remedy = "Give a file with lines of a row number and 64 hexadecimal digits, or --anchor 'ROW MAC'."


def gathered(files: Iterable[Path], copied: Iterable[str]) -> list[tuple[int, str]]:
    """All row numbers and macs; a place that holds none is refused."""
    found = [note for path in files for note in _of_file(path)]
    return found + [note for text in copied for note in _some([text], place=f"--anchor '{text}'")]


def _of_file(path: Path) -> list[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            return _some(lines, place=str(path))
    except OSError as fault:
        raise NotesMissing(place=path, reason=fault.strerror) from fault


def _some(lines: Iterable[str], *, place: str) -> list[tuple[int, str]]:
    from bot.ledger.chain import noted

    if not (found := list(noted(lines))):
        raise NotesMissing(place=place, reason="No row number with its mac stands in it")
    return found
