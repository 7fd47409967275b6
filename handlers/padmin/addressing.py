"""Addresses and routes of a VIOS, set so that its HMC isn't cut off from it unless somebody says so."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import AddressValueError, IPv4Address, IPv4Interface
from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field, StringConstraints

from handlers.changing import Change, Guard
from handlers.heard import Reads
from handlers.names import InterfaceName
from handlers.padmin.interfaces import Addresses, addresses
from handlers.place import Place
from policies.words import Effect

Address: TypeAlias = Annotated[
    str, StringConstraints(min_length=7, max_length=15, pattern=r"^\d{1,3}(?:\.\d{1,3}){3}$")
]
ShortHostName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$")
]
ANYWAY = "yes: the HMC may lose it by this, and somebody is at its console"
_ADDRESSES = ("address", "gateway", "add", "remove")


class _Addressing(Change[Addresses]):
    """Reads all of a VIOS's addresses and routes before and after."""

    interface: InterfaceName = Field(
        description="the interface", json_schema_extra={"place": 1, "example": "en5", "other": "en6"}
    )
    anyway: bool = Field(default=False, description=ANYWAY)

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        told = [f"{given[name]} is no address" for name in _ADDRESSES if given.get(name) and not _valid(given[name])]
        mask = given.get("netmask")
        return told if mask is None or _is_mask(str(mask)) else [*told, f"{mask} is no netmask"]

    def look_at(self, place: Place) -> Reads[Addresses]:
        return (yield from addresses(place))

    def spared(self, before: Addresses, name: str, touched: bool, seen: str) -> Guard:
        """That the HMC keeps its way to it, or that somebody said that it needn't."""
        return Guard(name=f"{name}, or anyway=yes says that it may", holds=self.anyway or not touched, seen=seen)

    def elsewhere(self, before: Addresses, address: str) -> Guard:
        own = next((each for each in before.interfaces if each.address == address), None)
        free = own is None or own.name == self.interface
        seen = "it has it nowhere else" if own is None or free else f"{own.name} has it"
        return Guard(name=f"{address} is no other address of its own", holds=free, seen=seen)


class SetTcpip(_Addressing):
    """Give an interface of a VIOS its first address, and the VIOS its host name and gateway with it."""

    verb: ClassVar[str] = "set-tcpip"
    effect: ClassVar[Effect] = Effect.DISRUPTS  # gateway= can send the HMC's way somewhere else, as set-gateway can
    example: ClassVar[str] = "set-tcpip p75vio1 en5 10.143.181.207 netmask=255.255.252.0 gateway=10.143.180.1"

    address: Address = Field(
        description="the address",
        json_schema_extra={"place": 2, "example": "10.143.181.207", "other": "10.143.181.208"},
    )
    netmask: Address = Field(
        default="255.255.255.0", description="the netmask", json_schema_extra={"example": "255.255.252.0"}
    )
    gateway: Address | None = Field(
        default=None, description="the gateway of its default route", json_schema_extra={"example": "10.143.180.1"}
    )
    hostname: ShortHostName | None = Field(
        default=None,
        description="its host name; else it keeps the one that it has",
        json_schema_extra={"example": "vios1"},
    )

    def guards(self, before: Addresses) -> tuple[Guard, ...]:
        own = before.of(self.interface)
        bare = Guard(name=f"{self.interface} has no address yet (/vios change-address is for that)",
                     holds=not own.address or not self.left(before), seen=str(own))  # fmt: skip
        routes = ", ".join(before.gateways) or "none"
        found = [bare, self.elsewhere(before, self.address)]
        if self.gateway is not None:
            fits = IPv4Address(self.gateway) in IPv4Interface(f"{self.address}/{self.netmask}").network
            found.append(Guard(name=f"{self.gateway} is in the network of {self.address}", holds=fits,
                               seen=f"netmask {self.netmask}"))  # fmt: skip
            second = bool(before.gateways) and self.gateway not in before.gateways
            found.append(self.spared(before, "its default route stays as it is", second, f"gateways: {routes}"))
        return tuple(found)

    def doing(self, before: Addresses) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        gateway = ("-gateway", self.gateway) if self.gateway is not None else ()
        name = self.hostname or before.hostname
        return (("mktcpip", "-hostname", name, "-inetaddr", self.address, "-interface", self.interface, "-start",
                 "-netmask", self.netmask, *gateway),)  # fmt: skip

    def left(self, after: Addresses) -> list[str]:
        own = after.of(self.interface)
        told = (
            []
            if (own.address, own.mask, own.is_up) == (self.address, self.netmask, True)
            else [f"{own.name} has {own}"]
        )
        if self.gateway is not None and self.gateway not in after.gateways:
            told.append(f"its gateways are {', '.join(after.gateways) or 'none'}")
        return told + ([f"its host name is {after.hostname}"] if self.hostname not in (None, after.hostname) else [])

    def moves(self, before: Addresses) -> str:
        via = f", by way of {self.gateway}" if self.gateway is not None else ""
        name = f"; its host name becomes {self.hostname}" if self.hostname not in (None, before.hostname) else ""
        return f"{self.interface} gets {self.address} netmask {self.netmask}{via}{name}"


