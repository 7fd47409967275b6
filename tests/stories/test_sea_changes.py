"""Changes to SEAs through the real door: asked, approved, run, and believed only when both sides are seen so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lab.fleet.ethernet import SeaState
from tests.stories.conftest import Json, Stage, buttons, on_the_machine, staged, words

PRIMARY, BACKUP = SeaState.PRIMARY, SeaState.BACKUP
SHARED = (SeaState.PRIMARY_SH, SeaState.BACKUP_SH)


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Stage]:
    """The demo's fleet: the pair of p72 shares, that of p75 fails over."""
    async with staged(tmp_path / "data") as stage:
        await stage.start()
        yield stage


async def ask(stage: Stage, text: str, *, who: str = "requester") -> Json:
    assert (await stage.type(text, who=who, command="/sea"))["acked"]
    await stage.settled()
    return await stage.card()


async def approved(stage: Stage, *who: str) -> Json:
    for each in who or ("approver",):
        await stage.click("vote.approve", who=each)
    await stage.settled()
    return await stage.card()


def states(stage: Stage, system: str = "p72") -> tuple[SeaState, ...]:
    """Of the first VIOS's SEA, then of the second's."""
    found = []
    for number in (1, 2):
        partition = stage.fleet.fleet.systems[system].partition(f"{system}vio{number}")
        assert partition is not None
        status = partition.io.seas[0].status
        assert status is not None
        found.append(status.state)
    return tuple(found)


def set_to(stage: Stage) -> list[tuple[str, str]]:
    """Each VIOS and the mode that it was set to, in order."""
    ran = [argv for argv in stage.ran("viosvrcmd") if argv[-1].startswith("chdev")]
    return [(argv[4], argv[-1].rpartition("=")[2]) for argv in ran]


# ── the main ways ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_sharing_that_was_lost_is_restarted_on_the_backup(pair: Stage) -> None:
    """Asked for on the primary it is refused with the right one on a button; there, with one approval, both share."""
    pair.fleet.befall("sharing-lost", "p72", "p72vio1")
    assert states(pair) == (PRIMARY, BACKUP)
    card = await ask(pair, "share p72vio1 ent4 p72")
    said = "can't: ent4 of p72vio1 is the primary: sharing is restarted on the backup, ent4 of p72vio2"
    assert card["text"].endswith(said)
    await pair.click(buttons(card)["Share on p72vio2"], who="requester", card=card)
    await pair.settled()
    shown = words(await pair.card())
    assert "hmc-oslo: viosvrcmd -m p72 -p p72vio2 -c 'chdev -dev ent4 -attr ha_mode=sharing'" in shown
    assert "some VLANs move over to it. It holds now and after a restart of the VIOS." in shown
    assert "*Affected:* " in shown
    assert "db01" in shown
    card = await approved(pair)
    split = "they share: ent4 of p72vio2 bridges VLAN 2, 12, 13; ent4 of p72vio1 bridges VLAN 1, 10, 11"
    assert card["text"].endswith(split)
    assert states(pair) == SHARED
    assert set_to(pair) == [("p72vio2", "sharing")]


@pytest.mark.parametrize(
    ("system", "before"), [("p75", (PRIMARY, BACKUP)), ("p72", SHARED)], ids=["a failover pair", "a sharing pair"]
)
async def test_a_failover_is_forced_and_returned(pair: Stage, system: str, before: tuple[SeaState, ...]) -> None:
    """Two approvals take the leader out, the mate is seen to carry all, and the return brings back what was before."""
    await ask(pair, f"failover {system}vio1 ent4 {system}")
    card = await approved(pair, "approver", "lead")
    said = f"ent4 of {system}vio2 carries everything; ent4 of {system}vio1 is in standby until it is returned"
    assert card["text"].endswith(said)
    assert states(pair, system) == (BACKUP, PRIMARY)
    await pair.click(buttons(card)["Return it"], who="requester", card=card)
    await pair.settled()
    card = await approved(pair)
    assert states(pair, system) == before
    assert "✅ *" in words(card)
    assert set_to(pair) == [(f"{system}vio1", "standby"), (f"{system}vio1", "auto" if system == "p75" else "sharing")]


async def test_a_pair_goes_to_failover_and_back_to_sharing(pair: Stage) -> None:
    """Named by either VIOS, the primary is set first and the backup after a look."""
    await ask(pair, "mode p72vio2 ent4 p72 to=auto")
    card = await approved(pair)
    assert card["text"].endswith("both are in mode Auto: ent4 of p72vio1 carries, ent4 of p72vio2 waits")
    assert states(pair) == (PRIMARY, BACKUP)
    await ask(pair, "mode p72vio1 ent4 p72 sharing")
    card = await approved(pair)
    assert "both are in mode Sharing, and they share: " in card["text"]
    assert states(pair) == SHARED
    assert set_to(pair) == [("p72vio1", "auto"), ("p72vio2", "auto"), ("p72vio1", "sharing"), ("p72vio2", "sharing")]


