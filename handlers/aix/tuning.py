"""A tunable set: now, at the next boot, or both, within what the host itself says that it takes."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from handlers.aix.hosts import HostChange
from handlers.aix.tunables import AT_BOOT, AT_BOSBOOT, MOUNTS, NEVER, UPWARDS, Tunable, Tuner, number, tunables
from handlers.changing import Guard, Lasts
from handlers.heard import Reads
from handlers.hmcout import Unreadable
from handlers.names import TunableName
from handlers.place import Place

_FLAGS = {"now": (), "boot": ("-r",), "both": ("-p",)}
_LASTS = {"now": Lasts.NOW_ALONE, "boot": Lasts.AT_NEXT_BOOT, "both": Lasts.NOW_AND_ON}


class SetTunable(HostChange[Tunable]):
    """Set a tunable of a host: now, at the next boot, or both."""

    verb: ClassVar[str] = "set-tunable"
    example: ClassVar[str] = "set-tunable web01 no tcp_keepidle 600 at=boot"

    of: Tuner = Field(
        description="of the network, virtual memory, the scheduler, or input and output", json_schema_extra={"place": 1}
    )
    tunable: TunableName = Field(description="its name, as `/aix tunables` lists it", json_schema_extra={"place": 2})
    value: int = Field(ge=-1, le=2**63 - 1, description="a whole number", json_schema_extra={"place": 3})
    at: Literal["both", "now", "boot"] = Field(
        default="both", description="now: until the next restart; boot: from it on; both: at once and over it"
    )

    def look_at(self, place: Place) -> Reads[Tunable]:
        return (yield from self.asked(place, (self.of, "-F", "-x"), self._mine))

    def _mine(self, text: str) -> Tunable:
        found = next((each for each in tunables(text) if each.name == self.tunable), None)
        if found is None:
            raise Unreadable(f"{self.of} knows no tunable called {self.tunable}")
        return found

    def guards(self, before: Tunable) -> tuple[Guard, ...]:
        least, most = number(before.least), number(before.most)
        fits = least is not None and most is not None and least <= self.value <= most
        return (
            Guard(name=f"{self.tunable} isn't restricted", holds=not before.restricted, seen=_restricted(before)),
            Guard(
                name=f"{self.value} is in the range of {self.tunable}",
                holds=fits,
                seen=f"{before.least or 'nothing'} to {before.most or 'nothing'} {before.unit}".strip(),
            ),
            Guard(name=self._when, holds=not (why := self._never(before)), seen=why or f"type {before.type}"),
            Guard(name="it stands as it did", holds=True, seen=_both(before)),
        )

    @property
    def _when(self) -> str:
        when = {"now": "now", "boot": "at the next boot", "both": "now and at the next boot"}[self.at]
        return f"{self.tunable} can be set {when}"

    def _never(self, before: Tunable) -> str:
        """Why a tunable of that type can't be set so; empty: it can."""
        kind, current = before.type, number(before.current)
        if kind == NEVER:
            return "type S: it is static"
        if kind == AT_BOSBOOT:
            return "type B: it takes a bosboot too, which is done by hand"
        if kind == "d":
            return "type d: it is deprecated"
        if kind == AT_BOOT and self.at != "boot":
            return "type R: it changes at a boot alone: at=boot"
        if kind == UPWARDS and self.at != "boot" and (current is None or self.value < current):
            return f"type I: until the next boot it can only grow, and is {before.current}"
        return ""

    def doing(self, before: Tunable) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        return ((self.of, *_FLAGS[self.at], "-o", f"{self.tunable}={self.value}"),)

    def left(self, after: Tunable) -> list[str]:
        left = []
        if self.at in ("now", "both") and number(after.current) != self.value:
            left.append(f"{self.tunable} is {after.current} now")
        if self.at in ("boot", "both") and number(after.reboot) != self.value:
            left.append(f"{self.tunable} is {after.reboot} at the next boot")
        return left

    def moves(self, before: Tunable) -> str:
        for_new = {"C": ", for connections made from then on", MOUNTS: ", for what is mounted from then on"}
        return f"{self.tunable} goes from {_both(before)} to {self.value}{for_new.get(before.type, '')}"

    def undo(self, before: Tunable) -> SetTunable | None:
        was = {"now": before.current, "boot": before.reboot}.get(self.at, before.current)
        if (value := number(was)) is None or (self.at == "both" and before.current != before.reboot) or value < -1:
            return None
        grown = before.type == UPWARDS and self.at != "boot"
        return None if grown else self.model_copy(update={"value": value})

    def lasts(self) -> Lasts:
        return _LASTS[self.at]


def _both(tunable: Tunable) -> str:
    if tunable.current == tunable.reboot:
        return tunable.current
    return f"{tunable.current} now and {tunable.reboot} at the next boot"


def _restricted(tunable: Tunable) -> str:
    return "restricted: IBM's support alone has it changed" if tunable.restricted else "not restricted"
