"""Faults on demand: what a line, a host or a program may do to an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Raw: TypeAlias = Callable[[], Iterable[bytes]]  # pieces, so that a long one needs no room


def _one(text: bytes) -> Raw:
    return lambda: (text,)


RAW: Mapping[str, Raw] = {
    "empty": _one(b""),
    "not-utf8": _one(b"name=db01,state=\xff\xfe\x80Running\n"),
    "cut-in-char": _one("Nie znaleziono wyników"[:19].encode() + "ó".encode()[:1]),
    "garbage": _one(bytes(range(256)) * 16),
    "long-line": lambda: (b"x" * 65536 for _ in range(800)),  # 50 MiB without a line's end
    "markup": _one(b"<!channel> *bold* `tick` &amp; <@U012AB3CD> <https://example.invalid|click>\n"),
}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Befalls the next command whose line holds `matching`. A number of bytes counts those of the answer."""

    matching: str = ""
    raw: Raw | None = None  # in place of the answer; the command doesn't run
    exit_status: int = 0  # with `raw`
    cut_after: int | None = None  # then the connection is gone
    stall_after: int | None = None  # then nothing comes any more
    pace: float | None = None  # bytes a second


def fault(
    *,
    matching: str = "",
    raw: str | bytes | None = None,
    exit_status: int = 0,
    cut_after: int | None = None,
    stall_after: int | None = None,
    pace: float | None = None,
) -> Fault:
    """`raw` is one of the names in RAW, or the bytes themselves."""
    made = RAW[raw] if isinstance(raw, str) else None if raw is None else _one(raw)
    return Fault(
        matching=matching, raw=made, exit_status=exit_status, cut_after=cut_after, stall_after=stall_after, pace=pace
    )
