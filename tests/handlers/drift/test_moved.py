"""A host before a migration and after it: what is said of it, and what comes with another managed system alone."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.drift import moved
from handlers.drift.sources import SOURCES
from handlers.drift.value import Reading, Value

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
BEFORE: dict[str, Reading] = {
    "no": {"tcp_sendspace": Value("262144"), "rfc1323": Value("1")},
    "attributes:sys0": {"systemid": Value("IBM,1"), "maxuproc": Value("128"), "os_uuid": Value("a-b")},
    "file:/etc/hosts": {"content": Value("1", text="a\nb\n")},
}


def told(unread: tuple[str, ...] = (), **after: Reading) -> tuple[str, ...]:
    names = {"sys0": "attributes:sys0", "hosts": "file:/etc/hosts"}
    now = BEFORE | {names.get(name, name): reading for name, reading in after.items()}
    return moved.told("db01", BEFORE, now, unread, SOURCES, AT)


def test_nothing_is_said_to_differ_with_how_much_was_held_against_each_other() -> None:
    """The one sentence that whoever migrated it waits for."""
    assert told() == ("db01 before and after: nothing of 6 settings differs",)


def test_what_comes_with_another_managed_system_is_named_and_no_difference() -> None:
    """The partition's own id is none of it: it moves along."""
    other = {"systemid": Value("IBM,2"), "maxuproc": Value("128"), "os_uuid": Value("a-b")}
    (head,) = told(sys0=other)
    assert head.endswith("nothing of 6 settings differs, but for what comes with another managed system: "
                         "attributes:sys0/systemid")  # fmt: skip
    head, line = told(sys0=other | {"os_uuid": Value("c-d")})
    assert "1 of 6" in head
    assert line == "attributes:sys0/os_uuid a-b → c-d"


def test_what_differs_is_named_a_text_by_its_lines() -> None:
    """Both values, and of a file what changed in it."""
    head, line, *text = told(hosts={"content": Value("2", text="a\nc\n")})
    assert "1 of 6" in head
    assert line == "file:/etc/hosts/content 1 → 2"
    assert text == ["--- before", "+++ after", "@@ -1,2 +1,2 @@", " a", "-b", "+c"]


def test_what_couldnt_be_read_afterwards_is_said_and_never_taken_for_alike() -> None:
    """Silence is not health."""
    assert told(unread=("vmo", "filesets"))[-1] == "Not read since, so nobody knows: filesets, vmo"


def test_each_that_may_differ_has_its_reason() -> None:
    """A pattern without one would be a guess."""
    assert all(each.reason for each in moved.MAY)
