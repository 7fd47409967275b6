"""Cards: whatever stands in them, Slack takes them, and nothing that a machine or a stranger wrote is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import cards, finding_cards, forms, home_view, kit, request_cards, voter_cards
from bot.app import CATALOG
from bot.home_view import Front, Row
from bot.incidents import Incident
from bot.lab.workspace.api.content import MOST_UPDATED
from bot.lab.workspace.blocks import MOST_TEXT, check_blocks, check_view, text_length
from bot.ledger.lists import Page
from bot.ledger.locks import Held
from bot.ledger.requests import Request
from bot.ledger.reviews import Review
from bot.request_cards import Beside
from handlers import grammar
from handlers.catalogue import catalogue, finding_of
from handlers.command import Progress
from handlers.finding import TEXT_LIMIT, Finding, ReturnCode, Section
from handlers.lpm import operations as lpm
from handlers.operation import Ending, Offer, Report
from handlers.plan import Fact, PlanShown, Redundancy
from policies.case import Asking
from policies.demands import Demand
from policies.problems import AccountLocked, Problem
from policies.requests import ENDED, State, Vote
from policies.verdicts import Allow, Ask
from policies.words import Person
from tests.house.docs import all_problems
from tests.house.test_problems import fields

MIGRATE = lpm.Migrate(partition="db01", source="p72", destination="p75")
WHO = Person(workspace="T0LAB", member="U0REQUESTER")
LEAD = Person(workspace="T0LAB", member="U0LEAD")
NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)

# ── what must hold for every message ──────────────────────────────────────────────────────────────────────────────

# Ours: the requester, the voters, and the time until which approvals count, in the reader's own zone.
OURS = re.compile(
    r"<@U0[A-Z0-9]+>|<!date\^\d+\^\{date_short_pretty\} \{time\}\|\d{4}-\d\d-\d\d \d\d:\d\d UTC>|<#C0[A-Z0-9]+>"
)
CODE = re.compile(r"`[^`\n]*`")
# A machine's EVIL in stars, tildes or backticks would stand there bold, struck or as code.
FORMATTED = re.compile(r"[*~`]EVIL[*~`]")


def mrkdwn(block: dict[str, Any]) -> list[str]:
    """The texts of a block in which Slack reads markup."""
    texts = [block.get("text"), *block.get("fields", ()), *block.get("elements", ())]
    return [each["text"] for each in texts if isinstance(each, dict) and each.get("type") == "mrkdwn"]


def held(message: kit.Message, *, formats: bool = False) -> kit.Message:
    """Slack takes it, and no markup in it is anybody's but ours; `formats`: our own stars stand in it too."""
    assert check_blocks(message["blocks"]) == []
    assert text_length(message["blocks"]) <= MOST_TEXT
    assert 0 < len(message["text"]) <= MOST_UPDATED
    return unmarked(message, formats=formats)


def unmarked(message: kit.Message, *, formats: bool = False) -> kit.Message:
    """No markup in it is anybody's but ours."""
    for text in (message["text"], *(text for block in message["blocks"] for text in mrkdwn(block))):
        left = CODE.sub("", OURS.sub("", text))
        assert "<" not in left, f"markup: {left!r}"
        assert formats or not FORMATTED.search(left), f"formatted: {left!r}"
        # What was cut short may end in the middle of an entity of ours.
        assert all(match.start() > len(left) - 6 for match in re.finditer(r"&(?!amp;|lt;|gt;)", left))
    return message


# ── what machines and strangers write ─────────────────────────────────────────────────────────────────────────────

PIECES = st.sampled_from(
    [
        *(
            "<!channel>",
            "<!here>",
            "<@U0EVIL>",
            "<#C0EVIL|x>",
            "<https://example.invalid|click>",
            "<",
            ">",
            "&",
            "&lt;",
        ),
        *("*EVIL*", "~EVIL~", "`EVIL`", "```EVIL```", "`", "*", "~", "\n", "\n\n", "\t", "\r", "\x00", "\x1b[31m"),
        *("\u202e", "\ufeff", "日本語", "𝕏", "\ud800"[:0], "HSCLA319 ", "x" * 400, "{fact}", "%s", "|", "^"),
    ]
)
MACHINE = st.lists(PIECES | st.text(max_size=30), max_size=30).map("".join)
CODES = sorted(catalogue())


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """Known or not, with the machine's words in it."""
    code = draw(st.none() | st.sampled_from(CODES) | st.just("HSCLFFFF"))
    entry = catalogue().get(code) if code else None
    returns = tuple(catalogue().return_code(each) for each in draw(st.lists(st.sampled_from(["OSRC-85", "OSRC-7"]))))
    told = {"code": code, "path": (code,) if code else (), "section": draw(st.none() | st.sampled_from(Section))}
    return finding_of(entry, **told, text=draw(MACHINE), returns=returns)


