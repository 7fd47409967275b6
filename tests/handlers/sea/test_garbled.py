"""Whatever is done to an answer on its way, it is never read as healthier than it was."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from handlers import entstat, seas
from handlers.entstat import Sea
from handlers.hmcout import Unreadable
from handlers.sea.looking import believed
from handlers.sea.machine import step
from handlers.sea.pair import Side
from handlers.seattr import Settings
from tests.handlers.sea.looks import look, side
from tests.handlers.test_entstat import recorded

# A whole pair in failover, a whole pair that shares, and one in which much is wrong.
PAIRS = {
    "auto": ("auto-primary", "auto-backup"),
    "sharing": ("sharing-primary", "sharing-backup"),
    "sick": ("sharing-alone", "link-down"),
}
# What the attributes of each say, which are read where an answer tells nothing of failover.
SET = Settings(ha_mode="auto", pvid=1, pvid_adapter="ent1", real_adapter="ent0", virt_adapters=("ent1", "ent2"))
Symptoms = frozenset[tuple[str, str]]


@cache
def whole_pair(*cases: str) -> tuple[Side, ...]:
    return tuple(side(f"p72vio{place + 1}", case) for place, case in enumerate(cases))


@cache
def concluded_of(*cases: str) -> Symptoms:
    return concluded(*whole_pair(*cases))


def concluded(first: Side, second: Side) -> Symptoms:
    _, sighting = step(None, look(first, second))
    return frozenset((each.rule, each.about) for each in sighting.symptoms)


def read(text: str) -> Sea | None:
    try:
        return entstat.sea(text, "ent4")
    except Unreadable:
        return None


def judge(pair: str, number: int, text: str) -> None:
    """Unreadable and nothing else, or all that was wrong before is wrong still; and what was fit may only have become
    unfit."""
    cases = PAIRS[pair]
    sides = list(whole_pair(*cases))
    before = concluded_of(*cases)
    whole = sides[number].told
    assert whole is not None
    read_now = sides[number].model_copy(update={"told": read(text), "raw": text, "why": "it can't be read"})
    sides[number] = believed(read_now, SET)
    told, after = sides[number].told, concluded(*sides)
    if told is None:
        assert ("unreadable", sides[number].vios) in after
        assert after.isdisjoint({("both-primary", ""), ("neither-primary", ""), ("failover-off", sides[number].vios)})
        return
    assert before <= after
    assert bool(seas.unfit(told)) >= bool(seas.unfit(whole))


pairs = st.sampled_from(sorted(PAIRS))
sides = st.integers(0, 1)


@settings(max_examples=150, deadline=None)
@given(pairs, sides, st.integers(0), st.integers(0))
def test_lines_that_are_missing(pair: str, number: int, start: int, count: int) -> None:
    """A piece cut out anywhere, of any length: from the end, from the middle, from the beginning."""
    lines = recorded(PAIRS[pair][number]).splitlines(keepends=True)
    at = start % len(lines)
    gone = 1 + count % (len(lines) - at)
    judge(pair, number, "".join(lines[:at] + lines[at + gone :]))


@settings(max_examples=150, deadline=None)
@given(pairs, sides, st.integers(0))
def test_text_that_is_cut_off(pair: str, number: int, at: int) -> None:
    """In the middle of a line as well."""
    text = recorded(PAIRS[pair][number])
    judge(pair, number, text[: at % len(text)])


@settings(max_examples=150, deadline=None)
@given(pairs, sides, st.integers(0), st.integers(0))
def test_lines_that_changed_places(pair: str, number: int, one: int, other: int) -> None:
    """Any two of them, also of two adapters."""
    lines = recorded(PAIRS[pair][number]).splitlines(keepends=True)
    one, other = one % len(lines), other % len(lines)
    lines[one], lines[other] = lines[other], lines[one]
    judge(pair, number, "".join(lines))


@settings(max_examples=150, deadline=None)
@given(pairs, st.integers(0, 2**32), st.integers(1, 60))
def test_two_answers_in_one(pair: str, seed: int, most: int) -> None:
    """Both VIOS's lines, each in their order, in pieces of any length: never a SEA."""
    rng = random.Random(seed)
    both = [recorded(case).splitlines(keepends=True) for case in PAIRS[pair]]
    mixed: list[str] = []
    while any(both):
        source = rng.choice([each for each in both if each])
        size = rng.randint(1, most)
        mixed += source[:size]
        del source[:size]
    assert read("".join(mixed)) is None


@settings(max_examples=200, deadline=None)
@given(pairs, sides, st.integers(0), st.characters(codec="utf-8"))
def test_a_character_that_flipped(pair: str, number: int, at: int, char: str) -> None:
    """Any, but a digit that became another digit: that says something else, and can't be told from the truth."""
    text = recorded(PAIRS[pair][number])
    at %= len(text)
    assume(not (text[at].isdigit() and char.isdigit()))
    judge(pair, number, text[:at] + char + text[at + 1 :])


@pytest.mark.parametrize("pair", sorted(PAIRS))
def test_one_answer_after_the_other(pair: str) -> None:
    """Twice the same, or one behind the other: two answers are none."""
    first, second = map(recorded, PAIRS[pair])
    assert [read(first + second), read(second + first), read(first + first)] == [None, None, None]


@pytest.mark.parametrize("pair", sorted(PAIRS))
@pytest.mark.parametrize("number", [0, 1])
def test_the_whole_failover_cut_out(pair: str, number: int) -> None:
    """A sharing backup without its part would bridge as if it were alone: unreadable, and no loop is told of."""
    before, _, rest = recorded(PAIRS[pair][number]).partition("High Availability Statistics:")
    judge(pair, number, before.rpartition("\n")[0] + "\n" + rest[rest.index("\n----") :])


@pytest.mark.parametrize(
    ("known", "stays"), [(SET, False), (None, False), (SET.model_copy(update={"ha_mode": "disabled"}), True)]
)
def test_no_failover_is_believed_by_the_attributes_alone(known: Settings | None, stays: bool) -> None:
    """A SEA that has none, and says so twice, is told as it is."""
    told = side("p72vio1", "no-failover")
    assert (believed(told, known).told is not None) is stays


@pytest.mark.parametrize(
    "line", ["L0nk Status: Down", "Link Stat-s: Down", "Link Status: D!wn", "Link Status:", "X: down"]
)
def test_a_link_that_is_garbled_is_not_passed_over(line: str) -> None:
    """Drivers have words of their own, and none of them may hide that the link is down."""
    whole = recorded("link-down")
    assert read(whole) is not None
    assert read(whole.replace("Link Status: Down", line)) is None
