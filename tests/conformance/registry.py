"""Every card that the bot can make, from the smallest content to the largest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

from bot import cards, finding_cards, kit, request_cards
from bot.app import CATALOG
from bot.ledger.requests import Request
from handlers import lpm
from handlers.catalogue import catalogue, finding_of
from handlers.command import Progress
from handlers.finding import TEXT_LIMIT, Finding, ReturnCode, Section
from handlers.operation import Ending, Offer, Report
from handlers.plan import Fact, PlanShown
from policies.demands import Demand
from policies.problems import Problem
from policies.requests import ENDED, State, Vote
from policies.verdicts import Allow, Ask, Deny
from policies.words import Person
from tests.house.docs import all_problems
from tests.house.test_problems import fields

Json = dict[str, Any]
Made = Iterator[tuple[str, kit.Message]]

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
LONG = "<!channel> `&` *x* ~y~ “HSCLA319” \t\x1b[0m\n" * 250  # more than any place holds
LINE = LONG[:1_000]  # what is made of names and of our own words
MIGRATE = lpm.Migrate(partition="db01", source="p72", destination="p75")
LONGEST = lpm.Migrate(partition="d" * 64, source="s" * 64, destination="e" * 64, hmc="h" * 253, user="hscroot")
SMALL, LARGE = "smallest", "largest"


def _known(code: str) -> Finding:
    """With as much of a machine's words and as many return codes as there can be."""
    returns = tuple(catalogue().return_code(each) for each in sorted(catalogue()) if "RC-" in each)
    told: dict[str, Any] = {"code": code, "path": ("HSCLA27C",) * 8 + (code,), "text": LONG[:TEXT_LIMIT]}
    return finding_of(catalogue()[code], **told, section=Section.DETAIL, returns=returns)


UNKNOWN_RC = ReturnCode(code="OSRC-1", known=False, meaning="")
FINDINGS = {
    SMALL: Finding(code=None, text="x"),
    LARGE: Finding(
        code=None, text=LONG[:TEXT_LIMIT], returns=(ReturnCode(code="OSRC-1", known=False, meaning=""),) * 20
    ),
    **{code: _known(code) for code in sorted(catalogue())},
}
ALL_FINDINGS = tuple(FINDINGS.values())
REPORTS = {
    "": None,
    SMALL: Report(ending=Ending.SUCCEEDED, headline="x"),
    LARGE: Report(
        ending=Ending.FAILED,
        headline=LINE,
        lines=(LONG,) * 9,
        findings=ALL_FINDINGS,
        offers=tuple(Offer(label="Validate again " * 9, text=LONGEST.text()) for _ in range(9)),
    ),
}
PLANS = {
    "": None,
    SMALL: PlanShown(commands=(("hmc1", "true"),), moves="x", affected=("x",), facts=(), undo="", stop=""),
    LARGE: PlanShown(
        commands=(("hmc1", *(LONG[:400],) * 9),),
        moves=LINE,
        affected=(LONG,) * 9,
        facts=(Fact(name="validation", value=LONG),),
        undo=LONG,
        stop=LONG,
        findings=ALL_FINDINGS,
    ),
}
PROGRESS = {
    "": None,
    SMALL: Progress(state="x"),
    LARGE: Progress(state=LONG, done=10**15, left=10**15),
}
VOTES = {
    SMALL: (),
    LARGE: tuple(Vote(person=Person(workspace="T0LAB", member=f"U0{n:08d}"), choice="approve") for n in range(20)),
}
BARE = Request(
    id=7,
    operation="lpm.migrate",
    parameters="{}",
    requester=Person(workspace="T0LAB", member="U0REQUESTER"),
    channel="C0POWEROPS",
    asked_at=NOON,
    state=State.PLANNING,
    policy_version=1,
    verdict=Allow(rules=("reads",), minutes_to_run=60),
    plan=None,
    digest=None,
    approve_by=NOON,
    run_by=None,
    report=None,
)
ASK = Ask(rules=("two",), demands=(Demand(needed=9, of=("lead",) * 9),), minutes_to_approve=60, minutes_to_run=30)


def requests() -> Made:
    """In every state, with and without each thing that a request in that state can have."""
    for state, plan, report, progress, size in product(State, PLANS, REPORTS, PROGRESS, VOTES):
        if (report and state not in ENDED) or (progress and state is not State.RUNNING):
            continue
        given = replace(BARE, state=state, plan=PLANS[plan], report=REPORTS[report], votes=VOTES[size])
        request, operation = (replace(given, verdict=ASK), LONGEST) if size == LARGE else (given, MIGRATE)
        made = request_cards.request_card(request, operation, progress=PROGRESS[progress])
        yield f"{state.value} plan={plan} report={report} progress={progress} {size}", made


def findings() -> Made:
    for name, finding in FINDINGS.items():
        yield name, finding_cards.finding_card(finding)


def explanations() -> Made:
    yield SMALL, finding_cards.explained_card([])
    yield "all of them", finding_cards.explained_card(list(FINDINGS.values()))
    for name, finding in FINDINGS.items():
        yield f"{name}, 30 times", finding_cards.explained_card([finding] * 30)


def logs() -> Made:
    for name, text in ((SMALL, ""), ("a line", "HSCLA319 words\n"), (LARGE, LONG * 9)):
        yield name, cards.log_card(text)


def notes() -> Made:
    for name, text in ((SMALL, "x"), (LARGE, kit.escape(LONG))):
        yield name, cards.note_card(text)


def problems() -> Made:
    for leaf in all_problems():
        small, large = _problem(leaf, "x"), _problem(leaf, LONG)
        yield f"{leaf.code} alone, {SMALL}", cards.problems_card("/lpm", [small])
        yield f"{leaf.code} alone, {LARGE}", cards.problems_card(f"/lpm {LONG}", [large])
        yield f"{leaf.code} 20 times", cards.problems_card(f"/lpm {LONG}", [small] * 20)
        yield f"{leaf.code} denied", cards.problems_card("/lpm", [Deny.of(small)])


def _problem(leaf: type[Problem], fact: str) -> Problem:
    return leaf(**dict.fromkeys(fields(leaf), fact))


def helps() -> Made:
    for command, operations in CATALOG.items():
        yield f"/{command}, {LARGE}", cards.help_card(command, operations, None)
        for only in operations:
            yield f"/{command} {only.verb}", cards.help_card(command, operations, only)


# By the function that makes them: a test asks for a line for each in bot/cards.py.
CARDS: dict[str, Callable[[], Made]] = {
    "request_card": requests,
    "finding_card": findings,
    "explained_card": explanations,
    "log_card": logs,
    "note_card": notes,
    "problems_card": problems,
    "help_card": helps,
}
# The bot opens and publishes no view yet; the first one is to stand here, the same test asks for it.
VIEWS: dict[str, Callable[[], Made]] = {}


def extremes() -> Made:
    """The smallest and the largest of each kind, for whoever takes long over each."""
    for maker, make in CARDS.items():
        made = sorted(make(), key=lambda each: len(str(each[1]["blocks"])))
        for name, card in (made[0], made[len(made) // 2], made[-1]):
            yield f"{maker} {name}", card
