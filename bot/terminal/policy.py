"""`hscbot policy …`: check, load, show, compare and explain policies."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from bot.terminal import asking
from bot.terminal.screen import (
    DEFAULT_DATA,
    Data,
    PlainConfig,
    answer,
    circumstances,
    out,
    refuse,
    sitting,
    tell,
    text_of,
    with_ledger,
    world,
)
from policies.case import Asking
from policies.verdicts import Deny

if TYPE_CHECKING:
    from bot.ledger.store import Ledger
    from bot.ledger.tx import Tx
    from bot.own.answer import Answer, World
    from policies.rules import Policy

cli = typer.Typer(no_args_is_help=True, help="Who may ask for what, and who has to agree.")

Which = Annotated[int | None, typer.Option("--version", min=1, help="An earlier version; else the one in force.")]
Edition = Annotated[str | None, typer.Argument(help="A version, or the beginning of a policy's fingerprint.")]


@cli.command()
def check(file: Path, config: PlainConfig = None, data: Data = DEFAULT_DATA) -> None:
    """Everything that is wrong with a policy, with its line and how to mend it. Exit 0, or 1 with faults."""
    source = text_of(file)
    tell(refuse(lambda: _checked(data, source, config)))


@cli.command()
def load(
    file: Path,
    channel: Annotated[
        str, typer.Option(help="Where it is asked: C0123ABCD. Else [slack] channel; else by direct messages alone.")
    ] = "",
    reason: Annotated[str, typer.Option(help="What for; kept with the request.")] = "",
    ticket: Annotated[str, typer.Option(help="The change or incident that it belongs to.")] = "",
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Put the first policy in force; for another one, ask those who have to agree. Exit 0; 1 with faults; 2 refused."""
    source = text_of(file)
    try:
        beside = Asking(reason=reason, ticket=ticket)
    except ValidationError:
        raise typer.BadParameter("a reason has at most 500 characters, a ticket 60") from None
    with_ledger(data, lambda ledger: _load(ledger, source, beside, channel, config))


@cli.command()
def show(version: Which = None, data: Data = DEFAULT_DATA) -> None:
    """Roles and rules in words. Exit 0, or 1 where none is loaded."""
    from handlers.policy import Show

    answer(data, Show(version=version))


@cli.command()
def history(data: Data = DEFAULT_DATA) -> None:
    """Every version: when it was loaded, by whom, and its fingerprint. Exit 0, or 1 where none is loaded."""
    from handlers.policy import History

    answer(data, History())


@cli.command()
def diff(old: Edition = None, new: Edition = None, data: Data = DEFAULT_DATA) -> None:
    """What differs between two policies, in words and line by line; without names, between the last two."""
    from handlers.policy import Diff

    answer(data, Diff.model_validate, old=old, new=new)


@cli.command()
def explain(
    operation: Annotated[str, typer.Argument(help="Such as lpm.migrate.")],
    words: Annotated[list[str] | None, typer.Argument(help="What would be typed after it.")] = None,
    as_whom: Annotated[str, typer.Option("--as", help="T0123ABCD:U0456EFGH or terminal:LOGIN; else you.")] = "",
    config: PlainConfig = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """What would happen if somebody asked: the verdict, every rule in its order, who could approve right now."""
    from handlers.policy import Explain

    given = [*(f'"{word}"' if " " in word else word for word in words or ()), *(["as", as_whom] if as_whom else [])]
    answer(data, Explain.model_validate, config=config, operation=operation, words=" ".join(given) or None)


@cli.command()
def export(
    version: Which = None,
    to: Annotated[Path | None, typer.Option("--out", help="A new file; default: standard output.")] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """A policy, byte for byte as it was loaded."""
    from bot.ledger import policies
    from bot.sheets import opened

    source = with_ledger(data, lambda ledger: ledger.read_now(lambda db: policies.version(db, version))).source
    if to is None:
        sys.stdout.buffer.write(source.encode())
        sys.stdout.flush()
        return

    def write() -> None:
        with opened(to) as file:
            file.write(source)

    refuse(write)


# ── loading ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _checked(data: Path, source: str, config: Path | None) -> Answer:
    """By the ledger where there is one; nothing is made or changed for it."""
    from bot import app
    from bot.ledger import policies, store
    from bot.own.policy import checked
    from policies.case import Moment

    words = app.world(data, circumstances(config), tags_known=config is not None).vocabulary
    if not (data / "hscbot.db").exists():
        return checked(source, words, Moment(now=app.utc_now()), None)
    with store.reading(data) as db:
        return checked(source, words, policies.moment(db, app.utc_now()), policies.current(db))


def _load(ledger: Ledger, source: str, beside: Asking, channel: str, config: Path | None) -> None:
    from bot.ledger import policies

    now = ledger.read_now(policies.history)
    if now and now[0].source == source:
        out.print(f"policy version {now[0].version} is in force, and the same to the letter: nothing was done")
        return
    checked = _checked(ledger.folder, source, config)
    if checked.status:
        tell(checked)
    direct = ledger.write_now(lambda tx: _directly(tx, source, world(ledger, config)))
    if direct is not None:
        out.print(f"policy version {direct.version} is in force: {len(direct.roles)} roles, {len(direct.rules)} rules")
        return
    tell(checked)
    _ask(ledger, source, beside, channel, config)


def _directly(tx: Tx, source: str, here: World) -> Policy | None:
    """The first policy, and one in the place of a policy behind which nobody could ever load another; else None."""
    from bot.ledger import policies
    from policies.faults import nobody_may_load

    now = policies.current(tx.db)
    if now is not None and not nobody_may_load(now, here.vocabulary):
        return None
    why = "the first" if now is None else f"by version {now.version} nobody could ever ask for another"
    return policies.load(tx, source, by=str(sitting()), vocabulary=here.vocabulary, directly=why)


def _ask(ledger: Ledger, source: str, beside: Asking, channel: str, config: Path | None) -> None:
    from bot import settings
    from bot.ledger import policies
    from handlers.policy import Load

    where = channel or (settings.read_plain(config).channel if config is not None else "")
    sha256 = ledger.write_now(lambda tx: policies.propose(tx, source, by=str(sitting())))
    accepted = asking.ask(ledger, circumstances(config), Load(sha256=sha256), sitting(), beside, where)
    if isinstance(accepted, Deny):
        asking.tell_denied(accepted)
    asking.tell_next(accepted, where)
