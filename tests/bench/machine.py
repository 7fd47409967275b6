"""What the figures were measured on, with nothing in it that names the machine."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path


def described(folder: Path) -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("asyncssh", "slack-bolt", "pydantic"))
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {_memory_gib():.0f} GiB of memory, {platform.system()}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}; "
        f"data on {_filesystem(folder)}."
    )


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _memory_gib() -> float:
    size: int = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return size / 2**30


def _filesystem(folder: Path) -> str:
    """Its kind matters: a commit to a tmpfs costs nothing."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return "a file system of unknown kind"
    rows = (line.split()[:3] for line in mounts.read_text(encoding="utf-8").splitlines())
    holding = [(len(Path(at).parts), kind) for _, at, kind in rows if folder.resolve().is_relative_to(at)]
    return max(holding)[1]
