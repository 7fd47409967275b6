"""The text tools that administrators put between commands on an AIX: `awk`, `sed`, `diff`, `sdiff`, `sh`."""

from __future__ import annotations

import difflib
import re

from bot.lab.fleet.aix.files import read
from bot.lab.fleet.aix.login import Login
from bot.lab.fleet.aix.words import Refused, getopt
from bot.lab.fleet.shell import Call

_AWK = re.compile(r"\s*(?:/(?P<pattern>[^/]*)/)?\s*(?:\{\s*print\b(?P<items>[^{}]*)\}\s*)?")
_ITEM = re.compile(r'\s*(?:"(?P<text>(?:[^"\\]|\\.)*)"|\$(?P<field>\d{1,4}|NF)|(?P<name>N[RF])|(?P<comma>,))\s*')
_SED = re.compile(r"s(?P<mark>[^\w\s\\])(?P<old>.*?)(?<!\\)(?P=mark)(?P<new>.*?)(?<!\\)(?P=mark)(?P<flag>g?)")
_WIDTH = 61  # of each side of sdiff
_LONGEST = 200  # of a pattern


def _input(login: Login, call: Call, command: str, paths: tuple[str, ...]) -> str:
    return "".join(call.given if path == "-" else read(login, command, path) for path in paths or ("-",))


def _pattern(command: str, text: str) -> re.Pattern[str]:
    """Repetitions aren't simulated: they could take for ever."""
    plain = re.sub(r"\[\^?\]?[^\]]*\]|\\.", "", text)
    if len(text) > _LONGEST or set(plain) & set("*+?{}()|"):
        raise Refused(f"{command}: 0602-404 Function {text[:40]} cannot be parsed.\n", 2)
    try:
        return re.compile(text)
    except re.error:
        raise Refused(f"{command}: 0602-404 Function {text[:40]} cannot be parsed.\n", 2) from None


# ── awk ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def awk(login: Login, call: Call) -> int:
    """`/pattern/ {print …}` with strings, fields, NR and NF: the one-liners that people know by heart."""
    usage = "Usage: awk [-F Character] 'Program' [File ...]\n"
    flags, rest = getopt(call.argv, "F:", usage, status=2)
    if not rest:
        raise Refused(usage, 2)
    found = _AWK.fullmatch(rest[0])
    if found is None or not rest[0].strip():
        raise Refused("awk: 0602-500 Quitting. The source line is 1.\nSyntax Error\n", 2)
    wanted = _pattern("awk", found["pattern"] or "")
    items = _items(found["items"] or "")
    lines = _input(login, call, "awk", rest[1:]).splitlines()
    made = []
    for number, line in enumerate(lines, 1):
        if wanted.search(line):
            fields = line.split(flags["F"][-1] or None) if "F" in flags else line.split()
            made.append("".join(_value(each, line, fields, number) for each in items) if items else line)
    await call.out("".join(f"{line}\n" for line in made))
    return 0


def _items(text: str) -> list[re.Match[str]]:
    found, at = [], 0
    while at < len(text.rstrip(" \t;")):
        item = _ITEM.match(text, at)
        if item is None:
            if text[at:].strip():
                raise Refused("awk: 0602-500 Quitting. The source line is 1.\nSyntax Error\n", 2)
            break
        found.append(item)
        at = item.end()
    return found


def _value(item: re.Match[str], line: str, fields: list[str], number: int) -> str:
    if item["text"] is not None:
        return item["text"].replace('\\"', '"').replace("\\t", "\t").replace("\\n", "\n")
    if item["comma"]:
        return " "
    if item["name"]:
        return str(number if item["name"] == "NR" else len(fields))
    place = len(fields) if item["field"] == "NF" else int(item["field"])
    return line if place == 0 else fields[place - 1] if place <= len(fields) else ""


# ── sed, diff, sdiff ─────────────────────────────────────────────────────────────────────────────────────────────────


async def sed(login: Login, call: Call) -> int:
    """Substitutions alone."""
    usage = "Usage: sed [-n] [-e Script] Script [File ...]\n"
    flags, rest = getopt(call.argv, "e:", usage, status=2)
    scripts, paths = (flags["e"], rest) if "e" in flags else (rest[:1], rest[1:])
    found = [_SED.fullmatch(each) for each in scripts]
    if not found or None in found:
        raise Refused(f"sed: 0602-404 Function {' '.join(scripts)[:40]} cannot be parsed.\n", 2)
    changes = [
        (_pattern("sed", each["old"]), each["new"].replace("\\" + each["mark"], each["mark"]), 0 if each["flag"] else 1)
        for each in found
        if each is not None
    ]
    for line in _input(login, call, "sed", tuple(paths)).splitlines():
        for old, new, count in changes:
            line = old.sub(lambda _, new=new: new, line, count=count)  # type: ignore[misc]
        await call.out(f"{line}\n")
    return 0


async def diff(login: Login, call: Call) -> int:
    before, after = _two(login, call, "Usage: diff File1 File2\n")
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            letter = {"replace": "c", "delete": "d", "insert": "a"}[kind]
            await call.out(f"{_span(a, b)}{letter}{_span(c, d)}\n")
            await call.out("".join(f"< {line}\n" for line in before[a:b]) + ("---\n" if letter == "c" else ""))
            await call.out("".join(f"> {line}\n" for line in after[c:d]))
    return int(before != after)


def _span(start: int, end: int) -> str:
    """From 1; nothing is named by what stands before it."""
    if end - start > 1:
        return f"{start + 1},{end}"
    return str(start + 1 if end > start else start)


async def sdiff(login: Login, call: Call) -> int:
    """Side by side; `-s` leaves out what is alike, `-l` prints of that the left alone."""
    flags, _ = getopt(call.argv, "sl", "Usage: sdiff [-l | -s] File1 File2\n", status=2)
    before, after = _two(login, call, "Usage: sdiff [-l | -s] File1 File2\n")
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal" and "s" in flags:
            continue
        for n in range(max(b - a, d - c)):
            left, right = before[a + n] if a + n < b else "", after[c + n] if c + n < d else ""
            mark = " " if kind == "equal" else "<" if c + n >= d else ">" if a + n >= b else "|"
            right = "" if kind == "equal" and "l" in flags else right
            await call.out(f"{left[:_WIDTH]:<{_WIDTH}} {mark} {right[:_WIDTH]}".rstrip() + "\n")
    return int(before != after)


def _two(login: Login, call: Call, usage: str) -> tuple[list[str], list[str]]:
    paths = tuple(each for each in call.argv[1:] if not each.startswith("-") or each == "-")
    if len(paths) != 2:
        raise Refused(usage, 2)
    before, after = (_input(login, call, call.argv[0], (path,)).splitlines() for path in paths)
    return before, after
