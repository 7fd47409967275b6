"""What a rule offers to do about what it found: an operation of ours, on the side that it helps on."""

from __future__ import annotations

import pytest

from handlers import grammar
from handlers.grammar import Asked
from handlers.operation import Operation
from handlers.sea.growth import NAMES
from handlers.sea.operations import OPERATIONS
from policies.alerts import Remedy, Symptom
from tests.handlers.sea.looks import PAIR, Watch, look
from tests.handlers.sea.test_rules import BACKUP, CASES, Case, first, steps

CATALOG = {"sea": OPERATIONS}


def seen(case: Case) -> tuple[Symptom, ...]:
    found = steps(case.seen, case.others).seen
    return found[-1].symptoms if found else ()


def asked(remedy: Remedy) -> Operation:
    found = grammar.read(CATALOG, remedy.command, remedy.text)
    assert isinstance(found, Asked), (remedy.text, found)
    return found.operation


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.said}")
def test_every_remedy_is_an_operation_of_ours(case: Case) -> None:
    """It is read by the same grammar as what a person types, and names a SEA of this pair."""
    found = [each for each in seen(case) if each.rule == case.rule]
    offered = [asked(remedy) for each in found for remedy in each.remedies]
    assert all("p72" in each.systems() for each in offered)
    assert offered or not found or case.rule in NAMES, "that a counter rose shows in no single look"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("sharing-lost", "share p72vio2 ent4 p72"),
        ("standby", "return p72vio1 ent4 p72"),
        ("mode-differs", "mode p72vio1 ent4 p72 sharing"),
        ("trunk-inactive", "failover p72vio1 ent4 p72"),
        ("bridged-by-none", "share p72vio2 ent4 p72"),
        ("bridged-twice", "mode p72vio1 ent4 p72 auto"),
        ("both-primary", "check p72"),
        ("backup-gone", "check p72"),
        ("channel-crowded", "check p72"),
    ],
)
def test_a_remedy_is_for_the_side_that_it_helps_on(rule: str, text: str) -> None:
    """Sharing is asked for on the backup, a failover where it leads and the mate can carry, a return where it was."""
    cases = [case for case in CASES if case.rule == rule]
    told = {remedy.text for case in cases for each in seen(case) for remedy in each.remedies}
    assert text in told


def test_names_with_blanks_stay_one_word() -> None:
    """A remedy for a managed system that has a blank in its name."""
    pair = PAIR.model_copy(update={"system": "Oslo 72"})
    sides = (first(("Availability Mode: Auto", "Availability Mode: Standby")), BACKUP)
    sighting = Watch().sees(look(*sides).model_copy(update={"pair": pair}))
    remedy = next(remedy for each in sighting.symptoms for remedy in each.remedies if each.rule == "standby")
    assert asked(remedy).systems() == ("Oslo 72",)
