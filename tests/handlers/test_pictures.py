"""Pictures in words: all that they show, from the same values, and who bridges what."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from handlers.entstat import Sea
from handlers.networks import ranges
from handlers.pictures import LONGEST, HistoryPicture, Mark, Reading, Series, SeriesPicture, Span, lasted, number
from handlers.sea import bridging
from handlers.sea.bridging import Part, Way
from handlers.sea.pair import NEVER, Look
from handlers.sea.pictures import PairPicture
from tests.bot.looks import BEFORE, NOON, largest, look, looks, told


def groups(seen: Look) -> list[tuple[str, Way, tuple[str, ...]]]:
    return [(each.called, each.way, tuple(each.parts)) for each in bridging.groups(seen)]


def test_sharing_is_told_network_by_network() -> None:
    """Each side bridges its own VLANs and stands by for the other's."""
    assert groups(look(told("sharing-primary"), told("sharing-backup"))) == [
        ("VLAN 1, 10, 11", Way.ONE, (Part.BRIDGES, Part.STANDS_BY)),
        ("VLAN 2, 12, 13", Way.ONE, (Part.STANDS_BY, Part.BRIDGES)),
    ]


@pytest.mark.parametrize(
    ("seen", "way"),
    [
        (look(told("auto-primary"), told("auto-backup")), Way.ONE),
        (look(told("auto-primary"), told("auto-primary")), Way.BOTH),
        (look(told("auto-backup"), told("auto-backup")), Way.NOBODY),
        (look(told("auto-backup"), "unreachable"), Way.UNKNOWN),
        (look(told("auto-primary"), "unreachable"), Way.ONE),
    ],
    ids=["one", "both", "nobody", "not known", "one, and one who can't be read"],
)
def test_who_bridges_comes_to_one_thing(seen: Look, way: Way) -> None:
    """A loop and a hole are told apart from what can't be read."""
    assert {each.way for each in bridging.groups(seen)} >= {way}


def _limbo(name: str) -> Sea:
    sea = told(name)
    assert sea.failover is not None
    return sea.model_copy(update={"failover": sea.failover.model_copy(update={"state": "LIMBO"})})


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (look(told("auto-primary"), told("auto-backup")), "all by p72vio1"),
        (look(told("auto-primary"), _limbo("auto-backup")), "all by p72vio1, alone"),
        (look(told("auto-primary"), "unreachable"), "all by p72vio1, alone"),
        (look(told("auto-primary"), told("auto-primary")), "all by both, a loop risk"),
        (look(_limbo("auto-backup"), told("auto-backup")), "all BY NOBODY"),
        (look(told("auto-backup"), "unreachable"), "all by nobody that could be read"),
        (
            look(told("sharing-primary"), told("sharing-backup")),
            "VLAN 1, 10, 11 on ETHERNET0 by p72vio1; VLAN 2, 12, 13 on ETHERNET0 by p72vio2",
        ),
    ],
    ids=["with a mate", "its mate in limbo", "its mate unread", "both", "nobody", "not known", "shared"],
)
def test_who_carries_is_said_in_a_line(seen: Look, said: str) -> None:
    """Whether anybody is cut off, and whether anybody could take over, is read at a glance."""
    assert bridging.carried(seen) == said


def test_who_is_in_limbo_stands_not_by() -> None:
    """A side that can't take over isn't told as one that could."""
    seen = look(told("auto-primary"), _limbo("auto-backup"))
    assert {part for _, _, parts in groups(seen) for part in parts} == {Part.BRIDGES, Part.OUT}
    assert "p72vio1 bridges, p72vio2 out of it." in PairPicture(look=seen).alt


def test_an_inactive_trunk_bridges_nothing() -> None:
    """Under PRIMARY and All, a trunk that isn't active leaves its networks to nobody."""
    sea = told("auto-primary")
    first = sea.trunks[0].model_copy(update={"active": False})
    seen = look(sea.model_copy(update={"trunks": (first, *sea.trunks[1:])}), told("auto-backup"))
    assert groups(seen)[0] == ("VLAN 1, 10, 11", Way.NOBODY, (Part.STANDS_BY, Part.STANDS_BY))


