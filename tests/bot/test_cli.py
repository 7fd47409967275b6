"""The command line, as a shell runs it: what is printed where, and the exit status that scripts go by."""

from __future__ import annotations

import json
import os
import pwd
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TREE = Path(__file__).resolve().parents[2]
RECORDED = TREE / "tests" / "recorded" / "migrlpar"
FAILURE = RECORDED / "hscla356-vscsi-rc85.raw"
SEED = TREE / "deploy" / "policy.seed.toml"
HSCBOT = Path(sys.executable).with_name("hscbot")

Ran = subprocess.CompletedProcess[bytes]


def hscbot(*words: str | Path, given: bytes = b"", cwd: Path = TREE) -> Ran:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HSCBOT_", "COLUMNS"))}
    argv = [str(HSCBOT), *map(str, words)]
    return subprocess.run(
        argv, input=given, capture_output=True, timeout=60, check=False, cwd=cwd, env=environment | {"NO_COLOR": "1"}
    )


def said(ran: Ran) -> str:
    """Its words on one line: a terminal's width breaks them anywhere."""
    return " ".join((ran.stdout + ran.stderr).decode().split())


# ── explain ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_explain_reads_a_file_and_a_pipe_alike() -> None:
    """The same words explain the same, wherever they come from; errors among them are exit status 1."""
    file = hscbot("explain", FAILURE)
    piped = hscbot("explain", given=FAILURE.read_bytes())
    assert (file.returncode, file.stderr) == (piped.returncode, piped.stderr) == (1, b"")
    assert file.stdout == piped.stdout
    assert "HSCLA356" in said(file)
    assert "What it means" in said(file)


def test_explain_speaks_json() -> None:
    """A list of objects with code, path and fixes, in ASCII, for programs."""
    ran = hscbot("explain", "--json", FAILURE)
    found = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert ran.stdout.isascii()
    assert [each["code"] for each in found] == ["HSC-NOCODE-4", "HSCLA356", "HSCLA29A"]
    assert all(each["known"] and each["fixes"] for each in found)
    assert found[-1]["os_rc"] == 85


def test_explain_finds_nothing_wrong() -> None:
    """Without an error among the findings the exit status is 0; nothing at all is an empty list."""
    assert hscbot("explain", given=b"").returncode == 0
    empty = hscbot("explain", "--json", given=b"\n\n")
    assert (empty.returncode, json.loads(empty.stdout)) == (0, [])


def test_explain_says_what_it_cannot_read(tmp_path: Path) -> None:
    """A file that isn't there, a folder, and a wrong option are exit status 2, on standard error."""
    for words in (["explain", tmp_path / "not-there"], ["explain", tmp_path], ["explain", "--jsn"]):
        ran = hscbot(*words)
        assert (ran.returncode, ran.stdout) == (2, b"")
        assert ran.stderr
        assert b"Traceback" not in ran.stderr


def test_explain_survives_a_reader_that_leaves() -> None:
    """`hscbot explain FILE | head -1` ends without a trace."""
    line = f'"{HSCBOT}" explain "{FAILURE}" | head -n 1'
    ran = subprocess.run(["bash", "-c", line], capture_output=True, timeout=60, check=False)
    assert len(ran.stdout.splitlines()) == 1
    assert b"Traceback" not in ran.stderr


