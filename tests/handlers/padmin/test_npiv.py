"""Virtual Fibre Channel: which port an adapter leads to, who is logged in, and who has another way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from handlers.hmcout import Unreadable
from handlers.operation import Ending
from handlers.padmin import fabrics
from policies.words import Effect
from tests.handlers.padmin.lab import Lab
from tests.house import tree

CASES = sorted((tree.ROOT / "tests" / "recorded" / "lsnports").glob("*.raw"))


@pytest.fixture
def lab() -> Lab:
    return Lab()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_recorded_answer_means_what_it_should(path: Path) -> None:
    """Raw output on one side, ports on the other; a line more that isn't known makes it unreadable."""
    text = path.read_text(encoding="utf-8")
    found = [each.model_dump() for each in fabrics.ports(text)]
    assert found == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    for odd in (f"{text}HSCL2970 no\n", f"{text}{text}", text[:-1], ""):
        with pytest.raises(Unreadable):
            fabrics.ports(odd)


def test_an_adapter_is_taken_off_its_port_and_mapped_again(lab: Lab) -> None:
    """Whose it is, the way that stands in by the other VIOS, and the way back."""
    off = lab.ask("unmap-npiv p72vio1 vfchost0")
    assert off.sent == ["vfcmap -vadapter vfchost0 -fcp"]
    assert (off.shown.affected, off.shown.commands[0].effect) == (("db01",), Effect.DISRUPTS)
    (interlock,) = off.shown.interlocks
    assert (interlock.partner, interlock.healthy) == ("p72vio2", True)
    assert [(each.before, each.after) for each in off.shown.redundancy] == [(2, 1)]
    assert off.report.offers[0].text == "map-npiv p72vio1 vfchost0 fcs0"
    assert off.report.ending is Ending.SUCCEEDED, off.told
    (interlock,) = lab.ask("unmap-npiv p72vio2 vfchost0 system=p72").shown.interlocks
    assert not interlock.healthy, "it was the last way"
    assert "db01 is on and logged in by no other way" in interlock.seen


def test_it_is_mapped_to_a_port_that_carries_it(lab: Lab) -> None:
    """Planned, sent once, and told by lsmap."""
    lab.padmin("vfcmap -vadapter vfchost0 -fcp", on="p72vio1")
    mapped = lab.ask("map-npiv p72vio1 vfchost0 fcs1")
    assert mapped.sent == ["vfcmap -vadapter vfchost0 -fcp fcs1"]
    assert mapped.report.ending is Ending.SUCCEEDED, mapped.told
    assert mapped.shown.undo == "/vios unmap-npiv p72vio1 vfchost0"
    assert lab.ask("map-npiv p72vio1 vfchost0 fcs1").sent == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("map-npiv p72vio1 vfchost0 fcs1", "is mapped to no port: fcs0"),
        ("map-npiv p72vio1 vfchost99 fcs1", "there are vfchost0"),
        ("unmap-npiv p72vio1 vfchost99", "there are vfchost0"),
        ("map-npiv p72vio1 vfchost0 fcs7", "there are fcs0, fcs1"),
    ],
)
def test_what_doesnt_hold_ends_it(lab: Lab, text: str, seen: str) -> None:
    """Nobody is asked; what was read says why."""
    walked = lab.ask(text)
    assert (walked.plan, walked.report.ending) == (None, Ending.FAILED)
    assert seen in walked.told


def test_a_port_that_is_full_takes_no_more(lab: Lab) -> None:
    """Nor one whose switch takes no virtual ports."""
    lab.padmin("vfcmap -vadapter vfchost0 -fcp", on="p72vio1")
    full = next(path for path in CASES if path.stem == "full").read_text(encoding="utf-8")
    for port, seen in (("fcs0", "0 more fit, its switch"), ("fcs1", "64 more fit, no switch")):
        walked = lab.ask(
            f"map-npiv p72vio1 vfchost0 {port}", fault=lambda line: (full, 0) if line == "lsnports" else None
        )
        assert walked.plan is None
        assert seen in walked.told
