"""The simulated Power fleet: HMCs over real SSH on the loopback, answering from one model."""

from bot.lab.fleet.demo import demo_fleet
from bot.lab.fleet.model import Fleet
from bot.lab.fleet.running import RunningFleet, start_fleet

__all__ = ["Fleet", "RunningFleet", "demo_fleet", "start_fleet"]
