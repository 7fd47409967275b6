"""`hscbot audit …`: check the log, follow it, look things up in it, and take it elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot import sheets
from bot.terminal import notes
from bot.terminal.screen import DEFAULT_DATA, Data, err, fail, out, printable, sitting, with_ledger
from policies.problems import Problem
from policies.words import counted

if TYPE_CHECKING:
    from bot.ledger.audit import Filter, Row
    from bot.ledger.store import Ledger
    from bot.ledger.story import Line

cli = typer.Typer(no_args_is_help=True, help="The audit log.")

FOLLOW = 0.5  # seconds between looks for new rows
WIDTH = 500  # characters of a row's detail on one line

Person = Annotated[str | None, typer.Option(help="Who: T0123ABCD:U0456EFGH, or U0456EFGH alone.")]
Target = Annotated[str | None, typer.Option(help="A host, partition or managed system; with its requests' other rows.")]
Operation = Annotated[str | None, typer.Option(help="Such as lpm.migrate or 'lpm.*'; with its requests' other rows.")]
Action = Annotated[str | None, typer.Option(help="Such as asked, voted, sending, answered, refused, policy-loaded.")]
Request = Annotated[int | None, typer.Option(help="The number of a request.")]
Since = Annotated[str | None, typer.Option(help="2026-03-01, 2026-03-01T03:00+01:00 (no zone: UTC), or 2h, 3d ago.")]
Until = Annotated[str | None, typer.Option(help="The same; a date alone is meant to its end.")]


@cli.command()
def verify(
    anchor_file: Annotated[
        list[Path] | None, typer.Option("--anchor-file", help="Check against the notes in this file too; repeatable.")
    ] = None,
    anchor: Annotated[
        list[str] | None,
        typer.Option("--anchor", help="'ROW MAC', as posted in the channel or sent to syslog; repeatable."),
    ] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Check every audit row against the chain, the key and the anchor. Exit 0, or 1 and the first row that fails."""
    from bot.ledger import proof

    try:
        checked = proof.verify(data, beside=notes.gathered(anchor_file or (), anchor or ()))
    except Problem as problem:
        fail(problem)
    if checked.row is None:
        out.print(f"[green]ok[/]: {checked.rows} audit rows, all as they were written")
        return
    err.print(f"[red]row {checked.row} fails[/]: ", end="")
    err.print(f"{checked.fault}; {counted(checked.rows, 'row')} before it held", markup=False)
    raise typer.Exit(1)


@cli.command()
def tail(
    number: Annotated[int, typer.Option("-n", "--number", min=1, help="So many of the newest rows.")] = 20,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on with new ones as they come, until Ctrl-C.")] = (
        False
    ),
    data: Data = DEFAULT_DATA,
) -> None:
    """The newest rows, oldest of them first. Exit 0, or 1 where there are none."""
    from bot.ledger import audit, store

    try:
        with store.reading(data) as db:
            rows = [*audit.find(db, audit.Filter(limit=number), newest_first=True)][::-1]
            _print(rows, table=not follow)
            last = rows[-1].seq if rows else 0
            with suppress(KeyboardInterrupt):
                while follow:
                    time.sleep(FOLLOW)
                    fresh = [*audit.find(db, audit.Filter(after=last))]
                    _print(fresh, table=False)
                    last = fresh[-1].seq if fresh else last
    except Problem as problem:
        fail(problem)
    if not rows and not follow:
        raise typer.Exit(1)


@cli.command()
def find(
    person: Person = None,
    target: Target = None,
    operation: Operation = None,
    action: Action = None,
    request: Request = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, of the newest.")] = 1_000,
    data: Data = DEFAULT_DATA,
) -> None:
    """Rows for which all that is given holds, oldest first. Exit 0, or 1 where there are none."""
    from bot.ledger import audit, store

    try:
        wanted = _filter(person, target, operation, action, request, since, until, limit=limit)
        with store.reading(data) as db:
            rows = [*audit.find(db, wanted, newest_first=True)][::-1]
    except Problem as problem:
        fail(problem)
    _print(rows, table=True)
    if len(rows) == limit:
        err.print(f"These are the newest {limit}; there may be more: --limit, or hscbot audit export.")
    if not rows:
        raise typer.Exit(1)


