"""The ledger: durable before anybody is told, chained so that no change goes unseen."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import re
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.ledger import chain, requests, schema
from bot.ledger import tx as tx_module
from bot.ledger.anchor import Anchor
from bot.ledger.problems import (
    AuditCut,
    AuditUnguarded,
    ClockWentBack,
    KeyBroken,
    KeyMissing,
    LedgerBusy,
    LedgerCorrupt,
    LedgerFull,
    LedgerNewer,
    LedgerTaken,
)
from bot.ledger.proof import verify
from bot.ledger.requests import Moved
from bot.ledger.schema import AUDIT_TRIGGERS
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from policies.case import Asking
from policies.requests import State
from policies.verdicts import Allow
from policies.words import Person


def now() -> datetime:
    return datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def opened(folder: Path) -> Ledger:
    return Ledger(folder, now).open()


def filled(folder: Path, rows: int = 9) -> Path:
    ledger = opened(folder)
    for number in range(rows):
        ledger.write_now(lambda tx, n=number: tx.audit("asked", person="T1:U1", request=n, word=f"row {n}"))  # type: ignore[misc]
    ledger.close()
    return folder


def tamper(folder: Path, *statements: str) -> None:
    """What somebody with the file and no key can do."""
    with closing(sqlite3.connect(folder / "hscbot.db")) as db:
        for trigger in AUDIT_TRIGGERS:
            db.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        for statement in statements:
            db.execute(statement)
        db.commit()


def test_an_untouched_chain_verifies(tmp_path: Path) -> None:
    """Rows as they were written: all hold."""
    checked = verify(filled(tmp_path))
    assert (checked.rows, checked.row) == (9, None)


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET person = 'T1:U2' WHERE seq = 4", 4),
        ("UPDATE audit SET body = json_replace(body, '$.word', 'other') WHERE seq = 1", 1),
        ("UPDATE audit SET at = '2020-01-01' WHERE seq = 9", 9),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 5", 5),
        ("DELETE FROM audit WHERE seq > 6", 7),
        ("DELETE FROM audit", 1),
        ("INSERT INTO audit SELECT 10, at, person, action, request, channel, host, body, mac, 'x' FROM audit"
         " WHERE seq = 9", 10),
    ],
)  # fmt: skip
def test_every_change_is_found_at_its_first_row(tmp_path: Path, statement: str, row: int) -> None:
    """An edited row, a removed one, a cut tail, an added one: each is named by the first row that fails."""
    tamper(filled(tmp_path), statement)
    assert verify(tmp_path).row == row


@settings(max_examples=25, deadline=None)
@given(
    row=st.integers(1, 9),
    column=st.sampled_from(["at", "person", "action", "body", "prev", "mac", "request", "channel", "host"]),
    value=st.one_of(st.just('{"a":1}'), st.text(alphabet="abc0", min_size=1, max_size=5)),
)
def test_no_edit_of_any_column_goes_unseen(
    tmp_path_factory: pytest.TempPathFactory, row: int, column: str, value: str
) -> None:
    """Whatever is written over whatever column of whatever row, verify fails at it or before it."""
    folder = filled(tmp_path_factory.mktemp("chain"))
    try:
        with closing(sqlite3.connect(folder / "hscbot.db")) as db:
            db.execute("DROP TRIGGER audit_never_updated")
            before = db.execute(f"SELECT {column} FROM audit WHERE seq = {row}").fetchone()
            db.execute(f"UPDATE audit SET {column} = ? WHERE seq = ?", [value, row])
            db.commit()
            changed = db.execute(f"SELECT {column} FROM audit WHERE seq = {row}").fetchone() != before
    except sqlite3.IntegrityError:
        return  # the table itself refuses it
    found = verify(folder).row
    assert (found is not None and found <= row) if changed else found is None


def test_another_key_or_another_database_is_found(tmp_path: Path) -> None:
    """A swapped key fails at row 1, and so does a database that was written elsewhere with the same key."""
    ours, theirs = filled(tmp_path / "ours"), tmp_path / "theirs"
    theirs.mkdir()
    shutil.copy(ours / "audit.key", theirs / "audit.key")
    ledger = opened(theirs)
    for _ in range(9):
        ledger.write_now(lambda tx: tx.audit("asked", person="T1:EVE"))
    ledger.close()
    shutil.copy(theirs / "hscbot.db", ours / "hscbot.db")
    assert "another database" in verify(ours).fault
    os.chmod(theirs / "audit.key", 0o600)
    (theirs / "audit.key").write_text("00" * 32)
    assert verify(theirs).row == 1


TEXT = st.text(max_size=40)


@settings(max_examples=400)
@given(
    prev=TEXT,
    seq=st.integers(0, 2**63 - 1),
    request=st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
    texts=st.tuples(TEXT, TEXT, TEXT, st.one_of(st.none(), TEXT), st.one_of(st.none(), TEXT), TEXT),
    key=st.binary(min_size=32, max_size=32),
)
def test_the_quick_seal_is_the_first_releases(
    prev: str, seq: int, request: int | None, texts: tuple[Any, ...], key: bytes
) -> None:
    """Whatever a row holds, it is sealed byte for byte as 0.1.0 did: a list by json.dumps, HMAC-SHA-256 over it."""
    at, person, action, channel, host, body = texts
    row = [seq, at, person, action, request, channel, host, body]
    wanted = json.dumps([prev, *row], ensure_ascii=False, separators=(",", ":")).encode()
    assert chain.told(prev, seq, at, person, action, request, channel, host, body) == wanted
    sealed = chain.seal(key, dict(zip(chain.SEALED, row, strict=True)), prev)
    assert sealed == hmac.new(key, wanted, "sha256").hexdigest()


@pytest.mark.parametrize(
    ("column", "value"),
    [("request", "'1'"), ("request", "1.0"), ("person", "x'ff'"), ("body", "5"), ("person", "CAST(x'ff' AS TEXT)")],
)
def test_what_no_row_can_hold_is_found(tmp_path: Path, column: str, value: str) -> None:
    """With the table's own checks taken away other types and broken text can be written: verify names the row."""
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        db.execute("DROP TRIGGER audit_never_updated")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(replace(sql, 'INTEGER,', ','), 'TEXT NOT NULL', '')"
                   " WHERE name = 'audit'")  # fmt: skip
        db.execute("UPDATE sqlite_master SET sql = replace(sql, ') STRICT', ')') WHERE name = 'audit'")
        db.commit()
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(f"UPDATE audit SET {column} = {value} WHERE seq = 4")
        db.commit()
    assert (verify(tmp_path).row, verify(tmp_path).rows) == (4, 3)


