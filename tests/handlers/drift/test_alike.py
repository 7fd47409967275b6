"""Things that should be alike: who has what, what may differ, and what is told of it, once."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.drift import group
from handlers.drift.alike import (
    EXPECTED,
    OTHERWISE,
    Declared,
    Group,
    Spread,
    expected,
    first_sight,
    groups,
    news,
    spread,
    standing,
)
from handlers.drift.comparing import Accepted, Difference, Ignored, Quiet, differences
from handlers.drift.group import GroupLook
from handlers.drift.machine import Memory
from handlers.drift.sources import SOURCES, SiteNoise
from handlers.drift.value import Reading, Value
from policies.alerts import Severity, Sighting

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SPARE = SiteNoise(name="no/tcp_*", reason="one of them is a spare")
MEMBERS = ("db01", "db02", "db03")


def cluster(*values: str | None, question: str = "no", key: str = "tcp_sendspace") -> Spread:
    """What isn't alike of one setting of so many members; None: the member hasn't got it."""
    readings: dict[str, dict[str, Reading]] = {
        member: {question: {} if value is None else {key: Value(value)}}
        for member, value in zip(MEMBERS, values, strict=False)
    }
    return spread(readings)


def told(
    baseline: Spread, now: Spread, *, theirs: frozenset[str] = frozenset(), quiet: Quiet | None = None
) -> list[str]:
    return [each.said for each in news(SOURCES, baseline, now, theirs, quiet or Quiet(), AT)]


def stood(baseline: Spread, now: Spread) -> tuple[Difference, ...]:
    return standing(SOURCES, baseline, now, frozenset(), Quiet(), AT)


def test_what_is_alike_is_in_no_spread() -> None:
    """Every question that was compared is there, and nothing in it."""
    assert cluster("1", "1", "1") == {"no": {}}


def test_who_has_what_is_said_in_one_line_the_side_of_most_first() -> None:
    """The same whatever the order of asking; a setting that one hasn't is a side too."""
    assert told({}, cluster("2", "1", "1")) == ["no/tcp_sendspace: db02 and db03 1; db01 2"]
    assert told({}, cluster("1", None, "3")) == ["no/tcp_sendspace: db01 1; db02 (not there); db03 3"]


def test_what_only_one_was_asked_is_nobodys_difference() -> None:
    """A disk that one alone has stands in the list of devices."""
    assert spread({"db01": {"attributes:hdisk9": {"reserve_policy": Value("x")}}, "db02": {}}) == {}


def test_two_texts_are_told_side_by_side_and_by_what_differs() -> None:
    """As `diff` prints it, with the members' names."""
    texts = {name: {"file:/etc/hosts": {"content": Value(f"{n}", text=f"a\nb{n}\n")}} for n, name in enumerate("xy")}
    value = spread(texts)["file:/etc/hosts"]["content"]
    assert value.text is not None
    assert value.text.splitlines() == ["x: 0", "y: 1", "--- x", "+++ y", "@@ -1,2 +1,2 @@", " a", "-b0", "+b1"]


def test_what_comes_only_after_the_next_start_is_unlike_now() -> None:
    """Two that are set alike and will part ways aren't alike; another default alone is their level's."""
    parted = {"a": {"no": {"x": Value("1", "1", "2")}}, "b": {"no": {"x": Value("1", "1", "1")}}}
    assert spread(parted)["no"]["x"].now == "a 1 (2 after the next start); b 1"
    level = {"a": {"no": {"x": Value("1", "1", "1")}}, "b": {"no": {"x": Value("1", "5", "1")}}}
    assert spread(level) == {"no": {}}


def test_what_may_differ_does_and_each_has_its_reason() -> None:
    """Ours, and a site's own; a pattern without a reason would be a guess."""
    assert cluster("10.0.0.1", "10.0.0.2", question="attributes:en0", key="netaddr") == {"attributes:en0": {}}
    assert all(each.reason for each in (*EXPECTED, *OTHERWISE))
    site = Group(name="billing", members=MEMBERS, may_differ=(SPARE,))
    found = expected("no/tcp_sendspace", site.reasons)
    assert found is not None
    assert found.reason == "one of them is a spare"
    assert expected("no/tcp_sendspace") is None


