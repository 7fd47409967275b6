"""The life of an incident against a model of its own: said once, never late where it can't wait, never lost."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings as rounds
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from policies.alerting import Alerting, Level
from policies.alerts import Happening, Severity, Sighting, Symptom
from policies.incidents import (
    ACTIVE,
    LIFE,
    Did,
    Incident,
    IncidentOver,
    Moves,
    Silence,
    State,
    TakenAlready,
    close,
    leads,
    silenced,
    take,
    unsilenced,
)
from policies.routing import route, tick
from policies.words import Person

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ANN = Person(workspace="T1", member="ANN")
SETTLE, REOPEN = timedelta(seconds=60), timedelta(minutes=10)
LEVELS = (Level(after_minutes=5, channel="C1"), Level(after_minutes=15, person="U1", severity=Severity.SERIOUS))
SETTINGS = Alerting(settle_seconds=60, reopen_minutes=10, escalation=LEVELS)
SYMPTOMS = {
    "backup": Symptom(rule="backup", severity=Severity.WARNING, said="the backup is gone", then="look"),
    "sharing": Symptom(rule="sharing", severity=Severity.SERIOUS, said="sharing is lost", then="restart it"),
    "both": Symptom(rule="both", severity=Severity.CRITICAL, said="both are primary", then="run", at_once=True),
}
FLAP = Happening(rule="flap", severity=Severity.WARNING, said="it went over and back")


def sighting(at: datetime, *names: str, happened: tuple[Happening, ...] = ()) -> Sighting:
    return Sighting(
        key="sea/p72",
        kind="sea",
        title="the pair of p72",
        places=("hmc1", "p72"),
        at=at,
        symptoms=tuple(SYMPTOMS[name] for name in names),
        happenings=happened,
    )


@dataclass
class Model:
    """What must be true, told without the code that is tested: what is wrong, since when, and what was said."""

    wrong: frozenset[str] = frozenset()
    wrong_since: datetime | None = None
    open_messages: int = 0
    calls: dict[int, int] = field(default_factory=dict)
    hush_until: datetime | None = None
    waits_since: datetime = START  # for somebody to take it, and to be told that
    flapped: datetime | None = None  # when something last took place that weighs enough to be said


class Life(RuleBasedStateMachine):
    """One thing that falls ill and recovers, people who take and silence it, and a bot that is stopped in between."""

    @initialize()
    def begin(self) -> None:
        self.now = START
        self.model = Model()
        self.incidents: list[Incident] = []  # the ledger: the newest last
        self.silences: dict[str, Silence] = {}
        self.moves: list[tuple[datetime, int, Any]] = []

    # ── what the ledger and Slack would have ──────────────────────────────────────────────────────────────────────

    @property
    def newest(self) -> Incident | None:
        return self.incidents[-1] if self.incidents else None

    def keep(self, before: Incident | None, after: Incident | None, moves: Moves) -> None:
        if after is None or (after is before and not moves):
            assert not moves, "what happens to nothing isn't told"
            return
        fresh = before is None or after.number == 0
        assert leads(None if fresh or before is None else before.state, after.state)
        if fresh:
            assert not any(each.state in ACTIVE for each in self.incidents), "one incident of a key"
            after = after.model_copy(update={"number": len(self.incidents) + 1})
            self.incidents.append(after)
        else:
            self.incidents[-1] = after
        for move in moves:
            self.moves.append((self.now, after.number, move))
            self._counted(move.did, move.level)

    def _counted(self, did: Did, level: int | None) -> None:
        if did in (Did.OPENED, Did.REOPENED):
            self.model.open_messages += 1
            self.model.calls, self.model.waits_since = {}, self.now
        if did is Did.WORSENED:
            self.model.calls, self.model.waits_since = {}, self.now
        if did is Did.UNSILENCED and "both" not in self.model.wrong:
            self.model.waits_since = self.now
        if did is Did.CLOSED:
            self.model.open_messages = 0
        if did is Did.CALLED:
            assert level is not None
            assert self.now - self.model.waits_since >= LEVELS[level].after
            assert not self.hushed or "both" in self.model.wrong
            self.model.calls[level] = self.model.calls.get(level, 0) + 1

    def see(self, *names: str, happened: tuple[Happening, ...] = ()) -> None:
        if not names:
            self.model.wrong_since = None
        elif not self.model.wrong:
            self.model.wrong_since = self.now
        self.model.wrong = frozenset(names)
        if happened:
            self.model.flapped = self.now
        before = self.newest
        told = sighting(self.now, *names, happened=happened)
        after, moves = route(before, told, SETTINGS, self.now, self.silences)
        self.keep(before, after, moves)
        again = route(self.newest, told, SETTINGS, self.now, self.silences)
        assert self.newest is None or again == (self.newest, ()) or not (names or happened), "told twice is told once"

    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    # ── what happens ──────────────────────────────────────────────────────────────────────────────────────────────

    @rule(names=st.sets(st.sampled_from(sorted(SYMPTOMS))), seconds=st.integers(1, 90), flap=st.booleans())
    def look(self, names: set[str], seconds: int, flap: bool) -> None:
        """A round of the watch."""
        self.wait(seconds)
        self.see(*sorted(names), happened=(FLAP,) if flap else ())

    @rule(seconds=st.integers(1, 900))
    def sweep(self, seconds: int) -> None:
        self.wait(seconds)
        for key, silence in list(self.silences.items()):
            if silence.until <= self.now:
                del self.silences[key]
                if self.newest is not None and self.newest.state in ACTIVE:
                    self.keep(self.newest, *unsilenced(self.newest, None, self.now, "over"))
        before = self.newest
        if before is not None and before.state in ACTIVE:
            self.keep(before, *tick(before, SETTINGS, self.now, self.silences, under_is_over=True))
        self._nobody_was_forgotten()

    def _nobody_was_forgotten(self) -> None:
        """Whoever is due by now was called, and what settled was said."""
        if self.newest is None or (self.hushed and "both" not in self.model.wrong):
            return
        assert self.newest.state is not State.HELD or self.now - self.newest.since < SETTLE
        if self.newest.state is State.OPEN:
            worst = max(SYMPTOMS[name].severity for name in self.model.wrong)
            waited = self.now - self.model.waits_since
            due = {n for n, level in enumerate(LEVELS) if level.after <= waited and worst >= level.severity}
            assert due <= set(self.model.calls)

    @rule()
    def restart(self) -> None:
        """What isn't in the ledger is gone."""
        self.incidents = [Incident.model_validate_json(each.model_dump_json()) for each in self.incidents]
        self.silences = {k: Silence.model_validate_json(each.model_dump_json()) for k, each in self.silences.items()}

    @precondition(lambda self: self.newest is not None)
    @rule()
    def acknowledge(self) -> None:
        before = self.newest
        assert before is not None
        if before.state is State.OPEN:
            self.wait(1)
            self.keep(before, *take(before, ANN, self.now, "on it"))
        else:
            with pytest.raises(TakenAlready if before.state is State.TAKEN else IncidentOver):
                take(before, ANN, self.now)

    @precondition(lambda self: self.newest is not None)
    @rule(minutes=st.integers(1, 60))
    def hush(self, minutes: int) -> None:
        before = self.newest
        assert before is not None
        until = self.now + timedelta(minutes=minutes)
        silence = Silence(key=before.key, until=until, by=ANN, reason="a disk is swapped", at=self.now)
        self.silences[before.key] = silence
        self.model.hush_until = until
        self.moves.append((self.now, before.number, silenced(before, silence)))

    @precondition(lambda self: self.newest is not None and self.newest.state in ACTIVE)
    @rule()
    def close_by_hand(self) -> None:
        assert self.newest is not None
        self.model.wrong, self.model.wrong_since = frozenset(), None
        self.keep(self.newest, *close(self.newest, ANN, self.now, "scrapped"))

    # ── what must be true ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def hushed(self) -> bool:
        return self.model.hush_until is not None and self.now < self.model.hush_until

    @invariant()
    def an_open_incident_has_one_message(self) -> None:
        if not hasattr(self, "model"):
            return
        is_open = self.newest is not None and self.newest.state in (State.OPEN, State.TAKEN)
        assert self.model.open_messages == (1 if is_open else 0)
        openings = [number for _, number, move in self.moves if move.did in (Did.OPENED, Did.NOTED)]
        assert len(openings) == len(set(openings)), "a message is posted once; from then on it is edited"

    @invariant()
    def what_cannot_wait_is_never_silent(self) -> None:
        if hasattr(self, "model") and "both" in self.model.wrong:
            assert self.newest is not None
            assert self.newest.state in (State.OPEN, State.TAKEN)
            came = [move for _, number, move in self.moves if number == self.newest.number]
            said = SYMPTOMS["both"].said
            opened = max(n for n, move in enumerate(came) if move.did in (Did.OPENED, Did.REOPENED))
            told = [n for n, move in enumerate(came) if move.said == said and move.did is Did.CAME]
            assert told[-1] <= opened or came[told[-1]].loud

    @invariant()
    def what_is_over_is_over(self) -> None:
        if hasattr(self, "model") and not self.model.wrong and self.newest is not None:
            assert self.newest.state not in ACTIVE

    @invariant()
    def what_is_wrong_is_kept(self) -> None:
        if hasattr(self, "model") and self.model.wrong:
            assert self.newest is not None
            assert self.newest.state in ACTIVE
            assert {each.rule for each in self.newest.symptoms} == self.model.wrong

    @invariant()
    def nothing_is_said_before_it_settled(self) -> None:
        if not hasattr(self, "model") or not self.moves:
            return
        at, _, move = self.moves[-1]
        if move.did in (Did.OPENED, Did.REOPENED) and at == self.now and "both" not in self.model.wrong:
            assert self.newest is not None
            assert self.model.wrong_since is not None
            settled = self.now - self.model.wrong_since >= SETTLE or self.newest.returns >= 3
            assert settled or self.model.flapped == self.now, "what took place has nothing to settle"
            assert not self.hushed, "nothing is opened in a silence, but for what can't wait"

    @invariant()
    def what_took_place_is_said_at_that_look(self) -> None:
        if hasattr(self, "model") and self.model.flapped == self.now and not self.hushed:
            assert self.newest is not None
            assert self.newest.said
            assert self.newest.state is not State.HELD

    @invariant()
    def each_level_is_called_once(self) -> None:
        if hasattr(self, "model"):
            assert all(count == 1 for count in self.model.calls.values())


