"""The words of an AIX command: single letters behind a dash, alone or together, some with a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


class Refused(Exception):
    """What the machine answers, on standard error, in place of doing it."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.text = text
        self.status = status


_PLACES = ("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", "/etc/", "/usr/lib/", "/usr/ios/cli/")


def plain(word: str) -> str:
    """A program by its name, where it is called by its path."""
    for place in _PLACES:
        if word.startswith(place) and "/" not in word[len(place) :]:
            return word[len(place) :]
    return word


Flags = Mapping[str, tuple[str, ...]]


def getopt(argv: Sequence[str], known: str, usage: str, *, status: int = 1) -> tuple[Flags, tuple[str, ...]]:
    """The values of each flag, and the words after the flags, as getopt(3) finds them in `known`.

    A flag without a value has one empty value for each time that it stands there. Anything else is met with the usage.
    """
    found: dict[str, tuple[str, ...]] = {}
    rest = list(argv[1:])
    while rest and rest[0].startswith("-") and rest[0] != "-":
        word = rest.pop(0)[1:]
        if word == "-":
            break
        while word:
            flag, word = word[0], word[1:]
            if flag == ":" or flag not in known:
                raise Refused(usage, status)
            value = ""
            if known[known.index(flag) + 1 :][:1] == ":":
                if not word and not rest:
                    raise Refused(usage, status)
                value, word = word or rest.pop(0), ""
            found[flag] = (*found.get(flag, ()), value)
    return found, tuple(rest)


def columns(rows: Iterable[Sequence[str]], widths: Sequence[int]) -> str:
    """Rows in columns at least so wide, the last one ragged."""
    lines = []
    for row in rows:
        padded = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False)]
        lines.append(" ".join([*padded, *row[len(padded) :]]).rstrip() + "\n")
    return "".join(lines)


def fitting(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns as wide as what stands in them, the last one ragged."""
    return columns(rows, [max(len(row[n]) for row in rows) for n in range(len(rows[0]) - 1)] if rows else [])
