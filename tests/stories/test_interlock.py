"""One of two VIOS is taken out while the other is shown fit to carry alone, and not otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.lab.fleet import model
from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.ethernet import SeaState
from tests.stories.conftest import Json, Stage, buttons, staged, words

DOWN = ("chsysstate", "-m", "p72", "-r", "lpar", "-o")
NOT_SENT = "p72vio2 isn't shown healthy"


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Stage]:
    """A stage on which a VIOS goes down and comes up in a second or two."""
    quick = replace(demo_fleet(), pace=model.Pace(shutdown=0.4, boot=0.4, rmc=0.4))
    async with staged(tmp_path / "data", fleet=quick) as stage:
        await stage.start()
        yield stage


async def ask(stage: Stage, text: str, *, who: str = "requester") -> Json:
    assert (await stage.type(text, who=who, command="/vios"))["acked"]
    await stage.settled()
    return await stage.card()


async def approved(stage: Stage, *who: str, card: Json | None = None) -> Json:
    """Approved by all of them; the newest card once everything is over."""
    for each in who or ("approver", "lead"):
        await stage.click("vote.approve", who=each, card=card)
    await stage.settled()
    return await stage.card()


def sea(stage: Stage, vios: str) -> SeaState | None:
    partition = stage.fleet.fleet.systems["p72"].partition(vios)
    assert partition is not None
    status = partition.io.seas[0].status
    return None if status is None else status.state


def state(stage: Stage, vios: str) -> str:
    partition = stage.fleet.fleet.systems["p72"].partition(vios)
    assert partition is not None
    return partition.state


# ── it goes ahead ─────────────────────────────────────────────────────────────────────────────────────────────────


async def test_approvers_see_what_carries_and_what_is_lost(pair: Stage) -> None:
    """The plan shows the exact command, who notices, what is left of each pair, what it holds and how to undo it."""
    shown = words(await ask(pair, "shutdown p72vio1 p72"))
    assert "waiting for approval" in shown
    assert "hmc-oslo: chsysstate -m p72 -r lpar -o osshutdown -n p72vio1" in shown
    assert "p72vio1 on p72 goes down and stays down; p72vio2 would carry alone" in shown
    assert "*Affected:* ame01, ams01, app01" in shown
    assert "VIOS pair p72vio1+p72vio2: 2 → 1" in shown
    assert "SEA ent4 of p72vio1 and ent4 of p72vio2: 2 → 1" in shown
    assert "*To undo it:* Start it: /vios start p72vio1 p72" in shown
    assert "Not looked at: whether paths to disks" in shown
    assert not pair.ran(*DOWN)


async def test_a_vios_goes_down_its_mate_takes_over_and_it_comes_back(pair: Stage) -> None:
    """With two approvals it is shut down once, what is read says that the other carries all, and start undoes it."""
    await ask(pair, "shutdown p72vio1 p72")
    card = await approved(pair)
    assert pair.ran(*DOWN) == [(*DOWN, "osshutdown", "-n", "p72vio1")]
    assert card["text"].endswith(": p72vio1 is Not Activated; p72vio2 carries alone")
    assert "PRIMARY bridging All, link up" in words(card)
    assert any("p72vio1: Shutting Down" in words(edit) for edit in card["history"]), "it was seen on its way"
    assert (state(pair, "p72vio1"), sea(pair, "p72vio2")) == ("Not Activated", SeaState.PRIMARY)

    await pair.click(buttons(card)["Start it again"], who="requester", card=card)
    await pair.settled()
    card = await approved(pair, "approver")
    assert pair.ran(*DOWN)[1:] == [(*DOWN, "on", "-n", "p72vio1")]
    assert card["text"].endswith(": p72vio1 is Running, RMC active, and its SEAs have agreed with their mates")
    assert (sea(pair, "p72vio1"), sea(pair, "p72vio2")) == (SeaState.PRIMARY_SH, SeaState.BACKUP_SH)


async def test_a_restart_ends_when_the_pair_is_whole_again(pair: Stage) -> None:
    """It is over once the VIOS was seen down, runs with RMC, and its SEAs share again."""
    await ask(pair, "restart p72vio2 p72 how=immediate")
    card = await approved(pair)
    assert pair.ran(*DOWN) == [(*DOWN, "shutdown", "-n", "p72vio2", "--immed", "--restart")]
    assert card["text"].endswith(": p72vio2 is Running, RMC active, and its SEAs have agreed with their mates")
    beside = "SEA ent4 of p72vio2 | ent4 of p72vio1: BACKUP_SH bridging Partial, link up | PRIMARY_SH bridging Partial"
    assert beside in words(card)
    assert (sea(pair, "p72vio1"), sea(pair, "p72vio2")) == (SeaState.PRIMARY_SH, SeaState.BACKUP_SH)


async def test_a_pair_that_fails_over_is_taken_out_from_either_side(pair: Stage) -> None:
    """Also where one leads and one waits, either may go while the other is well."""
    for vios, mate in (("p75vio1", "p75vio2"), ("p75vio2", "p75vio1")):
        await ask(pair, f"restart {vios} p75")
        card = await approved(pair)
        assert f"{vios} is Running, RMC active, and its SEAs have agreed" in card["text"], mate


# ── it doesn't ────────────────────────────────────────────────────────────────────────────────────────────────────


def mishap(name: str, vios: str = "p72vio2") -> Callable[[Stage], object]:
    return lambda stage: stage.fleet.befall(name, "p72", vios)


def garbled(matching: str, **how: object) -> Callable[[Stage], None]:
    """The first read that holds these words is answered so."""

    def fault(stage: Stage) -> None:
        stage.fleet.fault("hmc-oslo", matching=matching, **how)  # type: ignore[arg-type]  # of one of several kinds

    return fault


ENTSTAT = "p72vio2 -c 'entstat"
ILL = {
    "partner is down": (mishap("vios-crash"), "p72vio2 is Not Activated"),
    "partner has no RMC": (mishap("rmc-down"), "p72vio2 is Running, RMC inactive"),
    "its link is down": (mishap("cable-pull"), "the link of its port ent0 is down"),
    "sharing was lost": (mishap("sharing-lost"), "its mode is Sharing and its state BACKUP"),
    "both lead": (mishap("both-primary"), "it is PRIMARY while its mate is PRIMARY"),
    "no link on either": (mishap("neither-primary"), "its state is LIMBO"),
    "entstat is empty": (garbled(ENTSTAT, raw="empty"), "entstat of ent4 couldn't be read"),
    "entstat is garbage": (garbled(ENTSTAT, raw="garbage"), "entstat of ent4 couldn't be read"),
    "entstat is cut off": (garbled(ENTSTAT, cut_after=2_000), "entstat of ent4 couldn't be read: the connection"),
    "entstat fails": (garbled(ENTSTAT, raw=b"HSCL2970 no\n", exit_status=1), "exit status 1, HSCL2970 no"),
    "lsmap is markup": (garbled("p72vio2 -c 'lsmap", raw="markup"), "lsmap -net couldn't be read"),
    "own entstat is garbage": (garbled("p72vio1 -c 'entstat", raw="garbage"), "entstat of ent4 couldn't be read"),
    "HMC lists no networks": (garbled("--rsubtype eth", raw="empty"), "Ethernet adapters of p72 couldn't be read"),
    "HMC lists no disks": (garbled("--rsubtype scsi", raw="garbage"), "SCSI adapters of p72 couldn't be read"),
}


@pytest.mark.parametrize(("befalls", "seen"), ILL.values(), ids=ILL.keys())
async def test_it_is_refused_unless_the_partner_is_shown_healthy(
    pair: Stage, befalls: Callable[[Stage], object], seen: str
) -> None:
    """Down, out of reach, in another state, or not readable: nobody is even asked, and it says what was read."""
    befalls(pair)
    card = await ask(pair, "shutdown p72vio1 p72")
    assert card["text"].endswith("refused: p72vio1 would go, and its partner p72vio2 isn't shown healthy")
    assert seen in words(card)
    assert "breakglass=yes with a reason" in words(card)
    assert not pair.ran(*DOWN)
    assert pair.rows("SELECT state FROM request") == [("denied",)]


async def test_what_nobody_else_bridges_keeps_it_in(pair: Stage) -> None:
    """A VLAN in use that the partner's trunks lack is told, with who is on it."""
    pair.fleet.befall("vlan-mismatch", "p75", "p75vio2")
    card = await ask(pair, "restart p75vio1 p75")
    only = "refused: p75vio1 as the only bridge of VLAN 13 on ETHERNET0 would go, and nothing stands in for it"
    assert card["text"].endswith(only)
    assert "no other VIOS bridges it; on it: billing01" in words(card)
    assert not pair.ran("chsysstate")


