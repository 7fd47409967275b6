"""The two VIOS of a pair, a box each: physical port, name, state, what changed, trunks. Sizes that all parts share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pictures import palette
from bot.pictures.palette import Ink
from bot.pictures.sheet import Sheet, Stroke, width_of, wrapped
from handlers import entstat
from handlers.networks import ranges
from handlers.sea import bridging
from handlers.sea.pair import Side
from handlers.sea.pictures import PairPicture

COLUMN, GAP, LEFT = 166.0, 12.0, 8.0
INNER = COLUMN - 16
ROW = 12.5  # of a line of text
TOP = 58.0  # where the boxes begin
ABOVE = 69.0  # from there to the first line of text


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line in a VIOS's box: words, at its right end a word on how it is, and the ink."""

    said: str
    state: str = ""
    ink: Ink = palette.PLAIN
    is_folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Room:
    """Lines that a side's trunks and changes may take: fewer where there are more networks to show below."""

    trunks: int
    changes: int


def x_of(at: int) -> float:
    return LEFT + at * (COLUMN + GAP)


def rows_of(picture: PairPicture, side: Side, room: Room) -> list[Row]:
    """What stands under a side's state."""
    # Why it can't be read stands below.
    said = [
        each.said.partition(":")[0] if each.what == "reading" else each.said
        for each in picture.changes
        if each.vios == side.vios
    ]
    changed = [Row(said=f"◆ {each}", ink=palette.CHANGED) for each in said]
    if len(changed) > room.changes:
        more = Row(said=f"◆ +{len(changed) - room.changes + 1} changes", ink=palette.CHANGED, is_folded=True)
        changed = [*changed[: room.changes - 1], more]
    if side.told is None:
        return [*changed[:1], *_unread_rows(side, room)]
    return [*_sea_rows(side.told), *changed, *_trunk_rows(side.told, room)]


def _sea_rows(sea: entstat.Sea) -> list[Row]:
    own = sea.failover
    if own is None:
        return [Row(said=f"SEA {sea.name}, no failover")]
    return [
        Row(said=f"SEA {sea.name} bridges {own.bridge_mode}"),
        Row(said=f"mode {own.mode}, priority {own.priority}"),
    ]


def _trunk_rows(sea: entstat.Sea, room: Room) -> list[Row]:
    one_switch = len({each.switch for each in sea.trunks}) < 2
    rows = []
    for each in sea.trunks:
        ink = palette.PLAIN if each.operational and each.active is not None else palette.BAD
        state = _SHORT.get(working := bridging.working(each), working)
        most = INNER - width_of(state, bold=True) - 4
        short = f"{each.name} PVID {each.pvid}"
        start = short if one_switch else f"{each.name} {each.switch} PVID {each.pvid}"
        said, is_folded = _vlans(start, each.tagged, most, short)
        rows.append(Row(said=said, state=state, ink=ink, is_folded=is_folded))
    if len(rows) <= room.trunks:
        return rows or [Row(said="no trunk", ink=palette.BAD)]
    rest = sea.trunks[room.trunks - 1 :]
    active = sum(each.active is True for each in rest)
    broken = sum(not each.operational or each.active is None for each in rest)
    ink = palette.BAD if broken else palette.PLAIN
    return [
        *rows[: room.trunks - 1],
        Row(said=f"+{len(rest)} trunks: {active} on, {broken} broken", ink=ink, is_folded=True),
    ]


_SHORT = {"active": "on", "inactive": "off", "not operational": "broken"}


def _vlans(start: str, tagged: Sequence[int], most: float, short: str = "") -> tuple[str, bool]:
    """All of the tags where they fit, else their number, behind the short start if need be; whether it is folded."""
    whole = f"{start}, VLAN {ranges(tagged)}" if tagged else start
    if width_of(whole) <= most:
        return whole, False
    counted = f"{start}, {len(tagged)} tags"
    return (counted if width_of(counted) <= most else f"{short or start}, {len(tagged)} tags"), True


