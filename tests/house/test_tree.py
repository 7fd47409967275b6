"""What holds for every file."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.house import tree

MOST_LINES = 300
# One room each, and what a part of it would have to know is all of it.
LONG = {
    "bot/ledger/requests.py": "requests, their votes and what was sent for them, as rows",
}
TEXT = frozenset({".py", ".md", ".toml", ".json", ".service", ".js", ".css", ".html", ".lock", ""})


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_files_are_one_room_each() -> None:
    """No module has more than 300 lines, but for the named; and none is named that needn't be."""
    lengths = {tree.shown(path): len(read(path).splitlines()) for path in tree.sources(*tree.PACKAGES)}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES and name not in LONG} == {}
    assert {name for name in LONG if lengths.get(name, 0) <= MOST_LINES} == set()


def test_every_module_says_what_it_is() -> None:
    """Each module begins with its docstring, but for empty packages of tests."""
    silent = [
        tree.shown(path)
        for path in tree.sources(*tree.PACKAGES, "tests")
        if read(path).strip() and ast.get_docstring(tree.parsed(path)) is None
    ]
    assert silent == []


def test_every_test_tells_its_promise() -> None:
    """Each test function begins with the sentence that it keeps."""
    silent = [
        f"{tree.shown(path)}: {node.name}"
        for path in tree.sources("tests")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_tests_use_no_mocks() -> None:
    """Nothing is tested against a pretended object."""
    mocked = [
        tree.shown(path)
        for path in tree.sources("tests", *tree.PACKAGES)
        for node in ast.walk(tree.parsed(path))
        if (isinstance(node, ast.ImportFrom) and "mock" in (node.module or ""))
        or (isinstance(node, ast.Import) and any("mock" in alias.name for alias in node.names))
    ]
    assert mocked == []


# ── nothing of the machine that it was written on ─────────────────────────────────────────────────────────────────

# Put together, so that this file isn't a find of its own.
MACHINE = re.compile(
    rf"(?<![\w./])/(?:{'|'.join(('work', 'root', 'Users', 'mnt', 'workspace'))})/[\w.-]"
    rf"|(?<![\w./])/(?:{'|'.join(('tmp', 'home'))})/(?!padmin/)[a-z]"  # padmin has his on every VIOS
    rf"|\b(?:{'|'.join(('pypi', 'pythonhosted', 'artifactory', 'nexus'))})\b\.",
)
UNDONE = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "Not" + "ImplementedError")) + r")\b")
# What machines print, and the addresses of a page that this project serves itself, are no paths of ours.
SIMULATED = {"bot/lab/fleet/server.py", "tests/bot/lab/fleet/test_shell.py"}


def texts() -> list[Path]:
    printed = {"recorded", "operations"}
    return [path for path in tree.files() if path.suffix in TEXT and printed.isdisjoint(path.parts)]


@pytest.mark.parametrize("pattern", [MACHINE, UNDONE], ids=["machine paths and package hosts", "undone"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    """No path of a machine, no host of a package index, nothing left to be done."""
    found = [
        f"{tree.shown(path)}:{number} {match[0]}"
        for path in texts()
        if tree.shown(path) not in SIMULATED
        for number, line in enumerate(read(path).splitlines(), 1)
        if (match := pattern.search(line)) and "lab/workspace" not in line
    ]
    assert found == []


# ── recordings ────────────────────────────────────────────────────────────────────────────────────────────────────

RECORDED = tree.ROOT / "tests" / "recorded"


def test_every_recording_has_its_meaning() -> None:
    """Raw output and what it means lie side by side, and nothing else lies there."""
    stems = {suffix: {path.with_suffix("") for path in RECORDED.rglob(f"*{suffix}")} for suffix in (".raw", ".json")}
    assert stems[".raw"] == stems[".json"]
    assert {path.suffix for path in RECORDED.rglob("*") if path.is_file()} == {".raw", ".json"}
