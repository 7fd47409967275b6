"""The command line."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from bot.terminal import audit, backups, drift, incidents, lab, policy, requests, running, sea
from bot.terminal.screen import DEFAULT_DATA, Data, fail, out
from policies.problems import Problem

# The rooms that a command needs are imported by that command: `hscbot explain` in a pipe waits for neither Slack's
# library nor SSH.

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="A Slack bot for IBM Power administrators.")
cli.add_typer(audit.cli, name="audit")
cli.add_typer(policy.cli, name="policy")
cli.add_typer(requests.cli, name="requests")
cli.add_typer(incidents.cli, name="incidents")
cli.add_typer(sea.cli, name="sea")
cli.add_typer(drift.cli, name="drift")
drift.cli.command()(running.archive)
cli.command()(running.run)
cli.command()(backups.backup)
cli.command()(backups.restore)
cli.add_typer(lab.cli, name="lab")

STOP_WITHIN = 10.0  # seconds, after which a stop is not orderly any more
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


def main() -> None:
    cli()


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
        fail(problem)
    if status:
        raise typer.Exit(status)


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
