"""The tables, and the steps by which an older file becomes this version."""

from __future__ import annotations

from collections.abc import Callable

from sqlite_utils import Database

from bot.ledger.watch_tables import DRIFT, DRIFT_IN_ORDER, WATCH

# What may never be changed is kept so by the file itself, whoever opens it.
AUDIT_NEVER_UPDATED = """
CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END;
"""
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
"""
AUDIT_TRIGGERS = {"audit_never_updated": AUDIT_NEVER_UPDATED, "audit_never_deleted": AUDIT_NEVER_DELETED}

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
    _run(db, _AUDIT, AUDIT_NEVER_UPDATED, AUDIT_NEVER_DELETED, _POLICY, _REQUEST, _SLACK, _HOST)


def _approvals(db: Database) -> None:
    _run(db, _APPROVALS)


def _run(db: Database, *scripts: str) -> None:
    for script in scripts:
        # Not executescript: that would commit the transaction that all of this stands in.
        for statement in _statements(script):
            db.execute(statement)


# What every command answered, and ways to find an audit row. Rows of the audit itself stay as they are.
_EVIDENCE = """
CREATE TABLE command (
    sending INTEGER PRIMARY KEY REFERENCES audit,
    request INTEGER REFERENCES request,
    number INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    ended INTEGER REFERENCES audit,
    dropped INTEGER REFERENCES audit
) STRICT;
CREATE INDEX command_request ON command (request, number) WHERE request NOT NULL;
CREATE INDEX command_dropped ON command (dropped) WHERE dropped NOT NULL;
ALTER TABLE output RENAME TO output_1;
CREATE TABLE output (
    id INTEGER PRIMARY KEY, sending INTEGER NOT NULL REFERENCES command, bytes BLOB NOT NULL
) STRICT;
CREATE INDEX output_sending ON output (sending);
CREATE TABLE audit_target (
    name TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES audit, PRIMARY KEY (name, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_person ON audit (person);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_action ON audit (action, request);
CREATE INDEX audit_host ON audit (host) WHERE host NOT NULL;
CREATE INDEX audit_operation ON audit (body ->> 'operation') WHERE body ->> 'operation' NOT NULL;
CREATE INDEX audit_change ON audit (request)
    WHERE action = 'sending' AND body ->> 'effect' <> 'reads' AND request NOT NULL;
"""
# Version 1 kept a header before each shown answer and a footer behind it, each a piece of its own.
_CARRIED_OVER = """
INSERT INTO command (sending, request, number, shown, ended)
    SELECT s.seq, s.request, s.body ->> 'command',
        EXISTS (SELECT 1 FROM output_1 AS o WHERE o.request = s.request AND o.command = s.body ->> 'command'),
        (SELECT e.seq FROM audit AS e WHERE e.request = s.request AND e.action IN ('answered', 'not-sent')
            AND e.body ->> 'command' = s.body ->> 'command')
    FROM audit AS s WHERE s.action = 'sending';
INSERT INTO output (id, sending, bytes)
    SELECT o.id, c.sending, o.bytes FROM output_1 AS o
        JOIN command AS c ON c.request = o.request AND c.number = o.command
        LEFT JOIN audit AS e ON e.seq = c.ended
    WHERE o.id > (SELECT min(f.id) FROM output_1 AS f WHERE f.request = o.request AND f.command = o.command)
        AND (e.action IS NOT 'answered'
            OR o.id < (SELECT max(l.id) FROM output_1 AS l WHERE l.request = o.request AND l.command = o.command));
DROP TABLE output_1;
INSERT OR IGNORE INTO audit_target (name, seq)
    SELECT given.value, a.seq FROM audit AS a, json_each(a.body, '$.parameters') AS given
    WHERE a.action = 'asked' AND given.type = 'text' AND given.value <> '';
INSERT OR IGNORE INTO audit_target (name, seq)
    SELECT given.value, a.seq FROM audit AS a, json_each(a.body, '$.plan.affected') AS given
    WHERE a.action IN ('waiting', 'granted') AND given.type = 'text';
"""


def _evidence(db: Database) -> None:
    _run(db, _EVIDENCE, _CARRIED_OVER)


# What is wrong, and what became of it. `body` is the whole incident; the columns are for finding it.
_INCIDENT = """
CREATE TABLE incident (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'open', 'taken', 'closed', 'passed')),
    severity INTEGER NOT NULL,
    channel TEXT NOT NULL,
    under TEXT NOT NULL,
    since TEXT NOT NULL,
    ended TEXT,
    body TEXT NOT NULL CHECK (json_valid(body))
) STRICT;
CREATE UNIQUE INDEX incident_active ON incident (key) WHERE state IN ('held', 'open', 'taken');
CREATE INDEX incident_key ON incident (key, id);
CREATE INDEX incident_under ON incident (under) WHERE state IN ('held', 'open', 'taken') AND under <> '';
CREATE INDEX incident_ended ON incident (ended) WHERE ended NOT NULL;
CREATE TABLE incident_event (
    id INTEGER PRIMARY KEY,
    incident INTEGER NOT NULL REFERENCES incident,
    at TEXT NOT NULL,
    did TEXT NOT NULL,
    severity INTEGER NOT NULL,
    said TEXT NOT NULL,
    evidence TEXT NOT NULL CHECK (json_valid(evidence)),
    loud INTEGER NOT NULL,
    who TEXT
) STRICT;
CREATE INDEX incident_event_incident ON incident_event (incident, id);
CREATE INDEX incident_event_at ON incident_event (at);
CREATE TABLE silence (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    until TEXT NOT NULL,
    body TEXT NOT NULL CHECK (json_valid(body)),
    ended TEXT
) STRICT;
CREATE UNIQUE INDEX silence_open ON silence (key) WHERE ended IS NULL;
"""


def _incidents(db: Database) -> None:
    _run(db, _INCIDENT)


def _watch(db: Database) -> None:
    _run(db, WATCH)


def _drift(db: Database) -> None:
    _run(db, DRIFT)


def _drift_in_order(db: Database) -> None:
    _run(db, DRIFT_IN_ORDER)


STEPS: tuple[Callable[[Database], None], ...] = (
    _first, _approvals, _evidence, _incidents, _watch, _drift, _drift_in_order,
)  # fmt: skip
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


def words_of(sql: str) -> str:
    """A statement without what its spacing and its end add."""
    return " ".join(sql.split()).rstrip("; ")
