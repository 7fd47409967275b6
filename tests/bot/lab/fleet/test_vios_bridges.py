"""padmin builds SEAs and link aggregations; how a pair agrees follows from what was built."""

from __future__ import annotations

import pytest

from bot.lab.fleet.ethernet import VirtualEthernet
from bot.lab.fleet.events import AdapterAdded, LinkChanged
from tests.bot.lab.fleet.keyboard import Keyboard
from tests.bot.lab.fleet.pair import VIOS, Pair

MAKE = "mkvdev -sea ent0 -vadapter ent1,ent2 -default ent1 -defaultid 1 -attr ha_mode=sharing ctl_chan=ent3"


def without_seas() -> Pair:
    stage = Pair()
    for name in VIOS:
        assert stage.says(name, "rmdev -dev ent4") == "ent4 deleted\n"
    return stage


def test_a_pair_that_is_built_shares_as_the_techdoc_tells() -> None:
    """The techdoc's two commands print what it prints, and the pair shares the VLANs as it shows."""
    stage = without_seas()
    for name in VIOS:
        assert stage.says(name, MAKE) == "ent4 Available\nen4\net4\n"
    assert stage.states() == ("PRIMARY_SH", "BACKUP_SH")
    first, second = (stage.sea(name) for name in VIOS)
    assert first is not None
    assert second is not None
    assert (first["vid_shared"], second["vid_shared"]) == ([1, 10, 11], [2, 12, 13])


def test_a_sea_that_is_removed_leaves_all_to_its_mate() -> None:
    """Sharing, the primary's is taken away: the other bridges everything, and its log says so."""
    stage = without_seas()
    for name in VIOS:
        stage.says(name, MAKE)
    assert stage.says("p72vio1", "rmdev -dev ent4") == "ent4 deleted\n"
    second = stage.sea("p72vio2")
    assert second is not None
    assert (second["state"], second["bridge_mode"]) == ("PRIMARY", "All")
    assert "BECOME PRIMARY" in stage.log("p72vio2")[-1]
    assert stage.says("p72vio1", "lsdev -type sea -field name").split() == ["name"]
    assert "NO SHARED ETHERNET ADAPTER FOUND" in stage.says("p72vio1", "lsmap -all -net")


def test_without_a_mode_a_sea_stands_alone() -> None:
    """The default is no failover: entstat has no such part, and the attributes are as they were given."""
    stage = without_seas()
    stage.says("p72vio1", "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1 -attr netaddr=10.143.180.1")
    assert "High Availability" not in stage.says("p72vio1", "entstat -all ent4")
    assert stage.says("p72vio1", "lsdev -dev ent4 -attr ha_mode") == "value\n\ndisabled\n"
    assert stage.says("p72vio1", "lsdev -dev ent4 -attr netaddr") == "value\n\n10.143.180.1\n"
    assert stage.says("p72vio1", "lsmap -vadapter ent1 -net -field sea backing -fmt :") == "ent4:ent0\n"


@pytest.mark.parametrize(
    "line",
    [
        "mkvdev -sea ent0 -vadapter ent1 -default ent1",
        "mkvdev -sea ent9 -vadapter ent1 -default ent1 -defaultid 1",
        "mkvdev -sea ent0 -vadapter ent1 -default ent2 -defaultid 1",
        "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 2",
        "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 4095",
        "mkvdev -sea ent0 -vadapter ent3 -default ent3 -defaultid 99",
        "mkvdev -sea ent0 -vadapter ent1,ent1 -default ent1 -defaultid 1",
        "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1 -attr ha_mode=never",
        "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1 -attr colour=blue",
        "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1 -attr ctl_chan=ent2",
        "mkvdev -sea ent1 -vadapter ent2 -default ent2 -defaultid 2",
        "mkvdev -lnagg ent1",
        "mkvdev -lnagg",
        "cfglnagg -add ent0 ent1",
    ],
)
def test_what_no_sea_can_be_is_refused(line: str) -> None:
    """With a status and words, and nothing is made."""
    stage = without_seas()
    before = stage.world.fleet
    out, err, status = stage.typed("p72vio1", line)
    assert (out, bool(err), bool(status)) == ("", True, True)
    assert stage.world.fleet == before


