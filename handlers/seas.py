"""Whether a Shared Ethernet Adapter is fit to carry alone, and whether two agree. Pure; each fault is a sentence's end.

A SEA that carries everything already is fit. Another has to be in a state in which its mode takes over, with its port's
link, its trunks and its control channel up. What isn't told is never taken for good.
"""

from __future__ import annotations

from handlers.entstat import Sea

# What each state bridges, and the states in which each mode takes over when the mate goes. A SEA in `Standby` mode was
# told to be the backup; that it leads when it is alone isn't known.
BRIDGES = {"PRIMARY": "All", "BACKUP": "None", "PRIMARY_SH": "Partial", "BACKUP_SH": "Partial"}
TAKES_OVER = {"Auto": ("PRIMARY", "BACKUP"), "Sharing": ("PRIMARY_SH", "BACKUP_SH")}
MATES = {"PRIMARY": "BACKUP", "BACKUP": "PRIMARY", "PRIMARY_SH": "BACKUP_SH", "BACKUP_SH": "PRIMARY_SH"}
SHARING = ("PRIMARY_SH", "BACKUP_SH")
LEADS = ("PRIMARY", "PRIMARY_SH")
# What the error log and the counters go by: sharing or not makes no difference there.
ROLES = {state: state.removesuffix("_SH") for state in BRIDGES}


def said(sea: Sea) -> str:
    """`ent4 BACKUP_SH bridging Partial, mode Sharing, link up`."""
    link = "isn't told" if sea.link_up is None else "up" if sea.link_up else "down"
    own = sea.failover
    state = f"{own.state} bridging {own.bridge_mode}, mode {own.mode}" if own is not None else "without failover"
    return f"{sea.name} {state}, link {link}"


def unfit(sea: Sea) -> list[str]:
    """Why it isn't shown fit to carry alone; empty: it is."""
    return [*_state(sea), *footing(sea)]


def footing(sea: Sea) -> list[str]:
    """What it stands on that isn't shown to work: its control channel, its port's link, its trunks."""
    faults = list(filter(None, [channel_fault(sea)]))
    if not sea.link_up:
        faults.append(f"the link of its port {sea.real} {'is down' if sea.link_up is False else 'is not told'}")
    faults += [f"its trunk {each.name} is not operational" for each in sea.trunks if not each.operational]
    faults += [f"its adapter {each.name} is no trunk" for each in sea.trunks if each.active is None]
    return faults


def leads(sea: Sea) -> bool:
    """It bridges as the first of the two, or as if it were alone."""
    if sea.failover is None:
        return any(each.active for each in sea.trunks)
    return sea.failover.state in LEADS


def carries(sea: Sea) -> bool:
    """Everything goes over it now."""
    own = sea.failover
    return own is not None and own.state == "PRIMARY" and own.bridge_mode == "All" and bool(sea.link_up)


def apart(sea: Sea, mate: Sea) -> list[str]:
    """Why the two don't make a pair in which `sea` takes over from `mate`."""
    own, other = sea.failover, mate.failover
    if own is None or other is None:
        return [f"{each.name} has no failover" for each in (sea, mate) if each.failover is None]
    faults = []
    if own.control_pvid != other.control_pvid:
        faults.append(f"their control channels differ: {own.control_pvid} and {other.control_pvid}")
    # A mate in trouble leaves everything to one that carries it.
    leads = own.state == "PRIMARY" and other.state not in ("PRIMARY", *SHARING)
    if MATES.get(own.state) != other.state and not leads:
        faults.append(f"it is {own.state} while its mate is {other.state}")
    return faults


def unsettled(sea: Sea, mate: Sea) -> list[str]:
    """Why the two haven't come to what their modes demand."""
    faults = [f"{each.name}: {fault}" for each in (sea, mate) for fault in (*unfit(each), *_sharing_lost(each))]
    own, other = sea.failover, mate.failover
    if own is not None and other is not None and MATES.get(own.state) != other.state:
        faults.append(f"one is {own.state}, the other {other.state}")
    return faults


def _state(sea: Sea) -> list[str]:
    own = sea.failover
    if own is None:
        return ["it has no failover"]
    if own.state not in BRIDGES:
        return [f"its state is {own.state}"]
    if BRIDGES[own.state] != own.bridge_mode:
        return [f"its state is {own.state} and it bridges {own.bridge_mode}"]
    if own.mode not in TAKES_OVER:
        return [f"its mode is {own.mode}, in which it isn't known to take over"]
    return [] if carries(sea) or own.state == "PRIMARY" else _sharing_lost(sea)


def _sharing_lost(sea: Sea) -> list[str]:
    own = sea.failover
    if own is None or own.state in TAKES_OVER.get(own.mode, ()):
        return []
    return [f"its mode is {own.mode} and its state {own.state}"]


def channel_fault(sea: Sea) -> str:
    """Newer levels find each other without a control channel; one that is there has to work. Empty: it does."""
    pvid = sea.failover.control_pvid if sea.failover is not None else None
    if pvid is None and sea.control is None:
        return ""
    if sea.control is None or sea.control.pvid != pvid:
        return "the adapter of its control channel is not shown"
    return "" if sea.control.operational else "its control channel is not operational"