def test_what_each_of_a_pair_has_its_own_way_has_to_be_there_on_both() -> None:
    """A disk by another slot is each VIOS's own; one that only one of them hands out hangs on that one alone."""
    assert cluster("hdisk9 by slot C11", "hdisk7 by slot C12", question="vscsi", key="db01_root") == {"vscsi": {}}
    assert cluster("hdisk9 by slot C11", None, question="vscsi", key="db01_root")["vscsi"].keys() == {"db01_root"}
    assert cluster("10.7.2.11", "10.7.2.12", question="routes", key="10.7.2|24 en4") == {"routes": {}}
    assert cluster("10.7.2.1", "10.7.2.2", question="routes", key="default en4") != {"routes": {}}


def test_the_address_that_a_sea_pings_should_be_alike() -> None:
    """An interface's own address is its own; a SEA's attribute of the same name is another thing."""
    assert cluster("10.0.0.1", "10.0.0.2", question="vios-attributes:en4", key="netaddr") == {"vios-attributes:en4": {}}
    assert cluster("10.0.0.1", "10.0.0.2", question="vios-attributes:ent4", key="netaddr")["vios-attributes:ent4"]


def test_a_group_is_declared_by_names_patterns_and_tags() -> None:
    """A tag holds for a host by any of its names; each member is one, however it was named."""
    names = {"db01": ("db01", "p72"), "db02": ("db02", "p75"), "web1": ("web1", "p72")}
    tags = {"cluster:web": ("web*", "db02"), "frame:p72": ("p72",)}
    assert Declared(name="b", hosts=("db*",)).among(names, tags).members == ("db01", "db02")
    assert Declared(name="b", tag="cluster:web", hosts=("db02",)).among(names, tags).members == ("db02", "web1")
    assert Declared(name="b", tag="frame:p72").among(names, tags).members == ("db01", "web1")


def test_what_is_seen_for_the_first_time_joins_a_proposal_and_leaves_what_is_owned() -> None:
    """A setting that somebody has owned stays owned, as long as the same members have the same."""
    was = cluster("1", "2")["no"]
    both = {**was, "rfc1323": Value("db01 0; db02 1", text="x")}
    assert {key: value.type for key, value in first_sight(was, both).items()} == {
        "tcp_sendspace": None,
        "rfc1323": "proposed",
    }
    assert first_sight(was, cluster("1", "3")["no"])["tcp_sendspace"].type == "proposed"


@pytest.mark.parametrize(
    ("declared", "fault"),
    [
        ([Declared(name="db01", hosts=("db*",))], "a host's already"),
        ([Declared(name="b", hosts=("db*",)), Declared(name="b", hosts=("db*",))], "another group's already"),
        ([Declared(name="b", hosts=("db01", "db3"))], "no host that is read is called db3"),
        ([Declared(name="b", hosts=("db01",))], "it takes two"),
        ([Declared(name="b", tag="cluster:x")], "no cluster:x in [tags]"),
    ],
)
def test_a_group_that_is_none_is_refused(declared: list[Declared], fault: str) -> None:
    """A name that was mistyped would leave a node unwatched for ever."""
    with pytest.raises(ValueError, match=re.escape(fault)):
        groups(declared, {"db01": (), "db02": ()}, {})


def test_what_stood_so_at_first_sight_is_no_news_and_anything_else_is() -> None:
    """The same values on the same members are as proposed; other ones are told."""
    seen_first = cluster("1", "2", "2")
    first = {question: first_sight({}, reading) for question, reading in seen_first.items()}
    assert told(first, seen_first) == []
    assert [each.name for each in stood(first, seen_first)] == ["no/tcp_sendspace"]
    assert stood(seen_first, seen_first) == (), "somebody owns it"
    assert told(first, cluster("1", "2", "3")) == ["no/tcp_sendspace: db01 1; db02 2; db03 3"]
    assert told(first, cluster("2", "2", "2")) == []


def test_what_a_member_tells_itself_is_not_told_again() -> None:
    """A change on one node is that node's drift, until somebody accepts it there."""
    now = cluster("1", "2", "2")
    assert told({"no": {}}, now, theirs=frozenset({"no/tcp_sendspace"})) == []
    assert told({"no": {}}, now) != []


def test_people_s_words_hold_for_a_group_as_for_a_host() -> None:
    """Ignored until a day whatever it is, accepted as exactly this."""
    now = cluster("1", "2", "2")
    later = AT + timedelta(days=1)
    assert told({}, now, quiet=Quiet(ignored=(Ignored(name="no/*", until=later),))) == []
    accepted = Accepted(name="no/tcp_sendspace", value=now["no"]["tcp_sendspace"], until=later)
    assert told({}, now, quiet=Quiet(accepted=(accepted,))) == []
    assert told({}, cluster("1", "2", "3"), quiet=Quiet(accepted=(accepted,))) != []