REPORTS = st.builds(
    Report,
    ending=st.sampled_from(Ending),
    headline=MACHINE.filter(bool),
    lines=st.lists(MACHINE.filter(bool), max_size=4).map(tuple),
    findings=st.lists(findings(), max_size=3).map(tuple),
    offers=st.just((Offer(label="Validate again", text=MIGRATE.text()),)),
)
PLANS = st.builds(
    PlanShown,
    commands=st.lists(st.lists(MACHINE, min_size=2, max_size=4).map(tuple), min_size=1, max_size=2).map(tuple),
    moves=MACHINE.filter(bool),
    affected=st.lists(MACHINE.filter(bool), min_size=1, max_size=3).map(tuple),
    facts=st.builds(Fact, name=st.just("validation"), value=MACHINE).map(lambda fact: (fact,)),
    undo=MACHINE,
    stop=MACHINE,
    findings=st.lists(findings(), max_size=2).map(tuple),
)
VOTES = st.lists(st.builds(Vote, person=st.just(WHO), choice=st.sampled_from(["approve", "deny"])), max_size=3).map(
    tuple
)


def request(state: State, **more: Any) -> Request:
    verdict = more.pop("verdict", Allow(rules=("reads",), minutes_to_run=60))
    given: dict[str, Any] = {
        "id": 7,
        "operation": "lpm.migrate",
        "parameters": MIGRATE.model_dump_json(),
        "requester": WHO,
        "channel": "C0POWEROPS",
        "asked_at": NOON,
        "state": state,
        "policy_version": 1,
        "verdict": verdict,
        "plan": None,
        "digest": None,
        "approve_by": NOON,
        "run_by": None,
        "report": None,
    }
    return Request(**given | more)


TWO = Demand(needed=2, of=("lead", "operator"), of_which=(("lead", 1),))
ASK = Ask(rules=("two",), demands=(TWO,), minutes_to_approve=60, minutes_to_run=30)
LONG = "<!channel> `EVIL` *EVIL* " * 800


def long_report() -> Report:
    found = tuple(Finding(code=None, section=Section.ERROR, text=LONG[:TEXT_LIMIT]) for _ in range(60))
    offers = tuple(Offer(label=f"{number}", text=MIGRATE.text()) for number in range(9))
    return Report(ending=Ending.FAILED, headline=LONG[:1_000], lines=(LONG, LONG), findings=found, offers=offers)


def long_plan() -> PlanShown:
    return PlanShown(
        commands=(("hmc1", *(LONG[:2_000],) * 4),),
        moves=LONG[:1_000],  # it is made of names
        affected=(LONG,) * 3,
        facts=(Fact(name="validation", value=LONG),),
        undo=LONG,
        stop=LONG,
        findings=tuple(Finding(code=f"HSCLA{n:03d}", section=Section.WARNING, text=LONG[:100]) for n in range(60)),
    )


# ── the request's card ────────────────────────────────────────────────────────────────────────────────────────────


HELD = Held(name="partition db01 on p72", request=41, who=LEAD, since=NOON)
OPEN = Review(request=7, opened_at=NOON, closed_at=None, closed_by=None, note=None)


def actions(message: kit.Message) -> list[str]:
    """The actions of its buttons, from left to right."""
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [each["action_id"] for row in rows for each in row]


def said(message: kit.Message) -> str:
    return "\n".join(text for block in message["blocks"] for text in mrkdwn(block))


