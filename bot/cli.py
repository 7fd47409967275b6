"""The command line."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import structlog
import typer
from rich.console import Console as Terminal

from bot.terminal import lab
from policies.problems import Problem
from policies.rules import Policy, parse_policy

if TYPE_CHECKING:
    from bot.ledger.store import Ledger

# The rooms that a command needs are imported by that command: `hscbot explain` in a pipe waits for neither Slack's
# library nor SSH.

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="A Slack bot for IBM Power administrators.")
audit_cli = typer.Typer(no_args_is_help=True, help="The audit log.")
policy_cli = typer.Typer(no_args_is_help=True, help="Who may ask for what, and who has to agree.")
cli.add_typer(audit_cli, name="audit")
cli.add_typer(policy_cli, name="policy")
cli.add_typer(lab.cli, name="lab")

out = Terminal()
err = Terminal(stderr=True)

T = TypeVar("T")
DEFAULT_DATA = Path("data")
STOP_WITHIN = 10.0  # seconds, after which a stop is not orderly any more
Data = Annotated[
    Path, typer.Option("--data", envvar="HSCBOT_DATA", help="The folder of hscbot.db, audit key and anchor.")
]
Config = Annotated[Path, typer.Option("--config", envvar="HSCBOT_CONFIG", help="hscbot.toml.")]


@cli.command()
def demo(
    port: Annotated[int, typer.Option(help="Port of the workspace's page.")] = 8010,
    host: Annotated[
        str, typer.Option(help="Address of the workspace's page; loopback unless --allow-remote.")
    ] = "127.0.0.1",
    allow_remote: Annotated[
        bool, typer.Option("--allow-remote", help="Let --host be one that other machines reach. Dangerous.")
    ] = False,
    data: Annotated[
        Path | None, typer.Option("--data", envvar="HSCBOT_DATA", help="Default: a new private folder.")
    ] = None,
    migration_seconds: Annotated[float, typer.Option(help="How long a migration takes in the lab.")] = 30.0,
) -> None:
    """Start the bot on the embedded lab: a local Slack workspace and a small fleet, both on loopback."""
    from bot.lab.demo import play

    _log_to_stderr(quiet=True)
    with tempfile.TemporaryDirectory(prefix="hscbot-demo-") as private:
        folder = data or Path(private)
        _run(
            lambda stop: play(
                folder,
                port=port,
                host=host,
                remote=allow_remote,
                migration_seconds=migration_seconds,
                stop=stop,
                say=out.print,
            )
        )


@cli.command()
def tour() -> None:
    """Play the main job in the terminal, as a person would see it in the channel."""
    from bot.lab.tour import play

    _log_to_stderr(quiet=True)
    with tempfile.TemporaryDirectory(prefix="hscbot-tour-") as private:
        _run(lambda _: play(Path(private), out), stoppable=False)


@cli.command()
def serve(config: Config = Path("hscbot.toml"), data: Data = DEFAULT_DATA) -> None:
    """Run the bot on a real Slack and real HMCs."""
    _log_to_stderr()
    _run(lambda stop: _serve(config, data, stop))


@cli.command()
def check(
    hosts: Annotated[list[str] | None, typer.Argument(help="Only these hosts; default: all.")] = None,
    config: Config = Path("hscbot.toml"),
    data: Data = DEFAULT_DATA,
) -> None:
    """Try tokens, scopes, host keys, logins and roles once, and say what to mend."""
    from bot import check as checks
    from bot import settings

    _log_to_stderr(quiet=True)
    _run(lambda _: checks.run(settings.read(config), data, hosts or [], out), stoppable=False)


@cli.command()
def explain(
    file: Annotated[Path | None, typer.Argument(help="A saved answer; default: standard input.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects, for programs.")] = False,
) -> None:
    """Explain every code in a saved answer. Exit 0; 1 with errors among the findings; 2 on bad usage."""
    from bot.explained import explain_file

    raise typer.Exit(explain_file(file, as_json=as_json, out=sys.stdout, err=sys.stderr))


@audit_cli.command()
def verify(data: Data = DEFAULT_DATA) -> None:
    """Check every audit row against the chain, the key and the anchor. Exit 0, or 1 and the first row that fails."""
    from bot.ledger import store

    try:
        checked = store.verify(data)
    except Problem as problem:
        _fail(problem)
    if checked.row is None:
        out.print(f"[green]ok[/]: {checked.rows} audit rows, all as they were written")
        return
    err.print(f"[red]row {checked.row} fails[/]: ", end="")
    err.print(f"{checked.fault}; the {checked.rows} row(s) before hold", markup=False)
    raise typer.Exit(1)


@policy_cli.command("load")
def policy_load(file: Path, data: Data = DEFAULT_DATA) -> None:
    """Put a policy in force. Every version is kept."""
    from bot.ledger import policies as policy_rows

    policy = _with_ledger(
        data, lambda ledger: ledger.write_now(lambda tx: policy_rows.load(tx, _text(file), by=_login()))
    )
    out.print(f"policy version {policy.version} is in force: {len(policy.roles)} roles, {len(policy.rules)} rules")


@policy_cli.command("check")
def policy_check(file: Path) -> None:
    """Read a policy without loading it."""
    try:
        policy = parse_policy(_text(file))
    except Problem as problem:
        _fail(problem)
    out.print(f"it can be loaded: {len(policy.roles)} roles, {len(policy.rules)} rules")


@policy_cli.command("show")
def policy_show(data: Data = DEFAULT_DATA) -> None:
    """The policy in force."""
    from bot.ledger import policies as policy_rows

    policy = _with_ledger(data, lambda ledger: ledger.read_now(policy_rows.current))
    if policy is None:
        out.print("no policy is loaded: everything is denied. Load one: hscbot policy load deploy/policy.seed.toml")
        raise typer.Exit(1)
    _print_policy(policy)


def main() -> None:
    cli()


def _print_policy(policy: Policy) -> None:
    out.print(f"policy version {policy.version}")
    for role, people in policy.roles.items():
        out.print(f"  role {role}: {', '.join(map(str, people)) or '(nobody)'}", markup=False)
    for rule in policy.rules:
        needs = f" {rule.approvals} of {', '.join(rule.approvers)}" if rule.approvals else ""
        line = f"  {rule.verdict}{needs}: {', '.join(rule.operations)} for {', '.join(rule.who)}  ({rule.name})"
        out.print(line, markup=False)


async def _serve(config: Path, data: Path, stop: asyncio.Event) -> int:
    from bot import app, settings

    read = settings.read(config)
    ledger = app.data_ledger(data).open(alone=True)
    try:
        async with app.running(read, ledger):
            out.print("hscbot is connected. Ctrl-C stops it.")
            await stop.wait()
    finally:
        ledger.close()
    return 0


def _run(work: Callable[[asyncio.Event], Coroutine[Any, Any, int]], *, stoppable: bool = True) -> None:
    """Run to the end. The first Ctrl-C or TERM asks to stop where that is heeded; otherwise, or the second, it ends it.

    A problem is said, not traced.
    """

    async def until_told() -> int:
        stop = asyncio.Event()
        task = asyncio.ensure_future(work(stop))

        def told() -> None:
            if stoppable and not stop.is_set():
                stop.set()
                asyncio.get_running_loop().call_later(STOP_WITHIN, task.cancel)
            else:
                task.cancel()

        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, told)
        return await task

    try:
        status = asyncio.run(until_told())
    except asyncio.CancelledError:
        status = 130
    except Problem as problem:
        _fail(problem)
    if status:
        raise typer.Exit(status)


def _with_ledger(data: Path, use: Callable[[Ledger], T]) -> T:
    from bot import app

    try:
        ledger = app.data_ledger(data).open()
        try:
            return use(ledger)
        finally:
            ledger.close()
    except Problem as problem:
        _fail(problem)
        raise


def _fail(problem: Problem) -> NoReturn:
    err.print(f"{problem.said}\n{problem.because}\n→ {problem.next_step}", markup=False, highlight=False)
    raise typer.Exit(2)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        err.print(f"I can't read {file}: {fault}", markup=False)
        raise typer.Exit(2) from fault


def _login() -> str:
    """Who sits at the terminal, as far as the system tells."""
    return f"terminal:{os.environ.get('SUDO_USER') or os.environ.get('USER') or os.getuid()}"


def _log_to_stderr(*, quiet: bool = False) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer() if not sys.stderr.isatty() else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(30 if quiet else 20),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
