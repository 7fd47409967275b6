"""`lsrep`: the repository of virtual optical media, what is in it, and which drive each medium is loaded into."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from handlers.hmcout import Unreadable
from handlers.padmin.printed import lines, matched, under
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row
from policies.words import Frozen


class Medium(Frozen):
    """`drives`: virtual target devices that it is loaded into; `access`: ro or rw."""

    name: str
    size: int  # MB
    access: str
    drives: tuple[str, ...] = ()


class Repository(Frozen):
    """Sizes in MB."""

    size: int
    free: int
    pool: str
    pool_size: int
    pool_free: int
    media: tuple[Medium, ...] = ()

    def medium(self, name: str) -> Medium | None:
        return next((each for each in self.media if each.name == name), None)


_WHOLE = re.compile(r"Size\(mb\) +Free\(mb\) +Parent Pool +Parent Size +Parent Free")
_OWN = re.compile(
    r" *(?P<size>\d{1,12}) +(?P<free>\d{1,12}) +(?P<pool>[\w.-]{1,64}) +(?P<pool_size>\d{1,12}) +"
    r"(?P<pool_free>\d{1,12})",
    re.ASCII,
)
_MEDIA = re.compile(r"Name +File Size +Optical +Access")
_MEDIUM = re.compile(
    r"(?P<name>[\w.-]{1,64}) +(?P<size>\d{1,12}) +(?P<drive>[\w.-]{1,32}) +(?P<access>ro|rw)", re.ASCII
)
_DRIVE = re.compile(r" +(?P<drive>[\w.-]{1,32})", re.ASCII)  # another one of the medium above


def repository(text: str) -> Repository:
    """Or Unreadable. A VIOS that has none says so with exit status 1."""
    below = list(under(_WHOLE, lines(text)))
    if not below:
        raise Unreadable("it ends after its heading: cut off?")
    own = matched(_OWN, below[0])
    media: list[Medium] = []
    for line in under(_MEDIA, below[1:]) if below[1:] else ():
        if media and (found := _DRIVE.fullmatch(line)):
            media[-1] = media[-1].model_copy(update={"drives": (*media[-1].drives, found["drive"])})
            continue
        found = matched(_MEDIUM, line)
        drives = () if found["drive"] == "None" else (found["drive"],)
        media.append(Medium(name=found["name"], size=int(found["size"]), access=found["access"], drives=drives))
    return Repository(
        size=int(own["size"]),
        free=int(own["free"]),
        pool=own["pool"],
        pool_size=int(own["pool_size"]),
        pool_free=int(own["pool_free"]),
        media=tuple(media),
    )


class Media(ViosRead):
    """Show the repository of virtual optical media of a VIOS, what is in it, and where each medium is loaded."""

    verb: ClassVar[str] = "media"
    example: ClassVar[str] = "media p72vio1"
    recorded: ClassVar[str] = "lsrep"
    without: ClassVar[re.Pattern[str] | None] = re.compile("repository has not been created", re.IGNORECASE)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="medium"),
        Column(name="size", kind=Kind.SIZE, unit="MB"),
        Column(name="drives"),
        Column(name="access"),
        Column(name="pool"),
        Column(name="free", kind=Kind.SIZE, unit="MB"),
    )

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("lsrep",)

    def parse(self, text: str) -> Iterable[Row]:
        """The repository itself first: it has a pool and room, and is no medium."""
        found = repository(text)
        media = [(each.name, each.size, " ".join(each.drives) or None, each.access, None, None) for each in found.media]
        return [(None, found.size, None, None, found.pool, found.free), *media]


OPERATIONS: tuple[type[ViosRead], ...] = (Media,)
