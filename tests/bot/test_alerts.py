"""From a batch of looks to incidents: two looks at one thing, members that are silenced, storms that only last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.ledger import incidents
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from policies.alerting import Alerting
from policies.alerts import Happening, Severity
from policies.incidents import Silence, State
from policies.words import Person
from tests.bot.test_incidents import LOST, START, Clock, alerts, sighting


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path, clock.now).open()
    yield ledger
    ledger.close()


def silenced(ledger: Ledger, *names: str) -> datetime:
    """Each pair by itself; until when."""
    until, who = START + timedelta(hours=1), Person(workspace="T1", member="ANN")

    def change(tx: Tx) -> None:
        for name in names:
            incidents.silence(tx, Silence(key=f"sea/{name}", until=until, by=who, reason="maintenance", at=START))

    ledger.write_now(change)
    return until


async def test_two_looks_at_one_thing_in_one_batch_both_stand(ledger: Ledger, clock: Clock) -> None:
    """What was over in the first is told, and what the second says goes on from it; what speaks for them as well."""
    room = alerts(ledger)
    await room.seen([sighting(clock, "p72", LOST)])
    moved = Happening(rule="failover", severity=Severity.WARNING, said="failover: the lead went over")
    clock.time += timedelta(seconds=30)
    first = sighting(clock, "p72", LOST).model_copy(update={"happenings": (moved,)})
    clock.time += timedelta(seconds=5)
    second = sighting(clock, "p72", LOST.model_copy(update={"said": "sharing is lost still"}))
    await room.seen([first, second])
    (after,) = ledger.read_now(incidents.active)
    assert after.symptoms[0].said == "sharing is lost still"
    assert moved.said in [each.said for each in ledger.read_now(lambda db: incidents.events(db, 1))]


async def test_what_is_over_within_one_batch_is_over(ledger: Ledger, clock: Clock) -> None:
    """Two behind an HMC that is out, and back in the same batch: nothing is left standing."""
    out = LOST.model_copy(update={"cause": "hmc:hmc1"})
    lost = [sighting(clock, name, out) for name in ("p72", "p75")]
    clock.time += timedelta(seconds=5)
    await alerts(ledger).seen([*lost, *(sighting(clock, name) for name in ("p72", "p75"))])
    assert ledger.read_now(incidents.active) == []


@pytest.mark.parametrize(("cause", "request_number"), [("hmc:hmc1", None), ("", 41)])
async def test_what_speaks_only_for_the_silenced_is_quiet(
    ledger: Ledger, clock: Clock, cause: str, request_number: int | None
) -> None:
    """Whatever they are folded into says nothing until the first silence is over."""
    room, why = alerts(ledger), LOST.model_copy(update={"cause": cause, "request": request_number})
    until = silenced(ledger, "p72", "p75")
    for _ in range(3):
        await room.seen([sighting(clock, name, why) for name in ("p72", "p75")])
        await room.sweep()
        clock.time += timedelta(minutes=5)
    assert {each.state for each in ledger.read_now(incidents.active)} == {State.HELD}
    clock.time = until + timedelta(seconds=1)
    await room.sweep()
    parent = next(each for each in ledger.read_now(incidents.active) if each.members)
    assert parent.state is State.OPEN


async def test_what_cannot_wait_breaks_through_the_silence_of_all_members(ledger: Ledger, clock: Clock) -> None:
    """A storm of such is told, whoever was silenced."""
    room = alerts(ledger, Alerting(channel="C1", settle_seconds=0, storm=2))
    names = [f"p{number}" for number in range(5)]
    silenced(ledger, *names)
    urgent = LOST.model_copy(update={"at_once": True})
    await room.seen([sighting(clock, name, urgent) for name in names])
    assert State.OPEN in {each.state for each in ledger.read_now(incidents.active)}


async def test_a_long_storm_swallows_nothing_that_comes_a_day_later(ledger: Ledger, clock: Clock) -> None:
    """Eleven that last are still one message; what has nothing to do with them speaks for itself."""
    room = alerts(ledger)
    old = [f"p{number}" for number in range(11)]
    await room.seen([sighting(clock, name, LOST) for name in old])
    clock.time += timedelta(days=1)
    await room.seen([*(sighting(clock, name, LOST) for name in old), sighting(clock, "new", LOST)])
    await room.sweep()
    stands = {each.key: each for each in ledger.read_now(incidents.active)}
    assert (stands["sea/new"].state, stands["sea/new"].under) == (State.OPEN, "")
    assert {stands[f"sea/{name}"].under for name in old} == {"storm"}


MOVED = Happening(rule="failover", severity=Severity.WARNING, said="failover: the lead went over")


def posted(ledger: Ledger) -> list[str]:
    """What was put into the channel itself, in order."""
    query = "SELECT key FROM outbox WHERE kind = 'post' AND thread IS NULL ORDER BY id"
    return [row[0] for row in ledger.read_now(lambda db: db.execute(query).fetchall())]


@pytest.mark.parametrize("lasts", [True, False])
async def test_a_thousand_failovers_are_one_summary(ledger: Ledger, clock: Clock, lasts: bool) -> None:
    """In one batch, whether their cause is still there or all is well again: one message, and each is kept."""
    room = alerts(ledger, Alerting(channel="C1"))
    many = [
        sighting(clock, f"p{number}", *([LOST] if lasts else [])).model_copy(update={"happenings": (MOVED,)})
        for number in range(1_000)
    ]
    await room.seen(many)
    assert len(posted(ledger)) == 1
    (said,) = ledger.read_now(lambda db: incidents.opened_since(db, START))
    assert said.key == "storm"
    told = [each.said for each in ledger.read_now(lambda db: incidents.events(db, said.number))]
    assert any(each.startswith("1000 ") for each in told), told
    kept = "SELECT count(*) FROM incident_event WHERE did = 'happened' AND said = ?"
    assert tuple(ledger.read_now(lambda db: db.execute(kept, [MOVED.said]).fetchone())) == (1_000,)


@pytest.mark.parametrize("lasts", [True, False])
async def test_failovers_that_come_one_after_the_other_are_a_storm_too(
    ledger: Ledger, clock: Clock, lasts: bool
) -> None:
    """Pairs are looked at in turn: what comes within a minute is told together, as if one look had seen it."""
    room = alerts(ledger, Alerting(channel="C1", storm=3))
    for number in range(30):
        seen = sighting(clock, f"p{number}", *([LOST] if lasts else []))
        await room.seen([seen.model_copy(update={"happenings": (MOVED,)})])
        clock.time += timedelta(seconds=1)
    assert len(posted(ledger)) == 3 + 1
    clock.time += timedelta(minutes=6)
    await room.sweep()
    await room.seen([sighting(clock, "new").model_copy(update={"happenings": (MOVED,)})])
    assert len(posted(ledger)) == 3 + 2, "what comes once it has passed speaks for itself"
