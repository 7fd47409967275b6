"""A host before a migration and after it, and its partition as HMCs list it: what another managed system may change,
and what is said of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pydantic import AwareDatetime

from handlers.drift import alike, managed
from handlers.drift.comparing import Did, Difference, Readings
from handlers.drift.partition import ACTIVATION, ETHERNET, FC, LPAR, MEMORY, PROCESSORS, PROFILE, SCSI
from handlers.drift.source import Noise, Source
from handlers.drift.value import Reading, Value

_HARDWARE = "it tells of the hardware, which another frame has another of"
_LOGIN = "the fabric gives it anew at each login, and a client that moves logs in anew"
_BY_FRAME = "the destination gives the partition its own: ids are of one managed system"
_PROFILED = "a migration writes the profile anew, by the name that it was asked for"
_SERVED = "it is a VIOS's end, and other VIOS serve it there"
MAY: tuple[Noise, ...] = (
    *(Noise(f"attributes:sys0/{name}", _HARDWARE) for name in ("systemid", "modelname", "fwversion")),
    Noise("attributes:fscsi*/scsi_id", _LOGIN),
    Noise("attributes:hdisk*/scsi_id", _LOGIN),
    Noise("lpar:*/lpar_id", _BY_FRAME),
    Noise("lpar:*/power_ctrl_lpar_ids", _BY_FRAME),
    Noise("activation:*/power_ctrl_lpar_ids", _BY_FRAME),
    Noise("processors:*/curr_shared_proc_pool_id", _BY_FRAME),
    Noise("lpar:*/default_profile", _PROFILED),
    Noise("activation:*/curr_profile", _PROFILED),
    Noise("profile:*/profiles", _PROFILED),
    Noise("scsi:*/slot * of *", _SERVED),
    Noise("fc:*/slot * of *", _SERVED),
)
# Of what an HMC is asked: a partition that can be moved has no physical slots, and the rest is the frame's.
LISTS = (managed.PARTITIONS, PROFILE, MEMORY, PROCESSORS, ETHERNET, SCSI, FC)
_OF_PARTITION = (LPAR, PROFILE, ACTIVATION, MEMORY, PROCESSORS, ETHERNET, SCSI, FC)
# Of a client's own adapter: by whom it is served is the frame's; its slot, its WWPNs and that it is required, its own.
_SERVER = re.compile(
    r"(?<=^client) to (?:slot \d+|any slot) of .+?(?=, WWPNs [0-9a-f ]+(?:, required)?$|, required$|$)"
)
LISTED = 20  # differences that are named
CHANGED_LINES = 10  # of a text's difference


def is_of(question: str, partition: str) -> bool:
    """Whether an HMC's answer tells how that partition is set."""
    source, _, about = question.partition(":")
    return source in _OF_PARTITION and about == partition


def addressed(readings: Readings, partition: str, macs: Mapping[int, str]) -> dict[str, Reading]:
    """With the MAC address of each virtual Ethernet adapter: a migration takes it along."""
    question, found = f"{ETHERNET}:{partition}", dict(readings)
    if question in readings:
        by_key = {f"slot {slot}": f", MAC {mac}" for slot, mac in macs.items()}
        found[question] = {key: _with(value, by_key.get(key, "")) for key, value in readings[question].items()}
    return found


def _with(value: Value, more: str) -> Value:
    return value._replace(now=f"{value.now}{more}", boot=f"{value.boot}{more}" if value.boot else value.boot)


def unread_of(unread: Mapping[str, str], partition: str) -> tuple[str, ...]:
    """What of that partition, or of a whole list that tells of it, couldn't be read."""
    return tuple(sorted(each for each in unread if each in LISTS or is_of(each, partition)))


def told(
    host: str,
    before: Readings,
    after: Readings,
    unread: Sequence[str],
    sources: Mapping[str, Source],
    at: AwareDatetime,
) -> tuple[str, ...]:
    """Its sentences, the first of them whole by itself. `unread`: what couldn't be read afterwards."""
    before, after = _own(before), _own(after)
    shared = sorted(before.keys() & after.keys())
    unlike, _ = alike.unlike(sources, before, after, at, MAY)
    found = tuple(each for each in unlike if not _is_of_a_level(each, sources))
    everything, _ = alike.unlike(sources, before, after, at, ())
    count = sum(len(after[each]) for each in shared)
    head = f"{host} before and after: {len(found) or 'nothing'} of {count} settings differs" + _more(everything, found)
    lines = [line for each in found[:LISTED] for line in _one(each)]
    if len(found) > LISTED:
        lines.append(f"… and {len(found) - LISTED} more: `/drift diff {host}`")
    if unread:
        lines.append(f"Not read since, so nobody knows: {', '.join(sorted(unread))}")
    return (head, *lines)


def _more(everything: Sequence[Difference], found: Sequence[Difference]) -> str:
    names = [each.name for each in everything if each not in found]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f", but for what comes with another managed system: {', '.join(names[:LISTED])}{more}" if names else ""


def _is_of_a_level(each: Difference, sources: Mapping[str, Source]) -> bool:
    """An attribute that only one of two HMCs names: which there are is their levels' to say, and firmware's."""
    source = each.question.partition(":")[0]
    return source in _OF_PARTITION and sources[source].is_by_level and each.did in (Did.APPEARED, Did.GONE)


def _own(readings: Readings) -> dict[str, Reading]:
    """Without whom a VIOS's other end of its adapters belongs to."""
    return {
        question: {key: _unserved(value) for key, value in reading.items()}
        if question.startswith((f"{SCSI}:", f"{FC}:"))
        else reading
        for question, reading in readings.items()
    }


def _unserved(value: Value) -> Value:
    boot = None if value.boot is None else _SERVER.sub("", value.boot)
    return value._replace(now=_SERVER.sub("", value.now), boot=boot)


def _one(difference: Difference) -> Iterator[str]:
    yield difference.said
    before, after = difference.before, difference.after
    if before is not None and after is not None and before.text is not None and after.text is not None:
        lines = list(alike.unified(before.text, after.text, "before", "after"))
        yield from (line[:200] for line in lines[:CHANGED_LINES])