@settings(max_examples=40, deadline=None)
@given(looks)
def test_every_network_is_in_one_group(seen: Look) -> None:
    """Whatever was read, none is left out and none is told twice."""
    told_of = [(each.switch, vlan) for each in bridging.groups(seen) for vlan in each.vlans]
    assert len(told_of) == len(set(told_of))
    trunks = [trunk for side in seen.sides if side.told for trunk in side.told.trunks]
    wanted = {(each.switch, vlan) for each in trunks for vlan in (each.pvid, *each.tagged)}
    assert set(told_of) == wanted.union(*(side.networks for side in seen.sides))


# ── words ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pair_in_words_has_everything() -> None:
    """States, modes, priorities, ports, trunks with their tags, the control channel, clients, and when it was read."""
    alt = PairPicture(look=look(told("sharing-primary"), told("link-down")), zone="Europe/Vienna").alt
    for wanted in (
        "Managed system p72", "2026-11-25 13:00:00 CET", "hmc1", "ent4 is PRIMARY_SH, bridges Partial", "priority 1",
        "mode Sharing", "Port ent0, link up", "Port ent0, link down", "ent1 on ETHERNET0, PVID 1, VLAN 10, 11, active",
        "ent2 on ETHERNET0, PVID 2, VLAN 12, 13, inactive", "Control channel on VLAN 99", "app01 and db01",
    ):  # fmt: skip
        assert wanted in alt, wanted


def test_changes_come_first_in_words() -> None:
    """A failover is told from what changed, side by side, before how it stands."""
    before = look(told("auto-primary"), told("auto-backup"), at=BEFORE)
    words = PairPicture(look=look(told("auto-backup"), told("auto-primary")), before=before).alt
    assert "Changed since 2026-11-25 11:59:30 UTC: p72vio1 PRIMARY → BACKUP" in words
    assert "VLAN 1, 2, 10–13 on ETHERNET0: p72vio1 → p72vio2" in words
    assert words.index("Changed since") < words.index("Port ent0")
    same = PairPicture(look=before.model_copy(update={"at": NOON}), before=before).alt
    assert "Nothing changed since" in same


def test_a_side_that_cannot_be_read_says_why() -> None:
    """Out of reach and unreadable are told apart, and its trunks are known from the HMC."""
    gone = PairPicture(look=look(told("sharing-alone"), "it is Not Activated")).alt
    assert "p72vio2: it can't be reached: it is Not Activated. Its trunks by the HMC: slot 11" in gone
    garbled = PairPicture(look=look(told("sharing-alone"), "cut off?", answers=True)).alt
    assert "p72vio2: its answer couldn't be read: cut off?" in garbled
    assert "hmc1 wasn't reached" in PairPicture(look=look("x", "x", hmc_reached=False)).alt


def test_raw_answers_are_no_part_of_a_picture() -> None:
    """What a side was read from isn't kept once more with it, and the largest pair stays small."""
    made = PairPicture(look=largest(), before=largest())
    assert all(side.raw == "" for side in made.look.sides)
    assert len(made.model_dump_json()) < 60_000
    assert len(made.alt) < LONGEST


@settings(max_examples=40, deadline=None)
@given(looks, st.none() | looks)
def test_words_are_always_words(now: Look, before: Look | None) -> None:
    """On one line, printable, bounded, and never empty, whatever the machines say."""
    alt = PairPicture(look=now, before=before).alt
    assert 0 < len(alt) <= LONGEST
    assert all(ch.isprintable() for ch in alt)


def test_a_flow_that_knows_no_clock_is_given_the_time() -> None:
    """The time of a look made in a flow is that of its report; a look that has a time keeps it."""
    made = PairPicture(look=look(told("auto-primary"), at=NEVER))
    assert made.as_of(NOON).look.at == NOON
    assert PairPicture(look=look(told("auto-primary"))).as_of(BEFORE).alt.count("12:00:00") == 1


