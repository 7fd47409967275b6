"""Live partition mobility, driven by hand: what each operation asks, and what it makes of each answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.command import Command, Result
from handlers.explain import explain
from handlers.lpm import moving
from handlers.lpm import operations as lpm
from handlers.operation import Batch, Ending, Operation, Report
from handlers.plan import Plan
from policies.words import Effect
from tests.house import walk

TREE = Path(__file__).resolve().parents[2]
RECORDED = TREE / "tests" / "recorded" / "migrlpar"
CAPTURES = TREE.parent / "shared" / "captures" / "hmc"

V10 = '"version= Version: 10\n Release: 3\n Service Pack: 1060\n","base_version=V10R3\n"\n'
V8 = V10.replace("10", "8")
AT_HOME = "vio1,1,Running\ndb01,5,Running\n"
GONE = "vio1,1,Running\n"
ARRIVED = "db01,9,Running\n"
MOVING = "name=db01,lpar_id=5,migration_state=Migration In Progress,bytes_transmitted=25,bytes_remaining=75\n"
RESTING = "name=db01,lpar_id=5,migration_state=Not Migrating\n"
NOT_FOUND = "HSCL8012 The partition named db01 was not found.  Please check your entry and retry the command.\n"
RMC_LOST = (RECORDED / "hscla257-rmc-1141.raw").read_text(encoding="utf-8")

VALIDATE = lpm.Validate(partition="db01", source="p72", destination="p75")
MIGRATE = lpm.Migrate(partition="db01", source="p72", destination="p75")
STATUS = lpm.Status(partition="db01", source="p72")
STOP = lpm.Stop(partition="db01", source="p72")

Answer = tuple[str, int | None] | str
Done = tuple[Report, list[Command | Plan]]


class Fleet(walk.OneHmc):
    """One HMC, hmc1, that manages everything; of others it knows none but those named."""

    def __init__(self, *others: str) -> None:
        self.others = others

    def hmc_of(self, *systems: str) -> str:
        return "hmc1"

    def hmc_named(self, name: str) -> str | None:
        return name if name in self.others else None

    def managed(self) -> tuple[str, ...]:
        return ("p72", "p75")


def result(command: Command, answer: Answer) -> Result:
    text, status = (answer, 0) if isinstance(answer, str) else answer
    findings = tuple(explain(text.splitlines())) if command.reader is not None else ()
    return Result(command=command, exit_status=status, text=text, findings=findings, size=len(text))


def drive(operation: Operation, *answers: Answer, fleet: Fleet | None = None, look: bool = False) -> Done:
    """The report, and the steps on the way to it. There must be exactly as many commands as answers."""
    inventory = fleet or Fleet()
    flow = operation.look(inventory) if look else operation.flow(inventory)
    assert flow is not None
    left, steps = list(answers), list[Command | Plan]()
    try:
        step = next(flow)
        while True:
            assert not isinstance(step, Batch)
            steps.append(step)
            step = next(flow) if isinstance(step, Plan) else flow.send(result(step, left.pop(0)))
    except StopIteration as end:
        assert left == [], "answers that nobody asked for"
        report: Report = end.value
        return report, steps


def argvs(steps: list[Command | Plan]) -> list[str]:
    return ["PLAN" if isinstance(step, Plan) else " ".join(step.argv) for step in steps]


# ── what is sent ──────────────────────────────────────────────────────────────────────────────────────────────────

LIST_P72, LIST_P75 = (f"lssyscfg -r lpar -m {system} -F name,lpar_id,state" for system in ("p72", "p75"))
PROGRESS = "lslparmigr -r lpar -m p72 --filter lpar_names=db01"
FULLEST = {
    "partition": "db01",
    "source": "p72",
    "destination": "p75",
    "hmc": "hmc2",
    "user": "hscroot",
    "profile": "moved",
    "redundantvios": "1",
    "mpio": "2",
    "vlanbridge": "2",
    "npivval": "portdisk",
    "redundantmsps": "2",
    "affinity": True,
    "source_msp": "vio1",
    "dest_msp": "vio2",
    "virtual_scsi_mappings": "11/vio2//160",
    "virtual_fc_mappings": "21//2//fcs0,22/vio1/1",
    "shared_proc_pool": "payroll",
    "dest_lpar_id": 44,
    "wait": 5,
    "detail": 3,
    "force": True,
    "verbose": True,
}
FULL_LINE = (
    "-m p72 -t p75 -p db01 --ip hmc2 -u hscroot -n moved --redundantvios 1 --mpio 2 --vlanbridge 2 --npivval portdisk "
    "--redundantmsps 2 -i source_msp_name=vio1,dest_msp_name=vio2,dest_lpar_id=44,shared_proc_pool_name=payroll,"
    'virtual_scsi_mappings=11/vio2//160,"virtual_fc_mappings=21//2//fcs0,22/vio1/1" -w 5 -d 3 --affinity --force -v'
)


def test_validate_sends_one_command() -> None:
    """With nothing but names it is one migrlpar, and nothing is asked beforehand."""
    _, steps = drive(VALIDATE, "")
    assert argvs(steps) == ["migrlpar -o v -m p72 -t p75 -p db01"]


def test_migrate_reads_validates_plans_moves_and_looks() -> None:
    """Its commands stand in this order, and it looks at both sides afterwards."""
    report, steps = drive(MIGRATE, AT_HOME, "", "", ARRIVED, GONE)
    assert argvs(steps) == [
        LIST_P72,
        "migrlpar -o v -m p72 -t p75 -p db01",
        "PLAN",
        "migrlpar -o m -m p72 -t p75 -p db01",
        LIST_P75,
        LIST_P72,
    ]
    assert (report.ending, report.headline) == (Ending.SUCCEEDED, "db01 is on p75 now, Running")


def test_status_and_stop_ask_the_source() -> None:
    """Both go to the source's HMC, by name or by id."""
    assert argvs(drive(STATUS, MOVING)[1]) == [PROGRESS]
    assert argvs(drive(STOP, MOVING, "", RESTING)[1]) == [PROGRESS, "PLAN", "migrlpar -o s -m p72 -p db01", PROGRESS]
    by_id = lpm.Stop(id=5, source="p72")
    sent = argvs(drive(by_id, MOVING, "", RESTING)[1])
    assert sent[0] == "lslparmigr -r lpar -m p72 --filter lpar_ids=5"
    assert sent[2] == "migrlpar -o s -m p72 --id 5"


