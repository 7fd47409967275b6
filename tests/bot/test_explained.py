"""`hscbot explain`: the same findings for people and programs, and nothing raw on the terminal."""

from __future__ import annotations

import io
import itertools
import json
import os
import pty
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.explained import explain_file, explain_stream, lines
from handlers.explain import LINE_LIMIT, explain

RECORDED = sorted((Path(__file__).resolve().parents[1] / "recorded" / "migrlpar").glob("*.raw"))


class Dribble(io.BytesIO):
    """Gives its bytes in pieces of the given sizes, as a pipe does."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        super().__init__(data)
        self._sizes = itertools.cycle(sizes)

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.read(next(self._sizes))


def run(data: bytes, *, as_json: bool = False) -> tuple[int, str]:
    out = io.StringIO()
    return explain_stream(io.BytesIO(data), as_json=as_json, out=out), out.getvalue()


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: str(path.stem))
def test_json_says_what_the_recording_means(path: Path) -> None:
    """The JSON list holds each finding of the recorded answer with its explanation, and exit 1 tells of the errors."""
    code, out = run(path.read_bytes(), as_json=True)
    found, expected = json.loads(out), json.loads(path.with_suffix(".json").read_text())
    assert code == 1
    assert [{key: one[key] for key in want} for one, want in zip(found, expected, strict=True)] == expected
    parts = {"code", "path", "section", "text", "known", "meaning", "causes", "fixes", "rmc_rc", "os_rc"}
    assert all(parts <= set(one) for one in found)


@pytest.mark.parametrize(
    ("text", "code"), [("", 0), ("No results were found.", 0), ("Warning:\nHSCLA246 x", 0), ("HSCL8012 x", 1)]
)
def test_the_exit_code_tells_whether_something_stands_in_the_way(text: str, code: int) -> None:
    """0 without an error, 1 with one, the same in both forms; the JSON is a list in any case."""
    assert run(text.encode())[0] == code
    in_json = run(text.encode(), as_json=True)
    assert in_json[0] == code
    assert isinstance(json.loads(in_json[1]), list)


def test_people_read_the_machines_words_and_ours() -> None:
    """The plain form names the code with its wrapper, the raw words, the explanation and its source."""
    out = run(b"HSCLA318 Failed with the following error: HSCLA335 AME_capability")[1]
    for words in (
        "HSCLA335 (inside HSCLA318)",
        "| HSCLA318 Failed",
        "What it means:",
        "Likely causes:",
        "Check:",
        "Mend:",
        "Source:",
    ):
        assert words in out


def test_what_is_unknown_is_called_unknown() -> None:
    """An unknown code is shown raw, without an explanation."""
    out = run(b"HSCLBEEF Something [bold]new[/bold].")[1]
    assert "HSCLBEEF, unknown" in out
    assert "| HSCLBEEF Something [bold]new[/bold]." in out
    assert "What it means" not in out


@given(st.text() | st.text("\x1b\x07\x9b\x00\r[31m\u202e\u2066 HSCL8012:\n"))
@settings(deadline=None)
def test_no_control_character_reaches_the_terminal(text: str) -> None:
    """Neither form lets an escape, a bell or a change of writing direction through."""
    data = b"HSCL8012 x\n" + text.encode("utf-8", "replace")
    for as_json in (False, True):
        assert all(ch == "\n" or ch.isprintable() for ch in run(data, as_json=as_json)[1])


def test_a_terminal_gets_colours_and_no_markup_of_the_machine() -> None:
    """In a terminal the text is styled by us alone: what looks like markup or an escape is shown as it is."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", encoding="utf-8") as out:
        explain_stream(io.BytesIO(b"HSCL8012 [red]x[/red] \x1b]0;title\x07 :smile:"), as_json=False, out=out)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "[red]x[/red]" in shown
    assert ":smile:" in shown
    assert re.findall("\x1b[^m]*m", shown)
    assert "\x1b]" not in shown
    assert "\x07" not in shown


def test_an_output_that_knows_only_ascii_gets_question_marks() -> None:
    """An output with a poor encoding doesn't stop the explanation."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    assert explain_stream(io.BytesIO("HSCLA340 管理控制台".encode()), as_json=False, out=out) == 1


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file or a folder gives exit 2 and a sentence; a real file is explained."""
    for path in (tmp_path / "missing", tmp_path, Path("nul\0")):
        out, err = io.StringIO(), io.StringIO()
        assert explain_file(path, as_json=True, out=out, err=err) == 2
        assert out.getvalue() == ""
        assert err.getvalue().startswith("I can't read ")
    out = io.StringIO()
    assert explain_file(RECORDED[0], as_json=True, out=out, err=io.StringIO()) == 1


@given(st.sampled_from(RECORDED), st.lists(st.integers(1, 90), min_size=1, max_size=8), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_how_the_bytes_come_does_not_matter(path: Path, sizes: list[int], at: int) -> None:
    """In whatever pieces bytes come, also within a character, the findings are the same."""
    raw = path.read_bytes()
    data = raw[:at] + "管…".encode() + raw[at:]
    assert list(explain(lines(Dribble(data, sizes)))) == list(explain(data.decode().split("\n")))


def test_a_finding_is_printed_while_the_answer_is_still_coming() -> None:
    """What is complete is written before more is read."""
    out, seen = io.StringIO(), []

    class Watching(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            seen.append(out.getvalue())
            return self.readline()

    explain_stream(Watching(b"HSCL8012 one\nHSCL8011 two\n"), as_json=False, out=out)
    assert "HSCL8012" in seen[2]
    assert "HSCL8011" not in seen[2]


def test_a_line_without_end_stays_small() -> None:
    """Of a line of many megabytes only the beginning is kept, and the next line is read as ever."""
    got = list(lines(io.BytesIO(b"x" * 5_000_000 + b"\nHSCL8012 y")))
    assert [len(got[0]) <= 2 * LINE_LIMIT, got[1]] == [True, "HSCL8012 y"]


def test_bytes_that_are_not_text_are_replaced() -> None:
    """Broken UTF-8 and a byte order mark are no obstacle."""
    assert list(lines(io.BytesIO(b"\xef\xbb\xbfHSCL8012 \xff\xfe\ncut \xe7\xae"))) == ["HSCL8012 ��", "cut �"]
