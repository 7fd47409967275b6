"""Virtual networks of a frame: adapters as the HMC lists them, and which of them a VIOS bridges."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from handlers import hmcout
from handlers.hmcout import Unreadable
from policies.words import Frozen

Network: TypeAlias = tuple[str, int]  # virtual switch, VLAN

_SEA = re.compile(r"ent\d{1,4}", re.ASCII)
_SLOT = re.compile(r"U\S+-V\d+-C(\d+)-T\d+", re.ASCII)


class Adapter(Frozen):
    """One virtual Ethernet adapter of one partition."""

    partition: str
    slot: int
    switch: str
    pvid: int
    tagged: tuple[int, ...]
    is_trunk: bool
    priority: int | None = None  # a trunk's; the lower one leads

    @property
    def networks(self) -> frozenset[Network]:
        return frozenset((self.switch, vlan) for vlan in (self.pvid, *self.tagged))


class Mapped(Frozen):
    """A virtual Ethernet adapter as its VIOS calls it, and the SEA that it belongs to, if any, with its other side."""

    name: str
    slot: int
    sea: str | None = None
    backing: str = ""


class Bridge(Frozen):
    """A SEA as `lsmap -net` shows it, with the slots of its trunk adapters."""

    sea: str
    slots: tuple[int, ...]


def adapters(text: str) -> tuple[Adapter, ...]:
    """Of `lshwres -r virtualio --rsubtype eth --level lpar`, or Unreadable."""
    try:
        return tuple(_adapter(row) for row in hmcout.pairs(text))
    except KeyError as missing:
        raise Unreadable(f"an adapter without {missing.args[0]}") from missing


def _adapter(row: dict[str, str]) -> Adapter:
    tags = hmcout.given(row.get("addl_vlan_ids"))
    return Adapter(
        partition=row["lpar_name"],
        slot=_number(row["slot_num"]),
        switch=row["vswitch"],
        pvid=_number(row["port_vlan_id"]),
        tagged=tuple(map(_number, tags.split(","))) if tags else (),
        is_trunk=row["is_trunk"] == "1",
        priority=hmcout.number(row.get("trunk_priority")),
    )


def _number(text: str) -> int:
    found = hmcout.number(text)
    if found is None:
        raise Unreadable(f"not a number: {text[:60]!r}")
    return found


def mapped(text: str) -> tuple[Mapped, ...]:
    """Of `lsmap -all -net -fmt ,`, or Unreadable. Only names of adapters pass: they become words of a command."""
    if not text.strip():
        raise Unreadable("the answer is empty")
    return tuple(map(_mapped, text.splitlines()))


def _mapped(line: str) -> Mapped:
    words = line.split(",")
    slot = _SLOT.fullmatch(words[1]) if len(words) in (3, 6) else None
    if slot is None or not _SEA.fullmatch(words[0]):
        raise Unreadable(f"it has a line that I don't know: {line[:120]!r}")
    if _SEA.fullmatch(words[2]) and len(words) == 6:
        return Mapped(name=words[0], slot=int(slot[1]), sea=words[2], backing=words[3])
    if any(words[3:]) or words[2].startswith("ent"):
        raise Unreadable(f"it has a line that I don't know: {line[:120]!r}")
    return Mapped(name=words[0], slot=int(slot[1]))


def bridges(text: str) -> tuple[Bridge, ...]:
    """The SEAs among what `mapped` reads."""
    return bridging(mapped(text))


def bridging(found: Iterable[Mapped]) -> tuple[Bridge, ...]:
    slots: dict[str, list[int]] = {}
    for each in found:
        if each.sea is not None:
            slots.setdefault(each.sea, []).append(each.slot)
    return tuple(Bridge(sea=sea, slots=tuple(each)) for sea, each in slots.items())


def ranges(vlans: Iterable[int]) -> str:
    """`1, 10–19, 30`: three or more in a row are folded; nothing is left out."""
    runs: list[list[int]] = []
    for vlan in sorted(set(vlans)):
        if runs and runs[-1][-1] + 1 == vlan:
            runs[-1].append(vlan)
        else:
            runs.append([vlan])
    return ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def told(networks: Iterable[Network]) -> str:
    """`VLAN 1, 10 and 11 on ETHERNET0`, in words of a sentence."""
    by_switch: dict[str, list[int]] = {}
    for switch, vlan in sorted(networks):
        by_switch.setdefault(switch, []).append(vlan)
    return "; ".join(f"VLAN {', '.join(map(str, vlans))} on {switch}" for switch, vlans in by_switch.items())
