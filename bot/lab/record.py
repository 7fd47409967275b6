"""`hscbot lab record`: a real machine's answer, scrubbed, as a recording of the tests: the text and what it means."""

from __future__ import annotations

import difflib
import json
import os
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.console import Console, Host, Stops
from bot.lab.scrubbing import Scrubber
from handlers import entstat, hmcout, networks
from handlers.explain import explain
from policies.problems import Problem

DEADLINE = 300.0  # seconds
MOST = 4 * 1024 * 1024  # bytes of an answer
_READS = frozenset({"entstat", "errlog", "errpt", "ifconfig", "ioslevel", "netstat", "oslevel"})
_LISTS = frozenset(  # whose answers are lists as handlers.hmcout reads them
    {"lshmc", "lshwres", "lslparmigr", "lsmemopt", "lsrefcode", "lssvcevents", "lssyscfg", "lssysconn"}
)
_TUNERS = frozenset({"no", "vmo", "schedo", "ioo"})
_LIVE = frozenset(";|&`$()<>\n\\'\"{}*?#~!")  # to the shell of a VIOS
_SEA = re.compile(r"ent\d{1,4}")
_NAMES = ("-m", "-t", "-p", "-n", "-u", "--ip", "--filter")
_MEANING = {"code", "path", "section", "known", "rmc_rc", "os_rc"}  # of a finding, as tests/recorded has it


class MayChange(Problem):
    code = "record-may-change"
    sentence = "{command} might change something, so I don't send it from here."
    why = (
        "A recording takes no approval, so it may only read: ls…, migrlpar -o v, entstat, errpt and such, one command."
    )
    remedy = "Record a command that reads. What changes machines is asked for in Slack."


class NoParser(Problem):
    code = "record-no-parser"
    sentence = "Nothing here reads the answer of {command} yet, so there is no meaning to write beside it."
    why = "A recording without its meaning would test nothing."
    remedy = "Write its parser in handlers/ first, with this answer in mind; then name it in bot/lab/record.py."


class RecordingUnread(Problem):
    code = "record-unreadable"
    sentence = "The answer of {command} isn't in the form that its parser reads: {reason}"
    why = "A recording is an answer that is understood. That one isn't is worth a report: it may be a form that is new."
    remedy = "Look at what the machine printed; with -F, name each field once."


class Unfinished(Problem):
    code = "record-unfinished"
    sentence = "{host} gave no whole answer: {reason}."
    why = "Half an answer would be recorded as if it were one."
    remedy = "Look at the host, then record again."


class RecordingThere(Problem):
    code = "recording-there"
    sentence = "{path} is there already."
    why = "A recording is what some machine once said; another one doesn't take its place."
    remedy = "Give another name with --out."


@dataclass(frozen=True, kw_only=True)
class Recording:
    raw: str
    meaning: str  # JSON
    replaced: dict[str, str]
    original: str

    @property
    def diff(self) -> list[str]:
        """From what the machine said to what would be written."""
        return list(
            difflib.unified_diff(
                self.original.splitlines(), self.raw.splitlines(), "as answered", "as recorded", lineterm="", n=0
            )
        )


async def taken(host: Host, command: str, *, stops: Stops, names: Iterable[str] = ()) -> Recording:
    """Logs in once, sends exactly that command, and scrubs what comes. A refused login is kept in `stops`, as the bot
    keeps it, and one that is kept there isn't tried again."""
    argv = words_of(command)
    meaning = parser_of(argv)
    text = await _answer(host, argv, stops)
    return made(text, argv, host, meaning, names=names)


def made(text: str, argv: Sequence[str], host: Host, meaning: Meaning, *, names: Iterable[str] = ()) -> Recording:
    scrubber = Scrubber(names=[*names, host.name, host.address, host.user, *_said(argv)])
    scrubbed = scrubber.scrub(text, fields=_fields(argv))
    try:
        told = meaning(scrubbed.text)
    except ValueError as fault:
        raise RecordingUnread(command=argv[0], reason=fault) from None
    return Recording(raw=scrubbed.text, meaning=told, replaced=dict(scrubbed.replaced), original=text)


