"""A managed system with two pairs of VIOS, through the real door: which of the four should be alike nobody declares."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.lab.demo import demo_policy
from bot.lab.fleet import building
from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.events import SeaChanged
from bot.lab.fleet.model import Env, Fleet, Partition
from bot.ledger import drift, watches
from bot.own.drift_stand import GROUP
from bot.settings import DriftSettings, WatchSettings
from handlers.drift.group import key_of
from handlers.drift.source import Kind
from tests.stories.conftest import Stage, staged
from tests.stories.test_drift_alike import active, done, looked, noticed, told

PAIRS = ("p72vio1+p72vio2", "p72vio3+p72vio4")
OTHERS = {"arizonavio1+arizonavio2", "p75vio1+p75vio2"}
DENIED = (
    '\n[[rules]]\nname = "hands off"\noperations = ["drift.*"]\nwho = ["*"]\ntargets = ["p72vio4"]\nverdict = "deny"\n'
)


def vios(number: int) -> Partition:
    """One of a second pair, on networks and a control channel of their own."""
    name = f"p72vio{number}"
    adapters = tuple(
        each if each.is_trunk else replace(each, pvid=building.CONTROL_VLAN - 1)
        for each in building.trunks(name, ((20, 21, 22),), priority=number - 2)
    )
    return Partition(
        name=name, lpar_id=number + 40, env=Env.VIOS, rmc_ipaddr=f"10.7.2.{number + 100}", ethernet=adapters,
        os_version="VIOS 4.1.0.10", vios=building.bridging(adapters, "78A0072", number, HaMode.AUTO),
    )  # fmt: skip


def four() -> Fleet:
    demo = demo_fleet()
    p72 = demo.systems["p72"]
    both = replace(p72, partitions=(*p72.partitions, vios(3), vios(4)))
    return Fleet.of(demo.hmcs.values(), {**demo.systems, "p72": both}.values())


@pytest.fixture
async def pairs(tmp_path: Path) -> AsyncIterator[Stage]:
    """A bot that watches VIOS, has found the pairs of SEAs, and has seen all VIOS once."""
    async with staged(tmp_path / "data", fleet=four()) as stage:
        stage.drift = DriftSettings(every_by_hmc=7 * 86_400, kinds=frozenset({Kind.VIOS}))
        stage.watch = WatchSettings(every=600, search_every=600)
        await stage.start()
        await stage.bot.watch.round()
        await stage.bot.drifting.round()
        await noticed(stage)
        yield stage


def groups(stage: Stage) -> set[str]:
    return {each.host for each in stage.ledger.read_now(lambda db: watches.things(db, GROUP)) if each.gone_at is None}


def is_proposed(stage: Stage, name: str) -> bool:
    baseline = stage.ledger.read_now(lambda db: drift.baseline(db, key_of(name)))
    assert baseline is not None
    return baseline.proposed


async def test_each_two_of_four_vios_that_bridge_for_each_other_are_a_group(pairs: Stage) -> None:
    """As on a system with two: by its name it is asked about and chosen, and what one alone has was accepted for that
    one; a restart lets go of none, however late its watches begin."""
    assert groups(pairs) == {*PAIRS, *OTHERS}
    name, before = "vios-attributes:ent3/largesend", set(active(pairs))
    pairs.fleet.happen(SeaChanged(system="p72", partition="p72vio3", sea="ent3", settings=(("largesend", "0"),)))
    await looked(pairs)
    assert active(pairs).keys() - before == {"drift/p72vio3"}
    await done(pairs, f'accept p72vio3 {name} reason="the switch takes none"')
    await noticed(pairs)
    assert f"{name}: p72vio3 0; p72vio4 1" in await told(pairs, f"diff {PAIRS[1]}")
    assert {*PAIRS} < {*pairs.bot.inventory.listed("alike")}
    await pairs.stop()
    await pairs.start()
    await pairs.bot.inventory.discover()
    pairs.bot.inventory.bridging = None  # as long as the watch over SEAs hasn't begun, however soon that is
    await pairs.bot.alikes.notice(whole=True)
    assert groups(pairs) == {*PAIRS, *OTHERS}
    await pairs.bot.watch.assign()
    await looked(pairs)
    assert groups(pairs) == {*PAIRS, *OTHERS}
    await done(pairs, f'accept {PAIRS[1]} {name} reason="until the switch is replaced"')
    await noticed(pairs)
    assert set(active(pairs)) == before


async def test_a_rule_about_one_vios_holds_of_the_pair_that_it_is_in(pairs: Stage) -> None:
    """Denied on one, a word is denied of its pair; of the other pair of that managed system it isn't."""
    await pairs.put_in_force(demo_policy() + DENIED)
    assert "hands off" in await pairs.refused(f"baseline {PAIRS[1]} reason=because", command="/drift")
    await done(pairs, f"baseline {PAIRS[0]} reason=because")
    assert [is_proposed(pairs, each) for each in PAIRS] == [False, True]


async def test_a_rule_about_a_frame_holds_before_its_lists_were_read(pairs: Stage) -> None:
    """Right after a start nobody knows yet where a VIOS is: that is asked, and not taken for nowhere."""
    await pairs.stop()
    await pairs.start()
    await pairs.put_in_force(demo_policy() + DENIED.replace("p72vio4", "p72"))
    assert pairs.bot.inventory.partitions() == ()
    assert "hands off" in await pairs.refused("baseline p72vio4 reason=because", command="/drift")
