"""Policies: every version as it was written, what is proposed, and who is in the user groups that roles name."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from sqlite_utils import Database

from bot.ledger.tx import Tx
from policies.case import Case, Moment
from policies.faults import Vocabulary, read_policy
from policies.judge import judge, might
from policies.problems import Problem
from policies.rules import Policy
from policies.source import parse_policy
from policies.verdicts import Verdict
from policies.words import Effect, Group, Person

GROUP_STANDS = timedelta(minutes=15)  # a group that wasn't read for so long has nobody: default deny


class NoSuchVersion(Problem):
    code = "no-such-version"
    sentence = "There is no policy version {version}."
    why = "Versions go from 1 to {last}."
    remedy = "`hscbot policy history` lists them."


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version, as it was loaded."""

    version: int
    loaded_at: datetime
    loaded_by: str
    source: str

    @property
    def sha256(self) -> str:
        return fingerprint(self.source)


def fingerprint(source: str) -> str:
    """SHA-256 (hex): what an approval of a new policy stands for."""
    return hashlib.sha256(source.encode()).hexdigest()


def load(
    tx: Tx, source: str, *, by: str, vocabulary: Vocabulary, request: int | None = None, directly: str = ""
) -> Policy:
    """Put a policy in force; PolicyBroken leaves the old one there. `directly`: why nobody had to agree."""
    last = tx.db.execute("SELECT max(version) FROM policy").fetchone()[0]
    policy = read_policy(source, vocabulary, moment(tx.db, tx.now()), version=(last or 0) + 1)
    tx.insert(
        "policy", {"version": policy.version, "source": source, "loaded_at": tx.now().isoformat(), "loaded_by": by}
    )
    tx.audit(
        "policy-loaded",
        person=by,
        request=request,
        version=policy.version,
        sha256=fingerprint(source),
        source=source,
        **({"directly": directly} if directly else {}),
    )
    return policy


def load_own(tx: Tx, source: str, *, by: str, vocabulary: Vocabulary) -> None:
    """Put a policy in force that `by` ships, unless it is, or somebody else's is."""
    row = tx.db.execute("SELECT source, loaded_by FROM policy ORDER BY version DESC LIMIT 1").fetchone()
    if row is None or (row[0] != source and row[1] == by):
        load(tx, source, by=by, vocabulary=vocabulary)


def current(db: Database) -> Policy | None:
    """The policy in force; None: none was ever loaded, so everything is denied."""
    row = db.execute("SELECT version, source FROM policy ORDER BY version DESC LIMIT 1").fetchone()
    return parse_policy(row[1], row[0]) if row is not None else None


def version(db: Database, number: int | None = None) -> Version:
    """One version as it was written; the newest, without a number."""
    found = next((each for each in history(db) if number in (None, each.version)), None)
    if found is None:
        raise NoSuchVersion(version=number or 1, last=max((each.version for each in history(db)), default=0))
    return found


def history(db: Database) -> list[Version]:
    """Every version, the newest first."""
    rows = db.execute("SELECT version, loaded_at, loaded_by, source FROM policy ORDER BY version DESC").fetchall()
    return [
        Version(version=row[0], loaded_at=datetime.fromisoformat(row[1]), loaded_by=row[2], source=row[3])
        for row in rows
    ]


def judged(db: Database, now: datetime, case: Case) -> Verdict:
    """By the policy and the people of this moment."""
    return judge(current(db), case, moment(db, now))


def theirs(db: Database, now: datetime, operations: Mapping[str, Effect], person: Person) -> frozenset[str]:
    """The names of those that this person may ask for, be it with approvals or for some targets alone."""
    policy, at = current(db), moment(db, now)
    return frozenset(name for name, effect in operations.items() if might(policy, name, effect, person, at))


# ── what is proposed ──────────────────────────────────────────────────────────────────────────────────────────────


def propose(tx: Tx, source: str, *, by: str) -> str:
    """Keep a policy that somebody wants in force; its fingerprint, by which it is asked for."""
    sha256 = fingerprint(source)
    tx.db.execute("INSERT OR IGNORE INTO proposal VALUES (?, ?, ?, ?)", [sha256, source, tx.now().isoformat(), by])
    tx.audit("policy-proposed", person=by, sha256=sha256, source=source)
    return sha256


def source_of(db: Database, fingerprint_start: str) -> str | None:
    """What was proposed or loaded under a fingerprint, or its beginning where that is one policy's alone."""
    rows = db.execute(
        "SELECT source FROM proposal WHERE sha256 BETWEEN ? AND ? LIMIT 2", [fingerprint_start, f"{fingerprint_start}g"]
    ).fetchall()
    sources = {str(row[0]) for row in rows}
    sources |= {each.source for each in history(db) if each.sha256.startswith(fingerprint_start)}
    return sources.pop() if len(sources) == 1 else None


# ── user groups ───────────────────────────────────────────────────────────────────────────────────────────────────


def moment(db: Database, now: datetime) -> Moment:
    """This moment, with the people of every group that was read lately."""
    # What was read long after now was read before the clock was set back, nobody knows how long ago.
    span = [(now - GROUP_STANDS).isoformat(), (now + GROUP_STANDS).isoformat()]
    rows = db.execute("SELECT id, members FROM usergroup WHERE read_at BETWEEN ? AND ?", span).fetchall()
    return Moment(now=now, groups={row[0]: _people(row[0], row[1]) for row in rows})


@lru_cache(maxsize=1_024)
def _people(group: str, members: str) -> frozenset[Person]:
    workspace = group.partition(":")[0]
    return frozenset(Person(workspace=workspace, member=member) for member in json.loads(members))


def group_read(tx: Tx, group: Group, members: Iterable[str]) -> None:
    """Note who is in a group; a change of that is audited, for it changes who may do what."""
    told = json.dumps(sorted(members))
    row = tx.db.execute("SELECT members FROM usergroup WHERE id = ?", [str(group)]).fetchone()
    tx.db.execute(
        "INSERT INTO usergroup VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET read_at = excluded.read_at,"
        " members = excluded.members",
        [str(group), tx.now().isoformat(), told],
    )
    if row is None or row[0] != told:
        tx.audit("group-changed", person="hscbot", group=str(group), members=json.loads(told))


def groups_not_read(db: Database, groups: Iterable[Group], *, since: datetime, now: datetime) -> list[Group]:
    """Those that weren't read between then and now; after now was before the clock was set back."""
    span = [since.isoformat(), now.isoformat()]
    fresh = {row[0] for row in db.execute("SELECT id FROM usergroup WHERE read_at BETWEEN ? AND ?", span).fetchall()}
    return [group for group in groups if str(group) not in fresh]
