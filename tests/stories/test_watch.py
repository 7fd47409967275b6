"""Pairs of SEAs are watched by real SSH: exactly the right alerts, silence where nothing is wrong, over restarts."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.door import NotInOrder
from bot.lab.fleet.events import LinkChanged, PartitionStopped, RmcChanged
from bot.lab.fleet.machines import HmcMachine
from bot.lab.fleet.running import RunningFleet
from bot.lab.fleet.server import Server
from bot.ledger import outputs
from bot.ledger.proof import verify
from bot.ledger.tx import Db
from bot.settings import WatchSettings
from handlers.command import Command
from policies.words import Effect
from tests.bot.lab.fleet.pair import Pair, pair
from tests.bot.lab.fleet.test_seas import STEPS
from tests.stories.conftest import Stage, staged, words

# Nothing is due by itself while a test plays: it says when a round is.
BY_HAND = WatchSettings(every=3600, floor=3600)
ALERTS = "power-alerts"


@dataclass(frozen=True)
class At:
    """The lab's clock, and the bot's: the same, turned by the test."""

    pair: Pair

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.pair.now, UTC)


class Watched:
    """A pair, the bot that watches it, and what was said of it since it was asked last."""

    def __init__(self, pair: Pair, stage: Stage) -> None:
        self.pair, self.stage, self.machines = pair, stage, stage.fleet
        self._told = 0

    async def do(self, step: Callable[[Pair], object]) -> None:
        await asyncio.to_thread(step, self.pair)  # it types at machines, which takes a loop of its own

    async def says(self, vios: str) -> str:
        """What its entstat prints now."""
        return await asyncio.to_thread(self.pair.says, vios, "entstat -all ent4")

    async def round(self, *, seconds: float = 30.0) -> list[tuple[str, str]]:
        """One poll later: what began, ended or happened by it, by rule."""
        self.pair.now += seconds
        await self.stage.bot.watch.round()
        return self.news()

    def news(self) -> list[tuple[str, str]]:
        query = (
            "SELECT id, kind, rule FROM watch_change WHERE kind IN ('began', 'ended', 'happened', 'gone') ORDER BY id"
        )
        rows = [row for row in self.stage.rows(query) if row[0] > self._told]
        self._told = rows[-1][0] if rows else self._told
        return [(row[1], row[2]) for row in rows]

    async def cards(self) -> list[str]:
        """What stands in the channel, once everything due by then was said."""
        await self.stage.bot.alerts.sweep()
        await self.stage.settled()
        return [words(card) for card in await self.stage.cards(ALERTS)]


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[Watched]:
    """The pair of the techdoc behind one HMC, reached by SSH."""
    played = Pair(pair())
    machines = RunningFleet(played.world, {"hmc": Server(played.world, HmcMachine(played.world, "hmc"))})
    await machines.accept("hmc")
    async with staged(folder, machines=machines) as stage:
        stage.clock.now = At(played).now  # type: ignore[method-assign]
        stage.watch = BY_HAND
        await stage.start()
        yield Watched(played, stage)


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(tmp_path / "data") as it:
        yield it


# ── the timeline of the techdoc ───────────────────────────────────────────────────────────────────────────────────

# What each step comes to, by what it says began, ended or happened, and when in the three polls behind it. Everything
# that isn't here is silence.
CAME = {
    "primary VIOS shut down": [{("began", "vios-unreachable"), ("happened", "failover")}],
    "primary VIOS powered on": [{("ended", "vios-unreachable"), ("happened", "failback")}, {("began", "clock-skew")}],
    "backup VIOS shut down": [{("began", "backup-gone"), ("began", "vios-unreachable")}],
    "backup VIOS powered on": [{("ended", "backup-gone"), ("ended", "vios-unreachable")}],
    "trunks ent5 and ent6": [{("happened", "changed"), ("happened", "dealt")}],
    "ha_mode set to auto": [{("happened", "changed")}],
    "ha_mode set to sharing again on the primary": [{("began", "mode-differs"), ("happened", "changed")}],
    "then on the backup": [{("ended", "mode-differs"), ("happened", "changed")}],
}


async def test_the_techdocs_timeline_gives_exactly_its_alerts(told: Watched) -> None:
    """Every step is told at the next poll, once, and nothing else ever is; the chain of the audit holds at its end."""
    for step, do in STEPS:
        await told.do(do)
        wanted = [*CAME.get(step, []), set(), set(), set()][:3]
        assert [set(await told.round()) for _ in range(3)] == wanted, step
        await told.cards()
    assert verify(told.stage.folder).row is None
    assert {
        row[0] for row in told.stage.rows("SELECT state FROM watch_thing, incident WHERE incident.kind = 'sea'")
    } == {"open"}, "the skew of a clock stays until somebody sets it"


async def test_the_channel_has_one_message_that_tells_it_all(told: Watched) -> None:
    """The loss of the primary is said with what to do and who is on its networks; its return closes that message."""
    for step, do in STEPS[:3]:
        await told.do(do)
        for _ in range(3):
            await told.round()
        cards = await told.cards()
        if step == "primary VIOS shut down":
            (card,) = cards
            assert "p72vio1" in card
            assert "VLAN 1, 2, 10, 11, 12, 13 on ETHERNET0" in card
    assert len(await told.cards()) == 1, "the same message, edited"
    thread = "\n".join(words(each) for each in await told.stage.replies(ALERTS))
    assert "PRIMARY_SH" in thread


def link(up: bool) -> Callable[[Pair], object]:
    return lambda stage: stage.happen(LinkChanged(system="p72", partition="p72vio1", port="ent0", up=up))


def rmc(state: str) -> Callable[[Pair], object]:
    return lambda stage: stage.happen(RmcChanged(system="p72", partition="p72vio1", rmc_state=state))


async def test_a_failover_is_in_the_channel_at_the_look_that_sees_it(told: Watched) -> None:
    """Also where its cause lasts, with nothing set but the defaults; what only lasts still has to settle."""
    await told.round()
    await told.do(rmc("inactive"))
    assert ("began", "vios-unreachable") in await told.round()
    assert await told.cards() == []
    await told.do(rmc("active"))
    await told.round()
    await told.do(link(False))
    assert ("happened", "failover") in await told.round()
    (card,) = await told.cards()
    assert "failover: the lead went from p72vio1 to p72vio2" in card
    assert "the physical link of ent0 behind ent4 of p72vio1 is down" in card


async def test_a_pair_that_flaps_is_one_message_that_stays_open(told: Watched) -> None:
    """Over and back at every look: told at once, then as flapping, and not closed with every turn."""
    await told.round()
    for turn in range(12):
        await told.do(link(turn % 2 == 1))
        await told.round()
        assert len(await told.cards()) == 1
    (card,) = await told.cards()
    assert "the lead changes again and again" in card
    said = [row[0] for row in told.stage.rows("SELECT did FROM incident_event WHERE loud = 1 ORDER BY id")]
    assert said.count("opened") == 1
    assert said.count("reopened") <= 1
    assert said.count("closed") <= 1


async def test_clocks_of_two_hosts_order_nothing_and_are_measured(told: Watched) -> None:
    """Both log the same failback seven hours apart: the history has them in one order, and says whose clock is off."""
    for _, do in STEPS[:3]:
        await told.do(do)
        for _ in range(3):
            await told.round()
    logs = told.stage.rows("SELECT at, said FROM watch_change WHERE kind = 'log' ORDER BY id")
    assert [row[0] for row in logs] == sorted(row[0] for row in logs)
    assert any(said == "p72vio1 logged, by its own clock: BECOME PRIMARY" for _, said in logs)
    skews = told.stage.rows("SELECT said FROM watch_change WHERE rule = 'clock-skew'")
    assert any("the clock of p72vio1 is" in said and "behind ours" in said for (said,) in skews)


# ── interrupted ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_restart_goes_on_where_it_was(told: Watched) -> None:
    """Stopped while one VIOS is down: nothing is said twice, and its return, seen by the next start, ends it."""
    await told.do(STEPS[0][1])
    await told.round()
    await told.do(STEPS[1][1])
    assert ("happened", "failover") in await told.round()
    await told.round(seconds=90)
    before = await told.cards()
    await told.stage.stop()
    await told.stage.start()
    assert await told.round() == []
    assert await told.cards() == before
    await told.stage.stop()
    await told.do(STEPS[2][1])
    await told.stage.start()
    assert set(await told.round()) == {("ended", "vios-unreachable"), ("happened", "failback")}


async def test_what_was_over_before_the_next_start_is_told_as_not_seen(told: Watched) -> None:
    """A bot that was away for long says for how long nobody watched."""
    await told.do(STEPS[0][1])
    await told.round()
    await told.stage.stop()
    told.pair.now += 5 * 3600.0
    await told.stage.start()
    await told.round()
    query = "SELECT e.said FROM incident_event AS e JOIN incident AS i ON i.id = e.incident WHERE i.kind = 'watch'"
    assert any("nobody watched for" in row[0] for row in told.stage.rows(query))


async def test_a_flap_between_two_polls_is_told_by_the_counters(told: Watched) -> None:
    """Over before anybody looked: the states are the same as before, and what happened is told."""
    await told.round()
    await told.do(lambda stage: stage.happen(LinkChanged(system="p72", partition="p72vio1", port="ent0", up=False)))
    told.pair.now += 5
    await told.do(lambda stage: stage.happen(LinkChanged(system="p72", partition="p72vio1", port="ent0", up=True)))
    assert ("happened", "flap") in await told.round()


# ── not told, or not to be believed ───────────────────────────────────────────────────────────────────────────────

GARBAGE = {
    "empty": {"raw": "empty"},
    "not text": {"raw": "garbage"},
    "no UTF-8": {"raw": "not-utf8"},
    "markup": {"raw": "markup"},
    "another command's": {"raw": b"ent4 changed\n"},
}


@pytest.mark.parametrize("how", GARBAGE.values(), ids=GARBAGE.keys())
async def test_a_garbled_answer_is_unreadable_and_never_healthy(told: Watched, how: dict[str, Any]) -> None:
    """It is said of that side alone, and is over once it can be read again."""
    await told.round()
    told.machines.fault("hmc", matching="p72vio2 -c 'entstat", **how)
    assert await told.round() == [("began", "unreadable")]
    states = "SELECT shown ->> 'states' FROM watch_thing"
    assert json.loads(told.stage.rows(states)[0][0]) == ["PRIMARY", "unreadable"]
    assert await told.round() == [("ended", "unreadable")]


@pytest.mark.parametrize("mode", ["auto", "sharing"])
async def test_an_answer_without_its_failover_is_unreadable(told: Watched, mode: str) -> None:
    """A whole part that is cut out, to the line, makes no SEA that bridges as if it were alone, and no loop."""
    if mode == "sharing":
        await told.do(STEPS[0][1])
    await told.round()
    before, _, after = (await told.says("p72vio2")).partition("High Availability Statistics:")
    cut = before.rpartition("\n")[0] + "\n" + after[after.index("\n----") :]
    told.machines.fault("hmc", matching="p72vio2 -c 'entstat", raw=cut.encode())
    assert await told.round() == [("began", "unreadable")]
    (said,) = told.stage.rows("SELECT said FROM watch_change WHERE rule = 'unreadable' AND kind = 'began'")
    assert f"it tells nothing of its failover, and its ha_mode is {mode}" in said[0]
    assert await told.round() == [("ended", "unreadable")]


@pytest.mark.parametrize(("stale", "rule"), [("p72vio1", "both-primary"), ("p72vio2", "neither-primary")])
async def test_a_switch_between_two_reads_is_no_loop(told: Watched, stale: str, rule: str) -> None:
    """One side read just before the lead moved, the other just after: both are read again at once, and then judged."""
    await told.round()
    before = await told.says(stale)
    told.machines.happen(LinkChanged(system="p72", partition="p72vio1", port="ent0", up=False))
    told.machines.fault("hmc", matching=f"{stale} -c 'entstat", raw=before.encode())
    reads = len(told.stage.ran("viosvrcmd", host="hmc"))
    assert set(await told.round()) == {("began", "limbo"), ("began", "link-down"), ("happened", "failover")}
    assert told.stage.rows(f"SELECT count(*) FROM watch_change WHERE rule = '{rule}'") == [(0,)]
    again = [line for line in map(str, told.stage.ran("viosvrcmd", host="hmc")[reads:]) if "entstat" in line]
    assert len(again) == 3, "each side twice in one poll, of which one answer was another's"


async def test_a_loop_that_is_there_is_told_at_the_same_poll(told: Watched) -> None:
    """Reading again is not waiting: what both tell twice is in the channel with this round."""
    await told.round()
    told.machines.befall("both-primary", "p72", "p72vio2")
    assert ("began", "both-primary") in await told.round()
    assert "both lead" in "".join(await told.cards())


async def test_an_answer_cut_off_twice_is_unreadable(told: Watched) -> None:
    """Once is no news of the VIOS: a read may be repeated."""
    await told.round()
    told.machines.fault("hmc", matching="p72vio2 -c 'entstat", cut_after=2_000)
    assert await told.round() == []
    for _ in range(2):
        told.machines.fault("hmc", matching="p72vio2 -c 'entstat", cut_after=2_000)
    assert await told.round() == [("began", "unreadable")]


async def test_an_hmc_that_is_out_is_one_incident_and_blames_no_pair(told: Watched) -> None:
    """Nothing is concluded of its pairs, whatever befalls them meanwhile; afterwards that is told."""
    await told.round()
    await told.machines.refuse("hmc")
    told.machines.cut("hmc")
    assert {rule for _, rule in await told.round()} <= {"hmc-unreached"}
    await told.round(seconds=90)
    (card,) = await told.cards()
    assert "hmc" in card
    await told.do(STEPS[1][1])
    assert await told.round() == []
    await told.machines.accept("hmc")
    assert ("began", "vios-unreachable") in await told.round()


async def test_an_hmc_that_loses_its_connections_blames_no_vios(told: Watched) -> None:
    """It takes each command and ends before the answer, its own list's too: that is the HMC's, and over by itself."""
    await told.round()
    for matching in ("p72vio1", "p72vio1", "lssyscfg -r lpar"):
        told.machines.fault("hmc", matching=matching, cut_after=0)
    assert await told.round() == [("began", "hmc-unreached")]
    assert await told.round() == [("ended", "hmc-unreached")]


async def test_an_hmc_that_is_out_at_the_start_is_told_and_its_pairs_are_watched(told: Watched) -> None:
    """What the last start knew is looked at all the same; it goes on by itself once the HMC answers."""
    await told.round()
    await told.stage.stop()
    await told.machines.refuse("hmc")
    told.machines.cut("hmc")
    await told.stage.start()
    assert ("began", "hmc-unreached") in await told.round()
    await told.machines.accept("hmc")
    await told.do(STEPS[1][1])
    assert ("began", "vios-unreachable") in await told.round()


async def test_an_hmc_that_was_never_listed_is_told(told: Watched) -> None:
    """Nothing is known there, so nothing is watched: that is an incident, until it answers."""
    await told.machines.refuse("hmc")
    told.machines.cut("hmc")
    await told.round()
    query = "SELECT state, body FROM incident WHERE kind = 'watch'"
    assert [row[0] in ("held", "open") and "not-listed" in row[1] for row in told.stage.rows(query)] == [True]
    await told.machines.accept("hmc")
    await told.round()
    assert {row[0] for row in told.stage.rows(query)} <= {"closed", "passed"}


async def test_a_vios_that_is_off_is_told_apart_from_an_unreadable_one(told: Watched) -> None:
    """Its state is read from the HMC, and stands in what is said."""
    await told.round()
    told.machines.happen(PartitionStopped(system="p72", partition="p72vio2"))
    assert ("began", "vios-unreachable") in await told.round()
    said = told.stage.rows("SELECT said FROM watch_change WHERE rule = 'vios-unreachable'")
    assert "Not Activated" in said[0][0]


# ── what is asked, and what is audited ────────────────────────────────────────────────────────────────────────────


async def test_what_reads_changed_nothing_leave_one_row_for_a_while(told: Watched) -> None:
    """Twenty polls: that the watch began, what came of it, and evidence of what changed; not a row for each read."""
    await told.do(STEPS[0][1])
    for _ in range(20):
        await told.round()
    reads = len(told.stage.ran("viosvrcmd", host="hmc"))
    assert reads > 40
    count = {row[0]: row[1] for row in told.stage.rows("SELECT action, count(*) FROM audit GROUP BY action")}
    assert (count["watch-begun"], count["watched"]) == (1, 2)
    (host,) = told.stage.bot.watch.hosts.values()
    await host.order.tell()
    (row,) = told.stage.audit("watch-told")
    assert (row["host"], len(row["sha256"])) == ("hmc", 64)
    assert row["reads"]["answered"] >= reads


async def test_a_change_keeps_what_it_rests_on(told: Watched) -> None:
    """The raw answers of the look that saw it, each with its hash in the chain, found like any other answer."""
    await told.round()
    await told.do(STEPS[1][1])
    await told.round()
    rows = told.stage.audit("watched")

    def raw_of(seq: int) -> Callable[[Db], bytes]:
        return lambda db: b"".join(outputs.pieces(db, seq))

    kept = [told.stage.ledger.read_now(raw_of(row["seq"])) for row in rows]
    assert any(b"State: PRIMARY" in raw for raw in kept)
    ends = {row["sending"]: row["sha256"] for row in told.stage.audit("answered") if row["sending"]}
    assert [ends[row["seq"]] for row in rows] == [hashlib.sha256(raw).hexdigest() for raw in kept]


async def test_a_standing_order_covers_nothing_that_changes(told: Watched) -> None:
    """Whatever asks for it: the door itself refuses, and nothing reaches the machine."""
    (host,) = told.stage.bot.watch.hosts.values()
    change = Command(
        host="hmc", argv=("viosvrcmd", "-m", "p72", "-p", "p72vio1", "-c", "chdev -dev ent4 -attr ha_mode=auto")
    )
    for command in (
        change,
        replace(change, argv=LOOK, effect=Effect.CHANGES),
        replace(change, host="other", argv=LOOK),
    ):
        with pytest.raises(NotInOrder):
            await told.stage.bot.door.look(command, host.order)
    assert told.stage.ran("viosvrcmd", host="hmc") == []


LOOK = ("viosvrcmd", "-m", "p72", "-p", "p72vio1", "-c", "entstat -all ent4")


# ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────────


async def asked(told: Watched, text: str) -> str:
    """What the asker is shown."""
    before = len((await told.stage.people.inbox("requester"))["ephemeral"])
    assert (await told.stage.type(text, command="/sea"))["acked"]
    await told.stage.settled()
    whispered = (await told.stage.people.inbox("requester"))["ephemeral"][before:]
    return "\n".join(map(words, whispered)) if whispered else words(await told.stage.card())


async def test_status_shows_the_worst_first_and_how_old_it_is(told: Watched) -> None:
    """Both sides' states and what is wrong; before any round it says that nothing was looked at."""
    assert "I watch no pair of SEAs" in await asked(told, "status p72")
    await told.do(STEPS[0][1])
    await told.round()
    shown = await asked(told, "status")
    assert "1 pair of SEAs watched, none of them with something wrong" in shown
    assert "PRIMARY_SH | BACKUP_SH" in shown
    assert "hmc: each looked at within the last 1 s" in shown
    await told.do(STEPS[1][1])
    await told.round()
    shown = await asked(told, "status p72")
    assert "unreachable | PRIMARY" in shown
    assert "p72vio1" in shown.partition("unreachable | PRIMARY")[2]


