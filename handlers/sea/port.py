"""What a SEA may stand on: a physical port or a link aggregation of a VIOS, as `lsdev` describes it."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.frames import Frame, Lpar, Served, on
from handlers.heard import Reads, heard, understood
from handlers.hmcout import Unreadable
from handlers.sea.attributes import attribute
from policies.words import Frozen

# What lsdev calls adapters that aren't for the physical side.
NOT_PHYSICAL = ("Virtual I/O Ethernet Adapter (l-lan)", "Shared Ethernet Adapter", "VLAN")


class Device(Frozen):
    name: str
    status: str
    description: str


class Port(Frozen):
    """`address`: the one that its interface has, if any."""

    device: Device
    address: str


def device(text: str) -> Device:
    """Of `lsdev -dev ent0 -field name status description -fmt :`, or Unreadable."""
    words = text.removesuffix("\n").split(":", 2)
    if len(words) != 3 or not all(words) or "\n" in text.removesuffix("\n"):
        raise Unreadable(f"it doesn't describe a device: {text[:120]!r}")
    return Device(name=words[0], status=words[1], description=words[2])


def port(frame: Frame, vios: Lpar, name: str) -> Reads[Port]:
    """As it is now, or Unread."""
    fields = ("-field", "name", "status", "description", "-fmt", ":")
    result = heard((yield on(frame, vios, "lsdev", "-dev", name, *fields)))
    found = understood(result, f"{name} of {vios.name}", device)
    return Port(device=found, address=(yield from address(frame, vios, name)))


def address(frame: Frame, vios: Lpar, name: str) -> Reads[str]:
    """The address of an adapter's interface; empty: it has none."""
    return (yield from attribute(frame, vios, name.replace("ent", "en"), "netaddr"))


def unusable(found: Port, name: str, there: Served) -> Iterator[str]:
    """Why no SEA can be put on it, each a sentence."""
    vios = there.vios.name
    if found.device.name != name:
        yield f"{vios} tells of {found.device.name} in place of {name}"
    if found.device.status != "Available":
        yield f"{name} of {vios} is {found.device.status}"
    if found.device.description in NOT_PHYSICAL:
        yield f"{name} of {vios} is no physical port: {found.device.description}"
    for sea in sorted({each.sea for each in there.adapters if each.backing == name and each.sea is not None}):
        yield f"{name} of {vios} is the port of {sea} already"
    if found.address:
        yield f"{name} of {vios} has the address {found.address}, which a SEA on it would cut off"
