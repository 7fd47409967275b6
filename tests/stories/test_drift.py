"""Drift through the real door: hosts read over SSH, what changed told once, and nothing of what never matters."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.lab.demo import demo_policy
from bot.lab.fleet.events import AttributesSet, FileWritten, PartitionStopped, Tuned
from bot.lab.fleet.operating import DeviceAttribute, Setting
from bot.ledger import drift, incidents, requests
from bot.ledger.drift import Word
from bot.ledger.proof import verify
from bot.ledger.tx import Db, Tx
from bot.settings import DriftSettings
from handlers.drift.source import Kind, parted
from handlers.drift.value import Value
from policies.incidents import Incident, State
from policies.words import Person
from tests.stories.conftest import Stage, staged, words

HOSTS = ("db01", "app01")
HOSTS_ALONE = frozenset({Kind.AIX})
LEA = Person(workspace="T1", member="LEA")


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches two hosts, and has seen both once; its own rounds come too late to be in the way."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = DriftSettings(kinds=HOSTS_ALONE, every=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.round()
        yield stage


def tuned(stage: Stage, host: str, name: str, current: str, reboot: str, command: str = "no") -> None:
    setting = Setting(command=command, name=name, current=current, reboot=reboot)
    stage.fleet.happen(Tuned(system="p72", partition=host, settings=(setting,)))


async def looked(stage: Stage) -> None:
    """An hour later each host was looked at, and what was found had the time to settle."""
    await stage.later(hours=1)
    await stage.bot.drifting.round()
    await stage.later(seconds=61)


def active(stage: Stage) -> dict[str, Incident]:
    return {each.key: each for each in stage.ledger.read_now(incidents.active)}


def said_of(word: Word, tx: Tx) -> None:
    drift.say(tx, word)


def said(incident: Incident) -> list[str]:
    return [each.said for each in incident.symptoms]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (DriftSettings(every=1_800, every_by_hmc=86_400), ["AIX hosts: none read yet; each is within 30 min of a start",
                                                           "VIOS: none read yet; each is within 24 h of a start"]),
        (DriftSettings(kinds=frozenset({Kind.SYSTEM})), ["managed systems: none read yet; each is within 24 h"]),
        (DriftSettings(on=False), ["Nothing is watched: `[drift]` of hscbot.toml switches it on"]),
    ],
)  # fmt: skip
async def test_before_the_first_look_its_time_is_told(tmp_path: Path, settings: DriftSettings, said: list[str]) -> None:
    """Whoever asks right after the start reads when there will be something to read."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = settings
        await stage.start()
        assert (await stage.type("status", command="/drift"))["acked"]
        await stage.settled()
        told = (await stage.whispers())[-1]
        assert "I have not read yet how any host is set." in told
        assert not [each for each in said if each not in told]


async def test_first_sight_is_a_proposed_baseline_and_no_alert(watched: Stage) -> None:
    """Every question of both hosts is kept; what moves by itself is in none of it; nobody is told anything."""
    for host in HOSTS:
        found = watched.ledger.read_now(lambda db, host=host: drift.baseline(db, host))  # type: ignore[misc]
        assert found is not None
        assert found.proposed
        assert {"no", "vmo", "filesets", "level", "limits", "env", "devices", "attributes:sys0"} <= found.parts.keys()
        kept = watched.ledger.read_now(lambda db, found=found: drift.whole(db, found.parts))  # type: ignore[misc]
        assert sum(map(len, kept.values())) > 200
        assert "pinnable_frames" not in kept["vmo"]
    await looked(watched)
    assert active(watched) == {}


