"""One pair as the watch holds it: what was found, what is remembered, and what a look adds to both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.ledger.watches import Change, Raw, Thing
from handlers.errlog import BECOME_BACKUP, BECOME_PRIMARY, Entry
from handlers.sea.changes import explains
from handlers.sea.clocks import news
from handlers.sea.finding import Found
from handlers.sea.machine import step
from handlers.sea.memory import Calm, Memory, Ours
from handlers.sea.pair import Look, Side
from handlers.sea.view import View
from handlers.seattr import Settings
from policies.alerts import Happening, Severity, Sighting, Symptom

GONE = "gone"
SOON = 6  # looks that follow sooner after a change
SEAS = (BECOME_PRIMARY, BECOME_BACKUP)
KEEP_EVERY = 600.0  # seconds after which a memory is kept although nothing changed


@dataclass(kw_only=True)
class Watched:
    """By VIOS: `settings` as read last; `logs` as just read, for the next look, and `raws` what they were read from."""

    found: Found
    memory: Memory | None = None
    symptoms: dict[tuple[str, str], Symptom] = field(default_factory=dict)
    states: tuple[str, ...] = ()
    logs: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    raws: list[Raw] = field(default_factory=list)
    settings: dict[str, Settings] = field(default_factory=dict)
    looked_at: datetime | None = None
    misfit: str = ""  # for which it was searched last
    soon: int = 0
    kept: float = 0.0
    told: bool = False  # since this start

    @property
    def key(self) -> str:
        return self.found.pair.key

    @property
    def has_read_logs(self) -> bool:
        return bool(self.logs) or (self.memory is not None and bool(self.memory.clocks))

    @property
    def subject(self) -> str:
        """What is typed after `show` and `history` to ask about it."""
        return subject(self.found)

    @property
    def shown(self) -> dict[str, object]:
        worst = max(self.symptoms.values(), key=lambda each: each.severity, default=None)
        return {
            "states": list(self.states),
            "severity": int(worst.severity) if worst is not None else 0,
            "symptoms": [[each.severity.word, each.said] for each in self.symptoms.values()],
        }


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a look came to: what is to be kept, and handed on. `raws`: what it rests on, where that counts."""

    watched: Watched
    sighting: Sighting
    changes: tuple[Change, ...] = ()
    raws: tuple[Raw, ...] = ()
    keep: bool = False
    tell: bool = False
    is_gone: bool = False


def remembered(thing: Thing) -> Watched:
    """From the ledger, as a stop left it. What can't be read any more is begun anew: another version wrote it."""
    watched = Watched(found=Found.model_validate_json(thing.found))
    watched.states = tuple(thing.shown.get("states", ()))
    if thing.memory is not None:
        watched.memory = Memory.model_validate_json(thing.memory)
        watched.symptoms = {(each.rule, each.about): each for each in watched.memory.symptoms}
    return watched


def subject(found: Found) -> str:
    half = next((each for each in found.halves if each.sea), found.halves[0])
    names = [f'"{each}"' if " " in each else each for each in (half.vios, found.pair.system)]
    return " ".join([*names, f"sea={half.sea}"] if half.sea else names)


def with_more(watched: Watched, sides: Sequence[Side]) -> tuple[Side, ...]:
    """With the settings as read last, and with an error log where one was just read: that counts once."""
    logs, watched.logs = watched.logs, {}
    watched.settings |= {side.vios: side.settings for side in sides if side.settings is not None}
    return tuple(
        side.model_copy(update={"settings": watched.settings.get(side.vios), "log": logs.get(side.vios)})
        if side.vios in watched.settings or side.vios in logs
        else side
        for side in sides
    )


def looked(watched: Watched, look: Look, ours: tuple[Ours, ...], *, monotonic: float) -> Seen:
    """The next step of the pair's story; `watched` goes on with it."""
    logged = list(_logged(watched, look))
    watched.memory, sighting = step(watched.memory, look, ours)
    if not sighting.subject:
        sighting = sighting.model_copy(update={"subject": watched.subject})
    states = tuple(map(state_of, look.sides)) if look.hmc_reached else ("not asked",) * len(look.sides)
    changes = (*_changes(watched, look, sighting, states), *logged)
    symptoms = {(each.rule, each.about): each for each in sighting.symptoms}
    tell = bool(symptoms or sighting.happenings or watched.symptoms or not watched.told)
    keep = bool(changes) or any(side.log is not None for side in look.sides) or monotonic - watched.kept >= KEEP_EVERY
    moved = watched.memory.unsettled or (len(changes) > len(logged) and bool(watched.states))
    watched.soon = SOON if moved else max(0, watched.soon - 1)
    watched.symptoms, watched.states, watched.looked_at, watched.told = symptoms, states, look.at, True
    if keep:
        watched.kept = monotonic
    return Seen(watched=watched, sighting=sighting, changes=changes, keep=keep, tell=tell)


