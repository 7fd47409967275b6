"""What a managed system's lists come to for each partition, and what becomes of it where one can't be read."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import hmcout
from handlers.command import Command, Result
from handlers.drift import adapters, managed, systems
from handlers.drift.comparing import Did, Quiet, differences
from handlers.drift.managed import LISTS, Settings
from handlers.drift.partition import MEMORY
from handlers.drift.source import Source
from handlers.drift.value import packed, unpacked
from handlers.hmcout import Unreadable

TREE = Path(__file__).resolve().parents[3]
RECORDED = TREE / "tests" / "recorded" / "drift-system"
CAPTURES = TREE.parent / "shared" / "captures" / "hmc"
SOURCES: Mapping[str, Source] = {each.name: each for each in systems.ALL}
CASES = sorted(RECORDED.glob("*.raw"))
each_case = pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
AT = datetime(2026, 3, 1, tzinfo=UTC)
Texts = dict[str, str]  # by command


def texts(path: Path) -> Texts:
    """A recording has every command after a `$`, and what it printed below."""
    parts = path.read_text(encoding="utf-8").removeprefix("$ ").split("\n$ ")
    return {command: f"{text.rstrip(chr(10))}\n" for command, _, text in (part.partition("\n") for part in parts)}


def system_of(path: Path) -> str:
    return next(iter(texts(path))).split()[-1]


def looked(answers: Texts, system: str, lost: Mapping[str, int | None] | None = None) -> tuple[Settings, list[str]]:
    """Every command answered from the recording; `lost`: the status of those that fail."""
    asked: list[str] = []
    flow = managed.settings("hmc1", system)
    try:
        step = next(flow)
        while True:
            assert isinstance(step, Command)
            line = " ".join(step.argv)
            asked.append(line)
            status = (lost or {}).get(line, 0)
            text = answers[line] if status == 0 else "HSCL0001 it failed\n"
            step = flow.send(Result(command=step, exit_status=status, text=text, size=len(text)))
    except StopIteration as end:
        return end.value, asked


def quiet(found: Settings) -> dict[str, dict[str, object]]:
    return {
        question: json.loads(packed(SOURCES[question.partition(":")[0]].quiet(reading)))
        for question, reading in found.read.items()
    }


def test_every_source_is_recorded() -> None:
    """Each has a setting in what an HMC printed, and there is none but what is declared."""
    read = [looked(texts(path), system_of(path))[0].read for path in CASES]
    assert {each.partition(":")[0] for one in read for each, reading in one.items() if reading} == SOURCES.keys()


@each_case
def test_recorded_lists_mean_what_they_should(path: Path) -> None:
    """What an HMC printed on one side; on the other every setting, without noise, that nothing else is left of."""
    found, asked = looked(texts(path), system_of(path))
    assert found.unread == {}
    assert quiet(found) == json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert sorted(asked) == sorted(texts(path)), "one command for each list, however many partitions there are"
    assert all(unpacked(packed(reading)) == reading for reading in found.read.values())


@each_case
@pytest.mark.parametrize("odd", ["Segmentation fault", "<html>Bad gateway</html>", '"', "…", "name;state"])
def test_a_line_that_nobody_knows_makes_its_list_unreadable_and_no_other(path: Path, odd: str) -> None:
    """What comes of it isn't told as gone; what doesn't is read as ever."""
    system = system_of(path)
    whole, _ = looked(texts(path), system)
    for name in LISTS:
        line = " ".join(managed.argv(name, system))
        found, _ = looked(texts(path) | {line: f"{texts(path)[line]}{odd}\n"}, system)
        told = {each.partition(":")[0] for each in found.unread}
        assert name in told
        apart = {each for each in whole.read if name not in managed.lists_of(each)}
        assert {each: found.read[each] for each in apart} == {each: whole.read[each] for each in apart}
        assert found.read.keys() == apart
        of_each = {each for each in whole.read if managed.is_of_each(each.partition(":")[0])}
        assert found.asked(whole.read.keys()) >= of_each


@each_case
def test_a_list_that_is_cut_off_is_none(path: Path) -> None:
    """Nor is one that is empty, or that the HMC refuses; a lost connection is no answer at all."""
    system = system_of(path)
    for name in LISTS:
        line = " ".join(managed.argv(name, system))
        for told in ("", texts(path)[line].rstrip("\n")):
            found, _ = looked(texts(path) | {line: told}, system)
            assert name in found.unread
        for status in (1, None):
            found, _ = looked(texts(path), system, {line: status})
            assert name in found.unread


@each_case
def test_power_states_and_what_moves_by_itself_are_never_a_difference(path: Path) -> None:
    """A partition that is shut down, whatever an HMC then says of it, changes nothing; nor does one that RMC lost."""
    system, before = system_of(path), looked(texts(path), system_of(path))[0]
    lpars, mems = (" ".join(managed.argv(name, system)) for name in ("partitions", "memory"))
    off = texts(path)[lpars].replace("state=Running", "state=Not Activated").replace("boot_mode=norm", "boot_mode=null")
    off = off.replace("rmc_state=active", "rmc_state=inactive").replace("curr_profile=default_profile", "curr_profile=")
    off = off.replace("resource_config=1", "resource_config=0").replace("os_version=AIX", "os_version=Unknown")
    told = texts(path) | {lpars: off, mems: texts(path)[mems].replace("curr_mem=8192", "curr_mem=0")}
    after, _ = looked(told, system)
    assert differing(before, after) == []
    assert after.asked(before.read.keys()) == before.read.keys(), "what it ran with still counts"


def differing(before: Settings, after: Settings) -> list[tuple[Did, str]]:
    should, is_now = (
        {question: SOURCES[question.partition(":")[0]].quiet(reading) for question, reading in each.read.items()}
        for each in (before, after)
    )
    return [(each.did, each.name) for each in differences(SOURCES, should, is_now, Quiet(), AT)]


def test_every_noise_has_its_reason_and_every_explanation_a_line() -> None:
    """And an explanation speaks of a setting that isn't noise."""
    for source in SOURCES.values():
        assert all(rule.reason for rule in source.noise)
        assert all("\n" not in line and line for line in source.explained.values())
        assert not [key for key in source.explained if source.noisy(key)]


