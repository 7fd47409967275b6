"""A helper process: explains one file as it streams in, and tells what that took.

explaining FILE
"""

from __future__ import annotations

import gc
import io
import re
import sys
import time
from pathlib import Path

from bot.explained import lines
from handlers.explain import explain
from tests.bench import captured, memory
from tests.bench.children import Told, ready

_CODE = re.compile(r"\b(?:HSC[A-Z][0-9A-F]{4}|VIOSE[0-9A-F]{8}|REST[0-9A-F]{4})\b")


def explained(path: Path) -> Told:
    """Peak memory is counted above that of a process that has explained something small before."""
    sum(1 for _ in explain(lines(io.BytesIO(captured.mixed()))))
    gc.collect()
    memory.forget_peak()
    before, began = memory.resident(), time.perf_counter()
    with path.open("rb") as stream:
        findings = sum(1 for _ in explain(lines(stream)))
    seconds, most = time.perf_counter() - began, memory.peak()
    grown = most - before if most is not None and before is not None else None
    return {"seconds": seconds, "findings": findings, "grown": grown, "search": _search(path)}


def _search(path: Path) -> float:
    began = time.perf_counter()
    with path.open("rb") as stream:
        sum(len(_CODE.findall(line)) for line in lines(stream))
    return time.perf_counter() - began


if __name__ == "__main__":
    ready(explained(Path(sys.argv[1])))