def test_notes_that_were_kept_elsewhere_are_heeded(tmp_path: Path) -> None:
    """A cut tail whose anchor beside was cut along, and a chain written anew with the key: other notes show both."""
    filled(tmp_path)
    kept = list(Anchor(tmp_path / "audit.anchor").read())
    assert verify(tmp_path, beside=kept).row is None
    tamper(tmp_path, "DELETE FROM audit WHERE seq > 6")
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        (mac,) = db.execute("SELECT mac FROM audit WHERE seq = 6").fetchone()
    (tmp_path / "audit.anchor").write_text(f"6 {mac} then\n", encoding="ascii")
    assert verify(tmp_path).row is None
    assert verify(tmp_path, beside=kept).row == 7
    assert verify(tmp_path, beside=[(3, "0" * 64)]).row == 3
    assert verify(tmp_path, beside=[(6, mac), (6, "0" * 64)]).row == 6


@pytest.mark.parametrize(
    ("line", "notes"),
    [
        ("7 " + "a" * 64 + " 2026-03-01T03:00:00+00:00", [(7, "a" * 64)]),
        ("<86>Mar  1 03:00:00 host hscbot: audit anchor 7 " + "a" * 64, [(7, "a" * 64)]),
        ("⚓ The audit log has 7 rows: `7 " + "a" * 64 + "`", [(7, "a" * 64)]),
        ("7 " + "a" * 63, []),
        ("7 " + "a" * 65, []),
        ("7 aaa8 " + "b" * 64, [(8, "b" * 64)]),
        ("", []),
    ],
    ids=["file", "syslog", "post", "cut short", "too long", "one that runs into the next", "nothing"],
)
def test_a_note_is_read_wherever_it_stands(line: str, notes: list[tuple[int, str]]) -> None:
    """A row number with its mac, in an anchor file, a syslog line or a post; what is cut short is none."""
    assert list(chain.noted([line])) == notes


