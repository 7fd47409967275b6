"""VIOS operations, driven by hand: what each asks, what its plan says, and what it makes of each answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers import vios
from handlers.command import Command, Result
from handlers.explain import explain
from handlers.health import Health
from handlers.operation import Batch, Ending, Operation, Report
from handlers.plan import Plan
from policies.words import Effect
from tests.house import walk

Answer = tuple[str, int | None]
SHUTDOWN = vios.Shutdown(vios="p72vio1", system="p72")
RESTART = vios.Restart(vios="p72vio1", system="p72")
START = vios.Start(vios="p72vio1", system="p72")
HEALTH = Health(system="p72")
LISTED = "name,lpar_id,lpar_env,state,rmc_state,os_version"


@dataclass
class Machines:
    """A pair that is well, but for commands whose line holds one of `odd`: answered so in turn, or for ever."""

    operation: Operation
    odd: Mapping[str, list[Answer] | Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pair = walk.pair_for(self.operation)
        self.steps: list[Command | Plan] = []
        self.left = {words: list(told) for words, told in self.odd.items() if isinstance(told, list)}

    def answer(self, command: Command) -> Result:
        text, status = self._odd(" ".join(command.argv)) or (self.pair.answer(command.argv) or "", 0)
        findings = tuple(explain(text.splitlines())) if command.reader is not None else ()
        return Result(command=command, exit_status=status, text=text, size=len(text), findings=findings)

    def _odd(self, line: str) -> Answer | None:
        for words, told in self.odd.items():
            if words in line and not isinstance(told, list):
                return told
            if words in line and self.left[words]:
                return self.left[words].pop(0)
        return None

    def driven(self, *, look: bool = False) -> Report:
        inventory = walk.OneHmc()
        flow = self.operation.look(inventory) if look else self.operation.flow(inventory)
        try:
            step = next(flow)
            while True:
                assert not isinstance(step, Batch)
                self.steps.append(step)
                step = next(flow) if isinstance(step, Plan) else flow.send(self.answer(step))
        except StopIteration as end:
            report: Report = end.value
            return report

    @property
    def plan(self) -> Plan:
        (found,) = [step for step in self.steps if isinstance(step, Plan)]
        return found

    @property
    def sent(self) -> list[str]:
        commands = [step for step in self.steps if isinstance(step, Command)]
        return [" ".join(each.argv) for each in commands if each.effect > Effect.READS]


def driven(operation: Operation, odd: Mapping[str, list[Answer] | Answer] | None = None) -> tuple[Report, Machines]:
    machines = Machines(operation, odd or {})
    return machines.driven(), machines


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────

ARGV = [
    (SHUTDOWN, "osshutdown -n p72vio1"),
    (vios.Shutdown(id=1, system="p72", how="immediate"), "shutdown --id 1 --immed"),
    (RESTART, "osshutdown -n p72vio1 --restart"),
    (vios.Restart(vios="p72vio1", system="p72", how="immediate"), "shutdown -n p72vio1 --immed --restart"),
    (START, "on -n p72vio1"),
    (vios.Start(id=1, system="p72", profile="normal"), "on --id 1 -f normal"),
]


@pytest.mark.parametrize(("operation", "ends"), ARGV, ids=[ends for _, ends in ARGV])
def test_one_command_changes(operation: Operation, ends: str) -> None:
    """Each sends one chsysstate, smallest and fullest, and ends well where the machines are."""
    report, machines = driven(operation)
    assert machines.sent == [f"chsysstate -m p72 -r lpar -o {ends}"]
    assert report.ending is Ending.SUCCEEDED


def test_reads_come_first_and_the_plan_before_the_change() -> None:
    """Partitions, both kinds of adapters and each VIOS are read; then the plan; then it is sent and watched."""
    _, machines = driven(SHUTDOWN)
    told = ["PLAN" if isinstance(step, Plan) else " ".join(step.argv) for step in machines.steps]
    eth, scsi, fc = (f"lshwres -r virtualio --rsubtype {kind} --level lpar -m p72" for kind in ("eth", "scsi", "fc"))
    own, partner = (f"viosvrcmd -m p72 -p {name} -c" for name in ("p72vio1", "partner"))
    lsmap, entstat = "lsmap -all -net -fmt ,", "entstat -all ent4"
    reads = [f"lssyscfg -r lpar -m p72 -F {LISTED}", eth, scsi, fc]
    reads += [f"{own} {lsmap}", f"{own} {entstat}", f"{partner} {lsmap}", f"{partner} {entstat}"]
    assert told[: len(reads) + 1] == [*reads, "PLAN"]
    looks = [step for step in machines.steps[len(reads) + 2 :] if isinstance(step, Command) and "--filter" in step.argv]
    assert [step.after for step in looks] == [0.0, 1.0]
    assert all(step.progress is not None for step in looks)


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_tells_what_carries_and_what_is_lost() -> None:
    """Its interlock is healthy with what was read, redundancy goes from two to one, and start is its undo."""
    _, machines = driven(SHUTDOWN)
    (interlock,) = machines.plan.interlocks
    assert (interlock.takes_out, interlock.partner, interlock.healthy) == ("p72vio1", "partner", True)
    assert interlock.seen == ("partner is Running, RMC active; ent4 BACKUP_SH bridging Partial, mode Sharing, link up")
    lost = {each.what: (each.before, each.after) for each in machines.plan.redundancy}
    assert lost == {"VIOS pair p72vio1+partner": (2, 1), "SEA ent4 of p72vio1 and ent4 of partner": (2, 1)}
    assert machines.plan.undo == "Start it: /vios start p72vio1 p72"


def test_a_plan_claims_nothing_of_a_partner_that_is_ill() -> None:
    """Where the mate's link is down nothing is said to carry, and of each pair one is left now and none later."""
    _, machines = driven(SHUTDOWN, {"partner -c entstat": (walk.recorded("entstat/link-down"), 0)})
    assert "; nothing is shown fit to carry alone. Not looked at" in machines.plan.moves
    assert {(each.before, each.after) for each in machines.plan.redundancy} == {(1, 0)}
    (interlock,) = machines.plan.interlocks
    assert not interlock.healthy
    assert "ent4 of partner: its state is LIMBO; ent4 of partner: the link of its port ent0 is down" in interlock.seen


