"""`python -m tests.bench [SECTION …] [--quick] [--write FILE]`: measure, then one table."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from rich.console import Console

from tests.bench import ack, command, explainer, hosts, lines, machine, quiet, start, table
from tests.bench.figures import Bench, Figure

SECTIONS = {"ack": ack, "lines": lines, "explainer": explainer, "command": command, "hosts": hosts, "start": start}
out = Console(highlight=False)


def main() -> int:
    asked = _asked()
    quiet.down()
    faulthandler.register(signal.SIGUSR1)  # where does it stand? for who thinks that it hangs
    # A TERM ends everything that was started, as Ctrl-C does.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    began, load = time.monotonic(), machine.load()
    try:
        with tempfile.TemporaryDirectory(prefix="hscbot-bench-", dir=asked.folder) as private:
            described = machine.described(Path(private))
            measured = {name: _measured(name, Path(private), asked.quick) for name in asked.sections}
    except KeyboardInterrupt:
        out.print("Stopped; nothing is left running.")
        return 130
    notes = [described, _told(asked.quick, time.monotonic() - began, load)]
    titled = {SECTIONS[name].TITLE: figures for name, figures in measured.items()}
    out.print(table.table(titled), *notes, sep="\n")
    if asked.write:
        asked.write.write_text(table.page(titled, notes), encoding="utf-8")
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of: {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="under a minute, with rougher figures")
    parser.add_argument("--folder", type=Path, help="measure on the disk of this folder; default: the temporary one")
    parser.add_argument("--write", type=Path, help="also write the figures to this Markdown file")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    asked.sections = asked.sections or list(SECTIONS)
    return asked


def _measured(name: str, private: Path, quick: bool) -> list[Figure]:
    run: Callable[[Bench], Awaitable[list[Figure]]] = SECTIONS[name].run
    folder = private / name
    folder.mkdir(mode=0o700)
    began = time.monotonic()
    figures = asyncio.run(_awaited(run(Bench(folder=folder, quick=quick, say=out.print))))
    out.print(f"{name}: {time.monotonic() - began:.0f} s")
    return figures


async def _awaited(work: Awaitable[list[Figure]]) -> list[Figure]:
    return await work


def _told(quick: bool, seconds: float, load: str) -> str:
    brief = " A quick run: the figures are rough." if quick else ""
    return f"Took {seconds:.0f} s; load of the machine {load} before and {machine.load()} after.{brief}"


if __name__ == "__main__":
    sys.exit(main())
