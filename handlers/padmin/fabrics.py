"""The Fibre Channel adapters that the VIOS of a frame hand to partitions: who is logged in by which, and keeps what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from handlers import frames
from handlers.frames import Frame, Lpar
from handlers.heard import Reads, Unread, heard, understood
from handlers.hmcout import Unreadable
from handlers.padmin import mappings
from handlers.padmin.mappings import FibreHost
from handlers.padmin.printed import lines, matched, under
from handlers.place import Place
from handlers.plan import NOBODY, Fact, Interlock, Redundancy
from handlers.within import on_vios, status_there
from policies.words import Frozen

NPIV = ("lsmap", "-all", "-npiv")
NO_ADAPTERS = 63  # exit status of lsmap -npiv
LOGGED_IN = "LOGGED_IN"
_HEAD = re.compile(r"name +physloc +fabric +tports +aports +swwpns +awwpns")
_PORT = re.compile(
    r"(?P<name>fcs\d{1,4}) +(?P<location>U\S+) +(?P<fabric>[01]) +\d{1,6} +(?P<free>\d{1,6}) +\d{1,6} +\d{1,6}",
    re.ASCII,
)


class Port(Frozen):
    """A port that can carry virtual ones. `fabric`: its switch takes them; `free`: how many more it carries."""

    name: str
    location: str
    fabric: bool
    free: int


def ports(text: str) -> tuple[Port, ...]:
    """Of `lsnports`, or Unreadable."""
    found = tuple(matched(_PORT, line) for line in under(_HEAD, lines(text)))
    if len({each["name"] for each in found}) != len(found):
        raise Unreadable("two ports of one name")
    return tuple(
        Port(name=each["name"], location=each["location"], fabric=each["fabric"] == "1", free=int(each["free"]))
        for each in found
    )


@dataclass(frozen=True, kw_only=True)
class Fabric:
    """The server adapters of one VIOS; `others`: those of the other VIOS that answer, each with its VIOS."""

    place: Place
    frame: Frame
    hosts: tuple[FibreHost, ...]
    ports: tuple[Port, ...] = ()
    others: tuple[tuple[str, FibreHost], ...] = ()
    silent: tuple[str, ...] = ()

    def host(self, name: str) -> FibreHost | None:
        return next((each for each in self.hosts if each.name == name), None)

    def client(self, name: str) -> Lpar | None:
        """Whose the adapter is."""
        found = self.host(name)
        number = str(found.client) if found is not None and found.client else ""
        return next((each for each in self.frame.lpars if each.id == number), None)

    def ways(self, but: str) -> tuple[str, ...]:
        """The other adapters by which the same partition is logged in, each as `vfchost of VIOS`."""
        found = self.host(but)
        here = [(self.place.name, each) for each in self.hosts if each.name != but]
        return tuple(
            f"{each.name} of {vios}"
            for vios, each in (*here, *self.others)
            if found is not None and each.client == found.client and each.status == LOGGED_IN
        )

    # ── who loses what when an adapter of it goes ──────────────────────────────────────────────────────────────────

    def affected(self, name: str) -> tuple[str, ...]:
        client = self.client(name)
        return (client.name,) if client is not None and not client.is_off else ()

    def facts(self, name: str) -> tuple[Fact, ...]:
        ways = ", ".join(self.ways(name)) or "none: the last"
        return tuple(Fact(name=f"ways that {each} keeps", value=ways) for each in self.affected(name))

    def redundancy(self, name: str) -> tuple[Redundancy, ...]:
        left, found = len(self.ways(name)), self.host(name)
        own = int(found is not None and found.status == LOGGED_IN)
        what = "Fibre Channel ways of {} that are logged in"
        return tuple(Redundancy(what=what.format(each), before=own + left, after=left) for each in self.affected(name))

    def interlocks(self, name: str) -> tuple[Interlock, ...]:
        """A partition that isn't logged in by it loses nothing."""
        found = self.host(name)
        if found is None or found.status != LOGGED_IN:
            return ()
        return tuple(self._interlock(name, each) for each in self.affected(name))

    def _interlock(self, name: str, client: str) -> Interlock:
        ways = self.ways(name)
        takes_out = f"{name} of {self.place.name}, by which {client} is logged in,"
        if ways:
            partner = ways[0].partition(" of ")[2]
            seen = f"{client} is logged in by {', '.join(ways)} too"
            return Interlock(takes_out=takes_out, partner=partner, healthy=True, seen=seen)
        none = f"{client} is on and logged in by no other way"
        seen = "; ".join((none, *self.silent, f"released=yes says that {client} has given it up"))
        return Interlock(takes_out=takes_out, partner=NOBODY, healthy=False, seen=seen)


def _hosts(place: Place) -> Reads[tuple[FibreHost, ...]]:
    result = heard((yield on_vios(place, NPIV)))
    return () if status_there(result) == NO_ADAPTERS else understood(result, "lsmap -npiv", mappings.fibre_hosts)


def fabric(place: Place) -> Reads[Fabric]:
    listed = yield from frames.lpars(place.hmc, place.system)
    frame = Frame(hmc=place.hmc, system=place.system, lpars=listed, adapters=(), paths=frozenset())
    return Fabric(place=place, frame=frame, hosts=(yield from _hosts(place)))


def whole_fabric(place: Place) -> Reads[Fabric]:
    """With what the other VIOS of the frame tell, as far as they do."""
    found = yield from fabric(place)
    others: list[tuple[str, FibreHost]] = []
    silent: list[str] = []
    for each in found.frame.vioses:
        try:
            if each.name != place.name:
                others += [(each.name, host) for host in (yield from _of_other(place, each))]
        except Unread as fault:
            silent.append(f"{each.name}: {fault}")
    return replace(found, others=tuple(others), silent=tuple(silent))


def _of_other(place: Place, lpar: Lpar) -> Reads[tuple[FibreHost, ...]]:
    if not lpar.answers:
        raise Unread(f"it is {lpar}")
    return (yield from _hosts(Place(hmc=place.hmc, system=place.system, name=lpar.name)))
