"""What is remembered between looks: what took place, what stays though it can't be seen, what a request explains."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from handlers import errlog
from handlers.sea.machine import step
from handlers.sea.memory import Calm, Memory, Ours
from handlers.sea.pair import Side
from policies.alerts import Severity
from tests.handlers.sea.looks import (
    PAIR,
    START,
    Watch,
    auto,
    happened,
    look,
    rules,
    sharing,
    side,
    untold,
)
from tests.handlers.test_entstat import recorded

V1, V2 = PAIR.vioses
PRIMARY, BACKUP = auto()
# The same two with their parts exchanged, each having counted it.
BECAME = "Number of Times Server became"
LEADER = ("    Priority: 2", "    Priority: 1"), ("  Priority: 2", "  Priority: 1")
LEFT = side(
    V1, "auto-backup", (f"{BECAME} Primary: 0", f"{BECAME} Primary: 1"),
    *LEADER,
)  # fmt: skip
TOOK = side(
    V2, "auto-primary", (f"{BECAME} Backup: 0", f"{BECAME} Backup: 1"),
    ("    Priority: 1", "    Priority: 2"), ("  Priority: 1", "  Priority: 2"),
)  # fmt: skip
PRIMARY_ONE, PRIMARY_TWO = f"{BECAME} Primary: 1", f"{BECAME} Primary: 2"
BACK = (
    side(V1, "auto-primary", (f"{BECAME} Backup: 0", f"{BECAME} Backup: 1"), (f"{BECAME} Primary: 1", PRIMARY_TWO)),
    side(V2, "auto-backup", (f"{BECAME} Backup: 1", f"{BECAME} Backup: 2"), (f"{BECAME} Primary: 0", PRIMARY_ONE)),
)


def test_a_failover_and_the_way_back() -> None:
    """Each is told once, with both sides before and after, and a calm look after them tells nothing."""
    watch = Watch()
    watch.sees(look(PRIMARY, BACKUP))
    over = watch.sees(look(LEFT, TOOK, after=30))
    assert happened(over) == ["failover"]
    assert over.happenings[0].severity is Severity.WARNING
    assert over.happenings[0].said == "failover: the lead went from p72vio1 to p72vio2"
    assert {"p72vio1 before: State: PRIMARY", "p72vio2 now: State: PRIMARY"} <= set(over.happenings[0].evidence)
    assert "High Availability Mode" not in "".join(over.happenings[0].evidence), "what is as it was shows nothing"
    assert watch.unsettled()
    assert happened(watch.sees(look(LEFT, TOOK, after=60))) == []
    assert not watch.unsettled()
    back = watch.sees(look(*BACK, after=90))
    assert [(each.rule, each.severity) for each in back.happenings] == [("failback", Severity.NOTE)]
    assert [rules(each) for each in watch.seen] == [set()] * 4


def test_a_failover_over_a_side_that_is_gone() -> None:
    """The survivor alone tells of it."""
    watch = Watch()
    watch.sees(look(PRIMARY, BACKUP))
    over = watch.sees(look(untold(V1), TOOK, after=30))
    assert happened(over) == ["failover"]
    assert rules(over) == {"vios-unreachable"}
    assert happened(watch.sees(look(untold(V1), TOOK, after=60))) == []


def test_what_the_logs_tell_of_a_failover_comes_with_it() -> None:
    """What is new in them and of the SEA, in the order in which we read it; what was there before isn't."""
    heading = "IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n"
    old = "40D97644   0301010026 I H ent4           BECOME BACKUP\n"
    new = "E136EAFA   0301020026 I H ent4           BECOME PRIMARY\n"
    other = "BE0A03E5   0301020026 P H sysplanar0     ENVIRONMENTAL PROBLEM\n"
    before = BACKUP.model_copy(update={"log": errlog.entries(heading + old)})
    after = TOOK.model_copy(update={"log": errlog.entries(heading + other + new + old)})
    watch = Watch()
    watch.sees(look(PRIMARY, before))
    (happening,) = watch.sees(look(LEFT, after, after=30)).happenings
    assert [line for line in happening.evidence if " log: " in line] == [f"p72vio2 log: {new.strip()}"]
    assert watch.sees(look(LEFT, after, after=60)).happenings == ()


def test_a_clock_that_was_measured_stays_so_until_it_is_measured_again() -> None:
    """Nothing new in a log, or a log that isn't read, is no word on the clock."""
    heading = "IDENTIFIER TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n"

    def told(*stamps: str) -> Side:
        lines = [f"E136EAFA   {stamp} I H ent0           LINK\n" for stamp in stamps]
        return BACKUP.model_copy(update={"log": errlog.entries(heading + "".join(lines))})

    watch = Watch()
    watch.sees(look(PRIMARY, told()))
    assert rules(watch.sees(look(PRIMARY, told("0301040026"), after=30))) == {"clock-skew"}
    assert rules(watch.sees(look(PRIMARY, told("0301040026"), after=60))) == {"clock-skew"}
    assert rules(watch.sees(look(PRIMARY, BACKUP, after=90))) == {"clock-skew"}
    assert rules(watch.sees(look(PRIMARY, told("0301020226", "0301040026"), after=120))) == set()


