"""Outputs: every command's answer is kept byte for byte, and an older database's are carried over."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.ledger import outputs, requests
from bot.ledger.proof import verify
from bot.ledger.store import Ledger
from bot.ledger.tx import Tx
from policies.case import Asking
from policies.requests import State
from policies.verdicts import Allow
from policies.words import Person
from tests.bot.released import data_of, logs_of


def now() -> datetime:
    return datetime(2027, 3, 1, 3, 0, tzinfo=UTC)


def audited(db: Database) -> dict[int, str]:
    """The seq of each command's `sending` row, and the hash that was audited of its answer."""
    rows = db.execute("SELECT c.sending, a.body FROM command AS c JOIN audit AS a ON a.seq = c.ended").fetchall()
    return {row[0]: json.loads(row[1])["sha256"] for row in rows if "sha256" in row[1]}


def kept(db: Database) -> dict[int, str]:
    """The same of what is kept, of every command that has an output."""
    sendings = [row[0] for row in db.execute("SELECT DISTINCT sending FROM output").fetchall()]
    return {sending: hashlib.sha256(b"".join(outputs.pieces(db, sending))).hexdigest() for sending in sendings}


def test_a_database_of_the_first_release_is_carried_over(tmp_path: Path) -> None:
    """Opened by this version 0.1.0's rows still verify, each kept answer has its audited hash, each log its words."""
    folder = data_of("0.1.0", tmp_path / "data")
    before = verify(folder)
    ledger = Ledger(folder, now).open()
    hashes, logs = ledger.read_now(kept), logs_of("0.1.0")
    told = ledger.read_now(audited)
    assert set(logs) == {1, 2, 3}
    for request, log in logs.items():
        ours = b"".join(ledger.read_now(lambda db, r=request: list(outputs.log(db, r))))  # type: ignore[misc]
        assert ours.replace(b"\n# outcome", b"# outcome") == log
    ledger.close()
    assert len(hashes) == 2, "the shown answers that weren't empty"
    assert all(told[sending] == found for sending, found in hashes.items())
    after = verify(folder)
    assert before.row is after.row is None
    assert before.rows == after.rows == 36


def test_an_upgraded_database_finds_old_rows_by_their_targets(tmp_path: Path) -> None:
    """What 0.1.0 asked for is found by partition and managed system."""
    ledger = Ledger(data_of("0.1.0", tmp_path / "data"), now).open()
    rows = ledger.read_now(
        lambda db: db.execute(
            "SELECT t.name, a.request FROM audit_target AS t JOIN audit AS a USING (seq) WHERE a.action = 'asked'"
        ).fetchall()
    )
    ledger.close()
    assert {(row[0], row[1]) for row in rows} >= {("vscsi01", 1), ("db01", 2), ("npiv01", 3), ("p72", 3), ("p75", 2)}


def test_a_log_tells_how_each_command_ended(tmp_path: Path) -> None:
    """Answered, lost, never sent, never heard of again: the log says which, and begins a new line for it."""
    ledger = Ledger(tmp_path / "data", now).open()
    ledger.write_now(_a_request)

    def fill(number: int, action: str | None, raw: bytes, **body: Any) -> None:
        def change(tx: Tx) -> None:
            sending = tx.audit("sending", person="x", host="hmc1", request=1, argv=["lshmc", "-V"])
            outputs.announced(tx, sending, request=1, number=number, shown=True)
            if raw:
                outputs.keep(tx, sending, raw)
            if action is not None:
                outputs.ended(tx, sending, tx.audit(action, person="hscbot", host="hmc1", request=1, **body))

        ledger.write_now(change)

    fill(1, "answered", b"V9R2\n", exit_status=0)
    fill(2, "answered", b"half a li", exit_status=None, lost="the connection was lost")
    fill(3, "not-sent", b"", code="host-unreachable")
    fill(4, None, b"then I was killed\n")
    log = b"".join(ledger.read_now(lambda db: list(outputs.log(db, 1)))).decode()
    ledger.close()
    head = "# hmc1: lshmc -V\n"
    assert log.split(head) == [
        "",
        "V9R2\n# exit status 0\n\n",
        "half a li\n# outcome unknown: the connection was lost\n\n",
        "# not sent: host-unreachable\n\n",
        "then I was killed\n# its end was not heard\n\n",
    ]


def _a_request(tx: Tx) -> None:
    tx.db.execute("INSERT INTO policy VALUES (1, '', '', '')")
    requests.create(
        tx,
        operation="lpm.validate",
        parameters="{}",
        asking=Asking(),
        targets=(),
        requester=Person(workspace="T1", member="U1"),
        channel="C1",
        verdict=Allow(rules=(), minutes_to_run=5),
        policy_version=1,
        state=State.GRANTED,
    )