def test_a_history_in_words() -> None:
    """Every span, every mark and every gap, with totals; the zone is named."""
    day = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # clocks go forward in Vienna at 01:00 UTC
    made = HistoryPicture(
        title="states", lanes=("a", "b"), since=day, until=day + timedelta(hours=4), zone="Europe/Vienna",
        spans=(
            Span(lane="a", since=day, until=day + timedelta(hours=2), state="PRIMARY"),
            Span(lane="a", since=day + timedelta(hours=3), until=day + timedelta(hours=9), state="BACKUP"),
        ),
        marks=(Mark(at=day + timedelta(hours=2), said="failover"),),
    )  # fmt: skip
    assert made.alt == (
        "states, from 2026-03-29 01:00:00 CET to 2026-03-29 06:00:00 CEST. Marked: 04:00:00 failover. "
        "a: PRIMARY for 2 h, BACKUP for 1 h. In order: PRIMARY 01:00:00 to 04:00:00; BACKUP 05:00:00 to 06:00:00. "
        "Not read: 04:00:00 to 05:00:00. b: nothing could be read in all of this time."
    )


def test_numbers_in_words() -> None:
    """Lowest, highest, last, and from when it wasn't read; nothing is said to be nothing."""
    values = (3.0, 12_500.0, None, None, 7.0)
    readings = tuple(Reading(at=NOON + timedelta(minutes=n), value=value) for n, value in enumerate(values))
    made = SeriesPicture(
        title="ent4", series=(Series(name="received", unit="packets/s", readings=readings), Series(name="lost"))
    )
    assert made.alt == (
        "ent4, from 2026-11-25 12:00:00 UTC to 2026-11-25 12:04:00 UTC. received: 3 readings, lowest 3 packets/s at "
        "12:00:00, highest 12.5 k packets/s at 12:01:00, last 7 packets/s; not read from 12:02:00. "
        "lost: nothing was read."
    )
    assert SeriesPicture(title="x").alt == "x: nothing was read."


@pytest.mark.parametrize("zone", ["Nowhere/City", "", "../etc/passwd", "/etc/passwd"])
def test_a_zone_is_one(zone: str) -> None:
    """What names no time zone is refused when the values are made, not when they are drawn."""
    with pytest.raises(ValidationError):
        SeriesPicture(title="x", zone=zone)


def test_a_history_holds_together() -> None:
    """It ends after it begins, and each span is in a lane."""
    with pytest.raises(ValidationError):
        HistoryPicture(title="x", lanes=("a",), since=NOON, until=NOON)
    elsewhere = Span(lane="b", since=BEFORE, until=NOON, state="PRIMARY")
    with pytest.raises(ValidationError):
        HistoryPicture(title="x", lanes=("a",), since=BEFORE, until=NOON, spans=(elsewhere,))


@given(st.sets(st.integers(1, 4094), max_size=60))
def test_ranges_leave_nothing_out(vlans: set[int]) -> None:
    """What is folded unfolds to the same VLANs."""
    found: set[int] = set()
    for piece in filter(None, ranges(vlans).split(", ")):
        first, _, last = piece.partition("–")
        found |= set(range(int(first), int(last or first) + 1))
    assert found == vlans


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"), (950, "950"), (1234.5, "1234"), (12_345, "12.3 k"), (999_999, "1 M"), (3.456, "3.46"), (0.02, "0.02"),
        (-2_000_000, "-2 M"), (1e20, "1e+20"),
    ],
)  # fmt: skip
def test_numbers_are_short(value: float, said: str) -> None:
    """Few figures and a letter for the thousands."""
    assert number(value) == said


def test_how_long_is_told_in_two_units() -> None:
    """From under a second to days."""
    told_of = [lasted(timedelta(seconds=each)) for each in (0.4, 59, 3_661, 200_000)]
    assert told_of == ["under 1 s", "59 s", "1 h 1 min", "2 d 7 h"]