# ── one look ──────────────────────────────────────────────────────────────────────────────────────────────────────


def look(differences: tuple[Difference, ...] = (), proposed: tuple[Difference, ...] = ()) -> GroupLook:
    return GroupLook(
        host="billing", places=("billing", *MEMBERS), at=AT, differences=differences, members=MEMBERS, proposed=proposed
    )


def seen(memory: Memory | None, at: GroupLook) -> tuple[Memory, Sighting]:
    return group.step(memory, at, SOURCES)


def test_what_was_so_at_first_is_one_note_that_calls_nobody() -> None:
    """However many settings: one symptom, to be read in the morning, with a button that says that it may stay so."""
    first = cluster("1", "2", "2")
    was = {question: first_sight({}, reading) for question, reading in first.items()}
    _, sighting = seen(None, look(proposed=stood(was, first)))
    (symptom,) = sighting.symptoms
    assert symptom.severity is Severity.NOTE
    assert symptom.said == "unlike since I first looked, 1 in all: no/tcp_sendspace: db02 and db03 2; db01 1"
    assert [each.text for each in symptom.remedies] == ["diff billing", "baseline billing"]


def test_what_becomes_unlike_is_one_incident_of_the_group_with_its_own_weight() -> None:
    """One key whichever member it is of; both sides in whole lines; accept names the group."""
    found = news(SOURCES, {}, cluster("0", "1", "1", key="ipforwarding"), frozenset(), Quiet(), AT)
    _, sighting = seen(None, look(found))
    (symptom,) = sighting.symptoms
    assert (sighting.key, sighting.kind) == ("alike/billing", "drift")
    assert symptom.severity is Severity.SERIOUS
    assert symptom.evidence[:2] == ("db02 and db03: 1", "db01: 0")
    assert "accept billing no/ipforwarding" in [each.text for each in symptom.remedies]


values = st.sampled_from("123")
settings = st.sampled_from(["tcp_sendspace", "tcp_recvspace", "thewall"])  # the last of them is noise
nodes = st.fixed_dictionaries({member: st.dictionaries(settings, values) for member in MEMBERS})


@given(nodes, nodes)
def test_each_setting_that_became_unlike_is_told_once_and_nothing_else(
    before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]
) -> None:
    """Whatever the values: what is alike now, stands as before, or is noise is never told."""

    def read(of: dict[str, dict[str, str]]) -> Spread:
        return spread({each: {"no": {key: Value(value) for key, value in row.items()}} for each, row in of.items()})

    found = [each.key for each in news(SOURCES, read(before), read(after), frozenset(), Quiet(), AT)]

    def sides(of: dict[str, dict[str, str]], key: str) -> tuple[str | None, ...]:
        return tuple(of[member].get(key) for member in MEMBERS)

    wanted = [
        key
        for key in ("tcp_recvspace", "tcp_sendspace")
        if len(set(sides(after, key))) > 1 and sides(before, key) != sides(after, key)
    ]
    assert found == wanted


# ── a node and its group ──────────────────────────────────────────────────────────────────────────────────────────────

noisy = st.sampled_from(["tcp_sendspace", "rfc1323", "thewall"])  # the last of them is noise
changes = st.tuples(st.sampled_from(MEMBERS), noisy, values)


@given(nodes, changes, st.booleans())
def test_a_random_change_on_one_node_is_told_once_and_noise_never(
    start: dict[str, dict[str, str]], change: tuple[str, str, str], accepted: bool
) -> None:
    """By the node as long as nobody has accepted it there, and by the group from then on, if it is unlike by it; never
    by both, whatever was unlike before."""
    node, key, value = change
    baselines = {each: {"no": {key: Value(now) for key, now in start[each].items()}} for each in MEMBERS}
    now = {**baselines, node: {"no": {**baselines[node]["no"], key: Value(value)}}}
    first = {each: first_sight({}, reading) for each, reading in spread(baselines).items()}
    should = now if accepted else baselines
    theirs = [each for member in MEMBERS for each in differences(SOURCES, should[member], now[member], Quiet(), AT)]
    of_group = news(SOURCES, first, spread(now), frozenset(each.name for each in theirs), Quiet(), AT)
    is_real = key != "thewall" and start[node].get(key) != value
    is_unlike = len({now[member]["no"].get(key) for member in MEMBERS}) > 1
    assert [each.key for each in theirs] == [key] * (is_real and not accepted)
    assert [each.key for each in of_group] == [key] * (is_real and accepted and is_unlike)
