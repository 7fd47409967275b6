"""The verdict on a validation: what it says, and in which order things are to be mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.explain import explain
from handlers.finding import Finding, Section
from handlers.verdict import Verdict, in_order, verdict

RECORDED = Path(__file__).resolve().parents[1] / "recorded" / "migrlpar"


def judged(text: str, exit_status: int | None, *, malformed: bool = False) -> Verdict:
    found = list(explain(text.splitlines()))
    return verdict(found, exit_status, malformed=malformed, size=len(text.encode()))


def recorded(case: str, exit_status: int = 1) -> Verdict:
    return judged((RECORDED / f"{case}.raw").read_text(encoding="utf-8"), exit_status)


@pytest.mark.parametrize(
    ("text", "exit_status", "outcome", "headline"),
    [
        ("", 0, "can", "can migrate"),
        ("Warning:\nHSCLA246 a\nHSCLA297 b", 0, "warn", "can migrate, with 2 warnings"),
        ("Warning:\nHSCLA246 a", 0, "warn", "can migrate, with 1 warning"),
        ("Something new.", 0, "warn", "can migrate, but it printed something that I don't know"),
        ("Errors:\nHSCLA224 a", 0, "cannot", "can't: 1 reason, although the HMC ended with exit status 0"),
        ("Errors:\nHSCLA224 a\nHSCLA319 b\nHSCLA319 c", 1, "cannot", "can't: 3 reasons"),
        ("Errors:\nHSCLA319 b\nHSCLA319  b ", 1, "cannot", "can't: 1 reason"),
        ("HSCL3653 a", 1, "cannot", "can't: 1 reason"),
        ("Something new.\n\nAnd more.", 1, "cannot", "can't: 1 reason"),
        ("Details:\nHSCLA297 a\nHSCLA356 b", 1, "cannot", "can't: 2 reasons"),
        ("Warning:\nHSCLA246 a", 1, "cannot", "can't: the HMC ended with exit status 1 and gave no reason that I know"),
        ("", 1, "unknown", "unknown: the HMC refused without a word"),
        ("Errors:\n", 1, "unknown", "unknown: the HMC refused, and I can't read why"),
        ("", None, "unknown", "unknown: the connection was lost before the answer ended"),
        ("Errors:\nHSCLA224 a", None, "unknown", "unknown: the connection was lost before the answer ended"),
    ],
)
def test_a_verdict_says_it_in_a_line(text: str, exit_status: int | None, outcome: str, headline: str) -> None:
    """Findings and exit status together give one outcome and one line."""
    told = judged(text, exit_status)
    assert (told.outcome, told.headline) == (outcome, headline)


def test_an_unreadable_answer_is_not_a_clean_one() -> None:
    """Bytes that can't be read turn a clean yes into a yes with a warning."""
    told = judged("", 0, malformed=True)
    assert (told.outcome, told.headline) == ("warn", "can migrate, but part of the answer was unreadable")


def test_what_to_mend_first_comes_first() -> None:
    """Errors by rank with repeats of a code together, then details with companions last, then warnings."""
    told = judged(
        "Errors:\nHSCLA304 pool\nHSCLA319 four\nHSCL3653 keys\nHSCLA319 three\nHSCLA304 pool\n"
        "Details:\nHSCLA2FF internal\nHSCLA297 bits\nWarning:\nHSCLA340 paths\nHSCLA246 contact",
        1,
    )
    assert told.headline == "can't: 4 reasons"
    assert [f.text for f in told.findings] == [
        "HSCL3653 keys",
        "HSCLA319 four",
        "HSCLA319 three",
        "HSCLA304 pool",
        "HSCLA297 bits",
        "HSCLA2FF internal",
        "HSCLA246 contact",
        "HSCLA340 paths",
    ]


@pytest.mark.parametrize(
    ("case", "headline", "first"),
    [
        ("hscla319-npiv-rc69", "can't: 2 reasons", "HSCLA319"),
        ("hscla340-mpio", "can't: 2 reasons", "HSCLA340"),
        ("hscla356-vscsi-rc85", "can't: 1 reason", "HSC-NOCODE-4"),
        ("hscla318-ame-capability", "can't: 1 reason", "HSCLA335"),
        ("uncoded-memory", "can't: 1 reason", "HSC-NOCODE-6"),
    ],
)
def test_recorded_answers_are_refusals(case: str, headline: str, first: str) -> None:
    """Real refusals count their reasons and begin with the one to mend first."""
    told = recorded(case)
    assert (told.outcome, told.headline, told.findings[0].code) == ("cannot", headline, first)


FINDINGS = st.builds(
    Finding,
    code=st.sampled_from([None, "HSCLA224", "HSCLA319"]),
    section=st.sampled_from([None, *Section]),
    kind=st.sampled_from(["error", "companion", "info"]),
    text=st.sampled_from(["a", "b", "c"]),
    rank=st.sampled_from([10, 50]),
)


@given(st.lists(FINDINGS, max_size=12), st.sampled_from([None, 0, 1]), st.booleans())
def test_no_error_is_ever_passed_over(findings: list[Finding], exit_status: int | None, malformed: bool) -> None:
    """Never "can" beside an error, a refusal or a lost connection; ordering loses no text and is stable."""
    told = verdict(findings, exit_status, malformed=malformed, size=1)
    if exit_status != 0 or malformed or any(f.is_error for f in findings):
        assert told.outcome != "can"
    assert (told.outcome == "unknown") >= (exit_status is None)
    assert {(f.code, f.section, f.text) for f in told.findings} == {(f.code, f.section, f.text) for f in findings}
    assert in_order(told.findings) == told.findings
