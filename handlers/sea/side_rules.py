"""What can be wrong with one SEA, whatever its mate says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from handlers.entstat import Virtual
from handlers.networks import told as named
from handlers.sea.rules import Found, OfSide, fail_over, remedy
from handlers.sea.view import Told, View, defined, networks
from handlers.seas import BRIDGES, SHARING, channel_fault
from policies.alerts import Severity


def _limbo(view: View, told: Told) -> Iterator[Found]:
    if told.state == "LIMBO":
        said = f"{told} is in LIMBO: it doesn't reach the physical network"
        yield Found(about=told.vios, said=said, evidence=told.lines("State"))


def _not_ready(view: View, told: Told) -> Iterator[Found]:
    if told.own is not None and told.state not in BRIDGES and told.state != "LIMBO":
        said = f"{told} is in state {told.state}, in which it neither leads nor stands by"
        yield Found(about=told.vios, said=said, evidence=told.lines("State", "Bridge Mode"))


def _off(view: View, told: Told) -> Iterator[Found]:
    if told.own is None or told.mode == "Disabled":
        said = f"{told} takes no part in failover, though another SEA bridges the same networks"
        yield Found(about=told.vios, said=said, evidence=told.lines("High Availability Mode", "Number of adapters"))


def _bridge_mode(view: View, told: Told) -> Iterator[Found]:
    wanted = BRIDGES.get(told.state)
    if told.own is not None and wanted is not None and told.own.bridge_mode != wanted:
        said = f"{told} is {told.state} and bridges {told.own.bridge_mode}, where {wanted} belongs"
        yield Found(about=told.vios, said=said, evidence=told.lines("State", "Bridge Mode"))


def _standby(view: View, told: Told) -> Iterator[Found]:
    if told.mode == "Standby":
        said = f"{told} is set to Standby: it was told to leave the lead to its mate, and still is"
        back = remedy("Return the failover", "return", told.vios, told.sea.name, view.system)
        lines = told.lines("State", "High Availability Mode")
        yield Found(about=told.vios, said=said, evidence=lines, remedies=(back,))


def _ought(told: Told, trunk: Virtual) -> bool | None:
    """Whether that trunk ought to be active; None where its state doesn't say."""
    if told.own is None or told.state not in BRIDGES:
        return None
    return trunk.pvid in told.own.shared if told.state in SHARING else told.state == "PRIMARY"


def _inactive(view: View, told: Told) -> Iterator[Found]:
    for trunk in told.sea.trunks:
        if _ought(told, trunk) and trunk.active is False:
            said = f"trunk {trunk.name} is not active under {told}, which is {told.state}"
            yield replace(_trunk(told, trunk, said), remedies=fail_over(view, told))


def _active(view: View, told: Told) -> Iterator[Found]:
    for trunk in told.sea.trunks:
        if _ought(told, trunk) is False and trunk.active:
            said = f"trunk {trunk.name} is active under {told}, which is {told.state} and shouldn't bridge it"
            yield _trunk(told, trunk, said)


def _trunk(told: Told, trunk: Virtual, said: str) -> Found:
    evidence = (*told.lines("State"), *told.lines("Priority", "Port VLAN ID", of=trunk.name))
    return Found(about=f"{told.vios} {trunk.name}", said=said, evidence=evidence)


def _trunk_down(view: View, told: Told) -> Iterator[Found]:
    for trunk in told.sea.trunks:
        if not trunk.operational:
            said = f"trunk {trunk.name} of {told} is not operational"
            lines, remedies = told.lines("LAN State", of=trunk.name), fail_over(view, told)
            yield Found(about=f"{told.vios} {trunk.name}", said=said, evidence=lines, remedies=remedies)


def _no_trunk(view: View, told: Told) -> Iterator[Found]:
    for each in told.sea.trunks:
        if each.active is None:
            said = f"{each.name}, an adapter of {told}, is no trunk: nothing is bridged over it"
            yield Found(about=f"{told.vios} {each.name}", said=said, evidence=told.lines("Trunk Adapter", of=each.name))


def _link(view: View, told: Told) -> Iterator[Found]:
    if told.sea.link_up is False:
        real = told.sea.real
        lines = told.lines("Link", "Physical Port Link", "Logical Port Link", of=real)
        said = f"the physical link of {real} behind {told} is down"
        yield Found(about=told.vios, said=said, evidence=lines, remedies=fail_over(view, told))


def _channel(view: View, told: Told) -> Iterator[Found]:
    if told.own is not None and (fault := channel_fault(told.sea)):
        control = told.sea.control
        lines = told.lines("LAN State", "Port VLAN ID", of=control.name) if control is not None else ()
        evidence = (*told.lines("Control Channel PVID"), *lines)
        yield Found(about=told.vios, said=f"{told}: {fault}", evidence=evidence)


def _channel_trunk(view: View, told: Told) -> Iterator[Found]:
    control = told.sea.control
    if control is not None and control.active is not None:
        said = f"{control.name}, the control channel of {told}, is a trunk adapter"
        yield Found(about=told.vios, said=said, evidence=told.lines("Trunk Adapter", of=control.name))


def _priorities(view: View, told: Told) -> Iterator[Found]:
    found = {each.priority for each in told.sea.trunks if each.priority is not None}
    if len(found) > 1:
        said = f"the trunks of {told} have different priorities: {', '.join(map(str, sorted(found)))}"
        lines = tuple(line for each in told.sea.trunks for line in told.lines("Priority", of=each.name))
        yield Found(about=told.vios, said=said, evidence=lines)


