"""Incidents as rows, at the terminal, and what a round of many costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.alerts import Alerts
from bot.app import VOCABULARY
from bot.circumstances import Circumstances
from bot.cli import cli
from bot.ledger import incidents, policies
from bot.ledger.incidents import Overtaken, Wanted
from bot.ledger.proof import verify
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.terminal.screen import sitting
from policies.alerting import Alerting, Level
from policies.alerts import Severity, Sighting, Symptom
from policies.incidents import Incident, State
from policies.routing import route

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
LOST = Symptom(
    rule="lost", severity=Severity.WARNING, said="sharing is lost \x1b[31m", evidence=("State: x",), then="look"
)
POLICY = """
[roles]
operator = ["{0}"]
lead = ["T1:LEA"]

[[rules]]
name = "loading"
operations = ["policy.load"]
who = ["lead"]
verdict = "allow"

[[rules]]
name = "taking"
operations = ["incidents.*"]
who = ["operator"]
verdict = "allow"
"""
ASKS = """verdict = "ask"
approvals = 1
approvers = ["lead"]
minutes_to_approve = 60
minutes_to_run = 30
"""
ASKING = POLICY.removesuffix('verdict = "allow"\n') + ASKS


class Clock:
    def __init__(self) -> None:
        self.time = START

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path, clock.now).open()
    yield ledger
    ledger.close()


def alerts(ledger: Ledger, settings: Alerting | None = None) -> Alerts:
    return Alerts(ledger, settings or Alerting(channel="C1", settle_seconds=0), Circumstances({}), lambda: None)


def sighting(clock: Clock, name: str, *symptoms: Symptom) -> Sighting:
    places = ("hmc1", name)
    return Sighting(
        key=f"sea/{name}", kind="sea", title=f"the pair of {name}", places=places, at=clock.now(), symptoms=symptoms
    )


async def test_a_step_starts_from_where_it_stands(ledger: Ledger, clock: Clock) -> None:
    """Two that start from the same state: the second finds it gone, and keeps nothing."""
    room = alerts(ledger)
    await room.seen([sighting(clock, "p72", LOST)])
    (before,) = ledger.read_now(incidents.active)
    clock.time += timedelta(seconds=1)
    after, moves = route(before, sighting(clock, "p72"), Alerting(), clock.now(), {})
    assert after is not None
    over = after
    ledger.write_now(lambda tx: incidents.step(tx, before, over, moves))
    events = len(ledger.read_now(lambda db: incidents.events(db, 1)))
    with pytest.raises(Overtaken):
        ledger.write_now(lambda tx: incidents.step(tx, before, over, moves))
    assert len(ledger.read_now(lambda db: incidents.events(db, 1))) == events


async def test_a_round_is_one_step(ledger: Ledger, clock: Clock) -> None:
    """What stands beside it fails: nothing of the round is kept, and nothing is said."""

    def fails(tx: Tx) -> None:
        raise ValueError("the watch's own snapshot")

    with pytest.raises(ValueError, match="snapshot"):
        await alerts(ledger).seen([sighting(clock, "p72", LOST)], fails)
    assert ledger.read_now(incidents.active) == []
    assert ledger.read_now(lambda db: db.execute("SELECT count(*) FROM outbox").fetchone()[0]) == 0


async def test_without_a_channel_it_is_kept_all_the_same(ledger: Ledger, clock: Clock) -> None:
    """Nowhere to say it: it is listed all the same, and who is called by direct message is called."""
    level = Level(after_minutes=5, person="U1")
    room = alerts(ledger, Alerting(settle_seconds=0, escalation=(level,)))
    await room.seen([sighting(clock, "p72", LOST)])
    (found,) = ledger.read_now(lambda db: incidents.listed(db, Wanted(active=True)))
    assert (found.state, found.channel) == (State.OPEN, "")
    clock.time += timedelta(minutes=5)
    await room.sweep()
    assert ledger.read_now(lambda db: [row[0] for row in db.execute("SELECT channel FROM outbox")]) == ["U1"]


async def test_they_are_found_by_place_kind_and_state(ledger: Ledger, clock: Clock) -> None:
    """The worst first; what is over the newest first."""
    room = alerts(ledger)
    grave = LOST.model_copy(update={"severity": Severity.CRITICAL})
    await room.seen([sighting(clock, "p72", LOST), sighting(clock, "p75", grave)])

    def found(wanted: Wanted) -> list[Incident]:
        return ledger.read_now(lambda db: incidents.listed(db, wanted))

    assert [each.key for each in found(Wanted(active=True))] == ["sea/p75", "sea/p72"]
    assert [each.key for each in found(Wanted(place="p72"))] == ["sea/p72"]
    assert found(Wanted(kind="drift")) == []
    clock.time += timedelta(minutes=1)
    await room.seen([sighting(clock, "p72")])
    assert [each.key for each in found(Wanted(state=State.CLOSED))] == ["sea/p72"]


async def test_what_ended_long_ago_is_let_go_of(ledger: Ledger, clock: Clock) -> None:
    """With its timeline; what is open stays, and numbers aren't used twice."""
    room = alerts(ledger)
    await room.seen([sighting(clock, "p72", LOST), sighting(clock, "p75", LOST)])
    clock.time += timedelta(minutes=1)
    await room.seen([sighting(clock, "p75")])
    ledger.write_now(lambda tx: incidents.forget(tx, tx.now() - timedelta(days=1)))
    assert ledger.read_now(incidents.last) == 2
    ledger.write_now(lambda tx: incidents.forget(tx, tx.now() + timedelta(seconds=1)))
    assert [each.key for each in ledger.read_now(incidents.active)] == ["sea/p72"]
    clock.time += timedelta(hours=1)
    await room.seen([sighting(clock, "p75", LOST)])
    assert ledger.read_now(incidents.last) == 3


