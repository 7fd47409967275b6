"""`hscbot sea …`: what the watch knows of pairs of SEAs, from the ledger alone."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.terminal.screen import DEFAULT_DATA, As, Data, Fields, Filter, Sort, answer

cli = typer.Typer(
    no_args_is_help=True,
    help="How pairs of SEAs stand, and what they went through, as watched. What asks machines is asked for: "
    "`hscbot run sea.check p72`, `hscbot run sea.show p72vio1 p72`.",
)
System = Annotated[str | None, typer.Argument(help="The managed system; default: all.")]


@cli.command()
def status(
    system: System = None,
    filter_: Filter = None,
    fields: Fields = None,
    sort: Sort = None,
    as_: As = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Every pair as it was last looked at, the worst first, with the age of each look."""
    from handlers.sea.watching import Status

    answer(data, Status.model_validate, system=system, filter=filter_, fields=fields, sort=sort, as_=as_)


@cli.command()
def history(
    vios: Annotated[str, typer.Argument(help="One of the two VIOS.")],
    system: Annotated[str, typer.Argument(help="The managed system that it is on.")],
    sea: Annotated[str | None, typer.Option(help="Its SEA, such as ent4; default: all of its pairs.")] = None,
    since: Annotated[str, typer.Option(help="From then on: 2026-03-01, or 12h, 3d for ago.")] = "7d",
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many lines, the newest.")] = 60,
    data: Data = DEFAULT_DATA,
) -> None:
    """What a VIOS's pairs went through: states, what was wrong and for how long, what their logs say."""
    from handlers.sea.watching import History

    answer(data, History.model_validate, vios=vios, system=system, sea=sea, since=since, limit=limit)
