"""A request told at a terminal: how far it is, and whether anybody carries it out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.ledger.audit import Row
from bot.ledger.store import alone_on
from bot.terminal import following

MOVING = "name=db01,lpar_id=5,migration_state=Migration In Progress,bytes_transmitted=52,bytes_remaining=48\n"


def row(action: str, **body: object) -> Row:
    at = "2026-03-01T03:12:00+00:00"
    text = json.dumps(body)
    return Row(
        seq=7, at=at, person="hscbot", action=action, request=1, channel=None, host="oslo", text=text, prev="", mac=""
    )


def test_how_far_a_migration_is_is_told() -> None:
    """By the HMC's own figures, and without any where it gives none."""
    told = following._progress(row("answered", start=MOVING))
    assert told.startswith("Migration In Progress  ")
    assert told.endswith("52%")
    bare = MOVING.partition(",bytes")[0] + "\n"
    assert following._progress(row("answered", start=bare)) == "Migration In Progress"


@pytest.mark.parametrize("start", ["", "4.1.0.10\n", "migration_state=", '"migration_state=x', "HSCL8012 no\n"])
def test_what_tells_no_progress_is_told_as_what_happened(start: str) -> None:
    """Any other answer, and one that can't be read, is no progress."""
    assert following._progress(row("answered", start=start)) == ""
    assert following._progress(row("sending", start=MOVING)) == ""


def test_a_bot_is_there_while_it_holds_the_folder(tmp_path: Path) -> None:
    """And looking takes nothing from it: it can be started right after."""
    assert not following.is_served(tmp_path / "nowhere")
    assert not following.is_served(tmp_path)
    with alone_on(tmp_path):
        assert following.is_served(tmp_path)
    assert not following.is_served(tmp_path)
    with alone_on(tmp_path):
        assert following.is_served(tmp_path)