@pytest.mark.parametrize("state", State)
def test_a_request_has_a_card_in_every_state(state: State) -> None:
    """With nothing known of it but its state, and with as much as can be known."""
    held(request_cards.request_card(request(state), MIGRATE))
    votes = tuple(Vote(person=Person(workspace="T0LAB", member=f"U0{n:06d}"), choice="approve") for n in range(20))
    report = long_report() if state in ENDED else None
    full = request(state, plan=long_plan(), report=report, votes=votes, verdict=ASK)
    card = held(request_cards.request_card(full, MIGRATE, progress=Progress(state=LONG, done=10**15, left=10**15)))
    assert MIGRATE.text() in str(card["blocks"][1])
    assert "#7" in card["text"]


def test_buttons_are_there_while_they_count() -> None:
    """Votes while it waits; Withdraw until it starts, Details until it ends; after that none of them."""
    counts = {
        State.WAITING: ["vote.approve", "vote.deny", "request.details", "request.withdraw"],
        State.GRANTED: ["request.details", "request.withdraw"],
        State.RUNNING: ["request.details"],
    }
    for state in State:
        full = request(state, plan=long_plan(), digest="f" * 64, verdict=ASK)
        assert actions(request_cards.request_card(full, MIGRATE)) == counts.get(state, [])
        assert actions(voter_cards.voter_card(full, MIGRATE)) == counts.get(state, [])[:3] * (state is State.WAITING)
        assert not actions(request_cards.request_card(request(state), MIGRATE)) or state is State.WAITING


def test_the_review_of_broken_glass_has_its_button_until_it_is_closed() -> None:
    """On the card and in every direct message; then both tell who closed it, and with which note."""
    glass = request(State.SUCCEEDED, verdict=Allow(rules=("break_glass",), minutes_to_run=15, glass=True))
    closed = replace(OPEN, closed_at=NOON, closed_by="T0LAB:U0LEAD", note="all well, *EVIL*")
    for make in (request_cards.request_card, voter_cards.skipped_card):
        card = held(make(glass, MIGRATE, Beside(review=OPEN)))
        assert "review.close" in actions(card)
        card = held(make(glass, MIGRATE, Beside(review=closed)))
        assert "review.close" not in actions(card)
        assert "review closed by <@U0LEAD>" in said(card)
        assert "all well, ∗EVIL∗" in said(card)


def test_a_card_tells_how_far_its_approvals_are() -> None:
    """Of each demand how many are there and how many of which role, and until when, in the reader's own zone."""
    holders = {"lead": frozenset[Person](), "operator": frozenset({LEAD})}
    progress = TWO.progress([LEAD], lambda role: holders[role])
    assert progress == "1 of 2 from lead or operator, of which 0 of 1 from lead"
    waits = request(State.WAITING, plan=long_plan(), verdict=ASK)
    for make in (request_cards.request_card, voter_cards.voter_card):
        told = said(held(make(waits, MIGRATE, Beside(progress=(progress,)))))
        assert f"*Approvals:* {progress}, until <!date^{int(NOON.timestamp())}^" in told


def test_a_card_tells_why_when_and_what_it_waits_for() -> None:
    """Reason, ticket, the start of its window, and who holds what it needs, since when."""
    asking = Asking(reason="disk\n*EVIL*", ticket="CHG1", when="window")
    granted = request(State.GRANTED, plan=long_plan(), digest="f", asking=asking, not_before=NOON, run_by=NOON)
    told = said(held(request_cards.request_card(granted, MIGRATE, Beside(held=HELD))))
    assert "Reason: disk ∗EVIL∗\nTicket: CHG1\n🗓️ runs at <!date^" in told
    assert "⏳ waiting for #41, <@U0LEAD>, since <!date^" in told
    assert "it holds partition db01 on p72" in told
    waits = request(State.WAITING, verdict=ASK.model_copy(update={"starts": NOON}))
    assert ", once it is approved" in said(held(request_cards.request_card(waits, MIGRATE)))


def test_redundancy_and_partitions_are_told() -> None:
    """How many carry it before and while it lasts; of many partitions the first and how many more."""
    names = tuple(f"db{n:02d}" for n in range(40))
    ways = (Redundancy(what="SEA ent4 of p72vio1 and p72vio2", before=2, after=1),)
    plan = long_plan().model_copy(update={"affected": names, "redundancy": ways, "stop": "", "undo": ""})
    told = said(held(request_cards.request_card(request(State.WAITING, plan=plan, verdict=ASK), MIGRATE)))
    assert "*Redundancy:* SEA ent4 of p72vio1 and p72vio2: 2 → 1" in told
    assert "db11 and 28 more: Details lists all 40" in told
    details = str(forms.details(request(State.WAITING, plan=plan, verdict=ASK), MIGRATE)["blocks"])
    assert all(name in details for name in names)


