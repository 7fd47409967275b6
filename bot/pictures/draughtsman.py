"""Has pictures drawn: in a process each, a few at a time, for so long and no longer. What can't be drawn is words."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import structlog

from bot.pictures import Picture, specs
from handlers.pictures import Drawable

log = structlog.get_logger()

WITHIN = 30.0  # seconds, its turn not counted
AT_ONCE = 1
BIGGEST = 1_000_000  # bytes of a PNG
SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Undrawn(Exception):
    """It couldn't be drawn; `args[0]` is the end of a sentence."""


class Draughtsman:
    """`within`: seconds that one drawing may take."""

    def __init__(
        self, *, within: float = WITHIN, program: tuple[str, ...] = ("-I", "-m", "bot.pictures.child")
    ) -> None:
        self._within, self._program = within, program
        self._turn = asyncio.Semaphore(AT_ONCE)
        # The drawing library keeps a list of fonts; made once here, and not in somebody's home.
        self._kept: tempfile.TemporaryDirectory[str] | None = None

    async def draw(self, values: Drawable) -> Picture:
        """Undrawn where that fails, for whatever reason; never anything else."""
        if specs.is_too_large(values):
            raise Undrawn("it shows more than I can draw")
        async with self._turn:
            png = await self._drawn(values.model_dump_json().encode())
        return Picture(png=png, alt=values.alt, name=f"{values.stem}.png")

    async def _drawn(self, sent: bytes) -> bytes:
        try:
            child = await asyncio.create_subprocess_exec(
                sys.executable,
                *self._program,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._surroundings(),
                start_new_session=True,
            )
        except OSError as fault:
            raise Undrawn(f"the process that draws couldn't be started: {fault.strerror}") from fault
        try:
            async with asyncio.timeout(self._within):
                png, said = await child.communicate(sent)
        except TimeoutError as late:
            raise Undrawn(f"it took longer than {self._within:g} s") from late
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                await child.wait()
        if child.returncode != 0 or not png.startswith(SIGNATURE):
            log.warning(
                "a picture wasn't drawn", exit_status=child.returncode, said=said.decode(errors="replace")[-2_000:]
            )
            raise Undrawn(f"the process that draws ended with {child.returncode}")
        if len(png) > BIGGEST:
            raise Undrawn(f"it is {len(png)} bytes, more than I send")
        return png

    def _surroundings(self) -> dict[str, str]:
        """Nothing of ours: no token is in the surroundings of what draws."""
        if self._kept is None:
            self._kept = tempfile.TemporaryDirectory(prefix="hscbot-pictures-")
        path = str(Path(self._kept.name))
        return {
            "PATH": os.defpath,
            "HOME": path,
            "MPLCONFIGDIR": path,
            "MPLBACKEND": "Agg",
            "LC_ALL": "C.UTF-8",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def close(self) -> None:
        if self._kept is not None:
            self._kept.cleanup()
            self._kept = None
