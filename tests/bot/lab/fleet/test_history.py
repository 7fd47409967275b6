"""A fleet is told by what it began as and what happened to it: any size, any moment, any order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.lab.fleet.errorlog import ROOM
from bot.lab.fleet.ethernet import HaMode
from bot.lab.fleet.events import (
    Event,
    MigrationStarted,
    PartitionStarted,
    PartitionStopped,
    PartitionStopping,
    SeaChanged,
    replayed,
)
from bot.lab.fleet.generator import fleet_of
from bot.lab.fleet.mishaps import MISHAPS, Where, begun_by, ended_by
from bot.lab.fleet.model import Env, Fleet, Migration, check
from bot.lab.fleet.world import World

FRAMES = ("frame0001", "frame0002")
Step = tuple[str | HaMode, bool, str, str]  # what, whether it begins or ends, and where
what = st.sampled_from([*MISHAPS, *HaMode, "on", "off", "restart", "shutdown", "migrate"])
step = st.tuples(what, st.booleans(), st.sampled_from(FRAMES), st.sampled_from(["vio1", "vio2", "lp03", "lp04"]))
stories = st.lists(st.tuples(st.floats(0, 120), step), max_size=25)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), stories, st.data())
def test_any_moment_can_be_reproduced(seed: int, story: list[tuple[float, Step]], data: st.DataObject) -> None:
    """Seed and events give the same fleet again at any moment, however often it was looked at meanwhile."""
    now = [1_000_000.0]
    world = World(state=fleet_of(frames=2, seed=seed), clock=lambda: now[0], migration_seconds=100, line_delay=0)
    for seconds, step in story:
        now[0] += seconds
        for event in made(step, world):
            happens(world, event)
        check(world.fleet)
    origin = World(state=fleet_of(frames=2, seed=seed), clock=lambda: 1_000_000.0, migration_seconds=1, line_delay=0)
    assert replayed(origin.state, world.history, now[0]) == world.fleet
    moment = data.draw(st.floats(1_000_000.0, now[0]))
    then = replayed(origin.state, world.history, moment)
    check(then)
    assert then == replayed(world.origin, world.history, moment)


def happens(world: World, event: Event) -> None:
    """What can't be is refused, and changes nothing."""
    before = world.fleet
    try:
        world.happen(event)
    except ValueError:
        assert world.fleet == before


def made(step: Step, world: World) -> list[Event]:
    what, begins, system, suffix = step
    where = Where(system=system, partition=f"{system}{suffix}")
    if isinstance(what, HaMode):
        return [SeaChanged(**where, sea="ent4", ha_mode=what)]
    powers: dict[str, Event] = {
        "on": PartitionStarted(**where),
        "off": PartitionStopped(**where),
        "restart": PartitionStopping(**where, restart=True),
        "shutdown": PartitionStopping(**where),
    }
    if what in powers:
        return [powers[what]]
    if what == "migrate":
        return migration(world, **where)
    try:
        return (begun_by if begins else ended_by)(what, world.fleet, **where)
    except ValueError:
        return []


def migration(world: World, system: str, partition: str) -> list[Event]:
    found = world.fleet.systems[system].partition(partition)
    if found is None or found.env is Env.VIOS:
        return []
    destination = next(name for name in FRAMES if name != system)
    return [
        MigrationStarted(
            migration=Migration(
                partition=partition, source=system, destination=destination, destination_hmc="hmc01",
                started=world.clock(), seconds=world.migration_seconds, size=1,
            )
        )
    ]  # fmt: skip


def test_what_is_due_follows_a_partition_that_moves() -> None:
    """Restarted right before it migrates, it is reached by RMC on the frame where it is by then."""
    now = [1_000_000.0]
    world = World(state=fleet_of(frames=2, seed=1), clock=lambda: now[0], migration_seconds=100, line_delay=0)
    world.happen(PartitionStopping(system="frame0001", partition="frame0001lp03", restart=True))
    for event in migration(world, "frame0001", "frame0001lp03"):
        world.happen(event)
    now[0] += 100
    arrived = world.fleet.systems["frame0002"].partition("frame0001lp03")
    assert arrived is not None
    assert (arrived.state, arrived.rmc_state) == ("Running", "inactive")
    now[0] += 10
    arrived = world.fleet.systems["frame0002"].partition("frame0001lp03")
    assert arrived is not None
    assert arrived.rmc_state == "active"


@pytest.mark.parametrize("frames", [1, 2, 41, 1000])
def test_a_fleet_of_any_size_adds_up(frames: int) -> None:
    """From one frame to a thousand with their 2,000 VIOS and 20,000 partitions, alike for one seed, and adding up."""
    fleet = fleet_of(frames=frames, seed=7)
    World(state=fleet, clock=lambda: 1.0, migration_seconds=1, line_delay=0)
    everybody = [each for system in fleet.systems.values() for each in system.partitions]
    assert [each.env for each in everybody].count(Env.VIOS) == 2 * frames
    assert len(everybody) == 22 * frames
    assert set(fleet.systems) == {name for hmc in fleet.hmcs.values() for name in hmc.systems}
    if frames < 1000:
        assert fleet == fleet_of(frames=frames, seed=7)
        assert fleet != fleet_of(frames=frames, seed=8)


@pytest.mark.parametrize("frames", [0, -1, 1001])
def test_no_fleet_is_larger_than_it_may_be(frames: int) -> None:
    """None and more than a thousand frames are refused."""
    with pytest.raises(ValueError, match="1 to 1000 frames"):
        fleet_of(frames=frames, seed=1)


def test_every_pair_of_a_generated_fleet_agrees() -> None:
    """On each frame one SEA leads and the other follows, and half of them or so share."""
    world = World(state=fleet_of(frames=50, seed=3), clock=lambda: 1.0, migration_seconds=1, line_delay=0)
    found = {states(world.fleet, name) for name in world.fleet.systems}
    assert found == {("PRIMARY", "BACKUP"), ("PRIMARY_SH", "BACKUP_SH")}
    assert ROOM == 500


def states(fleet: Fleet, system: str) -> tuple[str, ...]:
    seas = [sea for each in fleet.systems[system].partitions for sea in each.io.seas]
    return tuple(sea.status.state for sea in seas if sea.status)
