"""A data folder that 0.1.0 left: it opens, its chain holds, its policy judges as before, what waited can be voted on.

What stands in it is written here as 0.1.0 wrote it, by SQL and a seal of this file's own, so that no change of today's
code changes it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import pytest
from sqlite_utils import Database

from bot.app import OPERATIONS, VOCABULARY
from bot.ballot import Ballot
from bot.circumstances import Circumstances
from bot.ledger import incidents, locks, policies, requests, reviews, slack
from bot.ledger.proof import verify
from bot.ledger.schema import STEPS, VERSION
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.starting import Starting
from bot.teller import Teller
from handlers.plan import Fact, PlanShown
from policies.alerting import Alerting
from policies.alerts import Severity, Sighting, Symptom
from policies.case import Case
from policies.requests import State, TooLate, Vote
from policies.routing import route
from policies.source import PolicyBroken
from policies.verdicts import Allow, Deny
from policies.words import Effect, Person

Json: TypeAlias = dict[str, object]
NOW = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)
KEY = bytes(range(32))
POLICY = """\
[roles]
viewer = ["T1:VERA"]
operator = ["T1:OTTO", "T1:OLGA"]
lead = ["T1:LEA", "T1:LEO"]

[[rules]]
name = "reads"
operations = ["*"]
effects = ["reads"]
who = ["viewer", "operator", "lead"]
verdict = "allow"

[[rules]]
name = "stop a migration at once"
operations = ["lpm.stop"]
who = ["operator", "lead"]
verdict = "allow"

[[rules]]
name = "changes take one other person"
operations = ["lpm.migrate"]
effects = ["changes"]
who = ["operator", "lead"]
verdict = "ask"
approvals = 1
approvers = ["operator", "lead"]
minutes_to_approve = 60
minutes_to_run = 30

[[rules]]
name = "what disrupts takes two leads"
operations = ["*"]
effects = ["disrupts", "destroys"]
who = ["operator", "lead"]
verdict = "ask"
approvals = 2
approvers = ["lead"]
minutes_to_approve = 60
minutes_to_run = 30
"""
ASK: Json = {
    "rules": ["changes take one other person"],
    "approvals": 1,
    "approvers": ["lead", "operator"],
    "minutes_to_approve": 60,
    "minutes_to_run": 30,
}
TWO: Json = ASK | {"rules": ["what disrupts takes two leads"], "approvals": 2, "approvers": ["lead"]}
ALLOW: Json = {"rules": ["reads"], "minutes_to_run": 60}
PLAN: Json = {
    "commands": [["hmc1", "migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01"]],
    "moves": "db01 moves from p72 to p75 while it runs",
    "affected": ["db01"],
    "facts": [{"name": "validation", "value": "can migrate"}],
    "undo": "Migrate it back: /lpm migrate db01 p75 p72",
    "stop": "/lpm stop db01 p72",
    "findings": [],
}
MOVE = {"partition": "db01", "source": "p72", "destination": "p75"}
REPORT: Json = {
    "ending": "succeeded",
    "headline": "db01 is on p75 now",
    "lines": ["from p72"],
    "findings": [],
    "offers": [],
}
ASKED, DEADLINE = "2026-03-01T03:00:00+00:00", "2026-03-01T04:00:00+00:00"


@dataclass(frozen=True)
class Old:
    """A request as a row; 0.1.0's columns alone."""

    id: int
    state: str
    verdict: Json
    plan: Json | None = None
    digest: str | None = None
    approve_by: str | None = None
    run_by: str | None = None
    report: Json | None = None


REQUESTS = (
    Old(1, "succeeded", ALLOW, run_by=DEADLINE, report=REPORT),
    Old(2, "waiting", ASK, PLAN, "d" * 64, approve_by=DEADLINE),
    Old(3, "waiting", TWO, PLAN, "d" * 64, approve_by=DEADLINE),
    Old(4, "granted", ASK, PLAN, "d" * 64, approve_by=DEADLINE, run_by=DEADLINE),
    Old(5, "unknown", ASK, PLAN, "d" * 64, approve_by=DEADLINE, run_by=DEADLINE, report=REPORT | {"ending": "unknown"}),
    Old(6, "denied", ASK, PLAN, "d" * 64, approve_by=DEADLINE),
)
VOTES = ((3, "LEA", "approve"), (4, "OLGA", "approve"), (5, "LEA", "approve"), (6, "LEA", "deny"))
AUDIT = (
    ("policy-loaded", "terminal:root", None, {"version": 1, "source": POLICY}),
    ("asked", "T1:OTTO", 2, {"operation": "lpm.migrate", "parameters": MOVE, "state": "planning", "policy": 1}),
    ("waiting", "hscbot", 2, {"came_from": "planning", "digest": "d" * 64, "plan": PLAN}),
    ("voted", "T1:LEA", 3, {"choice": "approve"}),
    ("sending", "T1:OTTO", 5, {"argv": ["migrlpar"], "effect": "changes", "command": 1}),
    ("unknown", "hscbot", 5, {"came_from": "running", "headline": "é < unknown"}),
)


