"""What keeps a VIOS as it should be: devices looked for, the licence, the message of the day, the error log."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers import errlog
from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.hmcout import Unreadable
from handlers.padmin.clocks import Reading, reading
from handlers.padmin.devices import devices
from handlers.place import Place
from policies.words import Effect, Frozen

# What no shell acts on, in one line; it may not begin with a dash, as a flag does.
MessageText: TypeAlias = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9 .,:=@%+/_-]*[A-Za-z0-9.,:=@%+/_-])?$"
    ),
]
# The two answers' wordings are unverified.
_LICENSE = re.compile(r"The license has (?P<no>not )?been accepted\.?", re.ASCII)


class Scan(Change[dict[str, str]]):
    """Look for devices that came since, and tell which came, which went, and which changed state."""

    verb: ClassVar[str] = "scan"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "scan p75vio1"
    deadline: ClassVar[float] = 15 * 60.0
    exit_counts: ClassVar[bool] = True  # nothing else tells whether it has looked

    def look_at(self, place: Place) -> Reads[dict[str, str]]:
        return (yield from self.asked(place, ("lsdev",), _states))

    def guards(self, before: dict[str, str]) -> tuple[Guard, ...]:
        return ()

    def doing(self, before: dict[str, str]) -> tuple[tuple[str, ...], ...]:
        return (("cfgdev",),)

    def left(self, after: dict[str, str]) -> list[str]:
        """Nothing is wanted but to have looked."""
        return []

    def moves(self, before: dict[str, str]) -> str:
        return f"devices that came since are taken up; there are {len(before)} now"

    def done(self, before: dict[str, str], after: dict[str, str]) -> str:
        came = [name for name in after if name not in before]
        went = [name for name in before if name not in after]
        other = [f"{name} is {after[name]}" for name in after if name in before and after[name] != before[name]]
        told = [f"came: {', '.join(came)}"] if came else ["nothing came"]
        told += [f"went: {', '.join(went)}"] if went else []
        return "; ".join([*told, *other])


def _states(text: str) -> dict[str, str]:
    return {each.name: each.status for each in devices(text)}


class AcceptLicense(Change[bool]):
    """Accept the licence of a VIOS, without which most of its commands do nothing."""

    verb: ClassVar[str] = "accept-license"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = "accept-license p75vio1"

    def look_at(self, place: Place) -> Reads[bool]:
        return (yield from self.asked(place, ("license",), _accepted))

    def guards(self, before: bool) -> tuple[Guard, ...]:
        return ()

    def doing(self, before: bool) -> tuple[tuple[str, ...], ...]:
        return () if before else (("license", "-accept"),)

    def left(self, after: bool) -> list[str]:
        return [] if after else ["the licence isn't accepted"]

    def moves(self, before: bool) -> str:
        return "its licence is accepted, for everybody and for good"


def _accepted(text: str) -> bool:
    found = _LICENSE.fullmatch(text.strip())
    if found is None:
        raise Unreadable(f"it doesn't say whether the licence is accepted: {text.strip()[:120]!r}")
    return not found["no"]


class SetMotd(Change[str]):
    """Set what a VIOS says to whoever logs in, in place of what it says now."""

    verb: ClassVar[str] = "set-motd"
    effect: ClassVar[Effect] = Effect.CHANGES
    example: ClassVar[str] = 'set-motd p75vio1 text="Unauthorized access is prohibited"'

    message: MessageText = Field(
        alias="text",
        description="the message, in double quotes: letters, digits, blanks and . , : = @ % + / _ -",
        json_schema_extra={"example": "Unauthorized access is prohibited", "other": "No access"},
    )

    def look_at(self, place: Place) -> Reads[str]:
        return (yield from self.asked(place, ("motd",), str.strip))

    def guards(self, before: str) -> tuple[Guard, ...]:
        return (Guard(name="its message is known", holds=True, seen=before[:200] or "it has none"),)

    def doing(self, before: str) -> tuple[tuple[str, ...], ...]:
        return (("motd", self.message),) if before != self.message else ()

    def left(self, after: str) -> list[str]:
        return [] if after == self.message else [f"its message is {after[:200] or 'empty'!r}"]

    def moves(self, before: str) -> str:
        lines = len(before.splitlines())
        return f"its message becomes {self.message!r}; {lines} {'line goes' if lines == 1 else 'lines go'}"

    def undo(self, before: str) -> SetMotd | None:
        return self.but(message=before)


class Log(Frozen):
    """How many entries of the error log are old enough to go, and how many there are."""

    old: int
    whole: int


class ClearErrors(Change[Log]):
    """Clear the error log of a VIOS of what is older than so many days, 0: of all. Nothing brings it back."""

    verb: ClassVar[str] = "clear-errors"
    effect: ClassVar[Effect] = Effect.DESTROYS
    example: ClassVar[str] = "clear-errors p75vio1 older=30"

    older: int = Field(ge=0, le=3650, description="days; what is older goes")

    def look_at(self, place: Place) -> Reads[Log]:
        clock = yield from self.asked(place, ("chdate",), reading)
        found = yield from self.asked(place, ("errlog",), errlog.entries)
        until = _minute(clock) - timedelta(days=self.older)
        return Log(old=sum(each.stamp < until for each in found), whole=len(found))

    def guards(self, before: Log) -> tuple[Guard, ...]:
        return (Guard(name="what goes is counted", holds=True, seen=f"{before.old} entries"),)

    def doing(self, before: Log) -> tuple[tuple[str, ...], ...]:
        return (("errlog", "-rm", str(self.older)),) if before.old else ()

    def left(self, after: Log) -> list[str]:
        if not after.old:
            return []
        return [f"{after.old} entries older than {self.older} days are still there"]

    def moves(self, before: Log) -> str:
        return f"{before.old} of the {before.whole} entries of its error log go: those older than {self.older} days"


def _minute(clock: Reading) -> datetime:
    """Entries tell whole minutes: one of this minute isn't older than now."""
    return clock.now.replace(second=0, microsecond=0)
