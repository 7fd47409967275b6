"""The ways back of what an HMC keeps: which words come of which difference, and where there are none."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import within
from handlers.drift import devices, tunables, ways
from handlers.drift.reverting import Revert
from handlers.drift.source import Back, Inverse
from handlers.drift.systems import ALL
from handlers.drift.value import Value

values = st.builds(
    Value, st.text(max_size=12), boot=st.none() | st.text(max_size=12), type=st.none() | st.text(max_size=12)
)
WAYS = list(dict.fromkeys(each.back for each in ALL))


def typed(back: Back) -> str:
    if back.operation is not None:
        return f"/{back.operation.command} {back.operation.text()}"
    return "; ".join(" ".join(each) for each in back.argv)


@pytest.mark.parametrize(
    ("way", "key", "wanted", "now", "expected"),
    [
        (ways.memory, "curr_mem", ("100", "100"), ("300", "100"), "/hmc remove-memory db01 200"),
        (ways.memory, "curr_mem", ("300", "300"), ("100", "100"), "/hmc add-memory db01 200 save=yes"),
        (ways.processors, "curr_procs", ("2", "2"), ("4", "2"), "/hmc remove-processors db01 procs=2"),
        (ways.processors, "curr_proc_units", ("0.5", "0.5"), ("0.3", "0.5"), "/hmc add-processors db01 units=0.2"),
        (ways.memory, "curr_mem", ("100", "100"), ("100", "300"), "mksyscfg -r prof -o save -p db01 -n normal --force"),
        (ways.adapter, "slot 2", ("a", "a"), ("a", ""), "mksyscfg -r prof -o save -p db01 -n normal --force"),
        (ways.attribute, "msp", ("1", None), ("0", None), "chsyscfg -r lpar -i name=db01,msp=1"),
    ],
)  # fmt: skip
def test_a_way_back_is_what_somebody_would_type(
    way: Inverse, key: str, wanted: tuple[str, str | None], now: tuple[str, str | None], expected: str
) -> None:
    """What runs by its own operation, which brings the profile along where that moved too; a profile alone from it."""
    back = way("db01", key, Value(wanted[0], boot=wanted[1]), Value(now[0], boot=now[1], type="normal"))
    assert typed(back) == expected


@given(about=st.text(max_size=12), key=st.sampled_from(["curr_mem", "curr_procs", "msp"]), wanted=values, now=values)
@pytest.mark.parametrize("way", WAYS)
def test_nothing_odd_is_ever_sent(way: Inverse, about: str, key: str, wanted: Value, now: Value) -> None:
    """Whatever a partition, profile or value is called, it is plain words, or told that there is no way; never both."""
    back = way(about, key, wanted, now)
    assert back.is_there is not bool(back.why_not)
    for word in (word for argv in back.argv for word in argv):
        assert word.isascii()
        assert not set(word) & set("'\"\\`$;|&<>*?()[]{}~!#\n\t ")
        assert word.count(",") <= 1


tuned = st.builds(
    Value, st.text(max_size=6), boot=st.none() | st.text(max_size=6), type=st.sampled_from(["D", "R", "B", "settable"])
)
ON_HOSTS = [partial(tunables.back, "no"), partial(tunables.padmin_back, ""), partial(devices.back, "hdisk0"),
            partial(devices.padmin_back, "ent4")]  # fmt: skip


@given(key=st.sampled_from(["tcp_sendspace", "largesend"]), wanted=tuned, now=tuned)
@pytest.mark.parametrize("way", ON_HOSTS)
def test_what_root_is_sent_sets_a_value_and_is_no_shells_word(
    way: partial[Back], key: str, wanted: Value, now: Value
) -> None:
    """A value that was never told, or that a shell would act on, has no way back."""
    for argv in way(key, wanted, now).argv:
        within.line(argv, "db01")
        assert not any(word.endswith("=") for word in argv)


@pytest.mark.parametrize("wanted", [Value("", type="D"), Value("", boot="1", type="D"), Value("1", boot="", type="D")])
def test_a_value_that_is_not_told_is_not_set(wanted: Value) -> None:
    """`n/a` in a list is no value: setting nothing is another thing than not having it."""
    for back in (tunables.back("no", "tcp_ttl", wanted, Value("60", boot="60", type="D")),
                 tunables.padmin_back("", "tcp_ttl", wanted, Value("60", boot="60", type="D"))):  # fmt: skip
        assert not back.is_there
        assert "by hand" in back.why_not


def test_a_rule_about_the_partition_reaches_what_is_set_back() -> None:
    """Whoever may not change db01 can't by way of its managed system."""
    assert Revert(host="p72", setting="memory:db01/curr_mem").targets() == ("p72", "db01")
    assert Revert(host="p72", setting="firmware/activated_level").targets() == ("p72",)
    assert Revert(host="db01", setting="attributes:hdisk0/reserve_policy").targets() == ("db01",)
