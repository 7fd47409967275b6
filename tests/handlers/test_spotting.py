"""Codes that a text speaks of: found wherever they stand, each once, and nothing else taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.catalogue import catalogue, errids
from handlers.explain import explain
from handlers.spotting import explained, within


def codes(text: str) -> list[str | None]:
    return [each.code for each in explained(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("p72 said HSCLA356 again, like on Monday", ["HSCLA356"]),
        ("HSCLA356 and then HSCL0DB4?", ["HSCLA356", "HSCL0DB4"]),
        ("errpt shows E136EAFA, after that 40D97644 and E136EAFA", ["E136EAFA", "40D97644"]),
        ("E136EAFA   0112173112 I H ent4           BECOME PRIMARY", ["E136EAFA"]),
        ("(`VIOSE01042034-1050`)", ["VIOSE01042034-1050"]),
        ("CAFEBABE   0112173112 T S hdisk3         SOMETHING NEW", ["CAFEBABE"]),
        ("see HSCLFFFF", ["HSCLFFFF"]),
        ("the build is CAFEBABE, the pass DEADBEEF01", []),
        ("xE136EAFA E136EAFAx e136eafa HSCL03", []),
        ("good morning", []),
        ("", []),
    ],
)
def test_each_code_is_found_once(text: str, found: list[str]) -> None:
    """A code in a sentence is explained as one at the beginning of a line; eight digits count where a log has them."""
    assert codes(text) == found


def test_an_unknown_code_is_called_unknown() -> None:
    """What looks like a code and isn't in the catalogue is shown with its line, and never guessed at."""
    (finding,) = explained("look: HSCLFFFF on p72")
    assert (finding.known, finding.text, finding.meaning) == (False, "look: HSCLFFFF on p72", "")


def test_a_machines_answer_stays_one_finding() -> None:
    """A wrapper that names its cause is explained as that cause, not once more beside it."""
    text = "HSCLA318 The migration command issued to the destination HMC failed with the following error: HSCLA335 x"
    assert codes(text) == ["HSCLA335"]


def test_words_without_a_code_stay_what_they_are() -> None:
    """A message that speaks of no code is shown as it came."""
    (finding,) = explain(["something else went wrong"])
    assert within(finding) == (finding,)


@given(st.lists(st.sampled_from([*catalogue(), *errids()]).filter(lambda code: code[0] in "HVRP0123456789ABCDEF")))
def test_every_code_that_we_know_can_be_asked_about(named: list[str]) -> None:
    """Whatever codes a sentence holds, each comes back once and explained."""
    asked = [code for code in named if "-" not in code or code.startswith(("VIOSE", "PVME"))]
    found = explained(f"about {' or '.join(asked)}")
    assert {each.code for each in found} == set(asked)
    assert all(each.known for each in found)