def _twice(view: View, told: Told) -> Iterator[Found]:
    for one, other in combinations(told.sea.trunks, 2):
        both = {one.pvid, *one.tagged} & {other.pvid, *other.tagged}
        if one.switch == other.switch and both:
            there = named((one.switch, vlan) for vlan in both)
            said = f"trunks {one.name} and {other.name} of {told} both carry {there}"
            lines = (line for each in (one, other) for line in told.lines("Port VLAN ID", "VLAN Tag", of=each.name))
            yield Found(about=f"{told.vios} {one.name} {other.name}", said=said, evidence=tuple(lines))


def _listed(view: View, told: Told) -> Iterator[Found]:
    listed = frozenset((each.switch, each.pvid, frozenset(each.tagged)) for each in told.side.trunks)
    if told.side.trunks and listed != defined(told.sea.trunks):
        apart = told.side.networks ^ networks(told.sea.trunks)
        said = f"the HMC lists other trunks for {told} than the VIOS has"
        said = f"{said}: only one of them tells of {named(apart)}" if apart else said
        lines = (
            line for each in told.sea.trunks for line in told.lines("Port VLAN ID", "VLAN Tag", "Switch", of=each.name)
        )
        yield Found(about=told.vios, said=said, evidence=tuple(lines))


def _settings(view: View, told: Told) -> Iterator[Found]:
    """What only the device's attributes tell: its PVID has to be that of the adapter for untagged packets."""
    set_to, about = told.side.settings, f"{told.vios} pvid"
    if set_to is None:
        return
    adapter = next((each for each in told.sea.trunks if each.name == set_to.pvid_adapter), None)
    evidence = (f"{told.vios}: pvid {set_to.pvid}", f"{told.vios}: pvid_adapter {set_to.pvid_adapter}")
    if adapter is None:
        said = f"pvid_adapter of {told} is {set_to.pvid_adapter}, which is none of its trunks"
        yield Found(about=about, said=said, evidence=evidence)
    elif adapter.pvid != set_to.pvid:
        said = f"{told} has PVID {set_to.pvid}, its adapter for untagged packets {adapter.name} has {adapter.pvid}"
        yield Found(about=about, said=said, evidence=(*evidence, *told.lines("Port VLAN ID", of=adapter.name)))


NOTE, WARNING, SERIOUS = Severity.NOTE, Severity.WARNING, Severity.SERIOUS

RULES = (
    OfSide(
        id="limbo", severity=SERIOUS, find=_limbo,
        then="Look at the physical port, its cable and its switch port; it comes back by itself once the link does.",
    ),
    OfSide(
        id="not-ready", severity=WARNING, find=_not_ready,
        then="Look again in a minute: a SEA that starts passes through such states. If it stays, see errlog there.",
    ),
    OfSide(
        id="failover-off", severity=SERIOUS, find=_off, mated=True,
        then="Set ha_mode on both, the primary first; see that their control channels are the same before.",
    ),
    OfSide(
        id="bridge-mode", severity=SERIOUS, find=_bridge_mode,
        then="Look again; if it stays, some networks are bridged twice or not at all. See errlog on both VIOS.",
    ),
    OfSide(
        id="standby", severity=WARNING, find=_standby,
        then="Return the failover once the work for which it was made is done.",
    ),
    OfSide(
        id="trunk-inactive", severity=SERIOUS, find=_inactive,
        then="See which VIOS has the trunk of that VLAN active, and whether trunk priorities on the switch differ.",
    ),
    OfSide(
        id="trunk-active", severity=SERIOUS, find=_active,
        then="See whether the mate has the same trunk active: then that network is bridged twice.",
    ),
    OfSide(
        id="trunk-down", severity=SERIOUS, find=_trunk_down,
        then="See the adapter's slot at the HMC, and errlog on that VIOS.",
    ),
    OfSide(
        id="no-trunk", severity=WARNING, find=_no_trunk,
        then="Give the adapter external access at the HMC, or take it out of virt_adapters.",
    ),
    OfSide(
        id="link-down", severity=SERIOUS, find=_link,
        then="Look at the cable and at the switch port of that adapter.",
    ),
    OfSide(
        id="channel-down", severity=SERIOUS, find=_channel, mated=True,
        then="See ctl_chan of that SEA and the adapter's slot at the HMC: without it the two may both lead.",
    ),
    OfSide(
        id="channel-trunk", severity=WARNING, find=_channel_trunk,
        then="Use an adapter without external access for ctl_chan.",
    ),
    OfSide(
        id="priorities-mixed", severity=WARNING, find=_priorities,
        then="Give all trunks of one SEA the same priority: sharing needs it, and the lowest one decides.",
    ),
    OfSide(
        id="vlan-twice", severity=WARNING, find=_twice,
        then="Take the VLAN from one of the two trunks.",
    ),
    OfSide(
        id="list-differs", severity=WARNING, find=_listed,
        then="Read the adapters at the HMC again; a change in a profile alone needs a restart of the VIOS.",
    ),
    OfSide(
        id="pvid-adapter", severity=WARNING, find=_settings,
        then="Set pvid and pvid_adapter of the SEA to the same adapter: untagged packets get lost otherwise.",
    ),
)  # fmt: skip
