"""Many sightings → fewer: what is out, what a request of ours brings about, storms; and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import settings as rounds
from hypothesis import strategies as st

from policies.alerting import Alerting
from policies.alerts import Happening, Severity, Sighting, Symptom
from policies.correlation import STORM, Told, cause_of, correlate, storm, swept_up
from policies.incidents import Incident, Moves, State
from policies.routing import route

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SETTINGS = Alerting(settle_seconds=0, storm=3, storm_minutes=5)
BOTH = Symptom(rule="both-primary", severity=Severity.CRITICAL, said="both are primary", then="run", at_once=True)
LOST = Symptom(rule="sharing-lost", severity=Severity.WARNING, said="sharing is lost", then="restart it")


def out(what: str) -> Symptom:
    return Symptom(
        rule="unreachable", about=what, severity=Severity.WARNING, said=f"{what} doesn't answer", then="look"
    )


def sighting(name: str, *symptoms: Symptom, frame: str = "p72", happenings: tuple[Happening, ...] = ()) -> Sighting:
    vioses = (f"{frame}vio1", f"{frame}vio2")
    return Sighting(
        key=f"sea/{name}",
        kind="sea",
        title=f"the pair {name}",
        places=("hmc1", frame, *vioses),
        at=START,
        symptoms=symptoms,
        happenings=happenings,
    )


def incident(seen: Sighting, **more: object) -> Incident:
    made, _ = route(None, seen, SETTINGS, START, {})
    assert made is not None
    return made.model_copy(update={"number": 1, **more})


def under(told: Iterable[Told]) -> dict[str, str]:
    return {each.sighting.key: each.under for each in told}


def test_a_whole_hmc_is_one() -> None:
    """A hundred things behind one that can't be reached are told once, and each is kept under it."""
    parents, told = correlate([sighting(f"{n}", out("hmc1"), frame=f"p{n}") for n in range(100)], {}, START)
    (parent,) = parents
    assert (parent.key, parent.title) == ("out/hmc:hmc1", "hmc1 can't be reached")
    assert "100 things" in parent.symptoms[0].said
    assert set(under(told).values()) == {"out/hmc:hmc1"}
    assert all(each.sighting.symptoms for each in told), "each keeps its own timeline"
    assert parent.places[0] == "hmc1"
    assert "and 80 more" in parent.affected[-1]


def test_one_thing_speaks_for_itself() -> None:
    """What only one suffers from is told as it is."""
    parents, told = correlate([sighting("a", out("hmc1")), sighting("b", LOST)], {}, START)
    assert parents == []
    assert under(told) == {"sea/a": "", "sea/b": ""}


def test_both_vios_of_a_frame_are_one() -> None:
    """Two that are out at once are the frame's, and serious at the least; one of another frame stays its own."""
    seen = [sighting("a", out("p72vio1"), out("p72vio2")), sighting("b", out("p75vio1"), frame="p75")]
    (parent,), told = correlate(seen, {}, START)
    assert (parent.key, parent.title) == ("out/frame:p72", "both VIOS of p72 are out")
    assert parent.symptoms[0].severity is Severity.SERIOUS
    assert under(told) == {"sea/a": "out/frame:p72", "sea/b": ""}


def test_a_watch_can_name_the_cause() -> None:
    """What it says goes before what is read from the rule."""
    named = LOST.model_copy(update={"cause": "vios:p72/p72vio1"})
    assert cause_of(sighting("a"), named) == "vios:p72/p72vio1"
    assert cause_of(sighting("a"), out("p72vio1")) == "vios:p72/p72vio1"
    assert cause_of(sighting("a"), LOST) == ""


def test_what_cannot_wait_is_never_folded() -> None:
    """Whatever its cause or request: it speaks for itself."""
    loud = BOTH.model_copy(update={"cause": "hmc:hmc1", "request": 41})
    parents, told = correlate([sighting("a", loud), sighting("b", loud)], {}, START)
    assert parents == []
    assert under(told) == {"sea/a": "", "sea/b": ""}


def test_what_else_is_wrong_speaks_for_itself() -> None:
    """The share of the cause is told with the cause, the rest is routed by itself."""
    _, told = correlate([sighting("a", out("hmc1"), LOST), sighting("b", out("hmc1"))], {}, START)
    assert under(told) == {"sea/a": "", "sea/b": "out/hmc:hmc1"}
    assert told[0].sighting.symptoms == (LOST,)


def test_it_is_over_when_its_last_member_is() -> None:
    """Those that a round didn't look at are as they were; the last one that is well ends it."""
    (parent,), _ = correlate([sighting("a", out("hmc1")), sighting("b", out("hmc1"))], {}, START)
    active = {parent.key: incident(parent)}
    (one_left,), _ = correlate([sighting("a")], active, START + timedelta(seconds=30))
    assert one_left.members == ("sea/b",)
    assert one_left.symptoms
    active = {parent.key: incident(one_left)}
    assert correlate([sighting("c")], active, START)[0] == [], "a round that has nothing to do with it"
    (over,), _ = correlate([sighting("b")], active, START + timedelta(seconds=60))
    assert (over.members, over.symptoms) == ((), ())


