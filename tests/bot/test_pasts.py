"""What a pair went through, from what the watch noted to lanes of states."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.ledger.watches import Change
from bot.own import pasts
from handlers.sea.finding import Found, Half
from tests.bot.looks import NOON, PAIR

FOUND = Found(pair=PAIR, hmc="hmc1", halves=tuple(Half(vios=vios, sea="ent4") for vios in PAIR.vioses))
END = NOON + timedelta(hours=8)


def change(hours: float, *states: str, kind: str = "state", said: str = "") -> Change:
    at = NOON + timedelta(hours=hours)
    return Change(key=PAIR.key, at=at, kind=kind, severity=0, said=said, states=states)


def lanes(*changes: Change, before: Change | None = None, until: datetime = END) -> dict[str, list[str]]:
    """Of each lane its spans, as `PRIMARY 1-3`, in hours."""
    (made,) = pasts.picture(FOUND, before, changes, NOON, until)

    def hours(at: datetime) -> str:
        return f"{(at - NOON) / timedelta(hours=1):g}"

    return {
        lane: [f"{each.state} {hours(each.since)}-{hours(each.until)}" for each in made.of(lane)] for lane in made.lanes
    }


def test_states_last_until_the_next() -> None:
    """From how it stood before, through each change, to now; what was told twice is one span."""
    told = lanes(
        change(2, "BACKUP", "PRIMARY"),
        change(3, "BACKUP", "PRIMARY", kind="began", said="something else"),
        change(6, "PRIMARY", "BACKUP"),
        before=change(-5, "PRIMARY", "BACKUP"),
    )
    assert told == {
        "p72vio1 ent4": ["PRIMARY 0-2", "BACKUP 2-6", "PRIMARY 6-8"],
        "p72vio2 ent4": ["BACKUP 0-2", "PRIMARY 2-6", "BACKUP 6-8"],
    }


def test_what_was_not_read_is_a_gap() -> None:
    """Neither an unreachable side, nor the time before the first look and after the last, is shown as a state."""
    told = lanes(
        change(1, "PRIMARY", "BACKUP"), change(3, "PRIMARY", "unreachable"), change(5, "PRIMARY", "BACKUP"),
        until=NOON + timedelta(hours=6),
    )  # fmt: skip
    assert told == {"p72vio1 ent4": ["PRIMARY 1-6"], "p72vio2 ent4": ["BACKUP 1-3", "BACKUP 5-6"]}


def test_what_happened_is_marked() -> None:
    """What took place or began stands at its time; that a state changed is seen already."""
    noted = (
        change(1, "PRIMARY", "BACKUP"),
        change(2, "BACKUP", "PRIMARY", kind="happened", said="failover to p72vio2"),
    )
    (made,) = pasts.picture(FOUND, None, noted, NOON, END)
    assert [(each.at, each.said) for each in made.marks] == [(NOON + timedelta(hours=2), "failover to p72vio2")]


def test_of_nothing_there_is_no_picture() -> None:
    """Where no state is known, words alone say so."""
    assert list(pasts.picture(FOUND, None, (), NOON, END)) == []
