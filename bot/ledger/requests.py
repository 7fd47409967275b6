"""Requests and their votes, as rows. Every move is a compare-and-set with its audit row."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlite_utils import Database

from bot.ledger import locks
from bot.ledger.tx import Tx
from handlers.operation import Report
from handlers.plan import PlanShown
from policies.case import Asking
from policies.requests import ENDED, LIFE, Standing, State, Vote
from policies.verdicts import Allow, Ask
from policies.words import TERMINAL, Person

_VERDICT: TypeAdapter[Allow | Ask] = TypeAdapter(Allow | Ask)


@dataclass(frozen=True, kw_only=True)
class Request:
    """One row, with its votes."""

    id: int
    operation: str
    parameters: str  # JSON
    asking: Asking = field(default_factory=Asking)
    requester: Person
    channel: str
    asked_at: datetime
    state: State
    policy_version: int
    verdict: Allow | Ask
    plan: PlanShown | None
    digest: str | None
    approve_by: datetime | None
    not_before: datetime | None = None
    run_by: datetime | None
    report: Report | None
    votes: tuple[Vote, ...] = ()

    @property
    def key(self) -> str:
        """The key of its message in the outbox."""
        return f"request:{self.id}"

    @property
    def reader(self) -> str | None:
        """Who hears of it by direct message where its channel is closed: whoever asked, if they are in Slack."""
        return self.requester.member if self.requester.is_in_slack else None

    @property
    def standing(self) -> Standing:
        return Standing(
            request=self.id,
            state=self.state,
            requester=self.requester,
            demands=self.verdict.demands if isinstance(self.verdict, Ask) else (),
            approve_by=self.approve_by,
            not_before=self.not_before,
            run_by=self.run_by,
            votes=self.votes,
        )


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which requests are looked for: all that is given must hold."""

    state: State | None = None
    people: tuple[Person, ...] = ()  # asked by each of them: of two, none
    target: str | None = None
    limit: int = 20


class Moved(Exception):
    """The request was no longer in the state that the move starts from: somebody else was first."""


def create(
    tx: Tx,
    *,
    operation: str,
    parameters: str,
    asking: Asking,
    targets: Iterable[str],
    requester: Person,
    channel: str,
    verdict: Allow | Ask,
    policy_version: int,
    state: State,
) -> Request:
    """`targets`: the names by which the audit finds it."""
    asked_at = tx.now()
    begins = max(verdict.starts or asked_at, asked_at)
    run_by = begins + timedelta(minutes=verdict.minutes_to_run) if state is State.GRANTED else None
    row = {
        "operation": operation,
        "parameters": parameters,
        "asking": asking.model_dump_json(),
        "workspace": requester.workspace,
        "member": requester.member,
        "channel": channel,
        "asked_at": asked_at.isoformat(),
        "state": state.value,
        "policy_version": policy_version,
        "verdict": verdict.model_dump_json(),
        "not_before": begins.isoformat() if run_by and verdict.starts else None,
        "run_by": run_by.isoformat() if run_by else None,
    }
    made = get(tx.db, tx.insert("request", row))
    tx.audit(
        "asked",
        targets=targets,
        person=str(requester),
        request=made.id,
        channel=channel,
        operation=operation,
        parameters=json.loads(parameters),
        asking=asking.model_dump(exclude_defaults=True),
        state=state.value,
        verdict=verdict.model_dump(mode="json"),
        policy=policy_version,
    )
    return made


def move(tx: Tx, request: int, to: State, *, person: str, **facts: Any) -> Request:
    """Take the request to another state, if it may go there from where it is now; Moved otherwise.

    An end frees its locks; but not while its outcome is unknown: something may still be under way.
    """
    now = get(tx.db, request)
    if to not in LIFE[now.state]:
        raise Moved(f"{now.state.value} → {to.value}")
    changed = tx.db.execute(
        "UPDATE request SET state = ? WHERE id = ? AND state = ?", [to.value, request, now.state.value]
    )
    if changed.rowcount != 1:
        raise Moved(now.state.value)
    tx.audit(to.value, person=person, request=request, channel=now.channel, came_from=now.state.value, **facts)
    if to in ENDED and to is not State.UNKNOWN:
        locks.release(tx, request)
    return get(tx.db, request)


