"""Whatever the machines answer to a change to a SEA."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.command import Command
from handlers.operation import Operation
from handlers.plan import Plan
from handlers.sea.operations import CHANGES as OPERATIONS
from tests.handlers.test_vios import Answer, Machines
from tests.house import walk

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