@pytest.mark.parametrize("text", ["shutdown db01 p72", "shutdown p72vio9 p72", "start p72vio1 p72"])
async def test_what_makes_no_sense_is_told_and_not_planned(pair: Stage, text: str) -> None:
    """No VIOS, none of that name, one that is on already: nobody is asked."""
    card = await ask(pair, text)
    assert "can't: " in card["text"]
    assert not pair.ran(*DOWN)


async def test_a_partner_that_falls_ill_after_the_approval_stops_it(pair: Stage) -> None:
    """It is read again right before it would be sent: refused, and nothing is sent."""
    await ask(pair, "shutdown p72vio1 p72")
    await pair.click("vote.approve", who="approver")
    pair.fleet.befall("cable-pull", "p72", "p72vio2")
    card = await approved(pair, "lead")
    assert card["text"].endswith(f"refused: p72vio1 would go, and its partner {NOT_SENT}")
    assert "the link of its port ent0 is down" in words(card)
    assert not pair.ran(*DOWN)
    assert pair.rows("SELECT name FROM lock") == []


async def test_breaking_the_glass_goes_past_it_and_says_so(pair: Stage) -> None:
    """In an emergency it runs at once, everybody sees it, and a review is open."""
    pair.fleet.befall("cable-pull", "p72", "p72vio2")
    card = await ask(pair, 'shutdown p72vio1 p72 breakglass=yes reason="it is on fire"')
    assert pair.ran(*DOWN) == [(*DOWN, "osshutdown", "-n", "p72vio1")]
    assert "🔨 glass broken, review open" in words(card)
    assert "p72vio1 is Not Activated; no partner was shown fit to carry" in card["text"]
    assert "LIMBO" in words(card), "what the partner does stands there as it is"
    assert [row["request"] for row in pair.audit("glass-broken")] == [1]
    assert pair.rows("SELECT closed_at FROM review") == [(None,)]


