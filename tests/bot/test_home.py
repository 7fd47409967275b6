"""A Home costs what its pages cost, however many requests there are."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import app, home_view
from bot.groups import Groups
from bot.home import FIRST, Home
from bot.lab import demo
from bot.lab.workspace.blocks import check_view
from bot.ledger import lists, policies, reviews
from bot.ledger.hosts import LoginStops
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.teller import Teller
from bot.views import Views
from handlers.plan import Fact, PlanShown
from policies.demands import Demand
from policies.verdicts import Allow, Ask
from policies.words import Person

MANY = 10_000
NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
LEAD = Person(workspace="T0LAB", member="U0LEAD")
STATES = ("succeeded", "failed", "waiting", "unknown", "granted", "running", "expired")
PLAN = PlanShown(
    commands=(("hmc-oslo", "migrlpar", "-o", "m", "-m", "p72", "-t", "p75", "-p", "db01"),),
    moves="db01 moves from p72 to p75 while it runs",
    affected=("db01",),
    facts=tuple(Fact(name=f"fact {n}", value="value") for n in range(20)),
    undo="back",
    stop="stop",
    locks=("partition db01 on p72",),
)
ASK = Ask(
    rules=("one",), demands=(Demand(needed=1, of=("lead", "operator")),), minutes_to_approve=60, minutes_to_run=30
)


def filled(tx: Tx) -> None:
    """As many requests as years bring, of every state and of two people, each with its plan."""
    policies.load(tx, demo.demo_policy(), by="test", vocabulary=app.VOCABULARY)
    for number in range(MANY):
        tx.insert("request", row(number))
        if number % 7 == 0:
            vote = {"workspace": "T0LAB", "member": "U0LEAD", "choice": "approve", "at": NOW.isoformat()}
            tx.insert("vote", {"request": number + 1, **vote})


def row(number: int) -> dict[str, Any]:
    asked = NOW - timedelta(minutes=MANY - number)
    return {
        "operation": "lpm.migrate",
        "parameters": json.dumps({"partition": f"db{number}", "source": "p72", "destination": "p75"}),
        "workspace": "T0LAB",
        "member": ("U0REQUESTER", "U0LEAD")[number % 2],
        "channel": "C0POWEROPS",
        "asked_at": asked.isoformat(),
        "state": STATES[number % len(STATES)],
        "policy_version": 1,
        "verdict": ASK.model_dump_json(),
        "plan": PLAN.model_dump_json(),
        "digest": "f" * 64,
        "approve_by": (asked + timedelta(hours=1)).isoformat(),
    }


@pytest.fixture
async def ledger(tmp_path: Path) -> AsyncIterator[Ledger]:
    opened = app.data_ledger(tmp_path / "data", lambda: NOW).open()
    await opened.write(filled)
    yield opened
    opened.close()


def home_of(ledger: Ledger) -> Home:
    client = AsyncWebClient(token="xoxb-unused")
    return Home(ledger, Groups(ledger, client), Teller(ledger, app.OPERATIONS, lambda: None), Views(client))


async def test_a_home_of_ten_thousand_requests_is_within_slacks_limits(ledger: Ledger) -> None:
    """Its first page as well as a late one of each section; how long it takes is the bench's to tell."""
    home = home_of(ledger)
    for pages in (FIRST, {"mine": 900, "recent": 900, "votes": 100, "running": 200, "incidents": 5}):
        view = home_view.home(await ledger.read(partial(home.gathered, person=LEAD, pages=pages)))
        assert check_view(view) == []
        assert home_view.pages_of(view) == {**dict.fromkeys(home_view.TITLES, 0), **pages}


async def test_each_list_holds_what_it_says(ledger: Ledger) -> None:
    """Page by page: every request once, in the order that is promised, none of another kind."""

    def counts(demands: tuple[Demand, ...]) -> bool:
        return any("lead" in demand.of for demand in demands)

    votes = await all_of(ledger, partial(lists.for_vote, person=LEAD, counts=counts))
    assert votes == [n + 1 for n in range(MANY) if n % 7 == 2 and n % 2 == 0]
    none = await ledger.read(lambda db: lists.for_vote(db, LEAD, lambda _: False, 0))
    assert none.rows == ()
    first = await ledger.read(lambda db: lists.mine(db, LEAD, 0))
    assert [each.id for each in first.rows] == [MANY - 2 * n for n in range(5)]
    under_way = await ledger.read(lambda db: lists.under_way(db, 0))
    assert [each.state.value for each in under_way.rows] == ["granted", "running", "granted", "running", "granted"]
    recent = await ledger.read(lambda db: lists.ended(db, 0))
    assert [each.id for each in recent.rows] == sorted((each.id for each in recent.rows), reverse=True)


def anybody(_: tuple[Demand, ...]) -> bool:
    return True


async def all_of(ledger: Ledger, list_page: Any) -> list[int]:
    found, number = [], 0
    while True:
        page = await ledger.read(partial(list_page, number=number))
        found += [each.id for each in page.rows]
        if not page.more:
            return found
        number += 1


async def test_a_page_that_is_not_there_any_more_is_another(ledger: Ledger) -> None:
    """A list that has become shorter since shows a page that it has, never an empty one beyond its end."""
    for number in (10_000, 10**9):
        assert (await ledger.read(partial(lists.mine, person=LEAD, number=number))).rows
        assert (await ledger.read(partial(lists.for_vote, person=LEAD, counts=anybody, number=number))).rows
    assert lists.page_of([1, 2, 3], 9) == lists.Page(rows=(1, 2, 3), number=0, more=False)
    assert lists.page_of(list(range(11)), 9) == lists.Page(rows=(10,), number=2, more=False)


async def test_incidents_are_one_list(ledger: Ledger) -> None:
    """Hosts without a login, open reviews, and outcomes that nobody knows, also of what another version could do; not
    those of long ago, and not of reads."""
    await LoginStops(ledger).stop("hmc-oslo", "refused")
    await ledger.write(lambda tx: reviews.opened(tx, 1, by=LEAD, reason="x", skipped=[]))
    await ledger.write(
        lambda tx: tx.db.execute("UPDATE request SET asked_at = '2026-01-01T00:00:00+00:00' WHERE id > 8 AND id < 9990")
    )
    await ledger.write(lambda tx: tx.db.execute("UPDATE request SET operation = 'lpm.status' WHERE id > 9994"))
    await ledger.write(lambda tx: tx.db.execute("UPDATE request SET operation = 'lpm.beam' WHERE id = 9993"))
    home = home_of(ledger)
    front = await ledger.read(lambda db: home.gathered(db, LEAD, FIRST))
    assert front.incidents is not None
    told = [(each.mark, each.request) for each in front.incidents.rows]
    unknown = [n + 1 for n in range(MANY) if n % 7 == 3 and (9990 <= n + 1 <= 9994 or n + 1 <= 8)]
    wanted = [("🔐", None), ("🔨", 1), *(("❓", number) for number in sorted(unknown, reverse=True))]
    assert told == wanted[:5]


async def test_an_allowed_request_waits_for_nobody(ledger: Ledger) -> None:
    """What needs no approval is in nobody's list of votes, whatever its row says."""
    verdict = Allow(rules=(), minutes_to_run=5).model_dump_json()
    await ledger.write(lambda tx: tx.db.execute("UPDATE request SET verdict = ? WHERE state = 'granted'", [verdict]))
    page = await ledger.read(lambda db: lists.for_vote(db, LEAD, lambda demands: bool(demands), 0))
    assert all(each.state.value == "waiting" for each in page.rows)
