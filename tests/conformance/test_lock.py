"""What is installed for these tests is fixed, and named without saying whence it comes."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.conformance.node import HERE


def read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return read


def test_versions_are_exact_and_locked() -> None:
    """package.json asks for one version of each, and the lock has it with its hash."""
    packages = read("package-lock.json")["packages"]
    for name, version in read("package.json")["devDependencies"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert packages[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in package for path, package in packages.items() if path)


def test_the_lock_names_no_registry() -> None:
    """It holds for whatever registry a machine is set to."""
    assert not [path for path, package in read("package-lock.json")["packages"].items() if "resolved" in package]
