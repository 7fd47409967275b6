"""Who reaches disks through which VIOS, by the two ends of virtual SCSI and Fibre Channel as the HMC lists them.

That adapters are there doesn't show that the paths over them work: a VIOS knows that of its side, a client of its own.
"""

from __future__ import annotations

from handlers import hmcout
from handlers.hmcout import Unreadable
from policies.words import Frozen


class Path(Frozen):
    """One client's adapter that leads to one VIOS."""

    client: str
    vios: str


def paths(text: str) -> frozenset[Path]:
    """Of `lshwres -r virtualio --rsubtype scsi|fc --level lpar`, or Unreadable. Either end tells of a path."""
    return frozenset(path for row in hmcout.pairs(text) if (path := _path(row)) is not None)


def _path(row: dict[str, str]) -> Path | None:
    """None: a server adapter that any partition may connect to, and none is known to."""
    try:
        kind, own, other = row["adapter_type"], row["lpar_name"], hmcout.given(row["remote_lpar_name"])
    except KeyError as missing:
        raise Unreadable(f"an adapter without {missing.args[0]}") from missing
    if kind not in ("client", "server"):
        raise Unreadable(f"an adapter of a type that I don't know: {kind[:60]!r}")
    if other is None or other.lower() == "any":
        return None
    return Path(client=own, vios=other) if kind == "client" else Path(client=other, vios=own)
