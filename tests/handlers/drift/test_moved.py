"""A host before a migration and after it: what is said of it, and what comes with another managed system alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from handlers.drift import moved
from handlers.drift.sources import SOURCES
from handlers.drift.value import Reading, Value

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
BEFORE: dict[str, Reading] = {
    "no": {"tcp_sendspace": Value("262144"), "rfc1323": Value("1")},
    "attributes:sys0": {"systemid": Value("IBM,1"), "maxuproc": Value("128"), "os_uuid": Value("a-b")},
    "file:/etc/hosts": {"content": Value("1", text="a\nb\n")},
}


def told(unread: tuple[str, ...] = (), **after: Reading) -> tuple[str, ...]:
    names = {"sys0": "attributes:sys0", "hosts": "file:/etc/hosts"}
    now = BEFORE | {names.get(name, name): reading for name, reading in after.items()}
    return moved.told("db01", BEFORE, now, unread, SOURCES, AT)


def test_nothing_is_said_to_differ_with_how_much_was_held_against_each_other() -> None:
    """The one sentence that whoever migrated it waits for."""
    assert told() == ("db01 before and after: nothing of 6 settings differs",)


def test_what_comes_with_another_managed_system_is_named_and_no_difference() -> None:
    """The partition's own id is none of it: it moves along."""
    other = {"systemid": Value("IBM,2"), "maxuproc": Value("128"), "os_uuid": Value("a-b")}
    (head,) = told(sys0=other)
    assert head.endswith("nothing of 6 settings differs, but for what comes with another managed system: "
                         "attributes:sys0/systemid")  # fmt: skip
    head, line = told(sys0=other | {"os_uuid": Value("c-d")})
    assert "1 of 6" in head
    assert line == "attributes:sys0/os_uuid a-b → c-d"


def test_what_differs_is_named_a_text_by_its_lines() -> None:
    """Both values, and of a file what changed in it."""
    head, line, *text = told(hosts={"content": Value("2", text="a\nc\n")})
    assert "1 of 6" in head
    assert line == "file:/etc/hosts/content 1 → 2"
    assert text == ["--- before", "+++ after", "@@ -1,2 +1,2 @@", " a", "-b", "+c"]


def test_what_couldnt_be_read_afterwards_is_said_and_never_taken_for_alike() -> None:
    """Silence is not health."""
    assert told(unread=("vmo", "filesets"))[-1] == "Not read since, so nobody knows: filesets, vmo"


def test_each_that_may_differ_has_its_reason() -> None:
    """A pattern without one would be a guess."""
    assert all(each.reason for each in moved.MAY)


# ── a partition, as HMCs list it ──────────────────────────────────────────────────────────────────────────────────────

WWPNS = "WWPNs c0507600aa000000 c0507600aa000001"
LISTED: dict[str, Reading] = {
    "lpar:db01": {"lpar_id": Value("3"), "uuid": Value("A-B"), "auto_start": Value("1")},
    "activation:db01": {"curr_profile": Value("default_profile"), "boot_mode": Value("norm")},
    "processors:db01": {"curr_shared_proc_pool_id": Value("1"), "curr_shared_proc_pool_name": Value("gold")},
    "memory:db01": {"curr_mem": Value("16384", boot="16384", type="default_profile")},
    "scsi:db01": {
        "slot 11": Value("client to slot 20 of p72vio1, required", boot="client to slot 20 of p72vio1, required"),
        "slot 20 of p72vio1": Value("server to slot 11 of db01"),
    },
    "fc:db01": {"slot 21": Value(f"client to slot 30 of p72vio1, {WWPNS}")},
}
ARRIVED: dict[str, Reading] = {
    "lpar:db01": {"lpar_id": Value("9"), "uuid": Value("A-B"), "auto_start": Value("1"), "of_this_level": Value("0")},
    "activation:db01": {"curr_profile": Value("migrated"), "boot_mode": Value("norm")},
    "processors:db01": {"curr_shared_proc_pool_id": Value("4"), "curr_shared_proc_pool_name": Value("gold")},
    "memory:db01": {"curr_mem": Value("16384", boot="16384", type="migrated")},
    "scsi:db01": {
        "slot 11": Value("client to any slot of id 7, required", boot="client to slot 8 of odd, WWPNs, required"),
        "slot 160 of p75vio2": Value("server to slot 11 of db01"),
    },
    "fc:db01": {"slot 21": Value(f"client to slot 130 of p75vio2, {WWPNS}")},
}


def arrived(**other: Reading) -> tuple[str, ...]:
    now = ARRIVED | {f"{name}:db01": reading for name, reading in other.items()}
    return moved.told("db01", LISTED, now, (), SOURCES, AT)


def test_what_belongs_to_a_frame_is_no_difference_of_a_partition() -> None:
    """Ids, who serves its adapters, the profile's name, and what only one level of HMC names."""
    (head,) = arrived()
    assert head.startswith("db01 before and after: nothing of 12 settings differs")
    assert "scsi:db01/slot 11," not in head


@pytest.mark.parametrize(
    ("source", "reading", "said"),
    [
        ("lpar", {**ARRIVED["lpar:db01"], "uuid": Value("C-D")}, "lpar:db01/uuid A-B → C-D"),
        ("memory", {"curr_mem": Value("8192", boot="16384")}, "memory:db01/curr_mem 16384 → 8192"),
        ("fc", {}, "fc:db01/slot 21 is gone, was client, WWPNs"),
        ("fc", {"slot 21": Value("client to slot 130 of p75vio2, WWPNs c0507600aa0000ff")}, "00ff"),
        ("fc", {"slot 22": Value(f"client to slot 130 of p75vio2, {WWPNS}")}, "fc:db01/slot 21 is gone"),
        ("scsi", {"slot 11": Value("client to slot 20 of p75vio2")}, "scsi:db01/slot 11 client, required → client"),
        ("processors", {**ARRIVED["processors:db01"], "curr_shared_proc_pool_name": Value("tin")}, "gold → tin"),
    ],
)
def test_what_is_a_partitions_own_has_to_come_along(source: str, reading: Reading, said: str) -> None:
    """An adapter's slot, its WWPNs and that it is required; memory; the pool by its name; its UUID."""
    head, *lines = arrived(**{source: reading})
    assert "nothing" not in head
    assert said in "\n".join(lines)


def test_an_adapters_mac_address_has_to_come_along() -> None:
    """What an HMC made for it once is known to switches and licences."""
    plugged: dict[str, Reading] = {"ethernet:db01": {"slot 2": Value("VLAN 13", boot="VLAN 13")}}
    before, same, other = (moved.addressed(plugged, "db01", {2: mac}) for mac in ("FA01", "FA01", "FA02"))
    assert "nothing of 1" in moved.told("db01", before, same, (), SOURCES, AT)[0]
    _, line = moved.told("db01", before, other, (), SOURCES, AT)
    assert line == "ethernet:db01/slot 2 VLAN 13, MAC FA01 → VLAN 13, MAC FA02"


def test_only_what_tells_of_that_partition_counts() -> None:
    """A list that failed takes along what comes of it; another partition's trouble isn't this one's."""
    assert moved.is_of("fc:db01", "db01")
    assert not moved.is_of("fc:db011", "db01")
    assert not moved.is_of("system", "db01")
    unread = {"memory": "it failed", "scsi:db01": "odd", "scsi:web01": "odd", "firmware": "it failed"}
    assert moved.unread_of(unread, "db01") == ("memory", "scsi:db01")
