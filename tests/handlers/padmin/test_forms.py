"""The forms of padmin's answers: what isn't known is refused, and what no recording has is read as it is meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.hmcout import Unreadable
from handlers.padmin.devices import Range
from handlers.padmin.fibre import clients
from handlers.padmin.hardware import slots, vital
from handlers.padmin.itself import Bootlist, Licence, Motd
from handlers.padmin.mappings import scsi_hosts
from handlers.padmin.network import InterfaceState, Ports
from handlers.padmin.operations import OPERATIONS
from handlers.padmin.pools import pools
from handlers.padmin.routes import Routes
from handlers.padmin.security import FailedLogins
from handlers.reading import ViosRead
from handlers.table import Row, Table
from tests.house import tree, walk

READS = [each for each in OPERATIONS if issubclass(each, ViosRead)]
RECORDED = tree.ROOT / "tests" / "recorded"
CASES = [(read, path) for read in READS for path in sorted((RECORDED / read.recorded).glob("*.raw"))]
FORMAL = [(read, path) for read, path in CASES if not read.of_people]


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
