"""A VIOS whose settings are changed at random by padmin, with noise: each real change once, none of the noise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.lab.fleet.events import PartitionStopped
from handlers.command import Command, Result
from handlers.drift import looking, machine
from handlers.drift.comparing import Difference, Quiet, differences
from handlers.drift.machine import Look, Memory
from handlers.drift.source import parted
from handlers.drift.sources import SOURCES, Chosen
from handlers.drift.value import Value, packed, unmarked, unpacked
from handlers.place import VIOS, Place
from tests.bot.lab.fleet.keyboard import Keyboard

PLACE = Place(hmc="hmc-oslo", system="p72", name="p72vio1", id=1, env=VIOS)
MAPPING, PORT = "vscsi/web01_rvg", "npiv/C53"
# By which words each is set, and what it may be; None: there is no such mapping.
WAYS: Mapping[str, Mapping[str | None, str]] = {
    MAPPING: {"there": "mkvdev -vdev hdisk1 -vadapter vhost0 -dev web01_rvg", None: "rmvdev -vtd web01_rvg"},
    PORT: {port: f"vfcmap -vadapter vfchost0 -fcp {port}" for port in ("fcs0", "fcs1")},
    "vios-attributes:ent4/largesend": {each: f"chdev -dev ent4 -attr largesend={each}" for each in "01"},
    "vios-attributes:hdisk2/queue_depth": {
        each: f"chdev -dev hdisk2 -attr queue_depth={each} -perm" for each in ("20", "32")
    },
    "optimizenet/tcp_sendspace": {
        each: f"optimizenet -set tcp_sendspace={each} -perm" for each in ("16384", "262144", "131072")
    },
}
FIRST: Mapping[str, str | None] = {
    MAPPING: "there", PORT: "fcs0", "vios-attributes:ent4/largesend": "1", "vios-attributes:hdisk2/queue_depth": "20",
}  # fmt: skip
SETTABLE = sorted(WAYS.keys() - {MAPPING, PORT})


class DriftingVios(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.keyboard, self.at = Keyboard(), datetime(2026, 3, 1, tzinfo=UTC)
        self.baseline: dict[str, str] = {}
        self.kept: dict[str, str] = {}
        self.memory: str | None = None
        self.look()
        question, key = parted("optimizenet/tcp_sendspace")
        self.should = {**FIRST, "optimizenet/tcp_sendspace": unpacked(self.baseline[question])[key].now}
        self.truth = dict(self.should)

    @rule(name=st.sampled_from(sorted(WAYS)), dice=st.integers(0, 5))
    def change(self, name: str, dice: int) -> None:
        choices = sorted(WAYS[name], key=str)
        wanted = choices[dice % len(choices)]
        if wanted != self.truth[name]:
            self.typed(WAYS[name][wanted])
            self.truth[name] = wanted

    @rule(client=st.sampled_from(["db01", "npiv01"]))
    def client_stops(self, client: str) -> None:
        """It logs out: what the VIOS tells of it is gone with that."""
        if self.keyboard.host(client).state == "Running":
            self.keyboard.happen(PartitionStopped(system="p72", partition=client))
        self.look()

    @rule(hours=st.integers(1, 100))
    def time_goes_on(self, hours: int) -> None:
        self.keyboard.now += 3_600 * hours + 61

    @rule()
    def accept_all(self) -> None:
        self.look()
        self.baseline |= self.kept
        self.should = dict(self.truth)

    @rule(name=st.sampled_from(SETTABLE))
    def revert(self, name: str) -> None:
        """By the words that the difference comes to, typed as padmin."""
        question, key = parted(name)
        self.look()
        for each in self.differences():
            if each.name == name:
                source, _, about = question.partition(":")
                for argv in SOURCES[source].back(about, key, each.before, each.after).argv:
                    self.typed(" ".join(argv))
        self.truth[name] = self.should[name]

    @rule()
    def look(self) -> None:
        self.at += timedelta(hours=1)
        self.kept |= {question: packed(reading) for question, reading in self.read().items()}
        self.baseline |= {question: text for question, text in self.kept.items() if question not in self.baseline}
        memory = Memory.model_validate_json(self.memory) if self.memory is not None else None
        found = self.differences()
        told = Look(host="p72vio1", places=("p72vio1", "p72"), at=self.at, differences=found)
        after, sighting = machine.step(memory, told, SOURCES)
        self.memory = after.model_dump_json()
        assert machine.fresh(after, found) == []
        if hasattr(self, "truth"):
            real = sorted(name for name in self.truth if self.truth[name] != self.should[name])
            assert sorted(each.about for each in sighting.symptoms) == real

    # ── helpers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def typed(self, line: str) -> str:
        return self.keyboard.says(line, on="p72vio1", user="padmin")

    def read(self) -> dict[str, dict[str, Value]]:
        flow = looking.answers(PLACE, Chosen(), unmarked)
        try:
            command = next(flow)
            while True:
                assert isinstance(command, Command)
                assert looking.is_standing(command, PLACE, Chosen())
                text = self.typed(command.argv[-1])
                command = flow.send(Result(command=command, exit_status=0, text=text, size=len(text)))
        except StopIteration as end:
            found: looking.Answers = end.value
        assert found.unread == {}
        return found.read

    def differences(self) -> tuple[Difference, ...]:
        both = [{question: unpacked(text) for question, text in texts.items()} for texts in (self.baseline, self.kept)]
        return differences(SOURCES, both[0], both[1], Quiet(), self.at)


TestDriftingVios = DriftingVios.TestCase
TestDriftingVios.settings = settings(max_examples=10, stateful_step_count=12, deadline=None)