def test_every_option_reaches_the_command_line() -> None:
    """The fullest operation is the documented synopsis, word for word, after the level was asked."""
    validated = argvs(drive(lpm.Validate.model_validate(FULLEST), V10, "")[1])
    assert validated == ["lshmc -V", f"migrlpar -o v {FULL_LINE}"]
    moved = argvs(drive(lpm.Migrate.model_validate(FULLEST), AT_HOME, V10, "", "", GONE)[1])
    assert moved == [LIST_P72, "lshmc -V", f"migrlpar -o v {FULL_LINE}", "PLAN", f"migrlpar -o m {FULL_LINE}", LIST_P72]


def test_only_the_plans_commands_change_something() -> None:
    """The plan holds the command that follows it, and what to do to stop it and to undo it."""
    _, steps = drive(MIGRATE, AT_HOME, "", "", ARRIVED, GONE)
    (plan,) = (step for step in steps if isinstance(step, Plan))
    changing = [step for step in steps if isinstance(step, Command) and step.effect > Effect.READS]
    assert [command.argv for command in plan.commands] == [command.argv for command in changing]
    assert {(fact.name, fact.value) for fact in plan.facts} >= {("db01 lpar_id", "5"), ("db01 state", "Running")}
    assert "/lpm stop db01 p72" in plan.stop
    assert "/lpm migrate db01 p75 p72" in plan.undo


def test_progress_is_read_while_it_moves() -> None:
    """The migration brings a read along that tells the share that is done."""
    _, steps = drive(MIGRATE, AT_HOME, "", "", ARRIVED, GONE)
    (moving,) = (step for step in steps if isinstance(step, Command) and step.effect > Effect.READS)
    assert moving.meanwhile is not None
    beside = moving.meanwhile.command
    assert " ".join(beside.argv) == PROGRESS
    assert beside.progress is not None
    progress = beside.progress(result(beside, MOVING))
    assert progress is not None
    assert (progress.state, progress.share) == ("Migration In Progress", 0.25)
    assert beside.progress(result(beside, ("not a list", 0))) is None


