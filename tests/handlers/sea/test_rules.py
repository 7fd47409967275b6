"""Each rule finds what it is for, and nothing in the case next to it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from handlers import entstat, errlog
from handlers.networks import Adapter, Network
from handlers.sea.growth import NAMES
from handlers.sea.machine import FLAPPING
from handlers.sea.pair import Listener, Side
from handlers.sea.rulebook import RULES
from handlers.seattr import Settings
from policies.alerts import Severity
from tests.handlers.sea.looks import PAIR, Watch, auto, look, rules, sharing, side, untold

V1, V2 = PAIR.vioses
Sides = tuple[Side, ...]


@dataclass(frozen=True, kw_only=True)
class Case:
    """`seen` one after another gives `rule`, and `beside` doesn't; `also` comes with it."""

    rule: str
    seen: tuple[Sides, ...]
    beside: tuple[Sides, ...]
    also: frozenset[str] = frozenset()
    said: str  # a part of the sentence
    shown: str  # a part of the evidence; empty: there is none
    severity: Severity
    others: tuple[Network, ...] = ()  # the control channels of other SEAs, where it is found
    besides: tuple[Network, ...] = ()  # and where it isn't


def mode(name: str, mate: Side | None = None) -> Sides:
    """Both in failover, set to that mode."""
    swap = ("Availability Mode: Auto", f"Availability Mode: {name}")
    return first(swap), mate or second(swap)


def without(told: Side, level: str) -> Side:
    """Without a control channel, at that level."""
    text, _, _ = told.raw.partition(f"{'-' * 62}\nControl Adapter:")
    text = text.replace("    Control Channel PVID: 99\n", "")
    assert "Control" not in text.replace("Control Packets", "")
    return told.model_copy(update={"told": entstat.sea(text, "ent4"), "raw": text, "level": level})


def listed(vios: str, tags: tuple[int, ...] = (10, 11)) -> tuple[Adapter, ...]:
    made = ((2, 1, tags), (3, 2, (12, 13)))
    return tuple(
        Adapter(partition=vios, slot=slot, switch="ETHERNET0", pvid=pvid, tagged=tagged, is_trunk=True)
        for slot, pvid, tagged in made
    )


def with_(mine: Side, theirs: Side, **known: tuple[object, object]) -> Sides:
    """Both with something more that is known of them."""
    one = mine.model_copy(update={key: value[0] for key, value in known.items()})
    return one, theirs.model_copy(update={key: value[1] for key, value in known.items()})


def logged(*stamps: str) -> tuple[errlog.Entry, ...]:
    lines = [f"E136EAFA   {stamp} I H ent4           BECOME PRIMARY\n" for stamp in stamps]
    return errlog.entries("IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n" + "".join(lines))


def set_to(reset: str | None, pvid: int = 1, adapter: str = "ent1") -> Settings:
    return Settings(
        ha_mode="auto", pvid=pvid, pvid_adapter=adapter, real_adapter="ent0", virt_adapters=("ent1", "ent2"),
        ctl_chan="ent3", adapter_reset=reset,
    )  # fmt: skip


def first(*swaps: tuple[str, str]) -> Side:
    return side(V1, "auto-primary", *swaps)


def second(*swaps: tuple[str, str]) -> Side:
    return side(V2, "auto-backup", *swaps)


def shares(*swaps: tuple[str, str]) -> Side:
    return side(V2, "sharing-backup", *swaps)


