"""Rounds: everything in its time, an unsettled thing sooner, and never twice at once."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.watch.rounds import JITTER, Rounds


def rounds(*, every: float = 30.0, floor: float = 5.0, seed: int = 1) -> Rounds:
    return Rounds(every=every, floor=floor, dice=random.Random(seed))


def test_looks_are_spread_over_the_interval() -> None:
    """A hundred things aren't all due at once, and all are due within it."""
    some = rounds()
    some.set([f"p{number}" for number in range(100)], 0.0)
    taken = [0, 0, 0]
    for tenth in range(301):
        while (key := some.take(tenth / 10)) is not None:
            taken[min(2, tenth // 100)] += 1
            some.done(key, 1000.0)
    assert sum(taken) == 100
    assert min(taken) > 15


def test_a_round_is_over_when_everything_was_looked_at() -> None:
    """Not before; and it says how long it took, of how many, and how many began too late."""
    some = rounds()
    some.set(["a", "b"], 0.0)
    first = some.take(30.0)
    assert first is not None
    assert some.done(first, 31.0) is None
    second = some.take(70.0)
    assert second is not None
    over = some.done(second, 72.0)
    assert over is not None
    assert (over.began, over.ended, over.things, over.missed) == (0.0, 72.0, 2, 1)


def test_what_is_unsettled_is_due_sooner_but_not_at_once() -> None:
    """After the floor; and a floor above the interval is the interval."""
    some = rounds(floor=5.0)
    some.set(["a"], 0.0)
    assert some.take(30.0) == "a"
    some.done("a", 31.0, soon=True)
    assert some.wait(31.0) == pytest.approx(5.0)
    slow = rounds(every=10.0, floor=60.0)
    slow.set(["a"], 0.0)
    slow.take(10.0)
    slow.done("a", 10.0, soon=True)
    assert slow.wait(10.0) == pytest.approx(10.0)


def test_a_slow_look_piles_nothing_up() -> None:
    """However long it took, it is due once, at once, and then as ever."""
    some = rounds()
    some.set(["a"], 0.0)
    assert some.take(30.0) == "a"
    assert some.take(500.0) is None, "it is being looked at"
    some.done("a", 500.0)
    assert some.take(500.0) == "a"
    assert some.take(500.0) is None


def test_what_an_earlier_start_looked_at_is_due_as_if_there_had_been_none() -> None:
    """However often it is started anew: what is late comes soon, and nothing waits longer than an interval."""
    some = rounds(every=100.0)
    some.set(["early", "late", "new", "tomorrow"], 1000.0, ages={"early": 30.0, "late": 5000.0, "tomorrow": -900.0})
    due = {some.take(1000.0 + later): later for later in range(102)}
    assert due["late"] <= 10
    assert due["early"] == 70
    assert due["tomorrow"] == 100
    assert due["new"] <= 100


def test_what_is_gone_is_not_looked_at() -> None:
    """Also where it is looked at just then; what is new is due within an interval."""
    some = rounds()
    some.set(["a", "b"], 0.0)
    key = some.take(30.0)
    assert key is not None
    other = "b" if key == "a" else "a"
    some.set([other, "c"], 30.0)
    some.done(key, 31.0)
    assert {some.take(61.0), some.take(61.0)} == {other, "c"}
    assert some.take(1000.0) is None


@given(st.integers(0, 2**32), st.lists(st.tuples(st.floats(0.01, 40), st.booleans()), min_size=20, max_size=80))
def test_nothing_is_ever_forgotten_or_taken_twice(seed: int, turns: list[tuple[float, bool]]) -> None:
    """Whatever the pace: each thing is taken by one alone, and the longest due comes first."""
    some = rounds(seed=seed)
    names = ["a", "b", "c"]
    some.set(names, 0.0)
    now, busy = 0.0, set[str]()
    seen: list[str] = []
    for step, soon in turns:
        now += step
        key = some.take(now)
        if key is not None:
            assert key not in busy
            busy.add(key)
            seen.append(key)
        if busy and (soon or len(busy) == len(names)):
            done = min(busy)
            busy.discard(done)
            some.done(done, now, soon=soon)
    for key in list(busy):
        some.done(key, now)
    later = now + some.every
    left = {some.take(later) for _ in names}
    assert left == set(names)


@given(st.integers(0, 2**32))
def test_a_look_comes_early_at_times_and_late_never(seed: int) -> None:
    """By the jitter at most, so that one poll is one interval at most."""
    some = rounds(seed=seed)
    some.set(["a"], 0.0)
    due = some.wait(0.0)
    assert some.take(due) == "a"
    some.done("a", due + 1.0)
    assert some.every * (1 - JITTER) <= some.wait(due) <= some.every
