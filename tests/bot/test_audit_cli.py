"""`hscbot audit …` as a shell runs it: what is found, what is printed where, and the exit status."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import pty
import signal
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.ledger.store import Ledger
from tests.bot.released import data_of
from tests.bot.test_cli import HSCBOT, hscbot, said


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What three requests left, and one row with all that a spreadsheet or a terminal could trip over."""
    folder = data_of("0.1.0", tmp_path_factory.mktemp("audit") / "data")
    ledger = Ledger(folder, lambda: datetime(2026, 12, 24, 12, 0, tzinfo=UTC)).open()
    odd: dict[str, Any] = {"asked": '/lpm \x1b[2J "x",\n=1+1', "codes": ["no-such-verb"]}
    ledger.write_now(lambda tx: tx.audit("refused", person="=cmd|calc", channel="+1", host="-2", **odd))
    ledger.close()
    return folder


def lines(*words: str | Path) -> list[list[str]]:
    ran = hscbot("audit", *words)
    assert (ran.returncode, ran.stderr) == (0, b"")
    return [line.split("\t") for line in ran.stdout.decode().splitlines()]


def test_tail_shows_the_newest(data: Path) -> None:
    """The newest rows, oldest of them first, a line each in a pipe: row, time, who, request, what, detail."""
    told = lines("tail", "-n", "3", "--data", data)
    assert [row[0] for row in told] == ["35", "36", "37"]
    assert told[1][1:5] == ["2026-11-25 18:38:54", "hscbot", "#3", "its outcome is unknown"]
    assert "\\u001b[2J" in told[2][5]


def test_tail_follows(data: Path, tmp_path: Path) -> None:
    """With -f rows appear as they are written, and Ctrl-C ends it with exit status 0."""
    folder = data_of("0.1.0", tmp_path / "data")
    ledger = Ledger(folder, lambda: datetime(2027, 1, 1, tzinfo=UTC)).open()
    follower = subprocess.Popen(
        [HSCBOT, "audit", "tail", "-n", "1", "-f", "--data", folder], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert follower.stdout is not None
    assert follower.stdout.readline().startswith(b"36\t")
    ledger.write_now(lambda tx: tx.audit("login-lifted", person="hscbot", host="hmc9"))
    assert b"logs in again to hmc9" in follower.stdout.readline()
    follower.send_signal(signal.SIGINT)
    assert follower.communicate(timeout=30) == (b"", b"")
    assert follower.returncode == 0
    ledger.close()


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (["--person", "U0APPROVER"], {17, 18}),
        (["--person", "T0LAB:U0OUTSIDER"], {31}),
        (["--target", "vscsi01"], {6, 7, 8, 9, 10}),
        (["--target", "hmc-arizona"], {3, 5}),
        (["--operation", "lpm.migrate"], set(range(11, 31))),
        (["--operation", "lpm.*", "--action", "asked"], {6, 11, 32}),
        (["--request", "3"], {32, 33, 34, 35, 36}),
        (["--since", "2026-12-01"], {37}),
        (["--until", "2026-11-25", "--action", "refused"], {31}),
        (["--since", "2026-11-25T19:38:54.8+01:00", "--until", "2026-11-25T18:38:54.81"], {31}),
        (["--request", "2", "--limit", "2"], {29, 30}),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, list) else "",
)
def test_find(data: Path, words: list[str], rows: set[int]) -> None:
    """By person, target, operation, action, request and time, and by several at once."""
    ran = hscbot("audit", "find", *words, "--data", data)
    assert ran.returncode == 0
    found = [int(line.split(b"\t")[0]) for line in ran.stdout.splitlines()]
    assert found == sorted(rows)


@pytest.mark.parametrize("command", ["find", "export"])
def test_nothing_found_is_exit_1(data: Path, command: str) -> None:
    """Nothing that fits: exit status 1. A time that can't be read, or no folder: 2, with a sentence."""
    assert hscbot("audit", command, "--person", "U0NOBODY", "--data", data).returncode == 1
    unclear = hscbot("audit", command, "--since", "yesterday", "--data", data)
    assert (unclear.returncode, "as a time" in said(unclear)) == (2, True)
    missing = hscbot("audit", command, "--data", data / "nowhere")
    assert (missing.returncode, "There is no hscbot.db" in said(missing)) == (2, True)
    assert not (data / "nowhere").exists()


def test_show_is_the_whole_row(data: Path, tmp_path: Path) -> None:
    """Every column, where the answer is, and whether the row holds to the one before; a changed one doesn't."""
    shown = said(hscbot("audit", "show", "9", "--data", data))
    assert "answered" in shown
    assert "of row 8, kept in 55 pieces" in shown
    assert "it holds" in shown
    assert hscbot("audit", "show", "99", "--data", data).returncode == 1
    changed = data_of("0.1.0", tmp_path / "data")
    Ledger(changed, lambda: datetime(2027, 1, 1, tzinfo=UTC)).open().close()
    with closing(sqlite3.connect(changed / "hscbot.db")) as db:
        db.execute("DROP TRIGGER audit_never_updated")
        db.execute("UPDATE audit SET person = 'T0LAB:U0LEAD' WHERE seq = 9")
        db.commit()
    ran = hscbot("audit", "show", "9", "--data", changed)
    assert (ran.returncode, "IT DOES NOT HOLD" in said(ran)) == (1, True)
    (changed / "audit.key").unlink()
    assert "not checked: the key" in said(hscbot("audit", "show", "9", "--data", changed))


