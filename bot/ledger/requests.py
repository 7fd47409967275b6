"""Requests, their votes and their outputs, as rows. Every move is a compare-and-set with its audit row."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
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
from policies.words import Person

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
        """Who asked, where Slack knows them."""
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


class Moved(Exception):
    """The request was no longer in the state that the move starts from: somebody else was first."""


def create(
    tx: Tx,
    *,
    operation: str,
    parameters: str,
    asking: Asking,
    targets: tuple[str, ...],
    requester: Person,
    channel: str,
    verdict: Allow | Ask,
    policy_version: int,
    state: State,
) -> Request:
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
        person=str(requester),
        request=made.id,
        channel=channel,
        operation=operation,
        parameters=json.loads(parameters),
        targets=list(targets),
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


def planned(tx: Tx, request: int, plan: PlanShown, digest: str, verdict: Allow | Ask) -> Request:
    """Keep the plan and the verdict on it; wait for approvals, or go on where none are needed."""
    _set(tx, request, plan=plan.model_dump_json(), digest=digest, verdict=verdict.model_dump_json())
    facts = {"digest": digest, "plan": plan.model_dump(mode="json"), "verdict": verdict.model_dump(mode="json")}
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


def keep_output(tx: Tx, request: int, command: int, raw: bytes) -> None:
    tx.insert("output", {"request": request, "command": command, "bytes": zlib.compress(raw, 1)})


def output(db: Database, request: int, command: int) -> Iterator[bytes]:
    """The bytes of one command's answer, in the pieces in which they were kept."""
    for row in db.execute("SELECT bytes FROM output WHERE request = ? AND command = ? ORDER BY id", [request, command]):
        yield zlib.decompress(row[0])


def outputs(db: Database, request: int) -> list[int]:
    """Which commands of a request have an answer kept."""
    rows = db.execute("SELECT DISTINCT command FROM output WHERE request = ? ORDER BY command", [request])
    return [row[0] for row in rows]


# Both by the index over a request's rows: an audit has a million others.
_CHANGE_SENT = (
    "EXISTS (SELECT 1 FROM audit WHERE audit.request = request.id AND action = 'sending'"
    " AND body ->> 'effect' <> 'reads')"
)
_LOOKED = "EXISTS (SELECT 1 FROM audit WHERE audit.request = request.id AND action = 'looked')"
_UNDER_WAY = f"state IN ({','.join(repr(state.value) for state in State if state not in ENDED)})"


def change_sent(db: Database, request: int) -> bool:
    """Whether anything that changes a machine was sent for it."""
    row = db.execute(f"SELECT {_CHANGE_SENT} FROM request WHERE id = ?", [request]).fetchone()  # noqa: S608  # our own words
    return bool(row and row[0])


def commands_sent(db: Database, request: int) -> int:
    query = "SELECT count(*) FROM audit WHERE request = ? AND action = 'sending'"
    return int(db.execute(query, [request]).fetchone()[0])


def get(db: Database, request: int) -> Request:
    found = select(db, "id = ?", [request])
    if not found:
        raise KeyError(request)
    return found[0]


def unfinished(db: Database) -> list[Request]:
    """Requests that are under way, and those of unknown outcome that nobody has looked after yet."""
    unlooked = select(db, f"state = 'unknown' AND NOT {_LOOKED} AND {_CHANGE_SENT}", [])
    return sorted([*select(db, _UNDER_WAY, []), *unlooked], key=lambda request: request.id)


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
        "SELECT workspace, member, choice, reason FROM vote WHERE request = ? ORDER BY at", [row["id"]]
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


def _set(tx: Tx, request: int, **columns: str) -> None:
    tx.db.table("request").update(request, columns)
