"""Other people's JavaScript: whether it is here, and running it."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
OLDEST = 20
INSTALL = "run `npm ci --ignore-scripts --no-audit --no-fund` in tests/conformance"
PATIENCE = 30.0  # seconds; on a machine at ease a program is ready within one
# No proxies, and no options of whoever runs the tests: what is started speaks to loopback alone.
SURROUNDINGS = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}


def lacking() -> str:
    """Why Node's programs can't be run here; empty where they can."""
    node = shutil.which("node")
    if node is None:
        return "there is no Node here"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if int(version.lstrip("v").partition(".")[0] or 0) < OLDEST:
        return f"Node {OLDEST} or newer is needed; here is {version or 'one that does not run'}"
    asked = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    found = {name: _version(name) for name in asked}
    return "" if found == asked else f"the Node modules are not installed, or are others: {INSTALL}"


def _version(module: str) -> str:
    package = MODULES / module / "package.json"
    return str(json.loads(package.read_text(encoding="utf-8"))["version"]) if package.exists() else ""


LACKING = lacking()
needs_node = pytest.mark.skipif(bool(LACKING), reason=LACKING)


class Program:
    """A running program that says each thing as one line of JSON, and ends when its input does."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def said(self, kind: str) -> dict[str, Any]:
        """The next thing of this kind that it says; what else it says before is passed over."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while line := await self._process.stdout.readline():
                try:
                    told: dict[str, Any] = json.loads(line)
                except ValueError:
                    continue  # a log line of the library's
                if told.get("said") == kind:
                    return told
        raise AssertionError(f"the program ended before it said {kind!r}: {await self._complaint()}")

    async def end(self) -> None:
        """Close its input and wait for it; it must end by itself and well."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            _, complaint = await self._process.communicate()
        assert self._process.returncode == 0, complaint.decode(errors="replace")

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
            await self._process.communicate()

    async def _complaint(self) -> str:
        assert self._process.stderr is not None
        return (await self._process.stderr.read()).decode(errors="replace")


@asynccontextmanager
async def running(script: str, **surroundings: str) -> AsyncIterator[Program]:
    """One of this folder's programs, from the moment it is ready until the block ends; nothing of it stays."""
    process = await asyncio.create_subprocess_exec(
        *("node", str(HERE / script)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**SURROUNDINGS, **surroundings},
        cwd=HERE,
        limit=2**24,
    )
    program = Program(process)
    try:
        yield program
        await program.end()
    finally:
        await program.kill()