def ours(after: float, *places: str) -> Ours:
    return Ours(number=412, typed="/vios restart p72vio1 p72", places=places, at=START + timedelta(seconds=after))


def test_what_a_request_of_ours_explains_weighs_less() -> None:
    """It is told all the same, with the request's number, and wakes nobody."""
    watch, mine = Watch(), ours(20, "hmc1", "p72", V1)
    watch.sees(look(PRIMARY, BACKUP))
    over = watch.sees(look(untold(V1), TOOK, after=30), mine)
    assert [(each.rule, each.about, each.severity) for each in over.happenings] == [("failover", "#412", Severity.NOTE)]
    assert "explained by #412, /vios restart p72vio1 p72" in over.happenings[0].said
    assert [(each.rule, each.severity) for each in over.symptoms] == [("vios-unreachable", Severity.NOTE)]
    late = watch.sees(look(untold(V1), TOOK, after=2000), mine)
    assert [(each.rule, each.severity) for each in late.symptoms] == [("vios-unreachable", Severity.SERIOUS)]


@pytest.mark.parametrize(
    "other", [ours(20, "hmc1", "p72"), ours(20, "hmc1", "p99", V1), ours(-2000, "hmc1", "p72", V1)]
)
def test_another_request_explains_nothing(other: Ours) -> None:
    """Of the same frame but no VIOS of the pair, of a namesake elsewhere, of long ago."""
    watch = Watch()
    watch.sees(look(PRIMARY, BACKUP))
    over = watch.sees(look(LEFT, TOOK, after=30), other)
    assert [(each.rule, each.about, each.severity) for each in over.happenings] == [("failover", "", Severity.WARNING)]


def test_a_request_never_explains_a_loop() -> None:
    """Whatever we do, that both lead stays what it is."""
    found = Watch().sees(look(PRIMARY, TOOK), ours(0, "hmc1", "p72", V1))
    (symptom,) = found.symptoms
    assert (symptom.rule, symptom.severity, symptom.at_once) == ("both-primary", Severity.CRITICAL, True)


def test_a_flap_between_two_looks() -> None:
    """The states are as before and both have counted: it went, and came back."""
    watch = Watch()
    watch.sees(look(PRIMARY, BACKUP))
    found = watch.sees(look(*BACK, after=30))
    assert happened(found) == ["flap"]
    assert "ent4 of p72vio1 changed its part 2 times and is PRIMARY" in found.happenings[0].said
    assert happened(watch.sees(look(*BACK, after=60))) == []


def test_counters_that_go_backwards_are_no_flap() -> None:
    """A VIOS that restarted, or whose statistics were reset, begins to count anew."""
    watch = Watch()
    watch.sees(look(*BACK))
    assert watch.sees(look(PRIMARY, BACKUP, after=30)).happenings == ()
    fewer = side(
        V2,
        "auto-backup",
        ("Control Packets out: 2592000", "Control Packets out: 5"),
        (f"{BECAME} Primary: 0", f"{BECAME} Primary: 4"),
    )
    assert watch.sees(look(PRIMARY, fewer, after=60)).happenings == ()


def test_flapping() -> None:
    """As many changes within the time that is set; it is over once that time is quiet."""
    watch = Watch(calm=Calm(changes=3, within=100))
    states = [(PRIMARY, BACKUP), (LEFT, TOOK), BACK]
    for number, sides in enumerate(states):
        assert "flapping" not in rules(watch.sees(look(*sides, after=10.0 * number)))
    counted = (f"{BECAME} Backup: 1", f"{BECAME} Backup: 2"), (f"{BECAME} Primary: 0", f"{BECAME} Primary: 2")
    left = side(V1, "auto-backup", *counted, *LEADER), untold(V2)
    flapping = watch.sees(look(*left, after=30))
    assert [(each.rule, each.severity) for each in flapping.symptoms if each.rule == "flapping"] == [
        ("flapping", Severity.SERIOUS)
    ]
    assert "flapping" in rules(watch.sees(look(*left, after=100)))
    assert "flapping" not in rules(watch.sees(look(*left, after=140)))