class ChangeAddress(_Addressing):
    """Give an interface of a VIOS another address."""

    verb: ClassVar[str] = "change-address"
    effect: ClassVar[Effect] = Effect.DISRUPTS  # what is connected to the old one is cut off
    example: ClassVar[str] = "change-address p75vio1 en5 192.168.1.2 netmask=255.255.255.0"

    address: Address = Field(
        description="its new address", json_schema_extra={"place": 2, "example": "192.168.1.2", "other": "192.168.1.3"}
    )
    netmask: Address | None = Field(
        default=None, description="its netmask; else as it is", json_schema_extra={"example": "255.255.255.128"}
    )

    def guards(self, before: Addresses) -> tuple[Guard, ...]:
        own = before.of(self.interface)
        known = f"the HMC reaches it by {before.reached}" if before.reached else "the HMC doesn't tell by which"
        touched = own.address == before.reached or not before.reached
        has = Guard(name=f"{self.interface} has an address (/vios set-tcpip gives the first one)",
                    holds=bool(own.address), seen=str(own))  # fmt: skip
        kept = self.spared(before, f"the HMC doesn't reach it by {self.interface}", touched, known)
        return (has, self.elsewhere(before, self.address), kept)

    def doing(self, before: Addresses) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        mask = ("-netmask", self.netmask or before.of(self.interface).mask)
        return (("chtcpip", "-interface", self.interface, "-inetaddr", self.address, *mask),)

    def left(self, after: Addresses) -> list[str]:
        own = after.of(self.interface)
        right = own.address == self.address and self.netmask in (None, own.mask)
        return [] if right else [f"{own.name} has {own}"]

    def moves(self, before: Addresses) -> str:
        mask = f" netmask {self.netmask}" if self.netmask else ""
        return f"{self.interface} goes from {before.of(self.interface)} to {self.address}{mask}"

    def undo(self, before: Addresses) -> ChangeAddress | None:
        own = before.of(self.interface)
        return self.but(address=own.address, netmask=own.mask) if own.address else None


class SetGateway(_Addressing):
    """Add a default route of a VIOS, remove one, or put one in another's place."""

    verb: ClassVar[str] = "set-gateway"
    effect: ClassVar[Effect] = Effect.DISRUPTS
    example: ClassVar[str] = "set-gateway p75vio1 en5 add=192.168.1.1"

    add: Address | None = Field(
        default=None, description="the gateway of the new route",
        json_schema_extra={"least": True, "example": "192.168.1.1", "other": "192.168.1.9"},
    )  # fmt: skip
    remove: Address | None = Field(
        default=None, description="the gateway of the route that goes", json_schema_extra={"example": "10.7.5.1"}
    )

    @classmethod
    def clashes(cls, given: Mapping[str, object]) -> list[str]:
        add, remove = given.get("add"), given.get("remove")
        none = ["neither add= nor remove= says what to change"] if add is None and remove is None else []
        same = ["the same gateway can't be added and removed"] if add is not None and add == remove else []
        return [*none, *same, *super().clashes(given)]

    def guards(self, before: Addresses) -> tuple[Guard, ...]:
        seen = f"gateways: {', '.join(before.gateways) or 'none'}"
        if self.remove is None:
            return (Guard(name="its routes are known", holds=True, seen=seen),)
        there = Guard(name=f"{self.remove} is a gateway of its", holds=self.remove in before.gateways, seen=seen)
        return (there, self.spared(before, "no default route of before goes", True, seen))

    def doing(self, before: Addresses) -> tuple[tuple[str, ...], ...]:
        if not self.left(before):
            return ()
        add = ("-add", self.add) if self.add is not None else ()
        remove = ("-remove", self.remove) if self.remove is not None else ()
        return (("chtcpip", "-interface", self.interface, "-gateway", *add, *remove),)

    def left(self, after: Addresses) -> list[str]:
        now = f"its gateways are {', '.join(after.gateways) or 'none'}"
        wrong = (self.add is not None and self.add not in after.gateways) or self.remove in after.gateways
        return [now] if wrong else []

    def moves(self, before: Addresses) -> str:
        told = [f"a default route by {self.add} comes"] if self.add is not None else []
        told += [f"the one by {self.remove} goes"] if self.remove is not None else []
        return f"{', '.join(told)}; its gateways are {', '.join(before.gateways) or 'none'}"

    def undo(self, before: Addresses) -> SetGateway | None:
        """Only what comes goes again, and only what goes comes again. That the HMC may lose it by that, whoever undoes
        it has to say."""
        came = self.add if self.add not in before.gateways else None
        went = self.remove if self.remove in before.gateways else None
        return self.but(add=went, remove=came, anyway=False)


def _valid(address: object) -> bool:
    try:
        IPv4Address(str(address))
    except AddressValueError:
        return False
    return True


def _is_mask(mask: str) -> bool:
    """Ones first, then zeros, and neither all nor none."""
    if not _valid(mask):
        return False
    bits = f"{int(IPv4Address(mask)):032b}"
    return "01" not in bits and 0 < bits.count("1") < 32


OPERATIONS = (SetTcpip, ChangeAddress, SetGateway)