@cli.command()
def show(
    seq: Annotated[int, typer.Argument(help="The row's number.", min=1)],
    data: Data = DEFAULT_DATA,
) -> None:
    """One row, whole: where its output is, and whether it holds. Exit 0; 1 where it isn't there or doesn't hold."""
    from bot.ledger import audit, outputs, proof, store

    try:
        with store.reading(data) as db:
            row = audit.get(db, seq)
            before = audit.get(db, seq - 1)
            place = outputs.place(db, seq)
        holds = proof.holds(data, row, before) if row is not None else None
    except Problem as problem:
        fail(problem)
    if row is None:
        err.print(f"There is no audit row {seq}.")
        raise typer.Exit(1)
    for name, told in row.cells().items():
        out.print(Text(f"{name:8} {'' if told is None else printable(str(told))}"), soft_wrap=True)
    out.print(Text(f"{'output':8} {place}"), soft_wrap=True)
    out.print(Text(f"{'chain':8} {_HOLDS[holds]}"), soft_wrap=True)
    raise typer.Exit(0 if holds is not False else 1)


_HOLDS = {
    True: "it holds: the row and the one before are as they were written",
    False: "IT DOES NOT HOLD: this row or the one before was changed, or was not written with this key",
    None: "not checked: the key isn't in the data folder",
}


@cli.command()
def export(
    form: Annotated[sheets.Form, typer.Option("--as", help="JSON lines, or a sheet.")] = sheets.Form.JSONL,
    to: Annotated[Path | None, typer.Option("--out", help="A new file; default: standard output.")] = None,
    person: Person = None,
    target: Target = None,
    operation: Operation = None,
    action: Action = None,
    request: Request = None,
    since: Since = None,
    until: Until = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Rows, whole, with their place in the chain, for other programs. Exit 0, or 1 where there are none."""
    from bot.ledger import audit, store

    try:
        wanted = _filter(person, target, operation, action, request, since, until)
        with store.reading(data) as db:
            count = sheets.write(audit.find(db, wanted), form, to)
    except Problem as problem:
        fail(problem)
    if not count:
        raise typer.Exit(1)


@cli.command()
def prune(
    before: Annotated[str, typer.Option(help="Answers to commands that were sent before this time.")],
    export: Annotated[Path, typer.Option(help="A new file of JSON lines, compressed where its name ends in .gz.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Export old answers of machines, then drop them; audit rows stay. Exit 0, or 1 where answers stay as well."""
    from bot.ledger import retention
    from bot.moments import moment

    def use(ledger: Ledger) -> retention.Pruned:
        return retention.prune(ledger, moment(before, datetime.now(UTC)), export, by=str(sitting()))

    done = with_ledger(data, use, there=True)
    if done.dropped:
        out.print(f"{done.dropped} answers are in {export} now and no longer in the database", highlight=False)
        out.print(f"sha256 {done.sha256}, in the audit too", highlight=False)
    else:
        err.print("There is nothing to drop: no answer from before that time is kept.")
    if done.other:
        shown = ", ".join(map(str, done.other[:10])) + (" …" if len(done.other) > 10 else "")
        err.print(f"{len(done.other)} answers stay: what is kept isn't what was audited (rows {shown})", markup=False)
    raise typer.Exit(0 if done.dropped and not done.other else 1)


@cli.command("accept-clock")
def accept_clock(data: Data = DEFAULT_DATA) -> None:
    """Say that the clock is right now, where rows of a later time stand in the audit. That is audited itself."""
    newest = with_ledger(
        data, lambda ledger: ledger.write_now(lambda tx: tx.accept_clock(by=str(sitting()))), there=True
    )
    out.print(f"Rows up to {newest} don't count against the clock any more", highlight=False)


def _filter(
    person: str | None,
    target: str | None,
    operation: str | None,
    action: str | None,
    request: int | None,
    since: str | None,
    until: str | None,
    *,
    limit: int | None = None,
) -> Filter:
    from bot.ledger.audit import Filter
    from bot.moments import moment

    now = datetime.now(UTC)
    return Filter(
        person=person,
        target=target,
        operation=operation,
        action=action,
        request=request,
        since=moment(since, now) if since else None,
        until=moment(until, now, whole_day=True) if until else None,
        limit=limit,
    )


def _print(rows: Iterable[Row], *, table: bool) -> None:
    """A table on a terminal; in a pipe, and where more may come, a line for each with tabs between."""
    from bot.ledger.story import line

    lines = [_cells(row, line(row)) for row in rows]
    if table and out.is_terminal:
        made = Table("row", "at (UTC)", "who", "request", "what", "detail", expand=False)
        for each in lines:
            made.add_row(*map(Text, each))
        if lines:
            out.print(made)
        return
    for each in lines:
        out.file.write("\t".join(each) + "\n")
    out.file.flush()


def _cells(row: Row, told: Line) -> list[str]:
    request = f"#{row.request}" if row.request is not None else "-"
    words = (told.who, request, told.what, told.detail[:WIDTH])
    return [str(row.seq), f"{told.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}", *map(printable, words)]
