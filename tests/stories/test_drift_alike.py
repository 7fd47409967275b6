"""Things that should be alike, through the real door: two nodes of a cluster, and what is told of them, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lab.demo import demo_policy
from bot.lab.fleet.events import SeaChanged, Tuned
from bot.lab.fleet.operating import Setting
from bot.ledger import drift, incidents
from bot.ledger.proof import verify
from bot.own.drift import open_settings
from bot.settings import DriftSettings
from handlers.drift.alike import Declared
from handlers.drift.group import key_of
from handlers.drift.source import Kind
from policies.alerts import Severity
from policies.incidents import Incident, State
from tests.stories.conftest import Stage, staged, words

HOSTS = ("app01", "db01")
AIX_ALONE = frozenset({Kind.AIX})
BILLING = Declared(name="billing", hosts=HOSTS)
KEY = key_of("billing")
DENIED = (
    '\n[[rules]]\nname = "hands off"\noperations = ["drift.*"]\nwho = ["*"]\ntargets = ["db01"]\nverdict = "deny"\n'
)


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches a cluster of two, and has seen both once; its own rounds come too late to be in the way."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = DriftSettings(every=7 * 86_400, kinds=AIX_ALONE, alike=(BILLING,))
        await stage.start()
        await stage.bot.drifting.round()
        await stage.bot.alikes.notice()
        yield stage


def tuned(stage: Stage, host: str, value: str, name: str = "tcp_sendspace") -> None:
    setting = Setting(command="no", name=name, current=value, reboot=value)
    stage.fleet.happen(Tuned(system="p72", partition=host, settings=(setting,)))


async def looked(stage: Stage) -> None:
    """An hour later each host was looked at, they were held against each other, and what was found could settle."""
    await stage.later(hours=1)
    await stage.bot.drifting.round()
    await noticed(stage)


async def noticed(stage: Stage) -> None:
    """What people said was seen to."""
    await stage.bot.drifting.notice()
    await stage.bot.alikes.notice()
    await stage.later(seconds=61)


def active(stage: Stage) -> dict[str, Incident]:
    return {each.key: each for each in stage.ledger.read_now(incidents.active)}


async def done(stage: Stage, text: str) -> str:
    """Typed, agreed to by another person, and done; all that stands in its card."""
    assert (await stage.type(text, command="/drift"))["acked"]
    await stage.settled()
    await stage.approve()
    await stage.settled()
    return words(await stage.card())


async def told(stage: Stage, text: str) -> str:
    assert (await stage.type(text, command="/drift"))["acked"]
    await stage.settled()
    return (await stage.whispers())[-1]


@pytest.fixture
async def owned(cluster: Stage) -> Stage:
    """What was unlike at first was taken for right by somebody."""
    await done(cluster, 'baseline billing reason="one has virtual disks alone"')
    await noticed(cluster)
    assert active(cluster) == {}
    return cluster


async def test_what_was_unlike_at_first_sight_is_one_note_that_waits_for_the_morning(cluster: Stage) -> None:
    """Not one alert a setting, and none that calls anybody; owned, it is over, and what may differ was never in it."""
    await looked(cluster)
    (incident,) = active(cluster).values()
    assert (incident.key, incident.severity, incident.state) == (KEY, Severity.NOTE, State.OPEN)
    (symptom,) = incident.symptoms
    assert "devices/vscsi0: app01 Available; db01 (not there)" in symptom.evidence
    assert not any("netaddr" in each for each in symptom.evidence)
    assert {"billing", *HOSTS} <= set(incident.places)
    assert f"{len(symptom.evidence)} unlike since I first looked" in await told(cluster, "status")
    events = len(cluster.ledger.read_now(lambda db: incidents.events(db, incident.number)))
    await looked(cluster)
    assert len(cluster.ledger.read_now(lambda db: incidents.events(db, incident.number))) == events
    await done(cluster, 'baseline billing reason="one has virtual disks alone"')
    await noticed(cluster)
    assert active(cluster) == {}
    assert "alike, but for what may differ" in await told(cluster, "status billing")


async def test_one_setting_of_what_was_proposed_can_be_owned_by_itself(cluster: Stage) -> None:
    """The others stay a proposal: nobody has said anything of them."""
    await done(cluster, 'accept billing devices/* reason="one has virtual disks alone"')
    await noticed(cluster)
    (symptom,) = active(cluster)[KEY].symptoms
    assert not any(each.startswith("devices/") for each in symptom.evidence)
    assert any(each.startswith("file:/etc/hosts/content") for each in symptom.evidence)
    text = await told(cluster, "diff billing")
    assert "+10.7.2.13\tdb01" in text
    assert "devices/" not in text


async def test_a_change_on_one_node_is_told_once_and_its_acceptance_there_brings_the_group_up(owned: Stage) -> None:
    """First it is that node's drift. Accepted on it alone, the two are unlike by that request, as its thread says."""
    tuned(owned, "db01", "131072")
    await looked(owned)
    assert [each.key for each in active(owned).values()] == ["drift/db01"]
    await done(owned, 'accept db01 no/tcp_sendspace reason="agreed with the database people"')
    await noticed(owned)
    found = active(owned)
    assert "drift/db01" not in found
    (loud,) = [each for each in found.values() if each.is_loud]
    assert loud.key.startswith("request/")
    assert loud.members == (KEY,)
    assert "no/tcp_sendspace: app01 16384; db01 131072, explained by #" in loud.symptoms[0].said
    await done(owned, 'accept billing no/tcp_sendspace reason="they are to differ"')
    await noticed(owned)
    assert active(owned) == {}
    assert "they are to differ" in await told(owned, "history billing")
    tuned(owned, "app01", "131072")
    await looked(owned)
    assert [each.key for each in active(owned).values()] == ["drift/app01"], "alike again is no news"