def test_two_seas_have_no_adapter_in_common() -> None:
    """What one has the other can't be made of."""
    stage = Pair()
    out, err, status = stage.typed("p72vio1", "mkvdev -sea ent0 -vadapter ent2 -default ent2 -defaultid 2")
    assert (out, status) == ("", 1)
    assert "Method error" in err


def test_chdev_changes_what_a_sea_stands_on() -> None:
    """PVID and default adapter together; the control channel can be taken away and given back."""
    stage = Pair()
    stage.chdev("p72vio1", "pvid=2 pvid_adapter=ent2")
    assert stage.says("p72vio1", "lsdev -dev ent4 -attr pvid_adapter") == "value\n\nent2\n"
    stage.chdev("p72vio2", "ctl_chan=")
    assert stage.states() == ("PRIMARY", "PRIMARY")
    stage.chdev("p72vio2", "ctl_chan=ent3")
    assert stage.states() == ("PRIMARY", "BACKUP")


def padmin(keyboard: Keyboard, line: str) -> str:
    return keyboard.says(line, on="p75vio1", user="padmin")


def test_a_link_aggregation_carries_while_one_of_its_ports_has_a_link() -> None:
    """Built of two spare ports, under a SEA of its own; with both cables pulled the SEA is in limbo."""
    keyboard = Keyboard()
    spare = VirtualEthernet(name="ent9", slot=90, mac="7600000000AA", pvid=77, trunk_priority=1)
    keyboard.happen(AdapterAdded(system="p75", partition="p75vio1", adapter=spare))
    assert padmin(keyboard, "mkvdev -lnagg ent5,ent6 -attr mode=8023ad") == "ent7 Available\nen7\net7\n"
    made = padmin(keyboard, "mkvdev -sea ent7 -vadapter ent9 -default ent9 -defaultid 77 -attr ha_mode=auto")
    assert made == "ent8 Available\nen8\net8\n"
    assert "Aggregation" in padmin(keyboard, "entstat -all ent8")
    states = []
    for port, up in (("ent5", False), ("ent6", False), ("ent5", True)):
        keyboard.happen(LinkChanged(system="p75", partition="p75vio1", port=port, up=up))
        states.append(padmin(keyboard, "entstat -all ent8 | grep State: | head -1").split()[-1])
    assert states == ["PRIMARY", "LIMBO", "PRIMARY"]
    refused = keyboard.refused("rmdev -dev ent7", on="p75vio1", user="padmin")
    assert "0514-062" in refused


def test_ports_join_and_leave_a_link_aggregation() -> None:
    """One is made of one port, a second joins, the first leaves; the last can't."""
    keyboard = Keyboard()
    padmin(keyboard, "mkvdev -lnagg ent5")
    assert padmin(keyboard, "cfglnagg -add ent7 ent6") == ""
    assert padmin(keyboard, "lsdev -dev ent7 -attr adapter_names") == "value\n\nent5,ent6\n"
    padmin(keyboard, "cfglnagg -rm ent7 ent5")
    padmin(keyboard, "cfglnagg -add -backup ent7 ent5")
    assert padmin(keyboard, "lsdev -dev ent7 -attr backup_adapter") == "value\n\nent5\n"
    assert "0514-040" in keyboard.refused("cfglnagg -rm ent7 ent6", on="p75vio1", user="padmin")
    assert "0514-040" in keyboard.refused("cfglnagg -add ent7 ent0", on="p75vio1", user="padmin")
    assert padmin(keyboard, "rmdev -dev ent7") == "ent7 deleted\n"
