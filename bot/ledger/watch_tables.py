"""The tables of the watches, as the steps of the schema that brought them wrote them."""

# What a watch remembers of each thing, so that a restart goes on where it was, and what each has been through.
WATCH = """
CREATE TABLE watch_thing (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, host TEXT NOT NULL, system TEXT NOT NULL,
    found TEXT NOT NULL CHECK (json_valid(found)), memory TEXT CHECK (memory IS NULL OR json_valid(memory)),
    shown TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(shown)), gone_at TEXT
) STRICT;
CREATE TABLE watch_change (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL, rule TEXT NOT NULL,
    severity INTEGER NOT NULL, said TEXT NOT NULL, states TEXT NOT NULL CHECK (json_valid(states)),
    evidence TEXT NOT NULL CHECK (json_valid(evidence))
) STRICT;
CREATE INDEX watch_change_key ON watch_change (key, id);
CREATE INDEX watch_change_at ON watch_change (at);
CREATE TABLE watch_round (
    host TEXT PRIMARY KEY, began_at TEXT NOT NULL, ended_at TEXT NOT NULL, things INTEGER NOT NULL,
    every REAL NOT NULL
) STRICT;
"""

# How hosts are set. A text is kept once, whoever it is of; what didn't change has no new row.
DRIFT = """
CREATE TABLE drift_text (id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, body BLOB NOT NULL) STRICT;
CREATE TABLE drift_reading (
    host TEXT NOT NULL, question TEXT NOT NULL, since TEXT NOT NULL, text INTEGER NOT NULL REFERENCES drift_text,
    PRIMARY KEY (host, question, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX drift_reading_text ON drift_reading (text);
CREATE TABLE drift_baseline (
    host TEXT NOT NULL, version INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL, why TEXT NOT NULL,
    proposed INTEGER NOT NULL, PRIMARY KEY (host, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE drift_part (
    host TEXT NOT NULL, version INTEGER NOT NULL, question TEXT NOT NULL, text INTEGER NOT NULL REFERENCES drift_text,
    PRIMARY KEY (host, version, question), FOREIGN KEY (host, version) REFERENCES drift_baseline
) STRICT, WITHOUT ROWID;
CREATE INDEX drift_part_text ON drift_part (text);
CREATE TABLE drift_word (
    id INTEGER PRIMARY KEY, host TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('accepted', 'ignored')),
    name TEXT NOT NULL, value TEXT CHECK (value IS NULL OR json_valid(value)), until TEXT NOT NULL, at TEXT NOT NULL,
    by TEXT NOT NULL, why TEXT NOT NULL
) STRICT;
CREATE INDEX drift_word_host ON drift_word (host, until);
"""

# The order in which readings came is theirs: a clock that was set back would put the newest before older ones.
DRIFT_IN_ORDER = """
ALTER TABLE drift_reading RENAME TO drift_reading_6;
DROP INDEX drift_reading_text;
CREATE TABLE drift_reading (
    id INTEGER PRIMARY KEY, host TEXT NOT NULL, question TEXT NOT NULL, since TEXT NOT NULL,
    text INTEGER NOT NULL REFERENCES drift_text
) STRICT;
INSERT INTO drift_reading (host, question, since, text)
    SELECT host, question, since, text FROM drift_reading_6 ORDER BY since, host, question;
DROP TABLE drift_reading_6;
CREATE INDEX drift_reading_host ON drift_reading (host, question, id);
CREATE INDEX drift_reading_text ON drift_reading (text);
"""
