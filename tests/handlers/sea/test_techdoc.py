"""The load-sharing techdoc's timeline, turned into looks, gives exactly what took place in it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from handlers import entstat
from handlers.sea.pair import Side
from tests.handlers.sea.looks import PAIR, Watch, look, untold
from tests.handlers.test_entstat import TREE, recorded

HERE = TREE / "tests" / "bot" / "lab" / "fleet" / "recorded" / "load-sharing.json"
SHARED = TREE.parent / "shared" / "captures" / "sea" / "load-sharing.json"
ADDED = {"ent5": (3, (33, 333)), "ent6": (4, (44,))}
COUNTED = {"E136EAFA": "primary", "40D97644": "backup"}
RULE = "-" * 62

# What takes place at each step, and what lasts after it.
EXPECTED: list[tuple[list[str], set[str]]] = [
    ([], set()),
    (["failover"], {"vios-unreachable"}),
    (["failback"], set()),
    ([], {"vios-unreachable", "backup-gone"}),
    ([], set()),
    (["changed", "changed", "dealt"], set()),
    (["changed", "changed"], set()),
    (["changed"], {"mode-differs"}),
    (["changed"], set()),
]


def printed(
    vios: str, told: dict[str, Any], trunks: dict[str, tuple[int, tuple[int, ...]]], counts: dict[str, int]
) -> str:
    """An answer with that state: a recording's, its failover and its trunks written anew."""
    text = recorded("sharing-primary" if vios == "p72vio1" else "sharing-backup")
    start, end = text.index("Virtual Adapter: ent1"), text.index(f"{RULE}\nControl Adapter")
    block = text[start : text.index(f"{RULE}\nVirtual Adapter: ent2")]
    made = [_trunk(block, name, *vlans, _active(told, vlans[0])) for name, vlans in trunks.items()]
    text = text[:start] + f"{RULE}\n".join(made) + text[end:]
    listed = "".join(f"    {name}: {' '.join(map(str, (pvid, *tags)))}\n" for name, (pvid, tags) in trunks.items())
    text = re.sub(r"VLAN Ids :\n(?:    ent\d.*\n)+", f"VLAN Ids :\n{listed}", text)
    shared = f"    VID shared: {' '.join(map(str, told['vid_shared']))}\n" if "vid_shared" in told else ""
    text = re.sub(r"    VID shared:.*\n", shared, text)
    for label, value in (
        ("State", told["state"]), ("Bridge Mode", told["bridge_mode"]), ("High Availability Mode", told["ha_mode"]),
        ("Number of Times Server became Primary", counts["primary"]),
        ("Number of Times Server became Backup", counts["backup"]), ("Limbo Packets", told.get("limbo_packets", 0)),
    ):  # fmt: skip
        text = re.sub(rf"^    {label}: .*$", f"    {label}: {value}", text, flags=re.MULTILINE)
    return text


def _active(told: dict[str, Any], pvid: int) -> bool:
    return pvid in told["vid_shared"] if "vid_shared" in told else told["bridge_mode"] == "All"


def _trunk(block: str, name: str, pvid: int, tags: tuple[int, ...], active: bool) -> str:
    text = block.replace("ent1", name)
    text = re.sub(r"Port VLAN ID: +\d+", f"Port VLAN ID:{pvid:>6}", text)
    text = re.sub(r"VLAN Tag IDs:.*", f"VLAN Tag IDs:{''.join(f'{each:>6}' for each in tags)}", text)
    return re.sub(r"Active: \w+", f"Active: {active}", text)


def replayed(timeline: dict[str, Any]) -> Watch:
    trunks = {name: (each["pvid"], tuple(each["tagged"])) for name, each in timeline["pair"]["trunks"].items()}
    counts = {"p72vio1": {"primary": 1, "backup": 0}, "p72vio2": {"primary": 0, "backup": 1}}
    now: dict[str, dict[str, Any] | None] = {}
    watch = Watch()
    for number, step in enumerate(timeline["steps"]):
        trunks |= ADDED if "ent5 and ent6" in step["event"] else {}
        for vios in PAIR.vioses:
            if vios not in step:  # as it was
                continue
            now[vios] = told = step[vios]
            if told is None:
                counts[vios] = {"primary": 0, "backup": 0}
            for line in (told or {}).get("errpt", []):
                counts[vios][COUNTED[line.split()[0]]] += 1
        watch.sees(look(*(_side(vios, now[vios], trunks, counts[vios]) for vios in PAIR.vioses), after=600.0 * number))
    return watch


def _side(
    vios: str, told: dict[str, Any] | None, trunks: dict[str, tuple[int, tuple[int, ...]]], counts: dict[str, int]
) -> Side:
    if told is None:
        return untold(vios)
    text = printed(vios, told, trunks, counts)
    return Side(vios=vios, sea="ent4", told=entstat.sea(text, "ent4"), raw=text)


@pytest.mark.parametrize("path", [HERE, SHARED], ids=["recorded", "captured"])
def test_the_timeline_gives_exactly_what_took_place(path: Path) -> None:
    """A failover, a failback, a backup lost in silence, halves dealt again, modes set, and nothing else."""
    if not path.exists():
        print(f"the captures beside this repository are not there: {path.name}")
        pytest.skip("the captures beside this repository are not there")
    watch = replayed(json.loads(path.read_text(encoding="utf-8")))
    found = [([each.rule for each in s.happenings], {each.rule for each in s.symptoms}) for s in watch.seen]
    assert found == EXPECTED
    assert watch.seen[1].happenings[0].said == "failover: the lead went from p72vio1 to p72vio2"
    assert watch.seen[2].happenings[0].said == "failback: the lead went from p72vio2 to p72vio1"
    assert watch.seen[5].happenings[-1].said == (
        "VLANs were dealt again: ent4 of p72vio1 bridged 1 10 11, and now 3 4 33 44 333"
    )
