"""Many sightings of one round → fewer: what is out, what a request of ours explains, and storms. Pure.

A thing whose every symptom is spoken for by another incident keeps an incident of its own, held back under that one; so
its timeline is kept, and it speaks for itself where it is still there when that one is over.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from policies.alerting import Alerting
from policies.alerts import Happening, Severity, Sighting, Symptom
from policies.incidents import Did, Incident, Moves, State
from policies.words import Frozen

OUT, REQUEST, STORM = "out/", "request/", "storm"
KIND = "incidents"  # the slash command of what nobody watches but this
SAME = "same:"  # a cause that is the same change of many things
LISTED = 20  # members that are named, the worst first
UNREACHABLE = frozenset({"unreachable", "host-unreachable", "hmc-unreachable", "vios-unreachable"})
_VIOS = re.compile(r"vios:(?P<system>.+)/[^/]+\Z")


class Told(Frozen):
    """A sighting that is left to be routed, and the key of the incident that speaks for all of it, if one does."""

    sighting: Sighting
    under: str = ""


def is_parent(key: str) -> bool:
    """Whether it speaks for others."""
    return key == STORM or key.startswith((OUT, REQUEST))


def correlate(
    sightings: Sequence[Sighting], active: Mapping[str, Incident], now: datetime
) -> tuple[list[Sighting], list[Told]]:
    """Those that speak for others, then all the others. `active`: the incidents that aren't over, by key."""
    causes = _causes(sightings, active)
    shares: dict[str, list[Sighting]] = defaultdict(list)  # what each parent speaks for
    rest = [_told(sighting, causes, active.get(sighting.key), shares) for sighting in sightings]
    seen = {sighting.key: sighting for sighting in sightings}
    known = {key for key, each in active.items() if is_parent(key) and key != STORM and each.members}
    found = [_parent(key, shares.get(key, []), active.get(key), seen, now) for key in sorted(known | set(shares))]
    return [each for each in found if each is not None], rest


def _told(
    sighting: Sighting, causes: Mapping[str, str], own: Incident | None, shares: dict[str, list[Sighting]]
) -> Told:
    """Its share of each parent is handed over; what nobody speaks for is its own."""
    lasting: dict[str, list[Symptom]] = defaultdict(list)
    over: dict[str, list[Happening]] = defaultdict(list)
    for symptom in sighting.symptoms:
        lasting[_speaker(sighting, symptom, causes, own)].append(symptom)
    for happening in sighting.happenings:
        number = happening.request
        over["" if number is None else f"{REQUEST}{number}"].append(happening)
    parents = sorted({*lasting, *over} - {""})
    for parent in parents:
        part = {"symptoms": tuple(lasting[parent]), "happenings": tuple(over[parent])}
        shares[parent].append(sighting.model_copy(update=part))
    own_part = {"symptoms": tuple(lasting[""]), "happenings": tuple(over[""])}
    if not parents or own_part["symptoms"] or own_part["happenings"]:
        return Told(sighting=sighting.model_copy(update=own_part))
    return Told(sighting=sighting, under=parents[0])


def _speaker(sighting: Sighting, symptom: Symptom, causes: Mapping[str, str], own: Incident | None) -> str:
    """The key of what speaks for it; empty: it speaks for itself, as what can't wait and what was said already does."""
    if symptom.at_once or (own is not None and own.is_loud and symptom.mark in own.marks):
        return ""
    if symptom.request is not None:
        return f"{REQUEST}{symptom.request}"
    return causes.get(cause_of(sighting, symptom), "")


def speaking(parent: Sighting, seen: Iterable[Sighting]) -> frozenset[str]:
    """The keys of those that it speaks for, with those of which something that is over now is told by it."""
    over = {each.key for each in seen if any(f"{REQUEST}{one.request}" == parent.key for one in each.happenings)}
    return frozenset({*parent.members, *over})


def cause_of(sighting: Sighting, symptom: Symptom) -> str:
    """What is out, as its watch says; else by its rule and by which of its places it is about."""
    if symptom.cause or symptom.rule not in UNREACHABLE or symptom.about not in sighting.places:
        return symptom.cause
    if symptom.about == sighting.places[0]:
        return f"hmc:{symptom.about}"
    return f"vios:{sighting.places[1]}/{symptom.about}"


