"""The recorded answers that the sections feed."""

from __future__ import annotations

from pathlib import Path

MIGRLPAR = Path(__file__).resolve().parents[1] / "recorded" / "migrlpar"
VSCSI = MIGRLPAR / "hscla356-vscsi-rc85.raw"


def mixed() -> bytes:
    """All captured `migrlpar` answers, one after the other."""
    return b"\n".join(path.read_bytes() for path in sorted(MIGRLPAR.glob("*.raw")))