# ── two at once ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_two_people_cant_take_both_out(tmp_path: Path) -> None:
    """The second waits for what the first holds, and once that is down the interlock refuses it."""
    slow = replace(demo_fleet(), pace=model.Pace(shutdown=4.0, boot=0.4, rmc=0.4))
    async with staged(tmp_path / "data", fleet=slow) as stage:
        await stage.start()
        first = await ask(stage, "shutdown p72vio1 p72")
        second = await ask(stage, "shutdown p72vio2 p72", who="approver")
        await asyncio.gather(*(stage.click("vote.approve", who=who, card=first) for who in ("approver", "lead")))
        await stage.people.wait_for_message("power-ops", lambda m: "p72vio1: Shutting Down" in words(m), 20.0)
        held = {row[0] for row in stage.rows("SELECT name FROM lock")}
        assert "VIOS pair p72vio1+p72vio2 on p72" in held
        assert "partition p72vio1 on p72" in held
        assert any(name.startswith("SEA pair p72vio1+p72vio2 on p72") for name in held)

        await asyncio.gather(*(stage.click("vote.approve", who=who, card=second) for who in ("requester", "lead")))
        await stage.card_says("waiting for #1")
        await stage.settled()
        card = await stage.card_says("refused: p72vio2 would go, and its partner p72vio1 isn't shown healthy")
        assert "p72vio1 is Not Activated" in words(card)
        assert stage.ran(*DOWN) == [(*DOWN, "osshutdown", "-n", "p72vio1")]
        assert stage.rows("SELECT name FROM lock") == []


