"""A partition on its way down or up, watched until it is there or its time is over. What is read decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from handlers.command import Progress, Result
from handlers.frames import Lpar, Reads, Unread, lpar_in, lpar_now

FIRST, SLOWEST = 1.0, 15.0  # seconds between looks: brisk at first, then as long as nobody minds
MOVING = ("Starting", "Shutting Down")
BROKEN = "Error"
STEADY = 5  # looks in a row that find it up before it is believed to stay so


@dataclass(frozen=True, kw_only=True)
class Seen:
    """`last` None: nothing of it was heard. `left`: it was seen in another state than up."""

    last: Lpar | None = None
    reached: bool = False
    left: bool = False

    @property
    def is_moving(self) -> bool:
        return self.last is not None and self.last.state in MOVING

    def __str__(self) -> str:
        return "its state couldn't be read" if self.last is None else f"{self.last.name} is {self.last}"


Wanted = Callable[[Seen], bool]


def is_off(seen: Seen) -> bool:
    return seen.last is not None and seen.last.is_off


def is_up(seen: Seen) -> bool:
    return seen.last is not None and seen.last.answers


def is_back(seen: Seen) -> bool:
    """Up again: a restart begins and ends in the same state, so it must have been seen on the way."""
    return seen.left and is_up(seen)


def pauses(seconds: float) -> Iterator[float]:
    """At once, then ever slower, until the time is over."""
    pause, spent = 0.0, 0.0
    while spent + pause <= seconds:
        yield pause
        spent += pause
        pause = min(pause * 2 or FIRST, SLOWEST)


def watched(hmc: str, system: str, lpar: Lpar, wanted: Wanted, *, seconds: float) -> Reads[Seen]:
    """The partition as it was seen last, at the latest when its time is over."""
    seen = Seen()
    for pause in pauses(seconds):
        last = yield from _now(hmc, system, lpar, after=pause)
        seen = Seen(last=last, left=seen.left or (last is not None and not last.answers))
        if wanted(seen):
            return Seen(last=last, reached=True, left=seen.left)
        if last is not None and last.state == BROKEN:
            break
    return seen


def at_rest(hmc: str, system: str, lpar: Lpar, wanted: Wanted, *, seconds: float) -> Reads[Seen]:
    """Where it stands once it is as wanted or has stayed up: nobody knows whether the command ever arrived."""
    seen, up = Seen(), 0
    for pause in pauses(seconds):
        last = yield from _now(hmc, system, lpar, after=pause)
        seen = Seen(last=last, left=seen.left or (last is not None and not last.answers))
        up = up + 1 if last is not None and last.answers else 0
        if wanted(seen) or up >= STEADY or (last is not None and last.state == BROKEN):
            return Seen(last=last, reached=wanted(seen), left=seen.left)
    return seen


def _now(hmc: str, system: str, lpar: Lpar, *, after: float) -> Reads[Lpar | None]:
    def progress(result: Result) -> Progress | None:
        try:
            return Progress(state=f"{lpar.name}: {lpar_in(result, lpar)}")
        except Unread:
            return None

    try:
        return (yield from lpar_now(hmc, system, lpar, after=after, progress=progress))
    except Unread:
        return None