def test_who_asks_at_a_terminal_is_nobody_in_slack() -> None:
    """By login, without a mention and without a channel, on every card."""
    terminal = Person(workspace="terminal", member="root")
    made = request(State.WAITING, requester=terminal, channel="", plan=long_plan(), verdict=ASK)
    for make in (request_cards.request_card, voter_cards.voter_card, voter_cards.skipped_card):
        told = said(held(make(made, MIGRATE)))
        assert "terminal:root" in told
        assert "<#" not in told
        assert "<@root" not in told


def test_details_are_whole_or_say_that_they_are_not() -> None:
    """Every fact, command and lock to its last letter; what doesn't fit a form is counted, and where it is is said."""
    facts = tuple(Fact(name=f"fact{n}", value=f"{n}-" + "v" * 3_500) for n in range(20))
    plan = long_plan().model_copy(update={"facts": facts, "affected": ("db01",)})
    view = forms.details(request(State.WAITING, plan=plan, digest="f" * 64, verdict=ASK), MIGRATE)
    texts = [piece["text"] for block in view["blocks"] if block["type"] == "rich_text"
             for element in block["elements"] for piece in element["elements"]]  # fmt: skip
    assert all("v" * 3_500 in "".join(texts).replace("\n", "") for _ in facts)
    assert "f" * 64 in str(view["blocks"][-1])
    much = plan.model_copy(update={"facts": facts * 9})
    view = forms.details(request(State.WAITING, plan=much, digest="f" * 64, verdict=ASK), MIGRATE)
    assert check_view(view) == []
    assert "more parts don't fit here: `/requests show 7` tells them all." in str(view["blocks"][-1])


def test_nothing_is_cut_in_the_middle_of_a_mention() -> None:
    """Wherever a text is cut, no half mention, half time or half escaped character is left of it."""
    text = f"x &amp; {kit.moment(NOON)} <@U0LEAD> &lt;y&gt; " * 3
    for most in range(1, len(text) + 2):
        short = kit.cut(text, most)
        assert len(short) <= most
        left = OURS.sub("", short)
        assert "<" not in left
        assert not re.search(r"&(?!amp;|lt;|gt;)", left)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(State), st.none() | PLANS, st.none() | REPORTS, VOTES, st.none() | MACHINE.filter(bool))
def test_no_words_of_a_machine_are_markup_in_a_request(
    state: State, plan: PlanShown | None, report: Report | None, votes: tuple[Vote, ...], progress: str | None
) -> None:
    """Whatever report, plan and progress hold, each card passes and mentions nobody but its people."""
    made = request(state, plan=plan, report=report, votes=votes, verdict=ASK)
    told = Progress(state=progress, done=1, left=2) if progress else None
    held(request_cards.request_card(made, MIGRATE, progress=told))
    held(voter_cards.voter_card(made, MIGRATE))
    held(voter_cards.skipped_card(made, MIGRATE))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(State), st.none() | PLANS, MACHINE, MACHINE)
def test_no_words_of_a_person_are_markup(state: State, plan: PlanShown | None, reason: str, note: str) -> None:
    """Whatever stands in a reason, a ticket, a veto or a review's note, cards, forms and Home mention nobody by it."""
    asking = Asking(reason=reason[:500], ticket=note[:60])
    votes = (Vote(person=LEAD, choice="deny", reason=note[:500]),)
    beside = Beside(review=replace(OPEN, closed_at=NOON, closed_by="T0LAB:U0LEAD", note=note), progress=("1 of 2",))
    for verdict in (ASK, Allow(rules=(note or "x",), minutes_to_run=1, glass=True)):
        made = request(state, plan=plan, votes=votes, verdict=verdict, asking=asking, digest="f" * 64)
        held(request_cards.request_card(made, MIGRATE, beside))
        held(voter_cards.voter_card(made, MIGRATE, beside))
        held(voter_cards.skipped_card(made, MIGRATE, beside))
        row = Row(request=made, asked=request_cards.asked(MIGRATE), beside=beside)
        page = Page(rows=(row,), number=0, more=False)
        wrong: Page[Incident] = Page(rows=(), number=0, more=False)
        lists = dict.fromkeys(("votes", "running", "mine", "recent"), page)
        for view in (
            forms.deny(made, MIGRATE, "C0POWEROPS"),
            forms.review(made, MIGRATE, "C0POWEROPS"),
            forms.details(made, MIGRATE, beside),
            home_view.home(Front(person=LEAD, roles=("lead",), requests=lists, incidents=wrong)),
        ):
            assert check_view(view) == []
            unmarked({"text": "x", "blocks": view["blocks"]})


