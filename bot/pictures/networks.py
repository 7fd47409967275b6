"""The virtual networks of a pair, a bar each: which VLANs, who bridges them, and what either side does for them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.pictures import palette
from bot.pictures.sheet import TALLEST, WIDTH, Sheet, Stroke, width_of
from bot.pictures.sides import LEFT, ROW
from handlers.networks import ranges
from handlers.sea.bridging import Group, Part, Way
from handlers.sea.pictures import PairPicture

GROUP = 28.0  # of a bar, its gap included
BAR = (78.0, 204.0)  # its left edge and its width
GUTTER = 15.0  # of the lines from the boxes to the bars, from the sheet's edge
MOST_GROUPS = 4


def shown_groups(picture: PairPicture, networks: float) -> tuple[list[Group], list[Group]]:
    """As many as the height allows, trouble first, and those that one bar more has to tell of."""
    found = list(picture.groups)
    most = max(1, min(MOST_GROUPS, int((TALLEST - networks - 3 * ROW - 10) // GROUP)))
    return (found, []) if len(found) <= most else (found[: max(1, most - 1)], found[max(1, most - 1) :])


_SAID = {
    Way.ONE: "bridged once",
    Way.BOTH: "BOTH bridge: loop risk",
    Way.NOBODY: "NOBODY bridges",
    Way.UNKNOWN: "not known",
}
_INKS = {Way.ONE: palette.GOOD, Way.BOTH: palette.BAD, Way.NOBODY: palette.BAD, Way.UNKNOWN: palette.UNREAD}


def draw(sheet: Sheet, picture: PairPicture, group: Group, y: float) -> None:
    ink, (x, width) = _INKS[group.way], BAR
    style = {Way.BOTH: "solid", Way.ONE: "solid", Way.NOBODY: "dotted", Way.UNKNOWN: "dashed"}[group.way]
    sheet.box(x, y, width, GROUP - 3, ink.ground, edge=palette.PLAIN.fore, width_=1.2, style=style)
    sheet.write(x + width / 2, y + 7.5, called(group), ink, most=width - 8, bold=True, align="center")
    said = f"{group.switch}: {_who(picture, group)}"
    sheet.write(x + width / 2, y + 18.5, said, ink, most=width - 8, align="center")
    for at, each in enumerate(group.parts[:2]):
        _connector(sheet, each, at, y + GROUP / 2)


def called(group: Group) -> str:
    """`VLAN 1, 10–19 (+12)`: as many ranges as fit, and how many VLANs are left out."""
    shown = ""
    for count in range(1, len(group.vlans) + 1):
        left = len(group.vlans) - count
        said = f"VLAN {ranges(group.vlans[:count])}{f' (+{left})' if left else ''}"
        if len(said) > 60:
            break
        if width_of(said, bold=True) <= BAR[1] - 8:
            shown = said
    return shown or group.called


def draw_rest(sheet: Sheet, picture: PairPicture, rest: Sequence[Group], y: float) -> None:
    """One bar for the groups that have none of their own."""
    told: dict[str, int] = {}
    for group in rest:
        told[_who(picture, group)] = told.get(_who(picture, group), 0) + len(group.vlans)
    ink = palette.GOOD if all(each.way is Way.ONE for each in rest) else palette.BAD
    x, width = LEFT + 4, WIDTH - 2 * LEFT - 8
    sheet.box(x, y, width, GROUP - 3, ink.ground, edge=palette.PLAIN.fore, width_=1.2)
    switches = ", ".join(sorted({each.switch for each in rest}))
    head = f"{sum(told.values())} more VLANs on {switches}"
    sheet.write(WIDTH / 2, y + 7.5, head, ink, most=width - 8, bold=True, align="center")
    said = "; ".join(f"{count} {who}" for who, count in told.items())
    sheet.write(WIDTH / 2, y + 18.5, said, ink, most=width - 8, align="center")


def _who(picture: PairPicture, group: Group) -> str:
    if group.way is not Way.ONE:
        return _SAID[group.way]
    at = group.parts.index(Part.BRIDGES)
    return f"by {picture.look.sides[at].vios}"


def _connector(sheet: Sheet, part: Part, at: int, y: float) -> None:
    """From a side's gutter to the bar: how it is drawn and what stands over it say the same."""
    gutter, edge = (GUTTER, BAR[0]) if at == 0 else (WIDTH - GUTTER, BAR[0] + BAR[1])
    if part is Part.BRIDGES:
        inward = 7.0 if at == 0 else -7.0
        sheet.line([(gutter, y), (edge - inward, y)], palette.PRIMARY.ground, width=3)
        sheet.arrow(edge - inward, y, edge, palette.PRIMARY.ground)
    elif part is not Part.ABSENT:
        style: Stroke = ":" if part is Part.STANDS_BY else "--"
        colour = palette.BAD.ground if part is Part.OUT else palette.SOFT.fore
        sheet.line([(gutter, y), (edge, y)], colour, width=1.4, style=style)
    sheet.write((gutter + edge) / 2, y - 8, part.value, palette.IN_FRAME, most=abs(edge - gutter) - 4, align="center")


def draw_gutters(sheet: Sheet, shown: Sequence[Group], bottom: float, networks: float) -> None:
    for at, x in ((0, GUTTER), (1, WIDTH - GUTTER)):
        rows = [n for n, each in enumerate(shown) if len(each.parts) > at and each.parts[at] is not Part.ABSENT]
        if rows:
            sheet.line([(x, bottom), (x, networks + rows[-1] * GROUP + GROUP / 2)], palette.SOFT.fore, width=1.2)