async def test_a_change_is_told_once_with_who_was_there_and_ends_when_it_is_set_back(watched: Stage) -> None:
    """The incident has both values, and who was on the host; later rounds say nothing more; set back, it closes."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    (incident,) = active(watched).values()
    assert (incident.key, incident.kind, incident.state) == ("drift/db01", "drift", State.OPEN)
    (symptom,) = incident.symptoms
    assert symptom.said.startswith("no/tcp_sendspace ")
    assert symptom.said.endswith(" → 131072")
    assert "is:        131072" in "\n".join(symptom.evidence)
    assert any(line.startswith("who: root") for line in symptom.evidence)
    events = len(watched.ledger.read_now(lambda db: incidents.events(db, incident.number)))
    for _ in range(3):
        await looked(watched)
    assert len(watched.ledger.read_now(lambda db: incidents.events(db, incident.number))) == events
    baseline = watched.ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert baseline is not None
    assert baseline.version == 1
    kept = watched.ledger.read_now(lambda db: drift.whole(db, baseline.parts))["no"]["tcp_sendspace"]
    tuned(watched, "db01", "tcp_sendspace", kept.now, kept.boot or kept.now)
    await looked(watched)
    assert active(watched) == {}


async def test_what_the_next_start_will_change_is_told_as_such(watched: Stage) -> None:
    """Set for now alone: it is one finding, which says what it will be."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "16384")
    await looked(watched)
    (incident,) = active(watched).values()
    assert [each.rule for each in incident.symptoms] == ["drift-boot"]
    assert said(incident)[0].endswith("and will be 16384 after the next start")


async def test_the_same_change_on_both_hosts_is_told_together(watched: Stage) -> None:
    """One incident speaks for both, whichever round each was looked at in."""
    for host in HOSTS:
        tuned(watched, host, "tcp_sendspace", "131072", "131072")
    await watched.later(hours=1)
    await watched.bot.drifting.round()
    await watched.bot.drifting.round()
    await watched.later(seconds=61)
    speaking = [each for each in active(watched).values() if each.is_loud]
    assert len(speaking) == 1
    assert speaking[0].members == ("drift/app01", "drift/db01")
    assert "2 things alike: no/tcp_sendspace" in said(speaking[0])[0]


async def test_a_file_and_an_attribute_are_told_with_what_changed(watched: Stage) -> None:
    """The line that was added, and the attribute with what it does."""
    watched.fleet.happen(
        FileWritten(
            system="p72", partition="db01", path="/etc/hosts", text="127.0.0.1\tloopback localhost\n10.0.0.9\tx\n"
        )
    )
    wrong = DeviceAttribute(device="hdisk0", name="reserve_policy", current="single_path", stored="single_path")
    watched.fleet.happen(AttributesSet(system="p72", partition="db01", attributes=(wrong,)))
    await looked(watched)
    (incident,) = active(watched).values()
    by_about = {each.about: each for each in incident.symptoms}
    assert "+10.0.0.9\tx" in by_about["file:/etc/hosts/content"].evidence
    disk = by_about["attributes:hdisk0/reserve_policy"]
    assert disk.said == "attributes:hdisk0/reserve_policy no_reserve → single_path"
    assert "two VIOS serve one disk" in disk.then


async def test_a_host_that_cant_be_asked_keeps_everything_and_is_told(watched: Stage) -> None:
    """Neither its baseline nor what was wrong with it goes; what is out is said, and ends when it is back."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    watched.fleet.happen(PartitionStopped(system="p72", partition="db01"))
    await looked(watched)
    (incident,) = active(watched).values()
    rules = [each.rule for each in incident.symptoms]
    assert rules == ["drift-changed", "host-unreachable"]
    now = watched.clock.now()
    word = Word(
        host="db01", kind="ignored", name="no/tcp_*", value=None, until=now + timedelta(days=1), at=now, by=str(LEA),
        why="a test of buffers",
    )  # fmt: skip
    await watched.ledger.write(partial(said_of, word))
    await watched.bot.drifting.notice()
    (incident,) = active(watched).values()
    assert [each.rule for each in incident.symptoms] == ["host-unreachable"], "a word is no answer of the host's"
    found = watched.ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert found is not None
    assert found.version == 1


async def test_what_somebody_accepts_or_ignores_is_silent_within_seconds(watched: Stage) -> None:
    """Without the host being asked again; and by its day it is told again."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    sent = len(watched.fleet.ran)
    now = watched.clock.now()
    word = Word(
        host="db01", kind="ignored", name="no/tcp_*", value=None, until=now + timedelta(days=1), at=now,
        by=str(LEA), why="a test of buffers",
    )  # fmt: skip
    await watched.ledger.write(lambda tx: drift.say(tx, word))
    await watched.bot.drifting.notice()
    assert active(watched) == {}
    assert len(watched.fleet.ran) == sent
    await watched.later(days=1)
    await watched.bot.drifting.notice()
    await watched.later(seconds=61)
    assert [each.key for each in active(watched).values()] == ["drift/db01"]


