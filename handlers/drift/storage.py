"""Virtual SCSI and Fibre Channel adapters of a managed system's partitions: what runs beside what profiles hold.

A VIOS's end comes and goes with the client that it is for, such as by a migration: it is told with that client's own
adapters, and not at all where the client isn't there. That a VIOS's profile lacks one is what its restart brings out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from handlers.drift import adapters
from handlers.drift.adapters import Row
from handlers.drift.partition import Partition
from handlers.drift.value import Value
from handlers.hmcout import Unreadable

Held = dict[str, dict[str, Value]]  # by partition and key
Where = tuple[str, str]  # whose adapter it is told as, and its key there


def told(kind: str, partitions: Sequence[Partition]) -> tuple[Held, dict[str, str]]:
    """By partition: its adapters; and why those of others can't be told. Neither has who is off, or has its disks by
    one that is: what they had stays as it was."""
    names = frozenset(each.stands.name for each in partitions)
    held: Held = defaultdict(dict)
    unread: dict[str, str] = {}
    blind = {each.stands.name for each in partitions if not each.runs}
    for each in partitions:
        if not each.runs:
            continue
        try:
            ends = list(_ends(kind, each, names))
        except Unreadable as fault:
            unread[each.stands.name] = str(fault)
            blind.add(each.stands.name)
            continue
        for (holder, key), value in ends:
            held[holder][key] = value
    seen = [each for each in partitions if each.stands.name not in blind and not _servers(kind, each) & blind]
    return {each.stands.name: held[each.stands.name] for each in seen}, unread


def _ends(kind: str, of: Partition, names: frozenset[str]) -> Iterator[tuple[Where, Value]]:
    """Each slot of one partition, as it runs and as its profile has it."""
    written = (of.written or {}).get(adapters.PROFILED[kind])
    now = adapters.by_slot(of.rows.get(kind, ()))
    later = adapters.storage_profiled(kind, written)
    both: dict[Where, dict[str, str]] = defaultdict(dict)
    for when, rows in (("now", now), ("boot", later)):
        for slot, row in rows.items():
            where = _where(slot, row, of.stands.name, names)
            text = adapters.storage_text(row)
            if where is not None:
                both[where][when] = text
    for where, texts in both.items():
        boot = None if written is None else texts.get("boot", "")
        yield where, Value(texts.get("now", ""), boot=boot, type=of.stands.profile)


def _where(slot: int, row: Row, owner: str, names: frozenset[str]) -> Where | None:
    other = adapters.other_end(row)
    if row.get("adapter_type") != "server" or other is None:
        return owner, f"slot {slot}"
    return (other, f"slot {slot} of {owner}".replace("/", "%2F")) if other in names else None


def _servers(kind: str, of: Partition) -> set[str]:
    rows: Sequence[Mapping[str, str]] = of.rows.get(kind, ())
    ends = (adapters.other_end(each) for each in rows if each.get("adapter_type") == "client")
    return {each for each in ends if each is not None}
