"""Changes of a host's interfaces: large sends on or off, and one taken out or brought back."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from pydantic import Field
from pydantic.config import JsonDict

from handlers import hmcout
from handlers.aix.attributes import attributes
from handlers.aix.hosts import HostChange
from handlers.aix.network import Interface, interfaces
from handlers.changing import Guard, Lasts
from handlers.command import Command
from handlers.heard import Reads, heard, understood
from handlers.names import InterfaceName
from handlers.place import Place
from policies.words import Effect, Frozen

Switch: TypeAlias = Literal["on", "off"]
IFCONFIG = ("ifconfig", "-a")
LOGIN = ("printenv", "SSH_CONNECTION")  # of all the environment that alone: the rest may hold secrets
_UNSET = 1  # its exit status for a variable that isn't set
_PLACED: JsonDict = {"place": 1, "example": "en1", "other": "en2"}


class InterfaceSeen(Frozen):
    """`now`: None where it isn't there, or detached; `stored`: attributes in the device database."""

    now: Interface | None
    stored: dict[str, str]

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(each.address for each in self.now.addresses) if self.now is not None else ()


class InterfaceChange(HostChange[InterfaceSeen]):
    """What is read of one interface."""

    interface: InterfaceName = Field(
        description="the interface", json_schema_extra={"place": 1, "example": "en1", "other": "en2"}
    )

    def look_at(self, place: Place) -> Reads[InterfaceSeen]:
        found = yield from self.asked(place, IFCONFIG, interfaces)
        stored = yield from self.asked(place, ("lsattr", "-El", self.interface), attributes)
        return InterfaceSeen(
            now=next((each for each in found if each.name == self.interface), None),
            stored={each.name: each.value for each in stored},
        )


def _shown(now: Interface | None) -> str:
    if now is None:
        return "not among the interfaces"
    addresses = ", ".join(each.address for each in now.addresses) or "no address"
    return f"{'up' if now.is_up else 'down'}, {addresses}"


class LargeSend(InterfaceChange):
    """Switch largesend of an interface on or off: for good, or with `at=now` until the next restart."""

    verb: ClassVar[str] = "largesend"
    example: ClassVar[str] = "largesend web01 en0 to=off at=now"

    to: Switch = Field(default="on", description="on or off")
    at: Literal["now", "both"] = Field(
        default="both", description="now: until the next restart alone; both: at once and over it"
    )

    def guards(self, before: InterfaceSeen) -> tuple[Guard, ...]:
        there = Guard(name=f"{self.interface} is there", holds=before.now is not None, seen=_shown(before.now))
        if self.at == "now":
            return (there,)
        stored = before.stored.get("mtu_bypass")
        named = Guard(
            name=f"{self.interface} has mtu_bypass", holds=stored is not None, seen=stored or "no such attribute"
        )
        return (there, named)

    def doing(self, before: InterfaceSeen) -> tuple[tuple[str, ...], ...]:
        if self.at == "both" and before.stored.get("mtu_bypass") != self.to:
            return (("chdev", "-l", self.interface, "-a", f"mtu_bypass={self.to}"),)
        if _largesend(before) == self.to:
            return ()
        return (("ifconfig", self.interface, "largesend" if self.to == "on" else "-largesend"),)

    def left(self, after: InterfaceSeen) -> list[str]:
        left = [] if _largesend(after) == self.to else [f"largesend of {self.interface} is {_largesend(after)} now"]
        if self.at == "both" and (stored := after.stored.get("mtu_bypass")) != self.to:
            left.append(f"mtu_bypass of {self.interface} is {stored}, which is what the next restart gives")
        return left

    def moves(self, before: InterfaceSeen) -> str:
        was = f"{_largesend(before)} now, {before.stored.get('mtu_bypass', 'not known')} in the device database"
        return f"largesend of {self.interface} goes from {was} to {self.to}"

    def undo(self, before: InterfaceSeen) -> LargeSend | None:
        was = _largesend(before)
        if was == self.to or (self.at == "both" and before.stored.get("mtu_bypass") != was):
            return None
        return self.model_copy(update={"to": was})

    def lasts(self) -> Lasts:
        return Lasts.NOW_ALONE if self.at == "now" else Lasts.NOW_AND_ON


def _largesend(seen: InterfaceSeen) -> Switch:
    return "on" if seen.now is not None and seen.now.largesend else "off"


# ── taken out and brought back ────────────────────────────────────────────────────────────────────────────────────


