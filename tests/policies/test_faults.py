"""What is wrong with a policy: each fault is named with its line, and doing as it says makes the policy load."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.case import Asking, Case, Moment
from policies.faults import Vocabulary, faults_of, read_policy
from policies.judge import judge
from policies.source import LONGEST, Fault, PolicyBroken, parse_policy
from policies.verdicts import Allow
from policies.words import Effect, Person
from tests.policies import chance

NOW = Moment(now=datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
VOCABULARY = Vocabulary(
    operations=chance.OPERATIONS | {"policy.load": Effect.CHANGES, "lpm.stop": Effect.CHANGES},
    tags=frozenset({"env:prod", "env:test"}),
)
GOOD = """\
# Ours.
[roles]
viewer = ["T1:VERA"]
operator = ["T1:OTTO", "T1:OLGA"]
lead = ["T1:LEA", "T1:LEO"]
few = ["T1:LEA"]
grid = ["T1:LEA", "T2:LEA"]
desk = ["terminal:root"]

[[windows]]
name = "saturdays"
starts = 2026-01-03T22:00:00
minutes = 360
repeat = "FREQ=WEEKLY;BYDAY=SA"

[[rules]]
name = "policies"
operations = ["policy.load"]
who = ["lead"]
verdict = "ask"
approvals = 1
approvers = ["lead", "operator"]
reason = true
minutes_to_run = 5

"""


@dataclass(frozen=True)
class Wrong:
    """A policy with one fault, as `wrong.txt` has it."""

    name: str
    told: str
    mend: tuple[str, str]
    text: str

    @property
    def mended(self) -> str:
        return GOOD + self.text.replace(*self.mend)


def recorded() -> list[Wrong]:
    _, *parts = (Path(__file__).parent / "wrong.txt").read_text(encoding="utf-8").split("\n== ")
    found = []
    for part in parts:
        name, told, mend, text = part.split("\n", 3)
        this, that = mend.removeprefix("mend: ").replace("\\n", "\n").split(" → ")
        found.append(Wrong(name, told.removeprefix("told: "), (this, that), text))
    return found


WRONG = recorded()


def at_mark(text: str) -> int | None:
    marked = [number for number, line in enumerate(text.split("\n"), 1) if "#!" in line]
    return marked[0] if marked else None


def told_of(text: str, vocabulary: Vocabulary = VOCABULARY, moment: Moment = NOW) -> tuple[Fault, ...]:
    with pytest.raises(PolicyBroken) as told:
        read_policy(text, vocabulary, moment)
    return told.value.faults


def refused(text: str) -> PolicyBroken | None:
    try:
        read_policy(text, VOCABULARY, NOW)
    except PolicyBroken as told:
        return told
    return None


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_each_fault_has_its_line_and_its_mending_loads(wrong: Wrong) -> None:
    """It is named, in its line, with how to mend it; and mended so the policy can be put in force."""
    text = GOOD + wrong.text
    faults = told_of(text)
    assert wrong.told in f"{faults[0].what} {faults[0].mend}"
    assert (faults[0].line, len(faults)) == (at_mark(text), 1)
    assert faults[0].mend
    assert read_policy(wrong.mended, VOCABULARY, NOW).roles


@pytest.mark.parametrize(
    "written",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("= ", "=\t").replace("\n", " \t\n"),
        lambda text: text.replace("# Ours.", "# \u2028 \u0085a line of Unicode, not of TOML"),
        lambda text: text.replace("# Ours.", "# [[rules]]\n\n# [roles]\n"),
    ],
    ids=["a BOM", "CRLF", "tabs", "Unicode's line ends", "comments"],
)
@pytest.mark.parametrize("wrong", WRONG[4:], ids=lambda wrong: wrong.name)
def test_lines_are_counted_as_editors_do(wrong: Wrong, written: Callable[[str], str]) -> None:
    """Whatever line ends, blanks and comments a file has, the fault is in the line where an editor shows it."""
    text = written(GOOD + wrong.text)
    assert told_of(text)[0].line == at_mark(text)


def test_what_stands_in_strings_is_no_table() -> None:
    """Headers within strings of several lines don't count, and the lines of inline tables are told apart."""
    text = (
        GOOD
        + '''
[[rules]]
name = """
[[rules]]
who = ["nobody"]
"""
verdict = "allow"
who = ["operater"] #!
operations = [
  "lpm.migrate",
]
'''
    )
    assert told_of(text)[0].line == at_mark(text)
    inline = """
roles = { operator = ["T1:OTTO"], lead = ["T1:LEA", "T1:LEO"] }
rules = [
  { name = "one", who = ["lead"], verdict = "allow" },
  { name = "two", who = ["operator"], verdict = "allow", operations = ["lpm.migrat"] }, #!
]
"""
    known = Vocabulary(operations=chance.OPERATIONS)
    assert [each.line for each in told_of(inline, known)] == [at_mark(inline)]