async def test_what_was_set_alike_on_each_of_them_is_none_of_the_groups(owned: Stage) -> None:
    """A change that is rolled out is told of the hosts, together, and by nobody else."""
    for host in HOSTS:
        tuned(owned, host, "131072")
    await owned.later(hours=1)
    for _ in range(2):
        await owned.bot.drifting.round()
    await noticed(owned)
    assert KEY not in active(owned)
    (speaking,) = [each for each in active(owned).values() if each.is_loud]
    assert speaking.members == ("drift/app01", "drift/db01")


async def test_a_group_hears_the_same_words_and_a_restart_loses_none(owned: Stage) -> None:
    """Ignored until a day: silent over a restart, told when the day has come; alike again, it closes in words."""
    tuned(owned, "db01", "131072")
    await looked(owned)
    await done(owned, 'accept db01 no/tcp_sendspace reason="agreed with the database people"')
    await done(owned, 'ignore billing no/tcp_* 7d reason="the other follows on Sunday"')
    await noticed(owned)
    assert active(owned) == {}
    await owned.stop()
    await owned.start()
    await noticed(owned)
    assert active(owned) == {}
    await owned.later(days=7)
    await noticed(owned)
    assert active(owned)[KEY].symptoms[0].said == "no/tcp_sendspace: app01 16384; db01 131072"
    tuned(owned, "app01", "131072")
    await looked(owned)
    await done(owned, 'accept app01 no/tcp_sendspace reason="as on the other"')
    await noticed(owned)
    assert active(owned) == {}
    assert verify(owned.folder).row is None


async def test_a_group_that_is_none_any_more_leaves_nothing_open(cluster: Stage) -> None:
    """Taken out of the configuration, what was open of it ends."""
    await looked(cluster)
    assert active(cluster).keys() == {KEY}
    await cluster.stop()
    cluster.drift = DriftSettings(every=7 * 86_400, kinds=AIX_ALONE)
    await cluster.start()
    await noticed(cluster)
    assert active(cluster) == {}
    assert "billing" not in await told(cluster, "status")


async def test_what_nobody_asks_any_more_is_told_no_more_of_the_group(cluster: Stage) -> None:
    """A file that was taken out of the configuration is in no proposal."""
    await looked(cluster)
    assert any("/etc/hosts" in each for each in active(cluster)[KEY].symptoms[0].evidence)
    await cluster.stop()
    cluster.drift = cluster.drift.model_copy(update={"files": ("/etc/inittab",)})
    await cluster.start()
    await cluster.bot.drifting.round()
    await cluster.bot.alikes.notice(whole=True)
    await cluster.later(seconds=61)
    assert not any("/etc/hosts" in each for each in active(cluster)[KEY].symptoms[0].evidence)