NOTE, WARNING, SERIOUS, CRITICAL = Severity
PRIMARY, BACKUP = auto()
LIMBO = second(("State: BACKUP", "State: LIMBO"))
PRIMARY_TOO = side(V2, "auto-primary", ("    Priority: 1", "    Priority: 2"), ("  Priority: 1", "  Priority: 2"))
BACKUP_TOO = side(V1, "auto-backup", ("    Priority: 2", "    Priority: 1"), ("  Priority: 2", "  Priority: 1"))
STANDING_BY = side(V1, "auto-backup", ("Mode: Auto", "Mode: Standby"), ("    Priority: 2", "    Priority: 1"))
PRIMARY_SH, BACKUP_SH = sharing()
MIXED = side(V1, "sharing-primary", ("  Priority: 1  Active: False", "  Priority: 7  Active: False"))
PRIMARY_SH_TOO = shares(("State: BACKUP_SH", "State: PRIMARY_SH"))
ALONE = side(V1, "auto-primary", ("Mode: Auto", "Mode: Sharing"))
DOWN, GARBLED = untold(V2), untold(V2, answers=True, why="it has a line that I don't know: 'x'")
BEHIND = with_(PRIMARY, BACKUP, log=(logged("0228190426"), None))
RIGHT = with_(PRIMARY, BACKUP, log=(logged("0301015926"), None))
NO_FAILOVER = side(V2, "no-failover")


def also(*names: str) -> frozenset[str]:
    return frozenset(names)