def write(folder: Path) -> Path:
    """The folder of a 0.1.0 that was stopped."""
    (folder / "audit.key").write_text(KEY.hex(), encoding="ascii")
    with closing(sqlite3.connect(folder / "hscbot.db")) as db:
        STEPS[0](Database(db))
        db.execute("PRAGMA user_version = 1")
        db.execute("INSERT INTO policy VALUES (1, ?, ?, 'terminal:root')", [POLICY, ASKED])
        db.execute("INSERT INTO policy_role VALUES (1, 'lead', 'T1', 'LEA')")
        db.execute("INSERT INTO policy_rule VALUES (1, 0, 'reads', 'allow', 0, '{}')")
        for each in REQUESTS:
            db.execute(
                "INSERT INTO request VALUES (?, 'lpm.migrate', ?, 'T1', 'OTTO', 'C1', ?, ?, 1, ?, ?, ?, ?, ?, ?)",
                [each.id, json.dumps(MOVE), ASKED, each.state, json.dumps(each.verdict), _json(each.plan), each.digest,
                 each.approve_by, each.run_by, _json(each.report)],
            )  # fmt: skip
        for number, member, choice in VOTES:
            db.execute("INSERT INTO vote VALUES (?, 'T1', ?, ?, ?)", [number, member, choice, ASKED])
        for row in _sealed():
            db.execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        db.commit()
    last = list(_sealed())[-1]
    (folder / "audit.anchor").write_text(f"{last[0]} {last[-1]} {ASKED}\n", encoding="ascii")
    return folder


def _json(value: object) -> str | None:
    return json.dumps(value) if value is not None else None


def _sealed() -> Iterator[list[object]]:
    prev = "0" * 64
    for seq, (action, person, request, body) in enumerate(AUDIT, 1):
        row = [seq, ASKED, person, action, request, None, None, json.dumps(body, ensure_ascii=False, sort_keys=True)]
        told = json.dumps([prev, *row], ensure_ascii=False, separators=(",", ":"))
        mac = hmac.new(KEY, told.encode(), hashlib.sha256).hexdigest()
        yield [*row, prev, mac]
        prev = mac


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(write(tmp_path), lambda: NOW).open(alone=True)
    yield ledger
    ledger.close()


def rooms(ledger: Ledger) -> tuple[Ballot, Starting, list[int]]:
    granted: list[int] = []
    teller = Teller(ledger, OPERATIONS, lambda: None)
    circumstances = Circumstances({})
    return Ballot(ledger, circumstances, teller, granted.append), Starting(ledger, circumstances, teller), granted


async def approve(ledger: Ledger, ballot: Ballot, number: int, member: str) -> None:
    envelope = Envelope(key=f"{number} {member}", kind="action", body={})
    await ledger.write(lambda tx: slack.take_in(tx, envelope))
    await ballot.vote(envelope, number, Vote(person=Person(workspace="T1", member=member), choice="approve"))


def test_it_opens_and_its_chain_holds(tmp_path: Path) -> None:
    """Brought up to date once, with every row as it was; what is audited from then on continues the chain."""
    Ledger(write(tmp_path), lambda: NOW).open(alone=True).close()
    ledger = Ledger(tmp_path, lambda: NOW).open(alone=True)
    assert ledger.read_now(lambda db: db.execute("PRAGMA user_version").fetchone()[0]) == VERSION
    ledger.write_now(lambda tx: tx.audit("asked", person="T1:OTTO"))
    ledger.close()
    checked = verify(tmp_path)
    assert (checked.row, checked.rows) == (None, len(AUDIT) + 1)


@pytest.mark.parametrize(
    ("who", "operation", "effect", "before"),
    [
        ("VERA", "lpm.validate", Effect.READS, "allow"),
        ("VERA", "lpm.migrate", Effect.CHANGES, "deny"),
        ("EVE", "lpm.validate", Effect.READS, "deny"),
        ("OTTO", "lpm.stop", Effect.CHANGES, "allow"),
        ("OTTO", "lpm.migrate", Effect.CHANGES, "1 from operator or lead"),
        ("OTTO", "vios.reboot", Effect.DISRUPTS, "2 from lead"),
        ("LEA", "vios.reboot", Effect.DISRUPTS, "deny"),  # the one lead that is left is too few
    ],
)
def test_its_policy_judges_as_it_did(ledger: Ledger, who: str, operation: str, effect: Effect, before: str) -> None:
    """A policy in the old form, without a rule for loading another: everybody may what they might."""
    case = Case(
        operation=operation, effect=effect, person=Person(workspace="T1", member=who), targets=frozenset({"db01"})
    )
    verdict = ledger.read_now(lambda db: policies.judged(db, NOW, case))
    said = "allow" if isinstance(verdict, Allow) else "deny" if isinstance(verdict, Deny) else verdict.said
    assert said == before


