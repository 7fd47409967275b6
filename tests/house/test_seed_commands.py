"""Every command that administrators keep in their notes is an operation here, or left out with a reason.

`seed_commands.csv`: a row for each command of the notes; `asked` is what a person types instead, after the slash;
`sent` what the machine gets by it; `before` what is done first, so that there is something to work on:
`HOST: LINE` is typed there, `HOST! MISHAP` befalls it. Where `asked` is empty, the note says why there is no operation.
"""

from __future__ import annotations

import csv

import pytest

from bot.app import CATALOG, OPERATIONS
from handlers import grammar
from handlers.own import Own
from tests.house import tree
from tests.house.fleetbook import Fleetbook

Row = dict[str, str]
with (tree.ROOT / "tests" / "house" / "seed_commands.csv").open(encoding="utf-8") as file:
    ROWS: list[Row] = list(csv.DictReader(file))
ASKED = [row for row in ROWS if row["asked"]]
NOT_YET = 0  # rows whose operation isn't written; it only ever gets less


def named(row: Row) -> str:
    return ".".join(row["asked"].split()[:2])


def test_every_row_has_its_operation_or_its_reason() -> None:
    """No command is forgotten, and none is left out without saying why."""
    assert [row["line"] for row in ROWS if not row["asked"] and not row["note"]] == []
    missing = [row["line"] for row in ASKED if named(row) not in OPERATIONS]
    assert len(missing) == NOT_YET, missing


@pytest.mark.parametrize(
    "row", [row for row in ASKED if named(row) in OPERATIONS], ids=lambda row: f"{row['line']}-{named(row)}"
)
def test_what_is_asked_sends_that_command(row: Row) -> None:
    """Driven against the simulated fleet, the operation sends the command of the notes, or the one named in its row."""
    command, _, text = row["asked"].partition(" ")
    read = grammar.read(CATALOG, command, text)
    assert isinstance(read, grammar.Asked), read
    if isinstance(read.operation, Own):
        return
    fleet = Fleetbook()
    for step in filter(None, row["before"].split("; ")):
        fleet.prepare(step)
    sent, report = fleet.driven(read.operation)
    lines = [command.argv[-1] if command.argv[0] == "viosvrcmd" else " ".join(command.argv) for command in sent]
    assert row["sent"] in lines, report.headline