# ── at the terminal ───────────────────────────────────────────────────────────────────────────────────────────────


def hscbot(*words: str, data: Path) -> tuple[int, str]:
    ran = CliRunner().invoke(cli, ["incidents", *words, "--data", str(data)])
    return ran.exit_code, ran.output


async def put_in_force(ledger: Ledger, source: str) -> None:
    text = source.format(sitting())
    await ledger.write(lambda tx: policies.load(tx, text, by="a test", vocabulary=VOCABULARY))


@pytest.fixture
async def data(tmp_path: Path) -> Path:
    """A folder with an open incident, seen a moment ago."""
    real = datetime.now(UTC)
    ledger = Ledger(tmp_path, lambda: real).open()
    await put_in_force(ledger, POLICY)
    clock = Clock()
    clock.time = real
    await alerts(ledger).seen([sighting(clock, "p72", LOST)])
    ledger.close()
    return tmp_path


def test_the_terminal_lists_and_tells(data: Path) -> None:
    """With nothing in it that a terminal would act on."""
    assert "i1" in hscbot("list", data=data)[1]
    status, told = hscbot("show", "i1", data=data)
    assert status == 0
    assert "State: x" in told
    assert "\x1b" not in told
    assert hscbot("show", "99", data=data)[0] == 2


def test_the_terminal_takes_and_silences(data: Path) -> None:
    """Judged by the policy, audited with who and why, and the message is edited."""
    assert hscbot("ack", "i1", "--reason", "on it", data=data) == (0, "i1 is yours\n")
    status, told = hscbot("ack", "1", data=data)
    assert (status, "acknowledged already" in told) == (2, True)
    assert hscbot("silence", "1", "4h", data=data)[0] == 2
    assert "is silenced until" in hscbot("silence", "1", "4h", "--reason", "works", data=data)[1]
    assert "spoken of again" in hscbot("unsilence", "1", data=data)[1]
    assert "is closed" in hscbot("close", "1", "--reason", "scrapped", data=data)[1]
    ledger = Ledger(data, lambda: datetime.now(UTC)).open()
    query = "SELECT action, person FROM audit WHERE action LIKE 'incident-%' ORDER BY seq"
    rows = [tuple(row) for row in ledger.read_now(lambda db: db.execute(query).fetchall())]
    letters = ledger.read_now(lambda db: db.execute("SELECT count(*) FROM outbox WHERE kind = 'update'").fetchone()[0])
    ledger.close()
    who = str(sitting())
    assert rows == [
        ("incident-opened", "hscbot"),
        ("incident-taken", who),
        ("incident-silenced", who),
        ("incident-unsilenced", who),
        ("incident-closed", who),
    ]
    assert letters >= 1
    assert verify(data).row is None


async def test_the_terminal_asks_where_the_policy_does(data: Path) -> None:
    """It becomes a request, and nothing is changed yet; who has no role is refused."""
    ledger = Ledger(data, lambda: datetime.now(UTC)).open()
    await put_in_force(ledger, ASKING)
    ledger.close()
    status, told = hscbot("ack", "1", data=data)
    assert (status, "Asked as #1" in told) == (0, True)
    ledger = Ledger(data, lambda: datetime.now(UTC)).open()
    assert ledger.read_now(lambda db: incidents.get(db, 1)).state is State.OPEN
    await put_in_force(ledger, POLICY.replace("{0}", "T1:OTTO"))
    ledger.close()
    assert hscbot("ack", "1", data=data)[0] == 2