def test_its_requests_are_there(ledger: Ledger) -> None:
    """Each with its state, its verdict in today's words, its plan, its votes and its report."""
    found = [ledger.read_now(lambda db, number=each.id: requests.get(db, number)) for each in REQUESTS]  # type: ignore[misc]
    assert [each.state.value for each in found] == [each.state for each in REQUESTS]
    assert [each.standing.needed for each in found] == ["no approval", *["1 from lead or operator"] * 1,
                                                         "2 from lead", *["1 from lead or operator"] * 3]  # fmt: skip
    assert all(each.plan is not None and each.plan.affected == ("db01",) for each in found[1:])
    assert {each.id: [vote.person.member for vote in each.votes] for each in found if each.votes} == {
        3: ["LEA"],
        4: ["OLGA"],
        5: ["LEA"],
        6: ["LEA"],
    }
    assert found[0].report is not None
    assert found[0].report.headline == "db01 is on p75 now"
    assert ledger.read_now(reviews.still_open) == []
    assert ledger.read_now(lambda db: locks.holder(db, ["partition p72/db01"], but=0)) is None


def test_what_was_under_way_is_picked_up(ledger: Ledger) -> None:
    """What waits, what was granted, and what nobody has looked after; nothing that is over."""
    assert [each.id for each in ledger.read_now(requests.unfinished)] == [2, 3, 4, 5]
    waiting = requests.Wanted(state=State.WAITING)
    assert [each.id for each in ledger.read_now(lambda db: requests.listed(db, waiting))] == [3, 2]


def test_it_has_room_for_incidents(ledger: Ledger) -> None:
    """None are there, one can be kept, and its key can be active once."""
    assert ledger.read_now(incidents.active) == []
    symptom = Symptom(rule="x", severity=Severity.WARNING, said="x", then="")
    seen = Sighting(key="k", kind="sea", title="a pair", places=("p72",), at=NOW, symptoms=(symptom,))
    found, moves = route(None, seen, Alerting(), NOW, {})
    assert found is not None
    kept = ledger.write_now(lambda tx: incidents.step(tx, None, found, moves))
    assert (kept.number, ledger.read_now(lambda db: incidents.get(db, 1))) == (1, kept)
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        ledger.write_now(lambda tx: incidents.step(tx, None, found, moves))


async def test_what_waits_can_be_voted_on(ledger: Ledger) -> None:
    """The votes of before count, and one that is still needed grants it."""
    ballot, _, granted = rooms(ledger)
    await approve(ledger, ballot, 2, "OLGA")
    await approve(ledger, ballot, 3, "LEO")
    assert granted == [2, 3]
    after = await ledger.read(lambda db: requests.get(db, 3))
    assert [vote.person.member for vote in after.votes] == ["LEA", "LEO"]
    with pytest.raises(TooLate):
        await approve(ledger, ballot, 6, "LEO")


async def test_what_was_approved_before_isnt_run_on_a_plan_that_shows_more(ledger: Ledger) -> None:
    """Today's plan tells of locks too, which nobody approved: refused with what is different, and nothing runs."""
    _, starting, _ = rooms(ledger)
    shown = PlanShown.model_validate(PLAN | {"locks": ["partition p72/db01"]})
    assert shown.facts == (Fact(name="validation", value="can migrate"),)
    assert await starting.started(4, shown, since=await ledger.read(locks.mark)) is None
    after = await ledger.read(lambda db: requests.get(db, 4))
    assert after.state is State.STALE
    assert after.report is not None
    assert "locks: nothing when it was approved, partition p72/db01 now" in after.report.lines


async def test_a_policy_that_today_is_broken_stands_in_the_way_of_all_but_a_better_one(tmp_path: Path) -> None:
    """0.1.0 took any text as a member: nothing is judged by such a policy now, and another can be loaded."""
    write(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        db.execute("UPDATE policy SET source = replace(source, 'T1:LEA', 'acme:lea')")
        db.commit()
    ledger = Ledger(tmp_path, lambda: NOW).open()
    with pytest.raises(PolicyBroken, match=r"line 4: .*'acme:lea' is not WORKSPACE:MEMBER"):
        await ledger.read(policies.current)
    better = POLICY.replace("approvals = 2", "approvals = 1")  # with two leads, one who asks has one other
    better += '[[rules]]\nname = "policies"\noperations = ["policy.load"]\nwho = ["lead"]\nverdict = "allow"\n'
    await ledger.write(lambda tx: policies.load(tx, better, by="terminal:root", vocabulary=VOCABULARY))
    current = await ledger.read(policies.current)
    assert current is not None
    assert current.version == 2
    ledger.close()