def test_a_note_that_a_crash_cut_short_spoils_no_other(tmp_path: Path) -> None:
    """The next note begins a line of its own."""
    filled(tmp_path)
    anchor = tmp_path / "audit.anchor"
    anchor.write_bytes(anchor.read_bytes() + b"1")
    ledger = opened(tmp_path)
    ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    ledger.close()
    assert verify(tmp_path).row is None
    assert max(Anchor(anchor).read())[0] == 10


@pytest.mark.parametrize(
    ("statement", "row", "fault"),
    [
        ("UPDATE policy SET source = replace(source, 'nights', 'nobody')", 2, "policy version 1 of row 2 was changed"),
        ("DELETE FROM policy", 2, "isn't kept any more"),
        ("INSERT INTO policy VALUES (2, '', '', '')", 3, "policy version 2 was loaded"),
    ],
)
def test_a_policy_that_is_not_the_audited_one_is_found(tmp_path: Path, statement: str, row: int, fault: str) -> None:
    """A kept policy whose source was changed, one that is gone, one that nobody loaded: verify names the row."""
    ledger = opened(tmp_path)
    ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    source = "[roles]\nnights = []\n"
    ledger.write_now(lambda tx: tx.db.execute("INSERT INTO policy VALUES (1, ?, '', '')", [source]))
    ledger.write_now(lambda tx: tx.audit("policy-loaded", person="x", version=1, source=source))
    ledger.close()
    assert verify(tmp_path).row is None
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        db.execute(statement)
        db.commit()
    checked = verify(tmp_path)
    assert checked.row == row
    assert fault in checked.fault


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit WHEN 0"
        " BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END",
        "CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit BEGIN SELECT 1; END",
        "CREATE TRIGGER audit_never_updated BEFORE UPDATE ON login_stop"
        " BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END",
    ],
)
def test_a_guard_that_guards_nothing_is_no_guard(tmp_path: Path, sql: str) -> None:
    """A trigger of the right name that forbids nothing, or guards another table, stops the start."""
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        db.execute("DROP TRIGGER audit_never_updated")
        db.execute(sql)
        db.commit()
    with pytest.raises(AuditUnguarded, match="audit_never_updated"):
        opened(tmp_path)


def test_a_start_that_fails_holds_nothing(tmp_path: Path) -> None:
    """A refused start lets go of the folder and the file: once the fault is mended the next one gets in."""
    tamper(filled(tmp_path))
    kept = []
    for _ in range(2):
        with pytest.raises(AuditUnguarded) as refused:
            Ledger(tmp_path, now).open(alone=True)
        kept.append(refused)  # and with it all that the attempt had
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.anchor", "audit.key", "hscbot.db"]
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        for sql in AUDIT_TRIGGERS.values():
            db.execute(sql)
        db.commit()
    Ledger(tmp_path, now).open(alone=True).close()


def test_an_end_waits_for_who_still_reads(tmp_path: Path) -> None:
    """A read that is under way when the ledger is closed ends as it would have."""
    ledger = opened(tmp_path)
    began, found = threading.Event(), []

    def read(db: Database) -> int:
        began.set()
        count = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT max(x) FROM n"
        return int(db.execute(count).fetchone()[0])

    reader = threading.Thread(target=lambda: found.append(ledger.read_now(read)))
    reader.start()
    assert began.wait(30)
    ledger.close()
    reader.join(30)
    assert found == [300_000]