@pytest.mark.parametrize("mate", [untold(V2), untold(V2, answers=True, why="cut off?")])
def test_what_cant_be_seen_doesnt_get_well(mate: Side) -> None:
    """A side that isn't told keeps its faults, and what only both could disprove stays; the other side's may go."""
    sick = side(V2, "auto-backup", ("Link Status: Up", "Link Status: Down"), ("    Priority: 2", "    Priority: 1"))
    sicker = side(V1, "auto-primary", ("Link Status: Up", "Link Status: Down"))
    watch = Watch()
    before = watch.sees(look(sicker, sick))
    assert {(each.rule, each.about) for each in before.symptoms} == {
        ("link-down", V1), ("link-down", V2), ("priorities-equal", ""),
    }  # fmt: skip
    now = watch.sees(look(PRIMARY, mate, after=30))
    assert {(each.rule, each.about) for each in now.symptoms} == {
        ("link-down", V2), ("priorities-equal", ""), ("vios-unreachable" if not mate.answers else "unreadable", V2),
    }  # fmt: skip
    assert watch.sees(look(PRIMARY, BACKUP, after=60)).symptoms == ()


def test_a_backup_that_is_gone_stays_gone_while_nobody_tells() -> None:
    """A survivor that can't be asked either is no sign that the backup came back."""
    watch = Watch()
    watch.sees(look(*sharing()))
    alone = side(V1, "auto-primary", ("Mode: Auto", "Mode: Sharing"))
    assert "backup-gone" in rules(watch.sees(look(alone, untold(V2), after=30)))
    assert "backup-gone" in rules(watch.sees(look(untold(V1, answers=True, why="cut off?"), untold(V2), after=60)))
    assert rules(watch.sees(look(*sharing(), after=90))) == set()


def test_one_side_can_disprove_what_both_did() -> None:
    """That both lead is over once one that can be asked doesn't; that neither does, once one leads."""
    watch = Watch()
    assert rules(watch.sees(look(PRIMARY, TOOK))) == {"both-primary"}
    assert rules(watch.sees(look(PRIMARY, untold(V2), after=30))) == {"both-primary", "vios-unreachable"}
    assert rules(watch.sees(look(LEFT, untold(V2), after=60))) == {"vios-unreachable"}
    watch = Watch()
    assert rules(watch.sees(look(LEFT, BACKUP))) == {"neither-primary"}
    assert rules(watch.sees(look(LEFT, untold(V2), after=30))) == {"neither-primary", "vios-unreachable"}
    assert rules(watch.sees(look(untold(V1), TOOK, after=60))) == {"vios-unreachable"}


def test_an_hmc_out_of_reach_blames_neither_side() -> None:
    """One symptom for it, everything that was known before stays, and nothing is said to have happened."""
    watch = Watch()
    watch.sees(look(PRIMARY, TOOK))
    gone = look(untold(V1, why="no HMC"), untold(V2, why="no HMC"), after=30, reached=False)
    assert rules(watch.sees(gone)) == {"hmc-unreached", "both-primary"}
    watch.sees(look(PRIMARY, BACKUP, after=60))
    assert rules(watch.sees(gone.model_copy(update={"at": START + timedelta(seconds=90)}))) == {"hmc-unreached"}
    back = watch.sees(look(PRIMARY, BACKUP, after=120))
    assert (back.symptoms, back.happenings) == ((), ())


def test_a_rise_lasts_until_it_has_been_quiet() -> None:
    """A counter that rose once isn't well again at the next look."""
    grown = side(V1, "auto-primary", ("No mbuf Errors: 0", "No mbuf Errors: 700"))
    watch = Watch(calm=Calm(quiet=60))
    watch.sees(look(PRIMARY, BACKUP))
    assert rules(watch.sees(look(grown, BACKUP, after=30))) == {"buffers-short"}
    assert rules(watch.sees(look(grown, BACKUP, after=90))) == {"buffers-short"}
    assert rules(watch.sees(look(grown, BACKUP, after=120))) == set()


def test_a_migration_of_ours_explains_short_buffers() -> None:
    """Its memory goes through both frames' VIOS: told as ours, while what it can't bring about stays as grave."""
    move = Ours(number=7, typed="/lpm migrate db01 p72 p75", places=("hmc1", "db01", "p72", "p75"), at=START)
    grown = side(V1, "auto-primary", ("No mbuf Errors: 0", "No mbuf Errors: 700"))
    for mine, severity, request in (((move,), Severity.NOTE, 7), ((), Severity.WARNING, None)):
        watch = Watch()
        watch.sees(look(PRIMARY, BACKUP))
        found = watch.sees(look(grown, BACKUP, after=30), *mine).symptoms
        assert {(each.rule, each.severity, each.request) for each in found} == {("buffers-short", severity, request)}
    down = Watch().sees(look(untold(V1), TOOK, after=30), move)
    assert [(each.rule, each.severity) for each in down.symptoms] == [("vios-unreachable", Severity.SERIOUS)]


