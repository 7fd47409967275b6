"""Every refusal explains itself."""

from __future__ import annotations

import ast
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from policies.problems import Problem
from tests.house import tree
from tests.house.docs import all_problems

PROBLEMS = {leaf.__name__: leaf for leaf in all_problems()}


def fields(leaf: type[Problem]) -> set[str]:
    """What its texts are filled with."""
    texts = (leaf.sentence, leaf.why, leaf.remedy)
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("leaf", PROBLEMS.values(), ids=lambda leaf: leaf.code)
def test_a_problem_is_complete(leaf: type[Problem]) -> None:
    """Each has code, sentence, why and remedy, and its texts can be filled."""
    assert leaf.code
    assert leaf.code == leaf.code.lower()
    filled = leaf(**dict.fromkeys(fields(leaf), "x"))
    for text in (filled.said, filled.because, filled.next_step):
        assert text.strip()
        assert "{" not in text


def test_codes_and_names_are_unique() -> None:
    """A code leads to one problem."""
    leaves = all_problems()
    assert [code for code, times in Counter(leaf.code for leaf in leaves).items() if times > 1] == []
    assert len(PROBLEMS) == len(leaves)


# ── every place that makes one ────────────────────────────────────────────────────────────────────────────────────


def made() -> Iterator[tuple[Path, int, type[Problem], set[str]]]:
    """Each place that makes a problem, with the facts that it gives."""
    for path in tree.sources(*tree.PACKAGES):
        module = tree.parsed(path)
        dicts = _dicts(module)
        calls = [node for node in ast.walk(module) if isinstance(node, ast.Call)]
        for call in calls:
            if (leaf := _leaf(call.func)) is not None:
                yield path, call.lineno, leaf, _given(call, dicts)
        bare = [node for node in ast.walk(module) if isinstance(node, ast.Raise) and node.exc is not None]
        for node in bare:
            if (leaf := _leaf(node.exc)) is not None:
                yield path, node.lineno, leaf, set()


def _leaf(node: ast.expr | None) -> type[Problem] | None:
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    return PROBLEMS.get(name)


def _given(call: ast.Call, dicts: dict[str, set[str]]) -> set[str]:
    assert not call.args, f"line {call.lineno}: a problem takes its facts by name"
    told = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    for spread in (keyword.value for keyword in call.keywords if keyword.arg is None):
        assert isinstance(spread, ast.Call), f"line {call.lineno}: can't tell which facts are spread here"
        assert isinstance(spread.func, ast.Name), f"line {call.lineno}: can't tell which facts are spread here"
        told |= dicts[spread.func.id]
    return told


def _dicts(module: ast.Module) -> dict[str, set[str]]:
    """The functions of a module that return a dict that is written out, with its keys."""
    return {
        function.name: {str(key.value) for key in node.value.keys if isinstance(key, ast.Constant)}
        for function in ast.walk(module)
        if isinstance(function, ast.FunctionDef)
        for node in function.body
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict)
    }


def test_whoever_makes_a_problem_gives_all_that_its_texts_need() -> None:
    """No refusal fails for want of a fact in its sentence."""
    lacking = [
        f"{tree.shown(path)}:{line} {leaf.__name__} lacks {', '.join(sorted(missing))}"
        for path, line, leaf, given in made()
        if (missing := fields(leaf) - given)
    ]
    assert lacking == []


def test_every_problem_is_made_somewhere() -> None:
    """None is documented that can't happen."""
    assert set(PROBLEMS.values()) - {leaf for _, _, leaf, _ in made()} == set()
