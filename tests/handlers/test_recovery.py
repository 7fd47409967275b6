"""`/lpm recover`, and `/lpm` where nobody says where a partition runs."""

from __future__ import annotations

import pytest

from handlers.lpm import operations as lpm
from handlers.operation import Ending
from handlers.place import Place
from handlers.plan import Plan
from tests.handlers.test_lpm import AT_HOME, GONE, MOVING, NOT_FOUND, RESTING, argvs, drive
from tests.house import walk

BROKEN = "name=db01,lpar_id=5,migration_state=Migration Failed\n"
RECOVER = lpm.Recover(partition="db01", source="p72")


def test_what_broke_is_cleared_up_and_looked_at() -> None:
    """The exact words once, with the state as a fact of the plan; and where the partition is afterwards."""
    report, steps = drive(RECOVER, BROKEN, "", RESTING, AT_HOME)
    (plan,) = [step for step in steps if isinstance(step, Plan)]
    assert argvs(steps)[2] == "migrlpar -o r -m p72 -p db01"
    assert [(fact.name, fact.value) for fact in plan.facts] == [("migration", "Migration Failed")]
    assert plan.locks == ("partition db01 on p72",)
    assert report.ending is Ending.SUCCEEDED
    assert report.headline == "the broken migration of db01 is cleared up; db01 is Running on p72"


def test_every_option_is_sent() -> None:
    """By id, to another HMC, by force."""
    full = lpm.Recover(id=5, source="p72", hmc="hmc2", user="hscroot", force=True)
    _, steps = drive(full, BROKEN, AT_HOME, "", RESTING, AT_HOME)
    assert argvs(steps)[3] == "migrlpar -o r -m p72 --id 5 --ip hmc2 -u hscroot --force"


def test_by_its_id_it_is_locked_by_its_name() -> None:
    """So that it meets whoever works on it by that; without the name nobody is asked."""
    by_id = lpm.Recover(id=5, source="p72")
    _, steps = drive(by_id, BROKEN, AT_HOME, "", RESTING, AT_HOME)
    (plan,) = [step for step in steps if isinstance(step, Plan)]
    assert (plan.locks, plan.affected) == (("partition db01 on p72",), ("db01",))
    for unread in (("", None), GONE):
        report, steps = drive(by_id, BROKEN, unread)
        assert report.headline == "can't: hmc1 doesn't tell the name of id 5 on p72"
        assert "PLAN" not in argvs(steps)


@pytest.mark.parametrize("status", [0, 1])
@pytest.mark.parametrize(
    ("migration", "partitions", "told"),
    [
        (("", None), ("", None), "unknown: hmc1 tells nothing of a migration of it"),
        (("HSCL2970 no\n", 1), AT_HOME, "unknown: hmc1 tells nothing of a migration of it"),
        (("", None), GONE, "unknown: hmc1 tells nothing of a migration of it"),
        ("odd", ("db01\n", 0), "unknown: hmc1 tells nothing of a migration of it"),
        (RESTING, ("", None), "unknown: what p72 lists couldn't be read"),
    ],
)
def test_what_cant_be_read_afterwards_is_unknown(
    migration: str | tuple[str, int | None], partitions: str | tuple[str, int | None], told: str, status: int
) -> None:
    """Whatever the command said, it isn't told as cleared up, nor as failed."""
    report, _ = drive(RECOVER, BROKEN, ("", status), migration, partitions)
    assert (report.ending, report.headline) == (Ending.UNKNOWN, told)
    assert f"The command ended with exit status {status}." in report.lines


def test_a_refused_recovery_succeeds_by_what_is_read_alone() -> None:
    """The HMC shows no migration any more: then it is so, and its exit status is told beside it."""
    report, _ = drive(RECOVER, BROKEN, ("HSCL2970 no\n", 1), RESTING, AT_HOME)
    assert (report.ending, report.lines[-1]) == (Ending.SUCCEEDED, "The command ended with exit status 1.")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (RESTING, "nothing to recover: hmc1 shows no migration of db01"),
        (MOVING, "can't: the migration of db01 hasn't broken"),
        ("No results were found.\n", "can't: hmc1 tells no migration state of db01"),
        ((NOT_FOUND, 1), "can't: hmc1 tells no migration state of db01"),
        (("", None), "can't: hmc1 tells no migration state of db01"),
    ],
)
def test_only_what_broke_is_recovered(answer: str | tuple[str, int | None], told: str) -> None:
    """Nobody is asked, and nothing is sent, where there is no migration or one that may still go well."""
    report, steps = drive(RECOVER, answer)
    assert (report.ending, report.headline) == (Ending.FAILED, told)
    assert len(steps) == 1


def test_exiting_well_is_not_the_end() -> None:
    """While the HMC still shows it broken it isn't recovered, however well the command exited."""
    report, _ = drive(RECOVER, BROKEN, "", BROKEN, AT_HOME)
    assert (report.ending, report.headline) == (
        Ending.FAILED,
        "it exited well, and yet it isn't recovered: Migration Failed",
    )
    report, _ = drive(RECOVER, BROKEN, ("HSCL2970 no\n", 1), BROKEN, AT_HOME)
    assert report.headline == "the HMC refused: Migration Failed"
    assert [finding.code for finding in report.findings] == ["HSCL2970"]
    report, _ = drive(RECOVER, BROKEN, ("", None))
    assert report.ending is Ending.UNKNOWN
    report, _ = drive(RECOVER, BROKEN, "", ("", None), AT_HOME)
    assert report.ending is Ending.UNKNOWN
    report, _ = drive(RECOVER, BROKEN, look=True)
    assert (report.ending, report.headline) == (Ending.UNKNOWN, "db01 on p72: Migration Failed")


# ── where it runs ─────────────────────────────────────────────────────────────────────────────────────────────────


class Known(walk.OneHmc):
    """db01 is on p72."""

    def partition(self, name: str, system: str | None = None) -> Place:
        return Place(hmc=walk.HMC, system=system or "p72", name=name)


def test_where_it_runs_is_looked_up() -> None:
    """The managed system that the inventory knows stands in the command, in offers and among what rules see."""
    short = lpm.Validate(partition="db01", destination="p75")
    step = next(short.flow(Known()))
    assert " ".join(step.argv) == "migrlpar -o v -m p72 -t p75 -p db01"  # type: ignore[union-attr]  # a command
    assert set(short.reach(Known())) == {"db01", "p72", "p75"}
    assert set(short.targets()) == {"db01", "p75"}
    with pytest.raises(StopIteration) as end:
        next(lpm.Migrate(partition="db01", destination="p72").flow(Known()))
    assert end.value.value.headline == "can't: db01 is on p72 already"