def test_a_partition_that_leaves_is_one_difference() -> None:
    """Not one for each of its settings, nor for the ends that its VIOS had for it."""
    path = RECORDED / "p72-changed.raw"
    told, system = texts(path), "p72"
    before, _ = looked(told, system)
    gone = {line: without(text, "db01") for line, text in told.items() if line != "lshmc -V"}
    after, _ = looked(told | gone, system)
    assert differing(before, after) == [(Did.GONE, "partitions/db01")]
    assert not [each for each in after.asked(before.read.keys()) if each.endswith(":db01")]


def without(text: str, name: str) -> str:
    """The lines that aren't of that partition; its VIOS's ends for it are gone by then, but stay in profiles."""
    own = (f"name={name},", f"lpar_name={name},", f"remote_lpar_name={name},")
    return "".join(f"{line}\n" for line in text.splitlines() if not any(each in line for each in own)) or (
        f"{hmcout.NO_RESULTS}\n"
    )


def test_a_vios_that_is_off_takes_nothing_from_its_clients() -> None:
    """Its ends of their adapters aren't read while it is down; neither those nor theirs are told as gone."""
    path = RECORDED / "p72-changed.raw"
    told, system = texts(path), "p72"
    line = " ".join(managed.argv("partitions", system))
    head = "name=p72vio1,lpar_id=1,lpar_env=vioserver,state="
    off = told[line].replace(f"{head}Running", f"{head}Not Activated")
    assert off != told[line]
    before, after = looked(told, system)[0], looked(told | {line: off}, system)[0]
    assert differing(before, after) == []
    assert "fc:db01" in before.read
    assert "fc:db01" not in after.read


def test_a_system_that_is_off_is_asked_nothing_further() -> None:
    """One reason in place of ten; all that it was last read to be still counts."""
    path = RECORDED / "p75.raw"
    line = " ".join(managed.argv("system", "p75"))
    told = texts(path) | {line: texts(path)[line].replace("Operating", "Power Off")}
    before, (found, asked) = looked(texts(path), "p75")[0], looked(told, "p75")
    assert asked == [line]
    assert found.unread == {"partitions": "partitions couldn't be read: p75 is Power Off"}
    assert before.read.keys() - found.asked(before.read.keys()) == {"console:hmc1", "firmware"}


