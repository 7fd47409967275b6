"""Where things stand in TOML: whatever tomllib reads is found, and in its line."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from policies.places import DEEPEST, Place, TooDeep, places

BARE = st.sampled_from(["a", "b", "c-1", "_"])
KEYS = st.one_of(BARE, st.sampled_from(['"a"', "'b'", '"\\u0061"', '"x.y"', "'#'", '"]"', '"="']))
SPACE = st.sampled_from(["", " ", "\t", "  "])
BREAKS = st.sampled_from(["", "\n", "# [[a]] = '''\n", "\n\n", "  \r\n"])
SCALARS = st.sampled_from(
    [
        "1", "-1.5", "true", "nan", "2026-03-01", "2026-03-01 10:00:00", "2026-03-01T10:00:00Z", "10:00:00", '"x"',
        "'y'", '""', "''", '"#"', '"\\""', '"]"', '"""\n[[a]]\n"""', "'''\n#]\n'''", '""""x""""', "''''x''''",
        '"""\\"""\\""""',
        '"""a\\\n  b"""',
    ]
)  # fmt: skip


def lists(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    items = st.lists(st.tuples(BREAKS, values, BREAKS).map("".join), max_size=3)
    return st.tuples(items, BREAKS).map(lambda told: "[" + ",".join(told[0]) + told[1] + "]")


def tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(KEYS, SPACE, st.just("="), SPACE, values).map("".join), max_size=3)
    return pairs.map(lambda told: "{ " + ", ".join(told) + " }")


VALUES = st.recursive(SCALARS, lambda values: st.one_of(lists(values), tables(values)), max_leaves=6)
PATHS = st.lists(KEYS, min_size=1, max_size=3).map(" . ".join)
PAIRS = st.tuples(PATHS, SPACE, st.just("="), SPACE, VALUES, SPACE, st.sampled_from(["\n", "# x\n", "\r\n"])).map(
    "".join
)
HEADERS = st.tuples(st.sampled_from([("[", "]"), ("[[", "]]")]), PATHS).map(
    lambda told: told[0][0] + told[1] + told[0][1]
)
TEXTS = st.lists(st.one_of(PAIRS, HEADERS.map(lambda told: told + "\n"), BREAKS.map(lambda told: told + "\n"))).map(
    "".join
)


def paths_of(value: object, here: Place = ()) -> set[Place]:
    """Every key and place of a document as it was read."""
    found = {here} if here else set()
    if isinstance(value, dict):
        found |= {each for key, inner in value.items() for each in paths_of(inner, (*here, key))}
    if isinstance(value, list):
        found |= {each for number, inner in enumerate(value) for each in paths_of(inner, (*here, number))}
    return found


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_everything_that_is_read_has_its_place_and_nothing_else(text: str) -> None:
    """The places are exactly the keys and elements of the document that tomllib makes of it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    assert set(places(text)) == paths_of(document)


@settings(max_examples=300, deadline=None)
@given(st.lists(PAIRS, max_size=8))
def test_a_key_stands_in_its_line(pairs: list[str]) -> None:
    """However many lines the values before it take."""
    text, lines = "", {}
    for number, pair in enumerate(pairs):
        text += f"[t{number}]\n{pair}[u{number}]\n"
        lines[f"mark{number}"] = text.count("\n") + 1
        text += f"mark{number} = 0\n"
    found = {str(place[-1]): line for place, line in places(text).items() if str(place[-1]).startswith("mark")}
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assume(False)
    assert found == lines


def test_what_is_not_toml_is_followed_as_far_as_it_goes() -> None:
    """Up to the fault everything has its place: the fault itself is tomllib's to tell."""
    assert places("a = 1\nb = [2,\n= 3\nc = 4\n") == {("a",): 1, ("b",): 2, ("b", 0): 2, ("b", 1): 3}


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 99, "x = " + "{a = " * 99, ".".join("a" * 99) + " = 1", "[" + ".".join("a" * 99) + "]"]
)
def test_what_is_too_deep_is_refused_in_its_line(text: str) -> None:
    """Before tomllib's time and stack grow with it."""
    with pytest.raises(TooDeep) as told:
        places("\n\n" + text)
    assert told.value.line == 3
    assert places("x = " + "[" * (DEEPEST - 1) + "1" + "]" * (DEEPEST - 1))