def test_locks_are_the_same_whatever_is_down() -> None:
    """The names of the pair come of what the HMC lists, so that they are there also when the partner is off."""
    row = "{0},{1},vioserver,{2},{3},VIOS 4.1\n"
    dead = (row.format("p72vio1", 1, "Running", "active") + row.format("partner", 999, "Not Activated", "none"), 0)
    first, second = driven(SHUTDOWN)[1].plan, driven(SHUTDOWN, {f"-m p72 -F {LISTED}": dead})[1].plan
    assert first.locks == second.locks == (
        "SEA pair p72vio1+partner on p72, VLAN 1 on ETHERNET0",
        "SEA pair p72vio1+partner on p72, VLAN 2 on ETHERNET0",
        "VIOS pair p72vio1+partner on p72",
        "partition p72vio1 on p72",
    )  # fmt: skip


ETH = "lpar_name={0},slot_num={1},vswitch=ETHERNET0,port_vlan_id={2},addl_vlan_ids=,is_trunk={3}\n"
NONE = ("No results were found.\n", 0)
ALONE = "p72vio1,1,vioserver,Running,active,VIOS 4.1\n"


def test_the_locks_of_two_are_one_set() -> None:
    """Seen from the second VIOS, the names of the pair are those that the first one sees."""
    text = ALONE + "p72vio2,2,vioserver,Running,active,VIOS 4.1\n"
    eth = "".join(ETH.format(name, 2, 7, 1) for name in ("p72vio1", "p72vio2"))
    odd: dict[str, list[Answer] | Answer] = {"lssyscfg": (text, 0), "eth": (eth, 0), "scsi": NONE, "fc": NONE}
    odd["lsmap"] = ("", None)
    seen = []
    for name in ("p72vio1", "p72vio2"):
        machines = Machines(vios.Shutdown(vios=name, system="p72"), {**odd, "chsysstate": ("", None)})
        machines.driven()
        seen.append({lock for lock in machines.plan.locks if "pair" in lock})
    assert seen[0] == seen[1] == {
        "VIOS pair p72vio1+p72vio2 on p72", "SEA pair p72vio1+p72vio2 on p72, VLAN 7 on ETHERNET0",
    }  # fmt: skip


