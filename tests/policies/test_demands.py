"""Approvals that are asked for: what meets them, what never can, and that nothing of them gets lost."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from policies.demands import Demand, Holders, able, are_met, heads, shortfall, strictest
from policies.words import Person
from tests.policies import chance

HELD = st.fixed_dictionaries({role: st.frozensets(chance.people) for role in chance.ROLES})
DEMANDS = st.lists(
    st.builds(
        Demand,
        needed=st.integers(1, 3),
        of=chance.some_roles,
        of_which=st.dictionaries(chance.roles, st.integers(1, 2), max_size=2).map(lambda told: tuple(told.items())),
    ),
    max_size=4,
)
Held = dict[str, frozenset[Person]]


def holding(held: Held) -> Holders:
    return lambda role: held.get(role, frozenset())


def subsets(people: frozenset[Person]) -> list[frozenset[Person]]:
    return [frozenset(some) for size in range(len(people) + 1) for some in combinations(sorted(people, key=str), size)]


def spelled_out(demand: Demand, people: frozenset[Person], held: Held) -> bool:
    """The meaning of a demand, by trying: some choice of different members among those people will do."""
    approving = {each for each in people if any(each in held[role] for role in demand.of)}
    members = {each.member for each in approving}
    inside = {role: {each.member for each in approving if each in held[role]} for role, _ in demand.of_which}
    return len(members) >= demand.needed and all(len(inside[role]) >= number for role, number in demand.of_which)


@given(DEMANDS, HELD, st.frozensets(chance.people), st.frozensets(chance.people))
def test_one_more_approval_never_takes_anything_back(
    demands: list[Demand], held: Held, some: frozenset[Person], more: frozenset[Person]
) -> None:
    """What some people meet, they and others meet too."""
    if are_met(demands, some, holding(held)):
        assert are_met(demands, some | more, holding(held))


@given(DEMANDS, HELD)
def test_what_is_met_is_what_the_words_say(demands: list[Demand], held: Held) -> None:
    """Each demand by itself, over every set of people, as its sentence spells it out."""
    for people in subsets(frozenset(chance.PEOPLE)):
        wanted = all(spelled_out(demand, people, held) for demand in demands)
        assert are_met(demands, people, holding(held)) == wanted


@given(DEMANDS, HELD)
def test_the_strictest_of_demands_lose_nothing(demands: list[Demand], held: Held) -> None:
    """People meet what is left of them exactly when they meet all; and of those left none implies another."""
    left = strictest(demands)
    for people in subsets(frozenset(chance.PEOPLE)):
        assert are_met(left, people, holding(held)) == are_met(demands, people, holding(held))
    assert not any(one.is_implied_by(other) for one in left for other in left if one is not other)


@given(DEMANDS, HELD, chance.people)
def test_nobody_falls_short_exactly_when_all_the_others_together_do(
    demands: list[Demand], held: Held, requester: Person
) -> None:
    """A shortfall is told if, and only if, even everybody who could vote, voting together, would not be enough."""
    everybody = able(demands, requester, holding(held))
    assert (shortfall(demands, requester, holding(held)) is None) == are_met(demands, everybody, holding(held))


@given(DEMANDS, HELD, chance.people)
def test_who_asks_never_counts_from_whichever_workspace(demands: list[Demand], held: Held, requester: Person) -> None:
    """Among those who could approve there is neither the requester, nor their other self, nor who has no vote."""
    everybody = able(demands, requester, holding(held))
    assert requester.member not in {person.member for person in everybody}
    assert all(person.is_in_slack for person in everybody)
    roles = set(chain.from_iterable(demand.of for demand in demands))
    others = {each for role in roles for each in held[role] if each.member != requester.member and each.is_in_slack}
    assert everybody == others


def test_one_person_from_two_workspaces_is_one_approval() -> None:
    """On a grid the same member counts once, in the sum that is shown too."""
    ann, other_ann, ben = chance.PEOPLE[0], chance.PEOPLE[4], chance.PEOPLE[1]
    two = Demand(needed=2, of=("lead",))
    holders = holding({"lead": frozenset({ann, other_ann})})
    assert heads({ann, other_ann}) == 1
    assert not two.is_met({ann, other_ann}, holders)
    assert shortfall([two], ben, holders) == "2 from lead are needed; lead has 1 person now (T1:ANN, T2:ANN)"
    assert shortfall([Demand(needed=1, of=("lead",))], other_ann, holders) == (
        "1 from lead is needed; lead has 1 person now (T1:ANN, T2:ANN); less T2:ANN, who asks, that is 0"
    )


def test_who_sits_at_the_machine_has_no_vote() -> None:
    """Votes are cast in Slack, so a role that is held at the terminal alone can't approve anything."""
    root, ann = chance.PEOPLE[5], chance.PEOPLE[0]
    one = Demand(needed=1, of=("lead",))
    assert shortfall([one], ann, holding({"lead": frozenset({root})})) == (
        f"1 from lead is needed; lead has 1 person now ({root}); less {root}, who can't vote at a terminal, that is 0"
    )
    assert shortfall([one], root, holding({"lead": frozenset({ann})})) is None


def test_a_demand_says_itself_in_words() -> None:
    """`2 from lead or operator, of which 1 from network`."""
    demand = Demand(needed=2, of=("lead", "operator"), of_which=(("network", 1),))
    assert demand.said == "2 from lead or operator, of which 1 from network"
