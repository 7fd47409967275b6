"""`entstat -all` of a SEA: by section, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import entstat, seas
from handlers.hmcout import Unreadable

TREE = Path(__file__).resolve().parents[2]
RECORDED = sorted((TREE / "tests" / "recorded" / "entstat").glob("*.raw"))
CAPTURES = TREE.parent / "shared" / "captures" / "vios"


def recorded(case: str) -> str:
    return (TREE / "tests" / "recorded" / "entstat" / f"{case}.raw").read_text(encoding="utf-8")


def captured(name: str) -> str:
    path = CAPTURES / name
    if not path.exists():
        pytest.skip(f"the capture {name} beside this repository is not there")
    return path.read_text(encoding="utf-8")


SHARING = recorded("sharing-backup")


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_recording_means_what_it_should(path: Path) -> None:
    """State, mode, link, trunks and control channel are each read from their own section."""
    found = entstat.sea(path.read_text(encoding="utf-8"), "ent4")
    assert found.model_dump(mode="json") == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def test_priority_is_the_seas_own() -> None:
    """`Priority:` stands in each trunk's block as well; the SEA's is that of its own part."""
    odd = SHARING.replace("  Priority: 2  Active: True", "  Priority: 7  Active: True")
    found = entstat.sea(odd, "ent4").failover
    assert found is not None
    assert found.priority == 2


def test_the_time_over_which_it_counts_is_its_own() -> None:
    """Each adapter's block has such a line; one that isn't there, or is odd, is refused."""
    own, other = "Elapsed Time: 30 days 0 hours 0 minutes 0 seconds", "Elapsed Time: 1 days 2 hours 3 minutes 4 seconds"
    assert entstat.elapsed(SHARING, "ent4") == 30 * 86_400
    assert entstat.elapsed(SHARING.replace(own, other, 1), "ent4") == ((24 + 2) * 60 + 3) * 60 + 4
    for odd in ("", "Elapsed Time: long\n", "Elapsed Time: -1 days 0 hours 0 minutes 0 seconds"):
        with pytest.raises(Unreadable):
            entstat.elapsed(SHARING.replace(own, odd, 1), "ent4")


def test_a_captured_trunk_is_read_with_its_tables() -> None:
    """What a real VIOS prints of a trunk, tags over two lines and tables of buffers included, is a block like ours."""
    start = SHARING.index("Virtual Adapter: ent2\n")
    end = SHARING.index(f"\n{'-' * 62}\nControl")
    text = f"{SHARING[:start]}Virtual Adapter: ent4\n\n{captured('entstat_d_virtual_trunk.txt')}{SHARING[end:]}"
    trunk = entstat.sea(text.replace("    ent2: 2 12 13", "    ent4: 4093 205"), "ent4").trunks[1]
    assert (trunk.pvid, trunk.switch, trunk.active, len(trunk.tagged)) == (4093, "vSwitch2", True, 12)


def test_a_captured_sea_without_its_adapters_is_cut_off() -> None:
    """The capture ends where its first adapter begins: that is no SEA whose link could be told."""
    with pytest.raises(Unreadable):
        entstat.sea(captured("entstat_d_sea_primary.txt"), "ent22")


@settings(max_examples=300, deadline=None)
@given(st.integers(0, len(SHARING) - 1))
def test_whatever_is_cut_off_is_not_fit(at: int) -> None:
    """An answer that ends anywhere before its end is unreadable, or what it lacks keeps it from being fit."""
    try:
        found = entstat.sea(SHARING[:at], "ent4")
    except Unreadable:
        return
    whole = entstat.sea(SHARING, "ent4")
    assert found == whole or seas.unfit(found), SHARING[at - 40 : at]


@pytest.mark.parametrize(
    "line",
    ["HSCL2970 The IOServer command has failed", "    State: BACKUP_SH", "    Health: good", "0516-1 no", "<!channel>"],
)
@pytest.mark.parametrize("after", ["    Limbo Packets: 0\n", "LAN State: Operational\n", "Number of adapters: 3\n"])
def test_a_line_that_is_not_known_is_refused(line: str, after: str) -> None:
    """A stranger in the part that decides, in a trunk's block or among the counters makes the whole unreadable."""
    with pytest.raises(Unreadable):
        entstat.sea(SHARING.replace(after, f"{after}{line}\n", 1), "ent4")


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("ETHERNET STATISTICS (ent4)", "ETHERNET STATISTICS (ent5)"),
        ("    ent2: 2 12 13\n", ""),
        ("    Bridge Mode: Partial\n", ""),
        ("    Priority: 2\n", "    Priority: 2\n    Priority: 2\n"),
        ("Switch ID: ETHERNET0\n", ""),
        ("Port VLAN ID:     1\n", "Port VLAN ID:     x\n"),
        ("Link Status: Up\n", "y" * 300 + "\n"),
        ("Real Adapter: ent0", "Virtual Adapter: ent0"),
    ],
)
def test_what_is_missing_or_twice_is_refused(was: str, becomes: str) -> None:
    """Another adapter's answer, a section without its end, a label twice: unreadable."""
    assert was in SHARING
    with pytest.raises(Unreadable):
        entstat.sea(SHARING.replace(was, becomes, 1), "ent4")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_no_text_is_read_as_a_sea(text: str) -> None:
    """Whatever a machine prints, it is a SEA or Unreadable, and no other fault comes of it."""
    with pytest.raises(Unreadable):
        entstat.sea(text, "ent4")


AGGREGATED = (
    "ETHERNET STATISTICS (ent0) :\nDevice Type: IEEE 802.3ad Link Aggregation\n\nNumber of adapters: 2\n{0}"
    "ETHERNET STATISTICS (ent8) :\nLink Status : {1}\n\nETHERNET STATISTICS (ent9) :\nLink Status : {2}\n"
)


@pytest.mark.parametrize(("first", "second", "up"), [("Up", "Down", True), ("Down", "Down", False), ("Up", "Up", True)])
def test_an_aggregation_has_link_while_one_port_has(first: str, second: str, up: bool) -> None:
    """Each port of a link aggregation has a block of its own within the block."""
    start, end = SHARING.index("ETHERNET STATISTICS (ent0)"), SHARING.index(f"{'-' * 62}\nVirtual Adapter: ent1")
    rule = f"{'-' * 20}\n"
    found = entstat.sea(SHARING[:start] + AGGREGATED.format(rule, first, second) + SHARING[end:], "ent4")
    assert found.link_up is up


def test_a_link_that_is_not_told_is_not_up() -> None:
    """A driver that says nothing of its link leaves it open, and the SEA isn't fit."""
    found = entstat.sea(SHARING.replace("Link Status: Up\n", ""), "ent4")
    assert found.link_up is None
    assert seas.unfit(found) == ["the link of its port ent0 is not told"]
