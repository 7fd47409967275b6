"""Network tunables of a VIOS: `optimizenet`, which is AIX's `no`."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pydantic import Field

from handlers.changing import Change, Guard, Lasts
from handlers.heard import Reads
from handlers.hmcout import Unreadable
from handlers.names import AttributeName, AttributeValue
from handlers.padmin.attributes import Limits
from handlers.padmin.printed import matched, some
from handlers.place import Place
from policies.words import Effect, Frozen

# The columns are as wide as their values: a large MAX runs into the unit behind it.
_ROW = re.compile(
    r"(?P<name>[a-z][a-z0-9_]{0,63}) +(?P<current>\S+) +(?P<default>\S+) +(?P<reboot>\S+) +(?P<least>\S+) +"
    r"(?P<most>-?\d+[KMGTPE]?|\{\S*\}|[0-9a-zA-Z.]+?)(?: *(?P<unit>[a-z_][a-z_/%(). ]*?))? +(?P<kind>[DBRIMCSd])",
    re.ASCII,
)
_FIXED = re.compile(r"(?P<name>[a-z][a-z0-9_]{0,63}) +(?P<current>\S+)(?: +\S+){0,4} +S", re.ASCII)
_HEADING = re.compile(r"NAME +CUR +DEF +BOOT +MIN +MAX +UNIT +TYPE")
_RULE = re.compile(r"-{10,}")
_BESIDE = re.compile(r" +(?:DEPENDENCIES|[a-z][a-z0-9_, ]*)")
_KINDS = {"D": "it can be set at any time", "C": "it holds for connections that come", "R": "a restart alone sets it",
          "B": "a restart alone sets it", "I": "it can only grow", "M": "it holds for what is mounted then",
          "S": "it is fixed", "d": "it is no longer used"}  # fmt: skip
_AT_RESTART, _FIXED_KINDS = "RB", "Sd"
_UNITS = {"K": 10, "M": 20, "G": 30, "T": 40, "P": 50, "E": 60}


class Tunable(Frozen):
    """`reboot`: what it is from the next restart on; `kind`: AIX's letter."""

    name: str
    current: str
    reboot: str
    limits: Limits
    kind: str


def tunable(text: str) -> Tunable:
    """Of `optimizenet -list NAME`, or Unreadable."""
    rows = [line for line in some(text) if not any(form.fullmatch(line) for form in (_HEADING, _RULE, _BESIDE))]
    if len(rows) != 1:
        raise Unreadable(f"{len(rows)} lines where one tells of it: {text.strip()[:120]!r}")
    row = rows[0].rstrip()
    if (fixed := _FIXED.fullmatch(row)) is not None:
        return Tunable(name=fixed["name"], current=fixed["current"], reboot=fixed["current"], limits=Limits(), kind="S")
    found = matched(_ROW, row)
    least, most = _number(found["least"]), _number(found["most"])
    limits = Limits(least=least, most=most) if least is not None and most is not None else Limits()
    return Tunable(
        name=found["name"], current=found["current"], reboot=found["reboot"], limits=limits, kind=found["kind"]
    )


class SetTunable(Change[Tunable]):
    """Set a network tunable of a VIOS: for now, from the next restart on, or both."""

    verb: ClassVar[str] = "set-tunable"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "set-tunable p75vio1 tcp_sendspace 262144 holds=both"

    tunable: AttributeName = Field(
        description="the tunable", json_schema_extra={"place": 1, "example": "tcp_sendspace", "other": "tcp_recvspace"}
    )
    value: AttributeValue = Field(
        description="its value", json_schema_extra={"place": 2, "example": "262144", "other": "131072"}
    )
    holds: Literal["now", "restart", "both"] = Field(default="now", description="from when on, and how long")

    def look_at(self, place: Place) -> Reads[Tunable]:
        return (yield from self.asked(place, ("optimizenet", "-list", self.tunable), tunable))

    def guards(self, before: Tunable) -> tuple[Guard, ...]:
        seen = f"{_KINDS[before.kind]}; it is {before.current}, and {before.reboot} from the next restart on"
        late = before.kind in _AT_RESTART and self.holds != "restart"
        can = before.kind not in _FIXED_KINDS and not late
        how = " (holds=restart alone)" if late else ""
        fits = Guard(
            name=f"{self.value} is a value of {self.tunable}",
            holds=before.limits.take(self.value),
            seen=f"its range: {before.limits}",
        )
        return (Guard(name=f"{self.tunable} can be set{how}", holds=can, seen=seen), fits)

    def doing(self, before: Tunable) -> tuple[tuple[str, ...], ...]:
        when = {"now": (), "restart": ("-reboot",), "both": ("-perm",)}[self.holds]
        return (("optimizenet", "-set", f"{self.tunable}={self.value}", *when),) if self.left(before) else ()

    def left(self, after: Tunable) -> list[str]:
        told = []
        if self.holds != "restart" and after.current != self.value:
            told.append(f"{self.tunable} is {after.current}")
        if self.holds != "now" and after.reboot != self.value:
            told.append(f"{self.tunable} is {after.reboot} from the next restart on")
        return told

    def moves(self, before: Tunable) -> str:
        was = before.reboot if self.holds == "restart" else before.current
        return f"{self.tunable} goes from {was} to {self.value}"

    def undo(self, before: Tunable) -> SetTunable | None:
        if self.holds == "both" and before.current != before.reboot:
            return None
        return self.but(value=before.reboot if self.holds == "restart" else before.current)

    def lasts(self) -> Lasts:
        return {"now": Lasts.NOW_ALONE, "restart": Lasts.ONCE_RESTARTED, "both": Lasts.NOW_AND_ON}[self.holds]


def _number(text: str) -> int | None:
    """`16K` is 16384."""
    digits, unit = (text[:-1], text[-1]) if text[-1:] in _UNITS else (text, "")
    if not (digits.lstrip("-").isascii() and digits.lstrip("-").isdigit()):
        return None
    return int(digits) << _UNITS.get(unit, 0)
