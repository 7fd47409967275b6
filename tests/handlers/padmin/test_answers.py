"""What padmin's commands print, and what it means to a change: recordings on one side, values on the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic_core import to_jsonable_python

from handlers.hmcout import Unreadable
from handlers.padmin import archives, attributes, clocks, firewalls, interfaces, tuning, volumes
from tests.house import tree

RECORDED = tree.ROOT / "tests" / "recorded"
PARSERS: dict[str, Callable[[str], object]] = {
    "clock": clocks.reading,
    "lsdev-settable": attributes.listed,
    "lsdev-limits": attributes.limits,
    "ls": archives.files,
    "lstcpip-interfaces": interfaces.interfaces,
    "lsvg-lv": volumes.volumes,
    "lsvg-pv": volumes.group_disks,
    "netstat-gateways": interfaces.gateways,
    "optimizenet-one": tuning.tunable,
    "viosecure-state": firewalls.firewall,
    "viosecure-level": firewalls.level,
}
CASES = [(parse, path) for where, parse in PARSERS.items() for path in sorted((RECORDED / where).glob("*.raw"))]
ODD = ("HSCL2970 The command failed.", "<html>Bad gateway</html>", "\x1b[2J", "Wystąpił błąd")  # never of a good answer


@pytest.mark.parametrize(("parse", "path"), CASES, ids=lambda value: getattr(value, "stem", None))
def test_a_recorded_answer_means_what_it_should(parse: Callable[[str], object], path: Path) -> None:
    """Raw output on one side, its values on the other."""
    meant = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert to_jsonable_python(parse(path.read_text(encoding="utf-8"))) == meant


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("parse", "path"), CASES, ids=lambda value: getattr(value, "stem", None))
def test_a_line_that_it_doesnt_know_is_no_answer(parse: Callable[[str], object], path: Path, odd: str) -> None:
    """Alone, before or behind a good one: it is unreadable, and never left out."""
    text = path.read_text(encoding="utf-8")
    for told in (odd, f"{odd}\n{text}", f"{text}{odd}\n"):
        with pytest.raises(Unreadable):
            parse(told)
