"""Which task roles may change what. Looking is everybody's."""

from __future__ import annotations

from enum import Enum

from bot.lab.fleet.commands.options import Refused
from bot.lab.fleet.model import Role
from bot.lab.fleet.world import Seat


class Duty(Enum):
    """The predefined roles' duties, as the documentation tells them in prose; where each border runs is unverified."""

    DAILY = frozenset({Role.SUPERADMIN, Role.PE, Role.OPERATOR})  # run partitions, move them, lend them resources
    DESIGN = frozenset({Role.SUPERADMIN, Role.PE})  # make, change and remove partitions and profiles
    SERVICE = frozenset({Role.SUPERADMIN, Role.PE, Role.OPERATOR, Role.SERVICEREP})  # power frames, save data
    OWN = frozenset(Role)  # what is one's own, such as keys


def allowed(seat: Seat, duty: Duty) -> None:
    if seat.user.role not in duty.value:
        raise Refused("no-authority")