# ── findings and logs ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_catalogue_fits_a_card(code: str) -> None:
    """Its explanation is whole, also beside the longest words of a machine, with every return code there is."""
    returns = tuple(catalogue().return_code(each) for each in CODES if each.startswith(("RMCRC", "OSRC")))
    entry = catalogue()[code]
    told = {"code": code, "path": tuple(CODES[:8]), "section": Section.DETAIL, "text": LONG[:TEXT_LIMIT]}
    card = held(finding_cards.finding_card(finding_of(entry, **told, returns=returns)))
    said = "\n".join(text for block in card["blocks"] for text in mrkdwn(block))
    assert all(kit.ours(part) in said for part in (entry.meaning, entry.check, *entry.fixes))


def test_an_unknown_message_is_called_unknown() -> None:
    """Its words alone, and an unknown return code as such."""
    returns = (ReturnCode(code="OSRC-4711", known=False, meaning=""),)
    card = held(finding_cards.finding_card(Finding(code=None, text="never heard of it", returns=returns)))
    said = str(card["blocks"])
    assert "Unknown" in said
    assert "never heard of it" in said
    assert "OS 4711: a return code that I have no explanation for" in said


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(findings(), MACHINE)
def test_no_words_of_a_machine_are_markup_in_a_thread(finding: Finding, text: str) -> None:
    """The same for findings, log lines and what a shortcut explains."""
    held(finding_cards.finding_card(finding))
    held(cards.log_card(text))
    held(finding_cards.explained_card([finding] * 30))
    held(cards.note_card(kit.escape(text) or "-"))


# ── refusals and help ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("leaf", all_problems(), ids=lambda leaf: leaf.code)
def test_every_problem_fits_a_card(leaf: type[Problem]) -> None:
    """With short facts and with the longest, alone and twenty at once."""
    for fact in ("x", LONG):
        problem = leaf(**dict.fromkeys(fields(leaf), fact))
        held(cards.problems_card(fact, [problem]))
    held(cards.problems_card("/lpm", [leaf(**dict.fromkeys(fields(leaf), "x"))] * 20))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400) | MACHINE.map(lambda text: f"validate {text}"))
def test_no_typed_words_are_markup_in_a_refusal(text: str) -> None:
    """Whatever was typed, its refusal passes and mentions nobody; a host's own words do neither."""
    asked = grammar.read(CATALOG, "/lpm", text)
    if isinstance(asked, list):
        held(cards.problems_card(f"/lpm {text}", asked))
    held(cards.problems_card("/lpm", [AccountLocked(host="hmc1", user="hscbot", words=text)]))


@pytest.mark.parametrize(
    "text",
    ["validate " + "<=1 " * 490, "validate " + "&" * 1_900, "validate " + " ".join(f"x{n}=1" for n in range(240))],
    ids=["unknown options", "one long word", "as many faults as fit"],
)
def test_the_longest_refusals_fit(text: str) -> None:
    """The most faults that one command can hold fit one message."""
    found = grammar.read(CATALOG, "/lpm", text)
    assert isinstance(found, list)
    held(cards.problems_card(f"/lpm {text}", found))


@pytest.mark.parametrize("command", CATALOG)
def test_help_fits(command: str) -> None:
    """For a command and for each of its verbs, with every parameter named."""
    held(cards.help_card(command, CATALOG[command], None))
    for operation in CATALOG[command]:
        card = held(cards.help_card(command, CATALOG[command], operation))
        assert all(f"`{name}`" in str(card) for name in grammar.options_of(operation))
