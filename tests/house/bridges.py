"""Two VIOS and their SEAs as an operation of `/sea` finds them, and how they go on from what it sends.

A stand-in for walks and for tests by hand, made of recorded answers; the lab's machines are another matter, and know
nothing of this.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from handlers.frames import FIELDS
from handlers.operation import Operation

PARTNER = "partner"
LEADS = {True: ("PRIMARY", "All"), False: ("BACKUP", "None")}


@dataclass(frozen=True)
class Card:
    """A virtual Ethernet adapter; one without a priority is no trunk."""

    name: str
    slot: int
    pvid: int
    tags: tuple[int, ...] = ()
    priority: int | None = None

    @property
    def row(self) -> str:
        trunk = "is_trunk=0" if self.priority is None else f"is_trunk=1,trunk_priority={self.priority}"
        tags = ",".join(map(str, self.tags))
        listed = f'"addl_vlan_ids={tags}"' if len(self.tags) > 1 else f"addl_vlan_ids={tags}"
        return f"slot_num={self.slot},{trunk},port_vlan_id={self.pvid},vswitch=ETHERNET0,{listed}\n"


@dataclass
class Bridge:
    """A SEA. `shared`: the VLANs that it bridges while it shares."""

    name: str = "ent4"
    trunks: tuple[str, ...] = ("ent1", "ent2")
    port: str = "ent0"
    control: str | None = "ent3"
    mode: str = "auto"
    state: str = "PRIMARY"
    shared: tuple[int, ...] = ()
    counted: int = 30  # days


@dataclass
class Vios:
    name: str
    id: str
    cards: tuple[Card, ...]
    sea: Bridge | None
    level: str = "VIOS 4.1.0.10"
    runs: bool = True
    address: str = "10.7.2.11"
    addressed: str = ""  # the interface that has the address

    def change(self, name: str, **to: Any) -> None:
        """One adapter gets other values."""
        self.cards = tuple(replace(card, **to) if card.name == name else card for card in self.cards)

    @property
    def row(self) -> str:
        state = "Running,active" if self.runs else "Not Activated,inactive"
        return f"{self.name},{self.id},vioserver,{state},{self.level}\n"

    @property
    def priority(self) -> int:
        return min(card.priority for card in self.cards if card.priority is not None)


def cards(priority: int) -> tuple[Card, ...]:
    return (
        Card("ent1", 2, 1, (10, 11), priority),
        Card("ent2", 3, 2, (12, 13), priority),
        Card("ent3", 4, 99),
    )


def more(priority: int) -> tuple[Card, ...]:
    """Of no SEA yet."""
    return (
        Card("ent5", 5, 3, (33,), priority),
        Card("ent6", 6, 4, (44, 333), priority),
        Card("ent7", 7, 5, (), priority),
    )


@dataclass
class SeaPair:
    """`own` is the VIOS that the operation is about."""

    own: Vios
    partner: Vios
    recorded: Any = field(repr=False)  # reads a recording by its path
    port: str = "4-Port Gigabit Ethernet PCI-Express Adapter (e414571614102004)"  # how each port is described
    spoilt: Callable[[SeaPair], object] | None = None  # what else befalls whenever they have agreed

    @classmethod
    def of(cls, operation: Operation, recorded: Any) -> SeaPair:
        """As that operation can be done to it."""
        lead, mode = BEGINNINGS.get(operation.verb, (True, "sharing"))
        wanted = getattr(operation, "to", None)
        if operation.verb == "mode":
            mode = "auto" if wanted == "sharing" else "sharing"
        name, sea = str(getattr(operation, "vios", "vio1")), str(getattr(operation, "sea", "ent4"))
        own = Vios(name, "1", cards(1 if lead or operation.verb == "return" else 2), Bridge(name=sea, mode=mode))
        partner = Vios(PARTNER, "999", cards(3 - own.priority), Bridge(mode=mode))
        if operation.verb in ("add-trunks", "create"):
            own.cards, partner.cards = (each.cards + more(each.priority) for each in (own, partner))
        pair = cls(own, partner, recorded)
        if operation.verb == "create":
            pair.bare(str(getattr(operation, "default", "ent1")), int(getattr(operation, "defaultid", 1)))
        if operation.verb == "return":
            mode = wanted or "auto"
            pair.sea(own).mode, pair.sea(partner).mode = "standby", mode
        if wanted == "disabled":
            partner.sea, partner.cards = None, ()
        pair.agree(lead=own if lead else partner, share=mode == "sharing" and operation.verb not in ("share", "return"))
        return pair

    def sea(self, vios: Vios) -> Bridge:
        assert vios.sea is not None
        return vios.sea

    @property
    def both(self) -> tuple[Vios, ...]:
        return tuple(each for each in (self.own, self.partner) if each.sea is not None)

    # ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────

    def answer(self, argv: tuple[str, ...]) -> str | None:
        """None: that is nothing which a pair is asked."""
        if argv[0] == "lssyscfg" and argv[-1] == ",".join(FIELDS):
            client = "db01,5,aixlinux,Running,active,AIX\n"
            return "".join(each.row for each in (self.own, self.partner)) + client
        if argv[0] == "lshwres":
            rows = [(each.name, card) for each in (self.own, self.partner) for card in each.cards]
            rows.append(("db01", Card("ent0", 2, 10)))
            return "".join(f"lpar_name={name},{card.row}" for name, card in rows)
        if argv[0] == "viosvrcmd":
            vios = next(each for each in (self.own, self.partner) if each.name == argv[4])
            return self._on(vios, argv[-1].split())
        return None

    def _on(self, vios: Vios, words: list[str]) -> str | None:
        if words[0] == "lsmap":
            return "".join(
                f"{card.name},U9117.MMB.100302P-V1-C{card.slot}-T1,{_mapped(vios, card)}\n" for card in vios.cards
            )
        if words[:2] == ["entstat", "-all"]:
            return self.entstat(vios)
        if words[:2] == ["entstat", "-reset"]:
            self.sea(vios).counted = 0
            return ""
        if words[0] == "lsdev":
            return self._lsdev(vios, words)
        if words[0] == "mkvdev":
            return self._make(vios, words)
        if words[0] == "rmdev":
            vios.sea, lead = None, self.both[0] if self.both[0] is not vios else self.both[-1]
            self.agree(lead=lead, share=False)
            return f"{words[2]} deleted\n"
        if words[0] == "chdev":
            self._set(vios, dict(pair.split("=", 1) for pair in words[4:]))
            return f"{words[2]} changed\n"
        return None

    def bare(self, default: str, vlan: int) -> None:
        """No SEA on either, and the default trunk with that port VLAN."""
        self.own.sea = self.partner.sea = None
        for each in (self.own, self.partner):
            each.change("ent1", pvid=7)
            each.change("ent2", pvid=8)
            each.change(default, pvid=vlan)

    def _lsdev(self, vios: Vios, words: list[str]) -> str:
        if "-attr" not in words:
            return f"{words[2]}:Available:{self.port}\n"
        if words[2].startswith("en") and not words[2].startswith("ent"):
            return f"value\n\n{vios.address if vios.addressed == words[2] else ''}\n"
        sea = self.sea(vios)
        found = {
            "virt_adapters": ",".join(sea.trunks), "real_adapter": sea.port, "ctl_chan": sea.control or "",
            "pvid_adapter": "ent1", "pvid": "1", "ha_mode": sea.mode, "netaddr": "0",
        }  # fmt: skip
        return f"value\n\n{found[words[4]]}\n"

    def _make(self, vios: Vios, words: list[str]) -> str:
        pairs = dict(pair.split("=", 1) for pair in words if "=" in pair)
        vios.sea = Bridge(
            trunks=tuple(words[words.index("-vadapter") + 1].split(",")),
            port=words[words.index("-sea") + 1],
            control=pairs.get("ctl_chan"),
            mode=pairs.get("ha_mode", "disabled"),
        )
        lead = min(self.both, key=lambda each: each.priority)
        self.agree(lead=lead, share=all(self.sea(each).mode == "sharing" for each in self.both))
        return "ent4 Available\nen4\net4\n"

    def _set(self, vios: Vios, wanted: dict[str, str]) -> None:
        sea, before = self.sea(vios), self.leader
        sea.mode = wanted.get("ha_mode", sea.mode)
        sea.trunks = tuple(wanted.get("virt_adapters", ",".join(sea.trunks)).split(","))
        able = [each for each in self.both if self.sea(each).mode != "standby"]
        back = sea.mode != "standby" and wanted.get("ha_mode") and vios not in (before,)
        lead = min(able or self.both, key=lambda each: (each.priority, each is not before)) if back else before
        if lead is not None and self.sea(lead).mode == "standby":
            lead = next(iter(able), lead)
        asks = vios is not lead or lead is not before
        alike = len({(self.sea(each).mode, self.sea(each).trunks) for each in self.both}) == 1
        self.agree(lead=lead or vios, share=asks and alike and sea.mode == "sharing")

    @property
    def leader(self) -> Vios | None:
        return next((each for each in self.both if self.sea(each).state.startswith("PRIMARY")), None)

    def agree(self, *, lead: Vios, share: bool) -> None:
        for each in self.both:
            sea, leads = self.sea(each), each is lead
            sea.state = LEADS[leads][0] + ("_SH" if share and len(self.both) > 1 else "")
            dealt = [card for card in each.cards if card.name in sea.trunks][0 if leads else 1 :: 2]
            sea.shared = tuple(vlan for card in dealt for vlan in (card.pvid, *card.tags)) if "_SH" in sea.state else ()
        if self.spoilt is not None:
            self.spoilt(self)

    # ── what entstat says ─────────────────────────────────────────────────────────────────────────────────────────

    def entstat(self, vios: Vios) -> str:
        """Of the recorded one: its own part, and a block for each adapter."""
        sea = self.sea(vios)
        own, real, trunk, _, control = re.split(r"-{62}\n(?=(?:Real|Virtual|Control) Adapter)", self._recorded)
        own = own.replace("(ent4)", f"({sea.name})").replace("Adapter ent4", f"Adapter {sea.name}")
        own = own.replace("Elapsed Time: 30 days", f"Elapsed Time: {sea.counted} days")
        found = {card.name: card for card in vios.cards}
        lines = "".join(f"    {name}: {' '.join(map(str, _vlans(found[name])))}\n" for name in sea.trunks)
        own = re.sub(r"(?:    ent\d: [\d ]+\n)+", lines, own)
        blocks = [own[: own.index("High Availability")] + self._failover(vios, sea), real]
        for name in sea.trunks:
            card, text = found[name], trunk.replace("ent1", name)
            text = re.sub(r"Port VLAN ID: +\d+", f"Port VLAN ID: {card.pvid:>5}", text)
            tags = " ".join(map(str, card.tags)) or " None"
            blocks.append(re.sub(r"VLAN Tag IDs: .*", f"VLAN Tag IDs:    {tags}", text))
        text = f"{'-' * 62}\n".join([*blocks, *([control] if sea.control else [])])
        return text.replace("Real Adapter: ent0", f"Real Adapter: {sea.port}").replace("(ent0)", f"({sea.port})")

    @property
    def _recorded(self) -> str:
        text: str = self.recorded("entstat/auto-primary")
        return text

    def _failover(self, vios: Vios, sea: Bridge) -> str:
        if sea.mode == "disabled":
            return ""
        shares = sea.state.endswith("_SH")
        mode = "Partial" if shares else LEADS[sea.state == "PRIMARY"][1]
        vlans = f"    VID shared: {' '.join(map(str, sea.shared))}\n" if shares else ""
        text = self._recorded
        text = text[text.index("High Availability") : text.index("-" * 62, text.index("High Availability"))]
        text = text.replace("State: PRIMARY", f"State: {sea.state}").replace(
            "Bridge Mode: All\n", f"Bridge Mode: {mode}\n{vlans}"
        )
        text = text if sea.control else text.replace("    Control Channel PVID: 99\n", "")
        text = text.replace("Mode: Auto", f"Mode: {sea.mode.capitalize()}")
        return text.replace("Priority: 1", f"Priority: {vios.priority}")


# Whether the operation's VIOS leads, and the mode of both.
BEGINNINGS = {
    "share": (False, "sharing"),
    "failover": (True, "auto"),
    "return": (False, "auto"),
    "mode": (False, "sharing"),
    "add-trunks": (True, "sharing"),
    "remove": (False, "auto"),
}


def _mapped(vios: Vios, card: Card) -> str:
    if vios.sea is None or card.name not in vios.sea.trunks:
        return "NO SHARED ETHERNET ADAPTER FOUND"
    return f"{vios.sea.name},{vios.sea.port},Available,U78C0.001.DBJ0563-P1-C1-T1"


def _vlans(card: Card) -> tuple[int, ...]:
    return (card.pvid, *card.tags)
