"""Explaining long answers: does the time grow with the length, and the memory not?"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tests.bench import captured, children, memory
from tests.bench.children import ROOT, Told
from tests.bench.figures import Bench, Figure

TITLE = "Explaining"
TARGET = 0.5  # seconds for 1 MB of captured answers
MB = 1_000_000


def content(kind: str, size: int) -> bytes:
    """`size` bytes of that kind."""
    if kind == "garbage":
        return random.Random(1).randbytes(size)
    unit = captured.mixed() + b"\n" if kind == "captured answers" else b"HSCLA340 said so: \xe2\x82\xac [HSCLA319] "
    return (unit * (size // len(unit) + 1))[:size]


KINDS = ("captured answers", "garbage", "one long line")


async def run(bench: Bench) -> list[Figure]:
    sizes = (1, 5) if bench.quick else (1, 10, 50)
    figures = []
    for kind in KINDS:
        smallest = 0.0
        for size in sizes:
            told = await children.answer("explaining", str(_file(bench.folder, kind, size)))
            smallest = smallest or told["seconds"]
            figures.append(_figure(kind, size, told, smallest, first=sizes[0]))
    return [*figures, _command(bench.folder)]


def _file(folder: Path, kind: str, size: int) -> Path:
    path = folder / f"{kind}-{size}"
    path.write_bytes(content(kind, size * MB))
    return path


def _figure(kind: str, size: int, told: Told, smallest: float, *, first: int) -> Figure:
    seconds, grown = told["seconds"], told["grown"]
    growth = f", {seconds / smallest:.1f} × the time of {first} MB" if size > first else ""
    aimed = kind == "captured answers" and size == 1
    return Figure(
        what=f"{size} MB of {kind}",
        figure=f"{seconds:.3g} s ({size / seconds:.3g} MB/s){growth}; memory grew by {memory.shown(grown)}",
        beside=f"decoding it and searching each line for a code: {told['search']:.3g} s",
        target="< 0.5 s" if aimed else "",
        met=seconds < TARGET if aimed else None,
    )


def _command(folder: Path) -> Figure:
    """As it is typed, with the start of the program."""
    path = folder / f"{KINDS[0]}-1"
    explain = (str(Path(sys.executable).with_name("hscbot")), "explain", str(path))
    nothing = (sys.executable, "-c", "import bot.cli")
    beside = f"Python alone, importing the command line: {_spent(*nothing):.2f} s"
    return Figure(what="`hscbot explain` of the 1 MB, all told", figure=f"{_spent(*explain):.2f} s", beside=beside)


def _spent(*argv: str) -> float:
    began = time.perf_counter()
    subprocess.run(argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False, timeout=120)
    return time.perf_counter() - began
