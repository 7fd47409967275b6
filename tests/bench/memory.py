"""Resident memory of a process, as the kernel tells it; None where there is no /proc."""

from __future__ import annotations

import contextlib
from pathlib import Path

MIB = 1024 * 1024


def resident(pid: int | str = "self") -> int | None:
    """Bytes now."""
    return _told(pid, "VmRSS")


def peak(pid: int | str = "self") -> int | None:
    """Bytes at most, since the start or since `forget_peak`.

    Not `ru_maxrss`: that one is inherited from whoever started the process.
    """
    return _told(pid, "VmHWM")


def forget_peak() -> None:
    """Count this process's peak from here on."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _told(pid: int | str, name: str) -> int | None:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def shown(size: float | None) -> str:
    return "not measured: no /proc" if size is None else f"{size / MIB:.1f} MiB"
