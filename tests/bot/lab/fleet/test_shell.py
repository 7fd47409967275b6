"""The HMC's shell: what bash would run is what is told, and nothing breaks it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console import command_line
from bot.lab.fleet.shell import Call, Shell


def run(line: str) -> tuple[list[tuple[str, ...]], str, str, int]:
    """The commands that ran, both outputs and the status."""
    told: list[tuple[str, ...]] = []
    out: list[str] = []
    err: list[str] = []

    async def program(call: Call) -> int:
        await call.out("one two\n")
        return 3

    async def go() -> int:
        shell = Shell({"hmc": program}, tell=told.append, variables={"HOME": "/home/hscroot"})

        async def to_out(text: str) -> None:
            out.append(text)

        async def to_err(text: str) -> None:
            err.append(text)

        return await shell.run(line, to_out, to_err)

    status = asyncio.run(go())
    return told, "".join(out), "".join(err), status


words = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029"), max_size=40)


@settings(max_examples=400, deadline=None)
@given(st.lists(words, min_size=1, max_size=6).filter(lambda argv: argv[0] != ""))
def test_any_words_arrive_as_one_command(argv: list[str]) -> None:
    """However hostile its words, a quoted command line runs as exactly one command with exactly these words."""
    told, _, _, _ = run(command_line("hmc", argv))
    assert told == [tuple(argv)]


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from("ab \t\n'\"\\$`;|&()<>#{}!~=?*[]-0for\x00é"), max_size=60))
def test_no_line_breaks_the_shell(line: str) -> None:
    """Whatever is sent, the shell ends with a status that bash could have, and shows no traceback."""
    _, out, err, status = run(line)
    assert 0 <= status <= 255
    assert "Traceback" not in out + err


def _comparable(line: str) -> bool:
    """Not arithmetic, not a joined line within an operator, and not what differs from process to process.

    Nor a backslash at the very end: bash keeps it, but drops it where a newline stands between single quotes before it.
    """
    if line.endswith("\\") and "'" in line and "\n" in line:
        return False
    return not any(part in line for part in ("((", "$$", "$#", "\\\n"))


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash to compare with")
@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("aab  \n'\"\\$`;|()#"), max_size=14).filter(_comparable))
def test_runs_what_bash_runs(line: str) -> None:
    """For lines of quotes, separators, substitutions and comments, bash itself runs the same commands."""
    assert sorted(run(line)[0]) == sorted(_bash(line))


def _bash(line: str) -> list[tuple[str, ...]]:
    """Every command that real bash would run: with an empty PATH each is unknown, and so handed to the handler."""
    told = "printf -v told '%s\\036' \"$@\"; printf '%s\\035' \"$told\" >&9"  # one write: a pipe's ends run at once
    handler = "command_not_found_handle() { " + told + "; return 127; }\n"
    script = 'exec 9>&1 >/dev/null 2>&1; PATH=/nowhere; export -n PATH; eval "$1"\n'
    done = subprocess.run(
        ["bash", "--norc", "--noprofile", "-c", handler + script, "bash", line], capture_output=True, check=False
    )
    calls = done.stdout.decode().split("\x1d")[:-1]
    return [tuple(call.split("\x1e")[:-1]) for call in calls]


@pytest.mark.parametrize(
    ("line", "ran"),
    [
        ("a b; c", [("a", "b"), ("c",)]),
        ("hmc && a || b", [("hmc",), ("b",)]),
        ("a $(b `c`)", [("c",), ("b",), ("a",)]),
        ('a "$(hmc)"', [("hmc",), ("a", "one two")]),
        ("a $(hmc)", [("hmc",), ("a", "one", "two")]),
        ("X='1 2'; a $X \"$X\"", [("a", "1", "2", "1 2")]),
        ("a # b; c", [("a",)]),
        ("a\nb", [("a",), ("b",)]),
        ("for x in 1 2; do a $x; done", [("a", "1"), ("a", "2")]),
        ("a & b", [("a",), ("b",)]),
        ("(a; b) | c", [("a",), ("b",), ("c",)]),
        ("$'a\\x62'", [("ab",)]),
    ],
)
def test_metacharacters_are_live(line: str, ran: Sequence[tuple[str, ...]]) -> None:
    """What is not quoted acts, and everything that runs is told."""
    assert run(line)[0] == ran


@pytest.mark.parametrize(
    ("line", "says", "status"),
    [
        ("nonesuch", "bash: nonesuch: command not found\n", 127),
        ("/bin/ls", "bash: /bin/ls: restricted: cannot specify `/' in command names\n", 1),
        ("hmc > /tmp/x", "bash: /tmp/x: restricted: cannot redirect output\n", 1),
        ("a 'b", "bash: -c: line 1: unexpected EOF while looking for matching `''\n", 2),
        ("a ;; b", "bash: -c: line 1: syntax error near unexpected token `;;'\n", 2),
    ],
)
def test_refusals_are_in_bashs_words(line: str, says: str, status: int) -> None:
    """Unknown commands, restricted forms and faults of syntax are told as bash tells them."""
    _, out, err, ended = run(line)
    assert (out, err, ended) == ("", says, status)


@pytest.mark.parametrize(
    ("line", "prints"),
    [
        ("hmc | wc -l", "1\n"),
        ("echo 'a\nb\nc' | head -2 | grep b", "b\n"),
        ("echo 'b\na' | sort | tail -n 1", "b\n"),
        ("echo x | grep -c y; echo $?", "0\n1\n"),
    ],
)
def test_pipes_carry(line: str, prints: str) -> None:
    """The small programs behind a pipe do what they do."""
    assert run(line)[1] == prints


@pytest.mark.parametrize(
    "line", ["(" * 500, "$(" * 500, "a=" + "b" * 200_000, "a=bbbbbbbb; " + "a=$a$a$a$a; " * 40, "`" * 999, "for " * 99]
)
def test_a_bomb_is_refused(line: str) -> None:
    """Depth, length and growth are bounded."""
    assert run(line)[3] != 0
