"""The figures as one table: for the terminal, and as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from tests.bench.figures import Figure

Measured = Mapping[str, Sequence[Figure]]
HEADINGS = ("Measured", "hscbot", "Beside, in the same run", "Target", "")
_MET = {True: "met", False: "MISSED", None: ""}
_STYLE = {True: "green", False: "bold red", None: ""}
_INTRODUCTION = """\
The figures of one run of `make bench`, each beside a peer or a limit that the same run measured. They are that
machine's; for yours, run it. `make bench` starts all that it needs on the loopback, and ends it again.
`python -m tests.bench --quick` takes about a minute, `python -m tests.bench SECTION …` measures a part, and
`--write FILE` makes this page."""


def table(measured: Measured) -> Table:
    made = Table(*HEADINGS, show_lines=True)
    for title, figures in measured.items():
        made.add_row(f"[bold]{title}[/]")
        for each in figures:
            met = f"[{_STYLE[each.met]}]{_MET[each.met]}[/]" if each.met is not None else ""
            made.add_row(each.what, each.figure, each.beside, each.target, met)
    return made


def page(measured: Measured, notes: Sequence[str]) -> str:
    told = [
        "# Benchmarks",
        _INTRODUCTION,
        "\n".join(notes),
    ]
    for title, figures in measured.items():
        told += [f"## {title}", _rows(figures)]
    return "\n\n".join(told) + "\n"


def _rows(figures: Sequence[Figure]) -> str:
    rows = [HEADINGS, ("---",) * len(HEADINGS)]
    rows += [(each.what, each.figure, each.beside, each.target, _MET[each.met]) for each in figures]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