@pytest.mark.parametrize(
    "member", ["vera", "@vera", "vera@example.com", "T1:vera", "t1:VERA", "T1:<@VERA>", "T1", ":VERA", "T1:"]
)
def test_nobody_is_named_by_name_or_e_mail(member: str) -> None:
    """A member is an exact id, in the line in which something else stands; several at once are all told."""
    text = f'''[roles]
viewer = ["T1:VERA",
  "{member}", #!
  "T1:OLGA"]
lead = ["bob"]
'''
    faults = told_of(text)
    assert [each.line for each in faults] == [at_mark(text), 5]
    assert "is not WORKSPACE:MEMBER by Slack's exact ids" in faults[0].what


@pytest.mark.parametrize("member", ['{ workspace = "T1", member = "vera" }', "5", "true", '["T1:VERA"]'])
def test_a_member_is_text(member: str) -> None:
    """Nothing but a text gets round the check of ids."""
    faults = told_of(f"[roles]\nviewer = [{member}]\n")
    assert [(each.line, "a member is a text" in each.what) for each in faults] == [(2, True)]


def test_several_faults_are_told_at_once_in_their_order() -> None:
    """Unknown names in four places: four faults, the first of them in the sentence, by line."""
    text = (
        GOOD
        + """
[[rules]]
name = "policies"
who = ["operater"]
verdict = "allow"
operations = ["lpm.migrat"]
windows = ["sundays"]
"""
    )
    faults = told_of(text)
    first = GOOD.count("\n") + 3
    assert [each.line for each in faults] == [first, first + 1, first + 3, first + 4]
    with pytest.raises(PolicyBroken, match=rf"line {first}: .* \(and 3 more\)"):
        read_policy(text, VOCABULARY, NOW)


def test_faults_are_told_up_to_a_hundred() -> None:
    """A thousand wrong rules don't make a thousand lines."""
    text = "[roles]\nlead = []\n" + "".join(
        f'[[rules]]\nname = "{number}"\nwho = ["led"]\nverdict = "deny"\n' for number in range(1_000)
    )
    assert len(told_of(text)) == 100
    assert len(told_of(text.replace("verdict", "verdikt"))) == 100


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"x = {'9' * 5_000}\n", "Exceeds the limit"),
        (f"x = {'[' * 90_000}", "line 1: more than 12 tables or lists stand in one another"),
        ("\n" + "x = " + "{a=" * 20_000, "line 2: more than 12 tables or lists stand in one another"),
        ("a" + ".a" * 90_000 + " = 1\n", "line 1: more than 12 tables or lists stand in one another"),
        ("[" + "a." * 90_000 + "a]\n", "line 1: more than 12 tables or lists stand in one another"),
        ("#" * (LONGEST + 1), f"it has more than {LONGEST} characters"),
        ("\n\nversion = 3\n", "line 3: 'version' is given by hscbot, not by the file"),
        ("\x00", "line 1: Invalid statement"),
    ],
)
def test_no_text_is_too_odd_to_be_refused(text: str, told: str) -> None:
    """What would exhaust a reader of TOML is refused with a sentence, at once."""
    began = time.process_time()
    with pytest.raises(PolicyBroken, match=re.escape(told)):
        parse_policy(text)
    assert time.process_time() - began < 5


