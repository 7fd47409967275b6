"""The repository as the house's tests walk it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("policies", "handlers", "bot")
# What tools and people leave in a working copy; nothing of it is tracked.
LEFT_OUT = frozenset({"__pycache__", "data", "build", "node_modules", "hscbot.toml"})


def files() -> Iterator[Path]:
    """Every file of the project."""
    yield from _below(ROOT)


def sources(*folders: str) -> Iterator[Path]:
    """The Python files below these folders."""
    for folder in folders:
        yield from (path for path in _below(ROOT / folder) if path.suffix == ".py")


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def modules() -> list[str]:
    """Every module of the three packages, imported."""
    names = list(PACKAGES)
    for package in PACKAGES:
        found = importlib.import_module(package)
        names += [each.name for each in pkgutil.walk_packages(found.__path__, f"{package}.")]
    for name in names:
        importlib.import_module(name)
    return names


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in LEFT_OUT or path.name.endswith((".egg-info", ".pyc")):
            continue
        if path.is_dir():
            yield from () if path.name.startswith(".") and path.name != ".ci" else _below(path)
        else:
            yield path
