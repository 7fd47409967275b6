"""The process that draws one picture: its values come in as JSON, its PNG goes out. It can do nothing else for long."""

from __future__ import annotations

import resource
import sys

MEMORY = 2**30  # bytes of address space
SECONDS = 20  # of a processor


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # After the limits: the drawing library itself stands under them.
    from bot.pictures import drawing, specs

    values = specs.read(sys.stdin.buffer.read(specs.LARGEST + 1))
    sys.stdout.buffer.write(drawing.sheet_of(values).png())


if __name__ == "__main__":
    main()
