"""Virtual networks and disks, as HMC and VIOS list them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import disks, networks
from handlers.disks import Path as Way
from handlers.hmcout import Unreadable

RECORDED = Path(__file__).resolve().parents[2] / "tests" / "recorded"
LSMAP = sorted((RECORDED / "lsmap").glob("*.raw"))


def recorded(name: str) -> str:
    return (RECORDED / f"{name}.raw").read_text(encoding="utf-8")


def test_adapters_of_the_recorded_pair() -> None:
    """Two trunks with their tagged VLANs and the control channel, which is no trunk."""
    first, second, control = networks.adapters(recorded("lshwres/eth-p72vio1"))
    assert first.networks == {("ETHERNET0", vlan) for vlan in (1, 10, 11)}
    assert (second.slot, second.pvid, second.tagged, second.is_trunk) == (3, 2, (12, 13), True)
    assert (control.pvid, control.tagged, control.is_trunk) == (99, (), False)
    assert [each.priority for each in (first, second, control)] == [1, 1, None]


@pytest.mark.parametrize("path", LSMAP, ids=lambda path: path.stem)
def test_a_recorded_mapping_means_what_it_should(path: Path) -> None:
    """Each SEA with the slots of its trunks; an adapter without a SEA belongs to none."""
    found = networks.bridges(path.read_text(encoding="utf-8"))
    assert [each.model_dump(mode="json") for each in found] == json.loads(path.with_suffix(".json").read_text("utf-8"))


def test_a_mapping_tells_of_every_adapter() -> None:
    """Also of the control channel's, which belongs to no SEA."""
    found = networks.mapped(recorded("lsmap/net-p72vio1"))
    assert [(each.name, each.slot, each.sea, each.backing) for each in found] == [
        ("ent1", 2, "ent4", "ent0"), ("ent2", 3, "ent4", "ent0"), ("ent3", 4, None, ""),
    ]  # fmt: skip


ROW = "ent1,U9117.MMB.100302P-V1-C2-T1,ent4,ent0,Available,U78C0.001.DBJ0563-P1-C1-T1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HSCL2970 no\n",
        ROW.replace("ent4", "ent4;reboot"),
        ROW.replace("ent4", "$(reboot)"),
        ROW.replace("ent4", "ent4 && oem_setup_env"),
        ROW.replace("ent4", "entX"),
        ROW.replace("-C2-T1", ""),
        f"{ROW},more",
        "ent1,U9117.MMB.100302P-V1-C2-T1,ent4",
    ],
)
def test_only_names_of_adapters_become_words_of_a_command(text: str) -> None:
    """A SEA whose name could be more than a name is not read at all."""
    with pytest.raises(Unreadable):
        networks.bridges(text)


@given(st.text(max_size=200) | st.from_regex(r"ent[0-9],U1-V1-C2-T1,.{0,40},ent0,A,U2", fullmatch=True))
def test_no_answer_yields_another_name(text: str) -> None:
    """Whatever a VIOS prints, the names that come of it are `ent` and a number."""
    with contextlib.suppress(Unreadable):
        for each in networks.bridges(text):
            assert each.sea.removeprefix("ent").isdigit()
            assert each.sea.isascii()


def test_both_ends_tell_of_a_path() -> None:
    """By either adapter a client has a way to disks over each of the two VIOS."""
    both = {Way(client=client, vios=vios) for client in ("web01", "off01") for vios in ("p72vio1", "p72vio2")}
    assert disks.paths(recorded("lshwres/scsi-p72")) == both
    assert {each.client for each in disks.paths(recorded("lshwres/fc-p72"))} == {"db01"}


SERVER = "lpar_name=vio1,slot_num=5,adapter_type=server,remote_lpar_id={0},remote_lpar_name={1},remote_slot_num=any\n"


def test_an_adapter_for_anybody_is_a_path_of_nobody() -> None:
    """A server adapter that any client may connect to leads nowhere yet; one without its other end can't be read."""
    assert disks.paths(SERVER.format("any", "")) == frozenset()
    assert disks.paths(SERVER.format("any", "any")) == frozenset()
    assert disks.paths("No results were found.\n") == frozenset()
    for text in ("lpar_name=vio1,adapter_type=server\n", SERVER.format("1", "a").replace("server", "other"), ""):
        with pytest.raises(Unreadable):
            disks.paths(text)


@pytest.mark.parametrize("gone", ["lpar_name", "vswitch", "port_vlan_id", "is_trunk"])
def test_an_adapter_that_lacks_something_is_not_read(gone: str) -> None:
    """What is concluded from has to be there."""
    with pytest.raises(Unreadable, match=gone):
        networks.adapters(recorded("lshwres/eth-p72vio1").replace(f"{gone}=", "other="))