CASES = [
    Case(rule="both-primary", seen=((PRIMARY, PRIMARY_TOO),), beside=((PRIMARY, BACKUP),), severity=CRITICAL,
         said="both lead", shown="p72vio2: State: PRIMARY"),
    Case(rule="both-primary", seen=((PRIMARY_SH, PRIMARY_SH_TOO),), beside=((PRIMARY_SH, BACKUP_SH),),
         severity=CRITICAL, said="PRIMARY_SH", shown="p72vio2: State: PRIMARY_SH"),
    Case(rule="both-primary", seen=((PRIMARY, NO_FAILOVER),), beside=((PRIMARY, LIMBO),), also=also("failover-off"),
         severity=CRITICAL, said="no failover", shown="p72vio1: State: PRIMARY"),
    Case(rule="neither-primary", seen=((BACKUP_TOO, BACKUP),), beside=((BACKUP_TOO, PRIMARY_TOO),), severity=CRITICAL,
         said="neither leads", shown="p72vio1: State: BACKUP"),
    Case(rule="not-bridging", seen=((BACKUP,),), beside=((PRIMARY,),), also=also("no-mate"), severity=CRITICAL,
         said="not bridged", shown="State: BACKUP"),
    Case(rule="bridged-twice", seen=((PRIMARY_SH, shares(("shared: 2 12 13", "shared: 2 10 12 13"))),),
         beside=((PRIMARY_SH, BACKUP_SH),), severity=CRITICAL, said="both bridge VLAN 10", shown="VID shared: 2 10"),
    Case(rule="bridged-by-none", seen=((PRIMARY_SH, shares(("shared: 2 12 13", "shared: 2 12"))),),
         beside=((PRIMARY_SH, BACKUP_SH),), severity=SERIOUS, said="bridges VLAN 13", shown="VID shared: 2 12"),
    Case(rule="sharing-lost", severity=WARNING, said="sharing was lost",
         seen=((PRIMARY_SH, BACKUP_SH), mode("Sharing")),
         beside=((PRIMARY_SH, BACKUP_SH), mode("Auto")), shown="p72vio2: State: BACKUP"),
    Case(rule="sharing-lost", seen=((PRIMARY_SH, BACKUP_SH), (ALONE, DOWN), mode("Sharing")), severity=WARNING,
         said="sharing was lost", beside=((PRIMARY_SH, BACKUP_SH), (ALONE, DOWN)), shown="p72vio2: State: BACKUP"),
    Case(rule="sharing-never-started", seen=(mode("Sharing"),), severity=WARNING, said="never started",
         beside=(mode("Sharing", second(("Mode: Auto", "Mode: Sharing"), ("Status: Up", "Status: Down"))),),
         shown="High Availability Mode: Sharing"),
    Case(rule="priorities-equal", seen=((PRIMARY, second(("    Priority: 2", "    Priority: 1"))),),
         beside=((PRIMARY, BACKUP),), severity=SERIOUS, said="same priority, 1", shown="Priority: 1"),
    Case(rule="channel-differs", severity=SERIOUS, said="control channels differ", shown="Control Channel PVID: 98",
         seen=((PRIMARY, second(("PVID: 99", "PVID: 98"), ("VLAN ID:    99", "VLAN ID:    98"))),),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="channel-missing", severity=SERIOUS, said="p72vio2 is at VIOS 2.2.2.1", shown="State: PRIMARY",
         seen=((without(PRIMARY, "VIOS 2.2.3.0"), without(BACKUP, "VIOS 2.2.2.1")),),
         beside=((without(PRIMARY, "VIOS 2.2.3.0"), without(BACKUP, "VIOS 4.1.0.10")),)),
    Case(rule="channel-missing", severity=SERIOUS, said="finding its mate without takes 2.2.3.0", shown="",
         seen=((without(PRIMARY, "VIOS 2.2.1.0"), without(BACKUP, "")),),
         beside=((without(PRIMARY, ""), without(BACKUP, "")),)),
    Case(rule="channel-crowded", severity=SERIOUS, said="ent5 of p72vio3 is on the control channel of this pair too",
         shown="p72vio3: ent5 has its control channel on VLAN 99 on ETHERNET0", seen=((PRIMARY, BACKUP),),
         beside=((PRIMARY, BACKUP),), others=(("ETHERNET0", 99),), besides=(("ETHERNET0", 98), ("ETHERNET1", 99))),
    Case(rule="vlans-differ", severity=WARNING, said="only one of them has VLAN 13, 14 on ETHERNET0", shown="12    14",
         seen=((PRIMARY, second(("12    13", "12    14"))),), beside=((PRIMARY, BACKUP),)),
    Case(rule="mode-differs", severity=WARNING, said="ha_mode differs", shown="High Availability Mode: Sharing",
         seen=(mode("Sharing", BACKUP),), beside=(mode("Auto"),)),
    Case(rule="reset-differs", severity=WARNING, said="adapter_reset differs", shown="p72vio2: adapter_reset no",
         seen=(with_(PRIMARY, BACKUP, settings=(set_to("yes"), set_to("no"))),),
         beside=(with_(PRIMARY, BACKUP, settings=(set_to("yes"), set_to("yes"))),)),
    Case(rule="pvid-adapter", severity=WARNING, said="has PVID 1, its adapter for untagged packets ent2 has 2",
         seen=(with_(PRIMARY, BACKUP, settings=(set_to("yes", adapter="ent2"), None)),), shown="Port VLAN ID:     2",
         beside=(with_(PRIMARY, BACKUP, settings=(set_to("yes", pvid=2, adapter="ent2"), None)),)),
    Case(rule="hmc-unreached", severity=SERIOUS, said="hmc1 wasn't reached", shown="", seen=(),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="vios-unreachable", severity=SERIOUS, said="p72vio2 can't be asked: it is Not Activated", shown="",
         seen=((PRIMARY, DOWN),), beside=((PRIMARY, GARBLED),)),
    Case(rule="unreadable", severity=WARNING, said="a line that I don't know", shown="",
         seen=((PRIMARY, GARBLED),), beside=((PRIMARY, DOWN),)),
    Case(rule="backup-gone", severity=SERIOUS, said="carries everything alone", shown="before: State: BACKUP_SH",
         seen=((PRIMARY_SH, BACKUP_SH), (ALONE, DOWN)), also=also("vios-unreachable"),
         beside=((PRIMARY_SH, BACKUP_SH), (PRIMARY_SH, DOWN))),
    Case(rule="backup-gone", severity=SERIOUS, said="carries everything alone", shown="before: State: BACKUP_SH",
         seen=((PRIMARY_SH, BACKUP_SH), (ALONE, GARBLED), (ALONE, GARBLED)), also=also("unreadable"),
         beside=((PRIMARY, BACKUP), (PRIMARY, GARBLED))),
    Case(rule="no-mate", severity=WARNING, said="has no mate", shown="", seen=((PRIMARY,),),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="vlans-listed-differ", severity=WARNING, said="the HMC lists other VLANs", shown="p72vio2 slot 2: PVID 1",
         seen=(with_(PRIMARY, DOWN, trunks=(listed(V1), listed(V2, (10,)))),), also=also("vios-unreachable"),
         beside=(with_(PRIMARY, DOWN, trunks=(listed(V1), listed(V2))),)),
    Case(rule="list-differs", severity=WARNING, said="VLAN 11 on ETHERNET0", shown="VLAN Tag IDs:    10    11",
         seen=(with_(PRIMARY, BACKUP, trunks=(listed(V1, (10,)), listed(V2, (10,)))),),
         beside=(with_(PRIMARY, BACKUP, trunks=(listed(V1), listed(V2))),)),
    Case(rule="clock-skew", severity=NOTE, said="the clock of p72vio1 is 6 h 55 min or more behind ours",
         shown="0228190426", seen=(with_(PRIMARY, BACKUP, log=(logged(), None)), BEHIND),
         beside=(with_(PRIMARY, BACKUP, log=(logged(), None)), RIGHT)),
    Case(rule="limbo", severity=SERIOUS, said="doesn't reach the physical network", shown="State: LIMBO",
         seen=((PRIMARY, LIMBO),), beside=((PRIMARY, BACKUP),)),
    *(Case(rule="not-ready", severity=WARNING, said=f"in state {state}", shown=f"State: {state}",
           seen=((PRIMARY, second(("State: BACKUP", f"State: {state}"))),), beside=((PRIMARY, LIMBO),))
      for state in ("INIT", "RECOVERY", "STANDBY", "NEVERHEARDOF")),
    Case(rule="failover-off", severity=SERIOUS, said="takes no part", shown="Number of adapters",
         also=also("both-primary"),
         seen=((PRIMARY, NO_FAILOVER),), beside=((side(V1, "no-failover"),),)),
    Case(rule="bridge-mode", severity=SERIOUS, said="is BACKUP and bridges All", shown="Bridge Mode: All",
         seen=((PRIMARY, second(("Bridge Mode: None", "Bridge Mode: All"))),),
         beside=((PRIMARY_SH, BACKUP_SH),)),
    Case(rule="standby", severity=WARNING, said="is set to Standby", shown="High Availability Mode: Standby",
         seen=((STANDING_BY, PRIMARY_TOO),), beside=((BACKUP_TOO, PRIMARY_TOO),)),
    Case(rule="trunk-inactive", severity=SERIOUS, said="trunk ent1 is not active", shown="Priority: 1  Active: False",
         seen=((first(("Active: True", "Active: False")), BACKUP),), beside=((PRIMARY, BACKUP),)),
    Case(rule="trunk-active", severity=SERIOUS, said="shouldn't bridge it", shown="Priority: 2  Active: True",
         seen=((PRIMARY, second(("Active: False", "Active: True"))),), beside=((PRIMARY_SH, BACKUP_SH),)),
    Case(rule="trunk-down", severity=SERIOUS, said="is not operational", shown="LAN State: Not Operational",
         seen=((first(("LAN State: Operational", "LAN State: Not Operational")), BACKUP),), also=also("channel-down"),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="no-trunk", severity=WARNING, said="is no trunk", shown="Trunk Adapter: False",
         seen=((PRIMARY, second(("Trunk Adapter: True\n  Priority: 2  Active: False", "Trunk Adapter: False"))),),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="link-down", severity=SERIOUS, said="physical link of ent0", shown="Link Status: Down",
         seen=((PRIMARY, second(("Link Status: Up", "Link Status: Down"))),), beside=((PRIMARY, BACKUP),)),
    Case(rule="channel-down", severity=SERIOUS, said="control channel is not shown", shown="Control Channel PVID: 98",
         seen=((PRIMARY, second(("Channel PVID: 99", "Channel PVID: 98"))),), also=also("channel-differs"),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="channel-trunk", severity=WARNING, said="is a trunk adapter", shown="Trunk Adapter: True",
         seen=((PRIMARY, second(("Trunk Adapter: False", "Trunk Adapter: True\n  Priority: 2  Active: False"))),),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="priorities-mixed", severity=WARNING, said="different priorities: 1, 7", shown="Priority: 7",
         seen=((MIXED, BACKUP_SH),),
         beside=((PRIMARY_SH, BACKUP_SH),)),
    Case(rule="vlan-twice", severity=WARNING, said="both carry VLAN 12", shown="VLAN Tag IDs:    10    12",
         seen=((first(("10    11", "10    12")), second(("10    11", "10    12"))),),
         beside=((PRIMARY, BACKUP),)),
    Case(rule="limbo-growing", severity=WARNING, said="Limbo Packets of p72vio1 rose by 5", shown="Limbo Packets: 5",
         seen=((PRIMARY, BACKUP), (first(("Limbo Packets: 0", "Limbo Packets: 5")), BACKUP)),
         beside=((PRIMARY, BACKUP), (first(("Limbo Packets: 0", "Limbo Packets: 1")), BACKUP))),
    Case(rule="recovery-growing", severity=WARNING, said="Recovery Packets", shown="Recovery Packets: 9",
         seen=((PRIMARY, BACKUP), (PRIMARY, second(("Recovery Packets: 0", "Recovery Packets: 9")))),
         beside=((PRIMARY, second(("Recovery Packets: 0", "Recovery Packets: 9"))), ) * 2),
    Case(rule="buffers-short", severity=WARNING, said="No Resource Errors of p72vio1 rose by 500",
         shown="No Resource Errors: 500",
         seen=((PRIMARY, BACKUP), (first(("No Resource Errors: 0", "No Resource Errors: 500")), BACKUP)),
         beside=((PRIMARY, BACKUP), (first(("No Resource Errors: 0", "No Resource Errors: 50")), BACKUP))),
    Case(rule="buffers-short", severity=WARNING, said="Thread queue overflow packets",
         shown="Thread queue overflow packets: 300",
         seen=((PRIMARY, BACKUP), (first(("overflow packets: 0", "overflow packets: 300")), BACKUP)),
         beside=((PRIMARY, BACKUP), (first(("Packets filtered(VlanId): 0", "Packets filtered(VlanId): 300")), BACKUP))),
    Case(rule="errors-growing", severity=WARNING, said="Transmit Errors of p72vio2 rose by 200",
         shown="Transmit Errors: 200",
         seen=((PRIMARY, BACKUP), (PRIMARY, second(("Transmit Errors: 0 ", "Transmit Errors: 200 ")))),
         beside=((PRIMARY, BACKUP), (PRIMARY, BACKUP))),
]  # fmt: skip


