"""Importing does nothing, and the pure packages can't do anything."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import tree

# Imports every module with a guard that refuses what an import must not do. Opening code is how importing works.
GUARDED = """
import sys

root = sys.argv[1]
ours = tuple(f"{root}/{package}/" for package in ("policies", "handlers", "bot"))
libraries = (sys.prefix + "/", sys.base_prefix + "/")  # pydantic looks along sys.path for its plugins

def refuse(what):
    # Not to be caught by an `except Exception` on the way.
    sys.stderr.write(f"importing {NOW[0]}: {what}\\n")
    sys.stderr.flush()
    import os
    os._exit(1)

DEEDS = {
    "subprocess.Popen", "os.system", "os.exec", "os.mkdir", "os.remove", "os.rename", "os.putenv", "sqlite3.connect",
    "shutil.rmtree", "open",
}

def guard(event, args):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo"):
        refuse(event)
    # A library may look round for itself: asyncssh asks the linker for a library, aiohttp reads the MIME types.
    if event in DEEDS and importing().startswith(ours):
        if event != "open":
            refuse(event)
        path, mode, flags = args
        machinery = not isinstance(path, str) or sys._getframe(1).f_code.co_filename.startswith("<frozen ")
        held = machinery or path.endswith((".py", ".so", ".pyc", "__path_hook__")) or path.startswith(libraries)
        if not held or isinstance(mode, str) and set(mode) & set("wax+"):
            refuse(f"opens {path} {mode}")

def importing():
    # The file of the module that is being imported.
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_name != "<module>":
        frame = frame.f_back
    return frame.f_code.co_filename

def clock(frame, event, called):
    if event == "c_call" and frame.f_code.co_filename.startswith(ours):
        name = getattr(called, "__qualname__", "")
        if getattr(called, "__module__", "") == "time" or name in ("datetime.now", "datetime.utcnow", "date.today"):
            refuse(f"reads the clock by {name}, line {frame.f_lineno}")

NOW = [""]
sys.path.insert(0, root)
import importlib, pkgutil
sys.addaudithook(guard)
sys.setprofile(clock)
for package in ("policies", "handlers", "bot"):
    NOW[0] = package
    found = importlib.import_module(package)
    for each in pkgutil.walk_packages(found.__path__, package + "."):
        NOW[0] = each.name
        importlib.import_module(each.name)
sys.setprofile(None)
print(len([name for name in sys.modules if name.startswith(("policies", "handlers", "bot"))]))
"""


def guarded(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", GUARDED, str(root)], capture_output=True, text=True, timeout=120, check=False
    )


def test_importing_does_nothing() -> None:
    """Importing every module opens no file but code, writes none, connects nowhere, starts nothing, reads no clock."""
    ran = guarded(tree.ROOT)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) >= len(tree.modules())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("open('/etc/hosts').close()", "opens /etc/hosts"),
        ("import pathlib; pathlib.Path('x').write_text('')", "opens x w"),
        ("import time; T = time.time()", "reads the clock"),
        ("import datetime as d; T = d.datetime.now(d.UTC)", "reads the clock"),
        ("import socket; socket.socket().connect(('127.0.0.1', 9))", "socket.connect"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("import sqlite3; sqlite3.connect(':memory:')", "sqlite3.connect"),
    ],
)
def test_the_guard_sees(line: str, told: str, tmp_path: Path) -> None:
    """The guard itself is tested: each kind of deed at import is found."""
    for package in tree.PACKAGES:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(line if package == "bot" else "", encoding="utf-8")
    ran = guarded(tmp_path)
    assert ran.returncode == 1
    assert f"importing bot: {told}" in ran.stderr


# ── the pure packages ─────────────────────────────────────────────────────────────────────────────────────────────

IMPURE = frozenset(
    {
        *("asyncio", "time", "os", "socket", "random", "subprocess", "threading", "pathlib", "sys", "secrets", "uuid"),
        *("shutil", "tempfile", "logging", "http", "urllib", "sqlite3", "ssl", "select", "signal", "multiprocessing"),
    }
)
# The standard library and pydantic are what the pure packages are made of.
OUTSIDE = frozenset({"pydantic", "pydantic_core", "policies", "handlers"})
# RFC 5545 is not for us to write once more: docs/adr/0010.
MAY_TOO = {"policies.recurrences": frozenset({"dateutil"})}
# The catalogue is packaged with the code, and read once as code is.
READS_ITS_OWN_DATA = {"handlers.catalogue": {"importlib"}}
CALLS = frozenset({"open", "print", "input", "exec", "eval", "now", "today", "utcnow"})


def imported(module: ast.Module) -> set[str]:
    names = [alias.name for node in ast.walk(module) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(module) if isinstance(node, ast.ImportFrom)]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", [*tree.sources("policies", "handlers")], ids=tree.module_of)
def test_the_pure_packages_stay_pure(path: Path) -> None:
    """They import nothing that reaches a machine, a file, a clock or chance, and hold no async code."""
    module, name = tree.parsed(path), tree.module_of(path)
    found = imported(module)
    assert found & IMPURE == set()
    assert {each for each in found if each not in sys.stdlib_module_names} <= OUTSIDE | MAY_TOO.get(name, frozenset())
    assert found & {"importlib", "io"} <= READS_ITS_OWN_DATA.get(name, set()) | {"io"}
    nodes = list(ast.walk(module))
    assert not [node for node in nodes if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith)]
    called = {node.func for node in nodes if isinstance(node, ast.Call)}
    names = {getattr(each, "id", getattr(each, "attr", "")) for each in called}
    assert names & CALLS == set()
