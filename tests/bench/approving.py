"""Ten thousand requests, a million audit rows: what do a verdict, a vote, a Home and the sweep take among them?"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient
from sqlite_utils import Database

from bot import home_view
from bot.app import OPERATIONS
from bot.ballot import Ballot
from bot.circumstances import Circumstances
from bot.groups import Groups
from bot.home import Home
from bot.ledger import policies, requests, slack
from bot.ledger.slack import Envelope
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from bot.teller import Teller
from bot.views import Views
from handlers.lpm.moving import Migrate
from handlers.plan import Fact, PlanShown
from policies.case import Asking, Case, Moment
from policies.faults import Vocabulary, read_policy
from policies.judge import judge
from policies.requests import State, Vote
from policies.verdicts import Allow, Ask
from policies.words import Effect, Group, Person
from tests.bench import disk, memory
from tests.bench.figures import Bench, Figure, share, spread

TITLE = "Judging and voting"
EACH = 100  # audit rows of one request
BATCH = 250  # requests in one transaction
UNKNOWN, WAITING = 50, 20  # one request in so many ended unknown, and was looked after; or waits still
START = datetime(2026, 1, 1, tzinfo=UTC)
VERDICT_TARGET, VOTE_TARGET, HOME_TARGET, FLAT = 0.002, 0.020, 0.150, 16 * memory.MIB
GROUP_SIZE = 200
GROUPS = tuple(Group(workspace="T1", group=f"S0GROUP{number}") for number in range(3))
MOVE = Migrate(partition="db01", source="p72", destination="p75")
PLAN = PlanShown(
    commands=(("hmc1", *MOVE.argv("m")),),
    moves="db01 moves from p72 to p75 while it runs",
    affected=("db01",),
    facts=(Fact(name="validation", value="can migrate"),),
    undo="Migrate it back",
    stop="Stop it",
    locks=("partition p72/db01",),
)


async def run(bench: Bench) -> list[Figure]:
    count = 1_000 if bench.quick else 10_000
    ledger = await asyncio.to_thread(_filled, bench.sub("approving"), count)
    try:
        commit = await disk.commits(bench.sub("limit"), count=200)
        gc.collect()
        before = memory.resident()
        figures = [
            await asyncio.to_thread(_verdicts, ledger, count),
            await _votes(ledger, count, commit),
            await asyncio.to_thread(_homes, ledger, count),
            await asyncio.to_thread(_sweeps, ledger, count),
            await asyncio.to_thread(_large),
        ]
        return [*figures, _memory(before, memory.resident())]
    finally:
        ledger.close()


# ── what is measured ──────────────────────────────────────────────────────────────────────────────────────────────


def _verdicts(ledger: Ledger, count: int) -> Figure:
    """As for every command: the policy in force, who is in the groups, and the verdict."""
    times = []
    for number in range(2_000):
        case = _case("lpm.migrate" if number % 2 else "lpm.validate", f"U{number % GROUP_SIZE:03}")
        times.append(_timed(lambda case=case: ledger.read_now(lambda db: policies.judged(db, ledger.now(), case))))  # type: ignore[misc]
    return Figure(
        what=f"a verdict, policy and groups read from a ledger of {count:,} requests and {count * EACH:,} audit rows",
        figure=spread(times),
        target=f"p99 ≤ {VERDICT_TARGET * 1000:g} ms",
        met=share(times, 0.99) <= VERDICT_TARGET,
    )


async def _votes(ledger: Ledger, count: int, commit: list[float]) -> Figure:
    """From the click, taken in, to the moment at which its vote, its move, its audit and its messages are durable."""
    ballot = Ballot(ledger, Circumstances({}), Teller(ledger, OPERATIONS, lambda: None), lambda _: None)
    waiting = await ledger.read(requests.unreminded)
    times = []
    for request in waiting[:200]:
        envelope = Envelope(key=f"click:{request.id}", kind="action", body={})
        await ledger.write(lambda tx, envelope=envelope: slack.take_in(tx, envelope))  # type: ignore[misc]
        vote = Vote(person=Person(workspace="T1", member="U001"), choice="approve")
        began = time.perf_counter()
        await ballot.vote(envelope, request.id, vote)
        times.append(time.perf_counter() - began)
    return Figure(
        what=f"a vote that grants, among {count:,} requests, until it is durable; {len(times)} in a row",
        figure=spread(times),
        beside=f"one durable commit of SQLite, of one row: {spread(commit)}",
        target=f"p99 ≤ {VOTE_TARGET * 1000:g} ms",
        met=share(times, 0.99) <= VOTE_TARGET,
    )


def _homes(ledger: Ledger, count: int) -> Figure:
    """Everybody's Home, gathered from the ledger and made: each section's first page, and one far behind."""
    client = AsyncWebClient(token="xoxb-unused")
    teller = Teller(ledger, OPERATIONS, lambda: None)
    home = Home(ledger, Groups(ledger, client), teller, Views(client))
    times = []
    for number in range(40):
        person = Person(workspace="T1", member=f"U{number % GROUP_SIZE:03}")
        pages = {} if number % 2 else {"mine": 5, "votes": 20, "running": 20, "recent": count // 20}
        view = partial(home.gathered, person=person, pages=pages)
        times.append(_timed(lambda view=view: home_view.home(ledger.read_now(view))))  # type: ignore[misc]
    return Figure(
        what=f"a Home, among {count:,} requests and {count * EACH:,} audit rows",
        figure=spread(times),
        target=f"p99 ≤ {HOME_TARGET * 1000:g} ms",
        met=share(times, 0.99) <= HOME_TARGET,
    )


def _sweeps(ledger: Ledger, count: int) -> Figure:
    """What the bot asks its ledger every five seconds."""
    asked: tuple[Callable[[Database], object], ...] = (
        requests.unfinished,
        requests.unreminded,
        lambda db: requests.due(db, ledger.now()),
    )
    times = [sum(_timed(lambda each=each: ledger.read_now(each)) for each in asked) for _ in range(20)]  # type: ignore[misc]
    left = len(ledger.read_now(requests.unfinished))
    return Figure(
        what=f"the sweep's reads, every five seconds: what is under way, waits or is overdue; {left} of {count:,}",
        figure=spread(times),
    )


def _large() -> Figure:
    """The largest policy that can be loaded, and how long it takes to be."""
    roles = "".join(f'role{number} = ["T1:U{number:03}", "T1:U{number + 1:03}"]\n' for number in range(200))
    rules = "".join(
        f'[[rules]]\nname = "{number}"\nwho = ["role{number % 200}"]\nverdict = "allow"\nreason = true\n'
        f'targets = ["lpar{number:04}*"]\n'
        for number in range(999)
    )
    rules += '[[rules]]\nname = "policies"\noperations = ["policy.load"]\nwho = ["role0"]\nverdict = "allow"\n'
    text = f"[roles]\n{roles}{rules}"
    vocabulary = Vocabulary(operations={name: each.effect for name, each in OPERATIONS.items()})
    moment = Moment(now=START)
    began = time.perf_counter()
    policy = read_policy(text, vocabulary, moment)
    loading = time.perf_counter() - began
    case = _case("lpm.migrate", "U100", reason="why")
    times = [_timed(lambda: judge(policy, case, moment)) for _ in range(200)]
    return Figure(
        what=f"a verdict by 1,000 rules and 200 roles, {len(text):,} characters",
        figure=f"{spread(times)}; read and looked through for faults in {loading:.2g} s",
    )


def _memory(before: int | None, after: int | None) -> Figure:
    grown = after - before if before is not None and after is not None else None
    return Figure(
        what="memory that all of this took on top of the filled ledger's",
        figure=memory.shown(grown),
        target=f"≤ {memory.shown(FLAT)}",
        met=grown <= FLAT if grown is not None else None,
    )


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _case(operation: str, member: str, *, reason: str = "") -> Case:
    return Case(
        operation=operation,
        effect=Effect.READS if operation == "lpm.validate" else Effect.CHANGES,
        person=Person(workspace="T1", member=member),
        targets=frozenset({"lpar0042", "p72", "p75"}),
        asking=Asking(reason=reason),
    )


# ── ten thousand requests ─────────────────────────────────────────────────────────────────────────────────────────


def _filled(folder: Path, count: int) -> Ledger:
    ledger = Ledger(folder, lambda: START).open()
    ledger.write_now(_policy)
    for first in range(1, count + 1, BATCH):
        ledger.write_now(lambda tx, first=first: _batch(tx, first))  # type: ignore[misc]
    return ledger


def _policy(tx: Tx) -> None:
    seed = (Path(__file__).parents[2] / "deploy" / "policy.seed.toml").read_text(encoding="utf-8")
    for role, group in zip(("viewer", "operator", "lead"), GROUPS, strict=True):
        seed = seed.replace(f"{role} = []", f'{role} = ["{group}"]', 1)
        policies.group_read(tx, group, [f"U{number:03}" for number in range(GROUP_SIZE)])
    policies.load(
        tx, seed, by="a bench", vocabulary=Vocabulary(operations={n: e.effect for n, e in OPERATIONS.items()})
    )


def _batch(tx: Tx, first: int) -> None:
    for number in range(first, first + BATCH):
        _request(tx, number)


def _request(tx: Tx, number: int) -> None:
    """As a life leaves it: asked, planned, and on to its end, with a hundred audit rows."""
    ask = policies.judged(tx.db, tx.now(), _case("lpm.migrate", "U002"))
    if not isinstance(ask, Ask | Allow):
        raise RuntimeError(f"the policy of the bench doesn't let it through: {ask}")
    request = requests.create(
        tx,
        operation=MOVE.name(),
        parameters=MOVE.model_dump_json(),
        asking=Asking(),
        targets=MOVE.targets(),
        requester=Person(workspace="T1", member=f"U{number % 150 + 10:03}"),
        channel="C0POWEROPS",
        verdict=ask,
        policy_version=1,
        state=State.PLANNING,
    )
    requests.planned(tx, request.id, PLAN, "0" * 64, ask, policy_version=1)
    unknown, waits = number % UNKNOWN == 0, number % WAITING == 1
    for command in range((EACH - 6) // 2):
        _command(tx, request.id, command, "changes" if unknown else "reads")
    if waits:
        return
    requests.grant(tx, request.id, person="T1:U001", starts=None)
    requests.move(tx, request.id, State.RUNNING, person="hscbot")
    requests.move(tx, request.id, State.UNKNOWN if unknown else State.SUCCEEDED, person="hscbot")
    if unknown:
        tx.audit("looked", person="hscbot", request=request.id)


def _command(tx: Tx, request: int, command: int, effect: str) -> None:
    argv = ["lslparmigr", "-r", "lpar"]
    tx.audit("sending", person="hscbot", request=request, host="hmc1", argv=argv, command=command, effect=effect)
    tx.audit("answered", person="hscbot", request=request, host="hmc1", command=command, exit_status=0, start="x" * 170)