Life.TestCase.settings = rounds(max_examples=60, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase


# ── one by one ────────────────────────────────────────────────────────────────────────────────────────────────────


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def lived(*steps: tuple[float, tuple[str, ...]], silences: dict[str, Silence] | None = None) -> list[Did]:
    """What becomes of these sightings, one after the other."""
    incident: Incident | None = None
    did: list[Did] = []
    for seconds, names in steps:
        now = after(seconds)
        incident, moves = route(incident, sighting(now, *names), SETTINGS, now, silences or {})
        did += [move.did for move in moves]
    return did


def test_every_state_has_its_way_out() -> None:
    """What is active can be closed, and no move leads to where the table doesn't."""
    assert all(State.CLOSED in LIFE[state] for state in ACTIVE)
    assert leads(None, State.OPEN)
    assert leads(State.CLOSED, State.OPEN)
    assert not leads(None, State.TAKEN)
    assert not leads(State.PASSED, State.TAKEN)
    assert not leads(State.TAKEN, State.HELD)


def test_what_is_gone_before_it_settles_is_history_alone() -> None:
    """A blip is kept, and nothing of it is said."""
    assert lived((0, ("backup",)), (30, ())) == [Did.HELD, Did.CAME, Did.WENT, Did.PASSED]


def test_what_lasts_is_said_and_closed() -> None:
    """Once, after the settling time; and the end has how long it lasted."""
    did = lived((0, ("backup",)), (30, ("backup",)), (61, ("backup",)), (90, ("backup",)), (120, ()))
    assert did == [Did.HELD, Did.CAME, Did.OPENED, Did.WENT, Did.CLOSED]


def test_what_nobody_looks_at_any_more_ends_by_its_own_words() -> None:
    """It isn't said to be well, nor any of its symptoms to be gone."""
    over = "nobody looks at it any more"
    before, _ = route(None, sighting(START, "both"), SETTINGS, START, {})
    left = sighting(START + SETTLE).model_copy(update={"over": over})
    after, moves = route(before, left, SETTINGS, START + SETTLE, {})
    assert after is not None
    assert after.state is State.CLOSED
    assert [(each.did, each.said) for each in moves] == [(Did.CLOSED, over)]


def test_what_never_settles_is_said() -> None:
    """Coming and going below the settling time isn't hidden for ever."""
    steps = [(20.0 * n, ("backup",) if n % 2 == 0 else ()) for n in range(7)]
    assert lived(*steps).count(Did.OPENED) == 1


def test_what_is_over_when_it_is_seen_is_a_note() -> None:
    """It opens and closes at once; a lesser one is history."""
    incident, moves = route(None, sighting(START, happened=(FLAP,)), SETTINGS, START, {})
    assert incident is not None
    assert (incident.state, [move.did for move in moves]) == (State.CLOSED, [Did.NOTED, Did.HAPPENED])
    quiet = SETTINGS.model_copy(update={"notes_from": Severity.SERIOUS})
    incident, moves = route(None, sighting(START, happened=(FLAP,)), quiet, START, {})
    assert incident is not None
    assert (incident.state, [move.loud for move in moves]) == (State.PASSED, [False])


def test_what_took_place_is_said_at_once_with_what_lasts_of_it() -> None:
    """A failover can't settle: it is said at the look that sees it, also where its cause is still there."""
    incident, moves = route(None, sighting(START, "backup", happened=(FLAP,)), SETTINGS, START, {})
    assert incident is not None
    assert (incident.state, moves[-1].did) == (State.OPEN, Did.OPENED)
    held, _ = route(None, sighting(START, "backup"), SETTINGS, START, {})
    later, moves = route(held, sighting(after(20), "backup", happened=(FLAP,)), SETTINGS, after(20), {})
    assert later is not None
    assert (later.state, moves[-1].did) == (State.OPEN, Did.OPENED)
    lesser = SETTINGS.model_copy(update={"notes_from": Severity.SERIOUS})
    held, _ = route(None, sighting(START, "backup", happened=(FLAP,)), lesser, START, {})
    assert held is not None
    assert held.state is State.HELD, "what isn't said by itself hurries nothing"


def test_what_becomes_worse_is_anybodys_again() -> None:
    """Who took a warning didn't take an outage."""
    incident, _ = route(None, sighting(START, "backup"), SETTINGS, START, {})
    assert incident is not None
    incident, _ = route(incident, sighting(after(61), "backup"), SETTINGS, after(61), {})
    assert incident is not None
    incident, _ = take(incident, ANN, after(70))
    incident, moves = route(incident, sighting(after(90), "backup", "both"), SETTINGS, after(90), {})
    assert incident is not None
    assert (incident.state, incident.taken) == (State.OPEN, None)
    assert Did.WORSENED in [move.did for move in moves]


def test_a_silence_is_broken_by_what_cannot_wait_alone() -> None:
    """The one is held back as long as it lasts, the other is said at once, and so is its end."""
    hush = {"sea/p72": Silence(key="sea/p72", until=after(3_600), by=ANN, reason="works", at=START)}
    assert Did.OPENED not in lived((0, ("backup",)), (600, ("backup",)), silences=hush)
    assert lived((0, ("both",)), silences=hush) == [Did.HELD, Did.CAME, Did.OPENED]


def test_the_end_of_a_silence_gives_its_time_to_whoever_is_to_take_it() -> None:
    """Nobody is called for the hours in which nobody was to hear of it; what was told all the while waits on."""
    for name, waits_from in (("backup", after(7_200)), ("both", after(61))):
        held, _ = route(None, sighting(START, "backup"), SETTINGS, START, {})
        assert held is not None
        there, _ = route(held, sighting(after(61), name), SETTINGS, after(61), {})
        assert there is not None
        assert there.state is State.OPEN
        spoken, _ = unsilenced(there, None, after(7_200), "its time is over")
        assert spoken.call_from == waits_from