async def test_a_restart_in_between_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """What changed while it was down is told once; what was told before isn't told again; the audit holds."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = DriftSettings(kinds=HOSTS_ALONE, every=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.round()
        tuned(stage, "db01", "tcp_sendspace", "131072", "131072")
        await looked(stage)
        (before,) = active(stage).values()
        await stage.stop()
        tuned(stage, "db01", "tcp_recvspace", "65536", "65536")
        await stage.start()
        await looked(stage)
        (after,) = active(stage).values()
        assert after.number == before.number
        assert {each.about for each in after.symptoms} == {"no/tcp_recvspace", "no/tcp_sendspace"}
        told = stage.ledger.read_now(lambda db: incidents.events(db, after.number))
        assert sum("tcp_sendspace" in each.said for each in told) == 1
        assert verify(stage.folder).row is None


async def test_what_nobody_asks_any_more_is_told_no_more(tmp_path: Path) -> None:
    """A file that was taken out of the configuration, and a host that was, leave nothing open behind them."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = DriftSettings(kinds=HOSTS_ALONE, every=7 * 86_400)
        await stage.start()
        await stage.bot.drifting.round()
        written = FileWritten(system="p72", partition="db01", path="/etc/hosts", text="127.0.0.1\tloopback localhost\n")
        stage.fleet.happen(written)
        for host in HOSTS:
            tuned(stage, host, "tcp_sendspace", "131072" if host == "db01" else "65536", "131072")
        await looked(stage)
        assert {"drift/db01", "drift/app01"} <= active(stage).keys()
        await stage.stop()
        stage.drift = DriftSettings(kinds=HOSTS_ALONE, every=7 * 86_400, files=("/etc/inittab",))
        stage.aix = {"db01": stage.aix["db01"]}
        await stage.start()
        await looked(stage)
        (left,) = active(stage).values()
        assert (left.key, [each.about for each in left.symptoms]) == ("drift/db01", ["no/tcp_sendspace"])
        assert (await stage.type("diff db01", command="/drift"))["acked"]
        await stage.settled()
        assert "1 difference from" in (await stage.whispers())[-1]
        assert (await stage.type("status", command="/drift"))["acked"]
        await stage.settled()
        told = (await stage.whispers())[-1]
        assert "1 host, 1 of them drifted" in told
        assert "Not watched any more, and left out: app01" in told
        ended = stage.rows("SELECT said FROM incident_event WHERE did IN ('closed', 'passed') AND said LIKE '%app01%'")
        assert len(ended) == 1
        assert ended[0][0].startswith(
            "nobody looks at app01 any more: the settings don't ask for it, or no HMC lists it"
        )


async def test_one_host_that_cant_be_worked_out_keeps_no_other_from_its_word(watched: Stage) -> None:
    """What is remembered of one can't be read: that is told as an incident, and the other is settled all the same."""
    for host in HOSTS:
        tuned(watched, host, "tcp_sendspace", "131072" if host == "db01" else "65536", "131072")
    await looked(watched)
    await watched.ledger.write(
        lambda tx: tx.db.execute("UPDATE watch_thing SET memory = '{}' WHERE key = 'drift/app01'")
    )
    now = watched.clock.now()
    for host in HOSTS:
        word = Word(
            host=host, kind="ignored", name="no/tcp_*", value=None, until=now + timedelta(days=1), at=now, by=str(LEA),
            why="a test of buffers",
        )  # fmt: skip
        await watched.ledger.write(partial(said_of, word))
    await watched.bot.drifting.notice()
    await watched.later(seconds=61)
    assert active(watched).keys() == {"drift/app01"}
    await watched.bot.drifting.round()
    assert active(watched).keys() == {"drift/app01", "watch/app01"}


# ── what people make of it ────────────────────────────────────────────────────────────────────────────────────────