async def test_a_status_that_is_old_says_so(told: Watched) -> None:
    """States of hours ago are no states: they are called unknown."""
    await told.round()
    told.pair.now += 5 * 3600.0
    shown = await asked(told, "status")
    assert "THAT IS TOO OLD TO GO BY" in shown
    assert "unknown   SEA ent4 of p72vio1" in shown


async def test_check_reads_now_and_holds_every_pair_to_every_rule(told: Watched) -> None:
    """Nothing of the watch is needed for it; what is wrong is told with how bad it is."""
    assert "1 pair of SEAs read just now: every rule holds" in await asked(told, "check p72")
    await told.do(STEPS[-2][1])
    shown = await asked(told, "check")
    assert "not every rule holds" in shown
    assert "warning: " in shown


async def test_show_puts_both_sides_beside_each_other(told: Watched) -> None:
    """Read now: states, modes, priorities, links, trunks, control channels, and who is on its networks."""
    shown = await asked(told, "show p72vio1 p72")
    for line in (
        "VIOS: p72vio1 | p72vio2",
        "state: PRIMARY | BACKUP",
        "bridges: All | None",
        "priority: 1 | 2",
        "port: ent0, link up | ent0, link up",
        "control channel: ent3, VLAN 99 on ETHERNET0 | ent3, VLAN 99 on ETHERNET0",
        "networks: VLAN 1, 2, 10, 11, 12, 13 on ETHERNET0",
    ):
        assert line in shown, line
    assert "p72vio9 has no SEA" in await asked(told, "show p72vio9 p72")


async def test_history_tells_what_it_went_through(told: Watched) -> None:
    """By hscbot's clock, the same in Slack and at the terminal; of what isn't watched it says so."""
    for _, do in STEPS[:3]:
        await told.do(do)
        await told.round()
    shown = await asked(told, "history p72vio2 p72 since=12h")
    assert shown.index("p72vio1 unreachable, p72vio2 PRIMARY") < shown.rindex("p72vio1 PRIMARY_SH, p72vio2 BACKUP_SH")
    assert "I watch no SEA of p72vio9 on p72" in await asked(told, "history p72vio9 p72")