async def test_who_says_a_word_of_a_group_is_judged_by_each_of_its_members(cluster: Stage) -> None:
    """A rule that denies it on one node denies it of the group: its name is no way round."""
    before = cluster.ledger.read_now(lambda db: drift.baseline(db, KEY))
    await cluster.put_in_force(demo_policy() + DENIED)
    assert "hands off" in await cluster.refused("baseline billing reason=because", command="/drift")
    assert cluster.ledger.read_now(lambda db: drift.baseline(db, KEY)) == before


async def test_two_hosts_side_by_side_say_why_some_may_differ(cluster: Stage) -> None:
    """What differs, each text with its lines; and how many more do, and may."""
    text = await told(cluster, "compare db01 app01")
    assert "+10.7.2.15\tapp01" in text
    assert "3 more differ, and may, as billing wants" in text


async def test_a_group_has_its_buttons_but_no_way_back(owned: Stage) -> None:
    """What to set back on which of them nobody can tell; the others work on the group, as a form's list does."""
    tuned(owned, "db01", "131072")
    await looked(owned)
    await done(owned, 'accept db01 no/tcp_sendspace reason="agreed with the database people"')
    await noticed(owned)
    (loud,) = [each for each in active(owned).values() if each.is_loud]
    (symptom,) = loud.symptoms
    assert [each.label for each in symptom.remedies] == [
        "Show difference", "Explain", "Accept…", "Ignore…", "Drift history",
    ]  # fmt: skip
    assert {each.text.split()[1] for each in symptom.remedies} == {"billing"}
    offered = owned.ledger.read_now(lambda db: open_settings(db, "billing", owned.ledger.now()))
    assert offered == ["no/tcp_sendspace"]


async def test_a_group_is_explained_and_no_part_of_the_report(owned: Stage) -> None:
    """What a setting does, and who has what, or that all have the same; the report refuses a group in plain words."""
    tuned(owned, "db01", "131072")
    await looked(owned)
    text = await told(owned, "explain billing no/tcp_sendspace")
    assert "bytes that a TCP socket buffers on its way out" in text
    assert "app01 16384; db01 131072" in text
    assert "billing is a group of hosts, and a report is over hosts" in await told(owned, "report billing")
    assert await told(owned, "archive billing") != ""


# ── both VIOS of a managed system ─────────────────────────────────────────────────────────────────────────────────────

PAIR = "p72vio1+p72vio2"
BEFORE = {"alike/p75vio1+p75vio2"}  # one of them alone has a disk: proposed at first sight


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches VIOS, and has seen all of them once."""
    async with staged(tmp_path / "data") as stage:
        stage.drift = DriftSettings(every_by_hmc=7 * 86_400, kinds=frozenset({Kind.VIOS}))
        await stage.start()
        await stage.bot.drifting.round()
        await noticed(stage)
        yield stage


async def test_both_vios_of_a_managed_system_are_a_group_that_nobody_declared(pair: Stage) -> None:
    """What has to differ between them, such as addresses, disks' ids and ports, is told by nobody."""
    assert key_of(PAIR) not in active(pair)
    text = await told(pair, f"status {PAIR}")
    assert "alike should be p72vio1 and p72vio2" in text
    assert "alike, but for what may differ" in text


async def test_a_setting_of_one_vios_that_was_accepted_there_is_told_of_the_pair_once(pair: Stage) -> None:
    """Its own drift first; then that its mate isn't so; and when the mate follows, it is over in words."""
    name = "vios-attributes:ent4/largesend"
    largesend(pair, "p72vio1", "0")
    await looked(pair)
    assert active(pair).keys() - BEFORE == {"drift/p72vio1"}
    await done(pair, f'accept p72vio1 {name} reason="the switch takes none"')
    await noticed(pair)
    (incident,) = [each for each in active(pair).values() if each.is_loud and each.key not in BEFORE]
    assert incident.members == (key_of(PAIR),)
    assert f"{name}: p72vio1 0; p72vio2 1" in incident.symptoms[0].said
    largesend(pair, "p72vio2", "0")
    await looked(pair)
    await done(pair, f'accept p72vio2 {name} reason="the switch takes none"')
    await noticed(pair)
    assert active(pair).keys() - BEFORE == set()
    story = pair.ledger.read_now(lambda db: incidents.events(db, incident.number))
    assert story[-1].did == "closed"


def largesend(stage: Stage, vios: str, value: str) -> None:
    stage.fleet.happen(SeaChanged(system="p72", partition=vios, sea="ent4", settings=(("largesend", value),)))
