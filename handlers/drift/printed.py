"""What an AIX prints of a session, of its file sets and of a file: `ulimit -a`, `env`, `lslpp -Lqc`, `oslevel -s`."""

from __future__ import annotations

import hashlib

from handlers.aix import session, software
from handlers.drift.value import Reading, Seal, Value, keyed, unmarked, whole

_BYTES = {"blocks": 512, "kbytes": 1024, "bytes": 1}  # a block is one of 512 bytes, whatever the file system has
_MOST_TEXT = 100_000  # characters of a file; of a longer one the digest alone is kept


def limits(text: str) -> Reading:
    """Sizes in bytes, whatever unit they were printed in; or Unreadable."""
    found: dict[str, Value] = {}
    for each in session.limits(whole(text)):
        size = "unlimited" if each.value is None else str(each.value * _BYTES.get(each.unit, 1))
        keyed(found, each.name, Value(size))
    return found


def environment(text: str, seal: Seal = unmarked) -> Reading:
    """Every variable, or Unreadable; of one that may hold a secret, a seal that tells whether it changed."""
    found: dict[str, Value] = {}
    for name, value in session.variables(whole(text)).items():
        told = f"hidden, mark {seal(f'{name}={value}')}" if session.is_secret(name, value) else value.strip()
        keyed(found, name, Value(told))
    return found


def filesets(text: str) -> Reading:
    """Each file set's level and state, or Unreadable. Of a package that is there more than once, all its levels."""
    told: dict[str, set[str]] = {}
    for each in software.file_sets(whole(text)):
        told.setdefault(each.name, set()).add(each.level + ("" if each.state == "C" else f" {each.state}"))
    found: dict[str, Value] = {}
    for name, levels in told.items():
        keyed(found, name, Value(", ".join(sorted(levels))))
    return found


def level(text: str) -> Reading:
    return {"level": Value(software.level(whole(text)))}


def content(text: str) -> Reading:
    """A file by its digest, and its text where that isn't too long to be shown."""
    size = len(text.encode())
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return {"content": Value(f"{size} bytes, sha256 {mark}", text=text if len(text) <= _MOST_TEXT else None)}


def sealed_content(text: str, seal: Seal = unmarked) -> Reading:
    """The same of a file whose text is nobody's business: a plain digest could be guessed from."""
    return {"content": Value(f"{len(text.encode())} bytes, mark {seal(text)}")}
