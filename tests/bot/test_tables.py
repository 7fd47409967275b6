"""A table in a message and in a file: whole, or said to be elsewhere."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot import kit, tables
from handlers.table import Column, Kind, Table
from tests.handlers.test_tables import COLUMNS, ROWS, TABLES

WIDE = Table(columns=COLUMNS, rows=(*ROWS, ("a name that leaves no room", "Running", 2048, 1)))
NARROW = Table(columns=COLUMNS[:2], rows=tuple(row[:2] for row in ROWS))


def lines(blocks: list[dict[str, Any]]) -> list[str]:
    """What stands in the blocks, line by line."""
    raw = [block["elements"][0]["elements"][0]["text"] for block in blocks if block["type"] == "rich_text"]
    said = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    return [line for text in (*raw, *said) for line in text.split("\n")]


def test_a_narrow_table_stands_in_columns() -> None:
    """Heads above, each column as wide as its widest cell; an umlaut is as wide as any letter."""
    assert lines(tables.blocks(NARROW, None)) == [
        "name      state",
        "db01      Running",
        "db2       Not Activated",
        "app10     running",
        "Grüße, Ω  Error",
    ]


def test_a_wide_table_is_a_list() -> None:
    """A line for each row: what it is about, its state bare, numbers with their names; what isn't told is left away."""
    assert lines(tables.blocks(WIDE, None)) == [
        "*db01* · Running · mem 64 GB · units 4",
        "*db2* · Not Activated · mem 4 GB · units 0.5",
        "*app10* · running",
        "*Grüße, Ω* · Error · mem 1 MB · units 12",
        "*a name that leaves no room* · Running · mem 2 GB · units 1",
    ]


def test_what_all_rows_have_in_common_is_said_once() -> None:
    """A value that every row has stands above them, and a row is called by what tells it from the others."""
    columns = (Column(name="system"), Column(name="reading", kind=Kind.NUMBER), *COLUMNS)
    rows = tuple(("p72", number, *row) for number, row in enumerate(WIDE.rows))
    shown = tables.blocks(Table(columns=columns, rows=rows), None)
    assert shown[0]["elements"][0]["text"] == "Each: system p72"
    assert lines(shown)[0] == "*db01* · reading 0 · Running · mem 64 GB · units 4"


@given(TABLES)
def test_a_message_shows_all_of_it_or_says_where_the_rest_is(table: Table) -> None:
    """Either every row is in the blocks, or how many there are and a file that has them."""
    shown, files = tables.blocks(table, None), tables.files(table, None, "x")
    assert bool(files) is not tables.fits(table)
    if files:
        assert f"all {len(table.rows)} " in str(shown)
    elif table.rows:
        heads = 1 if any(block["type"] == "rich_text" for block in shown) else 0
        assert len(lines(shown)) == len(table.rows) + heads


@settings(deadline=None)
@given(st.integers(1, 600), st.integers(1, 400))
def test_a_message_never_holds_more_than_slack_takes(rows: int, width: int) -> None:
    """However many rows, however long their cells: blocks and characters keep the limits, and what is cut is a file."""
    table = Table(columns=COLUMNS[:2], rows=(("&" * width, "<!channel>"),) * rows)
    shown = tables.blocks(table, None)
    assert kit.size(shown) < 30_000
    assert len(shown) < 20
    assert all(len(block["text"]["text"]) <= 3_000 for block in shown if block["type"] == "section")
    assert "<!channel>" not in str([block for block in shown if block["type"] == "section"])


@given(TABLES)
def test_a_file_has_every_cell_as_it_is(table: Table) -> None:
    """JSON gives back the table; CSV has a row for each, and nothing in it that a spreadsheet would run."""
    told = json.loads(tables.sheet(table, "json"))
    assert [tuple(row.values()) for row in told["rows"]] == list(table.rows)
    read = list(csv.reader(io.StringIO(tables.sheet(table, "csv"), newline="")))
    assert len(read) == len(table.rows) + 1
    assert read[0] == ["name", "state", "mem (MB)", "units"]
    assert not [cell for row in read for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_what_is_missing_is_named_or_in_a_file() -> None:
    """Ten are told with their reasons; of more the message says how many, and a file has every one."""
    few = WIDE.model_copy(update={"missing": ("p72vio2 on p72: no *RMC*",)})
    assert "⚠️ p72vio2 on p72: no ∗RMC∗" in lines(tables.blocks(few, None))
    assert tables.files(few, None, "x") == []
    many = WIDE.model_copy(update={"missing": tuple(f"vio{n}: no RMC" for n in range(300))})
    assert "📎 all 300 that are missing are in the attached file" in lines(tables.blocks(many, None))
    ((name, text),) = tables.files(many, None, "x")
    assert (name, text.count("\n")) == ("x-missing.txt", 300)
    assert len(json.loads(tables.files(many, "json", "x")[0][1])["missing"]) == 300