def test_json_lines_hold_all_that_a_check_needs(data: Path) -> None:
    """Each row with its body read, and its place in the chain."""
    ran = hscbot("audit", "export", "--as", "jsonl", "--data", data)
    rows: list[dict[str, Any]] = [json.loads(line) for line in ran.stdout.decode().splitlines()]
    assert [row["seq"] for row in rows] == list(range(1, 38))
    assert all(later["prev"] == row["mac"] for row, later in itertools.pairwise(rows))
    assert rows[16]["body"] == {"choice": "approve"}


def test_a_sheet_runs_nothing(data: Path, tmp_path: Path) -> None:
    """CSV keeps every row one row, and no cell of it begins like a formula."""
    to = tmp_path / "audit.csv"
    ran = hscbot("audit", "export", "--as", "csv", "--out", to, "--data", data)
    assert (ran.returncode, ran.stdout) == (0, b"")
    assert to.stat().st_mode & 0o077 == 0
    head, *rows = csv.reader(io.StringIO(to.read_text(encoding="utf-8"), newline=""))
    assert head[:4] == ["seq", "at", "person", "action"]
    assert len(rows) == 37
    assert rows[-1][2] == "'=cmd|calc"
    assert rows[-1][5:7] == ["'+1", "'-2"]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_an_export_overwrites_nothing(data: Path, tmp_path: Path) -> None:
    """A file that is there stays as it is: exit status 2, with a sentence."""
    there = tmp_path / "there"
    there.write_text("mine", encoding="utf-8")
    ran = hscbot("audit", "export", "--out", there, "--data", data)
    assert (ran.returncode, "can't write" in said(ran)) == (2, True)
    assert there.read_text(encoding="utf-8") == "mine"


def test_a_reader_that_leaves_gets_no_trace(data: Path) -> None:
    """`hscbot audit export | head -1` ends quietly."""
    line = f'"{HSCBOT}" audit export --data "{data}" | head -n 1'
    ran = subprocess.run(["bash", "-c", line], capture_output=True, timeout=60, check=False)
    assert len(ran.stdout.splitlines()) == 1
    assert b"Traceback" not in ran.stderr


def test_a_terminal_gets_a_table(data: Path) -> None:
    """On a terminal rows stand in a table, and nothing in them moves the cursor."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [HSCBOT, "audit", "find", "--since", "2026-12-01", "--data", data],
        stdout=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "200"},
    ) as program:
        os.close(theirs)
        shown = b""
        with closing(os.fdopen(ours, "rb", buffering=0)) as terminal:
            while program.poll() is None or shown[-1:] != b"\n":
                try:
                    shown += terminal.read(65_536)
                except OSError:  # the other end is closed
                    break
    assert "│" in shown.decode()
    assert b"\x1b[2J" not in shown
    assert b"was refused" in shown


def test_an_older_database_is_not_touched_by_who_reads(tmp_path: Path) -> None:
    """Tables of an older version: a sentence that says how to bring them up to date; verify works all the same."""
    folder = data_of("0.1.0", tmp_path / "data")
    before = (folder / "hscbot.db").read_bytes()
    ran = hscbot("audit", "tail", "--data", folder)
    assert (ran.returncode, "older hscbot" in said(ran)) == (2, True)
    assert "36 audit rows" in said(hscbot("audit", "verify", "--data", folder))
    assert (folder / "hscbot.db").read_bytes() == before


def test_verify_takes_notes_from_elsewhere(data: Path, tmp_path: Path) -> None:
    """Notes that hold, from a file or copied: 0. One that doesn't: 1 and its row. None where some should be: 2."""
    kept, empty = tmp_path / "kept", tmp_path / "empty"
    kept.write_bytes((data / "audit.anchor").read_bytes())
    empty.write_bytes(b"")
    row = json.loads(hscbot("audit", "export", "--action", "voted", "--data", data).stdout)
    copied = ["--anchor", f"17 {row['mac']}"]
    for words in (["--anchor-file", kept], copied, [*copied, "--anchor-file", kept]):
        assert hscbot("audit", "verify", *words, "--data", data).returncode == 0
    other = hscbot("audit", "verify", "--anchor", f"18 {row['mac']}", "--data", data)
    assert (other.returncode, "row 18 fails" in said(other)) == (1, True)
    ahead = hscbot("audit", "verify", "--anchor", f"40 {row['mac']}", "--data", data)
    assert (ahead.returncode, "rows 38 to 40 are missing" in said(ahead)) == (1, True)
    for words in (["--anchor-file", empty], ["--anchor-file", tmp_path / "gone"], ["--anchor", "17 abc"]):
        assert hscbot("audit", "verify", *words, "--data", data).returncode == 2


def test_a_clock_is_accepted_aloud(tmp_path: Path) -> None:
    """Who says that the clock is right stands in the audit; where there is no folder none is made."""
    folder = data_of("0.1.0", tmp_path / "data")
    ran = hscbot("audit", "accept-clock", "--data", folder)
    assert (ran.returncode, "2026-11-25T18:38:54" in said(ran)) == (0, True)
    assert lines("find", "--action", "clock-accepted", "--data", folder)[0][4] == "accepted the clock"
    assert hscbot("audit", "accept-clock", "--data", tmp_path / "nowhere").returncode == 2
    assert not (tmp_path / "nowhere").exists()


def test_looking_is_quick_enough_to_be_used(data: Path) -> None:
    """The log is read without Slack's and SSH's libraries, which would double the wait."""
    ran = subprocess.run(
        [HSCBOT.with_name("python"), "-X", "importtime", HSCBOT, "audit", "tail", "--data", data],
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert b"asyncssh" not in ran.stderr
    assert b"slack_" not in ran.stderr
