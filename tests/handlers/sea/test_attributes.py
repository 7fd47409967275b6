"""One attribute of a device: its value, or nothing that can be relied on."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.hmcout import Unreadable
from handlers.sea import attributes

RECORDED = sorted((Path(__file__).resolve().parents[2] / "recorded" / "lsdev-attr").glob("*.raw"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recording_means_what_it_should(path: Path) -> None:
    """Its value, which may be empty."""
    found = attributes.value(path.read_text(encoding="utf-8"))
    assert found == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text", ["", "ent1\n", "value\n", "value\nent1\n", "value\n\nent1\nent2\n", "value\n\na b\n", "Value\n\n1\n"]
)
def test_anything_else_is_refused(text: str) -> None:
    """No heading, more lines, a blank in it: never an empty value."""
    with pytest.raises(Unreadable):
        attributes.value(text)


@pytest.mark.parametrize("found", ["ent1;reboot", "ent1,", ",ent1", "en1", "ent1,$(reboot)", "ent1,ent2,hdisk0"])
def test_only_names_of_adapters_are_devices(found: str) -> None:
    """They become words of a command."""
    with pytest.raises(Unreadable):
        attributes.devices(f"value\n\n{found}\n")


@settings(deadline=None)
@given(st.text(max_size=40) | st.from_regex(r"ent[0-9].{0,20}", fullmatch=True))
def test_no_value_yields_anything_but_names(found: str) -> None:
    """Whatever is printed."""
    with contextlib.suppress(Unreadable):
        for each in filter(None, attributes.devices(f"value\n\n{found}\n").split(",")):
            assert each.removeprefix("ent").isdigit()
            assert each.isascii()
