"""What padmin is asked and what its answers mean: all of it against the simulated fleet, and the forms one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from bot.app import CATALOG
from handlers import grammar
from handlers.command import Command, Result
from handlers.operation import Batch, Ending, Report
from handlers.padmin.media import Media
from handlers.padmin.operations import OPERATIONS
from handlers.padmin.settings import DiskAttributes
from handlers.padmin.statistics import DiskStatistics
from handlers.pictures import SeriesPicture
from handlers.reading import ViosRead
from handlers.table import Table
from tests.house import walk
from tests.house.fleetbook import Fleetbook

READS = [each for each in OPERATIONS if issubclass(each, ViosRead)]
NO_REPOSITORY = "HSCL2970 The IOServer command has failed because of the following reason:\n{text}\nrc={status}\n"


@pytest.fixture(scope="module")
def fleet() -> Fleetbook:
    return Fleetbook()


def asked(text: str) -> ViosRead:
    found = grammar.read(CATALOG, "vios", text)
    assert isinstance(found, grammar.Asked), found
    assert isinstance(found.operation, ViosRead)
    return found.operation


def driven(read: ViosRead, *answers: tuple[str, int]) -> Report:
    """The report of a read whose commands are answered in order."""
    flow, left = read.flow(walk.OneHmc()), [*answers]

    def answer(command: Command) -> Result:
        text, status = left.pop(0)
        return Result(command=command, exit_status=status, text=text, size=len(text))

    try:
        step = next(flow)
        while True:
            assert isinstance(step, Batch)
            step = flow.send(tuple(map(answer, step.commands)))
    except StopIteration as end:
        report: Report = end.value
        return report


def table(report: Report) -> Table:
    assert report.table is not None
    return report.table


# ── against the fleet ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("read", READS, ids=lambda read: read.verb)
def test_its_example_is_answered_by_a_vios(read: type[ViosRead], fleet: Fleetbook) -> None:
    """With a whole table, from the machine's own shell, by way of its HMC."""
    sent, report = fleet.driven(asked(read.example))
    assert report.ending is Ending.SUCCEEDED, (report.headline, table(report).missing)
    assert table(report).missing == ()
    assert {command.argv[0] for command in sent} == {"viosvrcmd"}


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("disk-maps p72vio1 adapter=vhost0 fields=vtd", 1, 1),
        ("disk-maps p72vio1 type=tape", 9 + 2, 0),  # exit status 15 there: none of that kind
        ("network-maps p72vio1 adapter=ent2 fields=sea,backing", 2, 1),
        ("pools p72vio1 which=default", 8, 1),
        ("pools p72vio1 detail=yes", 5, 1),
        ("attributes p72vio1 hdisk0 attribute=queue_depth", 4, 1),
        ("devices * type=sea", 5, 6),
        ("ports p72vio1 listening=yes", 8, 4),
        ("routes p72vio1 table=yes", 11, 4),
        ("users p72vio1 user=padmin", 12, 1),
        ("errors p72vio1 detail=yes", 11, 0),
        ("fcstat p72vio1 fcs0 client=yes", 13, 4),
        ("disk-statistics p72vio1 of=system", 10, 3),
        ("paths p72vio1 disk=hdisk0", 6, 8),
        ("backing-devices p72vio1 pool=rootvg", 6, 0),
    ],
)
def test_its_parameters_choose(text: str, columns: int, rows: int, fleet: Fleetbook) -> None:
    """What is asked for is what the table has, and the columns are those that it can fill."""
    _, report = fleet.driven(asked(text))
    assert (report.ending, table(report).missing) == (Ending.SUCCEEDED, ())
    assert (len(table(report).columns), len(table(report).rows)) == (columns, rows)


def test_a_refusal_is_told_in_the_machines_words(fleet: Fleetbook) -> None:
    """A device that isn't there is no empty table."""
    _, report = fleet.driven(asked("attributes p72vio1 hdisk999"))
    assert report.ending is Ending.FAILED
    assert "exit status 1, lsattr: 0514-519 The following device was not found" in table(report).missing[0]


