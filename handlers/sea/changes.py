"""What took place between two looks: who leads, how often that changed unseen, what was set, what was dealt anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.entstat import Sea
from handlers.networks import told as named
from handlers.sea.growth import resets, restarted
from handlers.sea.memory import Ours, Past
from handlers.sea.view import Told, View
from handlers.seas import ROLES, SHARING
from policies.alerts import Happening, Severity


@dataclass(frozen=True, kw_only=True)
class Lead:
    """Who leads alone now, as far as that can be told, and how often it changed since the last look."""

    leader: str
    moved: bool
    times: int


def lead(view: View) -> Lead:
    before = view.memory.leader if view.memory is not None else ""
    leading = [each for each in view.told if each.leads]
    leader = leading[0].vios if len(leading) == 1 else before
    moved = bool(before) and leader != before
    return Lead(
        leader=leader, moved=moved, times=max([int(moved), *(_turns(each, past) for each, past in _known(view))])
    )


def happenings(view: View, found: Lead) -> tuple[Happening, ...]:
    return (*_moved(view, found), *_flap(view), *_reset(view, found), *_set(view), *_dealt(view))


def _known(view: View) -> Iterator[tuple[Told, Past]]:
    """Each side that told, beside what it told before."""
    for told in view.told:
        past = view.memory.past(told.vios) if view.memory is not None else None
        if past is not None:
            yield told, past


def _beside(view: View, told: Told, past: Past | None) -> tuple[str, ...]:
    """The lines that aren't as they were; without a past, all."""
    old = past.lines if past is not None else ()
    before = (f"{told.vios} before: {line}" for line in old if line not in told.failover_lines)
    return (*before, *(f"{told.vios} now: {line}" for line in told.failover_lines if line not in old))


def _all(view: View) -> tuple[str, ...]:
    memory = view.memory
    pasts = {each.vios: each for each in (memory.sides if memory is not None else ())}
    return tuple(line for told in view.told for line in _beside(view, told, pasts.get(told.vios)))


def _moved(view: View, found: Lead) -> Iterator[Happening]:
    if not found.moved or view.memory is None:
        return
    now = next(each for each in view.told if each.vios == found.leader)
    back = _preferred(view, now)
    word = "failback" if back else "failover"
    said = f"{word}: the lead went from {view.memory.leader} to {now.vios}"
    yield _judged(view, word, Severity.NOTE if back else Severity.WARNING, said, (*_all(view), *view.logged))


def _preferred(view: View, now: Told) -> bool:
    """Whether its priority makes it the one that leads when all is well."""
    mate = view.mate(now.vios)
    past = view.memory.past(mate.vios) if mate is not None and view.memory is not None else None
    other = mate.told if mate is not None and mate.told is not None else past.sea if past is not None else None
    if now.own is None or other is None or other.failover is None:
        return False
    return now.own.priority < other.failover.priority


def _judged(view: View, rule: str, severity: Severity, said: str, evidence: tuple[str, ...]) -> Happening:
    """What a request of ours explains says so, and weighs less."""
    ours = view.explained
    if ours is None:
        return Happening(rule=rule, severity=severity, said=said, evidence=evidence)
    return Happening(
        rule=rule,
        about=f"#{ours.number}",
        severity=Severity.NOTE,
        said=f"{said}, {explains(ours)}",
        evidence=evidence,
        request=ours.number,
    )


def explains(ours: Ours) -> str:
    return f"explained by #{ours.number}, {ours.typed}"


def _turns(told: Told, past: Past) -> int:
    """How often it became primary or backup since."""
    was, now = past.sea.failover, told.own
    if was is None or now is None or restarted(past.sea, told.sea):
        return 0
    return now.became_primary - was.became_primary + now.became_backup - was.became_backup


