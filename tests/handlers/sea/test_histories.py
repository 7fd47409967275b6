"""A simulated pair through thick and thin: every fault is reported, and nothing is that isn't there.

`HSCBOT_HISTORIES=10000` in the environment runs that many histories.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from handlers.sea.memory import Ours
from handlers.sea.pair import Listener
from policies.alerts import Severity, Sighting
from tests.handlers.sea.looks import PAIR, START, Watch, fleet_look
from tests.handlers.sea.misprints import COUNTERS, Counter, Misprints, Wrong
from tests.handlers.sea.oracle import Oracle
from tests.handlers.sea.seen import CHANNELS, differ, fleet_at, seen

HISTORIES = int(os.environ.get("HSCBOT_HISTORIES", "25"))
pytestmark = pytest.mark.timeout(180 + HISTORIES)
TAGS = {"ent1": (10, 11), "ent2": (12, 13)}
# What a request of ours explains, where it took a VIOS out; and what a migration of ours does.
PLANNED = {"vios-unreachable", "backup-gone", "standby", "limbo", "not-ready", "mode-differs", "flapping"}
TURNED = {"failover", "failback", "flap"}
LATELY = 900
vioses = st.sampled_from(PAIR.vioses)


class Histories(RuleBasedStateMachine):
    """Whatever is done between two looks, the next one tells all of it; the bot restarts before each."""

    @initialize(level=st.sampled_from(["2.2.1.0", "2.2.3.0"]), befall=st.integers(1, 4))
    def begin(self, level: str, befall: int) -> None:
        """`befall`: after so many steps somebody looks, also unasked."""
        self.now = START.timestamp()
        self.world = World(state=fleet_at(level), clock=lambda: self.now, migration_seconds=1, line_delay=0)
        self.watch = Watch()
        self.oracle = Oracle()
        self.garbled: set[str] = set()
        self.reached = True
        self.misprints = {name: Misprints() for name in PAIR.vioses}
        self.others: set[tuple[str, int]] = set()  # the control channels of other SEAs
        self.ours: list[Ours] = []
        self.befall, self.steps = befall, 0
        self._look()

    @invariant()
    def look_in_between(self) -> None:
        self.steps += 1
        if self.steps % self.befall == 0:
            self.now += 30
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
        found = {name: seen(fleet, name, self.misprints[name]) for name in PAIR.vioses}
        readable = {name: each for name, each in found.items() if each is not None}
        unreachable = set(PAIR.vioses) - set(readable)
        unreadable = self.garbled & set(readable)
        now = {name: each for name, each in readable.items() if name not in unreadable}
        if not self.reached:
            now, unreadable, unreachable = {}, set(), set()
        told = self.oracle.judged(
            now, unreadable, unreachable, self.reached, differ(fleet), self.now, frozenset(self.others)
        )
        others = tuple(Listener(vios="p72vio3", sea="ent4", channel=each) for each in sorted(self.others))
        look = fleet_look(self.world, PAIR.vioses, self.garbled, self.reached, misprints=self.misprints, others=others)
        sighting = self.watch.sees(look, *self.ours)
        symptoms = {(each.rule, each.about) for each in sighting.symptoms}
        happenings = {each.rule for each in sighting.happenings}
        assert told.must <= symptoms <= told.must | told.may, (symptoms, told)
        assert told.happened <= happenings <= told.happened | told.perhaps, (happenings, told)
        self._explained(sighting, whole=len(now) == 2)

    def _explained(self, sighting: Sighting, *, whole: bool) -> None:
        """What a request of ours leads to weighs little and names it, and nothing else does."""
        near = [each for each in self.ours if self.now - each.at.timestamp() <= LATELY]
        ours = max((each.number for each in near if each.typed.startswith("/sea ")), default=None)
        moving = max((each.number for each in near if each.typed.startswith("/lpm ")), default=None)
        for each in sighting.symptoms:
            by = ours if each.rule in PLANNED else moving if each.rule == "buffers-short" else None
            if by is not None:
                assert (each.request, each.severity) == (by, Severity.NOTE)
            elif whole or each.rule not in PLANNED:  # what can't be seen stays as it was told
                assert each.request is None
        for happening in sighting.happenings:
            assert happening.request == (ours if happening.rule in TURNED else None)

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

    @rule(name=vioses, wrong=st.sampled_from(Wrong))
    def misprint(self, name: str, wrong: Wrong) -> None:
        """Something is wrong with it; or no more."""
        self.misprints[name].wrong ^= {wrong}

    @rule(name=vioses, counter=st.sampled_from(COUNTERS), much=st.booleans())
    def count(self, name: str, counter: Counter, much: bool) -> None:
        """Its threads' queues run over, its port is reset, it looks for its mate, …; or too little of it to matter."""
        self.misprints[name].counts[counter] += counter.least if much else counter.least // 2

    @rule(name=vioses, channel=st.sampled_from([*CHANNELS, ""]))
    def channel_of(self, name: str, channel: str) -> None:
        """Its own is on another VLAN, on another switch, or isn't there."""
        self._happen(SeaChanged(system="p72", partition=name, sea="ent4", control_channel=channel))

    @rule(channel=st.sampled_from([*CHANNELS.values()]))
    def crowd(self, channel: tuple[str, int]) -> None:
        """Another SEA takes a control channel; or leaves it."""
        self.others ^= {channel}

    @rule(name=vioses)
    def ask(self, name: str) -> None:
        """A request of ours works on it."""
        self._ask(f"/sea failover {name} ent4 p72", "p72", name)

    @rule()
    def migrate(self) -> None:
        self._ask("/lpm migrate db01 p72 p75", "db01", "p72", "p75")

    def _ask(self, typed: str, *places: str) -> None:
        at = datetime.fromtimestamp(self.now, UTC)
        self.ours.append(Ours(number=len(self.ours) + 1, typed=typed, places=("hmc", *places), at=at))

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
            self.now += 1000  # a counter that rose has been quiet by then, and so has who leads
            self._look()
        last = self.watch.seen[-1]
        assert (last.symptoms, last.happenings) == ((), ())

    def _make_good(self) -> None:
        self.garbled, self.reached, self.others = set(), True, set()
        self.now += 600  # whatever stops or starts is done with it
        for number, name in enumerate(PAIR.vioses, 1):
            if not self._partition(name).is_up:
                self._happen(PartitionStarted(system="p72", partition=name))
            self.misprints[name].wrong.clear()
            self._happen(RmcChanged(system="p72", partition=name, rmc_state="active"))
            self._happen(SeaChanged(system="p72", partition=name, sea="ent4", control_channel="ent3"))
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