# ── how it ends ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", sorted(RECORDED.glob("*.raw")), ids=lambda path: path.stem)
def test_each_recorded_refusal_stops_both(path: Path) -> None:
    """What a machine refused is told by validate, and a migration ends before its plan."""
    text = path.read_text(encoding="utf-8")
    report, _ = drive(VALIDATE, (text, 1))
    assert report.ending is Ending.FAILED
    assert report.headline.startswith("can't: ")
    assert report.findings
    report, steps = drive(MIGRATE, AT_HOME, (text, 1))
    assert report.ending is Ending.FAILED
    assert "PLAN" not in argvs(steps)


def test_a_validation_that_passes_offers_the_migration() -> None:
    """The button asks for what was validated, with its options."""
    full = lpm.Validate(partition="db01", source="p72", destination="p75", mpio="2")
    report, _ = drive(full, "")
    assert (report.ending, report.headline) == (Ending.SUCCEEDED, "can migrate")
    assert [offer.text for offer in report.offers][-1] == "migrate db01 p72 p75 mpio=2"
    refused, _ = drive(VALIDATE, (RMC_LOST, 1))
    assert [offer.label for offer in refused.offers] == ["Validate again"]


def test_a_lost_connection_is_unknown() -> None:
    """No exit status is never success, and a change that was sent is not looked at as if it had ended."""
    assert drive(VALIDATE, ("", None))[0].ending is Ending.UNKNOWN
    assert drive(STATUS, ("", None))[0].ending is Ending.UNKNOWN
    assert drive(STOP, MOVING, ("", None))[0].ending is Ending.UNKNOWN
    report, steps = drive(MIGRATE, AT_HOME, ("", None))
    assert (report.ending, argvs(steps)[-1]) == (Ending.FAILED, "migrlpar -o v -m p72 -t p75 -p db01")
    assert report.headline.startswith("nothing was moved")
    report, _ = drive(MIGRATE, AT_HOME, "", ("", None))
    assert report.ending is Ending.UNKNOWN


@pytest.mark.parametrize(
    ("there", "here", "said"),
    [
        (GONE, AT_HOME, "db01 is on p72"),
        (ARRIVED, AT_HOME, "listed on both"),
        (GONE, GONE, "on neither p72 nor p75"),
        (("", 1), ("", 1), "couldn't read where db01 is"),
    ],
    ids=["still here", "on both", "on neither", "nobody answers"],
)
def test_success_that_nobody_sees_is_unknown(there: Answer, here: Answer, said: str) -> None:
    """Exit status 0 is believed when the partition is where it should be."""
    report, _ = drive(MIGRATE, AT_HOME, "", "", there, here)
    assert report.ending is Ending.UNKNOWN
    assert said in report.headline


def test_rmc_1141_is_unknown_wherever_the_partition_is() -> None:
    """The HMC that lost touch may have moved it: neither success nor failure is claimed."""
    for status in (0, 1):
        report, _ = drive(MIGRATE, AT_HOME, "", (RMC_LOST, status), ARRIVED, GONE)
        assert report.ending is Ending.UNKNOWN
        assert "db01 is on p75" in report.headline


def test_a_refused_migration_tells_where_it_stands() -> None:
    """A failure names the side on which the partition is."""
    report, _ = drive(MIGRATE, AT_HOME, "", ("HSCLA319 no\n", 1), GONE, AT_HOME)
    assert report.ending is Ending.FAILED
    assert "db01 is on p72, Running" in report.headline


def test_a_partition_is_missing_when_it_is_missing_twice() -> None:
    """One list without it is a stale one; after the second, near names are shown."""
    report, _ = drive(MIGRATE, GONE, AT_HOME, "", "", ARRIVED, GONE)
    assert report.ending is Ending.SUCCEEDED
    report, steps = drive(MIGRATE, "db02,6,Running\n", "db02,6,Running\n")
    assert argvs(steps) == [LIST_P72, LIST_P72]
    assert report.ending is Ending.FAILED
    assert report.lines == ("Did you mean db02?",)


def test_a_partition_not_found_by_validate_is_looked_up() -> None:
    """HSCL8012 is checked against the list: behind, or truly not there."""
    report, steps = drive(VALIDATE, (NOT_FOUND, 1), AT_HOME)
    assert argvs(steps)[-1] == LIST_P72
    assert "inventory was behind" in report.lines[0]
    report, _ = drive(VALIDATE, (NOT_FOUND, 1), "db02,6,Running\n")
    assert report.lines == ("Did you mean db02?",)


