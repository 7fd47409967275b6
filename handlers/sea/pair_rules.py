"""What can be wrong between the two SEAs of a pair; `one` leads, where only one does."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.networks import told as named
from handlers.sea.levels import FINDS_ITS_MATE_FROM, dotted, level
from handlers.sea.rules import Found, check, remedy, share
from handlers.sea.view import Told, View, defined, networks
from handlers.seas import BRIDGES, SHARING, TAKES_OVER


def _evidence(one: Told, other: Told) -> tuple[str, ...]:
    return (*one.failover_evidence, *other.failover_evidence)


def both(view: View, one: Told, other: Told) -> Iterator[Found]:
    if one.leads and other.leads:
        said = f"both lead: {one} is {one.state}, {other} is {other.state}; a loop threatens"
        yield Found(said=said, evidence=_evidence(one, other), remedies=(check(view),))


def neither(view: View, one: Told, other: Told) -> Iterator[Found]:
    if not one.leads and not other.leads:
        said = f"neither leads: {one} is {one.state}, {other} is {other.state}; nothing is bridged"
        returns = tuple(
            remedy("Return the failover", "return", each.vios, each.sea.name, view.system)
            for each in (one, other)
            if each.mode == "Standby"
        )
        yield Found(said=said, evidence=_evidence(one, other), remedies=(*returns, check(view)))


def _well(told: Told) -> bool:
    return told.state in BRIDGES and told.sea.link_up is not False


def _apart(one: Told, other: Told) -> bool:
    """Both are told to share, nothing hinders either, and they don't."""
    wanted = all(each.mode == "Sharing" and _well(each) for each in (one, other))
    return wanted and not (one.state in SHARING and other.state in SHARING) and one.leads != other.leads


def lost(view: View, one: Told, other: Told) -> Iterator[Found]:
    if _apart(one, other) and view.memory is not None and view.memory.shared:
        said = f"sharing was lost: {one} is {one.state} and {other} is {other.state} though both are set to Sharing"
        yield Found(said=said, evidence=_evidence(one, other), remedies=(share(view, other),))


def never(view: View, one: Told, other: Told) -> Iterator[Found]:
    if _apart(one, other) and not (view.memory is not None and view.memory.shared):
        why = "; ".join(_hindered(one, other))
        said = (
            f"sharing never started: {one} is {one.state} and {other} is {other.state} though both are set to Sharing"
        )
        said = f"{said}. In its way: {why}" if why else said
        # What is in its way would only make the backup ask in vain.
        yield Found(said=said, evidence=_evidence(one, other), remedies=() if why else (share(view, other),))


def _hindered(one: Told, other: Told) -> Iterator[str]:
    """Why they couldn't share if they tried."""
    for each in (one, other):
        if len(each.sea.trunks) < 2:
            yield f"{each} has {len(each.sea.trunks)} trunk, where it takes two"
        if len({trunk.priority for trunk in each.sea.trunks}) > 1:
            yield f"the trunks of {each} have different priorities"
    if defined(one.sea.trunks) != defined(other.sea.trunks):
        yield "their VLANs differ"


def overlap(view: View, one: Told, other: Told) -> Iterator[Found]:
    sharing = one.state in SHARING and other.state in SHARING
    both = set(one.own.shared) & set(other.own.shared) if sharing and one.own and other.own else set()
    if both:
        said = f"{one} and {other} both bridge VLAN {', '.join(map(str, sorted(both)))}"
        stop = remedy("Set both to auto", "mode", one.vios, one.sea.name, view.system, "auto")
        yield Found(said=said, evidence=_evidence(one, other), remedies=(check(view), stop))


def gap(view: View, one: Told, other: Told) -> Iterator[Found]:
    if one.own and other.own and {one.state, other.state} == set(SHARING):
        vlans = {vlan for each in (one, other) for trunk in each.sea.trunks for vlan in (trunk.pvid, *trunk.tagged)}
        if none := vlans - set(one.own.shared) - set(other.own.shared):
            said = f"neither {one} nor {other} bridges VLAN {', '.join(map(str, sorted(none)))}"
            yield Found(said=said, evidence=_evidence(one, other), remedies=(share(view, other),))


def equal(view: View, one: Told, other: Told) -> Iterator[Found]:
    if one.own and other.own and one.own.priority == other.own.priority:
        said = f"{one} and {other} have the same priority, {one.own.priority}: it isn't settled which of them leads"
        yield Found(said=said, evidence=(*one.lines("Priority"), *other.lines("Priority")))


