"""`python -m tests.bench [SECTION …] [--quick] [--write FILE]`: measure, then one table."""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from tests.bench import (
    ack,
    alerting,
    approving,
    audit,
    command,
    commands,
    drift,
    explainer,
    fleet,
    hosts,
    lines,
    machine,
    quiet,
    start,
    table,
    watching,
    workspace,
)
from tests.bench.figures import Bench, Figure

SECTIONS = {"ack": ack, "lines": lines, "explainer": explainer, "command": command, "hosts": hosts, "start": start}
SECTIONS |= {"workspace": workspace, "approving": approving, "audit": audit, "fleet": fleet, "commands": commands}
SECTIONS |= {"watch": watching, "alerting": alerting, "drift": drift}
LIMIT = 180.0  # seconds of one section
out = Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def main() -> int:
    asked = _asked()
    quiet.down()
    faulthandler.register(signal.SIGUSR1)  # tells where it stands, to who thinks that it hangs
    # Ctrl-C and a TERM end everything that was started, also where a shell had them ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    bounds = "About a minute" if asked.quick else "About five minutes"
    out.print(f"{bounds} for all sections, at most {LIMIT:g} s for one. All on the loopback; Ctrl-C ends it.")
    try:
        with tempfile.TemporaryDirectory(prefix="hscbot-bench-", dir=asked.folder) as private:
            measured, notes = _all(asked, Path(private))
    except KeyboardInterrupt:
        out.print("Stopped; nothing is left running.")
        return 130
    out.print(table.table(measured), *notes, sep="\n")
    if asked.write:
        asked.write.write_text(table.page(measured, notes), encoding="utf-8")
    return int(any(not figures for figures in measured.values()))


def _all(asked: argparse.Namespace, private: Path) -> tuple[dict[str, list[Figure]], list[str]]:
    """The figures by title, and what is to be known of all of them."""
    began, load = time.monotonic(), machine.load()
    measured = {SECTIONS[name].TITLE: _measured(name, private, asked.quick) for name in asked.sections}
    brief = " A quick run: the figures are rough." if asked.quick else ""
    took, after = time.monotonic() - began, machine.load()
    told = f"Took {took:.0f} s; load of the machine {load} before and {after} after.{brief}"
    return measured, [machine.described(private), told]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of: {', '.join(SECTIONS)}; default: all")
    parser.add_argument("--quick", action="store_true", help="about a minute, with rougher figures")
    parser.add_argument("--folder", type=Path, help="measure on the disk of this folder; default: the temporary one")
    parser.add_argument("--write", type=Path, help="also write the figures to this Markdown file")
    asked = parser.parse_args()
    if unknown := set(asked.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    asked.sections = asked.sections or list(SECTIONS)
    return asked


def _measured(name: str, private: Path, quick: bool) -> list[Figure]:
    """A section's figures; none where it failed, which the others don't suffer from."""
    folder = private / name
    folder.mkdir(mode=0o700)
    began = time.monotonic()
    try:
        figures = asyncio.run(_within_limit(name, Bench(folder=folder, quick=quick)))
    except Exception:
        out.print_exception(max_frames=8)
        figures = []
    out.print(f"{name}: {time.monotonic() - began:.0f} s{'' if figures else ', FAILED'}")
    return figures


async def _within_limit(name: str, bench: Bench) -> list[Figure]:
    async with asyncio.timeout(LIMIT):
        figures: list[Figure] = await SECTIONS[name].run(bench)
    return figures


if __name__ == "__main__":
    sys.exit(main())