def interlocks(listed: str, eth: str, scsi: str = "") -> list[tuple[str, str, bool]]:
    """Of shutting p72vio1 down, where nobody answers on a VIOS."""
    told = (scsi, 0) if scsi else NONE
    machines = Machines(
        SHUTDOWN,
        {"lssyscfg": (listed, 0), "eth": (eth, 0), "scsi": told, "fc": NONE, "chsysstate": ("", None)},
    )
    machines.driven()
    return [(each.takes_out, each.partner, each.healthy) for each in machines.plan.interlocks]


OTHER = "p72vio2,2,vioserver,Running,active,VIOS 4.1\n"
THIRD = "p72vio3,3,vioserver,Running,active,VIOS 4.1\n"
CLIENT = "db01,5,aixlinux,Running,active,AIX\n"
SCSI = "lpar_name={0},adapter_type=server,remote_lpar_name={1}\n"


def test_without_another_vios_nothing_stands_in() -> None:
    """One VIOS alone on its frame has no partner, whatever it serves."""
    assert interlocks(ALONE + CLIENT, "No results were found.\n") == [("p72vio1", "none", False)]


def test_without_networks_the_other_vios_is_the_partner() -> None:
    """Two VIOS that bridge nothing stand in for each other's disks; the partner of three is who serves the same."""
    none = "No results were found.\n"
    assert interlocks(ALONE + OTHER + CLIENT, none) == [("p72vio1", "p72vio2", True)]
    down = OTHER.replace("Running,active", "Running,inactive")
    assert interlocks(ALONE + down + CLIENT, none) == [("p72vio1", "p72vio2", False)]
    both = SCSI.format("p72vio1", "db01") + SCSI.format("p72vio3", "db01")
    assert interlocks(ALONE + OTHER + THIRD + CLIENT, none, both) == [("p72vio1", "p72vio3", True)]
    assert len(interlocks(ALONE + OTHER + THIRD + CLIENT, none)) == 2


def test_the_last_way_to_disks_or_to_a_network_is_told() -> None:
    """A client that only this VIOS serves keeps it in; one that is off doesn't."""
    none = "No results were found.\n"
    only = SCSI.format("p72vio1", "db01")
    assert interlocks(ALONE + OTHER + CLIENT, none, only)[1:] == [("p72vio1 as the only way to disks", "none", False)]
    off = CLIENT.replace("Running,active", "Not Activated,inactive")
    assert interlocks(ALONE + OTHER + off, none, only) == [("p72vio1", "p72vio2", True)]
    eth = ETH.format("p72vio1", 2, 7, 1) + ETH.format("db01", 2, 7, 0)
    alone = interlocks(ALONE + OTHER + CLIENT, eth)
    assert alone[1:] == [("p72vio1 as the only bridge of VLAN 7 on ETHERNET0", "none", False)]


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("operation", "listed", "said", "offered"),
    [
        (SHUTDOWN, ALONE.replace("Running,active", "Not Activated,inactive"), "is off already", "start p72vio1 p72"),
        (RESTART, ALONE.replace("active", "inactive"), "Running, RMC inactive", "restart p72vio1 p72 how=immediate"),
        (SHUTDOWN, ALONE.replace("Running", "Open Firmware"), "Open Firmware", "shutdown p72vio1 p72 how=immediate"),
        (START, ALONE, "it is on already", "health p72"),
        (SHUTDOWN, ALONE.replace("vioserver", "aixlinux"), "is no VIOS", None),
        (SHUTDOWN, OTHER, "there is no VIOS p72vio1", None),
        (SHUTDOWN, "HSCL8018 no such system\n", "couldn't be read", None),
    ],
)
def test_what_cant_be_done_isnt_planned(operation: Operation, listed: str, said: str, offered: str | None) -> None:
    """Off already, out of RMC's reach, on already, no VIOS, nothing readable: nothing is sent, and a way is offered."""
    report, machines = driven(operation, {"lssyscfg": (listed, 0)})
    assert report.ending is Ending.FAILED
    assert said in report.headline
    assert machines.sent == []
    assert (report.offers[0].text if report.offers else None) == offered