# ── policy ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_policies_are_checked_loaded_and_shown(tmp_path: Path) -> None:
    """Each load is a new version; a check loads nothing."""
    data = tmp_path / "data"
    checked = hscbot("policy", "check", SEED)
    assert (checked.returncode, "it can be loaded: 3 roles" in said(checked)) == (0, True)
    none = hscbot("policy", "show", "--data", data)
    assert (none.returncode, "everything is denied" in said(none)) == (1, True)
    for version, source in ((1, SEED), (2, changed(tmp_path))):
        loaded = hscbot("policy", "load", source, "--data", data)
        assert (loaded.returncode, f"policy version {version} is in force" in said(loaded)) == (0, True)
    again = hscbot("policy", "load", source, "--data", data)
    assert (again.returncode, "the same to the letter" in said(again)) == (0, True)
    shown = said(hscbot("policy", "show", "--data", data))
    assert "policy version 2" in shown
    assert "lead: nobody" in shown
    changes = next(rule for rule in tomllib.loads(SEED.read_text())["rules"] if rule.get("effects") == ["changes"])
    covered = ", ".join(changes["operations"])
    assert f"ask 1 from operator or lead; {covered}, what changes; for operator, lead; 60 minutes to approve" in shown
    assert len(hscbot("policy", "history", "--data", data).stdout.splitlines()) == 4
    assert hscbot("policy", "export", "--version", "1", "--data", data).stdout == SEED.read_bytes()
    file = tmp_path / "out.toml"
    assert hscbot("policy", "export", "--out", file, "--data", data).returncode == 0
    assert file.read_bytes() == source.read_bytes()
    assert hscbot("policy", "export", "--out", file, "--data", data).returncode == 2
    differs = said(hscbot("policy", "diff", "--data", data))
    assert ("it judges alike" in differs, "+# nothing new" in differs) == (True, True)


def changed(folder: Path) -> Path:
    """The seed with one more line, which changes nothing."""
    file = folder / "changed.toml"
    file.write_bytes(SEED.read_bytes() + b"# nothing new\n")
    return file


def test_a_check_makes_nothing(tmp_path: Path) -> None:
    """Where there is no data folder, none is there afterwards; every fault is told, and tags where they are known."""
    broken, config = tmp_path / "broken.toml", tmp_path / "hscbot.toml"
    rule = '[[rules]]\nname = "x"\noperations = ["lpm.{}"]\ntargets = ["env:{}"]\nwho = ["*"]\nverdict = "allow"\n'
    broken.write_text("[roles]\nlead = []\n" + rule.format("fly", "prod"), encoding="utf-8")
    config.write_text('[slack]\nchannel = "C1"\n[tags]\n"env:test" = ["db*"]\n', encoding="utf-8")
    told = said(hscbot("policy", "check", broken, "--data", tmp_path / "data"))
    assert ("1 fault" in told, "line 5: rule 'x' names the operation 'lpm.fly'" in told) == (True, True)
    told = said(hscbot("policy", "check", broken, "--config", config, "--data", tmp_path / "data"))
    assert ("2 fault" in told, "line 6: rule 'x' names the tag 'env:prod'" in told) == (True, True)
    assert not (tmp_path / "data").exists()


def test_somebody_at_the_terminal_is_who_the_system_says(tmp_path: Path) -> None:
    """What the environment says of the user changes nothing: it is the login of the process itself that is audited."""
    data = tmp_path / "data"
    environment = {"USER": "mallory", "SUDO_USER": "mallory", "LOGNAME": "mallory", "PATH": os.environ["PATH"]}
    argv = [str(HSCBOT), "policy", "load", str(SEED), "--data", str(data)]
    subprocess.run(argv, check=True, env=environment, capture_output=True, timeout=60)
    told = said(hscbot("policy", "history", "--data", data))
    assert told.endswith(f"terminal:{pwd.getpwuid(os.getuid()).pw_name}")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[roles", "line 1: Expected ']'"),
        ('[roles]\nlead = ["anna"]\n', "WORKSPACE:MEMBER"),
        ('[[rules]]\nname = "x"\nwho = ["lead"]\nverdict = "allow"\n', "names the role 'lead'"),
        ('[roles]\nlead = []\n[[rules]]\nname = "x"\nwho = ["lead"]\nverdict = "ask"\n', "approvals"),
        ("version = 3\n", "given by hscbot"),
    ],
)
def test_a_broken_policy_leaves_the_old_one(tmp_path: Path, text: str, fault: str) -> None:
    """Check and load both name the fault, exit with 1, and what was in force stays."""
    data, broken = tmp_path / "data", tmp_path / "broken.toml"
    broken.write_text(text, encoding="utf-8")
    hscbot("policy", "load", SEED, "--data", data)
    for words in (("policy", "check", broken), ("policy", "load", broken, "--data", data)):
        ran = hscbot(*words)
        assert (ran.returncode, fault in said(ran)) == (1, True), said(ran)
        assert b"Traceback" not in ran.stderr
    assert "policy version 1" in said(hscbot("policy", "show", "--data", data))


