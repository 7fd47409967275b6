"""Tables: the language that chooses among rows, and what never changes however it is used."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from handlers import filtering, grammar
from handlers.filtering import Unfit, arranged
from handlers.hmc.lists import Partitions
from handlers.table import Cell, Column, Kind, Row, Table, sized

COLUMNS = (
    Column(name="name"),
    Column(name="state", kind=Kind.STATE),
    Column(name="mem", kind=Kind.SIZE, unit="MB"),
    Column(name="units", kind=Kind.NUMBER),
)
ROWS: tuple[Row, ...] = (
    ("db01", "Running", 65536, 4.0),
    ("db2", "Not Activated", 4096, 0.5),
    ("app10", "running", None, None),
    ("Grüße, Ω", "Error", 1, 12),
)
TABLE = Table(columns=COLUMNS, rows=ROWS)

CELLS = st.tuples(
    st.none() | st.text(max_size=12),
    st.none() | st.sampled_from(["Running", "Not Activated"]),
    st.none() | st.integers(0, 10**9),
    st.none() | st.floats(0, 1e6, allow_nan=False) | st.integers(0, 100),
)
TABLES = st.lists(CELLS, max_size=12).map(lambda rows: Table(columns=COLUMNS, rows=tuple(rows)))


def names(table: Table) -> list[Cell]:
    return [row[table.column("name")] for row in table.rows]


def chosen(filter: str) -> list[Cell]:
    return names(arranged(TABLE, filter=filter, fields=None, sort=None))


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        ("state=running", ["db01", "app10"]),
        ("state!=RUNNING", ["db2", "Grüße, Ω"]),
        ("name~DB", ["db01", "db2"]),
        ("name!~db", ["app10", "Grüße, Ω"]),
        ("name~grüSSe", ["Grüße, Ω"]),
        ("mem>4096", ["db01"]),
        ("mem>=4096,units<4", ["db2"]),
        ("mem<=1", ["Grüße, Ω"]),
        ("mem=65536", ["db01"]),
        ("units=4", ["db01"]),
        ("mem=-", ["app10"]),
        ("mem!=-", ["db01", "db2", "Grüße, Ω"]),
        ("name= db2 , STATE=not activated", ["db2"]),
        ("name=nobody", []),
        ("name=", []),
        ("name~", ["db01", "db2", "app10", "Grüße, Ω"]),
    ],
)
def test_a_filter_means_what_it_says(filter: str, found: list[str]) -> None:
    """Words without regard to capitals, numbers as numbers, commas as and; what isn't told is no number."""
    assert chosen(filter) == found


@pytest.mark.parametrize(
    ("filter", "said"),
    [
        ("", "compares nothing"),
        ("state", "compares nothing"),
        ("stat=Running", "Did you mean state?"),
        ("=x", "there is no field ''"),
        ("name>4", "is no number, so it isn't compared"),
        ("mem>many", "'many' is no number"),
        ("mem>", "'' is no number"),
        ("mem=many", "'many' is none"),
        ("mem>1e3", "'1e3' is no number"),
        ("mem>٣", "is no number"),
        ("state=Running,", "compares nothing"),
        ('name="db01"', "a quote"),
        ("name=\x1b[2J", "can't be printed"),
        ("name=" + "x" * 300, "305 characters"),
    ],
)
def test_what_is_no_filter_is_told(filter: str, said: str) -> None:
    """Never taken for one that holds of nothing, or of everything."""
    with pytest.raises(Unfit) as fault:
        chosen(filter)
    assert said in str(fault.value)


def test_words_are_sorted_as_a_person_counts() -> None:
    """9 before 10, and what isn't told last, whichever way."""
    rows = tuple((name, None, mem, None) for name, mem in (("p10", 1), ("p9", None), ("P1", 3), ("p9a", 2)))
    table = Table(columns=COLUMNS, rows=rows)
    assert names(arranged(table, filter=None, fields=None, sort="name")) == ["P1", "p9", "p9a", "p10"]
    assert names(arranged(table, filter=None, fields=None, sort="mem")) == ["p10", "p9a", "P1", "p9"]
    assert names(arranged(table, filter=None, fields=None, sort="-mem")) == ["P1", "p9a", "p10", "p9"]


@given(TABLES, st.sampled_from(COLUMNS), st.text(max_size=6), st.sampled_from(["=", "~"]))
def test_a_filter_and_its_opposite_share_the_rows(table: Table, column: Column, value: str, sign: str) -> None:
    """Each row is in one of the two, whatever is looked for; none is in both, none is lost, none is changed."""
    try:
        halves = [
            arranged(table, filter=f"{column.name}{s}{value}", fields=None, sort=None) for s in (sign, f"!{sign}")
        ]
    except Unfit:
        return
    assert sorted(map(repr, halves[0].rows + halves[1].rows)) == sorted(map(repr, table.rows))


@given(TABLES, st.sampled_from(COLUMNS), st.booleans())
def test_sorting_never_loses_or_invents_a_row(table: Table, column: Column, down: bool) -> None:
    """Whatever the rows hold, also where nothing is told; and sorting again changes nothing."""
    sort = f"{'-' if down else ''}{column.name}"
    once = arranged(table, filter=None, fields=None, sort=sort)
    assert sorted(map(repr, once.rows)) == sorted(map(repr, table.rows))
    assert arranged(once, filter=None, fields=None, sort=sort) == once


@given(st.text(max_size=80))
@example("name~a,state=Running,mem>1")
@example("name~a=b~c>d")
@example(",=~><!-")
def test_any_text_is_a_filter_or_a_fault(text: str) -> None:
    """Whatever somebody types, it is understood or told to be none, by the option's own name; it never breaks."""
    try:
        filtering.terms(text, Partitions.heads())
    except Unfit:
        with pytest.raises(ValidationError) as fault:
            Partitions.model_validate({"system": "p72", "filter": text})
        assert {error["loc"] for error in fault.value.errors()} == {("filter",)}
    else:
        asked = Partitions.model_validate({"system": "p72", "filter": text})
        read = grammar.read({"hmc": [Partitions]}, "hmc", asked.text())
        assert isinstance(read, grammar.Asked)
        assert isinstance(read.operation, Partitions)
        again = read.operation.filter or ""
        assert filtering.terms(again, Partitions.heads()) == filtering.terms(text, Partitions.heads())


@pytest.mark.parametrize(
    ("count", "unit", "said"),
    [
        (65536, "MB", "64 GB"),
        (512, "MB", "512 MB"),
        (1536, "MB", "1536 MB"),
        (20000, "MB", "19.5 GB"),
        (0, "GB", "0 GB"),
    ],
)
def test_a_size_is_said_in_the_unit_that_people_use(count: int, unit: str, said: str) -> None:
    """In the largest that makes it whole, or at least ten."""
    assert sized(count, unit) == said


def test_a_row_that_doesnt_fit_is_no_table() -> None:
    """A cell too few, or a word in the place of a number, is a fault where it is made."""
    for row in (("db01",), ("db01", "Running", "many", 1), (7, "Running", 1, 1)):
        with pytest.raises(ValidationError):
            Table(columns=COLUMNS, rows=(row,))
