"""Two readings: every difference once, none of the noise, and what people said of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.drift.comparing import Accepted, Did, Difference, Ignored, Quiet, differences
from handlers.drift.sources import SOURCES
from handlers.drift.value import Reading, Value
from policies.alerts import Severity

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
SEND = Value("262144", "16384", "262144", "D")
BASE: dict[str, Reading] = {
    "no": {"tcp_sendspace": SEND, "ipforwarding": Value("0", "0", "0", "D")},
    "vmo": {"minperm%": Value("3", "3", "3", "D"), "pinnable_frames": Value("100", "100", "100", "S")},
    "attributes:hdisk0": {"reserve_policy": Value("no_reserve", type="settable")},
    "filesets": {"bos.rte": Value("7.3.2.1")},
}


def with_(question: str, key: str, value: Value | None) -> dict[str, Reading]:
    reading = dict(BASE[question])
    if value is None:
        del reading[key]
    else:
        reading[key] = value
    return {**BASE, question: reading}


def told(now: dict[str, Reading], quiet: Quiet | None = None) -> tuple[Difference, ...]:
    return differences(SOURCES, BASE, now, quiet or Quiet(), AT)


def only(now: dict[str, Reading]) -> Difference:
    (found,) = told(now)
    return found


def test_the_same_is_silent() -> None:
    """Nothing is told of a host that is as it should be."""
    assert told(BASE) == ()


def test_a_change_is_told_with_both_values_and_its_weight() -> None:
    """The sentence is the same on every host, so that many can be one."""
    found = only(with_("no", "tcp_sendspace", Value("131072", "16384", "131072", "D")))
    assert (found.did, found.said) == (Did.CHANGED, "no/tcp_sendspace 262144 → 131072")
    assert found.severity is Severity.WARNING
    assert only(with_("no", "ipforwarding", Value("1", "0", "1", "D"))).severity is Severity.SERIOUS


def test_what_will_be_otherwise_after_the_next_start_is_a_finding_of_its_own() -> None:
    """Set for now alone, or for the next start alone: both times what is and what will be part ways."""
    now_alone = only(with_("no", "tcp_sendspace", Value("131072", "16384", "262144", "D")))
    assert now_alone.did is Did.BOOT
    assert now_alone.said == "no/tcp_sendspace 262144 → 131072, and will be 262144 after the next start"
    later = only(with_("no", "tcp_sendspace", Value("262144", "16384", "131072", "D")))
    assert later.did is Did.BOOT
    assert later.said == "no/tcp_sendspace is 262144, and will be 131072 after the next start"


def test_what_parted_ways_when_the_baseline_was_taken_is_no_news() -> None:
    """A baseline is all of what was taken for right, the next start included."""
    parted = with_("no", "tcp_sendspace", Value("131072", "16384", "262144", "D"))
    assert differences(SOURCES, parted, parted, Quiet(), AT) == ()


def test_what_came_and_what_went_are_told() -> None:
    """A file set more, a file set less."""
    assert only(with_("filesets", "bos.net", Value("7.3.2.1"))).said == "filesets/bos.net is new: 7.3.2.1"
    assert only(with_("filesets", "bos.rte", None)).said == "filesets/bos.rte is gone, was 7.3.2.1"


def test_another_default_is_a_note_and_another_type_is_nothing() -> None:
    """Both come with another level, and the level is told by itself."""
    default = only(with_("no", "tcp_sendspace", Value("262144", "65536", "262144", "D")))
    assert (default.did, default.severity) == (Did.DEFAULT, Severity.NOTE)
    assert told(with_("no", "tcp_sendspace", Value("262144", "16384", "262144", "D!"))) == ()


def test_noise_in_an_old_baseline_is_silent_too() -> None:
    """A rule that came later than the baseline holds for it as well."""
    assert told(with_("vmo", "pinnable_frames", Value("99", "99", "99", "S"))) == ()


def test_a_question_that_one_side_hasnt_is_no_difference() -> None:
    """A disk that is gone, or new, is told by the list of devices, and not ten times by its attributes."""
    without = {name: reading for name, reading in BASE.items() if name != "attributes:hdisk0"}
    assert told(without) == ()
    assert differences(SOURCES, without, BASE, Quiet(), AT) == ()


def test_an_ignored_setting_is_silent_until_its_day() -> None:
    """Whatever its value; and by the day it speaks again."""
    now = with_("no", "tcp_sendspace", Value("1", "16384", "1", "D"))
    for name in ("no/tcp_sendspace", "no/tcp_*"):
        assert told(now, Quiet(ignored=(Ignored(name=name, until=AT + timedelta(seconds=1)),))) == ()
        assert told(now, Quiet(ignored=(Ignored(name=name, until=AT),))) != ()


def test_an_accepted_value_is_silent_and_any_other_is_not() -> None:
    """Exactly what was accepted may stand, until its day."""
    now = with_("no", "tcp_sendspace", Value("131072", "16384", "131072", "D"))
    accepted = Accepted(
        name="no/tcp_sendspace", value=now["no"]["tcp_sendspace"], until=AT + timedelta(days=1)
    )  # fmt: skip
    assert told(now, Quiet(accepted=(accepted,))) == ()
    assert told(now, Quiet(accepted=(accepted.model_copy(update={"until": AT}),))) != ()
    assert told(with_("no", "tcp_sendspace", Value("1", "16384", "1", "D")), Quiet(accepted=(accepted,))) != ()


values = st.sampled_from(
    [Value(now, default, boot, "D") for now in "123" for default in (None, "1") for boot in (None, "1", "2")]
)
readings = st.dictionaries(st.sampled_from(["a", "b", "c", "pinnable_frames"]), values)


@given(before=readings, after=readings)
def test_each_key_that_differs_is_told_once_and_no_other(before: Reading, after: Reading) -> None:
    """Whatever the two readings; and what is told of itself is that nothing differs."""
    found = [each.key for each in differences(SOURCES, {"vmo": before}, {"vmo": after}, Quiet(), AT)]
    expected = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} - {"pinnable_frames"}
    assert sorted(found) == sorted(expected)
    assert differences(SOURCES, {"vmo": after}, {"vmo": after}, Quiet(), AT) == ()


def test_what_the_fabric_hands_out_anew_is_no_change() -> None:
    """A partition that was migrated or started anew has logged in again; its own names stay watched."""
    port = {"scsi_id": Value("0x10a00", type="fixed"), "dyntrk": Value("yes", type="settable")}
    before, moved = {"attributes:fscsi0": port}, {"attributes:fscsi0": {**port, "scsi_id": Value("0x20b00")}}
    assert differences(SOURCES, before, moved, Quiet(), AT) == ()
    (found,) = differences(SOURCES, before, {"attributes:fscsi0": {**port, "dyntrk": Value("no")}}, Quiet(), AT)
    assert found.key == "dyntrk"


def test_what_is_accepted_stays_so_where_its_kind_alone_is_told_otherwise() -> None:
    """A client that logs in tells its name beside a mapping: nobody said yes to that name."""
    before, now = (
        {"npiv": {"C53": Value(port, type=f"vfchost0{name}")}} for port, name in (("fcs0", ""), ("fcs1", " db01"))
    )
    word = Accepted(name="npiv/C53", value=Value("fcs1", type="vfchost0"), until=AT + timedelta(days=1))
    assert differences(SOURCES, before, now, Quiet(accepted=(word,)), AT) == ()


def test_what_a_level_brings_or_drops_wakes_nobody() -> None:
    """Another level of an HMC names more of every partition: a note each, whatever a change of it would weigh. A thing
    that came or went weighs as it did."""
    before = {"lpar:db01": {"msp": Value("1")}, "partitions": {"db01": Value("aixlinux")}}
    now = {"lpar:db01": {"vtpm_enabled": Value("0")}, "partitions": {"db02": Value("aixlinux")}}
    found = {each.name: each.severity for each in differences(SOURCES, before, now, Quiet(), AT)}
    assert found == {
        "lpar:db01/msp": Severity.NOTE, "lpar:db01/vtpm_enabled": Severity.NOTE,
        "partitions/db01": Severity.SERIOUS, "partitions/db02": Severity.SERIOUS,
    }  # fmt: skip
    changed = {**before, "lpar:db01": {"msp": Value("0")}}
    assert [each.severity for each in differences(SOURCES, before, changed, Quiet(), AT)] == [Severity.SERIOUS]
