"""Things that should be alike, through the real door: two nodes of a cluster, and what is told of them, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.lab.fleet.events import Tuned
from bot.lab.fleet.operating import Setting
from bot.ledger import drift, incidents
from bot.settings import DriftSettings
from handlers.drift.alike import Declared
from handlers.drift.group import key_of
from policies.alerts import Severity
from policies.incidents import Incident, State
from tests.stories.conftest import Stage, staged, words

HOSTS = ("app01", "db01")
BILLING = Declared(name="billing", hosts=HOSTS)
KEY = key_of("billing")


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches a cluster of two, and has seen both once; its own rounds come too late to be in the way."""
    async with staged(tmp_path / "data", aix=HOSTS) as stage:
        stage.drift = DriftSettings(every=7 * 86_400, alike=(BILLING,))
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


async def test_first_sight(cluster: Stage) -> None:
    await looked(cluster)
    for each in active(cluster).values():
        print(each.key, each.state, [(s.severity, s.said) for s in each.symptoms])
    print(await told(cluster, "status"))
    print(await told(cluster, "diff billing"))
    print(await told(cluster, "compare db01 app01"))
    tuned(cluster, "db01", "131072")
    await looked(cluster)
    for each in active(cluster).values():
        print(each.key, each.state, [(s.severity, s.said) for s in each.symptoms])
    assert 0