def test_what_a_request_brings_about_is_the_requests() -> None:
    """By what its watch says; all its members in one."""
    gone = Symptom(rule="backup-gone", severity=Severity.NOTE, said="the backup is gone", then="wait", request=41)
    flap = Happening(rule="failover", severity=Severity.WARNING, said="planned failover", request=41)
    (parent,), told = correlate([sighting("a", gone), sighting("b", gone, happenings=(flap,))], {}, START)
    assert (parent.key, parent.members) == ("request/41", ("sea/a", "sea/b"))
    assert [each.about for each in parent.symptoms] == ["the pair a", "the pair b"]
    assert parent.happenings == (flap,)
    assert set(under(told).values()) == {"request/41"}


def test_a_number_in_a_machines_words_explains_nothing() -> None:
    """A `#12` that a machine printed is no request of ours: what it stands in speaks for itself."""
    printed = LOST.model_copy(update={"said": "a line isn't understood: 'Slot #12 gone'"})
    over = Happening(rule="failover", severity=Severity.WARNING, said="failover: see #12")
    seen = sighting("a", printed, happenings=(over,))
    parents, told = correlate([seen], {}, START)
    assert parents == []
    assert told == [Told(sighting=seen)]


def test_what_was_said_already_stays_where_it_is() -> None:
    """An open incident isn't called over because a request explains it now."""
    own = incident(sighting("a", LOST), state=State.OPEN)
    explained = LOST.model_copy(update={"request": 41})
    parents, told = correlate([sighting("a", explained)], {"sea/a": own}, START)
    assert parents == []
    assert told[0].sighting.symptoms == (explained,)


@rounds(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcdef"), st.sets(st.sampled_from(["hmc", "vio1", "vio2", "lost", "both", "ours"]))),
        unique_by=lambda each: each[0],
    )
)
def test_nothing_is_lost(given_ones: list[tuple[str, set[str]]]) -> None:
    """Every symptom is in what is left of its sighting, or that is kept whole under one that is there."""
    known = {
        "hmc": out("hmc1"),
        "vio1": out("p72vio1"),
        "vio2": out("p72vio2"),
        "lost": LOST,
        "both": BOTH,
        "ours": LOST.model_copy(update={"rule": "ours", "request": 7}),
    }
    seen = [sighting(name, *(known[each] for each in sorted(which))) for name, which in given_ones]
    parents, told = correlate(seen, {}, START)
    keys = {parent.key for parent in parents}
    assert [each.sighting.key for each in told] == [each.key for each in seen]
    for before, each in zip(seen, told, strict=True):
        if each.under:
            assert each.under in keys
            assert each.sighting == before
        else:
            folded = set(before.symptoms) - set(each.sighting.symptoms)
            spoken = [parent for parent in parents if before.key in parent.members]
            assert bool(folded) <= bool(spoken)
        assert not any(symptom.at_once for symptom in set(before.symptoms) - set(each.sighting.symptoms))


# ── storms ────────────────────────────────────────────────────────────────────────────────────────────────────────


def opening(number: int, symptom: Symptom = LOST) -> dict[str, tuple[Incident, Moves]]:
    made = {}
    for n in range(number):
        after, moves = route(None, sighting(f"{n}", symptom), SETTINGS, START, {})
        assert after is not None
        made[f"sea/{n}"] = (after, moves)
    return made


def test_a_storm_speaks_for_more_than_it_takes() -> None:
    """As many as are allowed open by themselves; one more, and all of them are told together."""
    assert swept_up(opening(3), SETTINGS, on=False) == frozenset()
    assert len(swept_up(opening(4), SETTINGS, on=False)) == 4
    assert len(swept_up(opening(1), SETTINGS, on=True)) == 1, "what comes while it blows joins it"


def test_what_cannot_wait_stands_out_of_a_storm() -> None:
    """But where that itself is a storm."""
    urgent, after = sighting("urgent", BOTH), route(None, sighting("urgent", BOTH), SETTINGS, START, {})
    assert after[0] is not None
    mixed = opening(9) | {urgent.key: (after[0], after[1])}
    assert urgent.key not in swept_up(mixed, SETTINGS, on=False)
    assert len(swept_up(opening(9, BOTH), SETTINGS, on=False)) == 9


def test_a_storm_passes() -> None:
    """Once none has come for a while, and no more are left than may open by themselves."""
    members = [incident(sighting(f"{n}", LOST), state=State.HELD, under=STORM) for n in range(5)]
    blows = storm(None, members, SETTINGS, START)
    assert blows is not None
    assert "5 incidents at once (5 warning)" in blows.symptoms[0].said
    before = incident(blows, state=State.OPEN)
    later = START + timedelta(minutes=6)
    still = storm(before, members, SETTINGS, later)
    assert still is not None
    assert still.symptoms, "too many are left"
    early = storm(before, members[:3], SETTINGS, START + timedelta(minutes=1))
    assert early is not None
    assert early.symptoms, "it may still grow"
    passed = storm(before, members[:3], SETTINGS, later)
    assert passed is not None
    assert passed.symptoms == ()
    assert storm(None, [], SETTINGS, later) is None
