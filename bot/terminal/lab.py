"""`hscbot lab …`: make things go wrong in a running demo, and record what real machines say."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from bot.terminal.screen import DEFAULT_DATA, Data, fail, out, with_ledger
from policies.problems import Problem

cli = typer.Typer(no_args_is_help=True, help="The lab: what goes wrong in it, and recordings of real machines.")

T = TypeVar("T")
Url = Annotated[str, typer.Option(help="The page of a running demo, on this machine.")]
Name = Annotated[str, typer.Argument(help="As `hscbot lab faults` lists it.")]
Target = Annotated[str, typer.Argument(help="A partition (or FRAME/PARTITION), a managed system, or an HMC.")]
Config = Annotated[Path, typer.Option("--config", envvar="HSCBOT_CONFIG", help="hscbot.toml.")]
HERE = "http://127.0.0.1:8010"


@cli.command()
def faults() -> None:
    """List what can be made to go wrong, what it befalls, and how it is healed."""
    from bot.lab.fleet.archive import FAULTS
    from bot.lab.fleet.troubles import TROUBLES

    for group, found in groupby(TROUBLES.items(), key=lambda item: item[1].group):
        out.print(f"[bold]{group}[/]")
        for name, trouble in found:
            _say(f"  {name:<18}{trouble.kind}: {trouble.sentence}")
            _say(f"  {'':<18}healed: {trouble.heals}")
    out.print("[bold]Archive[/]")
    for name, (does, heals) in FAULTS.items():
        _say(f"  {name:<18}archive: {does}")
        _say(f"  {'':<18}healed: {heals}")


@cli.command("break")
def break_(name: Name, target: Target, url: Url = HERE) -> None:
    """Let something go wrong in a running demo."""
    from bot.lab import remote

    _ran(remote.switch(url, name, target, on=True))
    _say(f"{name} has befallen {target}. To heal it: hscbot lab heal {name} {target}")


@cli.command()
def heal(name: Name, target: Target, url: Url = HERE) -> None:
    """Put it right again."""
    from bot.lab import remote

    _ran(remote.switch(url, name, target, on=False))
    _say(f"{name} is healed on {target}.")


@cli.command()
def show(url: Url = HERE) -> None:
    """How a running demo's fleet is, and what is broken in it."""
    from bot.lab import remote

    fleet = _ran(remote.shown(url))
    for system in fleet["systems"]:
        _say(f"{system['name']}  {system['state']}")
        for partition in system["partitions"]:
            _say(f"  {partition['name']:<14}{partition['state']}")
    broken = remote.on_now(fleet)
    _say("Broken:" if broken else "Nothing is broken.")
    for name, target in broken:
        _say(f"  {name}  {target}")


@cli.command()
def record(
    host: Annotated[str, typer.Argument(help="A host of hscbot.toml.")],
    command: Annotated[str, typer.Argument(help="One command that reads, in quotes.")],
    to: Annotated[Path, typer.Option("--out", help="Such as tests/recorded/lshwres/mine: .raw and .json are added.")],
    config: Annotated[Path, typer.Option("--config", envvar="HSCBOT_CONFIG", help="hscbot.toml.")] = Path(
        "hscbot.toml"
    ),
    name: Annotated[list[str] | None, typer.Option(help="A name that must not stay; as often as you like.")] = None,
    data: Data = DEFAULT_DATA,
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
) -> None:
    """Record a real machine's answer without what tells whose it is: names, addresses, serial numbers, WWPNs, MACs."""
    from bot import settings
    from bot.lab import record as recording
    from bot.ledger.hosts import LoginStops
    from policies.problems import HostUnknown

    try:
        hosts = settings.read(config).reachable
        if host not in hosts:
            raise HostUnknown(host=host)
        taken = with_ledger(
            data,
            lambda ledger: asyncio.run(
                recording.taken(hosts[host], command, stops=LoginStops(ledger), names=[*(name or ()), *hosts])
            ),
        )
        for line in taken.diff:
            _say(line)
        _say(f"{len(taken.replaced)} things have a stand-in. Look for what is left of you, and name it with --name.")
        if not yes and not typer.confirm("Write it?"):
            raise typer.Exit(1)
        for path in recording.written(taken, to):
            _say(f"written: {path}")
    except Problem as problem:
        fail(problem)


def _ran(work: Coroutine[Any, Any, T]) -> T:
    try:
        return asyncio.run(work)
    except Problem as problem:
        fail(problem)


def _say(text: str) -> None:
    """What machines say is printed, never acted on."""
    out.print("".join(ch if ch.isprintable() else "�" for ch in text), markup=False, highlight=False, soft_wrap=True)
