"""What a VIOS has to hand out, as it tells it itself: disks, storage pools, backing devices, and optical media.

The forms with a delimiter are asked for: their columns are known. Those of lssp and lsrep are unverified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.hmcout import Unreadable
from policies.words import Frozen

DISKS = ("lspv", "-fmt", ",")
POOLS = ("lssp", "-fmt", ",")
DEFAULT = ("lssp", "-default", "-fmt", ",")
MEDIA = ("lsrep",)
ROOT = "rootvg"

_DISK = re.compile(r"[a-zA-Z]{2,12}\d{1,5}", re.ASCII)
_PVID = re.compile(r"[0-9a-fA-F]{16}(?:[0-9a-fA-F]{16})?", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", re.ASCII)
_HEADING = "Size(mb) Free(mb) Parent Pool Parent Size Parent Free"
_MEDIA = "Name File Size Optical Access"


class Disk(Frozen):
    """`pvid` and `group` are empty where it has none."""

    name: str
    pvid: str
    group: str


class Pool(Frozen):
    """Sizes in MB; `devices`: how many backing devices are cut from it."""

    name: str
    size: int
    free: int
    devices: int
    kind: str  # LVPOOL or FBPOOL


class Backing(Frozen):
    """A backing device of a pool, once for each target on it; without one, `target` is empty. `size` in MB."""

    name: str
    pool: str
    size: int
    target: str = ""
    vhost: str = ""


class Medium(Frozen):
    name: str
    size: int  # MB
    drives: tuple[str, ...]  # the targets that it is loaded into
    is_read_only: bool


class Repository(Frozen):
    """`size` and `free` in MB, `room`: what its pool has left for it to grow."""

    size: int
    free: int
    pool: str
    room: int
    media: tuple[Medium, ...] = ()

    def medium(self, name: str) -> Medium | None:
        return next((each for each in self.media if each.name == name), None)


def disks_of(pool: str) -> tuple[str, ...]:
    return ("lssp", "-detail", "-sp", pool, "-fmt", ",")


def devices_of(pool: str) -> tuple[str, ...]:
    return ("lssp", "-bd", "-sp", pool, "-fmt", ",")


def attribute_of(device: str, name: str) -> tuple[str, ...]:
    return ("lsdev", "-dev", device, "-attr", name)


# ── what they print ───────────────────────────────────────────────────────────────────────────────────────────────


def disks(text: str) -> tuple[Disk, ...]:
    """Of `DISKS`, or Unreadable; a VIOS without a disk wouldn't run."""
    found = tuple(_disk(words) for words in _rows(text, 4))
    if not found or len({each.name for each in found}) != len(found):
        raise Unreadable("no disk, or two of one name")
    return found


def pools(text: str) -> tuple[Pool, ...]:
    """Of `POOLS` or `DEFAULT`, or Unreadable; rootvg at least is there."""
    found = tuple(_pool(words) for words in _rows(text, 6))
    if not found:
        raise Unreadable("the answer is empty")
    return found


def members(text: str) -> dict[str, int]:
    """Of `disks_of`: each disk of a pool and its size in MB, or Unreadable."""
    found = {_named(words[0], _DISK): _number(words[2]) for words in _rows(text, 3)}
    if not found:
        raise Unreadable("the answer is empty")
    return found


def backings(text: str, pool: str) -> tuple[Backing, ...]:
    """Of `devices_of`, or Unreadable; it prints nothing where nothing is cut from the pool."""
    return tuple(_backing(words, pool) for words in _rows(text, 4))


def value(text: str) -> tuple[str, ...]:
    """Of `attribute_of`: its one value, as one word; none where it is empty. Or Unreadable."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != "value" or len(lines) > 2:
        raise Unreadable(f"not one value: {text[:120]!r}")
    return tuple(lines[1:])


def repository(text: str) -> Repository:
    """Of `MEDIA`, or Unreadable."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or " ".join(lines[0].split()) != _HEADING:
        raise Unreadable(f"not a repository: {text[:120]!r}")
    words = lines[1].split()
    if len(words) != 5:
        raise Unreadable(f"not a repository: {lines[1][:120]!r}")
    media: list[Medium] = []
    if len(lines) > 2 and " ".join(lines[2].split()) != _MEDIA:
        raise Unreadable(f"not the heading of media: {lines[2][:120]!r}")
    for line in lines[3:]:
        _medium(line, media)
    size, free, room = (_number(words[at]) for at in (0, 1, 4))
    return Repository(size=size, free=free, pool=_named(words[2], _NAME), room=room, media=tuple(media))


def _medium(line: str, media: list[Medium]) -> None:
    """One more, or one more drive that the last one is loaded into: what can only be read can be in several."""
    words = line.split()
    if len(words) == 1 and media and line[0].isspace():
        media[-1] = media[-1].model_copy(update={"drives": (*media[-1].drives, _named(words[0], _NAME))})
        return
    if len(words) != 4 or words[3] not in ("ro", "rw"):
        raise Unreadable(f"not a medium: {line[:120]!r}")
    drives = () if words[2] == "None" else (_named(words[2], _NAME),)
    name, size = _named(words[0], _NAME), _number(words[1])
    media.append(Medium(name=name, size=size, drives=drives, is_read_only=words[3] == "ro"))


def _rows(text: str, count: int) -> Iterator[list[str]]:
    for line in text.splitlines():
        words = [word.strip() for word in line.split(",")]
        if len(words) != count:
            raise Unreadable(f"{len(words)} columns where {count} were asked for: {line[:120]!r}")
        yield words


def _disk(words: list[str]) -> Disk:
    name, pvid, group, _ = words
    if pvid != "none" and not _PVID.fullmatch(pvid):
        raise Unreadable(f"not a physical volume id: {pvid[:60]!r}")
    return Disk(
        name=_named(name, _DISK),
        pvid="" if pvid == "none" else pvid.lower()[:16],
        group="" if group == "None" else _named(group, _NAME),
    )


def _pool(words: list[str]) -> Pool:
    name, size, free, _, devices, kind = words
    if kind not in ("LVPOOL", "FBPOOL"):
        raise Unreadable(f"not a kind of storage pool: {kind[:60]!r}")
    return Pool(name=_named(name, _NAME), size=_number(size), free=_number(free), devices=_number(devices), kind=kind)


def _backing(words: list[str], pool: str) -> Backing:
    name, size, target, vhost = words
    if (target == "None") != (vhost == "None"):
        raise Unreadable(f"a target without an adapter: {','.join(words)[:120]!r}")
    on = {} if target == "None" else {"target": _named(target, _NAME), "vhost": _named(vhost, _NAME)}
    return Backing(name=_named(name, _NAME), pool=pool, size=_number(size), **on)


def _named(word: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(word):
        raise Unreadable(f"not a name: {word[:60]!r}")
    return word


def _number(word: str) -> int:
    if not (word.isascii() and word.isdigit()):
        raise Unreadable(f"not a number of megabytes: {word[:60]!r}")
    return int(word)


def megabytes(size: str) -> int:
    """Of a size as it is typed: `20G`, `512m`."""
    return int(size[:-1]) * (1024 if size[-1] in "Gg" else 1)
