"""From a slash command's words to an operation, or to every fault at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import grammar
from handlers.lpm import operations as lpm
from handlers.operation import Operation
from policies.problems import Problem

CATALOG = {"lpm": lpm.OPERATIONS}


def read(text: str, command: str = "/lpm") -> Operation | grammar.Help | list[Problem]:
    found = grammar.read(CATALOG, command, text)
    if isinstance(found, grammar.Incomplete):
        return found.missing
    return found.operation if isinstance(found, grammar.Asked) else found


def codes(text: str) -> list[str]:
    found = read(text)
    assert isinstance(found, list), found
    return [problem.code for problem in found]


def test_names_by_position_and_options_by_key() -> None:
    """`validate db01 p72 p75 mpio=2 wait=5` is one operation with its parameters."""
    assert read("validate db01 p72 p75 mpio=2 wait=5 affinity=yes") == lpm.Validate(
        partition="db01", source="p72", destination="p75", mpio="2", wait=5, affinity=True
    )


def test_an_id_stands_in_for_the_partition() -> None:
    """`id=7` frees the partition's place."""
    assert read("validate id=7 p72 p75") == lpm.Validate(id=7, source="p72", destination="p75")


@pytest.mark.parametrize("text", ['status "my lpar" p72', "status “my lpar” p72", 'STATUS "my lpar"   p72 '])
def test_a_name_with_a_blank_is_quoted_as_a_phone_types_it(text: str) -> None:
    """Straight and typographic double quotes both hold a name together."""
    assert read(text) == lpm.Status(partition="my lpar", source="p72")


def test_all_faults_are_told_at_once() -> None:
    """A wrong option, a wrong value and a surplus word are three problems of one answer."""
    assert codes("validate db01 p72 p75 more mpio=3 speed=9") == ["unknown-option", "surplus-argument", "bad-value"]
    assert codes("validate") == ["missing-argument", "missing-argument"]  # where it runs can be looked up
    assert codes("validate db01 p72 p72 mpio=7 user=root") == ["clash", "clash", "bad-value"]


def test_where_it_runs_may_be_left_away() -> None:
    """With fewer words than places, those that are there are the partition and where it goes; by name, in any order."""
    assert read("validate db01 p75") == lpm.Validate(partition="db01", destination="p75")
    assert read("status db01") == lpm.Status(partition="db01")
    assert read("validate db01 p75 source=p72") == lpm.Validate(partition="db01", source="p72", destination="p75")
    assert read("validate db01 p72 destination=p75") == lpm.Validate(partition="db01", source="p72", destination="p75")
    assert read("validate db01 destination=p75") == lpm.Validate(partition="db01", destination="p75")
    assert codes("status id=5") == ["clash"]
    short = lpm.Validate(partition="db01", destination="p75")
    assert read(short.text()) == short


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("valdate db01 p72 p75", "unknown-verb", "Did you mean 'validate'?"),
        ("validate db01 p72 p75 mpoi=2", "unknown-option", "Did you mean 'mpio'?"),
        ("validate db01 p72 p75 mpio=2 mpio=1", "given-twice", "mpio"),
        ('validate "db01 p72 p75', "open-quote", "never closed"),
        ("validate db01;reboot p72 p75", "bad-value", "SEMICOLON"),
        ("validate db01$(id) p72 p75", "bad-value", "DOLLAR SIGN"),
        ("validate db0\u0391 p72 p75", "bad-value", "GREEK CAPITAL LETTER ALPHA"),
        ("validate 'db01' p72 p75", "bad-value", "APOSTROPHE"),
        ('validate "db\n01" p72 p75', "bad-value", "which I don't take"),
        ("validate db01 p72 p72", "clash", "the same managed system"),
        ("validate db01 p72 p75 user=hscroot", "clash", "user= goes with hmc="),
        ("validate db01 p72 p75 hmc=--help", "bad-value", "not of the form"),
        ("validate -p p72 p75", "bad-value", "not of the form"),
        ("validate " + "x" * 3000, "too-long", "3009"),
    ],
)
def test_each_fault_has_its_sentence(text: str, code: str, said: str) -> None:
    """Each bad input is one problem that names what is wrong."""
    found = read(text)
    assert isinstance(found, list)
    assert [problem.code for problem in found] == [code]
    assert said in found[0].said
    assert found[0].next_step


def test_an_unknown_command_is_named() -> None:
    """A command that isn't ours is told with those that are."""
    found = read("x", command="/vois")
    assert isinstance(found, list)
    assert "/lpm" in found[0].next_step


@pytest.mark.parametrize("text", ["", "help", "help migrate", "HELP"])
def test_help_is_one_word_away(text: str) -> None:
    """An empty command and `help` both ask for help."""
    assert isinstance(read(text), grammar.Help)


@given(st.text(max_size=400))
def test_no_text_breaks_the_grammar(text: str) -> None:
    """Whatever is typed becomes an operation, help, or problems that can be shown."""
    found = read(text)
    for problem in found if isinstance(found, list) else ():
        assert problem.said and problem.because and problem.next_step  # noqa: PT018


@given(st.sampled_from(lpm.OPERATIONS), st.text(max_size=40), st.text(max_size=40))
def test_what_was_asked_is_typed_back_the_same(operation: type[Operation], name: str, system: str) -> None:
    """An operation's own text, read again, is that operation: buttons ask what they say."""
    found = read(f'{operation.verb} "{name}" "{system}" p75')
    if isinstance(found, Operation):
        assert read(found.text()) == found