def test_without_its_anchor_a_chain_does_not_pass(tmp_path: Path) -> None:
    """A removed anchor would hide a cut tail, so it fails."""
    (filled(tmp_path) / "audit.anchor").unlink()
    assert verify(tmp_path).row is not None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET person = 'x' WHERE seq = 1",
        "DELETE FROM audit WHERE seq = 1",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE seq = 1",
        "REPLACE INTO audit SELECT * FROM audit",
    ],
)
def test_the_programs_own_connections_cannot_change_a_row(tmp_path: Path, statement: str) -> None:
    """The file's guards hold against the writer and the reader that the program opens."""
    filled(tmp_path)
    ledger = opened(tmp_path)
    with pytest.raises(sqlite3.IntegrityError):
        ledger.write_now(lambda tx: tx.db.execute(statement))
    with pytest.raises((sqlite3.Error, LedgerFull)):
        ledger.read_now(lambda db: db.execute(statement))
    ledger.close()
    assert verify(tmp_path).row is None


def test_one_that_fails_does_not_undo_the_others(tmp_path: Path) -> None:
    """Changes that share a commit are undone one by one."""

    async def story() -> list[object]:
        ledger = opened(tmp_path)

        def fails(tx: Tx) -> None:
            tx.audit("asked", person="gone")
            raise ValueError("mine alone")

        changes = [ledger.write(lambda tx: tx.audit("asked", person="kept")) for _ in range(20)]
        done = await asyncio.gather(*changes, ledger.write(fails), return_exceptions=True)
        ledger.close()
        return list(done)

    done = asyncio.run(story())
    assert done[:20] == list(range(1, 21))
    assert isinstance(done[20], ValueError)
    assert verify(tmp_path).rows == 20


def test_exactly_one_move_wins(tmp_path: Path) -> None:
    """Fifty at once claim one request: one gets it, the others find it gone."""

    async def story() -> list[object]:
        ledger = opened(tmp_path)

        def create(tx: Tx) -> int:
            tx.db.execute("INSERT INTO policy VALUES (1, '', '', '')")
            return requests.create(
                tx,
                operation="lpm.migrate",
                parameters="{}",
                asking=Asking(),
                targets=(),
                requester=Person(workspace="T1", member="U1"),
                channel="C1",
                verdict=Allow(rules=(), minutes_to_run=5),
                policy_version=1,
                state=State.GRANTED,
            ).id

        number = await ledger.write(create)
        claims = [ledger.write(lambda tx: requests.move(tx, number, State.RUNNING, person="x")) for _ in range(50)]
        done = await asyncio.gather(*claims, return_exceptions=True)
        ledger.close()
        return list(done)

    done = asyncio.run(story())
    assert sum(isinstance(each, requests.Request) for each in done) == 1
    assert sum(isinstance(each, Moved) for each in done) == 49


def test_a_folder_is_private_and_taken_by_one_bot(tmp_path: Path) -> None:
    """Files are for their owner alone, and a second bot on the folder is refused."""
    first = Ledger(tmp_path / "data", now).open(alone=True)
    with pytest.raises(LedgerTaken):
        Ledger(tmp_path / "data", now).open(alone=True)
    first.write_now(lambda tx: tx.audit("asked", person="x"))
    first.close()
    modes = {path.name: path.stat().st_mode & 0o077 for path in (tmp_path / "data").iterdir()}
    assert set(modes) >= {"hscbot.db", "audit.key", "audit.anchor"}
    assert not any(modes.values())
    Ledger(tmp_path / "data", now).open(alone=True).close()


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    """Tables of a newer version: a clear refusal, and the file is as it was."""
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(LedgerNewer, match="version 99"):
        opened(tmp_path)


