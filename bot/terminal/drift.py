"""`hscbot drift …`: how hosts stand to their baselines, from the ledger alone."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.terminal.screen import DEFAULT_DATA, Data, answer

cli = typer.Typer(no_args_is_help=True, help="How hosts are set, against how they should be, as watched.")
Host = Annotated[str, typer.Argument(help="The host.")]


@cli.command()
def status(
    host: Annotated[str | None, typer.Argument(help="The host; default: all.")] = None, data: Data = DEFAULT_DATA
) -> None:
    """Every host, the worst first, with its baseline and when it was looked at."""
    from handlers.drift.operations import Status

    answer(data, Status.model_validate, host=host)


@cli.command()
def diff(
    host: Host,
    setting: Annotated[str | None, typer.Argument(help="Only those of this name or pattern, such as no/*.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Every difference of a host from its baseline, what the setting does, and the way back."""
    from handlers.drift.operations import Diff

    answer(data, Diff.model_validate, host=host, setting=setting)


@cli.command()
def history(
    host: Host,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many lines, the newest.")] = 60,
    data: Data = DEFAULT_DATA,
) -> None:
    """Baselines with who and why, what changed when, and what was accepted."""
    from handlers.drift.operations import History

    answer(data, History.model_validate, host=host, limit=limit)


@cli.command()
def compare(
    host: Host, other: Annotated[str, typer.Argument(help="The other host.")], data: Data = DEFAULT_DATA
) -> None:
    """Two hosts that should be alike, by what each was last read to be."""
    from handlers.drift.operations import Compare

    answer(data, Compare.model_validate, host=host, other=other)
