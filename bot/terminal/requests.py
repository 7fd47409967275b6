"""`hscbot requests …`: what was asked for, and what became of it."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.terminal.screen import DEFAULT_DATA, As, Data, Fields, Filter, Sort, answer

cli = typer.Typer(help="What was asked for, and what became of it. Alone it lists the newest.")


@cli.callback(invoke_without_command=True)
def bare(context: typer.Context, data: Data = DEFAULT_DATA) -> None:
    if context.invoked_subcommand is None:
        listing(data=data)


@cli.command("list")
def listing(
    state: Annotated[str | None, typer.Option(help="Such as waiting, running, failed.")] = None,
    who: Annotated[str | None, typer.Option(help="Who asked: T0123ABCD:U0456EFGH or terminal:LOGIN.")] = None,
    mine: Annotated[bool, typer.Option("--mine", help="Only what you asked for at the terminal.")] = False,
    target: Annotated[str | None, typer.Option(help="A partition or managed system.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many, the newest.")] = 20,
    filter_: Filter = None,
    fields: Fields = None,
    sort: Sort = None,
    as_: As = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Requests, the newest first."""
    from handlers.requests import Listing

    answer(data, Listing.model_validate, state=state, who=who, mine=mine, target=target, limit=limit,
           filter=filter_, fields=fields, sort=sort, as_=as_)  # fmt: skip


@cli.command()
def show(number: Annotated[int, typer.Argument(min=1)], data: Data = DEFAULT_DATA) -> None:
    """One request's whole story: what was asked, judged, approved, sent and answered."""
    from handlers.requests import Show

    answer(data, Show(number=number))