@pytest.mark.parametrize("unreadable", [("", 1), "one,two\n", '"never closed\n'], ids=["refused", "short", "torn"])
def test_an_unreadable_list_is_not_an_empty_one(unreadable: Answer) -> None:
    """A list that can't be read says so, and never that there is no such partition."""
    report, _ = drive(MIGRATE, unreadable, unreadable)
    assert report.ending is Ending.FAILED
    assert "didn't list" in report.headline


@pytest.mark.parametrize(
    ("option", "level"),
    [({"npivval": "port"}, 7), ({"redundantmsps": "1"}, 7), ({"affinity": True}, 7), ({"affinity": True}, 8)],
)
def test_an_older_level_refuses_newer_options(option: dict[str, object], level: int) -> None:
    """Below the option's level nothing is sent but the question for the level, and the answer names both."""
    report, steps = drive(VALIDATE.model_copy(update=option), V8.replace("8", str(level)))
    assert argvs(steps) == ["lshmc -V"]
    assert report.ending is Ending.FAILED
    assert f"V{level}" in report.headline
    assert next(iter(option)) in report.lines[0]
    report, _ = drive(MIGRATE.model_copy(update=option), AT_HOME, "nothing of a level")
    assert "didn't tell its level" in report.headline


def test_the_level_of_a_captured_hmc_is_read() -> None:
    """What a V10R3 HMC prints for `lshmc -V` is at V9 or later."""
    captured = CAPTURES / "lshmc_V_v10r3.txt"
    if not captured.exists():
        pytest.skip("the captures beside this repository are not there")
    report, _ = drive(VALIDATE.model_copy(update={"affinity": True}), captured.read_text(encoding="utf-8"), "")
    assert report.ending is Ending.SUCCEEDED


def test_a_destination_on_an_hmc_that_is_not_ours() -> None:
    """What left the source is said to have left, and where to look; one that we know is asked."""
    away = lpm.Migrate(partition="db01", source="p72", destination="p90", hmc="hmc9")
    report, steps = drive(away, AT_HOME, "", "", GONE)
    assert argvs(steps)[-1] == LIST_P72
    assert "left p72; look for it on p90" in report.headline
    assert "not managed by an HMC of mine" in report.lines[1]
    report, steps = drive(away, AT_HOME, "", "", ARRIVED, GONE, fleet=Fleet("hmc9"))
    asked = [step.host for step in steps if isinstance(step, Command)]
    assert asked[-2:] == ["hmc9", "hmc1"]
    assert report.ending is Ending.SUCCEEDED


def test_stop_stops_only_what_moves() -> None:
    """Nothing in flight: nothing is sent, and the report says what the HMC says."""
    report, steps = drive(STOP, RESTING)
    assert argvs(steps) == [PROGRESS]
    assert report.ending is Ending.FAILED
    assert report.lines == ("It says: Not Migrating",)
    assert "nothing to stop" in drive(STOP, "No results were found.\n")[0].headline
    assert drive(STOP, MOVING, ("HSCLA29B no\n", 1), MOVING)[0].ending is Ending.FAILED


@pytest.mark.parametrize("unread", [("", None), ("HSCL350B no authority\n", 1), "name=db01,lpar_id=5\n"])
def test_stop_goes_ahead_where_the_hmc_does_not_tell(unread: Answer) -> None:
    """What can't be read is not called at rest: the stop is sent, and the HMC refuses it if there is nothing."""
    report, steps = drive(STOP, unread, "", unread)
    assert "migrlpar -o s -m p72 -p db01" in argvs(steps)
    assert report.ending is Ending.SUCCEEDED


def test_a_stop_that_does_not_stop_is_unknown() -> None:
    """Exit status 0 while the HMC still shows it in flight is no success."""
    assert drive(STOP, MOVING, "", MOVING)[0].ending is Ending.UNKNOWN


