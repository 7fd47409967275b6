"""What an AIX prints of a session, of its file sets and of a file: `ulimit -a`, `env`, `lslpp -Lqc`, `oslevel -s`."""

from __future__ import annotations

import hashlib
import re
from fnmatch import fnmatchcase

from handlers.drift.value import Reading, Seal, Value, keyed, printed_lines, unmarked
from handlers.hmcout import Unreadable

_LIMIT = re.compile(r"([a-z]+)\(([a-z ]+)\) +(unlimited|\d{1,19})")
_BYTES = {"blocks": 512, "kbytes": 1024, "bytes": 1}  # a block is one of 512 bytes, whatever the file system has
_VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_%.]{0,150})=(.*)")
_LEVEL = re.compile(r"\d{4}-\d{2}-\d{2}-\d{4}")
_STATES = frozenset("ABCEO?")
# Variables whose values are no secret on any AIX; any other may be one, whatever it is called.
PLAIN = (
    *("PATH", "LIBPATH", "LD_LIBRARY_PATH", "MANPATH", "NLSPATH", "LOCPATH", "FPATH", "CLASSPATH", "ODMDIR", "ENV"),
    *("HOME", "PWD", "OLDPWD", "SHELL", "SHLVL", "TERM", "COLUMNS", "LINES", "LOGIN", "LOGNAME", "USER", "MAIL", "_"),
    *("TZ", "LANG", "LC_*", "EDITOR", "VISUAL", "PAGER", "TMOUT", "TMPDIR", "HOSTNAME", "EXTENDED_HISTORY", "HIST*"),
    *("AIXTHREAD_*", "LDR_CNTRL", "MALLOC*", "MEMORY_AFFINITY", "NUM_SPAREVP", "PSALLOC", "NODISCLAIM", "SPINLOOPTIME"),
    *("YIELDLOOPTIME", "XPG_*", "CORE_*", "DISPLAY", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY", "AUTHSTATE"),
    *("JAVA_HOME", "ORACLE_HOME", "ORACLE_BASE", "ORACLE_SID", "DB2INSTANCE", "NLS_LANG"),
)
_MOST_TEXT = 100_000  # characters of a file; of a longer one the digest alone is kept


def limits(text: str) -> Reading:
    """Sizes in bytes, whatever unit they were printed in; or Unreadable."""
    found: dict[str, Value] = {}
    for line in printed_lines(text):
        told = _LIMIT.fullmatch(line.strip())
        if told is None:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        name, unit, value = told.groups()
        size = _BYTES.get(unit)
        keyed(found, name, Value(value if value == "unlimited" else str(int(value) * (size or 1))))
    if not found:
        raise Unreadable("it tells no limit")
    return found


def environment(text: str, seal: Seal = unmarked) -> Reading:
    """Every variable, or Unreadable; of one that may hold a secret, a seal that tells whether it changed."""
    found: dict[str, Value] = {}
    for line in printed_lines(text):
        told = _VARIABLE.fullmatch(line)
        if told is None:
            raise Unreadable("it has a line that is no NAME=value")  # not shown: it can be part of a secret
        name, value = told.groups()
        keyed(found, name, Value(value.strip() if _is_plain(name, value) else f"hidden, mark {seal(line)}"))
    if not found:
        raise Unreadable("it tells no variable")
    return found


def _is_plain(name: str, value: str) -> bool:
    """An address can have a password in it, wherever it stands."""
    return "://" not in value and any(fnmatchcase(name, each) for each in PLAIN)


def filesets(text: str) -> Reading:
    """Each file set's level and state, or Unreadable. Of a package that is there more than once, all its levels."""
    told: dict[str, set[str]] = {}
    for line in printed_lines(text):
        cells = line.split(":")
        if line.startswith("#Package Name:") and not told:
            continue
        if len(cells) < 8 or len(line) > 2_000 or not cells[1].strip() or cells[5].strip() not in _STATES:
            raise Unreadable(f"it has a line that I don't know: {line.strip()[:120]!r}")
        state = cells[5].strip()
        level = cells[2].strip() + ("" if state == "C" else f" {state}")
        told.setdefault(cells[1].strip().replace("/", "|"), set()).add(level)
    found: dict[str, Value] = {}
    for name, levels in told.items():
        keyed(found, name, Value(", ".join(sorted(levels))))
    if not found:
        raise Unreadable("it lists no file set")
    return found


def level(text: str) -> Reading:
    told = "".join(printed_lines(text)).strip()
    if not _LEVEL.fullmatch(told):
        raise Unreadable(f"that is no level: {told[:120]!r}")
    return {"level": Value(told)}


def content(text: str) -> Reading:
    """A file by its digest, and its text where that isn't too long to be shown."""
    size = len(text.encode())
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return {"content": Value(f"{size} bytes, sha256 {mark}", text=text if len(text) <= _MOST_TEXT else None)}


def sealed_content(text: str, seal: Seal = unmarked) -> Reading:
    """The same of a file whose text is nobody's business: a plain digest could be guessed from."""
    return {"content": Value(f"{len(text.encode())} bytes, mark {seal(text)}")}
