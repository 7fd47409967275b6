"""`hscbot drift …`: how hosts stand to their baselines, from the ledger; what changes is asked of the running bot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from bot import sheets
from bot.terminal import running
from bot.terminal.screen import DEFAULT_DATA, Data, PlainConfig, answer, answered, fail, tell
from handlers.grammar import Asked
from handlers.operation import Operation
from policies.case import Asking
from policies.problems import Problem

cli = typer.Typer(no_args_is_help=True, help="How hosts are set, against how they should be, as watched.")
Host = Annotated[str, typer.Argument(help="The host, or a group that should be alike.")]
Setting = Annotated[str, typer.Argument(help="As `hscbot drift diff` names it, or a pattern of such.")]
Reason = Annotated[str, typer.Option(help="Why; whoever reads the baseline in a year wants to know.")]


@cli.command()
def status(
    host: Annotated[str | None, typer.Argument(help="The host, or a group that should be alike; default: all.")] = None,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Every host, the worst first, with its baseline and when it was looked at."""
    from handlers.drift.operations import Status

    answer(data, Status.model_validate, config, host=host)


@cli.command()
def diff(
    host: Host,
    setting: Annotated[str | None, typer.Argument(help="Only those of this name or pattern, such as no/*.")] = None,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Every difference of a host from its baseline, what the setting does, and the way back."""
    from handlers.drift.operations import Diff

    answer(data, Diff.model_validate, config, host=host, setting=setting)


@cli.command()
def explain(
    host: Host,
    setting: Annotated[str | None, typer.Argument(help="It, or a pattern; default: all that differ.")] = None,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """What a setting does, its default, whether it is restricted, and when a change of it takes hold."""
    from handlers.drift.operations import Explain

    answer(data, Explain.model_validate, config, host=host, setting=setting)


@cli.command()
def history(
    host: Host,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many lines, the newest.")] = 60,
    since: Annotated[str | None, typer.Option(help="From then on: 2026-03-01, or 12h, 30d for ago.")] = None,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Baselines with who and why, what changed when, what was accepted, and how much differed over time."""
    from handlers.drift.operations import History

    answer(data, History.model_validate, config, host=host, limit=limit, since=since)


@cli.command()
def report(
    host: Annotated[str | None, typer.Argument(help="Only hosts of this name or pattern.")] = None,
    form: Annotated[str, typer.Option("--as", help="html: a page; csv: a sheet.")] = "html",
    to: Annotated[Path | None, typer.Option("--out", help="A new file; default: standard output.")] = None,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """All hosts in one file: baselines, what differs, who accepted what until when, what can't be read, and why."""
    from handlers.drift.operations import ReportFleet

    told = answered(data, ReportFleet.model_validate, config, host=host, as_=form)
    if told.status:
        tell(told)
    try:
        with sheets.opened(to) as file:
            file.write(told.text)
    except Problem as problem:
        fail(problem)


@cli.command()
def compare(
    host: Annotated[str, typer.Argument(help="The one host.")],
    other: Annotated[str, typer.Argument(help="The other host.")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Two hosts that should be alike, by what each was last read to be."""
    from handlers.drift.operations import Compare

    answer(data, Compare.model_validate, host=host, other=other)


# ── what changes something ────────────────────────────────────────────────────────────────────────────────────────


@cli.command()
def accept(
    host: Host,
    setting: Setting,
    reason: Reason = "",
    until: Annotated[str | None, typer.Option(help="Only for so long, such as 7d, or until then.")] = None,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Say that a difference is right, for good or for a while. It needs a reason."""
    from handlers.drift.operations import Accept

    _ask(Accept, data, config, reason, host=host, setting=setting, until=until)


@cli.command()
def ignore(
    host: Host,
    setting: Setting,
    until: Annotated[str, typer.Argument(help="For how long, such as 30d, or until when.")],
    reason: Reason = "",
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Hear nothing of a setting until then, whatever it is set to. It needs a reason."""
    from handlers.drift.operations import Ignore

    _ask(Ignore, data, config, reason, host=host, setting=setting, until=until)


@cli.command()
def baseline(
    host: Host,
    take: Annotated[str, typer.Argument(help="now: as it was last read; proposed: as it was first seen.")] = "now",
    reason: Reason = "",
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Say that all of how a host stands is right. It needs a reason."""
    from handlers.drift.operations import Baseline

    _ask(Baseline, data, config, reason, host=host, take=take)


@cli.command()
def revert(
    host: Host, setting: Setting, reason: Reason = "", config: PlainConfig = None, data: Data = DEFAULT_DATA
) -> None:
    """Set one setting back to what its baseline says, and read whether it is."""
    from handlers.drift.reverting import Revert

    _ask(Revert, data, config, reason, host=host, setting=setting)


def _ask(operation: type[Operation], data: Path, config: Path | None, reason: str, **given: Any) -> None:
    """Judged, agreed to and carried out as from Slack; waits for its end."""
    try:
        asked = Asked(operation.model_validate(given), Asking(reason=reason))
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        raise typer.BadParameter(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    running.carried_out(asked, data, config)
