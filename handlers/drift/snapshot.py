"""A host's settings of one moment as a file for an archive: whole by itself, readable with gzip and JSON alone.

The same settings and baseline after the same file are the same bytes: what was interrupted is written again as it was,
and found there where it was written already.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from string import ascii_letters, digits
from typing import Literal

from pydantic import AwareDatetime, PositiveInt

from handlers.drift.value import Reading, packed
from policies.words import Frozen

FORMAT = 1
_AS_IT_IS = frozenset(f"{ascii_letters}{digits}_.~@+:# -".encode())
ABOUT = (
    "How a host was set, as hscbot read it. Every value is a list: [now, default, after the next start, type, text];"
    " what is missing at its end, or null, wasn't told.",
    "The file's name ends in the SHA-256 of the file as it is, compressed: sha256sum tells whether it is whole.",
    "before is the name of the file before it of the same host; with it and the digest in it they are a chain.",
    "digest is the SHA-256 of a line for each of readings, in the order of their names: the name, a zero byte, the"
    " SHA-256 of its values as JSON with sorted keys and no spaces, a line feed. hscbot's audit has the same digest of"
    " the baseline when it was set, and the file's SHA-256 when it was archived.",
)


class Held(Frozen):
    """The baseline that held. `digest`: as of readings, of what it says."""

    version: PositiveInt
    at: AwareDatetime
    by: str
    why: str
    proposed: bool
    digest: str


class Snapshot(Frozen):
    """`moment`: when anything in it was last seen to change. `digest`: of the readings."""

    host: str
    moment: AwareDatetime
    digest: str
    baseline: Held | None
    readings: Mapping[str, Reading]

    @property
    def content(self) -> str:
        """The same as long as neither a setting nor the baseline changes."""
        held = f"{self.baseline.version} {self.baseline.digest}" if self.baseline is not None else ""
        return hashlib.sha256(f"{FORMAT}\n{self.host}\n{self.digest}\n{held}\n".encode()).hexdigest()

    def file(self, before: str | None) -> File:
        """`before`: the name of the file that was archived last."""
        head = {"about": ABOUT, "what": "a snapshot of how a host is set", "format": FORMAT, "host": self.host}
        told = {"moment": self.moment.isoformat(), "digest": self.digest, "before": before}
        held = None if self.baseline is None else self.baseline.model_dump(mode="json")
        readings = {name: json.loads(packed(self.readings[name])) for name in sorted(self.readings)}
        text = json.dumps(
            {**head, **told, "baseline": held, "readings": readings}, ensure_ascii=False, separators=(",", ":")
        )
        data = gzip.compress(text.encode(), 9, mtime=0)
        sha256 = hashlib.sha256(data).hexdigest()
        name = f"{filed(self.host)}-{self.moment:%Y%m%dT%H%M%SZ}-{sha256}.json.gz"
        return File(name=name, sha256=sha256, data=data)


class File(Frozen):
    """`name` says of whom it is and of when, and what it holds: another content has another name."""

    name: str
    sha256: str
    data: bytes


def filed(host: str) -> str:
    """As a folder is called, which is right below another one: an HMC may call a VIOS by anything."""
    name = "".join(chr(byte) if byte in _AS_IT_IS else f"%{byte:02X}" for byte in host.encode(errors="surrogatepass"))
    return f"%2E{name[1:]}" if name.startswith(".") else name


class Kept(Frozen):
    """A file of the archive as it is remembered: enough to make it once more, and to know it again."""

    version: Literal[1] = 1
    name: str
    sha256: str
    size: int
    content: str
    before: str | None