def test_absence_is_believed_when_read_twice() -> None:
    """An HMC's inventory can be behind: what the second list has is there."""
    report, _ = driven(SHUTDOWN, {"lssyscfg": [(OTHER, 0)]})
    assert report.ending is Ending.SUCCEEDED


# ── how it ends ───────────────────────────────────────────────────────────────────────────────────────────────────

ONE = "--filter lpar_ids=1"
STATES = {name: f"p72vio1,1,vioserver,{name},{rmc},VIOS 4.1\n" for name, rmc in (
    ("Running", "active"), ("Shutting Down", "inactive"), ("Error", "inactive"), ("Not Activated", "inactive"),
    ("Starting", "inactive"),
)}  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "status", "states", "ending", "said"),
    [
        (SHUTDOWN, 0, "Running", Ending.FAILED, "not as asked after 30 minutes: p72vio1 is Running"),
        (SHUTDOWN, 0, "Shutting Down", Ending.UNKNOWN, "unknown: p72vio1 is Shutting Down"),
        (SHUTDOWN, 0, "", Ending.UNKNOWN, "unknown: its state couldn't be read"),
        (SHUTDOWN, 1, "Running", Ending.FAILED, "the HMC refused: p72vio1 is Running"),
        (SHUTDOWN, None, "Running", Ending.UNKNOWN, "unknown: the connection was lost"),
        (RESTART, 0, "Running", Ending.FAILED, "not as asked after 75 minutes: p72vio1 is Running"),
        (START, 0, "Error", Ending.FAILED, "p72vio1 is Error"),
        (START, 0, "Starting", Ending.UNKNOWN, "unknown: p72vio1 is Starting"),
    ],
)
def test_what_is_read_decides(operation: Operation, status: int | None, states: str, ending: Ending, said: str) -> None:
    """Not the exit status: success that isn't seen is none, and a refusal that is seen done is done."""
    seen = STATES.get(states, "garbage")
    report, _ = driven(operation, {"chsysstate": ("", status), ONE: (seen, 0)})
    assert report.ending is ending
    assert said in report.headline


def test_what_was_refused_and_is_done_all_the_same_is_done() -> None:
    """An exit status of 1 is no failure where the VIOS is seen off and its mate carries."""
    mate: list[Answer] = [(walk.recorded(f"entstat/{case}"), 0) for case in ("sharing-backup", "sharing-alone")]
    off = (STATES["Not Activated"], 0)
    report, _ = driven(SHUTDOWN, {"chsysstate": ("", 1), ONE: off, "partner -c entstat": mate})
    assert (report.ending, report.headline) == (Ending.SUCCEEDED, "p72vio1 is Not Activated; partner carries alone")


def test_a_mate_that_takes_nothing_over_is_told() -> None:
    """Down as asked, but the one that was shown fit doesn't carry: that is no success."""
    sharing = (walk.recorded("entstat/sharing-backup"), 0)
    report, _ = driven(SHUTDOWN, {"partner -c entstat": sharing})
    assert report.ending is Ending.FAILED
    assert "p72vio1 is Not Activated, but ent4 of partner doesn't carry everything: ent4 BACKUP_SH" in report.headline
    assert report.offers[0].text == "start p72vio1 p72"