def test_a_database_without_its_guards_or_its_key_is_refused(tmp_path: Path) -> None:
    """Dropped triggers and a missing key both stop the start, each with its sentence."""
    tamper(filled(tmp_path / "a"))
    with pytest.raises(AuditUnguarded, match="audit_never"):
        opened(tmp_path / "a")
    (filled(tmp_path / "b") / "audit.key").unlink()
    with pytest.raises(KeyMissing):
        opened(tmp_path / "b")


@pytest.mark.parametrize("content", ["", "abcd", "not hexadecimal", "00" * 31])
def test_what_is_not_a_key_seals_nothing(tmp_path: Path, content: str) -> None:
    """A key file that was cut short is refused, at the start and by verify: rows sealed with it could be forged."""
    (filled(tmp_path) / "audit.key").write_text(content)
    with pytest.raises(KeyBroken):
        opened(tmp_path)
    with pytest.raises(KeyBroken):
        verify(tmp_path)


def test_a_cut_tail_is_not_buried_by_going_on(tmp_path: Path) -> None:
    """Behind a cut the bot doesn't start; and had it gone on, the first note of a row would still tell."""
    filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        db.execute("DROP TRIGGER audit_never_deleted")
        db.execute("DELETE FROM audit WHERE seq > 6")
        db.execute(schema.AUDIT_NEVER_DELETED)
        db.commit()
    with pytest.raises(AuditCut, match="row 9"):
        opened(tmp_path)
    anchor = tmp_path / "audit.anchor"
    noted = anchor.read_text()
    anchor.unlink()
    ledger = opened(tmp_path)
    for _ in range(3):
        ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    ledger.close()
    anchor.write_text(noted + anchor.read_text())
    assert verify(tmp_path).row == 9


def test_an_anchor_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    """While the anchor can't be written rows are; once it can be again, it is brought up to date."""
    ledger = opened(tmp_path)
    (tmp_path / "audit.anchor").mkdir()
    for _ in range(3):
        ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    (tmp_path / "audit.anchor").rmdir()
    ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    ledger.close()
    checked = verify(tmp_path)
    assert (checked.rows, checked.row) == (4, None)


def test_a_corrupt_database_says_so(tmp_path: Path) -> None:
    """Another program's bytes in the file: called damaged, not traced."""
    (tmp_path / "hscbot.db").write_bytes(b"not a database at all, but long enough to look like one" * 100)
    with pytest.raises(LedgerCorrupt):
        opened(tmp_path)


def test_a_full_disk_runs_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """When the file can't grow the caller is told, and what was there stays whole."""
    ledger = opened(tmp_path)
    ledger.write_now(lambda tx: tx.audit("asked", person="before"))
    pages = ledger.write_now(lambda tx: tx.db.execute("PRAGMA page_count").fetchone()[0])
    ledger.write_now(lambda tx: tx.db.execute(f"PRAGMA max_page_count = {pages}").fetchone())
    with pytest.raises(LedgerFull, match="full"):
        ledger.write_now(lambda tx: tx.audit("asked", person="x" * 1_000_000))
    ledger.write_now(lambda tx: tx.db.execute("PRAGMA max_page_count = 1000000").fetchone())
    ledger.write_now(lambda tx: tx.audit("asked", person="after"))
    ledger.close()
    checked = verify(tmp_path)
    assert (checked.rows, checked.row) == (2, None)


