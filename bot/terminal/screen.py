"""What all commands share: where they print, how a problem ends them, and the data folder they work on."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer
from rich.console import Console as Terminal

from policies.problems import Problem

if TYPE_CHECKING:
    from bot.ledger.store import Ledger

T = TypeVar("T")

out = Terminal()
err = Terminal(stderr=True)

DEFAULT_DATA = Path("data")
Data = Annotated[
    Path, typer.Option("--data", envvar="HSCBOT_DATA", help="The folder of hscbot.db, audit key and anchor.")
]


def with_ledger(data: Path, use: Callable[[Ledger], T]) -> T:
    """Use a data folder, made or brought up to date where needed; a problem is said, not traced."""
    from bot import app

    try:
        ledger = app.data_ledger(data).open()
        try:
            return use(ledger)
        finally:
            ledger.close()
    except Problem as problem:
        fail(problem)


def fail(problem: Problem) -> NoReturn:
    """Say it, and end with exit status 2."""
    err.print(f"{problem.said}\n{problem.because}\n→ {problem.next_step}", markup=False, highlight=False)
    raise typer.Exit(2)


def login() -> str:
    """Who sits at the terminal, as far as the system tells."""
    return f"terminal:{os.environ.get('SUDO_USER') or os.environ.get('USER') or os.getuid()}"


def printable(text: str) -> str:
    """On one line, with nothing in it that a terminal would act on."""
    return "".join(ch if ch.isprintable() else f"\\u{ord(ch):04x}" for ch in text)
