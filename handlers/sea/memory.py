"""What has to be remembered of a pair between two looks; all of it survives a restart as JSON. Pure."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, NonNegativeInt, PositiveFloat, PositiveInt

from handlers import entstat
from handlers.sea.clocks import Mark
from policies.alerts import Symptom
from policies.words import Frozen


class Calm(Frozen):
    """What still counts as calm. Counters are compared over two looks, whatever lies between them."""

    changes: PositiveInt = 4  # of leader, within `within`, are flapping
    within: PositiveFloat = 900.0  # seconds
    rise: PositiveInt = 100  # of a counter of trouble, between two looks
    packets: PositiveInt = 2  # limbo or recovery packets more, between two looks
    quiet: PositiveFloat = 600.0  # seconds without a rise, after which it is over
    lately: PositiveFloat = 900.0  # seconds for which a request of ours explains what it led to
    skew: PositiveFloat = 120.0  # seconds by which a clock may differ; what it is measured by has whole minutes


class Ours(Frozen):
    """A request of ours that runs or ended lately."""

    number: PositiveInt
    typed: str
    places: tuple[str, ...]  # as a sighting's
    at: AwareDatetime  # when it last was known to run
    by: str = ""  # who asked for it
    sent: tuple[str, ...] = ()  # its commands by its plan, a line each
    took: str = ""  # settings that joined a baseline by it: their name, or a pattern of such


class Past(Frozen):
    """A side as it last was told reliably. `lines`: its failover's, as printed."""

    vios: str
    at: AwareDatetime
    sea: entstat.Sea
    lines: tuple[str, ...] = ()


class Well(Frozen):
    """The pair as it was before what is wrong with it now began. `marks`: what was wrong with it then already."""

    at: AwareDatetime
    sides: tuple[Past, ...]
    marks: tuple[tuple[str, str], ...] = ()


class Clock(Frozen):
    """A VIOS's log as far as it was read, and by how many seconds its clock was found to be ahead; 0.0: not at all."""

    vios: str
    mark: Mark
    ahead: float = 0.0


class Rise(Frozen):
    """A counter that rose; `rule` and `about` are those of its symptom."""

    rule: str
    about: str
    gained: NonNegativeInt  # since `since`
    since: AwareDatetime
    last: AwareDatetime
    evidence: tuple[str, ...] = ()


class Memory(Frozen):
    """`shared`: they have been seen sharing. `changes`: when the leader changed, by our clock, oldest first.

    `unsettled`: something changed at the last look, so that the next should come soon.
    """

    version: Literal[1] = 1
    at: AwareDatetime
    sides: tuple[Past, ...] = ()
    leader: str = ""  # the VIOS whose SEA last was seen to lead alone
    shared: bool = False
    changes: tuple[AwareDatetime, ...] = ()
    rises: tuple[Rise, ...] = ()
    clocks: tuple[Clock, ...] = ()
    symptoms: tuple[Symptom, ...] = ()
    unsettled: bool = False
    well: Well | None = None

    def clock(self, vios: str) -> Clock | None:
        return next((each for each in self.clocks if each.vios == vios), None)

    def past(self, vios: str) -> Past | None:
        return next((each for each in self.sides if each.vios == vios), None)
