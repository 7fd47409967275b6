"""Every card that the bot can make, from the smallest content to the largest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from typing import Any

from bot import (
    asking_form,
    cards,
    digest_cards,
    finding_cards,
    forms,
    home_view,
    incident_cards,
    kit,
    request_cards,
    voter_cards,
)
from bot.app import CATALOG, OPERATIONS
from bot.digest_cards import Day
from bot.home_view import Front, Row
from bot.incident_cards import Line
from bot.incidents import Incident
from bot.ledger.lists import ROWS, Page
from bot.ledger.locks import Held
from bot.ledger.requests import Request
from bot.ledger.reviews import Review
from bot.request_cards import Beside
from handlers import policy
from handlers.catalogue import catalogue, finding_of
from handlers.command import Progress
from handlers.finding import TEXT_LIMIT, Finding, ReturnCode, Section
from handlers.lpm import operations as lpm
from handlers.operation import Ending, Offer, Operation, Report
from handlers.plan import Fact, Interlock, PlanShown, Redundancy
from handlers.table import Column, Kind, Table
from policies import incidents as life
from policies.alerting import Level
from policies.alerts import Remedy, Severity, Symptom
from policies.case import Asking
from policies.demands import Demand
from policies.problems import Problem
from policies.requests import ENDED, State, Vote
from policies.verdicts import Allow, Ask, Deny
from policies.words import Person
from tests.house.docs import all_problems
from tests.house.test_problems import fields

Json = dict[str, Any]
Made = Iterator[tuple[str, kit.Message]]
Views = Iterator[tuple[str, forms.View]]

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
_TEXT, _STATE = Column(name="name"), Column(name="state", kind=Kind.STATE)
NARROW = Table(columns=(_TEXT, _STATE), rows=(("x", None),) * 60)
WIDE = Table(  # as much as a message shows, with as much as it names of what is missing
    columns=(_TEXT, _STATE, *(Column(name=f"n{n}", kind=Kind.SIZE, unit="MB") for n in range(12))),
    rows=((LINE[:180], LINE[:180], *(10**9 + n for n in range(12))),) * 40,
    caption=LINE[:300],
    missing=(LINE,) * 300,
)
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
    "narrow table": Report(ending=Ending.SUCCEEDED, headline="x", table=NARROW),
    "wide table": Report(ending=Ending.FAILED, headline="x", table=WIDE, as_file="csv"),
}
PLANS = {
    "": None,
    SMALL: PlanShown(commands=(("hmc1", "true"),), moves="x", affected=("x",), facts=(), undo="", stop=""),
    LARGE: PlanShown(
        commands=(("hmc1", *(LONG[:400],) * 9),) * 9,
        moves=LINE,
        affected=(LONG,) * 30,
        facts=(Fact(name="validation", value=LONG),) * 30,
        undo=LONG,
        stop=LONG,
        findings=ALL_FINDINGS,
        redundancy=(Redundancy(what=LONG, before=2, after=1),) * 9,
        locks=(LONG,) * 9,
        interlocks=(Interlock(takes_out=LONG, partner=LONG, healthy=False, seen=LONG),) * 9,
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
ALLOW, GLASS = (Allow(rules=("reads",), minutes_to_run=60, glass=glass) for glass in (False, True))
ASK = Ask(
    rules=(LONG,) * 9,
    demands=(Demand(needed=9, of=("lead",) * 9, of_which=(("lead", 9),) * 9),) * 9,
    minutes_to_approve=60,
    minutes_to_run=30,
    starts=NOON,
)
WORDS = Asking(reason=LONG[:500], ticket=LONG[:60], when="window")
WHO = Person(workspace="T0LAB", member="U0LEAD")
OPEN = Review(request=7, opened_at=NOON, closed_at=None, closed_by=None, note=None)
BESIDE = {
    SMALL: Beside(),
    "open": Beside(review=OPEN),
    LARGE: Beside(
        held=Held(name=LINE, request=10**9, who=WHO, since=NOON),
        review=replace(OPEN, closed_at=NOON, closed_by="T0LAB:U0LEAD", note=LONG[:500]),
        progress=tuple(demand.progress((), lambda role: frozenset()) for demand in ASK.demands),
    ),
}


def asked_for() -> Iterator[tuple[str, Request, Operation, Beside]]:
    """Requests in every state, with and without each thing that a request in that state can have."""
    for state, plan, report, size in product(State, PLANS, REPORTS, VOTES):
        if report and state not in ENDED:
            continue
        name = f"{state.value} plan={plan} report={report} {size}"
        made = replace(BARE, state=state, plan=PLANS[plan], report=REPORTS[report], votes=VOTES[size])
        made = replace(made, digest="f" * 64 if plan else None)
        if size == SMALL:
            yield name, made, MIGRATE, BESIDE[SMALL]
            yield f"{name}, at a terminal", replace(made, channel="", requester=TERMINAL), MIGRATE, BESIDE[SMALL]
            yield f"{name}, glass", replace(made, verdict=GLASS, asking=WORDS), MIGRATE, BESIDE["open"]
        else:
            full = replace(made, verdict=ASK, asking=WORDS, not_before=NOON, run_by=NOON)
            yield name, full, LONGEST, BESIDE[LARGE]
            yield f"{name}, glass", replace(full, verdict=GLASS), LONGEST, BESIDE[LARGE]


TERMINAL = Person(workspace="terminal", member="root")


def requests() -> Made:
    for name, request, operation, beside in asked_for():
        for how_far, progress in PROGRESS.items():
            if not progress or request.state is State.RUNNING:
                made = request_cards.request_card(request, operation, beside, progress=progress)
                yield f"{name} progress={how_far}", made


def voters() -> Made:
    for name, request, operation, beside in asked_for():
        yield name, voter_cards.voter_card(request, operation, beside)


def skipped() -> Made:
    for name, request, operation, beside in asked_for():
        yield name, voter_cards.skipped_card(request, operation, beside)


def reminders() -> Made:
    for name, request, operation, _ in asked_for():
        yield name, voter_cards.reminder_card(request, operation, "U0LEAD")
        yield f"{name} at any time", voter_cards.reminder_card(replace(request, approve_by=None), operation, "U0LEAD")


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


def in_words() -> Made:
    for name, text in ((SMALL, ""), (LARGE, LONG * 20)):
        yield name, cards.words_card("A picture couldn't be drawn.", text[:10_000])


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


# ── incidents ─────────────────────────────────────────────────────────────────────────────────────────────────────

SYMPTOM = Symptom(rule="x", severity=Severity.NOTE, said="x", then="")
WORST = Symptom(
    rule="both-primary",
    about=LINE,
    severity=Severity.CRITICAL,
    said=LONG,
    evidence=(LONG,) * 9,
    then=LONG,
    remedies=tuple(Remedy(label=LINE, command="sea", text=f"{n} {LINE}") for n in range(9)),
    at_once=True,
)
HUSH = life.Silence(key="k", until=NOON, by=WHO, reason=LONG[:500], at=NOON)
PROBLEM = life.Incident(
    number=12,
    key="k",
    kind="sea",
    title="x",
    places=(),
    state=life.State.OPEN,
    symptoms=(SYMPTOM,),
    worst=Severity.NOTE,
    since=NOON,
    seen=NOON,
    call_from=NOON,
    said=True,
    channel="C0POWEROPS",
)
GRAVE = PROBLEM.model_copy(
    update={
        "number": 10**9,
        "title": LINE,
        "places": (LINE,) * 9,
        "subject": "s" * 1_900,
        "symptoms": tuple(WORST.model_copy(update={"about": f"{n} {LINE}"}) for n in range(20)),
        "affected": (LONG,) * 200,
        "members": (LINE,) * 200,
        "worst": Severity.CRITICAL,
        "taken": life.Taken(by=WHO, at=NOON, why=LONG[:500], severity=Severity.NOTE),
        "returns": 12,
    }
)


def troubles() -> Iterator[tuple[str, life.Incident]]:
    for size, incident in ((SMALL, PROBLEM), (LARGE, GRAVE)):
        for state in life.State:
            over = {"symptoms": (), "ended": NOON} if state not in life.ACTIVE else {}
            yield f"{size} {state.value}", incident.model_copy(update={"state": state, **over})


def incidents() -> Made:
    for name, incident in troubles():
        yield name, incident_cards.incident_card(incident)
        yield f"{name}, silenced", incident_cards.incident_card(incident, HUSH)


def timelines() -> Made:
    for did in life.Did:
        small = Line(did=did, said="x", severity=Severity.NOTE)
        large = Line(did=did, said=LONG, severity=Severity.CRITICAL, evidence=(LONG,) * 9, who="<@U0LEAD>")
        for count in (1, 40):
            yield f"{did.value} {SMALL} {count}", incident_cards.thread_card(PROBLEM, [small] * count)
            yield f"{did.value} {LARGE} {count}", incident_cards.thread_card(GRAVE, [large] * count)


def calls() -> Made:
    for name, incident in troubles():
        for whom in ({"channel": "C1"}, {"group": "S1"}, {"person": "U1"}):
            level = Level(after_minutes=1, **whom)
            yield f"{name} {whom}", incident_cards.call_card(incident, level, NOON)


def digests() -> Made:
    yield (
        SMALL,
        digest_cards.digest_card(Day(since=NOON, opened=(), closed=(), passed=0, still_open=(), silences=()), NOON),
    )
    over = GRAVE.model_copy(update={"state": life.State.CLOSED, "ended": NOON})
    full = Day(
        since=NOON,
        opened=[GRAVE] * 50,
        closed=[over] * 50,
        passed=9,
        still_open=[GRAVE] * 50,
        silences=[(None, HUSH), (GRAVE, HUSH)],
    )
    yield LARGE, digest_cards.digest_card(full, NOON)


# ── views ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def denials() -> Views:
    for name, request, operation, _ in asked_for():
        yield name, forms.deny(request, operation, request.channel)


def closings() -> Views:
    for name, request, operation, _ in asked_for():
        yield name, forms.review(request, operation, request.channel)


def details() -> Views:
    """The plan is the same in every state, and long."""
    for name, request, operation, beside in asked_for():
        if request.state in (State.WAITING, State.SUCCEEDED):
            yield name, forms.details(request, operation, beside)


def homes() -> Views:
    """Empty, for somebody without a role, and with every section full of each kind of request."""
    sections = ("votes", "running", "mine", "recent")
    empty: Page[Any] = Page(rows=(), number=0, more=False)
    yield SMALL, home_view.home(Front(person=WHO, roles=(), requests={"mine": empty}, incidents=None))
    yield (
        "with a role",
        home_view.home(Front(person=WHO, roles=("lead",), requests=dict.fromkeys(sections, empty), incidents=empty)),
    )
    for name, request, operation, beside in asked_for():
        row = Row(request=request, asked=request_cards.asked(operation), beside=beside)
        full = Page(rows=(row,) * ROWS, number=9, more=True)
        wrong = Incident(mark="❓", said=LONG, since=NOON, then="x" * 300, request=10**9, review=True)
        taken = Incident(mark="🔴", said=LONG, since=NOON, then="x" * 300, number=10**9, takeable=True)
        wrongs = Page(rows=(wrong, taken) * (ROWS // 2) + (wrong,), number=9, more=True)
        roles = tuple(f"role{n}" for n in range(200))
        front = Front(person=WHO, roles=roles, requests=dict.fromkeys(sections, full), incidents=wrongs)
        yield name, home_view.home(front)


def answers() -> Made:
    """What hscbot tells of itself; what is more than a message takes is no card."""
    person = "T0LAB:U0REQUESTER asked"
    for name, text in ((SMALL, "x"), ("people", f"{person}\n" * 50), (LARGE, LINE[:900] + "\n" + person)):
        for exact in (False, True):
            card = cards.answer_card(LONG, text, exact)
            assert card is not None
            yield f"{name} exact={exact}", card


def silences() -> Views:
    for name, incident in troubles():
        yield name, forms.silence(incident, "C0POWEROPS")


def pasted() -> Views:
    for operation in (policy.Check, policy.Load):
        yield operation.name(), forms.policy(operation, "C0POWEROPS")


def askings() -> Views:
    """Every operation's, empty and with all that can be given."""
    for operation in OPERATIONS.values():
        yield operation.name(), asking_form.asking_form(operation, {}, "C0POWEROPS")
        full = dict.fromkeys([*operation.model_fields, "reason", "ticket"], "x")
        yield f"{operation.name()} {LARGE}", asking_form.asking_form(operation, full, "C0POWEROPS")


# By the function that makes them: a test asks for a line for each in the rooms of cards and of views.
CARDS: dict[str, Callable[[], Made]] = {
    "request_card": requests,
    "voter_card": voters,
    "skipped_card": skipped,
    "reminder_card": reminders,
    "finding_card": findings,
    "explained_card": explanations,
    "log_card": logs,
    "note_card": notes,
    "words_card": in_words,
    "answer_card": answers,
    "problems_card": problems,
    "help_card": helps,
    "incident_card": incidents,
    "thread_card": timelines,
    "call_card": calls,
    "digest_card": digests,
}
VIEWS: dict[str, Callable[[], Views]] = {
    "deny": denials,
    "review": closings,
    "details": details,
    "home": homes,
    "policy": pasted,
    "asking_form": askings,
    "silence": silences,
}


def extremes() -> Made:
    """The smallest and the largest of each kind, for whoever takes long over each."""
    for maker, make in CARDS.items():
        made = sorted(make(), key=lambda each: len(str(each[1]["blocks"])))
        for name, card in (made[0], made[len(made) // 2], made[-1]):
            yield f"{maker} {name}", card
