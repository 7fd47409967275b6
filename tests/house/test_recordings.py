"""Every operation's recordings: what it sends for its smallest and fullest parameters, an answer, a refusal."""

from __future__ import annotations

import pytest

from handlers.operation import Operation
from tests.house import recordings, tree

each_recorded = pytest.mark.parametrize("operation", recordings.RECORDED, ids=lambda each: each.name())


def test_there_is_one_for_each_operation_that_asks_a_machine() -> None:
    """None is without, and none is left over from an operation that isn't there any more."""
    wanted = {recordings.path_of(each) for each in recordings.RECORDED}
    assert set(recordings.FOLDER.rglob("*.*")) == wanted, "python -m tests.house.recordings"


@each_recorded
def test_it_is_still_so(operation: type[Operation]) -> None:
    """Driven again: the same commands, word by word, the same answers, and the same said of them."""
    path = recordings.path_of(operation)
    now = recordings.text_of(recordings.recorded(recordings.of(operation))) + "\n"
    assert now == path.read_text(encoding="utf-8"), f"python -m tests.house.recordings {operation.name()}"


@each_recorded
def test_nothing_could_be_left_out_of_the_smallest_or_added_to_the_fullest(operation: type[Operation]) -> None:
    """Each is of that operation; between the two lies every parameter that it has."""
    cases = recordings.of(operation)
    small, full, refused = (recordings.operation_of(cases[name]) for name in recordings.CASES)
    assert {type(small), type(full), type(refused)} == {operation}
    assert [each.text() for each in recordings.without(small)] == []
    assert [each.text() for each in recordings.further(full)] == []


@each_recorded
def test_it_shows_an_answer_and_a_refusal(operation: type[Operation]) -> None:
    """The smallest and the fullest are carried out; the refused isn't, by what a machine said. Whichever of these can't
    be says why."""
    cases = recordings.of(operation)
    ends = {name: cases[name]["report"].get("ending") for name in recordings.CASES if "why" not in cases[name]}
    assert ends == {name: "failed" if name == "refused" else "succeeded" for name in ends}
    for name, case in cases.items():
        assert name == "answers" or case["sent"], f"{name}: nothing was asked of a machine"


def test_what_was_recorded_is_read_back_whole() -> None:
    """Of each answer that is told by what differs from another, every line comes back."""
    answers = [["a"] * 9, ["a"] * 8 + ["b"], ["c"] * 9, [], ["a"] * 8 + ["b"]]
    briefly = [recordings.briefly(each, answers[:at]) for at, each in enumerate(answers)]
    assert [recordings.whole(each, answers) for each in briefly] == answers
    assert briefly[1] == {"like": 0, "but": [[8, "b"]]}


def test_they_are_small() -> None:
    """What a case takes stays small enough to be read in a review."""
    sizes = {tree.shown(path): path.stat().st_size for path in recordings.FOLDER.rglob("*.json")}
    assert {name: size for name, size in sizes.items() if size > 100_000} == {}
