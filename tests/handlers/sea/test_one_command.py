"""Whatever is typed for a change to a SEA, and whatever the machines answer."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.console import command_line
from handlers.command import Command
from handlers.operation import Operation
from handlers.plan import Plan
from handlers.sea.operations import CHANGES as OPERATIONS
from tests.handlers.test_vios import HOSTILE, NAMES, Answer, Machines, ran
from tests.house import walk

ODD = [
    "ent4;reboot",
    "ent4 && oem_setup_env",
    "ent4$(reboot)",
    "ent4`reboot`",
    "ent4|tee",
    "ent4\n",
    "ent4 ent5",
    "entX",
]
ODD += [
    "ent",
    "ent99999",
    "en4",
    "ENT4",
    "ent٤",
    "hdisk0",
    "",
    "ent4,ent5;x",
    "-attr",
    "ent4 -attr ha_mode=auto",
    "ent4#",
]
DEVICES = st.from_regex(r"ent[0-9]{1,4}(?:,ent[0-9]{1,4}){0,2}", fullmatch=True) | st.sampled_from(ODD)
WORDS = st.sampled_from(["auto", "sharing", "disabled", "standby", "auto;reboot", "$(reboot)", "", "1", "4094", "1;id"])
ANY = NAMES | HOSTILE | DEVICES | WORDS | st.text(max_size=12)


@st.composite
def asked(draw: st.DrawFn) -> tuple[type[Operation], dict[str, Any]]:
    """An operation, and something for each of its parameters: its sample, or whatever."""
    kind = draw(st.sampled_from(OPERATIONS))
    samples = walk.samples(kind)
    odd = draw(st.sets(st.sampled_from(sorted(samples)), max_size=3))
    names = {name for name in samples if name in walk.positional(kind) or draw(st.booleans())}
    return kind, {name: draw(ANY) if name in odd else samples[name] for name in sorted(names | odd)}


@settings(max_examples=200, deadline=None)
@given(asked())
def test_no_parameter_is_more_than_one_command(asked: tuple[type[Operation], dict[str, Any]]) -> None:
    """It is refused, or every command that comes of it is one, on the HMC and on the VIOS behind it."""
    kind, typed = asked
    try:
        operation = kind.model_validate(typed)
    except ValueError:
        return
    for step in walk.walked(operation):
        if isinstance(step, Plan):
            continue
        assert ran(command_line("hmc", step.argv)) == [step.argv]
        if step.argv[0] == "viosvrcmd":
            assert len(ran(step.argv[-1])) == 1


LINES = ["ent4 changed\n", "No results were found.\n", "", "p72vio1,1,vioserver,Running,active,VIOS 4.1\n"]
TEXTS = st.sampled_from([*LINES, walk.recorded("entstat/auto-primary"), walk.recorded("lsmap/net-p72vio1")])
ANSWERS = st.lists(
    st.none() | st.tuples(TEXTS | st.text(max_size=40), st.sampled_from([0, 0, 0, 1, None])), min_size=1, max_size=16
)


class Fickle(Machines):
    """Answers in turn as it is told, or, where it is told nothing, as it is."""

    told: list[Answer | None]

    def _odd(self, line: str) -> Answer | None:
        return self.told.pop(0) if self.told else None


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(OPERATIONS), ANSWERS)
def test_nothing_changes_but_what_the_plan_holds(kind: type[Operation], answers: list[Answer | None]) -> None:
    """Whatever the machines answer: each change is in the plan before it, in order and once, and there is a report."""
    machines = Fickle(walk.smallest(kind))
    machines.told = list(answers)
    report = machines.driven()
    planned = [" ".join(each.argv) for step in machines.steps if isinstance(step, Plan) for each in step.commands]
    first = next((n for n, step in enumerate(machines.steps) if isinstance(step, Plan)), len(machines.steps))
    assert machines.sent == planned[: len(machines.sent)]
    assert all(step.effect <= step.effect.READS for step in machines.steps[:first] if isinstance(step, Command))
    assert report.headline
