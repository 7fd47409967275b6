"""A pair as one state machine: what is remembered and one look in, what is remembered from now on and a sighting out.

What a look can't disprove stays: a side that isn't told keeps its symptoms, and an HMC out of reach keeps all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from handlers.sea import changes, growth
from handlers.sea.changes import Lead, explains
from handlers.sea.memory import Calm, Memory, Ours, Past, Well
from handlers.sea.pair import Look
from handlers.sea.rulebook import RULES
from handlers.sea.rules import check
from handlers.sea.view import View
from handlers.seas import SHARING
from policies.alerts import Severity, Sighting, Symptom

_BY_ID = {rule.id: rule for rule in RULES}
FLAPPING = "flapping"
MOST_TURNS = 100
CALM = Calm()
# What taking a VIOS out leads to: where a request of ours does it, nobody needs to be woken for these.
_PLANNED = frozenset({"vios-unreachable", "backup-gone", "standby", "limbo", "not-ready", "mode-differs", FLAPPING})


def step(memory: Memory | None, look: Look, ours: tuple[Ours, ...] = (), calm: Calm = CALM) -> tuple[Memory, Sighting]:
    """`memory` None: the pair is looked at for the first time."""
    view = View(look, memory, ours, calm)
    lead = changes.lead(view)
    turns = _turns(view, lead)
    rises = growth.rises(view)
    happenings = changes.happenings(view, lead)
    symptoms = _weighed(view, (*_seen(view), *_flapping(view, turns), *growth.symptoms(rises)))
    sighting = Sighting(
        key=look.pair.key,
        kind="sea",
        title=_title(look),
        places=(look.hmc, look.pair.system, *look.pair.vioses),
        at=look.at,
        symptoms=symptoms,
        happenings=happenings,
        affected=view.affected,
    )
    before = {(each.rule, each.about) for each in memory.symptoms} if memory is not None else set()
    now = {(each.rule, each.about) for each in symptoms}
    return (
        Memory(
            at=look.at,
            sides=_sides(view),
            leader=lead.leader,
            shared=_shared(view),
            changes=turns,
            rises=rises,
            clocks=view.clocks,
            symptoms=symptoms,
            unsettled=bool(happenings) or now != before,
            well=_well(memory),
        ),
        sighting,
    )


def _seen(view: View) -> list[Symptom]:
    """What the rules find now, and what was found before and can't be disproved."""
    found = [symptom for rule in RULES for symptom in rule.symptoms(view)]
    there = {(each.rule, each.about) for each in found}
    for old in view.memory.symptoms if view.memory is not None else ():
        rule = _BY_ID.get(old.rule)
        undecided = rule is not None and (rule.holds(view, old.about) or not view.look.hmc_reached)
        if undecided and (old.rule, old.about) not in there:
            found.append(old)
    return found


def _turns(view: View, lead: Lead) -> tuple[datetime, ...]:
    """When the lead changed, as far back as it counts. While nobody tells, no time of calm goes by."""
    now = view.look.at
    old = view.memory.changes if view.memory is not None else ()
    kept = [each for each in old if not view.told or (now - each).total_seconds() <= view.calm.within]
    return (*kept, *[now] * lead.times)[-MOST_TURNS:]


def _flapping(view: View, turns: tuple[datetime, ...]) -> Iterator[Symptom]:
    if len(turns) < view.calm.changes:
        return
    said = f"the lead changes again and again: {len(turns)} times since {turns[0]:%H:%M:%S} UTC"
    yield Symptom(
        rule=FLAPPING,
        severity=Severity.SERIOUS,
        said=said,
        evidence=tuple(line for each in view.told for line in each.failover_evidence),
        then="Look at the links and at the control channel. To stop it, set the worse of the two to standby.",
        remedies=(check(view),),
    )


def _weighed(view: View, found: tuple[Symptom, ...]) -> tuple[Symptom, ...]:
    """Worst first. What a request of ours explains says so, and weighs less."""
    ours = view.explained
    if ours is not None:
        found = tuple(_explained(each, ours) if each.rule in _PLANNED else each for each in found)
    moving = view.migration
    if moving is not None:
        found = tuple(_explained(each, moving) if each.rule == "buffers-short" else each for each in found)
    return tuple(sorted(found, key=lambda each: (-each.severity, each.rule, each.about)))


def _explained(symptom: Symptom, ours: Ours) -> Symptom:
    why = explains(ours)
    said = symptom.said if symptom.said.endswith(why) else f"{symptom.said}, {why}"
    return symptom.model_copy(update={"severity": Severity.NOTE, "said": said, "request": ours.number})


def _sides(view: View) -> tuple[Past, ...]:
    """Each side as it was last told."""
    told = {
        each.vios: Past(vios=each.vios, at=view.look.at, sea=each.sea, lines=each.failover_lines) for each in view.told
    }
    old = {each.vios: each for each in (view.memory.sides if view.memory is not None else ())}
    found = (told.get(name) or old.get(name) for name in view.look.pair.vioses)
    return tuple(each for each in found if each is not None)


def _shared(view: View) -> bool:
    """Whether they were seen to share since they were last set to; a mode that is no sharing ends it."""
    if any(each.own is not None and each.state in SHARING for each in view.told):
        return True
    if any(each.mode != "Sharing" for each in view.told):
        return False
    return view.memory is not None and view.memory.shared


def _well(memory: Memory | None) -> Well | None:
    """As it was at the last look, where nothing had happened by then and no more was wrong than before."""
    if memory is None:
        return None
    marks = tuple(each.mark for each in memory.symptoms if each.severity > Severity.NOTE)
    worse = memory.well is not None and not set(marks) <= set(memory.well.marks)
    if memory.well is not None and (memory.unsettled or worse):
        return memory.well
    return Well(at=memory.at, sides=memory.sides, marks=marks)


def _title(look: Look) -> str:
    sides = " | ".join(f"{side.sea} of {side.vios}" if side.sea else side.vios for side in look.sides)
    return f"SEA {sides} on {look.pair.system}"
