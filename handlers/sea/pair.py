"""A pair of SEAs, and one look at it: both sides as they told of themselves. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from pydantic import AwareDatetime

from handlers import entstat
from handlers.errlog import Entry
from handlers.networks import Adapter, Network
from handlers.seattr import Settings
from policies.words import Frozen

# Of a look that a flow makes, for a flow knows no clock: whoever keeps or shows it puts in the time.
NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class Pair(Frozen):
    """Two SEAs of one managed system that stand in for each other, by the HMC's lists alone; `vioses` sorted.

    One without a mate is watched as well; then there is one VIOS. `anchor` is the least network of its trunks when it
    was first seen: with the VIOS it tells the pair from the others of the same two, for ever.
    """

    system: str
    vioses: tuple[str, ...]
    anchor: Network

    @property
    def key(self) -> str:
        """Such as `sea/p72/p72vio1+p72vio2/ETHERNET0/1`."""
        switch, vlan = self.anchor
        return f"sea/{self.system}/{'+'.join(self.vioses)}/{switch}/{vlan}"


class Side(Frozen):
    """One VIOS's part. `told` None: nothing reliable was read of it, and `why` is the end of a sentence.

    `answers`: the VIOS runs and its HMC reaches it; where it does and `told` is None, its answer was unreadable.
    `log`: its error log, newest first. Of `settings` and `log`, None: not read this time.
    """

    vios: str
    sea: str = ""  # `ent4`; empty where not even its name is known
    level: str = ""  # `VIOS 4.1.0.10`, as the HMC lists it
    answers: bool = True
    why: str = ""
    hmc_lost: bool = False  # what its HMC itself knows of it was lost as well: it is the HMC that doesn't answer
    told: entstat.Sea | None = None
    raw: str = ""  # what it was read from
    trunks: tuple[Adapter, ...] = ()  # as the HMC lists them
    control: Network | None = None  # its control channel, as found last
    settings: Settings | None = None
    log: tuple[Entry, ...] | None = None

    @property
    def networks(self) -> frozenset[Network]:
        return frozenset[Network]().union(*(each.networks for each in self.trunks))


class Listener(Frozen):
    """Another SEA of the managed system, with the control channel that it was found on last."""

    vios: str
    sea: str
    channel: Network


class Look(Frozen):
    """Both sides, read one right after the other; `at` is hscbot's own clock. Sides stand as `pair.vioses` does.

    `hmc_reached` False: nothing at all could be asked, so that neither side is to be blamed.
    """

    pair: Pair
    hmc: str
    at: AwareDatetime
    sides: tuple[Side, ...]
    hmc_reached: bool = True
    clients: tuple[str, ...] = ()  # the partitions that are on and on its networks
    others: tuple[Listener, ...] = ()
