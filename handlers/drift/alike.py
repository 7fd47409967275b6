"""Two things that should be alike, such as nodes of one cluster: what may differ between them, and what does.

A setting of one that isn't in the other differs too. What has to differ between two hosts is data, with a reason each.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from pydantic import AwareDatetime

from handlers.drift.comparing import Difference, Quiet, Readings, differences
from handlers.drift.source import Noise, Source

_OWN = "each host has its own"
_HARDWARE = "it tells of the hardware, which another frame has another of"
EXPECTED: tuple[Noise, ...] = (
    *(Noise(f"attributes:e*/{name}", _OWN) for name in ("netaddr", "netaddr6", "alias4", "alias6", "alt_addr")),
    *(Noise(f"attributes:inet0/{name}", _OWN) for name in ("hostname", "gateway", "route", "rout6")),
    Noise("attributes:hdisk*/pvid", _OWN),
    Noise("attributes:hdisk*/unique_id", _OWN),
    Noise("attributes:hdisk*/lun_id", _OWN),
    *(Noise(f"attributes:f*/{name}", _OWN) for name in ("node_name", "port_name", "ww_name", "scsi_id")),
    *(Noise(f"attributes:sys0/{name}", _HARDWARE) for name in ("systemid", "modelname", "os_uuid", "fwversion")),
    Noise("env/HOST*", _OWN),
)


def expected(name: str) -> Noise | None:
    """Why that setting may differ between two; None: it shouldn't."""
    return next((each for each in EXPECTED if fnmatchcase(name, each.pattern)), None)


def unlike(
    sources: Mapping[str, Source], one: Readings, other: Readings, at: AwareDatetime
) -> tuple[tuple[Difference, ...], tuple[str, ...]]:
    """Every difference that isn't expected; and the questions that only one side has an answer to."""
    found = differences(sources, one, other, Quiet(), at)
    alone = sorted(one.keys() ^ other.keys())
    return tuple(each for each in found if expected(each.name) is None), tuple(alone)
