"""Every operation tells what it is, and its example is one."""

from __future__ import annotations

import pytest

from bot.app import CATALOG, OPERATIONS
from handlers import grammar
from handlers.command import Command
from handlers.operation import Operation
from handlers.plan import Plan
from policies.words import Effect
from tests.house import walk

each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS.keys())


@each_operation
def test_it_is_described(operation: type[Operation]) -> None:
    """It has a help of its own, and each parameter a meaning."""
    assert operation.__doc__
    assert operation.__doc__ != Operation.__doc__
    assert [name for name, info in operation.model_fields.items() if not info.description] == []


@each_operation
def test_its_example_parses_to_it(operation: type[Operation]) -> None:
    """What help shows can be typed as it stands, and the operation types itself back so."""
    asked = grammar.read(CATALOG, operation.command, operation.example)
    assert isinstance(asked, grammar.Asked)
    assert type(asked.operation) is operation
    assert asked.operation.text() == operation.example


@each_operation
def test_its_largest_form_fits_the_grammar(operation: type[Operation]) -> None:
    """With every parameter given that goes together, what it types back is read as the same operation."""
    full = walk.largest(operation)
    assert grammar.read(CATALOG, operation.command, full.text()) == grammar.Asked(full)


@each_operation
def test_it_changes_nothing_before_its_plan(operation: type[Operation]) -> None:
    """One that only reads has no plan and no change; another has one plan, which holds every change after it."""
    steps = walk.walked(walk.smallest(operation))
    plans = [step for step in steps if isinstance(step, Plan)]
    changes = [step for step in steps if isinstance(step, Command) and step.effect > Effect.READS]
    if operation.effect is Effect.READS:
        assert (plans, changes) == ([], [])
        return
    (plan,) = plans
    assert [change.argv for change in changes] == [command.argv for command in plan.commands]
    assert steps.index(plan) < min(steps.index(change) for change in changes)
    assert max(change.effect for change in changes) == operation.effect


def test_a_command_word_names_its_operations() -> None:
    """`/lpm validate` is `lpm.validate`, and each name is one operation."""
    names = [(command, each.command) for command, verbs in CATALOG.items() for each in verbs]
    assert all(command == told for command, told in names)
    assert len(OPERATIONS) == len(names)
