"""The audit chain: each row's mac covers the row and the mac before it, with a key that lies outside the database."""

from __future__ import annotations

import hmac
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from types import NoneType
from typing import Any, TypeAlias

FIRST = "0" * 64
SEALED = ("seq", "at", "person", "action", "request", "channel", "host", "body")
# seq → mac, as noted outside the database; None: it was noted in two ways.
Anchors: TypeAlias = Mapping[int, str | None]
_NOTE = re.compile(r"(?<![0-9])([0-9]{1,18})[ \t]+([0-9a-f]{64})(?![0-9a-f])")
_NUMBER = (int, NoneType)


def told(
    prev: str,
    seq: int,
    at: str,
    person: str,
    action: str,
    request: int | None,
    channel: str | None,
    host: str | None,
    body: str,
) -> bytes:
    """What is sealed: the list of these as json.dumps writes it, made in a third of its time."""
    if type(seq) is not int or type(request) not in _NUMBER:
        raise TypeError("a row's numbers are whole numbers")
    return (
        f"[{quoted(prev)},{seq},{quoted(at)},{quoted(person)},{quoted(action)},"
        f"{'null' if request is None else request},{'null' if channel is None else quoted(channel)},"
        f"{'null' if host is None else quoted(host)},{quoted(body)}]"
    ).encode()


def seal(key: bytes, row: Mapping[str, Any], prev: str) -> str:
    """HMAC-SHA-256 (hex) of a row, chained to the one before."""
    return hmac.new(key, told(prev, *(row[name] for name in SEALED)), "sha256").hexdigest()


@dataclass(frozen=True)
class Checked:
    """What a check of the chain found. `row` is the first that fails, None where all hold."""

    rows: int
    row: int | None = None
    fault: str = ""


def check(rows: Iterator[tuple[Any, ...]], key: bytes, anchors: Anchors) -> Checked:
    """Walk the chain from its first row: SEALED, prev and mac of each."""
    prev, count, keyed = FIRST, 0, hmac.new(key, digestmod="sha256")
    try:
        for seq, at, person, action, request, channel, host, body, before, mac in rows:
            if seq != count + 1:
                return Checked(count, count + 1, f"row {count + 1} is missing: the next one there is {seq}")
            sealed = keyed.copy()
            sealed.update(told(prev, seq, at, person, action, request, channel, host, body))
            if before != prev or mac != sealed.hexdigest():
                return Checked(count, seq, f"row {seq} was changed, or was not written with this key")
            if seq in anchors and anchors[seq] != mac:
                return Checked(count, seq, f"row {seq} is not the one that was anchored: another database?")
            prev, count = mac, seq
    except (TypeError, ValueError):
        return Checked(count, count + 1, f"row {count + 1} was changed: it holds what no row can hold")
    except sqlite3.Error as fault:
        return Checked(count, count + 1, f"row {count + 1} can't be read: {fault}")
    return _to_the_last(count, anchors)


def _to_the_last(count: int, anchors: Anchors) -> Checked:
    last = max(anchors, default=0)
    if last > count:
        return Checked(
            count, count + 1, f"rows {count + 1} to {last} are missing: they were anchored, so the tail was cut"
        )
    if count and not anchors:
        return Checked(count, count, "the anchor is missing: a cut tail could not be told")
    return Checked(count)


def noted(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Row numbers with their macs, wherever they stand in lines of an anchor file, of syslog, or of a post in Slack."""
    for line in lines:
        for found in _NOTE.finditer(line):
            yield int(found[1]), found[2]


def gathered(notes: Iterable[tuple[int, str]]) -> dict[int, str | None]:
    """All notes as one; a row that was noted in two ways fits no chain."""
    anchors: dict[int, str | None] = {}
    for seq, mac in notes:
        if anchors.setdefault(seq, mac) != mac:
            anchors[seq] = None
    return anchors
