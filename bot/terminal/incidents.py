"""`hscbot incidents …`: what is wrong, what was, and what somebody here makes of it, judged as in Slack."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from pydantic import ValidationError

from bot.terminal import asking
from bot.terminal.screen import (
    DEFAULT_DATA,
    As,
    Data,
    Fields,
    Filter,
    PlainConfig,
    Sort,
    answer,
    circumstances,
    fail,
    sitting,
    tell,
    with_ledger,
)
from handlers.incidents import Ack, Change, Close, Listing, Show, Silence, Unsilence
from policies.case import Asking
from policies.problems import Problem
from policies.verdicts import Allow, Deny

cli = typer.Typer(help="What is wrong with the machines, and who has it. Alone it lists what is open.")
Which = Annotated[str, typer.Argument(metavar="NUMBER", help="With or without its i.")]
Reason = Annotated[str, typer.Option(help="Why; whoever sees the incident reads it.")]


@cli.callback(invoke_without_command=True)
def bare(context: typer.Context, data: Data = DEFAULT_DATA) -> None:
    if context.invoked_subcommand is None:
        listing(data=data)


@cli.command("list")
def listing(
    state: Annotated[str | None, typer.Option(help="held, open, taken, closed or passed.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is over, the newest first.")] = False,
    kind: Annotated[str | None, typer.Option(help="Only what this command watches, such as sea.")] = None,
    place: Annotated[str | None, typer.Option(help="An HMC, managed system or partition.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="At most so many.")] = 20,
    filter_: Filter = None,
    fields: Fields = None,
    sort: Sort = None,
    as_: As = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """What is wrong now, the worst first."""
    answer(data, Listing.model_validate, state=state, all=everything, kind=kind, place=place, limit=limit,
           filter=filter_, fields=fields, sort=sort, as_=as_)  # fmt: skip


@cli.command()
def show(number: Which, data: Data = DEFAULT_DATA) -> None:
    """One incident's whole story, with its evidence."""
    answer(data, Show.model_validate, number=number)


@cli.command()
def ack(number: Which, reason: Reason = "", config: PlainConfig = None, data: Data = DEFAULT_DATA) -> None:
    """Say that you have it, so that nobody else is called."""
    _do(data, config, Ack, reason, number=number)


@cli.command()
def silence(
    number: Which,
    until: Annotated[str, typer.Argument(help="For how long, such as 4h or 2d; or until when.")],
    reason: Reason = "",
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Hear nothing of it for a time, but of what can't wait. It needs a reason."""
    _do(data, config, Silence, reason, number=number, until=until)


@cli.command()
def unsilence(number: Which, reason: Reason = "", config: PlainConfig = None, data: Data = DEFAULT_DATA) -> None:
    """End a silence before its time."""
    _do(data, config, Unsilence, reason, number=number)


@cli.command()
def close(number: Which, reason: Reason = "", config: PlainConfig = None, data: Data = DEFAULT_DATA) -> None:
    """Close an incident of what nobody watches any more. It needs a reason."""
    _do(data, config, Close, reason, number=number)


def _do(data: Any, config: Any, make: type[Change], reason: str, **given: Any) -> None:
    """At once where the policy lets it; else it is asked for."""
    try:
        operation, beside = make.model_validate(given), Asking(reason=reason)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
        raise typer.BadParameter(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    with_ledger(data, lambda ledger: _judged(ledger, circumstances(config), operation, beside), there=True)


def _judged(ledger: Any, here: Any, operation: Change, beside: Asking) -> None:
    from bot.ledger import policies
    from bot.ledger.tx import Tx
    from bot.own import incidents
    from bot.own.answer import Answer

    def change(tx: Tx) -> Answer | None:
        tx.check_clock()
        verdict = policies.judged(tx.db, tx.now(), here.case(operation, sitting(), beside))
        if not isinstance(verdict, Allow) or verdict.starts is not None:
            return None
        return incidents.changed(tx, operation, sitting(), beside.reason)

    try:
        done: Answer | None = ledger.write_now(change)
    except Problem as problem:
        fail(problem)
    if done is not None:
        tell(done)
        return
    accepted = asking.ask(ledger, here, operation, sitting(), beside, "")
    if isinstance(accepted, Deny):
        asking.tell_denied(accepted)
    asking.tell_next(accepted, "")