# ── what is out ───────────────────────────────────────────────────────────────────────────────────────────────────


def _causes(sightings: Iterable[Sighting], active: Mapping[str, Incident]) -> dict[str, str]:
    """Of each cause that more than one thing suffers from, the key of the incident that speaks for it."""
    suffer: dict[str, set[str]] = defaultdict(set)
    vioses: dict[str, set[str]] = defaultdict(set)
    for sighting in sightings:
        for symptom in sighting.symptoms:
            if not symptom.at_once and (cause := cause_of(sighting, symptom)):
                suffer[cause].add(sighting.key)
                if (vios := _VIOS.match(cause)) is not None:
                    vioses[vios["system"]].add(cause)
    found = {}
    for key, incident in active.items():
        # Hosts aren't looked at in one round: what others had before counts too.
        for symptom in incident.symptoms if not is_parent(key) else ():
            if symptom.cause.startswith(SAME) and symptom.cause in suffer:
                suffer[symptom.cause].add(key)
    for cause, keys in suffer.items():
        vios = _VIOS.match(cause)
        frame = f"{OUT}frame:{vios['system']}" if vios is not None else ""
        if vios is not None and (len(vioses[vios["system"]]) > 1 or frame in active):
            found[cause] = frame
        elif len(keys) > 1 or f"{OUT}{cause}" in active:
            found[cause] = f"{OUT}{cause}"
    return found


def _parent(
    key: str, share: list[Sighting], before: Incident | None, seen: Mapping[str, Sighting], now: datetime
) -> Sighting | None:
    """What speaks for them, as of this round; None: this round has nothing to do with it.

    Members that this round didn't look at are as they were.
    """
    past = before.members if before is not None else ()
    if not share and not any(member in seen for member in past):
        return None
    unseen = tuple(member for member in past if member not in seen)
    members = tuple(sorted({*unseen, *(each.key for each in share if each.symptoms)}))
    make = _explained if key.startswith(REQUEST) else _out
    return make(key, share, before, members, now)


def _out(key: str, share: list[Sighting], before: Incident | None, members: tuple[str, ...], now: datetime) -> Sighting:
    what, _, name = key.removeprefix(OUT).partition(":")
    words = {"frame": f"both VIOS of {name} are out", "hmc": f"{name} can't be reached", "same": f"alike: {name}"}
    title, many = words.get(what, f"{name} is out"), _counted(len(members), "thing")
    alike = key.startswith(f"{OUT}{SAME}")
    symptoms = [symptom for each in share for symptom in each.symptoms] or list(before.symptoms if before else ())
    lasting: tuple[Symptom, ...] = ()
    if members:
        severity = max((each.severity for each in symptoms), default=Severity.SERIOUS)
        told = Symptom(
            rule="alike" if alike else "out",
            about=name,
            severity=severity if alike else max(severity, Severity.SERIOUS),
            said=f"{many} {title}" if alike else f"{title}; {many} that I watch can't be looked at for that",
            evidence=symptoms[0].evidence if symptoms else (),
            then=symptoms[0].then if symptoms else "",
            remedies=symptoms[0].remedies if symptoms and not alike else (),
        )
        lasting = (told,)
    return Sighting(
        key=key,
        kind=share[0].kind if alike and share else before.kind if before is not None else KIND,
        title=title,
        places=_places(share, before),
        at=now,
        symptoms=lasting,
        affected=_lines(share, before, members),
        members=members,
    )


def _explained(
    key: str, share: list[Sighting], before: Incident | None, members: tuple[str, ...], now: datetime
) -> Sighting:
    """What a request of ours brings about: each member's symptoms, so that it can be read what is still to recover."""
    number = key.removeprefix(REQUEST)
    there = {each.key for each in share}
    carried = [each for each in (before.symptoms if before else ()) if each.cause in set(members) - there]
    symptoms = [
        symptom.model_copy(update={"about": f"{each.title} {symptom.about}".strip(), "cause": each.key})
        for each in share
        for symptom in each.symptoms
    ]
    return Sighting(
        key=key,
        kind=share[0].kind if share else before.kind if before else KIND,
        title=f"what #{number} brings about",
        places=_places(share, before),
        at=now,
        symptoms=(*carried, *symptoms),
        happenings=tuple(happening for each in share for happening in each.happenings),
        affected=_lines(share, before, members),
        members=members,
    )