@given(name=st.text(min_size=1, max_size=60))
def test_any_name_becomes_a_key_and_no_two_the_same(name: str) -> None:
    """Whatever a partition is called, it stands in the list."""
    row = {"name": name, "lpar_env": "aixlinux"}
    other = row | {"name": f"{name}/"}
    assert len(managed.listed([row, other])) == 2
    with pytest.raises(Unreadable):
        managed.listed([row, row])


@given(slots=st.lists(st.integers(2, 999), min_size=1, unique=True), vlans=st.lists(st.integers(1, 4094), max_size=3))
def test_a_profiles_list_is_read_whole_or_not_at_all(slots: list[int], vlans: list[int]) -> None:
    """Every adapter of it, quoted or not; anything between them that is none makes all of it unreadable."""
    tagged = ",".join(map(str, vlans))
    items = [f'"{slot}/1/1/{tagged}/0/1/ETHERNET0//all/none"' for slot in slots]
    assert list(adapters.ethernet_profiled(",".join(items), {})) == slots
    for odd in ("x", "5/1", "2/client/1/a/b", '"', f"{slots[0]}/0/1//0/0"):
        with pytest.raises(Unreadable):
            adapters.ethernet_profiled(",".join([*items, odd]), {})


def test_a_captured_profile_of_another_machine_is_read() -> None:
    """The adapters of a real V10 profile, trunks without tags."""
    path = CAPTURES / "lssyscfg_r_prof_v10r3_excerpt.txt"
    if not path.exists():
        pytest.skip("the captures of other people's machines aren't here")
    (row,) = hmcout.pairs(path.read_text())
    assert adapters.ethernet_profiled(row["virtual_eth_adapters"], {}) == {
        2: "VLAN 1, trunk with priority 1, on ETHERNET0",
        4: "VLAN 2, trunk with priority 1, on ETHERNET0",
    }
    (server,) = adapters.storage_profiled("scsi", row["virtual_scsi_adapters"]).values()
    assert adapters.storage_text(server) == "server to slot 2 of sys-R1-lp3"
    assert adapters.slots_profiled(row["io_slots"]) == {"21020013": "1", "21040015": "1"}


def test_a_partition_whose_profile_isnt_listed_is_read_by_what_it_runs_with() -> None:
    """Such as one that was activated as it last ran: what changes is told, and that nobody knows what comes isn't."""
    path = RECORDED / "p72-changed.raw"
    system, answers = system_of(path), texts(path)
    lists = " ".join(managed.argv(managed.PARTITIONS, system))
    (row,) = (each for each in answers[lists].splitlines() if each.startswith("name=db01,"))
    odd = row.replace("curr_profile=default_profile", "curr_profile=last*valid*configuration")
    assert odd != row
    whole, _ = looked(answers, system)
    found, _ = looked(answers | {lists: answers[lists].replace(row, odd)}, system)
    assert found.unread == {}
    assert found.read.keys() == whole.read.keys()
    told = differences(SOURCES, whole.read, found.read, Quiet(), AT)
    assert [each.name for each in told] == ["activation:db01/curr_profile"]
    back = differences(SOURCES, found.read, whole.read, Quiet(), AT)
    waiting = [name for name, value in whole.read["memory:db01"].items() if value.waits]
    assert {each.name for each in back} >= {
        "activation:db01/curr_profile",
        *(f"memory:db01/{each}" for each in waiting),
    }
    answers[lists] = answers[lists].replace(row, odd)
    memory = " ".join(managed.argv(MEMORY, system))
    (has,) = (each for each in answers[memory].splitlines() if each.startswith("lpar_name=db01,"))
    more = answers | {memory: answers[memory].replace(has, re.sub(r"curr_mem=\d+", "curr_mem=512", has))}
    later, _ = looked(more, system)
    (changed,) = differences(SOURCES, found.read, later.read, Quiet(), AT)
    assert (changed.name, changed.did) == ("memory:db01/curr_mem", Did.CHANGED)