def test_every_disk_is_asked_by_itself(fleet: Fleetbook) -> None:
    """One row for each, of every VIOS that is meant; virtual target devices are no disks."""
    sent, report = fleet.driven(asked("disk-attributes p72vio* queue_depth"))
    lines = [command.argv[-1] for command in sent]
    assert lines[:2] == ["lsdev -type disk"] * 2
    assert all(line.startswith("lsdev -dev hdisk") and line.endswith(" -attr queue_depth") for line in lines[2:])
    assert [column.name for column in table(report).columns] == ["vios", "system", "disk", "value"]
    assert len(table(report).rows) == len(lines) - 2 > 20
    assert {row[3] for row in table(report).rows} == {"20"}


def test_disks_are_compared_by_what_matters(fleet: Fleetbook) -> None:
    """Without an attribute one answer of each disk gives all of them, numbers as numbers."""
    _, report = fleet.driven(
        asked("disk-attributes p72vio1 filter=queue_depth<32 fields=disk,reserve_policy,queue_depth")
    )
    assert ("hdisk0", "no_reserve", 20) in table(report).rows


def test_enough_readings_are_drawn_as_well(fleet: Fleetbook) -> None:
    """What went through each VIOS in the time that was looked at; the reading since the start is no part of it."""
    at = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
    sent, report = fleet.driven(asked("disk-statistics p72vio* every=5 readings=12"))
    assert [(command.argv[-1], command.deadline) for command in sent] == [("viostat 5 12", 120.0)] * 2
    (picture,) = (each.as_of(at) for each in report.pictures)
    assert isinstance(picture, SeriesPicture)
    assert [(one.name, len(one.readings)) for one in picture.series] == [("p72vio1", 11), ("p72vio2", 11)]
    assert picture.window == (at - timedelta(seconds=50), at)
    disks = [row for row in table(report).rows if row[:2] == ("p72vio1", 12)]
    assert picture.series[0].readings[-1].value == pytest.approx(sum(float(row[4] or 0) for row in disks))
    assert fleet.driven(asked("disk-statistics p72vio1"))[1].pictures == ()


def test_nobody_waits_for_readings_for_ever() -> None:
    """How long all of them may take together is bounded."""
    with pytest.raises(ValidationError, match="take 3600 s, and 600 are waited for"):
        DiskStatistics(vios="p72vio1", every=60, readings=60)


# ── what is missing is said ───────────────────────────────────────────────────────────────────────────────────────

LISTED = "name             status      description\n"
DISKS = "".join(f"hdisk{n}           Available   MPIO Other FC SCSI Disk Drive\n" for n in range(3))
ONE = "value\n\nno_reserve\n"


def test_a_disk_that_gives_no_answer_is_named() -> None:
    """The others keep their rows, and the read has failed: a table with a hole is no whole table."""
    report = driven(
        DiskAttributes(vios="vio1", attribute="reserve_policy"), (LISTED + DISKS, 0), (ONE, 0), ("busy", 1), (ONE, 0)
    )
    assert report.ending is Ending.FAILED
    assert [row[2] for row in table(report).rows] == ["hdisk0", "hdisk2"]
    assert table(report).missing[0].startswith("hdisk1 of vio1 on FRAME: it couldn't be read: exit status 1, busy")
    assert report.headline == "2 of 3 disks answered"


def test_a_vios_without_disks_has_none() -> None:
    """Nothing more is asked, and nothing is said to be missing."""
    report = driven(DiskAttributes(vios="vio1"), (LISTED, 0))
    assert (report.ending, table(report).rows, report.headline) == (Ending.SUCCEEDED, (), "0 disks")


def test_no_repository_is_nothing_and_another_refusal_is_one() -> None:
    """It is told apart by the machine's words; whatever else it refuses is shown."""
    none = NO_REPOSITORY.format(text="The DVD repository has not been created yet.", status=1)
    assert driven(Media(vios="vio1"), (none, 1)).ending is Ending.SUCCEEDED
    other = NO_REPOSITORY.format(text="0516-062 Unable to read or write logical volume manager", status=1)
    report = driven(Media(vios="vio1"), (other, 1))
    assert (report.ending, "0516-062" in table(report).missing[0]) == (Ending.FAILED, True)


@pytest.mark.parametrize(("status", "is_none"), [(15, True), (16, False), (115, False)])
def test_no_adapters_is_told_by_the_status_there(status: int, is_none: bool) -> None:
    """The HMC exits with 1 whatever it was; the last line has the status that the VIOS gave."""
    told = NO_REPOSITORY.format(text="whatever", status=status)
    report = driven(asked("disk-maps p72vio1"), (told, 1))
    assert (report.ending is Ending.SUCCEEDED) is is_none
