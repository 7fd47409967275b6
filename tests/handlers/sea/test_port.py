"""What a port is, as lsdev describes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handlers.hmcout import Unreadable
from handlers.sea import port

RECORDED = sorted((Path(__file__).resolve().parents[2] / "recorded" / "lsdev-port").glob("*.raw"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recording_means_what_it_should(path: Path) -> None:
    """Name, status and description, of which the last may hold anything."""
    found = port.device(path.read_text(encoding="utf-8"))
    assert found.model_dump(mode="json") == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", ["", "\n", "ent0:Available\n", "ent0:Available:\n", "ent0::x\n", "a:b:c\nd:e:f\n"])
def test_anything_else_is_refused(text: str) -> None:
    """Less, nothing, or more than one device."""
    with pytest.raises(Unreadable):
        port.device(text)
