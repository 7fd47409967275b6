"""Virtual Ethernet adapters that are to become a SEA's: what a VIOS calls them, beside what the HMC lists. Pure.

Each fault is a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from handlers.frames import Frame
from handlers.interlocks import sea_locks
from handlers.networks import Adapter, Mapped, Network, told
from handlers.plan import Fact

MOST = 16  # trunk adapters of one SEA
EthernetNames: TypeAlias = Annotated[
    str, StringConstraints(min_length=4, max_length=127, pattern=r"^ent[0-9]{1,4}(?:,ent[0-9]{1,4}){0,15}$")
]
Picked: TypeAlias = Mapping[str, Adapter]  # by the name that the VIOS has for it


def picked(frame: Frame, vios: str, there: Iterable[Mapped], names: Iterable[str]) -> Picked:
    """Those that the VIOS has and the HMC lists."""
    slots = {each.name: each.slot for each in there}
    found = {name: frame.adapter(vios, slots[name]) for name in names if name in slots}
    return {name: adapter for name, adapter in found.items() if adapter is not None}


def unusable(frame: Frame, vios: str, there: Iterable[Mapped], names: tuple[str, ...]) -> Iterator[str]:
    """Why they can't be taken as trunks of another SEA, each by itself."""
    by_name = {each.name: each for each in there}
    listed = picked(frame, vios, by_name.values(), names)
    if len(set(names)) < len(names):
        yield "one of the adapters is named twice"
    for name in dict.fromkeys(names):
        if name not in by_name:
            yield f"{vios} has no virtual Ethernet adapter {name}"
        elif by_name[name].sea is not None:
            yield f"{name} of {vios} belongs to {by_name[name].sea} already"
        elif name not in listed:
            yield f"the HMC lists no adapter in slot {by_name[name].slot} of {vios}, where {name} is"
        elif not listed[name].is_trunk:
            yield f"{name} of {vios} is no trunk adapter"


def clashing(frame: Frame, vios: str, chosen: Picked) -> Iterator[str]:
    """Two trunks of one VIOS on one network; and another VIOS's that is on some of the same, but isn't the same."""
    for name, adapter in chosen.items():
        for other in frame.trunks(vios):
            if other.slot != adapter.slot and (both := other.networks & adapter.networks):
                yield f"{name} and slot {other.slot} of {vios} are both on {told(both)}"
        for other in twins(frame, vios, adapter):
            there = f"slot {other.slot} of {other.partition}"
            if _definition(other) != _definition(adapter):
                yield f"{name} is on {_said(adapter)}, and {there} on {_said(other)}"
            if other.priority == adapter.priority:
                yield f"{name} and {there} have the same trunk priority, {adapter.priority}"


def twins(frame: Frame, vios: str, adapter: Adapter) -> tuple[Adapter, ...]:
    """The trunks of other VIOS on some of its networks."""
    others = (each for each in frame.adapters if each.is_trunk and each.partition != vios)
    return tuple(each for each in others if each.networks & adapter.networks)


def networks(chosen: Iterable[Adapter]) -> frozenset[Network]:
    return frozenset[Network]().union(*(each.networks for each in chosen))


def locks(frame: Frame, vios: str, chosen: Picked) -> set[str]:
    """Those of the pairs that the trunks are on."""
    others = {each.partition for adapter in chosen.values() for each in twins(frame, vios, adapter)}
    return {lock for other in others for lock in sea_locks(frame, vios, chosen.values(), other)}


def facts(vios: str, chosen: Picked) -> tuple[Fact, ...]:
    return tuple(
        Fact(
            name=f"{name} of {vios}", value=f"slot {adapter.slot}, {_said(adapter)}, trunk priority {adapter.priority}"
        )
        for name, adapter in chosen.items()
    )


def _definition(adapter: Adapter) -> tuple[str, int, frozenset[int]]:
    return adapter.switch, adapter.pvid, frozenset(adapter.tagged)


def _said(adapter: Adapter) -> str:
    return f"{told(adapter.networks)} (port VLAN {adapter.pvid})"
