"""A simulated pair through thick and thin: every fault is reported, and nothing is that isn't there.

`HSCBOT_HISTORIES=10000` in the environment runs that many histories.
"""

from __future__ import annotations

import os
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.events import (
    AdapterChanged,
    ControlChannelCut,
    Event,
    LinkChanged,
    PartitionStarted,
    PartitionStopping,
    RmcChanged,
    SeaChanged,
    SharingLost,
)
from bot.lab.fleet.model import Partition
from bot.lab.fleet.world import World
from handlers.sea.memory import Calm
from tests.bot.lab.fleet.pair import pair
from tests.handlers.sea.looks import PAIR, START, Watch, fleet_look
from tests.handlers.sea.oracle import Oracle, differ, seen

HISTORIES = int(os.environ.get("HSCBOT_HISTORIES", "25"))
TAGS = {"ent1": (10, 11), "ent2": (12, 13)}
STUCK = (("Bridge Mode: All", "Bridge Mode: None"),)
vioses = st.sampled_from(PAIR.vioses)


class Histories(RuleBasedStateMachine):
    """Whatever is done between two looks, the next one tells all of it; the bot restarts before each."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START.timestamp()
        self.world = World(state=pair(HaMode.SHARING), clock=lambda: self.now, migration_seconds=1, line_delay=0)
        self.watch = Watch(calm=Calm(changes=1000))  # flapping depends on when the looks were: it has its own test
        self.oracle = Oracle()
        self.garbled: set[str] = set()
        self.reached = True
        self.stuck: set[str] = set()  # whose SEA says that it bridges nothing, whatever it is
        self.dropped = dict.fromkeys(PAIR.vioses, 0)
        self._look()

    def _partition(self, name: str) -> Partition:
        found = self.world.fleet.systems["p72"].partition(name)
        assert found is not None
        return found

    def _happen(self, event: Event) -> None:
        self.world.happen(event)

    def _on(self, name: str) -> dict[str, str]:
        return {"system": "p72", "partition": name}

    def _look(self) -> None:
        fleet = self.world.fleet
        readable = {name: each for name in PAIR.vioses if (each := seen(fleet, name)) is not None}
        readable = {
            name: replace(each, is_stuck=name in self.stuck, dropped=self.dropped[name])
            for name, each in readable.items()
        }
        unreachable = set(PAIR.vioses) - set(readable)
        unreadable = self.garbled & set(readable)
        now = {name: each for name, each in readable.items() if name not in unreadable}
        if not self.reached:
            now, unreadable, unreachable = {}, set(), set()
        must, may, happened, perhaps = self.oracle.judged(
            now, unreadable, unreachable, self.reached, differ(fleet), self.now
        )
        swaps = {
            name: [
                ("overflow packets: 0", f"overflow packets: {self.dropped[name]}"),
                *(STUCK if name in self.stuck else ()),
            ]
            for name in PAIR.vioses
        }
        sighting = self.watch.sees(fleet_look(self.world, PAIR.vioses, self.garbled, self.reached, swaps=swaps))
        symptoms = {(each.rule, each.about) for each in sighting.symptoms}
        happenings = {each.rule for each in sighting.happenings}
        assert must <= symptoms <= must | may, (symptoms, must, may)
        assert happened <= happenings <= happened | perhaps, (happenings, happened, perhaps)

    # ── looking ───────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(after=st.sampled_from([5, 30, 300]))
    def look(self, after: int) -> None:
        self.now += after
        self._look()

    @rule()
    def look_twice(self) -> None:
        for _ in range(2):
            self.now += 30
            self._look()

    @rule(name=vioses)
    def garble(self, name: str) -> None:
        self.garbled ^= {name}

    @rule()
    def lose_the_hmc(self) -> None:
        self.reached = not self.reached

    # ── what befalls the pair ─────────────────────────────────────────────────────────────────────────────────────

    @rule(name=vioses, waits=st.booleans())
    def stop_or_start(self, name: str, waits: bool) -> None:
        partition, pace = self._partition(name), self.world.fleet.pace
        if partition.is_up:
            self._happen(PartitionStopping(system="p72", partition=name))
            self.now += pace.shutdown if waits else 0
        elif str(partition.state) == "Not Activated":
            self._happen(PartitionStarted(system="p72", partition=name))
            self.now += pace.boot if waits else 0

    @rule(name=vioses)
    def rmc(self, name: str) -> None:
        state = "inactive" if self._partition(name).rmc_state == "active" else "active"
        self._happen(RmcChanged(system="p72", partition=name, rmc_state=state))

    @rule(name=vioses)
    def link(self, name: str) -> None:
        up = self._partition(name).io.ports[0].link_up
        self._happen(LinkChanged(system="p72", partition=name, port="ent0", up=not up))

    @rule(name=vioses)
    def flap(self, name: str) -> None:
        """A cable that is out for five seconds."""
        if self._partition(name).io.ports[0].link_up:
            self._happen(LinkChanged(system="p72", partition=name, port="ent0", up=False))
            self.now += 5
            self._happen(LinkChanged(system="p72", partition=name, port="ent0", up=True))

    @rule(name=vioses)
    def stick(self, name: str) -> None:
        """Its bridge mode is another than belongs to its state; or again the one that does."""
        self.stuck ^= {name}

    @rule(name=vioses, packets=st.sampled_from([50, 150]))
    def drop(self, name: str, packets: int) -> None:
        """Its threads' queues run over."""
        self.dropped[name] += packets

    @rule()
    def channel(self) -> None:
        cut = ("ETHERNET0", 99) in self.world.fleet.systems["p72"].cut_channels
        self._happen(ControlChannelCut(system="p72", vswitch="ETHERNET0", vlan=99, cut=not cut))

    @rule(name=vioses, mode=st.sampled_from(list(HaMode)))
    def mode(self, name: str, mode: HaMode) -> None:
        self._happen(SeaChanged(system="p72", partition=name, sea="ent4", ha_mode=mode))

    @rule(mode=st.sampled_from([HaMode.AUTO, HaMode.SHARING]))
    def both_modes(self, mode: HaMode) -> None:
        for name in PAIR.vioses:
            self._happen(SeaChanged(system="p72", partition=name, sea="ent4", ha_mode=mode))

    @rule(name=vioses)
    def lose_sharing(self, name: str) -> None:
        sea = self._partition(name).io.seas[0]
        if sea.status is not None and sea.status.state.shares:
            self._happen(SharingLost(system="p72", partition=name, sea="ent4"))

    @rule(name=vioses, adapter=st.sampled_from(sorted(TAGS)), priority=st.integers(1, 2))
    def prioritise(self, name: str, adapter: str, priority: int) -> None:
        self._happen(AdapterChanged(system="p72", partition=name, adapter=adapter, trunk_priority=priority))

    @rule(name=vioses, adapter=st.sampled_from(sorted(TAGS)), fewer=st.booleans())
    def tag(self, name: str, adapter: str, fewer: bool) -> None:
        tagged = TAGS[adapter][: 1 if fewer else None]
        self._happen(AdapterChanged(system="p72", partition=name, adapter=adapter, tagged=tagged))

    @precondition(lambda self: not self.reached or self.garbled)
    @rule()
    def see_clearly(self) -> None:
        self.reached, self.garbled = True, set()

    # ── and in the end ────────────────────────────────────────────────────────────────────────────────────────────

    def teardown(self) -> None:
        """All is made good, and then nothing is said any more."""
        self._look()
        self._make_good()
        for _ in range(2):
            self.now += 700  # a counter that rose has been quiet by then
            self._look()
        last = self.watch.seen[-1]
        assert (last.symptoms, last.happenings) == ((), ())

    def _make_good(self) -> None:
        self.garbled, self.reached, self.stuck = set(), True, set()
        self.now += 600  # whatever stops or starts is done with it
        for number, name in enumerate(PAIR.vioses, 1):
            if not self._partition(name).is_up:
                self._happen(PartitionStarted(system="p72", partition=name))
            self._happen(RmcChanged(system="p72", partition=name, rmc_state="active"))
            self._happen(LinkChanged(system="p72", partition=name, port="ent0", up=True))
            for adapter, tagged in TAGS.items():
                self._happen(
                    AdapterChanged(system="p72", partition=name, adapter=adapter, tagged=tagged, trunk_priority=number)
                )
        self._happen(ControlChannelCut(system="p72", vswitch="ETHERNET0", vlan=99, cut=False))
        self.now += 600
        for mode in (HaMode.AUTO, HaMode.SHARING):
            for name in PAIR.vioses:
                self._happen(SeaChanged(system="p72", partition=name, sea="ent4", ha_mode=mode))


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