# ── not heard ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "sent", "found"),
    [(None, 1, "Not Activated, RMC inactive"), (b"", 0, "Running, RMC active")],
    ids=["it had arrived", "it had not"],
)
async def test_an_outcome_that_was_not_heard_is_looked_at(
    pair: Stage, raw: bytes | None, sent: int, found: str
) -> None:
    """A lost connection is unknown, nothing is sent again, and the card says where the VIOS was found at last."""
    await ask(pair, "shutdown p72vio1 p72")
    pair.fleet.fault("hmc-oslo", matching="chsysstate", raw=raw, cut_after=0)
    card = await approved(pair)
    assert "unknown: the connection was lost while it was asked" in words(card)
    assert f"p72vio1 is {found}" in words(card)
    assert len(pair.ran(*DOWN)) == sent
    assert [row["request"] for row in pair.audit("looked")] == [1]
    assert len([row for row in pair.audit("sending") if row["argv"][0] == "chsysstate"]) == 1


async def test_what_the_hmc_refuses_is_told_with_its_code(pair: Stage) -> None:
    """Its words are explained, and the state that was read decides what is said."""
    await ask(pair, "shutdown p72vio1 p72")
    refused = b"HSCL350B The user does not have the appropriate authority.\n"
    pair.fleet.fault("hmc-oslo", matching="chsysstate", raw=refused, exit_status=1)
    card = await approved(pair)
    assert card["text"].endswith(": the HMC refused: p72vio1 is Running, RMC active")
    assert any("HSCL350B" in words(m) for m in await pair.replies())


# ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_health_shows_the_pair_side_by_side(pair: Stage) -> None:
    """States, levels, each SEA beside its mate, and that either may go."""
    card = await ask(pair, "health p72")
    shown = words(card)
    assert "p72: every VIOS has a partner that is fit to carry alone" in card["text"]
    assert "p72vio1: Running, RMC active, VIOS" in shown
    assert "SEA ent4 of p72vio1 | ent4 of p72vio2: PRIMARY_SH bridging Partial, link up | BACKUP_SH bridging" in shown


async def test_health_of_everything_says_who_must_stay(pair: Stage) -> None:
    """Without a name every frame is looked at; one that is ill is named, with why."""
    pair.fleet.befall("cable-pull", "p75", "p75vio2")
    card = await ask(pair, "health")
    assert "not every VIOS may be taken out: p75" in card["text"]
    shown = words(card)
    assert "p75: p75vio1 must stay: ent4 of p75vio2: " in shown
    assert "p72: each may be taken out" in shown
    assert "arizona: each may be taken out" in shown


async def test_a_clients_last_adapter_stays_until_it_is_given_up(stage: Stage) -> None:
    """The first of two goes with its approvals; the second is refused, and who would lose it is named."""
    assert (await stage.type("remove-scsi billing01 11", command="/hmc"))["acked"]
    await stage.settled()
    assert "ways of billing01 to hdisk1 of p75vio1: 2 → 1" in words(await stage.card())
    assert "verified: " in (await approved(stage))["text"]
    assert (await stage.type("remove-scsi billing01 12", command="/hmc"))["acked"]
    await stage.settled()
    shown = words(await stage.card())
    assert "by which billing01 has hdisk1 would go, and nothing stands in for it" in shown
    assert len(stage.ran("chhwres")) == 1
