"""What all commands share: where they print, how a problem ends them, and the data folder they work on."""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from pydantic import ValidationError
from rich.console import Console as Terminal

from handlers.own import Own
from policies.problems import Problem
from policies.words import TERMINAL, Person

if TYPE_CHECKING:
    from bot.circumstances import Circumstances
    from bot.ledger.store import Ledger
    from bot.own.answer import Answer, World
    from handlers.table import SheetForm, Table

T = TypeVar("T")

out = Terminal()
err = Terminal(stderr=True)

DEFAULT_DATA = Path("data")
PlainConfig = Annotated[
    Path | None,
    typer.Option(
        "--config",
        envvar="HSCBOT_CONFIG",
        help="hscbot.toml, for its tags, its channel and what drift ignores; secrets aren't read.",
    ),
]
Data = Annotated[
    Path, typer.Option("--data", envvar="HSCBOT_DATA", help="The folder of hscbot.db, audit key and anchor.")
]

Filter = Annotated[
    str | None, typer.Option("--filter", help="Only rows of which this holds: field=value, field~part, field>1.")
]
Fields = Annotated[str | None, typer.Option(help="Only these fields, in this order: a,b.")]
Sort = Annotated[str | None, typer.Option(help="By this field; with a - before it downwards.")]
As = Annotated[str | None, typer.Option("--as", help="csv or json: the table alone, on standard output.")]


def with_ledger(data: Path, use: Callable[[Ledger], T], *, there: bool = False) -> T:
    """Use a data folder, brought up to date, and made unless it must be `there`; a problem is said, not traced."""
    from bot import app
    from bot.ledger.problems import LedgerMissing

    try:
        if there and not (data / "hscbot.db").exists():
            raise LedgerMissing(folder=data)
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


def sitting() -> Person:
    """Who sits at the terminal, as the system itself tells: what an environment says, anybody can have it say."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        name = f"uid{os.getuid()}"
    return Person(workspace=TERMINAL, member=name)


def answer(data: Path, asked: Own | Callable[[dict[str, Any]], Own], config: Path | None = None, **given: Any) -> None:
    """What hscbot tells in Slack, told here. `asked`: an operation, or how one is made of what was given."""
    tell(answered(data, asked, config, **given))


def answered(
    data: Path, asked: Own | Callable[[dict[str, Any]], Own], config: Path | None = None, **given: Any
) -> Answer:
    """The same, not told yet."""
    from bot.own.answer import Asker
    from bot.own.itself import told

    try:
        operation = asked if isinstance(asked, Own) else asked(given)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        raise typer.BadParameter(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None

    def use(ledger: Ledger) -> Answer:
        here, now = world(ledger, config), ledger.now()
        return ledger.read_now(lambda db: told(Asker(world=here, db=db, now=now, person=sitting()), operation))

    # Before the first policy is loaded there may be no folder, and everything is denied.
    return with_ledger(data, use, there=operation.command != "policy")


def world(ledger: Ledger, config: Path | None) -> World:
    """What answers are made from; without a configuration nobody knows the tags, so they aren't looked at."""
    from bot import app, settings

    ignore = settings.read_plain(config).ignore if config is not None else ()
    return app.world(
        ledger.folder,
        circumstances(config),
        tags_known=config is not None,
        ignored=tuple(each.name for each in ignore),
    )


def circumstances(config: Path | None) -> Circumstances:
    from bot import settings
    from bot.circumstances import Circumstances

    return Circumstances(settings.read_plain(config).tags if config is not None else {})


def tell(answer: Answer) -> None:
    """Print it, with nothing in it that a terminal would act on; one that isn't good ends with its exit status."""
    from bot import tables

    report = answer.report
    if report is not None and report.table is not None and report.as_file is not None:
        tell_sheet(report.table, report.as_file, tables.beside(report, report.headline))
        return
    for line in answer.text.splitlines():
        out.file.write(printable(line) + "\n")
    out.file.flush()
    if answer.status:
        raise typer.Exit(answer.status)


def tell_sheet(table: Table, form: SheetForm, beside: Sequence[str]) -> None:
    """The table alone on standard output, for programs; what it doesn't tell on standard error."""
    from bot import tables

    for lines, terminal in ((tables.sheet(table, form).splitlines(), out), (beside, err)):
        for line in lines:
            terminal.file.write(printable(line) + "\n")
        terminal.file.flush()


def refuse(work: Callable[[], T]) -> T:
    """Do it; a problem is said, not traced."""
    try:
        return work()
    except Problem as problem:
        fail(problem)


def text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        err.print(f"I can't read {file}: {fault}", markup=False)
        raise typer.Exit(2) from fault


def printable(text: str) -> str:
    """On one line, with nothing in it that a terminal would act on."""
    return "".join(ch if ch.isprintable() else f"\\u{ord(ch):04x}" for ch in text)