def _unseen(told: Told, past: Past) -> int:
    """The turns that the two states don't account for."""
    was, now = ROLES.get(past.sea.failover.state if past.sea.failover else ""), ROLES.get(told.state)
    return _turns(told, past) - int(now is not None and now != was)


def _flap(view: View) -> Iterator[Happening]:
    turned = [(told, past, _turns(told, past)) for told, past in _known(view) if _unseen(told, past) > 0]
    if not turned:
        return
    shown = " and ".join(
        f"{told} changed its part {'once' if times == 1 else f'{times} times'} and is {told.state}"
        for told, _, times in turned
    )
    evidence = (*(line for told, past, _ in turned for line in _beside(view, told, past)), *view.logged)
    since = min(past.at for _, past, _ in turned)
    said = f"flap between two looks, since {since:%H:%M:%S} UTC: {shown}"
    yield _judged(view, "flap", Severity.WARNING, said, evidence)


def _reset(view: View, found: Lead) -> Iterator[Happening]:
    for told, past in _known(view):
        if times := resets(past.sea, told.sea):
            why = " as the lead changed, which adapter_reset asks for" if found.times else ""
            yield Happening(
                rule="adapter-reset",
                about=told.vios,
                severity=Severity.NOTE if found.times else Severity.WARNING,
                said=f"{told.sea.real} behind {told} was reset{f' {times} times' if times > 1 else ''}{why}",
                evidence=told.lines("Adapter Reset Count", of=told.sea.real),
            )


def _set(view: View) -> Iterator[Happening]:
    for told, past in _known(view):
        said = [*_failover_set(past.sea, told.sea)]
        before, after = _trunks(past.sea), _trunks(told.sea)
        if before != after:
            said.append(f"trunks from {before} to {after}")
        if said:
            yield Happening(
                rule="changed",
                about=told.vios,
                severity=Severity.NOTE,
                said=f"{told} was set: {'; '.join(said)}",
                evidence=_beside(view, told, past),
            )


def _failover_set(before: Sea, after: Sea) -> Iterator[str]:
    was, now = before.failover, after.failover
    if was is None or now is None:
        if now is not None:
            yield f"failover on, ha_mode {now.mode}"
        elif was is not None:
            yield "failover off"
        return
    for what, earlier, later in (
        ("ha_mode", was.mode, now.mode),
        ("priority", was.priority, now.priority),
        ("control channel", _channel(before), _channel(after)),
    ):
        if earlier != later:
            yield f"{what} from {_or_none(earlier)} to {_or_none(later)}"


def _channel(sea: Sea) -> str | None:
    """Its network; where the adapter itself isn't told, the VLAN alone."""
    if sea.control is not None:
        return named({(sea.control.switch, sea.control.pvid)})
    pvid = sea.failover.control_pvid if sea.failover is not None else None
    return f"VLAN {pvid}" if pvid is not None else None


def _or_none(value: str | int | None) -> str:
    return "none" if value is None else str(value)


def _trunks(sea: Sea) -> str:
    return ", ".join(
        f"{each.name} {' '.join(map(str, (each.pvid, *each.tagged)))} on {each.switch}" for each in sea.trunks
    )


def _dealt(view: View) -> Iterator[Happening]:
    """While they share, a VLAN that was there before and still is went to the other one."""
    for told, past in _known(view):
        was, now = past.sea.failover, told.own
        if was is None or now is None or was.state != now.state or now.state not in SHARING:
            continue
        both = _vlans(past.sea) & _vlans(told.sea)
        if both & (set(was.shared) ^ set(now.shared)):
            shown = [" ".join(map(str, each.shared)) for each in (was, now)]
            said = f"VLANs were dealt again: {told} bridged {shown[0]}, and now {shown[1]}"
            yield Happening(rule="dealt", severity=Severity.NOTE, said=said, evidence=_all(view))
            return


def _vlans(sea: Sea) -> set[int]:
    return {vlan for each in sea.trunks for vlan in (each.pvid, *each.tagged)}