def planned(
    tx: Tx, request: int, plan: PlanShown, digest: str, verdict: Allow | Ask, *, policy_version: int
) -> Request:
    """Keep the plan and the verdict on it; wait for approvals, or go on where none are needed."""
    _set(tx, request, plan=plan.model_dump_json(), digest=digest)
    _set(tx, request, verdict=verdict.model_dump_json(), policy_version=policy_version)
    facts = {
        "digest": digest,
        "plan": plan.model_dump(mode="json"),
        "verdict": verdict.model_dump(mode="json"),
        "policy": policy_version,
        "targets": plan.affected,
    }
    if isinstance(verdict, Allow):
        return grant(tx, request, person="hscbot", starts=verdict.starts, **facts)
    _set(tx, request, approve_by=(tx.now() + timedelta(minutes=verdict.minutes_to_approve)).isoformat())
    return move(tx, request, State.WAITING, person="hscbot", **facts)


def grant(tx: Tx, request: int, *, person: str, starts: datetime | None, **facts: Any) -> Request:
    """It may run, from now or from `starts` on, for as long as its verdict gives it."""
    begins = max(starts, tx.now()) if starts is not None else tx.now()
    minutes = get(tx.db, request).verdict.minutes_to_run
    _set(tx, request, run_by=(begins + timedelta(minutes=minutes)).isoformat())
    if starts is not None:
        _set(tx, request, not_before=starts.isoformat())
        facts["not_before"] = starts.isoformat()
    return move(tx, request, State.GRANTED, person=person, **facts)


def voted(tx: Tx, request: int, vote: Vote) -> None:
    row = {
        "request": request,
        "workspace": vote.person.workspace,
        "member": vote.person.member,
        "choice": vote.choice,
        "reason": vote.reason,
        "at": tx.now().isoformat(),
    }
    tx.insert("vote", row)
    tx.audit("voted", person=str(vote.person), request=request, choice=vote.choice, reason=vote.reason)


def told(tx: Tx, request: int, member: str) -> None:
    """Note that somebody was told of it by direct message, so that they are told how it goes on."""
    tx.db.execute("INSERT OR IGNORE INTO told VALUES (?, ?)", [request, member])


def told_to(db: Database, request: int) -> list[str]:
    """The members who were told of it by direct message."""
    rows = db.execute("SELECT member FROM told WHERE request = ? ORDER BY member", [request]).fetchall()
    return [row[0] for row in rows]


def reminded(tx: Tx, request: int) -> bool:
    """False: its voters were reminded before."""
    changed = tx.db.execute("UPDATE request SET reminded = 1 WHERE id = ? AND reminded = 0", [request])
    return bool(changed.rowcount == 1)


def ended(tx: Tx, request: int, to: State, report: Report) -> Request:
    _set(tx, request, report=report.model_dump_json())
    return move(
        tx,
        request,
        to,
        person="hscbot",
        headline=report.headline,
        lines=report.lines,
        codes=[finding.code for finding in report.findings],
    )


def looked(tx: Tx, request: int, found: Report) -> Request:
    """Add what a look at the machines found; the state stays as it is."""
    now = get(tx.db, request)
    before = now.report or found
    lines = (*before.lines, f"Looked at {tx.now():%Y-%m-%d %H:%M} UTC: {found.headline}", *found.lines)
    _set(tx, request, report=before.model_copy(update={"lines": lines, "offers": found.offers}).model_dump_json())
    tx.audit("looked", person="hscbot", request=request, headline=found.headline, lines=found.lines)
    locks.release(tx, request)
    return get(tx.db, request)


_CHANGE_SENT = "action = 'sending' AND body ->> 'effect' <> 'reads'"
_UNDER_WAY = f"state IN ({','.join(repr(state.value) for state in State if state not in ENDED)})"
# Asked of each request by itself: the audit's index leads from a request to its few rows among all.
_UNLOOKED = (
    "state = 'unknown' AND (id IN (SELECT request FROM lock)"  # noqa: S608  # our own words
    f" OR EXISTS (SELECT 1 FROM audit WHERE audit.request = request.id AND {_CHANGE_SENT}))"
    " AND NOT EXISTS (SELECT 1 FROM audit WHERE audit.request = request.id AND action = 'looked')"
)
_ABOUT = (
    "id IN (SELECT audit.request FROM audit_target JOIN audit ON audit.seq = audit_target.seq"
    " WHERE audit_target.name = ? AND audit.request NOT NULL)"
)


def change_sent(db: Database, request: int) -> bool:
    """Whether anything that changes a machine was sent for it."""
    query = f"SELECT 1 FROM audit WHERE request = ? AND {_CHANGE_SENT}"  # noqa: S608  # our own words
    return db.execute(query, [request]).fetchone() is not None