async def done(stage: Stage, text: str) -> str:
    """Typed, agreed to by another person, and done; all that stands in its card."""
    assert (await stage.type(text, command="/drift"))["acked"]
    await stage.settled()
    await stage.approve()
    await stage.settled()
    return words(await stage.card())


def kept(stage: Stage, host: str, setting: str) -> Value:
    """As the baseline that holds has it."""

    def ask(db: Db) -> Value:
        found = drift.baseline(db, host)
        assert found is not None
        question, key = parted(setting)
        return drift.whole(db, found.parts)[question][key]

    return stage.ledger.read_now(ask)


async def test_revert_sets_it_back_and_the_incident_ends(watched: Stage) -> None:
    """The command is derived from the difference, agreed to, sent once, and read again: it is as the baseline says."""
    should = kept(watched, "db01", "no/tcp_sendspace")
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    told = await done(watched, "revert db01 no/tcp_sendspace")
    assert f"set back to {should.now}" in told
    sent = [each.argv for each in watched.fleet.ran if each.argv[:2] == ("no", "-p")]
    assert sent == [("no", "-p", "-o", f"tcp_sendspace={should.now}")]
    await looked(watched)
    assert active(watched) == {}


async def test_rules_and_locks_of_a_frame_hold_for_what_is_set_back_on_its_hosts(watched: Stage) -> None:
    """Also where no HMC had told yet whose the host is: as for any change on it."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    assert (await watched.type("revert db01 no/tcp_sendspace", command="/drift"))["acked"]
    await watched.settled()
    plan = watched.ledger.read_now(lambda db: requests.get(db, 1)).plan
    assert plan is not None
    assert set(plan.locks) == {"host db01", "partition db01 on p72"}
    await watched.stop()
    await watched.start()
    rule = 'name = "p72 is frozen"\noperations = ["drift.revert"]\ntargets = ["p72"]\nwho = ["*"]\nverdict = "deny"'
    await watched.put_in_force(f"{demo_policy()}\n[[rules]]\n{rule}\n")
    assert "p72 is frozen" in await watched.refused("revert db01 no/tcp_sendspace", command="/drift")
    await watched.approve()
    await watched.settled()
    assert watched.ran("no", "-p") == []


async def test_revert_says_where_there_is_no_way_back(watched: Stage) -> None:
    """Nobody is asked to agree to what can't be done; nothing is sent."""
    watched.fleet.happen(
        FileWritten(system="p72", partition="db01", path="/etc/hosts", text="127.0.0.1\tloopback localhost\n")
    )
    await looked(watched)
    assert (await watched.type("revert db01 file:/etc/hosts/content", command="/drift"))["acked"]
    await watched.settled()
    assert "has no way back" in words(await watched.card())


async def test_what_may_be_a_secret_is_kept_nowhere_and_its_change_is_told(watched: Stage) -> None:
    """A password in the environment: that it changed is told; neither its value nor any raw answer with it is kept."""
    text = "TZ=UTC\nMYSQL_PWD=hunter2\nENC_KEY=hunter2\n"
    watched.fleet.happen(FileWritten(system="p72", partition="db01", path="/etc/environment", text=text))
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    (incident,) = active(watched).values()
    told = {each.about: each for each in incident.symptoms}
    assert {"env/MYSQL_PWD", "env/ENC_KEY", "closedfile:/etc/environment/content", "no/tcp_sendspace"} <= told.keys()
    assert "hidden, mark " in told["env/MYSQL_PWD"].said
    asked = watched.ledger.read_now(
        lambda db: db.execute("SELECT body ->> 'argv' FROM audit WHERE action = 'watched'").fetchall()
    )
    assert [each[0] for each in asked] == ['["no","-F","-x"]']
    sent = len([each for each in watched.fleet.ran if each.host in HOSTS])
    assert (await watched.type("revert db01 env/ENC_KEY", command="/drift"))["acked"]
    await watched.settled()
    assert "has no way back" in words(await watched.card())
    assert len([each for each in watched.fleet.ran if each.host in HOSTS]) == sent
    texts = watched.ledger.read_now(lambda db: db.execute("SELECT body FROM drift_text").fetchall())
    assert not any(b"hunter2" in zlib.decompress(row[0]) for row in texts)
    await watched.stop()
    for path in watched.folder.iterdir():
        assert b"hunter2" not in path.read_bytes(), path


