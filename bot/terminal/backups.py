"""`hscbot backup` and `hscbot restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.terminal.screen import DEFAULT_DATA, Data, fail, out, sitting
from policies.problems import Problem


def backup(
    to: Annotated[Path, typer.Argument(help="A new folder.")],
    without_key: Annotated[
        bool, typer.Option("--without-key", help="Leave audit.key out, for a backup that others can read.")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Copy the data folder into a new one, also while the bot runs, and verify the copy."""
    from bot import app
    from bot.ledger.backup import back_up

    try:
        checked = back_up(data, to, now=app.utc_now, with_key=not without_key)
    except Problem as problem:
        fail(problem)
    out.print(f"{to} holds a whole backup: {checked.rows} audit rows, all as they were written", highlight=False)
    if without_key:
        out.print("Without the key it can't be restored: keep audit.key elsewhere, for --key.")


def restore(
    source: Annotated[Path, typer.Argument(help="A folder that `hscbot backup` made.")],
    key: Annotated[Path | None, typer.Option(help="Its audit.key, where the backup was made without.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Move what is in the data folder into a folder in it; nothing is deleted.")
    ] = False,
    data: Data = DEFAULT_DATA,
) -> None:
    """Put a backup in place, verified before and after, where no bot runs. What was under way in it is closed."""
    from bot import app
    from bot.ledger.backup import restore as put_back

    try:
        done = put_back(source, data, now=app.utc_now, by=str(sitting()), key=key, replace=replace)
    except Problem as problem:
        fail(problem)
    out.print(f"{data} holds the backup now: {done.rows} audit rows, all as they were written", highlight=False)
    if done.aside is not None:
        out.print(f"What was there is in {done.aside}", highlight=False)
    if done.closed:
        numbers = ", ".join(f"#{number}" for number in done.closed)
        out.print(f"Closed, for they may have gone on after the backup: {numbers}", highlight=False)