def _places(share: list[Sighting], before: Incident | None) -> tuple[str, ...]:
    """Those that all of them share come first: by them it is routed."""
    if not share:
        return before.places if before is not None else ()
    common = [place for place in share[0].places if all(place in each.places for each in share)]
    return tuple(dict.fromkeys([*common, *(place for each in share[:LISTED] for place in each.places)]))


def _lines(share: list[Sighting], before: Incident | None, members: tuple[str, ...]) -> tuple[str, ...]:
    """Their titles; of more, how many: the ledger has each of them."""
    if not members:
        return ()
    known = [line for line in (before.affected if before else ()) if not line.startswith("and ")]
    titles = list(dict.fromkeys([*(each.title for each in share if each.symptoms), *known]))[: len(members)]
    more = len(members) - len(titles[:LISTED])
    return (*titles[:LISTED], *((f"and {more} more: each has an incident of its own",) if more > 0 else ()))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


# ── storms ────────────────────────────────────────────────────────────────────────────────────────────────────────


def grows(members: Iterable[Incident], settings: Alerting, now: datetime) -> bool:
    """Whether a storm still sweeps up what comes: one that only lasts has nothing to do with what is new."""
    return any(now - each.since < settings.storm_passes for each in members)


def swept_up(
    opening: Mapping[str, tuple[Incident, Moves]], settings: Alerting, *, on: bool, lately: int = 0
) -> frozenset[str]:
    """Of those that are about to open in one round, the ones that a storm speaks for. `on`: one grows already;
    `lately`: so many were said by themselves within the time that makes a storm.

    What can't wait speaks for itself, unless it is a storm of such.
    """
    fresh = {key: each for key, (each, moves) in opening.items() if key != STORM and _opens(moves)}
    urgent = {key for key, each in fresh.items() if any(symptom.at_once for symptom in each.symptoms)}
    storm = set() if len(urgent) <= settings.storm else urgent
    if on or lately + len(fresh) > settings.storm:
        storm |= fresh.keys() - urgent
    return frozenset(storm)


def _opens(moves: Moves) -> bool:
    return any(move.did in (Did.OPENED, Did.REOPENED, Did.NOTED) for move in moves)


def storm(before: Incident | None, members: Sequence[Incident], settings: Alerting, now: datetime) -> Sighting | None:
    """A storm as it stands: `members` are held back under it, or passed lately. None: there is none, nor one to end."""
    active = before is not None and before.is_active
    if not members and not active:
        return None
    held = [each for each in members if each.state is State.HELD]
    there = [*held, *(each for each in members if each.state is State.PASSED)]
    newest = max((each.since for each in there), default=before.since if before is not None else now)
    if active and len(held) <= settings.storm and now - newest >= settings.storm_passes:
        there = []
    ordered = sorted(there, key=lambda each: (-each.severity, each.since, each.key))
    return Sighting(
        key=STORM,
        kind=KIND,
        title="a storm of incidents",
        places=tuple(dict.fromkeys(each.places[0] for each in ordered if each.places))[:LISTED],
        at=now,
        symptoms=_storming(ordered, settings),
        affected=tuple(f"{each.title}: {_shown(each)}" for each in ordered[:LISTED]),
        members=tuple(sorted(each.key for each in there)),
    )


def _shown(member: Incident) -> str:
    return member.symptoms[0].said if member.symptoms else "it was over when it was seen"


def _storming(there: Sequence[Incident], settings: Alerting) -> tuple[Symptom, ...]:
    if not there:
        return ()
    counts = [(each.word, sum(one.severity is each for one in there)) for each in reversed(Severity)]
    told = ", ".join(f"{number} {word}" for word, number in counts if number)
    more = f"; the worst {LISTED} are named here" if len(there) > LISTED else ""
    over = sum(each.state is State.PASSED for each in there)
    done = f", {over} of them over already" if over else ""
    said = f"{_counted(len(there), 'incident')} at once ({told}){done}{more}"
    return (
        Symptom(
            rule=STORM,
            severity=there[0].severity,
            said=said,
            then=f"Look for what they have in common. Each speaks for itself once no new one has come for "
            f"{settings.storm_minutes} min and no more than {settings.storm} are left; `/incidents list` has them all.",
            at_once=any(symptom.at_once for each in there for symptom in each.symptoms),
        ),
    )
