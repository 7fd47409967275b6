"""`hscbot run …`: the same operations as in Slack, asked for at the terminal, carried out by the running bot.

It is judged, planned, approved and audited as any other; the bot picks it up, and this waits and tells how it goes on.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from bot.terminal import asking, following
from bot.terminal.screen import (
    DEFAULT_DATA,
    Data,
    PlainConfig,
    answer,
    circumstances,
    err,
    fail,
    out,
    printable,
    sitting,
    with_ledger,
)
from policies.case import Asking
from policies.problems import AskProblem, Problem
from policies.verdicts import Ask, Deny
from policies.words import Effect

if TYPE_CHECKING:
    from bot.ledger.store import Ledger
    from handlers.grammar import Asked

REFUSED = 2


class NoOperation(AskProblem):
    code = "no-operation"
    sentence = "I know no operation called {name}.{hint}"
    why = "An operation is a command and its verb with a dot between them, such as lpm.validate."
    remedy = "docs/operations.md lists them all; `hscbot run COMMAND help` lists a command's."


class NoBotRuns(Problem):
    code = "no-bot-runs"
    sentence = "No bot runs on {folder}, so nobody would carry it out."
    why = "The terminal asks, and the running bot alone sends anything to a machine. Nothing was asked."
    remedy = "Start it (`hscbot serve`, or its service), or give the folder of the one that runs with --data."


def run(
    operation: Annotated[str, typer.Argument(help="Such as lpm.validate; or a command and help.")],
    words: Annotated[list[str] | None, typer.Argument(help="What would be typed after it in Slack.")] = None,
    reason: Annotated[str, typer.Option(help="What for; kept with the request.")] = "",
    ticket: Annotated[str, typer.Option(help="The change or incident that it belongs to.")] = "",
    channel: Annotated[
        str, typer.Option(help="Where it is shown: C0123ABCD. Else [slack] channel; else by direct messages alone.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="The outcome as one object, for programs.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait for its end, and tell what happens.")] = True,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Ask for an operation and wait for its end.

    Exit 0: it succeeded; 1: it failed; 2: it was refused, or nobody let it run; 3: its outcome is unknown.
    """
    asked = _beside(_read(operation, words or []), reason, ticket)
    if _is_told_here(asked):
        answer(data, asked.operation, config)  # type: ignore[arg-type]  # it is one of hscbot's own
        return
    with_ledger(data, lambda ledger: _run(ledger, asked, channel, config, as_json=as_json, wait=wait), there=True)


def archive(
    host: Annotated[str | None, typer.Argument(help="The host; default: all.")] = None,
    reason: Annotated[str, typer.Option(help="What for; kept with the request.")] = "",
    wait: Annotated[bool, typer.Option(help="Wait for its end, and tell what happens.")] = True,
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Push snapshots to the archive now, by the running bot; as `hscbot run drift.archive`."""
    run("drift.archive", [host] if host is not None else [], reason=reason, wait=wait, ticket="", channel="",
        as_json=False, config=config, data=data)  # fmt: skip


def _beside(asked: Asked, reason: str, ticket: str) -> Asked:
    """With what the options say beside the operation."""
    given = {name: value for name, value in (("reason", reason), ("ticket", ticket)) if value}
    try:
        return replace(asked, asking=Asking.model_validate(asked.asking.model_dump(exclude_defaults=True) | given))
    except ValidationError:
        raise typer.BadParameter("a reason has at most 500 characters, a ticket 60") from None


def _read(name: str, words: list[str]) -> Asked:
    """By the grammar of the slash commands; every fault is said at once, and ends it."""
    from bot import app, cards
    from handlers import grammar

    command, _, verb = name.partition(".")
    if command not in app.CATALOG:
        fail(_unknown(name))
    text = " ".join([*([verb] if verb else []), *map(_word, words)])
    asked = grammar.read(app.CATALOG, command, text)
    if isinstance(asked, grammar.Asked):
        return asked
    if isinstance(asked, grammar.Help):
        chosen = [asked.verb] if asked.verb is not None else app.CATALOG[command]
        for each in chosen:
            out.print(f"hscbot run {each.name()} {each.example.partition(' ')[2]}", markup=False, highlight=False)
            out.print(f"    {cards.help_of(each)}", markup=False, highlight=False)
            if asked.verb is not None:
                for option, meaning in grammar.options_of(each).items():
                    out.print(f"    {option}  {meaning}", markup=False, highlight=False)
        raise typer.Exit(0)
    for problem in asked.missing if isinstance(asked, grammar.Incomplete) else asked:
        told = f"{problem.said}\n{problem.because}\n→ {problem.next_step}"
        err.print("\n".join(map(printable, told.splitlines())), markup=False, highlight=False)
    raise typer.Exit(REFUSED)


def _unknown(name: str) -> NoOperation:
    from difflib import get_close_matches

    from bot import app

    close = get_close_matches(name, app.OPERATIONS, n=1)
    return NoOperation(name=name, hint=f" Did you mean {close[0]}?" if close else "")


def _word(word: str) -> str:
    """As it has to be typed: what the shell took as one word stays one."""
    key, equals, value = word.partition("=")
    if equals and " " in value and '"' not in word:
        return f'{key}="{value}"'
    return f'"{word}"' if " " in word and '"' not in word else word


def _is_told_here(asked: Asked) -> bool:
    """What hscbot tells of itself needs no running bot."""
    from handlers.own import Own

    return isinstance(asked.operation, Own) and asked.operation.effect is Effect.READS


def _run(ledger: Ledger, asked: Asked, channel: str, config: Path | None, *, as_json: bool, wait: bool) -> None:
    if not following.is_served(ledger.folder):
        fail(NoBotRuns(folder=ledger.folder))
    where = channel or _channel(config)
    accepted = asking.ask(ledger, circumstances(config), asked.operation, sitting(), asked.asking, where)
    if isinstance(accepted, Deny):
        err.print(f"{accepted.said}\n{accepted.because}\n→ {accepted.next_step}", markup=False, highlight=False)
        err.print(f"You are {sitting()} here.", markup=False, highlight=False)
        raise typer.Exit(REFUSED)
    number = accepted.request.id
    err.print(f"Asked as #{number}, by {accepted.request.requester}.", markup=False, highlight=False)
    if isinstance(accepted.request.verdict, Ask):
        people = ", ".join(map(str, accepted.people)) or "nobody"
        told = f"It needs {accepted.request.verdict.said}. In Slack it may be approved by: {people}"
        err.print(told, markup=False, highlight=False)
    if wait:
        raise typer.Exit(following.to_the_end(ledger, number, as_json=as_json))
    out.print(f"How it stands: hscbot requests show {number}")


def _channel(config: Path | None) -> str:
    from bot import settings

    return settings.read_plain(config).channel if config is not None else ""