# ── people enough ─────────────────────────────────────────────────────────────────────────────────────────────────

GROUPED = (
    GOOD.replace('lead = ["T1:LEA", "T1:LEO"]', 'lead = ["T1:S0TEAM"]')
    + """
[[rules]]
name = "it"
who = ["operator"]
verdict = "ask"
approvals = 2
approvers = ["lead"]
"""
)


def test_a_group_that_nobody_has_read_yet_is_not_reckoned() -> None:
    """Whether it has people enough can be told once it is known; then it is, with the sum."""
    assert read_policy(GROUPED, VOCABULARY, NOW)
    ann, ben = (frozenset({Person(workspace="T1", member=name)}) for name in ("ANN", "BEN"))
    for people, enough in ((frozenset(), False), (ann, False), (ann | ben, True)):
        known = Moment(now=NOW.now, groups={"T1:S0TEAM": frozenset(people)})
        faults = list(faults_of(parse_policy(GROUPED), GROUPED, VOCABULARY, known))
        assert (not faults) == enough


def test_the_largest_policies_are_looked_through_in_a_moment() -> None:
    """A thousand rules that ask, for two hundred roles of many people: found good or faulty, and judged, in no time."""
    roles = "".join(
        f"role{number} = {[f'T1:U{who:04}' for who in range(number * 10, number * 10 + 14)]}\n" for number in range(200)
    )
    rules = "".join(
        f'[[rules]]\nname = "{number}"\nwho = ["*"]\nverdict = "ask"\napprovals = 13\n'
        f'approvers = ["role{number % 200}"]\ntargets = ["t{number}"]\n'
        for number in range(1_000)
    )
    text = f"[roles]\n{roles}{rules}"
    known = Vocabulary(operations=chance.OPERATIONS)
    began = time.process_time()
    assert read_policy(text, known, NOW)
    assert "can't be met when T1:U0000 asks" in told_of(text.replace("= 13", "= 14"), known)[0].what
    assert time.process_time() - began < 20


def test_no_pattern_of_a_ticket_takes_long() -> None:
    """Not those that would take Python's engine years; and a ticket fits as a whole, or not at all."""
    allow = '[[rules]]\nname = "a"\nwho = ["lead"]\nverdict = "allow"\nticket = "([0-9]+)*x|y"\n'
    policy = parse_policy(f'[roles]\nlead = ["T1:LEA"]\n{allow}')
    began = time.process_time()
    for ticket, right in (("9" * 60, False), ("9" * 59 + "x", True), ("y", True), ("yy", False), ("y\n", False)):
        asking = Asking(ticket=ticket)
        case = Case(operation="a.b", effect=Effect.CHANGES, person=Person(workspace="T1", member="LEA"), asking=asking)
        assert isinstance(judge(policy, case, NOW), Allow) == right
    assert time.process_time() - began < 5


LOCKED = {
    "no rule for it": GOOD.replace("policy.load", "lpm.stop"),
    "nobody in its roles": GOOD.replace('"T1:LEA", "T1:LEO"', ""),
    "a rule that its plan never fits": GOOD.replace("reason = true", "affects_at_least = 1"),
    "a rule of other targets": GOOD.replace("reason = true", 'targets = ["db*"]'),
    "denied to all": GOOD + '[[rules]]\nname = "no"\noperations = ["policy.*"]\nwho = ["*"]\nverdict = "deny"\n',
    "frozen for good": GOOD + '[[freezes]]\nname = "f"\nstarts = 2026-01-01T00:00:00\nminutes = 527040\n'
    'repeat = "FREQ=YEARLY"\noperations = ["policy.load"]\n',
    "nobody in its group": GOOD.replace('"T1:LEA", "T1:LEO"', '"T1:S0TEAM"'),
}  # fmt: skip


