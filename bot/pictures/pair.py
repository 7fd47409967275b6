"""The diagram of a pair: outside network, physical ports, both VIOS, their control channel, virtual networks below."""

from __future__ import annotations

from bot.pictures import networks, palette, sides
from bot.pictures.networks import GROUP
from bot.pictures.palette import Ink
from bot.pictures.sheet import WIDTH, Sheet, fitted, width_of
from bot.pictures.sides import ABOVE, COLUMN, LEFT, ROW, TOP, Room
from handlers.sea.pictures import PairPicture, control

FOLDED = "Not all fits here: the description has it"


def draw(picture: PairPicture) -> Sheet:
    both = picture.look.sides[:2]
    room = Room(trunks=5, changes=3) if len(picture.groups) < 2 else Room(trunks=3, changes=2)
    columns = [sides.rows_of(picture, side, room) for side in both]
    bottom = TOP + ABOVE + max((len(rows) for rows in columns), default=2) * ROW
    under = bottom + 20
    shown, rest = networks.shown_groups(picture, under)
    cut = [row for rows in columns for row in rows if row.is_folded]
    cut_groups = [each for each in shown if "(+" in networks.called(each)]
    notes = _notes(picture, folded=bool(rest or cut or cut_groups))
    bars = len(shown) + bool(rest)
    sheet = Sheet(under + bars * GROUP + len(notes) * ROW + 10)
    _heading(sheet, picture)
    sheet.box(LEFT - 4, TOP - 4, WIDTH - 2 * LEFT + 8, sheet.height - TOP - 2, palette.FRAME)
    networks.draw_gutters(sheet, shown, bottom, under)
    for at, side in enumerate(both):
        sides.draw(sheet, picture, side, columns[at], sides.x_of(at), bottom)
    if len(both) < 2:
        sides.draw_none(sheet, bottom)
    else:
        _control(sheet, picture, bottom)
    for at, group in enumerate(shown):
        networks.draw(sheet, picture, group, under + at * GROUP)
    if rest:
        networks.draw_rest(sheet, picture, rest, under + len(shown) * GROUP)
    for at, (said, ink) in enumerate(notes):
        _note(sheet, said, ink, under + bars * GROUP + 5 + at * ROW)
    return sheet


def _heading(sheet: Sheet, picture: PairPicture) -> None:
    look = picture.look
    sheet.write(
        LEFT, 15, f"Managed system {look.pair.system}: SEA pair", palette.PLAIN, most=WIDTH - 16, size=13, bold=True
    )
    sheet.write(LEFT, 30, f"as read {picture.moment(look.at)} by {look.hmc}", palette.SOFT, most=WIDTH - 16)
    sheet.box(LEFT, 38, WIDTH - 16, 12, palette.OUTSIDE.ground, round_=2)
    sheet.write(WIDTH / 2, 44, "outside network", palette.OUTSIDE, most=160, align="center")


def _control(sheet: Sheet, picture: PairPicture, bottom: float) -> None:
    said, is_good = control(picture.look)
    ink = palette.IN_FRAME if is_good else palette.BAD
    y, left, right = bottom + 8, sides.x_of(0) + 30, sides.x_of(1) + COLUMN - 30
    sheet.line([(left, bottom), (left, y), (right, y), (right, bottom)], palette.SOFT.fore, width=1.2, style="--")
    taken = width_of(fitted(said, 230)) + 8
    sheet.box((WIDTH - taken) / 2, y - 6.5, taken, 13, ink.ground, edge=ink.ground)
    sheet.write(WIDTH / 2, y, said, ink, most=230, align="center")


def _note(sheet: Sheet, said: str, ink: Ink, y: float) -> None:
    most = WIDTH - 4 * LEFT
    if ink is palette.CHANGED:
        taken = width_of(fitted(said, most)) + 10
        sheet.box((WIDTH - taken) / 2, y - 6, taken, 12, ink.ground, edge=ink.ground, round_=2)
    sheet.write(WIDTH / 2, y, said, ink, most=most, align="center")


def _notes(picture: PairPicture, *, folded: bool) -> list[tuple[str, Ink]]:
    look, notes = picture.look, list[tuple[str, Ink]]()
    if moved := [each.said for each in picture.changes if not each.vios]:
        more = f" (+{len(moved) - 1})" if len(moved) > 1 else ""
        notes.append((f"◆ {moved[0]}{more}", palette.CHANGED))
    elif picture.before is not None and not picture.changes:
        notes.append((f"nothing changed since {picture.clock(picture.before.at, look.at)}", palette.SOFT_IN_FRAME))
    if look.clients:
        notes.append(
            (
                f"{len(look.clients)} partition{'s' * (len(look.clients) != 1)} on them: {', '.join(look.clients)}",
                palette.SOFT_IN_FRAME,
            )
        )
    if folded:
        notes.append((FOLDED, palette.SOFT_IN_FRAME))
    return notes
