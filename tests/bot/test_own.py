"""hscbot as the host of its own commands."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import VOCABULARY, world
from bot.circumstances import Circumstances
from bot.lab.demo import demo_policy
from bot.ledger import policies, requests
from bot.ledger.requests import Request, Wanted
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.own.itself import Itself
from handlers.policy import Load
from policies.case import Asking
from policies.requests import State
from policies.verdicts import Allow
from policies.words import Person

LEAD, OTHER = Person(workspace="T0LAB", member="U0LEAD"), Person(workspace="T0LAB", member="U0APPROVER")
CHANGED = demo_policy().replace("minutes_to_run = 30", "minutes_to_run = 20", 1)
SHA = policies.fingerprint(CHANGED)


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    ledger = Ledger(tmp_path, lambda: datetime(2026, 3, 4, 3, 0, tzinfo=UTC)).open()
    await ledger.write(lambda tx: policies.load(tx, demo_policy(), by="a test", vocabulary=VOCABULARY))
    yield ledger
    ledger.close()


def kept(tx: Tx, *, person: Person = LEAD, state: State = State.PLANNING, target: str = "db01") -> Request:
    return requests.create(
        tx,
        operation=Load.name(),
        parameters=Load(sha256=SHA).model_dump_json(),
        asking=Asking(),
        targets=(target,),
        requester=person,
        channel="C1",
        verdict=Allow(rules=("r",), minutes_to_run=5),
        policy_version=1,
        state=state,
    )


async def test_a_policy_takes_the_place_of_the_one_that_was_approved(ledger: Ledger) -> None:
    """Of no other: with another version in force nothing is loaded, and once loaded it isn't loaded twice."""
    itself = Itself(ledger, world(ledger.folder, Circumstances({})))
    request = await ledger.write(kept)
    await ledger.write(lambda tx: policies.propose(tx, CHANGED, by="a test"))
    late = await itself.carry_out(("policy", "load", f"sha256={SHA}", "over=2"), request)
    assert (late.status, "this was to take the place of version 2" in late.text) == (1, True)
    done = await itself.carry_out(("policy", "load", f"sha256={SHA}", "over=1"), request)
    assert done.text == "policy version 2 is in force\n"
    again = await itself.carry_out(("policy", "load", f"sha256={SHA}", "over=1"), request)
    assert again.status == 1
    assert (await itself.carry_out(("policy", "current"), request)).text == f"2 {SHA}\n"
    assert len(await ledger.read(policies.history)) == 2


@pytest.mark.parametrize("argv", [("policy", "drop"), ("lpm", "migrate"), ("rm", "-rf=x")])
async def test_what_is_not_its_own_is_not_carried_out(ledger: Ledger, argv: tuple[str, ...]) -> None:
    """A command that nobody wrote for it ends as a failure, in words."""
    itself = Itself(ledger, world(ledger.folder, Circumstances({})))
    answer = await itself.carry_out(argv, await ledger.write(kept))
    assert (answer.status, "no command of my own" in answer.text) == (1, True)


async def test_a_fingerprint_is_known_by_its_beginning(ledger: Ledger) -> None:
    """Of what was loaded and of what was proposed; where two begin alike, neither is meant."""
    await ledger.write(lambda tx: policies.propose(tx, CHANGED, by="a test"))
    first = policies.fingerprint(demo_policy())
    assert await ledger.read(lambda db: policies.source_of(db, SHA[:7])) == CHANGED
    assert await ledger.read(lambda db: policies.source_of(db, first[:7])) == demo_policy()
    assert await ledger.read(lambda db: policies.source_of(db, "")) is None
    assert await ledger.read(lambda db: policies.source_of(db, "f" * 64)) is None


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), [3, 2, 1]),
        (Wanted(limit=2), [3, 2]),
        (Wanted(people=(LEAD,)), [3, 1]),
        (Wanted(people=(LEAD, OTHER)), []),
        (Wanted(state=State.GRANTED), [2]),
        (Wanted(target="web01"), [3]),
        (Wanted(target="web01", people=(OTHER,)), []),
    ],
)
async def test_requests_are_listed_by_all_that_is_given(ledger: Ledger, wanted: Wanted, found: list[int]) -> None:
    """The newest first, and no more than were asked for."""
    await ledger.write(kept)
    await ledger.write(lambda tx: kept(tx, person=OTHER, state=State.GRANTED))
    await ledger.write(lambda tx: kept(tx, target="web01"))
    assert [each.id for each in await ledger.read(lambda db: requests.listed(db, wanted))] == found


async def test_the_labs_own_policy_leaves_another_one_in_force(ledger: Ledger) -> None:
    """A start of the demo puts what it ships in force, but never in the place of what somebody else loaded."""
    await ledger.write(lambda tx: policies.load_own(tx, CHANGED, by="the demo", vocabulary=VOCABULARY))
    assert (await ledger.read(policies.version)).source == demo_policy()