# ── audit ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with two audit rows."""
    for source in (SEED, changed(tmp_path)):
        assert hscbot("policy", "load", source, "--data", tmp_path / "data").returncode == 0
    return tmp_path / "data"


def test_a_whole_audit_log_verifies(data: Path) -> None:
    """Exit status 0, with the number of rows; the folder may be named by the environment's option too."""
    ran = hscbot("audit", "verify", "--data", data)
    assert (ran.returncode, "2 audit rows" in said(ran)) == (0, True)


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE audit SET person = 'somebody else' WHERE seq = 1", "row 1 fails"),
        ("DELETE FROM audit WHERE seq = 1", "row 1 fails"),
        ("DELETE FROM audit WHERE seq = 2", "row 2 fails"),
    ],
    ids=["edited", "gap", "tail cut"],
)
def test_a_tampered_audit_log_does_not(data: Path, statement: str, row: str) -> None:
    """An edit, a gap and a cut tail are exit status 1, with the first row that fails."""
    with sqlite3.connect(data / "hscbot.db") as connection:
        connection.execute("DROP TRIGGER audit_never_updated")
        connection.execute("DROP TRIGGER audit_never_deleted")
        connection.execute(statement)
    connection.close()
    ran = hscbot("audit", "verify", "--data", data)
    assert (ran.returncode, row in said(ran)) == (1, True), said(ran)


def test_an_audit_log_without_its_key_or_folder_is_told(data: Path, tmp_path: Path) -> None:
    """What can't be checked is exit status 2, not a pass."""
    (data / "audit.key").unlink()
    for folder in (data, tmp_path / "not-there"):
        ran = hscbot("audit", "verify", "--data", folder)
        assert ran.returncode == 2, said(ran)
        assert b"Traceback" not in ran.stderr


# ── starting ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", ["serve", "check"])
def test_no_configuration_is_a_sentence(command: str, tmp_path: Path) -> None:
    """Without hscbot.toml: what is missing, and exit status 2."""
    ran = hscbot(command, "--config", "hscbot.toml", "--data", "data", cwd=tmp_path)
    assert (ran.returncode, "There is no configuration hscbot.toml" in said(ran)) == (2, True)
    assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "words", ["sea status", "drift status", "incidents", "requests", "audit tail"]
)  # fmt: skip
def test_a_wrong_folder_is_told_and_not_made(words: str, tmp_path: Path) -> None:
    """What only tells says that there is nothing to tell from, and leaves no new folder behind."""
    ran = hscbot(*words.split(), "--data", "elsewhere", cwd=tmp_path)
    assert (ran.returncode, "There is no hscbot.db in elsewhere" in said(ran)) == (2, True), said(ran)
    assert not (tmp_path / "elsewhere").exists()


def test_help_lists_every_command() -> None:
    """`hscbot` alone and `hscbot --help` name what there is."""
    for words in ([], ["--help"]):
        told = said(hscbot(*words))
        assert all(name in told for name in ("demo", "tour", "serve", "check", "explain", "audit", "policy"))


def test_the_demo_stays_on_this_machine() -> None:
    """Another address is refused without its flag, with the reason why it is dangerous."""
    ended = hscbot("demo", "--host", "0.0.0.0")
    assert ended.returncode == 2
    assert "can play any person" in said(ended)
