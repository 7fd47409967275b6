"""The disks of a VIOS, as lspv tells of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.hmcout import Unreadable
from handlers.padmin import stock
from tests.house import tree

CASES = sorted((tree.ROOT / "tests" / "recorded" / "lspv").glob("*.raw"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_recorded_answer_means_what_it_should(path: Path) -> None:
    """Raw output on one side, disks on the other."""
    found = [each.model_dump() for each in stock.disks(path.read_text(encoding="utf-8"))]
    assert found == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hdisk0,00f60973ab1b0000,rootvg,active",
        "hdisk0,00f60973ab1b0000,rootvg\n",
        "hdisk0,00f6,rootvg,active\n",
        "hdisk0,none,None,\nhdisk0,none,None,\n",
        "hdisk0,none,None,\nHSCL2970 The IOServer command has failed\n",
        "NAME,PVID,VG,STATUS\n",
    ],
)
def test_a_line_that_isnt_known_is_no_disk(text: str) -> None:
    """Cut off, short of a column, twice the same, or not a disk at all: unreadable, and never left out."""
    with pytest.raises(Unreadable):
        stock.disks(text)


@given(st.text(max_size=80))
def test_no_answer_yields_a_name_that_a_shell_acts_on(text: str) -> None:
    """Whatever a VIOS prints, a disk's name is letters and a number."""
    try:
        found = stock.disks(f"{text}\n")
    except Unreadable:
        return
    assert all(each.name.isalnum() and each.name.isascii() for each in found)


@pytest.mark.parametrize(("typed", "size"), [("20G", 20480), ("1g", 1024), ("512M", 512), ("512m", 512)])
def test_sizes_are_megabytes(typed: str, size: int) -> None:
    """As they are typed, of either letter."""
    assert stock.megabytes(typed) == size
