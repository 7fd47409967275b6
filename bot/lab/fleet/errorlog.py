"""Error-log entries, and the lines that `errpt` and `errlog` print of them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

ROOM = 500  # entries that a log holds before the oldest are overwritten
HEADER = "IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`type`: I information, P permanent, T temporary, U unknown. `klass`: H hardware, S software, O operator."""

    identifier: str
    type: str
    klass: str
    description: str


BECOME_PRIMARY = Kind(identifier="E136EAFA", type="I", klass="H", description="BECOME PRIMARY")
BECOME_BACKUP = Kind(identifier="40D97644", type="I", klass="H", description="BECOME BACKUP")
LOGGING_ON = Kind(identifier="9DBCFDEE", type="T", klass="O", description="ERROR LOGGING TURNED ON")
LOGGING_OFF = Kind(identifier="192AC071", type="T", klass="O", description="ERROR LOGGING TURNED OFF")

# The identifier and its label, EPOW_SUS_CHRP, are known; class, type, resource and words are unverified.
POWER_GOES = Kind(identifier="BE0A03E5", type="P", klass="H", description="ENVIRONMENTAL PROBLEM")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """`stamp` is what the host's own clock showed: seconds, as UTC."""

    kind: Kind
    stamp: float
    resource: str
    sequence: int = 0

    def line(self) -> str:
        """As in the brief listing; the time has minutes, the description 40 characters."""
        kind = self.kind
        stamp = time.strftime("%m%d%H%M%y", time.gmtime(self.stamp))
        return f"{kind.identifier:<10} {stamp} {kind.type} {kind.klass} {self.resource:<14} {kind.description[:40]}"


def added(log: tuple[Entry, ...], entry: Entry) -> tuple[Entry, ...]:
    """The log, oldest first, with one more entry. What it has no room for is gone without a word."""
    return (*log, entry)[-ROOM:]


def brief(log: Iterable[Entry]) -> str:
    """Newest first; an empty log prints nothing at all."""
    lines = [f"{each.line()}\n" for each in reversed(tuple(log))]
    return HEADER + "".join(lines) if lines else ""