def steps(sides: tuple[Sides, ...], channels: tuple[Network, ...] = ()) -> Watch:
    watch = Watch()
    others = tuple(Listener(vios="p72vio3", sea="ent5", channel=each) for each in channels)
    for number, each in enumerate(sides):
        watch.sees(look(*each, after=30.0 * number).model_copy(update={"others": others}))
    return watch


def test_every_rule_has_a_case() -> None:
    """None is untried; the flapping of a pair has a test of its own."""
    assert {each.rule for each in CASES} == {rule.id for rule in RULES} | NAMES
    assert FLAPPING not in {each.rule for each in CASES}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.said}")
def test_a_rule_finds_what_it_is_for(case: Case) -> None:
    """It fires with its severity, its sentence and the lines that show it; next to it, it doesn't."""
    watch = steps(case.seen, case.others)
    if case.rule == "hmc-unreached":
        watch.sees(look(untold(V1), DOWN, reached=False))
    found = [each for each in watch.seen[-1].symptoms if each.rule == case.rule]
    assert found, rules(watch.seen[-1])
    assert rules(watch.seen[-1]) == {case.rule} | case.also
    assert {each.severity for each in found} == {case.severity}
    assert any(case.said in each.said for each in found), [each.said for each in found]
    assert any(case.shown in line for each in found for line in each.evidence) or not case.shown, found[0].evidence
    assert all(each.then for each in found)
    assert case.rule not in rules(steps(case.beside, case.besides).seen[-1])