def commands_sent(db: Database, request: int) -> int:
    query = "SELECT count(*) FROM audit WHERE request = ? AND action = 'sending'"
    return int(db.execute(query, [request]).fetchone()[0])


def get(db: Database, request: int) -> Request:
    found = select(db, "id = ?", [request])
    if not found:
        raise KeyError(request)
    return found[0]


def unfinished(db: Database) -> list[Request]:
    """Requests that are under way, and those of unknown outcome that nobody has looked after yet.

    One that holds locks is looked after also where nothing was sent: a look is what frees them.
    """
    return sorted([*select(db, _UNDER_WAY, []), *select(db, _UNLOOKED, [])], key=lambda request: request.id)


def asked_elsewhere(db: Database) -> list[int]:
    """Those that were asked for at a terminal, and nothing has been sent for yet."""
    query = (
        "SELECT id FROM request WHERE state = 'planning' AND workspace = ?"
        " AND NOT EXISTS (SELECT 1 FROM command WHERE command.request = request.id)"
    )
    return [row[0] for row in db.execute(query, [TERMINAL]).fetchall()]


def listed(db: Database, wanted: Wanted) -> list[Request]:
    """The newest first."""
    conditions: list[tuple[str, list[object]]] = [("1", [])]
    if wanted.state is not None:
        conditions.append(("state = ?", [wanted.state.value]))
    conditions += [("workspace = ? AND member = ?", [each.workspace, each.member]) for each in wanted.people]
    if wanted.target is not None:
        conditions.append((_ABOUT, [wanted.target]))
    where = " AND ".join(f"({condition})" for condition, _ in conditions)
    query = f"SELECT id FROM request WHERE {where} ORDER BY id DESC LIMIT ?"  # noqa: S608  # our own words
    rows = db.execute(query, [*(value for _, values in conditions for value in values), wanted.limit]).fetchall()
    return [get(db, row[0]) for row in rows]


def due(db: Database, now: datetime) -> list[Request]:
    """Requests whose time to be approved, or to be run, is over."""
    at = now.isoformat()
    return select(db, "(state = 'waiting' AND approve_by < ?) OR (state = 'granted' AND run_by < ?)", [at, at])


def unreminded(db: Database) -> list[Request]:
    """Requests that wait for approvals and whose voters weren't reminded yet, the oldest first."""
    return select(db, "state = 'waiting' AND reminded = 0", [])


def select(
    db: Database, where: str, values: list[object], *, order: str = "id", limit: int = -1, offset: int = 0
) -> list[Request]:
    """`where` and `order` are our own words."""
    # The ids first: rows are long, and sorting or skipping them would read them all.
    ids = f"SELECT id FROM request WHERE {where} ORDER BY {order} LIMIT {limit:d} OFFSET {offset:d}"  # noqa: S608
    cursor = db.execute(f"SELECT * FROM request WHERE id IN ({ids}) ORDER BY {order}", values)  # noqa: S608
    names = [column[0] for column in cursor.description]
    return [_request(db, dict(zip(names, row, strict=True))) for row in cursor.fetchall()]


def _request(db: Database, row: dict[str, str]) -> Request:
    votes = db.execute(
        "SELECT workspace, member, choice, reason FROM vote WHERE request = ? ORDER BY rowid", [row["id"]]
    ).fetchall()
    return Request(
        id=int(row["id"]),
        operation=row["operation"],
        parameters=row["parameters"],
        asking=Asking.model_validate_json(row["asking"]),
        requester=Person(workspace=row["workspace"], member=row["member"]),
        channel=row["channel"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        state=State(row["state"]),
        policy_version=int(row["policy_version"]),
        verdict=_VERDICT.validate_json(row["verdict"]),
        plan=PlanShown.model_validate_json(row["plan"]) if row["plan"] else None,
        digest=row["digest"],
        approve_by=datetime.fromisoformat(row["approve_by"]) if row["approve_by"] else None,
        not_before=datetime.fromisoformat(row["not_before"]) if row["not_before"] else None,
        run_by=datetime.fromisoformat(row["run_by"]) if row["run_by"] else None,
        report=Report.model_validate_json(row["report"]) if row["report"] else None,
        votes=tuple(Vote(person=Person(workspace=v[0], member=v[1]), choice=v[2], reason=v[3]) for v in votes),
    )


def _set(tx: Tx, request: int, **columns: str | int) -> None:
    tx.db.table("request").update(request, columns)