# ── it doesn't ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("befalls", "seen"),
    [
        ("cable-pull", "the link of its port ent0 is down"),
        ("vios-crash", "p75vio2: it is Not Activated"),
        ("rmc-down", "p75vio2: it is Running, RMC inactive"),
        ("both-primary", "it is PRIMARY while its mate is PRIMARY"),
    ],
)
async def test_no_failover_unless_the_mate_is_shown_fit(pair: Stage, befalls: str, seen: str) -> None:
    """Nobody is even asked, and it says what was read."""
    pair.fleet.befall(befalls, "p75", "p75vio2")
    card = await ask(pair, "failover p75vio1 ent4 p75")
    assert "refused: ent4 of p75vio1 would go" in card["text"]
    assert seen in words(card)
    assert set_to(pair) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("share p72vio2 ent4 p72", "they share already"),
        ("share p75vio2 ent4 p75", "can't: 2 reasons"),
        ("failover p75vio2 ent4 p75", "a failover is forced on the one that leads, ent4 of p75vio1"),
        ("return p75vio1 ent4 p75", "there is nothing to return"),
        ("mode p75vio1 ent4 p75 auto", "both are in mode Auto already"),
        ("mode p75vio1 ent4 p75 disabled", "without failover both would bridge, which is a loop"),
        ("mode arizonavio1 ent3 arizona sharing", "can't: 2 reasons"),
        ("reset p72vio1 ent9 p72 reason=why", "p72vio1 has no SEA ent9"),
        ("reset db01 ent4 p72 reason=why", "db01 on p72 is no VIOS"),
    ],
)
async def test_what_makes_no_sense_is_told_and_not_planned(pair: Stage, text: str, said: str) -> None:
    """Nobody is asked."""
    card = await ask(pair, text)
    assert said in card["text"]
    assert set_to(pair) == []


async def test_a_mate_that_falls_ill_after_the_approval_stops_it(pair: Stage) -> None:
    """It is read again right before it would be sent."""
    await ask(pair, "failover p75vio1 ent4 p75")
    await pair.click("vote.approve", who="approver")
    pair.fleet.befall("cable-pull", "p75", "p75vio2")
    card = await approved(pair, "lead")
    assert card["text"].endswith(
        "refused: ent4 of p75vio1 would go, and its partner ent4 of p75vio2 isn't shown healthy"
    )
    assert set_to(pair) == []
    assert pair.rows("SELECT name FROM lock") == []


async def test_another_state_than_was_approved_is_stale(pair: Stage) -> None:
    """Somebody else set the pair to another mode meanwhile: nothing is sent, and it says what differs."""
    await ask(pair, "failover p72vio1 ent4 p72")
    await pair.click("vote.approve", who="approver")
    for vios in ("p72vio1", "p72vio2"):
        line = "chdev -dev ent4 -attr ha_mode=auto"
        await on_the_machine(pair.hosts["hmc-oslo"], "viosvrcmd", "-m", "p72", "-p", vios, "-c", line)
    card = await approved(pair, "lead")
    shown = words(card)
    assert "the plan is not the approved one any more" in shown
    assert "ent4 of p72vio1: ent4 PRIMARY_SH bridging Partial, mode Sharing" in shown
    assert "ent4 PRIMARY bridging All, mode Auto" in shown
    assert set_to(pair) == [("p72vio1", "auto"), ("p72vio2", "auto")], "by hand, and nothing by the bot"


# ── not heard ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "sent", "found"),
    [(None, 1, "it is as asked for"), (b"", 0, "it is not as asked for: ent4 of p75vio1 is in mode Auto")],
    ids=["it had arrived", "it had not"],
)
async def test_an_outcome_that_was_not_heard_is_looked_at(
    pair: Stage, raw: bytes | None, sent: int, found: str
) -> None:
    """A lost connection is unknown, nothing is sent again, and the card says how both were found."""
    await ask(pair, "failover p75vio1 ent4 p75")
    pair.fleet.fault("hmc-oslo", matching="chdev", raw=raw, cut_after=0)
    card = await approved(pair, "approver", "lead")
    assert "unknown: the connection was lost while it was asked" in words(card)
    assert found in words(card)
    assert len(set_to(pair)) == sent
    assert [row["request"] for row in pair.audit("looked")] == [1]
    assert len([row for row in pair.audit("sending") if "chdev" in row["argv"][-1]]) == 1


async def test_a_stop_between_the_two_leaves_it_to_a_person(pair: Stage) -> None:
    """The primary was set and the line lost: the backup isn't touched, and the card shows a pair in two modes."""
    await ask(pair, "mode p72vio1 ent4 p72 auto")
    pair.fleet.fault("hmc-oslo", matching="p72vio1 -c 'chdev", raw=None, cut_after=0)
    card = await approved(pair)
    assert "it is not as asked for: ent4 of p72vio2 is in mode Sharing" in words(card)
    assert set_to(pair) == [("p72vio1", "auto")]
    await pair.click(buttons(card)["Set both to sharing"], who="requester", card=card)
    await pair.settled()
    await approved(pair)
    assert states(pair) == SHARED


async def test_a_crash_between_the_two_sends_nothing_more(pair: Stage) -> None:
    """The bot goes down with the primary set: at its next start it looks, tells, and leaves the backup to a person."""
    await ask(pair, "mode p72vio1 ent4 p72 auto")
    pair.fleet.fault("hmc-oslo", matching="p72vio1 -c 'chdev", stall_after=0)
    await pair.click("vote.approve", who="approver")

    async def is_set() -> bool:
        return states(pair)[0] is PRIMARY

    await pair.people.wait_for(is_set, 20.0)
    await pair.stop()
    await pair.start()
    card = await pair.card_says("it is not as asked for: ent4 of p72vio2 is in mode Sharing")
    await pair.settled()
    assert set_to(pair) == [("p72vio1", "auto")]
    assert "Set both to auto" in buttons(card)


async def test_what_the_vios_refuses_is_told_with_its_code(pair: Stage) -> None:
    """Its words are explained, and the state that was read decides what is said."""
    await ask(pair, "mode p72vio1 ent4 p72 auto")
    refused = b"HSCL2970 The IOServer command has failed because of the following reason:\nno\nrc=1\n"
    pair.fleet.fault("hmc-oslo", matching="chdev", raw=refused, exit_status=1)
    card = await approved(pair)
    assert "stopped after ent4 of p72vio1: ent4 of p72vio1 is in mode Sharing" in card["text"]
    assert states(pair) == SHARED