def written(recording: Recording, out: Path) -> tuple[Path, Path]:
    """Both files, or none: `out` with .raw, and with .json."""
    pair = out.with_name(out.name + ".raw"), out.with_name(out.name + ".json")
    for path in pair:
        if path.exists():
            raise RecordingThere(path=path)
    out.parent.mkdir(parents=True, exist_ok=True)
    for path, text in zip(pair, (recording.raw, recording.meaning), strict=True):
        made_at = path.with_name(path.name + ".new")
        made_at.write_text(text, encoding="utf-8", newline="")
        os.replace(made_at, path)
    return pair


def words_of(command: str) -> tuple[str, ...]:
    """The words of a command that only reads; MayChange for any other."""
    try:
        argv = tuple(shlex.split(command))
    except ValueError:
        argv = ()
    if not argv or not _reads(argv):
        raise MayChange(command=command)
    return argv


def _reads(argv: Sequence[str]) -> bool:
    first = argv[0]
    if first == "migrlpar":
        return _value(argv, "-o") == "v" and [word for word in argv if word.startswith(("-o", "--o"))] == ["-o"]
    if first == "viosvrcmd":
        inner = _value(argv, "-c") or ""
        return not _LIVE & set(inner) and bool(inner.split()) and _reads(inner.split()) and argv.count("-c") == 1
    if first in _TUNERS:
        return all(word.startswith("-") and not set(word) - set("-aFxL") for word in argv[1:])
    return first in _READS or (first.startswith("ls") and first.isalnum() and first.isascii())


def _value(argv: Sequence[str], flag: str) -> str | None:
    following = argv.index(flag) + 1 if flag in argv else len(argv)
    return argv[following] if following < len(argv) else None


def _said(argv: Sequence[str]) -> list[str]:
    """The names in the command."""
    found = [_value(argv, flag) or "" for flag in _NAMES]
    filtered = [part for part in found.pop().replace('"', ",").split(",") if part]
    return [*found, *(part.partition("=")[2] or part for part in filtered)]


def _fields(argv: Sequence[str]) -> tuple[str, ...]:
    asked = _value(argv, "-F")
    return tuple(asked.split(",")) if asked and not asked.startswith("-") else ()


# ── meaning ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Meaning = Callable[[str], str]


def parser_of(argv: Sequence[str]) -> Meaning:
    """What makes JSON of an answer, in the form that tests/recorded has it in; NoParser where there is none yet."""
    if argv[0] == "migrlpar":
        return _findings
    if argv[0] == "viosvrcmd":
        return _on_vios((_value(argv, "-c") or "").split())
    if argv[0] in _LISTS and "--header" not in argv:
        fields = _fields(argv)
        return (lambda text: _rows(hmcout.values(text, fields))) if fields else (lambda text: _rows(hmcout.pairs(text)))
    raise NoParser(command=" ".join(argv[:1]))


def _on_vios(argv: Sequence[str]) -> Meaning:
    if argv[0] == "entstat" and _SEA.fullmatch(argv[-1]) and {"-all", "-d"} & set(argv):
        return lambda text: _indented(entstat.sea(text, argv[-1]).model_dump(mode="json"))
    if list(argv) == ["lsmap", "-all", "-net", "-fmt", ","]:
        return lambda text: _indented([each.model_dump(mode="json") for each in networks.bridges(text)])
    raise NoParser(command=f"viosvrcmd -c {' '.join(argv)}")


def _indented(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _findings(text: str) -> str:
    return _rows([each.model_dump(mode="json", include=_MEANING) for each in explain(text.split("\n"))])


def _rows(rows: Sequence[dict[str, Any]]) -> str:
    """One object a line."""
    return "[\n" + ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows) + "\n]\n" if rows else "[]\n"


# ── the machine ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def _answer(host: Host, argv: Sequence[str], stops: Stops) -> str:
    pieces: list[bytes] = []

    async def keep(piece: bytes) -> None:
        pieces.append(piece)
        if sum(map(len, pieces)) > MOST:
            raise Unfinished(host=host.name, reason=f"it is longer than {MOST} bytes")

    console = Console({host.name: host}, stops)
    try:
        answer = await console.run(host.name, argv, deadline=DEADLINE, feed=keep)
    finally:
        await console.close()
    if answer.exit_status is None:
        raise Unfinished(host=host.name, reason=answer.lost)
    try:
        return b"".join(pieces).decode()
    except UnicodeDecodeError:
        raise Unfinished(host=host.name, reason="it isn't UTF-8") from None