def _unread_rows(side: Side, room: Room) -> list[Row]:
    why = side.why or "no reason was told"
    rows = [Row(said=line, ink=palette.UNREAD) for line in wrapped(why, INNER, room.trunks)]
    listed = []
    for each in side.trunks:
        said, is_folded = _vlans(f"slot {each.slot} PVID {each.pvid}", each.tagged, INNER)
        listed.append(Row(said=said, ink=palette.UNREAD, is_folded=is_folded))
    if len(listed) > room.changes:
        more = Row(said=f"+{len(listed) - room.changes + 1} trunks", ink=palette.UNREAD, is_folded=True)
        listed = [*listed[: room.changes - 1], more]
    heading = [Row(said="its trunks by the HMC:", ink=palette.UNREAD)] if listed else []
    return [*rows, *heading, *listed]


def draw(sheet: Sheet, picture: PairPicture, side: Side, rows: list[Row], x: float, bottom: float) -> None:
    sea = side.told
    ground = palette.CARD if sea is not None else palette.UNREAD.ground
    style = "solid" if sea is not None else "dashed"
    sheet.box(x, TOP, COLUMN, bottom - TOP, ground, width_=1.4, style=style)
    _port(sheet, side, x)
    name = palette.PLAIN if sea is not None else palette.UNREAD
    sheet.write(x + 8, TOP + 30, side.vios, name, most=INNER, size=12, bold=True)
    _band(sheet, picture, side, x)
    for at, row in enumerate(rows):
        y = TOP + ABOVE + at * ROW
        _row(sheet, row, x, y)


def _band(sheet: Sheet, picture: PairPicture, side: Side, x: float) -> None:
    """The state, as large as it can be."""
    if side.told is None:
        said = "UNREADABLE" if side.answers else "NOT REACHED"
        said, ink = said if picture.look.hmc_reached else "NO HMC", palette.BAD
    elif side.told.failover is None:
        said, ink = "NO FAILOVER", palette.BACKUP
    else:
        said, ink = side.told.failover.state, palette.of_state(side.told.failover.state)
    sheet.box(x + 5, TOP + 39, COLUMN - 10, 19, ink.ground, edge=ink.ground)
    sheet.write(x + COLUMN / 2, TOP + 48.5, said, ink, most=INNER, size=13, bold=True, align="center")


def _row(sheet: Sheet, row: Row, x: float, y: float) -> None:
    if row.ink in (palette.BAD, palette.CHANGED):
        sheet.box(x + 5, y - 6, COLUMN - 10, 12, row.ink.ground, edge=row.ink.ground, round_=2)
    taken = 0.0
    if row.state:
        taken = sheet.write(x + COLUMN - 8, y, row.state, row.ink, most=50, bold=True, align="right") + 4
    sheet.write(x + 8, y, row.said, row.ink, most=INNER - taken)


def _port(sheet: Sheet, side: Side, x: float) -> None:
    """The physical port, and its line to the outside: whole, broken, or not told."""
    middle, sea = x + COLUMN / 2, side.told
    said = "port not read" if sea is None else f"{sea.real} link {bridging.link(sea)}"
    up = None if sea is None else sea.link_up
    ink = {True: palette.GOOD, False: palette.BAD, None: palette.UNREAD}[up]
    styles: dict[bool | None, Stroke] = {True: "-", False: ":", None: "--"}
    sheet.line(
        [(middle, 50), (middle, TOP + 6)], ink.ground if up is False else palette.PLAIN.fore, width=2, style=styles[up]
    )
    sheet.box(x + 22, TOP + 5, COLUMN - 44, 14, ink.ground, edge=palette.BORDER)
    sheet.write(middle, TOP + 12, said, ink, most=COLUMN - 52, align="center")


def draw_none(sheet: Sheet, bottom: float) -> None:
    sheet.box(x_of(1), TOP, COLUMN, bottom - TOP, palette.FRAME, style="dashed")
    for at, said in enumerate(("no mate:", "nobody takes over")):
        sheet.write(
            x_of(1) + COLUMN / 2, (TOP + bottom) / 2 + at * ROW, said, palette.IN_FRAME, most=INNER, align="center"
        )