def switched(pvid: str, switch: str) -> tuple[str, str]:
    """The adapter with that PVID, as printed, on another switch."""
    (block,) = re.findall(rf"Port VLAN ID:{pvid}\n(?:.*\n)*?Switch ID: ETHERNET0", recorded("auto-backup"))
    return block, block.replace("ETHERNET0", switch)


def test_what_was_set_is_told() -> None:
    """Mode, priority, channel and trunks that differ from before, if only by their switch; and a reset of the port."""
    watch = Watch()
    watch.sees(look(PRIMARY, BACKUP))
    mode, priority = ("Mode: Auto", "Mode: Sharing"), ("Priority: 2", "Priority: 3")
    other = side(V2, "auto-backup", ("12    13", "12    14"), mode, priority)
    (happening,) = watch.sees(look(PRIMARY, other, after=30)).happenings
    assert happening.rule == "changed"
    assert happening.said == (
        "ent4 of p72vio2 was set: ha_mode from Auto to Sharing; priority from 2 to 3; "
        "trunks from ent1 1 10 11 on ETHERNET0, ent2 2 12 13 on ETHERNET0 "
        "to ent1 1 10 11 on ETHERNET0, ent2 2 12 14 on ETHERNET0"
    )
    tags, channel, trunk = ("12    13", "12    14"), ("    99", "CTRL"), ("     2", "OTHER")
    moved = side(V2, "auto-backup", tags, mode, priority, switched(*channel))
    (happening,) = watch.sees(look(PRIMARY, moved, after=45)).happenings
    assert happening.said == "ent4 of p72vio2 was set: control channel from VLAN 99 on ETHERNET0 to VLAN 99 on CTRL"
    other = side(V2, "auto-backup", switched(*trunk), tags, mode, priority, switched(*channel))
    (happening,) = watch.sees(look(PRIMARY, other, after=50)).happenings
    assert "to ent1 1 10 11 on ETHERNET0, ent2 2 12 14 on OTHER" in happening.said
    reset = side(V1, "auto-primary", ("Adapter Reset Count: 0", "Adapter Reset Count: 1"))
    (happening,) = watch.sees(look(reset, other, after=60)).happenings
    assert (happening.rule, happening.severity) == ("adapter-reset", Severity.WARNING)


def test_halves_that_are_dealt_again() -> None:
    """While they share, it is told who bridges what now."""
    watch = Watch()
    watch.sees(look(*sharing()))
    trunks = ("Active: True", "Active: no"), ("Active: False", "Active: True"), ("Active: no", "Active: False")
    first = side(V1, "sharing-primary", ("shared: 1 10 11", "shared: 2 12 13"), *trunks)
    second = side(V2, "sharing-backup", ("shared: 2 12 13", "shared: 1 10 11"), *trunks)
    found = watch.sees(look(first, second, after=30))
    assert (happened(found), rules(found)) == (["dealt"], set())
    assert "bridged 1 10 11, and now 2 12 13" in found.happenings[0].said


def test_a_sighting_says_whom_it_is_about() -> None:
    """Its key never changes, its places are HMC, frame and VIOS; it names networks, their carrier, and partitions."""
    found = Watch().sees(look(PRIMARY, BACKUP, clients=("lpar1", "lpar2")))
    assert found.key == "sea/p72/p72vio1+p72vio2/ETHERNET0/1"
    assert found.places == ("hmc1", "p72", V1, V2)
    assert found.title == "SEA ent4 of p72vio1 | ent4 of p72vio2 on p72"
    assert found.affected == (
        "networks: VLAN 1, 2, 10, 11, 12, 13 on ETHERNET0",
        "carried: all by p72vio1",
        "partitions: lpar1, lpar2",
    )


def test_remedies_can_be_typed() -> None:
    """Sharing is restarted on the backup; the one that was told to stand by gets the lead back."""
    watch = Watch()
    watch.sees(look(*sharing()))
    swap = ("Mode: Auto", "Mode: Sharing")
    lost = watch.sees(look(side(V1, "auto-primary", swap), side(V2, "auto-backup", swap), after=30))
    assert [(each.command, each.text) for each in lost.symptoms[0].remedies] == [("sea", "share p72vio2 ent4 p72")]
    standing_by = side(V1, "auto-backup", ("Mode: Auto", "Mode: Standby"), ("    Priority: 2", "    Priority: 1"))
    found = Watch().sees(look(standing_by, TOOK))
    texts = [each.text for symptom in found.symptoms if symptom.rule == "standby" for each in symptom.remedies]
    assert texts == ["return p72vio1 ent4 p72"]


def test_a_step_depends_on_nothing_else() -> None:
    """The same memory and look give the same, through JSON as well."""
    memory, _ = step(None, look(PRIMARY, BACKUP))
    again = Memory.model_validate_json(memory.model_dump_json())
    assert again == memory
    assert step(memory, look(LEFT, TOOK, after=30)) == step(again, look(LEFT, TOOK, after=30))
