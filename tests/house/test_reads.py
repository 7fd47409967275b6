"""Every read that answers with a table: its recordings, and what its options promise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.app import OPERATIONS
from handlers.hmcout import Unreadable
from handlers.listing import Listing
from handlers.reading import Read
from handlers.table import Table
from tests.house import tree, walk

READS = [each for each in OPERATIONS.values() if issubclass(each, Read)]
LISTINGS = [each for each in OPERATIONS.values() if issubclass(each, Listing)]
RECORDED = tree.ROOT / "tests" / "recorded"
CASES = [(read, path) for read in READS for path in sorted((RECORDED / read.recorded).glob("*.raw"))]
FORMAL = [(read, path) for read, path in CASES if not read.of_people]
each_read = pytest.mark.parametrize("read", READS, ids=lambda read: read.name())
each_listing = pytest.mark.parametrize("listing", LISTINGS, ids=lambda listing: listing.name())
# None of them is anything that a machine prints as part of a good answer.
ODD = ("HSCL2970 The command failed.", "Segmentation fault", "<html>Bad gateway</html>", "\x1b[2J", '"', "…")


def reader(read: type[Read]) -> Read:
    made = walk.smallest(read)
    assert isinstance(made, Read)
    return made


@each_read
def test_it_has_recordings(read: type[Read]) -> None:
    """An answer of a machine, and what it means."""
    assert any(found is read for found, _ in CASES)


@pytest.mark.parametrize(("read", "path"), CASES, ids=lambda value: getattr(value, "stem", None))
def test_a_recorded_answer_means_what_it_should(read: type[Read], path: Path) -> None:
    """Raw output on one side, rows on the other; each fits under the columns."""
    rows = tuple(reader(read).parse(path.read_text(encoding="utf-8")))
    assert [list(row) for row in rows] == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    Table(columns=read.columns, rows=rows)


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("read", "path"), FORMAL, ids=lambda value: getattr(value, "stem", None))
def test_a_line_that_it_doesnt_know_is_no_answer(read: type[Read], path: Path, odd: str) -> None:
    """Not even where it stands before or behind a good one: it is unreadable, and never left out."""
    text, parse = path.read_text(encoding="utf-8"), reader(read).parse
    for told in (odd, f"{odd}\n", f"{odd}\n{text}", f"{text}{odd}\n"):
        with pytest.raises(Unreadable):
            tuple(parse(told))


@each_listing
def test_its_options_take_its_own_fields_alone(listing: type[Listing]) -> None:
    """A field that its table hasn't is a fault of that option, told before anything is asked of a machine."""
    names = [column.name for column in listing.heads()]
    assert len(set(names)) == len(names)
    walk.smallest(listing, filter=f"{names[-1]}=1", fields=",".join(names), sort=f"-{names[0]}")
    for option in ("filter", "fields", "sort"):
        with pytest.raises(ValidationError) as fault:
            walk.smallest(listing, **{option: "nosuchfield=1" if option == "filter" else "nosuchfield"})
        assert [error["loc"] for error in fault.value.errors()] == [(option,)]
