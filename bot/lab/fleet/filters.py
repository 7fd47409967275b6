"""The shell's own small programs: what people put behind a pipe on an HMC."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

Filter: TypeAlias = Callable[[list[str], str], tuple[str, str, int]]  # words and input to output, error, status


def _echo(words: list[str], given: str) -> tuple[str, str, int]:
    end = "\n"
    while words and words[0] == "-n":
        words, end = words[1:], ""
    return " ".join(words) + end, "", 0


def _cat(words: list[str], given: str) -> tuple[str, str, int]:
    if words:
        return "", f"cat: {words[0]}: Permission denied\n", 1
    return given, "", 0


def _grep(words: list[str], given: str) -> tuple[str, str, int]:
    """Fixed strings only; -i, -v and -c."""
    options = "".join(word[1:] for word in words if word.startswith("-") and len(word) > 1)
    wanted = [word for word in words if not word.startswith("-")]
    if len(wanted) != 1 or set(options) - set("ivcFE"):
        return "", "Usage: grep [OPTION]... PATTERNS [FILE]...\n", 2
    fold = str.lower if "i" in options else str
    found = [
        line for line in given.splitlines(keepends=True) if (fold(wanted[0]) in fold(line)) is not ("v" in options)
    ]
    text = f"{len(found)}\n" if "c" in options else "".join(found)
    return text, "", 0 if found else 1


def _ends(first: bool) -> Filter:
    def end(words: list[str], given: str) -> tuple[str, str, int]:
        digits = "".join(words).replace("-n", "").lstrip("-") or "10"
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
            return "", "invalid number of lines\n", 1
        lines, count = given.splitlines(keepends=True), int(digits)
        return "".join(lines[:count] if first else lines[len(lines) - min(count, len(lines)) :]), "", 0

    return end


def _wc(words: list[str], given: str) -> tuple[str, str, int]:
    counts = {"-l": given.count("\n"), "-w": len(given.split()), "-c": len(given.encode())}
    asked = [word for word in words if word in counts] or list(counts)
    return " ".join(str(counts[word]) for word in asked) + "\n", "", 0


def _sort(words: list[str], given: str) -> tuple[str, str, int]:
    lines = sorted(given.splitlines(), reverse="-r" in words)
    if "-u" in words:
        lines = list(dict.fromkeys(lines))
    return "".join(f"{line}\n" for line in lines), "", 0


_SUBSTITUTION = re.compile(r"s(?P<mark>[^\\\s\w])(?P<old>.+?)(?P=mark)(?P<new>.*?)(?P=mark)(?P<flags>g?)")


def _sed(words: list[str], given: str) -> tuple[str, str, int]:
    """Substitutions of fixed strings only: `sed -e "s/:/ /g"`."""
    scripts = [word for word in words if word not in {"-e", "--"}]
    text = given
    for script in scripts:
        found = _SUBSTITUTION.fullmatch(script)
        if found is None or set(found["old"]) & set(".*[]^$\\") or "&" in found["new"]:
            return "", f"sed: {script[:40]} is not a recognized function.\n", 2
        count = -1 if found["flags"] else 1
        text = "".join(line.replace(found["old"], found["new"], count) for line in text.splitlines(keepends=True))
    return (text, "", 0) if scripts else ("", "Usage: sed [-n] Script [File ...]\n", 2)


FILTERS: Mapping[str, Filter] = {
    "echo": _echo,
    "cat": _cat,
    "grep": _grep,
    "head": _ends(first=True),
    "tail": _ends(first=False),
    "more": _cat,
    "sed": _sed,
    "wc": _wc,
    "sort": _sort,
    "true": lambda words, given: ("", "", 0),
    ":": lambda words, given: ("", "", 0),
    "false": lambda words, given: ("", "", 1),
}