def channels(view: View, one: Told, other: Told) -> Iterator[Found]:
    if not (one.own and other.own):
        return
    mine, theirs = one.own.control_pvid, other.own.control_pvid
    switches = {each.sea.control.switch for each in (one, other) if each.sea.control is not None}
    if mine != theirs:
        there = " and ".join(
            f"{each} has {'none' if pvid is None else pvid}" for each, pvid in ((one, mine), (other, theirs))
        )
        lines = (*one.lines("Control Channel PVID"), *other.lines("Control Channel PVID"))
        yield Found(said=f"their control channels differ: {there}", evidence=lines)
    elif len(switches) > 1:
        said = f"their control channels are on different switches: {', '.join(sorted(switches))}"
        shown = [(each, each.sea.control) for each in (one, other)]
        lines = tuple(line for each, own in shown if own is not None for line in each.lines("Switch ID", of=own.name))
        yield Found(said=said, evidence=lines)


def missing(view: View, one: Told, other: Told) -> Iterator[Found]:
    """Neither has one, and one is too old to find its mate without."""
    if not (one.own and other.own) or {one.own.control_pvid, other.own.control_pvid} != {None}:
        return
    levels = [(each, level(each.side.level)) for each in (one, other)]
    old = [each for each, found in levels if found is not None and found < FINDS_ITS_MATE_FROM]
    if old:
        at = " and ".join(f"{each.vios} is at {each.side.level}" for each in old)
        takes = f"finding its mate without takes {dotted(FINDS_ITS_MATE_FROM)}"
        said = f"neither {one} nor {other} has a control channel, and {at}: {takes}"
        yield Found(said=said, evidence=_evidence(one, other))


def crowded(view: View) -> Iterator[Found]:
    """More than one mate listens on a control channel."""
    controls = [(told, told.sea.control) for told in view.told]
    own = {(control.switch, control.pvid) for _, control in controls if control is not None}
    there = [each for each in view.look.others if each.channel in own]
    if there:
        who = ", ".join(f"{each.sea} of {each.vios}" for each in there)
        channel = named({each.channel for each in there})
        said = f"{who} {'is' if len(there) == 1 else 'are'} on the control channel of this pair too, {channel}"
        mine = (line for told in view.told for line in told.lines("Control Channel PVID"))
        theirs = (f"{each.vios}: {each.sea} has its control channel on {named({each.channel})}" for each in there)
        yield Found(said=said, evidence=(*mine, *theirs))


def vlans(view: View, one: Told, other: Told) -> Iterator[Found]:
    mine, theirs = defined(one.sea.trunks), defined(other.sea.trunks)
    if mine != theirs:
        said = f"{one} and {other} don't have the same VLANs"
        if apart := networks(one.sea.trunks) ^ networks(other.sea.trunks):
            said = f"{said}: only one of them has {named(apart)}"
        lines = (
            line
            for each in (one, other)
            for trunk in each.sea.trunks
            for line in each.lines("Port VLAN ID", "VLAN Tag", "Switch ID", of=trunk.name)
        )
        yield Found(about="entstat", said=said, evidence=tuple(lines))


def modes(view: View, one: Told, other: Told) -> Iterator[Found]:
    if one.own and other.own and one.mode != other.mode and "Standby" not in (one.mode, other.mode):
        said = f"ha_mode differs: {one} has {one.mode}, {other} has {other.mode}"
        lines = (*one.lines("High Availability Mode"), *other.lines("High Availability Mode"))
        as_leader = remedy(f"Set both to {one.mode}", "mode", one.vios, one.sea.name, view.system, one.mode.lower())
        yield Found(said=said, evidence=lines, remedies=(as_leader,) if one.leads and one.mode in TAKES_OVER else ())


def resets(view: View, one: Told, other: Told) -> Iterator[Found]:
    """Whether the physical adapter is reset when the lead changes."""
    if one.side.settings is None or other.side.settings is None:
        return
    mine, theirs = one.side.settings.adapter_reset, other.side.settings.adapter_reset
    if mine != theirs:
        shown = [(each, value or "not told") for each, value in ((one, mine), (other, theirs))]
        said = "adapter_reset differs: " + ", ".join(f"{each} has {value}" for each, value in shown)
        yield Found(said=said, evidence=tuple(f"{each.vios}: adapter_reset {value}" for each, value in shown))


def not_bridging(view: View, told: Told) -> Iterator[Found]:
    if not told.leads:
        said = f"{told} has no mate and is {told.state}: its networks are not bridged"
        yield Found(about=told.vios, said=said, evidence=told.failover_evidence)
