"""A simulated AIX that changes at random, with noise: each real change told once, and none of the noise."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bot.lab.fleet.aix.files import text_of
from bot.lab.fleet.aix.tunables import catalogue, value
from bot.lab.fleet.events import AttributesSet, FileWritten, Tuned
from bot.lab.fleet.operating import DeviceAttribute, Setting
from handlers.command import Command, Result
from handlers.drift import looking, machine
from handlers.drift.comparing import Accepted, Difference, Quiet, differences
from handlers.drift.machine import Look, Memory
from handlers.drift.source import parted
from handlers.drift.sources import SOURCES, Chosen
from handlers.drift.value import Value, packed, unmarked, unpacked
from handlers.place import Place
from policies.alerts import Sighting
from tests.bot.lab.fleet.keyboard import Keyboard

DB01 = Place(host="db01", name="db01", system="p72")
CHOSEN = Chosen(files=("/etc/hosts",), closed_files=("/etc/environment",))
DYNAMIC = ("arpt_killc", "ipforwarding", "bcastping")
CHANGEABLE = tuple(f"no/{name}" for name in DYNAMIC)
FIRST = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
BROKEN: dict[str, Callable[[str], tuple[str, int | None]]] = {
    "cut off": lambda text: (text[: len(text) // 2 + 1].rstrip("\n"), 0),
    "another format": lambda text: (f"Warning: new format\n{text}", 0),
    "refused": lambda text: ("ksh: not found.\n", 127),
    "lost": lambda text: (text, None),
    "empty": lambda text: ("", 0),
}


class Drifting(RuleBasedStateMachine):
    """What the watch does, without its wires: read, keep as text, compare, step; all of it survives as text."""

    def __init__(self) -> None:
        super().__init__()
        self.keyboard = Keyboard()
        self.at = FIRST
        self.kept: dict[str, str] = {}  # packed, by question, as the ledger has it
        self.baseline: dict[str, str] = {}
        self.accepted: list[Accepted] = []
        self.memory: str | None = None
        self.broken: dict[str, str] = {}
        # As the simulated host itself has it, past every command and parser: at the last look that could be read, as
        # it should be, what was excused until when, and what was told of last.
        self.seen: dict[str, object] = {}
        self.should: dict[str, object] = {}
        self.excused: list[tuple[str, object, datetime]] = []
        self.before: dict[str, tuple[object, object]] = {}
        self.last: Sighting | None = None

    # ── the host ──────────────────────────────────────────────────────────────────────────────────────────────────

    @initialize()
    def first_look(self) -> None:
        self.look()
        assert self.last is not None
        assert self.last.symptoms == ()

    @rule(name=st.sampled_from(DYNAMIC), level=st.sampled_from("01"))
    def tune(self, name: str, level: str) -> None:
        self.set(name, level, level)

    @rule(name=st.sampled_from(DYNAMIC), level=st.sampled_from("01"))
    def tune_until_the_next_start(self, name: str, level: str) -> None:
        self.set(name, level, self.now(f"no/{name}").boot or "")

    @rule(policy=st.sampled_from(["no_reserve", "single_path"]))
    def set_attribute(self, policy: str) -> None:
        change = DeviceAttribute(device="hdisk0", name="reserve_policy", current=policy, stored=policy)
        self.keyboard.happen(AttributesSet(system="p72", partition="db01", attributes=(change,)))

    @rule(text=st.sampled_from([None, "127.0.0.1\tloopback\n"]))
    def write_file(self, text: str | None) -> None:
        self.keyboard.happen(FileWritten(system="p72", partition="db01", path="/etc/hosts", text=text))

    @rule(hours=st.integers(1, 100))
    def time_goes_on(self, hours: int) -> None:
        """Frames that could be pinned move, and each session has another port and time."""
        self.keyboard.now += 3_600 * hours + 61

    @rule(question=st.sampled_from(["no", "vmo", "file:/etc/hosts"]), how=st.sampled_from(sorted(BROKEN)))
    def break_answer(self, question: str, how: str) -> None:
        # An empty file is one, and so is half of one: of a file nothing but its command can be broken.
        self.broken[question] = how if not question.startswith("file") else "lost"

    @rule()
    def mend(self) -> None:
        self.broken = {}

    # ── people ────────────────────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def accept_all(self) -> None:
        self.baseline |= self.kept
        self.should = dict(self.seen)

    @rule(hours=st.integers(1, 48))
    def accept_for_a_while(self, hours: int) -> None:
        until = self.at + timedelta(hours=hours)
        self.excused += [(name, self.seen[name], until) for name in self.expected()]
        for each in self.differences():
            self.accepted.append(Accepted(name=each.name, value=each.after, until=until))

    @rule(name=st.sampled_from(CHANGEABLE))
    def revert(self, name: str) -> None:
        """By the words that the difference comes to, typed as root."""
        question, key = parted(name)
        wanted, now = unpacked(self.baseline[question])[key], self.now(name)
        if (wanted.now, wanted.boot) != (now.now, now.boot):
            for argv in SOURCES[question].back("", key, wanted, now).argv:
                self.keyboard.says(shlex.join(argv))
            after = self.now(name)
            assert (after.now, after.boot) == (wanted.now, wanted.boot)

    # ── the watch ─────────────────────────────────────────────────────────────────────────────────────────────────

    @rule()
    def look(self) -> None:
        self.at += timedelta(hours=1)
        flow = looking.answers(DB01, CHOSEN, unmarked)
        try:
            command = next(flow)
            while True:
                assert isinstance(command, Command)
                assert looking.is_standing(command, DB01, CHOSEN)
                command = flow.send(self.answer(command))
        except StopIteration as end:
            read = end.value
        assert set(read.unread) == self.broken.keys() & {*self.kept, *read.unread}
        self.kept |= {question: packed(reading) for question, reading in read.read.items()}
        self.baseline |= {question: text for question, text in self.kept.items() if question not in self.baseline}
        memory = Memory.model_validate_json(self.memory) if self.memory is not None else None
        found = self.differences()
        self.see()
        pairs = {name: (self.should[name], self.seen[name]) for name in self.expected()}
        news = {name for name, pair in pairs.items() if self.before.get(name) != pair}
        assert sorted(each.name for each in machine.fresh(memory, found)) == sorted(news)
        self.before = pairs
        look = Look(host="db01", places=("db01", "p72"), at=self.at, differences=found, unread=read.unread)
        after, self.last = machine.step(memory, look, SOURCES)
        self.memory = after.model_dump_json()
        assert machine.fresh(after, found) == []
        again, second = machine.step(Memory.model_validate_json(self.memory), look, SOURCES)
        assert second.symptoms == self.last.symptoms
        assert second.happenings == ()
        assert again == after

        told = [each.about for each in self.last.symptoms if each.rule.startswith("drift-")]
        assert sorted(told) == sorted(self.expected()), "each real difference is one symptom, and nothing else is"
        assert [each.about for each in self.last.symptoms if each.rule == "unreadable"] == sorted(self.broken)

    # ── as the host itself has it ─────────────────────────────────────────────────────────────────────────────────

    def truth(self) -> dict[str, object]:
        host, now = self.keyboard.host("db01"), self.keyboard.now
        tunables = {f"no/{name}": value(host, catalogue()["no"][name], now) for name in DYNAMIC}
        disk = host.aix.attribute("hdisk0", "reserve_policy")
        return {
            **{name: (found.current, found.reboot) for name, found in tunables.items()},
            "attributes:hdisk0/reserve_policy": disk.stored if disk is not None else "no_reserve",
            "file:/etc/hosts/content": text_of(host, "/etc/hosts", now),
        }

    def see(self) -> None:
        there = self.truth()
        self.seen |= {name: there[name] for name in there if parted(name)[0] not in self.broken}
        self.should = {**self.seen, **self.should}

    def expected(self) -> set[str]:
        differing = {name for name in self.seen if self.seen[name] != self.should[name]}
        excused = {name for name, told, until in self.excused if self.at < until and told == self.seen[name]}
        return differing - excused

    # ── helpers ───────────────────────────────────────────────────────────────────────────────────────────────────

    def set(self, name: str, current: str, boot: str) -> None:
        setting = Setting(command="no", name=name, current=current, reboot=boot)
        self.keyboard.happen(Tuned(system="p72", partition="db01", settings=(setting,)))

    def now(self, name: str) -> Value:
        question, key = parted(name)
        return SOURCES[question].parse(self.keyboard.says(f"{question} -F -x"))[key]

    def answer(self, command: Command) -> Result:
        text, _, status = self.keyboard.typed(shlex.join(command.argv))
        names = {"no": "no", "vmo": "vmo"}
        question = names.get(command.argv[0], f"file:{command.argv[-1]}" if command.argv[0] == "cat" else "")
        told: tuple[str, int | None] = (text, status)
        if question in self.broken:
            told = BROKEN[self.broken[question]](text)
        return Result(command=command, exit_status=told[1], text=told[0], size=len(told[0]))

    def differences(self) -> tuple[Difference, ...]:
        both = [{question: unpacked(text) for question, text in texts.items()} for texts in (self.baseline, self.kept)]
        return differences(SOURCES, both[0], both[1], Quiet(accepted=tuple(self.accepted)), self.at)


TestDrifting = Drifting.TestCase
TestDrifting.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