def test_a_restart_without_agreement_is_told() -> None:
    """Up again with RMC, but its SEAs don't share as before: that is no success."""
    lost = (walk.recorded("entstat/auto-primary"), 0)
    before = (walk.recorded("entstat/sharing-primary"), 0)
    told: list[Answer] = [before, *[lost] * 100]
    report, _ = driven(RESTART, {"p72vio1 -c entstat": told})
    assert report.ending is Ending.FAILED
    assert "p72vio1 is Running, RMC active, but SEA ent4 of p72vio1 and ent4 of partner" in report.headline


def test_every_wait_is_bounded() -> None:
    """The longest watch is over, and its looks become rarer on the way."""
    _, machines = driven(RESTART, {ONE: (STATES["Running"], 0)})
    waits = [step.after for step in machines.steps if isinstance(step, Command)]
    assert sum(waits) <= vios.Restart.within
    assert sorted(set(waits)) == [0.0, 1.0, 2.0, 4.0, 8.0, 15.0]


# ── looking after an interruption ─────────────────────────────────────────────────────────────────────────────────


def test_look_goes_on_while_it_moves_and_then_tells_where_it_is() -> None:
    """It never sends anything, and what it found stays unknown: a person decides."""
    states: list[Answer] = [(STATES[name], 0) for name in (*["Shutting Down"] * 3, "Not Activated")]
    machines = Machines(SHUTDOWN, {ONE: states})
    report = machines.driven(look=True)
    assert (report.ending, report.headline) == (Ending.UNKNOWN, "p72vio1 is Not Activated, RMC inactive")
    assert machines.sent == []
    assert [offer.text for offer in report.offers] == ["health p72"]


def test_look_believes_that_it_stays_up_only_after_a_while() -> None:
    """The command may still be on its way: several looks find it up before that is said."""
    machines = Machines(SHUTDOWN, {ONE: (STATES["Running"], 0)})
    assert machines.driven(look=True).headline == "p72vio1 is Running, RMC active"
    assert sum("--filter" in step.argv for step in machines.steps if isinstance(step, Command)) == 5


# ── health ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_health_reads_and_nothing_else() -> None:
    """Each VIOS is asked once, and the pair stands side by side."""
    report, machines = driven(HEALTH, {"p72vio1": ("", 0)})
    assert machines.sent == []
    assert report.ending is Ending.SUCCEEDED
    assert report.headline == "p72: every VIOS has a partner that is fit to carry alone"


def test_health_of_a_frame_that_cant_be_read_says_so() -> None:
    """No list is no health."""
    report, _ = driven(HEALTH, {"lssyscfg": ("", None)})
    assert report.ending is Ending.FAILED
    assert "the partitions of p72 couldn't be read" in "\n".join(report.lines)


# ── whatever is answered ───────────────────────────────────────────────────────────────────────

TEXTS = st.sampled_from([*STATES.values(), ALONE + OTHER, walk.recorded("entstat/auto-primary"), "", "No results"])
ANSWERS = st.lists(st.tuples(TEXTS | st.text(max_size=40), st.sampled_from([0, 0, 0, 1, None])), max_size=12)


# The partner that was shown fit isn't listed any more when the other is down.
@example(SHUTDOWN, [(ALONE + OTHER, 0)])
@settings(max_examples=200, deadline=None)
@given(st.sampled_from([SHUTDOWN, RESTART, START, HEALTH]), ANSWERS)
def test_nothing_changes_but_what_the_plan_holds(operation: Operation, answers: list[Answer]) -> None:
    """Whatever the machines answer: a change comes after a plan that holds it, once, and there is a report."""
    report, machines = driven(operation, {"": list(answers)})
    planned = [list(step.commands) for step in machines.steps if isinstance(step, Plan)]
    assert machines.sent == [" ".join(each.argv) for commands in planned for each in commands]
    assert report.headline