def test_another_writer_is_waited_for_and_then_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that another program holds locked: waited for, then told, nothing half written."""
    monkeypatch.setattr("bot.ledger.store.BUSY_MS", 50)
    ledger = opened(tmp_path)
    with closing(sqlite3.connect(tmp_path / "hscbot.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerBusy):
            ledger.write_now(lambda tx: tx.audit("asked", person="x"))
        other.execute("ROLLBACK")
    assert ledger.write_now(lambda tx: tx.audit("asked", person="x")) == 1
    ledger.close()


# ── a clock, and a disk, that can't be relied on ──────────────────────────────────────────────────────────────────


def test_a_clock_that_jumps_back_is_noticed(tmp_path: Path) -> None:
    """A minute back passes; more doesn't, with both times in the sentence, until it is right or was accepted."""
    clock = [now()]
    ledger = Ledger(tmp_path, lambda: clock[0]).open()
    ledger.write_now(Tx.check_clock)
    ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    for seconds, well in ((0, True), (-60, True), (-61, False), (-86_400, False), (5, True)):
        clock[0] = now() + timedelta(seconds=seconds)
        if well:
            ledger.write_now(Tx.check_clock)
        else:
            with pytest.raises(ClockWentBack, match=re.escape(clock[0].isoformat())) as caught:
                ledger.write_now(Tx.check_clock)
            assert now().isoformat() in caught.value.said
    clock[0] = now() - timedelta(days=400)
    assert ledger.write_now(lambda tx: tx.accept_clock(by="terminal:x")) == now().isoformat()
    ledger.write_now(Tx.check_clock)
    clock[0] -= timedelta(minutes=2)
    with pytest.raises(ClockWentBack):
        ledger.write_now(Tx.check_clock)
    ledger.close()
    assert verify(tmp_path).row is None


def test_the_clock_is_checked_without_a_search(tmp_path: Path) -> None:
    """By the index on the time, however many rows there are."""
    ledger = opened(tmp_path)
    plan = ledger.read_now(lambda db: db.execute(f"EXPLAIN QUERY PLAN {tx_module._NEWEST}").fetchall())
    ledger.close()
    steps = [row[3] for row in plan]
    assert "SCAN audit USING COVERING INDEX audit_at" in steps
    assert not [step for step in steps if "TEMP B-TREE" in step or step == "SCAN audit"]


def test_a_page_that_is_damaged_is_told_where_it_is_used(tmp_path: Path) -> None:
    """The start passes, for what it reads is whole; reading, writing and verifying each say what they found."""
    filled(tmp_path, 400)
    with closing(sqlite3.connect(tmp_path / "hscbot.db")) as db:
        root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit_target'").fetchone()[0]
        size = db.execute("PRAGMA page_size").fetchone()[0]
        leaf = db.execute("SELECT pageno FROM dbstat WHERE name = 'audit' AND pagetype = 'leaf' LIMIT 1 OFFSET 3")
        pages = [leaf.fetchone()[0], root]
    with (tmp_path / "hscbot.db").open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
    ledger = opened(tmp_path)
    with pytest.raises(LedgerCorrupt, match="malformed"):
        ledger.read_now(lambda db: db.execute("SELECT sum(length(body)) FROM audit").fetchall())
    with pytest.raises(LedgerCorrupt, match="malformed"):
        ledger.write_now(lambda tx: tx.audit("asked", person="x", targets=["db01"]))
    ledger.write_now(lambda tx: tx.audit("asked", person="x"))
    ledger.close()
    checked = verify(tmp_path)
    assert checked.row is not None
    assert 1 < checked.row < 400
    assert "can't be read" in checked.fault


@contextmanager
def unprivileged() -> Iterator[None]:
    """As somebody whom the permissions of a file bind."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("what", ["file", "folder", "new folder"])
def test_what_cannot_be_written_is_told_at_the_start(what: str) -> None:
    """A read-only file, folder or place for one: a sentence, no trace, and nothing is changed."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o755)
        folder = Path(place) / "data"
        if what != "new folder":
            filled(folder)
            for path in folder.iterdir():
                path.chmod(0o444)
            folder.chmod(0o777 if what == "file" else 0o555)
        else:
            os.chmod(place, 0o555)
        with unprivileged(), pytest.raises(LedgerFull, match="couldn't write"):
            opened(folder)
        os.chmod(place, 0o755)
        if what != "new folder":
            folder.chmod(0o755)
            for path in folder.iterdir():
                path.chmod(0o644)
            assert verify(folder).rows == 9
