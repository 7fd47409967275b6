"""A managed system whose partitions are changed at random on its HMC, with noise: each real change once, no noise."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from bot.lab.fleet import demo_fleet
from bot.lab.fleet.events import PartitionStarted, PartitionStopped, RmcChanged
from bot.lab.fleet.machines import HmcMachine
from handlers.command import Command, Result
from handlers.drift import looking, machine, managed
from handlers.drift.comparing import Difference, Quiet, differences
from handlers.drift.machine import Look, Memory
from handlers.drift.source import Kind
from handlers.drift.sources import SOURCES, Chosen
from handlers.drift.value import Value, packed, unmarked, unpacked
from handlers.hmc.moving import AddMemory, RemoveMemory
from handlers.place import Place
from tests.bot.lab.fleet.keyboard import Keyboard

PLACE = Place(hmc="hmc-oslo", system="p72")
PROFILED = "-p db01 -n default_profile"
MEMORY, MOVER, KEPT, ADAPTER = (
    "memory:db01/curr_mem", "lpar:p72vio1/msp", "lpar:web01/sync_curr_profile", "ethernet:db01/slot 9",
)  # fmt: skip
WORDS: Mapping[str, str] = {
    MOVER: "chsyscfg -r lpar -m p72 -i name=p72vio1,msp={}",
    KEPT: "chsyscfg -r lpar -m p72 -i name=web01,sync_curr_profile={}",
}
# What each is told by: a list that can't be read leaves what comes of it as it was last read.
OF = {MEMORY: "memory:db01", MOVER: "lpar:p72vio1", KEPT: "lpar:web01", ADAPTER: "ethernet:db01"}


class DriftingSystem(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.keyboard, self.at = Keyboard(), datetime(2026, 3, 1, tzinfo=UTC)
        self.baseline: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        self.memory: str | None = None
        self.broken = ""
        self.typed(f"mksyscfg -r prof -m p72 -o save {PROFILED} --force")
        self.truth = {MEMORY: (16384, 16384), MOVER: (1, None), KEPT: (0, None), ADAPTER: (False, False)}
        self.should, self.seen = dict(self.truth), dict(self.truth)
        self.look()

    # ── what somebody does on the HMC ─────────────────────────────────────────────────────────────────────────────

    @rule(by=st.sampled_from([-1024, -256, 256, 4096]))
    def give_memory(self, by: int) -> None:
        now, later = self.truth[MEMORY]
        if 256 <= now + by <= 32768:
            self.typed(f"chhwres -r mem -m p72 -o {'a' if by > 0 else 'r'} -p db01 -q {abs(by)}")
            self.truth[MEMORY] = now + by, later

    @rule(to=st.sampled_from([4096, 16384, 20480]))
    def edit_the_profile(self, to: int) -> None:
        self.typed(f"chsyscfg -r prof -m p72 -i name=default_profile,lpar_name=db01,desired_mem={to}")
        self.truth[MEMORY] = self.truth[MEMORY][0], to

    @rule()
    def save(self) -> None:
        self.typed(f"mksyscfg -r prof -m p72 -o save {PROFILED} --force")
        self.truth |= {name: (self.truth[name][0],) * 2 for name in (MEMORY, ADAPTER)}

    @rule(name=st.sampled_from(sorted(WORDS)), to=st.integers(0, 1))
    def set_attribute(self, name: str, to: int) -> None:
        self.typed(WORDS[name].format(to))
        self.truth[name] = to, None

    @rule()
    def add_or_remove_an_adapter(self) -> None:
        now, later = self.truth[ADAPTER]
        words = "-o r -p db01 -s 9" if now else "-o a -p db01 -s 9 -a port_vlan_id=10,ieee_virtual_eth=0"
        self.typed(f"chhwres -r virtualio --rsubtype eth -m p72 {words}")
        self.truth[ADAPTER] = not now, later

    # ── noise ─────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule(name=st.sampled_from(["web01", "app01", "p72vio2"]))
    def power(self, name: str) -> None:
        kind = PartitionStopped if self.keyboard.host(name).is_on else PartitionStarted
        self.keyboard.happen(kind(system="p72", partition=name))

    @rule(state=st.sampled_from(["active", "inactive", "none"]))
    def answers_or_not(self, state: str) -> None:
        self.keyboard.happen(RmcChanged(system="p72", partition="ame01", rmc_state=state))

    @rule(hours=st.integers(1, 100))
    def time_goes_on(self, hours: int) -> None:
        self.keyboard.now += 3_600 * hours

    @rule(name=st.sampled_from(sorted(managed.LISTS)))
    def one_list_breaks(self, name: str) -> None:
        self.broken = name
        self.look()
        self.broken = ""

    # ── what people make of it ────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def accept_all(self) -> None:
        self.look()
        self.baseline |= self.kept
        self.should = dict(self.truth)

    @precondition(lambda self: self.should != self.truth)
    @rule(name=st.sampled_from([MEMORY, MOVER, KEPT]))
    def revert(self, name: str) -> None:
        """By the way back of the difference, typed on the HMC; where there is one it leads to silence."""
        self.look()
        for each in self.differences():
            source, _, about = each.question.partition(":")
            back = SOURCES[source].back(about, each.key, each.before, each.after)
            if each.name != name or not back.is_there:
                continue
            if isinstance(back.operation, AddMemory | RemoveMemory):
                words = back.operation.flags(), back.operation.save
                self.typed(f"chhwres -r mem -m p72 -o {back.operation.action} -p db01 {' '.join(words[0])}")
                if words[1]:
                    self.save()
            for argv in back.argv:
                self.typed(shlex.join([*argv, "-m", "p72"]))
                if argv[0] == "mksyscfg":
                    self.truth |= {kept: (self.truth[kept][0],) * 2 for kept in (MEMORY, ADAPTER)}
            wanted = each.before
            assert wanted is not None
            now = unpacked(packed(self.read().read[each.question]))[each.key]
            assert now.now == wanted.now
            self.truth[name] = (int(now.now), int(now.boot) if now.boot is not None else None)

    @rule()
    def look(self) -> None:
        self.at += timedelta(hours=1)
        read = self.read()
        before = self.kept.keys()
        self.kept |= {question: packed(reading) for question, reading in read.read.items()}
        assert before <= read.asked(before) | {"system", "firmware", "console:hmc-oslo", "partitions"}
        self.baseline |= {question: text for question, text in self.kept.items() if question not in self.baseline}
        self.seen |= {name: self.truth[name] for name, question in OF.items() if question in read.read}
        memory = Memory.model_validate_json(self.memory) if self.memory is not None else None
        found = self.differences()
        told = Look(
            host="p72", kind=Kind.SYSTEM, places=("p72",), at=self.at, differences=found, unread=read.unread,
            asked=read.asked(before),
        )  # fmt: skip
        after, sighting = machine.step(memory, told, SOURCES)
        self.memory = after.model_dump_json()
        assert machine.fresh(after, found) == []
        rules = {each.about: each.rule for each in sighting.symptoms if each.rule != "unreadable"}
        assert sorted(rules) == sorted(name for name in self.seen if self.seen[name] != self.should[name])
        for name in rules.keys() & {MEMORY, ADAPTER}:
            now, later = self.seen[name]
            assert (rules[name] == "drift-boot") is (now != later), "it says what the next activation brings"
        assert {each.about for each in sighting.symptoms if each.rule == "unreadable"} == {self.broken} - {""}

    # ── helpers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def typed(self, line: str) -> str:
        said: list[str] = []

        async def to(text: str) -> None:
            said.append(text)

        status = asyncio.run(HmcMachine(self.keyboard.world, "hmc-oslo").shell("hscroot").run(line, to, to))
        assert (status, self.keyboard.world.errors) == (0, []), (line, said)
        return "".join(said)

    def read(self) -> looking.Answers:
        flow = looking.answers(PLACE, Chosen(), unmarked)
        lost = managed.argv(self.broken, "p72") if self.broken else ()
        try:
            command = next(flow)
            while True:
                assert isinstance(command, Command)
                assert looking.is_standing(command, PLACE, Chosen())
                text = self.typed(shlex.join(command.argv)) if command.argv != lost else "a line that nobody knows\n"
                command = flow.send(Result(command=command, exit_status=0, text=text, size=len(text)))
        except StopIteration as end:
            found: looking.Answers = end.value
        return found

    def differences(self) -> tuple[Difference, ...]:
        both: list[Mapping[str, Mapping[str, Value]]] = [
            {question: unpacked(text) for question, text in texts.items()} for texts in (self.baseline, self.kept)
        ]
        return differences(SOURCES, both[0], both[1], Quiet(), self.at)


TestDriftingSystem = DriftingSystem.TestCase
TestDriftingSystem.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)


@pytest.mark.parametrize("version", [7, 8, 9, 10, 11])
def test_every_level_of_hmc_is_read(version: int) -> None:
    """No attribute is asked for by name, so that none of them is refused."""
    fleet = demo_fleet()
    hmcs = {name: replace(each, version=version) for name, each in fleet.hmcs.items()}
    system = DriftingSystem()
    system.keyboard, system.broken = Keyboard(replace(fleet, hmcs=hmcs)), ""
    read = system.read()
    assert read.unread == {}
    assert read.read["console:hmc-oslo"]["version"].now == str(version)
    assert {"memory:db01", "fc:db01", "lpar:off01", "profile:off01"} <= read.read.keys()
