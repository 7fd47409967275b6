"""Every rule of a pair, one entry each, worst first."""

from __future__ import annotations

from handlers.sea import pair_rules as pair
from handlers.sea import reach_rules as reach
from handlers.sea.rules import OfLook, OfPair, OfSide, Rule
from handlers.sea.side_rules import RULES as OF_SIDE
from handlers.seas import SHARING
from policies.alerts import Severity

NOTE, WARNING, SERIOUS, CRITICAL = Severity

_OF_PAIR: tuple[Rule, ...] = (
    OfPair(
        id="both-primary", severity=CRITICAL, at_once=True, find=pair.both, disproved=lambda told: not told.leads,
        then="Look at both now. If it stays, take one out by hand: disable the trunk or unplug the port of the one "
        "with the higher priority number. Then find out why they don't hear each other: see the control channel.",
    ),
    OfPair(
        id="neither-primary", severity=CRITICAL, at_once=True, find=pair.neither, disproved=lambda told: told.leads,
        then="Look at both now: links behind both, and whether one is set to Standby. Either has to lead.",
    ),
    OfSide(
        id="not-bridging", severity=CRITICAL, at_once=True, find=pair.not_bridging, mated=False,
        then="Look at the link behind it, and at errlog on that VIOS.",
    ),
    OfPair(
        id="bridged-twice", severity=CRITICAL, find=pair.overlap, disproved=lambda told: told.state not in SHARING,
        then="Look again: while halves are dealt it can look so. If it stays, set ha_mode to auto on both.",
    ),
    OfPair(
        id="bridged-by-none", severity=SERIOUS, find=pair.gap, disproved=lambda told: told.state not in SHARING,
        then="Look again; if it stays, restart sharing from the backup, so that the VLANs are dealt again.",
    ),
    OfPair(
        id="sharing-lost", severity=WARNING, find=pair.lost,
        disproved=lambda told: told.state in SHARING or told.mode != "Sharing",
        then="Restart sharing: set ha_mode to sharing again on the backup. Traffic flows over the primary meanwhile.",
    ),
    OfPair(
        id="sharing-never-started", severity=WARNING, find=pair.never,
        disproved=lambda told: told.state in SHARING or told.mode != "Sharing",
        then="Clear what is in its way, then set ha_mode to sharing again on the backup.",
    ),
    OfPair(
        id="priorities-equal", severity=SERIOUS, find=pair.equal,
        then="Give the trunks of one of them another priority: the lower number leads.",
    ),
    OfPair(
        id="channel-differs", severity=SERIOUS, find=pair.channels,
        then="Give both the same control channel VLAN on the same switch: they don't hear each other otherwise.",
    ),
    OfPair(
        id="channel-missing", severity=SERIOUS, find=pair.missing,
        then="Give both a control channel, an adapter without external access on a VLAN of its own, or bring both to a "
        "level that does without: they don't hear each other otherwise, and both may lead.",
    ),
    OfLook(
        id="channel-crowded", severity=SERIOUS, find=pair.crowded, blind=lambda view: not view.told,
        then="Give each pair a control channel VLAN of its own: on one there is exactly one mate.",
    ),
    OfPair(
        id="vlans-differ", severity=WARNING, find=pair.vlans,
        then="Give both the same PVIDs and tags: what only one has is lost when the other leads.",
    ),
    OfPair(
        id="mode-differs", severity=WARNING, find=pair.modes,
        then="Set ha_mode the same on both, the primary first.",
    ),
    OfPair(
        id="reset-differs", severity=WARNING, find=pair.resets,
        then="Set adapter_reset the same on both: it decides whether the port goes down when the lead changes.",
    ),
)  # fmt: skip
_OF_REACH: tuple[Rule, ...] = (
    OfLook(
        id="hmc-unreached", severity=SERIOUS, find=reach.hmc,
        then="See whether the HMC is up and reached from here. Nothing is said of the VIOS behind it.",
    ),
    OfLook(
        id="vios-unreachable", severity=SERIOUS, find=reach.unreachable,
        then="See its state and RMC at the HMC. If it is meant to be down, its mate carries until it is back.",
    ),
    OfLook(
        id="unreadable", severity=WARNING, find=reach.unreadable,
        then="Look at the raw answer: an unreadable one says nothing of how the SEA is.",
    ),
    OfLook(
        id="backup-gone", severity=SERIOUS, find=reach.backup_gone, blind=lambda view: not view.told,
        then="Bring the VIOS of the backup back. The survivor's error log is silent on this while they share.",
    ),
    OfLook(
        id="vlans-listed-differ", severity=WARNING, find=reach.listed_vlans,
        then="Give both the same trunks at the HMC: what only one has is lost when the other leads.",
    ),
    OfLook(
        id="no-mate", severity=WARNING, find=reach.no_mate,
        then="Give its networks a second SEA on another VIOS, or accept that they stop with this one.",
    ),
    OfLook(
        id="clock-skew", severity=NOTE, find=reach.skew,
        then="Set the clock of that VIOS: times in its error log can't be compared with others'.",
    ),
)  # fmt: skip

RULES = (*_OF_PAIR, *_OF_REACH, *OF_SIDE)