class Reached(Frozen):
    """How an interface stands, and how the host is reached. `login`: its own address to which hscbot is logged in;
    `rmc`: the one by which its HMC reaches it, empty where it doesn't. None: that can't be told."""

    now: Interface | None
    login: str | None
    rmc: str | None

    def guard(self, who: str, interface: str, address: str | None, none: str) -> Guard:
        own = [each.address for each in self.now.addresses] if self.now is not None else []
        seen = f"by {address}" if address else none if address is None else "not at all"
        return Guard(
            name=f"{who} doesn't come in over {interface}", holds=address is not None and address not in own, seen=seen
        )


class Detach(HostChange[Reached]):
    """Take an interface out, with all its addresses. That by which hscbot or the HMC comes in is never taken."""

    verb: ClassVar[str] = "detach"
    example: ClassVar[str] = "detach web01 en1"
    effect: ClassVar[Effect] = Effect.DISRUPTS

    interface: InterfaceName = Field(
        description="the interface", json_schema_extra={"place": 1, "example": "en1", "other": "en2"}
    )

    def look_at(self, place: Place) -> Reads[Reached]:
        found = yield from self.asked(place, IFCONFIG, interfaces)
        return Reached(
            now=next((each for each in found if each.name == self.interface), None),
            login=(yield from self._login(place)),
            rmc=(yield from self._rmc(place)),
        )

    def _login(self, place: Place) -> Reads[str | None]:
        result = heard((yield self.command_at(place, LOGIN)))
        if result.exit_status == _UNSET and not result.unsent and not result.text.strip():
            return None
        told = understood(result, "SSH_CONNECTION", str.split)  # the client's address and port, then the host's own
        return told[2] if len(told) == 4 else None

    def _rmc(self, place: Place) -> Reads[str | None]:
        if not place.hmc:
            return None
        which = ("-m", place.system, "--filter", f"lpar_names={place.name}")
        asked = Command(host=place.hmc, argv=("lssyscfg", "-r", "lpar", *which, "-F", "rmc_ipaddr"))
        rows = understood(heard((yield asked)), "its address for RMC", lambda text: hmcout.values(text, ["rmc_ipaddr"]))
        return (hmcout.given(rows[0]["rmc_ipaddr"]) or "") if len(rows) == 1 else None

    def guards(self, before: Reached) -> tuple[Guard, ...]:
        unlisted = "no HMC of mine lists its partition"
        return (
            before.guard("hscbot", self.interface, before.login, "the host doesn't tell by SSH_CONNECTION"),
            before.guard("the HMC", self.interface, before.rmc, unlisted),
        )

    def doing(self, before: Reached) -> tuple[tuple[str, ...], ...]:
        return () if before.now is None else (("ifconfig", self.interface, "detach"),)

    def left(self, after: Reached) -> list[str]:
        return [] if after.now is None else [f"{self.interface} is still there: {_shown(after.now)}"]

    def moves(self, before: Reached) -> str:
        return f"{self.interface} ({_shown(before.now)}) is taken out, and nobody reaches {self.host} over it"

    def affected(self, before: Reached) -> tuple[str, ...]:
        return (self.host,)

    def undo(self, before: Reached) -> Attach:
        return Attach(host=self.host, interface=self.interface)

    def lasts(self) -> Lasts:
        return Lasts.NOW_ALONE


class Attach(InterfaceChange):
    """Bring an interface back that was taken out or is down, with the addresses that the device database has of it."""

    verb: ClassVar[str] = "attach"
    example: ClassVar[str] = "attach web01 en1"

    def guards(self, before: InterfaceSeen) -> tuple[Guard, ...]:
        address = before.stored.get("netaddr", "")
        return (
            Guard(
                name=f"{self.interface} has an address to come back with", holds=bool(address), seen=address or "none"
            ),
        )

    def doing(self, before: InterfaceSeen) -> tuple[tuple[str, ...], ...]:
        return () if not self.left(before) else (("chdev", "-l", self.interface, "-a", "state=up"),)

    def left(self, after: InterfaceSeen) -> list[str]:
        if after.now is None or not after.now.is_up:
            return [f"{self.interface} is {_shown(after.now)}"]
        missing = after.stored.get("netaddr") not in after.addresses
        return [f"{self.interface} hasn't its address: {_shown(after.now)}"] if missing else []

    def moves(self, before: InterfaceSeen) -> str:
        return f"{self.interface} ({_shown(before.now)}) comes up with {before.stored.get('netaddr', 'no address')}"

    def undo(self, before: InterfaceSeen) -> Detach | None:
        return Detach(host=self.host, interface=self.interface) if before.now is None else None
