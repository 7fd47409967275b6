"""Whether people could ever meet what a policy asks for: approvals, reviews, and the loading of another one."""

from __future__ import annotations

from collections.abc import Iterator

from policies.case import Asking, Case, Moment, Radius
from policies.demands import Demand, Holders, able, heads, shortfall
from policies.judge import judge
from policies.rules import EVERYBODY, Policy
from policies.source import Fault, Lines
from policies.verdicts import Deny, TicketNeeded
from policies.words import Effect, Group, Person, counted

LOADING = "policy.load"


def short_of_people(policy: Policy, lines: Lines, moment: Moment) -> Iterator[Fault]:
    """For each person who may ask: can the others approve? Where a group's people aren't known, nobody can reckon."""
    holders = policy.holding(moment)
    for number, rule in enumerate(policy.rules):
        if rule.demand is None or not _known(policy, (*rule.approvers, *rule.of_which), moment):
            continue
        scarce = _scarce(rule.demand, holders)
        if scarce == frozenset():
            continue
        askers = frozenset[Person]().union(*map(holders, policy.roles if EVERYBODY in rule.who else rule.who))
        short = sorted((each for each in askers if scarce is None or each.member in scarce), key=str)
        if short:
            why = shortfall([rule.demand], short[0], holders)
            what = f"rule '{rule.name}' can't be met when {short[0]} asks: {why}"
            mend = "Put more people into those roles, ask for fewer approvals, or let fewer people ask."
            yield Fault(line=lines.of("rules", number, "approvals"), what=what, mend=mend)
    yield from _reviews(policy, lines, moment)


def _scarce(demand: Demand, holders: Holders) -> frozenset[str] | None:
    """The members without whom it can't be met; None: it can't be met at all."""
    counted = able([demand], Person(workspace="", member=""), holders)
    scarce: set[str] = set()
    for number, people in (
        (demand.needed, counted),
        *((number, counted & holders(role)) for role, number in demand.of_which),
    ):
        if heads(people) < number:
            return None
        if heads(people) == number:
            scarce |= {person.member for person in people}
    return frozenset(scarce)


def _reviews(policy: Policy, lines: Lines, moment: Moment) -> Iterator[Fault]:
    glass = policy.break_glass
    if glass is None or not _known(policy, glass.reviewers, moment):
        return
    reviewers = {person.member for person in policy.people_in(glass.reviewers, moment) if person.is_in_slack}
    for person in sorted(policy.people_in(glass.who, moment), key=str):
        if not reviewers - {person.member}:
            found = f"{counted(len(reviewers), 'reviewer')}, less them {len(reviewers - {person.member})}"
            what = f"nobody could review when {person} breaks the glass: {found}"
            mend = "Put somebody else into the roles of `reviewers`."
            yield Fault(line=lines.of("break_glass", "reviewers"), what=what, mend=mend)
            return


def _known(policy: Policy, roles: tuple[str, ...], moment: Moment) -> bool:
    groups = [each for role in roles for each in policy.roles[role] if isinstance(each, Group)]
    return all(str(group) in moment.groups for group in groups)


# ── a policy behind which no other could ever be loaded ───────────────────────────────────────────────────────────


def locked_out(policy: Policy, lines: Lines, effect: Effect, moment: Moment) -> Iterator[Fault]:
    """`effect`: what LOADING has."""
    if not any(policy.roles.values()):
        return  # nobody in any role: the shipped form, which denies everything
    ever = policy.model_copy(update={"absences": ()})
    groups = {str(group): _crowd(group) for group in policy.groups} | dict(moment.groups)
    then = Moment(now=moment.now, groups=groups)
    if any(_may_load(ever, person, effect, then) for person in _one_of_each(ever, then)):
        return
    about = next((number for number, rule in enumerate(policy.rules) if LOADING in rule.operations), None)
    yield Fault(
        line=lines.of("rules", about) if about is not None else None,
        what=f"nobody could ever load another policy: nobody may ask for {LOADING} and get it approved",
        mend=f'Add a rule for operations = ["{LOADING}"], as in `deploy/policy.seed.toml`, with people in its roles, '
        "and let no rule deny it to all of them.",
    )


def _crowd(group: Group) -> frozenset[Person]:
    """As many people as any rule can ask for, in a group that nobody has read yet."""
    return frozenset(Person(workspace=group.workspace, member=f"{group}#{number}") for number in range(22))


def _one_of_each(policy: Policy, moment: Moment) -> Iterator[Person]:
    """Of those who hold the same roles, one: the others are judged like them."""
    seen: set[frozenset[str]] = set()
    for person in sorted(policy.people_in(policy.roles, moment), key=str):
        if (roles := policy.roles_of(person, moment)) not in seen:
            seen.add(roles)
            yield person


def _may_load(policy: Policy, person: Person, effect: Effect, moment: Moment) -> bool:
    said = Asking(reason="to load another policy", when="window")
    for asking in (said, said.model_copy(update={"when": "now", "breakglass": True})):
        verdict = judge(
            policy, Case(operation=LOADING, effect=effect, person=person, radius=Radius(), asking=asking), moment
        )
        if not isinstance(verdict, Deny) or verdict.code == TicketNeeded.code:
            return True
    return False