async def test_accept_makes_a_new_version_with_that_and_nothing_else(watched: Stage) -> None:
    """The accepted value is in the baseline, the other difference stays one, and the version before can be read."""
    before = kept(watched, "db01", "no/tcp_recvspace")
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    tuned(watched, "db01", "tcp_recvspace", "65536", "65536")
    await looked(watched)
    await done(watched, 'accept db01 no/tcp_sendspace reason="agreed with the database people"')
    assert kept(watched, "db01", "no/tcp_sendspace").now == "131072"
    assert kept(watched, "db01", "no/tcp_recvspace") == before
    await watched.bot.drifting.notice()
    (incident,) = active(watched).values()
    assert [each.about for each in incident.symptoms] == ["no/tcp_recvspace"]
    told = watched.ledger.read_now(lambda db: drift.baselines(db, "db01", limit=9))
    assert [(each.version, each.proposed) for each in told] == [(1, True), (2, False)]
    assert "agreed with the database people" in told[1].why
    assert told[1].by != "hscbot"


@pytest.mark.parametrize("words", ["accept db01 no/tcp_sendspace", "accept db01 no/*", "baseline db01"])
async def test_whoever_agrees_agrees_to_the_values_that_were_asked_about(watched: Stage, words: str) -> None:
    """What is read otherwise while it waits was seen by nobody: nothing of it joins the baseline."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    assert (await watched.type(f'{words} reason="measured"', command="/drift"))["acked"]
    await watched.settled()
    tuned(watched, "db01", "tcp_sendspace", "4096", "4096")
    await watched.bot.drifting.look("db01")
    await watched.settled()
    await watched.approve()
    ended = watched.rows("SELECT state FROM request ORDER BY id DESC LIMIT 1")
    assert ended == [("stale",)]
    found = watched.ledger.read_now(lambda db: drift.baseline(db, "db01"))
    assert found is not None
    assert found.version == 1


async def test_a_word_needs_a_reason(watched: Stage) -> None:
    """Whoever reads it in a year wants to know why: without one a form asks for it; a mere letter is none."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    assert (await watched.type("accept db01 no/tcp_sendspace", command="/drift"))["acked"]
    view = await watched.people.wait_for_view("requester")
    reason = next(block for block in view["blocks"] if block.get("block_id") == "reason")
    assert not reason["optional"]
    assert watched.rows("SELECT count(*) FROM request") == [(0,)]
    told = await done(watched, "accept db01 no/tcp_sendspace reason=x")
    assert "needs a reason" in told
    assert kept(watched, "db01", "no/tcp_sendspace").now != "131072"


async def test_status_diff_history_and_compare_are_told_from_what_was_read(watched: Stage) -> None:
    """Without any host being asked: both values, what the setting does, the way back, who accepted what."""
    tuned(watched, "db01", "tcp_sendspace", "131072", "131072")
    await looked(watched)
    sent = len(watched.fleet.ran)
    answers = {}
    for text in (
        "status",
        "status filter=differences>0 fields=host,differences,by",
        "diff db01",
        "history db01",
        "compare db01 app01",
        "diff nosuch",
    ):
        assert (await watched.type(text, command="/drift"))["acked"]
        await watched.settled()
        answers[text] = (await watched.whispers())[-1]
    assert "2 hosts, 1 of them drifted" in answers["status"]
    chosen = answers["status filter=differences>0 fields=host,differences,by"]
    assert ("1 of 2 rows" in chosen, "db01" in chosen, "app01" in chosen) == (True, True, False)
    assert "way back: no -p -o tcp_sendspace=" in answers["diff db01"]
    assert "buffers on its way out" in answers["diff db01"]
    assert "first sight of" in answers["history db01"]
    assert "no/tcp_sendspace 131072 →" in answers["compare db01 app01"]
    assert "netaddr" not in answers["compare db01 app01"]
    assert "never read how nosuch is set" in answers["diff nosuch"]
    assert len(watched.fleet.ran) == sent
