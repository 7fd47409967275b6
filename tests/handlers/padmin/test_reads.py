"""What padmin is asked and what its answers mean: all of it against the simulated fleet, and the forms one by one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import CATALOG
from handlers import grammar
from handlers.command import Command, Result
from handlers.hmcout import Unreadable
from handlers.operation import Batch, Ending, Report
from handlers.padmin.devices import Range
from handlers.padmin.fibre import clients
from handlers.padmin.hardware import slots, vital
from handlers.padmin.itself import Bootlist, Licence, Motd
from handlers.padmin.mappings import scsi_hosts
from handlers.padmin.media import Media
from handlers.padmin.network import InterfaceState, Ports
from handlers.padmin.operations import OPERATIONS
from handlers.padmin.pools import pools
from handlers.padmin.routes import Routes
from handlers.padmin.security import FailedLogins
from handlers.padmin.settings import DiskAttributes
from handlers.reading import ViosRead
from handlers.table import Row, Table
from tests.house import tree, walk
from tests.house.fleetbook import Fleetbook

READS = [each for each in OPERATIONS if issubclass(each, ViosRead)]
RECORDED = tree.ROOT / "tests" / "recorded"
CASES = [(read, path) for read in READS for path in sorted((RECORDED / read.recorded).glob("*.raw"))]
FORMAL = [(read, path) for read, path in CASES if not read.of_people]
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


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("read", "path"), FORMAL, ids=lambda value: getattr(value, "stem", None))
def test_an_answer_that_is_cut_off_is_none(read: type[ViosRead], path: Path) -> None:
    """Its last line isn't whole: it is unreadable, however good it looks."""
    text = path.read_text(encoding="utf-8").rstrip("\n")
    if not text:
        return  # what prints nothing can't be cut
    reader = walk.smallest(read)
    assert isinstance(reader, ViosRead)
    with pytest.raises(Unreadable):
        tuple(reader.parse(text[:-1]))


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_whatever_is_printed_is_read_or_refused(case: tuple[type[ViosRead], Path], data: st.DataObject) -> None:
    """A recording with a part cut out, doubled or overwritten is a table that fits, or unreadable; nothing else."""
    read, path = case
    text = path.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    middle = data.draw(st.sampled_from(["", text[start:end] * 2, "\t", "x y", "\n", "9" * 40, "é"]))
    reader = walk.smallest(read)
    assert isinstance(reader, ViosRead)
    try:
        rows = tuple(reader.parse(text[:start] + middle + text[end:]))
    except Unreadable:
        return
    Table(columns=read.columns, rows=rows)


def parsed(read: ViosRead, text: str) -> list[Row]:
    return list(read.parse(text))


def test_an_adapter_without_targets_is_a_row() -> None:
    """Nothing is on it, and that is told."""
    text = (RECORDED / "lsmap-scsi" / "one-adapter.raw").read_text(encoding="utf-8")
    head = text[: text.index("VTD")]
    (host,) = scsi_hosts(f"{head}VTD                   NO VIRTUAL TARGET DEVICE FOUND\n")
    assert (host.name, host.targets) == ("vhost0", ())
    with pytest.raises(Unreadable):
        scsi_hosts(head)
    with pytest.raises(Unreadable):
        scsi_hosts(text.replace("Mirrored              false\n", ""))


def test_a_pool_of_files_is_one() -> None:
    """Its kind is told apart."""
    heading = "Pool              Size(mb)   Free(mb)  Alloc Size(mb)    BDs Type\n"
    (pool,) = pools(f"{heading}clients              10198       5072              64      1 FBPOOL\n")
    assert (pool.name, pool.free, pool.kind) == ("clients", 5072, "FBPOOL")


def test_a_slot_may_go_on_below() -> None:
    """More devices of one slot stand on lines of their own."""
    found = slots(
        "# Slot                  Description       Device(s)\n"
        "U78D9.001.78A0072-P1-C1 PCI-E capable     ent0 ent1\n"
        "                                          ent2\n"
        "U78D9.001.78A0072-P1-C2 PCI-E capable     Empty\n"
    )
    assert [each.devices for each in found] == [("ent0", "ent1", "ent2"), ()]


def test_vital_data_keeps_to_its_device() -> None:
    """What the platform tells at the end isn't the last device's."""
    text = (RECORDED / "lsdev-vpd" / "all.raw").read_text(encoding="utf-8")
    found = {(each.device, each.label): each.value for each in vital(text)}
    assert found["platform", "Machine/Cabinet Serial No"] == "78A0072"
    assert found["fcs0", "Network Address"].startswith("10000090")


@pytest.mark.parametrize(
    ("read", "text", "row"),
    [
        (Licence(vios="v"), "The license has not been accepted\n", ("not accepted", None)),
        (Bootlist(vios="v"), "ent0 client=10.0.0.2 bserver=10.0.0.1\n", (1, "ent0", None, None,
                                                                       "client=10.0.0.2 bserver=10.0.0.1")),
        (Bootlist(vios="v"), "hdisk3 blv=hd5 pathid=0,1\n", (1, "hdisk3", "hd5", "0,1", None)),
        (Range(vios="v", device="hdisk0", attribute="queue_depth"), "1...256 (+1)\n", ("1...256 (+1)",)),
        (FailedLogins(vios="v"), "UNKNOWN_ ssh Oct 20 11:02 (10.0.0.9)\n", ("UNKNOWN_", "ssh", "Oct 20 11:02",
                                                                            "10.0.0.9")),
        (InterfaceState(vios="v"), "Name  Mtu   Network     Address            Ipkts Ierrs    Opkts Oerrs  Coll\n"
         "en5*  1500  link#3      76.5d.f2.70.91.0       12     0       13     0     0\n",
         ("en5", "down", "link#3", "76.5d.f2.70.91.0", 1500, 12, 0, 13, 0, 0)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, ViosRead) else None,
)  # fmt: skip
def test_a_form_that_no_recording_has(read: ViosRead, text: str, row: Row) -> None:
    """It is read as it is meant."""
    assert parsed(read, text) == [row]


def test_of_several_routes_to_one_place_each_is_a_row() -> None:
    """The mark behind all but the last is no part of a value."""
    text = (RECORDED / "netstat-routes" / "costs.raw").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("default"))
    rows = parsed(Routes(vios="v"), text.replace(line, f"{line} =>\n{line}"))
    assert rows[0] == rows[1]


def test_older_levels_count_less_of_clients() -> None:
    """Which numbers there are is told by the heading; another number of them is refused."""
    text = (RECORDED / "fcstat" / "clients.raw").read_text(encoding="utf-8")
    assert set(clients(text)[0].counts) == {"inreqs", "outreqs"}
    more = text.replace("outreqs", "outreqs ctrlreqs")
    with pytest.raises(Unreadable):
        clients(more)


def test_listening_ports_are_picked_from_the_same_answer() -> None:
    """A socket that waits for nobody is left out only when that is asked for."""
    text = (RECORDED / "lstcpip-sockets" / "p72vio1.raw").read_text(encoding="utf-8")
    assert len(parsed(Ports(vios="v"), text)) == len(parsed(Ports(vios="v", listening=True), text)) + 1


def test_a_message_of_the_day_is_anything_that_can_be_printed() -> None:
    """People wrote it; what would move a terminal's cursor isn't shown."""
    assert parsed(Motd(vios="v"), "Grüße: HSCL2970 is no failure here\n") == [(1, "Grüße: HSCL2970 is no failure here")]
    with pytest.raises(Unreadable):
        parsed(Motd(vios="v"), "\x1b[2J\n")
