"""The locks hold every requirement to its hash, and name no place to get it from."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.house import tree

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^\s;\\]+)(?P<rest>[^\\]*)", re.MULTILINE)


def entries(lock: str) -> list[str]:
    """Each requirement with its continuation lines; comments left out."""
    text = "\n".join(line for line in _text(lock).splitlines() if not line.strip().startswith("#"))
    return [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry.strip()]


def pinned(lock: str) -> dict[tuple[str, str], str]:
    """Name and marker → version."""
    found = [match for entry in entries(lock) if (match := PINNED.match(entry))]
    return {(match["name"], match["rest"].strip()): match["version"] for match in found}


def _text(lock: str) -> str:
    return (tree.ROOT / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_and_hashed(lock: str) -> None:
    """Nothing is installed that wasn't locked, byte for byte."""
    found = entries(lock)
    assert len(found) > 10
    assert [entry.splitlines()[0] for entry in found if not PINNED.match(entry)] == []
    assert [entry.splitlines()[0] for entry in found if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS)
def test_no_place_is_named(lock: str) -> None:
    """No URL, index, host or path: where packages come from is the installer's own matter."""
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--trusted-host| @ |^-e |^\.|file:", _text(lock), re.M) == []


def test_the_runtime_lock_is_part_of_the_other() -> None:
    """What is tested is what runs, in the same versions."""
    runtime, dev = (pinned(lock) for lock in LOCKS)
    both = {(name, version) for (name, _), version in dev.items()}
    assert {(name, version) for (name, _), version in runtime.items()} - both == set()


def test_every_dependency_is_locked() -> None:
    """What pyproject.toml asks for stands in the locks."""
    project = tomllib.loads(_text("pyproject.toml"))["project"]
    for wanted, lock in (
        (project["dependencies"], LOCKS[0]),
        (project["optional-dependencies"]["dev"], LOCKS[1]),
    ):
        names = {re.split(r"[<>=!~\[; ]", line)[0] for line in wanted}
        assert names - {name for name, _ in pinned(lock)} == set()
