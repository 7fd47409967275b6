"""Policies, cases and moments at random, small enough that rules meet: the same few names everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from policies.case import Asking, Case, Moment, Radius
from policies.rules import Absence, BreakGlass, Freeze, Policy, Rule
from policies.windows import Window
from policies.words import Effect, Group, Person

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)  # a Wednesday
ROLES = ("viewer", "operator", "lead")
# ANN comes from two workspaces of a grid; ROOT sits at the machine.
PEOPLE = (
    *(Person(workspace="T1", member=name) for name in ("ANN", "BEN", "CY", "DEE")),
    Person(workspace="T2", member="ANN"),
    Person(workspace="terminal", member="root"),
)
GROUP = Group(workspace="T1", group="S0TEAM")
OPERATIONS = {
    "lpm.validate": Effect.READS,
    "lpm.migrate": Effect.CHANGES,
    "vios.reboot": Effect.DISRUPTS,
    "disk.wipe": Effect.DESTROYS,
}
WINDOWS = ("always", "saturdays")

roles = st.sampled_from(ROLES)
some_roles = st.lists(roles, min_size=1, max_size=3, unique=True).map(tuple)
people = st.sampled_from(PEOPLE)


@st.composite
def rules(draw: st.DrawFn, number: int = 0, verdict: str | None = None) -> Rule:
    verdict = verdict or draw(st.sampled_from(["allow", "allow", "ask", "ask", "ask", "ask", "ask", "deny"]))
    told: dict[str, object] = {
        "name": f"rule {number}",
        "operations": draw(st.sampled_from([("*",), ("*",), ("lpm.*",), ("disk.*", "vios.reboot")])),
        "effects": draw(st.sampled_from([(), (), (), ("changes",), ("disrupts", "destroys")])),
        "targets": draw(st.sampled_from([(), (), (), ("db*",), ("env:prod",), ("db*", "env:prod")])),
        "affects_at_least": draw(st.sampled_from([None, None, None, 1, 5])),
        "loses_redundancy": draw(st.sampled_from([None, None, None, True, False])),
        "who": draw(st.sampled_from([("*",), ("*",), ROLES[:1], ROLES[1:], ROLES[2:]])),
        "verdict": verdict,
        "minutes_to_approve": draw(st.sampled_from([10, 60])),
        "minutes_to_run": draw(st.sampled_from([5, 60])),
    }
    if verdict == "ask":
        told["approvals"] = draw(st.sampled_from([1, 1, 2, 3]))
        told["approvers"] = draw(some_roles)
        told["of_which"] = draw(st.dictionaries(roles, st.just(1), max_size=1))
    if verdict != "deny":
        told["reason"] = draw(st.sampled_from([False, False, True]))
        told["ticket"] = draw(st.sampled_from(["", "", "", "CHG[0-9]+"]))
        told["windows"] = draw(st.sampled_from([(), (), (), ("always",), ("saturdays",), WINDOWS]))
    return Rule.model_validate(told)


windows = (
    Window.model_validate({"name": "always", "starts": datetime(2026, 1, 1), "minutes": 1440, "repeat": "FREQ=DAILY"}),  # noqa: DTZ001
    Window.model_validate(
        {
            "name": "saturdays",
            "starts": datetime(2026, 1, 3, 22),  # noqa: DTZ001
            "minutes": 360,
            "zone": "Europe/Oslo",
            "repeat": "FREQ=WEEKLY;BYDAY=SA",
        }
    ),
)


@st.composite
def freezes(draw: st.DrawFn) -> Freeze:
    begins = datetime(2026, 3, 1) + timedelta(hours=draw(st.integers(0, 24 * 10)))  # noqa: DTZ001
    scope = draw(st.sampled_from([{}, {"operations": ["lpm.*"]}, {"targets": ["env:prod"]}]))
    told = {"name": f"freeze {begins}", "starts": begins, "minutes": draw(st.integers(1, 6_000)), **scope}
    return Freeze.model_validate(told)


@st.composite
def absences(draw: st.DrawFn) -> Absence:
    person, delegate = draw(people), draw(st.one_of(st.none(), people))
    begins = NOW + timedelta(days=draw(st.integers(-3, 3)))
    told = {"person": person, "from": begins, "until": begins + timedelta(days=draw(st.integers(1, 5)))}
    return Absence.model_validate(told | {"delegate": delegate if delegate != person else None})


@st.composite
def policies(draw: st.DrawFn, most_rules: int = 6) -> Policy:
    held = {
        role: tuple(draw(st.lists(st.one_of(people, people, st.just(GROUP)), min_size=2, max_size=6, unique=True)))
        for role in ROLES
    }
    glass = BreakGlass(who=draw(some_roles), reviewers=draw(some_roles), effects=("changes", "disrupts"))
    return Policy(
        version=draw(st.integers(1, 3)),
        roles=held,
        rules=tuple(draw(rules(number)) for number in range(draw(st.integers(1, most_rules)))),
        windows=windows,
        freezes=tuple(draw(st.one_of(st.just([]), st.lists(freezes(), max_size=2)))),
        absences=tuple(draw(st.one_of(st.just([]), st.lists(absences(), max_size=2)))),
        break_glass=draw(st.sampled_from([None, glass])),
    )


def situations(seed: int, count: int = 25) -> list[tuple[Case, Moment]]:
    """Cases and moments to judge one policy by: drawing policies is what takes the time."""
    chance = Random(seed)
    return [(_case(chance), _moment(chance)) for _ in range(count)]


def _case(chance: Random) -> Case:
    operation, effect = chance.choice(list(OPERATIONS.items()))
    radius = Radius(partitions=chance.randint(0, 6), loses_redundancy=chance.random() < 0.5)
    return Case(
        operation=operation,
        effect=effect,
        person=chance.choice(PEOPLE),
        targets=frozenset(chance.sample(["db01", "web01", "p72"], chance.randint(0, 2))),
        tags=frozenset(chance.sample(["env:prod", "env:test"], chance.randint(0, 1))),
        radius=Radius() if effect is Effect.READS else chance.choice([None, radius]),
        asking=Asking(
            reason=chance.choice(["", " ", "needed", "needed", "needed"]),
            ticket=chance.choice(["", "CHG", "CHG1", "CHG1", "CHG1"]),
            when=chance.choice(["now", "window"]),
            breakglass=chance.random() < 0.15,
        ),
    )


def _moment(chance: Random) -> Moment:
    groups = {str(GROUP): frozenset(chance.sample(PEOPLE, chance.randint(0, 4)))} if chance.random() < 0.7 else {}
    return Moment(now=NOW + timedelta(minutes=chance.randint(-5_000, 20_000)), groups=groups)


seeds = st.integers(0, 2**32)
