"""What of a pair could be reached and read, and what the HMC alone tells of it."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.networks import told as named
from handlers.sea.pair import Side
from handlers.sea.rules import Found, check
from handlers.sea.view import View


def hmc(view: View) -> Iterator[Found]:
    if not view.look.hmc_reached:
        said = f"{view.look.hmc} wasn't reached: nothing is known of the pair now"
        yield Found(said=said, cause=f"hmc:{view.look.hmc}")


def _called(side: Side) -> str:
    return f"{side.sea} of {side.vios}" if side.sea else f"the SEA of {side.vios}"


def unreachable(view: View) -> Iterator[Found]:
    for side in view.untold() if view.look.hmc_reached else ():
        if not side.answers:
            said = f"{side.vios} can't be asked: {side.why or 'it does not answer'}"
            cause = f"vios:{view.system}/{side.vios}"
            yield Found(about=side.vios, said=said, evidence=_last(view, side), remedies=(check(view),), cause=cause)


def unreadable(view: View) -> Iterator[Found]:
    for side in view.untold() if view.look.hmc_reached else ():
        if side.answers:
            said = f"what {side.vios} told of {side.sea or 'its SEA'} can't be read: {side.why or 'no reason is known'}"
            yield Found(about=side.vios, said=said, evidence=_last(view, side), remedies=(check(view),))


def _last(view: View, side: Side) -> tuple[str, ...]:
    past = view.memory.past(side.vios) if view.memory is not None else None
    return tuple(f"{side.vios} before: {line}" for line in past.lines) if past is not None else ()


def backup_gone(view: View) -> Iterator[Found]:
    """While they share, only what the survivor bridges tells of it."""
    if len(view.told) != 1 or not (gone := view.untold()) or view.memory is None:
        return
    (told,), (mate,) = view.told, gone
    past = view.memory.past(mate.vios)
    was_backup = past is not None and past.sea.failover is not None and past.sea.failover.state == "BACKUP_SH"
    if was_backup and told.mode == "Sharing" and told.state == "PRIMARY":
        said = f"{told} carries everything alone: its backup, {_called(mate)}, is gone"
        yield Found(about=mate.vios, said=said, evidence=(*told.failover_evidence, *_last(view, mate)))


def no_mate(view: View) -> Iterator[Found]:
    if not view.mated():
        (side,) = view.look.sides
        yield Found(about=side.vios, said=f"{_called(side)} has no mate: nothing takes over from it")


def listed_vlans(view: View) -> Iterator[Found]:
    """By the HMC's lists, where not both sides can tell of it themselves."""
    known = view.memory is not None and any(each.rule == "vlans-differ" for each in view.memory.symptoms)
    if len(view.look.sides) != 2 or view.pair is not None or known or not view.look.hmc_reached:
        return
    one, other = view.look.sides
    mine, theirs = (frozenset((a.switch, a.pvid, frozenset(a.tagged)) for a in each.trunks) for each in (one, other))
    if one.trunks and other.trunks and mine != theirs:
        apart = named(one.networks ^ other.networks)
        said = f"the HMC lists other VLANs for {_called(one)} than for {_called(other)}: {apart or 'in other trunks'}"
        lines = (
            f"{side.vios} slot {each.slot}: PVID {each.pvid}, tagged {' '.join(map(str, each.tagged)) or 'none'}"
            for side in (one, other)
            for each in side.trunks
        )
        yield Found(about="HMC", said=said, evidence=tuple(lines))


def skew(view: View) -> Iterator[Found]:
    """What is surely wrong of a clock: a log's stamps have whole minutes, and no timezone."""
    for each in view.clocks:
        if abs(each.ahead) > view.calm.skew:
            where = "ahead of" if each.ahead > 0 else "behind"
            said = f"the clock of {each.vios} is {_span(abs(each.ahead))} or more {where} ours, its timezone included"
            yield Found(about=each.vios, said=said, evidence=tuple(f"{each.vios}: {n}" for n in each.mark.lines[:1]))


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    hours, left = divmod(minutes, 60)
    return f"{hours} h {left} min" if hours else f"{minutes} min"
