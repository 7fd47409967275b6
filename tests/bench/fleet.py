"""A simulated fleet of a thousand frames: how long it takes to be there, and what one change of it costs."""

from __future__ import annotations

import time

from bot.lab.fleet import start_fleet
from bot.lab.fleet.events import LinkChanged
from bot.lab.fleet.generator import CLIENTS, fleet_of
from bot.lab.fleet.running import RunningFleet
from tests.bench import memory
from tests.bench.figures import Bench, Figure, spread

TITLE = "A simulated fleet"
SECONDS, SIZE = 10.0, 2 * 1024 * memory.MIB  # at most
SEED = 1


async def run(bench: Bench) -> list[Figure]:
    frames = 100 if bench.quick else 1_000
    memory.forget_peak()
    before, began = memory.resident(), time.perf_counter()
    running = await start_fleet(fleet_of(frames=frames, seed=SEED))
    took, most = time.perf_counter() - began, memory.peak()
    try:
        changes = _changes(running, 20 if bench.quick else 200)
    finally:
        await running.close()
    grown = None if before is None or most is None else most - before
    what = f"{frames} frames with {2 * frames} VIOS and {CLIENTS * frames} partitions"
    return [
        Figure(
            what=f"{what}, built, its SEAs agreed, its HMCs listening",
            figure=f"{took:.2f} s",
            target=f"< {SECONDS:g} s",
            met=took < SECONDS,
        ),
        Figure(
            what=f"{what}, in memory",
            figure=f"{memory.shown(grown)} more than before",
            target=f"< {memory.shown(SIZE)}",
            met=None if grown is None else grown < SIZE,
        ),
        Figure(what="one event, the SEAs' answer to it and the check of what it changed", figure=spread(changes)),
    ]


def _changes(running: RunningFleet, count: int) -> list[float]:
    """Cables pulled and plugged in again, all over the fleet."""
    times = []
    names = sorted(running.fleet.systems)
    for number in range(count):
        name = names[number % len(names)]
        event = LinkChanged(system=name, partition=f"{name}vio1", port="ent0", up=bool(number % 2))
        began = time.perf_counter()
        running.happen(event)
        times.append(time.perf_counter() - began)
    return times