@pytest.mark.parametrize("text", LOCKED.values(), ids=LOCKED)
def test_a_policy_behind_which_no_other_could_be_loaded_is_refused(text: str) -> None:
    """Whatever it is that stands in the way of everybody."""
    moment = Moment(now=NOW.now, groups={"T1:S0TEAM": frozenset()})
    told = [each for each in told_of(text, moment=moment) if "nobody could ever load another policy" in each.what]
    assert [each.line for each in told] == [
        None if "lpm.stop" in text else text[: text.index("[[rules]]")].count("\n") + 1
    ]
    assert "policy.load" in told[0].mend


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("reason = true", 'ticket = "CHG[0-9]+"'),
        GOOD.replace("reason = true", 'windows = ["saturdays"]'),
        GOOD.replace('"T1:LEA", "T1:LEO"', '"T1:S0UNREAD"').replace("approvals = 1", "approvals = 20"),
        GOOD + '[[absences]]\nperson = "T1:LEA"\nfrom = 2026-01-01T00:00:00Z\nuntil = 2027-01-01T00:00:00Z\n',
        GOOD.replace("policy.load", "lpm.stop") + '[break_glass]\nwho = ["lead"]\nreviewers = ["operator"]\n',
    ],
)
def test_one_way_to_another_policy_is_enough(text: str) -> None:
    """With a ticket, in a window, by a group not read yet, by who is away just now, by breaking the glass."""
    assert read_policy(text, VOCABULARY, NOW)


# ── at random ─────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = (
    "[roles]", "[[rules]]", "[[windows]]", "[[freezes]]", "[[absences]]", "[break_glass]", "[rules.of_which]", "[", "]",
    "{", "}", "=", ",", ".", '"', "'", '"""', "'''", "\n", "\n", "\n", "\r\n", "#", " ", "\t", "name", "who", "verdict",
    "lead", "starts", "repeat", "ends", "minutes", "zone", "except", "person", "from", "until", "delegate", "ticket",
    "approvals", "approvers", "targets", "operations", "effects", "reviewers", '"a"', '"T1:LEA"', '["lead"]', '"ask"',
    '"allow"', '"deny"', "1", "-1", "0x10", "1e400", "nan", "true", "2026-03-01T00:00:00Z", "2026-03-01T00:00:00",
    "2026-03-01", "00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", '"FREQ=DAILY"', '"(a+)+b"',
    "\\", "\ufeff", "é", "\x00", "9" * 50, '{ a = 1 }', '[["x"]]',
)  # fmt: skip
LINES = (
    '[roles]\nlead = ["T1:LEA"]\n', "[[rules]]\n", 'name = "a"\n', 'who = ["lead"]\n', 'verdict = "ask"\n',
    "approvals = 1\n", 'approvers = ["lead"]\n', "[[windows]]\n", "starts = 2026-03-01T00:00:00\n", "minutes = 5\n",
    '[[absences]]\nperson = "T1:LEA"\nfrom = 0001-01-01T00:00:00+14:00\n', "until = 9999-12-31T23:59:59-14:00\n",
    "[break_glass]\n", 'reviewers = ["lead"]\n', 'windows = ["a"]\n', "[[freezes]]\n", 'operations = ["lpm.*"]\n',
    "affects_at_least = 2\n", 'of_which = { lead = 1 }\n',
)  # fmt: skip
TOMLISH = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=60).map("".join),
    st.lists(st.sampled_from(LINES), max_size=25).map("".join),
    st.tuples(st.lists(st.sampled_from(LINES), max_size=12), st.lists(st.sampled_from(WORDS), max_size=6)).map(
        lambda both: "".join((*both[0], *both[1]))
    ),
    st.text(max_size=200),
)


@settings(max_examples=600, deadline=None)
@given(TOMLISH)
def test_any_text_is_a_policy_or_named_faults(text: str) -> None:
    """Nothing else comes out, in bounded time; a fault's line is one of the text's."""
    began = time.process_time()
    broken = refused(text)
    assert time.process_time() - began < 10
    if broken is not None:
        assert broken.faults
        assert broken.said.startswith("This policy can't be loaded: ")
        assert all(fault.what and fault.mend for fault in broken.faults)
        last = text.count("\n") + 1
        assert all(fault.line is None or 1 <= fault.line <= last for fault in broken.faults)
