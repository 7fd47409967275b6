"""The routes of a VIOS, with their costs or with what goes over them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from pydantic import Field

from handlers.padmin.printed import lines, matched, strange, told, under
from handlers.place import Place
from handlers.reading import ViosRead
from handlers.table import Column, Kind, Row

_TITLE = re.compile(r"Routing tables")
_COSTS = re.compile(r"Destination +Gateway +Flags +Wt +Policy +If +Cost +Config_Cost")
_TABLE = re.compile(r"Destination +Gateway +Flags +Refs +Use +If +(?:PMTU +)?Exp +Groups")
_FAMILY = re.compile(r"Route [Tt]ree for Protocol Family \d{1,3} \((?P<family>[A-Za-z0-9 ]{1,30})\):")
_WAY = r"(?P<destination>\S{1,60}) +(?P<gateway>\S{1,60}) +(?P<flags>[A-Za-z]{1,10})"
_MORE = r"(?: +=>)?"  # behind one of several routes to the same destination
_COST = re.compile(
    rf"{_WAY} +(?P<weight>\d{{1,5}}|-)(?: +(?P<policy>\S{{1,5}}))? +(?P<interface>[a-z]{{2,8}}\d{{1,4}}) +"
    rf"(?P<cost>\d{{1,9}}) +(?P<set>\d{{1,9}}){_MORE}",
    re.ASCII,
)
_USE = re.compile(
    rf"{_WAY} +(?P<refs>\d{{1,9}}) +(?P<use>\d{{1,19}}) +(?P<interface>[a-z]{{2,8}}\d{{1,4}}) +"
    rf"(?P<expires>\S{{1,12}}) +(?P<groups>\S{{1,20}}){_MORE}",
    re.ASCII,
)


class Routes(ViosRead):
    """Show the routes of a VIOS with their costs; table=yes shows how much each is used."""

    verb: ClassVar[str] = "routes"
    example: ClassVar[str] = "routes p72vio1"
    recorded: ClassVar[str] = "netstat-routes"
    columns: ClassVar[tuple[Column, ...]] = (
        Column(name="destination"),
        Column(name="gateway"),
        Column(name="interface"),
        Column(name="flags"),
        Column(name="family"),
        Column(name="cost", kind=Kind.NUMBER),
        Column(name="cost_set", kind=Kind.NUMBER),
        Column(name="weight"),
        Column(name="policy"),
        Column(name="refs", kind=Kind.NUMBER),
        Column(name="use", kind=Kind.NUMBER),
        Column(name="expires"),
        Column(name="groups"),
    )

    table: bool = Field(default=False, description="how much each is used, in place of what it costs")

    def usual(self) -> str | None:
        own = "refs,use,expires,groups" if self.table else "cost,cost_set,weight,policy"
        return f"vios,system,destination,gateway,interface,flags,family,{own}"

    def argv(self, place: Place) -> tuple[str, ...]:
        return ("netstat", "-routtable" if self.table else "-routinfo")

    def parse(self, text: str) -> Iterable[Row]:
        heading, *below = under(_TITLE, lines(text)) or [""]
        of_use = _TABLE.fullmatch(heading) is not None
        if not of_use:
            matched(_COSTS, heading)
        family, rows = "", []
        for line in below:
            if title := _FAMILY.fullmatch(line):
                family = title["family"]
                continue
            if not family:
                raise strange(line)
            found = matched(_USE if of_use else _COST, line).groupdict()
            rows.append(_row(found, family))
        return rows


def _row(found: dict[str, str | None], family: str) -> Row:
    own = (found["destination"], found["gateway"], found["interface"], found["flags"], family)
    if "use" in found:
        expires, groups = (told(found[each] or "", "-") for each in ("expires", "groups"))
        return (*own, None, None, None, None, int(found["refs"] or 0), int(found["use"] or 0), expires, groups)
    weight, policy = (told(found[each] or "", "-") for each in ("weight", "policy"))
    return (*own, int(found["cost"] or 0), int(found["set"] or 0), weight, policy, None, None, None, None)


OPERATIONS: tuple[type[ViosRead], ...] = (Routes,)