def gone(watched: Watched, at: datetime, ours: tuple[Ours, ...]) -> Seen:
    """It isn't there any more, and everything else that was wrong with it is over with that. What lasts are partitions
    on its networks that nothing bridges; without any, it took place."""
    found, was_gone = watched.found, bool(watched.states) and set(watched.states) == {GONE}
    by = View(found.look(at, ()), None, ours, Calm()).explained
    severity, request = (Severity.WARNING, None) if by is None else (Severity.NOTE, by.number)
    said = f"{found.title} isn't there any more: neither side bridges what it did"
    said = f"{said}, {explains(by)}" if by is not None else said
    symptoms, happenings = tuple[Symptom, ...](), tuple[Happening, ...]()
    if found.clients:
        then = "Bridge its networks again, or move the partitions to others; it is over once nobody is left on them."
        symptoms = (Symptom(rule="pair-gone", severity=severity, said=said, then=then, request=request),)
    elif not was_gone:
        happenings = (Happening(rule="pair-gone", severity=severity, said=said, request=request),)
    sighting = Sighting(
        key=watched.key, kind="sea", title=found.title, at=at, symptoms=symptoms, happenings=happenings,
        places=(found.hmc, found.pair.system, *found.pair.vioses),
        affected=(f"partitions on networks that nothing bridges: {', '.join(found.clients)}",) if found.clients else (),
        over="" if found.clients else "it isn't there any more, and nobody is left on a network that it alone bridged",
    )  # fmt: skip
    watched.states = (GONE,) * len(found.halves)
    watched.symptoms = {each.mark: each for each in symptoms}
    kinds = ([] if was_gone else ["gone"]) + (["ended"] if was_gone and not symptoms else [])
    changes = tuple(
        Change(key=watched.key, at=at, kind=kind, rule="pair-gone" if kind == "ended" else "", severity=severity,
               said=said if kind == "gone" else sighting.over, states=watched.states)
        for kind in kinds
    )  # fmt: skip
    return Seen(watched=watched, sighting=sighting, changes=changes, keep=True, tell=True, is_gone=True)


def let_go(watched: Watched, at: datetime, why: str) -> Seen:
    """Nobody looks at it any more: what was wrong with it is over with that, and isn't said to be well."""
    said = f"{watched.found.title} isn't watched any more: {why}"
    sighting = Sighting(
        key=watched.key, kind="sea", title=watched.found.title, at=at, over=said, subject=watched.subject,
        places=(watched.found.hmc, watched.found.pair.system, *watched.found.pair.vioses),
    )  # fmt: skip
    watched.states, watched.symptoms = ("not watched",) * len(watched.found.halves), {}
    change = Change(key=watched.key, at=at, kind="gone", severity=Severity.NOTE, said=said, states=watched.states)
    return Seen(watched=watched, sighting=sighting, changes=(change,), keep=True, tell=True, is_gone=True)


def is_news(watched: Watched, sides: Sequence[Side]) -> bool:
    """Whether there may be something to be explained."""
    return bool(watched.symptoms) or tuple(map(state_of, sides)) != watched.states


def state_of(side: Side) -> str:
    """`PRIMARY_SH`, or why there is none."""
    if side.told is None:
        return "unreadable" if side.answers else "unreachable"
    return side.told.failover.state if side.told.failover is not None else "no failover"


def _changes(watched: Watched, look: Look, sighting: Sighting, states: tuple[str, ...]) -> Iterable[Change]:
    def change(kind: str, of: Symptom | Happening) -> Change:
        return Change(
            key=watched.key,
            at=look.at,
            kind=kind,
            rule=of.rule,
            severity=of.severity,
            said=of.said,
            states=states,
            evidence=() if kind == "ended" else of.evidence,
        )

    if states != watched.states:
        sides = ", ".join(f"{side.vios} {state}" for side, state in zip(look.sides, states, strict=True))
        yield Change(key=watched.key, at=look.at, kind="state", severity=Severity.NOTE, said=sides, states=states)
    now = {(each.rule, each.about): each for each in sighting.symptoms}
    yield from (change("began", each) for name, each in now.items() if name not in watched.symptoms)
    yield from (change("ended", each) for name, each in watched.symptoms.items() if name not in now)
    yield from (change("happened", each) for each in sighting.happenings)


def _logged(watched: Watched, look: Look) -> Iterable[Change]:
    """What an error log adds to the history. Its stamps order nothing: they are that host's own."""
    for side in look.sides:
        known = watched.memory.clock(side.vios) if watched.memory is not None else None
        if side.log is None or known is None:
            continue
        found = news(side.vios, side.log, known.mark, look.at).entries
        own = [each for each in found if each.resource == side.sea and each.identifier in SEAS]
        if own:
            said = f"{side.vios} logged, by its own clock: {', '.join(each.description for each in own)}"
            yield Change(
                key=watched.key,
                at=look.at,
                kind="log",
                severity=Severity.NOTE,
                said=said,
                states=watched.states,
                evidence=tuple(each.line for each in own),
            )