def test_behind_an_id_the_name_is_approved_too() -> None:
    """Another partition behind the same id is another plan, and it is looked for by its name afterwards."""
    by_id = lpm.Migrate(id=5, source="p72", destination="p75")
    plans = []
    for name in ("db01", "payroll"):
        _, steps = drive(by_id, f"{name},5,Running\n", "", "", f"{name},9,Running\n", "other,5,Running\n")
        plans += [step for step in steps if isinstance(step, Plan)]
    digests = {plan.shown.digest(operation="lpm.migrate", parameters="{}", policy_version=1) for plan in plans}
    assert len(digests) == 2
    assert plans[0].moves.startswith("db01 (id 5) moves")


def test_status_lives_without_figures() -> None:
    """The state is enough; the share is told where the HMC gives it."""
    assert drive(STATUS, MOVING)[0].headline == "db01 on p72: Migration In Progress, 25% of the memory sent"
    assert drive(STATUS, RESTING)[0].headline == "db01 on p72: Not Migrating"
    assert drive(STATUS, ("HSCL350B no authority\n", 1))[0].ending is Ending.FAILED


# ── looking after an interruption ─────────────────────────────────────────────────────────────────────────────────


def test_look_goes_on_while_it_moves_and_then_tells_where_it_is() -> None:
    """It waits between looks, never before the first, and what it found stays unknown: a person decides."""
    report, steps = drive(MIGRATE, MOVING, MOVING, RESTING, ARRIVED, GONE, look=True)
    commands = [step for step in steps if isinstance(step, Command)]
    assert [step.after for step in commands[:3]] == [0.0, moving.LOOK_EVERY, moving.LOOK_EVERY]
    assert (report.ending, report.headline) == (Ending.UNKNOWN, "db01 is on p75 now, Running")
    assert [offer.text for offer in report.offers] == ["status db01 p72"]


def test_look_outlasts_an_hmc_that_is_away_but_not_for_ever() -> None:
    """A lost connection is not an answer; after many of them it tells what it can."""
    report, _ = drive(MIGRATE, ("", None), ("", None), RESTING, GONE, AT_HOME, look=True)
    assert report.headline == "db01 is on p72, Running"
    silent: list[Answer] = [("", None)] * (moving.UNHEARD_AT_MOST + 1)
    report, _ = drive(MIGRATE, *silent, ("", None), ("", None), look=True)
    assert "couldn't read where db01 is" in report.headline


def test_look_ends_although_the_hmc_says_moving_for_ever() -> None:
    """Even an HMC that is stuck is not watched longer than a migration may take."""
    stuck: list[Answer] = [MOVING] * moving.LOOKS_AT_MOST
    report, _ = drive(MIGRATE, *stuck, GONE, AT_HOME, look=True)
    assert report.ending is Ending.UNKNOWN


# ── whatever the machines answer ──────────────────────────────────────────────────────────────────────────────────

TEXTS = st.sampled_from([AT_HOME, GONE, ARRIVED, MOVING, RESTING, NOT_FOUND, RMC_LOST, V8, V10, ""]) | st.text(
    max_size=60
)
ANSWERS = st.lists(st.tuples(TEXTS, st.sampled_from([0, 0, 0, 1, 127, None])), max_size=12)
OPERATIONS = st.sampled_from(
    [
        VALIDATE,
        MIGRATE,
        STATUS,
        STOP,
        lpm.Migrate.model_validate(FULLEST),
        lpm.Migrate(id=5, source="p72", destination="p75", affinity=True),
        lpm.Stop(id=5, source="p72"),
    ]
)


@settings(max_examples=400)
@given(OPERATIONS, ANSWERS)
def test_nothing_changes_before_a_plan_and_nothing_but_the_plan_after(
    operation: Operation, answers: list[Answer]
) -> None:
    """Whatever the machines answer: a change comes after a plan that holds it, each once, and reads need no plan."""
    flow, left, planned = operation.flow(Fleet("hmc2")), list(answers), list[Command]()
    report: Report | None = None
    try:
        step = next(flow)
        while True:
            if isinstance(step, Plan):
                assert operation.effect > Effect.READS
                planned += step.commands
                step = next(flow)
                continue
            assert not isinstance(step, Batch)
            if step.effect > Effect.READS:
                assert planned.pop(0).argv == step.argv
            step = flow.send(result(step, left.pop(0) if left else ("", None)))
    except StopIteration as end:
        report = end.value
    assert report is not None
    assert report.headline
