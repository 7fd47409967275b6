"""The tables, and the steps by which an older file becomes this version."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

# What may never be changed is kept so by the file itself, whoever opens it.
AUDIT_NEVER_DELETED = """
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never removed'); END;
"""
_AUDIT = """
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    action TEXT NOT NULL,
    request INTEGER,
    channel TEXT,
    host TEXT,
    body TEXT NOT NULL CHECK (json_valid(body)),
    prev TEXT NOT NULL,
    mac TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX audit_request ON audit (request, action);
CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
"""
AUDIT_TRIGGERS = frozenset({"audit_never_updated", "audit_never_deleted"})

_POLICY = """
CREATE TABLE policy (
    version INTEGER PRIMARY KEY, source TEXT NOT NULL, loaded_at TEXT NOT NULL, loaded_by TEXT NOT NULL
) STRICT;
CREATE TABLE policy_role (
    version INTEGER NOT NULL REFERENCES policy, role TEXT NOT NULL, workspace TEXT NOT NULL, member TEXT NOT NULL,
    PRIMARY KEY (version, role, workspace, member)
) STRICT;
CREATE TABLE policy_rule (
    version INTEGER NOT NULL REFERENCES policy, position INTEGER NOT NULL, name TEXT NOT NULL, verdict TEXT NOT NULL,
    approvals INTEGER NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)), PRIMARY KEY (version, position)
) STRICT;
"""

_REQUEST = """
CREATE TABLE request (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    parameters TEXT NOT NULL CHECK (json_valid(parameters)),
    workspace TEXT NOT NULL,
    member TEXT NOT NULL,
    channel TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL,
    policy_version INTEGER NOT NULL REFERENCES policy,
    verdict TEXT NOT NULL CHECK (json_valid(verdict)),
    plan TEXT CHECK (plan IS NULL OR json_valid(plan)),
    digest TEXT,
    approve_by TEXT,
    run_by TEXT,
    report TEXT CHECK (report IS NULL OR json_valid(report))
) STRICT;
CREATE INDEX request_state ON request (state);
CREATE TABLE vote (
    request INTEGER NOT NULL REFERENCES request, workspace TEXT NOT NULL, member TEXT NOT NULL,
    choice TEXT NOT NULL CHECK (choice IN ('approve', 'deny')), at TEXT NOT NULL,
    PRIMARY KEY (request, workspace, member)
) STRICT;
CREATE TABLE output (
    id INTEGER PRIMARY KEY, request INTEGER NOT NULL REFERENCES request, command INTEGER NOT NULL, bytes BLOB NOT NULL
) STRICT;
CREATE INDEX output_request ON output (request, command);
"""

_SLACK = """
CREATE TABLE inbox (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL CHECK (json_valid(body)), at TEXT NOT NULL,
    done INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX inbox_open ON inbox (done) WHERE done = 0;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('post', 'update', 'log', 'file', 'whisper')),
    channel TEXT NOT NULL,
    key TEXT,
    thread TEXT,
    reader TEXT,
    body TEXT NOT NULL CHECK (json_valid(body)),
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'merged')),
    tries INTEGER NOT NULL DEFAULT 0,
    due REAL NOT NULL DEFAULT 0,
    fault TEXT,
    at TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_open ON outbox (state, channel, id) WHERE state IN ('queued', 'sending');
CREATE INDEX outbox_log ON outbox (key, id) WHERE kind = 'log';
CREATE TABLE message (key TEXT PRIMARY KEY, channel TEXT NOT NULL, ts TEXT NOT NULL) STRICT;
"""

_HOST = """
CREATE TABLE login_stop (host TEXT PRIMARY KEY, since TEXT NOT NULL, reason TEXT NOT NULL) STRICT;
"""


# A policy's source is the one place where it stands: rows taken from it could tell something else.
_APPROVALS = """
DROP TABLE policy_role;
DROP TABLE policy_rule;
CREATE TABLE proposal (sha256 TEXT PRIMARY KEY, source TEXT NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL) STRICT;
CREATE TABLE usergroup (
    id TEXT PRIMARY KEY, read_at TEXT NOT NULL, members TEXT NOT NULL CHECK (json_valid(members))
) STRICT;
ALTER TABLE request ADD COLUMN asking TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(asking));
ALTER TABLE request ADD COLUMN not_before TEXT;
ALTER TABLE request ADD COLUMN reminded INTEGER NOT NULL DEFAULT 0;
ALTER TABLE vote ADD COLUMN reason TEXT NOT NULL DEFAULT '';
CREATE INDEX request_person ON request (workspace, member, id);
CREATE INDEX outbox_failed ON outbox (key) WHERE state = 'failed';
CREATE TABLE told (
    request INTEGER NOT NULL REFERENCES request, member TEXT NOT NULL, PRIMARY KEY (request, member)
) STRICT;
CREATE TABLE lock (name TEXT PRIMARY KEY, request INTEGER NOT NULL REFERENCES request, since TEXT NOT NULL) STRICT;
CREATE TABLE review (
    request INTEGER PRIMARY KEY REFERENCES request, opened_at TEXT NOT NULL, closed_at TEXT, closed_by TEXT, note TEXT
) STRICT;
CREATE INDEX review_open ON review (request) WHERE closed_at IS NULL;
"""


def _first(db: Database) -> None:
    _run(db, _AUDIT, AUDIT_NEVER_DELETED, _POLICY, _REQUEST, _SLACK, _HOST)


def _approvals(db: Database) -> None:
    _run(db, _APPROVALS)


def _run(db: Database, *scripts: str) -> None:
    for script in scripts:
        # Not executescript: that would commit the transaction that all of this stands in.
        for statement in _statements(script):
            db.execute(statement)


STEPS: tuple[Callable[[Database], None], ...] = (_first, _approvals)
VERSION = len(STEPS)


def _statements(script: str) -> list[str]:
    """The script's statements; one that holds a trigger's body ends at its END."""
    found, current = [], ""
    for line in script.strip().splitlines():
        current += line + "\n"
        closed = line.rstrip().endswith("END;") if "CREATE TRIGGER" in current else line.rstrip().endswith(";")
        if closed:
            found.append(current)
            current = ""
    return found
