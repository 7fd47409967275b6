"""Counters that rise between two looks. One that goes backwards was reset, or its VIOS restarted: that is no rise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.entlines import RESETS
from handlers.entstat import Sea
from handlers.sea.memory import Rise
from handlers.sea.view import Told, View
from policies.alerts import Severity, Symptom

_THEN = {
    "limbo-growing": "The mate keeps losing the physical network: look at its link and its switch port.",
    "recovery-growing": "The two keep looking for each other: look at the control channel and at load on both VIOS.",
    "buffers-short": "Look at the VIOS's load and memory, and the buffers of that adapter (lsdev -attr).",
    "errors-growing": "Look at the cable, the switch port and errlog on that VIOS.",
}
_BUFFERS = {
    "No mbuf Errors", "No Resource Errors", "No Buffers", "S/W Transmit Queue Overflow",
    "Thread queue overflow packets", "Queue full dropped packets", "Memory allocation failures",
    "Hypervisor Send Failures", "Hypervisor Receive Failures",
}  # fmt: skip
NAMES = frozenset(_THEN)


@dataclass(frozen=True, kw_only=True)
class Gain:
    """By how much one counter of one side rose since the last look."""

    rule: str
    about: str
    gained: int
    evidence: tuple[str, ...]


def restarted(before: Sea, now: Sea) -> bool:
    """Whether the SEA began anew in between: then none of its counters says anything of what was before."""
    if before.failover is None or now.failover is None:
        return before.failover is not now.failover
    was, is_now = before.failover, now.failover
    pairs = (
        (was.became_primary, is_now.became_primary),
        (was.became_backup, is_now.became_backup),
        (was.packets.control_in, is_now.packets.control_in),
        (was.packets.control_out, is_now.packets.control_out),
    )
    return any(later < earlier for earlier, later in pairs)


def rises(view: View) -> tuple[Rise, ...]:
    """Those that last: what rose now, and what rose within the time that has to be quiet."""
    kept = {(each.rule, each.about): each for each in (view.memory.rises if view.memory is not None else ())}
    for gain in (gain for told in view.told for gain in _gains(view, told)):
        key = (gain.rule, gain.about)
        old = kept.get(key)
        kept[key] = Rise(
            rule=gain.rule,
            about=gain.about,
            gained=gain.gained + (old.gained if old is not None else 0),
            since=old.since if old is not None else view.look.at,
            last=view.look.at,
            evidence=gain.evidence,
        )
    untold = {side.vios for side in view.untold()}
    return tuple(
        each
        for each in kept.values()
        if each.about.partition(" ")[0] in untold or (view.look.at - each.last).total_seconds() <= view.calm.quiet
    )


def symptoms(found: tuple[Rise, ...]) -> Iterator[Symptom]:
    for each in found:
        vios, _, what = each.about.partition(" ")
        yield Symptom(
            rule=each.rule,
            about=each.about,
            severity=Severity.WARNING,
            said=f"{what} of {vios} rose by {each.gained} since {each.since:%H:%M:%S} UTC",
            evidence=each.evidence,
            then=_THEN[each.rule],
        )


def _gains(view: View, told: Told) -> Iterator[Gain]:
    past = view.memory.past(told.vios) if view.memory is not None else None
    if past is None or restarted(past.sea, told.sea):
        return
    yield from _packets(view, told, past.sea)
    before = {(each.adapter, each.label): each.count for each in past.sea.counts}
    for each in told.sea.counts:
        gained = each.count - before.get((each.adapter, each.label), 0)
        if each.label != RESETS and gained >= view.calm.rise:
            rule = "buffers-short" if each.label in _BUFFERS else "errors-growing"
            block = "" if each.adapter == told.sea.name else each.adapter
            lines = told.lines(each.label, of=block) or (f"{told.vios}: {each.adapter} {each.label}: {each.count}",)
            yield Gain(rule=rule, about=f"{told.vios} {each.adapter} {each.label}", gained=gained, evidence=lines)


def _packets(view: View, told: Told, past: Sea) -> Iterator[Gain]:
    if past.failover is None or told.own is None:
        return
    was, now = past.failover.packets, told.own.packets
    for kind, label, earlier, later in (
        ("limbo", "Limbo Packets", was.limbo, now.limbo),
        ("recovery", "Recovery Packets", was.recovery, now.recovery),
    ):
        if later - earlier >= view.calm.packets:
            about = f"{told.vios} {told.sea.name} {label}"
            yield Gain(rule=f"{kind}-growing", about=about, gained=later - earlier, evidence=told.lines(label))


def resets(before: Sea, now: Sea) -> int:
    """How often its physical adapter was reset in between."""
    if restarted(before, now):
        return 0
    was, is_now = (sum(c.count for c in each.counts if c.label == RESETS) for each in (before, now))
    return max(0, is_now - was)
