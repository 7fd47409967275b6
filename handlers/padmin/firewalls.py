"""The firewall of a VIOS and its security level: `viosecure`. The forms of its answers are unverified."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from pydantic import Field

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.hmcout import Unreadable
from handlers.padmin.printed import lines, matched, some
from handlers.place import Place
from policies.words import Effect, Frozen

RMC, SSH = 657, 22  # by RMC the HMC reaches a VIOS, and so do I
ANY = "0.0.0.0"  # noqa: S104 - from anywhere
_STATE = re.compile(r"Firewall (?P<state>ON|OFF)")
_HEAD = (
    re.compile(r"ALLOWED PORTS"),
    re.compile(r" *Local +Remote"),
    re.compile(r"Interface +Port +Port +Service +IPAddress +Expiration Time\(seconds\)"),
    re.compile(r"-{4,}(?: +-{4,})+"),
)
_RULE = re.compile(
    r"(?P<interface>all|[a-z]{2,3}\d{1,4}) +(?P<local>any|\d{1,5}) +(?P<remote>any|\d{1,5}) +(?P<service>\S{1,32}) +"
    r"(?P<address>[0-9A-Fa-f.:/]{1,43}) +(?P<seconds>\d{1,9})",
    re.ASCII,
)
_UNSET = re.compile(r"The security level has not been set\.?")
_SECURED = re.compile(r" *\d{1,3}\. (?P<level>lls|mls|hls|dls)_\w{1,60}", re.ASCII)
_LEVELS = {"lls": "low", "mls": "medium", "hls": "high", "dls": "default"}


class Allowed(Frozen):
    """What the firewall lets through. `port`: of this side, `remote`: of the other; None: any. `seconds`: until the
    rule goes; 0: it stays."""

    interface: str
    port: int | None
    remote: int | None
    service: str
    address: str
    seconds: int

    def __str__(self) -> str:
        whom = "" if self.address == ANY else f" from {self.address} alone"
        until = f" for {self.seconds} s more" if self.seconds else ""
        on = "" if self.interface == "all" else f" on {self.interface}"
        on += "" if self.remote is None else f" from port {self.remote} alone"
        return f"{self.port or 'any'} ({self.service}){on}{whom}{until}"


class Firewall(Frozen):
    on: bool
    rules: tuple[Allowed, ...]

    def lets_in(self, port: int) -> bool:
        """Everybody and for good: which address the HMC comes from isn't told, and a rule that expires shuts it out."""
        lasting = [each for each in self.rules if each.interface == "all" and each.address == ANY and not each.seconds]
        return any(each.port in (port, None) and each.remote is None for each in lasting)


def firewall(text: str) -> Firewall:
    """Of `viosecure -firewall view`, or Unreadable."""
    state, *rest = some(text)
    on = matched(_STATE, state)["state"] == "ON"
    if len(rest) < len(_HEAD):
        raise Unreadable("it ends within its heading: cut off?")
    for form, line in zip(_HEAD, rest, strict=False):
        matched(form, line)
    return Firewall(on=on, rules=tuple(_rule(line) for line in rest[len(_HEAD) :]))


def _rule(line: str) -> Allowed:
    found = matched(_RULE, line)
    return Allowed(
        interface=found["interface"],
        port=_port(found["local"]),
        remote=_port(found["remote"]),
        service=found["service"],
        address=found["address"],
        seconds=int(found["seconds"]),
    )


def _port(text: str) -> int | None:
    return int(text) if text != "any" else None


def level(text: str) -> str:
    """The security level that `viosecure -view -nonint` tells by the names of its rules; empty: none was set."""
    found = lines(text)
    if len(found) == 1 and _UNSET.fullmatch(found[0]):
        return ""
    levels = {matched(_SECURED, line)["level"] for line in some(text)}
    if len(levels) != 1:
        raise Unreadable(f"rules of more than one level: {', '.join(sorted(levels))}")
    return _LEVELS[levels.pop()]


class SetFirewall(Change[Firewall]):
    """Switch the firewall of a VIOS on or off. On, it has to let RMC through, or nobody reaches the VIOS by its HMC."""

    verb: ClassVar[str] = "set-firewall"
    effect: ClassVar[Effect] = Effect.DISRUPTS  # what isn't allowed is cut off at once
    example: ClassVar[str] = "set-firewall p75vio1 on"

    to: Literal["on", "off"] = Field(description="on or off", json_schema_extra={"place": 1})

    def look_at(self, place: Place) -> Reads[Firewall]:
        return (yield from self.asked(place, ("viosecure", "-firewall", "view"), firewall))

    def guards(self, before: Firewall) -> tuple[Guard, ...]:
        """With no rules at all it starts with its own, and these have RMC and SSH."""
        ports = ", ".join(map(str, before.rules)) or "none: it takes its own"
        opens = not before.rules or before.lets_in(RMC)
        kept = Guard(
            name=f"RMC (port {RMC}) is let through for everybody and for good",
            holds=self.to == "off" or opens,
            seen=f"allowed: {ports}",
        )
        now = Guard(name="its state is known", holds=True, seen="on" if before.on else "off")
        return (kept, now)

    def doing(self, before: Firewall) -> tuple[tuple[str, ...], ...]:
        return (("viosecure", "-firewall", self.to),) if before.on != (self.to == "on") else ()

    def left(self, after: Firewall) -> list[str]:
        told = [] if after.on == (self.to == "on") else [f"the firewall is {'on' if after.on else 'off'}"]
        shut = self.to == "on" and after.on and not after.lets_in(RMC)
        return [*told, *([f"it doesn't let RMC (port {RMC}) through: the HMC will lose the VIOS"] if shut else ())]

    def moves(self, before: Firewall) -> str:
        reach = "every port can be reached" if self.to == "off" else "what it doesn't allow is cut off"
        return f"its firewall goes {self.to}: {reach}"

    def undo(self, before: Firewall) -> SetFirewall | None:
        return self.but(to="on" if before.on else "off")


class SetSecurity(Change[str]):
    """Apply a security level to a VIOS: the rules of passwords, of logins and of remote services."""

    verb: ClassVar[str] = "set-security"
    effect: ClassVar[Effect] = Effect.DISRUPTS  # stricter levels stop services and lock people out
    example: ClassVar[str] = "set-security p75vio1 default"
    deadline: ClassVar[float] = 15 * 60.0

    level: Literal["low", "medium", "high", "default"] = Field(
        description="the level", json_schema_extra={"place": 1, "example": "default"}
    )

    def look_at(self, place: Place) -> Reads[str]:
        return (yield from self.asked(place, ("viosecure", "-view", "-nonint"), level))

    def guards(self, before: str) -> tuple[Guard, ...]:
        return (Guard(name="its level is known", holds=True, seen=before or "none was set"),)

    def doing(self, before: str) -> tuple[tuple[str, ...], ...]:
        return (("viosecure", "-level", self.level),) if before != self.level else ()

    def left(self, after: str) -> list[str]:
        return [] if after == self.level else [f"its security level is {after or 'not set'}"]

    def moves(self, before: str) -> str:
        return f"its security level goes from {before or 'none'} to {self.level}"

    def undo(self, before: str) -> SetSecurity | None:
        return self.but(level=before) if before else None
